/**
 * The kernel's law: whatever the bytes and however they are cut, a reader with the kernel gives what a reader without
 * it gives. The TypeScript scanner is the specification; ids are compared as they are, so even the order in which
 * texts become known is the same.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Columns, FIELDS, type Field } from '../../src/model/fields.ts';
import { columnsOf } from '../../src/record/columns.ts';
import { compileKernel } from '../../test/record/compile-kernel.ts';
import { observeReading } from '../../test/record/observe-reading.ts';
import { anyLineBytes } from '../arbitraries/any-line.ts';
import { FORMATS, printHeader } from '../network/print-records.ts';
import { runs } from './runs.ts';

const KERNEL = compileKernel();
const RUNS = runs(500);
const encoder = new TextEncoder();

const DIGITS = [...'0123456789'];

/** Numbers of 1 to 25 digits, leading zeros, the limits of every field and what stands one beside them. */
const anyNumber: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...['0', '00', '255', '256', '65535', '65536', '99999999', '100000000', '4294967295', '4294967296'],
    ...['4294967295000', '4294967295001', '4294967296000', '9007199254740991', '9007199254740992'],
    ...['00000000', '000000000', '00000443', '000000443', '0000000000000443', '00000000000000443'],
    ...['-', '--', '-1', '1-', '+1', '1.0', '1e3', ':', '/', '/9', '9:', '1/2', '٣', '1_0', '0x1'],
  ),
  fc.string({ unit: fc.constantFrom(...DIGITS), minLength: 1, maxLength: 25 }),
);

const anySeconds: Arbitrary<string> = fc.oneof(
  fc.integer({ min: 1_760_000_000_000, max: 1_760_000_009_999 }).map(String),
  fc.constantFrom('1', '1760000000', '1760000005001', '4294967295001', '4294967296000', '9007199254740991'),
  anyNumber,
);

const octet = fc.nat({ max: 255 }).map(String);
const anyOctet: Arbitrary<string> = fc.oneof(
  { arbitrary: octet, weight: 3 },
  fc.constantFrom('256', '999', '00', '01', '007', '0255', '', 'a', '1a', 'a1', '-', '/', ':', '٣'),
);

const goodIPv4: Arbitrary<string> = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
const goodIPv6: Arbitrary<string> = fc.oneof(
  fc.ipV6(),
  fc.constantFrom(
    '::1',
    '::',
    '2001:db8::8e',
    '2001:DB8::8E',
    '2001:db8:0:0:0:0:0:8e',
    '64:ff9b::192.0.2.33',
  ),
  fc.constantFrom(
    '2001:db8:1111:2222:3333:4444:5555:6666',
    '0:0:0:0:0:ffff:192.168.100.200',
    '::ffff:10.0.0.1',
  ),
);

const anyAddress: Arbitrary<string> = fc.oneof(
  fc.tuple(anyOctet, anyOctet, anyOctet, anyOctet).map((octets) => octets.join('.')),
  fc.array(anyOctet, { maxLength: 6 }).map((octets) => octets.join('.')),
  fc.string({ unit: fc.constantFrom(...'0123456789.:'), minLength: 1, maxLength: 18 }),
  goodIPv4,
  goodIPv6,
  fc.constantFrom(
    ...[':', ':::', '1::2::3', '::ffff:10.0.0.256', 'fe80::1%eth0', '1:2', 'g::1', '--', '-1', '1:2.3.4.5'],
    ...[
      '2001:0db8:0000:0000:0000:0000:192.168.100.200',
      `::${'0'.repeat(50)}1`,
      '1.2.3.4:80',
      '01.2.3.4',
      '1.02.3.4',
      '1.2.003.4',
      '10.0.0.00',
      '1.2.3.4.',
      '.1.2.3.4',
      '1..2.3',
      '1.2.3.256',
      '1.2.3.4/32',
    ],
  ),
);

/** Bytes before and behind the one in which two identifiers differ: in all places of 1 to 60 bytes. */
const AROUND: readonly (readonly [number, number])[] = [
  ...([
    [0, 0],
    [0, 6],
    [7, 7],
    [14, 0],
    [15, 0],
    [0, 15],
    [16, 0],
    [0, 16],
  ] as const),
  ...([
    [0, 31],
    [31, 0],
    [16, 15],
    [16, 16],
    [20, 20],
    [24, 23],
    [24, 24],
    [30, 29],
  ] as const),
];

