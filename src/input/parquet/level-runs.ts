/**
 * Small numbers in runs of one value and runs of packed bits (Encodings.md of apache/parquet-format, "RLE/bit-packing hybrid"):
 * which values are there, and places in a dictionary. They come some at a time: a run of a billion takes no memory.
 */
import { ParquetFault } from './fault.ts';

/** Bits of one number; more would be a dictionary larger than any page. */
const MOST_WIDTH = 24;

const short = (): ParquetFault => new ParquetFault('is damaged: it ends in the middle of its values');

export class LevelRuns {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #width: number;
  #at: number;
  /** Numbers left in the run. */
  #left = 0;
  #isPacked = false;
  #value = 0;
  /** Bits that were read and not taken. */
  #buffer = 0;
  #bits = 0;

  /** Bytes [at, end), each number of so many bits. */
  constructor(bytes: Uint8Array, at: number, end: number, width: number) {
    if (at > end || end > bytes.length) throw short();
    if (width > MOST_WIDTH) throw new ParquetFault(`is damaged: its numbers have ${width} bits`);
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#width = width;
  }

  /** The number that the next ones all are, when one run holds them: then they are taken. Else -1, and none is. */
  takeSame(count: number): number {
    while (this.#left === 0 && count > 0) this.#begin();
    if (this.#isPacked || this.#left < count) return -1;
    this.#left -= count;
    return this.#value;
  }

  /** The next numbers, into out[0, count). */
  fill(out: Uint32Array, count: number): void {
    for (let i = 0; i < count; ) {
      if (this.#left === 0) this.#begin();
      const to = Math.min(count, i + this.#left);
      this.#left -= to - i;
      if (this.#isPacked) this.#takePacked(out, i, to);
      else out.fill(this.#value, i, to);
      i = to;
    }
  }

  /** Whether anything stands behind the run that is open; zeros do not count: they are empty runs, with which some writers pad. */
  get hasMore(): boolean {
    for (let at = this.#endOfRun; at < this.#end; at++) if (this.#bytes[at] !== 0) return true;
    return false;
  }

  /** The same, but no more than one empty run may pad: what has a length of its own ends where that says. */
  get hasMoreThanOneRun(): boolean {
    return this.hasMore || this.#end - this.#endOfRun > 1 + Math.ceil(this.#width / 8);
  }

  get #endOfRun(): number {
    if (this.#width === 0) return this.#end;
    const rest = this.#isPacked ? Math.ceil((this.#left * this.#width - this.#bits) / 8) : 0;
    return this.#at + Math.max(0, rest);
  }

  #begin(): void {
    if (this.#width === 0) {
      this.#left = 2 ** 31;
      return;
    }
    let head = 0;
    for (let scale = 1; ; scale *= 128) {
      if (this.#at >= this.#end || scale > 2 ** 28) throw short();
      const byte = this.#bytes[this.#at++] as number;
      head += (byte & 127) * scale;
      if (byte < 128) break;
    }
    this.#isPacked = head % 2 === 1;
    this.#left = Math.floor(head / 2);
    this.#bits = 0;
    this.#buffer = 0;
    if (this.#isPacked) {
      this.#left *= 8;
      return;
    }
    this.#value = 0;
    for (let shift = 0; shift < this.#width; shift += 8) {
      if (this.#at >= this.#end) throw short();
      this.#value |= (this.#bytes[this.#at++] as number) << shift;
    }
  }

  #takePacked(out: Uint32Array, from: number, to: number): void {
    const bytes = this.#bytes;
    const width = this.#width;
    const mask = 2 ** width - 1;
    let at = this.#at;
    let buffer = this.#buffer;
    let bits = this.#bits;
    if (at + Math.ceil(((to - from) * width - bits) / 8) > this.#end) throw short();
    for (let i = from; i < to; i++) {
      for (; bits < width; bits += 8) buffer |= (bytes[at++] as number) << bits;
      out[i] = buffer & mask;
      buffer >>>= width;
      bits -= width;
    }
    this.#at = at;
    this.#buffer = buffer;
    this.#bits = bits;
  }
}
