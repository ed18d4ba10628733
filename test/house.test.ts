/** The arrows of the house: imports point down, never up or sideways, and only the command line touches the process. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');

/** Room → floor. A file may import its own room and the floors below. */
const FLOORS: Readonly<Record<string, number>> = {
  model: 1,
  rules: 1,
  record: 2,
  meaning: 2,
  input: 3,
  path: 3,
  engine: 4,
  facts: 5,
  stream: 5,
  'reconstruct.ts': 6,
  split: 6,
  explain: 7,
  names: 4,
  audit: 4,
  blocked: 3,
  timeline: 3,
  spark: 3,
  export: 3,
  report: 8,
  'index.ts': 9,
  cli: 9,
};

/**
 * Rooms that work on finished connections: they know the model and nothing else, but that audit tells what was stopped as blocked
 * does, and asks meaning what an attempt is.
 */
const MODEL_ONLY: Readonly<Record<string, readonly string[]>> = {
  audit: ['blocked', 'meaning'],
  timeline: [],
  export: [],
};

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

const roomOf = (file: string): string => file.split('/')[0] as string;

/** The text of a file without its comments. */
const codeOf = (file: string): string =>
  readFileSync(join(SRC, file), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');

const importsOf = (file: string): string[] => {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) =>
    relative(SRC, resolve(SRC, dirname(file), match[1] as string)),
  );
};

describe('the house', () => {
  it('has a floor for every room', () => {
    expect([...new Set(FILES.map(roomOf))].filter((room) => FLOORS[room] === undefined)).toEqual([]);
  });

  it('has imports that point down', () => {
    const upward = FILES.flatMap((file) =>
      importsOf(file)
        .filter((target) => roomOf(target) !== roomOf(file))
        .filter((target) => (FLOORS[roomOf(target)] as number) >= (FLOORS[roomOf(file)] as number))
        .map((target) => `${file} → ${target}`),
    );
    // The door names the rooms it opens: index re-exports and is imported by none.
    expect(upward).toEqual([]);
  });

  it('keeps views and exports on the model alone', () => {
    const strays = FILES.filter((file) => roomOf(file) in MODEL_ONLY).flatMap((file) =>
      importsOf(file)
        .filter(
          (target) => ![roomOf(file), 'model', ...(MODEL_ONLY[roomOf(file)] ?? [])].includes(roomOf(target)),
        )
        .map((target) => `${file} → ${target}`),
    );
    expect(strays).toEqual([]);
  });

  it('has no cycles', () => {
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const target of importsOf(file)) visit(target, [...trail, file]);
      state.set(file, 'done');
    };
    for (const file of FILES) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('lets only the command line touch the process, the terminal and exit codes', () => {
    const touches = FILES.filter((file) => roomOf(file) !== 'cli').filter((file) =>
      /\bprocess\.(exit|stdout|stderr|argv|env|on)\b|\bconsole\./.test(codeOf(file)),
    );
    expect(touches).toEqual([]);
  });

  it('has no room for ideas without a name', () => {
    expect(FILES.filter((file) => /(^|\/)(utils?|types|common|misc|helpers)(\.ts|\/)/.test(file))).toEqual(
      [],
    );
  });
});
