/**
 * From what people type (files, folders, globs, '-') to the sources that will be read, each once and in an
 * order that does not depend on the file system. It opens nothing.
 */
import { type Dirent, existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** One source of bytes. */
export interface Source {
  /** As shown to people: the path as typed or found, `-` for standard input. */
  readonly name: string;
  /** Null for standard input. */
  readonly path: string | null;
  /** Bytes on disk; null when not known. */
  readonly size: number | null;
}

/** Log files of a folder: flow log objects end in .log.gz; .log, .gz and .txt are what people make of them. */
const LOOKS_LIKE_LOG = /\.(log|txt)(\.gz)?$|\.gz$|^[^.]+$/;

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

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

const unreadable = (path: string, error: unknown): InputError =>
  new InputError('input-unreadable', `Cannot read ${escapeControls(path)}: ${reasonOf(error)}.`, {
    cause: error,
  });

const missing = (pattern: string): InputError =>
  new InputError(
    'input-missing',
    `There is no file or folder "${escapeControls(pattern)}"${isDynamicPattern(pattern) ? ', and as a pattern it matches nothing' : ''}.`,
  );

/** Log files below a folder, depth first; folders met before (through links) are not entered again. */
const filesBelow = async (folder: string, entered: Set<string>): Promise<string[]> => {
  const real = await realpath(folder);
  if (entered.has(real)) return [];
  entered.add(real);
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (kind?.isDirectory()) files.push(...(await filesBelow(path, entered)));
    else if (kind?.isFile() && LOOKS_LIKE_LOG.test(basename(path))) files.push(path);
  }
  return files;
};

const pathsOf = async (pattern: string): Promise<string[]> => {
  let status: Awaited<ReturnType<typeof stat>>;
  try {
    status = await stat(pattern);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(pattern, error);
    if (!isDynamicPattern(pattern)) throw missing(pattern);
    const found = await glob(pattern, {
      onlyFiles: true,
      dot: false,
      absolute: false,
      expandDirectories: false,
    });
    if (found.length === 0) throw missing(pattern);
    return found.sort(byName);
  }
  if (!status.isDirectory()) return [pattern];
  const files = await filesBelow(pattern, new Set());
  if (files.length === 0) {
    throw new InputError(
      'input-empty',
      `The folder ${escapeControls(pattern)} holds no flow logs: looked in it and below for files ending in .log, .gz or .txt, or without an ending.`,
    );
  }
  return files;
};

/**
 * The sources behind files, folders (recursive), globs and '-'.
 * @throws InputError input-missing, input-empty (a folder without logs) or input-unreadable.
 */
export const findSources = async (patterns: readonly string[]): Promise<Source[]> => {
  const sources: Source[] = [];
  const seen = new Set<string>();
  for (const pattern of patterns) {
    if (pattern === '-' && !existsSync('-')) {
      if (!seen.has('-')) sources.push({ name: '-', path: null, size: null });
      seen.add('-');
      continue;
    }
    for (const path of await pathsOf(pattern)) {
      const real = await realpath(path);
      if (seen.has(real)) continue;
      seen.add(real);
      const status = await stat(path);
      sources.push({ name: path, path, size: status.isFile() ? status.size : null });
    }
  }
  return sources;
};
