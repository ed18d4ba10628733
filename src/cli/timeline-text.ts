/**
 * A timeline in a terminal: a line a connection, its bar beside its name. Lines out, nothing printed; a name that finds
 * no room beside the bars stands above its own, uncut.
 */
import { max, min } from 'd3-array';
import { scaleUtc } from 'd3-scale';
import { explainLasted, spellLasted } from '../model/lasted.ts';
import { hasRst } from '../model/tcp-flags.ts';
import type { Family } from '../timeline/families.ts';
import { nameOfLane, stateWord } from '../timeline/lane-words.ts';
import { describeLeftOut, type Lane, type Lanes } from '../timeline/lanes.ts';
import type { Style } from './colours.ts';
import { formatSpan } from './format-moment.ts';
import { formatSize } from './format-size.ts';
import type { TableLook } from './table.ts';
import { padText, readableWidth, textWidth, wrapText } from './text-width.ts';

/** The signs of a bar and what they mean, in the order of the legend. */
const BAR_SIGNS = {
  surely: { sign: '█', says: 'surely open' },
  possibly: { sign: '▒', says: 'possibly' },
  failed: { sign: '░', says: 'led to nothing' },
  silent: { sign: '─', says: 'nothing logged' },
  opened: { sign: '[', says: 'opening' },
  closed: { sign: ']', says: 'close' },
  reset: { sign: '×', says: 'RST' },
  goesOn: { sign: '>', says: 'no close seen' },
  brief: { sign: '•', says: 'all of it within one column' },
} as const;
type BarSign = keyof typeof BAR_SIGNS;

const STYLES: Readonly<Record<Family, Style | undefined>> = {
  whole: 'cyan',
  failed: 'yellow',
  reset: 'magenta',
  partial: 'blue',
  exchange: undefined,
};

const LEAST_BAR = 24;
const WIDEST_BAR = 120;
const GAP = '  ';
const LEAST_SPAN = 60;

/** Columns of time: the second at which a column begins. */
interface Columns {
  readonly from: number;
  readonly seconds: number;
  readonly count: number;
}

const columnOf = ({ from, seconds, count }: Columns, time: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor((time - from) / seconds)));

const endSign = ({ connection: c }: Lane): BarSign | null => {
  if (c.endsOpen === true) return 'goesOn';
  if (c.closedAt === null) return null;
  return hasRst((c.initiator.flags ?? 0) | (c.responder.flags ?? 0)) ? 'reset' : 'closed';
};

/** The signs of one bar from its first column on. */
const signsOf = (lane: Lane, columns: Columns): BarSign[] => {
  const { connection: c, surely, family } = lane;
  const first = columnOf(columns, lane.from);
  const last = columnOf(columns, lane.to);
  if (first === last) return [family === 'failed' ? 'failed' : 'brief'];
  const logged = new Set<number>();
  for (const { start, end } of c.windowDetails ?? [])
    if (start !== null && end !== null)
      for (let i = columnOf(columns, start); i <= columnOf(columns, end); i++) logged.add(i);
  const signs: BarSign[] = [];
  for (let i = first; i <= last; i++) {
    const begins = columns.from + i * columns.seconds;
    const isSure = surely !== null && begins >= surely.from && begins + columns.seconds <= surely.to;
    const isLogged = c.windowDetails === undefined || logged.has(i);
    signs.push(!isLogged ? 'silent' : family === 'failed' ? 'failed' : isSure ? 'surely' : 'possibly');
  }
  if (c.openedAt !== null && family !== 'failed') signs[0] = 'opened';
  const end = endSign(lane);
  if (end !== null && family !== 'failed') signs[signs.length - 1] = end;
  return signs;
};

