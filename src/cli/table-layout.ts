/**
 * Which form the table takes in a terminal and how wide its columns are. Where a row finds no room on one line, it
 * goes on two: the initiator above with what it sent, the responder below with what that sent. Columns fall only
 * where even that is too wide. An address is never cut: one that is longer than its column runs over it. A name beside it is: it
 * takes the room that is left.
 */
import type { CellName } from './connection-cells.ts';
import { textWidth } from './text-width.ts';

export const COLUMN_NAMES = [
  'lead',
  'opened',
  'endpoints',
  'state',
  'lasted',
  'sent',
  'received',
  'because',
] as const;
export type TableColumn = (typeof COLUMN_NAMES)[number];

/** Titles; that of `endpoints` is made of two. */
export const TITLES = {
  lead: 'opened by',
  opened: 'opened',
  initiator: 'initiator',
  responder: 'responder',
  state: 'state',
  lasted: 'lasted',
  sent: 'sent →',
  received: '← sent',
  because: 'because',
} as const;
/** On two lines each end has its own: no arrow is needed. */
export const PAIRED_SENT_TITLE = 'sent';

/** Between two columns; on a second line the arrow stands in it. */
export const GAP = 2;
/** ` → ` */
const ARROW_WIDTH = 3;
/** `255.255.255.255:65535`: whatever is longer may run over its column. */
const LONGEST_IPV4 = 21;
/** Less of a reason than this is no reason. */
const LEAST_BECAUSE = 20;
const LEAST_BECAUSE_BELOW = 16;
/** So much of a name, with its brackets, is worth more than reasons. */
const SHORT_NAME = 15;
const DATE_WIDTH = 11;
/** One-line tables may have at most every so-manieth row on several lines. */
const FEW = 4;

/** How wide an end is: its address and port, and the name beside it. */
export interface EndWidth {
  readonly address: number;
  /** With blank and brackets; 0 without a name. */
  readonly name: number;
}

/** The widths that rows need, gathered row by row. */
export class Measures {
  readonly widest: Record<CellName, number>;
  /** Endpoints of rows that a table always has room for. */
  shortInitiator = 0;
  shortResponder = 0;
  /** Ends with their names, of all rows and of those that a table always has room for. */
  readonly named = { initiator: 0, responder: 0, shortInitiator: 0, shortResponder: 0 };
  /** Widths that the wider end of a row has. */
  readonly endWidths = new Set<number>();
  #rows = 0;
  #longRows = 0;

  constructor(titles: Readonly<Partial<Record<CellName, string>>>) {
    this.widest = {
      lead: 0,
      mark: 0,
      date: 0,
      time: 0,
      initiator: textWidth(TITLES.initiator),
      arrow: 1,
      responder: textWidth(TITLES.responder),
      state: 0,
      lasted: 0,
      sent: 0,
      received: 0,
      because: 0,
    };
    for (const [cell, title] of Object.entries(titles)) this.widest[cell as CellName] = textWidth(title);
    this.shortInitiator = this.widest.initiator;
    this.shortResponder = this.widest.responder;
  }

  /** Notes how wide a cell of a row is. */
  widen(cell: CellName, width: number): void {
    if (width > this.widest[cell]) this.widest[cell] = width;
  }

  /** Notes how wide the ends of a row are. */
  addEnds({ address: initiator, name: left }: EndWidth, { address: responder, name: right }: EndWidth): void {
    this.widen('initiator', initiator);
    this.widen('responder', responder);
    this.endWidths.add(Math.max(initiator, responder));
    const { named } = this;
    if (left > 0) named.initiator = Math.max(named.initiator, initiator + left);
    if (right > 0) named.responder = Math.max(named.responder, responder + right);
    this.#rows++;
    if (initiator <= LONGEST_IPV4 && responder <= LONGEST_IPV4) {
      this.shortInitiator = Math.max(this.shortInitiator, initiator);
      this.shortResponder = Math.max(this.shortResponder, responder);
      if (left > 0) named.shortInitiator = Math.max(named.shortInitiator, initiator + left);
      if (right > 0) named.shortResponder = Math.max(named.shortResponder, responder + right);
    } else this.#longRows++;
  }

