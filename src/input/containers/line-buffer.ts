/** Lines that are put together byte by byte and handed on many at once. */
import { grown } from '../../record/grown.ts';
import { LINE_FEED } from '../../record/scan-lines.ts';
import type { LineSink } from './container.ts';

const FIRST_SIZE = 1 << 16;
/** Handed on when so much waits. */
const FULL = 1 << 20;

const SPACE = 32;
const HASH = 35;
const PERCENT = 37;
const DASH = 45;

const isBlank = (byte: number): boolean => byte === SPACE || (byte >= 9 && byte <= 13);

export class LineBuffer {
  readonly #sink: LineSink;
  #bytes = new Uint8Array(FIRST_SIZE);
  #length = 0;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  add(bytes: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from);
    const out = this.#bytes;
    let at = this.#length;
    // Lines are short: a call to copy one costs more than the copy.
    for (let i = from; i < to; i++) out[at++] = bytes[i] as number;
    this.#length = at;
  }

  /** A value as one field of a line: `-` where there is none, a blank in it spelt out, so that it parts nothing. */
  addField(bytes: Uint8Array, from: number, to: number): void {
    this.#makeRoom((to - from) * 3 + 1);
    if (from === to) this.#bytes[this.#length++] = DASH;
    else this.#length = putField(this.#bytes, this.#length, bytes, from, to);
  }

  addSpace(): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = SPACE;
  }

  endLine(): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = LINE_FEED;
    if (this.#length >= FULL) this.flush();
  }

  /** Hands on what waits. */
  flush(): void {
    if (this.#length === 0) return;
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#sink.push(lines);
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    this.#bytes = grown(this.#bytes, Math.max(this.#length + more, this.#bytes.length * 2));
  }
}

/**
 * Puts a value with what would part it or begin a comment spelt out; gives where it ends, after at most three bytes for each.
 */
export const putField = (
  out: Uint8Array,
  to: number,
  bytes: Uint8Array,
  from: number,
  end: number,
): number => {
  let at = to;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (isBlank(byte) || (byte === HASH && i === from)) {
      out[at++] = PERCENT;
      out[at++] = hexDigit(byte >> 4);
      out[at++] = hexDigit(byte & 15);
    } else out[at++] = byte;
  }
  return at;
};

const hexDigit = (value: number): number => (value < 10 ? 48 + value : 55 + value);
