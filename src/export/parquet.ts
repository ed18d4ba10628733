/**
 * Parquet: rows gathered by column, a group of them written when it is full, the footer in the end, so that the file is made from
 * front to back in bounded memory. The pages are hyparquet-writer's; what a column holds stands in parquet-columns.ts.
 */
import * as zlib from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Connection } from '../model/connection.ts';
import { type ParquetColumn, type ParquetKind, parquetColumns } from './parquet-columns.ts';
import type { Cell } from './row.ts';

/** Rows of a group: what is in memory at once. */
export const GROUP_ROWS = 100_000;

/** How pages are compressed. */
export interface ParquetCodec {
  readonly name: 'ZSTD' | 'SNAPPY';
  /** Left out where hyparquet-writer has its own. */
  readonly compress?: (bytes: Uint8Array) => Uint8Array;
}

/** Older Nodes that are allowed have no zstd. */
const { zstdCompressSync } = zlib as Partial<Pick<typeof zlib, 'zstdCompressSync'>>;

/** Zstandard where this Node.js has it, else Snappy. */
export const usualCodec = (compress = zstdCompressSync): ParquetCodec =>
  compress === undefined ? { name: 'SNAPPY' } : { name: 'ZSTD', compress: (bytes) => compress(bytes) };

// What each kind is in a file, in the words of today and in those that older readers know: the formatter stays out.
// biome-ignore format: a table
const ELEMENTS: Readonly<Record<ParquetKind, Omit<SchemaElement, 'name'>>> = {
  text:    { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
  count:   { type: 'INT64' },
  small:   { type: 'INT32' },
  real:    { type: 'DOUBLE' },
  time:    { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' } },
};

const schemaOf = (columns: readonly ParquetColumn<never>[]): SchemaElement[] => [
  { name: 'connection', num_children: columns.length },
  ...columns.map(({ name, kind, isNeverNull }) => ({
    ...ELEMENTS[kind],
    name,
    repetition_type: isNeverNull === true ? ('REQUIRED' as const) : ('OPTIONAL' as const),
  })),
];

const INT64_MOST = 2n ** 63n - 1n;
const INT32_MOST = 2 ** 31 - 1;

/** Sums of counters beyond 9.2 * 10^18, which only a made-up log has, stay at the largest number of 64 bits. */
const toInt64 = (value: number): bigint => (value < 2 ** 63 ? BigInt(Math.round(value)) : INT64_MOST);

/** As in JSON, null where it is no number. */
const orNull =
  <T>(convert: (value: number) => T) =>
  (cell: Cell): T | null =>
    Number.isFinite(cell) ? convert(cell as number) : null;

/** How cells become values; those that are left out are values as they are. */
const VALUES: Readonly<Partial<Record<ParquetKind, (cell: Cell) => unknown>>> = {
  count: orNull(toInt64),
  small: orNull((value) => Math.min(Math.round(value), INT32_MOST)),
  time: orNull((seconds) => toInt64(seconds * 1000)),
};

/** The cells of one column, made into values when the column is written. */
class Gathered {
  readonly name: string;
  readonly read: (row: never) => Cell;
  readonly #toValue: ((cell: Cell) => unknown) | undefined;
  readonly cells: Cell[] = [];

  constructor({ name, kind, read }: ParquetColumn<never>) {
    this.name = name;
    this.read = read;
    this.#toValue = VALUES[kind];
  }

  get data(): unknown[] {
    return this.#toValue === undefined ? this.cells : this.cells.map(this.#toValue);
  }
}

/** Rows on their way into a file. */
export class ParquetRows<R> {
  readonly #bytes: ByteWriter;
  readonly #writer: ParquetWriter;
  readonly #columns: readonly Gathered[];
  readonly #groupRows: number;
  #count = 0;

  constructor(
    bytes: ByteWriter,
    writer: ParquetWriter,
    columns: readonly ParquetColumn<R>[],
    groupRows: number,
  ) {
    this.#bytes = bytes;
    this.#writer = writer;
    this.#columns = columns.map((column) => new Gathered(column as ParquetColumn<never>));
    this.#groupRows = groupRows;
  }

  /** Takes a row, of which nothing is kept but its cells; gives bytes of the file where a group is full. */
  add(row: R): Uint8Array | undefined {
    for (const column of this.#columns) column.cells.push(column.read(row as never));
    this.#count++;
    return this.#count === this.#groupRows ? this.#endGroup() : undefined;
  }

  /** The rest of the file. */
  finish(): Uint8Array {
    const rest = this.#count > 0 ? this.#endGroup() : new Uint8Array();
    this.#writer.finish();
    return Buffer.concat([rest, this.#take()]);
  }

  #endGroup(): Uint8Array {
    this.#writer.write({ columnData: this.#columns as never, rowGroupSize: this.#groupRows });
    for (const { cells } of this.#columns) cells.length = 0;
    this.#count = 0;
    return this.#take();
  }

  /** A copy of what was written since it was taken last. */
  #take(): Uint8Array {
    const taken = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return taken;
  }
}

/** How a file is made, apart from its columns. */
export interface ParquetForm {
  readonly codec?: ParquetCodec;
  readonly groupRows?: number;
}

/** Begins a file of these columns. */
export const openParquet = async <R>(
  columns: readonly ParquetColumn<R>[],
  { codec = usualCodec(), groupRows = GROUP_ROWS }: ParquetForm = {},
): Promise<ParquetRows<R>> => {
  // Loaded for those who write Parquet.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const writer = new ByteWriter();
  const schema = schemaOf(columns as readonly ParquetColumn<never>[]);
  const compressors = codec.compress === undefined ? {} : { [codec.name]: codec.compress };
  const file = new ParquetWriter({ writer, schema, codec: codec.name, compressors, createdBy: 'conntrail' });
  return new ParquetRows(writer, file, columns, groupRows);
};

/** All connections as one Parquet file, in pieces of bytes: the columns of the flat row, times as TIMESTAMP in UTC. */
export async function* toParquet(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
): AsyncGenerator<Uint8Array> {
  const rows = await openParquet(parquetColumns({}));
  for await (const connection of connections) {
    const piece = rows.add(connection);
    if (piece !== undefined) yield piece;
  }
  yield rows.finish();
}
