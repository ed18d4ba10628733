/**
 * How long a connection lasted, in the few characters of a table cell, without claiming more than the
 * records prove: a span between intervals, a bound (≤, ≥), "so far" (…) or a dash. Never a made-up 0 s.
 */
import type { Outline } from '../model/outline.ts';
import { formatDuration } from './format-duration.ts';
import { UNKNOWN } from './format-size.ts';

/** The cell's mark for a connection that is still open when the log ends. */
export const STILL_OPEN = '…';

const atMost = (seconds: number | null): string =>
  seconds === null || seconds <= 0 ? UNKNOWN : `≤ ${formatDuration(seconds)}`;

const atLeast = (seconds: number | null): string =>
  seconds === null || seconds <= 0 ? UNKNOWN : `≥ ${formatDuration(seconds)}`;

/** Opened and closed: the span, or its bound when both lie in one interval. */
const closedSpan = (connection: Outline, openedAt: number, closedAt: number): string => {
  const { openedBy, closedAfter, durationMax } = connection;
  const sameInterval =
    openedBy === null || closedAfter === null || closedAfter < openedBy || closedAt <= openedAt;
  return sameInterval ? atMost(durationMax) : formatDuration(closedAt - openedAt);
};

/** The cell of the column `lasted`. */
export const describeLasted = (connection: Outline): string => {
  const { openedAt, closedAt, lastSeen, endsOpen } = connection;
  if (openedAt !== null && closedAt !== null) return closedSpan(connection, openedAt, closedAt);
  if (endsOpen !== true) return atLeast(connection.durationMin);
  const soFar =
    openedAt !== null && lastSeen !== null && lastSeen > openedAt
      ? formatDuration(lastSeen - openedAt)
      : atLeast(connection.durationMin);
  return soFar === UNKNOWN ? STILL_OPEN : `${soFar} ${STILL_OPEN}`;
};
