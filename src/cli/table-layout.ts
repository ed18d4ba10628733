/**
 * Which columns fit into a terminal and how wide each is. When room is short it gives up, in this order: the
 * date in every row, the tail of `because`, `because`, the sizes, `lasted`; before a column falls, long
 * (IPv6) rows go on two lines. An address is never broken: rather than that a line grows too long.
 */
import { CELLS, type CellName, type Cells } from './connection-cells.ts';
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

/** Between two columns. */
export const GAP = 2;
/** ` → ` */
const ARROW_WIDTH = 3;
/** `→ ` before the second line of a stacked row. */
const STACKED_ARROW_WIDTH = 2;
/** `255.255.255.255:65535`: whatever is longer may go on two lines. */
const LONGEST_IPV4 = 21;
/** Less of a reason than this is no reason. */
const LEAST_BECAUSE = 15;
const DATE_WIDTH = 11;

/** The widths that rows need, gathered row by row. */
export class Measures {
  readonly widest: Record<CellName, number>;
  /** Endpoints of rows that fit on one line wherever the table does. */
  shortInitiator = 0;
  shortResponder = 0;
  /** Endpoints of the others. */
  longInitiator = 0;
  longResponder = 0;

  constructor(titles: Readonly<Partial<Record<CellName, string>>>) {
    this.widest = {
      lead: 0,
      mark: 0,
      date: 0,
      time: 0,
      initiator: 0,
      arrow: 1,
      responder: 0,
      state: 0,
      lasted: 0,
      sent: 0,
      received: 0,
      because: 0,
    };
    for (const [cell, title] of Object.entries(titles)) this.widest[cell as CellName] = textWidth(title);
  }

  add(cells: Cells): void {
    for (const cell of CELLS) this.#widen(cell, textWidth(cells[cell]));
    const [initiator, responder] = [textWidth(cells.initiator), textWidth(cells.responder)];
    if (initiator <= LONGEST_IPV4 && responder <= LONGEST_IPV4) {
      this.shortInitiator = Math.max(this.shortInitiator, initiator);
      this.shortResponder = Math.max(this.shortResponder, responder);
    } else {
      this.longInitiator = Math.max(this.longInitiator, initiator);
      this.longResponder = Math.max(this.longResponder, responder);
    }
  }

  #widen(cell: CellName, width: number): void {
    if (width > this.widest[cell]) this.widest[cell] = width;
  }
}

/** Which rows have their responder on a second line. */
export type Stacking = 'none' | 'long' | 'all';

export interface Layout {
  readonly columns: readonly TableColumn[];
  /** The date stands in a line of its own above its rows. */
  readonly dayHeadings: boolean;
  readonly stacking: Stacking;
  readonly widths: Readonly<Record<TableColumn, number>>;
  readonly initiatorWidth: number;
  readonly responderWidth: number;
  /** Columns that found no room. */
  readonly dropped: readonly TableColumn[];
}

/** Whether a row goes on two lines. */
export const isStacked = (stacking: Stacking, cells: Pick<Cells, 'initiator' | 'responder'>): boolean =>
  stacking === 'all' ||
  (stacking === 'long' &&
    (textWidth(cells.initiator) > LONGEST_IPV4 || textWidth(cells.responder) > LONGEST_IPV4));

const endpointWidths = (
  measures: Measures,
  stacking: Stacking,
): { region: number; initiator: number; responder: number } => {
  const [initiatorTitle, responderTitle] = [TITLES.initiator.length, TITLES.responder.length];
  if (stacking === 'none') {
    const initiator = Math.max(initiatorTitle, measures.shortInitiator, measures.longInitiator);
    const responder = Math.max(responderTitle, measures.shortResponder, measures.longResponder);
    return { region: initiator + ARROW_WIDTH + responder, initiator, responder };
  }
  if (stacking === 'all') {
    const initiator = Math.max(initiatorTitle, measures.shortInitiator, measures.longInitiator);
    const responder =
      Math.max(responderTitle, measures.shortResponder, measures.longResponder) + STACKED_ARROW_WIDTH;
    return { region: Math.max(initiator, responder), initiator, responder };
  }
  const initiator = Math.max(initiatorTitle, measures.shortInitiator);
  const responder = Math.max(responderTitle, measures.shortResponder);
  const region = Math.max(
    initiator + ARROW_WIDTH + responder,
    measures.longInitiator,
    measures.longResponder + STACKED_ARROW_WIDTH,
  );
  return { region, initiator, responder };
};