/** Few values, so that many repeat or nearly do. */
const goodIdentifier: Arbitrary<string> = fc
  .tuple(fc.constantFrom(...AROUND), fc.constantFrom('x', 'y'))
  .map(([[before, behind], differing]) => `${'0'.repeat(before)}${differing}${'0'.repeat(behind)}`);

const anyIdentifier: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '-',
    '#',
    '#eni',
    'eni#1',
    'é',
    '\u0000',
    'a\u0000',
    '\u000b',
    'a\u001b',
    '"a"',
    '$a',
    'a,b',
  ),
  fc.string({ minLength: 1, maxLength: 50 }),
);

const WORDS: Readonly<Record<string, readonly string[]>> = {
  action: ['ACCEPT', 'REJECT'],
  status: ['OK', 'OK', 'OK', 'NODATA', 'SKIPDATA'],
  direction: ['ingress', 'egress'],
};

/** A token that AWS could have written. */
const goodToken = (field: Field | undefined, address: Arbitrary<string>): Arbitrary<string> => {
  if (field === undefined || field.kind === 'text') return goodIdentifier;
  if (field.kind === 'address') return address;
  if (field.kind === 'seconds')
    return fc
      .integer({ min: 0, max: 9 })
      .map((second) => String((field.name === 'end' ? 1_760_000_010 : 1_760_000_000) + second));
  if (field.kind !== 'integer') return fc.constantFrom(...(WORDS[field.kind] ?? []));
  const most = 'most' in field ? field.most : Number.MAX_SAFE_INTEGER;
  return fc.oneof(fc.nat({ max: Math.min(most, 100_000) }), fc.integer({ min: 0, max: most })).map(String);
};

/** A token that may be anything, most often nearly good; nothing at all leaves two blanks side by side. */
const oddToken = (field: Field | undefined): Arbitrary<string> =>
  fc.oneof({ arbitrary: nearlyGoodToken(field), weight: 9 }, fc.constant(''));

const nearlyGoodToken = (field: Field | undefined): Arbitrary<string> => {
  if (field === undefined || field.kind === 'text') return anyIdentifier;
  if (field.kind === 'address') return anyAddress;
  if (field.kind === 'seconds') return anySeconds;
  if (field.kind === 'integer') return anyNumber;
  const word = fc.constantFrom(...(WORDS[field.kind] ?? []));
  return fc.oneof(
    fc.constant('-'),
    word.map((text) => text.toLowerCase()),
    word.map((text) => `${text}S`),
    word.map((text) => text.slice(1)),
    word.map((text) => text.slice(0, -1)),
    word.map((text) => `${text}${text}`),
  );
};

/**
 * A line of a format: good tokens but for a few, single spaces between them or what else might stand there. Most lines
 * have one fault at most, so that nothing but the fault decides.
 */
const anyLineOf = (columns: Columns): Arbitrary<string> =>
  fc.constantFrom(goodIPv4, goodIPv4, goodIPv6).chain((address) =>
    fc
      .record({
        good: fc.tuple(...columns.fields.map((field) => goodToken(field, address))),
        odd: fc.tuple(...columns.fields.map(oddToken)),
        oddAt: fc.array(fc.nat({ max: columns.names.length - 1 }), { maxLength: 2 }),
        dashes: fc.oneof(
          { arbitrary: fc.constant<number[]>([]), weight: 3 },
          fc.array(fc.nat({ max: columns.names.length - 1 })),
        ),
        shape: fc.oneof(
          { arbitrary: fc.constant({}), weight: 6 },
          fc.record({ blank: fc.constantFrom('  ', '\t', ' \t ', '\r', '\v', '\u0000', '\u00a0') }),
          fc.record({ front: fc.constantFrom(' ', '\t', '\r', '\ufeff', '"', '#') }),
          fc.record({
            back: fc.constantFrom(' ', '  ', '\r', '\r\r', ' \r', ' # comment', ' #', '#', ' more', '\t'),
          }),
          fc.record({ cut: fc.integer({ min: 1, max: 3 }) }),
        ),
      })
      .map(({ good, odd, oddAt, dashes, shape }) => {
        const {
          blank = ' ',
          front = '',
          back = '',
          cut = 0,
        }: Partial<Record<'blank' | 'front' | 'back', string>> & {
          cut?: number;
        } = shape;
        const tokens = good.map((token, i) =>
          oddAt.includes(i) ? (odd[i] as string) : dashes.includes(i) ? '-' : token,
        );
        return `${front}${(cut === 0 ? tokens : tokens.slice(0, -cut)).join(blank)}${back}`;
      }),
  );

