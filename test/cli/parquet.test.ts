/** Parquet of every command that has it: DuckDB reads the rows that JSON Lines of the same run have. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../property-tests/fuzz/read-csv.ts';
import { runProgram } from '../../src/cli/run.ts';
import { COLUMNS } from '../../src/export/row.ts';
import { askParquet, readParquet, typesOfParquet } from '../read-parquet.ts';
import { emptyFolder } from './empty-folder.ts';
import { ROOT, rowsOf, SAMPLES } from './run-command.ts';
import { surroundingsFor } from './surroundings.ts';

const run = async (...args: string[]): Promise<void> => {
  const { surroundings } = surroundingsFor();
  expect([args, await runProgram([...args, '-q'], surroundings)]).toEqual([args, 0]);
};

/** The rows of a command as Parquet and as JSON Lines. */
const bothOf = async (...args: string[]) => {
  const folder = emptyFolder();
  const [parquet, json] = [join(folder, 'x.parquet'), join(folder, 'x.jsonl')];
  await run(...args, '-o', parquet);
  await run(...args, '-o', json);
  return { file: parquet, parquet: await readParquet(parquet), json: rowsOf(readFileSync(json, 'utf8')) };
};

const CASES = join(ROOT, 'test/cases');
const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const LARGEST = Number.MAX_SAFE_INTEGER;

const logOf = (lines: readonly string[]): string => {
  const file = join(emptyFolder(), 'flow.log');
  writeFileSync(file, `${[HEADER, ...lines].join('\n')}\n`);
  return file;
};

describe('Parquet has the rows of JSON Lines', () => {
  it('of the samples, with no value of a column in another', async () => {
    const { parquet, json } = await bothOf(SAMPLES);
    expect(json.length).toBeGreaterThan(5);
    expect(parquet).toEqual(json);
    expect(Object.keys(parquet[0] as object)).toEqual(COLUMNS.map(({ name }) => name));
  });

  it.each(readdirSync(CASES))('of the case %s', async (name) => {
    const { parquet, json } = await bothOf(join(CASES, name));
    expect(json.length).toBeGreaterThan(0);
    expect(parquet).toEqual(json);
  });

  it('of a network, in which every kind of column holds values and null', async () => {
    const folder = emptyFolder();
    execFileSync(process.execPath, [
      join(ROOT, 'property-tests/network/run-simulate.ts'),
      ...['--connections', '2000', '--seed', '5', '--no-truth', '-o', folder],
    ]);
    const { parquet, json } = await bothOf(join(folder, 'flow.log'));
    expect(json.length).toBeGreaterThan(1000);
    expect(parquet).toEqual(json);
    // A text, a port, a time, a count and a boolean.
    for (const name of ['state', 'initiator_port', 'opened_at', 'duration_max', 'starts_midstream']) {
      const values = parquet.map((row) => row[name]);
      expect([name, values.includes(null), values.some((value) => value !== null)]).toEqual([
        name,
        true,
        true,
      ]);
    }
  });

  it('of names that are hostile', async () => {
    const names = ['"', "';--", '\\', '\u001b[31m', '\u0001', '=1+1', '😀', '\u202e', 'é', '\u{10ffff}'];
    const { parquet, json } = await bothOf(
      logOf(
        names.map(
          (name, i) => `2 acc ${name} 10.0.0.${i} 10.0.1.1 ${4000 + i} 443 6 1 40 1000 1060 ACCEPT OK`,
        ),
      ),
    );
    expect(parquet).toEqual(json);
    expect(new Set(parquet.map((row) => row['interface_id']))).toEqual(new Set(names));
  });

  it('of counts beyond 2^53, and the largest number where they are beyond 2^63', async () => {
    const record = (second: number, port: number): string =>
      `2 acc eni-1 10.0.0.1 10.0.1.1 ${port} 443 6 ${LARGEST} 40 ${second} ${second + 60} ACCEPT OK`;
    const lines = Array.from({ length: 1025 }, (_, i) => record(1000 + 60 * i, 4000));
    const { file, parquet, json } = await bothOf(logOf([record(0, 4001), record(60, 4001), ...lines]));
    const some = await askParquet(file, 'initiator_port, initiator_packets');
    // Twice 2^53 - 1 is even: no digit is lost. 1025 times 2^53 - 1 is more than 2^63 - 1.
    expect(some).toEqual([
      { initiator_port: 4001, initiator_packets: 2n ** 54n - 2n },
      { initiator_port: 4000, initiator_packets: 2n ** 63n - 1n },
    ]);
    const rest = ({ initiator_packets: _, ...row }: Record<string, unknown>) => row;
    expect(parquet.map(rest)).toEqual(json.map(rest));
  });

  it.each([
    [['who', ':5001']],
    [['who', ':5001', '--columns', 'state,uid']],
    [['at', '2019-08-26T19:49:30']],
    [['at', '2019-08-26T19:49:30', '--time', '2019-08-26T19:48:30', '--columns', 'uid,path']],
    [['at', '2019-08-26T19:40:00', '--every', '1m', '--to', '2019-08-26T20:00:00']],
    [['--columns', 'responder_port,state,opened_at']], // told by outlines
    [['--columns', 'path,uid']], // told by whole connections
    [['--columns', 'all', '--port', '5001']],
    [['--state', 'closed']],
  ])('of %j', async (args) => {
    const { parquet, json } = await bothOf(...args, SAMPLES);
    expect(json.length).toBeGreaterThan(0);
    expect(parquet).toEqual(json);
    expect(Object.keys(parquet[0] as object)).toEqual(Object.keys(json[0] as object));
  });

  it('where there are none: the columns stand even so', async () => {
    const { file, parquet } = await bothOf('--port', '1', SAMPLES);
    expect(parquet).toEqual([]);
    expect(Object.keys(await typesOfParquet(file))).toEqual(COLUMNS.map(({ name }) => name));
  });
});

