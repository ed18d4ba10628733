/**
 * Rows of chosen columns, in the order in which they were chosen, and with moments spelt as was asked for: each cell is what it
 * is in the full row. Formats of whole rows have writers of their own (json-lines.ts, csv.ts), which are faster.
 */
import type { Connection } from '../model/connection.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import { CSV, toCsvCell } from './csv.ts';
import type { LineFormat } from './in-pieces.ts';
import { JSON_LINES, toJsonCell } from './json-lines.ts';
import { type Cell, COLUMNS, type Column } from './row.ts';

/** How moments are spelt: Unix seconds, or ISO 8601 in UTC. */
export const TIMES = ['seconds', 'iso'] as const;
export type Times = (typeof TIMES)[number];

/** The first second that ISO 8601 would need five digits of year for. */
const YEAR_10000 = 253402300800;

/**
 * Unix seconds as ISO 8601 in UTC. Logs can hold any number: what is no moment of the years 1970 to 9999 stays a number.
 * @example isoTime(1566848875) // '2019-08-26T19:47:55Z'
 */
export const isoTime = (seconds: number): string | number =>
  seconds >= 0 && seconds < YEAR_10000
    ? new Date(Math.floor(seconds * 1000)).toISOString().replace('.000Z', 'Z')
    : seconds;

const readerOf = ({ isTime, read }: Column, times: Times): Column['read'] => {
  if (isTime !== true || times === 'seconds') return read;
  return (connection) => {
    const cell = read(connection);
    return typeof cell === 'number' ? isoTime(cell) : cell;
  };
};

/** What rows have: all columns, or those that were chosen. */
export interface RowChoice {
  /** In their order, none of them twice, at least one. */
  readonly columns?: readonly Column[];
  readonly times?: Times;
}

/** Whether the choice is the whole flat row, as the writers of whole rows spell it. */
export const isWholeRow = ({ columns = COLUMNS, times = 'seconds' }: RowChoice): boolean =>
  times === 'seconds' &&
  columns.length === COLUMNS.length &&
  COLUMNS.every((column, i) => column === columns[i]);

const FLAT: ReadonlySet<Column> = new Set(COLUMNS);

/** Whether all cells are those of the flat row, in whatever order. */
export const isFlatRow = ({ columns = COLUMNS, times = 'seconds' }: RowChoice): boolean =>
  times === 'seconds' && columns.every((column) => FLAT.has(column));

/** Whether outlines tell all that is chosen: whole connections need not be made. */
export const isToldByOutlines = ({ columns = COLUMNS }: RowChoice): boolean =>
  columns.every(({ isWhole }) => isWhole !== true);

/** Whether the run is to be asked for what AWS tells beside packets. */
export const asksAnnotations = ({ columns = COLUMNS }: RowChoice): boolean =>
  columns.some(({ isAnnotation }: Column) => isAnnotation === true);

/** What the columns read of a connection, where outlines tell it (@see isToldByOutlines) of an outline as well. */
type Told = Connection | ConnectionOutline;

const lineWriter = (
  choice: RowChoice,
  before: (name: string, i: number) => string,
  spell: (cell: Cell) => string,
  end: string,
): ((told: Told) => string) => {
  const { columns = COLUMNS, times = 'seconds' } = choice;
  const cells = columns.map((column, i) => ({
    before: before(column.name, i),
    read: readerOf(column, times) as (told: Told) => Cell,
  }));
  return (told) => {
    let line = '';
    for (const cell of cells) {
      line += cell.before;
      line += spell(cell.read(told));
    }
    return line + end;
  };
};

/** A format whose lines can be written of outlines where {@link isToldByOutlines} says so. */
export interface ChosenFormat extends LineFormat {
  readonly line: (told: Told) => string;
}

/** JSON Lines of chosen columns. */
const chosenJsonLines = (choice: RowChoice): ChosenFormat => ({
  header: '',
  line: lineWriter(choice, (name, i) => `${i === 0 ? '{' : ','}"${name}":`, toJsonCell, '}\n'),
});

/** CSV of chosen columns. */
const chosenCsv = (choice: RowChoice): ChosenFormat => ({
  header: `${(choice.columns ?? COLUMNS).map(({ name }) => name).join(',')}\r\n`,
  line: lineWriter(choice, (_, i) => (i === 0 ? '' : ','), toCsvCell, '\r\n'),
});

const CHOSEN = { json: chosenJsonLines, csv: chosenCsv } as const;
const WHOLE = { json: JSON_LINES, csv: CSV } as const;

/** Chosen columns in a format. */
export const chosenFormat = (name: keyof typeof CHOSEN, choice: RowChoice): ChosenFormat =>
  CHOSEN[name](choice);

/** What a choice asks for, of whole connections: the faster writer where it is the whole row. */
export const formatOf = (name: keyof typeof CHOSEN, choice: RowChoice): LineFormat =>
  isWholeRow(choice) ? WHOLE[name] : chosenFormat(name, choice);
