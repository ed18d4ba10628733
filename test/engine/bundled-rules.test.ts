/** The script of the rules in a source checkout: made once, and made again whenever what is kept is not it. */
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
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundleRules } from '../../src/engine/kernel/bundle-rules.ts';
import { bundledRules } from '../../src/engine/kernel/bundled-rules.ts';

let folder = '';
let rules = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conntrail-bundled-'));
  rules = mkdtempSync(join(folder, 'rules-'));
  writeFileSync(join(rules, 'one.ts'), 'export const one = 1;\n');
  writeFileSync(join(rules, 'two.ts'), 'export const two = 2;\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'cache/deep/rules.js');

/** Asks for the script; what is made is the text given, and null when it need not be made. */
const ask = (made: string | null): string =>
  bundledRules(file(), rules, () => {
    if (made === null) throw new Error('It need not be made.');
    return made;
  });

describe('the bundled rules', () => {
  it('are what the bundler makes of the rules, kept or not', async () => {
    const made = await bundleRules();
    const kept = join(folder, 'rules.js');
    expect(bundledRules(kept)).toBe(made);
    expect(bundledRules(kept)).toBe(made);
  });

  it('are made once and kept, with nothing beside them', () => {
    expect(ask('first')).toBe('first');
    expect(ask(null)).toBe('first');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['rules.js']);
  });

  it.each<[string, () => void]>([
    ['has changed', () => appendFileSync(join(rules, 'one.ts'), '//')],
    ['has come', () => writeFileSync(join(rules, 'three.ts'), '')],
    ['has gone', () => rmSync(join(rules, 'two.ts'))],
    [
      'has taken a part of another',
      () => {
        writeFileSync(join(rules, 'one.ts'), 'export const one = 1;\nexport const two = 2;\n');
        writeFileSync(join(rules, 'two.ts'), '');
      },
    ],
  ])('are made again when a rule %s', (_, change) => {
    ask('first');
    change();
    expect(ask('second')).toBe('second');
    expect(ask(null)).toBe('second');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['rules.js']);
  });

  it('are those of the rules that are there when a change was taken back', () => {
    const path = join(rules, 'one.ts');
    const before = readFileSync(path);
    ask('first');
    appendFileSync(path, '//');
    ask('second');
    writeFileSync(path, before);
    expect(ask('third')).toBe('third');
  });

  it('are not kept when a rule changes while they are made', () => {
    const path = join(rules, 'one.ts');
    const before = readFileSync(path);
    const made = bundledRules(file(), rules, () => {
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
  ])('are made again when what is kept is %s', (_, damage) => {
    ask('first');
    writeFileSync(file(), damage(readFileSync(file(), 'utf8')));
    expect(ask('second')).toBe('second');
    expect(ask(null)).toBe('second');
  });

  it('are made every time where nothing can be kept', () => {
    writeFileSync(join(folder, 'cache'), 'a file, no folder');
    expect(ask('first')).toBe('first');
    expect(ask('second')).toBe('second');
    expect(readFileSync(join(folder, 'cache'), 'utf8')).toBe('a file, no folder');
  });

  it('leave nothing behind where their name is taken by a folder', () => {
    mkdirSync(join(file(), 'taken'), { recursive: true });
    expect(ask('first')).toBe('first');
    expect(readdirSync(join(folder, 'cache/deep'))).toEqual(['rules.js']);
  });
});
