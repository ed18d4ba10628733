/**
 * Columns of numbers and texts, packed for a page and unpacked in it: numbers as typed arrays in base64, each
 * text once. It runs in Node and in browsers, and knows nothing of what the columns mean.
 */

/** What the records do not say stays null all the way. */
export type PackedNumber = number | null;

export interface PackedNumbers {
  /** Bytes a value; at 8 the values stand as they are, below as distance from `base`, one up: 0 is null. */
  readonly width: 1 | 2 | 4 | 8;
  readonly base: number;
  readonly data: string;
}

export interface PackedTexts {
  readonly words: readonly (string | null)[];
  readonly at: PackedNumbers;
}

/** `String.fromCharCode` takes its bytes as arguments: few enough for any stack. */
const CHUNK = 1 << 13;

const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return btoa(text);
};

const fromBase64 = (text: string): DataView => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new DataView(bytes.buffer);
};

const widthFor = (values: readonly PackedNumber[]): { width: 1 | 2 | 4 | 8; base: number } => {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null) continue;
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { width: 8, base: 0 };
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return { width: 1, base: 0 };
  const range = most - least + 1;
  const width = range < 2 ** 8 ? 1 : range < 2 ** 16 ? 2 : range < 2 ** 32 ? 4 : 8;
  return { width, base: width === 8 ? 0 : least };
};

/** Not the NaN that arithmetic gives: a null among numbers of 8 bytes. */
const NULL_HIGH = 0xfff8dead;

/** Packs numbers; NaN among them stays NaN. */
export const packNumbers = (values: readonly PackedNumber[]): PackedNumbers => {
  const { width, base } = widthFor(values);
  const view = new DataView(new ArrayBuffer(values.length * width));
  for (const [i, value] of values.entries()) {
    const place = value === null ? 0 : value - base + 1;
    if (width === 1) view.setUint8(i, place);
    else if (width === 2) view.setUint16(i * 2, place, true);
    else if (width === 4) view.setUint32(i * 4, place, true);
    else if (value !== null) view.setFloat64(i * 8, value, true);
    else view.setUint32(i * 8 + 4, NULL_HIGH, true);
  }
  return { width, base, data: toBase64(new Uint8Array(view.buffer)) };
};

/** A reader of packed numbers by row. */
export const unpackNumbers = ({ width, base, data }: PackedNumbers): ((row: number) => PackedNumber) => {
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

/** Packs texts, each once. */
export const packTexts = (texts: readonly (string | null)[]): PackedTexts => {
  const places = new Map<string | null, number>();
  const at = texts.map((text) => {
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size);
    return places.size - 1;
  });
  return { words: [...places.keys()], at: packNumbers(at) };
};

/** A reader of packed texts by row. */
export const unpackTexts = ({ words, at }: PackedTexts): ((row: number) => string | null) => {
  const place = unpackNumbers(at);
  return (row) => words[place(row) ?? -1] ?? null;
};
