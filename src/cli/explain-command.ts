/** `conntrail explain`: the story of one connection, every record with its line and what the engine made of it. */
import { explain } from '../explain/explain.ts';
import type { Explanation } from '../explain/explanation.ts';
import { parseSelector } from '../explain/selector.ts';
import { jsonTree } from '../export/json-tree.ts';
import type { Connection } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import type { EndNames, NameOf } from '../model/name-of.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { explainLines } from './explain-text.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, chooseFormat, engineOptions } from './options.ts';
import { Progress } from './progress.ts';
import { refuseUnread } from './refuse-unread.ts';
import { describeError } from './report-error.ts';
import { placeOf, writeResult } from './result.ts';
import type { Surroundings } from './surroundings.ts';

const noneFound = (selector: string): string => {
  const visible = escapeControls(selector.trim());
  const isUid = 'uid' in parseSelector(selector);
  const advice = isUid
    ? 'A uid holds for the same --scope, --idle and fields; conntrail PATH… lists those of these logs.'
    : 'conntrail who ADDRESS:PORT PATH… lists the connections of one end.';
  return `No connection is ${visible} in these logs. ${advice}`;
};

const namesOfEnds = ({ initiator, responder }: Connection, names: NameOf): EndNames => ({
  initiatorName: names(initiator.address),
  responderName: names(responder.address),
});

/** Reads and explains, with progress and damage shown around it. */
const findStories = async (
  selector: string,
  paths: readonly string[],
  flags: CommonFlags,
  { signal, stderr }: Surroundings,
  names: NameOf | undefined,
): Promise<{ readonly stories: readonly Explanation[]; readonly skippedSources: number }> => {
  const progress = new Progress(stderr, flags.quiet !== true);
  const damage: Error[] = [];
  try {
    const stories = await explain(paths, selector, {
      ...engineOptions(flags),
      names,
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
  const names = await namesFrom(flags);
  const place = placeOf(flags, surroundings, names);
  const { toFile, look } = place;
  // A story is for people wherever it goes; programs ask for JSON.
  const format =
    flags.format === undefined && toFile === null ? 'table' : chooseFormat(flags, ['table', 'json'], true);
  const wanted = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' };
  const { stories, skippedSources } = await writeResult(wanted, async ({ writer }) => {
    const found = await findStories(selector, paths, flags, surroundings, names);
    for (const [i, story] of found.stories.entries()) {
      if (format === 'json') {
        await writer.addPieces(
          jsonTree(names === undefined ? story : { ...story, ...namesOfEnds(story.connection, names) }),
        );
        writer.add('\n');
      } else {
        if (i > 0) await writer.addLines(['', '']);
        await writer.addLines(explainLines(story, [i + 1, found.stories.length], look));
      }
    }
    return found;
  });
  if (stories.length === 0) surroundings.stderr.write(`conntrail: ${noneFound(selector)}\n`);
  return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
