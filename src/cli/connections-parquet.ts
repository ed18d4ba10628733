/** Connections as a Parquet file, in the columns that are wanted. */
import type { RowChoice } from '../export/chosen-rows.ts';
import { type ParquetTold, parquetColumns } from '../export/parquet-columns.ts';
import type { TextWriter } from './text-writer.ts';
import { type TakeRow, writeParquet } from './write-parquet.ts';

/** Writes the connections, or outlines of them, that `takeAll` hands over; gives what it gives. */
export const writeConnectionsParquet = <T>(
  choice: RowChoice,
  writer: TextWriter,
  takeAll: (take: TakeRow<ParquetTold>) => Promise<T>,
): Promise<T> => writeParquet(parquetColumns(choice), writer, takeAll);
