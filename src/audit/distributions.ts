/** How long connections lasted and how much they carried, honestly: intervals bound a duration, they do not tell it. */
import { bisectLeft } from 'd3-array';
import type { Outline } from '../model/outline.ts';
import { CountedNumbers } from './counted-numbers.ts';
import { GrowingNumbers } from './growing-numbers.ts';

/** Bars end here: steps that people think in. */
export const SECONDS_STEPS = [120, 300, 600, 1800, 3600, 4 * 3600, 24 * 3600] as const;
export const BYTES_STEPS = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;

/** Shares of all, of which quantiles are told. */
export const QUANTILE_SHARES = [0.25, 0.5, 0.75, 0.95, 1] as const;

/** Connections that lasted at most so long, and longer than what the bar before holds. */
export interface DurationBar {
  /** Opening and end lie in one interval: nothing tells more than its length. */
  readonly withinOneWindow: boolean;
  /** Seconds, included; null: longer than all before. */
  readonly upTo: number | null;
  readonly count: number;
}

/** How long the shortest lasted that make up this share; the true value lies between the two. */
export interface DurationQuantile {
  readonly share: number;
  readonly atLeast: number;
  readonly atMost: number;
}

export interface Durations {
  /** Connections whose opening and end are in the log. */
  readonly count: number;
  readonly quantiles: readonly DurationQuantile[];
  readonly bars: readonly DurationBar[];
}

export interface SizeBar {
  /** Bytes, excluded; null: whatever is more. */
  readonly below: number | null;
  readonly count: number;
  /** Short-lived ones of them. */
  readonly short: number;
}

export interface SizeQuantile {
  readonly share: number;
  readonly bytes: number;
  /** Null where none was short-lived. */
  readonly short: number | null;
}

/** Bytes both ways, of connections whose format counts them. */
export interface Sizes {
  readonly count: number;
  readonly short: number;
  readonly quantiles: readonly SizeQuantile[];
  readonly bars: readonly SizeBar[];
}

/** Bytes both ways; null where the format does not count them, or one side was not seen. */
export const bytesOf = ({ initiator, responder }: Outline): number | null =>
  initiator.bytes === null && responder.bytes === null
    ? null
    : (initiator.bytes ?? 0) + (responder.bytes ?? 0);

/** The least value that this share of all does not exceed. Nothing is interpolated: between two bounds lies no third. */
const placeOf = (count: number, share: number): number => Math.max(0, Math.ceil(share * count) - 1);

const quantileOf = (sorted: ArrayLike<number>, share: number): number | undefined =>
  sorted[placeOf(sorted.length, share)];

const belowSteps = (sorted: ArrayLike<number>): number[] => {
  const ends = [...BYTES_STEPS.map((step) => bisectLeft(sorted, step)), sorted.length];
  return ends.map((end, i) => end - (ends[i - 1] ?? 0));
};

/** Gathers 8 bytes a connection for its size; lengths of time are counted. */
export class DistributionTally {
  readonly #least = new CountedNumbers();
  readonly #most = new CountedNumbers();
  /** The most, of those in several intervals; of those in one only the longest matters. */
  readonly #severalWindows = new CountedNumbers();
  #longestWindow = 0;
  readonly #bytes = new GrowingNumbers(Float64Array);
  readonly #shortBytes = new GrowingNumbers(Float64Array);

  add(connection: Outline, isShort: boolean): void {
    const { durationMin, durationMax, windows } = connection;
    if (durationMin !== null && durationMax !== null) {
      this.#least.push(durationMin);
      this.#most.push(durationMax);
      if (windows > 1) this.#severalWindows.push(durationMax);
      else this.#longestWindow = Math.max(this.#longestWindow, durationMax);
    }
    const bytes = bytesOf(connection);
    if (bytes === null) return;
    this.#bytes.push(bytes);
    if (isShort) this.#shortBytes.push(bytes);
  }

  durations(): Durations {
    const { count } = this.#least;
    const within = count - this.#severalWindows.count;
    return {
      count,
      quantiles:
        count === 0
          ? []
          : QUANTILE_SHARES.map((share) => ({
              share,
              atLeast: this.#least.at(placeOf(count, share)) as number,
              atMost: this.#most.at(placeOf(count, share)) as number,
            })),
      bars: [
        { withinOneWindow: true, upTo: this.#longestWindow, count: within },
        ...this.#severalWindows.upTo(SECONDS_STEPS).map((bar, i) => ({
          withinOneWindow: false,
          upTo: SECONDS_STEPS[i] ?? null,
          count: bar,
        })),
      ],
    };
  }

  sizes(): Sizes {
    const [bytes, short] = [this.#bytes.sorted(), this.#shortBytes.sorted()];
    const shorts = belowSteps(short);
    return {
      count: bytes.length,
      short: short.length,
      quantiles:
        bytes.length === 0
          ? []
          : QUANTILE_SHARES.map((share) => ({
              share,
              bytes: quantileOf(bytes, share) as number,
              short: quantileOf(short, share) ?? null,
            })),
      bars: belowSteps(bytes).map((count, i) => ({
        below: BYTES_STEPS[i] ?? null,
        count,
        short: shorts[i] ?? 0,
      })),
    };
  }
}
