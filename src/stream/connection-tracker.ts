/**
 * The engine for streams: takes records as they come and hands out connections that nothing in time can change any more.
 * A connection is finished when its key has been silent for the idle limit before the watermark, which is the newest time
 * seen less the lateness that is allowed. All that a tracker holds is one Immutable value: a snapshot costs nothing, and
 * a tracker that is resumed from one goes on as if it had never stopped (law 6).
 */
import { List } from 'immutable';
import type { Scope } from '../correlate/scope.ts';
import { checkRunOptions } from '../engine/check-run-options.ts';
import { Rebuild } from '../engine/rebuild.ts';
import type { Connection } from '../model/connection.ts';
import { OptionError } from '../model/errors.ts';
import type { FlowRecord, Rejection } from '../model/flow-record.ts';
import { KIND, type RecordBatch } from '../model/record-batch.ts';
import { AddressBook } from '../record/address-book.ts';
import { columnsOf } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { RecordPrinter } from '../record/print-records.ts';
import { RecordReader } from '../record/read-records.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import { IDLE_LIMITS } from '../tcp/idle-limits.ts';
import { type Learned, type RowSeen, readRow } from './learned.ts';
import { type Held, type SnapshotJson, stateFromJson, stateToJson, TrackerState } from './tracker-state.ts';

export interface TrackerOptions {
  /** How far apart equal 5-tuples are kept. Default `auto`: see docs/correlate.md. */
  readonly scope?: Scope;
  /** Refuse inference: without observed evidence the initiator is `none`. */
  readonly observedOnly?: boolean;
  /** Seconds an open connection may be silent before its key starts a new one. Default 3600. */
  readonly idleSeconds?: number;
  /**
   * How many seconds after its start a record may come, measured by the newest time seen. Default 900: an interval of
   * ten minutes and AWS's delivery, which takes five ("Flow log records", aggregation interval).
   */
  readonly latenessSeconds?: number;
  /** Begins with what another stream has learned, and with none of its records. */
  readonly learnedFrom?: TrackerSnapshot;
  /** Told of every record that is not understood; its line number is the record's, counted from 1. */
  readonly onRejection?: (rejection: Rejection) => void;
}

/** What a tracker has seen. */
export interface TrackerReport {
  readonly records: number;
  /** Records that came later than is allowed: still correlated with what is held, as well as can be. */
  readonly late: number;
  readonly rejected: number;
  /** Connections and exchanges handed out. */
  readonly connections: number;
  /** Records held for connections that are not finished. */
  readonly held: number;
  /** Unix seconds: what ended an idle limit before is finished. Null before the first time. */
  readonly watermark: number | null;
}

/** A tracker at one moment: an Immutable value that never changes. `JSON.stringify` writes it down. */
export class TrackerSnapshot {
  readonly state: TrackerState;

  constructor(state: TrackerState) {
    this.state = state;
  }

  toJSON(): SnapshotJson {
    return stateToJson(this.state);
  }
}

const DEFAULT_LATENESS_SECONDS = 900;

/** What turns records into rows. */
interface Intake {
  readonly dictionaries: Dictionaries;
  readonly printer: RecordPrinter;
  readonly reader: RecordReader;
}
const MOST_TEXTS = 10_000;

const isMany = (records: FlowRecord | Iterable<FlowRecord>): records is Iterable<FlowRecord> =>
  typeof records === 'object' && records !== null && Symbol.iterator in records;

const NOTHING = (): void => {};

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @example
 * const tracker = new ConnectionTracker();
 * tracker.push(record); // as often as records come
 * for (const connection of tracker.drain()) store(connection); // now and then
 * for (const connection of tracker.finish()) store(connection); // in the end
 */
export class ConnectionTracker {
  readonly #options: TrackerOptions;
  readonly #idleSeconds: number;
  readonly #latenessSeconds: number;
  #state: TrackerState;
  #intake: Intake;
  /** No key is finished before the watermark has passed this second. */
  #nextEnd = Number.NEGATIVE_INFINITY;

  /** @throws OptionError (option-invalid) */
  constructor(options: TrackerOptions = {}) {
    checkRunOptions(options);
    const { idleSeconds = IDLE_LIMITS.openSeconds, latenessSeconds = DEFAULT_LATENESS_SECONDS } = options;
    if (!(Number.isFinite(latenessSeconds) && latenessSeconds >= 0)) {
      throw new OptionError(
        'option-invalid',
        `The lateness is ${latenessSeconds}; expected 0 seconds or more.`,
      );
    }
    this.#options = options;
    this.#idleSeconds = idleSeconds;
    this.#latenessSeconds = latenessSeconds;
    this.#intake = this.#newIntake();
    const learned = options.learnedFrom?.state.learned;
    this.#state = learned === undefined ? TrackerState() : TrackerState({ learned });
  }

