/**
 * The engine for streams: takes records as they come and hands out connections that nothing in time can change any more.
 * A key is finished when it has been silent for longer than any of its connections may be, before the watermark: the newest time
 * that is believed (watermark.ts) less the lateness that is allowed. How long that is the rules tell when its shortest limit is over. All that a tracker holds is one Immutable value: a snapshot costs nothing, and
 * a tracker that is resumed from one goes on as if it had never stopped (law 6).
 */

import { checkRunOptions } from '../engine/check-run-options.ts';
import type { Scope } from '../engine/observers/scope.ts';
import { Rebuild } from '../engine/rebuild.ts';
import type { Connection } from '../model/connection.ts';
import { OptionError } from '../model/errors.ts';
import type { FlowRecord, Rejection } from '../model/flow-record.ts';
import { IDLE_LIMITS, SHORTEST_LIMIT_SECONDS } from '../model/idle-limits.ts';
import { KIND, type RecordBatch } from '../model/record-batch.ts';
import { AddressBook } from '../record/address-book.ts';
import { columnsOf } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { QUOTED_CHARACTERS } from '../record/parse-line.ts';
import { RecordPrinter } from '../record/print-records.ts';
import { RecordReader } from '../record/read-records.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import { type Held, hold, isTalk, keyOf, lineOf, orderEnds } from './held.ts';
import { endName, type Learned, readRow } from './learned.ts';
import { stateFromJson } from './read-snapshot.ts';
import { withKernel } from './shared-kernel.ts';
import { type SnapshotJson, stateToJson, TrackerState } from './tracker-state.ts';
import { advance, stepFor, timeOf } from './watermark.ts';

export interface TrackerOptions {
  /** How far apart equal 5-tuples are kept. Default `auto`: see docs/rules.md. */
  readonly scope?: Scope;
  /** Refuse inference: without observed evidence the initiator is `none`. */
  readonly observedOnly?: boolean;
  /** Seconds an open connection may be silent before its key starts a new one. Default 432000 (5 days) where its records carry flags, 3600 where not. */
  readonly idleSeconds?: number;
  /**
   * How many seconds after its start a record may come, measured by the newest time seen. Default 900: an interval of
   * ten minutes and AWS's delivery, which takes five ("Flow log records", aggregation interval).
   */
  readonly latenessSeconds?: number;
  /** Begins with what another stream has learned, and with none of its records. */
  readonly learnedFrom?: TrackerSnapshot | SnapshotJson;
  /** Told of every record that is not understood; its line number is the record's, counted from 1. */
  readonly onRejection?: (rejection: Rejection) => void;
  /** Told of every record whose time does not fit those of the others. */
  readonly onNotice?: (notice: TrackerNotice) => void;
}

/** A record whose time does not fit: it is correlated like any other. */
export interface TrackerNotice {
  /** `late`: its start lies before the watermark. `ahead`: further ahead of all others than one record may move it. */
  readonly kind: 'late' | 'ahead';
  /** Of the record, in Unix seconds. */
  readonly time: number;
  /** The watermark by which it was judged, in Unix seconds. */
  readonly watermark: number;
  /** The record as a line, cut at 200 characters. Hostile: escape before showing. */
  readonly text: string;
}

/** What a tracker has seen. */
export interface TrackerReport {
  readonly records: number;
  /** Records that came later than is allowed: still correlated with what is held, as well as can be. */
  readonly late: number;
  /** Records further ahead of all others than one record may move the watermark: correlated, but their time is not believed. */
  readonly ahead: number;
  readonly rejected: number;
  /** Connections and exchanges handed out. */
  readonly connections: number;
  /** Records held for connections that are not finished. */
  readonly held: number;
  /** Unix seconds: what ended an idle limit before is finished. Null before two records with times. */
  readonly watermark: number | null;
}

/** A tracker at one moment: an Immutable value that never changes. `JSON.stringify` writes it down. */
export class TrackerSnapshot {
  readonly state: TrackerState;

  /** @throws OptionError (option-invalid): snapshots come from trackers, and from JSON by {@link ConnectionTracker.resume} */
  constructor(state: TrackerState) {
    if (!(state instanceof TrackerState))
      throw new OptionError('option-invalid', 'This is no state of a tracker; take a snapshot of one.');
    this.state = state;
  }

