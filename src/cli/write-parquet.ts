/** Rows of a command as one Parquet file: a group of them is written when it is full, each piece before the next is made. */
import { openParquet } from '../export/parquet.ts';
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { TextWriter } from './text-writer.ts';

/**
 * Writes the rows that `takeAll` hands over; gives what it gives.
 * @param takeAll waits for a promise that comes back before it hands over the next row
 */
export const writeParquet = async <R, T>(
  columns: readonly ParquetColumn<R>[],
  writer: TextWriter,
  takeAll: (take: (row: R) => Promise<void> | undefined) => Promise<T>,
): Promise<T> => {
  const rows = await openParquet(columns);
  const result = await takeAll((row) => (rows.add(row) ? writer.writeBytes(rows.writeGroup()) : undefined));
  await writer.writeBytes(rows.finish());
  return result;
};
