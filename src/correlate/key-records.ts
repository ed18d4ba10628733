/**
 * The records of one key, taken out of the store and put in an order that does not depend on how they
 * arrived (law 1). One instance is filled again for every key, so nothing is allocated for the common case.
 * Which end is "low" is settled here by the addresses themselves, not by the order of arrival.
 */
import { runThrough, STEP, type Steps, sortInSteps } from '../model/in-steps.ts';
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
  /** The record has srcaddr / dstaddr, and it is not the packet's. */
  showsSrc: boolean;
  showsDst: boolean;
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

/** Openings come first among records of equal times. */
export const openingRank = (flags: number | null): number => {
  if (flags === null || (flags & 2) === 0) return 2;
  return (flags & 16) === 0 ? 0 : 1;
};

const order = (a: number | null, b: number | null): number => (a ?? -1) - (b ?? -1);

/**
 * The order of the records of a key: by time, openings first among equals, then by everything else a record
 * holds. The direction comes last, so that mirrored records sort the same way (law 3).
 */
const compareRecords =
  (observers: Observers, book: AddressBook) =>
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
    Number(a.ownIsV6) - Number(b.ownIsV6) ||
    (a.ownIsV6 ? book.compare(a.own, b.own) : a.own - b.own) ||
    Number(a.flagsColumn) - Number(b.flagsColumn) ||
    Number(a.showsSrc) - Number(b.showsSrc) ||
    Number(a.showsDst) - Number(b.showsDst) ||
    a.direction - b.direction;

const sameOrUnknown = (a: number | null, b: number | null): boolean => a === null || b === null || a === b;

/** Whether two records show the same addresses, as far as both formats have them. */
const showsAlike = (a: KeyRecord, b: KeyRecord): boolean => {
  const src = a.showsSrc && b.showsSrc;
  const dst = a.showsDst && b.showsDst;
  if (src && a.srcRewritten !== b.srcRewritten) return false;
  if (dst && a.dstRewritten !== b.dstRewritten) return false;
  // Of two rewritten addresses a record keeps the destination's.
  const comparable = a.dstRewritten || b.dstRewritten ? dst && a.dstRewritten : src && a.srcRewritten;
  return !comparable || (a.own === b.own && a.ownIsV6 === b.ownIsV6);
};

/**
 * Whether two records of one interval say the same of the same packets: identical, or written by two flow logs of
 * one interface of which one carries fewer fields. Without times and counts only identical ones count.
 */
const isDuplicate = (a: KeyRecord, b: KeyRecord): boolean => {
  if (
    a.vantage !== b.vantage ||
    a.direction !== b.direction ||
    a.packets !== b.packets ||
    a.bytes !== b.bytes ||
    a.accept !== b.accept ||
    a.reject !== b.reject ||
    !showsAlike(a, b)
  ) {
    return false;
  }
  if (a.start === null || a.end === null || a.packets === null || a.bytes === null) {
    return (
      a.flags === b.flags &&
      a.observer === b.observer &&
      a.flowDirection === b.flowDirection &&
      a.srcRewritten === b.srcRewritten &&
      a.dstRewritten === b.dstRewritten
    );
  }
  const directions = a.flowDirection === b.flowDirection || a.flowDirection === 0 || b.flowDirection === 0;
  return sameOrUnknown(a.flags, b.flags) && directions;
};

/** Records of one interval that are compared one by one; of more, only those that count alike are. */
const FEW_OF_ONE_INTERVAL = 16;

/** What two duplicates never differ in. */
const nameCounts = (record: KeyRecord): string => {
  const { vantage, direction, packets, bytes, accept, reject, start, flags, observer } = record;
  const name = `${vantage} ${direction} ${packets} ${bytes} ${accept} ${reject}`;
  // Without times and counts only identical ones are duplicates.
  return start === null || packets === null || bytes === null ? `${name} ${flags} ${observer}` : name;
};

/** What else duplicates differ in where a format lacks a field, but for the address. */
const nameShown = (record: KeyRecord): string => {
  const { flags, flowDirection, showsSrc, showsDst, srcRewritten, dstRewritten } = record;
  return `${flags} ${flowDirection} ${showsSrc} ${showsDst} ${srcRewritten} ${dstRewritten}`;
};

/** Records of one interval that count alike, by what they show: only of unlike shows one record each is compared. */
class Alike {
  readonly #byShow = new Map<string, Map<string, KeyRecord>>();

  /** Whether a record repeats one that was kept. */
  repeats(record: KeyRecord): boolean {
    const own = nameOwn(record);
    for (const kept of this.#byShow.values()) {
      // Of those that show alike only the address can differ: the one with this record's, or any other.
      const same = kept.get(own);
      if (same !== undefined && isDuplicate(same, record)) return true;
      const [any] = kept.values();
      if (any !== undefined && isDuplicate(any, record)) return true;
    }
    return false;
  }

