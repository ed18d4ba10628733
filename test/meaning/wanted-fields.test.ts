/** The fields that check asks for are those that are read: what the scanner or the annotator makes something of, and no other. */
import { expect, it } from 'vitest';
import { WANTED_FIELDS } from '../../src/meaning/wanted-fields.ts';
import { FIELDS } from '../../src/model/fields.ts';
import { RecordBatch } from '../../src/model/record-batch.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { ANNOTATION_FIELDS } from '../../src/record/annotations.ts';
import { columnsOf } from '../../src/record/columns.ts';
import { Interner } from '../../src/record/interner.ts';
import { LineScanner } from '../../src/record/scan-lines.ts';

const WORDS: Readonly<Record<string, string>> = {
  address: '10.0.0.1',
  action: 'REJECT',
  status: 'SKIPDATA',
  direction: 'egress',
};

/** What the scanner keeps of a record that holds something in one field, or a dash. */
const kept = (name: string, value: string): unknown => {
  const columns = columnsOf([name]);
  const batch = new RecordBatch(columns);
  const bytes = new TextEncoder().encode(value);
  const scanner = new LineScanner(columns, { strings: new Interner(), addresses: new AddressBook() });
  expect(scanner.scanLine(bytes, 0, bytes.length, batch, { source: '-', lineNumber: 1 })).toBeUndefined();
  const { text: _text, lineTo: _to, ...rest } = batch;
  return Object.values(rest).map((column) => (ArrayBuffer.isView(column) ? (column as Uint8Array)[0] : null));
};

it('every field that is read is asked for, and no other', () => {
  const scanned = FIELDS.filter(({ name, kind }) => {
    const value = WORDS[kind] ?? (kind === 'text' ? 'x' : '7');
    return JSON.stringify(kept(name, value)) !== JSON.stringify(kept(name, '-'));
  }).map(({ name }) => name);
  const asked = new Set(WANTED_FIELDS.flatMap(({ fields, instead = [] }) => [...fields, ...instead]));
  expect([...asked].toSorted()).toEqual([...new Set([...scanned, ...ANNOTATION_FIELDS])].toSorted());
});
