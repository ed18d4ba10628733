/**
 * Builders for tests of one room: what the rooms above `correlate` are handed, without the rooms below. They know
 * nothing of the engine; expectations are never taken from here.
 */
import type { KeyRecord } from '../src/correlate/key-records.ts';
import { type Observer, Observers } from '../src/correlate/observers.ts';
import { RecordStore } from '../src/correlate/record-store.ts';
import { Coverage } from '../src/lifecycle/coverage.ts';
import { KIND, RecordBatch } from '../src/model/record-batch.ts';
import { AddressBook } from '../src/record/address-book.ts';
import { parseColumns } from '../src/record/columns.ts';
import { Interner } from '../src/record/interner.ts';
import { RecordReader } from '../src/record/read-records.ts';
import { HEADER } from './build.ts';

/**
 * One record of a key: by default accepted, sent by the low end in seconds 0 to 59, five bare packets of 40 bytes, without
 * flags in the format, seen by observer 0 at vantage 1.
 * @example keyRecord({ direction: 1, flags: SYN_ACK })
 */
export const keyRecord = (parts: Partial<KeyRecord> = {}): KeyRecord => ({
  direction: 0,
  flags: null,
  flagsColumn: parts.flags !== undefined,
  accept: parts.reject !== true,
  reject: false,
  start: 0,
  end: 59,
  packets: 5,
  bytes: 200,
  observer: 0,
  vantage: 1,
  showsSrc: true,
  showsDst: true,
  srcRewritten: false,
  dstRewritten: false,
  own: 0,
  ownIsV6: false,
  flowDirection: 0,
  ...parts,
});

/** Observers numbered in the order given, and the strings their vantages are ids of. */
export const observersOf = (
  all: readonly Partial<Observer>[],
): { readonly observers: Observers; readonly strings: Interner } => {
  const strings = new Interner();
  const observers = new Observers(strings);
  const batch = new RecordBatch(parseColumns('srcaddr dstaddr'));
  for (const observer of all) {
    for (const name of [
      'interfaceId',
      'resourceId',
      'vpcId',
      'subnetId',
      'instanceId',
      'accountId',
    ] as const) {
      const bytes = Buffer.from(observer[name] ?? '');
      batch[name][0] = bytes.length === 0 ? 0 : strings.intern(bytes, 0, bytes.length);
    }
    observers.of(batch, 0);
  }
  return { observers, strings };
};

/** What is there when lines have been read and nothing has been judged. */
export interface Filed {
  readonly store: RecordStore;
  readonly observers: Observers;
  readonly coverage: Coverage;
  readonly strings: Interner;
  readonly addresses: AddressBook;
  /** The number of an interface's, or resource's, name. */
  readonly vantage: (name: string) => number;
}

/** Files lines in the order given, each flow under its key. */
export const fileLines = (lines: readonly string[], header = HEADER): Filed => {
  const strings = new Interner();
  const addresses = new AddressBook();
  const observers = new Observers(strings);
  const store = new RecordStore();
  const coverage = new Coverage();
  const nothing = (): void => undefined;
  const reader = new RecordReader(
    'flow.log',
    { strings, addresses },
    {
      onBatch(batch) {
        for (let row = 0; row < batch.count; row++) {
          const observer = observers.of(batch, row);
          coverage.add(batch, row, observers.vantages[observer] as number);
          if (batch.kind[row] === KIND.flow) store.add(batch, row, observer);
        }
      },
      onRejection: ({ reason, text }) => {
        throw new Error(`${reason}: ${text}`);
      },
      onFormat: nothing,
      onHeader: nothing,
      onComment: nothing,
    },
  );
  reader.push(Buffer.from(`${[header, ...lines].join('\n')}\n`));
  reader.end();
  const vantage = (name: string): number => strings.intern(Buffer.from(name), 0, name.length);
  return { store, observers, coverage, strings, addresses, vantage };
};
