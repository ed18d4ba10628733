/**
 * Rows of whole keys in a temporary file, in runs, each in the order of the first seconds of its keys: what lies between
 * two seconds is a slice of every run. The merge of an external merge sort, a range of seconds at a time.
 */
import { KEY, type RecordStore, ROW, ROW_WORDS, secondOf } from '../../correlate/record-store.ts';
import { CHUNK_ROWS, RowBuffer } from './parted-rows.ts';
import { TemporaryFile } from './temporary-file.ts';

const ROW_BYTES = ROW_WORDS * 4;
/** Rows between two entries of a run's index, at least. */
const INDEXED_ROWS = 256;
/** Seconds that are counted apart; of more, as many as it takes are counted together. */
const MOST_BINS = 65_536;

/** A run: where its rows lie, and the second that the rows at some of them begin. */
interface Run {
  readonly from: number;
  readonly rows: number;
  /** Rising. */
  readonly seconds: readonly number[];
  /** The first row of each. */
  readonly starts: readonly number[];
}

/** A range of seconds: its first and the one behind its last. */
export interface SecondRange {
  readonly from: number;
  readonly to: number;
}

/** How much memory keys of each second take, in few numbers however many seconds there are. */
class Weights {
  #width = 1;
  #bins = new Map<number, number>();

  add(second: number, weight: number): void {
    const bin = Math.floor(second / this.#width);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + weight);
    if (this.#bins.size > MOST_BINS) this.#widen();
  }

  #widen(): void {
    const bins = this.#bins;
    this.#width *= 2;
    this.#bins = new Map();
    for (const [bin, weight] of bins) {
      const wider = Math.floor(bin / 2);
      this.#bins.set(wider, (this.#bins.get(wider) ?? 0) + weight);
    }
  }

  /** Ranges in order, each of as much as fits, or of one bin that is more than that. */
  ranges(most: number): SecondRange[] {
    const ranges: SecondRange[] = [];
    let from = 0;
    let sum = 0;
    for (const [bin, weight] of [...this.#bins].sort(([a], [b]) => a - b)) {
      const second = bin * this.#width;
      if (sum > 0 && sum + weight > most) {
        ranges.push({ from, to: second });
        from = second;
        sum = 0;
      }
      sum += weight;
    }
    if (sum > 0) ranges.push({ from, to: Number.POSITIVE_INFINITY });
    return ranges;
  }
}

export class SortedRuns {
  readonly #file: TemporaryFile;
  readonly #runs: Run[] = [];
  readonly #weights = new Weights();
  readonly #buffer = new RowBuffer(CHUNK_ROWS);

  constructor(folder?: string) {
    this.#file = new TemporaryFile(folder);
  }

  /**
   * Writes everything in a store as a run.
   * @param order its keys in the order of their first seconds
   * @param weigh tells how much memory a key of so many records takes
   */
  add(store: RecordStore, order: Iterable<number>, weigh: (records: number) => number): void {
    const from = this.#file.length;
    const seconds: number[] = [];
    const starts: number[] = [];
    let rows = 0;
    let indexed = -INDEXED_ROWS;
    let last = -1;
    let used = 0;
    for (const key of order) {
      const records = store.key(key, KEY.count);
      const second = secondOf(store.key(key, KEY.first));
      this.#weights.add(second, weigh(records));
      if (second !== last && rows - indexed >= INDEXED_ROWS) {
        seconds.push(second);
        starts.push(rows);
        indexed = rows;
      }
      last = second;
      for (let next = store.key(key, KEY.head), left = records; left > 0; ) {
        const many = Math.min(left, CHUNK_ROWS - used);
        next = store.copyRows(key, next, many, this.#buffer, used * ROW_WORDS);
        used += many;
        left -= many;
        if (used === CHUNK_ROWS) {
          this.#flush(used);
          used = 0;
        }
      }
      rows += records;
    }
    this.#flush(used);
    this.#runs.push({ from, rows, seconds, starts });
  }

  /** Ranges of seconds in order whose keys take no more than so much memory, one second that alone takes more aside. */
  ranges(most: number): SecondRange[] {
    return this.#weights.ranges(most);
  }

  /** Reads the rows of all keys of a range: in the same buffer each time, the caller's until the next are asked for. */
  *read({ from, to }: SecondRange, buffer: RowBuffer): Generator<number> {
    for (const run of this.#runs) {
      const { seconds, starts } = run;
      // The last entry before the range: its rows may reach into it.
      let entry = seconds.findLastIndex((second) => second < from);
      if (entry < 0) entry = 0;
      for (let row = starts[entry] ?? run.rows; row < run.rows; ) {
        const many = Math.min(CHUNK_ROWS, run.rows - row);
        this.#file.read(run.from + row * ROW_BYTES, buffer.bytes.subarray(0, many * ROW_BYTES));
        row += many;
        const [first, behind] = between(buffer, many, from, to);
        buffer.words.copyWithin(0, first * ROW_WORDS, behind * ROW_WORDS);
        if (behind > first) yield behind - first;
        if (behind < many) break;
      }
    }
  }

  close(): void {
    this.#file.close();
  }

  #flush(rows: number): void {
    if (rows > 0) this.#file.append(this.#buffer.bytes.subarray(0, rows * ROW_BYTES));
  }
}

/** Which of so many rows lie between two seconds. */
const between = ({ words }: RowBuffer, rows: number, from: number, to: number): [number, number] => {
  const second = (row: number): number => words[row * ROW_WORDS + ROW.second] as number;
  let first = 0;
  while (first < rows && second(first) < from) first++;
  let behind = first;
  while (behind < rows && second(behind) < to) behind++;
  return [first, behind];
};
