/** The regression cases: one file of bytes a case, in a folder of its target's name. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CORPUS = resolve(import.meta.dirname, '../../test/corpus');

export interface CorpusCase {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The cases of a target, by name. */
export const casesOf = (target: string): CorpusCase[] => {
  const folder = join(CORPUS, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
};

/** The folders that are there. */
export const foldersOfCases = (): string[] =>
  readdirSync(CORPUS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** Adds a case; gives the path. */
export const keepCase = (target: string, name: string, bytes: Uint8Array): string => {
  const folder = join(CORPUS, target);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