  /** Whether there are names at all. */
  get hasNames(): boolean {
    return this.named.initiator + this.named.responder > 0;
  }

  /** Whether rows with long addresses are exceptions. */
  get longAreFew(): boolean {
    return this.#longRows * FEW <= this.#rows;
  }
}

export interface Layout {
  /** Rows go on two lines: each end on its own. */
  readonly paired: boolean;
  /** Columns of a row's first line. */
  readonly columns: readonly TableColumn[];
  /** The date stands in a line of its own above its rows. */
  readonly dayHeadings: boolean;
  readonly widths: Readonly<Record<TableColumn, number>>;
  /** Of `endpoints`, what each end has: all of it where rows are paired. */
  readonly initiatorWidth: number;
  readonly responderWidth: number;
  /** Columns that found no room. */
  readonly dropped: readonly TableColumn[];
}

interface Attempt {
  readonly paired: boolean;
  readonly drop: readonly TableColumn[];
  readonly dayHeadings: boolean;
  /** Long addresses may run over their column. */
  readonly overrun: boolean;
  /** Columns that a name may have beside its address. */
  readonly longestName: number;
  readonly leastBecause: number;
}

function* attempts(
  mayDropBecause: boolean,
  { longAreFew, hasNames }: Measures,
  longestName: number,
): Generator<Attempt> {
  const oneLine = { paired: false, drop: [], dayHeadings: true, overrun: false, longestName };
  yield { ...oneLine, dayHeadings: false, leastBecause: Number.POSITIVE_INFINITY };
  yield { ...oneLine, leastBecause: Number.POSITIVE_INFINITY };
  const overruns = longAreFew ? [false, true] : [false];
  const names = hasNames ? [longestName, Math.min(longestName, SHORT_NAME)] : [longestName];
  for (const overrun of overruns)
    for (const longest of names)
      yield { ...oneLine, overrun, longestName: longest, leastBecause: LEAST_BECAUSE };
  if (mayDropBecause) {
    for (const overrun of overruns)
      for (const longest of names)
        yield { ...oneLine, drop: ['because'], overrun, longestName: longest, leastBecause: 0 };
  }
  const paired = {
    paired: true,
    dayHeadings: true,
    overrun: true,
    longestName,
    leastBecause: LEAST_BECAUSE_BELOW,
  };
  yield { ...paired, drop: [] };
  yield { ...paired, drop: ['sent'] };
  yield { ...paired, drop: ['lasted'] };
  yield { ...paired, drop: ['lasted', 'sent'], leastBecause: 0 };
  yield { ...paired, drop: ['state', 'lasted', 'sent'], leastBecause: 0 };
}

/** What these columns take with the gaps between them. */
const totalWidth = (columns: readonly TableColumn[], widths: Readonly<Record<TableColumn, number>>): number =>
  columns.reduce((sum, column) => sum + widths[column], 0) + GAP * (columns.length - 1);

/** The widest that rows need and that has room; at least what short addresses need. */
const pairedEnds = (measures: Measures, room: number): number => {
  const least = Math.max(measures.shortInitiator, measures.shortResponder);
  return Math.max(least, ...[...measures.endWidths].filter((width) => width <= room));
};

/** The width of an end with as much of the name as it may have. */
const withName = (address: number, named: number, longestName: number): number =>
  Math.max(address, Math.min(named, address + longestName));

/** Of two lines a row: what names may take where reasons find room behind the responder. */
const roomForNames = (
  { widest }: Measures,
  columns: readonly TableColumn[],
  widths: Readonly<Record<TableColumn, number>>,
  left: number,
): number => {
  const behind = columns
    .slice(columns.indexOf('endpoints') + 1)
    .reduce((sum, column) => sum + GAP + widths[column], 0);
  const reason = GAP + Math.min(widest.because, LEAST_BECAUSE_BELOW);
  return left - Math.max(0, reason - behind);
};

