import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { INITIATOR_BASES } from '../../src/model/connection.ts';
import { HABIT_NAMES } from '../network/habits.ts';
import { controlTable, type Measured, TOLERANCE_POINTS } from './accuracy-page.ts';
import { claimsOf, isTooHigh } from './claims.ts';
import {
  CONDITIONS,
  CONTROL,
  FIT_MEASURED_ON,
  FITTED_ON,
  HABITS_CONTROL,
  HABITS_FITTING,
  HABITS_FULL,
  HABITS_REJECTED,
  HABITS_WITH_FLAGS,
  nameCondition,
} from './conditions.ts';
import { FIT_HEADING } from './fit-page.ts';
import {
  bandsOf,
  HABITS_CONTROL_HEADING,
  HABITS_HEADING,
  type HabitMeasured,
  habitsControlTable,
  replaceSection,
} from './habits-page.ts';
import { habitCases, measure, measureHabit } from './measure.ts';
import { openerByPort } from './port-rule.ts';
import { type Scores, sumNamings, sumScores } from './scores.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/accuracy.md'), 'utf8');

/** The cells of a Markdown table by their row's and column's names. */
const cellsOf = (markdown: string): ReadonlyMap<string, string> => {
  const rows = markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const [head = [], , ...body] = rows;
  return new Map(
    body.flatMap((row) => row.slice(2, -1).map((cell, i) => [`${row[1]}: ${head[i + 2]}`, cell] as const)),
  );
};

const published = (): ReadonlyMap<string, string> => cellsOf(PAGE.slice(PAGE.indexOf('## The control run')));

const isNear = (one: string | undefined, other: string): boolean =>
  one === other || Math.abs(Number(one) - Number(other)) <= TOLERANCE_POINTS;

describe('accuracy on a small mixed workload', () => {
  const all: Measured[] = [];
  let together: Scores;

  beforeAll(async () => {
    for (const condition of CONDITIONS) all.push({ condition, scores: await measure(condition, CONTROL) });
    together = sumScores(all.map(({ scores }) => scores));
  }, 300_000);

  it('is what docs/accuracy.md says, within its tolerance; npm run accuracy writes the page anew', () => {
    const page = published();
    const measured = [...cellsOf(controlTable(all))];
    const stale = measured.filter(([name, value]) => !isNear(page.get(name), value));
    expect(page.size).toBe(measured.length);
    expect(stale.map(([name, value]) => `${name} is ${value}, published ${page.get(name)}`)).toEqual([]);
  });

  it('has no page that admits a missed target without the page saying so', () => {
    const targets = PAGE.slice(PAGE.indexOf('## Targets'), PAGE.indexOf('## Who opened it, by the evidence'));
    expect(targets.match(/\| +(met|\*\*missed\*\*) \|/g)).toHaveLength(7);
  });

  it('names no wrong opener on observed evidence', () => {
    const seen = sumNamings(
      [...together.bases].flatMap(([basis, naming]) =>
        INITIATOR_BASES[basis].kind === 'observed' ? [naming] : [],
      ),
    );
    expect(seen.right).toBeGreaterThan(5000);
    expect(seen.wrong).toBe(0);
  });

  it('agrees on every state that flags show when nothing is lost', () => {
    const faithful = sumScores(
      all.filter(({ condition }) => condition.flags && condition.loss === 0).map(({ scores }) => scores),
    );
    expect(faithful.states).toBeGreaterThan(2000);
    expect(faithful.statesWrong).toBe(0);
  });

  it('is right in at least 99 of 100 connections that it names without flags, and better than the port rule', () => {
    const flagless = sumScores(all.filter(({ condition }) => !condition.flags).map(({ scores }) => scores));
    const { right, wrong } = sumNamings(flagless.inferred.values());
    const byPort = sumNamings(flagless.byPort.values());
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.99);
    expect(right / (right + wrong)).toBeGreaterThan(byPort.right / (byPort.right + byPort.wrong));
  });

  it('reports no bound that the truth lies outside of', () => {
    expect(together.bounds).toBeGreaterThan(5000);
    expect(together.boundsWrong).toBe(0);
  });

  it('measures every condition by a name of its own', () => {
    expect(new Set(CONDITIONS.map(nameCondition)).size).toBe(24);
  });
});

