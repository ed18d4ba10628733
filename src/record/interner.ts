/**
 * Bytes to small integers, each distinct string once. Identifiers repeat in every line; the engine compares
 * and stores integers and turns them back into text only when a row is written. Id 0 means "none".
 */
import { isUtf8 } from 'node:buffer';
import { grown, released } from './grown.ts';

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const FNV_PRIME = 16777619;
/** FNV-1a's start value, in 32 bits. */
export const HASH_START = 0x811c9dc5 | 0;

/** Texts that are kept as strings, a power of two: a string of each of a million ids would be most of what they cost. */
const KEPT_TEXTS = 4096;
/** Fewer texts than this are put in order by comparing them whole. */
const FEW = 12;

/** FNV-1a. */
const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = HASH_START;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  return hash;
};

export class Interner {
  #arena = new Uint8Array(1 << 16);
  #used = 0;
  #offsets = new Float64Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #count = 1;
  #slots = new Uint32Array(1 << 11);
  /** Strings by the low bits of their ids, and whose each is; 0 for nobody's. */
  readonly #texts: string[] = Array.from({ length: KEPT_TEXTS }, () => '');
  readonly #textIds = new Uint32Array(KEPT_TEXTS);
  /** Whether a text holds bytes that are not UTF-8: such texts may look alike and be different ids. */
  #hasDamage = false;
  #ranks = new Uint32Array(0);

  /** How many ids have been given out, 0 included. */
  get size(): number {
    return this.#count;
  }

  /** The id of bytes[from, to). */
  intern(bytes: Uint8Array, from: number, to: number): number {
    return this.internHashed(bytes, from, to, hashOf(bytes, from, to));
  }

