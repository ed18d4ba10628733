/** Inputs larger than the memory they may take: what goes to temporary files, what becomes of the files, and of a full disk. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TemporaryFile } from '../../src/engine/spill/temporary-file.ts';
import { OutputError } from '../../src/model/errors.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { conntrail } from '../cli/run-command.ts';
import { compileEngineKernel } from './compile-engine-kernel.ts';
import { kernelLines, spilledLines } from './rebuild-lines.ts';

const KERNEL = compileEngineKernel();
const FOLDER = mkdtempSync(join(tmpdir(), 'spill-test-'));
const LOG = join(FOLDER, 'flow.log');
const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Request and reply of a connection a second, over some days, some of them long. */
function* lines(pairs: number): Generator<string> {
  for (let i = 0; i < pairs; i++) {
    const client = i % 5 === 0 ? `2600:1f14::${(i % 997).toString(16)}` : `10.0.${(i >> 8) & 255}.${i & 255}`;
    const server = i % 5 === 0 ? '2600:1f14::ffff' : '10.9.9.9';
    for (let window = 0; window <= (i % 4 === 0 ? 2 : 0); window++) {
      const times = `${1_760_000_000 + i * 7 + window * 60} ${1_760_000_050 + i * 7 + window * 60}`;
      yield `2 012345678901 eni-0a1b2c3d4e ${client} ${server} ${20000 + (i % 40000)} 443 6 9 1200 ${times} ACCEPT OK\n`;
      yield `2 012345678901 eni-0a1b2c3d4e ${server} ${client} 443 ${20000 + (i % 40000)} 6 9 9200 ${times} ACCEPT OK\n`;
    }
  }
}

// 60,000 records take 2.4 MB in a store, keys aside: a mebibyte is too little for them.
beforeAll(() => writeFileSync(LOG, [...lines(20_000)].join('')));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const emptyFolder = (): string => mkdtempSync(join(FOLDER, 'empty-'));

