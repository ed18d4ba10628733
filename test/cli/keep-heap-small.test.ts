import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { keepHeapSmall } from '../../src/cli/keep-heap-small.ts';
import { ROOT } from './run-command.ts';

const setBy = (version: string): string[] => {
  const set: string[] = [];
  keepHeapSmall(version, (flag) => set.push(flag));
  return set;
};

/** Keeps a few MB of objects at a time and tells how large the young generation has become, bytes. */
const SCRIPT = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { keepHeapSmall } from ${JSON.stringify(pathToFileURL(join(ROOT, 'src/cli/keep-heap-small.ts')).href)};
  if (process.argv[2] === 'small') keepHeapSmall();
  let kept = [];
  for (let i = 0; i < 3e6; i++) {
    kept.push({ i });
    if (kept.length === 1e5) kept = [];
  }
  console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);`;

const youngGeneration = (how: string): number => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-', how], {
    input: SCRIPT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return Number(stdout);
};

describe('a small heap', () => {
  it('is asked for where the flags are known, and nowhere else', () => {
    for (const version of ['20.12.0', '22.1.0', '24.21.0', '26.10.0']) expect(setBy(version)).not.toEqual([]);
    for (const version of ['18.20.0', '27.0.0', '30.1.2']) expect(setBy(version)).toEqual([]);
  });

  it('is heeded by this version of Node.js, which says nothing to it', () => {
    const [small, usual] = [youngGeneration('small'), youngGeneration('usual')];
    expect(small).toBeGreaterThan(0);
    expect(small).toBeLessThan(usual / 2);
  });
});
