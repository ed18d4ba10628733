/**
 * The records of one key, taken out of the store and put in an order that does not depend on how they
 * arrived (law 1). One instance is filled again for every key, so nothing is allocated for the common case.
 * Which end is "low" is settled here by the addresses themselves, not by the order of arrival.
 */
import type { AddressBook } from '../record/address-book.ts';
import type { Observers } from './observers.ts';
import { INFO, KEY, KEY_V6, type RecordStore, type StoredRecord } from './record-store.ts';

/** Direction of a record: sent by the low end (0) or the high end (1). */
export type Direction = 0 | 1;

/** One record, ready for the machine. Absent values are null, never 0. */
export interface KeyRecord {
  direction: Direction;
  /** tcp-flags, or null for `-` and for formats without the field. */
  flags: number | null;
  flagsColumn: boolean;
  accept: boolean;
  reject: boolean;
  start: number | null;
  end: number | null;
  packets: number | null;
  bytes: number | null;
  observer: number;
  vantage: number;
  srcRewritten: boolean;
  dstRewritten: boolean;
  own: number;
  ownIsV6: boolean;
  /** As seen from the interface: 0 not known, 1 ingress, 2 egress. */
  flowDirection: number;
}

export interface Key {
  readonly protocol: number;
  readonly isV6: boolean;
  readonly addresses: readonly [low: number, high: number];
  readonly ports: readonly [low: number, high: number];
}

/** The key at `index`, its ends in canonical order. */
export const readKey = (
  store: RecordStore,
  index: number,
  book: AddressBook,
): { key: Key; flipped: boolean } => {
  const kind = store.key(index, KEY.kind);
  const isV6 = (kind & KEY_V6) !== 0;
  const low = store.key(index, KEY.low);
  const high = store.key(index, KEY.high);
  const ports = store.key(index, KEY.ports);
  // IPv6 ids follow arrival; numbers of IPv4 are their own order.
  const flipped = isV6 && book.compare(low, high) > 0;
  const lowPort = ports >>> 16;
  const highPort = ports & 0xffff;
  return {
    flipped,
    key: {
      protocol: kind & 0xff,
      isV6,
      addresses: flipped ? [high, low] : [low, high],
      ports: flipped ? [highPort, lowPort] : [lowPort, highPort],
    },
  };
};

const openingRank = (flags: number | null): number => {
  if (flags === null || (flags & 2) === 0) return 2;
  return (flags & 16) === 0 ? 0 : 1;
};

const order = (a: number | null, b: number | null): number => (a ?? -1) - (b ?? -1);

/**
 * The order of the records of a key: by time, openings first among equals, then by everything else a record
 * holds. The direction comes last, so that mirrored records sort the same way (law 3).
 */
const compareRecords =
  (observers: Observers) =>
  (a: KeyRecord, b: KeyRecord): number =>
    order(a.start, b.start) ||
    order(a.end, b.end) ||
    openingRank(a.flags) - openingRank(b.flags) ||
    order(b.flags, a.flags) ||
    order(a.packets, b.packets) ||
    order(a.bytes, b.bytes) ||
    Number(a.reject) - Number(b.reject) ||
    Number(a.accept) - Number(b.accept) ||
    observers.compare(a.observer, b.observer) ||
    a.flowDirection - b.flowDirection ||
    Number(a.srcRewritten) - Number(b.srcRewritten) ||
    Number(a.dstRewritten) - Number(b.dstRewritten) ||
    Number(a.flagsColumn) - Number(b.flagsColumn) ||
    a.direction - b.direction;

const sameOrUnknown = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;

/**
 * Whether two records say the same of the same packets: identical, or written by two flow logs of one
 * interface of which one carries fewer fields. Without times and counts only identical ones count.
 */
const isDuplicate = (a: KeyRecord, b: KeyRecord): boolean => {
  if (
    a.vantage !== b.vantage ||
    a.direction !== b.direction ||
    a.start !== b.start ||
    a.end !== b.end ||
    a.packets !== b.packets ||
    a.bytes !== b.bytes ||
    a.accept !== b.accept ||
    a.reject !== b.reject
  ) {
    return false;
  }
  if (a.start === null || a.end === null || a.packets === null || a.bytes === null) {
    return (
      a.flags === b.flags &&
      a.observer === b.observer &&
      a.own === b.own &&
      a.srcRewritten === b.srcRewritten &&
      a.dstRewritten === b.dstRewritten &&
      a.flowDirection === b.flowDirection
    );
  }
  const directions = a.flowDirection === b.flowDirection || a.flowDirection === 0 || b.flowDirection === 0;
  return sameOrUnknown(a.flags, b.flags) && directions && (a.own === b.own || a.own === 0 || b.own === 0);
};

