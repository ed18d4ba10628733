/** README tells what is: its library example runs, its output is the program's, its links lead somewhere. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const run = promisify(execFile);

const blocks = (language: string): string[] =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1] as string,
  );

const conntrail = async (...args: string[]): Promise<string> =>
  (
    await run('node', [join(ROOT, 'src/cli/main.ts'), ...args], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '140' },
    })
  ).stdout;

describe('README', () => {
  it('shows the table that its sample gives', async () => {
    const shown = blocks('').find((block) => block.startsWith('$ conntrail samples/')) as string;
    const printed = await conntrail(
      'connections',
      '--format',
      'table',
      '--quiet',
      'samples/tcp-flag-sequence.log',
    );
    expect(printed.trim()).toBe(shown.split('\n').slice(1).join('\n').trim());
  });

  it('shows what "who" answers', async () => {
    const shown = blocks('').find((block) => block.startsWith('$ conntrail who')) as string;
    const printed = await conntrail('who', '10.0.0.62:5001', 'samples', '--format', 'table', '--quiet');
    expect(printed.split('\n')[0]).toBe(shown.split('\n')[1]);
  });

  it('shows what it answers with names', async () => {
    const shown = blocks('').find((block) => /^\$ conntrail who .*--names/.test(block)) as string;
    const typed = shown.split('\n')[0]?.replace('$ conntrail ', '').split(' ') as string[];
    const printed = await conntrail(...typed, '--format', 'table', '--quiet');
    expect(printed.split('\n')[0]).toBe(shown.split('\n')[1]);
  });

  it('has a library example that prints what its comments say', async () => {
    const [example] = blocks('js') as [string];
    const folder = mkdtempSync(join(tmpdir(), 'conntrail-readme-'));
    const script = join(folder, 'example.mjs');
    writeFileSync(
      script,
      example.replace("'conntrail'", `'${pathToFileURL(join(ROOT, 'src/index.ts')).href}'`),
    );
    const { stdout } = await run('node', [script], { cwd: ROOT });
    rmSync(folder, { recursive: true });
    const promised = [...example.matchAll(/^\/\/ (.*)$/gm)].map((match) => match[1]);
    expect(stdout.trim().split('\n')).toEqual(promised);
  });
});

describe('the documents', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
    'samples/README.md',
  ];

  it('have links that lead to files', () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map((match) => match[1] as string)
        .filter((target) => !/^https?:/.test(target))
        .filter((target) => !existsSync(join(ROOT, dirname(page), target)))
        .map((target) => `${page} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('have examples that run: every block that imports the package, on the samples', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'conntrail-docs-'));
    const door = pathToFileURL(join(ROOT, 'src/index.ts')).href;
    const examples = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)]
        .map((match) => match[1] as string)
        .filter((code) => code.includes("from 'conntrail'")),
    );
    expect(examples.length).toBeGreaterThan(0);
    for (const [i, code] of examples.entries()) {
      const script = join(folder, `example-${i}.mts`);
      writeFileSync(script, code.replaceAll("'conntrail'", `'${door}'`).replaceAll("'logs/'", "'samples/'"));
      const { stdout } = await run(process.execPath, [script], { cwd: ROOT });
      expect(stdout).toContain('52.213.180.42');
    }
    rmSync(folder, { recursive: true });
  });

  it('have a page for every room of src, and a line in the reading order for it', () => {
    const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    const order = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
    expect(rooms.filter((room) => !existsSync(join(ROOT, 'docs', `${room}.md`)))).toEqual([]);
    expect(rooms.filter((room) => !order.includes(`(${room}.md)`))).toEqual([]);
  });
});
