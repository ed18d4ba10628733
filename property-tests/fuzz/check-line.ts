/**
 * Bytes as a format, a line feed and lines of that format. The plain parser never throws and says why it refuses; what
 * it takes it prints and reads back; the bulk scanner says the same of the same bytes.
 */
import assert from 'node:assert/strict';
import type { Columns } from '../../src/model/fields.ts';
import { REJECTION_REASONS } from '../../src/model/flow-record.ts';
import { RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { describeRejection } from '../../src/record/describe-rejection.ts';
import {
  DEFAULT_COLUMNS,
  detectColumns,
  MOST_SUGGESTED,
  suggestFields,
} from '../../src/record/detect-columns.ts';
import { Interner } from '../../src/record/interner.ts';
import { isRejection, parseLine, printLine, tokensOf } from '../../src/record/parse-line.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { type Dictionaries, LineScanner } from '../../src/record/scan-lines.ts';
import { rowExpected, rowFound } from '../../test/record/row-of-record.ts';
import { checkTakenHeader } from './check-header.ts';
import { valueOrError } from './expected-error.ts';
import { checkVisible } from './visible-text.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const LINE_FEED = 10;
const PLACE = { source: 'any.log', lineNumber: 7 };

const checkParser = (line: string, columns: Columns): void => {
  const read = parseLine(line, columns, PLACE);
  if (!isRejection(read)) {
    assert.deepEqual(parseLine(printLine(read, columns), columns, PLACE), read);
    return;
  }
  assert.ok(read.reason in REJECTION_REASONS, read.reason);
  assert.ok(read.field === null || columns.names.includes(read.field), String(read.field));
  assert.equal(read.text, line.slice(0, 200));
  checkVisible(describeRejection(read), 'a rejection');
};

/** A scanner, and the batch that it fills anew with each line. */
interface Scanning {
  readonly scanner: LineScanner;
  readonly batch: RecordBatch;
  readonly dictionaries: Dictionaries;
}

const scanningOf = (columns: Columns): Scanning => {
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const batch = new RecordBatch(columns);
  batch.columns = columns;
  return { scanner: new LineScanner(columns, dictionaries), batch, dictionaries };
};

const checkScanner = (bytes: Uint8Array, { scanner, batch, dictionaries }: Scanning): void => {
  const { columns } = scanner;
  batch.text = bytes;
  batch.count = 0;
  const rejection = scanner.scanLine(bytes, 0, bytes.length, batch, PLACE);
  const read = parseLine(decoder.decode(bytes), columns, PLACE);
  if (isRejection(read)) {
    assert.deepEqual(rejection, read);
    return;
  }
  assert.equal(rejection, undefined);
  assert.deepEqual(rowFound(batch, 0, dictionaries), rowExpected(read, columns));
  assert.deepEqual(readRecord(batch, 0), read);
};

const checkDetection = (line: string): void => {
  const order = detectColumns(line);
  if (order !== undefined) assert.equal(order.names.length, tokensOf(line).length);
  // A format in quotes, cut where it is very long, and then what it leaves open.
  const [, suggested = ''] = /^'([^']*)'/.exec(suggestFields(line)) ?? [];
  if (suggested !== '' && suggested.length < MOST_SUGGESTED)
    assert.equal(parseColumns(suggested).names.length, tokensOf(line).length);
  checkTakenHeader(line);
};

export const checkLine = (bytes: Uint8Array): void => {
  const end = bytes.indexOf(LINE_FEED);
  const format = decoder.decode(bytes.subarray(0, end < 0 ? 0 : end));
  const columns = valueOrError(() => parseColumns(format), ['format-invalid']) ?? DEFAULT_COLUMNS;
  const scanning = scanningOf(columns);
  for (let from = end + 1; from <= bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, from);
    const to = found < 0 ? bytes.length : found;
    const line = bytes.slice(from, to);
    const text = decoder.decode(line);
    checkParser(text, columns);
    checkDetection(text);
    checkScanner(line, scanning);
    from = to + 1;
  }
};
