/** `conntrail explain`: the story of one connection, every record with its line and what the engine made of it. */
import { explain } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { parseSelector } from '../explain/selector.ts';
import { jsonTree } from '../export/json-tree.ts';
import { escapeControls } from '../model/escape.ts';
import { plain } from './colours.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { explainLines } from './explain-text.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { type CommonFlags, chooseFormat, engineOptions, outputPath } from './options.ts';
import { type Output, openFileOutput, openStandardOutput } from './output.ts';
import { Progress } from './progress.ts';
import { refuseInputAsOutput } from './refuse-input-as-output.ts';
import { refuseUnread } from './refuse-unread.ts';
import { describeError } from './report-error.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { TextWriter } from './text-writer.ts';

const noneFound = (selector: string): string => {
  const visible = escapeControls(selector.trim());
  const isUid = 'uid' in parseSelector(selector);
  const advice = isUid
    ? 'A uid holds for the same --scope, --idle and fields; conntrail PATH… lists those of these logs.'
    : 'conntrail who ADDRESS:PORT PATH… lists the connections of one end.';
  return `No connection is ${visible} in these logs. ${advice}`;
};

/** Reads and explains, with progress and damage shown around it. */
const findStories = async (
  selector: string,
  paths: readonly string[],
  flags: CommonFlags,
  { signal, stderr }: Surroundings,
): Promise<{ readonly stories: readonly Explanation[]; readonly skippedSources: number }> => {
  const progress = new Progress(stderr, flags.quiet !== true);
  const damage: Error[] = [];
  try {
    const stories = await explain(paths, selector, {
      ...engineOptions(flags),
      signal,
      onProgress: (bytes, total) => progress.update(bytes, total),
      onDamage: (error) => damage.push(error),
      onLines: refuseUnread,
    });
    signal.throwIfAborted();
    return { stories, skippedSources: damage.length };
  } finally {
    progress.stop();
    for (const error of damage) stderr.write(`conntrail: ${describeError(error)}\n`);
  }
};

/** Runs the command; the exit code comes back. */
export const runExplain = async (
  selector: string,
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  parseSelector(selector); // refused before anything is read
  const file = outputPath(flags);
  const isTerminal = file === null && surroundings.stdout.isTTY === true;
  // A story is for people wherever it goes; programs ask for JSON.
  const format =
    flags.format === undefined && file === null ? 'table' : chooseFormat(flags, ['table', 'json'], true);
  if (file !== null) await refuseInputAsOutput(file, paths);
  const output: Output =
    file === null
      ? openStandardOutput(surroundings.stdout as NodeJS.WriteStream)
      : await openFileOutput(file);
  try {
    const { stories, skippedSources } = await findStories(selector, paths, flags, surroundings);
    const writer = new TextWriter(output, isTerminal && format === 'json' ? jsonForTerminal : undefined);
    const view = {
      width: file === null ? widthOf(surroundings, 'stdout') : Number.POSITIVE_INFINITY,
      paint: file === null ? paintFor(surroundings, 'stdout', flags.color) : plain,
    };
    for (const [i, story] of stories.entries()) {
      if (format === 'json') {
        await writer.addPieces(jsonTree(story));
        writer.add('\n');
      } else {
        if (i > 0) await writer.addLines(['', '']);
        await writer.addLines(explainLines(story, [i + 1, stories.length], view));
      }
    }
    await writer.flush();
    await output.finish();
    if (stories.length === 0) surroundings.stderr.write(`conntrail: ${noneFound(selector)}\n`);
    return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
  } catch (error) {
    await output.discard();
    throw error;
  }
};