describe('Parquet has the rows of CSV', () => {
  const NAMES = join(ROOT, 'docs/examples/names.csv');
  const COMMANDS = [['audit'], ['blocked'], ['check'], ['timeline']];

  /** Cells as CSV has them. */
  const asCells = (row: Record<string, unknown>): string[] =>
    Object.values(row).map((value) => (value === null ? '' : String(value)));

  /** The rows of a command as Parquet, which are those of its CSV. */
  const rowsAs = async (...args: string[]): Promise<Record<string, unknown>[]> => {
    const folder = emptyFolder();
    const [parquet, csv] = [join(folder, 'x.parquet'), join(folder, 'x.csv')];
    await run(...args, '-o', parquet);
    await run(...args, '-o', csv);
    const [header, ...cells] = readCsv(readFileSync(csv, 'utf8'));
    const rows = await readParquet(parquet);
    expect(Object.keys(await typesOfParquet(parquet))).toEqual(header);
    expect(rows.map(asCells)).toEqual(cells);
    return rows;
  };

  it.each(COMMANDS)('of %s', async (command) => {
    expect((await rowsAs(command, SAMPLES)).length).toBeGreaterThan(0);
    const [row] = await rowsAs(command, SAMPLES, '--names', NAMES);
    // What `check` has rows of are interfaces, which have no address.
    expect(Object.hasOwn(row as object, 'responder_name')).toBe(command !== 'check');
  });

  it.each(readdirSync(CASES))('of the case %s', async (name) => {
    for (const [command = ''] of COMMANDS) await rowsAs(command, join(CASES, name));
  });

  it('of the connections behind a finding, and those are the ones of JSON Lines', async () => {
    const { parquet, json } = await bothOf('blocked', SAMPLES, '--finding', '2', '--names', NAMES);
    expect(json.map((row) => row['verdict'])).toEqual(['reply-rejected']);
    expect(parquet).toEqual(json);
  });

  it('of a connection whose windows fill more than a group', async () => {
    // A group has 100,000 rows; at a window a minute these are 208 days of one connection.
    const minute = (i: number): string =>
      `2 acc eni-1 10.0.0.1 10.0.1.1 4000 443 6 1 40 ${60 * i} ${60 * i + 59} ACCEPT OK`;
    const log = logOf(Array.from({ length: 300_000 }, (_, i) => minute(i)));
    const file = join(emptyFolder(), 'x.parquet');
    await run('timeline', log, '-o', file);
    expect(
      await askParquet(
        file,
        'count(*) AS rows, max("window") AS most, count(DISTINCT window_start) AS starts',
      ),
    ).toEqual([{ rows: 300_000n, most: 300_000, starts: 300_000n }]);
  });
});

