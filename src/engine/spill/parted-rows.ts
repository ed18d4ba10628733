/** Rows in a temporary file, in parts that are written side by side and read one after the other. */
import { ROW_WORDS, type RowWords } from '../../correlate/record-store.ts';
import { TemporaryFile } from './temporary-file.ts';

/** Rows that are written and read at once: 32 KiB. */
export const CHUNK_ROWS = 585;
const CHUNK_WORDS = CHUNK_ROWS * ROW_WORDS;

/** Room for rows, as words, doubles and bytes. */
export class RowBuffer implements RowWords {
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
  readonly bytes: Uint8Array;

  constructor(rows: number) {
    const buffer = new ArrayBuffer(rows * ROW_WORDS * 4);
    this.words = new Uint32Array(buffer);
    this.doubles = new Float64Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }
}

export class PartedRows {
  readonly #file: TemporaryFile;
  /** One chunk of each part. */
  #chunks: Uint32Array;
  readonly #used: Uint32Array;
  /** Where the chunks of each part lie. */
  readonly #places: number[][];

  constructor(parts: number, folder?: string) {
    this.#file = new TemporaryFile(folder);
    this.#chunks = new Uint32Array(parts * CHUNK_WORDS);
    this.#used = new Uint32Array(parts);
    this.#places = Array.from({ length: parts }, () => []);
  }

  /** Adds the rows in words `from` to `to` to a part. */
  add(part: number, words: Uint32Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      let used = this.#used[part] as number;
      if (used === CHUNK_WORDS) {
        this.#flush(part);
        used = 0;
      }
      const many = Math.min(to - at, CHUNK_WORDS - used);
      const into = part * CHUNK_WORDS + used;
      // Mostly a row or two: a view of them would cost more than the copy.
      for (let i = 0; i < many; i++) this.#chunks[into + i] = words[at + i] as number;
      this.#used[part] = used + many;
      at += many;
    }
  }

  /** Reads a part: chunks, each in the same buffer, which is the caller's until the next is asked for. */
  *read(part: number, buffer: RowBuffer): Generator<number> {
    for (const place of this.#places[part] as number[]) {
      this.#file.read(place, buffer.bytes.subarray(0, CHUNK_WORDS * 4));
      yield CHUNK_ROWS;
    }
    const used = this.#used[part] as number;
    buffer.words.set(this.#chunk(part, used));
    if (used > 0) yield used / ROW_WORDS;
  }

  /** Bytes in the file. */
  get bytes(): number {
    return this.#file.length;
  }

  close(): void {
    this.#file.close();
    this.#chunks = new Uint32Array(0);
  }

  #chunk(part: number, words: number): Uint32Array {
    return this.#chunks.subarray(part * CHUNK_WORDS, part * CHUNK_WORDS + words);
  }

  #flush(part: number): void {
    const chunk = this.#chunk(part, CHUNK_WORDS);
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    (this.#places[part] as number[]).push(this.#file.append(bytes));
    this.#used[part] = 0;
  }
}
