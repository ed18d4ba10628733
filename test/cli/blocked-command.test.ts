/** `conntrail blocked` as people and programs read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBlocked } from '../../src/cli/blocked-command.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { conntrail, ROOT, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const CASE = join(ROOT, 'test/cases/rejected-replies/v2.log');

const onTerminal = async (columns: number, path: string, flags = {}): Promise<string> => {
  const { surroundings, stdout } = surroundingsFor({ columns, env: { NO_COLOR: '1' } });
  await runBlocked([path], { quiet: true, ...flags }, surroundings);
  return stdout();
};

describe('conntrail blocked', () => {
  it('shows on a terminal what its page shows', async () => {
    const page = readFileSync(join(ROOT, 'docs/blocked.md'), 'utf8');
    const [, shown] = /^```\n\$ conntrail blocked samples\n([\s\S]*?)^```/m.exec(page) ?? [];
    expect(await onTerminal(80, SAMPLES)).toBe(shown);
  });

  it('is read on terminals of any width', async () => {
    for (const width of [40, 60, 200])
      for (const line of (await onTerminal(width, CASE)).split('\n'))
        expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  it('turns no client and server round in a log of nothing but rejects, and calls noise noise', async () => {
    const text = (await onTerminal(200, CASE)).replaceAll(/\s+/g, ' ');
    expect(text).toContain('203.0.113.52 cannot reach 10.20.1.15:22');
    expect(text).toContain('2 connections had nothing but late packets rejected');
    for (const server of ['203.0.113.50', '203.0.113.51', '203.0.113.54'])
      expect(text).not.toContain(`${server} cannot reach`);
  });

  it('gives JSON with the same sentences, and snake_case names', async () => {
    const { stdout, code } = await conntrail(['blocked', CASE, '-f', 'json', '-q']);
    expect(code).toBe(0);
    const { connections, blockages, late, unclear } = JSON.parse(stdout);
    // Five over TCP and one over UDP; of :80 to :80, and between two ephemeral ports, nobody can tell.
    expect([connections, late, unclear, blockages.length]).toEqual([6, 2, 2, 2]);
    expect(blockages[0]).toMatchObject({ kind: 'rejected', way: 'in', first_seen: 1_760_000_305 });
    expect(blockages[0].advice).toMatch(/^Check the inbound rules of its security groups for tcp\//);
  });

  it('gives CSV, a row a finding, and Markdown', async () => {
    const { stdout: csv } = await conntrail(['blocked', CASE, '-f', 'csv', '-q']);
    expect(csv.split('\r\n').filter((line) => line !== '')).toHaveLength(3);
    expect(csv).toMatch(/^finding,kind,rejected_at,way,/);
    const { stdout: markdown } = await conntrail(['blocked', CASE, '-f', 'markdown', '-q']);
    expect(markdown.split('\n').filter((line) => line.startsWith('| '))).toHaveLength(4);
  });

  it('shows the connections behind a finding', async () => {
    const { stdout } = await conntrail(['blocked', CASE, '-f', 'json', '-q', '--finding', '1']);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ verdict, initiator_address }) => [verdict, initiator_address])).toEqual([
      ['rejected', '203.0.113.52'],
    ]);
    expect(await onTerminal(120, CASE, { finding: '1' })).toMatch(
      /^#1 rejected, 1 connection\. 203\.0\.113\.52 cannot reach/,
    );
  });

  it('says how many findings there are where one is asked for that is not there', async () => {
    const { stderr, code } = await conntrail(['blocked', CASE, '--finding', '9']);
    expect(code).toBe(2);
    expect(stderr).toBe('conntrail: There is no finding 9; in these logs there are 1 to 2.\n');
  });

  it('cannot look for connections in what can be read once', async () => {
    const { stderr, code } = await conntrail(['blocked', '-', '--finding', '1']);
    expect(code).toBe(3);
    expect(stderr).toContain('can be read once');
  });

  it('says that nothing was stopped', async () => {
    const path = join(SAMPLES, 'tcp-flag-sequence.log');
    expect(await onTerminal(80, path)).toBe('2 connections and exchanges: none was stopped; 0 findings.\n');
  });
});
