/** What lines are wrapped in on their way from AWS (test/cases/containers): the same two records, whatever they come in. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { ReconstructOptions } from '../../src/reconstruct.ts';
import { type ReadAll, readAll as read } from './read-all.ts';

const CASES = join(import.meta.dirname, '../cases/containers');
const folder = mkdtempSync(join(tmpdir(), 'conntrail-containers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (name: string): Buffer => readFileSync(join(CASES, name));
/** Text in pieces of a size. */
async function* inPieces(text: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
const readBytes = (text: string | Uint8Array, options?: ReconstructOptions, size = 7): Promise<ReadAll> =>
  read(inPieces(typeof text === 'string' ? Buffer.from(text) : text, size), options);

const containersOf = ({ report }: ReadAll): string[] =>
  report.containers.map(({ containers }) => containers.join(' in '));

const RECORDS = textOf('plain.log').toString().trim().split('\n');
const [REQUEST = '', REPLY = ''] = RECORDS;

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
  ['filter-log-events-pretty.json', 'log-events'],
  ['filter-log-events.json', 'log-events'],
  ['firehose.json', 'json-messages'],
  ['jq-array.json', 'json-lines'],
  ['message.ndjson', 'json-messages'],
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
    writeFileSync(packed, zstdCompressSync(textOf(file)));
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

  it('of a table may have blanks in the names of fields, and two names of one field', async () => {
    const [header = '', ...rows] = textOf('athena.csv').toString().trim().split('\n');
    const values = (line: string, value: string): string => [line, value].join();
    const wide = [
      `${header.replaceAll('_', ' ')},"src addr"`,
      ...rows.map((row) => values(row, '"10.9.9.9"')),
    ];
    const found = await readBytes(wide.join('\n'));
    // The first that has a value counts.
    expect(found.lines).toBe(plain.lines);
    const [{ fields = [] } = {}] = found.report.formats;
    expect(fields.filter((name) => name === 'srcaddr')).toHaveLength(1);
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

  it('of a subscription, as Firehose stores it, as Lambda gets it and over HTTP', async () => {
    const packed = textOf('subscription.gz');
    const base64 = packed.toString('base64');
    const http = JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data: base64 }] });
    const kinesis = JSON.stringify({ Records: [{ kinesis: { data: base64 } }] });
    const inPlace = await read(join(CASES, 'subscription.gz'));
    for (const [found, containers] of [
      [inPlace, 'subscription'],
      [await readBytes(base64), 'base64 in subscription'],
      [await readBytes(JSON.stringify({ awslogs: { data: base64 } })), 'subscription in subscription'],
      [await readBytes(http, {}, 1), 'json-records in subscription'],
      [await readBytes(kinesis), 'json-records in subscription'],
      [
        await readBytes(
          JSON.stringify({
            records: RECORDS.map((line) => ({ data: Buffer.from(line).toString('base64') })),
          }),
        ),
        'json-records in plain',
      ],
    ] as const) {
      expect(found.lines).toBe(plain.lines);
      expect(found.report.placement).toMatchObject({ records: 2, rejected: 0 });
      expect(containersOf(found)).toEqual([containers]);
    }
  });

  it('has a case for every file', () => {
    const known = new Set([...WRAPPED.map(([file]) => file), 'insights.csv', 'subscription.gz']);
    expect(readdirSync(CASES).filter((file) => !known.has(file))).toEqual([]);
  });
});

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

