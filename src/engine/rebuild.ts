/**
 * The engine: takes batches, keeps what they hold under their keys, and when the input has ended gives every
 * connection once, in an order that depends on the records alone. What the input teaches (services, VPCs of
 * interfaces, coverage) is complete before the first connection is judged (law 1).
 */

import type { Connection } from '../model/connection.ts';
import { limitsFor, SILENCES } from '../model/idle-limits.ts';
import { type Lent, lend, REST } from '../model/lent.ts';
import type { ConnectionOutline } from '../model/outline.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import type { AddressLegs } from '../path/gateways.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import type { Elsewhere, ReadsElsewhere } from './elsewhere.ts';
import { Filing } from './filing.ts';
import { EndRows } from './kernel/end-rows.ts';
import { type EngineKernel, shippedKernel } from './kernel/engine-kernel.ts';
import type { LineSetting } from './kernel/line-setting.ts';
import { type CountRows, type LineSpeller, textless } from './kernel/line-speller.ts';
import { LineWriter, PIECE_SIZE } from './kernel/write-lines.ts';
import type { Annotations } from './observers/annotations.ts';
import type { Coverage } from './observers/coverage.ts';
import type { KnownOfVantages } from './observers/known-of-vantages.ts';
import type { Observer, Observers } from './observers/observers.ts';
import { judgeAgain } from './outlines/judge-again.ts';
import { Laters } from './outlines/laters.ts';
import { OutlineView } from './outlines/outline-view.ts';
import { type Traced, Traces } from './outlines/traces.ts';
import { byPlace, type RowReading, WholeRows, wholeForm } from './outlines/whole-rows.ts';
import { Wholes } from './outlines/wholes.ts';
import { type JudgingOptions, Portions } from './portions.ts';
import type { Tally } from './tally.ts';
import { Writers, writeTogether } from './writing/write-together.ts';

export interface RebuildOptions extends JudgingOptions {
  /** Connections carry their windows one by one. */
  readonly windows?: boolean;
  /** Connections carry what AWS tells beside packets, which these take of batches. */
  readonly annotations?: Annotations | undefined;
  /** What was learned elsewhere of the whole that the records are a part of. */
  readonly facts?: ReadsElsewhere | undefined;
  /** Bytes of memory for records and keys: more of them go to temporary files meanwhile. Without a limit when left out. */
  readonly memoryBytes?: number;
}

/** Copies pieces out of memory that is used for other things before they are asked for. */
const copier = (): ((piece: Lent) => Lent) => {
  let [one, other] = [new Uint8Array(PIECE_SIZE), new Uint8Array(PIECE_SIZE)];
  return (piece) => {
    if (piece.length === 0) return REST;
    if (piece.length > PIECE_SIZE) return lend(piece.slice());
    [one, other] = [other, one];
    one.set(piece);
    return lend(one.subarray(0, piece.length));
  };
};

const NOTHING = (): void => {};

// One of each: a kernel that is used again knows what they ask for.
const OUTLINES = textless('OUTLINES');
const WHOLE_ROWS = textless(wholeForm(false));
const WITH_WINDOWS = textless(wholeForm(true));

/** Keys whose lines take longer to write than a thread to start. */
const WORTH_WRITERS = 32_768;
/** One thread collects; more than this many others it could not keep busy. */
const MOST_WRITERS = 9;

