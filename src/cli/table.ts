/**
 * The table of connections: rows are collected as one compact string each, sorted by opening time and
 * printed for a width and a colour setting. It returns lines and writes nothing.
 */
import type { Connection, ConnectionState } from '../model/connection.ts';
import { type Paint, plain, STATE_STYLES, type Style } from './colours.ts';
import { CELLS, type CellName, type Cells, toCells } from './connection-cells.ts';
import {
  chooseLayout,
  GAP,
  isStacked,
  type Layout,
  Measures,
  type TableColumn,
  TITLES,
} from './table-layout.ts';
import { explainSigns, SIGNS, type Sign } from './table-notes.ts';
import { cutBeforePercent, padText, wrapText } from './text-width.ts';

export interface TableLook {
  /** Columns of the terminal; Infinity where the text goes to a file. */
  readonly width: number;
  readonly paint: Paint;
}

/** What a table is told at the start. */
export interface TableOptions {
  /** The title of a first column, where a command adds one. */
  readonly leadTitle?: string;
}

interface PackedRow {
  /** Opening, else first record; rows without a time come last. */
  readonly seconds: number;
  readonly uid: string;
  readonly cells: string;
}

/** No cell holds a control character: all of them went through escapeControls. */
const SEPARATOR = '\t';

const pack = (cells: Cells): string => CELLS.map((name) => cells[name]).join(SEPARATOR);

const unpack = (packed: string): Cells => {
  const parts = packed.split(SEPARATOR);
  const cells = {} as Record<CellName, string>;
  for (let i = 0; i < CELLS.length; i++) cells[CELLS[i] as CellName] = parts[i] ?? '';
  return cells;
};

const byOpening = (a: PackedRow, b: PackedRow): number =>
  a.seconds === b.seconds ? (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0) : a.seconds < b.seconds ? -1 : 1;

const RIGHT: ReadonlySet<TableColumn> = new Set(['lasted', 'sent', 'received']);

const stateStyle = (text: string): Style | undefined =>
  STATE_STYLES[text.split(' ', 1)[0] as ConnectionState] ?? undefined;

const arrowStyle = (arrow: string): Style | undefined => {
  if (arrow === SIGNS.rejected.sign || arrow === SIGNS.replyRejected.sign) return 'red';
  return arrow === SIGNS.inferred.sign || arrow === SIGNS.unknown.sign ? 'dim' : 'cyan';
};

/** Connections as a table, for people. */
export class ConnectionTable {
  readonly #rows: PackedRow[] = [];
  readonly #signs = new Set<Sign>();
  readonly #measures: Measures;
  readonly #leadTitle: string | undefined;

  constructor({ leadTitle }: TableOptions = {}) {
    const { state, lasted, sent, received, because } = TITLES;
    this.#leadTitle = leadTitle;
    this.#measures = new Measures({ state, lasted, sent, received, because, lead: leadTitle ?? '' });
  }

  get size(): number {
    return this.#rows.length;
  }

  /** @param lead the cell of the first column, where there is one */
  add(connection: Connection, lead = ''): void {
    const { cells, signs } = toCells(connection, lead);
    this.#measures.add(cells);
    for (const sign of signs) this.#signs.add(sign);
    const seconds = connection.openedAt ?? connection.firstSeen ?? Number.POSITIVE_INFINITY;
    this.#rows.push({ seconds, uid: connection.uid, cells: pack(cells) });
  }

