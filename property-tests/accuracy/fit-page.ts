/**
 * The part of docs/accuracy.md on what was fitted: what each clue is worth on one half of the habits and on the other, what the engine
 * takes, and what either fit would claim on the half that it has not met. Returns text, as accuracy-page does.
 */
import { PORT_RANKS } from '../../src/meaning/ports.ts';
import { HABIT_NAMES, type HabitName, habitNamed } from '../network/habits.ts';
import { type Claim, claimsOf, isTooHigh, LEAST_CASES } from './claims.ts';
import { FIT_MEASURED_ON, FITTED_ON } from './conditions.ts';
import {
  type ClueClass,
  claimsWith,
  countClasses,
  type FitCase,
  fitOdds,
  MOST_ODDS,
  type Odds,
  TAKEN,
} from './fit.ts';
import { nameBand, verdictOn, worstOf } from './habits-page.ts';
import { share, table, whole } from './page-tables.ts';
import type { Band } from './scores.ts';

const HALVES = ['a', 'b'] as const;
type Half = (typeof HALVES)[number];

/** What one half of the habits teaches. */
interface Fit {
  readonly odds: Odds;
  readonly counts: ReadonlyMap<ClueClass, number>;
}

/** A clue as a reader knows it; ports by what they are. */
const WORDS: Readonly<Record<Exclude<ClueClass, `ports ${number} ${number}`>, string>> = {
  rejected: 'its attempt was stopped',
  stoppedBetween: 'the same, between two ports without a service',
  answersHandshakes: 'its peer answers handshakes elsewhere',
  manyPeers: 'its peer is shared by many',
  replyRejected: 'the reply to it was rejected',
  spokeFirst: 'it spoke first',
  oneWay: 'it tried, and no answer came',
  ftpData: 'data with port 20',
};

const nameClass = (name: ClueClass): string => {
  if (name in WORDS) return WORDS[name as keyof typeof WORDS];
  const [, low, high] = name.split(' ').map(Number) as [unknown, number, number];
  return `ports: ${PORT_RANKS[low]} / ${PORT_RANKS[high]}`;
};

const halfOf = (cases: readonly FitCase[], half: Half): readonly FitCase[] =>
  cases.filter(({ habit }) => habitNamed(habit).half === half);

const fitHalf = (cases: readonly FitCase[]): Fit => ({ odds: fitOdds(cases), counts: countClasses(cases) });

type Fits = Readonly<Record<Half, Fit>>;

/** The halves in which a clue was met often enough. */
const fittedOn = (fits: Fits, name: ClueClass): readonly Half[] =>
  HALVES.filter((half) => (fits[half].counts.get(name) ?? 0) >= LEAST_CASES);

const NOTES = ['never fitted', 'fitted on one half alone', ''] as const;

/** By how much the odds taken are above the lowest of the fits to enough cases. */
const aboveFits = (fits: Fits, name: ClueClass, taken: number): string => {
  const fitted = fittedOn(fits, name).map((half) => fits[half].odds.get(name) ?? 0);
  if (fitted.length === 0) return '-';
  const above = taken - Math.min(...fitted);
  return above > 0 ? `+${above.toFixed(1)}` : 'no';
};

const cluesTable = (fits: Fits): string =>
  table([
    ['clue', 'cases, a', 'cases, b', 'fitted to a', 'fitted to b', 'taken', 'above the lower', ''],
    ...[...TAKEN].map(([name, taken]) => [
      nameClass(name),
      ...HALVES.map((half) => whole(fits[half].counts.get(name) ?? 0)),
      ...HALVES.map((half) => fits[half].odds.get(name)?.toFixed(1) ?? '-'),
      ...[taken.toFixed(1), aboveFits(fits, name, taken), NOTES[fittedOn(fits, name).length] as string],
    ]),
  ]);

/** What a habit's bands are with the odds taken, and with those fitted to the half that it is not of. */
interface HabitClaims {
  readonly habit: HabitName;
  readonly cases: number;
  readonly taken: readonly Band[];
  readonly fitted: readonly Band[];
}

const habitClaims = (fits: Fits, cases: readonly FitCase[]): readonly HabitClaims[] =>
  HABIT_NAMES.map((habit) => {
    const own = cases.filter((one) => one.habit === habit);
    const { odds } = fits[habitNamed(habit).half === 'a' ? 'b' : 'a'];
    return { habit, cases: own.length, taken: claimsWith(TAKEN, own), fitted: claimsWith(odds, own) };
  });

