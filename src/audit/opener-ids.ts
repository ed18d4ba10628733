/** Numbers for who opens to what: an initiator, and a responder with its port. Several counts may share them. */
import type { Outline } from '../model/outline.ts';
import { AddressIds } from './address-ids.ts';
import { PairIds } from './pair-ids.ts';

/** In the place of a port, where the records have none. */
export const NO_PORT = -1;

export class OpenerIds {
  readonly addresses = new AddressIds();
  /** Of responders and ports. */
  readonly services = new PairIds();
  /** Of initiators and services. */
  readonly pairs = new PairIds();

  /** The pair of a connection. */
  of({ initiator, responder }: Outline): number {
    const { addresses } = this;
    const service = this.services.of(addresses.of(responder), responder.port ?? NO_PORT);
    return this.pairs.of(addresses.of(initiator), service);
  }

  initiator(pair: number): string {
    return this.addresses.address(this.pairs.first(pair));
  }

  responder(pair: number): string {
    return this.addresses.address(this.responderId(pair));
  }

  /** Equal for equal responders. */
  responderId(pair: number): number {
    return this.services.first(this.pairs.second(pair));
  }

  /** Null where the records have none. */
  port(pair: number): number | null {
    const port = this.services.second(this.pairs.second(pair));
    return port === NO_PORT ? null : port;
  }
}
