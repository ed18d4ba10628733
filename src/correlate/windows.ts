/**
 * Windows: what both directions did during one interval. Pairing asks for overlap, never for equality, and
 * starts a new window when a direction comes again.
 */
import type { KeyRecord } from './key-records.ts';

/** Groups records, which are in time order, into windows; with several vantages each may appear in a window once. */
export const windowsOf = (records: readonly KeyRecord[]): KeyRecord[][] => {
  const windows: KeyRecord[][] = [];
  let current: KeyRecord[] = [];
  let end = 0;
  let start = 0;
  for (const record of records) {
    const again = current.some(
      (seen) =>
        seen.vantage === record.vantage &&
        seen.direction === record.direction &&
        (seen.start !== record.start || seen.end !== record.end),
    );
    const from = record.start ?? 0;
    const apart = from > start && from >= end;
    if (current.length === 0 || again || apart) {
      current = [];
      windows.push(current);
      start = from;
      end = record.end ?? 0;
    }
    current.push(record);
    end = Math.max(end, record.end ?? 0);
  }
  return windows;
};
