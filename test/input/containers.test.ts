/** What lines are wrapped in on their way from AWS (test/cases/containers): the same two records, whatever they come in. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { JSON_LINES } from '../../src/export/json-lines.ts';
import type { RunReport } from '../../src/model/report.ts';
import { type ReconstructOptions, type ReconstructSource, reconstruct } from '../../src/reconstruct.ts';

const CASES = join(import.meta.dirname, '../cases/containers');
const folder = mkdtempSync(join(tmpdir(), 'conntrail-containers-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Read {
  readonly lines: string;
  readonly report: RunReport;
}

const read = async (source: ReconstructSource, options: ReconstructOptions = {}): Promise<Read> => {
  const run = reconstruct(source, options);
  let lines = '';
  for await (const connection of run) lines += JSON_LINES.line(connection);
  return { lines, report: run.report as RunReport };
};

const textOf = (name: string): Buffer => readFileSync(join(CASES, name));
/** Text in pieces of a size. */
async function* inPieces(text: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
const readBytes = (text: string | Uint8Array, options?: ReconstructOptions, size = 7): Promise<Read> =>
  read(inPieces(typeof text === 'string' ? Buffer.from(text) : text, size), options);

const containersOf = ({ report }: Read): string[] =>
  report.containers.map(({ containers }) => containers.join(' in '));

const plain = await read(join(CASES, 'plain.log'));

/** What each case is, and the containers that are told of it. */
const WRAPPED: readonly (readonly [file: string, container: string])[] = [
  ['athena.csv', 'csv-fields'],
  ['awslogs-cli.txt', 'awslogs'],
  ['awslogs-tail.txt', 'logs-tail'],
  ['camel.csv', 'csv-fields'],
  ['console.csv', 'csv-messages'],
  ['crlf.log', 'plain'],
  ['export-task.log', 'timed-lines'],
  ['plain.log', 'plain'],
  ['powershell-utf16.log', 'utf-16 in plain'],
  ['quoted-lines.txt', 'quoted-lines'],
  ['tabs.tsv', 'tsv-fields'],
  ['tail-short.txt', 'timed-lines'],
];

describe('one connection in every wrapping', () => {
  it('is one connection of two records', () => {
    expect(plain.lines.split('\n').length).toBe(2);
    expect(JSON.parse(plain.lines)).toMatchObject({
      initiator_address: '198.51.100.23',
      responder_port: 443,
      initiator_bytes: 2210,
      responder_bytes: 9180,
    });
  });

  it.each(WRAPPED)('%s is %s and gives the same JSON Lines', async (file, container) => {
    const found = await read(join(CASES, file));
    expect(found.lines).toBe(plain.lines);
    expect(found.report.placement).toMatchObject({ records: 2, rejected: 0 });
    expect(containersOf(found)).toEqual([container]);
    // In any pieces, in gzip, and with a byte-order mark in front.
    for (const size of [1, 3, 64]) expect((await readBytes(textOf(file), {}, size)).lines).toBe(plain.lines);
    const packed = join(folder, 'packed');
    writeFileSync(packed, gzipSync(textOf(file)));
    expect(await read(packed)).toMatchObject({ lines: plain.lines });
    if (container.startsWith('utf-16')) return;
    const marked = Buffer.concat([Buffer.from('\ufeff'), textOf(file)]);
    expect((await readBytes(marked)).lines).toBe(plain.lines);
    // And as PowerShell writes it: UTF-16 around the whole.
    const wide = Buffer.from(`\ufeff${textOf(file)}`, 'utf16le');
    const inWide = await readBytes(wide);
    expect(inWide.lines).toBe(plain.lines);
    expect(containersOf(inWide)).toEqual([`utf-16 in ${container}`]);
    expect((await readBytes(Buffer.from(wide).swap16())).lines).toBe(plain.lines);
  });

  it('of Logs Insights has no interface, account and end: the rest is the same', async () => {
    const found = await read(join(CASES, 'insights.csv'));
    expect(containersOf(found)).toEqual(['csv-fields']);
    const { uid: _, ...told } = JSON.parse(found.lines);
    const { uid: __, ...whole } = JSON.parse(plain.lines);
    expect(told).toEqual({
      ...whole,
      // Without an end the last packet that is known of is the first.
      last_seen: whole.first_seen,
      duration_min: 0,
      duration_max: null,
      interface_id: null,
      account_id: null,
      path: told.path,
    });
  });

  it('has a case for every file', () => {
    const known = new Set([...WRAPPED.map(([file]) => file), 'insights.csv']);
    expect(readdirSync(CASES).filter((file) => !known.has(file))).toEqual([]);
  });
});

const RECORDS = textOf('plain.log').toString().trim().split('\n');
const [REQUEST = '', REPLY = ''] = RECORDS;

describe('words in front of lines', () => {
  it.each([
    ['2025-10-09T08:53:25.123000+00:00 eni-0aa0aa0aa0aa0aa01-accept', 'logs-tail'],
    ['2025-10-09 08:53:25 eni-0aa0aa0aa0aa0aa01-reject', 'logs-tail'],
    ['eni-0aa0aa0aa0aa0aa01-all', 'awslogs'],
    ['/vpc/flow eni-0aa0aa0aa0aa0aa01-all 2025-10-09T08:53:25.000Z', 'awslogs'],
    ['/vpc/flow', 'awslogs'],
    ['2025-10-09T08:53:25.000Z', 'timed-lines'],
  ])('%s', async (words, container) => {
    const found = await readBytes(RECORDS.map((line) => `${words} ${line}\n`).join(''));
    expect(found.lines).toBe(plain.lines);
    expect(containersOf(found)).toEqual([container]);
  });

  it('are taken off for --fields too, but not where they are among its fields', async () => {
    const fields =
      'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
    const odd = `interface-id ${fields.replace(' interface-id', '')}`;
    const turned = RECORDS.map((line) => {
      const [version, account, eni, ...rest] = line.split(' ');
      return [eni, version, account, ...rest].join(' ');
    });
    const timed = turned.map((line) => `2025-10-09T08:53:25Z ${line}\n`).join('');
    expect((await readBytes(timed, { fields: odd })).lines).toBe(plain.lines);
    const among = await readBytes(timed, { fields: `time ${odd}` });
    expect(among.lines).toBe(plain.lines);
    expect(containersOf(among)).toEqual(['plain']);
  });

  it('keep the numbers of their lines, and one without them is told', async () => {
    const lines = [`2025-10-09T08:53:25 ${REQUEST}`, '', '2025-10-09T08:53:26 2 x', REPLY, 'Error: gone'];
    const { report } = await readBytes(lines.join('\n'));
    expect(report.firstRejections.map(({ lineNumber, text }) => [lineNumber, text])).toEqual([
      [3, '2 x'],
      [5, 'Error: gone'],
    ]);
    expect(report.placement).toMatchObject({ records: 4, comments: 1 });
  });

  it('are none where a record begins with a time of its own that no format proves', async () => {
    await expect(readBytes('2025-10-09T08:53:25 something happened here\n')).rejects.toMatchObject({
      code: 'format-unknown',
    });
  });
});

describe('CSV', () => {
  const HEADER =
    'version,account,interfaceid,sourceaddress,destinationaddress,sourceport,destinationport,protocol,numpackets,numbytes,starttime,endtime,action,logstatus';
  const rows = RECORDS.map((line) => line.replaceAll(' ', ','));

  it.each([
    ['names of the Athena examples', [HEADER, ...rows]],
    ['semicolons', [HEADER, ...rows].map((row) => row.replaceAll(',', ';'))],
    ['CRLF and empty lines', [HEADER, '', ...rows.map((row) => `${row}\r`)]],
    ['no header', rows],
    ['quotes around all', [HEADER, ...rows].map((row) => row.replaceAll(/[^,]+/g, '"$&"'))],
    ['a separator behind the last value', [HEADER, ...rows.map((row) => `${row},`)]],
    [
      'partition columns',
      [`${HEADER},year,"aws-region",date`, ...rows.map((row) => `${row},2025,eu-west-1,2025 10 09`)],
    ],
    // The second name stands in where the first has nothing.
    ['two names of one field', [`srcaddr,${HEADER}`, ...rows.map((row) => `,${row}`)]],
    ['two names of one field, the second first', [`${HEADER},srcaddr`, ...rows.map((row) => `${row},`)]],
    [
      'the header of each text file that Athena read',
      [HEADER, HEADER, ...rows, HEADER.replace('sourceport', '')],
    ],
    ['blanks below a header with commas', [HEADER, ...RECORDS]],
    [
      'times that are written',
      [
        HEADER,
        ...rows.map((row) =>
          row.replace('1760000005', '2025-10-09 08:53:25.000').replace('1760000061', '2025-10-09T08:54:21Z'),
        ),
      ],
    ],
    [
      'lines of Logs Insights',
      ['@timestamp,@message', ...RECORDS.map((line) => `2025-10-09 08:53:25.000,${line}`)],
    ],
    [
      'lines of Logs Insights beside their fields',
      [
        '@timestamp,srcAddr,@message',
        ...RECORDS.map((line) => `2025-10-09 08:53:25.000,198.51.100.1,"${line}"`),
      ],
    ],
    ['one column of lines', ['message', ...RECORDS]],
  ])('%s', async (_, lines) => {
    const found = await readBytes(lines.join('\n'));
    expect(found.lines).toBe(plain.lines);
    expect(found.report.placement.rejected).toBe(0);
  });

  it('names the line of the file, also behind a value of several lines', async () => {
    const bad = rows[0]?.replace('50122', '70000');
    const { report } = await readBytes(
      [`${HEADER},note`, `${rows[0]},"a`, 'b"', `${bad},c`, 'x,y'].join('\n'),
    );
    expect(
      report.firstRejections.map(({ lineNumber, field, reason }) => [lineNumber, field, reason]),
    ).toEqual([
      [4, 'srcport', 'out-of-range'],
      [5, 'interface-id', 'too-few-fields'],
    ]);
    expect(report.placement).toMatchObject({ records: 3, headers: 1 });
  });

  it('refuses a row of more values than names, and one that is too long', async () => {
    const long = `${rows[0]},${'x'.repeat(70_000)}`;
    const { report } = await readBytes([HEADER, `${rows[0]},more`, long, rows[1]].join('\n'), {}, 10_000);
    expect(report.firstRejections.map(({ lineNumber, reason }) => [lineNumber, reason])).toEqual([
      [2, 'too-many-fields'],
      [3, 'line-too-long'],
    ]);
    expect(report.placement.records).toBe(3);
  });

  it('stops at quotes that never end, in bounded memory: what came before is read with --keep-going', async () => {
    const open = async function* () {
      yield Buffer.from(`${HEADER}\n${rows[0]}\n"`);
      // 100 MB in one value.
      const filler = Buffer.alloc(1_000_000, 'x');
      for (let i = 0; i < 100; i++) yield filler;
    };
    await expect(read(open())).rejects.toMatchObject({
      code: 'input-corrupt',
      message: expect.stringContaining('-:3: this line of CSV holds quotes around more than 65536 bytes'),
    });
    const short = `${HEADER}\n${rows[0]}\n"2`;
    await expect(readBytes(short)).rejects.toMatchObject({ code: 'input-corrupt' });
    const damage: Error[] = [];
    const kept = await readBytes(short, { keepGoing: true, onDamage: (error) => void damage.push(error) });
    expect(kept.report.placement.records).toBe(1);
    expect(damage.map(({ message }) => message)).toEqual([
      expect.stringContaining('-:3: this line of CSV begins quotes that never end'),
    ]);
  });

  it('of something else is refused as any text', async () => {
    await expect(readBytes('name,size\nbread,2\n')).rejects.toMatchObject({ code: 'format-unknown' });
  });
});
