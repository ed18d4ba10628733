/** Folders that hold what cannot be read: each is named, and the rest is found. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSources } from '../../src/input/find-sources.ts';
import type { InputError } from '../../src/model/errors.ts';
import { HEADER, record } from '../build.ts';
import { conntrail } from '../cli/run-command.ts';

const ROOT = mkdtempSync(join(tmpdir(), 'troubled-'));
const SUB = join(ROOT, 'sub');
const log = (port: number): string => `${HEADER}\n${record({ clientPort: port })}\n`;

beforeEach(() => {
  mkdirSync(SUB, { recursive: true });
  writeFileSync(join(ROOT, 'a.log'), log(50001));
  writeFileSync(join(ROOT, 'z.log'), log(50002));
  writeFileSync(join(SUB, 'm.log'), log(50003));
});
afterEach(() => rmSync(ROOT, { recursive: true, force: true }));
afterAll(() => rmSync(ROOT, { recursive: true, force: true }));

/** Paths from the root; a pattern gives them from where the process runs. */
const inRoot = (text: string): string =>
  text
    .replaceAll(new RegExp(`[./]*${ROOT}/`, 'g'), '')
    // Where the checkout lies beside the root, its name is all that the path from there has.
    .replaceAll(`${relative(process.cwd(), ROOT)}/`, '');

/** @param whenTold what somebody does when the first trouble is told */
const findWhile = async (whenTold: () => void, ...patterns: string[]) => {
  const troubles: InputError[] = [];
  const sources = await findSources(patterns, (trouble) => {
    if (troubles.length === 0) whenTold();
    troubles.push(trouble);
  });
  return {
    names: sources.map(({ name }) => inRoot(name)),
    troubles: troubles.map(({ code, message }) => `${code}: ${inRoot(message)}`),
  };
};

const find = (...patterns: string[]) => findWhile(() => {}, ...patterns);

const ALL = ['a.log', 'sub/m.log', 'z.log'];

/** What stands in the way, and what is said of it. */
const TROUBLES: readonly (readonly [what: string, make: () => void, says: string])[] = [
  [
    'a link that leads nowhere',
    () => symlinkSync(join(ROOT, 'gone.log'), join(ROOT, 'link.log')),
    'Cannot read link.log: it is a link to what does not exist.',
  ],
  [
    'a link that leads to itself',
    () => symlinkSync(join(ROOT, 'link.log'), join(ROOT, 'link.log')),
    'Cannot read link.log: its links lead in a circle.',
  ],
  [
    'a name that is not UTF-8',
    // é of ISO 8859-1
    () =>
      writeFileSync(Buffer.concat([Buffer.from(`${ROOT}/caf`), Buffer.of(0xe9), Buffer.from('.log')]), ''),
    'Cannot read caf\\xe9.log: its name is not UTF-8; rename it.',
  ],
];

describe.each(TROUBLES)('a folder with %s', (_, make, says) => {
  beforeEach(() => make());

  it('is told, and the rest of the folder is found', async () => {
    expect(await find(ROOT)).toEqual({ names: ALL, troubles: [`input-unreadable: ${says}`] });
  });

  it('ends the search without somebody who is told', async () => {
    await expect(findSources([ROOT])).rejects.toMatchObject({ code: 'input-unreadable' });
  });

  it('is named with --keep-going, and all else is read', async () => {
    const ran = await conntrail([ROOT, '-f', 'json', '--keep-going']);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain(says.split(': ').at(-1));
    const ports = ran.stdout
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row).initiator_port);
    expect(ports.sort()).toEqual([50001, 50002, 50003]);
  });
});

describe('every command', () => {
  it.each([
    ['connections'],
    ['who', '10.0.0.5:443'],
    ['check'],
    ['report', '-o', join(ROOT, 'page.html')],
    ['explain', '10.0.0.9:50001 10.0.0.5:443'],
  ])('ends with 3 and names what cannot be read: %s', async (...args) => {
    symlinkSync(join(ROOT, 'gone.log'), join(ROOT, 'link.log'));
    expect(await conntrail([...args, ROOT])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: `conntrail: Cannot read ${ROOT}/link.log: it is a link to what does not exist.\n`,
    });
  });
});