/** How far back a duplicate is looked for among records of equal times; identical ones sort side by side. */
const LOOK_BACK = 16;

/** Up to here insertion beats the general sort. */
const FEW = 24;

export class KeyRecords {
  readonly #store: RecordStore;
  readonly #observers: Observers;
  readonly #compare: (a: KeyRecord, b: KeyRecord) => number;
  readonly #pool: KeyRecord[] = [];
  readonly #scratch: StoredRecord = {
    packets: 0,
    bytes: 0,
    start: 0,
    end: 0,
    next: 0,
    observer: 0,
    info: 0,
    own: 0,
  };
  /** The records of the key, in order, duplicates taken out. */
  readonly records: KeyRecord[] = [];
  /** How many duplicates were taken out of this key. */
  duplicates = 0;

  constructor(store: RecordStore, observers: Observers) {
    this.#store = store;
    this.#observers = observers;
    this.#compare = compareRecords(observers);
  }

  /** Fills `records` with the records of key `index`. */
  load(index: number, flipped: boolean): void {
    const records = this.records;
    records.length = 0;
    let next = this.#store.key(index, KEY.head);
    while (next !== 0) {
      const record = this.#take(records.length);
      this.#store.read(next - 1, this.#scratch);
      this.#fill(record, flipped);
      records.push(record);
      next = this.#scratch.next;
    }
    if (records.length > 1) {
      // Newest first in the store; input is mostly in time order, so this saves most of the sorting.
      records.reverse();
      if (records.length > FEW) records.sort(this.#compare);
      else this.#sortFew();
    }
    this.duplicates = this.#dropDuplicates();
  }

  /** Insertion sort: most keys have a handful of records, nearly in order. */
  #sortFew(): void {
    const records = this.records;
    for (let i = 1; i < records.length; i++) {
      const record = records[i] as KeyRecord;
      let j = i;
      while (j > 0 && this.#compare(records[j - 1] as KeyRecord, record) > 0) {
        records[j] = records[j - 1] as KeyRecord;
        j--;
      }
      records[j] = record;
    }
  }

  #take(index: number): KeyRecord {
    const known = this.#pool[index];
    if (known !== undefined) return known;
    const fresh: KeyRecord = {
      direction: 0,
      flags: null,
      flagsColumn: false,
      accept: false,
      reject: false,
      start: null,
      end: null,
      packets: null,
      bytes: null,
      observer: 0,
      vantage: 0,
      srcRewritten: false,
      dstRewritten: false,
      own: 0,
      ownIsV6: false,
      flowDirection: 0,
    };
    // A huge key must not keep its objects for the rest of the run.
    if (index < 4096) this.#pool[index] = fresh;
    return fresh;
  }

  #fill(record: KeyRecord, flipped: boolean): void {
    const stored = this.#scratch;
    const info = stored.info;
    const fromHigh = (info & INFO.fromHigh) !== 0;
    record.direction = fromHigh !== flipped ? 1 : 0;
    record.flags = (info & INFO.hasFlags) !== 0 ? info & 0xff : null;
    record.flagsColumn = (info & INFO.flagsColumn) !== 0;
    record.accept = (info & INFO.accept) !== 0;
    record.reject = (info & INFO.reject) !== 0;
    const start = (info & INFO.hasStart) !== 0 ? stored.start : null;
    const end = (info & INFO.hasEnd) !== 0 ? stored.end : null;
    record.start = start ?? end;
    record.end = end ?? start;
    record.packets = (info & INFO.hasPackets) !== 0 ? stored.packets : null;
    record.bytes = (info & INFO.hasBytes) !== 0 ? stored.bytes : null;
    record.observer = stored.observer;
    record.vantage = this.#observers.vantages[stored.observer] as number;
    record.srcRewritten = (info & INFO.srcRewritten) !== 0;
    record.dstRewritten = (info & INFO.dstRewritten) !== 0;
    record.own = stored.own;
    record.ownIsV6 = (info & INFO.ownIsV6) !== 0;
    record.flowDirection = (info >>> 20) & 3;
  }

  #dropDuplicates(): number {
    const records = this.records;
    let kept = 0;
    for (const record of records) {
      let duplicate = false;
      for (let back = kept - 1; back >= 0 && kept - back <= LOOK_BACK; back--) {
        const other = records[back] as KeyRecord;
        if (other.start !== record.start || other.end !== record.end) break;
        if (isDuplicate(other, record)) {
          duplicate = true;
          break;
        }
      }
      if (!duplicate) records[kept++] = record;
    }
    const dropped = records.length - kept;
    records.length = kept;
    return dropped;
  }
}
