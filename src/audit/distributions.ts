/** How long connections lasted and how much they carried, honestly: intervals bound a duration, they do not tell it. */
import type { Outline } from '../model/outline.ts';
import { CountedNumbers } from './counted-numbers.ts';

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

/** Where the least value stands that this share of all does not exceed. Nothing is interpolated: between two bounds lies no third. */
const placeOf = (count: number, share: number): number => Math.max(0, Math.ceil(share * count) - 1);

/** Gathers counts; of sizes beyond 64 KiB 8 bytes each. */
export class DistributionTally {
  readonly #least = new CountedNumbers();
  readonly #most = new CountedNumbers();
  /** The most, of those in several intervals; of those in one only the longest matters. */
  readonly #severalWindows = new CountedNumbers();
  #longestWindow = 0;
  readonly #bytes = new CountedNumbers();
  readonly #shortBytes = new CountedNumbers();

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
    const [bytes, short] = [this.#bytes, this.#shortBytes];
    const shorts = short.below(BYTES_STEPS);
    return {
      count: bytes.count,
      short: short.count,
      quantiles:
        bytes.count === 0
          ? []
          : QUANTILE_SHARES.map((share) => ({
              share,
              bytes: bytes.at(placeOf(bytes.count, share)) as number,
              short: short.at(placeOf(short.count, share)) ?? null,
            })),
      bars: bytes.below(BYTES_STEPS).map((count, i) => ({
        below: BYTES_STEPS[i] ?? null,
        count,
        short: shorts[i] ?? 0,
      })),
    };
  }
}
