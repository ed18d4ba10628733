/** Numbers for addresses, without gaps and in the order of their coming. IPv4 takes no text, neither to be found nor to be kept. */
import { ipv4Of, writeIPv4 } from '../model/ipv4.ts';
import type { OutlineParty } from '../model/outline.ts';
import { PairIds } from './pair-ids.ts';

/** What the first number of a pair is: an IPv4 address, or the place of another text. */
const IPV4 = 0;
const OTHER = 1;

export class AddressIds {
  readonly #ids = new PairIds();
  readonly #others: string[] = [];
  /** Of what was told as text. */
  readonly #idsOfTexts = new Map<string, number>();

  get size(): number {
    return this.#ids.size;
  }

  of(party: OutlineParty): number {
    return party.ipv4 === undefined ? this.ofText(party.address) : this.ofIPv4(party.ipv4);
  }

  /** @param ipv4 with a sign */
  ofIPv4(ipv4: number): number {
    return this.#ids.of(ipv4, IPV4);
  }

  ofText(address: string): number {
    const known = this.#idsOfTexts.get(address);
    if (known !== undefined) return known;
    const ipv4 = ipv4Of(address);
    const id = ipv4 === undefined ? this.#ids.of(this.#others.push(address) - 1, OTHER) : this.ofIPv4(ipv4);
    this.#idsOfTexts.set(address, id);
    return id;
  }

  /** With a sign; undefined for what is no IPv4 address. */
  ipv4(id: number): number | undefined {
    return this.#ids.second(id) === IPV4 ? this.#ids.first(id) : undefined;
  }

  address(id: number): string {
    const first = this.#ids.first(id);
    return this.#ids.second(id) === IPV4 ? writeIPv4(first) : (this.#others[first] as string);
  }
}
