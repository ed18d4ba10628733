/**
 * A timeline as a picture: a lane a connection with its windows, its opening, its close and its silences. The picture
 * stands alone, asks nothing of any network, holds no script, and is light or dark as its reader's system is.
 */
import { scaleUtc } from 'd3-scale';
import type { TopLimit } from '../model/check-top.ts';
import type { Connection } from '../model/connection.ts';
import { escapeMarkup } from '../model/escape.ts';
import { joinPieces } from '../model/join-pieces.ts';
import { explainLasted, sayLasted, spellLasted } from '../model/lasted.ts';
import { besideAddress, type NameOf } from '../model/name-of.ts';
import { spellEndpoint, spellMoment, spellSize } from '../model/spell-values.ts';
import { hasRst } from '../model/tcp-flags.ts';
import { FAMILIES, FAMILY_COLOURS, type Family } from './families.ts';
import {
  closeWord,
  cutName,
  isRejected,
  nameOfLane,
  openingWord,
  stateWord,
  windowWord,
} from './lane-words.ts';
import { describeLeftOut, type Lane, type Lanes, lanesOf } from './lanes.ts';

/** Lanes that a picture holds unless told otherwise: what one scrolls through. */
export const PICTURE_LANES = 300;

/** Of 20 pixels each. */
export const PICTURE_LIMIT: TopLimit = {
  most: 100_000,
  advice:
    'a picture of so many lanes would be more than two million pixels tall; leave some out with filters such as --since and --port, or take the trace (-o x.trace.json), which the Perfetto UI opens',
};

const WIDTH = 1280;
const MARGIN = 16;
const LANE = 20;
const HEAD = 64;
const NOTE_LINE = 18;
/** Of 11 px monospace, with the wider ones of common fonts. */
const CHARACTER = 6.75;
const LONGEST_END = 26;
/** With its blank and brackets. */
const LONGEST_NAME = 19;
/** Pixels for facts: as many as they need between the two. Names of protocols are as long as a log makes them. */
const LEAST_FACTS = 168;
const MOST_FACTS = 270;
const MIN_SPAN_SECONDS = 60;
/** More than a screen shows. */
const MANY_LANES = 30;
/** Height of a bar within a window, and between windows. */
const THICK = 12;
const THIN = 3;

const families = (look: 'light' | 'dark'): string =>
  Object.entries(FAMILY_COLOURS[look])
    .map(([family, colour]) => `--${family}: ${colour};`)
    .join(' ');

/** The style of the picture, which the page around it shares. */
export const PICTURE_STYLE = `
.timeline { --ground: #ffffff; --stripe: #f4f6f8; --ink: #15202b; --muted: #56636f; --line: #dbe1e7; ${families('light')} }
@media screen and (prefers-color-scheme: dark) { .timeline { --ground: #0d1218; --stripe: #151c24; --ink: #e4eaf0; --muted: #97a4b1; --line: #2a3440; ${families('dark')} } }
.timeline { font: 11px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
.timeline .ground { fill: var(--ground); }
.timeline .stripe { fill: var(--stripe); }
.timeline text { fill: var(--ink); }
.timeline .title { font: 600 16px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
.timeline .about, .timeline .facts, .timeline .tick text { fill: var(--muted); }
.timeline .about { font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
.timeline .tick line { stroke: var(--line); }
.timeline .whole { --colour: var(--whole); } .timeline .failed { --colour: var(--failed); } .timeline .reset { --colour: var(--reset); } .timeline .partial { --colour: var(--partial); } .timeline .exchange { --colour: var(--exchange); }
.timeline .possibly { fill: var(--colour); opacity: 0.4; }
.timeline .surely { fill: var(--colour); }
.timeline .failed .possibly, .timeline .failed .surely { fill: var(--ground); stroke: var(--colour); stroke-width: 1.5; opacity: 1; }
.timeline .failed .thin { fill: var(--colour); stroke: none; opacity: 0.6; }
.timeline .rejected { fill: transparent; stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 3 2; }
.timeline .pointed { fill: transparent; }
.timeline .cut { stroke: var(--ground); } .timeline .failed .cut { stroke: none; }
.timeline .mark { stroke: var(--ink); stroke-width: 1.5; fill: none; }
.timeline .open { fill: var(--colour); }
`;

