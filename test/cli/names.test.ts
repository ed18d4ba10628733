/** --names: what addresses are called stands beside them in every output, in columns of its own, and changes nothing else. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../property-tests/fuzz/read-csv.ts';
import { checkVisible } from '../../property-tests/fuzz/visible-text.ts';
import { plain } from '../../src/cli/colours.ts';
import { runProgram } from '../../src/cli/run.ts';
import { ConnectionTable } from '../../src/cli/table.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { WIDE_COLUMNS } from '../../src/export/row.ts';
import { hostileText } from '../export/arbitrary-connection.ts';
import { connection } from '../export/connection.ts';
import { conntrail, emptyFolder, ROOT, rowsOf, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const SAMPLE = join(SAMPLES, 'tcp-flag-sequence.log');
const CASES = join(ROOT, 'test/cases');
const REPLIES = join(CASES, 'rejected-replies');
const ENDS = '10.0.0.62:5001 52.213.180.42:43416';

const folder = emptyFolder();
const namesFile = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const NAMES = namesFile(
  'names.csv',
  '10.0.0.62,web-1\n52.213.180.42,Dublin office\n172.31.0.0/16,default VPC\n203.0.113.53,paid API\n',
);
/** Of no address in the samples. */
const OTHERS = namesFile('others', '192.0.2.77 nobody\n');

const run = async (args: readonly string[], width = 100): Promise<string> => {
  const { surroundings, stdout } = surroundingsFor({ env: { COLUMNS: String(width) } });
  expect(await runProgram([...args, '-q'], surroundings)).toBe(0);
  return stdout();
};

/** Every command and form of text, and what it shows of the names. */
const TEXTS: readonly (readonly [shows: string, ...args: string[]])[] = [
  ['52.213.180.42:43416 (Dublin office)', SAMPLE, '-f', 'table'],
  ['10.0.0.62:5001 (web-1): 1 peer opened 2 connections', 'who', '10.0.0.62:5001', SAMPLE, '-f', 'table'],
  ['10.0.0.62:5001 (web-1)', 'at', '2019-08-26T19:49:30', SAMPLE, '-f', 'table'],
  ['52.213.180.42:43416 (Dublin office) → 10.0.0.62:5001 (web-1)', 'timeline', SAMPLE],
  ['(Dublin office)', 'timeline', SAMPLE, '-f', 'svg'],
  ['(Dublin office)', 'timeline', SAMPLE, '-f', 'html'],
  ['52.213.180.42:43416 (Dublin office) → 10.0.0.62:5001 (web-1)', 'explain', ENDS, SAMPLE],
  ['52.213.180.42 (Dublin office) → 10.0.0.62:5001 (web-1)', 'audit', SAMPLES, '-f', 'table'],
  [
    '172.31.9.69 (default VPC) cannot reach 172.31.9.12:3389 (default VPC)',
    'blocked',
    SAMPLES,
    '-f',
    'table',
  ],
  ['172.31.9.12:3389 (default VPC)', 'blocked', SAMPLES, '--finding', '1', '-f', 'table'],
  [
    'SYN from 52.213.180.42:43416 (Dublin office), SYN-ACK from 10.0.0.62:5001 (web-1)',
    'explain',
    ENDS,
    SAMPLE,
  ],
  ['Allow inbound tcp 1024-65535 from 203.0.113.53 (paid API)', 'blocked', REPLIES, '-f', 'table'],
  ['Allow inbound tcp 1024-65535 from 203.0.113.53 (paid API)', 'audit', REPLIES, '-f', 'table'],
];

