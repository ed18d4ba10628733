/**
 * The laws of reading: printing and parsing are inverse, no line makes the parser throw, the bulk scanner says what the
 * plain parser says on any bytes, and it does not matter where the bytes are cut.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/model/errors.ts';
import type { Columns } from '../../src/model/fields.ts';
import { type FlowRecord, REJECTION_REASONS, type Rejection } from '../../src/model/flow-record.ts';
import { RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { columnsOf } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import { isRejection, parseLine, printLine } from '../../src/record/parse-line.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { type Dictionaries, LineScanner } from '../../src/record/scan-lines.ts';
import { observeReading } from '../../test/record/observe-reading.ts';
import { readText } from '../../test/record/read-text.ts';
import { rowExpected, rowFound } from '../../test/record/row-of-record.ts';
import { anyFormattedRecord } from '../arbitraries/any-flow-record.ts';
import { anyLine, anyLineBytes, HOSTILE_TOKENS } from '../arbitraries/any-line.ts';
import { FORMATS, printHeader } from '../network/print-records.ts';
import { runs } from './runs.ts';

const RUNS = runs(500);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const PLACE = { source: 'any.log', lineNumber: 7 };

interface Case {
  readonly columns: Columns;
  readonly line: Uint8Array;
}

/** Words with which fields have limits: the numbers on both sides of each, and other fields' words. */
const EDGES: readonly string[] = [
  ...[
    '0',
    '00',
    '255',
    '256',
    '65535',
    '65536',
    '4294967295',
    '4294967296',
    '4294967295000',
    '4294967296000',
  ],
  ...[
    '9007199254740991',
    '9007199254740992',
    '1760000005001',
    '10.0.0.1',
    '2001:db8::1',
    '::',
    '1.2.3.4.',
    '٣',
  ],
  ...[
    'ACCEPT',
    'REJECT',
    'OK',
    'NODATA',
    'SKIPDATA',
    'ingress',
    'egress',
    '-',
    '#',
    '#x',
    'x#',
    'a\0b',
    '\ufeff',
  ],
];

/** A record of any format whose line has been hurt a little: mostly it is still nearly one. */
const anyHurtLine: Arbitrary<Case> = fc
  .record({
    formatted: anyFormattedRecord(),
    carried: fc.boolean(),
    hurts: fc.array(fc.record({ at: fc.nat(), token: fc.constantFrom(...EDGES, ...HOSTILE_TOKENS) }), {
      maxLength: 2,
    }),
    blank: fc.constantFrom(' ', ' ', '  ', '\t', ' \r ', '\u00a0'),
    tail: fc.constantFrom('', '', '', ' ', '\r', ' # note', ' #\0', ' more', '\0'),
    byte: fc.option(fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }) }), { freq: 8 }),
  })
  .map(({ formatted, carried, hurts, blank, tail, byte }) => {
    const names = carried ? ['brand-new', ...formatted.fields] : formatted.fields;
    const columns = columnsOf(names);
    const tokens = printLine(formatted.record, columns).split(' ');
    for (const { at, token } of hurts) tokens[at % tokens.length] = token;
    const line = encoder.encode(tokens.join(blank) + tail);
    // Line feeds never reach a scanner: they end the line.
    if (byte !== null && byte.value !== 10) line[byte.at % line.length] = byte.value;
    return { columns, line };
  });

const anyNoise: Arbitrary<Case> = fc
  .record({
    columns: fc.constantFrom(...Object.values(FORMATS)).map((names) => columnsOf(names)),
    line: anyLineBytes().map((line) => line.filter((byte) => byte !== 10)),
  })
  .map((both) => both);

const anyCase: Arbitrary<Case> = fc.oneof({ arbitrary: anyHurtLine, weight: 4 }, anyNoise);

const newDictionaries = (): Dictionaries => ({ strings: new Interner(), addresses: new AddressBook() });

const textOf = (line: Uint8Array): string => decoder.decode(line);

