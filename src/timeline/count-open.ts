/**
 * How many connections were open over time, every so many seconds. It keeps counts where they change and no
 * connection; what it holds grows with the moments that lives begin and end at, not with the connections.
 */
import { OptionError } from '../model/errors.ts';
import type { Outline } from '../model/outline.ts';
import type { VantageCoverage } from '../model/report.ts';
import { type ConnectionsOverTime, overTime } from './at.ts';
import { coveredBy, type Horizon, lifeOf } from './life.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** What was open at one moment. */
export interface OpenCount {
  readonly time: number;
  readonly surely: number;
  readonly possibly: number;
  readonly attempts: number;
}

export interface CountOptions extends Horizon {
  /** Seconds from one moment to the next, more than 0. */
  readonly everySeconds: number;
  /** The first moment; default: the first multiple of `everySeconds` that is not before the first record. */
  readonly from?: number;
  /** No moment is later; default: the last record. */
  readonly to?: number;
}

/** More rows than this nobody reads, and a damaged time must not ask for a billion of them. */
export const MOST_MOMENTS = 100_000;

interface Change {
  surely: number;
  possibly: number;
  attempts: number;
}

type Kind = keyof Change;

/** Takes connections one at a time; the counts come at the end. */
export class OpenCounter {
  readonly #every: number;
  readonly #origin: number;
  #options: CountOptions;
  readonly #keys = new OneAtATime();
  /** By the number of the step, counted from the origin. */
  readonly #changes = new Map<number, Change>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** Connections whose records carry no times. */
  timeless = 0;

  /** @throws OptionError (option-invalid) when the step is no time, or the end lies before the beginning */
  constructor(options: CountOptions) {
    const { everySeconds, from, to } = options;
    if (!(everySeconds > 0 && Number.isFinite(everySeconds)))
      throw new OptionError('option-invalid', `The step is ${everySeconds}; expected more than 0 seconds.`);
    if (from !== undefined && to !== undefined && from > to)
      throw new OptionError(
        'option-invalid',
        'The end lies before the beginning; no moment lies between them.',
      );
    this.#every = everySeconds;
    this.#origin = from ?? 0;
    this.#options = options;
  }

  /** Says, before the first connection, what the records cover: nothing is told of what lies beyond. */
  cover(coverage: readonly VantageCoverage[]): void {
    this.#options = { ...this.#options, covered: coveredBy(coverage) };
  }

  add(connection: Outline): void {
    const life = lifeOf(connection, this.#options);
    const { firstSeen, lastSeen } = connection;
    if (life === null || firstSeen === null || lastSeen === null) {
      this.timeless++;
      return;
    }
    this.#first = Math.min(this.#first, firstSeen);
    this.#last = Math.max(this.#last, lastSeen);
    if (!life.opened) this.#count('attempts', life.possiblyFrom, life.possiblyTo);
    else {
      const [from, to] = this.#stepsWithin(life.possiblyFrom, life.possiblyTo);
      if (from < to) {
        this.#change('possibly', from, to);
        // What another of its 5-tuple has already is taken back.
        for (const [begin, end] of this.#keys.add(connection, from, to)) this.#change('possibly', end, begin);
      }
      this.#count('surely', life.surelyFrom, life.surelyTo);
    }
  }

  #count(kind: Kind, from: number, to: number): void {
    const [begins, ends] = this.#stepsWithin(from, to);
    if (begins < ends) this.#change(kind, begins, ends);
  }

  /** The first step within two times, and the one behind the last. */
  #stepsWithin(from: number, to: number): [number, number] {
    return [
      Math.ceil((from - this.#origin) / this.#every),
      Math.floor((to - this.#origin) / this.#every) + 1,
    ];
  }

  /** One more from a step on, and one less from another. */
  #change(kind: Kind, from: number, to: number): void {
    this.#changeAt(from)[kind]++;
    this.#changeAt(to)[kind]--;
  }

  #changeAt(step: number): Change {
    let change = this.#changes.get(step);
    if (change === undefined) {
      change = { surely: 0, possibly: 0, attempts: 0 };
      this.#changes.set(step, change);
    }
    return change;
  }

  /** @throws OptionError (option-invalid) when there would be more than MOST_MOMENTS */
  counts(): OpenCount[] {
    const { from, to } = this.#options;
    const first = Math.ceil(((from ?? this.#first) - this.#origin) / this.#every);
    const last = Math.floor(((to ?? this.#last) - this.#origin) / this.#every);
    if (!Number.isFinite(first) || !Number.isFinite(last) || first > last) return [];
    if (last - first >= MOST_MOMENTS)
      throw new OptionError(
        'option-invalid',
        `Every ${this.#every} s would be ${last - first + 1} moments; at most ${MOST_MOMENTS} are counted: take a longer step or a shorter time.`,
      );
    const steps = [...this.#changes.keys()].sort((a, b) => a - b);
    const now: Change = { surely: 0, possibly: 0, attempts: 0 };
    const counts: OpenCount[] = [];
    let i = 0;
    for (let step = first; step <= last; step++) {
      for (; i < steps.length && (steps[i] as number) <= step; i++) {
        const change = this.#changes.get(steps[i] as number) as Change;
        for (const kind of ['surely', 'possibly', 'attempts'] as const) now[kind] += change[kind];
      }
      const { surely, possibly, attempts } = now;
      counts.push({ time: this.#origin + step * this.#every, surely, possibly: possibly - surely, attempts });
    }
    return counts;
  }
}

/** How many connections were open, moment by moment, in one pass. */
export const countOpen = async (
  connections: ConnectionsOverTime,
  options: CountOptions,
): Promise<OpenCount[]> => {
  const counter = new OpenCounter(options);
  await overTime(connections, counter);
  return counter.counts();
};
