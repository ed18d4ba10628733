/**
 * The parts of docs/accuracy.md on habits of other networks, each measured by itself. Returns text, as accuracy-page does.
 */
import { HABIT_NAMES, type HabitName, habitNamed } from '../network/habits.ts';
import type { Kind } from '../network/kinds.ts';
import { allowance, type Claim, claimsOf, excess, isTooHigh, LEAST_CASES, wholeClaim } from './claims.ts';
import { HABITS_CONTROL, HABITS_FULL, HABITS_REJECTED, HABITS_WITH_FLAGS } from './conditions.ts';
import { bandName, share, table, total, whole } from './page-tables.ts';
import { BAND_STARTS, type Band, type Naming, type Scores, sumBands, sumNamings } from './scores.ts';

/** The scores of one habit; null where it was not measured. */
export interface HabitMeasured {
  readonly habit: HabitName;
  readonly flagless: Scores;
  readonly withFlags: Scores | null;
  /** What a REJECT-only flow log keeps of it. */
  readonly rejected: Scores | null;
}

/** Habits of more kinds than these are the mixed workload, logged otherwise. */
const MOST_KINDS = 6;

const isOwn = (habit: HabitName, kind: Kind): boolean => habitNamed(habit).own.includes(kind);

const namingsOf = (habit: HabitName, { inferred }: Scores, own: boolean): Naming =>
  sumNamings([...inferred].flatMap(([kind, naming]) => (isOwn(habit, kind) === own ? [naming] : [])));

/** The bands of a habit's own traffic, or of what runs beside it. */
export const bandsOf = (habit: HabitName, { bandsByKind }: Scores, own: boolean): readonly Band[] =>
  sumBands([...bandsByKind].flatMap(([kind, bands]) => (isOwn(habit, kind) === own ? [bands] : [])));

export const points = (value: number): string => `${value < 0 ? '' : '+'}${(value * 100).toFixed(1)}`;

export const verdictOn = (claim: Claim): string => (isTooHigh(claim) ? '**too high**' : 'holds');

export const worstOf = (claims: readonly Claim[]): Claim | undefined =>
  [...claims].sort((a, b) => excess(b) - excess(a))[0];

export const nameBand = ({ from }: Claim): string =>
  bandName((BAND_STARTS as readonly number[]).indexOf(from));

const namedTable = (all: readonly HabitMeasured[]): string =>
  table([
    [
      ...['habit', 'connections', 'right', 'wrong', 'unknown', 'named, %', 'right of the named, %'],
      ...['worst band', 'claim above measured, points', 'allowed', ''],
    ],
    ...all.map(({ habit, flagless }) => {
      const naming = namingsOf(habit, flagless, true);
      const { right, wrong, unknown } = naming;
      const worst = worstOf(claimsOf(bandsOf(habit, flagless, true)));
      return [
        ...[habit, whole(total(naming)), whole(right), whole(wrong), whole(unknown)],
        share(right + wrong, total(naming)),
        share(right, right + wrong),
        ...(worst === undefined
          ? ['-', '-', '-', '']
          : [
              nameBand(worst),
              points(worst.claimed - worst.measured),
              points(allowance(worst)),
              verdictOn(worst),
            ]),
      ];
    }),
  ]);

const claimRows = (habit: string, claims: readonly Claim[]): string[][] =>
  claims.map((claim) => [
    ...[habit, nameBand(claim), whole(claim.cases)],
    ...[share(claim.claimed, 1), share(claim.measured, 1)],
    ...[points(claim.claimed - claim.measured), points(allowance(claim)), verdictOn(claim)],
  ]);

const claimsTable = (all: readonly HabitMeasured[]): string =>
  table([
    ['habit', 'band', 'cases', 'claimed, %', 'right, %', 'above, points', 'allowed', ''],
    ...all.flatMap(({ habit, flagless }) => [
      ...claimRows(habit, claimsOf(bandsOf(habit, flagless, true))),
      ...claimRows(`beside ${habit}`, claimsOf(bandsOf(habit, flagless, false)).filter(isTooHigh)),
    ]),
  ]);

const kindsTable = (all: readonly HabitMeasured[]): string =>
  table([
    ['habit and kind', 'connections', 'right, %', 'wrong, %', 'unknown, %'],
    ...all.flatMap(({ habit, flagless }) => {
      const { own } = habitNamed(habit);
      if (own.length === 1 || own.length > MOST_KINDS) return [];
      return own.map((kind) => {
        const naming = flagless.inferred.get(kind) ?? sumNamings([]);
        const all = total(naming);
        return [
          ...[`${habit}: ${kind}`, whole(all)],
          ...[share(naming.right, all), share(naming.wrong, all), share(naming.unknown, all)],
        ];
      });
    }),
  ]);

