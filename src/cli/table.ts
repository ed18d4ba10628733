/**
 * The table of connections: rows are collected, put in the order of their opening times and printed for a width and a
 * colour setting. It returns lines and writes nothing.
 */
import type { ConnectionState } from '../model/connection.ts';
import { STEP } from '../model/in-steps.ts';
import type { Outline } from '../model/outline.ts';
import { type Paint, plain, STATE_STYLES, type Style } from './colours.ts';
import { CELLS, type Cells, STATE_SIGNS } from './connection-cells.ts';
import { STILL_OPEN } from './lasted.ts';
import {
  ARROW_WIDTH,
  chooseLayout,
  endsFit,
  GAP,
  type Layout,
  Measures,
  PAIRED_SENT_TITLE,
  type TableColumn,
  TITLES,
} from './table-layout.ts';
import { explainSigns, SIGNS, type Sign } from './table-notes.ts';
import { TableRows } from './table-rows.ts';
import { cutBeforePercent, padText, textWidth, wrapText } from './text-width.ts';

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

const EMPTY_CELLS = Object.fromEntries(CELLS.map((name) => [name, ''])) as Cells;

const GAP_TEXT = ' '.repeat(GAP);

const RIGHT: ReadonlySet<TableColumn> = new Set(['lasted', 'sent', 'received']);

const stateStyle = (text: string): Style | undefined =>
  STATE_STYLES[text.split(' ', 1)[0] as ConnectionState] ?? undefined;

const arrowStyle = (arrow: string): Style | undefined => {
  if (arrow === SIGNS.rejected.sign || arrow === SIGNS.replyRejected.sign) return 'red';
  return arrow === SIGNS.inferred.sign || arrow === SIGNS.unknown.sign ? 'dim' : 'cyan';
};

/** Connections as a table, for people. */
export class ConnectionTable {
  readonly #rows: TableRows;
  readonly #measures: Measures;
  readonly #leadTitle: string | undefined;