describe('a name', () => {
  it.each(TEXTS)('%s is beside its address', async (shows, ...args) => {
    // A line that is broken has its blanks at the breaks.
    expect((await run([...args, '--names', NAMES], 200)).replaceAll(/\s+/g, ' ')).toContain(shows);
  });

  it.each(TEXTS)('of somebody else changes nothing (%s)', async (_, ...args) => {
    expect(await run([...args, '--names', OTHERS])).toBe(await run(args));
  });

  it('is beside its address in Markdown, as text', async () => {
    const marked = namesFile('marked.csv', '172.31.0.0/16,<b>*x*|y</b>\n');
    const blocked = await run(['blocked', SAMPLES, '-f', 'markdown', '--names', marked]);
    expect(blocked).toContain('172.31.9.12:3389 \\(&lt;b>\\*x\\*\\|y&lt;/b>\\) tcp');
    const audit = await run(['audit', SAMPLES, '-f', 'markdown', '--names', marked]);
    expect(audit).toContain('Replies of 172.31.16.139 \\(&lt;b>\\*x\\*\\|y&lt;/b>\\) are stopped');
  });

  it('is of the file that is named first, unless another has a longer prefix', async () => {
    const wide = namesFile('wide.csv', '10.0.0.0/8,corporate\n52.0.0.0/8,cloud\n');
    const table = await run([SAMPLE, '-f', 'table', '--names', wide, '--names', NAMES], 200);
    expect(table).toContain('52.213.180.42:43416 (Dublin office) → 10.0.0.62:5001 (web-1)');
    const again = namesFile('again.csv', '10.0.0.62,not this\n');
    expect(await run([SAMPLE, '--names', NAMES, '--names', again])).toBe(
      await run([SAMPLE, '--names', NAMES]),
    );
  });

  it('does not reach a terminal or a page as it is', async () => {
    const hostile = namesFile('hostile.csv', '10.0.0.62,\x1b[31mred\u202e<script>\n');
    const spelt = '\\x1b[31mred\\u{202e}';
    for (const args of [
      [SAMPLE, '-f', 'table'],
      ['timeline', SAMPLE],
      ['explain', ENDS, SAMPLE],
      ['at', '2019-08-26T19:49:30', SAMPLE, '-f', 'table'],
      ['who', '10.0.0.62', SAMPLE, '-f', 'table'],
      [SAMPLE, '-f', 'table', '--columns', 'responder_name'],
    ])
      expect(await run([...args, '--names', hostile], 300)).toContain(`${spelt}<script>`);
    for (const format of ['svg', 'html']) {
      const picture = await run(['timeline', SAMPLE, '-f', format, '--names', hostile]);
      expect(picture).toContain(`${spelt}&lt;script&gt;`);
      expect(picture).not.toContain('<script>');
    }
    const page = await run(['report', SAMPLE, '-o', '-', '--names', hostile]);
    // In the data of the page no `<` ends its element.
    expect(page).toContain('"10.0.0.62":"\\u001b[31mred\u202e\\u003cscript>"');
  });
});

