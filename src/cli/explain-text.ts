/**
 * The story of one connection for a terminal: who opened it, every record with what the machine made of it, the evidence
 * and what became of it, bounds, verdicts, and what is left open. Text out, nothing printed; what comes from logs is escaped.
 */
import type {
  Candidate,
  ExplainedRecord,
  ExplainedStep,
  Explanation,
  Fate,
  Place,
  TimeBound,
} from '../explain/explanation.ts';
import { describeAnnotations } from '../meaning/annotation-words.ts';
import type { TcpEvent } from '../meaning/events.ts';
import { STATES } from '../meaning/transitions.ts';
import { describeRejectedAt } from '../meaning/verdict-words.ts';
import { escapeControls } from '../model/escape.ts';
import { sayLasted, spellBounds } from '../model/lasted.ts';
import { describeLosses } from '../model/losses.ts';
import { describeFlags } from '../model/tcp-flags.ts';
import { STATE_STYLES, type Style } from './colours.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { formatEndpoint } from './format-endpoint.ts';
import { formatMoment, splitMoment } from './format-moment.ts';
import { formatSize, UNKNOWN } from './format-size.ts';
import type { TableLook } from './table.ts';
import { NO_BREAK, padText, textWidth, wrapText } from './text-width.ts';

export type ExplainView = TableLook;

/** Sentences are readable up to here, however wide the terminal is. */
const READABLE = 120;
const LEAST = 40;
/** Between a number and its unit, and inside the name of an RFC's section. */
const UNBREAKABLE = /(?<=\d) (?=(?:s|min|h|%|B|kB|MB|GB)\b|%)|(?<=RFC) (?=\d)|(?<=\d) (?=§)/g;

const EVENTS: Readonly<Record<TcpEvent, string>> = {
  syn: 'SYN',
  synAck: 'SYN-ACK',
  data: 'data or ACKs',
  fin: 'FIN',
  rst: 'RST',
};

const FATES: Readonly<Record<Fate, { readonly says: string; readonly style: Style | undefined }>> = {
  decides: { says: 'decides', style: 'bold' },
  supports: { says: 'supports', style: undefined },
  outweighed: { says: 'outweighed', style: 'yellow' },
  outranked: { says: 'not needed', style: 'dim' },
  'too-weak': { says: 'too weak', style: 'yellow' },
  refused: { says: 'not asked for', style: 'dim' },
  absent: { says: 'not there', style: 'dim' },
};

const BOUNDS: Readonly<Record<TimeBound['name'], string>> = {
  openedAt: 'opened after',
  openedBy: 'opened by',
  closedAfter: 'closed after',
  closedAt: 'closed by',
  durationMin: 'lasted, least',
  durationMax: 'lasted, most',
};

/** A text behind a label or an indent, wrapped so that its further lines stand below its first. */
function* block(first: string, text: string, { width }: ExplainView): Generator<string> {
  const indent = ' '.repeat(textWidth(first));
  const room = Math.max(LEAST, Math.min(width, READABLE) - indent.length);
  const held = text.replaceAll(UNBREAKABLE, NO_BREAK);
  for (const [i, line] of wrapText(held, room).entries()) yield `${i === 0 ? first : indent}${line}`;
}

const placeText = ({ source, lineNumber }: Place): string =>
  `${source === '-' ? 'standard input' : escapeControls(source)}:${lineNumber}`;

const endsText = (
  { connection: { initiator, responder } }: Explanation,
  { names }: ExplainView,
): readonly [string, string] => [
  formatEndpoint(initiator.address, initiator.port, names),
  formatEndpoint(responder.address, responder.port, names),
];

function* headLines(story: Explanation, view: ExplainView): Generator<string> {
  const { paint } = view;
  const { connection, initiator } = story;
  const [from, to] = endsText(story, view);
  const state = connection.state ?? `${escapeControls(connection.protocol)} exchange`;
  const style = connection.state === null ? undefined : STATE_STYLES[connection.state];
  const arrow = initiator.basis === 'none' ? '?' : initiator.basis === 'simultaneous' ? '⇄' : '→';
  yield `${paint(`${from} ${arrow} ${to}`, 'bold')}  ${paint(state, style)}, ${connection.verdict}`;
  const ids = [`uid ${connection.uid}`];
  if (connection.communityId !== null) ids.push(`community id ${connection.communityId}`);
  yield paint(ids.join('  '), 'dim');
}

/** From start to end, the day once. */
const spanText = ({ start, end }: ExplainedRecord): string => {
  if (start === null || end === null) return 'no times';
  const from = splitMoment(start);
  const to = splitMoment(end);
  return `${formatMoment(start)} – ${from.date === to.date ? to.time : formatMoment(end)}`;
};

const flagsText = ({ flags, byGateway }: ExplainedRecord): string =>
  flags === null ? 'no flags' : `${describeFlags(flags, byGateway)} (${flags})`;

