/**
 * The table of connections: rows are collected, put in the order of their opening times and printed for a width and a
 * colour setting. It returns bytes, or lines, and writes nothing.
 */
import type { ConnectionState } from '../model/connection.ts';
import { explainLasted } from '../model/lasted.ts';
import type { NameOf } from '../model/name-of.ts';
import type { Outline } from '../model/outline.ts';
import { type Paint, plain, STATE_STYLES, type Style } from './colours.ts';
import { STATE_SIGNS } from './connection-cells.ts';
import { type End, endWidth, fitName, nameWidth, putEnd } from './format-endpoint.ts';
import { formatSize, sizeWidth } from './format-size.ts';
import { LineBytes } from './line-bytes.ts';
import {
  chooseLayout,
  GAP,
  type Layout,
  Measures,
  PAIRED_SENT_TITLE,
  type TableColumn,
  TITLES,
} from './table-layout.ts';
import { explainSigns, SIGNS, type Sign } from './table-notes.ts';
import { type Row, TableRows } from './table-rows.ts';
import { cutBeforePercent, padText, readableWidth, textWidth, wrapText } from './text-width.ts';

export interface TableLook {
  /** Columns of the terminal; Infinity where the text goes to a file. */
  readonly width: number;
  readonly paint: Paint;
  /** What addresses are called; absent where nobody said. */
  readonly names?: NameOf | undefined;
}

/** What a table is told at the start. */
export interface TableOptions {
  /** The title of a first column, where a command adds one. */
  readonly leadTitle?: string;
  /** What addresses are called. */
  readonly names?: NameOf | undefined;
}

