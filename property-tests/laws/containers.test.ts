/** One connection set, every door: what lines are wrapped in, and how its bytes are cut, changes nothing of what is read. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_LINES } from '../../src/export/json-lines.ts';
import { readSource } from '../../src/input/read-source.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { anySoup, SOUP_HEADER } from '../arbitraries/any-soup.ts';
import { simulate } from '../network/simulate.ts';
import { type ParquetWriting, writeParquet } from '../network/write-parquet.ts';
import { runs } from './runs.ts';

const TIME = '2025-10-09T08:53:25.000Z';
const STREAM = 'eni-0aa0aa0aa0aa0aa01-all';

const quoted = (text: string): string => `"${text}"`;
const separated = (lines: readonly string[], separator: string): string =>
  lines.map((line) => line.split(' ').join(separator)).join('\r\n');
/** Names as Logs Insights has them. */
const camel = (name: string): string => name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const events = (lines: readonly string[]) =>
  lines.map((message) => ({ timestamp: 1, message, eventId: 'e' }));
const subscription = (lines: readonly string[]): string =>
  JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents: events(lines) });
const base64 = (lines: readonly string[]): string => gzipSync(subscription(lines)).toString('base64');

const ACTIVITIES: Readonly<Record<string, number>> = { ACCEPT: 6, REJECT: 5 };
const DIRECTIONS: Readonly<Record<string, number>> = { ingress: 1, egress: 2 };

/** A record as Security Lake has it, by the documented mapping; what that has no place for is not mapped. */
const ocsf = (header: string, line: string): string => {
  const left = new Map(line.split(' ').map((text, i) => [header.split(' ')[i] as string, text]));
  const take = (name: string): string | undefined => {
    const text = left.get(name);
    left.delete(name);
    return text === '-' ? undefined : text;
  };
  const number = (name: string, factor = 1): number | undefined => {
    const text = take(name);
    return text === undefined ? undefined : Number(text) * factor;
  };
  const endpoint = (side: 'src' | 'dst') => {
    const [seen, packet] = [take(`${side}addr`), take(`pkt-${side}addr`)];
    const between = packet !== undefined && packet !== seen ? { intermediate_ips: [seen] } : {};
    return { ip: packet ?? seen, port: number(`${side}port`), ...between };
  };
  const direction = DIRECTIONS[take('flow-direction') ?? ''];
  const recorder = {
    interface_uid: take('interface-id'),
    vpc_uid: take('vpc-id'),
    subnet_uid: take('subnet-id'),
    instance_uid: take('instance-id'),
  };
  return JSON.stringify({
    class_uid: 4001,
    activity_id: ACTIVITIES[take('action') ?? ''] ?? 0,
    start_time: number('start', 1000),
    end_time: number('end', 1000),
    cloud: { account: { uid: take('account-id') }, region: take('region'), zone: take('az-id') },
    src_endpoint: { ...endpoint('src'), ...(direction === 2 ? recorder : {}) },
    dst_endpoint: { ...endpoint('dst'), ...(direction === 2 ? {} : recorder) },
    connection_info: {
      protocol_num: number('protocol'),
      protocol_ver: take('type'),
      tcp_flags: number('tcp-flags'),
      direction_id: direction ?? 0,
      boundary_id: (number('traffic-path') ?? 96) + 3,
    },
    traffic: { packets: number('packets'), bytes: number('bytes') },
    status_code: take('log-status'),
    metadata: { product: { version: take('version') } },
    unmapped: Object.fromEntries([...left].map(([name, text]) => [name.replaceAll('-', '_'), text])),
  });
};
/** A header among its rows would be texts, and so would all numbers below it. */
const parquet = (header: string, lines: readonly string[], writing: ParquetWriting): Buffer =>
  writeParquet(
    header,
    lines.filter((line) => line !== header),
    writing,
  );