const packetsText = ({ packets }: ExplainedRecord): string =>
  packets === null ? UNKNOWN : formatCount(packets, 'packet');

/** The cells of a record, in columns of equal width for all records of a connection. */
const recordCells = (record: ExplainedRecord): string[] => [
  spanText(record),
  record.sender === 'initiator' ? 'initiator →' : '← responder',
  packetsText(record),
  formatSize(record.bytes),
  flagsText(record),
  record.action ?? 'no action',
  record.vantage === null ? 'no interface' : escapeControls(record.vantage),
];
/** Numbers stand to the right. */
const RIGHT = new Set([2, 3]);

const stepText = ({ event, before, after, contradicts }: ExplainedStep): string => {
  const from = STATES[before].name;
  if (contradicts) return `${EVENTS[event]}: contradicts ${from}, which stays`;
  return before === after
    ? `${EVENTS[event]}: ${from}, nothing new`
    : `${EVENTS[event]}: ${from} → ${STATES[after].name}`;
};

/** How many steps that say nothing new are shown: of a long connection there are many alike. */
const isNews = ({ before, after, contradicts }: ExplainedStep): boolean => contradicts || before !== after;

function* recordLines(record: ExplainedRecord, head: string, view: ExplainView): Generator<string> {
  const { paint } = view;
  yield head;
  yield* [...block('      ', `${placeText(record)}`, view)].map((line) => paint(line, 'dim'));
  if (record.duplicates.length > 0) {
    const also = record.duplicates.map(placeText).join(', ');
    yield* block('      ', `counted once; the same packets stand in ${also}`, view);
  }
  if (record.straggler)
    yield* block('      ', 'rejected after the close: what is left of it, not part of the verdict', view);
  for (const step of record.steps) {
    const text = stepText(step);
    const note = step.note === null ? '' : `: ${step.note}`;
    const lines = block('      ', `${text}${note}`, view);
    const style = step.contradicts ? 'yellow' : isNews(step) ? undefined : 'dim';
    for (const line of lines) yield paint(line, style);
  }
  if (record.provesPayload && record.steps.length > 0)
    yield* [...block('      ', 'its bytes are more than headers can be: it carried data', view)].map((line) =>
      paint(line, 'dim'),
    );
}

/** Records of a connection that are shown one by one; of more, the first and the last so many. */
export const MOST_SHOWN = 40;

function* recordsLines({ records }: Explanation, view: ExplainView): Generator<string> {
  const { paint } = view;
  yield paint(`Records: ${formatNumber(records.length)}, in the order that the engine takes them`, 'bold');
  const shown =
    records.length <= MOST_SHOWN
      ? records
      : [...records.slice(0, MOST_SHOWN / 2), ...records.slice(-MOST_SHOWN / 2)];
  const cells = shown.map(recordCells);
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => textWidth(row[i] ?? ''))));
  const number = String(records.length).length;
  for (const [i, record] of shown.entries()) {
    if (i === MOST_SHOWN / 2 && records.length > MOST_SHOWN)
      yield* block('  ', `… ${formatNumber(records.length - MOST_SHOWN)} more; --format json has all`, view);
    const at = i < MOST_SHOWN / 2 || records.length <= MOST_SHOWN ? i : records.length - shown.length + i;
    const row = (cells[i] ?? []).map((cell, column) =>
      padText(cell, widths[column] ?? 0, RIGHT.has(column) ? 'right' : 'left'),
    );
    const lead = `  ${padText(String(at + 1), number, 'right')}  `;
    yield* recordLines(record, fitCells(lead, row, view).trimEnd(), view);
  }
}

/** The cells on one line; where that is too long, those behind the sizes on a second one. */
const fitCells = (lead: string, row: readonly string[], { width }: ExplainView): string => {
  const whole = `${lead}${row.join('  ')}`;
  if (textWidth(whole.trimEnd()) <= width) return whole;
  const [head, rest] = [row.slice(0, 4), row.slice(4)];
  return `${lead}${head.join('  ').trimEnd()}\n      ${rest.map((cell) => cell.trimEnd()).join('  ')}`;
};

const candidateText = ({ says, confidence, names, places }: Candidate): string => {
  const sure = confidence === null || confidence === 1 ? '' : ` (${Math.round(confidence * 100)} % alone)`;
  const who = names === null ? '' : ` [names the ${names}]`;
  const where = places.length === 0 ? '' : ` (${places.map(placeText).join(', ')})`;
  return `${says}${sure}${who}${where}`;
};