describe('an input larger than the memory it may take', () => {
  it('gives the same connections, in the same order, and the same report', async () => {
    const told = async (memoryBytes: number): Promise<string> => {
      const run = reconstruct(LOG, { memoryBytes, threads: 1 });
      const all: string[] = [];
      for await (const connection of run) all.push(JSON.stringify(connection));
      return `${all.join('\n')}\n${JSON.stringify(run.report)}`;
    };
    const whole = await told(2 ** 30);
    expect(whole.split('\n')).toHaveLength(20_001);
    expect((await told(2 ** 20)) === whole).toBe(true);
  });

  it('really goes to a file', async () => {
    const header = 'srcaddr dstaddr srcport dstport protocol packets bytes start end\n';
    const record = '10.0.0.1 10.0.0.2 40000 443 6 9 1200 1760000000 1760000050\n';
    const pieces = [header, ...Array.from({ length: 2000 }, () => record)];
    const { spilledBytes, counts } = await spilledLines(KERNEL, pieces, { memoryBytes: 4000 });
    // One key: rows of 56 bytes, of which the last 585 at most wait to be written.
    expect(spilledBytes).toBeGreaterThanOrEqual((2000 - 585) * 56);
    expect(counts).toEqual(kernelLines(KERNEL, pieces).counts);
  });

  it('may be one connection with most of the records, and others beside it', async () => {
    const header = 'srcaddr dstaddr srcport dstport protocol packets bytes start end tcp-flags\n';
    const one = (i: number): string =>
      `10.0.0.1 10.0.0.2 40000 443 6 ${i + 1} 1200 ${1_760_000_000 + i * 60} ${1_760_000_050 + i * 60} 0\n`;
    const other = (i: number): string =>
      `10.0.0.3 10.0.0.4 ${20_000 + i} 443 6 9 1200 ${1_760_000_000 + i} ${1_760_000_050 + i} 3\n`;
    const hot = Array.from({ length: 60 }, (_, piece) =>
      Array.from(
        { length: 1000 },
        (_, i) => one(piece * 1000 + i) + (i % 50 === 0 ? other(piece * 20 + i / 50) : ''),
      ),
    );
    const pieces = [header, ...hot.map((each) => each.join(''))];
    const { lines: got } = await spilledLines(KERNEL, pieces, { memoryBytes: 100_000 });
    expect(got === kernelLines(KERNEL, pieces).lines).toBe(true);
    const rows = got
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { records: number });
    expect(rows).toHaveLength(1 + 60 * 20);
    expect(Math.max(...rows.map(({ records }) => records))).toBe(60_000);
  });

  it('is asked anew who opened in every portion of keys (found by the property)', async () => {
    const header = 'srcaddr dstaddr srcport dstport protocol packets bytes start end tcp-flags\n';
    // Bare ACKs tell nobody: of the first key of each second the ports are asked, and they say the opposite.
    const pieces = [
      header,
      '10.0.0.5 10.0.0.5 443 40000 6 1 40 1760000000 1760000000 16\n',
      '10.0.0.9 10.0.0.5 443 40000 6 1 40 1760000060 1760000060 16\n',
    ];
    const { lines: got } = await spilledLines(KERNEL, pieces, { memoryBytes: 1 });
    const openers = got
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as { initiator_address: string; initiator_port: number });
    expect(openers.map(({ initiator_address: address, initiator_port: port }) => [address, port])).toEqual([
      ['10.0.0.5', 40000],
      ['10.0.0.5', 40000],
    ]);
  });

  it('knows as much of ends as one that fits: to how many others they talk, in all portions together', async () => {
    const header = 'srcaddr dstaddr srcport dstport protocol packets bytes start end tcp-flags\n';
    type End = readonly [address: string, port: number];
    let second = 1_760_000_000;
    const line = ([from, fromPort]: End, [to, toPort]: End): string =>
      `${from} ${to} ${fromPort} ${toPort} 6 1 400 ${second} ${second} 16\n`;
    /** A packet with payload each way, at a second of their own. */
    const talk = (one: End, other: End): string => {
      second += 60;
      return line(one, other) + line(other, one);
    };
    const peers = (end: End, network: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => talk(end, [`${network}.${i >> 8}.${i & 255}`, 50_002]));
    const popular: End = ['10.0.0.1', 50_000];
    const other: End = ['10.0.0.2', 50_001];
    const rare: End = ['10.0.0.3', 50_001];
    const pieces = [
      header,
      ...peers(popular, '10.1', 1300),
      ...peers(other, '10.2', 1),
      ...peers(rare, '10.3', 0),
      talk(popular, other),
      talk(popular, rare),
    ];
    const { lines: got } = await spilledLines(KERNEL, pieces, { memoryBytes: 20_000 });
    const rows = got
      .trimEnd()
      .split('\n')
      .slice(-2)
      .map((each) => JSON.parse(each) as { initiator_address: string; initiator_basis: string });
    // Of two that meet several others either may have dialled; 10.0.0.3 meets none, in no portion.
    expect(rows.map((row) => [row.initiator_basis, row.initiator_address])).toEqual([
      ['none', '10.0.0.1'],
      ['service', '10.0.0.3'],
    ]);
  });

  it('stops when it is told to, and leaves no file open', async () => {
    const countFiles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = countFiles();
    const stop = new AbortController();
    const run = reconstruct(LOG, {
      memoryBytes: 2 ** 20,
      threads: 1,
      signal: stop.signal,
      // All has been read: what is left is to put it in order.
      onProgress: (bytes, total) => {
        if (bytes === total) setImmediate(() => stop.abort(new Error('enough')));
      },
    });
    await expect(run[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
    expect(countFiles()).toBeLessThanOrEqual(before);
  });

  it('is refused a memory that is none', () => {
    for (const memoryBytes of [0, -1, 1000, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => reconstruct(LOG, { memoryBytes })).toThrow(
        /memory for records is .* bytes; expected at least/,
      );
  });
});

describe('--memory', () => {
  it('prints the same bytes whatever it is, and leaves nothing in the folder for temporary files', async () => {
    const temporary = emptyFolder();
    const run = (memory: string) =>
      conntrail([LOG, '-f', 'json', '--memory', memory], { env: { TMPDIR: temporary } });
    const whole = await run('1G');
    const spilled = await run('1M');
    expect(spilled.stdout === whole.stdout).toBe(true);
    expect(spilled.stdout.split('\n')).toHaveLength(20_001);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ['much', /--memory is "much"; expected bytes such as 500000000, or 64M, 1\.5G/],
    ['0', /--memory is "0"; expected bytes/],
    ['1K', /--memory is "1K"; expected at least 1M/],
  ])('is refused when it is %s', async (memory, says) => {
    const ran = await conntrail([LOG, '--memory', memory]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(says);
  });

  it('says where there is no room for what is more, and leaves no file', () => {
    const [cwd, temporary] = [emptyFolder(), emptyFolder()];
    // No file may become larger than 100 blocks of 1 KiB: the output would, the temporary file does before.
    const ran = spawnSync(
      'bash',
      [
        '-c',
        'ulimit -f 100; exec "$0" "$@"',
        process.execPath,
        MAIN,
        LOG,
        '-o',
        'out.jsonl',
        '--memory',
        '1M',
      ],
      { cwd, encoding: 'utf8', env: { ...process.env, TMPDIR: temporary } },
    );
    expect(ran.stderr).toMatch(
      /^conntrail: Cannot write a temporary file in .*EFBIG.* name another folder in TMPDIR/,
    );
    expect(ran.status).toBe(6);
    expect([...readdirSync(cwd), ...readdirSync(temporary)]).toEqual([]);
  });

  it('says where no temporary file can be made', async () => {
    const ran = await conntrail([LOG, '-f', 'json', '--memory', '1M'], {
      env: { TMPDIR: join(FOLDER, 'nowhere') },
    });
    expect(ran.code).toBe(6);
    expect(ran.stderr).toMatch(/Cannot write a temporary file in .*nowhere: ENOENT/);
    expect(ran.stdout).toBe('');
  });
});

describe('a temporary file', () => {
  it('gives back what was written, wherever it lies', () => {
    const file = new TemporaryFile(FOLDER);
    expect([file.append(Uint8Array.of(1, 2, 3)), file.append(Uint8Array.of(4, 5))]).toEqual([0, 3]);
    const into = new Uint8Array(3);
    file.read(2, into);
    expect([...into]).toEqual([3, 4, 5]);
    expect(file.length).toBe(5);
    expect(() => file.read(4, into)).toThrow('has become shorter');
    file.close();
    file.close();
  });

  it('has no name while it is open, so that nothing is left whatever ends the process', () => {
    const folder = emptyFolder();
    const file = new TemporaryFile(folder);
    file.append(new Uint8Array(10));
    expect(readdirSync(folder)).toEqual([]);
    file.close();
  });

  it('tells where it could not be made', () => {
    expect(() => new TemporaryFile(LOG)).toThrow(OutputError);
    expect(readFileSync(LOG).length).toBeGreaterThan(0);
  });
});