  keep(record: KeyRecord): void {
    const show = nameShown(record);
    const kept = this.#byShow.get(show);
    if (kept === undefined) this.#byShow.set(show, new Map([[nameOwn(record), record]]));
    else kept.set(nameOwn(record), record);
  }
}

const nameOwn = ({ own, ownIsV6 }: KeyRecord): string => `${own} ${ownIsV6}`;

/** Marks the records of one interval that repeat an earlier one of it. */
function* findDuplicates(records: readonly KeyRecord[], from: number, to: number): Steps<Set<KeyRecord>> {
  return to - from > FEW_OF_ONE_INTERVAL ? yield* amongMany(records, from, to) : amongFew(records, from, to);
}

const amongFew = (records: readonly KeyRecord[], from: number, to: number): Set<KeyRecord> => {
  const duplicates = new Set<KeyRecord>();
  const kept: KeyRecord[] = [];
  for (let i = from; i < to; i++) {
    const record = records[i] as KeyRecord;
    if (kept.some((other) => isDuplicate(other, record))) duplicates.add(record);
    else kept.push(record);
  }
  return duplicates;
};

function* amongMany(records: readonly KeyRecord[], from: number, to: number): Steps<Set<KeyRecord>> {
  const duplicates = new Set<KeyRecord>();
  const byCounts = new Map<string, Alike>();
  for (let i = from; i < to; i++) {
    if ((i - from) % STEP === STEP - 1) yield;
    const record = records[i] as KeyRecord;
    const counts = nameCounts(record);
    let alike = byCounts.get(counts);
    if (alike === undefined) {
      alike = new Alike();
      byCounts.set(counts, alike);
    }
    if (alike.repeats(record)) duplicates.add(record);
    else alike.keep(record);
  }
  return duplicates;
}

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

  constructor(store: RecordStore, observers: Observers, book: AddressBook) {
    this.#store = store;
    this.#observers = observers;
    this.#compare = compareRecords(observers, book);
  }

  /** Fills `records` with the records of key `index`. */
  load(index: number, flipped: boolean): void {
    runThrough(this.loading(index, flipped));
  }

  /** The same in steps: a key may have millions of records. */
  *loading(index: number, flipped: boolean): Steps<void> {
    const records = this.records;
    records.length = 0;
    let next = this.#store.key(index, KEY.head);
    while (next !== 0) {
      const record = this.#take(records.length);
      this.#store.read(next - 1, this.#scratch);
      this.#fill(record, flipped);
      records.push(record);
      next = this.#scratch.next;
      if (records.length % STEP === 0) yield;
    }
    if (records.length > 1) {
      // Newest first in the store; input is mostly in time order, so this saves most of the sorting.
      records.reverse();
      if (records.length > FEW) yield* sortInSteps(records, this.#compare);
      else this.#sortFew();
    }
    this.duplicates = yield* this.#dropDuplicates();
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
      showsSrc: false,
      showsDst: false,
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
    record.vantage = this.#observers.vantageOf(stored.observer);
    record.showsSrc = (info & INFO.showsSrc) !== 0;
    record.showsDst = (info & INFO.showsDst) !== 0;
    record.srcRewritten = (info & INFO.srcRewritten) !== 0;
    record.dstRewritten = (info & INFO.dstRewritten) !== 0;
    record.own = stored.own;
    record.ownIsV6 = (info & INFO.ownIsV6) !== 0;
    record.flowDirection = (info >>> 20) & 3;
  }

  *#dropDuplicates(): Steps<number> {
    const records = this.records;
    let kept = 0;
    for (let from = 0; from < records.length; ) {
      const { start, end } = records[from] as KeyRecord;
      let to = from + 1;
      while (to < records.length && records[to]?.start === start && records[to]?.end === end) to++;
      const duplicates = to - from > 1 ? yield* findDuplicates(records, from, to) : NONE;
      for (; from < to; from++) {
        const record = records[from] as KeyRecord;
        if (!duplicates.has(record)) records[kept++] = record;
      }
    }
    const dropped = records.length - kept;
    records.length = kept;
    return dropped;
  }
}

const NONE: ReadonlySet<KeyRecord> = new Set();

/**
 * Records of one key, in order, parted where everybody has been silent for so long that no connection lasts: what was
 * before tells nothing of what comes after, not even whose networks they are.
 */
export const partBySilence = (records: readonly KeyRecord[], seconds: number): (readonly KeyRecord[])[] => {
  const parts: (readonly KeyRecord[])[] = [];
  let from = 0;
  let last = Number.POSITIVE_INFINITY;
  for (const [i, { start, end }] of records.entries()) {
    if (start !== null && start - last > seconds) {
      parts.push(records.slice(from, i));
      from = i;
    }
    if (end !== null) last = last === Number.POSITIVE_INFINITY ? end : Math.max(last, end);
  }
  parts.push(from === 0 ? records : records.slice(from));
  return parts;
};
