/** How long a connection lasted, in the few characters of a cell, claiming no more than the records prove. */
import type { Connection } from '../model/connection.ts';
import { spellDuration, UNKNOWN } from '../model/spell-values.ts';

const bound = (sign: string, seconds: number | null): string =>
  seconds === null || seconds <= 0 ? UNKNOWN : `${sign} ${spellDuration(seconds)}`;

const closedSpan = (c: Connection, openedAt: number, closedAt: number): string =>
  c.openedBy === null || c.closedAfter === null || c.closedAfter < c.openedBy || closedAt <= openedAt
    ? bound('≤', c.durationMax)
    : spellDuration(closedAt - openedAt);

/** A span between intervals, a bound (≤, ≥), "so far" (…) or a dash. */
export const spellLasted = (c: Connection): string => {
  if (c.openedAt !== null && c.closedAt !== null) return closedSpan(c, c.openedAt, c.closedAt);
  if (c.endsOpen !== true) return bound('≥', c.durationMin);
  const soFar =
    c.openedAt !== null && c.lastSeen !== null && c.lastSeen > c.openedAt
      ? spellDuration(c.lastSeen - c.openedAt)
      : bound('≥', c.durationMin);
  return soFar === UNKNOWN ? '…' : `${soFar} …`;
};