const NOTHING = new Uint8Array();
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The lines that bytes hold, each without its end. */
const linesOf = (bytes: Uint8Array): string[] => decoder.decode(bytes).split('\n').slice(0, -1);

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

  constructor({ leadTitle, names }: TableOptions = {}) {
    const { state, lasted, sent, received, because } = TITLES;
    this.#leadTitle = leadTitle;
    this.#measures = new Measures({ state, lasted, sent, received, because, lead: leadTitle ?? '' });
    this.#rows = new TableRows(this.#measures, names);
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
    for (const piece of this.pieces(look)) if (piece !== undefined) yield* linesOf(piece);
  }

  /**
   * The same as bytes, whole lines of them, each piece to be used before the next is asked for; and undefined now and then:
   * a place to rest, as in model/in-steps.ts.
   */
  *pieces({ width, paint }: TableLook): Generator<Uint8Array | undefined> {
    if (this.#rows.size === 0) return;
    const layout = chooseLayout(this.#measures, width, this.#leadTitle !== undefined);
    const out = new LineBytes();
    for (const title of this.#header(layout, width)) out.putLine(paint(title, 'bold'));
    const printer = new RowPrinter(layout, { width, paint }, this.#measures.widest.mark, out);
    let day: string | undefined;
    for (const number of yield* this.#rows.inOrder()) {
      const row = this.#rows.at(number);
      if (layout.dayHeadings && row.date !== day) {
        day = row.date;
        out.putLine(paint(day === '' ? 'no time in the records' : `${day} UTC`, 'bold'));
      }
      printer.print(row);
      if (out.isFull) yield out.take();
    }
    for (const line of this.#footer(layout, width, paint)) out.putLine(line);
    yield out.take();
  }

  /** The titles, laid out as the rows are. */
  #header(layout: Layout, width: number): string[] {
    const { dayHeadings, paired } = layout;
    const out = new LineBytes();
    new RowPrinter(layout, { width, paint: plain }, this.#measures.widest.mark, out).print({
      ...TITLES,
      initiatorName: '',
      responderName: '',
      lead: this.#leadTitle ?? '',
      mark: '',
      date: '',
      time: dayHeadings ? TITLES.opened : `${TITLES.opened} (UTC)`,
      arrow: paired ? '→' : ' ',
      ...(paired ? { sent: PAIRED_SENT_TITLE, received: PAIRED_SENT_TITLE } : {}),
    });
    return linesOf(out.take());
  }

  *#footer(layout: Layout, width: number, paint: Paint): Generator<string> {
    const shown = new Set<Sign>(this.#rows.someStillOpen ? ['stillOpen'] : []);
    for (const { signs } of this.#rows.looks) for (const sign of signs) shown.add(sign);
    if (layout.dropped.includes('lasted')) shown.delete('stillOpen');
    if (layout.dropped.includes('state')) for (const sign of STATE_SIGNS) shown.delete(sign);
    const notes = explainSigns(shown);
    const lasted = layout.dropped.includes('lasted') ? '' : explainLasted(this.#rows.lasted);
    if (lasted !== '') notes.push(`   ${lasted}`);
    if (layout.dropped.length > 0) {
      const titles = layout.dropped.map((column) =>
        layout.paired && column === 'sent' ? PAIRED_SENT_TITLE : TITLES[column as keyof typeof TITLES],
      );
      notes.push(`   no room for ${titles.join(', ')}: widen the terminal, or see --format json`);
    }
    if (notes.length > 0) yield '';
    for (const note of notes) {
      const [first = '', ...rest] = wrapText(note.slice(3), readableWidth(width) - 3);
      yield paint(`${note.slice(0, 3)}${first}`, 'dim');
      for (const line of rest) yield paint(`   ${line}`, 'dim');
    }
  }
}

/** Columns whose texts repeat from row to row. */
type RepeatingColumn = 'lead' | 'arrow' | 'state' | 'lasted' | 'because';

/** Prints rows of one layout. */
class RowPrinter {
  readonly #layout: Layout;
  readonly #look: TableLook;
  readonly #markWidth: number;
  readonly #out: LineBytes;
  /** The columns before the endpoints, and behind them. */
  readonly #head: readonly TableColumn[];
  readonly #tail: readonly TableColumn[];
  /** Columns of the terminal before the endpoints, and up to what stands behind them. */
  readonly #indent: number;
  readonly #tailIndent: number;
  /** By column, what was made of its texts. */
  readonly #known: Readonly<Record<RepeatingColumn, Map<string, Uint8Array>>> = {
    lead: new Map(),
    arrow: new Map(),
    state: new Map(),
    lasted: new Map(),
    because: new Map(),
  };
  /** Rows come in the order of time: many begin in one second. */
  #lastOpened: Pick<Row, 'mark' | 'date' | 'time'> | undefined;
  #lastOpenedCell = NOTHING;

  constructor(layout: Layout, look: TableLook, markWidth: number, out: LineBytes) {
    const at = layout.columns.indexOf('endpoints');
    this.#layout = layout;
    this.#look = look;
    this.#markWidth = markWidth;
    this.#out = out;
    this.#head = layout.columns.slice(0, at);
    this.#tail = layout.columns.slice(at + 1);
    this.#indent = this.#head.reduce((sum, column) => sum + layout.widths[column] + GAP, 0);
    this.#tailIndent = this.#indent + layout.widths.endpoints + GAP;
  }

  print(row: Row): void {
    const { paired, initiatorWidth, responderWidth } = this.#layout;
    const out = this.#out;
    const left = endWidth(row.initiator);
    const right = endWidth(row.responder);
    for (const column of this.#head) {
      this.#putCell(column, row);
      out.putBlanks(GAP);
    }
    if (left > initiatorWidth || right > responderWidth) {
      this.#overrun(row, Math.max(left, right));
      return;
    }
    this.#putNamed(row.initiator, row.initiatorName, left, initiatorWidth);
    if (paired) {
      this.#putTail(row);
      out.endLine();
      out.putBlanks(this.#indent - GAP);
    } else out.putBlanks(1);
    this.#putRepeating('arrow', row.arrow);
    out.putBlanks(1);
    this.#putNamed(row.responder, row.responderName, right, responderWidth);
    if (paired) this.#putSecondTail(row);
    else this.#putTail(row);
    out.endLine();
  }

  /** An end and as much of its name as has room, up to a width. */
  #putNamed(end: End, name: string, taken: number, width: number): void {
    const out = this.#out;
    putEnd(end, out);
    const beside = name === '' ? '' : fitName(name, width - taken);
    if (beside !== '') out.putText(beside);
    out.putBlanks(width - taken - (beside === '' ? 0 : textWidth(beside)));
  }

  /** Behind the first cells: addresses longer than their column have lines of their own, the rest of the row stands below them. */
  #overrun(row: Row, widest: number): void {
    const out = this.#out;
    const indent = Math.max(GAP, Math.min(this.#indent, this.#look.width - widest));
    if (indent < this.#indent) {
      out.endLine();
      out.putBlanks(indent);
    }
    const room = this.#look.width - indent;
    this.#putNamedAlone(row.initiator, row.initiatorName, room);
    out.putBlanks(indent - GAP);
    this.#putRepeating('arrow', row.arrow);
    out.putBlanks(1);
    this.#putNamedAlone(row.responder, row.responderName, room);
    out.putBlanks(this.#tailIndent - GAP);
    this.#putTail(row);
    out.endLineUnlessBlank();
    if (!this.#layout.paired) return;
    out.putBlanks(this.#tailIndent - GAP);
    this.#putSecondTail(row);
    out.endLineUnlessBlank();
  }

  /** An end and as much of its name as has room, up to the end of the line. */
  #putNamedAlone(end: End, name: string, room: number): void {
    const taken = endWidth(end);
    this.#putNamed(end, name, taken, Math.min(room, taken + nameWidth(name)));
    this.#out.endLine();
  }

  /** What stands behind the endpoints, or behind the initiator. */
  #putTail(row: Row): void {
    for (const column of this.#tail) {
      this.#out.putBlanks(GAP);
      this.#putCell(column, row);
    }
  }

  /** What stands behind the responder: the reason below state and duration, and what it sent. */
  #putSecondTail(row: Row): void {
    const { columns, widths } = this.#layout;
    this.#out.putBlanks(GAP);
    this.#putRepeating('because', row.because);
    if (!columns.includes('sent')) return;
    this.#out.putBlanks(GAP);
    this.#putSize(row.received, widths.sent);
  }

  #putCell(column: TableColumn, row: Row): void {
    switch (column) {
      case 'opened':
        this.#putOpened(row);
        return;
      case 'sent':
      case 'received':
        this.#putSize(row[column], this.#layout.widths[column]);
        return;
      case 'endpoints':
        return;
      default:
        this.#putRepeating(column, row[column]);
    }
  }

  #putSize(size: Row['sent'], width: number): void {
    const isTitle = typeof size === 'string';
    const text = isTitle ? size : formatSize(size);
    this.#out.putBlanks(width - (isTitle ? textWidth(size) : sizeWidth(size)));
    this.#out.putText(text);
  }

  /** What few texts stand in is made once for each. */
  #putRepeating(column: RepeatingColumn, text: string): void {
    const known = this.#known[column];
    let cell = known.get(text);
    if (cell === undefined) {
      cell = encoder.encode(this.#cell(column, text));
      known.set(text, cell);
    }
    this.#out.putBytes(cell);
  }

  #cell(column: RepeatingColumn, text: string): string {
    const { widths } = this.#layout;
    const { paint } = this.#look;
    switch (column) {
      case 'arrow':
        return paint(text, arrowStyle(text));
      case 'state':
        return padPainted(text, widths.state, stateStyle(text), paint);
      case 'because':
        return padPainted(cutBeforePercent(text, widths.because), widths.because, 'dim', paint);
      default:
        return padText(text, widths[column], column === 'lasted' ? 'right' : 'left');
    }
  }

  #putOpened(row: Row): void {
    const last = this.#lastOpened;
    if (last === undefined || row.time !== last.time || row.date !== last.date || row.mark !== last.mark) {
      this.#lastOpened = row;
      this.#lastOpenedCell = encoder.encode(this.#opened(row));
    }
    this.#out.putBytes(this.#lastOpenedCell);
  }

  #opened({ mark, date, time }: Row): string {
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
