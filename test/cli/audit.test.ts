/**
 * `conntrail audit` as people and programs read it. The golden files under test/audit/golden were looked at line by
 * line: `TROUBLED` below says in its comments what has to stand in them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Audit, type AuditResult } from '../../src/audit/audit.ts';
import { THRESHOLDS } from '../../src/audit/thresholds.ts';
import { auditJson } from '../../src/cli/audit-json.ts';
import { auditMarkdown } from '../../src/cli/audit-markdown.ts';
import { THRESHOLD_WORDS } from '../../src/cli/audit-options.ts';
import { auditLines, drawBar } from '../../src/cli/audit-text.ts';
import { colourful, plain } from '../../src/cli/colours.ts';
import { findingColumns } from '../../src/cli/finding-columns.ts';
import { escapeMarkdown } from '../../src/cli/markdown.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { csvOf } from '../../src/export/csv.ts';
import type { Connection } from '../../src/model/connection.ts';
import {
  attempt,
  blocked,
  conversation,
  cutOff,
  flagless,
  halfOpen,
  lateAlone,
  many,
  NOON,
  probe,
  refusal,
  replyRejected,
  reset,
} from '../audit/build.ts';
import { conntrail, emptyFolder, ROOT, rowsOf, SAMPLES } from './run-command.ts';

const csvOfFindings = ({ findings }: AuditResult): Generator<string> => csvOf(findingColumns(), findings);

/** One of each kind of finding, in a network that mostly works. */
const TROUBLED: readonly Connection[] = [
  // Traffic that is nobody's trouble: 40 short ones and 10 of a quarter of an hour.
  ...many(40, (i) => conversation({ from: `10.0.1.${i % 8}`, to: '10.0.0.9', port: 5432, at: i * 90 })),
  ...many(10, (i) => conversation({ from: `10.0.1.${i % 3}`, to: '10.0.0.10', port: 443, at: i * 77 }, 900)),
  // #1: three clients, 10.0.7.0 to 10.0.7.2, asked for five times; what they were answered was stopped.
  ...many(5, (i) => replyRejected({ from: `10.0.7.${i % 3}`, to: '10.0.0.50', port: 3306, at: i * 40 })),
  // #2: cut off while it was open, 60 s after 12:01:40.
  cutOff({ from: '10.0.7.9', to: '10.0.0.51', port: 22, at: 100 }),
  // Noise.
  ...many(2, (i) => lateAlone({ from: '10.0.0.9', to: `203.0.113.${i}`, at: i })),
  // #3: 12 refused, 9 blocked and 4 unanswered are 25 targets on 2 addresses and 13 ports.
  ...many(12, (i) => refusal({ from: '198.51.100.7', to: '10.0.0.20', port: 20 + i, at: i })),
  ...many(9, (i) => blocked({ from: '198.51.100.7', to: '10.0.0.21', port: 20 + i, at: 20 + i })),
  ...many(4, (i) => attempt({ from: '198.51.100.7', to: '10.0.0.21', port: 29 + i, at: 30 + i })),
  // #4: 15 in vain, one every 30 s: all within 420 s.
  ...many(15, (i) => attempt({ from: '10.0.2.1', to: '10.0.0.30', port: 9200, at: i * 30 })),
  // #5: three clients, refused four times, never answered.
  ...many(4, (i) => refusal({ from: `10.0.2.${2 + (i % 3)}`, to: '10.0.0.31', port: 25, at: i * 600 })),
  // #6: answered on six ports, completed on none.
  ...many(6, (i) => halfOpen({ from: '2001:db8::bad', to: '2001:db8::5', port: 80 + i, at: i }, 6)),
  // #7: six of ten reset, one of them by the client.
  ...many(5, (i) => reset({ from: `10.0.3.${i}`, to: '10.0.0.40', port: 8080, at: i * 200 })),
  reset({ from: '10.0.3.9', to: '10.0.0.40', port: 8080, at: 7 }, 3, 'initiator'),
  ...many(4, (i) => conversation({ from: `10.0.3.${i}`, to: '10.0.0.40', port: 8080, at: 900 + i * 70 })),
  // #8: 1200 s in two intervals: silent for at least 1200 − 120 − 60 = 1020 s.
  reset({ from: '10.0.4.1', to: '203.0.113.9', port: 443, at: 50 }, 1200, 'responder', { windows: 2 }),
  // #9: every 300 s, to the second.
  ...many(12, (i) => conversation({ from: '10.0.5.1', to: '203.0.113.66', port: 8443, at: i * 300 })),
  // Exchanges are no connections.
  ...many(3, () =>
    conversation({}, 5, { protocol: 'udp', state: null, durationMin: null, durationMax: null }),
  ),
  // A format without flags.
  flagless({ from: '10.0.6.1' }, 30),
];

