/** Files of facts by their paths: plain, gzip or zstd. */
import { stat } from 'node:fs/promises';
import { stampOf } from '../input/file-stamp.ts';
import type { Whole } from '../input/parquet/whole.ts';
import { readSource } from '../input/read-source.ts';
import { type Source, unreadable } from '../input/source.ts';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { FactsLines } from './facts-lines.ts';

const sourceOf = async (path: string): Promise<Source> => {
  if (path === '-') return { name: '-', path: null, size: null };
  try {
    const status = await stat(path);
    if (status.isDirectory()) throw unreadable(path, null, 'it is a folder; name the file of facts in it');
    return status.isFile()
      ? { name: path, path, size: status.size, stamp: stampOf(status) }
      : { name: path, path, size: null };
  } catch (error) {
    if (error instanceof InputError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new InputError('input-missing', `There is no file of facts "${escapeControls(path)}".`);
    throw unreadable(path, error);
  }
};

/** A table in columns holds no lines. */
async function* bytesIn(name: string, pieces: AsyncIterable<Uint8Array | Whole>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array))
      throw new InputError('input-unsupported', `${escapeControls(name)} is Parquet, and holds no facts.`);
    yield piece;
  }
}

/**
 * Opens a file of facts.
 * @param path `-` is standard input
 * @throws InputError where there is none; what is wrong with its bytes shows when they are read
 */
export const openFacts = async (path: string, signal?: AbortSignal): Promise<FactsLines> => {
  const source = await sourceOf(path);
  return new FactsLines(source.name, bytesIn(source.name, readSource(source, { signal, takesFacts: true })));
};
