/** Pieces that are cut anywhere to whole lines; one without end costs no memory. */
import { grown } from '../../record/grown.ts';
import { LONGEST_LINE } from '../../record/parse-line.ts';
import { LINE_FEED } from '../../record/scan-lines.ts';

/** Of a longer line so much is kept: more than a reader takes, so that it says why. */
export const MOST_KEPT: number = LONGEST_LINE + 256;

/** Told of each line, bytes[from, to), without its line feed. */
export type OnLine = (bytes: Uint8Array, from: number, to: number) => void;

export class LineCutter {
  readonly #onLine: OnLine;
  readonly #most: number;
  #rest: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param most bytes of a line that are kept: the rest of it is dropped as it comes */
  constructor(onLine: OnLine, most = MOST_KEPT) {
    this.#onLine = onLine;
    this.#most = most;
    this.#rest = new Uint8Array(1 << 10);
  }

  push(bytes: Uint8Array): void {
    let from = 0;
    if (this.#length > 0) {
      const end = bytes.indexOf(LINE_FEED);
      this.#keep(bytes, 0, end < 0 ? bytes.length : end);
      if (end < 0) return;
      this.end();
      from = end + 1;
    }
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, from);
      if (end < 0) break;
      // As much of it as if it had come in pieces.
      this.#onLine(bytes, from, Math.min(end, from + this.#most));
      from = end + 1;
    }
    this.#keep(bytes, from, bytes.length);
  }

  /** The last line may have no end. */
  end(): void {
    const length = this.#length;
    this.#length = 0;
    if (length > 0) this.#onLine(this.#rest, 0, length);
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    const length = Math.min(this.#most, this.#length + to - from);
    if (length > this.#rest.length)
      this.#rest = grown(this.#rest, Math.min(this.#most, Math.max(length, this.#rest.length * 2)));
    this.#rest.set(bytes.subarray(from, from + length - this.#length), this.#length);
    this.#length = length;
  }
}