const audited = (connections: Iterable<Connection> = TROUBLED) => {
  const audit = new Audit();
  for (const connection of connections) audit.add(connection);
  return audit.result();
};

/** Most of it in a format without flags. */
const WITHOUT_FLAGS: readonly Connection[] = [
  // 60 short talks and 5 long ones, of which nobody tells who opened the last.
  ...many(60, (i) =>
    flagless({ from: `10.0.1.${i % 4}`, to: '10.0.0.9', port: 5432, at: i * 47 }, 20 + (i % 30)),
  ),
  ...many(4, (i) => flagless({ from: '10.0.1.9', to: '10.0.0.9', port: 5432, at: i * 100 }, 900)),
  flagless({ from: '10.0.1.9' }, 900, { initiatorBasis: 'none', initiatorConfidence: 0.5 }),
  // A fifth of those of 10.0.1.0 are observed.
  ...many(3, (i) => conversation({ from: '10.0.1.0', to: '10.0.0.9', port: 5432, at: 3000 + i * 60 })),
  // #1: a port of 40 hosts, of which 4 did not answer and 36 may have. #2: 25 ports of one host.
  ...many(36, (i) => probe({ from: '198.51.100.7', to: `10.0.2.${i}`, port: 22, at: i })),
  ...many(4, (i) =>
    flagless({ from: '198.51.100.7', to: `10.0.3.${i}`, port: 22, at: i }, 1, {
      verdict: 'unanswered',
      oneSided: true,
    }),
  ),
  ...many(25, (i) => probe({ from: '198.51.100.8', to: '10.0.0.20', port: 20 + i, at: i })),
  // #3: every 300 s.
  ...many(12, (i) => flagless({ from: '10.0.5.1', to: '203.0.113.66', port: 8443, at: i * 300 }, 2)),
];

/** Uids come from a counter that other tests move. */
const named = (connections: readonly Connection[]): Connection[] =>
  connections.map((each, i) => ({ ...each, uid: `C${String(i).padStart(4, '0')}` }));
const RESULT = audited(named(TROUBLED));
const FLAGLESS = audited(named(WITHOUT_FLAGS));
const GOLDEN = join(ROOT, 'test/audit/golden');
const linesAt = (width: number, result = RESULT): string[] => [
  ...auditLines(result, { width, paint: plain, top: 10 }),
];