const UNKNOWN_NAMES = ['new-field', 'another-field', 'third-field'];

/** What the batch keeps columns of: where the kernel does most. */
const KEPT = FIELDS.filter(
  ({ name, kind, version }) => version <= 3 || kind !== 'text' || /^(resource|tgw-attachment)-id$/.test(name),
);

/** Any choice of fields in any order, some that AWS has not thought of yet among them. */
const anyColumns: Arbitrary<Columns> = fc
  .oneof(
    fc.shuffledSubarray([...FIELDS.map(({ name }) => name as string), ...UNKNOWN_NAMES], {
      minLength: 1,
      maxLength: 12,
    }),
    fc.shuffledSubarray(
      KEPT.map(({ name }) => name as string),
      { minLength: 1 },
    ),
    fc.shuffledSubarray(['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr', 'protocol', 'start', 'end'], {
      minLength: 1,
    }),
    fc.shuffledSubarray(['packets', 'bytes', 'tcp-flags', 'version', 'srcport', 'protocol'], {
      minLength: 1,
    }),
    fc.shuffledSubarray(['interface-id', 'vpc-id', 'account-id', 'resource-id', 'type'], { minLength: 1 }),
    fc.constantFrom(...Object.values(FORMATS).map((names) => [...names] as string[])),
  )
  .map(columnsOf);

const anyNoise: Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\r',
    '# comment',
    '-',
    '#',
    ' # a b',
    '"',
    '$',
    'x'.repeat(9000),
    '1 '.repeat(5000),
  ),
  fc.constantFrom('y'.repeat(66_000), ' '.repeat(66_000)),
  fc.constantFrom(...Object.values(FORMATS)).map(printHeader),
);

/** A source cut into pieces at any places. */
const cutInto = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((to, i) => bytes.slice(places[i], to));
};

const anyCuts = fc.array(fc.nat(), { maxLength: 4 });

describe('the kernel', () => {
  it('gives the rows, rejections, comments and formats that the TypeScript scanner gives', () => {
    fc.assert(
      fc.property(
        anyColumns.chain((columns) =>
          fc.record({
            columns: fc.constant(columns),
            lines: fc.array(
              fc.oneof(
                { arbitrary: anyLineOf(columns), weight: 12 },
                anyNoise,
                fc.constant(columns.names.join(' ')),
              ),
              { maxLength: 12 },
            ),
            feed: fc.constantFrom('\n', '\n', '\r\n'),
            cuts: anyCuts,
          }),
        ),
        ({ columns, lines, feed, cuts }) => {
          const pieces = cutInto(encoder.encode(lines.join(feed)), cuts);
          expect(observeReading([pieces], KERNEL, columns)).toEqual(observeReading([pieces], null, columns));
        },
      ),
      runs(1500),
    );
  });

  it('agrees on hostile and mutated lines of all formats, with headers or without, in one run of several sources', () => {
    const anySource = fc
      .record({
        head: fc.constantFrom('', ...Object.values(FORMATS).map(printHeader)),
        lines: fc.array(anyLineBytes(), { maxLength: 20 }),
        cuts: anyCuts,
      })
      .map(({ head, lines, cuts }) =>
        cutInto(
          Buffer.concat([encoder.encode(`${head}\n`), ...lines.flatMap((line) => [line, Uint8Array.of(10)])]),
          cuts,
        ),
      );
    fc.assert(
      fc.property(fc.array(anySource, { minLength: 1, maxLength: 3 }), (sources) => {
        expect(observeReading(sources, KERNEL)).toEqual(observeReading(sources, null));
      }),
      RUNS,
    );
  });

  it('reads the same however the bytes are cut', () => {
    fc.assert(
      fc.property(
        anyColumns.chain((columns) =>
          fc.record({
            columns: fc.constant(columns),
            lines: fc.array(fc.oneof({ arbitrary: anyLineOf(columns), weight: 12 }, anyNoise), {
              maxLength: 8,
            }),
            cuts: anyCuts,
          }),
        ),
        ({ columns, lines, cuts }) => {
          const bytes = encoder.encode(lines.join('\n'));
          expect(observeReading([cutInto(bytes, cuts)], KERNEL, columns)).toEqual(
            observeReading([[bytes]], KERNEL, columns),
          );
        },
      ),
      RUNS,
    );
  });
});