describe('a column of Parquet', () => {
  it.each([
    [
      ['audit'],
      {
        INTEGER: ['finding', 'responder_port'],
        BIGINT: ['connections', 'inferred'],
        DOUBLE: ['confidence'],
        'TIMESTAMP WITH TIME ZONE': ['first_seen', 'last_seen'],
      },
    ],
    [
      ['blocked'],
      {
        INTEGER: ['finding', 'responder_port'],
        BIGINT: ['clients', 'connections', 'inferred', 'unasked', 'packets_lost'],
        'TIMESTAMP WITH TIME ZONE': ['first_seen', 'last_seen', 'rejected_from'],
      },
    ],
    [
      ['check'],
      {
        BIGINT: ['records', 'nodata', 'skipdata', 'longest_interval'],
        BOOLEAN: ['told_twice', 'rewrites'],
        'TIMESTAMP WITH TIME ZONE': ['first_seen', 'last_seen'],
      },
    ],
    [
      ['timeline'],
      {
        INTEGER: ['initiator_port', 'responder_port', 'window'],
        BIGINT: ['initiator_packets', 'initiator_bytes', 'responder_packets', 'responder_bytes'],
        BOOLEAN: ['has_gap'],
        'TIMESTAMP WITH TIME ZONE': ['opened_at', 'closed_at', 'window_start', 'window_end'],
      },
    ],
  ])('of %j has the type of what it holds, and all others are texts', async (args, expected) => {
    const file = join(emptyFolder(), 'x.parquet');
    await run(...args, SAMPLES, '-o', file);
    const types: Record<string, string[]> = {};
    for (const [name, type] of Object.entries(await typesOfParquet(file)))
      types[String(type)] = [...(types[String(type)] ?? []), name];
    const { VARCHAR: texts = [], ...others } = types;
    expect(others).toEqual(expected);
    expect(texts.length).toBeGreaterThan(0);
  });

  it('has the type of what it holds', async () => {
    const { file } = await bothOf('who', ':5001', SAMPLES);
    const types = await typesOfParquet(file);
    const named = (...names: string[]) => names.map((name) => types[name]);
    expect(named('uid', 'state', 'path')).toEqual(['VARCHAR', 'VARCHAR', 'VARCHAR']);
    expect(named('initiator_port', 'responder_flags')).toEqual(['INTEGER', 'INTEGER']);
    expect(named('responder_bytes', 'duration_max', 'records')).toEqual(['BIGINT', 'BIGINT', 'BIGINT']);
    expect(named('opened_by_endpoint', 'has_gap')).toEqual(['BOOLEAN', 'BOOLEAN']);
    expect(types['initiator_confidence']).toBe('DOUBLE');
    for (const column of COLUMNS)
      if ('isTime' in column) expect(types[column.name]).toBe('TIMESTAMP WITH TIME ZONE');
  });
});

describe('the bytes of Parquet', () => {
  const bytesOf = async (...args: string[]): Promise<Buffer> => {
    const file = join(emptyFolder(), 'x.parquet');
    await run(...args, '-o', file);
    return readFileSync(file);
  };

  it('are the same in every run, by any number of threads, in a file and in a pipe', async () => {
    const bytes = await bytesOf(SAMPLES);
    expect(await bytesOf(SAMPLES, '--threads', '1')).toEqual(bytes);
    const main = join(ROOT, 'src/cli/main.ts');
    expect(execFileSync(process.execPath, [main, SAMPLES, '-q', '-f', 'parquet'])).toEqual(bytes);
  });

  it('do not stay where the run fails', async () => {
    const folder = emptyFolder();
    const log = logOf(['what is this']);
    const { surroundings } = surroundingsFor();
    await expect(runProgram([log, '-o', join(folder, 'x.parquet')], surroundings)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('Parquet that cannot be', () => {
  it.each([
    [['-f', 'parquet'], 'Parquet is no text for a terminal: name a file with -o, or send it into a pipe.'],
    [['who', ':1', '-f', 'parquet'], 'Parquet is no text for a terminal'],
    [['at', '1', '-f', 'parquet'], 'Parquet is no text for a terminal'],
    [['-o', 'x.parquet.gz'], '--output x.parquet.gz: Parquet compresses its pages itself; leave .gz out.'],
    [['-o', 'x.parquet', '--times', 'iso'], '--times is for json and csv; the format here is parquet.'],
    [['check', '-f', 'parquet'], 'Parquet is no text for a terminal'],
    [['timeline', '-f', 'parquet'], 'Parquet is no text for a terminal'],
    [['timeline', '-o', 'x.parquet', '--top', '5'], 'rows of Parquet are written all: leave it out'],
    [
      ['explain', '10.0.0.62 52.213.180.42', '-f', 'parquet'],
      '--format is "parquet"; expected one of table, json.',
    ],
    [
      ['audit', '-o', 'x.zeek'],
      '--output x.zeek is no format of this command: end it in .csv, .json, .parquet,',
    ],
    [['-o', 'x.parquett'], 'end it in .csv, .json, .jsonl, .parquet, .zeek or .txt, or give --format.'],
    [['-f', 'parquets'], '--format is "parquets"; did you mean parquet?'],
    [['-f', 'xml'], '--format is "xml"; expected one of table, json, csv, parquet, zeek.'],
  ])('%j is refused', async (args, says) => {
    const { surroundings, stdout } = surroundingsFor({ columns: 80 });
    await expect(runProgram([...args, SAMPLES], surroundings)).rejects.toThrow(says);
    expect(stdout()).toBe('');
    expect(existsSync('x.parquet')).toBe(false);
  });
});
