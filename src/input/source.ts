/** One source of bytes, and what is said when the system does not hand it over. */
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { FileStamp } from './file-stamp.ts';

export interface Source {
  /** As shown to people: the path as typed or found, `-` for standard input. */
  readonly name: string;
  /** Null for standard input. */
  readonly path: string | null;
  /** Bytes on disk; null when not known. */
  readonly size: number | null;
  /** What the file was when it was found: it must stay that. Absent for what is no file. */
  readonly stamp?: FileStamp;
}

/** Why a file operation failed, in words. */
export const reasonOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
    ENOENT: 'it does not exist',
    ELOOP: 'its links lead in a circle',
    EMFILE: 'too many files are open',
    EIO: 'the device reports an error',
    ENAMETOOLONG: 'its name is too long',
  };
  return words[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
};

/** What is said when the system does not hand a file over. */
export const unreadable = (path: string, error: unknown, reason = reasonOf(error)): InputError =>
  new InputError('input-unreadable', `Cannot read ${escapeControls(path)}: ${reason}.`, { cause: error });
