/**
 * IPv6 addresses as 32-bit ids. Every spelling of one address has the same id; ids follow the order of
 * arrival, so they serve for equality only; order is asked of the addresses themselves.
 */
import { readIPv6, writeIPv6 } from './address.ts';
import { Interner } from './interner.ts';

/** The id of text that is no address. */
export const NOT_AN_ADDRESS = 0;

/** Eight groups, the last two as dotted decimal. */
const LONGEST_SPELLING = 45;

export class AddressBook {
  readonly #spellings = new Interner();
  /** Spelling id → address id. */
  readonly #meaning: number[] = [NOT_AN_ADDRESS];
  readonly #addresses = new Interner();
  readonly #bytes: Uint8Array[] = [new Uint8Array(16)];
  readonly #scratch = new Uint8Array(16);

  /** The id of the IPv6 address spelt in bytes[from, to), or {@link NOT_AN_ADDRESS}. */
  intern(bytes: Uint8Array, from: number, to: number): number {
    if (to - from > LONGEST_SPELLING) return NOT_AN_ADDRESS;
    const spelling = this.#spellings.intern(bytes, from, to);
    const known = this.#meaning[spelling];
    if (known !== undefined) return known;
    let id = NOT_AN_ADDRESS;
    if (readIPv6(bytes, from, to, this.#scratch)) {
      id = this.add(this.#scratch);
    }
    this.#meaning[spelling] = id;
    return id;
  }

  /** Forgets every address: ids begin with 1 again. */
  forget(): void {
    this.#spellings.forget();
    this.#addresses.forget();
    this.#meaning.length = 1;
    this.#bytes.length = 1;
  }

  /** How many ids have been given out, {@link NOT_AN_ADDRESS} included. */
  get size(): number {
    return this.#bytes.length;
  }

  /** The id of an address of sixteen bytes. */
  add(address: Uint8Array): number {
    const id = this.#addresses.intern(address, 0, 16);
    if (id === this.#bytes.length) this.#bytes.push(address.slice());
    return id;
  }

  /** The id of an address of sixteen bytes that has one; {@link NOT_AN_ADDRESS} for another. */
  find(address: Uint8Array): number {
    return this.#addresses.find(address, 0, 16);
  }

  /** The sixteen bytes of an address. */
  bytes(id: number): Uint8Array {
    return this.#bytes[id] as Uint8Array;
  }

  /** RFC 5952 spelling. */
  text(id: number): string {
    return writeIPv6(this.bytes(id));
  }

  /** Numeric order of two addresses: negative, zero or positive. */
  compare(a: number, b: number): number {
    return a === b ? 0 : Buffer.compare(this.bytes(a), this.bytes(b));
  }
}
