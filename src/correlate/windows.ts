/**
 * Windows: what both directions did during one interval. Pairing asks for overlap, never for equality, and
 * starts a new window when a direction comes again.
 */
import type { KeyRecord } from './key-records.ts';

/** Records of a window that are looked through one by one; of more, the first of each stream is remembered. */
const FEW = 16;

const isAnotherInterval = (a: KeyRecord, b: KeyRecord): boolean => a.start !== b.start || a.end !== b.end;

const streamOf = ({ vantage, direction }: KeyRecord): number => vantage * 2 + direction;

/** The records of one window so far, as far as the next one asks for them. */
class Spoken {
  readonly #records: readonly KeyRecord[];
  readonly #from: number;
  /** The first record of each vantage and direction; only where the records are many. */
  #first: Map<number, KeyRecord> | undefined;

  constructor(records: readonly KeyRecord[], from: number) {
    this.#records = records;
    this.#from = from;
  }

  /** Whether the vantage of records[to] has spoken before it in its direction, in another interval. */
  cameBefore(to: number): boolean {
    const record = this.#records[to] as KeyRecord;
    if (to - this.#from > FEW) {
      // In time order: if any record between them is of another interval, so is the first.
      const first = this.#firsts(to).get(streamOf(record));
      return first !== undefined && isAnotherInterval(first, record);
    }
    for (let i = this.#from; i < to; i++) {
      const seen = this.#records[i] as KeyRecord;
      if (
        seen.vantage === record.vantage &&
        seen.direction === record.direction &&
        isAnotherInterval(seen, record)
      )
        return true;
    }
    return false;
  }

  #firsts(to: number): ReadonlyMap<number, KeyRecord> {
    let first = this.#first;
    // Asked for one after the other: all but the last are in already.
    const from = first === undefined ? this.#from : to - 1;
    first ??= new Map();
    this.#first = first;
    for (let i = from; i < to; i++) {
      const record = this.#records[i] as KeyRecord;
      const stream = streamOf(record);
      if (!first.has(stream)) first.set(stream, record);
    }
    return first;
  }
}

/**
 * Where the window that begins at records[from] ends (exclusive). Records are in time order; with several
 * vantages each may appear in a window once.
 */
export const windowEnd = (records: readonly KeyRecord[], from: number): number => {
  const first = records[from] as KeyRecord;
  const start = first.start ?? 0;
  let end = first.end ?? 0;
  let to = from + 1;
  if (to === records.length) return to;
  const spoken = new Spoken(records, from);
  for (; to < records.length; to++) {
    const record = records[to] as KeyRecord;
    const begins = record.start ?? 0;
    const isApart = begins > start && begins >= end;
    if (isApart) break;
    if (spoken.cameBefore(to)) {
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
