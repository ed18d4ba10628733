/**
 * Builders for tests of one room: what the rooms above `correlate` are handed, without the rooms below. They know
 * nothing of the engine; expectations are never taken from here.
 */
import type { KeyRecord } from '../src/correlate/key-records.ts';
import { type Observer, Observers } from '../src/correlate/observers.ts';
import { RecordBatch } from '../src/model/record-batch.ts';
import { parseColumns } from '../src/record/columns.ts';
import { Interner } from '../src/record/interner.ts';

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