describe('a pattern', () => {
  it('names the links that lead nowhere and that it matches, and no others', async () => {
    symlinkSync(join(ROOT, 'gone'), join(ROOT, 'link.log'));
    symlinkSync(join(ROOT, 'gone'), join(ROOT, 'link.md'));
    expect(await find(join(ROOT, '**/*.log'))).toEqual({
      names: ALL,
      troubles: ['input-unreadable: Cannot read link.log: it is a link to what does not exist.'],
    });
  });

  it('names files whose names are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${ROOT}/caf`), Buffer.of(0xe9), Buffer.from('.log')]), '');
    expect(await find(join(ROOT, '*.log'))).toEqual({
      names: ['a.log', 'z.log'],
      troubles: ['input-unreadable: Cannot read caf\ufffd.log: its name is not UTF-8; rename it.'],
    });
  });
});

describe('a folder in which names are odd but text', () => {
  it('is read: the sign for what is not text may be in a name itself', async () => {
    writeFileSync(join(ROOT, 'odd\ufffd.log'), '');
    expect(await find(ROOT)).toEqual({
      names: ['a.log', 'odd\ufffd.log', 'sub/m.log', 'z.log'],
      troubles: [],
    });
  });

  it('is read: what is no log is nobody’s trouble', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${ROOT}/caf`), Buffer.of(0xe9), Buffer.from('.jpg')]), '');
    expect(await find(ROOT)).toEqual({ names: ALL, troubles: [] });
  });
});

describe('a name that is not UTF-8', () => {
  const named = (ending: string): Buffer =>
    Buffer.concat([Buffer.from(`${ROOT}/caf`), Buffer.of(0xe9), Buffer.from(ending)]);
  const told = (ending: string) => ({
    names: ALL,
    troubles: [`input-unreadable: Cannot read caf\\xe9${ending}: its name is not UTF-8; rename it.`],
  });

  it('is told of a folder and of a link, whatever its ending: there may be logs behind it', async () => {
    mkdirSync(named('.jpg'));
    expect(await find(ROOT)).toEqual(told('.jpg'));
    rmSync(named('.jpg'), { recursive: true });
    symlinkSync(SUB, named('.md'));
    expect(await find(ROOT)).toEqual(told('.md'));
  });

  it('comes where its spelling is in the order of names', async () => {
    writeFileSync(named('.log'), '');
    symlinkSync(join(ROOT, 'gone'), join(ROOT, 'cafe.log'));
    symlinkSync(join(ROOT, 'gone'), join(ROOT, 'caf.log'));
    const { troubles } = await find(ROOT);
    // A backslash is 5C, a full stop 2E and the letter e 65.
    expect(troubles.map((said) => said.split(' ')[3])).toEqual(['caf.log:', 'caf\\xe9.log:', 'cafe.log:']);
  });
});

describe('a folder that lies too deep to be listed', () => {
  /** Longer than a path may be: PATH_MAX is 4,096 with its end (limits.h of Linux), fewer elsewhere. */
  beforeEach(() => {
    const before = process.cwd();
    process.chdir(SUB);
    for (let depth = 0; depth < 25; depth++) {
      mkdirSync('d'.repeat(200));
      process.chdir('d'.repeat(200));
    }
    writeFileSync('deep.log', '');
    process.chdir(before);
  });
  // Nobody can name what lies there, so that it is taken away from within.
  afterEach(() => void spawnSync('rm', ['-rf', SUB]));

  const TOO_LONG = /^input-unreadable: Cannot read sub\/d{200}\/.*: its name is too long\.$/;

  it('is named, and the rest is found, by its folder or by a pattern', async () => {
    for (const pattern of [ROOT, join(ROOT, '**/*.log')]) {
      const { names, troubles } = await find(pattern);
      expect(names).toEqual(ALL);
      expect(troubles).toEqual([expect.stringMatching(TOO_LONG)]);
    }
  });

  it('is all that is said where a pattern matches nothing else', async () => {
    const { names, troubles } = await find(join(ROOT, '**/deep.log'));
    expect(names).toEqual([]);
    expect(troubles).toEqual([expect.stringMatching(TOO_LONG)]);
  });
});

describe('what is wrong is said once', () => {
  it('of a folder that holds nothing but a link that leads nowhere', async () => {
    const path = join(ROOT, 'only');
    mkdirSync(path);
    symlinkSync('gone', join(path, 'link.log'));
    expect(await find(path)).toEqual({
      names: [],
      troubles: ['input-unreadable: Cannot read only/link.log: it is a link to what does not exist.'],
    });
  });

  it('of a name that is not UTF-8 when it is not the name that is wrong', async () => {
    const below = join(ROOT, 'a.log', 'caf\ufffd.log');
    expect((await find(below)).troubles).toEqual([
      'input-unreadable: Cannot read a.log/caf\ufffd.log: a part of its path is not a folder.',
    ]);
  });
});

describe('what vanishes while a folder is looked at', () => {
  /** It lies first in the folder, so that it is told when the folder has been listed and nothing else was looked at. */
  const LINK = 'Cannot read 0.log: it is a link to what does not exist.';
  beforeEach(() => symlinkSync(join(ROOT, 'gone'), join(ROOT, '0.log')));

  it('is named when it is a file', async () => {
    expect(await findWhile(() => rmSync(join(ROOT, 'a.log')), ROOT)).toEqual({
      names: ['sub/m.log', 'z.log'],
      troubles: [LINK, 'Cannot read a.log: it does not exist.'].map((says) => `input-unreadable: ${says}`),
    });
  });

  it('is named when it is a folder', async () => {
    expect(await findWhile(() => rmSync(SUB, { recursive: true }), ROOT)).toEqual({
      names: ['a.log', 'z.log'],
      troubles: [LINK, 'Cannot read sub: it does not exist.'].map((says) => `input-unreadable: ${says}`),
    });
  });
});

describe('several things that are named', () => {
  it('are each told when they are not there, and the rest is found', async () => {
    const empty = join(ROOT, 'empty');
    mkdirSync(empty);
    symlinkSync('gone', join(ROOT, 'dangling'));
    const found = await find(join(ROOT, 'no.log'), empty, join(ROOT, 'dangling'), join(ROOT, 'a.log'));
    expect(found.names).toEqual(['a.log']);
    expect(found.troubles.map((trouble) => trouble.split(': ')[0])).toEqual([
      'input-missing',
      'input-empty',
      'input-unreadable',
    ]);
  });
});

// Permissions do not stop root, so the search runs as another user where this one is.
describe.skipIf(process.platform === 'win32')('a folder that this user', () => {
  const NOBODY = 65534;
  const other = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const module = new URL('../../src/input/find-sources.ts', import.meta.url).href;
  /** Finds with a right less and prints what was found and what was told. */
  const findAsOther = (mode: number, pattern: string): { names: string[]; troubles: string[] } => {
    chmodSync(ROOT, 0o755);
    chmodSync(SUB, mode);
    const script = `
      const { findSources } = await import(${JSON.stringify(module)});
      const troubles = [];
      const sources = await findSources([${JSON.stringify(pattern)}], ({ code, message }) => troubles.push(code + ': ' + message));
      console.log(JSON.stringify({ names: sources.map(({ name }) => name), troubles }));`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      ...other,
    });
    chmodSync(SUB, 0o755);
    if (ran.status !== 0) throw new Error(ran.stderr);
    return JSON.parse(inRoot(ran.stdout));
  };
  const REST = ['a.log', 'z.log'];

  it.each([
    ['may list but not enter', 0o444, 'sub/m.log'],
    ['may enter but not list', 0o111, 'sub'],
    ['may neither list nor enter', 0o000, 'sub'],
  ])('%s is named, and all else is found', (_, mode, name) => {
    const troubles = [`input-unreadable: Cannot read ${name}: permission denied.`];
    expect(findAsOther(mode, ROOT)).toEqual({ names: REST, troubles });
    expect(findAsOther(mode, join(ROOT, '**/*.log'))).toEqual({ names: REST, troubles });
  });
});
