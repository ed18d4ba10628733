/**
 * Takes batches: the rules file what is a flow, and what is none is counted and noted here. What does not fit into memory
 * waits in temporary files until the input has ended.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from '../model/in-steps.ts';
import { writeIPv4 } from '../model/ipv4.ts';
import { Pauses } from '../model/pauses.ts';
import { HAS, IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import { AddressLegs, MOST_LEGS } from '../path/gateways.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import type { EngineKernel } from './kernel/engine-kernel.ts';
import type { StoredOwn } from './kernel/kept-own.ts';
import type { Annotations } from './observers/annotations.ts';
import { BothWays } from './observers/both-ways.ts';
import { Coverage } from './observers/coverage.ts';
import { Observers } from './observers/observers.ts';
import { ToldTwice } from './observers/told-twice.ts';
import { Spill, weightOf } from './spill/spill.ts';
import { emptyTally, type Tally } from './tally.ts';
import { tooLittleMemory } from './too-little-memory.ts';

/** What tells connections between two addresses apart. */
const VALUES_OF_A_KEY = [
  ['srcport', HAS.srcPort],
  ['dstport', HAS.dstPort],
  ['protocol', HAS.protocol],
] as const;

export interface FilingOptions {
  /** Bytes of memory for records and keys: more of them go to temporary files meanwhile. Without a limit when left out. */
  readonly memoryBytes?: number | undefined;
  /** These take what AWS tells beside packets, where batches say it. */
  readonly annotations?: Annotations | undefined;
  /** All that is known of interfaces' own addresses is wanted, not what is believed alone. */
  readonly keepsOwnSets?: boolean;
  /** What whole keys teach was learned elsewhere. */
  readonly isTaught?: boolean;
}

export class Filing {
  readonly kernel: EngineKernel;
  readonly dictionaries: Dictionaries;
  readonly observers: Observers;
  readonly coverage = new Coverage();
  /** What the records teach of both ways, when all are taken. */
  bothWays = new BothWays();
  /** And of vantages that two flow logs tell of. */
  toldTwice = new ToldTwice();
  readonly tally: Tally = emptyTally();
  readonly legs = new AddressLegs(MOST_LEGS);
  readonly legFields = new Set<string>();
  /** Of what tells connections apart, the fields that some of their records hold nothing in. */
  readonly legLacks = new Set<string>();
  /** What AWS tells beside packets, where somebody asks. */
  readonly annotations: Annotations | null;
  /** What of its own each vantage may have, by its interned id, where it was asked for and all is taken. */
  readonly ownSets = new Map<number, StoredOwn>();
  readonly #options: FilingOptions;
  readonly #memoryBytes: number;
  #spill: Spill | null = null;

  constructor(kernel: EngineKernel, dictionaries: Dictionaries, options: FilingOptions = {}) {
    const { memoryBytes = Number.POSITIVE_INFINITY, annotations } = options;
    this.annotations = annotations ?? null;
    this.kernel = kernel;
    this.dictionaries = dictionaries;
    this.observers = new Observers(dictionaries.strings);
    this.#options = options;
    this.#memoryBytes = memoryBytes;
  }

