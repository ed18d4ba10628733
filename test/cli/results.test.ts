/** What people and programs see of good input: tables, JSON Lines, CSV, --fields. `commands.test.ts` has the rest, in this process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SIGNS } from '../../src/cli/table-notes.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { CONNECTION_STATES, INITIATOR_BASES, VERDICTS } from '../../src/model/connection.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { conntrail, emptyFolder, ROOT, rowsOf, SAMPLES } from './run-command.ts';

const FLAGS = join(SAMPLES, 'tcp-flag-sequence.log');
/** SGR sequences, the only ones that colours need. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const ports = (text: string): unknown[] => rowsOf(text).map((row) => row['initiator_port']);

describe('the table', () => {
  it('takes its width from COLUMNS where there is no terminal', async () => {
    const { stdout, code } = await conntrail([SAMPLES, '-f', 'table'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80);
    for (const end of [
      '10.0.0.62:5001',
      '52.213.180.42:43418',
      '[2001:db8:1234:a102:3304:8879:34cf:4071]:22',
    ])
      expect(stdout).toContain(end);
  });

  it('has no colours in a pipe, colours when they are forced, none again with NO_COLOR', async () => {
    const [plain, forced, refused] = await Promise.all([
      conntrail([FLAGS, '-f', 'table']),
      conntrail([FLAGS, '-f', 'table'], { env: { FORCE_COLOR: '1' } }),
      conntrail([FLAGS, '-f', 'table'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ]);
    expect(plain.stdout).not.toMatch(COLOUR);
    expect(refused.stdout).toBe(plain.stdout);
    expect(forced.stdout.replaceAll(COLOUR, '')).toBe(plain.stdout);
  });
});

describe('formats', () => {
  it('are JSON Lines in a pipe, the same as the library gives', async () => {
    const { stdout } = await conntrail([SAMPLES]);
    let lines = '';
    for await (const connection of reconstruct(SAMPLES)) lines += `${toJsonLine(connection)}\n`;
    expect(stdout).toBe(lines);
  });

  it('are the same filtered and not, where the filter lets everything through', async () => {
    const [all, filtered] = await Promise.all([
      conntrail([FLAGS]),
      conntrail([FLAGS, '--address', '0.0.0.0/0']),
    ]);
    expect(filtered.stdout).toBe(all.stdout);
  });

  it('follow the ending of the output file, which is written whole', async () => {
    const cwd = emptyFolder();
    await Promise.all(
      ['a.csv', 'a.jsonl', 'a.zeek', 'a.txt'].map((name) => conntrail([FLAGS, '-o', name, '-q'], { cwd })),
    );
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    expect(read('a.csv').split('\r\n')).toHaveLength(4); // header, two rows, nothing behind the last line end
    expect(rowsOf(read('a.jsonl'))).toHaveLength(2);
    expect(read('a.zeek')).toMatch(/^#separator/);
    expect(read('a.txt')).toContain('SYN and SYN-ACK');
  });

  it('neutralise what a spreadsheet would run', async () => {
    const hostile = readFileSync(FLAGS, 'utf8').replaceAll('eni-1235b8ca123456789', '=cmd|calc!A1');
    const { stdout } = await conntrail(['-', '-f', 'csv'], { stdin: hostile });
    expect(stdout).toContain("'=cmd|calc!A1");
    expect(stdout).not.toMatch(/(^|,)=/m);
  });
});

describe('the program', () => {
  it('takes filters, who and check from its arguments', async () => {
    const [some, who, check] = await Promise.all([
      conntrail([FLAGS, '--port', '43416', '--port', '43418', '--state', 'closed', '--since', '2019-08-26']),
      conntrail(['who', '10.0.0.62:5001', SAMPLES, '-f', 'table', '-q']),
      conntrail(['check', SAMPLES, '-f', 'table', '--until=2019-08-27']),
    ]);
    expect(ports(some.stdout)).toEqual([43418]);
    expect(who.stdout).toMatch(/^10\.0\.0\.62:5001: 1 peer opened 3 connections to it/);
    expect(check.stdout).toContain('every one in exactly one place');
    expect([some.code, who.code, check.code]).toEqual([0, 0, 0]);
  });

  it('shows one verdict alone where that is asked for, and says how many tried without an answer', async () => {
    const mixed = join(ROOT, 'test/cases/nat-gateway-inbound/mixed.log');
    const { stdout, stderr } = await conntrail([mixed, '--verdict', 'unanswered', '-f', 'table']);
    expect(stdout.match(/flagless ∅/g)).toHaveLength(2);
    expect(stdout).toContain('∅  tried, no answer: the log shows answers to others');
    expect(stderr).toContain('2 tried, no answer');
    expect(stderr).toContain('2 more left out by the filters');
    const only = await conntrail([mixed.replace('mixed', 'only'), '-f', 'table']);
    expect(only.stdout).toContain('½  seen one way only');
    expect(only.stderr).toContain('shows no');
    expect(only.stdout + only.stderr).not.toMatch(/no answer\b(?!s)/);
  });

  it('says its summary on standard error, and nothing with --quiet', async () => {
    const [loud, quiet] = await Promise.all([conntrail([SAMPLES]), conntrail([SAMPLES, '-q'])]);
    expect(loud.stderr).toContain('7 connections and 1 exchange from 25 records in 9 sources');
    expect(quiet.stderr).toBe('');
    expect(loud.stdout).toBe(quiet.stdout);
  });

  it('tells its version and its help', async () => {
    const [version, help, ofWho] = await Promise.all(
      [['--version'], ['--help'], ['help', 'who']].map((args) => conntrail(args)),
    );
    expect(version?.stdout).toBe(
      `${(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version}\n`,
    );
    expect(help?.stdout).toContain('conntrail who 10.0.0.62:5001 logs/');
    expect(ofWho?.stdout).toContain('--initiated-by <cidr>');
  });

  it('explains every state, kind of evidence, verdict and sign', async () => {
    const { stdout } = await conntrail(['states']);
    for (const word of [
      ...Object.keys(CONNECTION_STATES),
      ...Object.keys(INITIATOR_BASES),
      ...Object.keys(VERDICTS),
      ...Object.values(SIGNS).map(({ sign }) => sign),
    ])
      expect(stdout).toContain(`  ${word} `);
  });
});

describe('--fields', () => {
  it('says the order of lines without a header, as the flow log format was written', async () => {
    const [header = '', ...lines] = readFileSync(FLAGS, 'utf8').trim().split('\n');
    const fields = header.replaceAll(/\S+/g, (name) => `\${${name}}`);
    const { stdout } = await conntrail(['-', '--fields', fields], { stdin: `${lines.join('\n')}\n` });
    expect(ports(stdout)).toEqual([43416, 43418]);
  });
});