  /** The same for a caller that has hashed the bytes while looking for their end (FNV-1a, 32 bits). */
  internHashed(bytes: Uint8Array, from: number, to: number, hash: number): number {
    if (this.#slots.length === 0) this.#findAgain();
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === 0) return this.#add(bytes, from, to, hash, slot);
      if (this.#hashes[id] === hash && this.#equals(id, bytes, from, to)) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The id of a text. */
  internText(text: string): number {
    const bytes = new TextEncoder().encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  /** The text of an id; '' for 0. Bytes that are not UTF-8 show as replacement characters. */
  text(id: number): string {
    if (id === 0) return '';
    const slot = id & (KEPT_TEXTS - 1);
    if (this.#textIds[slot] === id) return this.#texts[slot] as string;
    const text = decoder.decode(this.bytes(id));
    this.#texts[slot] = text;
    this.#textIds[slot] = id;
    return text;
  }

  /** Where the bytes of ids from one on begin: what {@link bytesFrom} gives lies behind. */
  startOf(id: number): number {
    return id === 0 ? 0 : (this.#offsets[id - 1] as number);
  }

  /** The bytes of all ids from one on, one behind the other; they are not the caller's to change. */
  bytesFrom(id: number): Uint8Array<ArrayBuffer> {
    return this.#arena.subarray(this.startOf(id), this.#used);
  }

  /**
   * The place of every id among all texts, in the order of JavaScript's strings; equal texts have equal places. Not the
   * caller's to change, and of the ids that there are now.
   */
  ranks(): Uint32Array {
    if (this.#ranks.length === this.#count) return this.#ranks;
    const ranks = new Uint32Array(this.#count);
    const order = new Uint32Array(this.#count).map((_, id) => id);
    if (this.#hasDamage) {
      const texts = Array.from(order, (id) => decoder.decode(this.bytes(id)));
      order.sort((a, b) => this.#compareTexts(texts[a] as string, texts[b] as string));
      let rank = 0;
      for (const [place, id] of order.entries()) {
        if (place > 0 && texts[id] !== texts[order[place - 1] as number]) rank = place;
        ranks[id] = rank;
      }
    } else {
      this.#sort(order);
      for (let place = 0; place < order.length; place++) ranks[order[place] as number] = place;
      // None reads as the empty text.
      if (this.#count > 1 && this.bytes(order[1] as number).length === 0)
        ranks[order[1] as number] = ranks[0] = 0;
    }
    this.#ranks = ranks;
    return ranks;
  }

  #compareTexts(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /**
   * Sorts ids by their bytes: three-way quicksort, a byte at a time (Bentley and Sedgewick, "Fast Algorithms for Sorting
   * and Searching Strings", 1997), so that what all begin with is looked at once.
   */
  #sort(order: Uint32Array): void {
    const stack = [0, order.length, 0];
    while (stack.length > 0) {
      const depth = stack.pop() as number;
      const to = stack.pop() as number;
      const from = stack.pop() as number;
      if (to - from < FEW) {
        for (let i = from + 1; i < to; i++) {
          const id = order[i] as number;
          let j = i;
          while (j > from && this.#isBelow(id, order[j - 1] as number, depth))
            order[j] = order[--j] as number;
          order[j] = id;
        }
        continue;
      }
      const pivot = this.#weightAt(order[(from + to) >>> 1] as number, depth);
      let low = from;
      let high = to;
      for (let i = from; i < high; ) {
        const id = order[i] as number;
        const weight = this.#weightAt(id, depth);
        if (weight === pivot) i++;
        else if (weight < pivot) {
          order[i++] = order[low] as number;
          order[low++] = id;
        } else {
          order[i] = order[--high] as number;
          order[high] = id;
        }
      }
      stack.push(from, low, depth, high, to, depth);
      if (pivot > 0) stack.push(low, high, depth + 1);
    }
  }

  #isBelow(a: number, b: number, depth: number): boolean {
    for (let at = depth; ; at++) {
      const one = this.#weightAt(a, at);
      const other = this.#weightAt(b, at);
      if (one !== other) return one < other;
      if (one === 0) return false;
    }
  }

  /**
   * A byte of a text by its place in the order; 0 behind the end. JavaScript compares strings by their units of 16 bits, so
   * what UTF-8 spells with four bytes (F0 to F4, surrogates there) comes before U+E000 to U+FFFF (EE and EF).
   */
  #weightAt(id: number, at: number): number {
    const place = this.startOf(id) + at;
    if (id === 0 || place >= (this.#offsets[id] as number)) return 0;
    const byte = this.#arena[place] as number;
    if (byte < 0xee) return byte + 1;
    return byte < 0xf0 ? byte + 6 : byte - 1;
  }

  /** Forgets every text: ids begin with 1 again. */
  forget(): void {
    this.#used = 0;
    this.#count = 1;
    this.#slots.fill(0);
    this.#textIds.fill(0);
    this.#hasDamage = false;
    this.#ranks = new Uint32Array(0);
  }

  /** Gives back what only interning needs, for when no more texts are expected: the next one makes it anew. */
  rest(): void {
    this.#slots = released(this.#slots);
    this.#hashes = released(this.#hashes);
    this.#arena = grown(this.#arena, Math.max(1, this.#used));
  }

  #findAgain(): void {
    const hashes = new Int32Array(this.#offsets.length);
    for (let id = 1; id < this.#count; id++)
      hashes[id] = hashOf(this.#arena, this.startOf(id), this.startOf(id + 1));
    this.#hashes = hashes;
    this.#placeAll(2 ** Math.ceil(Math.log2(this.#count * 2 + 1)));
  }

  /** The bytes of an id; they are not the caller's to change. */
  bytes(id: number): Uint8Array {
    return this.#arena.subarray(this.#offsets[id - 1] as number, this.#offsets[id] as number);
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#offsets[id - 1] as number;
    if ((this.#offsets[id] as number) - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) if (bytes[i] !== arena[j]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const length = to - from;
    while (this.#used + length > this.#arena.length) this.#arena = grown(this.#arena, this.#arena.length * 2);
    if (this.#count === this.#offsets.length) this.#growIds();
    const id = this.#count++;
    const arena = this.#arena;
    let seen = 0;
    for (let i = from, at = this.#used; i < to; i++, at++) {
      const byte = bytes[i] as number;
      arena[at] = byte;
      seen |= byte;
    }
    if (seen > 0x7f && !this.#hasDamage) this.#hasDamage = !isUtf8(bytes.subarray(from, to));
    this.#used += length;
    this.#offsets[id] = this.#used;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#placeAll(this.#slots.length * 2);
    return id;
  }

  #growIds(): void {
    this.#offsets = grown(this.#offsets, this.#offsets.length * 2);
    this.#hashes = grown(this.#hashes, this.#hashes.length * 2);
  }

  /** Puts every id into its slot, among so many. */
  #placeAll(count: number): void {
    const slots = new Uint32Array(count);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      const hash = this.#hashes[id] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    released(this.#slots);
    this.#slots = slots;
  }
}
