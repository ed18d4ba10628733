/** What is built in a source checkout: once, and again whenever what is kept is not it. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtOnce } from '../../src/engine/kernel/built-once.ts';
import { bundleRules } from '../../src/engine/kernel/bundle-rules.ts';
import { bundledRules, ruleFiles } from '../../src/engine/kernel/bundled-rules.ts';

let folder = '';
let sources = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conntrail-built-'));
  sources = mkdtempSync(join(folder, 'sources-'));
  writeFileSync(join(sources, 'one.ts'), 'export const one = 1;\n');
  writeFileSync(join(sources, 'two.ts'), 'export const two = 2;\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'cache/deep/built');

const build = (make: () => string): string => {
  const ingredients = (): string[] => readdirSync(sources).map((name) => join(sources, name));
  return builtOnce(file(), ingredients, () => Buffer.from(make())).toString('utf8');
};

/** Asks for what is built: the text given, and null when it need not be built. */
const ask = (made: string | null): string =>
  build(() => {
    if (made === null) throw new Error('It need not be built.');
    return made;
  });

describe('what is built once', () => {
  it('is built once and kept, with nothing beside them', () => {
    expect(ask('first')).toBe('first');
    expect(ask(null)).toBe('first');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['built']);
  });

  it.each<[string, () => void]>([
    ['has changed', () => appendFileSync(join(sources, 'one.ts'), '//')],
    ['has come', () => writeFileSync(join(sources, 'three.ts'), '')],
    ['has gone', () => rmSync(join(sources, 'two.ts'))],
    [
      'has taken a part of another',
      () => {
        writeFileSync(join(sources, 'one.ts'), 'export const one = 1;\nexport const two = 2;\n');
        writeFileSync(join(sources, 'two.ts'), '');
      },
    ],
  ])('is built again when a file %s', (_, change) => {
    ask('first');
    change();
    expect(ask('second')).toBe('second');
    expect(ask(null)).toBe('second');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['built']);
  });

  it('is built again when a change was taken back', () => {
    const path = join(sources, 'one.ts');
    const before = readFileSync(path);
    ask('first');
    appendFileSync(path, '//');
    ask('second');
    writeFileSync(path, before);
    expect(ask('third')).toBe('third');
  });

  it('is not kept when a file changes while it is built', () => {
    const path = join(sources, 'one.ts');
    const before = readFileSync(path);
    const made = build(() => {
      appendFileSync(path, '//');
      return 'of the change';
    });
    expect(made).toBe('of the change');
    writeFileSync(path, before);
    expect(ask('first')).toBe('first');
  });

  it.each<[string, (text: string) => string]>([
    ['cut off', (text) => text.slice(0, -1)],
    ['longer than it was', (text) => `${text} `],
    ['of other words', (text) => text.replace('first', 'worst')],
    ['empty', () => ''],
    ['without its first line', (text) => text.slice(text.indexOf('\n') + 1)],
  ])('is built again when what is kept is %s', (_, damage) => {
    ask('first');
    writeFileSync(file(), damage(readFileSync(file(), 'utf8')));
    expect(ask('second')).toBe('second');
    expect(ask(null)).toBe('second');
  });

  it('is built every time where nothing can be kept', () => {
    writeFileSync(join(folder, 'cache'), 'a file, no folder');
    expect(ask('first')).toBe('first');
    expect(ask('second')).toBe('second');
    expect(readFileSync(join(folder, 'cache'), 'utf8')).toBe('a file, no folder');
  });

  it('leaves nothing behind where its name is taken by a folder', () => {
    mkdirSync(join(file(), 'taken'), { recursive: true });
    expect(ask('first')).toBe('first');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['built']);
  });
});

describe('the bundled rules', () => {
  it('are what the bundler makes of the rules, kept or not', async () => {
    const made = await bundleRules();
    const kept = join(folder, 'rules.js');
    expect(bundledRules(kept)).toBe(made);
    expect(bundledRules(kept)).toBe(made);
  });

  it('are made of the files that the compiler is given, and of how it is told', () => {
    const files = ruleFiles();
    const config = files.find((each) => basename(each) === 'asconfig.json') ?? '';
    const { entries } = JSON.parse(readFileSync(config, 'utf8')) as { entries: readonly string[] };
    expect(files).toEqual(expect.arrayContaining(entries.map((entry) => join(config, '..', entry))));
  });
});