const round = (value: number): string => String(Math.round(value * 10) / 10);

const DAY_SECONDS = 86_400;

/** Hours and minutes; seconds where they matter, days where they change. */
const tickLabels = (ticks: readonly Date[]): string[] => {
  const [first, second] = ticks;
  const step = first === undefined || second === undefined ? 0 : (second.getTime() - first.getTime()) / 1000;
  return ticks.map((tick) => {
    const iso = tick.toISOString();
    if (step >= DAY_SECONDS || tick.getTime() % (DAY_SECONDS * 1000) === 0) return iso.slice(0, 10);
    return step >= 60 ? iso.slice(11, 16) : iso.slice(11, 19);
  });
};

/** An end too long for its half keeps its beginning, and its end with the port. */
const fitEnd: typeof spellEndpoint = (address, port, names) => {
  const end = spellEndpoint(address, port);
  const fitted = end.length <= LONGEST_END ? end : `${end.slice(0, LONGEST_END - 12)}…${end.slice(-11)}`;
  return fitted + cutName(besideAddress(address, names), LONGEST_NAME);
};

/** What a lane is called beside its bars. */
const labelOf = ({ connection }: Lane, names: NameOf | undefined): string =>
  nameOfLane(connection, names, fitEnd);

type Place = (seconds: number) => number;

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly inWindow: boolean;
  readonly isSure: boolean;
}

/** Windows as they are drawn: those too narrow to be told apart are one. */
interface DrawnWindow {
  readonly start: number;
  readonly end: number;
  readonly words: string;
  readonly isRejected: boolean;
  readonly joined: number;
}

const joinWords = (joined: number): string => `${joined} intervals, too narrow to be told apart here`;

/** @param narrow seconds that two pixels are: what stays within them is joined, so that no lane has more than fit */
const drawnWindows = ({ windowDetails = [] }: Connection, narrow: number): DrawnWindow[] => {
  const drawn: DrawnWindow[] = [];
  for (const window of windowDetails) {
    const { start, end } = window;
    if (start === null || end === null) continue;
    const before = drawn.at(-1);
    if (before !== undefined && end - before.start < narrow && start >= before.start) {
      const joined = before.joined + 1;
      drawn[drawn.length - 1] = {
        start: before.start,
        end: Math.max(before.end, end),
        words: joinWords(joined),
        isRejected: before.isRejected || isRejected(window),
        joined,
      };
    } else drawn.push({ start, end, words: windowWord(window), isRejected: isRejected(window), joined: 1 });
  }
  return drawn;
};

/** A lane cut where something changes: at the edges of its windows and of what is sure. */
const cutLane = ({ from, to, surely }: Lane, windows: readonly DrawnWindow[] | null): Piece[] => {
  const edges = new Set([from, to]);
  for (const edge of [surely?.from, surely?.to, ...(windows ?? []).flatMap(({ start, end }) => [start, end])])
    if (edge !== undefined && edge > from && edge < to) edges.add(edge);
  const cuts = [...edges].sort((a, b) => a - b);
  const byStart = [...(windows ?? [])].sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let next = 0;
  let loggedUntil = Number.NEGATIVE_INFINITY;
  for (const [i, begin] of cuts.entries()) {
    const end = cuts[i + 1];
    if (end === undefined) break;
    for (; next < byStart.length && (byStart[next] as DrawnWindow).start <= begin; next++)
      loggedUntil = Math.max(loggedUntil, (byStart[next] as DrawnWindow).end);
    const isSure = surely !== null && surely.from <= begin && surely.to >= end;
    pieces.push({ from: begin, to: end, inWindow: windows === null || loggedUntil >= end, isSure });
  }
  return pieces.length === 0 ? [{ from, to, inWindow: true, isSure: false }] : pieces;
};

const LEAST_WIDTH = 2;

const rect = (style: string, x: number, y: number, width: number, height: number, title = ''): string =>
  `<rect class="${style}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"${title === '' ? '/>' : `><title>${escapeMarkup(title)}</title></rect>`}`;

