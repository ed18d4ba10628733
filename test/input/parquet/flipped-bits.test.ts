/**
 * Damage to Parquet packed with gzip, whose checksums hold the values; footer and page headers have none, and are held
 * against each other. A flipped bit gives an error or the same rows, a cut one gives an error. Only the footer knows what a number
 * means and which column of a struct may be empty: a bit there is not held where a file uses that.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { writeParquet } from '../../../property-tests/network/write-parquet.ts';
import { readLayout } from '../../../src/input/parquet/layout.ts';
import { ParquetLog } from '../../../src/input/parquet/parquet-log.ts';
import { wholeOf } from '../../../src/input/parquet/whole.ts';
import { InputError } from '../../../src/model/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'conntrail-flipped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER =
  'version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags';
const LINES = Array.from({ length: 12 }, (_, i) =>
  i % 5 === 4
    ? '3 eni-0a - - - - - - - 1760000065 1760000121 - NODATA -'
    : `3 eni-0a 198.51.100.23 10.20.1.15 ${20_000 + i} 443 6 12 ${i * 1000} 1760000005 1760000061 ACCEPT OK 3`,
);

const copy = async (name: string, query: string): Promise<Buffer> => {
  const path = join(folder, name);
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet, CODEC gzip)`);
  connection.closeSync();
  database.closeSync();
  return readFileSync(path);
};

/** Each with whether it uses what only the footer says. */
const FILES: readonly (readonly [string, () => Buffer | Promise<Buffer>, boolean])[] = [
  ['in dictionaries', () => writeParquet(HEADER, LINES, { rowsPerGroup: 6 }), false],
  ['plain', () => writeParquet(HEADER, LINES, { encoding: 'PLAIN' }), false],
  ['in differences', () => writeParquet(HEADER, LINES, { encoding: 'DELTA' }), false],
  [
    'of DuckDB',
    () =>
      copy(
        'flat.parquet',
        `SELECT '10.0.0.' || i AS srcaddr, '10.0.1.1' AS dstaddr, CAST(i AS INTEGER) AS srcport, nullif(i % 3, 0) AS packets, to_timestamp(1760000000 + i) AS start FROM range(20) t(i)`,
      ),
    true,
  ],
  [
    'of Security Lake',
    () =>
      copy(
        'lake.parquet',
        `SELECT 4001 AS class_uid, 1760000000000 + i AS time, {'ip': '10.0.0.' || i, 'port': nullif(i % 3, 0)} AS src_endpoint, {'ip': '10.0.1.1', 'intermediate_ips': CASE WHEN i % 4 = 0 THEN ['10.9.9.9', '10.9.9.' || i] END} AS dst_endpoint, MAP {'ecs_task_id': 't' || i} AS unmapped FROM range(20) t(i)`,
      ),
    true,
  ],
];

/** All that a file gives. */
const rowsIn = async (bytes: Uint8Array): Promise<string> => {
  const log = await ParquetLog.open('any', wholeOf(bytes));
  let rows = `${log.columns?.names.join(' ')}\n`;
  for await (const lines of log.lines()) rows += Buffer.from(lines).toString();
  for await (const group of log.events()) for (const event of group) rows += JSON.stringify(event);
  return rows;
};

/** What bytes give, or null where that is an error of ours. */
const rowsOrNone = async (bytes: Uint8Array): Promise<string | null> => {
  try {
    return await rowsIn(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).code).toMatch(/^input-(corrupt|unsupported)$/);
    return null;
  }
};

describe.each(FILES)('a file %s', (_, make, needsFooter) => {
  it('with a flipped bit gives an error or the same rows', async () => {
    const whole = await make();
    const rows = await rowsIn(whole);
    const { groups } = await readLayout(wholeOf(whole));
    const footer = Math.max(...groups.flatMap(({ chunks }) => chunks.map(({ to }) => to)));
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (place, bit) => {
        const bytes = Buffer.from(whole);
        bytes[place] = (bytes[place] as number) ^ (1 << bit);
        const found = await rowsOrNone(bytes);
        if (found === null) errors++;
        else if (!(needsFooter && place >= footer)) expect(found).toBe(rows);
      }),
      { numRuns: 1000 },
    );
    expect(errors).toBeGreaterThan(300);
  });

  it('that was cut gives an error', async () => {
    const whole = await make();
    for (let length = 0; length < whole.length; length += 1 + (length % 7))
      expect(await rowsOrNone(whole.subarray(0, length))).toBe(null);
  });
});
