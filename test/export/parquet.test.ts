/** Parquet by the library: rows are flat rows whatever they hold, in groups of bounded size, and readers find what they look for. */
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { toParquet } from '../../src/export/parquet.ts';
import { type ParquetColumn, parquetColumns } from '../../src/export/parquet-columns.ts';
import { type ParquetForm, ParquetRows, usualCodec } from '../../src/export/parquet-rows.ts';
import { type Cell, COLUMNS, type Column, toRow } from '../../src/export/row.ts';
import { ABOUT } from '../../src/export/row-schema.ts';
import type { Connection } from '../../src/model/connection.ts';
import { anyConnection } from './arbitrary-connection.ts';
import { connection } from './connection.ts';

const fileOf = <R>(columns: readonly ParquetColumn<R>[], rows: readonly R[], form?: ParquetForm) => {
  const file = new ParquetRows(columns, form);
  const pieces: Uint8Array[] = [];
  const keep = (more: Iterable<Uint8Array>): void => {
    for (const piece of more) pieces.push(piece.slice());
  };
  for (const row of rows) if (file.add(row)) keep(file.writeGroup());
  keep(file.finish());
  return new Uint8Array(Buffer.concat(pieces)).buffer;
};

/** Rows as hyparquet reads them, times in milliseconds. */
const read = (file: ArrayBuffer) =>
  parquetReadObjects({
    file,
    compressors: { ZSTD: (bytes) => zstdDecompressSync(bytes) },
    // biome-ignore lint/suspicious/noExplicitAny: the type of the parsers asks for dates
    parsers: { timestampFromMilliseconds: (milliseconds: bigint) => milliseconds } as any,
  });

/** A whole number of 64 bits, the nearest. */
const int64 = (value: number): bigint => {
  const whole = BigInt(Math.round(Math.max(-(2 ** 63), Math.min(value, 2 ** 63))));
  return whole === 2n ** 63n ? whole - 1n : whole;
};

/** What stands in Parquet for a cell of the flat row, by what docs/export.md says of it. */
const expected = ({ name, kind, isTime }: Column, cell: Cell): unknown => {
  if (typeof cell === 'string') return Buffer.from(cell).toString(); // halves of pairs are no Unicode
  if (typeof cell !== 'number') return cell;
  if (name === 'initiator_confidence') return cell + 0; // 0 and -0 are one number
  expect(kind).toBe('number');
  if (!Number.isFinite(cell)) return null;
  if (/_(?:port|flags)$/.test(name))
    return Math.max(1 - 2 ** 31, Math.min(Math.round(cell), 2 ** 31 - 1)) + 0;
  return int64(isTime === true ? cell * 1000 : cell);
};

const everyRow = (connections: readonly Connection[]) =>
  connections.map((each) => {
    const row = toRow(each);
    return Object.fromEntries(COLUMNS.map((column) => [column.name, expected(column, row[column.name])]));
  });

describe('rows of Parquet', () => {
  it('are the flat rows, whatever these hold and however many make a group', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyConnection, { maxLength: 12 }),
        fc.integer({ min: 1, max: 13 }),
        async (connections, groupRows) => {
          expect(await read(fileOf(parquetColumns({}), connections, { groupRows }))).toEqual(
            everyRow(connections),
          );
        },
      ),
    );
  });

  it('are those of the chosen columns in the order of the choice', async () => {
    const all = [connection({ uid: 'C1' }), connection({ uid: 'C2' })];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...COLUMNS], { minLength: 1 }), async (columns) => {
        const names = columns.map(({ name }) => name);
        const rows = await read(fileOf(parquetColumns({ columns }), all));
        expect(rows.map((row) => Object.keys(row))).toEqual([names, names]);
        expect(rows).toEqual(
          everyRow(all).map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))),
        );
      }),
    );
  });

  it('are those that the library writes', async () => {
    const pieces: Uint8Array[] = [];
    const all = [connection({ uid: 'C1' }), connection({ uid: 'C2', path: null })];
    for await (const piece of toParquet(all)) pieces.push(piece);
    const file = Buffer.concat(pieces);
    expect(new Uint8Array(file).buffer).toEqual(fileOf(parquetColumns({}), all));
    expect(file.toString('latin1', 0, 4)).toBe('PAR1');
  });

  it('hold any number of different values, and of the same', async () => {
    const column = (kind: ParquetColumn<Cell>['kind']): ParquetColumn<Cell> => ({
      name: kind,
      kind,
      read: (cell) => cell,
    });
    // More than are looked for one by one, all different, and then some of them again.
    const numbers = Array.from({ length: 9000 }, (_, i) => (i < 8000 ? i * 7 : i % 100));
    const file = fileOf([column('count')], numbers);
    expect(await read(file)).toEqual(numbers.map((value) => ({ count: BigInt(value) })));
    const texts = numbers.map((value) => (value % 5 === 0 ? null : `text ${value}`));
    expect(await read(fileOf([column('text')], texts))).toEqual(texts.map((text) => ({ text })));
    const same = numbers.map(() => 'the same');
    const packed = fileOf([column('text')], same);
    expect(await read(packed)).toEqual(same.map((text) => ({ text })));
    expect(packed.byteLength).toBeLessThan(400);
  });
});