describe('where every address has a name, none stands without it', () => {
  const EVERYBODY = namesFile('everybody.csv', '0.0.0.0/0,N\n::/0,N\n');
  const ADDRESS = String.raw`(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d+)?(?::\d+)?`;

  /** Addresses that have no name behind them, in Markdown with a backslash before its bracket. */
  const bareIn = (text: string): string[] =>
    text.replaceAll(/\s+/g, ' ').match(new RegExp(String.raw`${ADDRESS}(?![\d.:/])(?! \\?\(N\\?\))`, 'g')) ??
    [];

  /** Without quoted lines, and what single interfaces saw of ways between addresses: the ways have the names, above it. */
  const ofOurs = (text: string): string =>
    text
      .replaceAll(/: "\d [^"\n]*"$/gm, '')
      .replace(/^\d+ ways? between addresses\n(?: +.*\n)*/m, (ways) => ways.replaceAll(/^ {4}.*\n/gm, ''));

  const expectNamed = async (args: readonly string[]): Promise<void> => {
    const text = ofOurs(await run([...args, '--names', EVERYBODY], 400));
    expect([args, text.includes('(N') || !new RegExp(ADDRESS).test(text)]).toEqual([args, true]);
    expect([args, bareIn(text)]).toEqual([args, []]);
  };

  it('is asked of texts that hold some', () => {
    expect(
      bareIn('10.0.0.1:5 → 10.0.0.2 (N), 10.0.0.0/8 (N), 10.0.0.3:4 (N) 10.0.0.4\n(N) \\(10.0.0.5 \\(N\\)'),
    ).toEqual(['10.0.0.1:5']);
  });

  it.each([
    ['-f', 'table'],
    ['who', '10.0.0.0/8', '-f', 'table'],
    ['at', '2019-08-26T19:49:30', '-f', 'table'],
    ['timeline'],
    ['timeline', '-f', 'svg'],
    ['timeline', '-f', 'html'],
    ['explain', ENDS],
    ['audit', '-f', 'markdown'],
    ['blocked', '-f', 'markdown'],
    ['blocked', '--finding', '1', '-f', 'table'],
  ])('of %s %s %s', async (...args) => {
    await expectNamed([...args.filter((word) => word !== undefined), SAMPLES]);
  });

  it.each(['audit', 'blocked', 'check', 'timeline'])(
    'of %s, in the samples and each of the cases',
    async (command) => {
      const inputs = [SAMPLES, ...readdirSync(CASES).map((name) => join(CASES, name))];
      const format = command === 'timeline' ? 'bars' : 'table';
      for (const input of inputs) await expectNamed([command, input, '-f', format]);
    },
  );

  it('of the stories of all connections in the samples', async () => {
    for (const { uid } of rowsOf(await run([SAMPLES]))) await expectNamed(['explain', String(uid), SAMPLES]);
  });

  it('of the sentences in JSON and CSV, and those of the findings of a report', async () => {
    for (const input of [SAMPLES, REPLIES])
      for (const command of ['audit', 'blocked']) {
        const found = JSON.parse(await run([command, input, '-f', 'json', '--names', EVERYBODY]));
        const sentences = (found.findings ?? found.blockages).flatMap((each: Record<string, string>) => [
          each['evidence'] ?? each['what'],
          each['advice'] ?? '',
        ]);
        expect(sentences.length).toBeGreaterThan(0);
        expect(bareIn(sentences.join(' | '))).toEqual([]);
        const [header = [], ...rows] = readCsv(
          await run([command, input, '-f', 'csv', '--names', EVERYBODY]),
        );
        const told = rows.flatMap((row) =>
          row.filter((_, i) => /^(?:evidence|what|advice)$/.test(header[i] ?? '')),
        );
        expect(told).toEqual(sentences);
        const page = await run(['report', input, '-o', '-', '--names', EVERYBODY]);
        const findings = /"findings":(\[.*?\]),"connections"/s.exec(page)?.[1] ?? '';
        expect(JSON.parse(findings).length).toBeGreaterThan(0);
        expect(bareIn(findings)).toEqual([]);
      }
  });

  it('of ways between addresses in the JSON of check', async () => {
    const check = async (...args: string[]) =>
      JSON.parse(await run(['check', SAMPLES, '-f', 'json', ...args]));
    const { address_paths: before, ...rest } = await check();
    const { address_paths: paths, ...others } = await check('--names', EVERYBODY);
    expect(others).toEqual(rest);
    expect(paths).toEqual(
      before.map((path: { hops: object[] }) => ({
        ...path,
        hops: path.hops.map((hop) => ({ ...hop, name: 'N' })),
      })),
    );
    expect(before.length).toBeGreaterThan(0);
  });
});

