/**
 * What does not fit into memory, in temporary files, so that nothing of the result changes: no record is judged before
 * the input has ended, and then every key is whole. Records go to one of many parts by their key; in the end each part is
 * put in the order of the first seconds of its keys, and ranges of seconds are taken back one after the other.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KEY, type RecordStore, ROW_WORDS } from '../../correlate/record-store.ts';
import type { EvidenceOfKeys } from '../../lifecycle/services.ts';
import { keysBySecond, SortingRoom } from '../keys-by-second.ts';
import { KeyEvidence } from './key-evidence.ts';
import { CHUNK_ROWS, PartedRows, RowBuffer } from './parted-rows.ts';
import { SortedRuns } from './sorted-runs.ts';

/** Parts: each is put in order in memory, so inputs may be so many times as large as it. */
const PARTS = 128;
/** Bytes that a record and a key take in a store. */
const RECORD_BYTES = 40;
const KEY_BYTES = 48;
/** Bytes more that a key takes where it is put in order. */
const ORDER_BYTES = 40;
/** A range takes no more than this share of the memory: it is filed between two looks at signals. */
const RANGE_SHARE = 1 / 4;

/** How much memory a store takes, bytes. */
export const weightOf = (records: number, keys: number): number => records * RECORD_BYTES + keys * KEY_BYTES;

/** Where rows are filed anew: what was there is forgotten. */
export type Refill = (rows: Iterable<number>, buffer: RowBuffer) => RecordStore;

export class Spill {
  readonly #most: number;
  readonly #parts: PartedRows;
  readonly #evidence: KeyEvidence;
  readonly #runs: SortedRuns;
  readonly #buffer = new RowBuffer(CHUNK_ROWS);

  /**
   * @param most bytes of memory for records and keys
   * @throws OutputError (spill-failed) where no temporary file can be made, like all its methods that write
   */
  constructor(most: number, folder?: string) {
    this.#most = most;
    this.#parts = new PartedRows(PARTS, folder);
    this.#evidence = new KeyEvidence(folder);
    this.#runs = new SortedRuns(folder);
  }

  /** Every key of the input, when everything has been put in order. */
  get evidence(): EvidenceOfKeys {
    return this.#evidence;
  }

  /** Bytes in temporary files. */
  get bytes(): number {
    return this.#parts.bytes;
  }

  /** Takes all records of a store, which may then be emptied. */
  take(store: RecordStore): void {
    for (let key = 0; key < store.keyCount; key++) {
      // The lower bits place keys in tables: the parts are told by the upper ones.
      const part = store.hashOf(key) >>> 25;
      let left = store.key(key, KEY.count);
      for (let next = store.key(key, KEY.head); next !== 0; left -= CHUNK_ROWS) {
        const many = Math.min(left, CHUNK_ROWS);
        next = store.copyRows(key, next, many, this.#buffer, 0);
        this.#parts.add(part, this.#buffer.words, 0, many * ROW_WORDS);
      }
    }
  }

  /** Puts everything in order, part by part. */
  async sort(refill: Refill, signal: AbortSignal | undefined): Promise<void> {
    const weigh = (records: number): number => weightOf(records, 1) + ORDER_BYTES;
    const room = new SortingRoom();
    for (let part = 0; part < PARTS; part++) {
      const store = refill(this.#parts.read(part, this.#buffer), this.#buffer);
      this.#evidence.add(store);
      this.#runs.add(store, keysBySecond(store, room), weigh);
      await nextTurn();
      signal?.throwIfAborted();
    }
    this.#parts.close();
  }

  /** Files the keys anew, in the order of their first seconds, as many at once as there is memory for. */
  *stores(refill: Refill): Generator<RecordStore> {
    for (const range of this.#runs.ranges(this.#most * RANGE_SHARE))
      yield refill(this.#runs.read(range, this.#buffer), this.#buffer);
  }

  /** Gives the files back. */
  close(): void {
    this.#parts.close();
    this.#evidence.close();
    this.#runs.close();
  }
}
