/**
 * Windows: what both directions did during one interval. Pairing asks for overlap, never for equality, and
 * starts a new window when a direction comes again.
 */
import type { KeyRecord } from './key-records.ts';

/** Whether this vantage has spoken in this direction in records[from, to), in another interval. */
const cameBefore = (records: readonly KeyRecord[], from: number, to: number): boolean => {
  const record = records[to] as KeyRecord;
  for (let i = from; i < to; i++) {
    const seen = records[i] as KeyRecord;
    if (
      seen.vantage === record.vantage &&
      seen.direction === record.direction &&
      (seen.start !== record.start || seen.end !== record.end)
    ) {
      return true;
    }
  }
  return false;
};

/**
 * Where the window that begins at records[from] ends (exclusive). Records are in time order; with several
 * vantages each may appear in a window once.
 */
export const windowEnd = (records: readonly KeyRecord[], from: number): number => {
  const first = records[from] as KeyRecord;
  const start = first.start ?? 0;
  let end = first.end ?? 0;
  let to = from + 1;
  for (; to < records.length; to++) {
    const record = records[to] as KeyRecord;
    const begins = record.start ?? 0;
    const isApart = begins > start && begins >= end;
    if (isApart) break;
    if (cameBefore(records, from, to)) {
      // Records of one interval stay together: which of them comes first is nobody's word (law 3).
      while (records[to - 1]?.start === record.start && records[to - 1]?.end === record.end) to--;
      break;
    }
    end = Math.max(end, record.end ?? 0);
  }
  return to;
};

/** How many windows records in time order make. */
export const countWindows = (records: readonly KeyRecord[]): number => {
  let windows = 0;
  for (let at = 0; at < records.length; at = windowEnd(records, at)) windows++;
  return windows;
};
