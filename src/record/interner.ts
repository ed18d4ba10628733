/**
 * Bytes to small integers, each distinct string once. Identifiers repeat in every line; the engine compares
 * and stores integers and turns them back into text only when a row is written. Id 0 means "none".
 */
import { isUtf8 } from 'node:buffer';
import { released } from './grown.ts';
import { Words } from './words.ts';

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const FNV_PRIME = 16777619;
/** FNV-1a's start value, in 32 bits. */
export const HASH_START = 0x811c9dc5 | 0;

/** Texts that are kept as strings, a power of two: a string of each of a million ids would be most of what they cost. */
const KEPT_TEXTS = 4096;
/** Bytes of a block of texts, a power of two: blocks never move, so that growing copies nothing. */
const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;
/** Bytes that places of 32 bits can tell apart. */
const MOST_BYTES = 2 ** 32 - 1;
/** Fewer texts than this are put in order by comparing them whole. */
const FEW = 12;
const NO_BYTES = new Uint8Array(0);

/** FNV-1a. */
const hashOf = (bytes: Uint8Array, from: number, to: number): number => {
  let hash = HASH_START;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  return hash;
};

/**
 * A byte by its place in the order, from 1 on. JavaScript compares strings by their units of 16 bits, so what UTF-8 spells
 * with four bytes (F0 to F4, surrogates there) comes before U+E000 to U+FFFF (EE and EF).
 */
const weightOf = (byte: number): number => {
  if (byte < 0xee) return byte + 1;
  return byte < 0xf0 ? byte + 6 : byte - 1;
};

/** Whether a text ends within four bytes, by their places in the order. */
const isEnd = (weights: number): boolean => (weights & 0xff) === 0;

export class Interner {
  /** Texts one behind the other; one may go on in the next block. */
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #used = 0;
  /** By id: where its text ends, and its hash. */
  readonly #ends = new Words();
  readonly #hashes = new Words();
  #count = 1;
  #slots = new Uint32Array(1 << 11);
  /** Strings by the low bits of their ids, and whose each is; 0 for nobody's. */
  readonly #texts: string[] = new Array<string>(KEPT_TEXTS).fill('');
  readonly #textIds = new Uint32Array(KEPT_TEXTS);
  /** Whether a text holds bytes that are not UTF-8: such texts may look alike and be different ids. */
  #hasDamage = false;
  #ranks = new Uint32Array(0);

  /** How many ids have been given out, 0 included. */
  get size(): number {
    return this.#count;
  }