  /**
   * Takes every record of a batch.
   * @throws OutputError (spill-failed) when the memory is full and no temporary file can be written
   * @throws InputError (input-too-large) when there is no memory even for the next batch alone
   */
  add(batch: RecordBatch): void {
    if (!this.#file(batch)) {
      this.spillAll();
      if (!this.#file(batch)) throw tooLittleMemory();
    }
    if (this.#filedBytes > this.#memoryBytes) this.spillAll();
    this.annotations?.add(batch);
  }

  /** What did not fit into memory; null as long as everything does. */
  get spill(): Spill | null {
    return this.#spill;
  }

  /** To be called and waited for after the last batch. */
  async finish(signal?: AbortSignal): Promise<void> {
    // What judging begins with takes long where there are very many interfaces: done here, where it may rest between.
    const pauses = new Pauses(signal);
    for (const settle of [() => this.dictionaries.strings.ranks(), () => this.observers.places()]) {
      settle();
      if (pauses.due) await pauses.take();
    }
    if (this.#spill === null) return;
    for (const _ of this.sorting(this.#spill)) {
      await nextTurn();
      signal?.throwIfAborted();
    }
  }

  /** Gives temporary files back, as taking the last connection does. */
  close(): void {
    this.#spill?.close();
  }

  /** Everything that is filed goes to temporary files. */
  spillAll(): Spill {
    this.#spill ??= new Spill(this.kernel, this.#memoryBytes);
    this.#spill.take();
    return this.#spill;
  }

  /** Puts what is in temporary files in order, once. */
  *sorting(spill: Spill): Steps<void> {
    if (spill.isSorted) return;
    this.spillAll();
    this.endTaking();
    // From the keys of a portion alone it cannot learn.
    this.kernel.memory.exports.setLearns(false);
    this.bothWays = new BothWays();
    this.toldTwice = new ToldTwice();
    yield* this.isTaught
      ? spill.sort(() => true, false)
      : spill.sort(() => this.#learnBothWays() && this.#learnToldTwice(), true);
  }

  /** Whether what whole keys teach was learned elsewhere. */
  get isTaught(): boolean {
    return this.#options.isTaught === true;
  }

  /** All is taken: tells what was counted and covered, and gives back what only taking records needs. */
  endTaking(): void {
    this.dictionaries.strings.rest();
    this.observers.rest();
    Object.assign(this.tally, this.kernel.counts());
    if (this.#options.keepsOwnSets === true)
      for (const [vantage, own] of this.kernel.ownSets()) this.ownSets.set(vantage, own);
    this.kernel.giveCoverage(this.coverage);
  }

  /**
   * Learns from all keys, which are filed, and all is taken then.
   * @param isPart these are some of the keys: how long records of a vantage are is known from others, too
   * @returns false when there is no memory for it
   */
  learn(isPart: boolean): boolean {
    this.bothWays = new BothWays();
    this.toldTwice = new ToldTwice();
    if (!this.#learnBothWays()) return false;
    this.endTaking();
    return this.#learnToldTwice(isPart);
  }

  /**
   * Learns from all keys when all is taken: at once where they are in memory, else part by part.
   * @param learnMore of the keys that are filed then; false when there is no memory for it: in memory that is tried again part by part
   * @throws InputError (input-too-large) where there is too little memory even for a part
   */
  *learning(learnMore: () => boolean): Steps<void> {
    if (this.#spill === null && this.learn(true) && learnMore()) return;
    const spill = this.spillAll();
    this.endTaking();
    this.bothWays = new BothWays();
    this.toldTwice = new ToldTwice();
    for (const _ of spill.parts()) {
      if (!this.#learnBothWays() || !this.#learnToldTwice(true) || !learnMore()) throw tooLittleMemory();
      yield;
    }
  }

  #learnBothWays(): boolean {
    return this.kernel.learnBothWays(this.observers, this.bothWays);
  }

  /** Only of vantages whose records are long enough: of most logs there is nothing to look at. */
  #learnToldTwice(isPart = false): boolean {
    const { observers, coverage } = this;
    const asks = (vantage: number): boolean =>
      isPart ? vantage !== 0 : ToldTwice.mayTeach(vantage, coverage.longestOf(vantage));
    for (let observer = 0; observer < observers.size; observer++)
      if (asks(observers.vantageOf(observer)))
        return this.kernel.learnToldTwice(observers, asks, this.toldTwice);
    return true;
  }

  /** What the records and keys that are filed take of the kernel's memory. */
  get #filedBytes(): number {
    const [records, keys] = this.kernel.filedCounts;
    return weightOf(records, keys);
  }

  /** False, with nothing filed, when the kernel's memory is full. */
  #file(batch: RecordBatch): boolean {
    return this.kernel.add(batch, this.observers, (row, observer) => this.#addOther(batch, row, observer));
  }

  /** Takes a row that is no flow. */
  #addOther(batch: RecordBatch, row: number, observer: number): void {
    const { tally, coverage, observers } = this;
    if (batch.kind[row] === KIND.addressOnly) {
      tally.addressOnly++;
      if (!this.#addLeg(batch, row, observer)) tally.withoutAddresses++;
      return;
    }
    if (batch.kind[row] === KIND.nodata) tally.nodata++;
    else tally.skipdata++;
    coverage.noteSilence(batch, row, observers.vantageOf(observer));
  }

  /** False where the record lacks an address. */
  #addLeg(batch: RecordBatch, row: number, observer: number): boolean {
    for (const name of batch.columns.names) this.legFields.add(name);
    const present = batch.present[row] as number;
    const hasFrom = (present & (HAS.srcAddr | HAS.pktSrcAddr)) !== 0;
    const hasTo = (present & (HAS.dstAddr | HAS.pktDstAddr)) !== 0;
    if (!hasFrom || !hasTo) return false;
    for (const [name, bit] of VALUES_OF_A_KEY) if ((present & bit) === 0) this.legLacks.add(name);
    if ((present & HAS.srcAddr) === 0 || (present & HAS.dstAddr) === 0) return true;
    const families = batch.families[row] as number;
    const text = (value: number | undefined, v6: number): string =>
      (families & v6) !== 0 ? this.dictionaries.addresses.text(value as number) : writeIPv4(value as number);
    const { interfaceId, resourceId, instanceId } = this.observers.read(observer);
    this.legs.add({
      vantage: interfaceId ?? resourceId,
      instanceId,
      srcAddr: text(batch.srcAddr[row], IS_V6.src),
      dstAddr: text(batch.dstAddr[row], IS_V6.dst),
      pktSrcAddr: (present & HAS.pktSrcAddr) === 0 ? null : text(batch.fromAddr[row], IS_V6.from),
      pktDstAddr: (present & HAS.pktDstAddr) === 0 ? null : text(batch.toAddr[row], IS_V6.to),
      records: 1,
    });
    return true;
  }
}
