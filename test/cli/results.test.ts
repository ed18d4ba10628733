/** What people and programs see of good input: tables, JSON Lines, CSV, filters, the summary, who and check. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/cli/text-width.ts';
import { toJsonLine } from '../../src/export/json-lines.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { conntrail, emptyFolder, rowsOf, SAMPLES } from './run-command.ts';

const FLAGS = join(SAMPLES, 'tcp-flag-sequence.log');
/** SGR sequences, the only ones that colours need. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

const ports = (text: string): unknown[] => rowsOf(text).map((row) => row['initiator_port']);

describe('the table', () => {
  it.each([80, 100, 120, 200])('keeps its rows within %i columns', async (width) => {
    const { stdout, code } = await conntrail([SAMPLES, '-f', 'table'], { env: { COLUMNS: String(width) } });
    expect(code).toBe(0);
    // Address-level paths stand below; they are as long as their addresses.
    const table = stdout.split('\n1 way between addresses')[0] as string;
    for (const line of table.split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(width);
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

  it('says in words what a rejected reply means', async () => {
    const { stdout } = await conntrail([join(SAMPLES, 'ping-reply-rejected.log'), '-f', 'table']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('only a stateless network ACL does this');
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

describe('filters', () => {
  it.each([
    [['--port', '43416'], [43416]],
    [
      ['--port', '43416,43418'],
      [43416, 43418],
    ],
    [
      ['--address', '52.213.0.0/16'],
      [43416, 43418],
    ],
    [['--address', '192.0.2.1'], []],
    [['--state', 'closed'], [43418]],
    [['--initiated-by', '10.0.0.0/8'], []],
    [
      ['--initiated-by', '52.213.180.42'],
      [43416, 43418],
    ],
    [['--since', '1566848934'], [43418]], // port 43416 was last seen at 1566848933
    [['--until', '2019-08-26T19:47:54'], []], // both were first seen one second later
    [['--port', '43418', '--state', 'established'], []],
  ])('%j', async (options, expected) => {
    expect(ports((await conntrail([FLAGS, ...options])).stdout)).toEqual(expected);
  });

  it('are shared by who and check', async () => {
    const who = await conntrail(['who', '10.0.0.62', FLAGS, '--state', 'closed', '-f', 'json']);
    expect(rowsOf(who.stdout)).toHaveLength(1);
    const check = await conntrail(['check', FLAGS, '--state', 'closed', '-f', 'json']);
    expect(JSON.stringify(JSON.parse(check.stdout))).toContain('"closed":1');
  });

  it('refuse inference when only observed evidence counts', async () => {
    const { stdout } = await conntrail([join(SAMPLES, 'accepted-ssh.log'), '--observed-only']);
    expect(rowsOf(stdout)[0]).toMatchObject({ initiator_basis: 'none', initiator_confidence: 0.5 });
  });
});

describe('the summary', () => {
  it('says what was read, what came out, how sure it is and what was rejected', async () => {
    const { stderr } = await conntrail([SAMPLES]);
    expect(stderr).toContain('7 connections and 1 exchange from 25 records in 9 sources');
    expect(stderr).toContain('1 blocked, 1 established, 3 closed, 2 flagless');
    expect(stderr).toContain('4 observed, 4 inferred, 0 unknown');
    expect(stderr).toContain('1 rejected by a security group or network ACL');
  });

  it('is silenced by --quiet', async () => {
    expect((await conntrail([SAMPLES, '-q'])).stderr).toBe('');
  });
});

describe('who', () => {
  it.each([
    ['10.0.0.62:5001', 3],
    ['10.0.0.62', 3],
    [':5001', 3],
    ['10.0.0.0/24', 3],
    ['[2001:db8:1234:a102:3304:8879:34cf:4071]:22', 1],
    ['192.0.2.1', 0],
  ])('finds the connections of %s', async (endpoint, count) => {
    const { stdout, code } = await conntrail(['who', endpoint, SAMPLES, '-f', 'json', '-q']);
    expect(code).toBe(0);
    expect(rowsOf(stdout)).toHaveLength(count);
  });

  it('answers in a sentence first', async () => {
    const { stdout } = await conntrail(['who', '52.213.180.42', SAMPLES, '-f', 'table']);
    expect(stdout.split('\n')[0]).toMatch(/^52\.213\.180\.42: .*it opened 3/);
  });
});

describe('check', () => {
  it('accounts for every record and says what the logs cannot tell', async () => {
    const { stdout } = await conntrail(['check', SAMPLES, '-f', 'table']);
    expect(stdout).toContain('25  records, every one in exactly one place');
    expect(stdout).toContain('3 TCP records carry no tcp-flags');
    expect(stdout).toContain('AWS lost records in 1 interval (SKIPDATA)');
    expect(stdout).toContain('only a stateless network ACL does this');
    expect(stdout).toContain('srcport, dstport, protocol, start, end, packets, bytes, tcp-flags, action');
  });
});

describe('the format of lines without a header', () => {
  const [, ...lines] = readFileSync(FLAGS, 'utf8').trim().split('\n');
  const names = (readFileSync(FLAGS, 'utf8').split('\n')[0] as string).split(' ');

  it.each([
    ['names with blanks', names.join(' ')],
    ['names with commas', names.join(',')],
    ['underscores', names.map((name) => name.replaceAll('-', '_')).join(' ')],
    ["AWS's own format string", names.map((name) => `\${${name}}`).join(' ')],
  ])('may be said as %s', async (_, fields) => {
    const { stdout } = await conntrail(['-', '--fields', fields], { stdin: `${lines.join('\n')}\n` });
    expect(ports(stdout)).toEqual([43416, 43418]);
  });
});