const pieceRect = (piece: Piece, middle: number, x: Place): string => {
  const height = piece.inWindow ? THICK : THIN;
  const left = x(piece.from);
  const width = Math.max(LEAST_WIDTH, x(piece.to) - left);
  const style = `${piece.isSure ? 'surely' : 'possibly'}${piece.inWindow ? '' : ' thin'}`;
  return rect(style, left, middle - height / 2, width, height);
};

/** Whether a window begins where the one before it ends, so that only a cut tells them apart. */
const adjoins = (before: DrawnWindow | undefined, { start }: DrawnWindow, narrow: number): boolean =>
  before !== undefined && start - before.end < narrow;

/** What a window held, for who points at it; dashed where something was rejected. */
const windowRect = (window: DrawnWindow, isCut: boolean, middle: number, x: Place): string => {
  const left = x(window.start);
  const width = Math.max(LEAST_WIDTH, x(window.end) - left);
  const title = `${spellMoment(window.start)} to ${spellMoment(window.end)}: ${window.words}`;
  const y = middle - THICK / 2;
  const cut = isCut ? `<path class="cut" d="M${round(left)} ${round(y)}v${THICK}"/>` : '';
  return cut + rect(window.isRejected ? 'rejected' : 'pointed', left, y, width, THICK, title);
};

const openingMark = ({ connection: { openedAt } }: Lane, middle: number, x: Place): string =>
  openedAt === null ? '' : `<path class="mark" d="M${round(x(openedAt))} ${round(middle - 8)}v16"/>`;

const hasReset = (c: Connection): boolean =>
  c.closedAt !== null && hasRst((c.initiator.flags ?? 0) | (c.responder.flags ?? 0));

const closeMark = ({ connection: c, to }: Lane, middle: number, x: Place): string => {
  if (c.endsOpen === true)
    return `<path class="open" d="M${round(x(to) + 1)} ${round(middle - 6)}l7 6l-7 6z"/>`;
  if (c.closedAt === null) return '';
  const at = x(c.closedAt);
  return hasReset(c)
    ? `<path class="mark" d="M${round(at - 3.5)} ${round(middle - 3.5)}l7 7m0 -7l-7 7"/>`
    : `<path class="mark" d="M${round(at)} ${round(middle - 8)}v16"/>`;
};

/** Everything about a lane in one sentence. */
const titleOf = (lane: Lane, names: NameOf | undefined): string => {
  const { connection: c, from, to } = lane;
  const opening = openingWord(c);
  const close = closeWord(c);
  return [
    `${nameOfLane(c, names)}, ${stateWord(c)}, ${spellMoment(from)} to ${spellMoment(to)} UTC`,
    sayLasted(c),
    `initiator sent ${spellSize(c.initiator.bytes)}, responder ${spellSize(c.responder.bytes)}`,
    opening === null ? 'opening not in the log' : `opened: ${opening}`,
    close === null ? (c.endsOpen === true ? 'no close seen' : 'close not in the log') : `closed: ${close}`,
    ...(c.hasGap ? ['AWS lost records while it was open (SKIPDATA)'] : []),
  ].join('; ');
};

const factsOf = ({ connection: c }: Lane): string => {
  const bytes =
    c.initiator.bytes === null && c.responder.bytes === null
      ? ''
      : ` ${spellSize((c.initiator.bytes ?? 0) + (c.responder.bytes ?? 0))}`;
  return `${stateWord(c)}${c.hasGap ? ' †' : ''} ${spellLasted(c)}${bytes}`;
};

/** What all lanes of a picture have in common. */
interface Drawing {
  /** Where the bars begin. */
  readonly left: number;
  readonly x: Place;
  /** Seconds that two pixels are. */
  readonly narrow: number;
  readonly names: NameOf | undefined;
}

