/**
 * Every command hears SIGINT while it rebuilds, judges and draws, not only while it waits for input: real processes that are
 * interrupted when all of their input has been handed over, long before their work is done.
 */
import { readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { HEADER, record } from '../build.ts';
import { conntrail, emptyFolder } from './run-command.ts';

/** Enough for seconds of work without the kernel, which sources have none of. */
const CONNECTIONS = 60_000;
const AT_ONCE = 2000;

const linesFrom = (from: number): string =>
  Array.from({ length: AT_ONCE }, (_, i) => {
    const n = from + i;
    const start = Math.floor(n / 100);
    return `${record({ flags: 'SYN FIN', client: `10.${n >> 14}.0.9`, clientPort: 40_000 + (n & 16_383), start, end: start + 30 })}\n`;
  }).join('');

function* pieces(): Generator<string> {
  yield `${HEADER}\n`;
  for (let from = 0; from < CONNECTIONS; from += AT_ONCE) yield linesFrom(from);
}

/** The input, and who is told when all of it has been handed over. */
const input = (onEnd: () => void): Readable =>
  Readable.from(
    (function* () {
      yield* pieces();
      onEnd();
    })(),
  );

/** The same of an input that does not end. */
const endlessInput = (onAll: () => void): Readable =>
  Readable.from(
    (async function* () {
      yield* pieces();
      onAll();
      await new Promise(() => {});
    })(),
  );

/** What a command comes to that is interrupted, and what it leaves. */
const interrupted = async (command: string, inputUntil: (onAll: () => void) => Readable) => {
  const cwd = emptyFolder();
  let kill: (signal: NodeJS.Signals) => void = () => {};
  const { code, stderr } = await conntrail([...command.split(' '), '-q'], {
    cwd,
    env: { TMPDIR: cwd },
    stdin: inputUntil(() => setTimeout(() => kill('SIGINT'), 50)),
    onStart: (killIt) => {
      kill = killIt;
    },
  });
  return { code, stderr, left: readdirSync(cwd) };
};

const NOTHING_KEPT = {
  code: 130,
  stderr: 'conntrail: Interrupted: nothing was kept of the unfinished result.\n',
  left: [],
};

describe('an interruption while a command works', () => {
  it.each([
    ['connections -f json -o out.jsonl -'],
    ['connections -f csv -o out.csv -'],
    ['connections -f zeek -o out.log -'],
    ['connections -o out.parquet -'],
    ['connections -f table -o out.txt -'],
    ['connections -o out.csv.gz -'],
    ['connections -f json --port 443 -o out.jsonl.zst -'],
    ['connections -f json --port 443 -o out.jsonl -'],
    ['connections -f json --memory 1M -o out.jsonl -'],
    ['who 10.0.0.5:443 -o out.csv -'],
    ['at 2023-11-14T22:14:00Z -o out.csv -'],
    ['timeline -o out.svg -'],
    ['timeline -o out.csv -'],
    ['check -o out.json -'],
    ['audit -o out.md -'],
    ['blocked -o out.csv.gz -'],
    ['report -o out.html -'],
    ['explain 10.0.0.9,10.0.0.5 -o out.txt -'],
  ])('ends %s with 130 and leaves nothing', async (command) => {
    expect(await interrupted(command, input)).toEqual(NOTHING_KEPT);
  });

  // Nothing is left to do when the last record has come.
  it.each([['split --parts 64 -o parts -'], ['split --parts 2000 --compress gzip -o parts -']])(
    'ends %s with 130 and leaves nothing, before its input has ended',
    async (command) => {
      expect(await interrupted(command, endlessInput)).toEqual(NOTHING_KEPT);
    },
  );
});
