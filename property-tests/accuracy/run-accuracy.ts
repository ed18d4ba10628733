/**
 * Measures the engine against the simulator and writes docs/accuracy.md (`npm run accuracy`). Takes some minutes.
 * With `--examples` it prints the first few of each kind of mistake instead of the page.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { withRealPackets } from '../real-packets/packets-section.ts';
import { accuracyPage, type Measured } from './accuracy-page.ts';
import { CONDITIONS, CONTROL, type Extent, FULL, nameCondition } from './conditions.ts';
import { measure } from './measure.ts';

const PAGE = join(import.meta.dirname, '../../docs/accuracy.md');

const measureAll = async (extent: Extent, title: string): Promise<readonly Measured[]> => {
  const all: Measured[] = [];
  for (const [i, condition] of CONDITIONS.entries()) {
    process.stderr.write(`${title} ${i + 1} of ${CONDITIONS.length}: ${nameCondition(condition)}\n`);
    all.push({ condition, scores: await measure(condition, extent) });
  }
  return all;
};

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
  .option('--examples', 'print examples of mistakes of the small run and write nothing');
const { examples = false } = program.parse().opts<{ examples?: boolean }>();

const control = await measureAll(CONTROL, 'control');
if (examples) {
  process.stdout.write(`${tellExamples(control)}\n`);
} else {
  const page = await withRealPackets(accuracyPage(await measureAll(FULL, 'full'), control));
  writeFileSync(PAGE, page);
  process.stdout.write(page);
}
