/**
 * What a run loads before it reads: people and scripts run the command for a few lines, and each module costs them time. What only some
 * inputs, outputs or options need is loaded for those. Whoever adds a module to these lists makes every run wait for it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conntrail, emptyFolder, ROOT, SAMPLES } from './run-command.ts';

const SAMPLE = join(SAMPLES, 'tcp-flag-sequence.log');

/** What makes the rules out of their sources, the first time that those are run: the package has them made. */
const BUILDERS = /^@?(?:rolldown|assemblyscript|binaryen)/;

/** The modules of src by their rooms, and the packages, that a run loads. */
const loadedBy = async (...args: readonly string[]): Promise<Readonly<Record<string, readonly string[]>>> => {
  const file = join(emptyFolder(), 'modules');
  writeFileSync(file, '');
  const hook = join(ROOT, 'test/cli/log-modules.ts');
  const env = { CONNTRAIL_TEST_MODULES: file, NODE_OPTIONS: `--import=${hook}` };
  const { code, stderr } = await conntrail([...args, '-q', '--threads', '1'], { env });
  expect([code, stderr]).toEqual([0, '']);
  const urls = readFileSync(file, 'utf8').split('\n');
  const found: Record<string, string[]> = {};
  for (const url of urls) {
    const [, ours] = /\/src\/(.*)$/.exec(url) ?? [];
    const [, packaged] = /.*\/node_modules\/([^/]+)/.exec(url) ?? [];
    if ((ours === undefined && packaged === undefined) || BUILDERS.test(packaged ?? '')) continue;
    const room =
      packaged !== undefined ? 'packages' : ours?.includes('/') ? (ours.split('/')[0] as string) : 'src';
    const name = packaged ?? (room === 'src' ? ours : ours?.slice(room.length + 1)) ?? '';
    found[room] = [...new Set([...(found[room] ?? []), name])].sort();
  }
  return found;
};

const INPUT = [
  'containers/begins-plain.ts',
  'containers/door.ts',
  'containers/utf-16.ts',
  'file-stamp.ts',
  'find-sources.ts',
  'gunzip.ts',
  'is-facts.ts',
  'is-zstd.ts',
  'open-file.ts',
  'packed.ts',
  'parquet/gather.ts',
  'parquet/whole.ts',
  'pieces-of.ts',
  'read-part.ts',
  'read-small.ts',
  'read-source.ts',
  'read-sources.ts',
  'source.ts',
  'unpacking-of.ts',
];
const EXPORT = ['chosen-rows.ts', 'csv.ts', 'in-pieces.ts', 'json-lines.ts', 'row.ts', 'zeek.ts'];
const PACKAGES = ['commander', 'fast-string-truncated-width', 'fast-string-width'];
const ROOMS = [
  'cli',
  'engine',
  'export',
  'input',
  'meaning',
  'model',
  'packages',
  'path',
  'record',
  'rules',
  'src',
];

describe('a run of text to JSON Lines', () => {
  it('loads no room that it does not use, no container, and no form of output but its own', async () => {
    const {
      input,
      export: exported,
      packages,
      cli = [],
      engine,
      record,
      src,
      ...rest
    } = await loadedBy(SAMPLE, '-f', 'json');
    expect(Object.keys(rest).every((room) => ROOMS.includes(room))).toBe(true);
    expect({ input, exported, packages, src }).toEqual({
      input: INPUT,
      exported: EXPORT,
      packages: PACKAGES,
      src: ['reconstruct.ts'],
    });
    // Help explains the table's words.
    expect(cli.filter((name) => /-command|table|parquet|-text|columns/.test(name))).toEqual([
      'connections-command.ts',
      'states-text.ts',
      'table-notes.ts',
    ]);
    expect([...(engine ?? []), ...(record ?? [])].filter((name) => name.includes('annotations'))).toEqual([]);
  });

  it('loads no more of a folder of text, or of gzip', async () => {
    const { input, packages } = await loadedBy(SAMPLES, '-f', 'json');
    expect({ input, packages }).toEqual({ input: INPUT, packages: PACKAGES });
  });

  it('loads what is asked for, and that alone', async () => {
    const names = join(ROOT, 'docs/examples/names.csv');
    expect(Object.keys(await loadedBy(SAMPLE, '-f', 'json', '--names', names))).toContain('names');
    const file = join(emptyFolder(), 'x.parquet');
    const { export: exported, packages } = await loadedBy(SAMPLE, '-o', file);
    expect(exported).toContain('parquet-rows.ts');
    expect(packages).toContain('hyparquet-writer');
    const { input, packages: others } = await loadedBy(
      join(ROOT, 'test/cases/containers/insights.csv'),
      '-f',
      'json',
    );
    expect(input).toEqual(expect.arrayContaining(['containers/csv.ts', 'containers/sniff.ts']));
    expect(others).toEqual(PACKAGES);
  });
});

it('the version loads nothing but the options', async () => {
  const { cli = [], ...rooms } = await loadedBy('--version');
  expect(cli.filter((name) => name.endsWith('-command.ts'))).toEqual([]);
  expect(Object.keys(rooms).sort()).toEqual(['engine', 'model', 'packages']);
  // What it says where there is too little memory for anything.
  expect(rooms['engine']).toEqual(['too-little-memory.ts']);
});
