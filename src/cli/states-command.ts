/** `conntrail states`: the vocabulary of the output. */
import { EXIT_CODES } from './exit-codes.ts';
import { openStandardOutput } from './output.ts';
import { statesLines } from './states-text.ts';
import { paintFor, type Surroundings } from './surroundings.ts';
import { TextWriter } from './text-writer.ts';

/** Runs the command; the exit code comes back. */
export const runStates = async (color: boolean | undefined, surroundings: Surroundings): Promise<number> => {
  const output = openStandardOutput(surroundings.stdout);
  const writer = new TextWriter(output);
  await writer.addLines(statesLines(paintFor(surroundings, 'stdout', color)));
  await writer.flush();
  await output.finish();
  return EXIT_CODES.ok.code;
};
