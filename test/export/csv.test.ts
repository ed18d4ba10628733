import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UNSEEN } from '../../property-tests/fuzz/visible-text.ts';
import { CSV_HEADER, toCsvCell, toCsvLine } from '../../src/export/csv.ts';
import { COLUMNS, toRow } from '../../src/export/row.ts';
import { toCsv } from '../../src/export/to-text.ts';
import { anyConnection, hostileText } from './arbitrary-connection.ts';
import { connection, withEveryTime } from './connection.ts';

/** A reader by RFC 4180 §2, written without looking at the writer. */
const readCsv = (text: string): string[][] => {
  const rows: string[][] = [[]];
  let cell = '';
  for (let i = 0, quoted = false; i < text.length; i++) {
    const c = text[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[i++];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ',' || (c === '\r' && text[i + 1] === '\n')) {
      rows.at(-1)?.push(cell);
      cell = '';
      if (c === '\r') {
        rows.push([]);
        i++;
      }
    } else cell += c;
  }
  rows.pop();
  return rows;
};

test('a file is a header and one row a connection, each with every column', async () => {
  let text = '';
  for await (const piece of toCsv([connection(), connection({ uid: 'a,"b"' })])) text += piece;
  const rows = readCsv(text);
  expect(rows[0]).toEqual(COLUMNS.map((column) => column.name));
  expect(rows.map((row) => row.length)).toEqual([COLUMNS.length, COLUMNS.length, COLUMNS.length]);
  expect(rows[2]?.[0]).toBe('a,"b"');
  expect(CSV_HEADER.endsWith('path\r\n')).toBe(true);
});

test('the cells of a row are those of its columns', () => {
  const each = withEveryTime({ path: null });
  const [cells] = readCsv(`${toCsvLine(each)}\r\n`);
  const row = toRow(each);
  expect(Object.fromEntries(COLUMNS.map(({ name }, i) => [name, cells?.[i]]))).toEqual(
    Object.fromEntries(COLUMNS.map(({ name }) => [name, row[name] === null ? '' : String(row[name])])),
  );
});

test('any connection stays one row of as many cells as there are columns', () => {
  fc.assert(
    fc.property(anyConnection, (any) => {
      const rows = readCsv(`${toCsvLine(any)}\r\n`);
      expect(rows.map((row) => row.length)).toEqual([COLUMNS.length]);
    }),
  );
});

test('null is an empty cell, an empty text is a quoted one', () => {
  expect(toCsvCell(null)).toBe('');
  expect(toCsvCell('')).toBe('""');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '"=1', "'=1", '\u00a0=1', '＝1', '\tx', '\rx', '  \tx'])(
  'text that a spreadsheet would run is defused: %j',
  (text) => {
    expect(readCsv(`${toCsvCell(text)}\r\n`)[0]?.[0]?.[0]).toBe("'");
  },
);

test('numbers stay numbers, negative ones too', () => {
  expect(toCsvCell(-1)).toBe('-1');
  expect(toCsvCell(0.92)).toBe('0.92');
});

test('ordinary text stays as it is', () => {
  for (const text of ['eni-1235b8ca123456789', '10.0.0.62', '2001:db8::1', '1:abc+/9=', 'a → b']) {
    expect(toCsvCell(text)).toBe(text);
  }
});

test('no character that nobody sees and no formula reaches a cell', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const cell = toCsvCell(text);
      expect(cell).not.toMatch(UNSEEN);
      expect(readCsv(`${cell}\r\n`)[0]?.[0]).not.toMatch(/^\s*[=+@-]/);
    }),
  );
});

test.each([
  // What CSV cannot hold as it is stands between quotes, quotes doubled (RFC 4180 §2).
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  [' a', '" a"'],
  ['a ', '"a "'],
  ['a b', 'a b'],
  ['a_b', 'a_b'],
  ['/etc', '/etc'],
  // Control characters are spelt out, so that a cell stays in its line.
  ['a\nb', 'a\\x0ab'],
  ['a\rb', 'a\\x0db'],
  // What a spreadsheet would run has an apostrophe in front, and quotes only where it needs them.
  ['=1', "'=1"],
  ['a=1', 'a=1'],
  ['a-1', 'a-1'],
  ['a -1', 'a -1'],
  ['  -1', "'  -1"],
  ['=a,b', `"'=a,b"`],
  [`"'+1`, `"'""'+1"`],
  ['\tx', "'\\x09x"],
  ['  \rx', "'  \\x0dx"],
  ['x\t', 'x\\x09'],
])('%j is the cell %s', (text, cell) => {
  expect(toCsvCell(text)).toBe(cell);
});

test('a boolean is a word', () => {
  expect([toCsvCell(true), toCsvCell(false)]).toEqual(['true', 'false']);
});