  /** Whether a text holds bytes that are not UTF-8. */
  get hasDamage(): boolean {
    return this.#hasDamage;
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
      if (this.#hashes.at(id) === hash >>> 0 && this.#equals(id, bytes, from, to)) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The id of bytes[from, to) that have one; 0 for others. */
  find(bytes: Uint8Array, from: number, to: number): number {
    if (this.#slots.length === 0) this.#findAgain();
    const hash = hashOf(bytes, from, to);
    const mask = this.#slots.length - 1;
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] as number;
      if (id === 0 || (this.#hashes.at(id) === hash >>> 0 && this.#equals(id, bytes, from, to))) return id;
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
    return id === 0 ? 0 : this.#ends.at(id - 1);
  }

  /** A copy of the bytes of all ids from one on, one behind the other. */
  bytesFrom(id: number): Uint8Array<ArrayBuffer> {
    return this.#copy(this.startOf(id), this.#used);
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
    released(order);
    this.#ranks = ranks;
    return ranks;
  }

  #compareTexts(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  /**
   * Sorts ids by their bytes: three-way quicksort, four bytes at a time (Bentley and Sedgewick, "Fast Algorithms for Sorting
   * and Searching Strings", 1997), so that what all begin with is looked at once.
   */
  #sort(order: Uint32Array): void {
    /** By place: the four bytes that are looked at. */
    const keys = new Uint32Array(order.length);
    const look = (from: number, to: number, depth: number): void => {
      for (let i = from; i < to; i++) keys[i] = this.#weightsAt(order[i] as number, depth);
    };
    const move = (to: number, from: number): void => {
      order[to] = order[from] as number;
      keys[to] = keys[from] as number;
    };
    look(0, order.length, 0);
    const stack = [0, order.length, 0];
    while (stack.length > 0) {
      const depth = stack.pop() as number;
      const to = stack.pop() as number;
      const from = stack.pop() as number;
      if (to - from < FEW) {
        for (let i = from + 1; i < to; i++) {
          const id = order[i] as number;
          const key = keys[i] as number;
          let j = i;
          for (; j > from; j--) {
            const before = keys[j - 1] as number;
            if (key > before) break;
            if (key === before && !this.#isBelow(id, order[j - 1] as number, depth)) break;
            move(j, j - 1);
          }
          order[j] = id;
          keys[j] = key;
        }
        continue;
      }
      const pivot = keys[(from + to) >>> 1] as number;
      let low = from;
      let high = to;
      for (let i = from; i < high; ) {
        const id = order[i] as number;
        const key = keys[i] as number;
        if (key === pivot) i++;
        else if (key < pivot) {
          move(i++, low);
          order[low] = id;
          keys[low++] = key;
        } else {
          move(i, --high);
          order[high] = id;
          keys[high] = key;
        }
      }
      stack.push(from, low, depth, high, to, depth);
      if (isEnd(pivot)) continue;
      look(low, high, depth + 4);
      stack.push(low, high, depth + 4);
    }
    released(keys);
  }

  #isBelow(a: number, b: number, depth: number): boolean {
    for (let at = depth; ; at += 4) {
      const one = this.#weightsAt(a, at);
      const other = this.#weightsAt(b, at);
      if (one !== other) return one < other;
      if (isEnd(one)) return false;
    }
  }

  /** The next four bytes of a text by their places in the order, the first one highest; 0 behind the end. */
  #weightsAt(id: number, at: number): number {
    const end = this.#ends.at(id);
    let place = this.startOf(id) + at;
    let weights = 0;
    for (let shift = 24; shift >= 0 && place < end; shift -= 8, place++) {
      const block = this.#blocks[place >>> BLOCK_BITS] as Uint8Array;
      weights |= weightOf(block[place & (BLOCK - 1)] as number) << shift;
    }
    return weights >>> 0;
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
    this.#hashes.clear();
  }

  #findAgain(): void {
    for (let id = 1; id < this.#count; id++) {
      const bytes = this.bytes(id);
      this.#hashes.put(id, hashOf(bytes, 0, bytes.length));
    }
    this.#placeAll(2 ** Math.ceil(Math.log2(this.#count * 2 + 1)));
  }

  /** The bytes of an id; they are not the caller's to change. */
  bytes(id: number): Uint8Array {
    const start = this.startOf(id);
    const end = this.#ends.at(id);
    const at = start & (BLOCK - 1);
    if (at + end - start > BLOCK) return this.#copy(start, end);
    return this.#blocks[start >>> BLOCK_BITS]?.subarray(at, at + end - start) ?? NO_BYTES;
  }

  #copy(from: number, to: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(to - from);
    for (let place = from; place < to; ) {
      const at = place & (BLOCK - 1);
      const part = (this.#blocks[place >>> BLOCK_BITS] as Uint8Array).subarray(at, at + to - place);
      copy.set(part, place - from);
      place += part.length;
    }
    return copy;
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.startOf(id);
    const length = to - from;
    if (this.#ends.at(id) - start !== length) return false;
    let at = start & (BLOCK - 1);
    let text: Uint8Array = this.#blocks[start >>> BLOCK_BITS] ?? NO_BYTES;
    if (at + length > BLOCK) {
      text = this.bytes(id);
      at = 0;
    }
    for (let i = from; i < to; i++, at++) if (bytes[i] !== text[at]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const end = this.#used + to - from;
    if (end > MOST_BYTES) throw new RangeError('There are more than 4 GiB of different names.');
    while (this.#blocks.length * BLOCK < end) this.#blocks.push(new Uint8Array(BLOCK));
    const id = this.#count++;
    let block = this.#blocks[this.#used >>> BLOCK_BITS] ?? NO_BYTES;
    let seen = 0;
    for (let i = from, place = this.#used; i < to; i++, place++) {
      const at = place & (BLOCK - 1);
      if (at === 0) block = this.#blocks[place >>> BLOCK_BITS] as Uint8Array<ArrayBuffer>;
      const byte = bytes[i] as number;
      block[at] = byte;
      seen |= byte;
    }
    if (seen > 0x7f && !this.#hasDamage) this.#hasDamage = !isUtf8(bytes.subarray(from, to));
    this.#used = end;
    this.#ends.put(id, end);
    this.#hashes.put(id, hash);
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#placeAll(this.#slots.length * 2);
    return id;
  }

  /** Puts every id into its slot, among so many. */
  #placeAll(count: number): void {
    const slots = new Uint32Array(count);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      const hash = this.#hashes.at(id);
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    released(this.#slots);
    this.#slots = slots;
  }
}
