/**
 * The law of records that come as objects: each is read as what it says or refused with its field, whatever programs put
 * into it. None becomes two, none another, and the batch and the stream say the same of it.
 */
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { FIELDS, type Field } from '../../src/model/fields.ts';
import type { FlowRecord, Rejection } from '../../src/model/flow-record.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { AddressBook } from '../../src/record/address-book.ts';
import { Interner } from '../../src/record/interner.ts';
import { RecordPrinter } from '../../src/record/print-records.ts';
import { readRecord } from '../../src/record/read-record.ts';
import { RecordReader } from '../../src/record/read-records.ts';
import { ConnectionTracker } from '../../src/stream/connection-tracker.ts';
import { anyHurtRecord } from '../arbitraries/any-flow-record.ts';
import { runs } from './runs.ts';

const MOST_SECONDS = 2 ** 32 - 1;

/** What a value means in a field: numbers may be text, times milliseconds, addresses spelt in any way. */
const meaningOf = (field: Field, value: unknown): unknown => {
  if (value === null || value === undefined || value === '-') return null;
  if (field.kind === 'integer') return Number(value);
  if (field.kind === 'seconds') {
    const seconds = Number(value) > MOST_SECONDS ? Number(value) / 1000 : Number(value);
    return field.name === 'end' ? Math.ceil(seconds) : Math.floor(seconds);
  }
  if (field.kind !== 'address') return String(value);
  const address = ipaddr.parse(String(value));
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  // RFC 5952 §5: a mapped address keeps its dotted end.
  return address.isIPv4MappedAddress()
    ? `::ffff:${address.toIPv4Address().toString()}`
    : address.toRFC5952String();
};

/** A record as a reader gives it back: `version` is always there. */
const meant = (record: FlowRecord): FlowRecord => {
  const fields = FIELDS.filter(({ name, property }) => name === 'version' || property in record);
  const known = Object.fromEntries(
    fields.map((field) => {
      const value = meaningOf(field, record[field.property]);
      // Negative zero has the text of zero.
      return [field.property, value === 0 ? 0 : value];
    }),
  );
  const extra = Object.entries(record.extra ?? {}).map(([name, value]) => [name, String(value ?? '-')]);
  return extra.length === 0 ? known : { ...known, extra: Object.fromEntries(extra) };
};

type Said = FlowRecord | Rejection;

/** All that a reader says of records, each by itself. */
const readEach = (records: readonly FlowRecord[]): Said[][] => {
  let said: Said[] = [];
  const reader = new RecordReader(
    '-',
    { strings: new Interner(), addresses: new AddressBook() },
    {
      onBatch(batch) {
        for (let row = 0; row < batch.count; row++) said.push(readRecord(batch, row));
      },
      onRejection: (rejection) => void said.push(rejection),
      onFormat() {},
      onHeader() {},
      onComment() {
        throw new Error('a record was taken for a comment');
      },
    },
  );
  const printer = new RecordPrinter();
  const all = records.map((record) => {
    said = [];
    reader.pushRecord(printer.print(record));
    return said;
  });
  said = [];
  reader.end();
  expect(said).toEqual([]);
  return all;
};

const anyRecords = fc.array(anyHurtRecord(), { minLength: 1, maxLength: 5 });

describe('a record', () => {
  it('is read as what it says or refused with its field, and is never two', () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(anyRecords, (hurts) => {
        const all = readEach(hurts.map(({ record }) => record));
        for (const [i, { record, hurt }] of hurts.entries()) {
          const [one, ...more] = all[i] as Said[];
          expect(more).toEqual([]);
          if (one !== undefined && 'reason' in one) {
            seen.refused++;
            // Two fields that do not go together have one name, or none: an end before its start, mixed families.
            expect([...hurt, 'end', null]).toContain(one.field);
            expect(hurt).not.toEqual([]);
          } else {
            seen.read++;
            expect(one).toEqual(meant(record));
          }
        }
      }),
      runs(500),
    );
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
  });

  it('has one place in the batch and in the stream, the same for both', async () => {
    await fc.assert(
      fc.asyncProperty(anyRecords, async (hurts) => {
        const records = hurts.map(({ record }) => record);
        const run = reconstruct(records);
        for await (const _ of run);
        const { placement, firstRejections } = run.report;
        expect(placement.records).toBe(records.length);
        const refused: Rejection[] = [];
        const tracker = new ConnectionTracker({ onRejection: (rejection) => void refused.push(rejection) });
        tracker.push(records);
        expect(tracker.report.records + tracker.report.rejected).toBe(records.length);
        expect(tracker.report.rejected).toBe(placement.rejected);
        const whyOf = (all: readonly Rejection[]) =>
          all.map(({ field, reason, text }) => ({ field, reason, text }));
        expect(whyOf(refused)).toEqual(whyOf(firstRejections));
      }),
      runs(200),
    );
  });
});
