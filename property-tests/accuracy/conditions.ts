/** Under which conditions accuracy is measured: every combination of interval, format, clocks and losses. */
import { type Logging, PLAIN_LOGGING } from '../network/story.ts';
import type { StreamSettings } from '../network/stream-log.ts';

export interface Condition {
  readonly interval: 60 | 600;
  /** With them the 21 fields of AWS's TCP examples, without them the 14 default fields. */
  readonly flags: boolean;
  /** Skewed: intervals of the two directions begin at different seconds, and each record is 0 to 59 s late. */
  readonly clocks: 'aligned' | 'skewed';
  /** Share of the records that are lost without a trace. */
  readonly loss: 0 | 0.01 | 0.1;
}

export const CONDITIONS: readonly Condition[] = ([60, 600] as const).flatMap((interval) =>
  [true, false].flatMap((flags) =>
    (['aligned', 'skewed'] as const).flatMap((clocks) =>
      ([0, 0.01, 0.1] as const).map((loss) => ({ interval, flags, clocks, loss })),
    ),
  ),
);

/** As the tables name a condition. */
export const nameCondition = ({ interval, flags, clocks, loss }: Condition): string =>
  `${interval} s, ${flags ? 'flags' : 'no flags'}, ${clocks}, ${loss * 100} % lost`;

/** How much is simulated under each condition. */
export interface Extent {
  readonly connections: number;
  readonly seed: number;
}

/** The published figures, and the smaller run that a test repeats. */
export const FULL: Extent = { connections: 30_000, seed: 7 };
export const CONTROL: Extent = { connections: 1500, seed: 11 };

/** First dials are spread over an hour; ports are taken again up to three and a half hours later. */
const SPAN_SECONDS = 3600;

/** The network has run for one interval when the log begins, so that some connections are older than it. */
const loggingOf = ({ interval, flags, clocks, loss }: Condition): Logging => ({
  ...PLAIN_LOGGING,
  format: flags ? 'aws-21' : 'v2',
  interval,
  aligned: clocks === 'aligned',
  skew: { most: clocks === 'aligned' ? 0 : 59, per: 'record' },
  from: interval,
  loss,
});

export const settingsFor = (condition: Condition, { connections, seed }: Extent): StreamSettings => ({
  workload: 'mixed',
  connections,
  // Each interval has talks of its own lengths; otherwise all conditions log the same network.
  seed,
  rate: connections / SPAN_SECONDS,
  intervalSeconds: condition.interval,
  began: 1_760_000_000,
  logging: loggingOf(condition),
  shuffleSeconds: condition.clocks === 'skewed' ? 60 : 0,
});
