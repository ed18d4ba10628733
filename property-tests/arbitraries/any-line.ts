/**
 * Lines that no reader should trust: noise, near-valid records, terminal escapes and formula cells. The only promise
 * about them is that they are strings (or bytes); no two of them need to mean anything.
 */
import fc, { type Arbitrary } from 'fast-check';
import { FORMATS, type FormatName, printHeader, printRecord } from '../network/print-records.ts';
import { anyFlowRecord } from './any-flow-record.ts';

/** Tokens that have hurt readers, terminals and spreadsheets. */
export const HOSTILE_TOKENS: readonly string[] = [
  '',
  '-',
  '--',
  'null',
  'NaN',
  'Infinity',
  '-1',
  '+6',
  '1e9',
  '0x10',
  '007',
  '6.0',
  '65536',
  '99999999999999999999',
  '9'.repeat(400),
  '9007199254740993',
  '1760000005000',
  '256.1.1.1',
  '1.2.3',
  '1.2.3.4.5',
  '01.02.03.04',
  '::ffff:10.0.0.1',
  'fe80::1%eth0',
  '2001:db8:::1',
  '2001:DB8::1',
  'accept',
  'DROP',
  '=1+1',
  '@SUM(A1)',
  '+cmd|calc',
  '"quoted"',
  'a,b',
  '__proto__',
  'constructor',
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u0000',
  '\u007f',
  '\u009b31m',
  '\u202edlrow',
  '\u2066x\u2069',
  '\u2028',
  '\ufeff2',
  '\u3164',
  'a\u{e0041}',
  '2\ufe0f',
  'x\u{e0100}',
  '\ufffe',
  'é',
  '漢字',
  '😀',
  '\ud800',
  '<script>',
];

const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** A line AWS could have written, with its format. */
const anyRealLine: Arbitrary<string> = fc
  .constantFrom(...FORMAT_NAMES)
  .chain((name) => anyFlowRecord(FORMATS[name]).map((record) => printRecord(record, FORMATS[name])));

const anyHeader: Arbitrary<string> = fc
  .constantFrom(...FORMAT_NAMES)
  .map((name) => printHeader(FORMATS[name]));

type Mutation = (line: string, at: number, token: string) => string;

const mapTokens = (line: string, change: (tokens: string[]) => string[]): string =>
  change(line.split(' ')).join(' ');

const MUTATIONS: readonly Mutation[] = [
  (line, at, token) =>
    mapTokens(line, (tokens) => tokens.map((old, index) => (index === at % tokens.length ? token : old))),
  (line, at) => mapTokens(line, (tokens) => tokens.filter((_, index) => index !== at % tokens.length)),
  (line, at, token) => mapTokens(line, (tokens) => tokens.toSpliced(at % (tokens.length + 1), 0, token)),
  (line, at) =>
    mapTokens(line, (tokens) => [
      ...tokens.slice(at % tokens.length),
      ...tokens.slice(0, at % tokens.length),
    ]),
  (line, at) => line.slice(0, at % (line.length + 1)),
  (line, at, token) =>
    `${line.slice(0, at % (line.length + 1))}${token}${line.slice(at % (line.length + 1))}`,
  (line, at) => line.replaceAll(' ', at % 2 === 0 ? '  ' : '\t'),
  (line) => `  ${line}   `,
  (line) => `${line}\r`,
  (line) => `\ufeff${line}`,
  (line) => line.toUpperCase(),
  (line) => `2025-10-09T08:53:25.000Z ${line}`,
  (line) => line.replaceAll(' ', ','),
  (line, _, token) => `${line} ${token.repeat(50)}`,
];

const anyMutated: Arbitrary<string> = fc
  .record({
    line: fc.oneof({ arbitrary: anyRealLine, weight: 4 }, { arbitrary: anyHeader, weight: 1 }),
    changes: fc.array(
      fc.record({
        mutation: fc.constantFrom(...MUTATIONS),
        at: fc.nat({ max: 400 }),
        token: fc.constantFrom(...HOSTILE_TOKENS),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ line, changes }) =>
    changes.reduce((text, { mutation, at, token }) => mutation(text, at, token), line),
  );

const anyTokens: Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE_TOKENS), fc.nat().map(String)), { maxLength: 60 })
  .map((tokens) => tokens.join(' '));

const anyWhitespace: Arbitrary<string> = fc.string({
  unit: fc.constantFrom(' ', '\t', '\r', '\v', '\f', '\u00a0', '\u2003', '\u3000', '-'),
  maxLength: 60,
});

const anyControls: Arbitrary<string> = fc
  .array(fc.integer({ min: 0, max: 0x9f }), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes));

/** One line of text without a line feed, hostile or nearly valid. */
export const anyLine = (): Arbitrary<string> =>
  fc
    .oneof(
      { arbitrary: anyMutated, weight: 6 },
      { arbitrary: anyRealLine, weight: 1 },
      { arbitrary: anyTokens, weight: 2 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 200 }), weight: 1 },
      { arbitrary: anyWhitespace, weight: 1 },
      { arbitrary: anyControls, weight: 1 },
    )
    .map((line) => line.replaceAll('\n', ' '));

/** A line as bytes, which need not be valid UTF-8. */
export const anyLineBytes = (): Arbitrary<Uint8Array> =>
  fc.oneof(
    { arbitrary: anyLine().map((line) => new TextEncoder().encode(line)), weight: 3 },
    { arbitrary: fc.uint8Array({ maxLength: 300 }), weight: 1 },
    {
      arbitrary: fc
        .record({ line: anyRealLine, at: fc.nat({ max: 300 }), byte: fc.integer({ min: 0x80, max: 0xff }) })
        .map(({ line, at, byte }) => {
          const bytes = new TextEncoder().encode(line);
          if (bytes.length > 0) bytes[at % bytes.length] = byte;
          return bytes;
        }),
      weight: 1,
    },
  );
