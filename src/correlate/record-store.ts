/**
 * Every flow record of the run, filed under its key. A key is the protocol and the unordered pair of
 * packet-level ends, so both directions and all vantages of a talk meet in one place. Rows are 40 bytes in
 * blocks of typed arrays; nothing here is an object per record.
 */
import { HAS, IS_V6, type RecordBatch } from '../model/record-batch.ts';
import { PROTOCOL } from '../record/scan-lines.ts';

const BLOCK_BITS = 15;
const BLOCK_ROWS = 1 << BLOCK_BITS;
const BLOCK_MASK = BLOCK_ROWS - 1;
/** 32-bit words a record: packets and bytes (two each), start, end, next, observer, info, own address. */
const WORDS = 10;
const DOUBLES = WORDS / 2;

const KEY_BLOCK_BITS = 15;
const KEY_BLOCK_MASK = (1 << KEY_BLOCK_BITS) - 1;
/** Words a key: low address, high address, ports, protocol and family, first record, records, first second, evidence. */
export const KEY_WORDS = 8;
export const KEY = { low: 0, high: 1, ports: 2, kind: 3, head: 4, count: 5, first: 6, evidence: 7 } as const;
/** Set in KEY.kind when both ends are IPv6 ids. */
export const KEY_V6 = 0x100;

/** Bits of a record's info word; the low byte is tcp-flags. */
export const INFO = {
  hasFlags: 1 << 8,
  flagsColumn: 1 << 9,
  /** Sent by the end that is filed as high. */
  fromHigh: 1 << 10,
  accept: 1 << 11,
  reject: 1 << 12,
  hasStart: 1 << 13,
  hasEnd: 1 << 14,
  hasPackets: 1 << 15,
  hasBytes: 1 << 16,
  /** srcaddr is not the packet's source / dstaddr is not the packet's destination. */
  srcRewritten: 1 << 17,
  dstRewritten: 1 << 18,
  ownIsV6: 1 << 19,
  ingress: 1 << 20,
  egress: 1 << 21,
  /** The record has srcaddr / dstaddr, be it the packet's or not. */
  showsSrc: 1 << 22,
  showsDst: 1 << 23,
} as const;

/** Bits of KEY.evidence: what each end showed anywhere under this key, for learning services. */
export const EVIDENCE = {
  lowSpoke: 1,
  highSpoke: 2,
  lowSyn: 4,
  highSyn: 8,
  lowSynAck: 16,
  highSynAck: 32,
} as const;

/**
 * A record with its key as 14 words of 32 bits: how records travel between stores, and to files. `at` is the word of a
 * row that holds a value; packets and bytes are doubles of two words.
 */
export const ROW_WORDS = 14;
export const ROW = {
  packets: 0,
  bytes: 2,
  start: 4,
  end: 5,
  observer: 6,
  info: 7,
  own: 8,
  low: 9,
  high: 10,
  ports: 11,
  kind: 12,
  /** Where its key stands in the order of seconds: {@link secondOf}. */
  second: 13,
} as const;

/** Words that hold rows, and the same memory as doubles. */
export interface RowWords {
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/** A number that orders keys by their first second; those without times come first. */
export const secondOf = (first: number): number => (first === NO_TIME ? 0 : first + 1);

/** One record as the engine sees it; filled anew by {@link RecordStore.read}. */
export interface StoredRecord {
  packets: number;
  bytes: number;
  start: number;
  end: number;
  next: number;
  observer: number;
  info: number;
  own: number;
}

/** Bits of tcp-flags, and so of an info word. */
const SYN = 2;
const SYN_ACK = 18;

const NOTHING = new ArrayBuffer(0);

/** KEY.first of a key whose records carry no times. */
export const NO_TIME = 0xffffffff;

/** Records and keys that were filed elsewhere, in blocks laid out as here. */
export interface FiledRecords {
  readonly buffer: ArrayBufferLike;
  readonly records: number;
  readonly keys: number;
  /** Where in the buffer each block begins, in bytes. */
  readonly recordBlocks: readonly number[];
  readonly keyBlocks: readonly number[];
}

export class RecordStore {
  readonly #words: Uint32Array[] = [];
  readonly #doubles: Float64Array[] = [];
  #records = 0;
  readonly #keys: Uint32Array[] = [];
  #keyCount = 0;
  #slots = new Uint32Array(8192);

