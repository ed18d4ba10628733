/** What keys show of their ends, in the order of facts: of all keys at once where they are in memory, else of some at a time, which are put together in the end. */

import { END_WORDS, EndRows } from '../engine/kernel/end-rows.ts';
import type { EngineKernel } from '../engine/kernel/engine-kernel.ts';
import { KeptBytes } from '../engine/spill/kept-bytes.ts';
import { writeIPv4 } from '../model/ipv4.ts';
import type { AddressBook } from '../record/address-book.ts';
import type { EndFacts } from './facts.ts';
import { Heap } from './heap.ts';
import { AddressRanks, compareEnds, sortEnds } from './sort-ends.ts';

/** Bytes of a run that are read at once. */
const PIECE = 65_536;

/** A row at hand. */
interface Cursor {
  rows: Uint32Array;
  at: number;
  readonly pieces: Iterator<Uint8Array>;
}

const wordsIn = (bytes: Uint8Array): Uint32Array =>
  // Pieces in memory may begin anywhere.
  bytes.byteOffset % 4 === 0
    ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Uint32Array(bytes.slice().buffer);

export class LearnedEnds {
  readonly #kernel: EngineKernel;
  readonly #rows: EndRows;
  readonly #ranks: AddressRanks;
  /** Of some keys each, where they are in order; and where each of them ends. */
  readonly #kept = new KeptBytes();
  readonly #runs: number[] = [];

  /** @param addresses of all records */
  constructor(kernel: EngineKernel, addresses: AddressBook) {
    this.#kernel = kernel;
    this.#rows = new EndRows(kernel.memory);
    this.#ranks = new AddressRanks(addresses);
  }

  /**
   * Takes what the keys that are filed show.
   * @returns false when there is no memory for it
   */
  take(): boolean {
    const rows = this.#kernel.gatheredEnds();
    if (rows === null) return false;
    this.#ranks.rank(rows, (at) => this.#rows.read(rows, at).isV6);
    const sorted = sortEnds(rows, new Uint32Array(rows.length));
    this.#kept.append(new Uint8Array(sorted.buffer));
    this.#runs.push(this.#kept.length);
    return true;
  }

  /** All ends in order, each once. */
  *inOrder(): Generator<EndFacts> {
    const heap = new Heap<Cursor>((a, b) => compareEnds(a.rows, a.at, b.rows, b.at));
    for (const [i, to] of this.#runs.entries()) {
      const pieces = this.#kept.read(this.#runs[i - 1] ?? 0, to, PIECE);
      const first = pieces.next();
      if (first.done !== true) heap.add({ rows: wordsIn(first.value), at: 0, pieces });
    }
    const row = new Uint32Array(END_WORDS);
    for (let first = heap.first; first !== undefined; first = heap.first) {
      row.set(first.rows.subarray(first.at, first.at + END_WORDS));
      let end = this.#rows.read(row, 0);
      this.#moveOn(heap, first);
      for (let same = heap.first; same !== undefined && compareEnds(same.rows, same.at, row, 0) === 0; ) {
        const more = this.#rows.read(same.rows, same.at);
        end = {
          ...end,
          answers: end.answers || more.answers,
          peers: end.peers + more.peers,
          asked: end.asked || more.asked,
        };
        this.#moveOn(heap, same);
        same = heap.first;
      }
      const { address, isV6, ...known } = end;
      yield { ...known, address: isV6 ? this.#ranks.text(address) : writeIPv4(address) };
    }
  }

  close(): void {
    this.#kept.close();
  }

  #moveOn(heap: Heap<Cursor>, cursor: Cursor): void {
    cursor.at += END_WORDS;
    if (cursor.at === cursor.rows.length) {
      const next = cursor.pieces.next();
      if (next.done === true) {
        heap.removeFirst();
        return;
      }
      cursor.rows = wordsIn(next.value);
      cursor.at = 0;
    }
    heap.settleFirst();
  }
}
