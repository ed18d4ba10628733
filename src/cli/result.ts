/**
 * Where the result of a command goes, opened before the work begins and closed behind it: standard output or the file of
 * `-o`, which is whole in the end or not there at all.
 */
import type { NameOf } from '../model/name-of.ts';
import { plain } from './colours.ts';
import { compressedOutput, compressorFor } from './compression.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { type CommonFlags, outputPath } from './options.ts';
import { type Output, openFileOutput, openStandardOutput } from './output.ts';
import { refuseInputAsOutput } from './refuse-input-as-output.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { TextWriter } from './text-writer.ts';

/** Where results go, as far as how they look depends on it. */
export interface Place {
  /** Null is standard output. */
  readonly toFile: string | null;
  readonly isTerminal: boolean;
  readonly look: TableLook;
}

/** The place that the options name. @param names of addresses, as far as text shows them */
export const placeOf = (flags: CommonFlags, surroundings: Surroundings, names?: NameOf): Place => {
  const toFile = outputPath(flags);
  if (toFile !== null)
    return { toFile, isTerminal: false, look: { width: Number.POSITIVE_INFINITY, paint: plain, names } };
  return {
    toFile,
    isTerminal: surroundings.stdout.isTTY === true,
    look: {
      width: widthOf(surroundings, 'stdout'),
      paint: paintFor(surroundings, 'stdout', flags.color),
      names,
    },
  };
};

const openFile = async (path: string, inputs: readonly string[]): Promise<Output> => {
  await refuseInputAsOutput(path, inputs);
  const compressor = compressorFor(path);
  const output = await openFileOutput(path);
  return compressor === null ? output : compressedOutput(output, compressor);
};

/** What a result is written with. */
export interface ResultWriters {
  readonly output: Output;
  /** Gathers text for the output. */
  readonly writer: TextWriter;
}

/** How a result is wanted. */
export interface Wanted {
  readonly place: Place;
  readonly surroundings: Surroundings;
  /** Files that may not be written over. */
  readonly inputs: readonly string[];
  /** What a terminal gets of JSON is spelt so that it obeys nothing. */
  readonly isJson: boolean;
}

/**
 * Writes a result: all of it, or where `write` throws nothing that stays.
 * @throws OutputError where it cannot be written
 */
export const writeResult = async <T>(
  { place: { toFile, isTerminal }, surroundings, inputs, isJson }: Wanted,
  write: (writers: ResultWriters) => Promise<T>,
): Promise<T> => {
  const output = toFile === null ? openStandardOutput(surroundings.stdout) : await openFile(toFile, inputs);
  try {
    const writer = new TextWriter(output, isTerminal && isJson ? jsonForTerminal : undefined);
    const result = await write({ output, writer });
    await writer.flush();
    await output.finish();
    return result;
  } catch (error) {
    await output.discard();
    throw error;
  }
};
