/** Files of facts by their paths: plain, gzip or zstd. */
import type { Whole } from '../input/parquet/whole.ts';
import { readSource } from '../input/read-source.ts';
import type { Source } from '../input/source.ts';
import { sourceOf } from '../input/source-of.ts';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { FactsLines } from './facts-lines.ts';

const WHAT = 'file of facts';

/** A table in columns holds no lines. */
async function* bytesIn(name: string, pieces: AsyncIterable<Uint8Array | Whole>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array))
      throw new InputError('input-unsupported', `${escapeControls(name)} is Parquet, and holds no facts.`);
    yield piece;
  }
}

const linesOf = (source: Source, signal: AbortSignal | undefined): FactsLines =>
  new FactsLines(source.name, bytesIn(source.name, readSource(source, { signal, takesFacts: true })));

/**
 * Opens a file of facts.
 * @param path `-` is standard input
 * @throws InputError where there is none; what is wrong with its bytes shows when they are read
 */
export const openFacts = async (path: string, signal?: AbortSignal): Promise<FactsLines> =>
  linesOf(await sourceOf(path, WHAT), signal);

/**
 * How to open each of several files, each once however often it is named.
 * @throws InputError where one of them is not there
 */
export const findFacts = async (
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<(() => FactsLines)[]> => {
  const found = new Map<string, Source>();
  for (const path of paths) {
    const source = await sourceOf(path, WHAT);
    const { stamp } = source;
    const name = stamp === undefined ? source.name : `${stamp.device} ${stamp.inode}`;
    if (!found.has(name)) found.set(name, source);
  }
  return Array.from(found.values(), (source) => () => linesOf(source, signal));
};
