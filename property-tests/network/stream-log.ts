/**
 * A workload as a log, piece by piece: talks are played one at a time in the order in which they dial, their records
 * wait until no earlier line can come any more, and the truth about each talk is told as soon as it is played. What is
 * in memory is the lines that wait (of talks still running or taken up again later) and the ports in use, never the
 * log. Interval clocks and losses belong to names and seeds (aggregate.ts), so that a talk is logged as if the others
 * were there too.
 */
import type { FieldName } from '../../src/model/fields.ts';
import { aggregate, type LoggedRecord } from './aggregate.ts';
import { GATEWAY_FIELDS, notedByGateway } from './gateway-log.ts';
import type { Kind } from './kinds.ts';
import { type Observed, observe } from './observer.ts';
import { playTalk } from './play-talk.ts';
import { FORMATS, printHeader, printRecord } from './print-records.ts';
import { drawFor } from './seed-random.ts';
import type { Logging } from './story.ts';
import { type TruthConnection, tellTruth } from './truth.ts';
import { drawTalks, type WorkloadSettings } from './workload.ts';

export interface StreamSettings extends WorkloadSettings {
  /** Unix seconds. */
  readonly began: number;
  /** NODATA and SKIPDATA speak about whole interfaces and are not streamed: `nodata` and `skips` count for nothing. */
  readonly logging: Logging;
  /** Who writes the log: interfaces, or the attachments of a transit gateway in their place, with what they have of the format. */
  readonly notedBy?: 'interfaces' | 'gateways';
  /** Seconds by which a line may come later than its end asks for; 0 keeps lines in the order of their ends. */
  readonly shuffleSeconds: number;
}

/** What is true of one connection of the workload, and what its records still tell. */
export interface Told {
  readonly kind: Kind;
  readonly truth: TruthConnection;
  readonly observed: Observed;
}

/** The lines that are due, and the truth about the talk that was played last. */
export interface Piece {
  readonly lines: readonly string[];
  readonly told: readonly Told[];
  /** Its records, lost ones included. */
  readonly logged: readonly LoggedRecord[];
}

interface Waiting {
  readonly at: number;
  readonly line: string;
}

/** Lines by the second in which they are due. */
class Delivery {
  readonly #seconds = new Map<number, Waiting[]>();
  #next: number;

  constructor(from: number) {
    this.#next = from;
  }

  add(at: number, line: string): void {
    const second = Math.floor(at);
    const waiting = this.#seconds.get(second);
    if (waiting) waiting.push({ at, line });
    else this.#seconds.set(second, [{ at, line }]);
  }

  /** All lines due before a second, in order. */
  *takeBefore(end: number): Generator<string> {
    for (; this.#next < end && this.#seconds.size > 0; this.#next += 1) {
      const due = this.#seconds.get(this.#next);
      if (due === undefined) continue;
      this.#seconds.delete(this.#next);
      // Sorting is stable: equal moments keep the order of their talks.
      for (const { line } of due.sort((a, b) => a.at - b.at)) yield line;
    }
    this.#next = Math.max(this.#next, Math.min(end, Number.MAX_SAFE_INTEGER));
  }
}

/** The fields of the lines, in their order. */
export const fieldsOf = ({ logging, notedBy }: StreamSettings): readonly FieldName[] => {
  const fields: readonly FieldName[] = FORMATS[logging.format];
  if (notedBy !== 'gateways') return fields;
  return GATEWAY_FIELDS.filter((name) => name === 'tgw-attachment-id' || fields.includes(name));
};

const plan = (logged: readonly LoggedRecord[], settings: StreamSettings, delivery: Delivery): void => {
  const fields = fieldsOf(settings);
  for (const { record, copies } of logged) {
    if (copies === 0) continue;
    const line = printRecord(record, fields);
    for (let copy = 0; copy < copies; copy += 1) {
      const late = settings.shuffleSeconds * drawFor(settings.seed, `${line} ${copy} shuffled`);
      delivery.add((record.end ?? 0) + late, line);
    }
  }
};

/** Plays a workload. The same settings give the same pieces on every machine. */
export function* streamLog(settings: StreamSettings): Generator<Piece> {
  const { began, logging, notedBy, seed } = settings;
  const delivery = new Delivery(began);
  if (logging.header) yield { lines: [printHeader(fieldsOf(settings))], told: [], logged: [] };
  let index = 0;
  for (const { kind, talk } of drawTalks(settings)) {
    // Whatever comes from now on ends at or after this dial: lateness only adds.
    const lines = [...delivery.takeBefore(Math.floor(began + talk.at))];
    const sightings = playTalk(talk, index, began);
    const byInterfaces = aggregate(sightings, logging, began, seed);
    const logged =
      notedBy === 'gateways' ? byInterfaces.flatMap((one) => notedByGateway(one) ?? []) : byInterfaces;
    plan(logged, settings, delivery);
    const truth = tellTruth(sightings);
    const observed = observe(truth, logged, sightings, logging, fieldsOf(settings));
    const told = truth.flatMap((connection, i) => {
      const seen = observed[i];
      return seen === undefined ? [] : [{ kind, truth: connection, observed: seen }];
    });
    yield { lines, told, logged };
    index += 1;
  }
  yield { lines: [...delivery.takeBefore(Number.POSITIVE_INFINITY)], told: [], logged: [] };
}
