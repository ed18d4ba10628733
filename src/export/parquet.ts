/**
 * Parquet: rows by column in groups, the footer in the end, so that a file is made from front to back in bounded memory. The
 * format's frame is hyparquet-writer's; what a column holds stands in parquet-columns.ts.
 */
import type { Connection } from '../model/connection.ts';
import { type ParquetColumn, parquetColumns } from './parquet-columns.ts';
import type { ParquetRows } from './parquet-rows.ts';
import { columnsWith } from './row.ts';
import type { RowOptions } from './to-text.ts';

/** Begins a file of these columns. What writes it is loaded for those who want one. */
export const openParquet = async <R>(columns: readonly ParquetColumn<R>[]): Promise<ParquetRows<R>> => {
  const { ParquetRows } = await import('./parquet-rows.ts');
  return new ParquetRows(columns);
};

/** All connections as one Parquet file, in pieces of bytes: the columns of the flat row, times as TIMESTAMP in UTC. */
export async function* toParquet(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  { names }: RowOptions = {},
): AsyncGenerator<Uint8Array> {
  const rows = await openParquet<Connection>(parquetColumns({ columns: columnsWith(names) }));
  for await (const connection of connections)
    if (rows.add(connection)) for (const piece of rows.writeGroup()) yield piece.slice();
  for (const piece of rows.finish()) yield piece.slice();
}
