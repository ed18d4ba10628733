/**
 * Values of Parquet's types as the bytes that a line has for them, many at a time and without a string for each. A value that is
 * not there and an empty one have no bytes.
 */
import type { SchemaElement } from 'hyparquet';
import { grown } from '../../record/grown.ts';
import { LONGEST_LINE } from '../../record/parse-line.ts';
import { putField } from '../containers/line-buffer.ts';
import { secondsIn } from '../containers/named-values.ts';
import { ParquetFault } from './fault.ts';

/** What a column is for. Times become Unix seconds, the end's next full one. */
export type Role = 'start' | 'end' | 'message' | 'field';

/** Bytes behind the last value, so that values can be copied some bytes at a time. */
export const SLACK = 4;

/** Bytes of values, one after the other: those of value i are [starts[i], starts[i + 1]). */
export class Spelt {
  bytes = new Uint8Array(1 << 10);
  view = new DataView(this.bytes.buffer);
  starts = new Uint32Array(1);
  length = 0;

  /** Forgets what it holds and makes room for so many values. */
  begin(count: number): void {
    if (this.starts.length < count + 1) this.starts = new Uint32Array(count + 1);
    this.length = 0;
  }

  makeRoom(more: number): void {
    const length = this.length + more + SLACK;
    if (length <= this.bytes.length) return;
    this.bytes = grown(this.bytes, Math.max(length, this.bytes.length * 2));
    this.view = new DataView(this.bytes.buffer);
  }
}

/** Spells the next values that lie plainly in bytes [at, end); gives where the next begins. */
export type Spell = (bytes: Uint8Array, at: number, end: number, count: number, to: Spelt) => number;

const MINUS = 45;
const ZERO = 48;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BILLION = 1e9;
const TWO_32 = 2 ** 32;
/** Signs of any number: DECIMAL has at most 77 digits, a point and a sign. */
const LONGEST_NUMBER = 80;
/** Of a longer text so much is kept: more than a reader takes, so that it says why. */
const MOST_KEPT = LONGEST_LINE + 256;
/** 1 January 1970 in the days of INT96. */
const UNIX_EPOCH_JULIAN = 2_440_588;
const SECONDS_A_DAY = 86_400;

const short = (): ParquetFault => new ParquetFault('is damaged: it ends in the middle of its values');

const countDigits = (value: number): number => {
  let digits = 1;
  for (let least = 10; value >= least; least *= 10) digits++;
  return digits;
};

/** A whole number from 0 to 2^53; gives where it ends. */
const putDigits = (out: Uint8Array, at: number, value: number): number => {
  if (value < BILLION) {
    const end = at + countDigits(value);
    let rest = value | 0;
    for (let i = end - 1; i >= at; i--) {
      const tenth = (rest / 10) | 0;
      out[i] = ZERO + rest - tenth * 10;
      rest = tenth;
    }
    return end;
  }
  const high = Math.floor(value / BILLION);
  let rest = value - high * BILLION;
  const end = putDigits(out, at, high) + 9;
  for (let i = end - 1; i >= end - 9; i--) {
    const tenth = (rest / 10) | 0;
    out[i] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return end;
};

const putInteger = (out: Uint8Array, at: number, value: number): number => {
  if (value >= 0) return putDigits(out, at, value);
  out[at] = MINUS;
  return putDigits(out, at + 1, -value);
};

const putText = (out: Uint8Array, at: number, text: string): number => {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
};

const int32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** Puts the value that lies plainly at a place; gives where what it put ends. */
type Put = (out: Uint8Array, to: number, bytes: Uint8Array, at: number) => number;

/** Numbers of a fixed length. */
const fixed =
  (width: number, put: Put): Spell =>
  (bytes, from, end, count, to) => {
    if (count * width > end - from) throw short();
    to.makeRoom(count * LONGEST_NUMBER);
    const { bytes: out, starts } = to;
    let at = from;
    let length = to.length;
    for (let i = 0; i < count; i++) {
      starts[i] = length;
      length = put(out, length, bytes, at);
      at += width;
    }
    starts[count] = length;
    to.length = length;
    return at;
  };

const big = (bytes: Uint8Array, at: number): bigint =>
  (BigInt(int32(bytes, at + 4)) << 32n) | BigInt(int32(bytes, at) >>> 0);

const putInt64: Put = (out, to, bytes, at) => {
  const high = int32(bytes, at + 4);
  // Beyond 2^53 a number loses its last digits.
  if (high >= 0x20_0000 || high < -0x20_0000) return putText(out, to, String(big(bytes, at)));
  return putInteger(out, to, high * TWO_32 + (int32(bytes, at) >>> 0));
};

const putUint64: Put = (out, to, bytes, at) =>
  int32(bytes, at + 4) >= 0
    ? putInt64(out, to, bytes, at)
    : putText(out, to, String(BigInt.asUintN(64, big(bytes, at))));

const INT32 = fixed(4, (out, to, bytes, at) => putInteger(out, to, int32(bytes, at)));
const UINT32 = fixed(4, (out, to, bytes, at) => putDigits(out, to, int32(bytes, at) >>> 0));
const INT64 = fixed(8, putInt64);
const UINT64 = fixed(8, putUint64);

/** What pandas makes of whole numbers among which some are missing. */
const putFloat = (out: Uint8Array, to: number, value: number): number => {
  if (Number.isNaN(value)) return to;
  if (Number.isSafeInteger(value)) return putInteger(out, to, value);
  return putText(out, to, String(value));
};

const floats = (width: 4 | 8): Spell => {
  const view = new DataView(new ArrayBuffer(8));
  return fixed(width, (out, to, bytes, at) => {
    for (let i = 0; i < width; i++) view.setUint8(i, bytes[at + i] as number);
    return putFloat(out, to, width === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true));
  });
};

