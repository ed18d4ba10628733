/** What users get: the packed tarball, installed into an empty folder, run by hand and imported. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const run = promisify(execFile);

describe('the packed package', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conntrail-package-'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT });
    const [{ filename }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))) as [
      { filename: string },
    ];
    mkdirSync(join(folder, 'user'));
    writeFileSync(
      join(folder, 'user', 'package.json'),
      '{ "name": "user", "private": true, "type": "module" }',
    );
    await run('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], {
      cwd: join(folder, 'user'),
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the compiled program, README and licence, and no sources or tests', async () => {
    const { stdout } = await run('npm', ['ls', '--json', 'conntrail'], { cwd: join(folder, 'user') });
    expect(JSON.parse(stdout)).toHaveProperty('dependencies.conntrail.version');
    const manifest = JSON.parse(
      readFileSync(join(folder, 'user', 'node_modules', 'conntrail', 'package.json'), 'utf8'),
    ) as { files: string[] };
    expect(manifest.files).toEqual(['dist']);
  });

  it('runs its command on a file', async () => {
    const sample = join(ROOT, 'samples', 'tcp-flag-sequence.log');
    const { stdout } = await run('npx', ['--no-install', 'conntrail', sample, '--quiet'], {
      cwd: join(folder, 'user'),
    });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.map((row) => [row['initiator_address'], row['initiator_port'], row['state']])).toEqual([
      ['52.213.180.42', 43416, 'established'],
      ['52.213.180.42', 43418, 'closed'],
    ]);
  });

  it('is imported as a library', async () => {
    const script = join(folder, 'user', 'use.mjs');
    writeFileSync(
      script,
      `import { reconstruct } from 'conntrail';
       for await (const connection of reconstruct(${JSON.stringify(join(ROOT, 'samples', 'short-lived.log'))})) {
         console.log(connection.initiator.address, connection.initiator.port, connection.state);
       }`,
    );
    const { stdout } = await run('node', [script]);
    expect(stdout).toBe('52.213.180.42 43638 closed\n');
  });
});
