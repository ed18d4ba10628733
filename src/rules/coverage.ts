/**
 * Where AWS lost records (SKIPDATA): intervals of a vantage that are told, of few vantages mostly of none. Times before a
 * vantage's first and after its last record are unknown, not lost.
 */
import { GAP_COUNT, GAP_SIZE, GAP_TABLE, HAS_SKIPPED } from './layout.ts';
import { doubleAt, wordAt } from './port.ts';
import { numberOf } from './records.ts';
import { observerAt, vantageOfView } from './view-rows.ts';

/** Whether AWS lost records of a view's vantage between two times, -1 for unknown ones. */
export function hasGap(view: usize, from: f64, to: f64): bool {
  if ((wordAt(observerAt(view) + 28) & HAS_SKIPPED) === 0) return false;
  return touches(gapsOf(numberOf(vantageOfView(view))), from, to);
}

/** Where it stands what vantage has which gaps: they are in the order of their numbers. */
function gapsOf(vantage: u32): usize {
  const table: usize = wordAt(GAP_TABLE);
  let from: u32 = 0;
  let until = wordAt(GAP_COUNT);
  while (until - from > 1) {
    const middle = (from + until) >>> 1;
    if (wordAt(table + middle * GAP_SIZE) <= vantage) from = middle;
    else until = middle;
  }
  return table + from * GAP_SIZE;
}

/** Whether a gap lies between two times, -1 for unknown ones, which touch everything. */
function touches(gaps: usize, from: f64, to: f64): bool {
  // By place: where a gap begins, in order; and the latest end of this one and all before it.
  const starts: usize = wordAt(gaps + 4);
  const count = wordAt(gaps + 8);
  const ends = starts + (count << 3);
  let begun: u32 = 0;
  let later = count;
  while (to >= 0 && begun < later) {
    const middle = (begun + later) >>> 1;
    if (doubleAt(starts + (middle << 3)) <= to) begun = middle + 1;
    else later = middle;
  }
  if (to < 0) begun = count;
  return begun > 0 && (from < 0 || from <= doubleAt(ends + ((begun - 1) << 3)));
}
