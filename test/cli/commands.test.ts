/** The commands in this process, with streams of our own: filters, summary, who and check, in tables and for machines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UNSEEN_IN_LINES } from '../../property-tests/fuzz/visible-text.ts';
import { runCheck } from '../../src/cli/check-command.ts';
import { runConnections } from '../../src/cli/connections-command.ts';
import type { CommonFlags } from '../../src/cli/options.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { runWho } from '../../src/cli/who-command.ts';
import { rowsOf, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const sample = (name: string): string => join(SAMPLES, `${name}.log`);
const FLAGS = sample('tcp-flag-sequence');

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
type Given = Parameters<typeof surroundingsFor>[0];

const said = async (
  work: (surroundings: ReturnType<typeof surroundingsFor>['surroundings']) => Promise<number>,
  given: Given,
): Promise<Said> => {
  const { surroundings, stdout, stderr } = surroundingsFor(given);
  const code = await work(surroundings);
  return { code, stdout: stdout(), stderr: stderr() };
};
const connections = (paths: readonly string[], flags: CommonFlags = {}, given: Given = {}): Promise<Said> =>
  said((surroundings) => runConnections(paths, flags, surroundings), given);
const who = (endpoint: string, paths: readonly string[], flags: CommonFlags = {}, given: Given = {}) =>
  said((surroundings) => runWho(endpoint, paths, flags, surroundings), given);
const check = (paths: readonly string[], flags: CommonFlags = {}, given: Given = {}): Promise<Said> =>
  said((surroundings) => runCheck(paths, flags, surroundings), given);

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
const ports = (text: string): unknown[] =>
  rowsOf(text)
    .map((row) => row['initiator_port'])
    .sort();
/** What check counted, of its one JSON object. */
const counted = (text: string): unknown => (JSON.parse(text) as { counted: { shown: number } }).counted.shown;

