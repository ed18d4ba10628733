/** `conntrail learn`: what a whole input teaches, as a file of facts; and several such files as one. */
import { checkRunOptions } from '../engine/check-run-options.ts';
import { FactsWriter } from '../facts/facts-writer.ts';
import { Learning } from '../facts/learn-facts.ts';
import { mergeMany } from '../facts/merge-many.ts';
import { findFacts } from '../facts/open-facts.ts';
import { OptionError } from '../model/errors.ts';
import { usualMemoryBytes } from '../reconstruct.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { formatCount } from './format-count.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { type LearnSummaryInput, learnSummary } from './learn-summary.ts';
import { type CommonFlags, engineOptions } from './options.ts';
import { OF_LOGS, refuseBeside } from './refuse-beside.ts';
import { placeOf, type ResultWriters, type Wanted, writeResult } from './result.ts';
import { paintFor, readableWidth, type Surroundings } from './surroundings.ts';
import { watchReading } from './watch-reading.ts';

export interface LearnFlags extends CommonFlags {
  readonly merge?: boolean;
  readonly allEnds?: boolean;
}

const checkFlags = (flags: LearnFlags): void => {
  const { merge = false, allEnds = false } = flags;
  if (allEnds && !merge)
    throw new OptionError(
      'option-invalid',
      '--all-ends goes with --merge: what is learned from logs has all of them.',
    );
  if (merge) refuseBeside('--merge', flags, OF_LOGS, 'files of facts are read as they were learned');
};

/** Writes pieces of facts where the result goes; a terminal obeys nothing of them. */
const writerFor = ({ output, writer }: ResultWriters, isTerminal: boolean): FactsWriter => {
  const decoder = new TextDecoder();
  return new FactsWriter(async (piece) => {
    if (isTerminal) await writer.add(decoder.decode(piece, { stream: true }));
    else await output.write(piece);
  });
};

const learn = async (
  paths: readonly string[],
  flags: LearnFlags,
  surroundings: Surroundings,
  wanted: Wanted,
): Promise<LearnSummaryInput> => {
  const { scope = 'auto', idleSeconds, memoryBytes = usualMemoryBytes(), ...options } = engineOptions(flags);
  checkRunOptions({ scope, ...(idleSeconds === undefined ? {} : { idleSeconds }) });
  const settings = { scope, idleSeconds: idleSeconds ?? null };
  return watchReading({ flags, surroundings, showProgress: true, last: 'writing' }, async (watch, damage) => {
    const learning = new Learning({ ...options, ...watch, settings, memoryBytes });
    try {
      return await writeResult(wanted, async (writers) => {
        const report = await learning.read(paths);
        const facts = writerFor(writers, wanted.place.isTerminal);
        await learning.write(facts);
        return { report, ends: facts.ends, vantages: facts.vantages, skippedSources: damage.length };
      });
    } finally {
      learning.close();
    }
  });
};

const merge = async (
  paths: readonly string[],
  { allEnds = false }: LearnFlags,
  { signal }: Surroundings,
  wanted: Wanted,
): Promise<string> => {
  const files = await findFacts(paths, signal);
  return writeResult(wanted, async (writers) => {
    const facts = writerFor(writers, wanted.place.isTerminal);
    await mergeMany(files, facts, { allEnds, signal });
    const known = `${formatCount(facts.ends, 'end')} and ${formatCount(facts.vantages, 'interface')}`;
    return `${known} from ${formatCount(files.length, 'file')} of facts`;
  });
};

/** Runs the command; the exit code comes back. */
export const runLearn = async (
  paths: readonly string[],
  flags: LearnFlags,
  surroundings: Surroundings,
): Promise<number> => {
  checkFlags(flags);
  keepHeapSmall();
  const place = placeOf(flags, surroundings);
  const wanted: Wanted = { place, surroundings, inputs: paths, isJson: true };
  const say = (lines: Iterable<string>): void => {
    if (flags.quiet !== true) surroundings.stderr.write(`${[...lines].join('\n')}\n`);
  };
  const paint = paintFor(surroundings, 'stderr', flags.color);
  if (flags.merge === true) {
    say([paint(await merge(paths, flags, surroundings, wanted), 'bold')]);
    return EXIT_CODES.ok.code;
  }
  const learned = await learn(paths, flags, surroundings, wanted);
  say(learnSummary(learned, { width: readableWidth(surroundings, 'stderr'), paint }));
  return learned.skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