/** Whole seconds of a time that has so many parts a second; a part of one is the next where that is meant. */
const secondsOf = (value: number, aSecond: number, roundUp: boolean): number => {
  const seconds = Math.floor(value / aSecond);
  return roundUp && value > seconds * aSecond ? seconds + 1 : seconds;
};

const bigSecondsOf = (value: bigint, aSecond: bigint, roundUp: boolean): number => {
  const part = ((value % aSecond) + aSecond) % aSecond;
  return Number((value - part) / aSecond) + (roundUp && part > 0n ? 1 : 0);
};

/** Times of so many a second, as Unix seconds. */
const times = (aSecond: number, roundUp: boolean): Spell =>
  fixed(8, (out, to, bytes, at) => {
    const high = int32(bytes, at + 4);
    const isExact = high < 0x10_0000 && high >= 0;
    const seconds = isExact
      ? secondsOf(high * TWO_32 + (int32(bytes, at) >>> 0), aSecond, roundUp)
      : bigSecondsOf(big(bytes, at), BigInt(aSecond), roundUp);
    return putInteger(out, to, seconds);
  });

const days = fixed(4, (out, to, bytes, at) => putInteger(out, to, int32(bytes, at) * SECONDS_A_DAY));

/** INT96: nanoseconds of a day, and the day. */
const julian = (roundUp: boolean): Spell =>
  fixed(12, (out, to, bytes, at) => {
    const inDay = ((int32(bytes, at + 4) >>> 0) * TWO_32 + (int32(bytes, at) >>> 0)) / BILLION;
    const day = int32(bytes, at + 8) - UNIX_EPOCH_JULIAN;
    return putInteger(out, to, day * SECONDS_A_DAY + (roundUp ? Math.ceil(inDay) : Math.floor(inDay)));
  });

