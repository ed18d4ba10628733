/** Rows of a command as one Parquet file: a group of them is written when it is full, each piece before the next is made. */
import { openParquet } from '../export/parquet.ts';
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { TextWriter } from './text-writer.ts';

/** Takes a row. Where it gives a promise, the next is handed over when that has come back. */
export type TakeRow<R> = (row: R) => Promise<void> | undefined;

/** Writes the rows that `takeAll` hands over; gives what it gives. */
export const writeParquet = async <R, T>(
  columns: readonly ParquetColumn<R>[],
  writer: TextWriter,
  takeAll: (take: TakeRow<R>) => Promise<T>,
): Promise<T> => {
  const rows = await openParquet(columns);
  const result = await takeAll((row) => (rows.add(row) ? writer.writeBytes(rows.writeGroup()) : undefined));
  await writer.writeBytes(rows.finish());
  return result;
};

const takeFrom = <R>(rows: Iterator<R>, take: TakeRow<R>): Promise<void> | undefined => {
  for (let next = rows.next(); next.done !== true; next = rows.next()) {
    const full = take(next.value);
    if (full !== undefined) return full.then(() => takeFrom(rows, take));
  }
  return undefined;
};

/** Hands over several rows; a promise only where one of theirs was given. */
export const takeEach = <R>(rows: Iterable<R>, take: TakeRow<R>): Promise<void> | undefined =>
  takeFrom(rows[Symbol.iterator](), take);
