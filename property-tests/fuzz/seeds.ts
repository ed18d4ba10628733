/** What each target starts from: the samples, lines of every format and version, the regression cases, and small forms. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { FIELDS, type FieldName } from '../../src/model/fields.ts';
import { KNOWN_ORDERS } from '../../src/record/detect-columns.ts';
import { anyFlowRecord } from '../arbitraries/any-flow-record.ts';
import { printHeader, printRecord } from '../network/print-records.ts';
import { type ParquetWriting, writeParquet } from '../network/write-parquet.ts';
import { casesOf } from './corpus-folder.ts';
import type { TargetName } from './targets.ts';

const SAMPLES = resolve(import.meta.dirname, '../../samples');

const samples = (): string[] =>
  readdirSync(SAMPLES)
    .filter((name) => name.endsWith('.log'))
    .map((name) => readFileSync(join(SAMPLES, name), 'utf8'));

/** Field orders: those that are known without a header, and all fields up to each version. */
const orders = (): (readonly FieldName[])[] => [
  ...KNOWN_ORDERS.map(({ names }) => names as readonly FieldName[]),
  ...[...new Set(FIELDS.map(({ version }) => version))].map((newest) =>
    FIELDS.filter(({ version }) => version <= newest).map(({ name }) => name),
  ),
];

const LINES_AN_ORDER = 3;

/** A header and a few lines of every order; fields are drawn once and for all. */
const formats = (): string[] =>
  orders().map((fields) => {
    const records = fc.sample(anyFlowRecord(fields), { seed: fields.length, numRuns: LINES_AN_ORDER });
    return `${[printHeader(fields), ...records.map((record) => printRecord(record, fields))].join('\n')}\n`;
  });

const CONTAINERS = resolve(import.meta.dirname, '../../test/cases/containers');

/** The same two records in every wrapping. */
const containers = (): Buffer[] =>
  readdirSync(CONTAINERS).map((name) => {
    const bytes = readFileSync(join(CONTAINERS, name));
    return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  });

const withoutHeader = (text: string): string => text.slice(text.indexOf('\n') + 1);

const ADDRESSES = [
  ...[
    '10.0.0.1',
    '255.255.255.255',
    '0.0.0.0',
    '2001:db8::1',
    '::',
    '::1',
    'fe80::1%eth0',
    '1.2.3',
    '01.2.3.4',
  ],
  ...['::ffff:10.0.0.1', '64:ff9b::192.0.2.33', '2001:DB8:0:0:0:0:0:1', '1:2:3:4:5:6:7:8', '1::8', '0x7f.1'],
];

const OPTIONS = [
  ...ADDRESSES,
  ...['10.0.0.0/8', '2001:db8::/32', ':443', '10.0.0.1:443', '[2001:db8::1]:443', '10.0.0.0/8:443', '443,80'],
  ...[
    '2019-08-26',
    '2019-08-26T19:47:55Z',
    '2019-08-26 19:47:55.5 +02:00',
    '1566848875',
    '90',
    '10m',
    '1.5h',
  ],
  ...[
    'auto',
    'interface',
    'established',
    'half-open',
    'table',
    'json',
    'out.csv',
    'out.zeek',
    'closed,reset',
  ],
];

const packed = (texts: readonly string[]): Buffer[] => {
  const packings = [gzipSync, zstdCompressSync].map((pack) => texts.map((text) => pack(text)));
  const passedOver = Buffer.from('502a4d1804000000', 'hex');
  return [
    ...packings.flatMap((members) => {
      const whole = Buffer.concat(members);
      return [
        ...members,
        whole,
        whole.subarray(0, whole.length - 9),
        Buffer.concat([whole, Buffer.alloc(512)]),
        Buffer.concat([whole, Buffer.from('behind')]),
        Buffer.concat([passedOver, Buffer.alloc(4), whole]),
      ];
    }),
    Buffer.from('PAR1'),
    Buffer.from(texts[0] ?? ''),
  ];
};

/** A text with a header in Parquet, in every encoding and packing that the writer has. */
const parquets = (text: string): Buffer[] => {
  const [header = '', ...lines] = text.trimEnd().split('\n');
  const writings: readonly ParquetWriting[] = [
    { codec: 'GZIP' },
    { codec: 'SNAPPY', rowsPerGroup: 1 },
    { codec: 'UNCOMPRESSED', encoding: 'PLAIN', numbers: 'INT32' },
    { codec: 'ZSTD', encoding: 'DELTA', missing: null },
    { codec: 'UNCOMPRESSED', numbers: 'STRING' },
  ];
  return writings.map((writing) => writeParquet(header, lines, writing));
};

const textsOf = (target: TargetName): readonly (string | Buffer)[] => {
  switch (target) {
    case 'address':
      return ADDRESSES;
    case 'options':
      return OPTIONS;
    case 'header':
      return [
        ...orders().map(printHeader),
        ...orders().map((names) => names.map((name) => `\${${name.replaceAll('-', '_')}}`).join(', ')),
      ];
    case 'line':
      return formats();
    case 'gzip':
      return packed([...samples(), ...formats().slice(0, 4)]);
    case 'parquet':
      return formats().flatMap(parquets);
    case 'container':
      return [
        ...containers(),
        ...containers().map((bytes) =>
          JSON.stringify({ records: [{ data: gzipSync(bytes).toString('base64') }] }),
        ),
      ];
    case 'reader':
    case 'file':
      return [
        ...samples(),
        ...formats(),
        ...formats().map(withoutHeader),
        [...samples(), ...samples()].join(''),
      ];
    default:
      return target satisfies never;
  }
};

/** The first corpus of a target. */
export const seedsOf = (target: TargetName): Buffer[] => [
  ...textsOf(target).map((seed) => Buffer.from(seed as string)),
  ...casesOf(target).map(({ bytes }) => bytes),
];
