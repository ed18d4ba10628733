/**
 * Measures the engine against the simulator and writes docs/accuracy.md (`npm run accuracy`). Takes some minutes.
 * With `--examples` it prints the first few of each kind of mistake instead of the page; with `--habits` it measures the habits of
 * other networks alone, with `--fit` what clues are worth on each half of them, and leaves the rest of the page as it is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { HABIT_NAMES, habitNamed } from '../network/habits.ts';
import { withRealPackets } from '../real-packets/packets-section.ts';
import { accuracyPage, type Measured } from './accuracy-page.ts';
import {
  CONDITIONS,
  CONTROL,
  type Extent,
  FIT_MEASURED_ON,
  FITTED_ON,
  FULL,
  HABITS_CONTROL,
  HABITS_FULL,
  HABITS_REJECTED,
  HABITS_WITH_FLAGS,
  nameCondition,
} from './conditions.ts';
import type { FitCase } from './fit.ts';
import { FIT_HEADING, fitSection } from './fit-page.ts';
import {
  controlHabitsSection,
  HABITS_CONTROL_HEADING,
  HABITS_HEADING,
  type HabitMeasured,
  habitsSection,
  replaceSection,
} from './habits-page.ts';
import { measure, measureHabit, ownClueCases } from './measure.ts';

const PAGE = join(import.meta.dirname, '../../docs/accuracy.md');

const measureAll = async (extent: Extent, title: string): Promise<readonly Measured[]> => {
  const all: Measured[] = [];
  for (const [i, condition] of CONDITIONS.entries()) {
    process.stderr.write(`${title} ${i + 1} of ${CONDITIONS.length}: ${nameCondition(condition)}\n`);
    all.push({ condition, scores: await measure(condition, extent) });
  }
  return all;
};

/** Habits without flags, and what else the page tells of them. */
const measureHabits = async (extent: Extent, isFull: boolean): Promise<readonly HabitMeasured[]> => {
  const all: HabitMeasured[] = [];
  for (const habit of HABIT_NAMES) {
    process.stderr.write(`habit ${all.length + 1} of ${HABIT_NAMES.length}: ${habit}\n`);
    const flagless = await measureHabit(habit, { ...extent, flags: false });
    const withFlags =
      isFull && habitNamed(habit).withFlags
        ? await measureHabit(habit, { ...HABITS_WITH_FLAGS, flags: true })
        : null;
    const rejected =
      isFull && habitNamed(habit).notedBy === 'interfaces'
        ? await measureHabit(habit, { ...HABITS_REJECTED, flags: false, keeps: 'REJECT' })
        : null;
    all.push({ habit, flagless, withFlags, rejected });
  }
  return all;
};

/** The clues of all habits. */
const clueCasesOf = (extent: Extent, title: string): readonly FitCase[] =>
  HABIT_NAMES.flatMap((habit, i) => {
    process.stderr.write(`${title} ${i + 1} of ${HABIT_NAMES.length}: ${habit}\n`);
    return ownClueCases(habit, extent);
  });

const fitHabits = (): string =>
  fitSection(clueCasesOf(FITTED_ON, 'fitting'), clueCasesOf(FIT_MEASURED_ON, 'measuring the fit'));

const tellExamples = (all: readonly Measured[]): string =>
  all
    .flatMap(({ condition, scores }) =>
      [...scores.examples].map(
        ([mistake, examples]) => `${nameCondition(condition)}: ${mistake}\n${examples.join('\n')}`,
      ),
    )
    .join('\n\n');

const program = new Command('accuracy')
  .description('Measures the engine against the simulator and writes docs/accuracy.md.')
  .option('--examples', 'print examples of mistakes of the small run and write nothing')
  .option('--habits', 'measure habits alone and write the parts of the page on them')
  .option('--fit', 'fit odds to each half of the habits and write that part of the page alone');
const flags = program.parse().opts<{ examples?: boolean; habits?: boolean; fit?: boolean }>();

const write = (page: string): void => {
  writeFileSync(PAGE, page);
  process.stdout.write(page);
};

if (flags.examples) {
  process.stdout.write(`${tellExamples(await measureAll(CONTROL, 'control'))}\n`);
} else if (flags.fit) {
  write(replaceSection(readFileSync(PAGE, 'utf8'), FIT_HEADING, fitHabits()));
} else {
  const habits = await measureHabits(HABITS_FULL, true);
  const habitsControl = await measureHabits(HABITS_CONTROL, false);
  const fit = fitHabits();
  if (flags.habits) {
    const page = replaceSection(readFileSync(PAGE, 'utf8'), HABITS_HEADING, habitsSection(habits));
    const fitted = replaceSection(page, FIT_HEADING, fit);
    write(replaceSection(fitted, HABITS_CONTROL_HEADING, controlHabitsSection(habitsControl)));
  } else {
    const control = await measureAll(CONTROL, 'control');
    write(
      await withRealPackets(
        accuracyPage(await measureAll(FULL, 'full'), control, habits, fit, habitsControl),
      ),
    );
  }
}
