/** The texts of addresses, which rows hold as numbers (IPv4) or ids (IPv6): each is spelt once, as long as there are not too many. */
import { writeIPv4 } from '../../model/ipv4.ts';
import type { AddressBook } from '../../record/address-book.ts';

/** Enough for the hosts of a large network, small enough to forget. */
const MOST_REMEMBERED = 1 << 18;

export class AddressTexts {
  readonly #book: AddressBook;
  readonly #v4 = new Map<number, string>();
  readonly #v6 = new Map<number, string>();

  constructor(book: AddressBook) {
    this.#book = book;
  }

  text(address: number, isV6: boolean): string {
    const spelt = isV6 ? this.#v6 : this.#v4;
    const known = spelt.get(address);
    if (known !== undefined) return known;
    // Starting anew is cheaper than knowing who was used last.
    if (spelt.size >= MOST_REMEMBERED) spelt.clear();
    const text = isV6 ? this.#book.text(address) : writeIPv4(address);
    spelt.set(address, text);
    return text;
  }
}