interface Attempt {
  readonly drop: readonly TableColumn[];
  readonly dayHeadings: boolean;
  readonly cutBecause: boolean;
  readonly stacking: Stacking;
}

const SIZES: readonly TableColumn[] = ['sent', 'received'];
const DROPS: readonly (readonly TableColumn[])[] = [
  [],
  ['because'],
  ['because', ...SIZES],
  ['because', ...SIZES, 'lasted'],
];
/** Where who opened it is the question, the reason stays to the end. */
const DROPS_BECAUSE_LAST: readonly (readonly TableColumn[])[] = [
  [],
  SIZES,
  [...SIZES, 'lasted'],
  [...SIZES, 'lasted', 'because'],
];

function* attempts(becauseLast: boolean): Generator<Attempt> {
  for (const drop of becauseLast ? DROPS_BECAUSE_LAST : DROPS) {
    for (const stacking of ['none', 'long'] as const) {
      if (drop.length === 0) yield { drop, dayHeadings: false, cutBecause: false, stacking };
      yield { drop, dayHeadings: true, cutBecause: false, stacking };
      if (!drop.includes('because')) yield { drop, dayHeadings: true, cutBecause: true, stacking };
    }
  }
  yield { drop: ['because', ...SIZES, 'lasted'], dayHeadings: true, cutBecause: true, stacking: 'all' };
}

const totalWidth = (columns: readonly TableColumn[], widths: Readonly<Record<TableColumn, number>>): number =>
  columns.reduce((sum, column) => sum + widths[column], 0) + GAP * (columns.length - 1);

const layOut = (measures: Measures, attempt: Attempt, room: number): Layout => {
  const { widest } = measures;
  const endpoints = endpointWidths(measures, attempt.stacking);
  const columns = COLUMN_NAMES.filter(
    (name) => !attempt.drop.includes(name) && (name !== 'lead' || widest.lead > 0),
  );
  const mark = widest.mark > 0 ? widest.mark + 1 : 0;
  const date = attempt.dayHeadings || widest.date === 0 ? 0 : DATE_WIDTH;
  const widths = {
    lead: widest.lead,
    opened: Math.max(mark + date + widest.time, TITLES.opened.length),
    endpoints: endpoints.region,
    state: widest.state,
    lasted: widest.lasted,
    sent: widest.sent,
    received: widest.received,
    because: widest.because,
  };
  if (attempt.cutBecause && columns.includes('because')) {
    const others = totalWidth(columns, widths) - widths.because;
    widths.because = Math.min(widths.because, Math.max(LEAST_BECAUSE, room - others));
  }
  return {
    columns,
    dayHeadings: attempt.dayHeadings && widest.date > 0,
    stacking: attempt.stacking,
    widths,
    initiatorWidth: endpoints.initiator,
    responderWidth: endpoints.responder,
    dropped: attempt.drop,
  };
};

/**
 * The richest layout that fits.
 * @param room columns of the terminal; Infinity where there is none
 * @param becauseLast keep `because` longer than sizes and `lasted`
 */
export const chooseLayout = (measures: Measures, room: number, becauseLast = false): Layout => {
  let layout: Layout | undefined;
  for (const attempt of attempts(becauseLast)) {
    layout = layOut(measures, attempt, room);
    if (totalWidth(layout.columns, layout.widths) <= room) return layout;
  }
  return layout as Layout;
};
