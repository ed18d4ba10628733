/** Whether a connection was short-lived, as far as its bounds tell; where they do not, why. */
import type { ConnectionState } from '../model/connection.ts';
import { isNothingButLate } from '../model/late-packets.ts';
import type { Outline } from '../model/outline.ts';
import { INTERVALS, SLACK_SECONDS } from './aws-limits.ts';

export const LIFETIMES = {
  short: 'short-lived: the most it can have lasted is short',
  long: 'long-lived: the least it can have lasted is longer',
  oneInterval: 'seen in one interval only: what is before and behind it no tcp-flags tell',
  unanswered: 'an attempt that got no answer, and so never lived',
  late: 'nothing but late packets: how long it lived is not in the log',
  undecided: 'its intervals are too coarse: it may have been short or long',
  open: 'no end seen up to the end of the log',
  midstream: 'open before the log began',
  flagless: 'no tcp-flags in the format, and seen in several intervals',
  untold: 'records are missing, have no times, or contradict each other',
} as const;
export type Lifetime = keyof typeof LIFETIMES;

/** How many connections lived how. */
export type LifetimeCounts = Readonly<Record<Lifetime, number>>;

/** All but the first three: how long it lasted is not known well enough. */
export const UNKNOWN_LIFETIMES = [
  'unanswered',
  'late',
  'undecided',
  'open',
  'midstream',
  'flagless',
  'untold',
] as const satisfies readonly Lifetime[];

const UNANSWERED: ReadonlySet<ConnectionState | null> = new Set(['attempted', 'blocked', 'abandoned']);

/**
 * Whether all that was seen of it lies in one interval, or within as little as the shorter of the two that there are:
 * answers that begin when their request's record is over are in a window of their own.
 */
export const liesInOneInterval = ({
  windows,
  firstSeen,
  lastSeen,
  durationMin,
  hasGap,
}: Outline): boolean => {
  if (hasGap || firstSeen === null || lastSeen === null || lastSeen < firstSeen) return false;
  return durationMin === 0 && (windows === 1 || lastSeen - firstSeen <= INTERVALS.short);
};

/** Seconds that what was seen of a connection can span at most: its packets lie from the slack before its first record to the end of its last. */
export const mostSeenOf = ({ firstSeen, lastSeen }: Pick<Outline, 'firstSeen' | 'lastSeen'>): number =>
  firstSeen === null || lastSeen === null ? 0 : lastSeen - firstSeen + SLACK_SECONDS;

export const lifetimeOf = (connection: Outline, shortSeconds: number): Lifetime => {
  const { durationMin, durationMax, state, verdict } = connection;
  if (durationMax !== null && durationMax <= shortSeconds) return 'short';
  if (UNANSWERED.has(state) || verdict === 'unanswered') return 'unanswered';
  if (isNothingButLate(connection)) return 'late';
  if (durationMin !== null && durationMin > shortSeconds) return 'long';
  if (durationMax !== null) return 'undecided';
  if (state === 'flagless') return liesInOneInterval(connection) ? 'oneInterval' : 'flagless';
  if (connection.hasGap) return 'untold';
  if (connection.startsMidstream === true) return 'midstream';
  return connection.endsOpen === true ? 'open' : 'untold';
};
