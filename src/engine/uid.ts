/**
 * The uid of a connection: `C` and 102 bits of MurmurHash3 (x86, 128 bits; Appleby, public domain) over its key,
 * scope and opening. The same connection gets the same uid in every run, whatever else the input holds.
 */

/** `C` and seventeen letters of six bits. */
export const UID_LENGTH = 18;

/** The letters of six bits. */
export const UID_ALPHABET = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
);
const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

const finish = (h: number): number => {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return x ^ (x >>> 16);
};

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** Four words hashed from words[0, length), length a multiple of four. */
export const murmur3 = (words: Int32Array, length: number, out: Int32Array): void => {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  for (let i = 0; i < length; i += 4) {
    h1 ^= Math.imul(rotate(Math.imul(words[i] as number, C1), 15), C2);
    h1 = (Math.imul((rotate(h1, 19) + h2) | 0, 5) + 0x561ccd1b) | 0;
    h2 ^= Math.imul(rotate(Math.imul(words[i + 1] as number, C2), 16), C3);
    h2 = (Math.imul((rotate(h2, 17) + h3) | 0, 5) + 0x0bcaa747) | 0;
    h3 ^= Math.imul(rotate(Math.imul(words[i + 2] as number, C3), 17), C4);
    h3 = (Math.imul((rotate(h3, 15) + h4) | 0, 5) + 0x96cd1c35) | 0;
    h4 ^= Math.imul(rotate(Math.imul(words[i + 3] as number, C4), 18), C1);
    h4 = (Math.imul((rotate(h4, 13) + h1) | 0, 5) + 0x32ac3b17) | 0;
  }
  const bytes = length * 4;
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = finish(h1);
  h2 = finish(h2);
  h3 = finish(h3);
  h4 = finish(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
};

const words = new Int32Array(16);
const hashed = new Int32Array(4);

/** Scopes repeat: a few names a run, each hashed once. */
const MOST_SCOPES = 4096;
const scopes = new Map<string, readonly [number, number]>();

/** The two words by which a scope's name goes into a uid. */
export const scopeWords = (name: string): readonly [number, number] => {
  const known = scopes.get(name);
  if (known !== undefined) return known;
  const units = new Int32Array(Math.ceil(name.length / 4) * 4);
  for (let i = 0; i < name.length; i++) units[i] = name.charCodeAt(i) + 1;
  murmur3(units, units.length, hashed);
  const pair = [hashed[0] as number, hashed[1] as number] as const;
  if (scopes.size >= MOST_SCOPES) scopes.clear();
  scopes.set(name, pair);
  return pair;
};

const wordAt = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number);

/** What names a connection. */
export interface UidParts {
  readonly protocol: number;
  /** The ends in network byte order, the lower first. */
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  readonly lowPort: number;
  readonly highPort: number;
  readonly scopeName: string;
  /** Unix seconds; null without times. */
  readonly opening: number | null;
  /** How many connections of the same key, scope and opening came before. */
  readonly ordinal: number;
}

/** Writes the uid as ASCII into `out`. */
export const writeUid = (parts: UidParts, out: Uint8Array): void => {
  const { low, high, opening } = parts;
  const size = low.length >> 2;
  const scope = scopeWords(parts.scopeName);
  words.fill(0);
  words[0] = parts.protocol | (low.length << 8) | (opening === null ? 1 << 16 : 0);
  words[1] = (parts.lowPort << 16) | parts.highPort;
  words[2] = scope[0];
  words[3] = scope[1];
  words[4] = opening ?? 0;
  words[5] = parts.ordinal;
  for (let i = 0; i < size; i++) {
    words[6 + i] = wordAt(low, i * 4);
    words[6 + size + i] = wordAt(high, i * 4);
  }
  murmur3(words, size === 1 ? 8 : 16, hashed);
  out[0] = 67; // C
  for (let i = 0; i < 17; i++) {
    const bit = i * 6;
    const word = bit >> 5;
    const within = bit & 31;
    const here = (hashed[word] as number) >>> within;
    const more = within > 26 ? (hashed[word + 1] as number) << (32 - within) : 0;
    out[1 + i] = UID_ALPHABET[(here | more) & 63] as number;
  }
};
