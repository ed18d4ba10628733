/**
 * From when to when a connection was open, as four bounds: it surely was between the inner two, and may have been
 * between the outer two. They come from its times alone; what the log cannot bound, silence does, as it does when
 * records are divided into connections.
 */
import type { Connection } from '../model/connection.ts';
import { isNothingButLate } from '../model/late-packets.ts';
import type { Outline } from '../model/outline.ts';

/** AWS may stamp a packet this much later than it was on the wire: tcp/idle-limits.ts has the source. */
export const SLACK_SECONDS = 60;
/** An open connection that is silent for longer counts as ended (tcp/idle-limits.ts, openSeconds); an option. */
export const OPEN_SECONDS = 3600;
/** The same of other protocols (tcp/idle-limits.ts, exchangeSeconds). */
export const EXCHANGE_SECONDS = 180;

/** What tells of a life: the windows one by one where they are known, which bound a little closer when it surely was open. */
export type Lived = Outline & Pick<Connection, 'windowDetails'>;

export interface Life {
  /** False for an attempt that led to nothing: it was under way, never open. */
  readonly opened: boolean;
  readonly possiblyFrom: number;
  /** Later than `surelyTo` where no moment is sure. */
  readonly surelyFrom: number;
  readonly surelyTo: number;
  readonly possiblyTo: number;
}

const NEVER_OPEN: ReadonlySet<Outline['state']> = new Set(['attempted', 'blocked', 'refused', 'abandoned']);

const isAttempt = (c: Lived): boolean =>
  NEVER_OPEN.has(c.state) || c.verdict === 'rejected' || c.verdict === 'unanswered' || isNothingButLate(c);

/** By when its first packet was surely on the wire, where no opening was seen. */
const spokenBy = (c: Lived, lastSeen: number): number => {
  let first = lastSeen;
  if (c.windowDetails !== undefined) {
    for (const { end } of c.windowDetails) if (end !== null && end < first) first = end;
    return first;
  }
  // durationMin is closedAfter - 60 - the end of the first record, where it is more than nothing.
  const isKnown = c.closedAfter !== null && c.durationMin !== null && c.durationMin > 0;
  return isKnown ? (c.closedAfter as number) - SLACK_SECONDS - (c.durationMin as number) : first;
};

/** Since when its last packet was on the wire at the earliest, where no close was seen. */
const spokeSince = (c: Lived, firstSeen: number): number => {
  let last = firstSeen;
  if (c.windowDetails !== undefined) {
    for (const { start } of c.windowDetails) if (start !== null && start > last) last = start;
    return last - SLACK_SECONDS;
  }
  const isKnown = c.openedBy !== null && c.durationMin !== null && c.durationMin > 0;
  return isKnown ? (c.openedBy as number) + (c.durationMin as number) : last - SLACK_SECONDS;
};

/** A close would have shown: flags were logged, both sides were seen, and nothing was lost. */
const wouldShowClose = (c: Lived): boolean =>
  c.initiator.flags !== null && c.responder.flags !== null && !c.oneSided && !c.hasGap;

const surelyTo = (c: Lived, firstSeen: number, lastSeen: number): number => {
  if (c.endsOpen === true) return wouldShowClose(c) ? lastSeen - SLACK_SECONDS : spokeSince(c, firstSeen);
  return c.closedAfter === null ? spokeSince(c, firstSeen) : c.closedAfter - SLACK_SECONDS;
};

/**
 * The bounds of a connection's life; null when its records carry no times.
 * @param idleSeconds how long an open TCP connection may be silent and still count as open
 */
export const lifeOf = (c: Lived, idleSeconds = OPEN_SECONDS): Life | null => {
  const { firstSeen, lastSeen, openedAt, openedBy } = c;
  if (firstSeen === null || lastSeen === null) return null;
  const from = Math.min(firstSeen, openedAt ?? firstSeen) - SLACK_SECONDS;
  if (isAttempt(c)) {
    const never = Number.POSITIVE_INFINITY;
    return { opened: false, possiblyFrom: from, surelyFrom: never, surelyTo: -never, possiblyTo: lastSeen };
  }
  const silence = c.state === null ? EXCHANGE_SECONDS : idleSeconds;
  const mayGoOn = c.endsOpen === true || c.state === null;
  return {
    opened: true,
    possiblyFrom: openedAt === null ? from - silence : from,
    surelyFrom: openedBy ?? spokenBy(c, lastSeen),
    surelyTo: surelyTo(c, firstSeen, lastSeen),
    possiblyTo: mayGoOn ? lastSeen + silence : (c.closedAt ?? lastSeen),
  };
};

/** Whether a connection was open at a moment: null when it surely was not. */
export const opennessAt = (life: Life, time: number): 'surely' | 'possibly' | null => {
  if (!life.opened || time < life.possiblyFrom || time > life.possiblyTo) return null;
  return time >= life.surelyFrom && time <= life.surelyTo ? 'surely' : 'possibly';
};
