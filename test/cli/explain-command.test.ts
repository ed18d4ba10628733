/** `conntrail explain` as people use it: the stories of AWS's examples, several on one port, what is not there, hostile logs. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UNSEEN_IN_LINES } from '../../property-tests/fuzz/visible-text.ts';
import { conntrail, ROOT } from './run-command.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'explain-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
};

const story = (which: string, ...more: string[]) =>
  conntrail(['explain', which, ...more, '-q'], { env: { COLUMNS: '110' } });

/** Looked at when they were made; `vitest -u` rewrites them and the difference is looked at. */
const golden = (name: string): string => join(ROOT, 'test/cli/explained', name);

const SAMPLES = [
  ['tcp-flag-sequence-closed', '10.0.0.62:5001 52.213.180.42:43418', 'tcp-flag-sequence'],
  ['tcp-flag-sequence-open', '10.0.0.62:5001 52.213.180.42:43416', 'tcp-flag-sequence'],
  ['transit-gateway', '10.20.33.164:39812->10.40.2.236:80', 'transit-gateway'],
  ['ping-reply-rejected', '203.0.113.12 172.31.16.139', 'ping-reply-rejected'],
  ['rejected-rdp', '172.31.9.69 172.31.9.12', 'rejected-rdp'],
] as const;

describe('conntrail explain', () => {
  it.each(SAMPLES)('tells the story of %s', async (name, which, sample) => {
    const told = await story(which, `samples/${sample}.log`);
    expect([told.code, told.stderr]).toEqual([0, '']);
    await expect(told.stdout).toMatchFileSnapshot(golden(`${name}.txt`));
  });

  it('is shown by its page as it is', () => {
    const page = readFileSync(join(ROOT, 'docs/explain.md'), 'utf8');
    expect(page).toContain(readFileSync(golden('tcp-flag-sequence-closed.txt'), 'utf8'));
  });

  it('gives all of it as JSON, one object a connection', async () => {
    const { stdout } = await story(
      '10.0.0.62:5001 52.213.180.42:43418',
      'samples/tcp-flag-sequence.log',
      '-f',
      'json',
    );
    const told = JSON.parse(stdout);
    expect(Object.keys(told)).toEqual([
      'connection',
      'records',
      'initiator',
      'outcome',
      'times',
      'verdict',
      'leftOpen',
    ]);
    await expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot(
      golden('tcp-flag-sequence-closed.json'),
    );
  });

  it('finds a connection by the uid that the other outputs print', async () => {
    const { stdout } = await conntrail(['samples/rejected-rdp.log', '-f', 'json', '-q']);
    const { uid } = JSON.parse(stdout) as { uid: string };
    const told = await story(uid, 'samples');
    expect(told.stdout).toContain(`uid ${uid}`);
    expect(told.stdout).toContain('samples/rejected-rdp.log:');
  });

  it('tells every connection of a port that was used again, each with its place', async () => {
    const line = (at: number): string =>
      `2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 443 6 9 900 ${at} ${at + 50} ACCEPT OK\n`;
    // Two hours of silence: more than any connection lasts through by default.
    const path = file('twice.log', line(1_760_000_000) + line(1_760_007_200));
    const { stdout } = await story('10.0.0.1:40000 10.0.0.2:443', path);
    expect(stdout).toContain('1 of 2 connections on these ports');
    expect(stdout).toContain('2 of 2 connections on these ports');
    expect(stdout.match(/^uid /gm)).toHaveLength(2);
  });

  it('reads standard input twice', async () => {
    const text = readFileSync(join(ROOT, 'samples/tcp-flag-sequence.log'), 'utf8');
    const { stdout } = await conntrail(['explain', '10.0.0.62:5001 52.213.180.42:43416', '-', '-q'], {
      stdin: text,
    });
    expect(stdout).toContain('standard input:2');
  });

  it('writes to a file, and says by its ending how', async () => {
    const cwd = mkdtempSync(join(FOLDER, 'out-'));
    const ran = await conntrail(
      ['explain', '10.0.0.62:5001 52.213.180.42:43416', join(ROOT, 'samples'), '-q', '-o', 'story.json'],
      { cwd },
    );
    expect([ran.code, ran.stdout]).toEqual([0, '']);
    expect(JSON.parse(readFileSync(join(cwd, 'story.json'), 'utf8')).connection.state).toBe('established');
  });

  it('tells what to look at where no answer came, and no such thing where the log shows answers to nobody', async () => {
    const probe = '203.0.113.100:25614 10.0.10.10:443';
    const [mixed, only] = await Promise.all(
      ['mixed', 'only'].map((name) =>
        story(probe, join(import.meta.dirname, `../cases/nat-gateway-inbound/${name}.log`)),
      ),
    );
    const told = mixed?.stdout.replaceAll(/\s+/g, ' ') ?? '';
    expect(told).toContain('203.0.113.100:25614 tried to open it: inferred');
    expect(told).toContain(
      'unanswered: no answer came, nothing was rejected, and the interface shows answers to others. Check the route tables in both directions, whether the host is up and anything listens on port 443, its own firewall',
    );
    const plain = only?.stdout.replaceAll(/\s+/g, ' ') ?? '';
    expect(plain).toContain('It was seen one way only, and this log shows no answers to anybody');
    expect(plain).not.toContain('no answer came');
  });

  it('shows the first and the last of many records, and counts the rest', async () => {
    const lines = Array.from(
      { length: 100 },
      (_, i) =>
        `2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 443 6 9 900 ${1_760_000_000 + i * 60} ${1_760_000_050 + i * 60} ACCEPT OK\n`,
    );
    const { stdout } = await story('10.0.0.1 10.0.0.2', file('long.log', lines.join('')));
    expect(stdout).toContain('Records: 100,');
    expect(stdout).toContain('… 60 more; --format json has all');
    expect(stdout).toContain('long.log:100');
    expect(stdout).not.toContain('long.log:50\n');
  });

  it('says what to try when there is no such connection', async () => {
    const told = await story('10.0.0.62:1 52.213.180.42:2', 'samples');
    expect([told.code, told.stdout]).toEqual([0, '']);
    expect(told.stderr).toMatch(
      /^conntrail: No connection is 10\.0\.0\.62:1 52\.213\.180\.42:2 .* conntrail who /,
    );
  });

  it.each([
    ['', 2],
    ['10.0.0.62', 2],
    ['10.0.0.62:99999 10.0.0.1:1', 2],
    ['10.0.0.1 10.0.0.2 10.0.0.3', 2],
  ])('refuses "%s" before it reads anything', async (which, code) => {
    const told = await story(which, 'nowhere.log');
    expect(told.code).toBe(code);
    expect(told.stderr).toMatch(/names no connection; expected a uid/);
  });

  it('lets nothing of a hostile log reach the terminal', async () => {
    const evil = 'eni-\u001b[31m\u202e\u0007\u3164\ufe0f\ufffe\u{e0041}\u{e0100}';
    const line = `${evil} 10.0.0.1 10.0.0.2 40000 443 6 9 900 1760000000 1760000050 ACCEPT\n`;
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action\n';
    const path = file('evil\u001b.log', header + line.repeat(2));
    const { stdout } = await story('10.0.0.1 10.0.0.2', path);
    expect(stdout).toContain('counted once; the same packets stand in');
    expect(stdout).not.toMatch(UNSEEN_IN_LINES);
  });

  it('tells that flags of a transit gateway hide who sent the SYN, and goes on from who opened', async () => {
    const { stdout } = await story(
      '10.30.2.9:50122 10.20.1.15:443',
      'test/cases/transit-gateway-flags/open.log',
    );
    const told = stdout.replace(/\s+/g, ' ');
    expect(told).toContain('transit gateways note SYN and ACK of any packet');
    expect(told).toContain('SYN or SYN-ACK (26)');
    expect(told).toContain('a SYN or a SYN-ACK, settled when it is known who opened');
    expect(told).toContain('History ShDd: SYN (initiator), SYN-ACK (responder)');
  });

  it('tells what a transit gateway lost, where, why and what to look at', async () => {
    const { stdout } = await story(
      '10.20.1.15:50333 10.40.2.9:443',
      'test/cases/transit-gateway-path/blackhole.log',
    );
    const told = stdout.replace(/\s+/g, ' ');
    expect(told).toContain('lost: a transit gateway dropped 3 packets (blackhole route)');
    expect(told).toContain('tgw-attach-0c: lost (lost 3 packets, blackhole route)');
    expect(told).toContain('Check the transit gateway route table');
  });
});