describe('an audit', () => {
  it('finds one of each kind of what was put in', () => {
    expect(RESULT.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ['reply-rejected', 5],
      ['cut-off', 1],
      ['scan', 25],
      ['retry-storm', 15],
      ['refused', 4],
      ['half-open', 6],
      ['early-reset', 6],
      ['silent-end', 1],
      ['beacon', 12],
    ]);
  });

  it('reads the same as before in a terminal', async () => {
    await expect(`${linesAt(80).join('\n')}\n`).toMatchFileSnapshot(join(GOLDEN, 'audit-80.txt'));
    await expect(`${linesAt(140).join('\n')}\n`).toMatchFileSnapshot(join(GOLDEN, 'audit-140.txt'));
  });

  it('reads the same as before as JSON, CSV and Markdown', async () => {
    await expect([...auditJson(RESULT)].join('')).toMatchFileSnapshot(join(GOLDEN, 'audit-json.txt'));
    await expect([...csvOfFindings(RESULT)].join('')).toMatchFileSnapshot(join(GOLDEN, 'findings.csv'));
    await expect(`${[...auditMarkdown(RESULT, 10)].join('\n')}\n`).toMatchFileSnapshot(
      join(GOLDEN, 'audit.md'),
    );
  });

  it('of a format without flags reads the same as before', async () => {
    expect(FLAGLESS.findings.map(({ kind, count, inferred }) => [kind, count, inferred])).toEqual([
      ['scan', 40, 40],
      ['scan', 25, 25],
      ['beacon', 12, 12],
    ]);
    for (const width of [80, 140])
      await expect(`${linesAt(width, FLAGLESS).join('\n')}\n`).toMatchFileSnapshot(
        join(GOLDEN, `flagless-${width}.txt`),
      );
    await expect(`${[...auditMarkdown(FLAGLESS, 10)].join('\n')}\n`).toMatchFileSnapshot(
      join(GOLDEN, 'flagless.md'),
    );
    await expect([...csvOfFindings(FLAGLESS)].join('')).toMatchFileSnapshot(
      join(GOLDEN, 'flagless-findings.csv'),
    );
    const told = JSON.parse([...auditJson(FLAGLESS)].join(''));
    expect(told).toMatchObject({
      // All but the long ones and those without an answer.
      lifetimes: { short: 3, long: 5, one_interval: 133, unanswered: 4, flagless: 0 },
      // 49 s of records and the slack.
      longest_in_one_interval: 109,
      initiators: { observed: 3, inferred: 141, unknown: 1 },
    });
    // 15 of 10.0.1.0 by inference, beside the three that are observed.
    expect(told.openers[0]).toMatchObject({
      ...{ initiator: '10.0.1.0', count: 3, one_interval: 15, inferred: 15, confidence: 0.98 },
    });
  });

  it.each([80, 100, 120, 140, 200])('fits a terminal of %i columns', (width) => {
    for (const line of [...linesAt(width), ...linesAt(width, FLAGLESS)])
      expect(textWidth(line), line).toBeLessThanOrEqual(width);
  });

  it('gives two long addresses two lines', () => {
    const long = (end: string) => `2001:db8:aaaa:bbbb:cccc:dddd:eeee:${end}`;
    const result = audited(many(12, () => refusal({ from: long('1111'), to: long('2222') })));
    for (const width of [120, 80]) {
      for (const line of auditLines(result, { width, paint: plain, top: 10 }))
        expect(textWidth(line), line).toBeLessThanOrEqual(width);
    }
    expect([...auditLines(result, { width: 80, paint: plain, top: 10 })]).toContain(
      `       → [${long('2222')}]:443`,
    );
  });

  it('has bars that are seen when there is anything, and no longer than their room', () => {
    expect(drawBar(1, 1_000_000, 40)).toBe('▏');
    expect(drawBar(0, 5, 40)).toBe('');
    expect(textWidth(drawBar(5, 5, 40))).toBe(40);
    expect(drawBar(1, 2, 5)).toBe('██▌');
  });
});

