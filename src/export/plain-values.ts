/** Values as Parquet's PLAIN encoding has them, one behind the other in memory that is used again. */
import type { Value } from './coded-column.ts';
import type { ParquetKind } from './parquet-columns.ts';

const WORD = 2 ** 32;
const INT64_MOST = 2 ** 63;
/** Bytes that a letter of JavaScript has in UTF-8 at most, and those of a length or number. */
const LETTER_BYTES = 3;
const NUMBER_BYTES = 8;

export class PlainValues {
  #bytes = Buffer.alloc(1 << 16);
  #length = 0;
  /** Where each ends. */
  #ends = new Int32Array(1 << 12);

  /** Puts values in the place of those before. */
  put(kind: ParquetKind, values: readonly Value[]): void {
    this.#length = 0;
    if (this.#ends.length < values.length) this.#ends = new Int32Array(values.length * 2);
    for (let i = 0; i < values.length; i++) {
      this.#putOne(kind, values[i] as Value);
      this.#ends[i] = this.#length;
    }
  }

  /** The bytes of all of them, until others are put. */
  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  sizeOf(code: number): number {
    return (this.#ends[code] as number) - this.#startOf(code);
  }

  /** The bytes of the values of these codes. */
  of(codes: Int32Array, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    let at = 0;
    for (let i = 0; i < codes.length; i++) {
      const end = this.#ends[codes[i] as number] as number;
      for (let from = this.#startOf(codes[i] as number); from < end; from++)
        bytes[at++] = this.#bytes[from] as number;
    }
    return bytes;
  }

  #startOf(code: number): number {
    return code === 0 ? 0 : (this.#ends[code - 1] as number);
  }

  #putOne(kind: ParquetKind, value: Value): void {
    if (kind === 'text') this.#putText(value as string);
    else this.#putNumber(kind, value as number);
  }

  #putText(text: string): void {
    this.#reserve(4 + text.length * LETTER_BYTES);
    const length = this.#bytes.write(text, this.#length + 4);
    this.#bytes.writeUInt32LE(length, this.#length);
    this.#length += 4 + length;
  }

  #putNumber(kind: ParquetKind, value: number): void {
    this.#reserve(NUMBER_BYTES);
    if (kind === 'small') this.#length = this.#bytes.writeInt32LE(value, this.#length);
    else if (kind === 'real') this.#length = this.#bytes.writeDoubleLE(value, this.#length);
    else this.#putLong(value);
  }

  /** A whole number of 64 bits; 2^63 stands for all that is more. */
  #putLong(value: number): void {
    const isMost = value >= INT64_MOST;
    const high = Math.floor(value / WORD);
    this.#bytes.writeUInt32LE(isMost ? WORD - 1 : value - high * WORD, this.#length);
    this.#bytes.writeInt32LE(isMost ? WORD / 2 - 1 : high, this.#length + 4);
    this.#length += NUMBER_BYTES;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const wider = Buffer.alloc(2 * (this.#length + count));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
  }
}
