/** What people type becomes sources, or a sentence that says why not. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findSources } from '../../src/input/find-sources.ts';
import type { Source } from '../../src/input/source.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'find-'));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

let folders = 0;
/** A new folder with files of one byte each, and links. */
const folder = (names: readonly string[], links: Readonly<Record<string, string>> = {}): string => {
  const path = join(ROOT, `folder-${folders++}`);
  mkdirSync(path);
  for (const name of names) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), '.');
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(path, name));
  return path;
};

/** What is found of a file: its name, and what it was then (POSIX, sys/stat.h). */
const sourceOf = (path: string, size: number): Source => {
  const { dev: device, ino: inode, mtimeMs: written, ctimeMs: changed } = statSync(path);
  return { name: path, path, size, stamp: { device, inode, size, written, changed } };
};

const found = async (path: string): Promise<string[]> =>
  (await findSources([path])).map(({ name }) => name.slice(path.length + 1));

const failure = (patterns: readonly string[]) =>
  findSources(patterns).then(
    () => {
      throw new Error('It was expected to fail.');
    },
    (error: { code: string; message: string; cause?: { code: string } }) => error,
  );

describe('the files of a folder that are read', () => {
  it('end in .log, .txt, .gz or .zst, whatever stands before, or have no ending', async () => {
    const logs = [
      'a.log',
      'b.txt',
      'c.log.gz',
      'd.txt.gz',
      'e.gz',
      'f',
      'g.csv.gz',
      'h.2.log',
      'i.log.zst',
      'j.zst',
    ];
    const others = [
      'a.log.bak',
      'b.csv',
      'c.logs',
      'd.gzip',
      'e.gz.tmp',
      'e.zst.tmp',
      'f.',
      'xlog.md',
      '.g',
      '.h.log',
    ];
    expect(await found(folder([...logs, ...others]))).toEqual(logs);
  });

  it('come in the order of their names, folders among them, by code units', async () => {
    expect(
      await found(folder(['b.log', 'a/z.log', 'a/b.log', 'c/d/e.log', 'B.log', '10.log', '9.log'])),
    ).toEqual(['10.log', '9.log', 'B.log', 'a/b.log', 'a/z.log', 'b.log', 'c/d/e.log']);
  });

  it('come in that order where the system has another: U+1F600 begins with a lower code unit than U+FF5E', async () => {
    // In UTF-8 it is the other way round: F0 9F 98 80 and EF BD 9E.
    const names = ['a.log', '\u{1f600}.log', '\uff5e.log'];
    expect(await found(folder(names.toReversed()))).toEqual(names);
    const path = folder(names);
    expect((await findSources([`${path}/*.log`])).map(({ name }) => resolve(name))).toEqual(
      names.map((name) => join(path, name)),
    );
  });

  it('lie in no folder whose name begins with a dot', async () => {
    expect(await found(folder(['.git/a.log', 'b/.c/d.log', 'e.log']))).toEqual(['e.log']);
  });

  it('are files: no socket and no device has flow logs, whatever it is called', async () => {
    const path = folder(['a.log', 'z.log'], { 'device.log': '/dev/null' });
    const server = createServer().listen(join(path, 'socket.log'));
    await once(server, 'listening');
    expect(await found(path)).toEqual(['a.log', 'z.log']);
    server.close();
  });

  it('are all found, however many there are', async () => {
    const names = Array.from({ length: 150 }, (_, i) => `${1000 + i}.log`);
    const path = folder(names);
    expect(await found(path)).toEqual(names);
    expect((await findSources([path, path])).map(({ size }) => size)).toEqual(names.map(() => 1));
  });

  it('may be links to files and to folders', async () => {
    const other = folder(['inside.log']);
    const path = folder(['a.log'], { 'b.log': join(other, 'inside.log'), notes: other });
    // The link's name counts, and a file is read once.
    expect(await found(path)).toEqual(['a.log', 'b.log']);
    expect(await found(folder(['a.log'], { notes: other }))).toEqual(['a.log', 'notes/inside.log']);
    expect(await found(folder(['a.log'], { 'b.md': join(other, 'inside.log') }))).toEqual(['a.log']);
  });
});