const flagsTable = (all: readonly HabitMeasured[]): string =>
  table([
    [
      ...['habit', 'observed', 'wrong', 'inferred: right', 'wrong', 'unknown'],
      ...['entangled, %', 'whole', 'split', 'merged', 'confused', 'states wrong', 'bounds missed'],
    ],
    ...all.flatMap(({ habit, withFlags }) => {
      if (withFlags === null) return [];
      const inferred = sumNamings(withFlags.inferred.values());
      const named = sumNamings(withFlags.bases.values());
      return [
        [
          ...[habit, whole(total(named) - total(inferred)), whole(named.wrong - inferred.wrong)],
          ...[whole(inferred.right), whole(inferred.wrong), whole(inferred.unknown)],
          share(withFlags.entangled, withFlags.visible),
          ...[withFlags.whole, withFlags.split, withFlags.merged, withFlags.confused].map(whole),
          `${whole(withFlags.statesWrong)} of ${whole(withFlags.states)}`,
          `${whole(withFlags.boundsWrong)} of ${whole(withFlags.bounds)}`,
        ],
      ];
    }),
  ]);

const rejectedTable = (all: readonly HabitMeasured[]): string =>
  table([
    ['habit', 'connections', 'right', 'wrong', 'unknown', 'claimed, %', 'right of the named, %', ''],
    ...all.flatMap(({ habit, rejected }) => {
      if (rejected === null) return [];
      const naming = sumNamings(rejected.inferred.values());
      const claim = wholeClaim(rejected.bands);
      if (claim === null) return [];
      return [
        [
          ...[habit, whole(total(naming)), whole(naming.right), whole(naming.wrong), whole(naming.unknown)],
          ...[share(claim.claimed, 1), share(claim.measured, 1)],
          claim.claimed - claim.measured > claim.doubt ? '**too high**' : 'holds',
        ],
      ];
    }),
  ]);

const half = (which: 'a' | 'b'): string =>
  HABIT_NAMES.filter((name) => habitNamed(name).half === which).join(', ');

export const HABITS_HEADING = '## By the habit';

/** The habits of other networks, one by one. */
export const habitsSection = (all: readonly HabitMeasured[]): string => `${HABITS_HEADING}

What other networks do that the mixed workload does not, each by itself:

${HABIT_NAMES.map((name) => `- **${name}**: ${habitNamed(name).about}`).join('\n')}

${whole(HABITS_FULL.connections)} dials a habit (some more or less, where few or many leave records), seed ${HABITS_FULL.seed}, under two conditions that are added up: 60 s,
aligned, nothing lost; 600 s, skewed, 1 % lost. Somewhat less than half of it is ordinary traffic that runs beside, since rules learn
from the whole input; counted is the habit's own. Few hosts have most of the traffic, and servers have from one client to sixty. The log has the 14
default fields, so that every opener is inferred.

A claim may be above the share that was right by 3 points and two standard errors of that share, in each band of ${LEAST_CASES} cases or more.

${namedTable(all)}

Every band of ${LEAST_CASES} cases or more; of the traffic beside a habit those alone that claim too much.

${claimsTable(all)}

Habits of several kinds of traffic, by the kind:

${kindsTable(all)}

Confidence is [fitted to one half of the habits](#fitted-on-one-half-measured-on-the-other), kin kept together, on seeds of its own, and held to the other. Half _a_: ${half('a')}. Half _b_: ${half('b')}.
No habit has scanners that dial from the port of a service (53, 80, 443), hosts behind an application load balancer, or spoofed senders:
nothing was fitted to those.

### Habits, with flags

Where it matters what flags add: ${whole(HABITS_WITH_FLAGS.connections)} dials, all traffic. The columns are explained [below](#divisions-states-and-bounds). Whether two flow logs tell of an interface is asked
of one talk at a time here, so that nearly all of _two-logs_ counts as entangled.

${flagsTable(all)}

### Habits, what was rejected

A REJECT-only flow log of each, without flags: ${whole(HABITS_REJECTED.connections)} dials, all traffic. All claims of 0.6 and more together must not be wrong more often than they
say, but for two standard errors.

${rejectedTable(all)}`;

/** What the control run of habits is compared by, in percent of the habit's own connections. */
export const habitsControlTable = (all: readonly HabitMeasured[]): string =>
  table([
    ['habit', 'right %', 'wrong %', 'unknown %', 'claimed %'],
    ...all.map(({ habit, flagless }) => {
      const naming = namingsOf(habit, flagless, true);
      const claim = wholeClaim(bandsOf(habit, flagless, true));
      const all = total(naming);
      return [
        ...[habit, share(naming.right, all), share(naming.wrong, all), share(naming.unknown, all)],
        share(claim?.claimed ?? 0, 1),
      ];
    }),
  ]);

export const HABITS_CONTROL_HEADING = '## Habits, the control run';

/** The small run of habits that a test repeats. */
export const controlHabitsSection = (all: readonly HabitMeasured[]): string => `${HABITS_CONTROL_HEADING}

${whole(HABITS_CONTROL.connections)} dials a habit and condition, seed ${HABITS_CONTROL.seed}, without flags; in percent of the habit's own connections.

${habitsControlTable(all)}`;

/** A page with another text in place of a section, which ends where the next of its rank begins. */
export const replaceSection = (page: string, heading: string, text: string): string => {
  const from = page.indexOf(`${heading}\n`);
  if (from < 0) throw new Error(`the page has no section ${heading}`);
  const next = page.indexOf('\n## ', from);
  const rest = next < 0 ? '' : page.slice(next);
  return `${page.slice(0, from)}${text}\n${rest}`;
};