describe('print, then parse', () => {
  it('gives the record back, in every format', () => {
    fc.assert(
      fc.property(anyFormattedRecord(), ({ fields, record }) => {
        const columns = columnsOf(fields);
        expect(parseLine(printLine(record, columns), columns)).toEqual(record);
      }),
      RUNS,
    );
  });

  it('gives fields back that nobody knows yet', () => {
    fc.assert(
      fc.property(
        anyFormattedRecord(),
        fc.constantFrom('-', '007', 'é', '__proto__'),
        ({ fields, record }, value) => {
          const columns = columnsOf(['brand-new', ...fields]);
          const carrying = { ...record, extra: { 'brand-new': value } };
          expect(parseLine(printLine(carrying, columns), columns)).toEqual(carrying);
        },
      ),
      RUNS,
    );
  });

  it('gives the record back through a batch', () => {
    fc.assert(
      fc.property(anyFormattedRecord(), ({ fields, record }) => {
        const columns = columnsOf(fields);
        const line = encoder.encode(printLine(record, columns));
        const batch = new RecordBatch(columns);
        batch.text = line;
        expect(
          new LineScanner(columns, newDictionaries()).scanLine(line, 0, line.length, batch, PLACE),
        ).toBeUndefined();
        expect(readRecord(batch, 0)).toEqual(record);
      }),
      RUNS,
    );
  });
});

describe('the parser', () => {
  it('never throws: any line is a record or a rejection with a known reason, its place and its text', () => {
    const anyColumns = fc.constantFrom(...Object.values(FORMATS)).map((names) => columnsOf(names));
    const isSound = (read: FlowRecord | Rejection, columns: Columns, text: string): void => {
      if (!isRejection(read)) return;
      expect(Object.keys(REJECTION_REASONS)).toContain(read.reason);
      expect([read.source, read.lineNumber, read.text]).toEqual(['any.log', 7, text.slice(0, 200)]);
      if (read.field !== null) expect(columns.names).toContain(read.field);
    };
    fc.assert(
      fc.property(anyColumns, anyLine(), (columns, line) => {
        isSound(parseLine(line, columns, PLACE), columns, line);
      }),
      RUNS,
    );
    fc.assert(
      fc.property(anyCase, ({ columns, line }) => {
        isSound(parseLine(textOf(line), columns, PLACE), columns, textOf(line));
      }),
      RUNS,
    );
  });

  it('prints every record it takes in a form that it takes again, and means the same', () => {
    fc.assert(
      fc.property(anyCase, ({ columns, line }) => {
        const read = parseLine(textOf(line), columns);
        if (isRejection(read)) return;
        expect(parseLine(printLine(read, columns), columns)).toEqual(read);
      }),
      RUNS,
    );
  });
});

describe('the bulk scanner', () => {
  it('takes what the parser takes, with the same meaning in every column, and refuses the rest for the same reason', () => {
    const taken = { records: 0, rejections: 0 };
    fc.assert(
      fc.property(fc.array(anyCase, { minLength: 1, maxLength: 3 }), fc.nat({ max: 9 }), (cases, before) => {
        const dictionaries = newDictionaries();
        for (const { columns, line } of cases) {
          // The line lies somewhere in its bytes, and what is around it must not matter.
          const bytes = new Uint8Array(before + line.length + 9).fill(57);
          bytes.set(line, before);
          const batch = new RecordBatch(columns);
          const scanner = new LineScanner(columns, dictionaries);
          const scan = () => scanner.scanLine(bytes, before, before + line.length, batch, PLACE);
          const read = parseLine(textOf(line), columns, PLACE);
          if (isRejection(read)) {
            taken.rejections++;
            expect(scan()).toEqual(read);
            expect(batch.count).toBe(0);
          } else {
            taken.records++;
            // Twice: the second time every identifier is one that was just seen.
            for (const row of [0, 1]) {
              expect(scan()).toBeUndefined();
              expect(batch.count).toBe(row + 1);
              expect(rowFound(batch, row, dictionaries)).toEqual(rowExpected(read, columns));
            }
          }
        }
      }),
      RUNS,
    );
    // Neither half of the law may go untested.
    expect(Math.min(taken.records, taken.rejections)).toBeGreaterThan(RUNS.numRuns / 10);
  });

  it('leaves nothing of a line in the next row', () => {
    fc.assert(
      fc.property(
        anyFormattedRecord(),
        fc.array(anyHurtLine, { maxLength: 3 }),
        ({ fields, record }, others) => {
          const columns = columnsOf(fields);
          const dictionaries = newDictionaries();
          const scanner = new LineScanner(columns, dictionaries);
          const batch = new RecordBatch(columns);
          const scan = (line: Uint8Array) => scanner.scanLine(line, 0, line.length, batch, PLACE);
          for (const { line } of others) {
            scan(line);
            // Written over, as a reader does with a batch that was handed on.
            batch.count = 0;
          }
          expect(scan(encoder.encode(printLine(record, columns)))).toBeUndefined();
          expect(rowFound(batch, 0, dictionaries)).toEqual(rowExpected(record, columns));
        },
      ),
      RUNS,
    );
  });
});