  get recordCount(): number {
    return this.#records;
  }

  get keyCount(): number {
    return this.#keyCount;
  }

  /** Word `word` (see {@link KEY}) of a key. */
  key(key: number, word: number): number {
    return this.#blockOf(key)[(key & KEY_BLOCK_MASK) * KEY_WORDS + word] as number;
  }

  /** Takes over what was filed elsewhere, in place of anything here. The buffer must not be detached afterwards. */
  adopt({ buffer, records, keys, recordBlocks, keyBlocks }: FiledRecords): void {
    this.#records = records;
    this.#keyCount = keys;
    this.#words.length = 0;
    this.#doubles.length = 0;
    this.#keys.length = 0;
    // Made anew when something is added.
    this.#slots = new Uint32Array(1);
    for (const [i, at] of recordBlocks.entries()) {
      this.#words[i] = new Uint32Array(buffer, at, BLOCK_ROWS * WORDS);
      this.#doubles[i] = new Float64Array(buffer, at, BLOCK_ROWS * DOUBLES);
    }
    for (const [i, at] of keyBlocks.entries())
      this.#keys[i] = new Uint32Array(buffer, at, KEY_WORDS << KEY_BLOCK_BITS);
  }

  #blockOf(key: number): Uint32Array {
    return this.#keys[key >>> KEY_BLOCK_BITS] as Uint32Array;
  }

  /** Files row `row` of the batch. */
  add(batch: RecordBatch, row: number, observer: number): void {
    const present = batch.present[row] as number;
    const families = batch.families[row] as number;
    const from = batch.fromAddr[row] as number;
    const to = batch.toAddr[row] as number;
    const srcPort = batch.srcPort[row] as number;
    const dstPort = batch.dstPort[row] as number;
    const protocol = batch.protocol[row] as number;
    const action = batch.action[row] as number;
    const fromHigh = from > to || (from === to && srcPort > dstPort);
    const isTcp = protocol === PROTOCOL.tcp;

    const kind = protocol | ((families & IS_V6.from) !== 0 ? KEY_V6 : 0);
    const key = fromHigh
      ? this.#find(to, from, ((dstPort << 16) | srcPort) >>> 0, kind)
      : this.#find(from, to, ((srcPort << 16) | dstPort) >>> 0, kind);
    const flags = isTcp && (present & HAS.tcpFlags) !== 0 ? (batch.tcpFlags[row] as number) : 0;

    let info = flags | (action << 11);
    if (isTcp && (present & HAS.tcpFlags) !== 0) info |= INFO.hasFlags;
    if (isTcp && (present & HAS.flagsColumn) !== 0) info |= INFO.flagsColumn;
    if (fromHigh) info |= INFO.fromHigh;
    info |= (present & (HAS.start | HAS.end | HAS.packets | HAS.bytes)) << 13;
    info |= (batch.direction[row] as number) << 20;

    // Numbers of IPv4 and ids of IPv6 addresses are told apart by their families alone.
    const isV6 = (kind & KEY_V6) !== 0;
    const srcIsV6 = (families & IS_V6.src) !== 0;
    const dstIsV6 = (families & IS_V6.dst) !== 0;
    let own = 0;
    let ownIsV6 = false;
    const src = batch.srcAddr[row] as number;
    const dst = batch.dstAddr[row] as number;
    if ((present & HAS.srcAddr) !== 0) {
      info |= INFO.showsSrc;
      if (src !== from || srcIsV6 !== isV6) {
        info |= INFO.srcRewritten;
        own = src;
        ownIsV6 = srcIsV6;
      }
    }
    if ((present & HAS.dstAddr) !== 0) {
      info |= INFO.showsDst;
      if (dst !== to || dstIsV6 !== isV6) {
        info |= INFO.dstRewritten;
        own = dst;
        ownIsV6 = dstIsV6;
      }
    }
    if (ownIsV6) info |= INFO.ownIsV6;

    const record = this.#records++;
    const words = this.#roomFor(record);
    const doubles = this.#doubles[record >>> BLOCK_BITS] as Float64Array;
    const at = (record & BLOCK_MASK) * WORDS;
    const atDouble = (record & BLOCK_MASK) * DOUBLES;
    doubles[atDouble] = batch.packets[row] as number;
    doubles[atDouble + 1] = batch.bytes[row] as number;
    words[at + 4] = batch.start[row] as number;
    words[at + 5] = batch.end[row] as number;
    words[at + 7] = observer;
    words[at + 8] = info;
    words[at + 9] = own;
    this.#link(key, record, words);
  }

