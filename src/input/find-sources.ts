/**
 * From what people type (files, folders, globs, '-') to the sources that will be read, each once and in an
 * order that does not depend on the file system. It opens nothing but files of a folder that may hold anything (JSON, CSV, Parquet). What
 * it cannot look at and what it passes over is told, never left out without a word.
 */
import { type Dirent, existsSync, type Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { stampOf } from './file-stamp.ts';
import { reasonOf, type Source, unreadable } from './source.ts';

/** What cannot be read, while the rest can. */
export type OnTrouble = (trouble: InputError) => void;

/** A file of a folder that is not read. */
export type OnPassedOver = (path: string) => void;

/** Log files of a folder: flow log objects end in .log.gz; .log, .gz, .zst and .txt are what people make of them. */
const LOOKS_LIKE_LOG = /\.(log|txt|gz|zst)$|^[^.]+$/;
/** What may hold a flow log among much else: taken when its content is one. */
const MAY_BE_LOG = /\.(json|csv|tsv|ndjson|jsonl|parquet)$/i;
/** What people write beside logs: no log, and not worth a word. */
const PROSE = /\.md$/i;
/** How many files are asked for at once what they are. */
const ASKED_AT_ONCE = 64;

/** Of two names, which are never the same. */
const byName = (a: string, b: string): number => (a < b ? -1 : 1);

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Most inputs are named outright or by their endings: what looks into others is loaded for them. */
const mayHoldFlowLog = async (path: string): Promise<boolean> => {
  const { holdsFlowLog } = await import('./containers/holds-flow-log.ts');
  return holdsFlowLog(path);
};

const missing = (pattern: string, isPattern: boolean): InputError =>
  new InputError(
    'input-missing',
    `There is no file or folder "${escapeControls(pattern)}"${isPattern ? ', and as a pattern it matches nothing' : ''}.`,
  );

/** A file, and where it really lies: null when a link may lead there. */
interface Found {
  readonly path: string;
  readonly real: string | null;
}

/** What a folder holds. */
interface Entry {
  /** As text; where it is none, with a sign for each byte that is not. */
  readonly name: string;
  readonly isText: boolean;
  readonly kind: Pick<Dirent, 'isFile' | 'isDirectory' | 'isSymbolicLink'>;
}

/** Node puts this in the place of bytes that are not UTF-8, and a name with it is another file's. */
const NOT_TEXT = '\ufffd';

/** The bytes of a name: those that are not ASCII spelt out, so that the name can be found. */
const spellName = (bytes: Buffer): string =>
  bytes.toString('latin1').replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);

const entriesOf = async (folder: string): Promise<Entry[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.some(({ name }) => name.includes(NOT_TEXT)))
    return entries.map((kind) => ({ name: kind.name, isText: true, kind }));
  const raw = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  return raw.map((kind) => {
    const name = kind.name.toString();
    const isText = Buffer.from(name).equals(kind.name);
    return { name: isText ? name : spellName(kind.name), isText, kind };
  });
};

class Walk {
  readonly found: Found[] = [];
  troubles = 0;
  readonly #onTrouble: OnTrouble;
  readonly #entered = new Set<string>();

  readonly #onPassedOver: OnPassedOver;

  constructor(onTrouble: OnTrouble, onPassedOver: OnPassedOver) {
    this.#onTrouble = onTrouble;
    this.#onPassedOver = onPassedOver;
  }

  /** Log files below a folder, depth first; folders met before (through links) are not entered again. */
  async enter(folder: string): Promise<void> {
    let real: string;
    let entries: Entry[];
    try {
      real = await realpath(folder);
      if (this.#entered.has(real)) return;
      this.#entered.add(real);
      entries = await entriesOf(folder);
    } catch (error) {
      this.#tell(unreadable(folder, error));
      return;
    }
    for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
      if (!entry.name.startsWith('.')) await this.#take(folder, real, entry);
    }
  }

  async #take(folder: string, real: string, { name, isText, kind }: Entry): Promise<void> {
    const path = join(folder, name);
    const isWanted = LOOKS_LIKE_LOG.test(name);
    if (!isText) {
      if (isWanted || !kind.isFile())
        this.#tell(unreadable(path, undefined, 'its name is not UTF-8; rename it'));
    } else if (kind.isSymbolicLink()) {
      const target = await stat(path).catch((error: unknown) => this.#tell(unreadableLink(path, error)));
      if (target?.isDirectory()) await this.enter(path);
      else if (target?.isFile()) await this.#takeFile({ path, real: null }, isWanted);
    } else if (kind.isDirectory()) await this.enter(path);
    else if (kind.isFile()) await this.#takeFile({ path, real: join(real, name) }, isWanted);
  }

