/**
 * What clues are worth on one half of the habits, and what the bands of confidence of the other half would be with that. Log odds are
 * fitted by logistic regression: all clues of a connection together, without intercept, since both ends of a key are alike.
 */
import { type Clue, type ClueName, ODDS, weigh } from '../../src/meaning/initiator.ts';
import { PORT_ODDS } from '../../src/meaning/ports.ts';
import type { HabitName } from '../network/habits.ts';
import type { ClueCase } from './measure.ts';
import { type Band, countInBands, noBands } from './scores.ts';

/**
 * Clues that have one value of odds: a name of ODDS, or a cell of PORT_ODDS by both ranks, the lower first. What was stopped between two
 * ports without a service is apart, since the engine claims less on it.
 */
export type ClueClass = keyof typeof ODDS | 'stoppedBetween' | `ports ${number} ${number}`;
export type Odds = ReadonlyMap<ClueClass, number>;

/** A connection of a habit that is inferred, its clues and who opened it. */
export interface FitCase extends Pick<ClueCase, 'clues' | 'ranks' | 'opener'> {
  readonly habit: HabitName;
}

const CELLS = PORT_ODDS.flatMap((row, low) =>
  row.flatMap((odds, high): [ClueClass, number][] => (odds === 0 ? [] : [[`ports ${low} ${high}`, odds]])),
);

/** The odds that the engine takes. */
export const TAKEN: Odds = new Map([
  ...(Object.entries(ODDS) as [ClueClass, number][]),
  ['stoppedBetween', ODDS.rejected],
  ...CELLS,
]);

const CLASSES: Readonly<Record<Exclude<ClueName, 'ports'>, ClueClass>> = {
  stopped: 'rejected',
  stoppedBetween: 'stoppedBetween',
  replyRejected: 'replyRejected',
  spokeFirst: 'spokeFirst',
  oneWay: 'oneWay',
  ftpData: 'ftpData',
  answers: 'answersHandshakes',
  manyPeers: 'manyPeers',
};

/** The class of a clue; ranks are there wherever ports were a clue. */
export const classOf = ([, , , shows]: Clue, ranks: ClueCase['ranks']): ClueClass => {
  if (shows !== 'ports') return CLASSES[shows];
  if (ranks === null) throw new Error('ports are a clue where there are none');
  return `ports ${Math.min(...ranks)} ${Math.max(...ranks)}`;
};

/** How many cases have a clue of each class. */
export const countClasses = (cases: readonly FitCase[]): ReadonlyMap<ClueClass, number> => {
  const counts = new Map<ClueClass, number>();
  for (const { clues, ranks } of cases)
    for (const name of new Set(clues.map((clue) => classOf(clue, ranks))))
      counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

/** Cases that show the same: by class, how many clues more are for the true opener than against it. */
interface Pattern {
  readonly signs: ReadonlyMap<ClueClass, number>;
  weight: number;
}

const signsOf = ({ clues, ranks, opener }: FitCase): ReadonlyMap<ClueClass, number> => {
  const signs = new Map<ClueClass, number>();
  for (const clue of clues) {
    const name = classOf(clue, ranks);
    signs.set(name, (signs.get(name) ?? 0) + (clue[1] === opener ? 1 : -1));
  }
  return signs;
};

/** Every habit weighs the same, and all of them as much as there are cases. */
const patternsOf = (cases: readonly FitCase[]): readonly Pattern[] => {
  const sizes = new Map<HabitName, number>();
  for (const { habit } of cases) sizes.set(habit, (sizes.get(habit) ?? 0) + 1);
  const patterns = new Map<string, Pattern>();
  for (const one of cases) {
    const signs = signsOf(one);
    const key = JSON.stringify([...signs].sort());
    const pattern = patterns.get(key) ?? { signs, weight: 0 };
    pattern.weight += cases.length / sizes.size / (sizes.get(one.habit) ?? 1);
    patterns.set(key, pattern);
  }
  return [...patterns.values()];
};

/** Log odds that are claimed at most, as the engine's tables do. */
export const MOST_ODDS = 8;
const CLOSE_ENOUGH = 1e-4;

/** The probability of the contrary of what has such log odds. */
const doubtOf = (odds: number): number => 1 / (1 + Math.exp(odds));

/** Where a falling function crosses zero between 0 and MOST_ODDS; the nearer limit where it does not. */
const zeroOf = (falling: (odds: number) => number): number => {
  let [low, high] = [0, MOST_ODDS];
  if (falling(low) <= 0) return low;
  if (falling(high) >= 0) return high;
  while (high - low > CLOSE_ENOUGH / 10) {
    const middle = (low + high) / 2;
    if (falling(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/**
 * Log odds of each class that occurs, from 0 to MOST_ODDS. As if each class had been met twice more, alone, right once and wrong once: a clue
 * that was met a few times claims little. The likelihood has one summit, and climbing it one class at a time gets there.
 */
export const fitOdds = (cases: readonly FitCase[]): Odds => {
  const patterns = patternsOf(cases);
  const fitted = new Map<ClueClass, number>();
  for (const { signs } of patterns) for (const name of signs.keys()) fitted.set(name, 0);
  const slopeOf = (name: ClueClass): ((odds: number) => number) => {
    const held = patterns.flatMap(({ signs, weight }) => {
      const sign = signs.get(name) ?? 0;
      if (sign === 0) return [];
      const others = [...signs].reduce(
        (sum, [other, times]) => sum + (other === name ? 0 : times * (fitted.get(other) ?? 0)),
        0,
      );
      return [{ sign, weight, others }];
    });
    return (odds) =>
      held.reduce(
        (slope, { sign, weight, others }) => slope + weight * sign * doubtOf(others + sign * odds),
        doubtOf(odds) - doubtOf(-odds),
      );
  };
  for (let moved = Number.POSITIVE_INFINITY; moved > CLOSE_ENOUGH; ) {
    moved = 0;
    for (const [name, before] of fitted) {
      const odds = zeroOf(slopeOf(name));
      moved = Math.max(moved, Math.abs(odds - before));
      fitted.set(name, odds);
    }
  }
  return fitted;
};

/** The bands of confidence if clues had such odds, those without any 0; how they are added up and what is claimed at most stays. */
export const claimsWith = (odds: Odds, cases: readonly FitCase[]): readonly Band[] => {
  const bands = noBands();
  for (const { clues, ranks, opener } of cases) {
    const { direction, confidence } = weigh(
      clues.map((clue) => [clue[0], clue[1], odds.get(classOf(clue, ranks)) ?? 0, clue[3]]),
    );
    countInBands(bands, confidence, direction === opener);
  }
  return bands;
};
