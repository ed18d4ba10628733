/** Whether a connection was short-lived, as far as its bounds tell; where they do not, why. */
import type { ConnectionState } from '../model/connection.ts';
import { isNothingButLate } from '../model/late-packets.ts';
import type { Outline } from '../model/outline.ts';

export const LIFETIMES = {
  short: 'short-lived: the most it can have lasted is short',
  long: 'long-lived: the least it can have lasted is longer',
  unanswered: 'an attempt that got no answer, and so never lived',
  late: 'nothing but late packets: how long it lived is not in the log',
  undecided: 'its intervals are too coarse: it may have been short or long',
  open: 'no end seen up to the end of the log',
  midstream: 'open before the log began',
  flagless: 'no tcp-flags in the format',
  untold: 'records are missing, have no times, or contradict each other',
} as const;
export type Lifetime = keyof typeof LIFETIMES;

/** How many connections lived how. */
export type LifetimeCounts = Readonly<Record<Lifetime, number>>;

/** All but the first two: how long it lasted is not known well enough. */
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

export const lifetimeOf = (connection: Outline, shortSeconds: number): Lifetime => {
  const { durationMin, durationMax, state, verdict } = connection;
  if (durationMax !== null && durationMax <= shortSeconds) return 'short';
  if (UNANSWERED.has(state) || verdict === 'unanswered') return 'unanswered';
  if (isNothingButLate(connection)) return 'late';
  if (durationMin !== null && durationMin > shortSeconds) return 'long';
  if (durationMax !== null) return 'undecided';
  if (state === 'flagless') return 'flagless';
  if (connection.hasGap) return 'untold';
  if (connection.startsMidstream === true) return 'midstream';
  return connection.endsOpen === true ? 'open' : 'untold';
};
