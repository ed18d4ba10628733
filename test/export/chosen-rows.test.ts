/** Rows of chosen columns: each cell is the text that it is in the full row, whatever the connection holds. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chosenFormat, formatOf, isoTime, isToldByOutlines } from '../../src/export/chosen-rows.ts';
import { CSV, toCsvLine } from '../../src/export/csv.ts';
import { JSON_LINES, toJsonLine } from '../../src/export/json-lines.ts';
import { COLUMNS, type Column } from '../../src/export/row.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { SAMPLES } from '../cli/run-command.ts';
import { anyConnection } from './arbitrary-connection.ts';
import { connection, withEveryTime } from './connection.ts';

const EVERY: readonly Column[] = COLUMNS;
const anyColumns = fc.shuffledSubarray([...COLUMNS], { minLength: 1 });

/** What stands in a line of one column, without what is around it. */
const inside = {
  json: (line: string): string => line.slice(1, -2), // { and }\n
  csv: (line: string): string => line.slice(0, -2), // \r\n
};

describe.each(['json', 'csv'] as const)('%s', (name) => {
  test('of each column by itself, put together, is the full row', () => {
    const full = { json: toJsonLine, csv: toCsvLine }[name];
    const singles = COLUMNS.map((column) => chosenFormat(name, { columns: [column] }).line);
    fc.assert(
      fc.property(anyConnection, (any) => {
        const cells = singles.map((line) => inside[name](line(any))).join(',');
        expect(name === 'json' ? `{${cells}}` : cells).toBe(full(any));
      }),
    );
  });

  test('of several columns has those of each, in the order of the choice', () => {
    fc.assert(
      fc.property(anyConnection, anyColumns, fc.constantFrom('seconds', 'iso'), (any, columns, times) => {
        const alone = columns.map((column) =>
          inside[name](chosenFormat(name, { columns: [column], times }).line(any)),
        );
        const { header, line } = chosenFormat(name, { columns, times });
        expect(inside[name](line(any))).toBe(alone.join(','));
        expect(header).toBe(name === 'json' ? '' : `${columns.map((column) => column.name).join(',')}\r\n`);
      }),
    );
  });

  test('of every column is what the whole row is written with', () => {
    expect(formatOf(name, {})).toBe({ json: JSON_LINES, csv: CSV }[name]);
    expect(formatOf(name, { columns: COLUMNS, times: 'seconds' })).toBe(formatOf(name, {}));
    const slow = chosenFormat(name, {});
    expect(slow.header + slow.line(connection())).toBe(
      formatOf(name, {}).header + formatOf(name, {}).line(connection()),
    );
  });

  test('is the same of outlines where they tell all columns', async () => {
    const columns = COLUMNS.filter((column) => isToldByOutlines({ columns: [column] }));
    expect(columns.length).toBeLessThan(COLUMNS.length);
    const { line } = chosenFormat(name, { columns });
    let count = 0;
    for await (const outlines of reconstruct(SAMPLES).outlines())
      for (const outline of outlines) {
        expect(line(outline)).toBe(line(outline.whole()));
        count++;
      }
    expect(count).toBe(8);
  });
});

describe('a time in ISO 8601', () => {
  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [1566848875, '2019-08-26T19:47:55Z'], // the start that AWS's example gives
    [1566848875.5, '2019-08-26T19:47:55.500Z'],
    [253402300799, '9999-12-31T23:59:59Z'],
    [253402300800, 253402300800], // the year 10000
    [-1, -1],
    [1e300, 1e300],
  ])('of second %d is %s', (seconds, text) => {
    expect(isoTime(seconds)).toBe(text);
  });

  test('stands in every column of a time and in no other', () => {
    const any = withEveryTime();
    const cells = (times: 'seconds' | 'iso') =>
      JSON.parse(chosenFormat('json', { times }).line(any)) as Record<string, unknown>;
    const [seconds, iso] = [cells('seconds'), cells('iso')];
    const changed = Object.keys(iso).filter((name) => iso[name] !== seconds[name]);
    // first_seen is 1000: 16 minutes and 40 seconds.
    expect(iso['first_seen']).toBe('1970-01-01T00:16:40Z');
    expect(changed).toEqual(
      EVERY.filter(({ isTime, name }) => isTime && seconds[name] !== null).map(({ name }) => name),
    );
    expect(changed).toEqual([
      'first_seen',
      'last_seen',
      'opened_at',
      'opened_by',
      'closed_after',
      'closed_at',
    ]);
  });
});
