import { describe, expect, it } from 'vitest';
import type { Clue, ClueName } from '../../src/meaning/initiator.ts';
import { PORT_ODDS } from '../../src/meaning/ports.ts';
import type { HabitName } from '../network/habits.ts';
import { claimsWith, classOf, countClasses, type FitCase, fitOdds, MOST_ODDS, TAKEN } from './fit.ts';
import { fitSection } from './fit-page.ts';
import { bandsOf } from './habits-page.ts';
import { measureHabit, ownClueCases } from './measure.ts';

/** A clue for the end that opened, or against it; its own odds are of no account. */
const clue = (shows: ClueName, isRight = true): Clue => ['order', isRight ? 0 : 1, 1, shows];

/** So many cases with the same clues; the low end opened. */
const times = (count: number, clues: readonly Clue[], habit: HabitName = 'nfs'): FitCase[] =>
  Array.from({ length: count }, () => ({ habit, clues, ranks: null, opener: 0 }));

const share = (odds: number): number => 1 / (1 + Math.exp(-odds));

describe('odds that are fitted', () => {
  it('are those of what was right, with one more of either', () => {
    const odds = fitOdds([...times(9, [clue('spokeFirst')]), ...times(1, [clue('spokeFirst', false)])]);
    // (9 + 1) right to (1 + 1) wrong: ln 5, and not ln 9.
    expect(odds.get('spokeFirst')).toBeCloseTo(Math.log(5), 3);
  });

  it('claim little for what was met a few times, though it was always right', () => {
    // (3 + 1) to (0 + 1).
    expect(fitOdds(times(3, [clue('oneWay')])).get('oneWay')).toBeCloseTo(Math.log(4), 3);
  });

  it('go from 0 to 8', () => {
    const odds = fitOdds([
      // 4 right to 8 wrong would be ln 0.5.
      ...times(3, [clue('spokeFirst')]),
      ...times(7, [clue('spokeFirst', false)]),
      // ln 10 001 is 9.2.
      ...times(10_000, [clue('oneWay')]),
    ]);
    expect([odds.get('spokeFirst'), odds.get('oneWay'), MOST_ODDS]).toEqual([0, 8, 8]);
  });

  it('weigh every habit the same', () => {
    const odds = fitOdds([
      ...times(9, [clue('oneWay')], 'nfs'),
      ...times(1, [clue('oneWay', false)], 'nfs'),
      ...times(500, [clue('oneWay')], 'rsh'),
      ...times(500, [clue('oneWay', false)], 'rsh'),
    ]);
    // 1010 cases, 505 a habit: 0.9 * 505 + 0.5 * 505 = 707 right and 303 wrong, with one more of either.
    expect(odds.get('oneWay')).toBeCloseTo(Math.log(708 / 304), 3);
  });

  it('are shared by clues that come together', () => {
    const odds = fitOdds([
      ...times(9, [clue('oneWay'), clue('manyPeers')]),
      ...times(1, [clue('oneWay', false), clue('manyPeers', false)]),
    ]);
    const one = odds.get('oneWay') ?? 0;
    expect(odds.get('manyPeers')).toBeCloseTo(one, 3);
    // Where the likelihood is highest its slope is 0: 9 (1 - s(2x)) - 1 s(2x) + (1 - s(x)) - s(x), s the share that odds stand for.
    expect(10 - 10 * share(2 * one) - 2 * share(one)).toBeCloseTo(0, 2);
    // Together less sure than a clue that has all of it alone (ln 5 with one more of either), since each has one more of either.
    expect(2 * one).toBeGreaterThan(Math.log(5));
    expect(2 * one).toBeLessThan(Math.log(9));
  });

  it('are told apart where clues are against each other', () => {
    const odds = fitOdds([
      ...times(1000, [clue('ftpData'), clue('manyPeers', false)]),
      ...times(300, [clue('manyPeers')]),
    ]);
    // Alone, shared ends are right 300 times and wrong 1000 times: that the other clue outweighs them takes both odds.
    expect(odds.get('manyPeers')).toBeGreaterThan(3);
    expect(odds.get('ftpData')).toBeGreaterThan(odds.get('manyPeers') ?? 0);
  });

  it('are none without clues', () => {
    expect(fitOdds(times(5, []))).toEqual(new Map());
  });
});

describe('the class of a clue', () => {
  const ports = (odds: number): Clue => ['port', 0, odds, 'ports'];

  it('is the cell of both ranks for ports, whichever end is which', () => {
    const odds = PORT_ODDS[2]?.[7] ?? 0;
    expect([classOf(ports(odds), [7, 2]), classOf(ports(odds), [2, 7])]).toEqual(['ports 2 7', 'ports 2 7']);
    expect(TAKEN.get('ports 2 7')).toBe(odds);
  });

  it('is the name of its odds for all others', () => {
    const named = (['stopped', 'stoppedBetween', 'answers', 'oneWay'] as const).map((shows) =>
      classOf(clue(shows), null),
    );
    expect(named).toEqual(['rejected', 'stoppedBetween', 'answersHandshakes', 'oneWay']);
  });

  it('counts once in a case, for however many ends', () => {
    const both = times(2, [clue('oneWay'), clue('oneWay', false)]);
    expect(countClasses([...both, ...times(1, [clue('spokeFirst')])])).toEqual(
      new Map([
        ['oneWay', 2],
        ['spokeFirst', 1],
      ]),
    );
  });
});

