/**
 * What was open then, as text: a sentence a moment, a table of what was open, and bars over time. Lines out,
 * nothing printed; whatever comes from a log has its controls spelt out.
 */
import { max } from 'd3-array';
import type { ConnectionState } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { spellBounds } from '../model/lasted.ts';
import type { NameOf } from '../model/name-of.ts';
import { spellDuration } from '../model/spell-values.ts';
import { describeNotOpened } from '../model/upshots.ts';
import type { OpenAt, OpenBecause, OpenConnection } from '../timeline/at.ts';
import type { OpenCount } from '../timeline/count-open.ts';
import type { Bounds } from '../timeline/progress.ts';
import { type Paint, STATE_STYLES, type Style } from './colours.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { fitName, formatEndpoint } from './format-endpoint.ts';
import { formatMoment, splitMoment } from './format-moment.ts';
import { formatSize, UNKNOWN } from './format-size.ts';
import type { TableLook } from './table.ts';
import { padText, readableWidth, textWidth, wrapText } from './text-width.ts';

/** What the records cover, or null without times. */
export interface Covered {
  readonly first: number | null;
  readonly last: number | null;
}

const coverage = (time: number, { first, last }: Covered): string => {
  if (first === null || last === null) return '';
  if (time < first) return ` The records begin later, at ${formatMoment(first)} UTC.`;
  return time > last ? ` The records end before, at ${formatMoment(last)} UTC.` : '';
};

/** The sentence of a moment. */
export const describeMoment = (moment: OpenAt, covered: Covered): string => {
  const { time, surely, possibly, attemptsBy } = moment;
  const tried = describeNotOpened(attemptsBy)
    .map((part) => `; ${part}`)
    .join('');
  return `${formatMoment(time)} UTC: ${formatNumber(surely)} surely open, ${formatNumber(possibly)} possibly${tried}.${coverage(time, covered)}`;
};

/** The sentence about connections that no moment can be asked of; empty when there are none. */
export const describeTimeless = (timeless: number): string =>
  timeless === 0
    ? ''
    : `${formatCount(timeless, 'connection carries', 'connections carry')} no times: nothing tells when ${timeless === 1 ? 'it was' : 'they were'} open.`;

/** Why more is listed than is counted. */
const describeAlternatives = (alternatives: number): string =>
  `${formatCount(alternatives, 'connection', 'connections')} of this list ${alternatives === 1 ? 'is' : 'are'} not counted: another of the same ends and ports may have been open instead, and no two of them were open at once.`;

const WHY: Readonly<Record<OpenBecause, string>> = {
  proved: '',
  recorded: 'near its opening or end',
  silent: 'silent',
  unseen: 'before its first record',
};

const whyOf = ({ because, connection }: OpenConnection, time: number): string => {
  if (because === 'silent') return `no record for ${spellDuration(time - (connection.lastSeen ?? time))}`;
  if (because === 'unseen') return `first seen ${spellDuration((connection.firstSeen ?? time) - time)} later`;
  return WHY[because];
};

/** Bytes between two bounds as one cell: one number where they agree, a dash where nothing is known. */
const boundedSize = ({ least, most }: Bounds): string => {
  if (least === null) return UNKNOWN;
  if (most === null) return least === 0 ? UNKNOWN : `≥ ${formatSize(least)}`;
  if (least === most || formatSize(least) === formatSize(most)) return formatSize(most);
  return least === 0 ? `≤ ${formatSize(most)}` : `${formatSize(least)} to ${formatSize(most)}`;
};

/** The names of both ends, which take the room that is left. */
interface EndNames {
  readonly initiator: string;
  readonly responder: string;
}

interface Cells {
  readonly open: string;
  readonly age: string;
  readonly initiator: string;
  readonly responder: string;
  readonly state: string;
  readonly sent: string;
  readonly received: string;
  readonly why: string;
}

