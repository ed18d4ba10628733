/**
 * The rarer encodings of values (Encodings.md of apache/parquet-format) as plain ones: deltas of numbers and of texts, and numbers
 * whose bytes stand apart. No length in them is believed before its bytes are there.
 */
import type { Encoding, ParquetType } from 'hyparquet';
import { ParquetFault } from './fault.ts';

const short = (): ParquetFault => new ParquetFault('is damaged: it ends in the middle of its values');
const odd = (): ParquetFault => new ParquetFault('is damaged: its differences cannot be read');

/** Values of a block, and blocks in it: the specification asks for multiples of 128 and 32; writers have 128 and 4. */
const MOST_BLOCK = 1 << 16;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

const byteAt = (cursor: Cursor): number => {
  if (cursor.at >= cursor.end) throw short();
  return cursor.bytes[cursor.at++] as number;
};

const varint = (cursor: Cursor): bigint => {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = byteAt(cursor);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
  throw odd();
};

const zigzag = (cursor: Cursor): bigint => {
  const value = varint(cursor);
  return (value >> 1n) ^ -(value & 1n);
};

/** Bits of a packed number, the lowest first. */
const bitsAt = ({ bytes, at }: Cursor, bit: number, width: number): bigint => {
  let value = 0n;
  for (let done = 0; done < width; ) {
    const place = bit + done;
    const inByte = place & 7;
    const count = Math.min(8 - inByte, width - done);
    const part = ((bytes[at + (place >> 3)] as number) >> inByte) & ((1 << count) - 1);
    value |= BigInt(part) << BigInt(done);
    done += count;
  }
  return value;
};

/** DELTA_BINARY_PACKED, at most so many values: what they are, as they come. */
function* deltas(cursor: Cursor, most: number): Generator<bigint> {
  const block = Number(varint(cursor));
  const minis = Number(varint(cursor));
  const count = Number(varint(cursor));
  const inMini = block / minis;
  if (!(block > 0 && block <= MOST_BLOCK && minis > 0) || inMini % 8 !== 0) throw odd();
  if (count > most) throw odd();
  let value = zigzag(cursor);
  if (count > 0) yield value;
  for (let done = 1; done < count; ) {
    const least = zigzag(cursor);
    const widths = Array.from({ length: minis }, () => byteAt(cursor));
    for (const width of widths) {
      if (done >= count) break;
      if (width > 64) throw odd();
      const length = (inMini * width) / 8;
      const values = Math.min(inMini, count - done);
      if (Math.ceil((values * width) / 8) > cursor.end - cursor.at) throw short();
      for (let i = 0; i < values; i++) {
        value = BigInt.asIntN(64, value + least + bitsAt(cursor, i * width, width));
        yield value;
      }
      done += values;
      cursor.at += length;
    }
  }
}

const lengthsIn = (cursor: Cursor, most: number): number[] => {
  const lengths: number[] = [];
  for (const length of deltas(cursor, most)) {
    if (length < 0n || length > 2n ** 31n) throw odd();
    lengths.push(Number(length));
  }
  return lengths;
};

const plainNumbers = (cursor: Cursor, most: number, type: ParquetType | undefined): Uint8Array => {
  const width = type === 'INT32' ? 4 : 8;
  const out = new DataView(new ArrayBuffer(most * width));
  let at = 0;
  for (const value of deltas(cursor, most)) {
    if (width === 4) out.setInt32(at, Number(BigInt.asIntN(32, value)), true);
    else out.setBigInt64(at, value, true);
    at += width;
  }
  return new Uint8Array(out.buffer, 0, at);
};

/** @param mostBytes of the texts with their lengths: those of DELTA_BYTE_ARRAY share their beginnings */
const plainTexts = (
  cursor: Cursor,
  most: number,
  mostBytes: number,
  sharesBeginnings: boolean,
): Uint8Array => {
  const shared = sharesBeginnings ? lengthsIn(cursor, most) : [];
  const lengths = lengthsIn(cursor, most);
  if (sharesBeginnings && shared.length !== lengths.length) throw odd();
  const all = lengths.reduce((sum, length, i) => sum + 4 + length + (shared[i] ?? 0), 0);
  if (all > mostBytes) throw new ParquetFault(`unpacks to more than ${mostBytes} bytes`);
  const out = Buffer.alloc(all);
  let to = 0;
  let before = 0;
  for (const [i, length] of lengths.entries()) {
    const start = shared[i] ?? 0;
    if (length > cursor.end - cursor.at || start > before) throw short();
    const whole = start + length;
    out.writeUInt32LE(whole, to);
    out.copyWithin(to + 4, to - before, to - before + start);
    out.set(cursor.bytes.subarray(cursor.at, cursor.at + length), to + 4 + start);
    cursor.at += length;
    to += 4 + whole;
    before = whole;
  }
  // Texts in another encoding than the page says leave some.
  if (cursor.at !== cursor.end) throw new ParquetFault('is damaged: it holds more than its values');
  return out;
};

/** BYTE_STREAM_SPLIT: all first bytes, then all second ones. */
const joined = ({ bytes, at, end }: Cursor, width: number): Uint8Array => {
  const count = Math.floor((end - at) / width);
  const out = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++)
    for (let i = 0; i < count; i++) out[i * width + byte] = bytes[at + byte * count + i] as number;
  return out;
};

const widthOf = (type: ParquetType | undefined, length: number): number =>
  type === 'INT32' || type === 'FLOAT' ? 4 : type === 'INT64' || type === 'DOUBLE' ? 8 : length;

/**
 * Values in bytes [at, end) as they would lie there plainly.
 * @param most values, and bytes of what they become
 * @throws ParquetFault for damage, and for an encoding that no writer has
 */
export const plainOf = (
  encoding: Encoding | undefined,
  { type, type_length = 0 }: { readonly type?: ParquetType; readonly type_length?: number },
  cursor: { readonly bytes: Uint8Array; readonly at: number; readonly end: number },
  most: { readonly values: number; readonly bytes: number },
): Uint8Array => {
  const own = { ...cursor };
  const isText = type === 'BYTE_ARRAY';
  if (encoding === 'DELTA_BINARY_PACKED' && (type === 'INT32' || type === 'INT64'))
    return plainNumbers(own, most.values, type);
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && isText)
    return plainTexts(own, most.values, most.bytes, false);
  if (encoding === 'DELTA_BYTE_ARRAY' && isText) return plainTexts(own, most.values, most.bytes, true);
  if (encoding === 'BYTE_STREAM_SPLIT' && widthOf(type, type_length) > 0)
    return joined(own, widthOf(type, type_length));
  throw new ParquetFault(`has values in the encoding ${encoding}, which is not read`, 'input-unsupported');
};
