/**
 * What a writing thread hands over: pieces of lines in slots of its own, in the memory of the kernel, and beside them
 * which keys it had to leave out. Keys are dealt with in chunks, which whoever is free takes; a thread's pieces come in
 * the order of its chunks. As many pieces as there are slots wait at most: then the thread does.
 */

/** Keys that are taken at once: their lines mostly make one piece. */
export const CHUNK_KEYS = 384;
/** Pieces of a thread on their way. */
export const SLOTS = 6;
/** Keys that a piece may leave out. */
const MOST_HOLES = 1024;

// Common words: the next chunk that nobody has taken, and whether the collecting thread waits.
const NEXT_CHUNK = 0;
const WAITS = 1;
const COMMON_WORDS = 16;
// Words of a slot: whether it is full, its chunk, whether that ends with it, bytes, holes; then the holes: offset, place.
const IS_FULL = 0;
const CHUNK = 1;
const ENDS_CHUNK = 2;
const LENGTH = 3;
const HOLES = 4;
const FIRST_HOLE = 5;
const SLOT_WORDS = FIRST_HOLE + 2 * MOST_HOLES;

/** A piece, and where in it lines are missing. */
export interface Piece {
  readonly slot: number;
  readonly length: number;
  /** Whether its chunk ends with it. */
  readonly endsChunk: boolean;
  /** By rising offset: the place of a key whose lines belong there. */
  readonly holes: readonly { readonly offset: number; readonly place: number }[];
}

/** The words that all threads share. */
export class PieceSlots {
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;

  /** @param threads that write beside the one that collects */
  constructor(threads: number, memory?: SharedArrayBuffer) {
    this.memory = memory ?? new SharedArrayBuffer((COMMON_WORDS + threads * SLOTS * SLOT_WORDS) * 4);
    this.#words = new Int32Array(this.memory);
  }

  /** Chunks are to be taken from the first on. For the collecting thread, while all slots are empty and nobody takes any. */
  begin(): void {
    Atomics.store(this.#words, NEXT_CHUNK, 0);
  }

  /** The next chunk that nobody has taken, from 0. */
  takeChunk(): number {
    return Atomics.add(this.#words, NEXT_CHUNK, 1);
  }

  /** Waits until a slot of a thread may be filled. For the thread itself: it blocks. */
  waitForRoom(thread: number, slot: number): void {
    const at = this.#at(thread, slot);
    while (Atomics.load(this.#words, at + IS_FULL) === 1) Atomics.wait(this.#words, at + IS_FULL, 1);
  }

  /** Notes that the lines of a key are missing at an offset; false when no more can be noted. */
  addHole(thread: number, slot: number, holes: number, offset: number, place: number): boolean {
    if (holes === MOST_HOLES) return false;
    const at = this.#at(thread, slot) + FIRST_HOLE + 2 * holes;
    this.#words[at] = offset;
    this.#words[at + 1] = place;
    return true;
  }

  /** Hands a piece over; true when the collecting thread waits and is to be woken. */
  fill(
    thread: number,
    slot: number,
    chunk: number,
    piece: Omit<Piece, 'slot' | 'holes'>,
    holes: number,
  ): boolean {
    const at = this.#at(thread, slot);
    this.#words[at + CHUNK] = chunk;
    this.#words[at + ENDS_CHUNK] = Number(piece.endsChunk);
    this.#words[at + LENGTH] = piece.length;
    this.#words[at + HOLES] = holes;
    Atomics.store(this.#words, at + IS_FULL, 1);
    return Atomics.exchange(this.#words, WAITS, 0) === 1;
  }

  /** The piece in a slot when it is of this chunk. */
  piece(thread: number, slot: number, chunk: number): Piece | undefined {
    const at = this.#at(thread, slot);
    const words = this.#words;
    if (Atomics.load(words, at + IS_FULL) === 0 || words[at + CHUNK] !== chunk) return undefined;
    const holes = Array.from({ length: words[at + HOLES] as number }, (_, i) => ({
      offset: words[at + FIRST_HOLE + 2 * i] as number,
      place: words[at + FIRST_HOLE + 2 * i + 1] as number,
    }));
    return { slot, length: words[at + LENGTH] as number, endsChunk: words[at + ENDS_CHUNK] === 1, holes };
  }

  /** Says that a slot may be filled again. */
  release(thread: number, slot: number): void {
    const at = this.#at(thread, slot) + IS_FULL;
    Atomics.store(this.#words, at, 0);
    Atomics.notify(this.#words, at);
  }

  /** Says that the collecting thread will wait, unless it finds something now. */
  announceWait(): void {
    Atomics.store(this.#words, WAITS, 1);
  }

  #at(thread: number, slot: number): number {
    return COMMON_WORDS + (thread * SLOTS + slot) * SLOT_WORDS;
  }
}