/** Ways to wrap a log, its header line first. */
const WRAPPINGS: Readonly<Record<string, (header: string, lines: readonly string[]) => string | Buffer>> = {
  'CRLF and runs of blanks': (header, lines) =>
    [header, ...lines].map((line) => line.replaceAll(' ', '  ')).join('\r\n'),
  'UTF-16': (header, lines) => Buffer.from(`\ufeff${[header, ...lines].join('\r\n')}`, 'utf16le'),
  'quoted lines': (header, lines) => [header, ...lines].map(quoted).join('\n'),
  'aws logs tail': (header, lines) =>
    [header, ...lines].map((line) => `${TIME} ${STREAM} ${line}`).join('\n'),
  awslogs: (header, lines) => [header, ...lines].map((line) => `/vpc/flow ${STREAM} ${line}`).join('\n'),
  commas: (header, lines) => separated([header, ...lines], ','),
  semicolons: (header, lines) => separated([header, ...lines], ';'),
  tabs: (header, lines) => separated([header, ...lines], '\t'),
  'quoted CSV with underscores': (header, lines) =>
    [header.replaceAll('-', '_'), ...lines].map((line) => line.split(' ').map(quoted).join(',')).join('\n'),
  'Insights CSV': (header, lines) => separated([header.split(' ').map(camel).join(' '), ...lines], ','),
  'console CSV': (header, lines) =>
    ['timestamp,message', ...[header, ...lines].map((line) => `1,${line}`)].join('\n'),
  'filter-log-events': (header, lines) => JSON.stringify({ events: events([header, ...lines]) }, null, 4),
  'pages of get-log-events': (header, lines) =>
    [[header], ...lines.map((line) => [line])]
      .map((page) => JSON.stringify({ events: events(page) }))
      .join(''),
  'an array of lines': (header, lines) => JSON.stringify([header, ...lines]),
  'objects of fields': (header, lines) => {
    const names = header.split(' ').map(camel);
    return lines
      .map((line) => JSON.stringify(Object.fromEntries(line.split(' ').map((text, i) => [names[i], text]))))
      .join('\n');
  },
  'OCSF events': (header, lines) =>
    lines
      .filter((line) => line !== header)
      .map((line) => ocsf(header, line))
      .join('\n'),
  subscriptions: (header, lines) => [[header], lines].map(subscription).join(''),
  'base64 of subscriptions': (header, lines) => [[header], lines].map(base64).join('\n'),
  'Firehose over HTTP': (header, lines) =>
    JSON.stringify({ records: [[header], lines].map((some) => ({ data: base64(some) })) }),
  'Parquet of AWS, 32-bit numbers': (header, lines) => parquet(header, lines, { numbers: 'INT32' }),
  'Parquet, snappy, 64-bit numbers, in small row groups': (header, lines) =>
    parquet(header, lines, { codec: 'SNAPPY', missing: null, rowsPerGroup: 7 }),
  'Parquet, zstd, strings, plain, in small pages': (header, lines) =>
    parquet(header, lines, { codec: 'ZSTD', numbers: 'STRING', encoding: 'PLAIN', pageSize: 64 }),
  'Parquet, not packed, differences, empty texts': (header, lines) =>
    parquet(header, lines, { codec: 'UNCOMPRESSED', missing: '', encoding: 'DELTA' }),
};

/** What packs bytes, and what may stand between two packed parts: padding, or a frame that is passed over. */
const PACKINGS = {
  gzip: { pack: gzipSync, between: Buffer.alloc(3) },
  zstd: { pack: zstdCompressSync, between: Buffer.from('5a2a4d1803000000616263', 'hex') },
} as const;

const partsAt = (bytes: Uint8Array, shares: readonly number[]): Uint8Array[] => {
  const ends = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((to, i) => bytes.slice(ends[i - 1] ?? 0, to));
};

/** The bytes in pieces that end at the given shares of them. */
async function* cutAt(bytes: Uint8Array, shares: readonly number[]): AsyncGenerator<Uint8Array> {
  yield* partsAt(bytes, shares);
}

const linesOf = (bytes: Uint8Array, shares: readonly number[]) => linesIn(cutAt(bytes, shares));

const linesIn = async (pieces: AsyncIterable<Uint8Array>) => {
  const run = reconstruct(pieces);
  let text = '';
  for await (const connection of run) text += JSON_LINES.line(connection);
  return { text, placement: run.report?.placement };
};

/** What comes through a pipe is bytes, never a file that can be read from anywhere. */
async function* bytesOf(pieces: ReturnType<typeof readSource>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new Error('A pipe has no beginning to go back to.');
    yield piece;
  }
}

const anyLog = fc.oneof(
  anySoup().map((lines) => ({ header: SOUP_HEADER, lines })),
  fc.tuple(anyScenario(), fc.nat(0xffff)).map(([scenario, seed]) => {
    const { lines, fields } = simulate(scenario, seed);
    return { header: fields.join(' '), lines };
  }),
);
const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

describe('the same log', () => {
  it.each(Object.entries(WRAPPINGS))('in %s, cut anywhere, gives the same JSON Lines', async (_, wrap) => {
    await fc.assert(
      fc.asyncProperty(anyLog, anyCuts, async (log, cuts) => {
        const { header, lines } = log;
        const plain = await linesOf(Buffer.from([header, ...lines].join('\n')), []);
        const wrapped = await linesOf(Buffer.from(wrap(header, lines)), cuts);
        expect(wrapped.text).toBe(plain.text);
        // Headers and empty lines differ between containers; records never.
        const counts = { headers: 0, comments: 0 };
        expect({ ...wrapped.placement, ...counts }).toEqual({ ...plain.placement, ...counts });
      }),
      runs(15),
    );
  });

  it.each(Object.entries(PACKINGS))(
    'in %s, in any members and any wrapping, gives the same JSON Lines',
    async (_, { pack, between }) => {
      const anyWrapping = fc.constantFrom(...Object.values(WRAPPINGS));
      await fc.assert(
        fc.asyncProperty(
          anyLog,
          anyWrapping,
          anyCuts,
          anyCuts,
          async ({ header, lines }, wrap, parts, cuts) => {
            const wrapped = Buffer.from(wrap(header, lines));
            const packed = Buffer.concat(partsAt(wrapped, parts).flatMap((part) => [pack(part), between]));
            const unpacked = readSource(
              { name: '-', path: null, size: null },
              { stdin: cutAt(packed, cuts) },
            );
            expect(await linesIn(bytesOf(unpacked))).toEqual(await linesOf(wrapped, []));
          },
        ),
        runs(25),
      );
    },
  );
});