  async #takeFile(file: Found, isWanted: boolean): Promise<void> {
    if (isWanted || (MAY_BE_LOG.test(file.path) && (await mayHoldFlowLog(file.path)))) this.found.push(file);
    else if (!PROSE.test(file.path)) this.#onPassedOver(file.path);
  }

  #tell(trouble: InputError): undefined {
    this.troubles++;
    this.#onTrouble(trouble);
  }
}

const unreadableLink = (path: string, error: unknown): InputError =>
  unreadable(
    path,
    error,
    codeOf(error) === 'ENOENT' ? 'it is a link to what does not exist' : reasonOf(error),
  );

const inFolder = async (
  folder: string,
  onTrouble: OnTrouble,
  onPassedOver: OnPassedOver,
): Promise<Found[]> => {
  const walk = new Walk(onTrouble, onPassedOver);
  await walk.enter(folder);
  if (walk.found.length === 0 && walk.troubles === 0) {
    onTrouble(
      new InputError(
        'input-empty',
        `The folder ${escapeControls(folder)} holds no flow logs: looked in it and below for files ending in .log, .gz, .zst or .txt, or without an ending, and for JSON, CSV and Parquet that hold one.`,
      ),
    );
  }
  return walk.found;
};

const whatIsWrong = async (path: string, error: unknown): Promise<InputError> => {
  const isLink = (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
  if (isLink) return unreadableLink(path, error);
  return path.includes(NOT_TEXT) && codeOf(error) === 'ENOENT'
    ? unreadable(path, error, 'its name is not UTF-8; rename it')
    : unreadable(path, error);
};

const behind = async (
  pattern: string,
  onTrouble: OnTrouble,
  onPassedOver: OnPassedOver,
): Promise<Found[]> => {
  let status: Stats;
  try {
    status = await stat(pattern);
  } catch (error) {
    const isThere = (await lstat(pattern).catch(() => undefined)) !== undefined;
    if (isThere || codeOf(error) !== 'ENOENT') {
      onTrouble(await whatIsWrong(pattern, error));
      return [];
    }
    // Loaded for what is no path: most are.
    const { isPattern, matchFiles } = await import('./match-files.ts');
    const paths = isPattern(pattern) ? await matchFiles(pattern, onTrouble) : [];
    if (paths === null) return [];
    if (paths.length === 0) onTrouble(missing(pattern, isPattern(pattern)));
    return paths.sort(byName).map((path) => ({ path, real: null }));
  }
  return status.isDirectory() ? inFolder(pattern, onTrouble, onPassedOver) : [{ path: pattern, real: null }];
};

/** Where files really lie, whatever links lead there; each folder is asked for once. */
class RealPaths {
  readonly #folders = new Map<string, string>();

  async of(path: string): Promise<string> {
    if ((await lstat(path)).isSymbolicLink()) return realpath(path);
    const folder = dirname(path);
    let real = this.#folders.get(folder);
    if (real === undefined) {
      real = await realpath(folder);
      this.#folders.set(folder, real);
    }
    return join(real, basename(path));
  }
}

const throwIt: OnTrouble = (trouble) => {
  throw trouble;
};

/**
 * The sources behind files, folders (recursive), globs and '-'.
 * @param onTrouble is told of each thing that cannot be read, and the rest is found; without it the first is thrown
 * @param onPassedOver is told of each file of a folder that is no flow log by its name or its content, Markdown aside
 * @throws InputError input-missing, input-empty (a folder without logs) or input-unreadable.
 */
export const findSources = async (
  patterns: readonly string[],
  onTrouble: OnTrouble = throwIt,
  onPassedOver: OnPassedOver = () => {},
): Promise<Source[]> => {
  const sources: Source[] = [];
  const seen = new Set<string>();
  const reals = new RealPaths();
  const look = async ({ path, real }: Found): Promise<{ real: string; status: Stats } | InputError> => {
    try {
      return { real: real ?? (await reals.of(path)), status: await stat(path) };
    } catch (error) {
      return whatIsWrong(path, error);
    }
  };
  for (const pattern of patterns) {
    if (pattern === '-' && !existsSync('-')) {
      if (!seen.has('-')) sources.push({ name: '-', path: null, size: null });
      seen.add('-');
      continue;
    }
    const found = await behind(pattern, onTrouble, onPassedOver);
    for (let from = 0; from < found.length; from += ASKED_AT_ONCE) {
      const some = found.slice(from, from + ASKED_AT_ONCE);
      for (const [i, seenAs] of (await Promise.all(some.map(look))).entries()) {
        const { path } = some[i] as Found;
        if (seenAs instanceof InputError) onTrouble(seenAs);
        else if (!seen.has(seenAs.real)) {
          seen.add(seenAs.real);
          const { status } = seenAs;
          if (status.isFile()) sources.push({ name: path, path, size: status.size, stamp: stampOf(status) });
          else sources.push({ name: path, path, size: null });
        }
      }
    }
  }
  return sources;
};
