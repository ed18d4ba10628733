/** What users get: the packed tarball, installed into an empty folder, run by hand and imported. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const run = promisify(execFile);
const MINUTES = 60_000;

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
  }, 5 * MINUTES);
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

  it.runIf(process.platform === 'linux')(
    'gives the same with little address space: 4 GB, and 2 GB for one thread',
    async () => {
      const log = join(folder, 'many.log');
      // Enough bytes for threads that read (8 MiB), and enough keys for threads that write (32,768).
      const lines = Array.from(
        { length: 80_000 },
        (_, i) =>
          `2 123456789010 eni-1235b8ca123456789 172.31.${(i >> 8) & 255}.${i & 255} 172.31.16.21 ${20_000 + (i % 40_000)} 22 6 20 4249 1418530010 1418530070 ACCEPT OK\n`,
      );
      writeFileSync(log, lines.join(''));
      const command = join(folder, 'user', 'node_modules', 'conntrail', 'dist', 'cli', 'main.js');
      const outputs = await Promise.all(
        [['unlimited'], ['4000000'], ['4000000', '--threads', '8'], ['2000000', '--threads', '1']].map(
          async ([limit = '', ...flags], i) => {
            const output = join(folder, `limited-${i}.jsonl`);
            const started = `ulimit -v ${limit} && exec "$@"`;
            await run('bash', [
              '-c',
              started,
              'bash',
              process.execPath,
              command,
              log,
              '-q',
              '-o',
              output,
              ...flags,
            ]);
            return readFileSync(output, 'utf8');
          },
        ),
      );
      expect(outputs[0]?.trimEnd().split('\n')).toHaveLength(80_000);
      for (const output of outputs) expect(output === outputs[0]).toBe(true);
    },
    2 * MINUTES,
  );

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
