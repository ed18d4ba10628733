/**
 * Under which conditions accuracy is measured: every combination of interval, format, clocks and losses for the mixed workload; an easy
 * and a harder one for each habit of other networks.
 */
import { type HabitName, habitNamed } from '../network/habits.ts';
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
  /** In place of the mixed workload. */
  readonly habit?: HabitName;
  /** In place of what the habit's flow log keeps. */
  readonly keeps?: Logging['keeps'];
}

export const CONDITIONS: readonly Condition[] = ([60, 600] as const).flatMap((interval) =>
  [true, false].flatMap((flags) =>
    (['aligned', 'skewed'] as const).flatMap((clocks) =>
      ([0, 0.01, 0.1] as const).map((loss) => ({ interval, flags, clocks, loss })),
    ),
  ),
);

/** A habit is met under both, and what comes of it is added up. */
export const habitConditions = (
  habit: HabitName,
  about: Pick<Condition, 'flags' | 'keeps'>,
): readonly Condition[] => [
  { ...about, habit, interval: 60, clocks: 'aligned', loss: 0 },
  { ...about, habit, interval: 600, clocks: 'skewed', loss: 0.01 },
];

/** As the tables name a condition. */
export const nameCondition = ({ interval, flags, clocks, loss, habit, keeps }: Condition): string =>
  [
    ...(habit === undefined ? [] : [habit]),
    ...[`${interval} s`, flags ? 'flags' : 'no flags', clocks, `${loss * 100} % lost`],
    ...(keeps === undefined ? [] : [`${keeps} only`]),
  ].join(', ');

/** How much is simulated under each condition. */
export interface Extent {
  readonly connections: number;
  readonly seed: number;
}

/** The published figures, and the smaller run that a test repeats. */
export const FULL: Extent = { connections: 30_000, seed: 7 };
export const CONTROL: Extent = { connections: 1500, seed: 11 };

/** The same for each habit, of its flagless log, of that with flags, and of what a REJECT-only flow log keeps of it. */
export const HABITS_FULL: Extent = { connections: 8000, seed: 7 };
export const HABITS_WITH_FLAGS: Extent = { connections: 2500, seed: 7 };
export const HABITS_REJECTED: Extent = { connections: 2000, seed: 7 };
export const HABITS_CONTROL: Extent = { connections: 600, seed: 11 };
/** For whoever fits confidence: a seed on which nothing is measured. */
export const HABITS_FITTING: Extent = { connections: 8000, seed: 10_007 };
/** What the page fits to the one half of the habits, and measures it on of the other: less of the same. */
export const FITTED_ON: Extent = { ...HABITS_FITTING, connections: 2400 };
export const FIT_MEASURED_ON: Extent = { ...HABITS_FULL, connections: 2000 };

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

/** The logging that a condition asks for, a habit's own first, and what else a habit needs. */
const habitSettings = ({
  habit: name,
  keeps,
}: Condition): Pick<StreamSettings, 'notedBy'> & {
  readonly times: number;
  readonly logging: Partial<Logging>;
} => {
  if (name === undefined) return { times: 1, logging: {} };
  const { times, logging, notedBy } = habitNamed(name);
  return { times, notedBy, logging: { ...logging, ...(keeps === undefined ? {} : { keeps }) } };
};

export const settingsFor = (condition: Condition, { connections: asked, seed }: Extent): StreamSettings => {
  const { times, logging, ...others } = habitSettings(condition);
  const connections = Math.ceil(asked * times);
  return {
    ...others,
    workload: condition.habit ?? 'mixed',
    connections,
    // Each interval has talks of its own lengths; otherwise all conditions log the same network.
    seed,
    rate: connections / SPAN_SECONDS,
    intervalSeconds: condition.interval,
    began: 1_760_000_000,
    logging: { ...loggingOf(condition), ...logging },
    shuffleSeconds: condition.clocks === 'skewed' ? 60 : 0,
  };
};