  toJSON(): SnapshotJson {
    return stateToJson(this.state);
  }
}

const stateOf = (snapshot: TrackerSnapshot | SnapshotJson): TrackerState =>
  snapshot instanceof TrackerSnapshot ? snapshot.state : stateFromJson(snapshot);

const DEFAULT_LATENESS_SECONDS = 900;

/** What turns records into rows. */
interface Intake {
  readonly dictionaries: Dictionaries;
  readonly printer: RecordPrinter;
  readonly reader: RecordReader;
}
const MOST_TEXTS = 10_000;
/** Letters of lines that are read at once. */
const MOST_TEXT = 1 << 16;

const isMany = (records: FlowRecord | Iterable<FlowRecord>): records is Iterable<FlowRecord> =>
  typeof records === 'object' && records !== null && Symbol.iterator in records;

const noticeOf = (
  kind: TrackerNotice['kind'],
  time: number,
  watermark: number,
  line: string,
): TrackerNotice => {
  const from = line.indexOf('\n') + 1;
  return { kind, time, watermark, text: line.slice(from, from + QUOTED_CHARACTERS) };
};

const NOTHING = (): void => {};

const TCP = 6;

const isTcp = ({ ends }: Held): boolean => ends[0].endsWith(` ${TCP}`);

/** The key of a connection of TCP. */
const keyOfTcp = ({ initiator, responder }: Connection): string => {
  const [one, other] = [initiator, responder].map(({ address, port }) => endName(address, port ?? 0, TCP));
  return keyOf(orderEnds(one as string, other as string));
};

/** When there is something to be asked of a key that stays silent; null for a record without times, which only the end of the stream ends. */
const silentUntil = (held: Held, mayGoOnUntil: number | undefined): number | null => {
  if (held.last === null) return null;
  // How long an exchange may be silent is known without looking.
  return mayGoOnUntil ?? held.last + (isTcp(held) ? SHORTEST_LIMIT_SECONDS : IDLE_LIMITS.exchangeSeconds);
};

const encoder = new TextEncoder();

/** Hands a reader the lines of records that are held, many at once where the names of their fields are the same. */
const pushHeld = (reader: RecordReader, released: readonly Held[]): void => {
  let header: string | undefined;
  let text = '';
  const push = (): void => {
    if (text !== '') reader.push(encoder.encode(text));
    text = '';
  };
  for (const { lines } of released) {
    for (const line of lines) {
      const cut = line.indexOf('\n');
      if (line.slice(0, cut) !== header) {
        push();
        header = line.slice(0, cut);
        reader.pushHeader(columnsOf(header.split(' ')));
      }
      text += `${line.slice(cut + 1)}\n`;
      if (text.length > MOST_TEXT) push();
    }
  }
  push();
};

/**
 * @example
 * const tracker = new ConnectionTracker();
 * tracker.push(record); // as often as records come
 * for (const connection of tracker.drain()) store(connection); // now and then
 * for (const connection of tracker.finish()) store(connection); // in the end
 */
export class ConnectionTracker {
  readonly #options: TrackerOptions;
  readonly #latenessSeconds: number;
  #state: TrackerState;
  #intake: Intake;
  /** No key is finished before the watermark has passed this second. */
  #nextEnd = Number.NEGATIVE_INFINITY;
  /** Of keys that have been silent for a while, up to which second a connection of theirs may go on; no longer known when a record comes. */
  readonly #mayGoOn = new Map<string, number>();

  /** @throws OptionError (option-invalid) */
  constructor(options: TrackerOptions = {}) {
    checkRunOptions(options);
    const { latenessSeconds = DEFAULT_LATENESS_SECONDS } = options;
    if (!(Number.isFinite(latenessSeconds) && latenessSeconds >= 0)) {
      throw new OptionError(
        'option-invalid',
        `The lateness is ${latenessSeconds}; expected 0 seconds or more.`,
      );
    }
    this.#options = options;
    this.#latenessSeconds = latenessSeconds;
    this.#intake = this.#newIntake();
    const { learnedFrom } = options;
    this.#state =
      learnedFrom === undefined
        ? TrackerState()
        : TrackerState({ learned: stateOf(learnedFrom).learned.settled() });
  }