const drawLane = (lane: Lane, i: number, { left, x, narrow, names }: Drawing): string => {
  const { connection } = lane;
  const middle = HEAD + i * LANE + LANE / 2;
  const windows = drawnWindows(connection, narrow);
  const baseline = round(middle + 4);
  return [
    `<g class="lane ${lane.family}"><title>${escapeMarkup(titleOf(lane, names))}</title>`,
    `<text x="${MARGIN}" y="${baseline}">${escapeMarkup(labelOf(lane, names))}</text>`,
    `<text class="facts" x="${round(left - 12)}" y="${baseline}" text-anchor="end">${escapeMarkup(factsOf(lane))}</text>`,
    ...cutLane(lane, connection.windowDetails === undefined ? null : windows).map((piece) =>
      pieceRect(piece, middle, x),
    ),
    ...windows.map((window, w) => windowRect(window, adjoins(windows[w - 1], window, narrow), middle, x)),
    openingMark(lane, middle, x),
    closeMark(lane, middle, x),
    '</g>',
  ].join('');
};

const FULL = '<rect class="surely" y="-9" width="22" height="12"/>';

/** Signs, what they mean, and on which lanes they stand. */
const LEGEND: readonly {
  readonly draw: string;
  readonly text: string;
  readonly isOn?: (connection: Connection) => boolean;
}[] = [
  { draw: FULL, text: 'surely open' },
  { draw: '<rect class="possibly" y="-9" width="22" height="12"/>', text: 'possibly' },
  { draw: '<rect class="possibly thin" y="-4.5" width="22" height="3"/>', text: 'nothing logged' },
  { draw: '<path class="mark" d="M11 -11v16"/>', text: 'opening, close' },
  { draw: '<path class="mark" d="M8 -6.5l7 7m0 -7l-7 7"/>', text: 'RST', isOn: hasReset },
  {
    draw: '<path class="open" d="M8 -9l7 6l-7 6z"/>',
    text: 'no close seen',
    isOn: (c) => c.endsOpen === true,
  },
  {
    draw: '<rect class="rejected" y="-9" width="22" height="12"/>',
    text: 'rejected',
    isOn: (c) => c.windowDetails?.some(isRejected) === true,
  },
];

/** Of 12 px sans-serif. */
const WORD_CHARACTER = 6.4;

/** The legend in lines: signs first, then the families that occur. */
const drawLegend = (held: readonly Lane[], top: number): { drawn: string; lines: number } => {
  const shown = new Set(held.map(({ family }) => family));
  const entries: (readonly [family: Family, draw: string, text: string])[] = [
    ...LEGEND.filter(({ isOn }) => isOn === undefined || held.some((lane) => isOn(lane.connection))).map(
      ({ draw, text }) => ['whole', draw, text] as const,
    ),
    ...(Object.keys(FAMILIES) as Family[])
      .filter((family) => shown.has(family))
      .map((family) => [family, FULL, FAMILIES[family]] as const),
  ];
  let x = MARGIN;
  let lines = 0;
  const drawn = entries.map(([family, draw, text]) => {
    const width = 30 + text.length * WORD_CHARACTER + 16;
    if (x + width > WIDTH && x > MARGIN) {
      x = MARGIN;
      lines++;
    }
    const at = `translate(${round(x)} ${round(top + lines * NOTE_LINE)})`;
    x += width;
    return `<g class="${family}" transform="${at}">${draw}<text class="about" x="30">${escapeMarkup(text)}</text></g>`;
  });
  return { drawn: drawn.join('\n'), lines: lines + 1 };
};

export interface PictureOptions {
  /** The heading; default: Timeline. */
  readonly title?: string;
  /** What addresses are called. */
  readonly names?: NameOf | undefined;
}

/**
 * The picture of lanes as SVG, in pieces of text, a line each.
 * @param isInPage the page around it brings the style
 */
