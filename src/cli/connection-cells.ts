/**
 * A connection as the cells of one table row: short text, safe to print, nothing of it painted or padded.
 * It decides what the table says, not how it looks.
 */
import { isSeenOneWay } from '../meaning/unanswered.ts';
import { INITIATOR_BASES, type InitiatorBasis, VERDICTS, type Verdict } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { isNothingButLate } from '../model/late-packets.ts';
import type { Outline } from '../model/outline.ts';
import { type Moment, splitMoment } from './format-moment.ts';
import { UNKNOWN } from './format-size.ts';
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

/** What rows of connections that went alike have in common, and the signs of it that the table must explain. */
export interface Look extends Pick<Cells, 'mark' | 'arrow' | 'state' | 'because'> {
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
export const STATE_SIGNS = [
  'cutOff',
  'lost',
  'unanswered',
  'oneWay',
  'late',
  'mixed',
  'gap',
  'reuse',
  'contradicted',
] as const satisfies readonly Sign[];

const stateSigns = (connection: Outline, isOneWay: boolean): Sign[] => {
  const signs: Sign[] = [];
  if (connection.verdict === 'cut-off') signs.push('cutOff');
  if (connection.verdict === 'lost') signs.push('lost');
  // Where flags tell it the state says so.
  if (connection.verdict === 'unanswered' && connection.state !== 'attempted') signs.push('unanswered');
  if (isOneWay) signs.push('oneWay');
  if (isNothingButLate(connection)) signs.push('late');
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

/** A TCP connection whose opening is not in the log; what was rejected or got no answer never opened, as far as is known. */
const openedBefore = (connection: Outline, isOneWay: boolean): boolean =>
  connection.openedAt === null &&
  connection.firstSeen !== null &&
  connection.startsMidstream !== false &&
  connection.state !== null &&
  connection.verdict !== 'rejected' &&
  connection.verdict !== 'unanswered' &&
  !isOneWay;

/** The opening, or the first record; a dash without times, for which Infinity stands. */
export const openingOf = (seconds: number): Moment =>
  seconds === Number.POSITIVE_INFINITY ? { date: '', time: UNKNOWN } : splitMoment(seconds);

/** The look of a connection's row. */
export const lookOf = (connection: Outline): Look => {
  const { arrow, sign } = arrowOf(connection);
  const isOneWay = isSeenOneWay(connection);
  const marks = stateSigns(connection, isOneWay);
  const isBefore = openedBefore(connection, isOneWay);
  return {
    mark: isBefore ? SIGNS.before.sign : '',
    arrow,
    state: describeState(connection, marks),
    because: describeBasis(connection),
    signs: [...(sign === null ? [] : [sign]), ...(isBefore ? (['before'] as const) : []), ...marks],
  };
};

const VERDICT_NUMBERS = Object.fromEntries(
  Object.keys(VERDICTS).map((verdict, number) => [verdict, number]),
) as Readonly<Record<Verdict, number>>;
const BASIS_NUMBERS = Object.fromEntries(
  Object.keys(INITIATOR_BASES).map((basis, number) => [basis, number]),
) as Readonly<Record<InitiatorBasis, number>>;

/** Above the hundredths of a probability. */
const LATE_BIT = 1 << 19;
const ONE_WAY_BIT = 1 << 20;

/** All that a look depends on beside state and protocol, as a number. */
const lookBits = (connection: Outline): number => {
  const isOneWay = isSeenOneWay(connection);
  return (
    (openedBefore(connection, isOneWay) ? 1 : 0) |
    (isNothingButLate(connection) ? LATE_BIT : 0) |
    (isOneWay ? ONE_WAY_BIT : 0) |
    (connection.hasGap ? 2 : 0) |
    (connection.mayHideReuse ? 4 : 0) |
    (connection.contradicted ? 8 : 0) |
    (VERDICT_NUMBERS[connection.verdict] << 4) |
    (BASIS_NUMBERS[connection.initiatorBasis] << 8) |
    (Math.round(connection.initiatorConfidence * 100) << 12)
  );
};

/** The looks that rows have, by numbers: some hundreds for millions of rows. */
export class LookBook {
  readonly looks: Look[] = [];
  /** By state, or by the protocol of an exchange. */
  readonly #numbers = new Map<string, Map<number, number>>();
  readonly #onNew: (look: Look) => void;

  /** @param onNew is told of every look once */
  constructor(onNew: (look: Look) => void) {
    this.#onNew = onNew;
  }

  numberOf(connection: Outline): number {
    const name = connection.state ?? `${connection.protocol} exchange`;
    let numbers = this.#numbers.get(name);
    if (numbers === undefined) {
      numbers = new Map();
      this.#numbers.set(name, numbers);
    }
    const bits = lookBits(connection);
    const known = numbers.get(bits);
    if (known !== undefined) return known;
    const look = lookOf(connection);
    const number = this.looks.push(look) - 1;
    numbers.set(bits, number);
    this.#onNew(look);
    return number;
  }

  at(number: number): Look {
    return this.looks[number] as Look;
  }
}
