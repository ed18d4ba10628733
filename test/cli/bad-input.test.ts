/** Whatever is wrong: one sentence on standard error, the documented exit code, no stack trace, no half of a file. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { UNSEEN_IN_LINES } from '../../property-tests/fuzz/visible-text.ts';
import { conntrail, emptyFolder, type Ran, ROOT, rowsOf, SAMPLES } from './run-command.ts';

const SAMPLE = readFileSync(join(SAMPLES, 'tcp-flag-sequence.log'));
const DEFAULT_LINE =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';

const expectFailure = (ran: Ran, code: number, says: RegExp): void => {
  expect(ran.stderr).toMatch(says);
  expect(ran.stderr).toMatch(/^conntrail: /m);
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.code).toBe(code);
};

const inFolder = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const folder = emptyFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};

describe('an input that cannot be read', () => {
  it('is named when it is missing', async () => {
    expectFailure(await conntrail(['nowhere.log']), 3, /no file or folder "nowhere\.log"/);
  });

  it('is named when it is a folder without logs, with what was looked for', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, 'logs'));
    expectFailure(
      await conntrail(['logs'], { cwd: folder }),
      3,
      /logs holds no flow logs.*\.log, \.gz, \.zst or \.txt/,
    );
  });

  it('is named when a pattern matches nothing, or a shell variable was not set', async () => {
    const [pattern, unset] = await Promise.all([conntrail(['none/*.log']), conntrail([''])]);
    expectFailure(pattern, 3, /"none\/\*\.log", and as a pattern it matches nothing/);
    expectFailure(unset, 3, /no file or folder ""/);
  });

  it('is named when it cannot be opened', async () => {
    // A socket: permissions say nothing to those who run tests as root.
    const cwd = emptyFolder();
    const server = createServer().listen(join(cwd, 'socket.log'));
    const ran = await conntrail(['socket.log'], { cwd });
    server.close();
    expectFailure(ran, 3, /^conntrail: Cannot read socket\.log: .*\.\n$/);
  });

  it('is read when it is a pipe with a name', async () => {
    const cwd = emptyFolder();
    await promisify(execFile)('mkfifo', ['flow.log'], { cwd });
    // To open a pipe is to wait for its other end: where nobody reads, a process can be ended, a thread of this one cannot.
    const writer = execFile('sh', ['-c', 'printf %s "$1" > flow.log', 'sh', DEFAULT_LINE], { cwd });
    const ran = await conntrail(['flow.log'], { cwd });
    writer.kill();
    expect(rowsOf(ran.stdout)).toHaveLength(1);
  });

  it('is told from an empty one, which is no error', async () => {
    const cwd = inFolder({ 'zero.log': '' });
    const ran = await conntrail(['zero.log'], { cwd });
    expect(ran).toMatchObject({ code: 0, stdout: '' });
    expect(ran.stderr).toMatch(/No connections: the input holds no records/);
  });

  it('is refused when it is binary', async () => {
    const cwd = inFolder({ 'bin.log': Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251) });
    expectFailure(await conntrail(['bin.log'], { cwd }), 3, /bin\.log holds binary data/);
  });

  it('is refused when its gzip ends in the middle, and kept up to there with --keep-going', async () => {
    const whole = gzipSync(SAMPLE);
    const cwd = inFolder({ 'cut.log.gz': whole.subarray(0, whole.length - 40), 'ok.log': SAMPLE });
    expectFailure(await conntrail(['cut.log.gz'], { cwd }), 3, /cut\.log\.gz ends in the middle/);
    const ran = await conntrail(['cut.log.gz', 'ok.log', '--keep-going'], { cwd });
    expectFailure(ran, 3, /cut\.log\.gz ends in the middle/);
    expect(rowsOf(ran.stdout)).toHaveLength(2);
  });

  it('is refused when its gzip is damaged', async () => {
    const broken = gzipSync(SAMPLE);
    broken.fill(0x58, 150, 156);
    const cwd = inFolder({ 'bad.log.gz': broken });
    expectFailure(await conntrail(['bad.log.gz'], { cwd }), 3, /bad\.log\.gz is damaged/);
  });

  it('ends in a sentence when its format is unknown, with the line, its fields and what to say', async () => {
    const ran = await conntrail(['-'], { stdin: 'one 10.0.0.1 10.0.0.2 80\n' });
    expectFailure(ran, 4, /-:1: .*"one 10\.0\.0\.1 10\.0\.0\.2 80".*--fields/);
    expect(ran.stderr).toMatch(/\$\{address-1\} \$\{address-2\}.*nothing tells which address is srcaddr/);
  });
});

describe('lines without end', () => {
  it('are dropped as they come: an endless one ends with standard input, in little memory', async () => {
    const mebibyte = Buffer.alloc(1 << 20, 'x');
    let left = 80;
    const endless = new Readable({
      read() {
        this.push(left-- > 0 ? mebibyte : null);
      },
    });
    const ran = await conntrail(['-', '--fields', 'srcaddr dstaddr'], {
      stdin: endless,
      env: { NODE_OPTIONS: '--max-old-space-size=64' },
    });
    expectFailure(
      ran,
      5,
      /No line could be read: the only one was rejected.*longer than any flow log record/,
    );
  });

  it('cost only themselves: the lines around a huge one are read', async () => {
    const before = `${DEFAULT_LINE}\n`.repeat(50); // a file that does not begin as text is refused whole
    const path = join(inFolder({ 'huge.log': `${before}x` }), 'huge.log');
    // A sparse file: a line of 256 MiB of which only the ends take room on the disk.
    truncateSync(path, 1 << 28);
    writeFileSync(path, `\n${DEFAULT_LINE.replace(' 20641 ', ' 20642 ')}\n`, { flag: 'a' });
    const ran = await conntrail([path], { env: { NODE_OPTIONS: '--max-old-space-size=64' } });
    expect(ran.code).toBe(0);
    expect(rowsOf(ran.stdout).map((row) => row['initiator_port'])).toEqual([20641, 20642]);
    expect(ran.stderr).toMatch(/1 × the line is longer/);
  });
});

describe('a line that is not understood', () => {
  const damaged = `${DEFAULT_LINE}\n${DEFAULT_LINE.replace(' 22 ', ' 99999 ')}\n`;

  it('is counted with its reason and shown with file and line number; the rest is kept', async () => {
    const ran = await conntrail(['-'], { stdin: damaged });
    expect(ran.code).toBe(0);
    expect(rowsOf(ran.stdout)).toHaveLength(1);
    expect(ran.stderr).toMatch(/out-of-range|outside what its field can hold/);
    expect(ran.stderr).toContain('-:2');
  });

  it('is fatal with --strict', async () => {
    expectFailure(await conntrail(['-', '--strict'], { stdin: damaged }), 5, /-:2: dstport: .*99999/);
  });

  it('never brings control characters to the terminal', async () => {
    const nasty = `${DEFAULT_LINE}\n2 1 \u001b]0;owned\u0007\u009b31m\u202e\u3164\ufffe\u{e0041} 10.0.0.1 x 1 2 6 1 40 1 2 ACCEPT OK\n`;
    for (const args of [['-'], ['-', '--strict'], ['check', '-', '-f', 'table'], ['-', '-f', 'table']]) {
      const { stdout, stderr } = await conntrail(args, { stdin: nasty });
      expect(stdout + stderr).not.toMatch(UNSEEN_IN_LINES);
    }
  });
});

describe('a result that cannot be written', () => {
  it.each([
    [['-o', '/nowhere/at/all.csv'], 6, /Cannot write .*its folder does not exist/],
    [['-o', '/dev/full', '-f', 'json'], 6, /Cannot write \/dev\/full: no space is left/],
    [['-o', ROOT, '-f', 'json'], 6, /it is a folder/],
    [['-o', 'x.weird'], 2, /does not say the format/],
  ])('says why: %j', async (args, code, says) => {
    expectFailure(await conntrail([SAMPLES, ...args]), code, says);
  });

  it.each([['--help'], ['states'], ['check', SAMPLES]])(
    'says that standard output is full: %s',
    async (...args) => {
      const program = join(ROOT, 'src/cli/main.ts');
      const failed = (await promisify(execFile)('sh', [
        '-c',
        '"$@" > /dev/full',
        'sh',
        process.execPath,
        program,
        ...args,
      ]).catch((error: unknown) => error)) as { code: number; stderr: string };
      expect(failed).toMatchObject({
        code: 6,
        stderr: 'conntrail: Cannot write to standard output: no space is left on the device.\n',
      });
    },
  );

  it('says that standard output is full, of JSON Lines', async () => {
    const program = join(ROOT, 'src/cli/main.ts');
    const failed = (await promisify(execFile)('sh', [
      '-c',
      `"${process.execPath}" "${program}" "${SAMPLES}" -f json -q > /dev/full`,
    ]).catch((error: unknown) => error)) as { code: number; stderr: string };
    expect(failed.code).toBe(6);
    expect(failed.stderr).toMatch(/standard output: no space is left/);
  });

  it.each([[['-f', 'json']], [['-f', 'csv']], [['-f', 'table']], [['-f', 'zeek']], [['-f', 'parquet']]])(
    'ends without a word when the reader of the pipe has left: %j',
    async (args) => {
      const program = join(ROOT, 'src/cli/main.ts');
      const many = Array.from({ length: 5000 }, (_, i) => DEFAULT_LINE.replace('20641', String(i + 1024)));
      const cwd = inFolder({ 'many.log': `${many.join('\n')}\n` });
      const { stdout, stderr } = await promisify(execFile)(
        'bash',
        [
          '-c',
          '"$@" | head -c 1 > /dev/null; echo "$PIPESTATUS"',
          'bash',
          process.execPath,
          program,
          'many.log',
          '-q',
          ...args,
        ],
        { cwd },
      );
      expect(stdout).toBe('0\n');
      expect(stderr).toBe('');
    },
  );

  it('leaves what was there before when the input turns out bad', async () => {
    const whole = gzipSync(SAMPLE);
    const cwd = inFolder({ 'cut.log.gz': whole.subarray(0, whole.length - 40), 'out.csv': 'before\n' });
    await conntrail(['cut.log.gz', '-o', 'out.csv'], { cwd });
    expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toBe('before\n');
    expect(readdirSync(cwd).sort()).toEqual(['cut.log.gz', 'out.csv']);
  });

  it('refuses to write over its own input', async () => {
    const cwd = inFolder({ 'flow.log': SAMPLE });
    expect((await conntrail(['flow.log', '-o', 'flow.log'], { cwd })).code).not.toBe(0);
    expect(readFileSync(join(cwd, 'flow.log'))).toEqual(SAMPLE);
  });
});

describe('an interruption', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %i and leaves no file', async (signal, code) => {
    const cwd = emptyFolder();
    // Standard input that never ends: the run waits for more.
    const waiting = new Readable({ read() {} });
    waiting.push(`${DEFAULT_LINE}\n`);
    const ran = await conntrail(['-', '-o', 'out.jsonl'], {
      cwd,
      stdin: waiting,
      onStart: (kill) => {
        const look = setInterval(() => {
          if (readdirSync(cwd).length === 0) return; // not begun yet
          clearInterval(look);
          kill(signal);
        }, 20);
      },
    });
    waiting.destroy();
    expect(ran.code).toBe(code);
    expect(ran.stderr).toMatch(/^conntrail: .*\n$/);
    expect(existsSync(join(cwd, 'out.jsonl'))).toBe(false);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('a run that is killed', () => {
  it('never has half a result under the final name', async () => {
    const cwd = inFolder({ 'out.jsonl': 'before\n' });
    const waiting = new Readable({ read() {} });
    waiting.push(`${DEFAULT_LINE}\n`);
    const ran = await conntrail(['-', '-o', 'out.jsonl'], {
      cwd,
      stdin: waiting,
      onStart: (kill) => {
        const look = setInterval(() => {
          if (readdirSync(cwd).length === 1) return; // not begun yet
          clearInterval(look);
          kill('SIGKILL');
        }, 20);
      },
    });
    waiting.destroy();
    expect(ran.code).toBe(null);
    expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8')).toBe('before\n');
    // Nothing can tidy up behind SIGKILL: what is left says what it is.
    for (const name of readdirSync(cwd)) expect(name).toMatch(/^out\.jsonl(\.[0-9a-f]{12}\.partial)?$/);
  });
});

describe('misuse', () => {
  it.each([
    [[], 2, /no input/],
    [['conections'], 2, /Did you mean "conntrail connections"/],
    [['--prot', '3', 'x'], 2, /unknown option '--prot'/],
    [['--port', 'http', SAMPLES], 2, /--port is "http"; expected a number/],
    [['--state', 'close', SAMPLES], 2, /--state is "close"; did you mean closed/],
    [['--since', 'yesterday', SAMPLES], 2, /--since/],
    [['--address', '10.0.0.0/33', SAMPLES], 2, /--address/],
    [['--scope', 'planet', SAMPLES], 2, /--scope/],
    [['--fields', 'a b!', SAMPLES], 4, /"b!" cannot be a field name/],
    [['--port', '', SAMPLES], 2, /--port is ""/],
    [['who', 'nonsense', SAMPLES], 2, /ENDPOINT is "nonsense"; expected an address/],
    [['who', '10.0.0.1'], 2, /no input/],
    [['who'], 2, /missing required argument 'endpoint'/],
    [['check', '-f', 'zeek', SAMPLES], 2, /--format is "zeek"; expected one of table, json, csv, parquet/],
    [['check', '-o', 'x.md', SAMPLES], 2, /--output x\.md is no format of this command/],
    [['help', 'nonsense'], 2, /unknown command 'nonsense'/],
    [['help', 'nonsense', '-q'], 2, /unknown command 'nonsense'/],
    [['--since', '2', '--until', '1', SAMPLES], 2, /--since is later than --until/],
    [['--\u001b[31m', SAMPLES], 2, /unknown option '--\\x1b\[31m'/],
  ])('is answered with what is wrong: %j', async (args, code, says) => {
    expectFailure(await conntrail(args), code, says);
  });
});