describe('claims with other odds', () => {
  const named = (...args: Parameters<typeof claimsWith>) =>
    claimsWith(...args)
      .filter(({ cases }) => cases > 0)
      .map(({ from, cases, right, reported }) => [from, cases, right, Number((reported / cases).toFixed(6))]);

  it('are what these come to, in the steps of the engine', () => {
    const cases = [...times(9, [clue('oneWay')]), ...times(1, [clue('oneWay', false)])];
    // e^2.2 to 1 is 0.90025, and the step below it 0.9.
    expect(named(new Map([['oneWay', 2.2]]), cases)).toEqual([[0.9, 10, 9, 0.9]]);
    // Both clues: e^3 to 1 is 0.9526.
    const two = times(4, [clue('oneWay'), clue('spokeFirst')]);
    const odds = new Map([
      ['oneWay', 2.2],
      ['spokeFirst', 0.8],
    ] as const);
    expect(named(odds, two)).toEqual([[0.95, 4, 4, 0.95]]);
  });

  it('name nobody by a clue that was never fitted', () => {
    expect(named(new Map(), times(3, [clue('oneWay')]))).toEqual([]);
  });

  it('stop where the engine stops: a stopped attempt between two ports without a service claims 0.8', () => {
    expect(named(new Map([['stoppedBetween', 8]]), times(3, [clue('stoppedBetween')]))).toEqual([
      [0.8, 3, 3, 0.8],
    ]);
  });

  it.each(['p2p', 'ftp', 'reject-only-acl'] as const)(
    'are those of the engine with its own odds: %s',
    async (habit) => {
      const extent = { connections: 200, seed: 3 };
      const again = named(TAKEN, ownClueCases(habit, extent));
      const scores = await measureHabit(habit, { ...extent, flags: false });
      const engines = bandsOf(habit, scores, true)
        .filter(({ cases }) => cases > 0)
        .map(({ from, cases, right, reported }) => [
          from,
          cases,
          right,
          Number((reported / cases).toFixed(6)),
        ]);
      expect(engines.length).toBeGreaterThan(0);
      expect(again).toEqual(engines);
    },
  );
});

describe('the section of the page on what was fitted', () => {
  const rowOf = (section: string, name: string): string[] =>
    (section.split('\n').find((line) => line.startsWith(`| ${name} `)) ?? '')
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());

  // nfs is of half a, ftp of half b.
  const fitting = [
    ...times(600, [clue('oneWay')], 'nfs'),
    ...times(499, [clue('oneWay')], 'ftp'),
    ...times(499, [clue('spokeFirst')], 'nfs'),
    ...times(500, [clue('manyPeers')], 'nfs'),
    ...times(500, [clue('manyPeers')], 'ftp'),
  ];
  const measured = [
    ...times(500, [clue('manyPeers')], 'nfs'),
    ...times(250, [clue('manyPeers')], 'ftp'),
    ...times(250, [clue('manyPeers', false)], 'ftp'),
  ];
  const section = fitSection(fitting, measured);

  it('says which clues were fitted on one half alone, and which never', () => {
    expect(rowOf(section, 'it tried, and no answer came').slice(1, 3)).toEqual(['600', '499']);
    expect(rowOf(section, 'it tried, and no answer came').at(-1)).toBe('fitted on one half alone');
    expect(rowOf(section, 'it spoke first').at(-1)).toBe('never fitted');
    expect(rowOf(section, 'its peer is shared by many').at(-1)).toBe('');
    expect(section).toMatch(/\*\*Never fitted\*\*.*: _it spoke first_\./);
  });

  it('has a row for each clue that the engine takes', () => {
    const [clues = ''] = section.split('**Never fitted**');
    const [, , ...rows] = clues.split('\n').filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(TAKEN.size);
  });

  it('shows the worst band of each habit, with the odds taken and with those fitted to the other half', () => {
    // Fitted to 500 of 500 in nfs: more than 0.99, of which the half is right in ftp.
    expect(rowOf(section, 'nfs').slice(1, 4)).toEqual(['a', '500', '100.00']);
    expect(rowOf(section, 'nfs').at(-1)).toBe('holds');
    expect(rowOf(section, 'ftp').slice(-4)).toEqual(['0.98 to 0.995', '99.00', '50.00', '**too high**']);
    expect(section).toMatch(/With the odds taken \*\*these claim too much\*\*: ftp from .* 50\.00 % right/);
    expect(section).toMatch(/With those fitted to the other half \*\*these claim too much\*\*: ftp from/);
  });
});
