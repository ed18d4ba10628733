/**
 * Columns of numbers and texts, packed for a page and unpacked in it: numbers as typed arrays in base64, each
 * text once. It runs in Node and in browsers, and knows nothing of what the columns mean.
 */

import { GrowingNumbers } from '../audit/growing-numbers.ts';

/** What the records do not say stays null all the way. */
export type PackedNumber = number | null;

export interface PackedNumbers {
  /** Bytes a value; at 8 the values stand as they are, below as distance from `base`, one up: 0 is null. None where all are null. */
  readonly width: 0 | 1 | 2 | 4 | 8;
  readonly base: number;
  readonly data: string;
}

export interface PackedTexts {
  readonly words: readonly string[];
  readonly at: PackedNumbers;
}

/** `String.fromCharCode` takes its bytes as arguments: few enough for any stack. */
const CHUNK = 1 << 13;

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) {
    // Spreading them takes eight times as long.
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(i, i + CHUNK));
  }
  return btoa(text);
};

const fromBase64 = (text: string): DataView => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new DataView(bytes.buffer);
};

/** Not the NaN that arithmetic gives: a null among numbers of 8 bytes. */
const NULL_HIGH = 0xfff8dead;

/** Numbers that are packed once all are there; NaN among them stays NaN. */
export class NumberColumn {
  readonly #values = new GrowingNumbers(Float64Array);
  readonly #isNull = new GrowingNumbers(Uint8Array);

  push(value: PackedNumber): void {
    this.#values.push(value ?? 0);
    this.#isNull.push(value === null ? 1 : 0);
  }

  /** @param rows which of them come in which order */
  pack(rows: Uint32Array): PackedNumbers {
    const { width, base } = this.#width();
    const view = new DataView(new ArrayBuffer(rows.length * width));
    const values = this.#values.values;
    const isNull = this.#isNull.values;
    for (let i = 0; i < rows.length; i++) {
      if (width === 0) break;
      const row = rows[i] as number;
      const value = values[row] as number;
      const place = isNull[row] === 1 ? 0 : value - base + 1;
      if (width === 1) view.setUint8(i, place);
      else if (width === 2) view.setUint16(i * 2, place, true);
      else if (width === 4) view.setUint32(i * 4, place, true);
      else if (isNull[row] === 0) view.setFloat64(i * 8, value, true);
      else view.setUint32(i * 8 + 4, NULL_HIGH, true);
    }
    return { width, base, data: toBase64(new Uint8Array(view.buffer)) };
  }

  #width(): { width: PackedNumbers['width']; base: number } {
    const values = this.#values.values;
    const isNull = this.#isNull.values;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < values.length; i++) {
      if (isNull[i] === 1) continue;
      const value = values[i] as number;
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { width: 8, base: 0 };
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (least > most) return { width: 0, base: 0 };
    const range = most - least + 1;
    const width = range < 2 ** 8 ? 1 : range < 2 ** 16 ? 2 : range < 2 ** 32 ? 4 : 8;
    return { width, base: width === 8 ? 0 : least };
  }
}

/** A reader of packed numbers by row. */
export const unpackNumbers = ({ width, base, data }: PackedNumbers): ((row: number) => PackedNumber) => {
  if (width === 0) return () => null;
  const view = fromBase64(data);
  const shifted = (place: number): PackedNumber => (place === 0 ? null : place - 1 + base);
  if (width === 1) return (row) => shifted(view.getUint8(row));
  if (width === 2) return (row) => shifted(view.getUint16(row * 2, true));
  if (width === 4) return (row) => shifted(view.getUint32(row * 4, true));
  return (row) =>
    view.getUint32(row * 8 + 4, true) === NULL_HIGH && view.getUint32(row * 8, true) === 0
      ? null
      : view.getFloat64(row * 8, true);
};

/** Texts that are packed once all are there, each once. */
export class TextColumn {
  readonly #numbers = new Map<string | null, number>();
  readonly #rows = new GrowingNumbers(Int32Array);

  push(text: string | null): void {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
    }
    this.#rows.push(number);
  }

  /** @param rows which of them come in which order */
  pack(rows: Uint32Array): PackedTexts {
    const texts = [...this.#numbers.keys()];
    // Words in the order of their rows, whatever order they came in.
    const places = new Int32Array(texts.length).fill(-1);
    const words: string[] = [];
    const at = new NumberColumn();
    for (let i = 0; i < rows.length; i++) {
      const number = this.#rows.at(rows[i] as number);
      const text = texts[number] as string | null;
      if (text !== null && places[number] === -1) places[number] = words.push(text) - 1;
      at.push(text === null ? null : (places[number] as number));
    }
    return { words, at: at.pack(allOf(rows.length)) };
  }
}

/** As many rows as there are, in their order. */
const allOf = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i);

/** A reader of packed texts by row. */
export const unpackTexts = ({ words, at }: PackedTexts): ((row: number) => string | null) => {
  const place = unpackNumbers(at);
  return (row) => words[place(row) ?? -1] ?? null;
};