const columnsOf = ({ paired, drop }: Attempt, hasLead: boolean): TableColumn[] =>
  COLUMN_NAMES.filter(
    (name) =>
      !drop.includes(name) &&
      (name !== 'lead' || hasLead) &&
      !(paired && (name === 'received' || name === 'because')),
  );

const layOut = (measures: Measures, attempt: Attempt, room: number): Layout | null => {
  const { widest } = measures;
  const { paired, dayHeadings, overrun, leastBecause, longestName } = attempt;
  const columns = columnsOf(attempt, widest.lead > 0);
  const mark = widest.mark > 0 ? widest.mark + 1 : 0;
  const date = dayHeadings || widest.date === 0 ? 0 : DATE_WIDTH;
  const widths = {
    lead: widest.lead,
    opened: Math.max(mark + date + widest.time, mark + TITLES.opened.length),
    endpoints: 0,
    state: widest.state,
    lasted: widest.lasted,
    sent: paired ? Math.max(widest.sent, widest.received) : widest.sent,
    received: widest.received,
    because: 0,
  };
  const left = room - totalWidth(columns, widths);
  let initiatorWidth: number;
  let responderWidth: number;
  if (paired) {
    const { named } = measures;
    const roomForEnds = roomForNames(measures, columns, widths, left);
    const ends = pairedEnds(measures, left);
    const wanted = withName(ends, Math.max(named.initiator, named.responder), longestName);
    widths.endpoints = Math.max(ends, Math.min(wanted, roomForEnds));
    initiatorWidth = responderWidth = widths.endpoints;
    if (widths.endpoints > left) return null;
    if (columns.includes('sent')) {
      // Reasons stand below state and duration; spare room goes to them.
      const above = columns.includes('lasted') ? 'lasted' : 'state';
      const reason = widths.state + (above === 'lasted' ? GAP + widths.lasted : 0);
      widths[above] += Math.max(0, Math.min(left - widths.endpoints, widest.because - reason));
      widths.because = widths.state + (above === 'lasted' ? GAP + widths.lasted : 0);
    } else {
      const before = columns.slice(0, columns.indexOf('endpoints') + 1);
      widths.because = Math.min(widest.because, room - totalWidth(before, widths) - GAP);
    }
    if (widths.because < Math.min(widest.because, leastBecause)) return null;
  } else {
    const { named, shortInitiator, shortResponder } = measures;
    initiatorWidth = overrun
      ? withName(shortInitiator, named.shortInitiator, longestName)
      : withName(widest.initiator, named.initiator, longestName);
    responderWidth = overrun
      ? withName(shortResponder, named.shortResponder, longestName)
      : withName(widest.responder, named.responder, longestName);
    widths.endpoints = initiatorWidth + ARROW_WIDTH + responderWidth;
    widths.because = columns.includes('because') ? Math.min(widest.because, left - widths.endpoints) : 0;
    if (widths.endpoints > left || widths.because < Math.min(widest.because, leastBecause)) return null;
  }
  return {
    paired,
    columns,
    dayHeadings: dayHeadings && widest.date > 0,
    widths,
    initiatorWidth,
    responderWidth,
    dropped: attempt.drop,
  };
};

/** Where there is hardly room for anything. */
const NARROWEST = 48;

/**
 * The richest layout that fits.
 * @param room columns of the terminal; Infinity where there is none
 * @param keepBecause rather two lines a row than no reasons
 * @param longestName columns that names may have beside addresses
 */
export const chooseLayout = (
  measures: Measures,
  room: number,
  keepBecause = false,
  longestName = Number.POSITIVE_INFINITY,
): Layout => {
  for (const attempt of attempts(!keepBecause, measures, longestName)) {
    const layout = layOut(measures, attempt, room);
    if (layout !== null) return layout;
  }
  // Lines are wider than the terminal as it is.
  return chooseLayout(measures, Math.max(room * 2, NARROWEST), keepBecause, 0);
};
