/** Large inputs, which are read in a thread of their own: the same results, the same ends. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { BatchSlots, SLOTS } from '../../src/engine/reading/packets.ts';
import { readApart } from '../../src/engine/reading/read-apart.ts';
import { InputError } from '../../src/model/errors.ts';
import { RecordBatch } from '../../src/model/record-batch.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
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

  it('of VPC and transit gateway lines in turns gives the same with one thread and with two', async () => {
    const path = join(FOLDER, 'mixed.log');
    // Beyond 16 MiB a file is read in parts of 8: 500 lines of a VPC, 95 bytes each, and 200 of a gateway in turns.
    const vpc = [...lines(50_000)];
    const rest = 'OK IPv4 0 0 0 0 19 eu-west-1 ingress - -\n';
    const gateway = (i: number): string =>
      `6 TransitGateway 111122223333 tgw-0a tgw-attach-0c 111122223333 444455556666 vpc-0a vpc-0b - - - - - - - 10.20.1.15 10.30.2.9 ${10_000 + i} 443 6 3 180 ${1_760_000_000 + i} ${1_760_000_060 + i} ${rest}`;
    const blocks = Array.from({ length: 200 }, (_, block) => [
      ...vpc.slice(block * 500, block * 500 + 500),
      ...Array.from({ length: 200 }, (__, i) => gateway(block * 200 + i)),
    ]);
    writeFileSync(path, blocks.flat().join(''));
    expect(statSync(path).size).toBeGreaterThan(16 * 2 ** 20);
    const one = await linesOf(1, path);
    // Each gateway line is a connection of its own, and no line is rejected.
    expect(one.split('\n')).toHaveLength(50_000 + 40_000 + 1);
    expect(one).toContain('"rejected":0');
    expect(await linesOf(2, path)).toBe(one);
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
  afterEach(() => void vi.restoreAllMocks());

  it('has room for as many packets as there are slots, and for one more with each that is dealt with', () => {
    const slots = new BatchSlots(false);
    const other = new BatchSlots(false, slots.memory);
    // In the place of waiting for the other thread: what that does.
    const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
      slots.release();
      return 'ok';
    });
    for (let packet = 0; packet < SLOTS; packet++) other.waitForRoom(packet);
    expect(wait).not.toHaveBeenCalled();
    for (let packet = SLOTS; packet < 3 * SLOTS; packet++) {
      other.waitForRoom(packet);
      expect(wait).toHaveBeenCalledTimes(packet + 1 - SLOTS);
    }
  });

  it('keeps the text of the lines of every packet, whatever stands around them and however long they are', () => {
    const slots = new BatchSlots(true);
    const other = new BatchSlots(true, slots.memory);
    const columns = { names: [], fields: [] };
    const batch = new RecordBatch(columns);
    const long = 'x'.repeat(400_000);
    const texts = Array.from({ length: SLOTS }, (_, packet) => [
      `one-${packet}`,
      packet % 3 === 0 ? long : 'two',
      packet % 6 === 0 ? long : `three-${packet}`,
    ]);
    const copies: (Uint8Array | null)[] = [];
    for (const [packet, lines] of texts.entries()) {
      const before = '# a comment\n'.repeat(packet);
      let at = before.length;
      batch.text = Buffer.from(`${before}${lines.join('\n')}\n# another`);
      batch.count = lines.length;
      for (const [row, line] of lines.entries()) {
        batch.lineFrom[row] = at;
        batch.lineTo[row] = at + line.length;
        at += line.length + 1;
      }
      copies.push(other.put(packet, batch));
    }
    // 800,000 bytes have no room.
    expect(copies.map((copy) => copy !== null)).toEqual(texts.map((_, packet) => packet % 6 === 0));
    for (const [packet, lines] of texts.entries()) {
      const held = slots.batch(packet, lines.length, columns, copies[packet] ?? null);
      const got = lines.map((_, row) =>
        Buffer.from(held.text.subarray(held.lineFrom[row], held.lineTo[row])).toString(),
      );
      expect(got).toEqual(lines);
    }
  });

  it('keeps the rows of every packet until it has been dealt with', () => {
    const slots = new BatchSlots(false);
    const other = new BatchSlots(false, slots.memory);
    const columns = { names: [], fields: [] };
    const batch = new RecordBatch(columns);
    /** A number that no other packet, row or column has. */
    const numberOf = (packet: number, row: number, column: number): number =>
      packet * 1000 + row * 100 + column;
    const named = [
      'srcAddr',
      'dstAddr',
      'start',
      'end',
      'interfaceId',
      'accountId',
      'packets',
      'bytes',
    ] as const;
    batch.count = 3;
    for (let packet = 0; packet < SLOTS; packet++) {
      for (const [column, name] of named.entries())
        for (let row = 0; row < 3; row++) batch[name][row] = numberOf(packet, row, column);
      other.put(packet, batch);
    }
    // All are on their way at once: none lies where another does.
    for (let packet = 0; packet < SLOTS; packet++) {
      const held = slots.batch(packet, 3, columns, null);
      const got = named.map((name) => [...held[name].subarray(0, 3)]);
      expect(got).toEqual(named.map((_, column) => [0, 1, 2].map((row) => numberOf(packet, row, column))));
    }
  });
});

describe('the batch of a packet', () => {
  it('stays as it is while the handler looks at it, and is given back after that', async () => {
    const waiting = new Int32Array(new SharedArrayBuffer(4));
    let batches = 0;
    let changed = 0;
    const nothing = (): void => {};
    await readApart(
      [{ name: LARGE, path: LARGE, size: statSync(LARGE).size }],
      {
        dictionaries: { strings: new Interner(), addresses: new AddressBook() },
        declared: undefined,
        keepGoing: false,
        onBytes: nothing,
        signal: undefined,
        threads: 2,
      },
      {
        onSource: nothing,
        onBatch: (batch) => {
          const read = (): string => `${batch.count} ${batch.srcAddr.subarray(0, batch.count).join(' ')}`;
          const before = read();
          // Time for the thread to fill all the slots there are, and this one, if it might.
          if (batches === 0) Atomics.wait(waiting, 0, 0, 1500);
          if (read() !== before) changed++;
          batches++;
        },
        onRejection: nothing,
        onFormat: nothing,
        onHeader: nothing,
        onComment: nothing,
        onDamage: nothing,
      },
    );
    // 100,000 records in batches of 4096 at most: more than there are slots.
    expect(batches).toBeGreaterThan(SLOTS);
    expect(changed).toBe(0);
  });
});
