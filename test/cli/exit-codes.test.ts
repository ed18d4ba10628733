/** Every documented exit code that an input, an option or an output leads to, asked of every command. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { explainFailure } from '../../src/cli/report-error.ts';
import { runProgram } from '../../src/cli/run.ts';
import { SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const folder = mkdtempSync(join(tmpdir(), 'conntrail-codes-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const SAMPLE = readFileSync(join(SAMPLES, 'tcp-flag-sequence.log'), 'utf8');
const RECORD =
  '2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
const NAMES =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

const good = file('good.log', SAMPLE);
const empty = file('empty.log', '');
const cut = file('cut.log.gz', gzipSync(SAMPLE).subarray(0, -20));
const binary = file(
  'binary.log',
  Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
);
const zip = file('packed.log', Uint8Array.from([0x50, 0x4b, 3, 4, ...new Array<number>(200).fill(0)]));
const unknown = file('unknown.log', 'one 10.0.0.1 10.0.0.2 80\n');
const damaged = file('damaged.log', `${RECORD}\n${RECORD.replace(' 22 ', ' 99999 ')}\n`);
const csv = file('all.csv', `${NAMES}\n${RECORD}\n${RECORD}\n`.replaceAll(' ', ','));
const commas = file('commas.csv', `${NAMES}\n${`${RECORD}\n`.repeat(2).replaceAll(' ', ',')}`);
const semicolons = file('semicolons.log', `${NAMES}\n${RECORD.replaceAll(' ', ';')}\n`);
const headed = file('headed.log', `${NAMES.replaceAll(' ', ',')}\n${RECORD}\n`);
const shorter = file('shorter.log', `${NAMES} tcp-flags\n${RECORD}\n`);
const numbers = file('numbers.log', `${NAMES}\n${RECORD.replace(' 22 ', ' ssh ')}\n`);
const silent = file('silent.log', `${NAMES}\n2 1 eni-1 - - - - - - - 1418530010 1418530070 - NODATA\n`);
mkdirSync(join(folder, 'logs'));

const COMMANDS: readonly (readonly string[])[] = [
  ['connections'],
  ['who', '10.0.0.62'],
  ['at', '2019-08-26T19:49:30'],
  ['timeline'],
  ['check'],
  ['audit'],
  ['explain', '10.0.0.62:5001 52.213.180.42:43416'],
  ['report', '-o', '-'],
];

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ended = async (args: readonly string[], stdout?: NodeJS.WriteStream): Promise<Ended> => {
  const written = surroundingsFor();
  const surroundings = { ...written.surroundings, ...(stdout === undefined ? {} : { stdout }) };
  try {
    const code = await runProgram([...args], surroundings);
    return { code, stdout: written.stdout(), stderr: written.stderr() };
  } catch (error) {
    const { exitCode, text } = explainFailure(error, false);
    return { code: exitCode, stdout: written.stdout(), stderr: written.stderr() + text };
  }
};

const full = (): NodeJS.WriteStream =>
  new Writable({
    write: (_piece, _encoding, done) =>
      done(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })),
  }) as unknown as NodeJS.WriteStream;

describe.each(COMMANDS.map((command) => [command[0] as string, command] as const))('%s', (_, command) => {
  it.each<[code: number, what: string, args: readonly string[], says: RegExp]>([
    [0, 'logs', [good], /2 connections|^$/],
    [0, 'an empty file', [empty], /./],
    [0, 'logs in which some lines were not understood', [damaged], /./],
    [0, 'nothing but silence', [silent], /./],
    [0, 'a header with commas over lines with blanks', [headed], /./],
    [0, 'CSV', [csv], /./],
    [2, 'an option that does not exist', [good, '--nonsense'], /unknown option '--nonsense'/],
    [2, 'a value that cannot be', [good, '--idle', 'soon'], /--idle is "soon"/],
    [2, 'no input', [], /no input: name files/],
    [3, 'a file that does not exist', [join(folder, 'nowhere.log')], /no file or folder/],
    [3, 'a folder without logs', [join(folder, 'logs')], /holds no flow logs/],
    [3, 'a gzip that ends in the middle', [cut], /ends in the middle/],
    [3, 'bytes that are no text', [binary], /binary data/],
    [3, 'an archive that is not read', [zip], /zip/],
    [3, 'a missing one left out', [join(folder, 'nowhere.log'), good, '--keep-going'], /no file or folder/],
    [4, 'an unknown field order', [unknown], /does not prove a known field order/],
    [4, 'an order that is not valid', [good, '--fields', 'a b!'], /"b!" cannot be a field name/],
    [5, 'a line that is not understood, with --strict', [damaged, '--strict'], /damaged\.log:2: dstport/],
    [
      5,
      'fields separated by commas below a header with blanks',
      [commas],
      /all 2 lines were.*commas\.csv:2:.*turn the commas into blanks/,
    ],
    [5, 'fields separated by semicolons', [semicolons], /the only one was.*turn the semicolons into blanks/],
    [5, 'lines shorter than their header', [shorter], /fewer fields.*See that the header/],
    [5, 'nothing but damage', [numbers], /numbers\.log:2: dstport:.*conntrail check tells/],
  ])('ends with %i of %s', async (code, _what, args, says) => {
    const ran = await ended([...command, ...args]);
    expect(ran.stderr).not.toMatch(/fault of conntrail/);
    expect(ran.code).toBe(code);
    if (code !== 0) expect(ran.stderr).toMatch(says);
    // A result and an error are one or the other; check shows what was not understood, --keep-going what there is.
    if (code === 5 && command[0] !== 'check') expect(ran.stdout).toBe('');
  });

  it('ends with 6 where standard output takes no more', async () => {
    const ran = await ended([...command, good], full());
    expect(ran.code).toBe(6);
    expect(ran.stderr).toMatch(/Cannot write to standard output: no space is left/);
  });
});

describe('a file as output', () => {
  it.each([
    ['connections', [], 'x.csv'],
    ['connections', [], 'x.csv.gz'],
    ['who', [':5001'], 'x.csv'],
    ['at', ['2019-08-26T19:49:30'], 'x.csv'],
    ['audit', [], 'x.md'],
    ['blocked', [], 'x.json.zst'],
    ['timeline', [], 'x.svg'],
    ['explain', ['10.0.0.62:5001 52.213.180.42:43416'], 'x.json'],
    ['report', [], 'x.html'],
  ] as const)('of %s stays as it was where no line could be read', async (command, which, name) => {
    const output = file(name, 'before');
    const ran = await ended([command, ...which, commas, '-o', output]);
    expect(ran.code).toBe(5);
    expect(readFileSync(output, 'utf8')).toBe('before');
    expect(readdirSync(folder).filter((each) => each.endsWith('.partial'))).toEqual([]);
    const nowhere = join(folder, 'nowhere', name);
    expect(await ended([command, ...which, good, '-o', nowhere])).toMatchObject({
      code: 6,
      stderr: `conntrail: Cannot write ${nowhere}: its folder does not exist.\n`,
    });
  });

  it('that a folder of the system does not take is said to be that', async () => {
    // Linux has /proc; elsewhere the folder is not there, which is said as well.
    const ran = await ended(['connections', good, '-o', '/proc/x.csv']);
    expect(ran.code).toBe(6);
    expect(ran.stderr).toMatch(
      process.platform === 'linux'
        ? /\/proc\/x\.csv: its folder takes no new files/
        : /its folder does not exist/,
    );
  });
});

describe('a system without memory', () => {
  it('is said to be that, and what to do, not taken for a fault', () => {
    let failure: unknown;
    try {
      new ArrayBuffer(Number.MAX_SAFE_INTEGER);
    } catch (error) {
      failure = error;
    }
    const { exitCode, text } = explainFailure(failure, false);
    expect(exitCode).toBe(1);
    expect(text).toMatch(/^conntrail: There is not enough memory\. .* a smaller --memory/);
    expect(text).not.toContain('fault of conntrail');
  });
});

describe('a word that is neither a command nor a file', () => {
  it('is a mistyped command where it is near one, and a missing input where it is not', async () => {
    expect(await ended(['conections', good])).toMatchObject({ code: 2 });
    expect(await ended(['-q', 'adit', good])).toMatchObject({ code: 2 });
    expect((await ended(['adit'])).stderr).toMatch(/Did you mean "conntrail audit"/);
    expect(await ended(['flows', good])).toMatchObject({ code: 3 });
    expect(await ended(['stat*', good])).toMatchObject({ code: 3 });
    expect(await ended(['connections', 'audit'])).toMatchObject({ code: 3 });
    expect(await ended(['--', 'audit'])).toMatchObject({ code: 3 });
  });
});
