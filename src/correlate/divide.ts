/**
 * Where one connection ends and the next begins on the same key. A new one begins at a SYN or SYN-ACK that
 * the current one cannot have sent, after a silence longer than its idle limit, or at the first record.
 * AWS's times are boxes with a minute of slack, so nothing here compares two vantages or two directions
 * more finely than that; what one interface saw in one direction, however, is in order.
 */
import { runThrough, STEP, type Steps } from '../model/in-steps.ts';
import { IDLE_LIMITS, SLACK_SECONDS } from '../tcp/idle-limits.ts';
import { Draft, isClosing, isOpening } from './draft.ts';
import type { KeyRecord } from './key-records.ts';

export interface DivideOptions {
  readonly isTcp: boolean;
  readonly isV6: boolean;
  /** Seconds an open connection may be silent. */
  readonly openSeconds: number;
}

const idleLimit = (draft: Draft, options: DivideOptions): number => {
  if (!options.isTcp) return IDLE_LIMITS.exchangeSeconds;
  if (!draft.hasFlags || draft.mayHideReuse) return options.openSeconds;
  if (draft.isOver) return IDLE_LIMITS.lingerSeconds;
  return draft.isUnanswered ? IDLE_LIMITS.attemptSeconds : options.openSeconds;
};

/** Whether a SYN or SYN-ACK can belong to this connection. */
const takesOpening = (draft: Draft, record: KeyRecord): boolean => {
  const stream = draft.stream(record);
  if (record.start === null || draft.first === null || draft.last === null) return true;
  // What one interface saw is in order: no SYN follows the side's own FIN or RST, and none is repeated once
  // the other side has closed.
  if (stream?.closed === true) return isLateHalf(draft, record, stream.opened);
  if (stream?.opened === true && draft.sawPeerClose(record)) return false;
  // Somebody else's view of a connection that is over must touch its life; so must what the same interface
  // opened with the other action, by its own clock.
  if (draft.isOver) {
    const isOwnClock = stream === undefined && draft.hasOpened(record);
    return record.start - (isOwnClock ? 0 : SLACK_SECONDS) <= draft.last;
  }
  // The handshake of what was taken for mid-stream, logged late. Rejected records say nothing of a life before:
  // while their interval lasts, the handshake may stand in it.
  if (draft.openingTo === null) {
    const began = draft.first + SLACK_SECONDS;
    return record.start <= (draft.isAllRejected ? Math.max(began, draft.last) : began);
  }
  // SYN and SYN-ACK are repeated for three minutes at most; later ones are another handshake.
  return record.start - draft.openingTo <= IDLE_LIMITS.attemptSeconds;
};

/**
 * The second half of a handshake whose first half is here, stamped after its side's own close: each record may
 * be late by the slack, and short ones overtake each other.
 */
const isLateHalf = (draft: Draft, record: KeyRecord, hasOpened: boolean): boolean =>
  !hasOpened && draft.openingFrom !== null && (record.start ?? 0) - draft.openingFrom <= SLACK_SECONDS;

const distance = (draft: Draft, record: KeyRecord): number =>
  Math.abs((record.start ?? 0) - (draft.openingFrom ?? draft.first ?? record.start ?? 0));

/** The first connection that a direction seen for the first time may still belong to. */
const firstInReach = (drafts: readonly Draft[], record: KeyRecord): number => {
  let i = drafts.length - 1;
  while (i > 0 && (drafts[i - 1]?.last ?? 0) + SLACK_SECONDS >= (record.start ?? 0)) i--;
  return Math.max(i, 0);
};

const chooseForOpening = (drafts: readonly Draft[], from: number, record: KeyRecord): number => {
  let best = -1;
  for (let i = from; i < drafts.length; i++) {
    const draft = drafts[i] as Draft;
    if (!takesOpening(draft, record)) continue;
    if (best < 0 || distance(draft, record) < distance(drafts[best] as Draft, record)) best = i;
  }
  return best;
};

const chooseForOther = (
  drafts: readonly Draft[],
  from: number,
  record: KeyRecord,
  options: DivideOptions,
): number => {
  let i = from;
  while (i + 1 < drafts.length && (drafts[i + 1]?.first ?? 0) <= (record.start ?? 0)) i++;
  const draft = drafts[i] as Draft;
  const before = drafts[i - 1];
  // A close that the previous connection still lacks from this side, logged within the slack, is its own, as long as
  // nothing of this direction and vantage is in a later one: then it is in order.
  if (
    i > from &&
    before !== undefined &&
    isClosing(record) &&
    before.ended(record.direction) === 'open' &&
    (record.start ?? 0) - SLACK_SECONDS <= (before.last ?? 0)
  ) {
    return i - 1;
  }
  const silence = record.start === null || draft.last === null ? 0 : record.start - draft.last;
  return silence > idleLimit(draft, options) ? -1 : i;
};

/**
 * Divides the records of one key and scope, in their order, into connections.
 * Each record ends in exactly one of them (law 2).
 */
export const divide = (records: readonly KeyRecord[], options: DivideOptions): Draft[] =>
  runThrough(dividing(records, options));

/** The same in steps. */
export function* dividing(records: readonly KeyRecord[], options: DivideOptions): Steps<Draft[]> {
  const drafts: Draft[] = [];
  /** The last connection each direction at each vantage has contributed to. */
  const reached = new Map<number, number>();
  for (const [i, record] of records.entries()) {
    if (i % STEP === STEP - 1) yield;
    const stream = record.vantage * 2 + record.direction;
    let at = -1;
    if (drafts.length > 0) {
      const from = reached.get(stream) ?? firstInReach(drafts, record);
      at =
        options.isTcp && isOpening(record)
          ? chooseForOpening(drafts, from, record)
          : chooseForOther(drafts, from, record, options);
    }
    if (at < 0) {
      drafts.push(new Draft(options.isTcp, options.isV6));
      at = drafts.length - 1;
    }
    const draft = drafts[at] as Draft;
    if (isRepeatedOpening(draft, record, options)) draft.suspectReuse();
    draft.add(record);
    reached.set(stream, at);
  }
  return drafts;
}

/** A SYN from a side that opened in an earlier interval, although the connection was answered meanwhile. */
const isRepeatedOpening = (draft: Draft, record: KeyRecord, options: DivideOptions): boolean =>
  options.isTcp && isOpening(record) && !draft.isUnanswered && draft.stream(record)?.opened === true;