const TITLES: Cells = {
  open: 'open',
  age: 'age',
  initiator: 'initiator',
  responder: 'responder',
  state: 'state by then',
  sent: 'sent →',
  received: '← sent',
  why: 'possibly because',
};

const cellsOf = (row: OpenConnection, time: number): Cells => {
  const { connection, stateThen } = row;
  const { initiator, responder, state, protocol } = connection;
  return {
    open: row.open,
    age: spellBounds(row.age.least, row.age.most),
    initiator: formatEndpoint(initiator.address, initiator.port),
    responder: formatEndpoint(responder.address, responder.port),
    state: state === null ? `${escapeControls(protocol)} exchange` : (stateThen ?? UNKNOWN),
    sent: boundedSize(row.initiatorBytes),
    received: boundedSize(row.responderBytes),
    why: whyOf(row, time),
  };
};

const namesOf = ({ connection }: OpenConnection, names: NameOf | undefined): EndNames => ({
  initiator: escapeControls(names?.(connection.initiator.address) ?? ''),
  responder: escapeControls(names?.(connection.responder.address) ?? ''),
});

/** The cells with as much of the names as ends of so many columns have room for. */
const withNames = (cells: Cells, names: EndNames, room: number): Cells => {
  const end = (side: keyof EndNames): string =>
    cells[side] + fitName(names[side], room - textWidth(cells[side]));
  return { ...cells, initiator: end('initiator'), responder: end('responder') };
};

const styleOf = (name: keyof Cells, text: string): Style | undefined => {
  if (name === 'open') return text === 'surely' ? 'bold' : undefined;
  if (name === 'why') return 'dim';
  return name === 'state' ? STATE_STYLES[text as ConnectionState] : undefined;
};

const RIGHT: ReadonlySet<keyof Cells> = new Set(['age', 'sent', 'received']);
const GAP = '  ';

type Widths = Readonly<Record<keyof Cells, number>>;

const measure = (rows: readonly Cells[]): Record<keyof Cells, number> => {
  const widths = {} as Record<keyof Cells, number>;
  for (const name of Object.keys(TITLES) as (keyof Cells)[])
    widths[name] = Math.max(textWidth(TITLES[name]), max(rows, (row) => textWidth(row[name])) ?? 0);
  return widths;
};

const cell = (name: keyof Cells, row: Cells, widths: Widths, paint: Paint): string => {
  const text = padText(row[name], widths[name], RIGHT.has(name) ? 'right' : 'left');
  const style = row === TITLES ? 'bold' : styleOf(name, row[name]);
  return paint(text, style);
};

const lineOf = (names: readonly (keyof Cells)[], row: Cells, widths: Widths, paint: Paint): string =>
  names.map((name) => cell(name, row, widths, paint)).join(GAP);

const widthOf = (names: readonly (keyof Cells)[], widths: Widths): number =>
  names.reduce((sum, name) => sum + widths[name], GAP.length * (names.length - 1));

const ONE_LINE = ['open', 'age', 'initiator', 'responder', 'state', 'sent', 'received', 'why'] as const;
const ABOVE = ['open', 'initiator', 'state', 'sent'] as const;
const BELOW = ['responder', 'why', 'received'] as const;

