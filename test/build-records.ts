/**
 * Builders for tests of one room: what the rooms above `correlate` are handed, without the rooms below. They know
 * nothing of the engine; expectations are never taken from here.
 */
import type { KeyRecord } from '../src/correlate/key-records.ts';
import { type Observer, Observers } from '../src/correlate/observers.ts';
import { RecordStore } from '../src/correlate/record-store.ts';
import { Coverage } from '../src/lifecycle/coverage.ts';
import { ACTION, DIRECTION, HAS, IS_V6, KIND, RecordBatch } from '../src/model/record-batch.ts';
import { readIPv4 } from '../src/record/address.ts';
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
  const addresses = new AddressBook();
  const batch = new RecordBatch(parseColumns('srcaddr dstaddr'));
  for (const observer of all) {
    fillRow(batch, { observer }, strings, addresses);
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
          coverage.add(batch, row, observers.vantageOf(observer));
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

/** What may matter of a row. Addresses are texts of either family; null is a dash, what is left out is not in the format. */
export interface RowParts {
  readonly from?: string;
  readonly to?: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly protocol?: number;
  readonly tcpFlags?: number | null;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly packets?: number | null;
  readonly bytes?: number | null;
  readonly action?: keyof typeof ACTION;
  readonly direction?: keyof typeof DIRECTION;
  /** srcaddr and dstaddr; the packet's when left out, not in the format when null. */
  readonly src?: string | null;
  readonly dst?: string | null;
  readonly observer?: Partial<Observer>;
}

/**
 * Files rows as a scanner would fill them: by default 10.0.0.5:50000 sends 10.0.0.9:50001 five bare TCP packets in
 * seconds 0 to 59, accepted, seen by eni-1, in a format without flags.
 */
export const fileRows = (
  rows: readonly RowParts[],
): Pick<Filed, 'store' | 'observers' | 'strings' | 'addresses'> => {
  const strings = new Interner();
  const addresses = new AddressBook();
  const observers = new Observers(strings);
  const store = new RecordStore();
  const batch = new RecordBatch(parseColumns('srcaddr dstaddr'));
  for (const row of rows) {
    fillRow(batch, row, strings, addresses);
    store.add(batch, 0, observers.of(batch, 0));
  }
  return { store, observers, strings, addresses };
};

const IDS = ['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const;
const NUMBERS = ['tcpFlags', 'start', 'end', 'packets', 'bytes'] as const;

const fillRow = (batch: RecordBatch, row: RowParts, strings: Interner, addresses: AddressBook): void => {
  const { from = '10.0.0.5', to = '10.0.0.9' } = row;
  const numbers = { start: 0, end: 59, packets: 5, bytes: 200, tcpFlags: null, ...row };
  const { src = from, dst = to } = row;
  let present = row.tcpFlags === undefined ? 0 : HAS.flagsColumn;
  let families = 0;
  const number = (text: string, bit: number): number => {
    const bytes = Buffer.from(text);
    if (!text.includes(':')) return readIPv4(bytes, 0, bytes.length);
    families |= bit;
    return addresses.intern(bytes, 0, bytes.length);
  };
  batch.fromAddr[0] = number(from, IS_V6.from);
  batch.toAddr[0] = number(to, IS_V6.to);
  batch.srcAddr[0] = src === null ? 0 : number(src, IS_V6.src);
  batch.dstAddr[0] = dst === null ? 0 : number(dst, IS_V6.dst);
  if (src !== null) present |= HAS.srcAddr;
  if (dst !== null) present |= HAS.dstAddr;
  for (const name of NUMBERS) {
    batch[name][0] = numbers[name] ?? 0;
    if (numbers[name] !== null) present |= HAS[name];
  }
  batch.srcPort[0] = row.srcPort ?? 50_000;
  batch.dstPort[0] = row.dstPort ?? 50_001;
  batch.protocol[0] = row.protocol ?? 6;
  batch.action[0] = ACTION[row.action ?? 'accept'];
  batch.direction[0] = DIRECTION[row.direction ?? 'none'];
  batch.present[0] = present;
  batch.families[0] = families;
  const observer = row.observer ?? { interfaceId: 'eni-1' };
  for (const name of IDS) {
    const bytes = Buffer.from(observer[name] ?? '');
    batch[name][0] = bytes.length === 0 ? 0 : strings.intern(bytes, 0, bytes.length);
  }
};
