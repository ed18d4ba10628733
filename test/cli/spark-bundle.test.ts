/** `conntrail spark-bundle` as a user runs it, as far as it refuses; test/package unpacks one and runs what is in it. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conntrail, emptyFolder } from './run-command.ts';

describe('conntrail spark-bundle', () => {
  it.each([
    [[], 2, 'A bundle is a file: name it with -o conntrail.tgz; Spark unpacks .tgz and .tar.gz.'],
    [['-o', 'conntrail.zst'], 2, '--output is "conntrail.zst": name it with -o conntrail.tgz'],
    [['-o', 'x.tgz', 'logs'], 2, 'too many arguments'],
    [['-o', 'x.tgz', '--node', 'no-node'], 3, ''],
  ])('refuses %j', async (options, expected, says) => {
    const folder = emptyFolder();
    const { code, stderr } = await conntrail(['spark-bundle', ...options], { cwd: folder });
    expect(code).toBe(expected);
    expect(stderr).toMatch(/^conntrail: .*\n$/);
    expect(stderr).toContain(says);
    expect(readdirSync(folder)).toEqual([]);
  });
});
