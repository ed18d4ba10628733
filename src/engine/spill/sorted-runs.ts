/**
 * Rows of whole keys in a temporary file, in runs, each in the order of the first seconds of its keys: what lies between
 * two seconds is a slice of every run. The merge of an external merge sort, a range of seconds at a time.
 */
import type { EngineKernel } from '../kernel/engine-kernel.ts';
import { CHUNK_ROWS } from './parted-rows.ts';
import { TemporaryFile } from './temporary-file.ts';

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

/** What a record, and a key beside its records, take of memory, bytes. */
export interface Weighing {
  readonly record: number;
  readonly key: number;
}

export class SortedRuns {
  readonly #kernel: EngineKernel;
  readonly #file: TemporaryFile;
  readonly #runs: Run[] = [];
  readonly #weights = new Weights();
  readonly #rowWords: number;
  /** Where in a row stands its second. */
  readonly #second: number;
  /** How many keys there are. */
  keys = 0;
  /** Rows that were read. */
  readonly #chunk: Uint32Array;

  constructor(kernel: EngineKernel, folder?: string) {
    this.#kernel = kernel;
    this.#file = new TemporaryFile(folder);
    const { words, mark } = kernel.spilledRow;
    this.#rowWords = words;
    this.#second = mark;
    this.#chunk = new Uint32Array(CHUNK_ROWS * words);
  }

  /** Writes everything that is filed, in the order of seconds, as a run. */
  add({ record, key }: Weighing): void {
    const kernel = this.#kernel;
    const words = this.#rowWords;
    const from = this.#file.length;
    const seconds: number[] = [];
    const starts: number[] = [];
    let rows = 0;
    let indexed = -INDEXED_ROWS;
    let last = -1;
    let weight = 0;
    for (const piece of kernel.rows(true)) {
      this.#file.append(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
      for (let at = this.#second; at < piece.length; at += words, rows++, weight += record) {
        const second = piece[at] as number;
        if (second === last) continue;
        if (weight > 0) this.#weights.add(last, weight);
        weight = 0;
        last = second;
        if (rows - indexed < INDEXED_ROWS) continue;
        seconds.push(second);
        starts.push(rows);
        indexed = rows;
      }
    }
    if (weight > 0) this.#weights.add(last, weight);
    for (const second of kernel.seconds()) {
      this.#weights.add(second, key);
      this.keys++;
    }
    this.#runs.push({ from, rows, seconds, starts });
  }

  /** Ranges of seconds in order whose keys take no more than so much memory, one second that alone takes more aside. */
  ranges(most: number): SecondRange[] {
    return this.#weights.ranges(most);
  }

  /** Reads the rows of all keys of a range: some at a time, the caller's until the next are asked for. */
  *read({ from, to }: SecondRange): Generator<Uint32Array> {
    const rowBytes = this.#rowWords * 4;
    const words = this.#chunk;
    const bytes = new Uint8Array(words.buffer);
    for (const run of this.#runs) {
      const { seconds, starts } = run;
      // The last entry before the range: its rows may reach into it.
      let entry = seconds.findLastIndex((second) => second < from);
      if (entry < 0) entry = 0;
      // And the first one behind it.
      let behindIt = entry;
      while (behindIt < seconds.length && (seconds[behindIt] as number) < to) behindIt++;
      const last = starts[behindIt] ?? run.rows;
      for (let row = starts[entry] ?? run.rows; row < last; ) {
        const many = Math.min(CHUNK_ROWS, last - row);
        this.#file.read(run.from + row * rowBytes, bytes.subarray(0, many * rowBytes));
        row += many;
        const [first, behind] = this.#between(words, many, from, to);
        if (behind > first) yield words.subarray(first * this.#rowWords, behind * this.#rowWords);
        if (behind < many) break;
      }
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Which of so many rows lie between two seconds. */
  #between(words: Uint32Array, rows: number, from: number, to: number): [number, number] {
    const second = (row: number): number => words[row * this.#rowWords + this.#second] as number;
    let first = 0;
    while (first < rows && second(first) < from) first++;
    let behind = first;
    while (behind < rows && second(behind) < to) behind++;
    return [first, behind];
  }
}