  /**
   * A tracker that goes on where another was.
   * @param snapshot or what its JSON was parsed to
   * @throws OptionError (option-invalid) when it is no snapshot
   */
  static resume(snapshot: TrackerSnapshot | SnapshotJson, options: TrackerOptions = {}): ConnectionTracker {
    const tracker = new ConnectionTracker(options);
    tracker.#state = snapshot instanceof TrackerSnapshot ? snapshot.state : stateFromJson(snapshot);
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
      this.#state = this.#state.withMutations((state) => {
        for (let row = 0; row < batch.count; row++) this.#take(state, batch, row, dictionaries);
      });
    });
    return { dictionaries, reader, printer: new RecordPrinter() };
  }

  /** Connections that are finished, each once, by the first second of their key. */
  drain(): Connection[] {
    const { watermark } = this.report;
    if (watermark === null || watermark <= this.#nextEnd) return [];
    const isFinished = ({ last }: Held): boolean => last !== null && last + this.#idleSeconds < watermark;
    const { held } = this.#state;
    const finished = held.filter(isFinished);
    let next = Number.POSITIVE_INFINITY;
    for (const each of held.values())
      if (each.last !== null && !isFinished(each)) next = Math.min(next, each.last + this.#idleSeconds);
    this.#nextEnd = next;
    return this.#release(finished.keySeq().toArray());
  }

  /** All connections that are left. What comes afterwards begins anew, with what was learned. */
  finish(): Connection[] {
    return this.#release(this.#state.held.keySeq().toArray());
  }

  /** This moment, to go on from: see {@link ConnectionTracker.resume}. */
  snapshot(): TrackerSnapshot {
    return new TrackerSnapshot(this.#state);
  }

  get report(): TrackerReport {
    const { records, late, rejected, connections, held, newest } = this.#state;
    return {
      records,
      late,
      rejected,
      connections,
      held: held.reduce((sum, { lines }) => sum + lines.size, 0),
      watermark: newest === null ? null : newest - this.#latenessSeconds,
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

  #take(state: TrackerState, batch: RecordBatch, row: number, dictionaries: Dictionaries): void {
    const seen = readRow(batch, row, dictionaries);
    const watermark = (state.newest ?? Number.NEGATIVE_INFINITY) - this.#latenessSeconds;
    state.set('records', state.records + 1);
    if (seen.start !== null && seen.start < watermark) state.set('late', state.late + 1);
    const newest = Math.max(seen.start ?? 0, seen.end ?? 0);
    if ((seen.start !== null || seen.end !== null) && (state.newest === null || newest > state.newest))
      state.set('newest', newest);
    let isNowBothWays = false;
    if (seen.kind === KIND.flow) {
      const line = decoder.decode(batch.text.slice(batch.lineFrom[row], batch.lineTo[row]));
      isNowBothWays = this.#hold(state, seen, `${batch.columns.names.join(' ')}\n${line}`);
    }
    state.set('learned', state.learned.learn(seen, isNowBothWays));
  }

  /** Holds the record of a flow; true when it is the first of its key's other direction. */
  #hold(state: TrackerState, { from, to, start, end }: RowSeen, line: string): boolean {
    const isFromLower = from < to;
    const ends: readonly [string, string] = isFromLower ? [from, to] : [to, from];
    const key = ends.join(' ');
    const known = state.held.get(key);
    const way = isFromLower ? 1 : 2;
    const at = start === null || end === null ? null : Math.max(start, end);
    const held: Held = {
      ends,
      lines: (known?.lines ?? List<string>()).push(line),
      last: known === undefined ? at : known.last === null || at === null ? null : Math.max(known.last, at),
      ways: (known?.ways ?? 0) | way,
    };
    state.set('held', state.held.set(key, held));
    if (held.last !== null) this.#nextEnd = Math.min(this.#nextEnd, held.last + this.#idleSeconds);
    return held.ways === 3 && known?.ways !== 3;
  }

  /** Makes connections of what is held of some keys, and lets go of it. */
  #release(keys: readonly string[]): Connection[] {
    const { held, learned } = this.#state;
    const released = keys.map((key) => held.get(key) as Held);
    if (released.length === 0) return [];
    const connections = this.#rebuild(released, learned);
    this.#state = this.#state.merge({
      held: held.deleteAll(keys),
      learned: learned.forget(released.flatMap(({ ends }) => ends)),
      connections: this.#state.connections + connections.length,
    });
    return connections;
  }

  #rebuild(released: readonly Held[], learned: Learned): Connection[] {
    const { scope = 'auto', observedOnly = false } = this.#options;
    const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
    const options = { scope, observedOnly, openSeconds: this.#idleSeconds, lessons: learned.lessons() };
    // Few records at a time: the plain path.
    const rebuild = new Rebuild(dictionaries, options, null);
    const reader = this.#reader(dictionaries, (batch) => rebuild.add(batch));
    let header: string | undefined;
    for (const { lines } of released) {
      for (const line of lines) {
        const cut = line.indexOf('\n');
        if (line.slice(0, cut) !== header) {
          header = line.slice(0, cut);
          reader.pushHeader(columnsOf(header.split(' ')));
        }
        reader.push(encoder.encode(`${line.slice(cut + 1)}\n`));
      }
    }
    reader.end();
    return [...rebuild.connections()];
  }
}
