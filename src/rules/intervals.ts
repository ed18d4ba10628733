/**
 * Windows: what both directions did during one interval. Pairing asks for overlap, never for equality, and starts a new
 * window when a direction comes again: AWS's times are boxes with up to a minute of slack.
 */
import { at, directionOf, endOf, nextOfView, startOf, viewOf } from './records.ts';
import { firstInWindow, firstRecordOf, putFirstInWindow } from './view-rows.ts';

/** The window at hand, among all that were looked for. */
let window: u32 = 0;

function isOneInterval(a: usize, b: usize): bool {
  return startOf(a) === startOf(b) && endOf(a) === endOf(b);
}

/** Whether a record begins when the interval from `opens` to `closes` is over. */
function isApart(record: usize, opens: f64, closes: f64): bool {
  const begins = Math.max(startOf(record), 0);
  return begins > opens && begins >= closes;
}

/**
 * Where the window that begins at a place ends (exclusive). Records are in time order; of several views each may appear in
 * a window once.
 */
export function windowEnd(from: u32, until: u32): u32 {
  const opens = Math.max(startOf(at(from)), 0);
  let closes: f64 = 0;
  window++;
  for (let to = from; to < until; to++) {
    const record = at(to);
    if (to > from && isApart(record, opens, closes)) return to;
    const view = viewOf(record);
    const direction = directionOf(record);
    // In time order: if any record of the window is of another interval, so is the first.
    const first = firstInWindow(view, direction, window);
    if (first === 0) putFirstInWindow(view, direction, window, record);
    else if (!isOneInterval(first, record)) {
      // Records of one interval stay together: which of them comes first is nobody's word (law 3).
      let end = to;
      while (isOneInterval(at(end - 1), record)) end--;
      return end;
    }
    closes = Math.max(closes, endOf(record));
  }
  return until;
}

/** The record that begins the next window of a view; 0 for none. */
export function nextWindow(from: usize): usize {
  const opens = Math.max(startOf(from), 0);
  let closes: f64 = 0;
  let firstOfLow: usize = 0;
  let firstOfHigh: usize = 0;
  /** The first of the records of one interval that come one after the other. */
  let together = from;
  for (let record = from; record !== 0; record = nextOfView(record)) {
    if (!isOneInterval(together, record)) together = record;
    if (record !== from && isApart(record, opens, closes)) return record;
    const first = directionOf(record) === 0 ? firstOfLow : firstOfHigh;
    if (first !== 0 && !isOneInterval(first, record)) return together;
    if (first === 0 && directionOf(record) === 0) firstOfLow = record;
    else if (first === 0) firstOfHigh = record;
    closes = Math.max(closes, endOf(record));
  }
  return 0;
}

/** How many windows the records of a view make. */
export function countWindowsOf(view: usize): u32 {
  let windows: u32 = 0;
  for (let record = firstRecordOf(view); record !== 0; record = nextWindow(record)) windows++;
  return windows;
}
