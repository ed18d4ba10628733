/**
 * The engine: takes batches, keeps what they hold under their keys, and when the input has ended gives every
 * connection once, in an order that depends on the records alone. What the input teaches (services, VPCs of
 * interfaces, coverage) is complete before the first connection is judged (law 1).
 */
import { type Key, readKey } from '../correlate/key-records.ts';
import { Observers } from '../correlate/observers.ts';
import { KEY, NO_TIME, RecordStore } from '../correlate/record-store.ts';
import { type Scope, VpcOfVantage } from '../correlate/scope.ts';
import { Coverage, ownOf } from '../lifecycle/coverage.ts';
import type { Lessons } from '../lifecycle/lessons.ts';
import { Services } from '../lifecycle/services.ts';
import type { Connection } from '../model/connection.ts';
import type { FlatRow } from '../model/flat-row.ts';
import { STEP, type Steps, sortInSteps } from '../model/in-steps.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import { Pauses } from '../model/pauses.ts';
import { ACTION, HAS, IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import { VPC_FLAG_VALUES } from '../model/tcp-flags.ts';
import { AddressLegs } from '../path/gateways.ts';
import { readIPv4, writeIPv4 } from '../record/address.ts';
import { type Dictionaries, PROTOCOL } from '../record/scan-lines.ts';
import { describeConnection, describeWithWindows } from './describe.ts';
import { Judge, type JudgeContext } from './judge.ts';
import { type EngineKernel, shippedKernel } from './kernel/engine-kernel.ts';
import type { LineSetting } from './kernel/line-setting.ts';
import type { CountRows, LineSpeller } from './kernel/line-speller.ts';
import { ObserverTexts } from './kernel/observer-texts.ts';
import { LineWriter, NO_BYTES, PIECE_SIZE, reservePieces, writeLines } from './kernel/write-lines.ts';
import { keysBySecond } from './keys-by-second.ts';
import { ObserverTables } from './observer-tables.ts';
import { judgeAgain } from './outlines/judge-again.ts';
import { OutlineView } from './outlines/outline-view.ts';
import { type Traced, TraceSpeller, Traces, tooLittleMemory } from './outlines/traces.ts';
import { byPlace, type RowReading, WholeRows, WholeSpeller } from './outlines/whole-rows.ts';
import { Wholes } from './outlines/wholes.ts';
import { type Duplicates, PlainJudge } from './plain-judge.ts';
import { type Refill, Spill, weightOf } from './spill/spill.ts';
import { Writers, writeTogether } from './writing/write-together.ts';

export interface RebuildOptions {
  readonly scope: Scope;
  readonly observedOnly: boolean;
  readonly openSeconds: number;
  /** Connections carry their windows one by one. */
  readonly windows?: boolean;
  /** What is known from before, in the place of what the records teach; the records' own teachings when left out. */
  readonly lessons?: Lessons;
  /** Bytes of memory for records and keys: more of them go to temporary files meanwhile. Without a limit when left out. */
  readonly memoryBytes?: number;
}

/** What the engine counts while it takes records. */
export interface Tally {
  flows: number;
  exchanges: number;
  addressOnly: number;
  nodata: number;
  skipdata: number;
  duplicates: number;
  duplicateExchanges: number;
  accepted: number;
  rejected: number;
  oddFlags: number;
  tcpWithFlags: number;
  tcpWithoutFlags: number;
  first: number | null;
  last: number | null;
}

/** What judging takes. */
interface Chambers {
  readonly plain: PlainJudge;
  /** Another, for what has been judged before: it counts nothing. */
  readonly again: PlainJudge;
  readonly context: JudgeContext;
  readonly tables: () => ObserverTables;
}

/** Copies pieces, each the caller's until the next but one is asked for. */
const copier = (): ((piece: Uint8Array) => Uint8Array) => {
  let [one, other] = [new Uint8Array(PIECE_SIZE), new Uint8Array(PIECE_SIZE)];
  return (piece) => {
    if (piece.length > PIECE_SIZE) return piece.slice();
    [one, other] = [other, one];
    one.set(piece);
    return one.subarray(0, piece.length);
  };
};

/** Work in steps among pieces: an empty one is a place to rest. */
function* restingPieces<T>(steps: Steps<T>): Generator<Uint8Array, T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield NO_BYTES;
  }
}