describe('a source', () => {
  it('has its path as it was typed, its size, and the stamp of what it was', async () => {
    const path = folder([]);
    writeFileSync(join(path, 'a.md'), 'seven b');
    const typed = `${path}/./a.md`;
    expect(await findSources([typed])).toEqual([sourceOf(typed, 7)]);
  });

  it('has no size and no stamp where it is no file', async () => {
    expect(await findSources(['/dev/null'])).toEqual([{ name: '/dev/null', path: '/dev/null', size: null }]);
  });

  it('is standard input once, however often it is named, between the others', async () => {
    const path = folder(['a.log', 'b.log']);
    const [a, b] = [join(path, 'a.log'), join(path, 'b.log')];
    expect(await findSources([a, '-', b, '-', a])).toEqual([
      sourceOf(a, 1),
      { name: '-', path: null, size: null },
      sourceOf(b, 1),
    ]);
  });

  it('may be a file called -', async () => {
    const before = process.cwd();
    const path = folder(['-']);
    process.chdir(path);
    try {
      expect(await findSources(['-'])).toEqual([sourceOf('-', 1)]);
    } finally {
      process.chdir(before);
    }
  });
});

describe('a pattern', () => {
  it('matches files alone, no hidden ones, in the order of their names', async () => {
    const path = folder(['c.log', 'a.log', 'b.log', '.d.log', 'e.log/f.log', 'g.txt']);
    expect((await findSources([`${path}/*.log`])).map(({ name }) => resolve(name))).toEqual(
      ['a.log', 'b.log', 'c.log'].map((name) => join(path, name)),
    );
  });

  it('gives names as relative as it is itself', async () => {
    expect((await findSources(['samples/tcp-flag-seq*.log'])).map(({ name }) => name)).toEqual([
      'samples/tcp-flag-sequence.log',
    ]);
  });

  it('below a folder that is not there matches nothing, and below a file nothing can be listed', async () => {
    const path = folder(['a.log']);
    expect(await failure([join(path, 'nowhere', '*.log')])).toMatchObject({
      code: 'input-missing',
      message: `There is no file or folder "${path}/nowhere/*.log", and as a pattern it matches nothing.`,
    });
    // From here the folder itself is listed, which there is none to list.
    expect((await failure(['nowhere-at-all/*.log'])).message).toBe(
      'There is no file or folder "nowhere-at-all/*.log", and as a pattern it matches nothing.',
    );
    const below = join(path, 'a.log', '*.log');
    expect(await failure([below])).toMatchObject({
      code: 'input-unreadable',
      message: `Cannot read ${below}: a part of its path is not a folder.`,
    });
  });

  it('does not enter folders that it matches', async () => {
    expect((await failure([`${folder(['sub/a.log'])}/s*`])).code).toBe('input-missing');
  });
});

describe('what cannot be read', () => {
  it('is missing: a path, or a pattern that matches nothing', async () => {
    const path = join(ROOT, 'nowhere.log');
    expect(await failure([path])).toMatchObject({
      code: 'input-missing',
      message: `There is no file or folder "${path}".`,
    });
    const pattern = join(ROOT, 'no*where');
    expect(await failure([pattern])).toMatchObject({
      code: 'input-missing',
      message: `There is no file or folder "${pattern}", and as a pattern it matches nothing.`,
    });
  });

  it('is a folder without logs', async () => {
    const path = folder(['a.md']);
    expect(await failure([path])).toMatchObject({
      code: 'input-empty',
      message: `The folder ${path} holds no flow logs: looked in it and below for files ending in .log, .gz, .zst or .txt, or without an ending, and for JSON, CSV and Parquet that hold one.`,
    });
  });

  it('lies behind a file, and the system says so', async () => {
    const path = join(folder(['a.log']), 'a.log', 'b.log');
    expect(await failure([path])).toMatchObject({
      code: 'input-unreadable',
      message: `Cannot read ${path}: a part of its path is not a folder.`,
      cause: { code: 'ENOTDIR' },
    });
  });
});
