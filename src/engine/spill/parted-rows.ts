/** Rows in a temporary file, in parts that are written side by side and read one after the other. */
import { TemporaryFile } from './temporary-file.ts';

/** Rows that are written and read at once: 32 KiB. */
export const CHUNK_ROWS = 585;

export class PartedRows {
  readonly #file: TemporaryFile;
  readonly #chunkWords: number;
  /** One chunk of each part. */
  #chunks: Uint32Array;
  /** One that was read. */
  readonly #read: Uint32Array;
  readonly #used: Uint32Array;
  /** Where the chunks of each part lie. */
  readonly #places: number[][];

  constructor(parts: number, rowWords: number, folder?: string) {
    this.#file = new TemporaryFile(folder);
    this.#chunkWords = CHUNK_ROWS * rowWords;
    this.#chunks = new Uint32Array(parts * this.#chunkWords);
    this.#used = new Uint32Array(parts);
    this.#read = new Uint32Array(this.#chunkWords);
    this.#places = Array.from({ length: parts }, () => []);
  }

  /** Adds the rows in words `from` to `to` to a part. */
  add(part: number, words: Uint32Array, from: number, to: number): void {
    for (let at = from; at < to; ) {
      let used = this.#used[part] as number;
      if (used === this.#chunkWords) {
        this.#flush(part);
        used = 0;
      }
      const many = Math.min(to - at, this.#chunkWords - used);
      const into = part * this.#chunkWords + used;
      // Mostly a row or two: a view of them would cost more than the copy.
      for (let i = 0; i < many; i++) this.#chunks[into + i] = words[at + i] as number;
      this.#used[part] = used + many;
      at += many;
    }
  }

  /** Reads a part: chunks, each the caller's until the next is asked for. */
  *read(part: number): Generator<Uint32Array> {
    const words = this.#read;
    for (const place of this.#places[part] as number[]) {
      this.#file.read(place, new Uint8Array(words.buffer));
      yield words;
    }
    const used = this.#used[part] as number;
    if (used > 0) yield this.#chunk(part, used);
  }

  /** Bytes of all rows, in the file or about to be. */
  get bytes(): number {
    return this.#file.length + 4 * this.#used.reduce((sum, words) => sum + words, 0);
  }

  close(): void {
    this.#file.close();
    this.#chunks = new Uint32Array(0);
  }

  #chunk(part: number, words: number): Uint32Array {
    return this.#chunks.subarray(part * this.#chunkWords, part * this.#chunkWords + words);
  }

  #flush(part: number): void {
    const chunk = this.#chunk(part, this.#chunkWords);
    const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    (this.#places[part] as number[]).push(this.#file.append(bytes));
    this.#used[part] = 0;
  }
}
