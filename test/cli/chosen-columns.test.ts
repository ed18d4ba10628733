/** --columns and --times: what was chosen, in every format that has columns, and clear words where it cannot be. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../property-tests/fuzz/read-csv.ts';
import { plain } from '../../src/cli/colours.ts';
import { ColumnTable } from '../../src/cli/column-table.ts';
import { runProgram } from '../../src/cli/run.ts';
import { ANNOTATION_COLUMNS, COLUMNS, WIDE_COLUMNS } from '../../src/export/row.ts';
import type { Connection } from '../../src/model/connection.ts';
import { type ConnectionOutline, laterOf } from '../../src/model/outline.ts';
import { connection } from '../export/connection.ts';
import { ROOT, rowsOf, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const run = async (...args: string[]): Promise<string> => {
  const { surroundings, stdout } = surroundingsFor({ env: { COLUMNS: '200' } });
  expect(await runProgram([...args, SAMPLES, '-q'], surroundings)).toBe(0);
  return stdout();
};

const pick = (text: string, names: readonly string[]) =>
  rowsOf(text).map((row) => names.map((name) => [name, row[name]]));

describe('--columns', () => {
  // Of outlines alone, and with what only whole connections have.
  it.each([['responder_port,state,uid'], ['path,first_seen,community_id'], ['opened_at']])(
    '%s are those of the full row, in this order',
    async (names) => {
      const list = names.split(',');
      for (const command of [['connections'], ['who', '0.0.0.0/0'], ['at', '2019-08-26T19:49:30']]) {
        const chosen = await run(...command, '--columns', names);
        expect(pick(chosen, list)).toEqual(pick(await run(...command), list));
        const order = Object.keys(rowsOf(chosen)[0] as object);
        expect(order.slice(-list.length)).toEqual(list);
      }
      const csv = readCsv(await run('-f', 'csv', '--columns', names));
      const full = readCsv(await run('-f', 'csv'));
      const at = list.map((name) => full[0]?.indexOf(name) as number);
      expect(csv).toEqual(full.map((row) => at.map((i) => row[i])));
    },
  );

  it('may be repeated, and all are every column', async () => {
    expect(await run('--columns', 'uid', '--columns', 'state,verdict')).toBe(
      await run('--columns', 'uid,state,verdict'),
    );
    // The flat row, and behind it what only the wide row has: the samples hold nothing of it.
    const cells = ANNOTATION_COLUMNS.map(({ name }) => `,"${name}":null`).join('');
    const wide = (text: string): string => text.replaceAll('}\n', `${cells}}\n`);
    expect(await run('-f', 'json', '--columns', 'all')).toBe(wide(await run('-f', 'json')));
    expect(await run('-f', 'json', '--columns', 'all', '--port', '5001')).toBe(
      wide(await run('-f', 'json', '--port', '5001')),
    );
    const [header, ...rows] = (await run('-f', 'csv')).split('\r\n');
    const [wideHeader, ...wideRows] = (await run('-f', 'csv', '--columns', 'all')).split('\r\n');
    expect(wideHeader).toBe(`${header},${ANNOTATION_COLUMNS.map(({ name }) => name).join(',')}`);
    expect(wideRows).toEqual(
      rows.map((row) => (row === '' ? '' : row + ','.repeat(ANNOTATION_COLUMNS.length))),
    );
  });

  it('of the wide row tell the ECS task of an end, in every command and format', async () => {
    const columns = 'initiator_ecs_cluster,initiator_ecs_service,responder_ecs_task';
    const log = join(ROOT, 'test/cases/ecs-fields-without-header/flow.log');
    // The interface is that of 10.195.1.73, which is the lower end: nobody knows who opened.
    const csv = 'demo-ecs,demo-bo-be,';
    const rowOf = async (...args: readonly string[]): Promise<string | undefined> => {
      const { surroundings, stdout } = surroundingsFor({ env: { COLUMNS: '200' } });
      await runProgram([...args, '--columns', columns, log], surroundings);
      return stdout().trim().split(/\r?\n/).at(-1);
    };
    expect(await rowOf('-f', 'csv')).toBe(csv);
    expect(await rowOf('-f', 'csv', '--port', '34686')).toBe(csv);
    expect(await rowOf('who', '10.195.1.73', '-f', 'csv')).toBe(`,${csv}`);
    expect(await rowOf('at', '1760469780', '-f', 'csv')).toMatch(new RegExp(`,${csv}$`));
    expect((await rowOf('-f', 'table'))?.split(/ {2,}/)).toEqual(['demo-ecs', 'demo-bo-be', '–']);
    expect(JSON.parse((await rowOf('-f', 'json')) ?? '')).toEqual({
      initiator_ecs_cluster: 'demo-ecs',
      initiator_ecs_service: 'demo-bo-be',
      responder_ecs_task: null,
    });
  });

  it('are a table for people', async () => {
    const table = await run(
      '-f',
      'table',
      '--columns',
      'initiator_port,state,opened_at,closed_at',
      '--port',
      '5001',
    );
    // Ways between addresses stand below any table.
    expect(
      table.split('\n1 way')[0],
    ).toBe(`initiator_port  state                  opened_at            closed_at
         43416  established  2019-08-26 19:47:55                    –
         43418  closed       2019-08-26 19:47:55  2019-08-26 19:51:53
         43638  closed       2019-08-27 19:12:13  2019-08-27 19:13:13

times in UTC
`);
    const who = await run('who', ':5001', '-f', 'table', '--columns', 'initiator_port');
    expect(who.split('\n').slice(1, 4)).toEqual([
      '',
      'opened_by_endpoint  initiator_port',
      'false                        43416',
    ]);
  });
});

const outlineOf = (given: Connection): ConnectionOutline => ({
  ...given,
  whole: () => given,
  later: () => laterOf(given),
});

const drawn = (width: number, names: readonly string[], ...connections: Connection[]): string => {
  const table = new ColumnTable(COLUMNS.filter(({ name }) => names.includes(name)));
  for (const each of connections) table.add(outlineOf(each));
  return [...table.pieces({ width, paint: plain })]
    .map((piece) => Buffer.from(piece ?? []).toString())
    .join('');
};

describe('the table of chosen columns', () => {
  const [one, other] = [
    connection({ uid: 'C1', path: 'eni-a' }),
    connection({ uid: 'C2', openedAt: 1, path: null }),
  ];

  it('goes by opening, a line each where there is room, else a block each', () => {
    // uid 3, a gap of 2, path 5
    expect(drawn(10, ['uid', 'path'], one, other)).toBe('uid  path\nC2   –\nC1   eni-a\n');
    expect(drawn(9, ['uid', 'path'], one, other)).toBe('uid   C2\npath  –\n\nuid   C1\npath  eni-a\n');
    expect(drawn(80, ['uid'])).toBe('');
  });

  it('obeys nothing that stands in a log', () => {
    const hostile = connection({ path: '\u001b[31m\u202e\na\tb' });
    expect(drawn(80, ['path'], hostile)).toMatch(/^path\n\\x1b\[31m\\u\{202e\}\\n?.*a.*b\n$/);
  });
});

describe('--times iso', () => {
  it('is for JSON Lines and CSV of connections, who and at', async () => {
    expect(await run('--columns', 'opened_at', '--times', 'iso', '--port', '43416')).toBe(
      '{"opened_at":"2019-08-26T19:47:55Z"}\n',
    );
    expect(await run('--columns', 'opened_at', '--times', 'iso', '--port', '43416', '-f', 'csv')).toBe(
      'opened_at\r\n2019-08-26T19:47:55Z\r\n',
    );
    expect(await run('--times', 'seconds')).toBe(await run());
    expect(rowsOf(await run('who', ':43416', '--times', 'iso'))).toMatchObject([
      { opened_by_endpoint: true, first_seen: '2019-08-26T19:47:55Z' },
    ]);
    const at = rowsOf(await run('at', '2019-08-26T19:49:30', '--times', 'iso'));
    expect(at).toMatchObject([{ at: '2019-08-26T19:49:30Z' }, { first_seen: '2019-08-26T19:47:55Z' }]);
    const counts = await run(
      'at',
      '2019-08-26',
      '--every',
      '1d',
      '--to',
      '2019-08-26',
      '--times',
      'iso',
      '-f',
      'csv',
    );
    expect(counts.split('\r\n')[1]).toMatch(/^2019-08-26T00:00:00Z,/);
  });
});

describe('a choice that cannot be', () => {
  const names = WIDE_COLUMNS.map(({ name }) => name).join(', ');
  it.each([
    [
      ['--columns', 'stat'],
      `--columns: there is no column "stat". Did you mean state? There are ${names}; and all.`,
    ],
    [['--columns', 'frob\u001b'], `--columns: there is no column "frob\\x1b". There are ${names}; and all.`],
    [['--columns', ''], '--columns: there is no column "".'],
    [['--columns', 'uid,all'], '--columns all is every column: name no other beside it.'],
    [['--columns', 'uid,state,uid'], '--columns has uid twice.'],
    [
      ['--columns', 'uid', '-f', 'zeek'],
      '--columns is for json, csv, parquet and table; the format here is zeek.',
    ],
    [['--times', 'utc'], '--times is "utc"; expected one of seconds, iso.'],
    [['--times', 'iso', '-f', 'table'], '--times is for json and csv; the format here is table.'],
    [
      ['at', 'start', '--every', '1h', '--columns', 'uid'],
      '--columns are those of connections, and --every counts',
    ],
    [
      ['at', '1', '--columns', 'uid', '-f', 'table'],
      '--columns is for json, csv and parquet; the format here is table.',
    ],
  ])('%j is refused', async (args, says) => {
    const { surroundings, stdout } = surroundingsFor();
    await expect(runProgram([...args, SAMPLES], surroundings)).rejects.toThrow(says);
    expect(stdout()).toBe('');
  });
});