  /** Files rows that another store gave: see {@link ROW}. */
  fileRows({ words: rows, doubles: values }: RowWords, count: number): void {
    for (let from = 0; from < count * ROW_WORDS; from += ROW_WORDS) {
      const key = this.#find(
        rows[from + ROW.low] as number,
        rows[from + ROW.high] as number,
        rows[from + ROW.ports] as number,
        rows[from + ROW.kind] as number,
      );
      const record = this.#records++;
      const words = this.#roomFor(record);
      const doubles = this.#doubles[record >>> BLOCK_BITS] as Float64Array;
      const at = (record & BLOCK_MASK) * WORDS;
      const atDouble = (record & BLOCK_MASK) * DOUBLES;
      doubles[atDouble] = values[from / 2] as number;
      doubles[atDouble + 1] = values[from / 2 + 1] as number;
      words[at + 4] = rows[from + ROW.start] as number;
      words[at + 5] = rows[from + ROW.end] as number;
      words[at + 7] = rows[from + ROW.observer] as number;
      words[at + 8] = rows[from + ROW.info] as number;
      words[at + 9] = rows[from + ROW.own] as number;
      this.#link(key, record, words);
    }
  }

  /**
   * Writes records of a key as rows from word `at` on, which must have room for them.
   * @param next the first of them: KEY.head, or what this gave last
   * @param most that many at most
   * @returns the next record, 0 when there is none
   */
  copyRows(
    key: number,
    next: number,
    most: number,
    { words: rows, doubles: values }: RowWords,
    at: number,
  ): number {
    const keys = this.#blockOf(key);
    const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
    const second = secondOf(keys[k + KEY.first] as number);
    let from = next;
    for (let to = at, left = most; from !== 0 && left > 0; to += ROW_WORDS, left--) {
      const record = from - 1;
      const words = this.#words[record >>> BLOCK_BITS] as Uint32Array;
      const doubles = this.#doubles[record >>> BLOCK_BITS] as Float64Array;
      const word = (record & BLOCK_MASK) * WORDS;
      const double = (record & BLOCK_MASK) * DOUBLES;
      values[to / 2] = doubles[double] as number;
      values[to / 2 + 1] = doubles[double + 1] as number;
      rows[to + ROW.start] = words[word + 4] as number;
      rows[to + ROW.end] = words[word + 5] as number;
      rows[to + ROW.observer] = words[word + 7] as number;
      rows[to + ROW.info] = words[word + 8] as number;
      rows[to + ROW.own] = words[word + 9] as number;
      rows[to + ROW.low] = keys[k + KEY.low] as number;
      rows[to + ROW.high] = keys[k + KEY.high] as number;
      rows[to + ROW.ports] = keys[k + KEY.ports] as number;
      rows[to + ROW.kind] = keys[k + KEY.kind] as number;
      rows[to + ROW.second] = second;
      from = words[word + 6] as number;
    }
    return from;
  }

  /** A number that spreads keys evenly: the same in every store. */
  hashOf(key: number): number {
    const keys = this.#blockOf(key);
    const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
    return hashKey(keys[k] as number, keys[k + 1] as number, keys[k + 2] as number, keys[k + 3] as number);
  }

  /** Tells of every key: see Services. */
  eachKey(visit: (low: number, high: number, ports: number, kind: number, evidence: number) => void): void {
    for (let key = 0; key < this.#keyCount; key++) {
      const keys = this.#blockOf(key);
      const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
      visit(
        keys[k] as number,
        keys[k + 1] as number,
        keys[k + 2] as number,
        keys[k + 3] as number,
        keys[k + KEY.evidence] as number,
      );
    }
  }

  /** Empties the store. */
  clear(): void {
    this.adopt({ buffer: NOTHING, records: 0, keys: 0, recordBlocks: [], keyBlocks: [] });
  }

  /** The words of the block that a record lies in. */
  #roomFor(record: number): Uint32Array {
    const block = record >>> BLOCK_BITS;
    if (block === this.#words.length) {
      const buffer = new ArrayBuffer(BLOCK_ROWS * WORDS * 4);
      this.#words.push(new Uint32Array(buffer));
      this.#doubles.push(new Float64Array(buffer));
    }
    return this.#words[block] as Uint32Array;
  }

  /** Puts a record in front of those of its key, and notes what it shows. */
  #link(key: number, record: number, words: Uint32Array): void {
    const at = (record & BLOCK_MASK) * WORDS;
    const keys = this.#blockOf(key);
    const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
    words[at + 6] = keys[k + KEY.head] as number;
    keys[k + KEY.head] = record + 1;
    keys[k + KEY.count] = (keys[k + KEY.count] as number) + 1;
    const info = words[at + 8] as number;
    const start = words[at + 4] as number;
    if ((info & INFO.hasStart) !== 0 && start < (keys[k + KEY.first] as number)) keys[k + KEY.first] = start;
    let evidence: number = EVIDENCE.lowSpoke;
    if ((info & SYN_ACK) === SYN_ACK) evidence |= EVIDENCE.lowSynAck;
    else if ((info & SYN) !== 0) evidence |= EVIDENCE.lowSyn;
    const shown = (info & INFO.fromHigh) !== 0 ? evidence << 1 : evidence;
    keys[k + KEY.evidence] = (keys[k + KEY.evidence] as number) | shown;
  }

  /** Reads record `record` (a number from KEY.head or `next`, less one) into `out`. */
  read(record: number, out: StoredRecord): void {
    const words = this.#words[record >>> BLOCK_BITS] as Uint32Array;
    const doubles = this.#doubles[record >>> BLOCK_BITS] as Float64Array;
    const at = (record & BLOCK_MASK) * WORDS;
    const atDouble = (record & BLOCK_MASK) * DOUBLES;
    out.packets = doubles[atDouble] as number;
    out.bytes = doubles[atDouble + 1] as number;
    out.start = words[at + 4] as number;
    out.end = words[at + 5] as number;
    out.next = words[at + 6] as number;
    out.observer = words[at + 7] as number;
    out.info = words[at + 8] as number;
    out.own = words[at + 9] as number;
  }

  #find(low: number, high: number, ports: number, kind: number): number {
    if (this.#keyCount * 2 >= this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    let slot = hashKey(low, high, ports, kind) & mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === 0) break;
      const k = ((at - 1) & KEY_BLOCK_MASK) * KEY_WORDS;
      const keys = this.#blockOf(at - 1);
      if (keys[k] === low && keys[k + 1] === high && keys[k + 2] === ports && keys[k + 3] === kind)
        return at - 1;
      slot = (slot + 1) & mask;
    }
    const key = this.#keyCount++;
    if (key >>> KEY_BLOCK_BITS === this.#keys.length)
      this.#keys.push(new Uint32Array(KEY_WORDS << KEY_BLOCK_BITS));
    const keys = this.#blockOf(key);
    const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
    keys[k] = low;
    keys[k + 1] = high;
    keys[k + 2] = ports;
    keys[k + 3] = kind;
    keys[k + KEY.first] = NO_TIME;
    this.#slots[slot] = key + 1;
    return key;
  }

  /** Twice the slots, or as many as adopted keys need. */
  #grow(): void {
    let length = this.#slots.length * 2;
    while (length < this.#keyCount * 2) length *= 2;
    const slots = new Uint32Array(length);
    const mask = length - 1;
    for (let key = 0; key < this.#keyCount; key++) {
      const keys = this.#blockOf(key);
      const k = (key & KEY_BLOCK_MASK) * KEY_WORDS;
      let slot =
        hashKey(keys[k] as number, keys[k + 1] as number, keys[k + 2] as number, keys[k + 3] as number) &
        mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = key + 1;
    }
    this.#slots = slots;
  }
}

const hashKey = (low: number, high: number, ports: number, kind: number): number => {
  let h = Math.imul(low ^ kind, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ high, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ ports, 0xc2b2ae35);
  return h ^ (h >>> 16);
};
