/** Rows on their way into a Parquet file: gathered by column, written a group at a time. */
import * as zlib from 'node:zlib';
import type { ColumnChunk } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { CodedColumn } from './coded-column.ts';
import { ELEMENTS, type ParquetCodec, writeChunk } from './parquet-chunk.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import { PlainValues } from './plain-values.ts';

/** Rows of a group: what is in memory at once. */
const GROUP_ROWS = 100_000;
/** Letters of different texts in a group: a log may have names of any length. */
const GROUP_LETTERS = 1 << 25;

/** Older Nodes that are allowed have no zstd. */
const { zstdCompressSync } = zlib as Partial<Pick<typeof zlib, 'zstdCompressSync'>>;

/** Zstandard where this Node.js has it, else Snappy. */
export const usualCodec = (
  compress: typeof zlib.zstdCompressSync | null = zstdCompressSync ?? null,
): ParquetCodec =>
  compress === null
    ? { name: 'SNAPPY', compress: snappyCompress }
    : { name: 'ZSTD', compress: (bytes) => compress(bytes) };

/** How a file is made, apart from its columns. */
export interface ParquetForm {
  readonly codec?: ParquetCodec;
  /** A group ends with so many rows, or behind the row with so many letters of different texts. */
  readonly groupRows?: number;
  readonly groupLetters?: number;
}

/** A file that is made from front to back. Pieces hold until the next is asked for, or a row is added. */
export class ParquetRows<R> {
  readonly #columns: readonly CodedColumn<R>[];
  readonly #codec: ParquetCodec;
  readonly #groupRows: number;
  readonly #groupLetters: number;
  readonly #bytes = new ByteWriter();
  readonly #plain = new PlainValues();
  /** It writes what stands before the first group and behind the last. */
  readonly #frame: ParquetWriter;
  #rows = 0;

  constructor(columns: readonly ParquetColumn<R>[], form: ParquetForm = {}) {
    const { codec = usualCodec(), groupRows = GROUP_ROWS, groupLetters = GROUP_LETTERS } = form;
    this.#columns = columns.map((column) => new CodedColumn(column, groupRows));
    this.#codec = codec;
    this.#groupRows = groupRows;
    this.#groupLetters = groupLetters;
    this.#frame = new ParquetWriter({
      writer: this.#bytes,
      schema: [
        { name: 'schema', num_children: columns.length },
        ...columns.map(({ name, kind, isNeverNull }) => ({
          ...ELEMENTS[kind],
          name,
          repetition_type: isNeverNull === true ? ('REQUIRED' as const) : ('OPTIONAL' as const),
        })),
      ],
      createdBy: 'conntrail',
    });
  }

  /** Takes a row, of which nothing is kept but its cells; true where a group is full: then it is to be written. */
  add(row: R): boolean {
    let letters = 0;
    for (const column of this.#columns) {
      column.add(row, this.#rows);
      letters += column.letters;
    }
    this.#rows++;
    return this.#rows === this.#groupRows || letters >= this.#groupLetters;
  }

  /** Writes the rows since the last group, in pieces of a column. */
  *writeGroup(): Generator<Uint8Array> {
    if (this.#rows === 0) return;
    const begin = this.#bytes.offset;
    const columns: ColumnChunk[] = [];
    const tools = { file: this.#bytes, codec: this.#codec, plain: this.#plain };
    for (const column of this.#columns) {
      columns.push(writeChunk(column, this.#rows, tools));
      column.clear();
      yield this.#take();
    }
    const rows = BigInt(this.#rows);
    const unpacked = columns.map(({ meta_data }) => meta_data?.total_uncompressed_size ?? 0n);
    this.#frame.num_rows += rows;
    this.#frame.row_groups.push({
      columns,
      num_rows: rows,
      total_byte_size: unpacked.reduce((sum, size) => sum + size, 0n),
      total_compressed_size: BigInt(this.#bytes.offset - begin),
    });
    this.#rows = 0;
  }

  /** Writes what is left, and the end of the file. */
  *finish(): Generator<Uint8Array> {
    yield* this.writeGroup();
    this.#frame.finish();
    yield this.#take();
  }

  /** What was written since it was taken last. */
  #take(): Uint8Array {
    const taken = this.#bytes.getBytes();
    this.#bytes.index = 0;
    return taken;
  }
}