describe('rows', () => {
  const ROWS = [[SAMPLE], ['who', '10.0.0.62', SAMPLE], ['at', '2019-08-26T19:49:30', SAMPLE]];

  it.each(ROWS)('of %s end with both names, and are otherwise the same', async (...args) => {
    const named = { initiator_name: 'Dublin office', responder_name: 'web-1' };
    const before = rowsOf(await run(args));
    expect(before.length).toBeGreaterThan(0);
    const rows = rowsOf(await run([...args, '--names', NAMES]));
    expect(rows.map((row) => JSON.stringify(row))).toEqual(
      before.map((row) => JSON.stringify({ ...row, ...named })),
    );
    const csv = readCsv(await run([...args, '-f', 'csv']));
    expect(readCsv(await run([...args, '-f', 'csv', '--names', NAMES]))).toEqual(
      csv.map((row, i) => [...row, ...(i === 0 ? Object.keys(named) : Object.values(named))]),
    );
  });

  it('have null, and an empty cell, where an address has no name', async () => {
    for (const row of rowsOf(await run([SAMPLE, '--names', OTHERS])))
      expect([row['initiator_name'], row['responder_name']]).toEqual([null, null]);
    expect(await run([SAMPLE, '-f', 'csv', '--names', OTHERS])).toMatch(/,,\r\n$/);
  });

  it('have the names that --columns asks for, and those are columns with --names alone', async () => {
    const columns = ['--columns', 'responder_name,responder_port'];
    expect(rowsOf(await run([SAMPLE, ...columns, '--names', NAMES]))[0]).toEqual({
      responder_name: 'web-1',
      responder_port: 5001,
    });
    expect(await run([SAMPLE, '-f', 'table', ...columns, '--names', NAMES])).toMatch(
      /^responder_name {2}responder_port\nweb-1 +5001\n/,
    );
    // All are those of the wide row, and names behind them.
    const [all] = rowsOf(await run([SAMPLE, '--columns', 'all', '--names', NAMES]));
    expect(Object.keys(all as object)).toEqual([
      ...WIDE_COLUMNS.map(({ name }) => name),
      ...['initiator_name', 'responder_name'],
    ]);
    const [flat] = rowsOf(await run([SAMPLE, '--names', NAMES]));
    expect(all).toMatchObject({ ...(flat as object) });
    const { code, stderr } = await conntrail([SAMPLE, ...columns]);
    expect(code).toBe(2);
    expect(stderr).toContain('there is no column "responder_name"');
  });

  it('run as no formula', async () => {
    const formula = namesFile('formula.csv', '10.0.0.62,"=cmd|\' /C calc\'!A0"\n');
    expect(await run([SAMPLE, '-f', 'csv', '--names', formula])).toMatch(/,'=cmd\|' \/C calc'!A0\r\n$/);
  });

  it('of windows, findings and what was stopped have them too', async () => {
    const windows = readCsv(await run(['timeline', SAMPLE, '-f', 'csv', '--names', NAMES]));
    expect(windows.map((row) => row.slice(-2))).toEqual([
      ['initiator_name', 'responder_name'],
      ...windows.slice(1).map(() => ['Dublin office', 'web-1']),
    ]);
    // 203.0.113.12 asked 172.31.16.139: of these the second alone has a name.
    const audit = readCsv(await run(['audit', SAMPLES, '-f', 'csv', '--names', NAMES]));
    expect(audit.map((row) => row.slice(-2))).toEqual([
      ['initiator_name', 'responder_name'],
      ['', 'default VPC'],
    ]);
    const blocked = readCsv(await run(['blocked', SAMPLES, '-f', 'csv', '--names', NAMES]));
    expect(blocked.map((row) => row.slice(-2))).toEqual([
      ['clients_name', 'responder_name'],
      ['default VPC', 'default VPC'],
      ['', 'default VPC'],
    ]);
  });

  it('of conn.log are those of Zeek', async () => {
    expect(await run([SAMPLE, '-f', 'zeek', '--names', NAMES])).toBe(await run([SAMPLE, '-f', 'zeek']));
  });
});

describe('objects for programs', () => {
  it('have the names of both ends', async () => {
    const { findings } = JSON.parse(await run(['audit', SAMPLES, '-f', 'json', '--names', NAMES]));
    expect([findings[0].initiator_name, findings[0].responder_name]).toEqual([null, 'default VPC']);
    const { blockages } = JSON.parse(await run(['blocked', SAMPLES, '-f', 'json', '--names', NAMES]));
    expect([blockages[0].clients_name, blockages[0].responder_name]).toEqual(['default VPC', 'default VPC']);
    const story = JSON.parse(await run(['explain', ENDS, SAMPLE, '-f', 'json', '--names', NAMES]));
    expect([story.initiatorName, story.responderName]).toEqual(['Dublin office', 'web-1']);
    const { traceEvents } = JSON.parse(await run(['timeline', SAMPLE, '-f', 'trace', '--names', NAMES]));
    const slice = traceEvents.find(({ cat }: { readonly cat?: string }) => cat?.startsWith('connection'));
    expect([slice.args.initiator_name, slice.args.responder_name]).toEqual(['Dublin office', 'web-1']);
    const page = await run(['report', SAMPLE, '-o', '-', '--names', NAMES]);
    expect(page).toContain('"names":{"52.213.180.42":"Dublin office","10.0.0.62":"web-1"}');
    expect(await run(['report', SAMPLE, '-o', '-'])).not.toContain('"names":{');
  });
});

describe('the table', () => {
  const row = (name: string): string => name.split('\n').find((line) => line.includes('52.213')) ?? '';

  it('has as much of a name as has room, on two lines a row where one has none', async () => {
    const at = async (width: number): Promise<string> =>
      run([SAMPLE, '-f', 'table', '--names', NAMES], width);
    expect(row(await at(200))).toMatch(
      /^2019-08-26 19:47:55 {2}52\.213\.180\.42:43416 \(Dublin office\) → 10\.0\.0\.62:5001 \(web-1\) {2}established/,
    );
    expect(row(await at(80))).toBe(
      '19:47:55  52.213.180.42:43416 (Dublin office)  established  ~58 s …    568 B',
    );
    // 19:47:55 takes 8 columns, state 11, lasted 7, sent 7, and four gaps 8: of 75 are 34 left, the address takes 19 of them.
    expect(row(await at(75))).toContain('52.213.180.42:43416 (Dublin offi…)  established');
    // No room: the address stands alone.
    expect(row(await at(60))).toBe('19:47:55  52.213.180.42:43416  established  ~58 s …    568 B');
    expect(row(await at(40))).toBe('19:47:55  52.213.180.42:43416');
  });

  it('of what was open then has them as well', async () => {
    const at = async (width: number): Promise<string> =>
      run(['at', '2019-08-26T19:49:30', SAMPLE, '-f', 'table', '--names', NAMES], width);
    expect(await at(80)).toContain('→ 10.0.0.62:5001 (web-1)  near');
    expect(row(await at(80))).toContain('52.213.180.42:43418     established');
    expect(row(await at(120))).toContain('52.213.180.42:43418 (Dublin office)  established');
    for (const line of (await at(80)).split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(80);
  });

  const anyEnd = fc.record({
    address: fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((text) => text.slice(0, 39)),
    ),
    port: fc.option(fc.integer({ min: 0, max: 65535 }), { nil: null }),
  });
  it.each([60, 80, 100, 120, 200])('is at %i columns no wider, whatever the names', (width) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyEnd, anyEnd), { minLength: 1, maxLength: 8 }),
        fc.array(fc.oneof(hostileText, fc.constant('東京都のサーバー')), { minLength: 1, maxLength: 5 }),
        (pairs, texts) => {
          const names = (address: string): string | null =>
            texts[address.length % (texts.length + 1)] ?? null;
          const table = new ConnectionTable({ names });
          for (const [initiator, responder] of pairs) table.add(connection({ initiator, responder }));
          for (const line of table.lines({ width, paint: plain })) {
            checkVisible(line, 'a line of the table');
            expect(textWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});

describe('a file of names that cannot be taken', () => {
  it.each([
    [
      '10.0.0.62 web-1\n10.0.0.999 web-2\n',
      'line 2: "10.0.0.999" is no address and no CIDR range; correct the line',
    ],
    ['{"Vpcs": []}', 'holds other JSON than aws ec2 describe-network-interfaces'],
    ['# none yet\n', 'There is no address with a name in'],
  ])('is one sentence, code 3 and no output: %j', async (content, says) => {
    const bad = namesFile('bad', content);
    const output = join(folder, 'never.csv');
    const { code, stdout, stderr } = await conntrail([SAMPLE, '--names', bad, '-o', output]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^conntrail: [^\n]*\.\n$/);
    expect(stderr).toContain(says);
    expect(existsSync(output)).toBe(false);
  });

  it('is said to be missing', async () => {
    const { code, stderr } = await conntrail([SAMPLE, '--names', join(folder, 'nowhere.json')]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^conntrail: Cannot read .*nowhere\.json: it does not exist\.\n$/);
  });

  it('is not written over', async () => {
    const before = readFileSync(NAMES, 'utf8');
    const { code, stderr } = await conntrail([SAMPLE, '--names', NAMES, '-o', NAMES]);
    expect(code).toBe(2);
    expect(stderr).toContain('is one of the inputs');
    expect(readFileSync(NAMES, 'utf8')).toBe(before);
  });
});

it('the example of the documents is taken', async () => {
  const example = join(ROOT, 'docs/examples/names.csv');
  expect(rowsOf(await run([SAMPLE, '--names', example]))[0]?.['responder_name']).toBe('web-1');
});