  constructor({ leadTitle }: TableOptions = {}) {
    const { state, lasted, sent, received, because } = TITLES;
    this.#leadTitle = leadTitle;
    this.#measures = new Measures({ state, lasted, sent, received, because, lead: leadTitle ?? '' });
    this.#rows = new TableRows(this.#measures);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** @param lead the cell of the first column, where there is one */
  add(connection: Outline, lead = ''): void {
    this.#rows.add(connection, lead);
  }

  /** Header, rows, then what the signs mean; each line without its end. */
  *lines(look: TableLook): Generator<string> {
    for (const line of this.linesInSteps(look)) if (line !== undefined) yield line;
  }

  /** The same, and undefined now and then: a place to rest, as in model/in-steps.ts. */
  *linesInSteps({ width, paint }: TableLook): Generator<string | undefined> {
    if (this.#rows.size === 0) return;
    const layout = chooseLayout(this.#measures, width, this.#leadTitle !== undefined);
    const printer = new RowPrinter(layout, { width, paint }, this.#measures.widest.mark);
    yield* printer.header(this.#leadTitle ?? '');
    let day: string | undefined;
    const order = yield* this.#rows.inOrder();
    let stillOpen = false;
    for (const [i, row] of order.entries()) {
      if (i % STEP === STEP - 1) yield;
      const cells = this.#rows.at(row);
      stillOpen ||= cells.lasted.endsWith(STILL_OPEN);
      if (layout.dayHeadings && cells.date !== day) {
        day = cells.date;
        yield paint(day === '' ? 'no time in the records' : `${day} UTC`, 'bold');
      }
      yield* printer.row(cells);
    }
    yield* this.#footer(layout, width, paint, stillOpen);
  }

  *#footer(layout: Layout, width: number, paint: Paint, stillOpen: boolean): Generator<string> {
    const shown = new Set<Sign>(stillOpen ? ['stillOpen'] : []);
    for (const { signs } of this.#rows.looks) for (const sign of signs) shown.add(sign);
    if (layout.dropped.includes('lasted')) shown.delete('stillOpen');
    if (layout.dropped.includes('state')) for (const sign of STATE_SIGNS) shown.delete(sign);
    const notes = explainSigns(shown);
    if (layout.dropped.length > 0) {
      const titles = layout.dropped.map((column) =>
        layout.paired && column === 'sent' ? PAIRED_SENT_TITLE : TITLES[column as keyof typeof TITLES],
      );
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
  readonly #look: TableLook;
  readonly #markWidth: number;
  /** The columns before the endpoints, and behind them. */
  readonly #head: readonly TableColumn[];
  readonly #tail: readonly TableColumn[];
  /** Columns of the terminal before the endpoints, and up to what stands behind them. */
  readonly #indent: number;
  readonly #tailIndent: number;
  /** By column, what was made of its texts. */
  readonly #known: ReadonlyMap<TableColumn, Map<string, string>> = new Map(
    (['lead', 'state', 'lasted', 'because'] as const).map((column) => [column, new Map()]),
  );
  #lastOpened: Pick<Cells, 'mark' | 'date' | 'time'> = EMPTY_CELLS;
  #lastOpenedCell = '';

  constructor(layout: Layout, look: TableLook, markWidth: number) {
    const at = layout.columns.indexOf('endpoints');
    this.#layout = layout;
    this.#look = look;
    this.#markWidth = markWidth;
    this.#head = layout.columns.slice(0, at);
    this.#tail = layout.columns.slice(at + 1);
    this.#indent = this.#head.reduce((sum, column) => sum + layout.widths[column] + GAP, 0);
    this.#tailIndent = this.#indent + layout.widths.endpoints + GAP;
  }

  /** The titles, laid out as the rows are. */
  header(leadTitle: string): string[] {
    const { dayHeadings, paired } = this.#layout;
    const titles: Cells = {
      ...EMPTY_CELLS,
      ...TITLES,
      lead: leadTitle,
      time: dayHeadings ? TITLES.opened : `${TITLES.opened} (UTC)`,
      arrow: paired ? '→' : ' ',
      ...(paired ? { sent: PAIRED_SENT_TITLE, received: PAIRED_SENT_TITLE } : {}),
    };
    const { paint } = this.#look;
    return this.#lines(titles, plain).map((line) => paint(line, 'bold'));
  }

  row(cells: Cells): readonly string[] {
    return this.#lines(cells, this.#look.paint);
  }

  #lines(cells: Cells, paint: Paint): string[] {
    let head = '';
    for (const column of this.#head) head += this.#cellOrKnown(column, cells, paint) + GAP_TEXT;
    let tail = '';
    for (const column of this.#tail) tail += GAP_TEXT + this.#cellOrKnown(column, cells, paint);
    if (!endsFit(this.#layout, cells)) {
      const second = this.#layout.paired ? this.#secondTail(cells, paint) : '';
      return [...this.#overrunning(cells, paint, { head, tails: [tail.slice(GAP), second] })];
    }
    const [first, below] = this.#ends(cells, paint);
    const line = `${head}${first}${tail}`.trimEnd();
    return below === '' ? [line] : [line, `${below}${GAP_TEXT}${this.#secondTail(cells, paint)}`.trimEnd()];
  }

  /** The endpoints' columns: a first line, and a second one with its indent where rows are paired. */
  #ends({ initiator, arrow, responder }: Cells, paint: Paint): readonly [string, string] {
    const { paired, initiatorWidth, widths } = this.#layout;
    const left = padText(initiator, initiatorWidth);
    const sign = paint === plain ? arrow : paint(arrow, arrowStyle(arrow));
    if (paired)
      return [left, `${' '.repeat(this.#indent - GAP)}${sign} ${padText(responder, widths.endpoints)}`];
    return [`${left} ${sign} ${padText(responder, widths.endpoints - initiatorWidth - ARROW_WIDTH)}`, ''];
  }

  /** Addresses longer than their column have lines of their own, the rest of the row stands below them. */
  *#overrunning(
    { initiator, arrow, responder }: Cells,
    paint: Paint,
    { head, tails }: { readonly head: string; readonly tails: readonly string[] },
  ): Generator<string> {
    const widest = Math.max(textWidth(initiator), textWidth(responder));
    const indent = Math.max(GAP, Math.min(this.#indent, this.#look.width - widest));
    if (indent === this.#indent) yield `${head}${initiator}`;
    else {
      yield head.trimEnd();
      yield `${' '.repeat(indent)}${initiator}`;
    }
    yield `${' '.repeat(indent - GAP)}${paint(arrow, arrowStyle(arrow))} ${responder}`;
    for (const tail of tails)
      if (tail.trim() !== '') yield `${' '.repeat(this.#tailIndent)}${tail}`.trimEnd();
  }

  /** What stands beside the responder: the reason below state and duration, and what it sent. */
  #secondTail(cells: Cells, paint: Paint): string {
    const { columns, widths } = this.#layout;
    const reason = padPainted(cutBeforePercent(cells.because, widths.because), widths.because, 'dim', paint);
    return columns.includes('sent')
      ? `${reason}${' '.repeat(GAP)}${padText(cells.received, widths.sent, 'right')}`
      : reason;
  }

  /** What few texts stand in is made once for each. */
  #cellOrKnown(column: TableColumn, cells: Cells, paint: Paint): string {
    // The titles are painted otherwise.
    if (paint !== this.#look.paint) return this.#cell(column, cells, paint);
    if (column === 'opened') return this.#openedOrLast(cells);
    const known = this.#known.get(column);
    if (known === undefined || column === 'endpoints') return this.#cell(column, cells, paint);
    const text = cells[column as keyof Cells];
    let cell = known.get(text);
    if (cell === undefined) {
      cell = this.#cell(column, cells, paint);
      known.set(text, cell);
    }
    return cell;
  }

  /** Rows come in the order of time: many begin in one second. */
  #openedOrLast(cells: Cells): string {
    const last = this.#lastOpened;
    if (cells.time !== last.time || cells.date !== last.date || cells.mark !== last.mark) {
      this.#lastOpened = cells;
      this.#lastOpenedCell = this.#opened(cells);
    }
    return this.#lastOpenedCell;
  }

  #cell(column: TableColumn, cells: Cells, paint: Paint): string {
    const { widths } = this.#layout;
    switch (column) {
      case 'opened':
        return this.#opened(cells);
      case 'state':
        return padPainted(cells.state, widths.state, stateStyle(cells.state), paint);
      case 'because':
        return paint(cutBeforePercent(cells.because, widths.because), 'dim');
      case 'endpoints':
        return '';
      default:
        return padText(cells[column], widths[column], RIGHT.has(column) ? 'right' : 'left');
    }
  }

  #opened({ mark, date, time }: Cells): string {
    const { dayHeadings, widths } = this.#layout;
    const sign = this.#markWidth > 0 ? padText(mark, this.#markWidth + 1) : '';
    const dated = dayHeadings ? time : `${date === '' ? '' : `${date} `}${time}`;
    return padText(`${sign}${dated}`, widths.opened);
  }
}

/** Escape sequences have no width: the text is measured without them. */
const padPainted = (text: string, width: number, style: Style | undefined, paint: Paint): string =>
  paint(text, style) + ' '.repeat(Math.max(0, width - textWidth(text)));

/** The table of some connections as one text, uncoloured: for tests and documents. */
export const printTable = (connections: Iterable<Outline>, width: number, paint: Paint = plain): string => {
  const table = new ConnectionTable();
  for (const connection of connections) table.add(connection);
  return [...table.lines({ width, paint })].join('\n');
};
