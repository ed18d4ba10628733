/**
 * A column of a group of rows as pages: the different values once and their numbers, where that halves it, else the values
 * themselves. Source: the Parquet format, Encodings.md and "Data pages" (version 2: levels stand before what is compressed).
 */
import type { ColumnChunk, Encoding, SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { type Coded, NULL } from './coded-column.ts';
import type { ParquetKind } from './parquet-columns.ts';
import type { PlainValues } from './plain-values.ts';

/** How pages are compressed. */
export interface ParquetCodec {
  readonly name: 'ZSTD' | 'SNAPPY';
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

type ParquetElement = Omit<SchemaElement, 'name' | 'type'> & Required<Pick<SchemaElement, 'type'>>;

// What each kind is in a file, in the words of today and in those that older readers know: the formatter stays out.
// biome-ignore format: a table
export const ELEMENTS: Readonly<Record<ParquetKind, ParquetElement>> = {
  text:    { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
  count:   { type: 'INT64' },
  small:   { type: 'INT32' },
  real:    { type: 'DOUBLE' },
  time:    { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
};

/** What pages are written with. */
export interface PageTools {
  readonly file: ByteWriter;
  readonly codec: ParquetCodec;
  readonly plain: PlainValues;
}

/** What a data page holds behind its levels. */
interface PageValues {
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
}

/** So many bits hold the numbers of so many values; readers are not asked to know of none. */
const bitsFor = (values: number): number => Math.max(1, 32 - Math.clz32(values - 1));

/** Booleans have 0 and 1 as codes. */
const bitsOf = (codes: Int32Array): Uint8Array => {
  const bytes = new Uint8Array((codes.length + 7) >> 3);
  for (let i = 0; i < codes.length; i++)
    if (codes[i] === 1) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7));
  return bytes;
};

/** The codes of what is not null. */
const withoutNulls = (codes: Int32Array): Int32Array => {
  const rest = new Int32Array(codes.length);
  let count = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] !== NULL) rest[count++] = codes[i] as number;
  return rest.subarray(0, count);
};

/** Which rows are not null; nothing where the column says that none is. */
const levelsOf = (codes: Int32Array, isNeverNull: boolean): Uint8Array => {
  const writer = new ByteWriter();
  if (!isNeverNull) {
    const levels = new Uint8Array(codes.length);
    for (let i = 0; i < codes.length; i++) levels[i] = codes[i] === NULL ? 0 : 1;
    writeRleBitPackedHybrid(writer, levels, 1);
  }
  return writer.getBytes();
};

/** Writes the values as a dictionary where it pays; gives what the data page holds, and the bytes that the dictionary would be unpacked. */
const writeValues = (
  { kind, values }: Coded,
  codes: Int32Array,
  tools: PageTools,
): PageValues & { readonly dictionaryBytes: number } => {
  if (kind === 'boolean') return { encoding: 'PLAIN', bytes: bitsOf(codes), dictionaryBytes: 0 };
  const { plain } = tools;
  plain.put(kind, values);
  // Each another, in their order: there is nothing to gain.
  if (codes.length === values.length) return { encoding: 'PLAIN', bytes: plain.all, dictionaryBytes: 0 };
  let size = 0;
  for (let i = 0; i < codes.length; i++) size += plain.sizeOf(codes[i] as number);
  const bits = bitsFor(values.length);
  if (2 * (plain.all.length + (codes.length * bits) / 8) > size)
    return { encoding: 'PLAIN', bytes: plain.of(codes, size), dictionaryBytes: 0 };
  const dictionaryBytes = writeDictionary(values.length, tools);
  const numbers = new ByteWriter();
  numbers.appendUint8(bits);
  writeRleBitPackedHybrid(numbers, codes, bits);
  return { encoding: 'RLE_DICTIONARY', bytes: numbers.getBytes(), dictionaryBytes };
};

const writeDictionary = (count: number, { file, codec, plain }: PageTools): number => {
  const begin = file.offset;
  const packed = codec.compress(plain.all);
  writePageHeader(file, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: plain.all.length,
    compressed_page_size: packed.length,
    dictionary_page_header: { num_values: count, encoding: 'PLAIN' },
  });
  const header = file.offset - begin;
  file.appendBytes(packed);
  return header + plain.all.length;
};

/** The least and the most, by which readers pass over a group: rows go by time and by nothing else. */
const boundsOf = ({ kind, values }: Coded): { min_value?: number; max_value?: number } => {
  if (kind !== 'time' || values.length === 0) return {};
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value as number);
    most = Math.max(most, value as number);
  }
  return { min_value: least, max_value: most };
};

/**
 * Writes the column of a group of so many rows.
 * @throws TypeError where a row has null and the column says that none has
 */
export const writeChunk = (column: Coded, rows: number, tools: PageTools): ColumnChunk => {
  const { file, codec } = tools;
  const begin = file.offset;
  const all = column.codes(rows);
  const levels = levelsOf(all, column.isNeverNull);
  const codes = withoutNulls(all);
  if (column.isNeverNull && codes.length < rows)
    throw new TypeError(`The column ${column.name} is never null, and there is a row in which it is.`);
  const { encoding, bytes, dictionaryBytes } = writeValues(column, codes, tools);
  const packed = codec.compress(bytes);
  const dataAt = file.offset;
  writePageHeader(file, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levels.length + bytes.length,
    compressed_page_size: levels.length + packed.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: rows - codes.length,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levels.length,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  const header = file.offset - dataAt;
  file.appendBytes(levels);
  file.appendBytes(packed);
  return {
    file_offset: BigInt(begin),
    meta_data: {
      type: ELEMENTS[column.kind].type,
      encodings: encoding === 'PLAIN' ? ['PLAIN', 'RLE'] : ['PLAIN', 'RLE', encoding],
      path_in_schema: [column.name],
      codec: codec.name,
      num_values: BigInt(rows),
      total_uncompressed_size: BigInt(dictionaryBytes + header + levels.length + bytes.length),
      total_compressed_size: BigInt(file.offset - begin),
      data_page_offset: BigInt(dataAt),
      ...(dataAt > begin ? { dictionary_page_offset: BigInt(begin) } : {}),
      statistics: { ...boundsOf(column), null_count: BigInt(rows - codes.length) },
    },
  };
};