const axisLine = ({ from, seconds, count }: Columns): string => {
  const scale = scaleUtc()
    .domain([from * 1000, (from + seconds * count) * 1000])
    .range([0, count]);
  const ticks = scale.ticks(Math.max(2, Math.floor(count / 14)));
  const step = (ticks[1]?.getTime() ?? 0) - (ticks[0]?.getTime() ?? 0);
  let line = '';
  for (const tick of ticks) {
    const iso = tick.toISOString();
    const day = tick.getTime() % 86_400_000 === 0;
    const label = day ? iso.slice(0, 10) : step >= 60_000 ? iso.slice(11, 16) : iso.slice(11, 19);
    const at = Math.round(scale(tick));
    if (at < line.length + (line === '' ? 0 : 1) || at + label.length + 1 > count) continue;
    line = `${line.padEnd(at)}╷${label}`;
  }
  return line;
};

/** What stands between names and bars where there is room. */
const factsOf = ({ connection: c }: Lane): readonly [string, string, string] => [
  `${stateWord(c)}${c.hasGap ? ' †' : ''}`,
  spellLasted(c),
  c.initiator.bytes === null && c.responder.bytes === null
    ? ''
    : formatSize((c.initiator.bytes ?? 0) + (c.responder.bytes ?? 0)),
];

const WITH_FACTS = 110;

/** The timeline's lines: span, axis, lanes, what the signs mean, what was left out. */
export function* timelineLines(
  lanes: Lanes,
  { width: given, paint, names: named }: TableLook,
): Generator<string> {
  const width = Number.isFinite(given) ? readableWidth(given) : 120;
  const notes = describeLeftOut(lanes);
  const held = lanes.lanes;
  if (held.length === 0) {
    yield 'No connection has a place in time.';
    yield* notes;
    return;
  }
  const from = min(held, (lane) => lane.from) as number;
  const to = max(held, (lane) => lane.to) as number;
  const facts = width >= WITH_FACTS ? held.map(factsOf) : [];
  const factWidths = [0, 1, 2].map((i) => max(facts, (row) => textWidth(row[i] as string)) ?? 0);
  const factsWidth = facts.length === 0 ? 0 : factWidths.reduce((sum, each) => sum + each + GAP.length, 0);
  const names = held.map((lane) => nameOfLane(lane.connection, named));
  const roomForNames = width - LEAST_BAR - GAP.length - factsWidth;
  const nameWidth = max(names.map(textWidth).filter((each) => each <= roomForNames)) ?? 0;
  const indent = nameWidth + factsWidth + GAP.length;
  const count = Math.max(10, Math.min(WIDEST_BAR, width - indent));
  const columns: Columns = { from, seconds: Math.max(to - from + 1, LEAST_SPAN) / count, count };
  yield paint(formatSpan(from, to), 'bold');
  yield paint(`${' '.repeat(indent)}${axisLine(columns)}`, 'dim');
  const used = new Set<BarSign>();
  for (const [i, lane] of held.entries()) {
    const name = names[i] as string;
    const signs = signsOf(lane, columns);
    for (const sign of signs) used.add(sign);
    const bar = `${' '.repeat(columnOf(columns, lane.from))}${paint(
      signs.map((sign) => BAR_SIGNS[sign].sign).join(''),
      STYLES[lane.family],
    )}`;
    const fits = textWidth(name) <= nameWidth;
    if (!fits) yield name;
    const row = facts[i];
    const about =
      row === undefined
        ? ''
        : row
            .map((text, j) => `${GAP}${padText(text, factWidths[j] as number, j === 0 ? 'left' : 'right')}`)
            .join('');
    yield `${padText(fits ? name : '', nameWidth)}${paint(about, 'dim')}${GAP}${bar}`;
  }
  const legend = (Object.keys(BAR_SIGNS) as BarSign[])
    .filter((sign) => used.has(sign))
    .map((sign) => `${BAR_SIGNS[sign].sign}\u00a0${BAR_SIGNS[sign].says.replaceAll(' ', '\u00a0')}`);
  if (facts.length > 0 && held.some(({ connection }) => connection.hasGap))
    legend.push('†\u00a0AWS\u00a0lost\u00a0records');
  yield '';
  for (const line of wrapText(legend.join('  '), width)) yield paint(line, 'dim');
  const lasted = explainLasted(facts.map(([, text]) => text));
  if (lasted !== '') for (const line of wrapText(lasted, width)) yield paint(line, 'dim');
  for (const note of notes) yield* wrapText(note, width);
}
