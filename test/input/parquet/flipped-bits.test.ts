/**
 * Damage to Parquet packed with gzip, whose checksums hold the values; footer and page headers have none, and are held
 * against each other. A flipped bit gives an error or the same rows, a cut one gives an error. What is said once is told below.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { writeParquet } from '../../../property-tests/network/write-parquet.ts';
import { readLayout } from '../../../src/input/parquet/layout.ts';
import { LevelRuns } from '../../../src/input/parquet/level-runs.ts';
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

const FILES: readonly (readonly [string, () => Buffer | Promise<Buffer>])[] = [
  ['in dictionaries', () => writeParquet(HEADER, LINES, { rowsPerGroup: 6 })],
  ['plain', () => writeParquet(HEADER, LINES, { encoding: 'PLAIN' })],
  ['in differences', () => writeParquet(HEADER, LINES, { encoding: 'DELTA' })],
  [
    'of DuckDB',
    () =>
      copy(
        'flat.parquet',
        `SELECT '10.0.0.' || i AS srcaddr, '10.0.1.1' AS dstaddr, CAST(i AS INTEGER) AS srcport, nullif(i % 3, 0) AS packets, to_timestamp(1760000000 + i) AS start FROM range(20) t(i)`,
      ),
  ],
  [
    'of Security Lake',
    () =>
      copy(
        'lake.parquet',
        `SELECT 4001 AS class_uid, 1760000000000 + i AS time, {'ip': '10.0.0.' || i, 'port': nullif(i % 3, 0)} AS src_endpoint, {'ip': '10.0.1.1', 'intermediate_ips': CASE WHEN i % 4 = 0 THEN ['10.9.9.9', '10.9.9.' || i] END} AS dst_endpoint, MAP {'ecs_task_id': 't' || i} AS unmapped FROM range(20) t(i)`,
      ),
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

/** The first byte behind all columns. */
const footerOf = async (whole: Uint8Array): Promise<number> => {
  const { groups } = await readLayout(wholeOf(whole));
  return Math.max(...groups.flatMap(({ chunks }) => chunks.map(({ to }) => to)));
};

const flipped = (whole: Uint8Array, place: number, bit: number): Buffer => {
  const bytes = Buffer.from(whole);
  bytes[place] = (bytes[place] as number) ^ (1 << bit);
  return bytes;
};

describe.each(FILES)('a file %s', (_, make) => {
  it('with a flipped bit gives an error or the same rows', async () => {
    const whole = await make();
    const rows = await rowsIn(whole);
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (place, bit) => {
        const found = await rowsOrNone(flipped(whole, place, bit));
        if (found === null) errors++;
        else expect(found).toBe(rows);
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

/** Each bit of the footer that gives other rows without an error, by its place behind the columns. */
const unseenIn = async (
  whole: Uint8Array,
): Promise<(readonly [place: number, bit: number, rows: string])[]> => {
  const rows = await rowsIn(whole);
  const footer = await footerOf(whole);
  const unseen: [number, number, string][] = [];
  for (let place = footer; place < whole.length; place++)
    for (let bit = 0; bit < 8; bit++) {
      const found = await rowsOrNone(flipped(whole, place, bit));
      if (found !== null && found !== rows) unseen.push([place - footer, bit, found]);
    }
  return unseen;
};

describe('every bit of the footer', () => {
  const ENDS = `'10.0.0.1' AS srcaddr, '10.0.1.1' AS dstaddr`;

  it('that says what numbers and times mean, or which values may be empty, is seen', async () => {
    const flat = `SELECT ${ENDS}, CAST(i AS UINTEGER) AS srcport, nullif(i % 3, 0) AS packets, CAST(i AS DECIMAL(9, 1)) AS bytes, to_timestamp(1760000000 + i) AS start FROM range(20) t(i)`;
    expect(await unseenIn(await copy('every.parquet', flat))).toEqual([]);
    const lake = `SELECT 4001 AS class_uid, {'ip': '10.0.0.' || i, 'port': nullif(i % 3, 0)} AS src_endpoint, {'ip': '10.0.1.1'} AS dst_endpoint FROM range(20) t(i)`;
    expect(await unseenIn(await copy('every-lake.parquet', lake))).toEqual([]);
  });

  it('is seen but for the unit of nanoseconds, which the format says once', async () => {
    const times = `SELECT ${ENDS}, make_timestamp_ns(1760000000000000000) AS start`;
    const whole = await copy('nanoseconds.parquet', times);
    expect(await rowsIn(whole)).toContain(' 1760000000\n');
    const unseen = await unseenIn(whole);
    // Microseconds, milliseconds, and a number that no field has yet: then it is a time without a unit.
    const seconds = unseen.map(([, , rows]) => /(\d+)\n$/.exec(rows)?.[1]);
    expect(seconds.sort()).toEqual(['1760000000000', '1760000000000000', '1760000000000000000']);
  });
});

describe('numbers of eight values', () => {
  // Bits from the lowest on: 01 00 00 00, and as much in a second byte that is 0.
  const PACKED = new Uint8Array([0b11, 0b10, 0]);
  const numbersOf = (width: number): number[] => {
    const runs = new LevelRuns(PACKED, 0, PACKED.length, width);
    const numbers = new Uint32Array(8);
    runs.fill(numbers, 8);
    expect(runs.hasMoreThanOneRun).toBe(false);
    return [...numbers];
  };

  it('say as much in one bit as in two, with one value each: so few can lie about which of a struct is empty', () => {
    expect(numbersOf(2)).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
    expect(numbersOf(1)).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
  });
});