const NOTHING = (): void => {};

// One of each: a kernel that is used again knows their texts.
const WHOLE_ROWS = new WholeSpeller(false);
const WITH_WINDOWS = new WholeSpeller(true);

/** Keys whose lines take longer to write than a thread to start. */
const WORTH_WRITERS = 32_768;
/** One thread collects; more than this many others it could not keep busy. */
const MOST_WRITERS = 9;

/** More distinct legs than people can read; beyond it legs are counted, not kept. */
const MOST_LEGS = 4096;

export class Rebuild {
  readonly tally: Tally = {
    flows: 0,
    exchanges: 0,
    addressOnly: 0,
    nodata: 0,
    skipdata: 0,
    duplicates: 0,
    duplicateExchanges: 0,
    accepted: 0,
    rejected: 0,
    oddFlags: 0,
    tcpWithFlags: 0,
    tcpWithoutFlags: 0,
    first: null,
    last: null,
  };
  readonly legs = new AddressLegs(MOST_LEGS);
  readonly legFields = new Set<string>();
  readonly observers: Observers;
  readonly coverage = new Coverage();
  readonly #dictionaries: Dictionaries;
  readonly #options: RebuildOptions;
  readonly #store = new RecordStore();
  /** Files records while it is there and has room: what it holds goes into the store at the latest in the end. */
  #kernel: EngineKernel | null;
  /** Gives a connection of which an outline was handed out: by the place of its key, and its number there. */
  #whole: (place: number, number: number) => Connection = () => {
    throw new Error('No outlines have been handed out.');
  };
  /** What reading whole rows takes, when they are written. */
  #reading: RowReading | undefined;
  /** What did not fit into memory; null as long as everything does. */
  #spill: Spill | null = null;

  /** @param kernel files and judges what it can; null to do without */
  constructor(dictionaries: Dictionaries, options: RebuildOptions, kernel = shippedKernel()) {
    this.#dictionaries = dictionaries;
    this.#options = options;
    this.#kernel = kernel;
    this.observers = new Observers(dictionaries.strings);
  }

  /**
   * Takes every record of a batch.
   * @throws OutputError (spill-failed) when the memory is full and no temporary file can be written
   */
  add(batch: RecordBatch): void {
    this.#file(batch);
    const [records, keys] = this.#kernel?.filedCounts ?? [this.#store.recordCount, this.#store.keyCount];
    if (weightOf(records, keys) > (this.#options.memoryBytes ?? Number.POSITIVE_INFINITY)) this.#spillAll();
  }

  /** Bytes that did not fit into memory. */
  get spilledBytes(): number {
    return this.#spill?.bytes ?? 0;
  }

  /** To be called and waited for after the last batch. */
  async finish(signal?: AbortSignal): Promise<void> {
    // What judging begins with takes long where there are very many interfaces: done here, where it may rest between.
    const pauses = new Pauses(signal);
    for (const settle of [() => this.#dictionaries.strings.ranks(), () => this.observers.places()]) {
      settle();
      if (pauses.due) await pauses.take();
    }
    const spill = this.#spill;
    if (spill === null) return;
    this.#spillAll();
    if (this.#kernel !== null) this.#takeCounts(this.#kernel);
    await spill.sort(this.#refill, signal);
  }

  /** Gives temporary files back, as taking the last connection does. */
  close(): void {
    this.#spill?.close();
  }

  /** Everything that is filed goes to temporary files. */
  #spillAll(): void {
    this.#spill ??= new Spill(this.#options.memoryBytes ?? 0);
    const kernel = this.#kernel;
    if (kernel !== null) this.#store.adopt(kernel.filed());
    this.#spill.take(this.#store);
    this.#store.clear();
    kernel?.clear();
  }

  /** Files rows in the place of everything else. */
  readonly #refill: Refill = (rows, buffer) => {
    const store = this.#store;
    store.clear();
    this.#kernel?.forget();
    for (const many of rows) {
      if (this.#kernel?.fileRows(buffer, many) === true) continue;
      if (this.#kernel !== null) {
        store.adopt(this.#kernel.filed());
        this.#kernel = null;
      }
      store.fileRows(buffer, many);
    }
    if (this.#kernel !== null) store.adopt(this.#kernel.filed());
    return store;
  };

  /** Each time with other keys in the store, in the order of their seconds: once, unless they did not fit into memory. */
  *#portions(): Generator<void> {
    const spill = this.#spill;
    if (spill === null) {
      yield;
      return;
    }
    try {
      for (const _ of spill.stores(this.#refill)) yield;
    } finally {
      spill.close();
    }
  }

  #file(batch: RecordBatch): void {
    const { observers, coverage } = this;
    if (this.#kernel !== null) {
      const addOther = (row: number, observer: number): void => {
        if (this.#addOther(batch, row, observer))
          coverage.noteSilence(batch, row, observers.vantageOf(observer));
      };
      if (this.#kernel.add(batch, observers, addOther)) return;
      this.#settle();
    }
    for (let row = 0; row < batch.count; row++) {
      const observer = observers.of(batch, row);
      coverage.add(batch, row, observers.vantageOf(observer));
      if (batch.kind[row] === KIND.flow) this.#addFlow(batch, row, observer);
      else this.#addOther(batch, row, observer);
    }
  }

  /** Takes a row that is no flow; true when it says that there are no records. */
  #addOther(batch: RecordBatch, row: number, observer: number): boolean {
    const { tally } = this;
    if (batch.kind[row] === KIND.addressOnly) {
      tally.addressOnly++;
      this.#addLeg(batch, row, observer);
      return false;
    }
    if (batch.kind[row] === KIND.nodata) tally.nodata++;
    else tally.skipdata++;
    return true;
  }

  /** Takes over what the kernel has filed; from here on TypeScript does everything. */
  #settle(): void {
    const kernel = this.#kernel;
    if (kernel === null) return;
    this.#takeCounts(kernel);
    this.#store.adopt(kernel.filed());
    this.#kernel = null;
  }

  #takeCounts(kernel: EngineKernel): void {
    Object.assign(this.tally, kernel.counts());
    kernel.giveCoverage(this.coverage);
  }

  #addFlow(batch: RecordBatch, row: number, observer: number): void {
    const tally = this.tally;
    const present = batch.present[row] as number;
    tally.flows++;
    if (batch.protocol[row] === PROTOCOL.tcp) {
      if ((present & HAS.tcpFlags) === 0) tally.tcpWithoutFlags++;
      else {
        tally.tcpWithFlags++;
        if (!VPC_FLAG_VALUES.has(batch.tcpFlags[row] as number)) tally.oddFlags++;
      }
    } else tally.exchanges++;
    if (batch.action[row] === ACTION.accept) tally.accepted++;
    else if (batch.action[row] === ACTION.reject) tally.rejected++;
    const start = batch.start[row] as number;
    const end = batch.end[row] as number;
    if ((present & HAS.start) !== 0 && (tally.first === null || start < tally.first)) tally.first = start;
    if ((present & HAS.end) !== 0 && (tally.last === null || end > tally.last)) tally.last = end;
    this.#store.add(batch, row, observer);
  }

  #addLeg(batch: RecordBatch, row: number, observer: number): void {
    for (const name of batch.columns.names) this.legFields.add(name);
    const present = batch.present[row] as number;
    if ((present & HAS.srcAddr) === 0 || (present & HAS.dstAddr) === 0) return;
    const families = batch.families[row] as number;
    const text = (value: number | undefined, v6: number): string =>
      (families & v6) !== 0 ? this.#dictionaries.addresses.text(value as number) : writeIPv4(value as number);
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
  }

  /** Every connection and exchange, by the first second of its key. Call once, after the last batch. */
  *connections(): Generator<Connection> {
    const speller = this.#options.windows === true ? WITH_WINDOWS : WHOLE_ROWS;
    const pieces = this.#uncounted(speller);
    if (pieces === null) {
      for (const connection of this.connectionsInSteps()) if (connection !== undefined) yield connection;
      return;
    }
    let rows: WholeRows | undefined;
    for (const piece of pieces) {
      // A place to rest.
      if (piece.length === 0) continue;
      rows ??= this.wholeRows(speller);
      yield* rows.each(piece);
    }
  }

  /** Rows that nobody counts: for few of them that would take longer than writing them. */
  #uncounted(speller: LineSpeller): Iterable<Uint8Array> | null {
    if (this.#spill !== null) return this.lines(speller, NOTHING);
    const setting = this.#prepareLines(speller, NOTHING, null);
    return setting === null ? null : new LineWriter(setting).write(0, setting.store.keyCount);
  }

  /** The same, and undefined now and then: a place to rest, as in model/in-steps.ts. */
  *connectionsInSteps(): Generator<Connection | undefined> {
    const describe = this.#options.windows === true ? describeWithWindows : describeConnection;
    for (const judge of this.judged()) yield judge === undefined ? undefined : describe(judge);
  }

  /** The same in bulk form, with places to rest: one row, filled again for each. */
  *flatRows(): Generator<FlatRow | undefined> {
    for (const judge of this.judged()) yield judge?.row;
  }

  /** The same without texts, with places to rest: each is in the judge's row until the next is asked for. */
  *judged(): Generator<Judge | undefined> {
    if (this.#spill === null) this.#settle();
    const { plain } = this.#chambers();
    for (const _ of this.#portions()) yield* this.#judgedPlainly(plain);
  }

  *#judgedPlainly(plain: PlainJudge): Generator<Judge | undefined> {
    for (const index of yield* this.#keysInOrder()) yield* this.#judgedOf(plain, index);
  }

  #judgedOf(plain: PlainJudge, index: number): Generator<Judge | undefined> {
    const { key, flipped } = readKey(this.#store, index, this.#dictionaries.addresses);
    return plain.judged(index, key, flipped);
  }

  /**
   * The same as lines of text, in pieces, each the caller's until the next but one is asked for.
   * @param count is told of all rows, at the latest in the end
   * @returns null when there is no kernel to do it, or no memory for it: then nothing has been done
   */
  lines(speller: LineSpeller, count: CountRows): Iterable<Uint8Array> | null {
    if (this.#spill !== null) return this.#kernel === null ? null : this.#linesOfPortions(speller, count);
    const setting = this.#prepareLines(speller, count, null);
    return setting === null ? null : writeLines(setting);
  }

  /**
   * The same lines, written by several threads.
   * @param threads that may work, this one among them
   * @returns null when there is no kernel to do it, no memory for it, or too little to do: then nothing has been done
   */
  linesTogether(speller: LineSpeller, count: CountRows, threads: number): AsyncIterable<Uint8Array> | null {
    const kernel = this.#kernel;
    if (
      kernel === null ||
      this.#spill !== null ||
      threads < 2 ||
      kernel.memory.unsigned('keys') < WORTH_WRITERS
    )
      return null;
    const writers = new Writers(kernel.memory, Math.min(threads, MOST_WRITERS) - 1);
    const setting = this.#prepareLines(speller, count, writers);
    if (setting !== null) return writeTogether(setting, writers);
    void writers.stop();
    return null;
  }

  /**
   * The same as rows of outlines by the plain path alone, in pieces, each the caller's until the next is asked for.
   * @param count is told of every row
   */
  *plainLines(speller: LineSpeller, count: CountRows): Generator<Uint8Array> {
    if (this.#spill === null) this.#settle();
    const chambers = this.#chambers();
    for (const _ of this.#portions()) yield* this.#plainPieces(chambers, speller, count);
  }

  /** What outlines are looked at through, while they are handed out. */
  outlineView(): OutlineView {
    return new OutlineView(this.#dictionaries.addresses, (place, number) => this.#whole(place, number));
  }

  /**
   * How the connections of keys came to be what is told of them, key by key in order, each with all of its connections; with
   * places to rest. Call once, after the last batch, instead of asking for connections.
   * @param isMeant by one of its connections, whether a key is asked for
   * @throws InputError (input-unreadable) where there is no memory for it
   */
  *traced(isMeant: (outline: ConnectionOutline) => boolean): Generator<readonly Traced[] | undefined> {
    const speller = new TraceSpeller();
    if (this.#spill === null) {
      const setting = this.#prepareLines(speller, () => {}, null);
      if (setting === null) throw tooLittleMemory();
      // Also where nobody is inferred it is told what there was to go by.
      setting.memory.exports.learnServices();
      yield* this.#tracesOf(setting, new LineWriter(setting), speller, isMeant);
      return;
    }
    const chambers = this.#chambers();
    let writer: LineWriter | undefined;
    let before: LineSetting | null = null;
    for (const _ of this.#portions()) {
      if (this.#kernel === null) throw tooLittleMemory();
      speller.isTracing = false;
      before = this.#arrange(this.#kernel, chambers, speller, () => {}, null, before);
      if (before === null) throw tooLittleMemory();
      if (writer === undefined) writer = new LineWriter(before);
      else writer.goOn(before);
      yield* this.#tracesOf(before, writer, speller, isMeant);
    }
  }

  /** Of the keys that are in the store. */
  *#tracesOf(
    setting: LineSetting,
    writer: LineWriter,
    speller: TraceSpeller,
    isMeant: (outline: ConnectionOutline) => boolean,
  ): Generator<readonly Traced[] | undefined> {
    const { memory } = setting;
    const places = new Set<number>();
    const view = this.outlineView();
    for (const piece of writer.write(0, setting.store.keyCount)) {
      for (const outline of view.each(piece)) if (isMeant(outline)) places.add(outline.place);
      yield;
    }
    speller.isTracing = true;
    memory.setWord('ROW_FORM', memory.value('TRACES'));
    const reading = this.#reading as RowReading;
    const traces = new Traces(memory, byPlace(reading.ranks));
    for (const place of places) {
      const rows = new WholeRows(reading, new WholeSpeller(false));
      const found: Traced[] = [];
      for (const piece of writer.write(place, place + 1)) {
        for (const [connection, row] of rows.eachWithRow(piece)) {
          found.push(yield* traces.read(connection, row));
          yield;
        }
        yield;
      }
      yield found;
    }
  }

  /** What whole rows are read by, once the first piece of them has been written. */
  wholeRows(speller: WholeSpeller): WholeRows {
    if (this.#reading === undefined) throw new Error('No rows have been written yet.');
    return new WholeRows(this.#reading, speller);
  }

  /** Pieces of the keys that are in the store. */
  *#plainPieces({ plain, again }: Chambers, speller: LineSpeller, count: CountRows): Generator<Uint8Array> {
    const order = yield* restingPieces(this.#keysInOrder());
    this.#lookBack(again, (place) => order[place] as number);
    const pieces = new Uint8Array(PIECE_SIZE);
    let length = 0;
    for (const [place, index] of order.entries()) {
      let number = 0;
      for (const judge of this.#judgedOf(plain, index)) {
        if (judge === undefined) {
          yield NO_BYTES;
          continue;
        }
        const { row } = judge;
        const line = speller.line(row, place, number++);
        count(row, 1);
        if (length + line.length > PIECE_SIZE) {
          yield pieces.subarray(0, length);
          length = 0;
        }
        if (line.length > PIECE_SIZE) yield line;
        else {
          pieces.set(line, length);
          length += line.length;
        }
      }
    }
    if (length > 0) yield pieces.subarray(0, length);
  }

  /** From here on connections of the keys that are in the store are asked for by their places. */
  #lookBack(again: PlainJudge, keyIn: (place: number) => number): void {
    const describe = this.#options.windows === true ? describeWithWindows : describeConnection;
    const wholes = new Wholes<Judge>((place) => this.#judgedOf(again, keyIn(place)), describe);
    this.#whole = (place, number) => wholes.of(place, number);
  }

  /** The same by another instance of the rules, which is made when the first is asked for. */
  #lookBackByRules(setting: LineSetting, reading: RowReading, again: PlainJudge): void {
    this.#whole = (place, number) => {
      const judged = judgeAgain(setting, reading, this.#options.windows === true);
      if (judged === null) this.#lookBack(again, (at) => setting.memory.exports.keyIn(at) >>> 0);
      else {
        const wholes = new Wholes<Connection>(judged, (connection) => connection);
        this.#whole = (at, which) => wholes.of(at, which);
      }
      return this.#whole(place, number);
    };
  }

  /** Gives back what only taking records needs. */
  #rest(): void {
    this.#dictionaries.strings.rest();
    this.observers.rest();
  }

  #prepareLines(speller: LineSpeller, count: CountRows, writers: Writers | null): LineSetting | null {
    const kernel = this.#kernel;
    if (kernel === null) return null;
    this.#rest();
    this.#takeCounts(kernel);
    const chambers = this.#chambers();
    const setting = this.#arrange(kernel, chambers, speller, count, writers);
    this.#kernel = null;
    return setting;
  }

  /**
   * Makes a kernel ready to write the lines of what it has filed; null when it has no memory for that.
   * @param before what it was made ready as for other keys: what words and states mean it has kept, observers are the same
   */
  #arrange(
    kernel: EngineKernel,
    { plain, again, context, tables }: Chambers,
    speller: LineSpeller,
    count: CountRows,
    writers: Writers | null,
    before: LineSetting | null = null,
  ): LineSetting | null {
    const { memory } = kernel;
    const { scope, observedOnly } = this.#options;
    kernel.endFiling();
    this.#rest();
    const pieces = reservePieces(memory);
    const all = before?.tables ?? tables();
    const observerTexts = before?.observerTexts ?? new ObserverTexts(speller, all, context);
    const isReady =
      pieces !== 0 &&
      kernel.orderKeys(this.#dictionaries.addresses) &&
      observerTexts.place(memory) &&
      (writers === null || writers.reserve());
    // From its own keys it learns all there is to know of ends only where they are all the keys of the input.
    if (isReady && !observedOnly && this.#spill === null && this.#options.lessons === undefined)
      memory.exports.learnServices();
    // All memory has been asked for but for ends that are learned of late: views of it stay whole.
    this.#store.adopt(kernel.filed());
    if (!isReady) return null;
    memory.setWord('ROW_FORM', memory.value(speller.form ?? 'LINES'));
    if (before === null) kernel.teach(speller, this.#options);
    const store = this.#store;
    const { tally, observers } = this;
    const reading = { memory, observers, ranks: all.ranks, addresses: this.#dictionaries.addresses };
    const setting: LineSetting = {
      memory,
      pieces,
      store,
      context,
      scope,
      tables: all,
      observerTexts,
      plain,
      lessons: this.#options.lessons ?? null,
      speller,
      count,
      tally,
    };
    this.#reading = reading;
    this.#lookBackByRules({ ...setting, plain: again }, reading, again);
    return setting;
  }

  *#linesOfPortions(speller: LineSpeller, count: CountRows): Generator<Uint8Array> {
    const chambers = this.#chambers();
    const copy = copier();
    let writer: LineWriter | undefined;
    let before: LineSetting | null = null;
    for (const _ of this.#portions()) {
      const kernel = this.#kernel;
      const setting: LineSetting | null =
        kernel === null ? null : this.#arrange(kernel, chambers, speller, count, null, before);
      if (setting === null) {
        for (const piece of this.#plainPieces(chambers, speller, count)) yield copy(piece);
        continue;
      }
      before = setting;
      if (writer === undefined) writer = new LineWriter(setting);
      else writer.goOn(setting);
      // Where they lie, the next portion will be filed before the last of them has been written.
      for (const piece of writer.write(0, this.#store.keyCount)) yield copy(piece);
    }
    writer?.giveCounts([0]);
  }

  /** What judging takes, when the input has been read. */
  #chambers(): Chambers {
    const { observers, coverage } = this;
    const { scope, observedOnly } = this.#options;
    const { addresses } = this.#dictionaries;
    const context: JudgeContext = { observers, coverage, addresses, observedOnly };
    const vpcs = new VpcOfVantage(observers, this.#applyLessons());
    const lessons = this.#options.lessons ?? null;
    const evidence = this.#spill?.evidence ?? this.#store;
    let services: Services | undefined;
    const learned = (): Services => {
      services ??= new Services(evidence);
      return services;
    };
    const judgeOf = (tally: Duplicates): PlainJudge =>
      new PlainJudge(new Judge(context), context, this.#store, vpcs, tally, this.#options, lessons, learned);
    return {
      plain: judgeOf(this.tally),
      again: judgeOf({ duplicates: 0, duplicateExchanges: 0 }),
      context,
      tables: () => new ObserverTables(observers, scope, vpcs),
    };
  }

  /** Puts what was learned before in the place of what these records teach; gives the VPCs of vantages. */
  #applyLessons(): [vantage: number, vpc: number][] {
    const { strings, addresses } = this.#dictionaries;
    const vpcs: [number, number][] = [];
    const ownAddress = (text: string | null): number => {
      if (text === null) return ownOf(NO_TIME, false);
      const bytes = Buffer.from(text);
      return text.includes(':')
        ? ownOf(addresses.intern(bytes, 0, bytes.length), true)
        : ownOf(readIPv4(bytes, 0, bytes.length), false);
    };
    for (const [name, lesson] of this.#options.lessons?.vantages ?? []) {
      const bytes = Buffer.from(name);
      const vantage = name === '' ? 0 : strings.intern(bytes, 0, bytes.length);
      if (lesson.vpcId !== null && vantage !== 0) vpcs.push([vantage, strings.internText(lesson.vpcId)]);
      const [one, other] = lesson.own ?? [null, null];
      this.coverage.adopt(vantage, {
        records: lesson.records,
        first: lesson.first ?? NO_TIME,
        last: lesson.last ?? -1,
        longest: lesson.longest ?? -1,
        rewrites: lesson.rewrites,
        own: [ownAddress(one), ownAddress(other)],
        anyOwn: lesson.own !== undefined,
      });
      this.coverage.adoptSkipped(vantage, lesson.skipped);
    }
    return vpcs;
  }

  /** Keys by their first second, equal ones by their ends: never by the order of arrival. */
  *#keysInOrder(): Steps<Uint32Array> {
    const store = this.#store;
    const count = store.keyCount;
    const order = keysBySecond(store);
    let from = 0;
    let rested = 0;
    while (from < count) {
      let to = from + 1;
      const first = store.key(order[from] as number, KEY.first);
      while (to < count && store.key(order[to] as number, KEY.first) === first) to++;
      if (to - from > 1) {
        const keys = Array.from(order.subarray(from, to));
        yield* sortInSteps(keys, (a, b) => this.#compareKeys(a, b));
        order.set(keys, from);
      }
      from = to;
      if (from - rested < STEP) continue;
      rested = from;
      yield;
    }
    return order;
  }

  #compareKeys(a: number, b: number): number {
    const book = this.#dictionaries.addresses;
    const left: Key = readKey(this.#store, a, book).key;
    const right: Key = readKey(this.#store, b, book).key;
    const address = (end: 0 | 1): number =>
      left.isV6
        ? book.compare(left.addresses[end], right.addresses[end])
        : left.addresses[end] - right.addresses[end];
    return (
      left.protocol - right.protocol ||
      Number(left.isV6) - Number(right.isV6) ||
      address(0) ||
      address(1) ||
      left.ports[0] - right.ports[0] ||
      left.ports[1] - right.ports[1]
    );
  }
}