const folder = mkdtempSync(join(tmpdir(), 'conntrail-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
/** A record in AWS's default format. */
const line = (ends: string, protocol = 6, rest = '10 840 1700000000 1700000050 ACCEPT OK'): string =>
  `2 123456789010 eni-1235b8ca123456789 ${ends} ${protocol} ${rest}\n`;

describe('a filter shows the same connections in every command', () => {
  // The three connections that 52.213.180.42 opened to 10.0.0.62:5001 on 26 and 27 August 2019:
  // 43416 established, last seen 1566848933; 43418 closed, last seen 1566849113; 43638 closed, 1566933133 to 1566933193.
  const both = [FLAGS, sample('short-lived')];

  it.each<[CommonFlags, number[]]>([
    [{}, [43416, 43418, 43638]],
    [{ port: ['43416'] }, [43416]],
    [{ port: ['43416,43638'] }, [43416, 43638]],
    [{ port: ['43416', '43638'] }, [43416, 43638]],
    [{ port: ['5001'] }, [43416, 43418, 43638]],
    [{ port: ['22'] }, []],
    [{ address: ['52.213.0.0/16'] }, [43416, 43418, 43638]],
    [{ address: ['10.0.0.62'] }, [43416, 43418, 43638]],
    [{ address: ['192.0.2.0/24', '::/0'] }, []],
    [{ state: ['closed'] }, [43418, 43638]],
    [{ state: ['closed', 'established'] }, [43416, 43418, 43638]],
    [{ state: ['reset'] }, []],
    [{ initiatedBy: ['52.213.180.42'] }, [43416, 43418, 43638]],
    [{ initiatedBy: ['10.0.0.0/8'] }, []], // they took part, but opened nothing
    [{ since: '1566848933' }, [43416, 43418, 43638]], // both ends count
    [{ since: '1566848934' }, [43418, 43638]],
    [{ since: '2019-08-27' }, [43638]],
    [{ until: '2019-08-26T19:47:55' }, [43416, 43418]], // opened in that second
    [{ until: '2019-08-26T19:47:54' }, []],
    [{ since: '2019-08-26T19:50', until: '2019-08-26T20:00' }, [43418]],
    [{ port: ['43418'], state: ['established'] }, []], // kinds narrow
  ])('%o', async (flags, expected) => {
    expect(ports((await connections(both, flags)).stdout)).toEqual(expected);
    expect(ports((await who(':5001', both, flags)).stdout)).toEqual(expected);
    expect(counted((await check(both, flags)).stdout)).toBe(expected.length);
  });

  it('hides results, never the evidence of others', async () => {
    // Port 22 is learned as a service from a handshake; the flagless connection to it keeps that reason when the
    // filter hides the handshake.
    const all = await connections([SAMPLES], { format: 'json' });
    const some = await connections([SAMPLES], { format: 'json', state: ['flagless'] });
    expect(rowsOf(some.stdout)).toEqual(rowsOf(all.stdout).filter((row) => row['state'] === 'flagless'));
  });

  it('leaves connections without times out when times are asked for, and says so', async () => {
    const { stdout, stderr } = await connections([sample('transit-gateway')], { since: '0' });
    expect(stdout).toBe('');
    expect(inOneLine(stderr)).toContain(
      '1 more left out by the filters, 1 of them because they have no times',
    );
  });

  it('counts what was opened by both under either', async () => {
    const fields =
      'version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status';
    const text = `${fields}\n${['10.0.0.1 10.0.0.2 4000 5000', '10.0.0.2 10.0.0.1 5000 4000']
      .map((ends) => `3 eni-a ${ends} 6 1 40 1700000000 1700000050 ACCEPT 2 OK`)
      .join('\n')}\n`;
    const path = file('simultaneous.log', text);
    for (const address of ['10.0.0.1', '10.0.0.2']) {
      const [row] = rowsOf((await connections([path], { initiatedBy: [address] })).stdout);
      expect(row).toMatchObject({ initiator_basis: 'simultaneous' });
    }
  });

  it('does not count what nobody is known to have opened', async () => {
    const flags = { initiatedBy: ['0.0.0.0/0'], observedOnly: true };
    expect((await connections([sample('accepted-ssh')], flags)).stdout).toBe('');
  });
});

describe('--fields', () => {
  const [header = '', ...lines] = readFileSync(FLAGS, 'utf8').trim().split('\n');
  const names = header.split(' ');
  const bare = file('bare.log', `${lines.join('\n')}\n`);

  it.each([
    ['names', names.join(' ')],
    ['commas', names.join(',')],
    ['commas and blanks', names.join(', ')],
    ['underscores', names.join(' ').replaceAll('-', '_')],
    ["AWS's format string", names.map((name) => `\${${name}}`).join(' ')],
    [
      "AWS's format string with underscores",
      names.map((name) => `\${${name.replaceAll('-', '_')}}`).join(' '),
    ],
    ['runs of blanks', `  ${names.join('   ')}  `],
  ])('takes %s', async (_, fields) => {
    expect(ports((await connections([bare], { fields })).stdout)).toEqual([43416, 43418]);
  });

  it.each([
    ['a b!', 'format-invalid', '"b!" cannot be a field name'],
    ['', 'format-invalid', /./],
    ['srcaddr srcaddr', 'format-invalid', /srcaddr/],
  ])('refuses "%s"', async (fields, code, message) => {
    const failed = connections([bare], { fields });
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(message);
  });

  it('is what a header in the file overrides', async () => {
    expect(ports((await connections([FLAGS], { fields: 'srcaddr dstaddr' })).stdout)).toEqual([43416, 43418]);
  });
});

describe('--observed-only', () => {
  it('refuses inference: no initiator is named without a SYN or SYN-ACK', async () => {
    const { stdout, stderr } = await connections([sample('accepted-ssh'), FLAGS], { observedOnly: true });
    expect(rowsOf(stdout).map((row) => row['initiator_basis'])).toEqual(
      expect.arrayContaining(['none', 'handshake', 'handshake']),
    );
    expect(stderr).toContain('2 observed, 0 inferred, 1 unknown');
  });

  it('makes who say that nothing tells', async () => {
    const { stdout } = await who('172.31.16.21:22', [sample('accepted-ssh')], {
      observedOnly: true,
      format: 'table',
    });
    expect(inOneLine(stdout)).toContain('Nothing tells who opened 1 more');
    expect(stdout).toMatch(/^unknown /m);
  });
});

describe('the summary', () => {
  it('says what was read, what came out, how sure that is, and what the network stopped', async () => {
    const { stderr } = await connections([SAMPLES]);
    const text = inOneLine(stderr);
    // Counted by hand over the nine sample files.
    expect(text).toContain(
      '7 connections and 1 exchange from 25 records in 9 sources, 2014-12-14 04:06:50 to 2019-08-27 19:13:13 UTC',
    );
    expect(text).toContain('states 1 blocked, 1 established, 3 closed, 2 flagless');
    expect(text).toContain('exchanges 1 icmp');
    expect(text).toContain('opened by 4 observed, 4 inferred, 0 unknown');
    expect(text).toContain(
      '1 rejected by a security group or network ACL, 1 reply rejected, as only a network ACL does',
    );
    expect(text).toContain('set aside 1 NODATA, 1 SKIPDATA, 6 without ports or protocol');
  });

  it('counts lines that were not understood by reason, and shows the first three with file and line', async () => {
    const good = line('10.0.0.1 10.0.0.2 40000 22');
    const bad = line('10.0.0.1 10.0.0.2 40000 99999');
    const path = file('bad.log', good + bad.repeat(4) + line('10.0.0.300 10.0.0.2 1 2'));
    const { stderr, code } = await connections([path]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/rejected +4 × .*\(out-of-range\)/);
    expect(stderr).toMatch(/1 × .*address/);
    for (const number of [2, 3, 4]) expect(stderr).toContain(`bad.log:${number}: `);
    expect(stderr).not.toContain('bad.log:5: ');
    expect(stderr).toContain('more with conntrail check, or stop at the first with --strict');
  });

  it('reads right where there is one of everything', async () => {
    const { stderr } = await connections([file('one.log', line('10.0.0.1 10.0.0.2 40000 22'))]);
    expect(stderr).toContain('1 connection from 1 record in 1 source');
    expect(stderr).not.toMatch(
      /\b1 (connections|exchanges|records|sources|lines|intervals|headers|duplicates)\b/,
    );
  });

  it('stays within 60 columns of a terminal', async () => {
    const { stderr } = await connections([SAMPLES], { format: 'table' }, { columns: 60 });
    for (const shown of stderr.split('\n')) expect(textWidth(shown), shown).toBeLessThanOrEqual(60);
  });

  it.each([
    ['an empty file', () => [file('empty.log', '')], 'No connections: the input holds no records.'],
    [
      'silence',
      () => [sample('nodata-skipdata')],
      'No connections: the input holds 1 NODATA (no traffic in that interval) and 1 SKIPDATA (AWS lost the records of that interval).',
    ],
    [
      'records without ports',
      () => [sample('nat-gateway')],
      'No connections: 6 records have no ports or protocol, so they give ways between addresses and no connection.',
    ],
    [
      'damage and silence',
      () => [sample('nodata-skipdata'), file('damage.log', line('10.0.0.1 10.0.0.2 1 99999'))],
      'AWS lost the records of that interval); 1 line was not understood (most often: ',
    ],
  ])('says why there is nothing after %s', async (_, paths, expected) => {
    expect(inOneLine((await connections(paths())).stderr)).toContain(expected);
  });

  it('says how many connections the filters hide', async () => {
    const { stderr } = await connections([FLAGS], { port: ['1'] });
    expect(stderr).toContain('No connections to show: the filters leave out all 2.');
  });

  it('is left out with --quiet', async () => {
    expect((await connections([SAMPLES], { quiet: true })).stderr).toBe('');
  });
});

describe('who', () => {
  it.each([
    ['10.0.0.62', '1 peer opened 3 connections to it (3 observed, 0 inferred). It opened none itself.'],
    ['10.0.0.0/24', '1 peer opened 3 connections to it'],
    [':5001', '1 peer opened 3 connections to it'],
    ['10.0.0.62:5001', '1 peer opened 3 connections to it'],
    ['10.0.0.0/24:5001', '1 peer opened 3 connections to it'],
    ['52.213.180.42', 'nobody opened a connection to it. It opened 3 itself (3 observed, 0 inferred).'],
    [
      '[2001:db8:1234:a102:3304:8879:34cf:4071]:22',
      '1 peer opened 1 connection to it (0 observed, 1 inferred)',
    ],
    ['2001:db8::/32', 'It opened 1 itself (0 observed, 1 inferred).'], // both ends lie in it: it did open it
    // The rejected RDP attempt of AWS's examples: nobody opened it.
    ['172.31.9.12:3389', 'nobody opened a connection to it; 1 was blocked. It opened none itself.'],
    ['172.31.9.69', 'nobody opened a connection to it. It opened none itself; 1 was blocked.'],
    ['192.0.2.1', 'none of the 8 connections that were rebuilt and passed the filters has it at either end.'],
  ])('%s: %s', async (endpoint, says) => {
    const { stdout, code } = await who(endpoint, [SAMPLES], { format: 'table', quiet: true });
    expect(code).toBe(0);
    expect(inOneLine(stdout)).toContain(`${endpoint}: `);
    expect(inOneLine(stdout)).toContain(says);
  });

  it('says for each connection who opened it, and on what evidence', async () => {
    const { stdout } = await who('10.0.0.62:5001', [FLAGS], { format: 'table' });
    const rows = stdout.split('\n').filter((row) => row.includes(':5001'));
    expect(rows).toHaveLength(3); // the sentence over the table, and two rows
    for (const row of rows.slice(1)) expect(row).toMatch(/^peer .* SYN and SYN-ACK$/);
  });

  it('gives machines the row with one word more', async () => {
    const [row] = rowsOf((await who('52.213.180.42:43418', [FLAGS])).stdout);
    const [same] = rowsOf((await connections([FLAGS], { port: ['43418'] })).stdout);
    expect(row).toEqual({ opened_by_endpoint: true, ...same });
    const [fromPeer] = rowsOf((await who('10.0.0.62', [FLAGS], { port: ['43418'] })).stdout);
    expect(fromPeer).toMatchObject({ opened_by_endpoint: false });
  });

  it('says why there is nothing', async () => {
    const { stdout } = await who('10.0.0.1', [sample('nodata-skipdata')], { format: 'table' });
    expect(inOneLine(stdout)).toContain('10.0.0.1: no connections: the input holds 1 NODATA');
  });
});

describe('check', () => {
  it('says of the samples what they are worth', async () => {
    const { stdout, stderr } = await check([SAMPLES], { format: 'table' });
    expect(stderr).toBe('');
    const text = inOneLine(stdout);
    expect(text).toContain("14 fields, AWS's default format: 7 records in 5 sources, first ");
    expect(text).toContain('6 fields, from the header line: 6 records in 1 source');
    expect(text).toContain('instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr');
    expect(text).toContain('15 in 7 connections');
    expect(text).toContain('25 records, every one in exactly one place');
    expect(text).toContain('besides 4 header lines');
    expect(text).toContain('10.0.1.5 → NAT gateway 10.0.0.220 → 203.0.113.5 and back');
    expect(text).toContain(
      'for connections these fields are missing: srcport, dstport, protocol, start, end, packets, bytes, tcp-flags, action',
    );
  });

  it('lists the formats of VPC and transit gateway lines that stand mixed, each with its records', async () => {
    const vpc = (port: number): string =>
      `2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 ${port} 22 6 20 4249 1418530010 1418530070 ACCEPT OK`;
    const gateway =
      '6 TransitGateway 111122223333 tgw-0a1b tgw-attach-0c2d 111122223333 444455556666 vpc-01 vpc-02 subnet-01 subnet-02 eni-01 eni-02 euw1-az1 euw1-az2 tgw-attach-0e3f 10.20.1.15 10.30.2.9 50122 443 6 12 2210 1760000005 1760000061 OK IPv4 0 0 0 0 27 eu-west-1 ingress - -';
    const { stdout } = await check([file('mixed.log', [vpc(1), gateway, vpc(2)].join('\n'))], {
      format: 'table',
    });
    const text = inOneLine(stdout);
    expect(text).toContain("14 fields, AWS's default format: 2 records in 1 source, first ");
    expect(text).toContain('36 fields, recognised by content: 1 record in 1 source, first ');
    expect(text).not.toContain('rejected: not understood');
  });

  it('says what each vantage covers, its windows, and where AWS lost records', async () => {
    const { stdout } = await check([FLAGS, sample('nodata-skipdata')], { format: 'table' });
    const text = inOneLine(stdout);
    // tcp-flag-sequence: 1566848875 to 1566849113, its second window 933 to 1113; nodata at another time.
    expect(text).toMatch(
      /eni-1235b8ca123456789 in vpc-abcdefab012345678 6 records, .* windows up to 180 s, 1 NODATA/,
    );
    expect(text).toContain('SKIPDATA 2015-05-10 18:01:16 to 18:02:14 UTC: records are missing there');
    expect(text).toContain('AWS lost records in 1 interval (SKIPDATA)');
  });

  it('says in words that only a network ACL rejects replies', async () => {
    const { stdout } = await check([sample('ping-reply-rejected')], { format: 'table' });
    expect(inOneLine(stdout)).toContain(
      '1 reply-rejected: the reply was rejected: security groups let replies through, so only a network ACL does this, or the answer was not asked for',
    );
  });

  it('says what logs without tcp-flags cannot tell, and how to have it told', async () => {
    const { stdout } = await check([sample('accepted-ssh')], { format: 'table' });
    const limits = inOneLine(stdout.slice(stdout.indexOf('what these logs cannot tell')));
    expect(limits).toContain('No record carries tcp-flags: who opened a connection is inferred');
    expect(limits).toContain('Add tcp-flags to the flow log format');
  });

  it('names fields that it carries and does not interpret', async () => {
    const text = `srcaddr dstaddr srcport dstport protocol new-field\n10.0.0.1 10.0.0.2 1 2 6 x\n`;
    const { stdout } = await check([file('unknown-field.log', text)], { format: 'table' });
    expect(stdout).toContain('carried, not interpreted: new-field');
  });

  it('shows every kind of line that was not understood', async () => {
    const bad = line('10.0.0.1 10.0.0.2 40000 99999');
    const { stdout } = await check([file('worse.log', line('10.0.0.1 10.0.0.2 4 22') + bad)], {
      format: 'table',
    });
    expect(inOneLine(stdout)).toContain('1 rejected: not understood');
    expect(inOneLine(stdout)).toMatch(/worse\.log:2: dstport: /);
  });

  it('tells machines the same as one object in snake case', async () => {
    const { stdout } = await check([SAMPLES]);
    const {
      placement,
      formats,
      counted: counts,
    } = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    expect(placement).toEqual({
      records: 25,
      connections: 15,
      exchanges: 2,
      address_only: 6,
      nodata: 1,
      skipdata: 1,
      duplicates: 0,
      rejected: 0,
      headers: 4,
      comments: expect.any(Number),
    });
    expect(formats).toHaveLength(4);
    expect(counts).toMatchObject({ shown: 8, evidence: { observed: 4, inferred: 4, unknown: 0 } });
  });

  it.each([60, 80, 120, 200])('stays within %i columns', async (columns) => {
    const { stdout } = await check([SAMPLES], {}, { columns });
    for (const shown of stdout.split('\n')) expect(textWidth(shown), shown).toBeLessThanOrEqual(columns);
  });
});

describe('on a terminal', () => {
  it.each([60, 80, 120, 200])('everything of the samples has room in %i columns', async (columns) => {
    const { stdout } = await connections([SAMPLES], {}, { columns, env: { NO_COLOR: '1' } });
    expect(stdout).toContain('10.0.0.62:5001');
    for (const shown of stdout.split('\n')) expect(textWidth(shown), shown).toBeLessThanOrEqual(columns);
  });

  it.each([60, 80, 120])('who has room in %i columns', async (columns) => {
    const { stdout } = await who('0.0.0.0/0', [SAMPLES], {}, { columns, env: { NO_COLOR: '1' } });
    for (const shown of stdout.split('\n')) expect(textWidth(shown), shown).toBeLessThanOrEqual(columns);
  });

  it('obeys nothing that stands in a log, in any command and format', async () => {
    const hostile = readFileSync(FLAGS, 'utf8')
      .replaceAll('eni-1235b8ca123456789', 'eni\u001b[31m\u009b2J\u202e\u3164\ufe0f\u{e0041}')
      .replaceAll('vpc-abcdefab012345678', '\u001b]0;owned\u0007\ufffe\u{e0100}');
    const path = file('hostile.log', `${hostile}\u001b[2J \u202e\u3164 bad line\n`);
    const env = { NO_COLOR: '1' };
    const runs = await Promise.all([
      ...(['table', 'json'] as const).flatMap((format) => [
        connections([path], { format }, { columns: 120, env }),
        who('10.0.0.62', [path], { format }, { columns: 120, env }),
        check([path], { format }, { columns: 120, env }),
      ]),
      connections([path], { format: 'csv' }, { columns: 120, env }),
      connections([path], { format: 'zeek' }, { columns: 120, env }),
    ]);
    // Line ends of CSV and tabs of Zeek are our own.
    for (const { stdout, stderr } of runs)
      expect((stdout + stderr).replaceAll(/\r\n|\t/g, ' ')).not.toMatch(UNSEEN_IN_LINES);
  });
});
