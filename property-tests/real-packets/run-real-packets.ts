/**
 * Measures the engine against the capture that is kept here and writes that section of docs/accuracy.md; takes some seconds.
 * With `--examples` it prints the first few of each kind of mistake instead.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { namePacketCondition } from './measure-packets.ts';
import { measureCaptured, withRealPackets } from './packets-section.ts';

const PAGE = join(import.meta.dirname, '../../docs/accuracy.md');

const program = new Command('real-packets')
  .description('Measures the engine against captured packets and writes that section of docs/accuracy.md.')
  .option('--examples', 'print examples of mistakes without flags and write nothing');
const { examples = false } = program.parse().opts<{ examples?: boolean }>();

if (examples)
  for (const { condition, scores } of (await measureCaptured()).all)
    for (const [mistake, those] of scores.examples)
      process.stdout.write(
        `${namePacketCondition(condition)}: ${mistake}\n${those.map((one) => JSON.stringify(one)).join('\n')}\n\n`,
      );
else writeFileSync(PAGE, await withRealPackets(readFileSync(PAGE, 'utf8')));
