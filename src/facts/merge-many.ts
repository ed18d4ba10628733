/** Any number of files of facts as one: some at a time where they are more than are worth having open at once. */
import { KeptBytes } from '../engine/spill/kept-bytes.ts';
import { FactsLines } from './facts-lines.ts';
import { FactsWriter } from './facts-writer.ts';
import { type MergeOptions, mergeFacts } from './merge-facts.ts';

/** Files that are open at once: each has a piece of a mebibyte, and packed ones what unpacking takes. */
const MOST_OPEN = 64;
/** Bytes of what was merged that are read at once. */
const PIECE = 65_536;

/** A file that is opened when its turn comes. */
export type Opens = () => FactsLines;

async function* piecesOf(kept: KeptBytes): AsyncGenerator<Uint8Array> {
  try {
    yield* kept.read(0, kept.length, PIECE);
  } finally {
    kept.close();
  }
}

/** Merges some into a temporary file. */
const mergeAside = async (files: readonly Opens[], signal: AbortSignal | undefined): Promise<Opens> => {
  const kept = new KeptBytes();
  const lines = files.map((open) => open());
  const name = `${lines[0]?.name} and ${files.length - 1} more`;
  const writer = new FactsWriter(async (piece) => void kept.append(piece));
  try {
    await mergeFacts(lines, writer, { allEnds: true, signal });
  } catch (error) {
    kept.close();
    throw error;
  }
  return () => new FactsLines(name, piecesOf(kept));
};

/**
 * Merges files of facts.
 * @param files one at least
 * @throws OptionError where they do not belong together, InputError where one is damaged, or no facts, OutputError where a
 * temporary file cannot be written
 */
export const mergeMany = async (
  files: readonly Opens[],
  writer: FactsWriter,
  options: MergeOptions,
): Promise<void> => {
  let left = files;
  while (left.length > MOST_OPEN) {
    const merged: Opens[] = [];
    for (let at = 0; at < left.length; at += MOST_OPEN)
      merged.push(await mergeAside(left.slice(at, at + MOST_OPEN), options.signal));
    left = merged;
  }
  await mergeFacts(
    left.map((open) => open()),
    writer,
    options,
  );
};
