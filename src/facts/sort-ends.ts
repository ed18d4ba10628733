/**
 * Rows of ends in the order of facts: IPv4 first, then by the numbers of address, port and protocol. Ends are many and a
 * comparison each would take longer than learning them, so their digits are counted (a radix sort).
 */
import { END_WORDS } from '../engine/kernel/end-rows.ts';
import type { AddressBook } from '../record/address-book.ts';

/** The word of a row, the first bit of the digit in it, and its bits; the least significant digit first. */
const DIGITS = [
  // Protocol, port, address, family: see EndRows.
  [1, 16, 8],
  [1, 0, 16],
  [0, 0, 11],
  [0, 11, 11],
  [0, 22, 10],
  [1, 24, 1],
] as const;

/** IPv6 addresses by their ranks in numeric order, which stand for them in rows that are sorted. */
export class AddressRanks {
  readonly #addresses: AddressBook;
  /** Ids by rank, and ranks by id. */
  readonly #ids: Uint32Array;
  readonly #ranks: Uint32Array;

  constructor(addresses: AddressBook) {
    this.#addresses = addresses;
    this.#ids = new Uint32Array(addresses.size).map((_, id) => id).sort((a, b) => addresses.compare(a, b));
    this.#ranks = new Uint32Array(addresses.size);
    for (const [rank, id] of this.#ids.entries()) this.#ranks[id] = rank;
  }

  /** Puts ranks in the place of ids. */
  rank(rows: Uint32Array, isV6: (at: number) => boolean): void {
    for (let at = 0; at < rows.length; at += END_WORDS)
      if (isV6(at)) rows[at] = this.#ranks[rows[at] as number] as number;
  }

  text(rank: number): string {
    return this.#addresses.text(this.#ids[rank] as number);
  }
}

/** Sorts rows; which of the two is the sorted one is told. @param spare of the same length */
export const sortEnds = (rows: Uint32Array, spare: Uint32Array): Uint32Array => {
  let [from, to] = [rows, spare];
  const many = rows.length / END_WORDS;
  for (const [word, shift, bits] of DIGITS) {
    const counts = new Uint32Array(1 << bits);
    const mask = counts.length - 1;
    for (let at = word; at < from.length; at += END_WORDS) {
      const digit = ((from[at] as number) >>> shift) & mask;
      counts[digit] = (counts[digit] as number) + 1;
    }
    // All have the same.
    if (many === 0 || counts[((from[word] as number) >>> shift) & mask] === many) continue;
    let sum = 0;
    for (let digit = 0; digit <= mask; digit++) {
      const here = counts[digit] as number;
      counts[digit] = sum;
      sum += here * END_WORDS;
    }
    for (let at = 0; at < from.length; at += END_WORDS) {
      const digit = ((from[at + word] as number) >>> shift) & mask;
      const place = counts[digit] as number;
      counts[digit] = place + END_WORDS;
      to[place] = from[at] as number;
      to[place + 1] = from[at + 1] as number;
      to[place + 2] = from[at + 2] as number;
      to[place + 3] = from[at + 3] as number;
    }
    [from, to] = [to, from];
  }
  return from;
};

/** Order of two sorted rows, in words from one place of each on. */
export const compareEnds = (a: Uint32Array, at: number, b: Uint32Array, bt: number): number => {
  const [tail, other] = [a[at + 1] as number, b[bt + 1] as number];
  return (
    (tail >>> 24) - (other >>> 24) ||
    (a[at] as number) - (b[bt] as number) ||
    (tail & 0xffff) - (other & 0xffff) ||
    tail - other
  );
};