export class Rebuild {
  readonly #filing: Filing;
  readonly #options: RebuildOptions;
  #judging: JudgingOptions;
  #elsewhere: Elsewhere | undefined;
  /** Gives a connection of which an outline was handed out: by the place of its key, and its number there. */
  #whole: (place: number, number: number) => Connection = () => {
    throw new Error('No outlines have been handed out.');
  };
  readonly #laters = new Laters(
    (place, number) => this.#whole(place, number),
    () => this.#filing.spill === null,
  );
  #known: KnownOfVantages | undefined;
  /** What reading rows takes, when they are written. */
  #reading: RowReading | undefined;
  /** The observers by their places in their order, when one of them was asked for. */
  #byPlace: Uint32Array | undefined;

  /**
   * @param kernel files and judges
   * @throws InputError (input-too-large) where there is no address space for one
   */
  constructor(dictionaries: Dictionaries, options: RebuildOptions, kernel: EngineKernel = shippedKernel()) {
    const { memoryBytes, annotations, facts } = options;
    this.#filing = new Filing(kernel, dictionaries, {
      memoryBytes,
      annotations,
      isTaught: facts !== undefined,
    });
    this.#options = options;
    this.#judging = options;
  }

  get tally(): Tally {
    return this.#filing.tally;
  }

  get legs(): AddressLegs {
    return this.#filing.legs;
  }

  get legFields(): ReadonlySet<string> {
    return this.#filing.legFields;
  }

  get legLacks(): ReadonlySet<string> {
    return this.#filing.legLacks;
  }

  get observers(): Observers {
    return this.#filing.observers;
  }

  get coverage(): Coverage {
    return this.#filing.coverage;
  }

  /** What is known of vantages, once the first connection has been handed out. */
  get known(): KnownOfVantages {
    return this.#known ?? this.#filing;
  }

  /** Bytes that did not fit into memory. */
  get spilledBytes(): number {
    return this.#filing.spill?.bytes ?? 0;
  }

  /**
   * Takes every record of a batch.
   * @throws OutputError (spill-failed) when the memory is full and no temporary file can be written
   * @throws InputError (input-too-large) when there is no memory even for the next batch alone
   */
  add(batch: RecordBatch): void {
    this.#filing.add(batch);
  }

  /** To be called and waited for after the last batch. */
  async finish(signal?: AbortSignal): Promise<void> {
    await this.#filing.finish(signal);
    const { facts, ...options } = this.#options;
    if (facts === undefined) return;
    const { observers, dictionaries, kernel } = this.#filing;
    this.#elsewhere = await facts.read(observers, dictionaries, new EndRows(kernel.memory));
    this.#judging = { ...options, elsewhere: this.#elsewhere };
  }

  /** Gives temporary files back, as taking the last connection does. */
  close(): void {
    this.#filing.close();
    this.#elsewhere?.ends.close();
  }

  /** Every connection and exchange, by the first second of its key. Call once, after the last batch. */
  *connections(): Generator<Connection> {
    for (const [rows, piece] of this.#wholePieces()) yield* rows.each(piece);
  }

  /** The same, each with the second up to which another record may still belong to it; null where it carries no times. */
  *connectionsWithLimits(): Generator<readonly [Connection, mayGoOnUntil: number | null]> {
    const limits = limitsFor(this.#options);
    for (const [rows, piece] of this.#wholePieces())
      for (const [connection, silence] of rows.eachWithSilence(piece)) {
        const { lastSeen } = connection;
        const limit = limits[SILENCES[silence] as (typeof SILENCES)[number]];
        yield [connection, lastSeen === null ? null : lastSeen + limit];
      }
  }

  *#wholePieces(): Generator<readonly [WholeRows, Lent]> {
    // Nobody counts: for few of them that would take longer than writing them.
    const pieces = this.#pieces(this.#options.windows === true ? WITH_WINDOWS : WHOLE_ROWS, null);
    let rows: WholeRows | undefined;
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      rows ??= this.wholeRows();
      yield [rows, piece];
    }
  }

  /**
   * The same as lines, in pieces.
   * @param count is told of all rows, at the latest in the end
   * @throws InputError (input-too-large) where there is too little memory for it
   */
  lines(speller: LineSpeller, count: CountRows): Iterable<Lent> {
    return this.#pieces(speller, count);
  }

  *#pieces(speller: LineSpeller, count: CountRows | null): Generator<Lent> {
    const portions = new Portions(this.#filing, this.#judging, speller, count ?? NOTHING);
    const copy = copier();
    let writer: LineWriter | undefined;
    for (const ready of this.#ready(portions)) {
      if (ready === undefined) {
        yield REST;
        continue;
      }
      writer = ready.writer;
      const pieces = writer.write(0, ready.setting.memory.unsigned('keys'));
      if (this.#filing.spill === null) yield* pieces;
      // Where they lie, the next portion will be filed before the last of them has been written.
      else for (const piece of pieces) yield copy(piece);
    }
    if (count !== null) writer?.giveCounts([0]);
  }

  /**
   * The same lines, written by several threads.
   * @param threads that may work, this one among them
   * @returns null where there is too little to do for them: then nothing has been done
   */
  linesTogether(speller: LineSpeller, count: CountRows, threads: number): AsyncIterable<Lent> | null {
    const { kernel, spill } = this.#filing;
    const { memory } = kernel;
    const keys = spill === null ? memory.unsigned('keys') : spill.keys;
    if (threads < 2 || keys < WORTH_WRITERS) return null;
    return this.#together(speller, count, new Writers(memory, Math.min(threads, MOST_WRITERS) - 1));
  }

  /** Where there is too little memory for several threads, this one writes alone. */
  async *#together(speller: LineSpeller, count: CountRows, writers: Writers): AsyncGenerator<Lent> {
    const portions = new Portions(this.#filing, this.#judging, speller, count);
    try {
      if (this.#filing.spill !== null) {
        yield* this.#portionsTogether(portions, writers);
        return;
      }
      const arranging = portions.whole(writers);
      let step = arranging.next();
      for (; step.done !== true; step = arranging.next()) yield REST;
      if (step.value !== null) {
        this.#lookAt(step.value, portions);
        const writer = new LineWriter(step.value);
        yield* writeTogether(step.value, writers, writer);
        writer.giveCounts([0]);
        return;
      }
    } finally {
      await writers.stop();
    }
    yield* this.#pieces(speller, count);
  }

  /** One portion after the other, each by all threads where there is room for them. */
  async *#portionsTogether(portions: Portions, writers: Writers): AsyncGenerator<Lent> {
    const copy = copier();
    let last: LineWriter | undefined;
    for (const ready of this.#ready(portions, writers)) {
      if (ready === undefined) {
        yield REST;
        continue;
      }
      const { setting, writer } = ready;
      last = writer;
      if (writers.haveRoom) yield* writeTogether(setting, writers, writer);
      else for (const piece of writer.write(0, setting.memory.unsigned('keys'))) yield copy(piece);
    }
    last?.giveCounts([0]);
  }

  /** What outlines are looked at through, while they are handed out. */
  outlineView(): OutlineView {
    return new OutlineView(this.#filing.dictionaries.addresses, this.#laters, (place) => {
      const { interfaceId, resourceId } = this.#observerAt(place);
      return interfaceId ?? resourceId;
    });
  }

  /** The observer at a place in their order. */
  #observerAt(place: number): Observer {
    if (this.#reading === undefined) throw new Error('No rows have been written yet.');
    const { observers, ranks } = this.#reading;
    this.#byPlace ??= byPlace(ranks);
    return observers.read(this.#byPlace[place] as number);
  }

  /** What whole rows are read by, once the first piece of them has been written. */
  wholeRows(): WholeRows {
    if (this.#reading === undefined) throw new Error('No rows have been written yet.');
    return new WholeRows(this.#reading);
  }

  /**
   * How the connections of keys came to be what is told of them, key by key in order, each with all of its connections; with
   * places to rest. Call once, after the last batch, instead of asking for connections.
   * @param isMeant by one of its connections, whether a key is asked for
   * @throws InputError (input-too-large) where there is no memory for it
   */
  *traced(isMeant: (outline: ConnectionOutline) => boolean): Generator<readonly Traced[] | undefined> {
    const portions = new Portions(this.#filing, this.#judging, OUTLINES, NOTHING);
    for (const ready of this.#ready(portions)) {
      if (ready === undefined) yield;
      else yield* this.#tracesOf(ready.setting, ready.writer, portions.reading, isMeant);
    }
  }

  /** Portion by portion, ready to be written; undefined where it may rest. */
  *#ready(
    portions: Portions,
    writers: Writers | null = null,
  ): Generator<{ readonly setting: LineSetting; readonly writer: LineWriter } | undefined> {
    let writer: LineWriter | undefined;
    for (const setting of portions.each(writers)) {
      if (setting === undefined) {
        yield;
        continue;
      }
      this.#lookAt(setting, portions);
      if (writer === undefined) writer = new LineWriter(setting);
      else writer.goOn(setting);
      yield { setting, writer };
      yield* this.#laters.make();
    }
  }

  /** Of the keys that are there. */
  *#tracesOf(
    { memory, ends }: LineSetting,
    writer: LineWriter,
    reading: RowReading,
    isMeant: (outline: ConnectionOutline) => boolean,
  ): Generator<readonly Traced[] | undefined> {
    const places = new Set<number>();
    const view = this.outlineView();
    for (const piece of writer.write(0, memory.unsigned('keys'))) {
      for (const outline of view.each(piece)) if (isMeant(outline)) places.add(outline.place);
      yield;
    }
    if (places.size === 0) return;
    // Also where nobody is inferred it is told what there was to go by.
    ends.learnAll();
    memory.setWord('ROW_FORM', memory.value('TRACES'));
    const traces = new Traces(memory, byPlace(reading.ranks));
    for (const place of places) {
      const rows = new WholeRows(reading);
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

  /** From here on connections are asked for by the places of these keys, of another instance of the rules. */
  #lookAt(setting: LineSetting, { reading, known }: Portions): void {
    this.#reading = reading;
    this.#known = known;
    this.#whole = (place, number) => {
      const wholes = new Wholes(judgeAgain(setting, reading, this.#options.windows === true));
      this.#whole = (at, which) => wholes.of(at, which);
      return this.#whole(place, number);
    };
  }
}
