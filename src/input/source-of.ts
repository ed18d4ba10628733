/** The one source that a path names, where nothing is looked for: no folder, no pattern. */
import { stat } from 'node:fs/promises';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { stampOf } from './file-stamp.ts';
import { type Source, unreadable } from './source.ts';

/**
 * @param path `-` is standard input
 * @param what the file should be, as messages say it
 * @throws InputError where there is no such file
 */
export const sourceOf = async (path: string, what: string): Promise<Source> => {
  if (path === '-') return { name: '-', path: null, size: null };
  const status = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error);
    throw new InputError('input-missing', `There is no ${what} "${escapeControls(path)}".`);
  });
  if (status.isDirectory()) throw unreadable(path, null, `it is a folder; name the ${what} in it`);
  return status.isFile()
    ? { name: path, path, size: status.size, stamp: stampOf(status) }
    : { name: path, path, size: null };
};