/** A whole number times a power of ten. */
const decimalText = (value: bigint, scale: number): string => {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const part = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${scale > 0 && part !== '' ? `.${part}` : ''}`;
};

/** DECIMAL in bytes, the highest first. */
const decimals = (width: number, scale: number): Spell =>
  fixed(width, (out, to, bytes, at) => {
    let value = 0n;
    for (let i = 0; i < width; i++) value = (value << 8n) | BigInt(bytes[at + i] as number);
    return putText(out, to, decimalText(BigInt.asIntN(width * 8, value), scale));
  });

/** DECIMAL in a number. */
const scaled = (width: 4 | 8, scale: number): Spell =>
  fixed(width, (out, to, bytes, at) =>
    putText(out, to, decimalText(width === 4 ? BigInt(int32(bytes, at)) : big(bytes, at), scale)),
  );

/** A whole line: what would end it is spelt out, so that it stays one. */
const putLine: typeof putField = (out, to, bytes, from, end) => {
  let at = to;
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN)
      at = putText(out, at, byte === LINE_FEED ? '%0A' : '%0D');
    else out[at++] = byte;
  }
  return at;
};

/** Texts, each behind its length. */
const texts =
  (put: typeof putField): Spell =>
  (bytes, from, end, count, to) => {
    const { starts } = to;
    let at = from;
    for (let i = 0; i < count; i++) {
      starts[i] = to.length;
      if (at + 4 > end) throw short();
      const length = int32(bytes, at);
      at += 4;
      if (length < 0 || length > end - at) throw short();
      const kept = Math.min(length, MOST_KEPT);
      to.makeRoom(kept * 3 + LONGEST_NUMBER);
      // No more is kept of what is spelt out either.
      to.length = Math.min(put(to.bytes, to.length, bytes, at, at + kept), to.length + MOST_KEPT);
      at += length;
    }
    starts[count] = to.length;
    return at;
  };

const encoder = new TextEncoder();

/** Times that are written out, as Unix seconds; other texts as they are. */
const writtenTimes = (roundUp: boolean): Spell =>
  texts((out, to, bytes, from, end) => {
    const seconds = secondsIn(bytes, from, end, roundUp);
    if (seconds === undefined) return putField(out, to, bytes, from, end);
    const text = encoder.encode(String(seconds));
    out.set(text, to);
    return to + text.length;
  });

/** Numbers of TIMESTAMP a second. */
const unitOf = ({ converted_type, logical_type }: SchemaElement): number | undefined => {
  if (logical_type?.type === 'TIMESTAMP')
    return { MILLIS: 1000, MICROS: 1_000_000, NANOS: BILLION }[logical_type.unit];
  if (converted_type === 'TIMESTAMP_MILLIS') return 1000;
  return converted_type === 'TIMESTAMP_MICROS' ? 1_000_000 : undefined;
};

const isUnsigned = ({ converted_type, logical_type }: SchemaElement): boolean =>
  logical_type?.type === 'INTEGER' ? !logical_type.isSigned : converted_type?.startsWith('UINT_') === true;

const isDecimal = ({ converted_type, logical_type }: SchemaElement): boolean =>
  logical_type?.type === 'DECIMAL' || converted_type === 'DECIMAL';

const MOST_SCALE = 76;
/** Bytes of DECIMAL of 76 digits, the most that any writer has. */
const MOST_DECIMAL = 32;

const forInt64 = (element: SchemaElement, isTime: boolean, roundUp: boolean): Spell => {
  const unit = isTime ? unitOf(element) : undefined;
  if (unit !== undefined) return times(unit, roundUp);
  return isUnsigned(element) ? UINT64 : INT64;
};

const forText = (role: Role): Spell => {
  if (role === 'message') return texts(putLine);
  return role === 'field' ? texts(putField) : writtenTimes(role === 'end');
};

/** How the values of a column are spelt; undefined for types that no field of a record has. */
export const spellingOf = (element: SchemaElement, role: Role): Spell | undefined => {
  const isTime = role === 'start' || role === 'end';
  const { type, type_length: width = 0, logical_type } = element;
  const scale = element.scale ?? 0;
  const isOfDecimal = isDecimal(element);
  if (isOfDecimal && !(scale >= 0 && scale <= MOST_SCALE)) return undefined;
  switch (type) {
    case 'BYTE_ARRAY':
      return isOfDecimal ? undefined : forText(role);
    case 'INT32':
      if (isOfDecimal) return scaled(4, scale);
      if (isTime && (logical_type?.type === 'DATE' || element.converted_type === 'DATE')) return days;
      return isUnsigned(element) ? UINT32 : INT32;
    case 'INT64':
      return isOfDecimal ? scaled(8, scale) : forInt64(element, isTime, role === 'end');
    case 'INT96':
      return julian(role === 'end');
    case 'FLOAT':
      return floats(4);
    case 'DOUBLE':
      return floats(8);
    case 'FIXED_LEN_BYTE_ARRAY':
      return isOfDecimal && width > 0 && width <= MOST_DECIMAL ? decimals(width, scale) : undefined;
    default:
      return undefined;
  }
};
