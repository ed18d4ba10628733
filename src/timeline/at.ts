/**
 * Who was connected then: any number of moments, asked of connections that are looked at once. Those whose life
 * touches no moment are forgotten at once; the rest enter and leave one persistent map while time is swept, and
 * what it holds at a moment stays as that moment's snapshot, sharing all that did not change with its neighbours.
 */
import { bisectLeft, bisectRight } from 'd3-array';
import { Map as ImmutableMap } from 'immutable';
import type { Connection } from '../model/connection.ts';
import { OptionError } from '../model/errors.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import type { Outline } from '../model/outline.ts';
import type { VantageCoverage } from '../model/report.ts';
import { NOT_OPENED, type NotOpened, noUpshots, upshotOf } from '../model/upshots.ts';
import { coveredBy, type Horizon, type Life, lifeOf, opennessAt } from './life.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { type Progress, progressAt } from './progress.ts';

/** Why it is said to have been open, in the order of their strength. */
export const OPEN_BECAUSE = {
  proved: 'after its opening (or first packets) and before its close, beyond the slack of the log',
  recorded: 'within its records, so close to its opening or end that the slack of the log leaves it open',
  silent: 'after its last record: no close was seen, and the silence is within the horizon',
  unseen: 'before its first record: its opening is not in the log, and the silence is within the horizon',
} as const;
export type OpenBecause = keyof typeof OPEN_BECAUSE;

/** A connection as it was at a moment. */
export interface OpenConnection extends Progress {
  readonly connection: Connection;
  readonly open: 'surely' | 'possibly';
  readonly because: OpenBecause;
}

/** `idleSeconds` is the run's. */
export type AtOptions = Horizon;

interface Lived {
  readonly number: number;
  readonly connection: Connection;
  readonly life: Life;
}

const becauseOf = ({ life, connection }: Lived, time: number): OpenBecause => {
  if (opennessAt(life, time) === 'surely') return 'proved';
  const { firstSeen, lastSeen, closedAt, openedAt } = connection;
  if (time > Math.max(lastSeen ?? time, closedAt ?? Number.NEGATIVE_INFINITY)) return 'silent';
  return openedAt === null && time < (firstSeen ?? time) - SLACK_SECONDS ? 'unseen' : 'recorded';
};

const STRENGTH = Object.keys(OPEN_BECAUSE) as OpenBecause[];

const openingOf = ({ openedAt, firstSeen }: Connection): number => openedAt ?? firstSeen ?? 0;

/** The surest first, then the oldest; the uid settles the rest, so that the order of the input does not matter. */
const bySureness = (a: OpenConnection, b: OpenConnection): number =>
  STRENGTH.indexOf(a.because) - STRENGTH.indexOf(b.because) ||
  openingOf(a.connection) - openingOf(b.connection) ||
  (a.connection.uid < b.connection.uid ? -1 : 1);

/** What was open at one moment. */
export class OpenAt {
  readonly time: number;
  readonly surely: number;
  /** Those of one 5-tuple at one interface count as one: no two of them were open at once. */
  readonly possibly: number;
  /** By how many {@link connections} are more for that. */
  readonly alternatives: number;
  /** Attempts under way that led to nothing: not open, but there. */
  readonly attempts: number;
  /** The same by what they came to. */
  readonly attemptsBy: Readonly<Record<NotOpened, number>>;
  /** Connections whose records carry no times: nothing can be said of them at any moment. */
  readonly timeless: number;
  readonly #held: ImmutableMap<number, Lived>;

  /** @param held what may have been open then */
  constructor(
    time: number,
    held: ImmutableMap<number, Lived>,
    counts: Pick<OpenAt, 'surely' | 'alternatives' | 'attempts' | 'attemptsBy' | 'timeless'>,
  ) {
    this.time = time;
    this.surely = counts.surely;
    this.alternatives = counts.alternatives;
    this.possibly = held.size - counts.surely - counts.alternatives;
    this.attempts = counts.attempts;
    this.attemptsBy = counts.attemptsBy;
    this.timeless = counts.timeless;
    this.#held = held;
  }

  /** The connections, the surest first. Made anew for every call; the snapshot itself holds each only once. */
  get connections(): OpenConnection[] {
    const { time } = this;
    return [...this.#held.values()]
      .map((lived): OpenConnection => {
        const { connection, life } = lived;
        const open = opennessAt(life, time) ?? 'possibly';
        return { connection, open, because: becauseOf(lived, time), ...progressAt(connection, time) };
      })
      .sort(bySureness);
  }
}

/** Takes connections one at a time; the moments come at the end. */
export class MomentSweep {
  /** Ascending, each once. */
  readonly #times: readonly number[];
  #horizon: Horizon;
  readonly #entering: Lived[][];
  readonly #leaving: number[][];
  /** By how many the counts change at each moment. */
  readonly #surely: Float64Array;
  readonly #alternatives: Float64Array;
  readonly #attempts: ReadonlyMap<NotOpened, Float64Array>;
  readonly #keys = new OneAtATime();
  #opened = 0;
  #timeless = 0;

