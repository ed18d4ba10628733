/** `--names`: files that say what addresses are called. They are read before any log is, and nothing is written where one is wrong. */
import type { NameOf } from '../model/name-of.ts';
import type { CommonFlags } from './options.ts';

/** What names addresses; undefined where no names were given. */
export const namesFrom = async ({ names }: CommonFlags): Promise<NameOf | undefined> => {
  if (names === undefined) return undefined;
  // Most runs have none, and what reads them takes time to load.
  const { readNames } = await import('../names/read-names.ts');
  return readNames(names);
};

/** All files that a run reads: none of them is written over. */
export const inputsOf = (paths: readonly string[], { names = [], facts }: CommonFlags): readonly string[] => [
  ...paths,
  ...names,
  ...(facts === undefined ? [] : [facts]),
];
