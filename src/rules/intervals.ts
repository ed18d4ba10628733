/**
 * Windows: what both directions did during one interval. Pairing asks for overlap, never for equality, and starts a new
 * window when a direction comes again: AWS's times are boxes with up to a minute of slack.
 */
import { beginOf, untilOf } from './drafts.ts';
import { MOST_VIEWS } from './layout.ts';
import { at, directionOf, endOf, startOf, viewOf } from './records.ts';

/** In the place of a view: records of all of them. */
export const ALL_VIEWS: u32 = MOST_VIEWS;

/**
 * Where the window that begins at a place ends (exclusive). Records are in time order; where all views are looked at, each
 * may appear in a window once.
 * @param only a view, or ALL_VIEWS
 */
export function windowEnd(from: usize, until: usize, only: u32): usize {
  const opens = startOf(at(from));
  let closes = endOf(at(from));
  let to = from + 1;
  for (; to < until; to++) {
    const record = at(to);
    if (only !== ALL_VIEWS && viewOf(record) !== only) continue;
    const begins = startOf(record);
    const ends = endOf(record);
    if (begins > opens && begins >= closes) break;
    if (cameBefore(from, to)) {
      // Records of one interval stay together: which of them comes first is nobody's word (law 3).
      while (startOf(at(to - 1)) === begins && endOf(at(to - 1)) === ends) to--;
      break;
    }
    if (ends > closes) closes = ends;
  }
  return to;
}

/** Whether the view of the record has spoken before it in its direction, in another interval. */
function cameBefore(from: usize, to: usize): bool {
  const record = at(to);
  for (let i = from; i < to; i++) {
    const seen = at(i);
    if (
      viewOf(seen) === viewOf(record) &&
      directionOf(seen) === directionOf(record) &&
      (startOf(seen) !== startOf(record) || endOf(seen) !== endOf(record))
    )
      return true;
  }
  return false;
}

/** How many windows the records of one view make. */
export function countWindows(draft: usize, view: u32): u32 {
  const until = untilOf(draft);
  let windows: u32 = 0;
  let place = beginOf(draft);
  while (place < until) {
    if (viewOf(at(place)) !== view) place++;
    else {
      windows++;
      place = windowEnd(place, until, view);
    }
  }
  return windows;
}