function* openerLines({ initiator }: Explanation, view: ExplainView): Generator<string> {
  const { paint } = view;
  yield paint('Who opened it', 'bold');
  yield* block('  ', `${initiator.says}.`, view);
  const basisWidth = Math.max(...initiator.candidates.map(({ basis }) => basis.length));
  const fateWidth = Math.max(...Object.values(FATES).map(({ says }) => says.length));
  for (const candidate of initiator.candidates) {
    const { says, style } = FATES[candidate.fate];
    const lead = `  ${padText(candidate.basis, basisWidth)}  ${padText(says, fateWidth)}  `;
    for (const line of block(lead, candidateText(candidate), view)) yield paint(line, style);
  }
}

const LETTERS: Readonly<Record<string, string>> = { s: 'SYN', h: 'SYN-ACK', d: 'data', f: 'FIN', r: 'RST' };

/** Zeek's letters in words. */
const historyText = (history: string): string =>
  [...history]
    .map((letter) => {
      const side = letter === letter.toUpperCase() ? 'initiator' : 'responder';
      return `${LETTERS[letter.toLowerCase()] ?? letter} (${side})`;
    })
    .join(', ');

function* outcomeLines({ connection, outcome }: Explanation, view: ExplainView): Generator<string> {
  if (outcome === null) return;
  yield view.paint('How it went and ended', 'bold');
  yield* block('  ', `${outcome.says}.`, view);
  if (connection.closedBy !== null) yield* block('  ', `The ${connection.closedBy} closed it first.`, view);
  if (connection.history !== null && connection.history !== '')
    yield* block('  ', `History ${connection.history}: ${historyText(connection.history)}.`, view);
}

const boundText = ({ name, value }: TimeBound): string => {
  if (value === null) return UNKNOWN;
  if (name === 'durationMin') return spellBounds(value, null);
  return name === 'durationMax' ? spellBounds(null, value) : `${formatMoment(value)} UTC`;
};

function* timesLines({ connection, times }: Explanation, view: ExplainView): Generator<string> {
  yield view.paint('When', 'bold');
  yield* block('  ', `It ${sayLasted(connection)}.`, view);
  const width = Math.max(...times.map((bound) => textWidth(boundText(bound))));
  const names = Math.max(...times.map(({ name }) => BOUNDS[name].length));
  for (const bound of times) {
    const lead = `  ${padText(BOUNDS[bound.name], names)}  ${padText(boundText(bound), width)}  `;
    const where = bound.place === null ? '' : ` (${placeText(bound.place)})`;
    yield* block(lead, `${bound.says}${where}`, view);
  }
}

function* verdictLines({ verdict, connection }: Explanation, view: ExplainView): Generator<string> {
  yield view.paint('What the network did', 'bold');
  yield* block('  ', `${verdict.verdict}: ${verdict.says}.`, view);
  if (verdict.whereToLook !== null) yield* block('  ', `${verdict.whereToLook}.`, view);
  const rejected = describeRejectedAt(verdict);
  if (rejected !== null) yield* block('  ', rejected, view);
  for (const { vantage, verdict: said, lost } of verdict.vantages) {
    if (verdict.vantages.length === 1 && lost === null) continue;
    const losses = lost === null ? '' : ` (lost ${describeLosses(lost)})`;
    const name = vantage === null ? 'no interface' : escapeControls(vantage);
    yield* block('  ', `${name}: ${said}${losses}`, view);
  }
  for (const sentence of verdict.check) yield* block('  ', sentence, view);
  if (verdict.stragglers > 0)
    yield* block(
      '  ',
      `${formatCount(verdict.stragglers, 'record')} rejected after the close ${verdict.stragglers === 1 ? 'is a late packet' : 'are late packets'}: noise.`,
      view,
    );
  if (connection.path !== null) yield* block('  ', `Path: ${escapeControls(connection.path)}`, view);
}

function* addedLines({ connection }: Explanation, view: ExplainView): Generator<string> {
  const sentences = describeAnnotations(connection);
  if (sentences.length === 0) return;
  yield view.paint('What AWS adds', 'bold');
  for (const sentence of sentences) yield* block('  ', sentence, view);
}

function* openLines({ leftOpen }: Explanation, view: ExplainView): Generator<string> {
  if (leftOpen.length === 0) return;
  yield view.paint('What the log leaves open', 'bold');
  for (const sentence of leftOpen) yield* block('  • ', sentence, view);
}

/**
 * The lines of one story.
 * @param place its place among several, from 1, and how many there are
 */
export function* explainLines(
  story: Explanation,
  place: readonly [number, number],
  view: ExplainView,
): Generator<string> {
  const [at, of] = place;
  if (of > 1) yield view.paint(`${at} of ${of} connections on these ports`, 'dim');
  yield* headLines(story, view);
  for (const part of [
    openerLines,
    recordsLines,
    outcomeLines,
    timesLines,
    verdictLines,
    addedLines,
    openLines,
  ]) {
    const lines = [...part(story, view)];
    if (lines.length === 0) continue;
    yield '';
    for (const line of lines) yield* line.split('\n');
  }
}
