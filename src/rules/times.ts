/**
 * How long a connection lasted, as bounds that hold whatever AWS's clock did: a packet stamped t was on the wire in t-60 … t
 * ("Flow log records", start and end). What the records cannot bound is not known, never zero.
 */
import { closedAfterOf, closedAtOf, firstEndOf, openedAtOf, openedByOf, untilOf } from './drafts.ts';
import { at, startOf } from './records.ts';
import { slack } from './settings.ts';

/** What the records prove. */
export function leastDuration(draft: usize): f64 {
  const openedBy = openedByOf(draft);
  const closedAfter = closedAfterOf(draft);
  const earliest = openedBy < 0 ? firstEndOf(draft) : openedBy;
  const latest = closedAfter < 0 ? (startOf(at(untilOf(draft) - 1)) as f64) : closedAfter;
  const least = latest - slack - earliest;
  return least > 0 ? least : 0;
}

/** From the opening to the close; -1 for not known, which it is too where the close is logged before the opening. */
export function mostDuration(draft: usize, isBounded: bool): f64 {
  if (!isBounded) return -1;
  const most = closedAtOf(draft) - openedAtOf(draft) + slack;
  return most < 0 ? -1 : most;
}
