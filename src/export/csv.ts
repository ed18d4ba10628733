/**
 * CSV after RFC 4180: a header line, CRLF line ends, quotes doubled, null as an empty cell. A spreadsheet
 * runs a cell that begins like a formula, and log content is hostile, so such text gets a leading
 * apostrophe; numbers are ours and stay numbers.
 */
import type { Connection } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import type { SpeltName } from '../model/spelt-name.ts';
import type { LineFormat } from './in-pieces.ts';
import { type Cell, COLUMNS } from './row.ts';

/** What Excel, LibreOffice and Sheets take for the start of a formula, behind blanks and quotes too. */
const RUNS_AS_FORMULA = /^[\s"']*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$|^$/;
/** Almost every cell: nothing to escape, quote or defuse. */
const PLAIN = /^[A-Za-z0-9.:_][A-Za-z0-9.:_/+=-]*$/;

const spellText = (text: string): string => {
  if (PLAIN.test(text)) return text;
  const visible = escapeControls(text);
  const harmless = RUNS_AS_FORMULA.test(text) ? `'${visible}` : visible;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

/** One cell as CSV. */
export const toCsvCell = (cell: Cell): string => {
  if (cell === null) return '';
  return typeof cell === 'string' ? spellText(cell) : String(cell);
};

/** A column of rows that are no connections. */
export interface CsvColumn<R> {
  readonly name: string;
  readonly read: (row: R) => Cell;
}

/** The names of columns, with the line end. */
export const csvHeader = (columns: readonly Pick<CsvColumn<never>, 'name'>[]): string =>
  `${columns.map(({ name }) => name).join(',')}\r\n`;

/** A row, with the line end. */
export const csvRow = <R>(columns: readonly CsvColumn<R>[], row: R): string =>
  `${columns.map(({ read }) => toCsvCell(read(row))).join(',')}\r\n`;

/** A header and a line each, with their line ends. */
export function* csvOf<R>(columns: readonly CsvColumn<R>[], rows: Iterable<R>): Generator<string> {
  yield csvHeader(columns);
  for (const row of rows) yield csvRow(columns, row);
}

/** The names of the columns, with the line end. */
export const CSV_HEADER = csvHeader(COLUMNS);

/** The flat row as one line of CSV, without a line end. */
export const toCsvLine = (connection: Connection): string => {
  let line = '';
  let comma = '';
  for (const column of COLUMNS) {
    line += comma;
    line += toCsvCell(column.read(connection));
    comma = ',';
  }
  return line;
};

/** CSV of whole rows, as the command line and the library write it. */
export const CSV: LineFormat = { header: CSV_HEADER, line: (connection) => `${toCsvLine(connection)}\r\n` };

/** @param first the column that a line begins with */
const spellerFrom = (first: string) =>
  ({
    before: (column: string): string => (column === first ? '' : ','),
    value: toCsvCell,
    quotes: ['', ''],
    empty: toCsvCell(''),
    end: '\r\n',
    /** A name in a cell: what runs as a formula is seen by how a cell begins, what needs quotes by its ends as well. */
    name(text: string): SpeltName {
      const visible = escapeControls(text);
      return {
        text: visible.replaceAll('"', '""'),
        asksQuotes: /[",\r\n]/.test(visible),
        asksQuotesFirst: /^\s/.test(visible),
        asksQuotesLast: /\s$/.test(visible),
        asksApostrophe: RUNS_AS_FORMULA.test(text),
      };
    },
  }) as const;

/** How the engine spells lines of CSV by itself (LineSpeller in engine/kernel): the same bytes as {@link CSV}. */
export const CSV_SPELLER = spellerFrom(COLUMNS[0].name);

/** The same of chosen columns, at least one, in their order. */
export const chosenCsvSpeller = (columns: readonly string[]) => ({
  ...spellerFrom(columns[0] as string),
  columns,
});