describe('habits of other networks', () => {
  const all: HabitMeasured[] = [];

  beforeAll(async () => {
    for (const habit of HABIT_NAMES) {
      const flagless = await measureHabit(habit, { ...HABITS_CONTROL, flags: false });
      all.push({ habit, flagless, withFlags: null, rejected: null });
    }
  }, 300_000);

  it('are what docs/accuracy.md says, within its tolerance; npm run accuracy -- --habits writes them anew', () => {
    const from = PAGE.indexOf(HABITS_CONTROL_HEADING);
    const page = cellsOf(PAGE.slice(from, PAGE.indexOf('\n## ', from)));
    const measured = [...cellsOf(habitsControlTable(all))];
    expect(page.size).toBe(measured.length);
    const stale = measured.filter(([name, value]) => !isNear(page.get(name), value));
    expect(stale.map(([name, value]) => `${name} is ${value}, published ${page.get(name)}`)).toEqual([]);
  });

  it('claim nowhere on the page more than may be, by themselves or beside what was fitted', () => {
    const sectionOf = (heading: string): string => {
      const from = PAGE.indexOf(`${heading}\n`);
      return PAGE.slice(from, PAGE.indexOf('\n## ', from));
    };
    expect(sectionOf(HABITS_HEADING)).toContain('holds');
    expect(sectionOf(HABITS_HEADING)).not.toContain('too high');
    expect(sectionOf(FIT_HEADING)).toContain('With the odds taken no band claims too much.');
  });

  it('are inferred throughout, since the log has no flags', () => {
    const observed = all.filter(({ flagless }) =>
      [...flagless.bases.keys()].some((basis) => INITIATOR_BASES[basis].kind === 'observed'),
    );
    expect(observed).toEqual([]);
  });

  it('claim no more than may be in any band of 500 cases or more', () => {
    const claims = all.flatMap(({ habit, flagless }) =>
      claimsOf(bandsOf(habit, flagless, true)).map((claim) => ({ habit, ...claim })),
    );
    expect(claims.length).toBeGreaterThanOrEqual(10);
    expect(claims.filter(isTooHigh)).toEqual([]);
  });

  it('give cases for fitting, of which each knows an end that truly opened', async () => {
    const counts = { own: 0, beside: 0, right: 0 };
    for await (const { connection, opener, isOwn } of habitCases('nfs', { connections: 100, seed: 1 })) {
      const { initiator, responder } = connection;
      expect([initiator, responder]).toContain(opener);
      counts[isOwn ? 'own' : 'beside'] += 1;
      if (opener === initiator) counts.right += 1;
    }
    expect(counts.own).toBeGreaterThan(50);
    expect(counts.beside).toBeGreaterThan(50);
    expect(counts.right).toBeGreaterThan(100);
  });

  it('are fitted on a seed on which nothing is measured', () => {
    const measured = [HABITS_FULL, HABITS_WITH_FLAGS, HABITS_REJECTED, HABITS_CONTROL, FIT_MEASURED_ON];
    const seeds = measured.map(({ seed }) => seed);
    expect(seeds).not.toContain(HABITS_FITTING.seed);
    expect(seeds).not.toContain(FITTED_ON.seed);
  });
});

describe('a section of the page', () => {
  const page = 'Title\n\n## One\n\nold\n\n### Below\n\nold\n\n## Two\n\nkept\n';

  it('is replaced up to the next of its rank', () => {
    expect(replaceSection(page, '## One', '## One\n\nnew')).toBe(
      'Title\n\n## One\n\nnew\n\n## Two\n\nkept\n',
    );
    expect(replaceSection(page, '## Two', '## Two\n\nnew')).toBe(
      'Title\n\n## One\n\nold\n\n### Below\n\nold\n\n## Two\n\nnew\n',
    );
  });

  it('must be there', () => {
    expect(() => replaceSection(page, '## Three', '')).toThrow('no section ## Three');
  });
});

describe('the port rule', () => {
  const low = { port: 443 };
  const high = { port: 40_000 };

  it('takes the end with the higher port for the opener, whichever is named first', () => {
    expect([openerByPort(low, high), openerByPort(high, low)]).toEqual([high, high]);
  });

  it('names nobody on equal ports or without ports', () => {
    expect([
      openerByPort(low, { ...low }),
      openerByPort<{ port: number | null }>(low, { port: null }),
    ]).toEqual([null, null]);
  });
});
