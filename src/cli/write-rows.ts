/** Rows that are all in memory, in a format of rows: what CSV and Parquet of them have is one table of columns. */
import { csvOf } from '../export/csv.ts';
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { TextWriter } from './text-writer.ts';
import { takeEach, writeParquet } from './write-parquet.ts';

/** Writes rows in their order. */
export const writeRows = async <R>(
  rows: Iterable<R>,
  columns: readonly ParquetColumn<R>[],
  format: 'csv' | 'parquet',
  writer: TextWriter,
): Promise<void> => {
  if (format === 'csv') await writer.addPieces(csvOf(columns, rows));
  else await writeParquet(columns, writer, async (take) => takeEach(rows, take));
};
