/**
 * The lines behind the records of a key. Lines are filed and read by the engine's own store, alone or in pairs, so
 * that what counts as the same record, and as a duplicate of one, is the engine's answer and not another one.
 */
import { type Key, type KeyRecord, KeyRecords, readKey } from '../correlate/key-records.ts';
import type { Observers } from '../correlate/observers.ts';
import { KEY, RecordStore, type StoredRecord } from '../correlate/record-store.ts';
import { InputError } from '../model/errors.ts';
import type { Steps } from '../model/in-steps.ts';
import { IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import type { AddressBook } from '../record/address-book.ts';
import type { Place } from './explanation.ts';

/** One line of the input. */
export interface Line extends Place {
  readonly text: string;
}

/** The lines of one record: its own, and those that repeat it. */
export interface RecordLines {
  readonly line: Line;
  readonly duplicates: readonly Line[];
}

type End = readonly [address: number, port: number];

/** One name for both directions. */
const nameEnds = (protocol: number, isV6: boolean, a: End, b: End): string =>
  `${protocol} ${isV6 ? 6 : 4} ${[a.join(':'), b.join(':')].sort().join(' ')}`;

/** Names a key within a run. */
export const nameKey = ({ protocol, isV6, addresses, ports }: Key): string =>
  nameEnds(protocol, isV6, [addresses[0], ports[0]], [addresses[1], ports[1]]);

/** A store whose keys can be narrowed to chosen records. */
class NarrowStore extends RecordStore {
  #chosen: readonly number[] = [];

  /** From here on every key seems to hold just these records; none: all of them. */
  choose(...records: readonly number[]): void {
    this.#chosen = records;
  }

  override key(key: number, word: number): number {
    const [first] = this.#chosen;
    return word === KEY.head && first !== undefined ? first + 1 : super.key(key, word);
  }

  override read(record: number, out: StoredRecord): void {
    super.read(record, out);
    if (this.#chosen.length === 0) return;
    const next = this.#chosen[this.#chosen.indexOf(record) + 1];
    out.next = next === undefined ? 0 : next + 1;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** All that the engine knows of a record, as text. */
const fingerprint = (record: KeyRecord): string => JSON.stringify(Object.values(record));

/** What a repeated record cannot differ in: a first sieve before the engine is asked. */
const outline = ({ start, end, packets, bytes, vantage, direction }: KeyRecord): string =>
  JSON.stringify([start, end, packets, bytes, vantage, direction]);

/** Records that are looked at between two rests: each takes some microseconds. */
const FEW = 1024;

const changed = (): InputError =>
  new InputError(
    'input-changed',
    'The input changed between the two readings that explaining takes: a record was read that is not there any more.',
  );

/** Collects the lines of some keys while the input is read again. */
export class KeyLines {
  readonly #store = new NarrowStore();
  readonly #records: KeyRecords;
  readonly #book: AddressBook;
  readonly #observers: Observers;
  readonly #ports: ReadonlySet<number>;
  readonly #wanted: ReadonlySet<string>;
  readonly #lines: Line[] = [];
  /** Where the keys of the store are that have been named so far. */
  readonly #places = new Map<string, { readonly index: number; readonly flipped: boolean }>();
  #named = 0;

  constructor(keys: readonly Key[], observers: Observers, book: AddressBook) {
    this.#records = new KeyRecords(this.#store, observers, book);
    this.#book = book;
    this.#observers = observers;
    this.#ports = new Set(keys.flatMap(({ ports }) => ports));
    this.#wanted = new Set(keys.map(nameKey));
  }

  /** Keeps the lines of a batch that belong to one of the keys. */
  add(batch: RecordBatch, source: string): void {
    for (let row = 0; row < batch.count; row++) {
      if (batch.kind[row] !== KIND.flow || !this.#isWanted(batch, row)) continue;
      this.#store.add(batch, row, this.#observers.of(batch, row));
      this.#lines.push({
        source,
        lineNumber: batch.firstLineNumber + (batch.lineOffset[row] as number),
        text: decoder.decode(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row])),
      });
    }
  }

  #isWanted(batch: RecordBatch, row: number): boolean {
    const srcPort = batch.srcPort[row] as number;
    const dstPort = batch.dstPort[row] as number;
    if (!this.#ports.has(srcPort) || !this.#ports.has(dstPort)) return false;
    const isV6 = ((batch.families[row] as number) & IS_V6.from) !== 0;
    const from = batch.fromAddr[row] as number;
    const to = batch.toAddr[row] as number;
    return this.#wanted.has(nameEnds(batch.protocol[row] as number, isV6, [from, srcPort], [to, dstPort]));
  }

  /**
   * Finds the lines of every record of a key.
   * @param kept all records that the engine kept of the key, duplicates taken out
   * @throws InputError when a record has no line: the input has changed meanwhile
   */
  *match(key: Key, kept: readonly KeyRecord[]): Steps<ReadonlyMap<KeyRecord, RecordLines>> {
    const found = new Map<KeyRecord, { line: Line; duplicates: Line[] }>();
    const byFingerprint = new Map<string, KeyRecord>();
    const byOutline = new Map<string, KeyRecord[]>();
    let looked = 0;
    for (const record of kept) {
      if (++looked % FEW === 0) yield;
      byFingerprint.set(fingerprint(record), record);
      const alike = byOutline.get(outline(record));
      if (alike === undefined) byOutline.set(outline(record), [record]);
      else alike.push(record);
    }
    /** The number in the store of the line that stands for a record. */
    const numbers = new Map<KeyRecord, number>();
    const { index, flipped } = this.#find(key);
    const repeats: { readonly number: number; readonly record: KeyRecord }[] = [];
    for (const number of this.#numbersOf(index)) {
      if (++looked % FEW === 0) yield;
      const record = this.#readAlone(index, flipped, number);
      const same = byFingerprint.get(fingerprint(record));
      if (same === undefined || found.has(same)) repeats.push({ number, record });
      else {
        found.set(same, { line: this.#lines[number] as Line, duplicates: [] });
        numbers.set(same, number);
      }
    }
    for (const { number, record } of repeats) {
      if (++looked % FEW === 0) yield;
      const original = (byOutline.get(outline(record)) ?? []).find((other) => {
        const first = numbers.get(other);
        return first !== undefined && this.#isRepeat(index, flipped, first, number);
      });
      if (original === undefined) throw changed();
      found.get(original)?.duplicates.push(this.#lines[number] as Line);
    }
    if (found.size !== kept.length) throw changed();
    return found;
  }

  #find(key: Key): { readonly index: number; readonly flipped: boolean } {
    for (; this.#named < this.#store.keyCount; this.#named++) {
      const read = readKey(this.#store, this.#named, this.#book);
      this.#places.set(nameKey(read.key), { index: this.#named, flipped: read.flipped });
    }
    const found = this.#places.get(nameKey(key));
    if (found === undefined) throw changed();
    return found;
  }

  /** The numbers of a key's lines, in the order of the input. */
  #numbersOf(index: number): number[] {
    this.#store.choose();
    const numbers: number[] = [];
    let next = this.#store.key(index, KEY.head);
    while (next !== 0) {
      numbers.push(next - 1);
      this.#store.read(next - 1, scratch);
      next = scratch.next;
    }
    return numbers.reverse();
  }

  #readAlone(index: number, flipped: boolean, number: number): KeyRecord {
    this.#store.choose(number);
    this.#records.load(index, flipped);
    return { ...(this.#records.records[0] as KeyRecord) };
  }

  /** Whether the engine would take out one of the two as a duplicate. */
  #isRepeat(index: number, flipped: boolean, first: number, second: number): boolean {
    this.#store.choose(first, second);
    this.#records.load(index, flipped);
    return this.#records.duplicates === 1;
  }
}

const scratch: StoredRecord = {
  packets: 0,
  bytes: 0,
  start: 0,
  end: 0,
  next: 0,
  observer: 0,
  info: 0,
  own: 0,
};
