/**
 * From when to when a connection was open, as four bounds: it surely was between the inner two, and may have been
 * between the outer two. They come from its times alone; what the log cannot bound, silence does, as it does when
 * records are divided into connections.
 */

import type { Connection } from '../model/connection.ts';
import { type IdleOption, limitsFor, SLACK_SECONDS } from '../model/idle-limits.ts';
import { type Outline, vantageOf } from '../model/outline.ts';
import type { VantageCoverage } from '../model/report.ts';
import { type Upshot, upshotOf } from '../model/upshots.ts';

/**
 * An open connection that is silent for longer is not taken for possibly open any more: Linux sends its first keepalive after 7,200 s of
 * silence (tcp_keepalive_time), and AWS writes the record of it within ten minutes. An option.
 */
export const HORIZON_SECONDS = 7800;

/** The first and the last second that the records of a vantage cover. */
export type Covered = Pick<VantageCoverage, 'first' | 'last'>;

/** Finds what a vantage covers by its name. */
export const coveredBy = (
  coverage: readonly VantageCoverage[],
): ((vantage: string | null) => Covered | undefined) => {
  const byName = new Map(coverage.map((each) => [each.vantage, each]));
  return (vantage) => byName.get(vantage);
};

/** How long a silent connection counts as possibly open. */
export interface Horizon extends IdleOption {
  /** What the records of a vantage cover: nothing is said of what lies before or behind them. Undefined where it is not known. */
  readonly covered?: (vantage: string | null) => Covered | undefined;
  /** Seconds after its last record, or before its first. Default 7800 (2 h 10 min), and never more than the silence that ends a connection. */
  readonly horizonSeconds?: number;
}

const silenceOf = (c: Lived, horizon: Horizon): number => {
  const limits = limitsFor(horizon);
  if (c.state === null) return limits.exchangeSeconds;
  const limit = c.state === 'flagless' ? limits.flaglessSeconds : limits.openSeconds;
  return Math.min(horizon.horizonSeconds ?? HORIZON_SECONDS, limit);
};

/** What tells of a life: the windows one by one where they are known, which bound a little closer when it surely was open. */
export type Lived = Outline & Pick<Connection, 'windowDetails'> & Partial<Pick<Connection, 'vantages'>>;

export interface Life {
  /** False for an attempt that led to nothing: it was under way, never open. */
  readonly opened: boolean;
  readonly possiblyFrom: number;
  /** Later than `surelyTo` where no moment is sure. */
  readonly surelyFrom: number;
  readonly surelyTo: number;
  readonly possiblyTo: number;
}

/** A rejected reply, where nothing else tells, may have been one of many: then it may have been open. */
const MAY_HAVE_BEEN_OPEN: ReadonlySet<Upshot> = new Set(['opened', 'reply-rejected', 'either-rejected']);

const isAttempt = (c: Lived): boolean => !MAY_HAVE_BEEN_OPEN.has(upshotOf(c));

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

/** By when it was over though no close was seen: its ports were dialled again (the longest duration runs to then). */
const overBy = ({ openedAt, durationMax }: Lived): number | null =>
  openedAt === null || durationMax === null ? null : openedAt - SLACK_SECONDS + durationMax;

/**
 * The bounds of a connection's life; null when its records carry no times.
 * @param horizon how long a silent connection counts as possibly open
 */
export const lifeOf = (c: Lived, horizon: Horizon = {}): Life | null => {
  const { firstSeen, lastSeen, openedAt, openedBy } = c;
  if (firstSeen === null || lastSeen === null) return null;
  const from = Math.min(firstSeen, openedAt ?? firstSeen) - SLACK_SECONDS;
  if (isAttempt(c)) {
    const never = Number.POSITIVE_INFINITY;
    return { opened: false, possiblyFrom: from, surelyFrom: never, surelyTo: -never, possiblyTo: lastSeen };
  }
  const silence = silenceOf(c, horizon);
  const mayGoOn = c.endsOpen === true || c.state === null;
  const covered = openedAt === null || mayGoOn ? horizon.covered?.(vantageOf(c)) : undefined;
  const begun = (covered?.first ?? Number.NEGATIVE_INFINITY) - SLACK_SECONDS;
  const ended = covered?.last ?? Number.POSITIVE_INFINITY;
  return {
    opened: true,
    possiblyFrom: openedAt === null ? Math.min(from, Math.max(from - silence, begun)) : from,
    surelyFrom: openedBy ?? spokenBy(c, lastSeen),
    surelyTo: surelyTo(c, firstSeen, lastSeen),
    possiblyTo: mayGoOn
      ? Math.max(lastSeen, Math.min(lastSeen + silence, ended))
      : (c.closedAt ?? Math.max(lastSeen, overBy(c) ?? lastSeen)),
  };
};

/** Whether a connection was open at a moment: null when it surely was not. */
export const opennessAt = (life: Life, time: number): 'surely' | 'possibly' | null => {
  if (!life.opened || time < life.possiblyFrom || time > life.possiblyTo) return null;
  return time >= life.surelyFrom && time <= life.surelyTo ? 'surely' : 'possibly';
};
