/** `conntrail check`: what the logs hold, what was not understood and what they cannot tell. */
import { checkJson } from './check-json.ts';
import { checkLines } from './check-text.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { type CommonFlags, chooseFormat } from './options.ts';
import { openStandardOutput } from './output.ts';
import { linesReadOf, refuseUnread } from './refuse-unread.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { takeOutlines } from './take-connections.ts';
import { TextWriter } from './text-writer.ts';

/** Runs the command; the exit code comes back. */
export const runCheck = async (
  paths: readonly string[],
  flags: CommonFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const isTerminal = surroundings.stdout.isTTY === true;
  const format = chooseFormat(flags, ['table', 'json'], isTerminal, false);
  const output = openStandardOutput(surroundings.stdout);
  const request = { paths, flags, surroundings, showProgress: true, showsUnread: true };
  const { report, tally, skippedSources } = await takeOutlines(request, () => undefined);
  const writer = new TextWriter(output, isTerminal && format === 'json' ? jsonForTerminal : undefined);
  if (format === 'json') await writer.addPieces(checkJson(report, tally));
  else {
    const paint = paintFor(surroundings, 'stdout', flags.color);
    await writer.addLines(checkLines({ report, tally, width: widthOf(surroundings, 'stdout'), paint }));
  }
  await writer.flush();
  await output.finish();
  refuseUnread(linesReadOf(report));
  return skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
