/** Large inputs, which are read in a thread of their own: the same results, the same ends. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BatchSlots } from '../../src/engine/reading/packets.ts';
import { InputError } from '../../src/model/errors.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { conntrail } from '../cli/run-command.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'apart-'));
const LARGE = join(FOLDER, 'large.log');
/** Milliseconds until a thread that is still there stays for ever: it goes at once where the machine is not busy. */
const PATIENCE = 10 * 60_000;

/** Request and reply of a connection a second: 100 bytes a line, nothing else. */
const lines = function* (pairs: number): Generator<string> {
  for (let i = 0; i < pairs; i++) {
    const times = `${1_760_000_000 + i} ${1_760_000_050 + i}`;
    const [client, server] = [`10.0.${(i >> 8) & 255}.${i & 255}`, '10.9.9.9'];
    yield `2 012345678901 eni-0a1b2c3d4e ${client} ${server} ${20000 + (i % 40000)} 443 6 9 1200 ${times} ACCEPT OK\n`;
    yield `2 012345678901 eni-0a1b2c3d4e ${server} ${client} 443 ${20000 + (i % 40000)} 6 9 9200 ${times} ACCEPT OK\n`;
  }
};

beforeAll(() => writeFileSync(LARGE, [...lines(50_000)].join('')));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const linesOf = async (threads: number, path = LARGE): Promise<string> => {
  const run = reconstruct([path], { threads });
  let text = '';
  for await (const { uid, initiator, records } of run) text += `${uid} ${initiator.address} ${records}\n`;
  return `${text}${JSON.stringify(run.report)}`;
};

/** Threads of this process, where the system tells: Linux. */
const countThreads = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/task').length : 0);

describe('a large input', () => {
  it('is more than 8 MiB here, so that it gets a thread', () => {
    expect(readFileSync(LARGE).length).toBeGreaterThan(8 * 2 ** 20);
  });

  it('gives the same connections and the same report with one thread and with many', async () => {
    const one = await linesOf(1);
    expect(one.split('\n')).toHaveLength(50_001);
    expect(await linesOf(2)).toBe(one);
    expect(await linesOf(64)).toBe(one);
  });

  it('ends with the sentence of its damage, and what came before it counts with --keep-going', async () => {
    const path = join(FOLDER, 'cut.log.gz');
    const packed = gzipSync([...lines(200_000)].join(''), { level: 0 });
    writeFileSync(path, packed.subarray(0, packed.length - 1000));
    await expect(linesOf(2, path)).rejects.toThrow(InputError);
    await expect(linesOf(2, path)).rejects.toThrow(/cut\.log\.gz ends in the middle of its compressed data/);
    const damage: string[] = [];
    const run = reconstruct([path], {
      threads: 2,
      keepGoing: true,
      onDamage: ({ message }) => damage.push(message),
    });
    let records = 0;
    for await (const connection of run) records += connection.records;
    expect(damage).toEqual([expect.stringMatching(/cut\.log\.gz ends in the middle/)]);
    // All but the last kilobyte of 400,000 lines of about 95 bytes.
    expect(records).toBeGreaterThan(399_900);
    expect(records).toBeLessThan(400_000);
  });

  it('stops at the first line that is not understood when that is asked for', async () => {
    const path = join(FOLDER, 'odd.log');
    writeFileSync(path, `${readFileSync(LARGE, 'utf8')}2 one two three\n`);
    const run = reconstruct([path], { threads: 2, strict: true });
    await expect(run[Symbol.asyncIterator]().next()).rejects.toThrow(/odd\.log:100001: /);
  });

  it('stops when it is told to, and leaves no thread behind', async () => {
    const stop = new AbortController();
    const before = countThreads();
    const run = reconstruct([LARGE], {
      threads: 2,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    });
    await expect(run[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
    await vi.waitFor(() => expect(countThreads()).toBeLessThanOrEqual(before), PATIENCE);
  });

  it('is answered with what is wrong when the number of threads is none', () => {
    for (const threads of [0, -1, 1.5, Number.NaN])
      expect(() => reconstruct([LARGE], { threads })).toThrow(
        /number of threads is .*; expected a whole number/,
      );
  });
});

describe('the command on a large input', () => {
  it('prints the same bytes with --threads 1 and without it', async () => {
    const one = await conntrail([LARGE, '-f', 'json', '--threads', '1', '-q']);
    const all = await conntrail([LARGE, '-f', 'json', '-q']);
    expect(one.stdout.split('\n')).toHaveLength(50_001);
    expect(all).toEqual(one);
  });

  it('ends on SIGINT and leaves no file', async () => {
    const cwd = mkdtempSync(join(FOLDER, 'stop-'));
    // The same bytes by many names: seconds of work, so that the signal comes before its end however busy the machine is.
    const many = mkdtempSync(join(FOLDER, 'many-'));
    for (let i = 0; i < 40; i++) linkSync(LARGE, join(many, `${i}.log`));
    const ran = await conntrail([many, '-o', 'out.jsonl'], {
      cwd,
      onStart: (kill) => {
        const look = setInterval(() => {
          if (readdirSync(cwd).length === 0) return; // not begun yet
          clearInterval(look);
          kill('SIGINT');
        }, 5);
      },
    });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/^conntrail: .*\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('says so, and leaves no file, when the thread dies', () => {
    const cwd = mkdtempSync(join(FOLDER, 'death-'));
    // A module that runs first in every thread: the reading one ends itself as soon as it has begun.
    const dies = `data:text/javascript,${encodeURIComponent(
      "import { isMainThread } from 'node:worker_threads'; if (!isMainThread) process.exit(7);",
    )}`;
    const main = join(import.meta.dirname, '../../src/cli/main.ts');
    const { status, stderr } = spawnSync(process.execPath, [main, LARGE, '-o', 'out.jsonl'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: `--import ${dies}` },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^conntrail: .*reading thread ended before its time \(7\).*\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('the memory that both threads share', () => {
  it('has room for as many packets as are dealt with, and eight more', () => {
    const slots = new BatchSlots();
    const other = new BatchSlots(slots.memory);
    for (let packet = 0; packet < 8; packet++) other.waitForRoom(packet);
    slots.release();
    other.waitForRoom(8); // would wait for ever without the release
    expect(Atomics.load(new Int32Array(slots.memory, 0, 1), 0)).toBe(1);
  });
});
