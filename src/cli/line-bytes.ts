/**
 * Lines as the bytes that are written, one after another in memory that is used again. Making texts of very many lines,
 * and bytes of the texts, would take several times as long.
 */
/** Bytes a piece has at least, the last one aside. */
const PIECE = 1 << 17;
const BLANK = 0x20;
const LINE_FEED = 0x0a;
const DOT = 0x2e;
const ZERO = 0x30;

const encoder = new TextEncoder();

/** How many digits a whole number below 100,000 has. */
export const digitsOf = (value: number): number =>
  value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;

export class LineBytes {
  #bytes = new Uint8Array(2 * PIECE);
  #at = 0;
  #lineStart = 0;

  /** Whether the lines are worth a write call. */
  get isFull(): boolean {
    return this.#lineStart >= PIECE;
  }

  /** The lines until here, to be used before others are put. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#lineStart);
    this.#at = 0;
    this.#lineStart = 0;
    return lines;
  }

  putBytes(bytes: Uint8Array): void {
    const { length } = bytes;
    const to = this.#reserve(length);
    const at = this.#at;
    for (let i = 0; i < length; i++) to[at + i] = bytes[i] as number;
    this.#at = at + length;
  }

  putText(text: string): void {
    const { length } = text;
    const to = this.#reserve(length);
    const at = this.#at;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.putBytes(encoder.encode(text));
        return;
      }
      to[at + i] = code;
    }
    this.#at = at + length;
  }

  /** None where the count is below 0. */
  putBlanks(count: number): void {
    if (count <= 0) return;
    const to = this.#reserve(count);
    const end = this.#at + count;
    for (let i = this.#at; i < end; i++) to[i] = BLANK;
    this.#at = end;
  }

  /** A byte of ASCII. */
  putByte(byte: number): void {
    this.#reserve(1)[this.#at++] = byte;
  }

  /** The digits of a whole number below 100,000. */
  putNumber(value: number): void {
    const length = digitsOf(value);
    const to = this.#reserve(length);
    let rest = value;
    for (let i = this.#at + length - 1; i > this.#at; i--) {
      const tenth = Math.floor(rest / 10);
      to[i] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    to[this.#at] = ZERO + rest;
    this.#at += length;
  }

  /** Dotted decimal of an address. */
  putIPv4(address: number): void {
    this.putNumber(address >>> 24);
    this.putByte(DOT);
    this.putNumber((address >>> 16) & 255);
    this.putByte(DOT);
    this.putNumber((address >>> 8) & 255);
    this.putByte(DOT);
    this.putNumber(address & 255);
  }

  /** A text and the end of the line. */
  putLine(text: string): void {
    this.putText(text);
    this.endLine();
  }

  /** Ends the line, without the blanks at its end. */
  endLine(): void {
    this.#cutBlanks();
    this.putByte(LINE_FEED);
    this.#lineStart = this.#at;
  }

  /** Ends the line where it holds more than blanks. */
  endLineUnlessBlank(): void {
    this.#cutBlanks();
    if (this.#at > this.#lineStart) this.endLine();
  }

  #cutBlanks(): void {
    while (this.#at > this.#lineStart && this.#bytes[this.#at - 1] === BLANK) this.#at--;
  }

  /** Memory with room for so many bytes more. */
  #reserve(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) {
      const wider = new Uint8Array(2 * (this.#at + count));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    return this.#bytes;
  }
}
