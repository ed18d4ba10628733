/**
 * A connection as the cells of one table row: short text, safe to print, nothing of it painted or padded.
 * It decides what the table says, not how it looks.
 */
import { INITIATOR_BASES } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import type { Outline } from '../model/outline.ts';
import { formatEndpoint } from './format-endpoint.ts';
import { splitMoment } from './format-moment.ts';
import { formatSize, UNKNOWN } from './format-size.ts';
import { describeLasted, STILL_OPEN } from './lasted.ts';
import { SIGNS, type Sign } from './table-notes.ts';

/** The cells of a row, in the order of the widest table. */
export const CELLS = [
  'lead',
  'mark',
  'date',
  'time',
  'initiator',
  'arrow',
  'responder',
  'state',
  'lasted',
  'sent',
  'received',
  'because',
] as const;
export type CellName = (typeof CELLS)[number];
export type Cells = Readonly<Record<CellName, string>>;

/** A row: its cells and the signs that the table must explain. */
export interface ConnectionRow {
  readonly cells: Cells;
  readonly signs: readonly Sign[];
}

const arrowOf = ({ initiatorBasis, verdict }: Outline): { arrow: string; sign: Sign | null } => {
  if (verdict === 'reply-rejected') return { arrow: SIGNS.replyRejected.sign, sign: 'replyRejected' };
  if (initiatorBasis === 'none') return { arrow: SIGNS.unknown.sign, sign: 'unknown' };
  if (verdict === 'rejected') return { arrow: SIGNS.rejected.sign, sign: 'rejected' };
  if (initiatorBasis === 'simultaneous') return { arrow: SIGNS.simultaneous.sign, sign: 'simultaneous' };
  if (INITIATOR_BASES[initiatorBasis].kind === 'inferred')
    return { arrow: SIGNS.inferred.sign, sign: 'inferred' };
  return { arrow: '→', sign: null };
};

/** A probability below one never reads as certainty. */
const percent = (confidence: number): string => `${Math.min(99, Math.round(confidence * 100))} %`;

/** Why the initiator is believed to be one. */
export const describeBasis = ({ initiatorBasis, initiatorConfidence }: Outline): string => {
  const { kind, says } = INITIATOR_BASES[initiatorBasis];
  return kind === 'inferred' ? `${says} (${percent(initiatorConfidence)})` : says;
};

/** Signs that stand behind the state. */
export const STATE_SIGNS = ['mixed', 'gap', 'reuse', 'contradicted'] as const satisfies readonly Sign[];

const stateSigns = (connection: Outline): Sign[] => {
  const signs: Sign[] = [];
  if (connection.verdict === 'mixed') signs.push('mixed');
  if (connection.hasGap) signs.push('gap');
  if (connection.mayHideReuse) signs.push('reuse');
  if (connection.contradicted) signs.push('contradicted');
  return signs;
};

const describeState = ({ state, protocol }: Outline, signs: readonly Sign[]): string => {
  const words = state ?? `${escapeControls(protocol)} exchange`;
  return signs.length === 0 ? words : `${words} ${signs.map((sign) => SIGNS[sign].sign).join('')}`;
};

interface Opening {
  readonly date: string;
  readonly time: string;
  readonly sign: Sign | null;
}

/** A TCP connection whose opening is not in the log; what was rejected never opened. */
const openedBefore = ({ openedAt, startsMidstream, state, verdict }: Outline): boolean =>
  openedAt === null && startsMidstream !== false && state !== null && verdict !== 'rejected';

/** The opening, or the first record with a sign that the opening is not later; a dash without times. */
const openingOf = (connection: Outline): Opening => {
  const seconds = connection.openedAt ?? connection.firstSeen;
  if (seconds === null) return { date: '', time: UNKNOWN, sign: null };
  return { ...splitMoment(seconds), sign: openedBefore(connection) ? 'before' : null };
};

/** The row of a connection; `lead` is a first column that a command may add. */
export const toCells = (connection: Outline, lead = ''): ConnectionRow => {
  const { arrow, sign } = arrowOf(connection);
  const opening = openingOf(connection);
  const marks = stateSigns(connection);
  const lasted = describeLasted(connection);
  const signs = [sign, opening.sign, ...marks, lasted.endsWith(STILL_OPEN) ? ('stillOpen' as const) : null];
  return {
    cells: {
      lead,
      mark: opening.sign === null ? '' : SIGNS[opening.sign].sign,
      date: opening.date,
      time: opening.time,
      initiator: formatEndpoint(connection.initiator.address, connection.initiator.port),
      arrow,
      responder: formatEndpoint(connection.responder.address, connection.responder.port),
      state: describeState(connection, marks),
      lasted,
      sent: formatSize(connection.initiator.bytes),
      received: formatSize(connection.responder.bytes),
      because: describeBasis(connection),
    },
    signs: signs.filter((each): each is Sign => each !== null),
  };
};