describe('a large log of plain text', () => {
  it('stays one in its middle, where a part of it begins with what looks like a container', async () => {
    const odd = `2025-10-09T08:53:25.000Z ${REQUEST}\n`;
    const path = join(folder, 'large.log');
    // Two parts of 8 MiB and more: the second begins somewhere among odd lines.
    const half = `${REPLY}\n`.repeat(Math.ceil(2 ** 23 / (REPLY.length + 1)) - 10);
    writeFileSync(path, half + odd.repeat(40) + half);
    const [one, several] = [await read(path, { threads: 1 }), await read(path, { threads: 2 })];
    expect(several).toMatchObject({ lines: one.lines });
    expect(one.report.placement.rejected).toBe(40);
    expect(several.report.placement).toEqual(one.report.placement);
    expect([containersOf(one), containersOf(several)]).toEqual([['plain'], ['plain']]);
  });

  it('of another container is read by several threads as by one', async () => {
    const path = join(folder, 'large.csv');
    const row = `${REPLY.replaceAll(' ', ',')}\n`;
    writeFileSync(path, row.repeat(Math.ceil(2 ** 24 / row.length)));
    const [one, several] = [await read(path, { threads: 1 }), await read(path, { threads: 2 })];
    expect(several).toMatchObject({ lines: one.lines });
    expect([containersOf(one), containersOf(several)]).toEqual([['csv-fields'], ['csv-fields']]);
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

describe('JSON', () => {
  const NAMES = [
    'version',
    'accountId',
    'interfaceId',
    'srcAddr',
    'dstAddr',
    'srcPort',
    'dstPort',
    'protocol',
    'packets',
    'bytes',
    'startTime',
    'endTime',
    'action',
    'logStatus',
  ];
  const events = RECORDS.map((message, i) => ({ timestamp: 1, message, ingestionTime: 2, eventId: `${i}` }));
  const rows = RECORDS.map((line) => Object.fromEntries(line.split(' ').map((text, i) => [NAMES[i], text])));
  const fieldsOf = (row: object) => Object.entries(row).map(([field, value]) => ({ field, value }));

  it.each([
    ['pages one after another', events.map((each) => JSON.stringify({ events: [each] }, null, 2)).join('\n')],
    ['pages with nothing between them', events.map((each) => JSON.stringify({ events: [each] })).join('')],
    ['pages as jq gathers them', JSON.stringify(events.map((each) => ({ events: [each] })))],
    ['get-log-events', JSON.stringify({ events, nextForwardToken: 'f/1', nextBackwardToken: 'b/1' })],
    ['events in one array', JSON.stringify(events)],
    ['lines with their ends', RECORDS.map((line) => JSON.stringify({ message: `${line}\n` })).join('')],
    [
      'signs that are spelt out',
      RECORDS.map((line) => `{"message":"${line.replace('2', '\\u0032')}"}`).join('\n'),
    ],
    ['objects of fields', rows.map((row) => JSON.stringify(row)).join('\n')],
    ['an array of objects of fields', JSON.stringify(rows, null, 2)],
    ['numbers as numbers', JSON.stringify(rows.map((row) => ({ ...row, srcPort: Number(row['srcPort']) })))],
    [
      'results of get-query-results',
      JSON.stringify({ results: rows.map(fieldsOf), statistics: { a: 1 }, status: 'Complete' }),
    ],
    [
      'results with @message, which counts',
      JSON.stringify({
        results: events.map(({ message }) =>
          fieldsOf({ '@message': message, srcAddr: '10.0.0.1', '@ptr': 'x' }),
        ),
      }),
    ],
    [
      'rows of the Insights console',
      JSON.stringify(events.map(({ message }) => ({ '@timestamp': 't', '@message': message }))),
    ],
  ])('%s', async (_, text) => {
    const found = await readBytes(text);
    expect(found.lines).toBe(plain.lines);
    expect(found.report.placement).toMatchObject({ records: 2, rejected: 0 });
  });

  it('passes what CloudWatch says to whoever listens', async () => {
    const control = {
      messageType: 'CONTROL_MESSAGE',
      logEvents: [{ id: '', message: 'CWL CONTROL MESSAGE: Checking health of destination Firehose.' }],
    };
    const data = { messageType: 'DATA_MESSAGE', logEvents: events };
    const found = await readBytes(JSON.stringify(control) + JSON.stringify(data));
    expect(found.lines).toBe(plain.lines);
    expect(found.report.placement).toMatchObject({ records: 2, rejected: 0, comments: 1 });
  });

  it('fills in the fields that an object has not, as others have them', async () => {
    const { packets: _, ...less } = rows[1] as Record<string, string>;
    const nulls = { ...rows[1], bytes: null };
    const { report } = await readBytes(JSON.stringify([rows[0], less, nulls]));
    expect(report.placement).toMatchObject({ records: 3, rejected: 0, headers: 0 });
    expect(report.formats.length).toBe(1);
  });

  it('names an event by its number', async () => {
    const bad = { message: REPLY.replace('443', '70000') };
    const { report } = await readBytes(JSON.stringify({ events: [events[0], bad, { message: 'hello' }] }));
    expect(
      report.firstRejections.map(({ lineNumber, field, text }) => [lineNumber, field, text.slice(0, 5)]),
    ).toEqual([
      [2, 'srcport', '2 111'],
      [3, 'account-id', 'hello'],
    ]);
  });

  it('counts what is no record among records', async () => {
    const { report } = await readBytes(`{"kind":"start"}${JSON.stringify(events[0])}{"kind":"end"}`);
    expect(report.firstRejections.map(({ lineNumber, text }) => [lineNumber, text])).toEqual([
      [1, '{"kind":…}'],
      [3, '{"kind":…}'],
    ]);
    expect(report.placement.records).toBe(3);
  });

  it.each([
    ['an answer without events', '{"events":[],"searchedLogStreams":[]}'],
    ['an empty array', '[ ]'],
  ])('%s holds no records, and is no error', async (_, text) => {
    expect((await readBytes(text)).report.placement.records).toBe(0);
  });

  it.each([
    ['of something else', '{"name":"x","version":"1.0.0","files":["a"]}', 'input-unsupported', '-: is JSON'],
    ['of numbers', '[[1,2]]', 'input-unsupported', 'it begins with 1'],
    [
      'that ends in the middle',
      '{"events":[{"message":"2 1',
      'input-corrupt',
      'it ends in the middle (line 1)',
    ],
    ['that is none', '{"events":\n[}', 'input-corrupt', 'a value is missing (line 2)'],
    ['with a number that is none', '{"a":01}', 'input-corrupt', 'neither text nor number'],
    ['100,000 deep', '['.repeat(100_000), 'input-corrupt', 'nested deeper than 64'],
    [
      'around what does not unpack',
      '{"data":"H4sIAAAAAAAAAAAAAAAA"}',
      'input-corrupt',
      'base64 data that do not unpack',
    ],
  ])('%s is told', async (_, text, code, says) => {
    await expect(readBytes(text, {}, 999)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says.replace('-: ', '- ')),
    });
  });

  it('with --keep-going counts up to the damage', async () => {
    const damage: Error[] = [];
    const options = { keepGoing: true, onDamage: (error: Error) => void damage.push(error) };
    const { report } = await readBytes(`${JSON.stringify(events[0])}\n{"message":`, options);
    expect(report.placement.records).toBe(1);
    expect(damage.map(({ message }) => message)).toEqual([
      expect.stringContaining('ends in the middle (line 2)'),
    ]);
  });

  it('that is a bomb is told in bounded memory', async () => {
    // 100 MB of zeros, packed to 100 KB.
    const data = gzipSync(Buffer.alloc(100_000_000, '0')).toString('base64');
    await expect(readBytes(JSON.stringify({ records: [{ data }] }), {}, 65_536)).rejects.toMatchObject({
      code: 'input-corrupt',
      message: expect.stringContaining('unpack to more than 67108864 bytes'),
    });
  });

  it('with a text of 100 MB rejects that alone', async () => {
    const long = async function* () {
      yield Buffer.from(`${JSON.stringify(events[0])}{"message":"`);
      const filler = Buffer.alloc(1_000_000, 'x');
      for (let i = 0; i < 100; i++) yield filler;
      yield Buffer.from(`"}${JSON.stringify(events[1])}`);
    };
    const { report } = await read(long());
    expect(report.firstRejections.map(({ lineNumber, reason }) => [lineNumber, reason])).toEqual([
      [2, 'line-too-long'],
    ]);
    expect(report.placement.records).toBe(3);
  });
});

describe('transit gateway lines', () => {
  // The line of flow-log-format.md section 7, and its other direction.
  const FORTH =
    '6 TransitGateway 111122223333 tgw-0a1b tgw-attach-0c2d 111122223333 444455556666 vpc-01 vpc-02 subnet-01 subnet-02 eni-01 eni-02 euw1-az1 euw1-az2 tgw-attach-0e3f 10.20.1.15 10.30.2.9 50122 443 6 12 2210 1760000005 1760000061 OK IPv4 0 0 0 0 27 eu-west-1 ingress - -';
  const BACK = FORTH.replace('10.20.1.15 10.30.2.9 50122 443', '10.30.2.9 10.20.1.15 443 50122');
  const VPC_HEADER =
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  const events = (lines: readonly string[]) => lines.map((message) => ({ timestamp: 1, message }));
  const IN: readonly [string, (lines: readonly string[]) => string][] = [
    ['plain lines', (lines) => lines.join('\n')],
    [
      'aws logs tail',
      (lines) => lines.map((line) => `2025-10-09T08:53:25Z tgw-attach-0c2d-all ${line}`).join('\n'),
    ],
    ['a time in front', (lines) => lines.map((line) => `2025-10-09T08:53:25 ${line}`).join('\n')],
    ['awslogs', (lines) => lines.map((line) => `/tgw tgw-attach-0c2d-all ${line}`).join('\n')],
    ['quoted lines', (lines) => lines.map((line) => `"${line}"`).join('\n')],
    ['CSV of the console', (lines) => ['timestamp,message', ...lines.map((line) => `1,${line}`)].join('\n')],
    ['filter-log-events', (lines) => JSON.stringify({ events: events(lines) })],
    ['a subscription', (lines) => JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: events(lines) })],
    ['lines as strings', (lines) => JSON.stringify(lines)],
    [
      'messages',
      (lines) =>
        events(lines)
          .map((event) => JSON.stringify(event))
          .join('\n'),
    ],
    [
      'Firehose',
      (lines) => JSON.stringify({ records: [{ data: gzipSync(lines.join('\n')).toString('base64') }] }),
    ],
  ];

  it.each(IN)('are read in %s without a header, as they stand', async (_, wrap) => {
    const { lines, report } = await readBytes(wrap([FORTH, BACK]));
    expect(report.placement).toMatchObject({ records: 2, connections: 2, rejected: 0 });
    expect(JSON.parse(lines)).toMatchObject({
      interface_id: null,
      // Flags 27 of both: SYN-ACK, FIN and PSH.
      initiator_packets: 12,
      responder_packets: 12,
    });
    expect(report.formats.map(({ fields }) => fields.length)).toEqual([36]);
  });

  it.each(IN)('are read in %s among lines of a VPC without any header', async (_, wrap) => {
    const { report } = await readBytes(wrap([REQUEST, FORTH, REPLY, BACK]));
    expect(report.placement).toMatchObject({ records: 4, rejected: 0 });
    expect(report.formats.map(({ fields, records }) => [fields.length, records])).toEqual([
      [14, 2],
      [36, 2],
    ]);
  });

  it.each(IN)('are read in %s behind lines of a VPC, each kind below its header', async (_, wrap) => {
    const names =
      'version resource-type tgw-id tgw-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status';
    const short =
      '6 TransitGateway tgw-0a1b tgw-attach-0c2d 10.20.1.15 10.30.2.9 50122 443 6 12 2210 1760000005 1760000061 OK';
    const { report } = await readBytes(wrap([VPC_HEADER, REQUEST, REPLY, names, short, VPC_HEADER, REPLY]));
    expect(report.placement).toMatchObject({ records: 4, rejected: 0, duplicates: 1, connections: 3 });
  });
});