describe('a reader', () => {
  /** Header, lines of its format and of others, comments: a source as it may come. */
  const anySource: Arbitrary<{ readonly declared: Columns; readonly bytes: Uint8Array }> = fc
    .record({
      cases: fc.array(anyHurtLine, { minLength: 1, maxLength: 5 }),
      noise: fc.array(anyLineBytes(), { maxLength: 3 }),
      head: fc.constantFrom(
        '',
        '\ufeff',
        ...Object.values(FORMATS).map(printHeader),
        '# comment',
        '\ufeffsrcaddr dstaddr',
      ),
      feed: fc.constantFrom('\n', '\n', '\r\n'),
      final: fc.boolean(),
    })
    .map(({ cases, noise, head, feed, final }) => {
      const lines = [encoder.encode(head), ...cases.map(({ line }) => line), ...noise];
      const parts = lines.flatMap((line, i) => (i === 0 ? [line] : [encoder.encode(feed), line]));
      const bytes = Buffer.concat(final ? [...parts, encoder.encode(feed)] : parts);
      return { declared: (cases[0] as Case).columns, bytes: Uint8Array.from(bytes) };
    });

  /** All that is said of a source; an error of its format is part of that. */
  const saidOf = (pieces: readonly Uint8Array[], declared?: Columns): unknown => {
    try {
      return readText(pieces, declared);
    } catch (error) {
      // Anything but "I do not know this format" is a fault.
      expect(error).toBeInstanceOf(FormatError);
      return String(error);
    }
  };

  const cutAt = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
    const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
    return places.slice(1).map((to, i) => bytes.slice(places[i], to));
  };

  it('says the same of a source wherever its bytes are cut', () => {
    fc.assert(
      fc.property(
        anySource,
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        ({ declared, bytes }, cuts, isDeclared) => {
          const format = isDeclared ? declared : undefined;
          expect(saidOf(cutAt(bytes, cuts), format)).toEqual(saidOf([bytes], format));
        },
      ),
      RUNS,
    );
  });

  it('says the same of a source that comes in one array, filled again for each piece', () => {
    // Short words of few letters: where one stood there is soon another of its length.
    const anyWord = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 2 });
    const anyWords = fc.array(fc.tuple(anyWord, anyWord), { minLength: 2, maxLength: 12 });
    const anyOfWords = anyWords.map((lines) => ({
      declared: columnsOf(['interface-id', 'vpc-id']),
      bytes: encoder.encode(lines.map((line) => `${line.join(' ')}\n`).join('')),
    }));
    const anyBytes = fc.oneof({ arbitrary: anyOfWords, weight: 3 }, anySource);
    fc.assert(
      fc.property(anyBytes, fc.integer({ min: 1, max: 30 }), ({ declared, bytes }, size) => {
        // Empty lines at the end, so that every piece fills the array.
        const padded = new Uint8Array(Math.ceil(bytes.length / size) * size).fill(10);
        padded.set(bytes);
        const refilled = function* (): Generator<Uint8Array> {
          const piece = new Uint8Array(size);
          for (let at = 0; at < padded.length; at += size) {
            piece.set(padded.subarray(at, at + size));
            yield piece;
          }
        };
        const whole = observeReading([[padded]], null, declared);
        expect(observeReading([refilled()], null, declared)).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('says the same of a source that comes byte by byte', () => {
    fc.assert(
      fc.property(anySource, ({ declared, bytes }) => {
        const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(saidOf(single, declared)).toEqual(saidOf([bytes], declared));
      }),
      runs(50),
    );
  });

  it('puts every line in one place: a record, a rejection, a header or a comment (law 2)', () => {
    fc.assert(
      fc.property(anySource, ({ declared, bytes }) => {
        const text = textOf(bytes);
        const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
        let read: ReturnType<typeof readText>;
        try {
          read = readText([bytes], declared);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
          return;
        }
        expect(read.records.length + read.rejections.length + read.headers + read.comments).toBe(
          text === '' ? 0 : lines,
        );
        const numbers = [...read.lineNumbers, ...read.rejections.map(({ lineNumber }) => lineNumber)];
        expect(new Set(numbers).size).toBe(numbers.length);
      }),
      RUNS,
    );
  });
});
