/**
 * Names by prefix: the longest prefix that holds an address names it, of equal ones the one that was told first. A prefix is looked
 * up in one map a length, so that a million rows do not wait for it.
 */
import type { NameOf } from '../model/name-of.ts';
import { type Prefix, readPrefix } from '../record/prefix.ts';

/** A range, or a single address, and its name. */
export interface NamedPrefix {
  readonly prefix: Prefix;
  readonly name: string;
}

/** Addresses repeat in logs; reading one costs more than looking it up. */
const MOST_REMEMBERED = 1 << 16;

/** The bits that a prefix fixes, as a text that is the key of a map. */
const keyOf = (bytes: Uint8Array, length: number): string => {
  let key = '';
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) key += String.fromCharCode(bytes[i] as number);
  const rest = length & 7;
  return rest === 0 ? key : key + String.fromCharCode((bytes[whole] as number) & (0xff00 >> rest));
};

/** Prefixes of one family. */
class Family {
  readonly #byLength = new Map<number, Map<string, string>>();
  /** Longest first. */
  #lengths: readonly number[] = [];

  add({ bytes, length }: Prefix, name: string): void {
    let names = this.#byLength.get(length);
    if (names === undefined) {
      names = new Map();
      this.#byLength.set(length, names);
      this.#lengths = [...this.#byLength.keys()].sort((a, b) => b - a);
    }
    const key = keyOf(bytes, length);
    if (!names.has(key)) names.set(key, name);
  }

  /** The name of the longest prefix that holds all of this one. */
  find({ bytes, length: most }: Prefix): string | null {
    for (const length of this.#lengths) {
      if (length > most) continue;
      const name = this.#byLength.get(length)?.get(keyOf(bytes, length));
      if (name !== undefined) return name;
    }
    return null;
  }
}

/** What gives names, from what was told first on. */
export const nameBook = (named: Iterable<NamedPrefix>): NameOf => {
  const families = { 4: new Family(), 16: new Family() } as const;
  const familyOf = ({ bytes }: Prefix): Family => families[bytes.length as 4 | 16];
  for (const { prefix, name } of named) familyOf(prefix).add(prefix, name);
  let known = new Map<string, string | null>();
  return (address) => {
    const before = known.get(address);
    if (before !== undefined) return before;
    const prefix = readPrefix(address);
    const name = prefix === undefined ? null : familyOf(prefix).find(prefix);
    // Starting anew is cheaper than knowing who was used last.
    if (known.size >= MOST_REMEMBERED) known = new Map();
    known.set(address, name);
    return name;
  };
};
