/**
 * The rules as the engine sees them: they file batches, keep what they filed in a memory of their own, and in the end put
 * keys in order and judge them into rows.
 */
import type { IdleOption } from '../../model/idle-limits.ts';
import { BATCH_CAPACITY, type BatchColumn, RecordBatch } from '../../model/record-batch.ts';
import { VPC_FLAG_VALUES } from '../../model/tcp-flags.ts';
import type { AddressBook } from '../../record/address-book.ts';
import { type KernelModule, loadKernel } from '../../record/kernel/load-kernel.ts';
import { Words } from '../../record/words.ts';
import type { BothWays } from '../observers/both-ways.ts';
import type { Coverage } from '../observers/coverage.ts';
import type { Observers } from '../observers/observers.ts';
import type { ToldTwice } from '../observers/told-twice.ts';
import { tooLittleMemory } from '../too-little-memory.ts';
import { keptOwn, keptOwnSets, type StoredOwn } from './kept-own.ts';
import { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';
import { setRun, teachAttempts, teachMeanings } from './meaning-tables.ts';
import { nodeRules } from './node-rules.ts';
import { teachTexts } from './row-texts.ts';

/** The columns that are copied: all but where lines lie in their text. */
export const COLUMNS: readonly BatchColumn[] = [
  ...(['packets', 'bytes', 'present', 'srcAddr', 'dstAddr', 'fromAddr', 'toAddr', 'start', 'end'] as const),
  ...(['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId', 'losses'] as const),
  ...(['srcPort', 'dstPort', 'kind', 'families', 'protocol', 'tcpFlags', 'action', 'direction'] as const),
];

/** Keys that are looked at in one call: V8 runs a call to its end in the slow translation that it begins in. */
const KEYS_AT_ONCE = 8192;

/** Counts of the flows that the kernel has filed, or told their parts. */
export interface FlowCounts {
  readonly flows: number;
  readonly exchanges: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly tcpWithFlags: number;
  readonly tcpWithoutFlags: number;
  readonly oddFlags: number;
  readonly first: number | null;
  readonly last: number | null;
}

/** Observers and the vantages behind them. */
type Vantages = Pick<Observers, 'size' | 'vantageOf'>;

export class EngineKernel {
  readonly memory: KernelMemory;
  /** The place of each vantage among the kernel's and one, by its interned id; 0 for none. */
  #places = new Words();
  #batch: RecordBatch | undefined;
  /** Whose texts it knows. */
  #speller: LineSpeller | undefined;
  /** Rows that were copied out: words of a memory that is shared take longer to read. */
  #rows: Uint32Array | undefined;

  /** @param mostPages of 64 KiB that its memory may have: fewer than it could in tests */
  constructor(module: KernelModule, mostPages?: number) {
    this.memory = new KernelMemory(module);
    if (mostPages !== undefined) this.memory.setWord('MOST_PAGES', mostPages);
    if (this.memory.value('CAPACITY') !== BATCH_CAPACITY)
      throw new Error('The kernel was built for another batch.');
    teachAttempts(this.memory);
  }

  /**
   * Files the rows of a batch.
   * @param observers is told of the writers that were not met before: they are numbered alike here and there
   * @param other takes the rows that are no flows
   * @returns false, with nothing filed, when its memory is full
   */
  add(
    batch: RecordBatch,
    observers: Pick<Observers, 'append' | 'vantageOf'>,
    other: (row: number, observer: number) => void,
  ): boolean {
    const { memory } = this;
    const { exports } = memory;
    const { count } = batch;
    if (exports.reserve(count) === 0) return false;
    this.#copy(batch);
    const isNew = memory.value('NEW_OBSERVER');
    const isOther = memory.value('NO_FLOW');
    let row = exports.add(0, count);
    for (;;) {
      const reason = memory.value('stoppedFor');
      if (reason === isNew) {
        const observer = observers.append(batch, row);
        exports.addObserver(row, this.#placeOf(observers.vantageOf(observer)));
      } else if (reason === isOther) {
        other(row, exports.observerOf(row) >>> 0);
        row++;
      } else return true;
      row = exports.add(row, count);
    }
  }

  /** Words of a row of a record that travels, and which of them is its mark: see rules/spilled-rows.ts. */
  get spilledRow(): { readonly words: number; readonly mark: number } {
    const { memory } = this;
    return { words: memory.value('SPILLED_SIZE') / 4, mark: memory.value('SPILLED_MARK') / 4 };
  }

  /**
   * Copies all records as rows.
   * @param inOrder in the order of their seconds, by which they are marked; else marked by a hash of their key
   * @returns some at a time, the caller's until the next are asked for
   */
  *rows(inOrder: boolean): Generator<Uint32Array> {
    const { memory } = this;
    const { words } = this.spilledRow;
    this.#rows ??= new Uint32Array(BATCH_CAPACITY * words);
    const rows = this.#rows;
    memory.exports.beginRows(inOrder);
    for (;;) {
      const count = memory.exports.copyRows(this.#scratch, BATCH_CAPACITY);
      if (count === 0) return;
      rows.set(memory.words(this.#scratch, count * words));
      yield rows.subarray(0, count * words);
    }
  }

  /**
   * Files such rows.
   * @returns false, with nothing filed, when its memory is full
   */
  fileRows(rows: Uint32Array): boolean {
    const { memory } = this;
    memory.words(this.#scratch, rows.length).set(rows);
    return memory.exports.fileRows(this.#scratch, rows.length / this.spilledRow.words) !== 0;
  }

  /** The most bytes of rows of evidence at once. */
  get evidenceBytes(): number {
    return BATCH_CAPACITY * this.memory.value('EVIDENCE_SIZE');
  }

  /** What keys show that teaches anything of their ends, as rows: as {@link rows}. */
  *evidence(): Generator<Uint8Array> {
    const { memory } = this;
    const size = memory.value('EVIDENCE_SIZE');
    memory.exports.beginEvidence();
    for (;;) {
      const count = memory.exports.copyEvidence(this.#scratch, BATCH_CAPACITY);
      if (count === 0) return;
      yield memory.bytes(this.#scratch, count * size);
    }
  }

  /**
   * Learns of ends from the evidence of all keys.
   * @param place of a key whose ends are asked for, beside those of keys where nothing was observed; null for all keys
   * @param evidence the same rows, in pieces
   * @returns false when there is no memory for it
   */
  learnFrom(place: number | null, evidence: Iterable<Uint8Array>): boolean {
    const { memory } = this;
    const size = memory.value('EVIDENCE_SIZE');
    if (memory.exports.beginLearning(place === null, place ?? 0) === 0) return false;
    for (const rows of evidence) {
      memory.bytes(this.#scratch, rows.length).set(rows);
      memory.exports.noteEvidence(this.#scratch, rows.length / size);
    }
    memory.exports.endLearning();
    return true;
  }

  /**
   * Tells it of the ends of the keys that are filed what others have learned of all keys of the input.
   * @param onlyTold whether nothing is known of an end that is not told; else it is known to answer nobody
   * @param rows in pieces: each an end as {@link gatheredEnds} gives them
   * @returns false when there is no memory for it
   */
  tellEnds(onlyTold: boolean, rows: Iterable<Uint8Array>): boolean {
    const { memory } = this;
    const size = memory.value('END_SIZE');
    if (memory.exports.beginTelling(onlyTold) === 0) return false;
    for (const some of rows) {
      memory.bytes(this.#scratch, some.length).set(some);
      memory.exports.tellRows(this.#scratch, some.length / size);
    }
    memory.exports.endLearning();
    return true;
  }

  /** The most bytes of rows of ends at once. */
  get endsBytes(): number {
    return BATCH_CAPACITY * this.memory.value('END_SIZE');
  }

  /**
   * What the keys that are filed show of their ends, in no order.
   * @returns four words an end: its address, its port with the protocol and family, its peers, marks; null when there is no memory for it
   */
  gatheredEnds(): Uint32Array | null {
    const { memory } = this;
    const { exports } = memory;
    if (exports.beginGathering() === 0) return null;
    const keys = memory.unsigned('keys');
    for (let key = 0; key < keys; key += KEYS_AT_ONCE)
      if (exports.gatherEnds(key, key + KEYS_AT_ONCE) === 0) {
        exports.endGathering();
        return null;
      }
    const words = memory.value('END_SIZE') / 4;
    const ends = new Uint32Array((exports.gatheredEnds() >>> 0) * words);
    for (let at = 0; at < ends.length; ) {
      const count = exports.copyEnds(this.#scratch, BATCH_CAPACITY) * words;
      ends.set(memory.words(this.#scratch, count), at);
      at += count;
    }
    exports.endGathering();
    return ends;
  }

  /**
   * Adds what the keys that are filed teach of both ways to what is known of vantages.
   * @returns false, with nothing added, when there is no memory for it
   */
  learnBothWays(observers: Vantages, into: BothWays): boolean {
    const { exports } = this.memory;
    return this.#addUp(
      observers,
      this.memory.value('BOTH_WAYS_SIZE'),
      () => 0,
      (key, sums) => exports.learnBothWays(key, key + KEYS_AT_ONCE, sums),
      (vantage, [bothWays = 0, halves = 0]) => {
        if (bothWays + halves > 0) into.add(vantage, bothWays, halves);
      },
    );
  }

  /**
   * Adds what they teach of a second flow log of vantages.
   * @param asks whether a vantage is asked about
   * @returns false, with nothing added, when there is no memory for it
   */
  learnToldTwice(observers: Vantages, asks: (vantage: number) => boolean, into: ToldTwice): boolean {
    const { memory } = this;
    const { exports } = memory;
    const roomBytes = memory.value('TOLD_TWICE_ROOM');
    const room = memory.allocate(roomBytes);
    if (room === 0) return false;
    const hasMemory = this.#addUp(
      observers,
      memory.value('TOLD_TWICE_SIZE'),
      (vantage) => Number(asks(vantage)),
      (key, sums) => exports.learnToldTwice(key, key + KEYS_AT_ONCE, sums, room),
      (vantage, [sums = 0, contradictions = 0, nests = 0]) => {
        if (sums + contradictions > 0) into.add(vantage, { sums, contradictions, nests });
      },
    );
    exports.release(room, roomBytes);
    return hasMemory;
  }

  /**
   * Adds something up by vantage over all keys.
   * @param width bytes of what is added up of a vantage
   * @param last what the last word of a vantage is in the beginning; the others are 0
   * @param learn from some keys, given where the sums of each observer's vantage lie
   * @param take the words of a vantage
   */
  #addUp(
    observers: Vantages,
    width: number,
    last: (vantage: number) => number,
    learn: (key: number, sums: number) => void,
    take: (vantage: number, words: Uint32Array) => void,
  ): boolean {
    const { memory } = this;
    const vantages: number[] = [];
    const places = new Words();
    for (let observer = 0; observer < observers.size; observer++) {
      const vantage = observers.vantageOf(observer);
      if (places.at(vantage) === 0) places.put(vantage, vantages.push(vantage));
    }
    const sumsBytes = vantages.length * width;
    const bytes = sumsBytes + observers.size * 4;
    const sums = memory.allocate(bytes);
    if (sums === 0) return false;
    const words = width / 4;
    const all = memory.words(sums, vantages.length * words);
    for (const [i, vantage] of vantages.entries()) all[(i + 1) * words - 1] = last(vantage);
    const byObserver = memory.words(sums + sumsBytes, observers.size);
    for (let observer = 0; observer < observers.size; observer++)
      byObserver[observer] = sums + (places.at(observers.vantageOf(observer)) - 1) * width;
    const keys = memory.unsigned('keys');
    for (let key = 0; key < keys; key += KEYS_AT_ONCE) learn(key, sums + sumsBytes);
    for (const [i, vantage] of vantages.entries()) take(vantage, all.subarray(i * words, (i + 1) * words));
    memory.exports.release(sums, bytes);
    return true;
  }

  /** How many records and keys are filed. */
  get filedCounts(): readonly [records: number, keys: number] {
    return [this.memory.unsigned('records'), this.memory.unsigned('keys')];
  }

  /** Empties it of records, to file more of the input. */
  clear(): void {
    this.memory.exports.clear();
  }

  /** Empties it of everything but counts, to file rows: batches cannot be added any more. */
  forget(): void {
    this.memory.exports.forget();
  }

  /** Empties it of all but what it was taught: it is as it was when it was made, and can do another run. */
  beginAnew(): void {
    this.#places = new Words();
    this.memory.exports.beginAnew();
  }

  /** Tells it what a run is set to, and once what words and states mean and how they are spelt. */
  teach(speller: LineSpeller, options: IdleOption & { readonly observedOnly: boolean }): void {
    const { memory } = this;
    setRun(memory, options);
    if (speller === this.#speller) return;
    this.#speller = speller;
    teachMeanings(memory);
    teachTexts(memory, speller);
  }

  counts(): FlowCounts {
    const { memory } = this;
    const flows = memory.unsigned('records') + memory.value('cleared') + memory.value('sent');
    const exchanges = memory.unsigned('exchanges');
    const tcpWithFlags = memory.unsigned('tcpWithFlags');
    const second = (value: number): number | null => (value < 0 ? null : value);
    let oddFlags = 0;
    for (const [flags, count] of memory.words(memory.value('FLAG_COUNTS'), 256).entries())
      if (!VPC_FLAG_VALUES.has(flags)) oddFlags += count;
    return {
      flows,
      exchanges,
      accepted: memory.unsigned('accepted'),
      rejected: memory.unsigned('rejected'),
      tcpWithFlags,
      tcpWithoutFlags: flows - exchanges - tcpWithFlags,
      oddFlags,
      first: second(memory.value('first')),
      last: second(memory.value('last')),
    };
  }

  /** Hands over what it has seen of vantages: no batch is added any more. */
  giveCoverage(coverage: Coverage): void {
    this.#places.clear();
    const { memory } = this;
    const rewrites = memory.value('REWRITES');
    const all = new DataView(memory.buffer);
    const ownOf = keptOwn(memory);
    const count = memory.unsigned('vantageCount');
    const [hasLast, hasLongest] = [memory.value('HAS_LAST'), memory.value('HAS_LONGEST')];
    // From behind, where the highest number is: there may be a million.
    for (let place = count - 1; place >= 0; place--) {
      const at = memory.exports.vantageAt(place) >>> 0;
      const marks = all.getUint32(at + 24, true);
      coverage.adopt(all.getUint32(at + 28, true), {
        first: all.getUint32(at, true),
        records: all.getUint32(at + 4, true),
        last: (marks & hasLast) === 0 ? -1 : all.getUint32(at + 8, true),
        longest: (marks & hasLongest) === 0 ? -1 : all.getUint32(at + 12, true),
        rewrites: (marks & rewrites) !== 0,
        own: ownOf(at, marks),
      });
    }
  }

  /** What of its own each vantage may have, by its interned id, as {@link giveCoverage} finds it. */
  *ownSets(): Generator<readonly [vantage: number, own: StoredOwn]> {
    const { memory } = this;
    const all = new DataView(memory.buffer);
    const ownOf = keptOwnSets(memory);
    const count = memory.unsigned('vantageCount');
    for (let place = 0; place < count; place++) {
      const at = memory.exports.vantageAt(place) >>> 0;
      yield [all.getUint32(at + 28, true), ownOf(at, all.getUint32(at + 24, true))];
    }
  }

  /** All is filed, and what was learned of vantages has been handed over: room for what comes now. */
  endFiling(): void {
    this.memory.exports.endFiling();
  }

  /** Puts keys in the order of their seconds alone; false when there is no memory for it. */
  orderBySeconds(): boolean {
    const { memory } = this;
    if (memory.exports.beginOrder(false) === 0) return false;
    this.#orderFrom(memory.value('SECOND_DIGITS'));
    return true;
  }

  /** Puts all keys in order; false when there is no memory for it. */
  orderKeys(addresses: AddressBook): boolean {
    const { memory } = this;
    const count = memory.unsigned('mostV6') + 1;
    if (memory.exports.reserveAddresses(count) === 0) return false;
    const table = memory.bytes(memory.unsigned('addresses'), count * 16);
    for (let id = 1; id < count; id++) table.set(addresses.bytes(id), id * 16);
    const { exports } = memory;
    if (exports.beginOrder(true) === 0) return false;
    this.#orderFrom(0);
    const keys = memory.unsigned('keys');
    for (let place = 0; place < keys; ) place = exports.settleEqual(place) >>> 0;
    return true;
  }

  /** The first second and one of every key, rising; 0 without times. The keys are in order. */
  *seconds(): Generator<number> {
    const keys = this.memory.unsigned('keys');
    for (let place = 0; place < keys; place++) yield this.memory.exports.secondIn(place) >>> 0;
  }

  #orderFrom(first: number): void {
    const digits = this.memory.value('ORDER_DIGITS');
    for (let digit = first; digit < digits; digit++) this.memory.exports.orderBy(digit);
  }

  /** Where batches are copied to there is room for as many rows of any other kind. */
  get #scratch(): number {
    return this.memory.value(COLUMNS[0] as string);
  }

  /** The place of a vantage among the kernel's. */
  #placeOf(vantage: number): number {
    const known = this.#places.at(vantage);
    if (known !== 0) return known - 1;
    const place = this.memory.exports.addVantage(vantage);
    this.#places.put(vantage, place + 1);
    return place;
  }

  #copy(batch: RecordBatch): void {
    const { buffer } = this.memory;
    // Memory that has grown is another buffer.
    if (this.#batch?.kind.buffer !== buffer) {
      this.#batch = new RecordBatch(batch.columns, {
        buffer,
        offsetOf: (column) => (COLUMNS.includes(column) ? this.memory.value(column) : 0),
      });
    }
    for (const column of COLUMNS) this.#batch[column].set(batch[column].subarray(0, batch.count));
  }
}

/** A kernel of a module; null where the system has no address space for its memory. */
export const engineKernelOf = (module: KernelModule): EngineKernel | null => {
  try {
    return new EngineKernel(module);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

let compiled: KernelModule | null | undefined;

/** The rules that `npm run build` compiles; null where nothing has been built, or WebAssembly or its SIMD is missing. */
const compiledRules = (): KernelModule | null => {
  if (compiled === undefined)
    compiled = loadKernel(new URL('../../rules/rules.wasm', import.meta.url)) ?? null;
  return compiled;
};

/**
 * A kernel for one run: of compiled rules, or where they cannot be had of those that Node runs, whose memory needs no guard
 * of address space around it.
 * @throws InputError (input-too-large) where there is no address space for either
 */
export const kernelFor = (rules: KernelModule | null, byNode: () => KernelModule): EngineKernel => {
  const kernel = (rules === null ? null : engineKernelOf(rules)) ?? engineKernelOf(byNode());
  if (kernel === null) throw tooLittleMemory();
  return kernel;
};

/** The same of the rules that are here. */
export const shippedKernel = (): EngineKernel => kernelFor(compiledRules(), nodeRules);
