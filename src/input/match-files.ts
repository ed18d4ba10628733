/** The files that a pattern matches. What lies in its way and cannot be looked at is told, not passed over. */
import { type PathLike, readdir, realpath, type Stats, stat } from 'node:fs';
import { type FileSystemAdapter, glob, isDynamicPattern } from 'tinyglobby';
import type { InputError } from '../model/errors.ts';
import { unreadable } from './source.ts';

/** Whether a text is a pattern, where it is no path. */
export const isPattern = (text: string): boolean => isDynamicPattern(text);

/** In the place of what a link leads to when that cannot be looked at: the link is matched as a file, and told when read. */
const NO_FOLDER = { isDirectory: () => false } as Stats;

type Callback<T> = (error: Error | null, value: T) => void;

/** A file system in which links that lead nowhere are files, and that remembers which folders it could not list. */
const attentive = (unlisted: Map<string, NodeJS.ErrnoException>): FileSystemAdapter =>
  ({
    readdir: (path: PathLike, options: { withFileTypes: true }, done: Callback<unknown>) =>
      readdir(path, options, (error, entries) => {
        if (error !== null) unlisted.set(String(path).replace(/(?<=.)\/$/, ''), error);
        done(error, entries);
      }),
    realpath: (path: PathLike, done: Callback<string>) =>
      realpath(path, (error, real) => done(null, error === null ? real : String(path))),
    stat: (path: PathLike, done: Callback<Stats>) =>
      stat(path, (error, status) => done(null, error === null ? status : NO_FOLDER)),
  }) as FileSystemAdapter;

/**
 * @param onTrouble is told of folders that cannot be listed
 * @returns null when there are none, and that has been told
 */
export const matchFiles = async (
  pattern: string,
  onTrouble: (trouble: InputError) => void,
): Promise<string[] | null> => {
  const unlisted = new Map<string, NodeJS.ErrnoException>();
  const found = await glob(pattern, {
    onlyFiles: true,
    dot: false,
    absolute: false,
    expandDirectories: false,
    fs: attentive(unlisted),
  });
  // A pattern below a folder that does not exist matches nothing, and that is said.
  const told = [...unlisted].filter(([, { code }]) => found.length > 0 || code !== 'ENOENT');
  for (const [folder, error] of told) onTrouble(unreadable(folder, error));
  return found.length === 0 && told.length > 0 ? null : found;
};