  /** Header, rows, then what the signs mean; each line without its end. */
  *lines({ width, paint }: TableLook): Generator<string> {
    if (this.#rows.length === 0) return;
    const layout = chooseLayout(this.#measures, width, this.#leadTitle !== undefined);
    const printer = new RowPrinter(layout, this.#measures.widest.mark, paint);
    yield printer.header(this.#leadTitle ?? '');
    let day: string | undefined;
    for (const row of this.#rows.sort(byOpening)) {
      const cells = unpack(row.cells);
      if (layout.dayHeadings && cells.date !== day) {
        day = cells.date;
        yield paint(day === '' ? 'no time in the records' : `${day} UTC`, 'bold');
      }
      yield* printer.row(cells);
    }
    yield* this.#footer(layout, width, paint);
  }

  *#footer(layout: Layout, width: number, paint: Paint): Generator<string> {
    const notes = explainSigns(this.#signs);
    if (layout.dropped.length > 0) {
      const titles = layout.dropped.map((column) => (column === 'endpoints' ? column : TITLES[column]));
      notes.push(`   no room for ${titles.join(', ')}: widen the terminal, or see --format json`);
    }
    if (notes.length > 0) yield '';
    for (const note of notes) {
      const [first = '', ...rest] = wrapText(note.slice(3), Math.max(40, width) - 3);
      yield paint(`${note.slice(0, 3)}${first}`, 'dim');
      for (const line of rest) yield paint(`   ${line}`, 'dim');
    }
  }
}

/** Prints rows of one layout. */
class RowPrinter {
  readonly #layout: Layout;
  readonly #markWidth: number;
  readonly #paint: Paint;

  constructor(layout: Layout, markWidth: number, paint: Paint) {
    this.#layout = layout;
    this.#markWidth = markWidth;
    this.#paint = paint;
  }

  header(leadTitle: string): string {
    const { columns, dayHeadings, initiatorWidth } = this.#layout;
    const blanks = ' '.repeat(this.#markWidth > 0 ? this.#markWidth + 1 : 0);
    const stackedTitle = `${TITLES.initiator} → ${TITLES.responder}`;
    const endpoints =
      this.#layout.stacking === 'all'
        ? stackedTitle
        : `${padText(TITLES.initiator, initiatorWidth)}   ${TITLES.responder}`;
    const titles: Readonly<Record<TableColumn, string>> = {
      ...TITLES,
      lead: leadTitle,
      opened: `${blanks}${dayHeadings ? TITLES.opened : `${TITLES.opened} (UTC)`}`,
      endpoints,
    };
    const cells = columns.map((column) => this.#fit(column, titles[column]));
    return this.#paint(cells.join(' '.repeat(GAP)).trimEnd(), 'bold');
  }

  *row(cells: Cells): Generator<string> {
    const { columns, stacking } = this.#layout;
    const stacked = isStacked(stacking, cells);
    const parts = columns.map((column) => this.#cell(column, cells, stacked));
    yield parts.join(' '.repeat(GAP)).trimEnd();
    if (stacked) {
      const indent = columns
        .slice(0, columns.indexOf('endpoints'))
        .reduce((sum, column) => sum + this.#layout.widths[column] + GAP, 0);
      yield `${' '.repeat(indent)}${this.#paint(cells.arrow, arrowStyle(cells.arrow))} ${cells.responder}`;
    }
  }

  #fit(column: TableColumn, text: string): string {
    const width = this.#layout.widths[column];
    return padText(
      column === 'because' ? cutBeforePercent(text, width) : text,
      width,
      RIGHT.has(column) ? 'right' : 'left',
    );
  }

  /** Padding comes first, paint after: escape sequences have no width. */
  #cell(column: TableColumn, cells: Cells, stacked: boolean): string {
    switch (column) {
      case 'opened':
        return this.#opened(cells);
      case 'endpoints':
        return stacked ? this.#fit(column, cells.initiator) : this.#endpoints(cells);
      case 'state':
        return this.#paint(this.#fit(column, cells.state), stateStyle(cells.state));
      case 'because':
        return this.#paint(this.#fit(column, cells.because).trimEnd(), 'dim');
      default:
        return this.#fit(column, cells[column]);
    }
  }

  #opened({ mark, date, time }: Cells): string {
    const { dayHeadings, widths } = this.#layout;
    const sign = this.#markWidth > 0 ? padText(mark, this.#markWidth + 1) : '';
    const dated = dayHeadings ? time : `${date === '' ? '' : `${date} `}${time}`;
    return padText(`${sign}${dated}`, widths.opened);
  }

  #endpoints({ initiator, arrow, responder }: Cells): string {
    const { initiatorWidth, widths } = this.#layout;
    const left = padText(initiator, initiatorWidth);
    const right = padText(responder, widths.endpoints - initiatorWidth - 3);
    return `${left} ${this.#paint(arrow, arrowStyle(arrow))} ${right}`;
  }
}

/** The table of some connections as one text, uncoloured: for tests and documents. */
export const printTable = (
  connections: Iterable<Connection>,
  width: number,
  paint: Paint = plain,
): string => {
  const table = new ConnectionTable();
  for (const connection of connections) table.add(connection);
  return [...table.lines({ width, paint })].join('\n');
};