describe('hostile text', () => {
  const evil = '\u001b[2J=cmd|x<script>`*_[a](http://x)';
  const result = audited(many(10, () => refusal({ from: evil, to: evil, port: 25 })));

  it('never reaches a terminal, a spreadsheet or a wiki as it is', () => {
    const shown = [...auditLines(result, { width: 80, paint: plain, top: 10 })].join('\n');
    expect(shown).not.toContain('\u001b');
    expect(shown).toContain('\\x1b[2J');
    expect([...auditLines(result, { width: 80, paint: colourful, top: 10 })].join('')).not.toContain(
      '\u001b[2J',
    );
    expect([...csvOfFindings(result)].join('')).not.toMatch(/[\u001b]/);
    const markdown = [...auditMarkdown(result, 10)].join('\n');
    expect(markdown).not.toMatch(/\u001b|<script|\]\(http|[^\\]`/);
  });

  it('is no formula in a spreadsheet', () => {
    const formulas = audited(many(10, () => refusal({ from: '=1+1', to: '@SUM(A1)', port: 25 })));
    expect([...csvOfFindings(formulas)].join('')).toContain(",'=1+1,'@SUM(A1),25,");
  });

  it('is no markup', () => {
    expect(escapeMarkdown('a|b <i> [x](http://y) @me www.z.com')).toBe(
      'a\\|b &lt;i> \\[x\\]\\(http&#58;//y\\) &#64;me www&#46;z.com',
    );
  });
});

describe('conntrail audit', () => {
  /** Thirty ports of one host refused, as AWS would write it. */
  const log = (): string => {
    const file = join(emptyFolder(), 'scan.log');
    const fields =
      'srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status';
    const rows = many(30, (i) => refusal({ at: i })).flatMap((_, i) => [
      `198.51.100.7 10.0.0.2 ${40_000 + i} ${1000 + i} 6 1 60 ${NOON + i} ${NOON + i + 1} ACCEPT 2 OK`,
      `10.0.0.2 198.51.100.7 ${1000 + i} ${40_000 + i} 6 1 40 ${NOON + i} ${NOON + i + 1} ACCEPT 4 OK`,
    ]);
    writeFileSync(file, `${[fields, ...rows].join('\n')}\n`);
    return file;
  };

  it('is one JSON object in a pipe', async () => {
    const { code, stdout } = await conntrail(['audit', '-q', log()]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ connections: 30, lifetimes: { short: 30 }, finding_counts: { scan: 1 } });
    expect(result.findings[0].uids).toHaveLength(30);
  });

  it('shows the connections behind a finding with --finding, as connections shows them', async () => {
    const file = log();
    const { stdout } = await conntrail(['audit', '-q', file, '--finding', '1']);
    const all = await conntrail(['connections', '-q', file]);
    expect(rowsOf(stdout)).toEqual(rowsOf(all.stdout));
    const csv = await conntrail(['audit', '-q', file, '--finding', '1', '-f', 'csv']);
    expect(csv.stdout.split('\r\n')).toHaveLength(32); // a header, and a line end at the end
    const table = await conntrail(['audit', file, '--finding', '1', '-f', 'table']);
    expect(table.stdout).toMatch(/^#1 scan: 198\.51\.100\.7 → many, 30 connections\./);
    expect(table.stdout).toContain('198.51.100.7:40029 → 10.0.0.2:1029');
  });

  it('takes thresholds', async () => {
    const { stdout } = await conntrail(['audit', '-q', log(), '--scan-targets', '31']);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [], thresholds: { scan_targets: 31 } });
    const other = await conntrail(['audit', '-q', log(), '--threshold', 'scan-share=100%', '--short', '30s']);
    expect(JSON.parse(other.stdout)).toMatchObject({ thresholds: { scan_share: 1, short_seconds: 30 } });
  });

  it.each([
    [['--finding', '2'], 'There is no finding 2; by these thresholds there are 1 to 1.'],
    [['--finding', '0'], '--finding is "0"; expected a whole number of 1 or more.'],
    [
      ['--finding', '1', '-f', 'markdown'],
      '--finding has no markdown; give --format table, json, csv or parquet.',
    ],
    [['--short', 'soon'], '--short is "soon"; expected seconds such as 90, or 90s, 10m, 1h.'],
    [['--port-limit', '1.5'], '--port-limit is "1.5"; expected a whole number of 1 or more.'],
    [['--threshold', 'scan-share'], 'expected a name and a value such as scan-share=0.5.'],
    [['--threshold', 'scan-shore=1'], '--threshold is "scan-shore"; did you mean scan-share?'],
    [['--threshold', 'scan-share=7'], '--threshold scan-share is "7"; expected a share such as 0.1 or 10%'],
    [['--format', 'zeek'], '--format is "zeek"; expected one of table, json, csv, parquet, markdown.'],
  ])('refuses %j in a sentence', async (options, says) => {
    const { code, stdout, stderr } = await conntrail(['audit', log(), ...options]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });

  it('cannot look twice at standard input', async () => {
    const { code, stderr } = await conntrail(['audit', '-', '--finding', '1'], {
      stdin: readFileSync(log(), 'utf8'),
    });
    expect(code).toBe(3);
    expect(stderr).toContain('Standard input can be read once');
    const pipe = await conntrail(['audit', '/dev/stdin', '--finding', '1'], { stdin: '' });
    expect([pipe.code, pipe.stderr]).toEqual([3, expect.stringContaining('/dev/stdin can be read once')]);
    const whole = await conntrail(['audit', '-q', '-'], { stdin: readFileSync(log(), 'utf8') });
    expect(JSON.parse(whole.stdout).connections).toBe(30);
  });

  it('explains why there is nothing to audit', async () => {
    const { code, stdout } = await conntrail(['audit', join(SAMPLES, 'nodata-skipdata.log'), '-f', 'table']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^No connections/);
  });

  it("has its findings on the report's page", async () => {
    const { stdout } = await conntrail(['report', log(), '-o', '-', '--quiet']);
    expect(stdout).toContain('"title":"scan: 198.51.100.7 → many"');
  });
});

describe('docs/audit.md', () => {
  const page = readFileSync(join(ROOT, 'docs/audit.md'), 'utf8');

  it('has every threshold with its default and its reason', () => {
    const rows = page
      .split('\n')
      .filter((line) => /^\| `[a-z-]+` /.test(line) && line.split('|').length === 5)
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(rows).toEqual(
      [...THRESHOLD_WORDS].map(([word, name]) => {
        const { standard, unit, means } = THRESHOLDS[name];
        return [
          `\`${word}\``,
          unit === 'seconds' ? `${standard} s` : standard.toLocaleString('en-US'),
          means,
        ];
      }),
    );
  });
});