  /** @throws OptionError (option-invalid) for a moment that is no number */
  constructor(times: readonly number[], horizon: AtOptions = {}) {
    const odd = times.find((time) => !Number.isFinite(time));
    if (odd !== undefined)
      throw new OptionError('option-invalid', `The moment ${odd} is no time; expected Unix seconds.`);
    this.#times = [...new Set(times)].sort((a, b) => a - b);
    this.#horizon = horizon;
    const places = this.#times.length + 1;
    this.#entering = Array.from({ length: places }, () => []);
    this.#leaving = Array.from({ length: places }, () => []);
    this.#surely = new Float64Array(places);
    this.#alternatives = new Float64Array(places);
    this.#attempts = new Map(NOT_OPENED.map((upshot) => [upshot, new Float64Array(places)]));
  }

  /** Says, before the first connection, what the records cover: nothing is told of what lies beyond. */
  cover(coverage: readonly VantageCoverage[]): void {
    this.#horizon = { ...this.#horizon, covered: coveredBy(coverage) };
  }

  add(connection: Connection): void {
    this.consider(connection, () => connection);
  }

  /** Takes the whole connection only where its life touches a moment. */
  consider(outline: Outline, whole: () => Connection): void {
    const touched = lifeOf(outline, this.#horizon);
    if (touched === null) {
      this.#timeless++;
      return;
    }
    const times = this.#times;
    const from = bisectLeft(times, touched.possiblyFrom);
    const to = bisectRight(times, touched.possiblyTo);
    if (from >= to) return;
    if (!touched.opened) {
      this.#change(this.#attempts.get(upshotOf(outline) as NotOpened) as Float64Array, from, to);
      return;
    }
    const connection = whole();
    // Its windows may tell better when it surely was open, but not when it may have been.
    const life = lifeOf(connection, this.#horizon) ?? touched;
    const number = this.#opened++;
    (this.#entering[from] as Lived[]).push({ number, connection, life });
    (this.#leaving[to] as number[]).push(number);
    for (const [begin, end] of this.#keys.add(outline, from, to))
      this.#change(this.#alternatives, begin, end);
    this.#change(this.#surely, bisectLeft(times, life.surelyFrom), bisectRight(times, life.surelyTo));
  }

  #change(counts: Float64Array, from: number, to: number): void {
    if (from >= to) return;
    counts[from] = (counts[from] as number) + 1;
    counts[to] = (counts[to] as number) - 1;
  }

  /** What was open at each moment, in the order of time, each moment once. */
  snapshots(): OpenAt[] {
    let held = ImmutableMap<number, Lived>();
    let surely = 0;
    let alternatives = 0;
    const attemptsBy = noUpshots();
    return this.#times.map((time, i) => {
      held = held.withMutations((now) => {
        for (const number of this.#leaving[i] as number[]) now.delete(number);
        for (const lived of this.#entering[i] as Lived[]) now.set(lived.number, lived);
      });
      surely += this.#surely[i] as number;
      alternatives += this.#alternatives[i] as number;
      for (const [upshot, changes] of this.#attempts) attemptsBy[upshot] += changes[i] as number;
      const attempts = NOT_OPENED.reduce((sum, upshot) => sum + attemptsBy[upshot], 0);
      return new OpenAt(time, held, {
        ...{ surely, alternatives, attempts, timeless: this.#timeless },
        attemptsBy: { ...attemptsBy },
      });
    });
  }
}

/** Connections, those of a 5-tuple one behind the other, and what the records cover, where that is known, as `reconstruct` gives both. */
export type ConnectionsOverTime = (AsyncIterable<Connection> | Iterable<Connection>) & {
  readonly coverage?: readonly VantageCoverage[];
};

/** Hands over each connection, and before the first what the records cover. */
export const overTime = async (
  connections: ConnectionsOverTime,
  taker: { cover(coverage: readonly VantageCoverage[]): void; add(connection: Connection): void },
): Promise<void> => {
  let isFirst = true;
  for await (const connection of connections) {
    if (isFirst && connections.coverage !== undefined) taker.cover(connections.coverage);
    isFirst = false;
    taker.add(connection);
  }
};

/**
 * What was open at a moment, or at each of several, in one pass over the connections. Rebuild them with
 * `windows: true` to know their state, age and bytes by then.
 * @param time Unix seconds
 * @throws OptionError (option-invalid) for a moment that is no number
 * @example const { surely, connections } = await connectionsAt(reconstruct('logs/', { windows: true }), 1566848940)
 */
export function connectionsAt(
  connections: ConnectionsOverTime,
  time: number,
  options?: AtOptions,
): Promise<OpenAt>;
/** The same for several moments, in the order of time. */
export function connectionsAt(
  connections: ConnectionsOverTime,
  times: readonly number[],
  options?: AtOptions,
): Promise<OpenAt[]>;
export async function connectionsAt(
  connections: ConnectionsOverTime,
  times: number | readonly number[],
  options: AtOptions = {},
): Promise<OpenAt | OpenAt[]> {
  const sweep = new MomentSweep(typeof times === 'number' ? [times] : times, options);
  await overTime(connections, sweep);
  const snapshots = sweep.snapshots();
  return typeof times === 'number' ? (snapshots[0] as OpenAt) : snapshots;
}
