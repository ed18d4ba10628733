/**
 * One of the SQL files beside this one, run by DuckDB over a flow log in a process of its own. The file must begin with
 * a header line; numbers are read as the narrowest integers that hold them.
 *
 *     node test/bench/duckdb/run-job.ts equal-job flow.log connections.jsonl
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const TYPES: Readonly<Record<string, string>> = {
  version: 'UTINYINT',
  srcport: 'USMALLINT',
  dstport: 'USMALLINT',
  protocol: 'UTINYINT',
  packets: 'UBIGINT',
  bytes: 'UBIGINT',
  start: 'UINTEGER',
  end: 'UINTEGER',
  'tcp-flags': 'UTINYINT',
};

/** A header line is far shorter than this. */
const HEADER_BYTES = 4096;

const headerOf = (file: string): readonly string[] => {
  const buffer = Buffer.alloc(HEADER_BYTES);
  const opened = openSync(file, 'r');
  const length = readSync(opened, buffer, 0, HEADER_BYTES, 0);
  closeSync(opened);
  const [line = ''] = buffer.toString('latin1', 0, length).split('\n');
  return line.trim().split(' ');
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The text of a job with its file names and columns filled in. */
const sqlOf = (job: string, input: string, output: string): string => {
  const names = headerOf(input);
  const columns = names.map((name) => `${quoted(name)}: ${quoted(TYPES[name] ?? 'VARCHAR')}`);
  return (
    readFileSync(join(import.meta.dirname, `${job}.sql`), 'utf8')
      .replaceAll(/^--.*$/gm, '')
      .replaceAll('$input', () => quoted(input))
      .replaceAll('$output', () => quoted(output))
      // Parquet has AWS's names with underscores.
      .replaceAll('$renamed', () =>
        names.map((name) => `"${name}" AS ${name.replaceAll('-', '_')}`).join(', '),
      )
      .replaceAll('$columns', () => `{${columns.join(', ')}}`)
  );
};

const [job = '', input = '', output = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
const connection = await instance.connect();
await connection.run('SET preserve_insertion_order = false');
await connection.runAndReadAll(sqlOf(job, input, output));