describe('what get-query-results prints', () => {
  const row = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([field, value]) => ({ field, value }));
  const [request, reply] = RECORDS.map((line) => {
    const [
      ,
      ,
      eni,
      srcAddr,
      dstAddr,
      srcPort,
      dstPort,
      protocol,
      packets,
      bytes,
      start,
      end,
      action,
      status,
    ] = line.split(' ') as string[];
    return {
      ...{ '@timestamp': '2025-10-09 08:53:25.000', interfaceId: eni as string, srcAddr, dstAddr, srcPort },
      ...{ dstPort, protocol, packets, bytes, startTime: start, endTime: end, action, logStatus: status },
      '@log': '111122223333:/vpc/flow',
      '@ptr': 'abc',
    } as Record<string, string>;
  }) as [Record<string, string>, Record<string, string>];

  it('is a row an array: discovered names, CloudWatch’s own passed over', async () => {
    const { lines, report } = await readBytes(
      JSON.stringify({ results: [row(request), row(reply)], status: 'Complete' }),
    );
    expect(report.placement).toMatchObject({ records: 2, rejected: 0, connections: 2 });
    expect(JSON.parse(lines)).toMatchObject({ initiator_bytes: 2210, responder_bytes: 9180 });
    expect(report.formats[0]?.unknownFields).toEqual([]);
  });

  it('is the message where there is one, whatever else the row says', async () => {
    const rows = [request, reply].map((values, i) =>
      row({ ...values, bytes: '1', '@message': RECORDS[i] as string, '@log': '111122223333:/vpc/flow' }),
    );
    expect((await readBytes(JSON.stringify({ results: rows }))).lines).toBe(plain.lines);
  });
});