  /**
   * A tracker that goes on where another was.
   * @param snapshot or what its JSON was parsed to
   * @throws OptionError (option-invalid) when it is no snapshot, or a damaged one: then it names the part
   */
  static resume(snapshot: TrackerSnapshot | SnapshotJson, options: TrackerOptions = {}): ConnectionTracker {
    const tracker = new ConnectionTracker(options);
    tracker.#state = stateOf(snapshot);
    return tracker;
  }

  /** Takes the next record, or several. */
  push(records: FlowRecord | Iterable<FlowRecord>): void {
    for (const record of isMany(records) ? records : [records]) {
      const { printer, reader } = this.#freshIntake();
      reader.pushRecord(printer.print(record));
    }
  }

  /** Made anew when it has met many texts: a stream never ends, and nobody asks for those of yesterday. */
  #freshIntake(): Intake {
    const { strings, addresses } = this.#intake.dictionaries;
    if (strings.size + addresses.size > MOST_TEXTS) this.#intake = this.#newIntake();
    return this.#intake;
  }

  #newIntake(): Intake {
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const reader = this.#reader(dictionaries, (batch) => {
      const notices: TrackerNotice[] = [];
      this.#state = this.#state.withMutations((state) => {
        for (let row = 0; row < batch.count; row++) this.#take(state, batch, row, dictionaries, notices);
      });
      // Told of when all is done: whoever is told may throw.
      for (const notice of notices) this.#options.onNotice?.(notice);
    });
    return { dictionaries, reader, printer: new RecordPrinter() };
  }

  /** Connections that are finished, each once, by the first second of their key. */
  drain(): Connection[] {
    const { watermark } = this.report;
    if (watermark === null || watermark <= this.#nextEnd) return [];
    const silent: string[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [key, held] of this.#state.held) {
      const end = silentUntil(held, this.#mayGoOn.get(key));
      if (end === null) continue;
      if (end < watermark) silent.push(key);
      else next = Math.min(next, end);
    }
    this.#nextEnd = next;
    this.#lookAt(silent);
    return this.#release(silent, watermark);
  }

  /** All connections that are left. What comes afterwards begins anew, with what was learned. */
  finish(): Connection[] {
    return this.#release(this.#state.held.keySeq().toArray(), Number.POSITIVE_INFINITY);
  }

  /** This moment, to go on from: see {@link ConnectionTracker.resume}. */
  snapshot(): TrackerSnapshot {
    return new TrackerSnapshot(this.#state);
  }

  get report(): TrackerReport {
    const { records, late, ahead, rejected, connections, held, newest } = this.#state;
    return {
      records,
      late,
      ahead,
      rejected,
      connections,
      held: held.reduce((sum, { lines }) => sum + lines.size, 0),
      watermark: this.#watermark(newest),
    };
  }

  #reader(dictionaries: Dictionaries, onBatch: (batch: RecordBatch) => void): RecordReader {
    const onRejection = (rejection: Rejection): void => {
      const rejected = this.#state.rejected + 1;
      this.#state = this.#state.set('rejected', rejected);
      this.#options.onRejection?.({ ...rejection, lineNumber: this.#state.records + rejected });
    };
    const events = { onBatch, onRejection, onFormat: NOTHING, onHeader: NOTHING, onComment: NOTHING };
    return new RecordReader('stream', dictionaries, events, undefined, null);
  }

  #take(
    state: TrackerState,
    batch: RecordBatch,
    row: number,
    dictionaries: Dictionaries,
    notices: TrackerNotice[],
  ): void {
    const seen = readRow(batch, row, dictionaries);
    const line = (): string => lineOf(batch, row);
    state.set('records', state.records + 1);
    const watermark = this.#watermark(state.newest);
    if (seen.start !== null && watermark !== null && seen.start < watermark) {
      state.set('late', state.late + 1);
      notices.push(noticeOf('late', seen.start, watermark, line()));
    }
    const time = timeOf(seen);
    if (time !== null) this.#advance(state, time, line, notices);
    let isNowTalk = false;
    if (seen.kind === KIND.flow) {
      const key = keyOf(orderEnds(seen.from, seen.to));
      const known = state.held.get(key);
      const held = hold(known, seen, line());
      state.set('held', state.held.set(key, held));
      this.#mayGoOn.delete(key);
      if (held.last !== null) this.#nextEnd = Math.min(this.#nextEnd, held.last + SHORTEST_LIMIT_SECONDS);
      isNowTalk = isTalk(held) && (known === undefined || !isTalk(known));
    }
    state.set('learned', state.learned.learn(seen, isNowTalk));
  }

  /** Moves the newest time as far as a record may, and tells of times that are not believed. */
  #advance(state: TrackerState, time: number, line: () => string, notices: TrackerNotice[]): void {
    const { newest, claims } = state;
    const next = advance({ newest, claims }, time, stepFor(this.#latenessSeconds), line);
    state.set('newest', next.newest).set('claims', next.claims);
    const watermark = this.#watermark(next.newest);
    if (watermark === null) return;
    // What the very first record showed is judged when the second has come.
    const doubted = next.claims.filter((claim) => newest === null || claim.line === line());
    for (const claim of doubted) notices.push(noticeOf('ahead', claim.time, watermark, claim.line));
    state.set('ahead', state.ahead + doubted.length);
  }

  #watermark(newest: number | null): number | null {
    return newest === null ? null : newest - this.#latenessSeconds;
  }

  /**
   * Makes connections of what is held of some keys, and lets go of those that nothing can change any more which comes after a second.
   */
  #release(silent: readonly string[], second: number): Connection[] {
    const { held, learned } = this.#state;
    const finished = silent.filter((key) => this.#isFinished(key, second));
    if (finished.length === 0) return [];
    const released = finished.map((key) => held.get(key) as Held);
    const { connections, taught } = this.#rebuild(released, learned, (rebuild, { strings }) => ({
      connections: [...rebuild.connections()],
      taught: learned.learnVantages(rebuild.known, (vantage) => strings.text(vantage)),
    }));
    for (const key of finished) this.#mayGoOn.delete(key);
    this.#state = this.#state.merge({
      held: held.deleteAll(finished),
      learned: taught.forget(released.flatMap(({ ends }) => ends)),
      connections: this.#state.connections + connections.length,
    });
    return connections;
  }

  #isFinished(key: string, second: number): boolean {
    const until = this.#mayGoOn.get(key) ?? Number.NEGATIVE_INFINITY;
    if (until < second) return true;
    this.#nextEnd = Math.min(this.#nextEnd, until);
    return false;
  }

  /** Asks up to which second connections of keys that have fallen silent may go on, each once. */
  #lookAt(silent: readonly string[]): void {
    const { held, learned } = this.#state;
    const unknown = silent.filter((key) => !this.#mayGoOn.has(key)).map((key) => held.get(key) as Held);
    const ofTcp = unknown.filter(isTcp);
    if (ofTcp.length === 0) return;
    this.#rebuild(ofTcp, learned, (rebuild) => {
      for (const [connection, until] of rebuild.connectionsWithLimits()) {
        const key = keyOfTcp(connection);
        if (until !== null)
          this.#mayGoOn.set(key, Math.max(until, this.#mayGoOn.get(key) ?? Number.NEGATIVE_INFINITY));
      }
    });
  }

  #rebuild<Result>(
    keys: readonly Held[],
    learned: Learned,
    use: (rebuild: Rebuild, dictionaries: Dictionaries) => Result,
  ): Result {
    const { scope = 'auto', observedOnly = false, idleSeconds } = this.#options;
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const options = { scope, observedOnly, idleSeconds, lessons: learned.lessons() };
    return withKernel((kernel) => {
      const rebuild = new Rebuild(dictionaries, options, kernel);
      const reader = this.#reader(dictionaries, (batch) => rebuild.add(batch));
      try {
        pushHeld(reader, keys);
        reader.end();
        return use(rebuild, dictionaries);
      } finally {
        rebuild.close();
      }
    });
  }
}
