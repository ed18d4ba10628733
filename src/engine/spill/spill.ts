/**
 * What does not fit into memory, in temporary files, so that nothing of the result changes: no record is judged before
 * the input has ended, and then every key is whole. Records go to one of many parts by their key; in the end each part is
 * put in the order of the first seconds of its keys, and ranges of seconds are taken back one after the other.
 */
import type { Steps } from '../../model/in-steps.ts';
import type { EngineKernel } from '../kernel/engine-kernel.ts';
import { tooLittleMemory } from '../too-little-memory.ts';
import { KeyEvidence } from './key-evidence.ts';
import { PartedRows } from './parted-rows.ts';
import { SortedRuns } from './sorted-runs.ts';

/** Parts, by as many bits of a key's hash: each is put in order in memory, so inputs may be so many times as large as it. */
const PARTS = 128;
/** Bytes that a record and a key take in a kernel. */
const RECORD_BYTES = 40;
const KEY_BYTES = 48;
/** Bytes more that a key takes where it is put in order. */
const ORDER_BYTES = 40;
/** A range takes no more than this share of what the kernel's memory can become: judging takes room too. */
const RANGE_SHARE = 1 / 8;
/** Nor more than so many bytes: it is filed between two looks at signals. */
const MOST_RANGE = 80 * 2 ** 20;

/** How much memory so many records and keys take, bytes. */
export const weightOf = (records: number, keys: number): number => records * RECORD_BYTES + keys * KEY_BYTES;

export class Spill {
  readonly #kernel: EngineKernel;
  /** Bytes that records and keys of a range take at most. */
  readonly #range: number;
  readonly #parts: PartedRows;
  readonly #evidence: KeyEvidence;
  readonly #runs: SortedRuns;
  /** Everything has been put in order. */
  isSorted = false;

  /**
   * @param kernel files records, before and after they were in files
   * @param most bytes of memory for records and keys
   * @throws OutputError (spill-failed) where no temporary file can be made, like all its methods that write
   */
  constructor(kernel: EngineKernel, most: number, folder?: string) {
    this.#kernel = kernel;
    this.#range = Math.min(most, MOST_RANGE, kernel.memory.mostBytes * RANGE_SHARE);
    this.#parts = new PartedRows(PARTS, kernel.spilledRow.words, folder);
    this.#evidence = new KeyEvidence(kernel, folder);
    this.#runs = new SortedRuns(kernel, folder);
  }

  /** Bytes of records that wait in temporary files. */
  get bytes(): number {
    return this.#parts.bytes;
  }

  /** Keys that wait there, once everything has been put in order. */
  get keys(): number {
    return this.#runs.keys;
  }

  /** Takes all records that are filed; the kernel has room for others then. */
  take(): void {
    const { words, mark } = this.#kernel.spilledRow;
    for (const rows of this.#kernel.rows(false)) {
      for (let at = 0; at < rows.length; ) {
        // The upper bits place keys in the kernel's tables: parts are told by the lower ones.
        const part = (rows[at + mark] as number) % PARTS;
        let to = at + words;
        while (to < rows.length && (rows[to + mark] as number) % PARTS === part) to += words;
        this.#parts.add(part, rows, at, to);
        at = to;
      }
    }
    this.#kernel.clear();
  }

  /**
   * Puts everything in order, part by part.
   * @param learn of the keys of a part, which are whole; false when there is no memory for it
   * @param isAsked what keys show of their ends will be asked for
   * @throws InputError (input-too-large) when a part does not fit into memory
   */
  *sort(learn: () => boolean, isAsked: boolean): Steps<void> {
    for (const _ of this.parts()) {
      if (!learn()) throw tooLittleMemory();
      if (!this.#kernel.orderBySeconds()) throw tooLittleMemory();
      if (isAsked) this.#evidence.add();
      this.#runs.add({ record: RECORD_BYTES, key: KEY_BYTES + ORDER_BYTES });
      yield;
    }
    this.isSorted = true;
  }

  /**
   * Files the records of one part after the other: its keys are whole.
   * @throws InputError (input-too-large) when a part does not fit into memory
   */
  *parts(): Generator<void> {
    for (let part = 0; part < PARTS; part++) {
      this.#refill(this.#parts.read(part));
      yield;
    }
    this.#parts.close();
  }

  /**
   * Files the keys anew, in the order of their first seconds, as many at once as there is memory for: some more each time.
   * @throws InputError (input-too-large) when those of one second do not fit into memory
   */
  *portions(): Generator<void> {
    for (const range of this.#runs.ranges(this.#range)) {
      this.#refill(this.#runs.read(range));
      yield;
    }
  }

  /**
   * Has the kernel learn from all keys of the input what they show of ends of those that are filed.
   * @param place of a key whose ends are asked for, beside those of keys where nothing was observed; null for all keys
   * @throws InputError (input-too-large) when there is no memory for it
   */
  teachEnds(place: number | null): void {
    if (!this.#evidence.teach(place)) throw tooLittleMemory();
  }

  /** Gives the files back. */
  close(): void {
    this.#parts.close();
    this.#evidence.close();
    this.#runs.close();
  }

  /** Files rows in the place of everything else. */
  #refill(pieces: Iterable<Uint32Array>): void {
    this.#kernel.forget();
    for (const rows of pieces) if (!this.#kernel.fileRows(rows)) throw tooLittleMemory();
  }
}
