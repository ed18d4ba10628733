/** The summary on standard error and the exit code that a run with results has; shared by the commands. */
import { EXIT_CODES } from './exit-codes.ts';
import type { CommonFlags } from './options.ts';
import { summaryLines } from './summary.ts';
import { paintFor, readableWidth, type Surroundings } from './surroundings.ts';
import type { Taken } from './take-connections.ts';

/**
 * @param saidNothing the result itself explains that there is nothing to show
 * @returns the exit code: results with sources missing are not a clean end
 */
export const saySummary = (
  taken: Taken,
  flags: CommonFlags,
  surroundings: Surroundings,
  saidNothing: boolean,
): number => {
  if (flags.quiet !== true) {
    const paint = paintFor(surroundings, 'stderr', flags.color);
    const lines = summaryLines({
      ...taken,
      width: readableWidth(surroundings, 'stderr'),
      paint,
      saidNothing,
    });
    // On one terminal the summary would stick to the result.
    const gap = surroundings.stdout.isTTY === true && surroundings.stderr.isTTY === true ? '\n' : '';
    surroundings.stderr.write(`${gap}${[...lines].join('\n')}\n`);
  }
  return taken.skippedSources > 0 ? EXIT_CODES.input.code : EXIT_CODES.ok.code;
};