/** A row on one line each, or on two where that is too wide: the initiator above, the responder below. */
const printRows = function* (
  bare: readonly Cells[],
  names: readonly EndNames[],
  { width, paint }: TableLook,
): Generator<string> {
  const named = (room: number): Cells[] =>
    bare.map((cells, i) => withNames(cells, names[i] as EndNames, room));
  const whole = named(Number.POSITIVE_INFINITY);
  const wholeWidths = measure(whole);
  const all = ONE_LINE.filter((name) => name !== 'why' || bare.some(({ why }) => why !== ''));
  if (widthOf(all, wholeWidths) <= width) {
    for (const row of [TITLES, ...whole]) yield lineOf(all, row, wholeWidths, paint).trimEnd();
    return;
  }
  const bareWidths = measure(bare);
  const others =
    Math.max(bareWidths.open, bareWidths.age) +
    1 +
    Math.max(bareWidths.state, bareWidths.why) +
    Math.max(bareWidths.sent, bareWidths.received) +
    3 * GAP.length;
  const rows = named(Math.max(0, width - others));
  const widths = measure(rows);
  const ends = Math.max(widths.initiator, widths.responder);
  const sizes = Math.max(widths.sent, widths.received);
  const states = Math.max(widths.state, widths.why);
  // One column more than it needs: the age below it must not touch the arrow.
  const first = Math.max(widths.open, widths.age) + 1;
  const paired: Widths = {
    ...widths,
    open: first,
    initiator: ends,
    responder: ends,
    state: states,
    why: states,
    sent: sizes,
    received: sizes,
  };
  for (const row of [TITLES, ...rows]) {
    const age = paint(padText(row.age, first), row === TITLES ? 'bold' : undefined);
    yield lineOf(ABOVE, row, paired, paint).trimEnd();
    // The arrow stands in the gap between two columns, as in the table of connections.
    yield `${age}→ ${lineOf(BELOW, row, paired, paint)}`.trimEnd();
  }
};

/** A moment: its sentence, then what was open. */
export function* momentLines(moment: OpenAt, covered: Covered, look: TableLook): Generator<string> {
  const sentence = wrapText(describeMoment(moment, covered), readableWidth(look.width));
  yield* sentence.map((line) => look.paint(line, 'bold'));
  const rows = moment.connections.map((row) => cellsOf(row, moment.time));
  if (rows.length === 0) return;
  yield '';
  yield* printRows(
    rows,
    moment.connections.map((row) => namesOf(row, look.names)),
    look,
  );
  if (moment.alternatives === 0) return;
  yield '';
  yield* wrapText(describeAlternatives(moment.alternatives), readableWidth(look.width));
}

const SURELY = '█';
const POSSIBLY = '░';
const WIDEST_BAR = 100;

/** The counts over time: a line a moment, a bar each. */
export function* countLines(counts: readonly OpenCount[], { width, paint }: TableLook): Generator<string> {
  if (counts.length === 0) {
    yield 'No moment lies within the records.';
    return;
  }
  const most = Math.max(1, max(counts, ({ surely, possibly }) => surely + possibly) ?? 0);
  const columns = (['surely', 'possibly', 'attempts'] as const).map((name) => ({
    name,
    width: Math.max(name.length, max(counts, (count) => formatNumber(count[name]).length) ?? 0),
  }));
  const before =
    'HH:MM:SS'.length + columns.reduce((sum, column) => sum + column.width + GAP.length, GAP.length);
  const room = Math.max(10, Math.min(WIDEST_BAR, width - before));
  const titles = columns.map((column) => padText(column.name, column.width, 'right')).join(GAP);
  yield paint(`${padText('time', 8)}${GAP}${titles}`, 'bold');
  let day: string | undefined;
  for (const count of counts) {
    const { date, time } = splitMoment(count.time);
    if (date !== day) {
      day = date;
      if (date !== '') yield paint(`${date} UTC`, 'bold');
    }
    const sure = Math.round((count.surely / most) * room);
    const both = Math.round(((count.surely + count.possibly) / most) * room);
    const numbers = columns
      .map((column) => padText(formatNumber(count[column.name]), column.width, 'right'))
      .join(GAP);
    const bar = `${paint(SURELY.repeat(sure), 'cyan')}${POSSIBLY.repeat(both - sure)}`;
    yield `${padText(time, 8)}${GAP}${numbers}${GAP}${bar}`.trimEnd();
  }
  yield '';
  yield paint(
    `${SURELY} surely open  ${POSSIBLY} possibly  attempts were not opened and are in no bar`,
    'dim',
  );
}
