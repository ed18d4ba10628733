/** Numbers for addresses, without gaps and in the order of their coming. */
import type { OutlineParty } from '../model/outline.ts';
import { PairIds } from './pair-ids.ts';

export class AddressIds {
  readonly #ids = new Map<string, number>();
  readonly #addresses: string[] = [];
  /** IPv4 addresses that were told as numbers: found without a text, and the id of each. */
  readonly #numbers = new PairIds();
  readonly #idsOfNumbers: number[] = [];

  get size(): number {
    return this.#addresses.length;
  }

  of(party: OutlineParty): number {
    if (party.ipv4 === undefined) return this.#idOf(party.address);
    const number = this.#numbers.of(party.ipv4, 0);
    if (number === this.#idsOfNumbers.length) this.#idsOfNumbers.push(this.#idOf(party.address));
    return this.#idsOfNumbers[number] as number;
  }

  address(id: number): string {
    return this.#addresses[id] as string;
  }

  #idOf(address: string): number {
    const known = this.#ids.get(address);
    if (known !== undefined) return known;
    this.#ids.set(address, this.#addresses.length);
    return this.#addresses.push(address) - 1;
  }
}