const worstCells = (bands: readonly Band[], cases: number): string[] => {
  const named = bands.reduce((sum, band) => sum + band.cases, 0);
  const worst = worstOf(claimsOf(bands));
  const claim =
    worst === undefined
      ? ['-', '-', '-', '']
      : [nameBand(worst), share(worst.claimed, 1), share(worst.measured, 1), verdictOn(worst)];
  return [share(named, cases), ...claim];
};

const WORST_HEAD = ['named, %', 'worst band', 'claimed, %', 'right, %', ''];

const habitsTable = (all: readonly HabitClaims[]): string =>
  table([
    ['habit', 'half', 'cases', ...WORST_HEAD, 'fitted to the other half: named, %', ...WORST_HEAD.slice(1)],
    ...all.map(({ habit, cases, taken, fitted }) => [
      ...[habit, habitNamed(habit).half, whole(cases)],
      ...worstCells(taken, cases),
      ...worstCells(fitted, cases),
    ]),
  ]);

const tellClaim = (habit: HabitName, claim: Claim): string =>
  `${habit} from ${nameBand(claim)} (${share(claim.claimed, 1)} % claimed, ${share(claim.measured, 1)} % right)`;

const highOf = (all: readonly HabitClaims[], which: 'taken' | 'fitted'): readonly string[] =>
  all.flatMap((one) =>
    claimsOf(one[which])
      .filter(isTooHigh)
      .map((claim) => tellClaim(one.habit, claim)),
  );

/** Which bands claim too much, as a sentence. */
const tellHigh = (odds: string, those: readonly string[]): string =>
  those.length === 0
    ? `With ${odds} no band claims too much.`
    : `With ${odds} **these claim too much**: ${those.join('; ')}.`;

const namesOf = (those: readonly ClueClass[]): string =>
  those.length === 0 ? 'none' : those.map((name) => `_${nameClass(name)}_`).join('; ');

export const FIT_HEADING = '## Fitted on one half, measured on the other';

/**
 * What clues are worth, and what is claimed with that.
 * @param fitting cases of all habits on the seed for fitting
 * @param measured cases of all habits on the seed for measuring
 */
export const fitSection = (fitting: readonly FitCase[], measured: readonly FitCase[]): string => {
  const fits: Fits = { a: fitHalf(halfOf(fitting, 'a')), b: fitHalf(halfOf(fitting, 'b')) };
  const claims = habitClaims(fits, measured);
  const classes = [...TAKEN.keys()];
  const isMet = (name: ClueClass): boolean => HALVES.some((half) => fits[half].counts.has(name));
  const never = classes.filter((name) => fittedOn(fits, name).length === 0);
  return `${FIT_HEADING}

Log odds of each clue, for the end that it names, without flags. Fitted to one half of the habits, and to the other: ${whole(FITTED_ON.connections)} dials a habit, seed
${whole(FITTED_ON.seed)}, both conditions, the habit's own traffic. All clues of a connection are fitted together; every habit weighs the same however many
connections it has; and each clue counts as if it had been met twice more, once right and once wrong, so that one that was met a few times
claims little. Odds go from 0 to ${MOST_ODDS}; what comes to 4.6 together (99 to 1) or more is reported as 0.99.

_Taken_ are the odds of the engine. People set them, and had seen the habits of both halves. They may be above the lower of both fits only by
what still lets each band of ${LEAST_CASES} cases or more hold in every habit. A clue counts as fitted where ${LEAST_CASES} cases of a half have it. Clues
that come together share what they are worth: a stopped attempt at a known port is right by its port already.

${cluesTable(fits)}

**Never fitted**, whatever is taken for them: ${namesOf(never.filter(isMet))}.
Not met at all, since they take flags or ports that no habit has: ${namesOf(never.filter((name) => !isMet(name)))}.

Each habit, on a seed that nothing was fitted to (${FIT_MEASURED_ON.seed}, ${whole(FIT_MEASURED_ON.connections)} dials), with the odds taken and with those fitted to the half that it is
not of: the band of ${LEAST_CASES} cases or more that claims most for what was right. A clue that a half never met is worth nothing in its fit; what is
claimed at most, and in which steps, is the engine's in both. [By the habit](#by-the-habit) has more cases of each.

${habitsTable(claims)}

${tellHigh('the odds taken', highOf(claims, 'taken'))}
${tellHigh('those fitted to the other half', highOf(claims, 'fitted'))}`;
};