export function* drawLanes(
  lanes: Lanes,
  { title = 'Timeline', names }: PictureOptions,
  isInPage: boolean,
): Generator<string> {
  const held = lanes.lanes;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let longest = 0;
  let longestFacts = 0;
  for (const lane of held) {
    from = Math.min(from, lane.from);
    to = Math.max(to, lane.to);
    longest = Math.max(longest, labelOf(lane, names).length);
    longestFacts = Math.max(longestFacts, factsOf(lane).length);
  }
  if (held.length === 0) [from, to] = [0, MIN_SPAN_SECONDS];
  const facts = Math.max(LEAST_FACTS, Math.min(longestFacts * CHARACTER, MOST_FACTS));
  const left = MARGIN + longest * CHARACTER + 12 + facts + 12;
  const scale = scaleUtc()
    .domain([from * 1000, Math.max(to, from + MIN_SPAN_SECONDS) * 1000])
    .range([left, WIDTH - MARGIN - 10]);
  const x: Place = (seconds) => scale(seconds * 1000);
  const bottom = HEAD + held.length * LANE;
  const narrow = (2 * Math.max(to - from, MIN_SPAN_SECONDS)) / (WIDTH - MARGIN - 10 - left);
  // Where the head is out of sight, the foot tells the time too.
  const hasFoot = held.length > MANY_LANES;
  const ticks = scale.ticks(7);
  const labels = tickLabels(ticks);
  const axis = ticks.map(
    (tick, i) =>
      `<g class="tick" transform="translate(${round(scale(tick))} 0)"><line y1="${HEAD - 6}" y2="${bottom}"/><text y="${HEAD - 10}" text-anchor="middle">${labels[i]}</text>${hasFoot ? `<text y="${bottom + 14}" text-anchor="middle">${labels[i]}</text>` : ''}</g>`,
  );
  const span =
    held.length === 0
      ? 'No connection has a place in time.'
      : `${spellMoment(from)} to ${spellMoment(to)} UTC`;
  const lasted = explainLasted(held.map(({ connection }) => spellLasted(connection)));
  const notes = [...(lasted === '' ? [] : [lasted]), ...describeLeftOut(lanes)];
  const legendTop = bottom + (hasFoot ? 42 : 28);
  const legend = drawLegend(held, legendTop);
  const notesTop = legendTop + legend.lines * NOTE_LINE + 4;
  const height = notesTop + notes.length * NOTE_LINE + 4;
  const size = `viewBox="0 0 ${WIDTH} ${round(height)}" width="${WIDTH}" height="${round(height)}"`;
  yield `<svg xmlns="http://www.w3.org/2000/svg" class="timeline" role="img" ${size}>\n`;
  yield `<title>${escapeMarkup(title)}</title>\n`;
  if (!isInPage) yield `<style>${PICTURE_STYLE}</style>\n`;
  yield `${rect('ground', 0, 0, WIDTH, height)}\n`;
  yield `<text class="title" x="${MARGIN}" y="24">${escapeMarkup(title)}</text>\n`;
  yield `<text class="about" x="${MARGIN}" y="${HEAD - 20}">${escapeMarkup(span)}</text>\n`;
  for (let i = 1; i < held.length; i += 2) yield `${rect('stripe', 0, HEAD + i * LANE, WIDTH, LANE)}\n`;
  for (const tick of axis) yield `${tick}\n`;
  for (const [i, lane] of held.entries()) yield `${drawLane(lane, i, { left, x, narrow, names })}\n`;
  yield `${legend.drawn}\n`;
  for (const [i, note] of notes.entries())
    yield `<text class="about note" x="${MARGIN}" y="${round(notesTop + i * NOTE_LINE)}">${escapeMarkup(note)}</text>\n`;
  yield '</svg>\n';
}

export interface TimelineOptions extends PictureOptions {
  /** How many connections have a lane, the longest; default 300. */
  readonly top?: number;
}

/** The lanes of a picture or page. @throws OptionError when it asks for more than a picture has */
export const pictureLanes = (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  { top = PICTURE_LANES }: TimelineOptions,
): Promise<Lanes> => lanesOf(connections, top, PICTURE_LIMIT);

/** Where windows have too much text for one string, however few the lanes. */
export const TOO_MUCH_PICTURE = {
  is: 'The picture',
  advice: 'ask for fewer lanes (top), or for the trace, which comes in pieces',
} as const;

/** A timeline as one SVG file. Rebuild the connections with `windows: true` to see their windows. */
export const renderTimelineSvg = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  options: TimelineOptions = {},
): Promise<string> =>
  joinPieces(drawLanes(await pictureLanes(connections, options), options, false), TOO_MUCH_PICTURE);
