/** Parquet as DuckDB reads it: rows as JSON Lines have them, times in seconds, and the type of each column. */
import { DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';

const ask = async (sql: string) => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjects();
  connection.closeSync();
  return rows;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const asJson = (value: unknown): unknown => {
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros) / 1e6;
  return typeof value === 'bigint' ? Number(value) : value;
};

/** All rows in their order. */
export const readParquet = async (file: string): Promise<Record<string, unknown>[]> =>
  (await ask(`FROM read_parquet(${quoted(file)})`)).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, asJson(value)])),
  );

/** What is asked of the file, as DuckDB answers it. */
export const askParquet = (file: string, select: string) =>
  ask(`SELECT ${select} FROM read_parquet(${quoted(file)})`);

/** The type of each column, by DuckDB's names. */
export const typesOfParquet = async (file: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await ask(`DESCRIBE FROM read_parquet(${quoted(file)})`)).map((row) => [
      row['column_name'],
      row['column_type'],
    ]),
  );
