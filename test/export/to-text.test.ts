/** Rows for the library's users, with names of addresses and without. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../../property-tests/fuzz/read-csv.ts';
import { CSV, toCsvCell } from '../../src/export/csv.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { toRow } from '../../src/export/row.ts';
import { toCsv, toJsonLines } from '../../src/export/to-text.ts';
import { toWindowCsv } from '../../src/export/window-rows.ts';
import { anyConnection, hostileText } from './arbitrary-connection.ts';
import { connection } from './connection.ts';

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

test('without names rows are the whole flat rows, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyConnection, { maxLength: 4 }), async (many) => {
      expect(await textOf(toJsonLines(many))).toBe(many.map((each) => `${toJsonLine(each)}\n`).join(''));
      expect(await textOf(toCsv(many))).toBe(CSV.header + many.map(CSV.line).join(''));
    }),
  );
});

test('names stand behind all other columns, as they are in JSON and harmless in CSV', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyConnection,
      fc.option(hostileText),
      fc.option(hostileText),
      async (each, first, second) => {
        // Both ends may have one address.
        const names = (address: string): string | null =>
          address === each.initiator.address ? first : second;
        const responder = names(each.responder.address);
        expect(JSON.parse(await textOf(toJsonLines([each], { names })))).toEqual(
          JSON.parse(JSON.stringify({ ...toRow(each), initiator_name: first, responder_name: responder })),
        );
        const line = `${CSV.line(each).trimEnd()},${toCsvCell(first)},${toCsvCell(responder)}\r\n`;
        expect(await textOf(toCsv([each], { names }))).toBe(
          `${CSV.header.trimEnd()},initiator_name,responder_name\r\n${line}`,
        );
      },
    ),
  );
});

test('rows of windows have them as well', async () => {
  const names = (address: string): string | null => (address === '10.0.0.62' ? 'web-1' : null);
  const [header = [], row = []] = readCsv(await textOf(toWindowCsv([connection()], { names })));
  expect([header.slice(-2), row.slice(-2)]).toEqual([
    ['initiator_name', 'responder_name'],
    ['', 'web-1'],
  ]);
});
