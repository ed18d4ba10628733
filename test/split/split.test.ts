/** The library's way of sharing a run out: logs of parts as they come, then the facts; and docs/split.md tells what is. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type PartLog, split } from '../../src/index.ts';
import { HEADER, record, silence } from '../build.ts';

const ROOT = resolve(import.meta.dirname, '../..');

async function* inPieces(...pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

const LINES = Array.from({ length: 50 }, (_, i) => record({ clientPort: 40_000 + i }));
const LOG = `${[HEADER, ...LINES, silence('SKIPDATA')].join('\n')}\n`;

const taken = async (logs: AsyncIterable<PartLog>): Promise<string[]> => {
  const parts: string[] = [];
  for await (const { part, lines } of logs) parts[part] = (parts[part] ?? '') + Buffer.from(lines);
  return parts;
};

const textOf = async (pieces: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += Buffer.from(piece);
  return text;
};

describe('split', () => {
  it('gives logs of parts, how many records each has, and the facts', async () => {
    const splitting = split(inPieces(LOG), { parts: 3 });
    const parts = await taken(splitting);
    expect(parts).toHaveLength(3);
    const lines = parts.map((text) => text.trim().split('\n'));
    for (const [header] of lines) expect(header).toBe(HEADER);
    expect(lines.flatMap(([, ...all]) => all).sort()).toEqual([...LINES].sort());
    expect(splitting.records).toEqual(lines.map(({ length }) => length - 1));
    const facts = (await textOf(splitting.facts)).trim().split('\n');
    expect(facts.map((line) => Object.keys(JSON.parse(line) as object)[0])).toEqual([
      'conntrail',
      'run',
      'keys',
      'vantage',
      'end_of_facts',
    ]);
    // One interface wrote 50 records, and AWS lost others of one interval.
    expect(JSON.parse(facts[3] as string)).toMatchObject({
      ...{ vantage: 'eni-server', records: 50, own: { v4: [['10.0.0.5'], ['10.0.0.9']] } },
      skipped: [[1_700_000_000, 1_700_000_059]],
    });
  });

  it('says that facts and records are known in the end, and facts are taken once', async () => {
    const splitting = split(inPieces(LOG), { parts: 3 });
    const early = 'What the input teaches is known only when the last lines have been taken.';
    expect(() => splitting.facts).toThrow(early);
    expect(() => splitting.records).toThrow(early);
    await taken(splitting);
    await textOf(splitting.facts);
    expect(() => splitting.facts).toThrow('The facts have been taken already.');
  });

  it('ends when nobody asks any more, also of facts', async () => {
    let isOver = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        yield `${HEADER}\n`;
        for (let i = 0; ; i++) yield `${record({ clientPort: 1 + (i % 60_000) })}\n`.repeat(3000);
      } finally {
        isOver = true;
      }
    }
    for await (const { lines } of split(endless(), { parts: 2 })) {
      expect(lines.length).toBeGreaterThan(0);
      break;
    }
    expect(isOver).toBe(true);
    const splitting = split(inPieces(LOG), { parts: 2 });
    await taken(splitting);
    for await (const _ of splitting.facts) break;
  });

  it('ends with what the input throws, and with the reason of a signal', async () => {
    const damaged = split(inPieces(`${HEADER}\n${LINES[0]}\nnonsense\n`), { parts: 2, strict: true });
    await expect(taken(damaged)).rejects.toMatchObject({ code: 'input-rejected' });
    const controller = new AbortController();
    const stopped = split(inPieces(LOG), { parts: 2, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(taken(stopped)).rejects.toThrow('enough');
  });

  it('refuses at once a number of parts that cannot be', () => {
    expect(() => split('samples', { parts: 0 })).toThrow(/^The number of parts is 0;/);
  });

  it('does not know the address of lines that were lent for longer than the next are asked for', async () => {
    // Those that are handed out are the caller's own: kept until the end they are what they were.
    const kept: PartLog[] = [];
    const long = Array.from({ length: 20 }, () => LOG);
    for await (const log of split(inPieces(...long), { parts: 2 })) kept.push(log);
    const lines = kept.flatMap(({ lines: all }) => Buffer.from(all).toString().trim().split('\n'));
    expect(lines.filter((line) => line !== HEADER)).toHaveLength(20 * 50);
  });
});

describe('docs/split.md', () => {
  it('has an example that prints what its comments say', async () => {
    const page = readFileSync(join(ROOT, 'docs/split.md'), 'utf8');
    const [, example = ''] = /^```js\n([\s\S]*?)^```/m.exec(page) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'conntrail-docs-'));
    const script = join(folder, 'example.mjs');
    writeFileSync(
      script,
      example.replace("'conntrail'", `'${pathToFileURL(join(ROOT, 'src/index.ts')).href}'`),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: ROOT });
    rmSync(folder, { recursive: true });
    expect(stdout.trim().split('\n')).toEqual(
      [...example.matchAll(/^\/\/ (.*)$/gm)].map((match) => match[1]),
    );
  });
});
