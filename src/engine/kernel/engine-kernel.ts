/**
 * The WebAssembly kernel as the engine sees it: it files batches, keeps what it filed in its own memory, and in
 * the end judges plain keys straight into lines. What it does not vouch for it leaves to TypeScript, which can
 * go on from any batch with what the kernel has filed.
 */
import type { Observers } from '../../correlate/observers.ts';
import { type FiledRecords, ROW_WORDS, type RowWords } from '../../correlate/record-store.ts';
import { type Coverage, ownOf } from '../../lifecycle/coverage.ts';
import { BATCH_CAPACITY, type BatchColumn, RecordBatch } from '../../model/record-batch.ts';
import { VPC_FLAG_VALUES } from '../../model/tcp-flags.ts';
import type { AddressBook } from '../../record/address-book.ts';
import { type KernelModule, loadKernel } from '../../record/kernel/load-kernel.ts';
import { Words } from '../../record/words.ts';
import { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';
import { setRun, teachMeanings } from './meaning-tables.ts';
import { nodeRules } from './node-rules.ts';
import { teachTexts } from './row-texts.ts';

/** The columns that are copied: all but where lines lie in their text. */
export const COLUMNS: readonly BatchColumn[] = [
  ...(['packets', 'bytes', 'present', 'srcAddr', 'dstAddr', 'fromAddr', 'toAddr', 'start', 'end'] as const),
  ...(['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const),
  ...(['srcPort', 'dstPort', 'kind', 'families', 'protocol', 'tcpFlags', 'action', 'direction'] as const),
];

/** Counts of the flows that the kernel has filed. */
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

export class EngineKernel {
  readonly memory: KernelMemory;
  /** The place of each vantage among the kernel's and one, by its interned id; 0 for none. */
  readonly #places = new Words();
  #batch: RecordBatch | undefined;
  /** Whose texts it knows. */
  #speller: LineSpeller | undefined;

  /** @param mostPages of 64 KiB that its memory may have: fewer than it could in tests */
  constructor(module: KernelModule, mostPages?: number) {
    this.memory = new KernelMemory(module);
    if (mostPages !== undefined) this.memory.setWord('MOST_PAGES', mostPages);
    if (this.memory.value('CAPACITY') !== BATCH_CAPACITY)
      throw new Error('The kernel was built for another batch.');
  }

  /**
   * Files the rows of a batch.
   * @param other takes the rows that are no flows
   * @returns false, with nothing filed, when its memory is full
   */
  add(
    batch: RecordBatch,
    observers: Pick<Observers, 'of' | 'vantageOf'>,
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
        const observer = observers.of(batch, row);
        exports.addObserver(row, this.#placeOf(observers.vantageOf(observer)));
      } else if (reason === isOther) {
        other(row, observers.of(batch, row));
        row++;
      } else return true;
      row = exports.add(row, count);
    }
  }

  /**
   * Files rows that a store gave: see ROW in record-store.ts.
   * @returns false, with nothing filed, when its memory is full
   */
  fileRows({ words }: RowWords, rows: number): boolean {
    const { memory } = this;
    if (memory.exports.reserve(rows) === 0) return false;
    // Where batches are copied to, there is room for many rows.
    const at = memory.value(COLUMNS[0] as string);
    memory.words(at, rows * ROW_WORDS).set(words.subarray(0, rows * ROW_WORDS));
    memory.exports.fileRows(at, rows);
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
    this.#places.clear();
    this.memory.exports.beginAnew();
  }

  /** Tells it what a run is set to, and once what words and states mean and how they are spelt. */
  teach(
    speller: LineSpeller,
    options: { readonly openSeconds: number; readonly observedOnly: boolean },
  ): void {
    const { memory } = this;
    setRun(memory, options);
    if (speller === this.#speller) return;
    this.#speller = speller;
    teachMeanings(memory);
    teachTexts(memory, speller);
  }

  /** What was filed, for the store. Its buffer stays whole while the kernel is asked for no more memory. */
  filed(): FiledRecords {
    const { memory } = this;
    const blocks = (list: string, rows: number, bits: string): number[] => [
      ...memory.words(memory.value(list), Math.ceil(rows / 2 ** memory.value(bits))),
    ];
    const records = memory.unsigned('records');
    const keys = memory.unsigned('keys');
    return {
      buffer: memory.buffer,
      records,
      keys,
      recordBlocks: blocks('RECORD_BLOCKS', records, 'RECORD_BLOCK_BITS'),
      keyBlocks: blocks('KEY_BLOCKS', keys, 'KEY_BLOCK_BITS'),
    };
  }

  counts(): FlowCounts {
    const { memory } = this;
    const flows = memory.unsigned('records') + memory.value('cleared');
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
    const anyOwn = memory.value('ANY_OWN');
    const [oneIsV6, otherIsV6] = [memory.value('ONE_IS_V6'), memory.value('OTHER_IS_V6')];
    const all = new DataView(memory.buffer);
    const count = memory.unsigned('vantageCount');
    const [hasLast, hasLongest] = [memory.value('HAS_LAST'), memory.value('HAS_LONGEST')];
    // One object for all, from behind, where the highest number is: there may be a million.
    const own: [number, number] = [0, 0];
    const seen = { first: 0, records: 0, last: 0, longest: 0, own, rewrites: false, anyOwn: false };
    for (let place = count - 1; place >= 0; place--) {
      const at = memory.exports.vantageAt(place) >>> 0;
      const marks = all.getUint32(at + 24, true);
      seen.first = all.getUint32(at, true);
      seen.records = all.getUint32(at + 4, true);
      seen.last = (marks & hasLast) === 0 ? -1 : all.getUint32(at + 8, true);
      seen.longest = (marks & hasLongest) === 0 ? -1 : all.getUint32(at + 12, true);
      own[0] = ownOf(all.getUint32(at + 16, true), (marks & oneIsV6) !== 0);
      own[1] = ownOf(all.getUint32(at + 20, true), (marks & otherIsV6) !== 0);
      seen.rewrites = (marks & rewrites) !== 0;
      seen.anyOwn = (marks & anyOwn) !== 0;
      coverage.adopt(all.getUint32(at + 28, true), seen);
    }
  }

  /** All is filed, and what was learned of vantages has been handed over: room for what comes now. */
  endFiling(): void {
    this.memory.exports.endFiling();
  }

  /** Puts all keys in order; false when there is no memory for it. */
  orderKeys(addresses: AddressBook): boolean {
    const { memory } = this;
    const count = memory.unsigned('mostV6') + 1;
    if (memory.exports.reserveAddresses(count) === 0) return false;
    const table = memory.bytes(memory.unsigned('addresses'), count * 16);
    for (let id = 1; id < count; id++) table.set(addresses.bytes(id), id * 16);
    const { exports } = memory;
    if (exports.beginOrder() === 0) return false;
    const digits = memory.value('ORDER_DIGITS');
    for (let digit = 0; digit < digits; digit++) exports.orderBy(digit);
    const keys = memory.unsigned('keys');
    for (let place = 0; place < keys; ) place = exports.settleEqual(place) >>> 0;
    return true;
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
  compiled ??= loadKernel(new URL('../../rules/rules.wasm', import.meta.url)) ?? null;
  return compiled;
};

/**
 * A kernel for one run: of compiled rules, or where they cannot be had of those that Node runs, whose memory needs no guard
 * of address space around it. Null where there is no address space for either: TypeScript does everything then.
 */
export const kernelFor = (rules: KernelModule | null, byNode: () => KernelModule): EngineKernel | null =>
  (rules === null ? null : engineKernelOf(rules)) ?? engineKernelOf(byNode());

/** The same of the rules that are here. */
export const shippedKernel = (): EngineKernel | null => kernelFor(compiledRules(), nodeRules);
