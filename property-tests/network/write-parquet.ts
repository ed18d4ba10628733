/** A log in Parquet, as AWS and other tools write it: underscores in names, numbers as numbers where all of a column are. */
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { fieldNamed } from '../../src/model/fields.ts';

export interface ParquetWriting {
  readonly codec?: CompressionCodec;
  /** The type of columns of numbers. */
  readonly numbers?: 'INT32' | 'INT64' | 'STRING';
  /** How a dash of a text is written; that of a number is always null. */
  readonly missing?: '-' | '' | null;
  readonly rowsPerGroup?: number;
  /** Instead of dictionaries where they save something. */
  readonly encoding?: 'PLAIN' | 'DELTA';
  readonly pageSize?: number;
}

const COMPRESSORS = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes, { level: constants.Z_BEST_SPEED }),
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes),
};

const NUMBERS: ReadonlySet<string> = new Set(['integer', 'seconds']);

const isWhole = (value: string, type: 'INT32' | 'INT64'): boolean =>
  /^(0|[1-9]\d{0,15})$/.test(value) && (type === 'INT64' || Number(value) < 2 ** 31);

const encodingOf = (type: string, encoding: ParquetWriting['encoding']): Pick<ColumnSource, 'encoding'> => {
  if (encoding === undefined) return {};
  if (encoding === 'PLAIN') return { encoding };
  return { encoding: type === 'STRING' ? 'DELTA_BYTE_ARRAY' : 'DELTA_BINARY_PACKED' };
};

/** @param lines records, their fields parted by single blanks */
export const writeParquet = (
  header: string,
  lines: readonly string[],
  {
    codec = 'GZIP',
    numbers = 'INT64',
    missing = '-',
    rowsPerGroup = 100_000,
    encoding,
    pageSize,
  }: ParquetWriting = {},
): Buffer => {
  const rows = lines.map((line) => line.split(' '));
  const columnData = header.split(' ').map((name, i): ColumnSource => {
    const values = rows.map((row) => row[i] ?? '-');
    const isNumber =
      numbers !== 'STRING' &&
      NUMBERS.has(fieldNamed(name)?.kind ?? '') &&
      values.every((value) => value === '-' || isWhole(value, numbers));
    const type = isNumber ? numbers : 'STRING';
    const data = values.map((value) => {
      if (value === '-') return isNumber ? null : missing;
      if (!isNumber) return value;
      return numbers === 'INT64' ? BigInt(value) : Number(value);
    });
    return { name: name.replaceAll('-', '_'), data, type, ...encodingOf(type, encoding) };
  });
  return Buffer.from(
    parquetWriteBuffer({
      columnData,
      codec,
      compressors: COMPRESSORS,
      rowGroupSize: rowsPerGroup,
      ...(pageSize === undefined ? {} : { pageSize }),
    }),
  );
};