describe('a group of rows', () => {
  const uid = parquetColumns({ columns: [COLUMNS[0]] });

  it('is written when it has its rows, or letters enough', () => {
    const rows = new ParquetRows(uid, { groupRows: 3, groupLetters: 10 });
    const add = (text: string): boolean => rows.add(connection({ uid: text }));
    expect([add('a'), add('b'), add('c')]).toEqual([false, false, true]);
    expect([...rows.writeGroup()]).toHaveLength(1);
    expect([add('12345'), add('12345'), add('67890')]).toEqual([false, false, true]);
    expect([...rows.writeGroup()]).toHaveLength(1);
    expect([add('123456789'), add('0')]).toEqual([false, true]);
  });

  it('tells the least and the most of its times', () => {
    const columns = parquetColumns({ columns: COLUMNS.filter(({ name }) => name === 'first_seen') });
    const times = [20, 10, null, 30, 40];
    const file = fileOf(
      columns,
      times.map((firstSeen) => connection({ firstSeen })),
      { groupRows: 3 },
    );
    const told = parquetMetadata(file).row_groups.map(({ columns }) => {
      const { min_value, max_value, null_count } = columns[0]?.meta_data?.statistics ?? {};
      return [min_value, max_value, null_count];
    });
    const at = (seconds: number): Date => new Date(seconds * 1000);
    expect(told).toEqual([
      [at(10), at(20), 1n],
      [at(30), at(40), 0n],
    ]);
  });
});

describe('a column that is never null', () => {
  it('is refused where it is', () => {
    const broken = connection({ windows: Number.NaN });
    expect(() => fileOf(parquetColumns({}), [broken])).toThrow('The column windows is never null');
  });
});

describe('the schema', () => {
  const { schema } = parquetMetadata(fileOf(parquetColumns({}), []));

  it('says of each column what docs/export.md does: whether it may be null', () => {
    expect(schema.slice(1).map(({ name, repetition_type }) => [name, repetition_type])).toEqual(
      COLUMNS.map(({ name }) => [name, ABOUT[name][1] === undefined ? 'REQUIRED' : 'OPTIONAL']),
    );
  });

  it('spells types in the words of today and of older readers', () => {
    const element = (name: string) => schema.find((each) => each.name === name);
    expect(element('first_seen')).toMatchObject({
      type: 'INT64',
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
    });
    expect(element('uid')).toMatchObject({
      type: 'BYTE_ARRAY',
      converted_type: 'UTF8',
      logical_type: { type: 'STRING' },
    });
  });
});

describe('pages', () => {
  it('are compressed with Snappy where Node.js has no Zstandard', async () => {
    const codec = usualCodec(null);
    expect(codec.name).toBe('SNAPPY');
    const all = [connection({ uid: 'C1' }), connection({ uid: 'C2', path: null })];
    expect(await read(fileOf(parquetColumns({}), all, { codec }))).toEqual(everyRow(all));
    expect(usualCodec().name).toBe('ZSTD');
  });
});
