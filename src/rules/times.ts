/**
 * How long a connection lasted, as bounds that hold whatever AWS's clock did: a packet stamped t was on the wire in t-60 … t
 * ("Flow log records", start and end). What the records cannot bound is not known (-1), never zero.
 */
import {
  closedAfterOf,
  closedAtOf,
  dialledByOf,
  firstEndOf,
  openedAtOf,
  openedByOf,
  untilOf,
} from './drafts.ts';
import { at, startOf } from './records.ts';
import { slack } from './settings.ts';

/** What the records prove. */
export function leastDuration(draft: usize): f64 {
  const openedBy = openedByOf(draft);
  const closedAfter = closedAfterOf(draft);
  const earliest = openedBy < 0 ? firstEndOf(draft) : openedBy;
  // Those without times come first.
  const latest = closedAfter < 0 ? startOf(at(untilOf(draft) - 1)) : closedAfter;
  if (earliest < 0 || latest < 0) return -1;
  const least = latest - slack - earliest;
  return least > 0 ? least : 0;
}

/** From the opening to the close, or to the next opening on its ports; not known either where the close is logged before the opening. */
export function mostDuration(draft: usize, isBounded: bool): f64 {
  const openedAt = openedAtOf(draft);
  const close = closedAtOf(draft);
  const closedAt = close < 0 ? dialledByOf(draft) : close;
  if (!isBounded || openedAt < 0 || closedAt < 0) return -1;
  const most = closedAt - openedAt + slack;
  return most < 0 ? -1 : most;
}
