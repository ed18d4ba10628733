/** The store gives back what was filed, under the key it belongs to, however much there is. */
import { describe, expect, it } from 'vitest';
import {
  EVIDENCE,
  type FiledRecords,
  INFO,
  KEY,
  KEY_V6,
  KEY_WORDS,
  NO_TIME,
  RecordStore,
  ROW,
  ROW_WORDS,
  type StoredRecord,
  secondOf,
} from '../../src/correlate/record-store.ts';
import { SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { fileRows, type RowParts } from '../build-records.ts';

const LOW = 0x0a000005;
const HIGH = 0x0a000009;

/** The records of a key, newest first, as the store has them. */
const recordsOf = (store: RecordStore, key: number): StoredRecord[] => {
  const found: StoredRecord[] = [];
  for (let next = store.key(key, KEY.head); next !== 0; ) {
    const record: StoredRecord = {
      packets: 0,
      bytes: 0,
      start: 0,
      end: 0,
      next: 0,
      observer: 0,
      info: 0,
      own: 0,
    };
    store.read(next - 1, record);
    found.push(record);
    next = record.next;
  }
  return found;
};
const wordsOf = (store: RecordStore, key: number): number[] =>
  Array.from({ length: KEY_WORDS }, (_, word) => store.key(key, word));
const infoOf = (row: RowParts): number => recordsOf(fileRows([row]).store, 0)[0]?.info as number;

const reply = { from: '10.0.0.9', to: '10.0.0.5', srcPort: 50_001, dstPort: 50_000 } as const;

describe('a key', () => {
  it('is the same from both ends: the lower address first, of one address the lower port', () => {
    const { store } = fileRows([{}, reply]);
    expect(store.keyCount).toBe(1);
    expect(store.recordCount).toBe(2);
    expect([KEY.low, KEY.high].map((word) => store.key(0, word))).toEqual([LOW, HIGH]);
    expect([store.key(0, KEY.ports) >>> 16, store.key(0, KEY.ports) & 0xffff]).toEqual([50_000, 50_001]);
    expect(recordsOf(store, 0).map(({ info }) => (info & INFO.fromHigh) !== 0)).toEqual([true, false]);
    const alone = { to: '10.0.0.5' };
    const self = fileRows([
      { ...alone, srcPort: 2, dstPort: 1 },
      { ...alone, srcPort: 1, dstPort: 2 },
      { ...alone, srcPort: 2, dstPort: 2 },
    ]).store;
    expect([0, 1].map((key) => [self.key(key, KEY.ports), self.key(key, KEY.count)])).toEqual([
      [0x10002, 2],
      [0x20002, 1],
    ]);
  });

  it('knows its family, its protocol, its records and its first second', () => {
    const { store } = fileRows([
      { start: 70, end: 80 },
      { start: 30, end: 90 },
      { start: null, end: 5 },
      { start: 50, end: 60 },
      { protocol: 17, from: '2001:db8::1', to: '2001:db8::2', start: null, end: null },
    ]);
    expect([KEY.kind, KEY.count, KEY.first].map((word) => store.key(0, word))).toEqual([6, 4, 30]);
    expect([KEY.kind, KEY.count, KEY.first].map((word) => store.key(1, word))).toEqual([
      17 | KEY_V6,
      1,
      NO_TIME,
    ]);
    // Keys without times come first in the order of seconds.
    expect([NO_TIME, 0, 30].map(secondOf)).toEqual([0, 1, 31]);
  });

  it('shows who spoke, who dialled and who answered', () => {
    const shown = (...rows: readonly RowParts[]) => fileRows(rows).store.key(0, KEY.evidence);
    expect(shown({})).toBe(EVIDENCE.lowSpoke);
    expect(shown(reply)).toBe(EVIDENCE.highSpoke);
    expect(shown({ tcpFlags: SYN })).toBe(EVIDENCE.lowSpoke | EVIDENCE.lowSyn);
    expect(shown({ ...reply, tcpFlags: SYN })).toBe(EVIDENCE.highSpoke | EVIDENCE.highSyn);
    expect(shown({ tcpFlags: SYN_ACK })).toBe(EVIDENCE.lowSpoke | EVIDENCE.lowSynAck);
    expect(shown({ tcpFlags: 0 }, { ...reply, tcpFlags: SYN_ACK })).toBe(
      EVIDENCE.lowSpoke | EVIDENCE.highSpoke | EVIDENCE.highSynAck,
    );
    // FIN, RST and a lone ACK bit show nothing of an opening, nor do flags of other protocols.
    expect(shown({ tcpFlags: 1 | 4 | 16 })).toBe(EVIDENCE.lowSpoke);
    expect(shown({ protocol: 17, tcpFlags: SYN_ACK })).toBe(EVIDENCE.lowSpoke);
  });

  it('is told apart from all others, however alike they are', () => {
    // Of each of the four parts thousands of values beside the same three others; of protocols there are 256.
    const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    const some = Array.from({ length: 9000 }, (_, n) => n);
    const rows: RowParts[] = [
      ...some.map((n) => ({ srcPort: n })),
      ...some.map((n) => ({ from: address(n), to: '11.0.0.1' })),
      ...some.map((n) => ({ from: '9.0.0.1', to: address(n) })),
      ...some.slice(0, 256).map((protocol) => ({ protocol, dstPort: 1 })),
      ...some.slice(0, 256).map((protocol) => ({ protocol, from: '2001:db8::1', to: '2001:db8::2' })),
    ];
    const { store } = fileRows([...rows, ...rows]);
    expect(store.keyCount).toBe(rows.length);
    expect(store.recordCount).toBe(2 * rows.length);
    for (let key = 0; key < store.keyCount; key++)
      if (store.key(key, KEY.count) !== 2) expect.fail(`key ${key}`);
  });
});

describe('a record', () => {
  it('is read as it was filed', () => {
    const { store } = fileRows([
      { packets: 2 ** 40, bytes: 2 ** 50, start: 7, end: 4_000_000_000 },
      { packets: 1, bytes: 2, start: 3, end: 4, observer: { interfaceId: 'eni-2' } },
    ]);
    expect(recordsOf(store, 0)).toMatchObject([
      { packets: 1, bytes: 2, start: 3, end: 4, observer: 1, next: 1 },
      { packets: 2 ** 40, bytes: 2 ** 50, start: 7, end: 4_000_000_000, observer: 0, next: 0 },
    ]);
  });

  it('says what it holds', () => {
    const times = INFO.hasStart | INFO.hasEnd | INFO.hasPackets | INFO.hasBytes;
    const plain = times | INFO.accept | INFO.showsSrc | INFO.showsDst;
    expect(infoOf({})).toBe(plain);
    expect(infoOf({ start: null, packets: null })).toBe(plain & ~(INFO.hasStart | INFO.hasPackets));
    expect(infoOf({ end: null, bytes: null })).toBe(plain & ~(INFO.hasEnd | INFO.hasBytes));
    expect(infoOf({ action: 'reject' })).toBe((plain & ~INFO.accept) | INFO.reject);
    expect(infoOf({ action: 'none' })).toBe(plain & ~INFO.accept);
    expect(infoOf({ direction: 'ingress' })).toBe(plain | INFO.ingress);
    expect(infoOf({ direction: 'egress' })).toBe(plain | INFO.egress);
    expect(infoOf({ tcpFlags: null })).toBe(plain | INFO.flagsColumn);
    expect(infoOf({ tcpFlags: 19 })).toBe(plain | INFO.flagsColumn | INFO.hasFlags | 19);
    expect(infoOf({ tcpFlags: 19, protocol: 17 })).toBe(plain);
    expect(infoOf({ src: null })).toBe(plain & ~INFO.showsSrc);
    expect(infoOf({ dst: null })).toBe(plain & ~INFO.showsDst);
  });

  it("keeps an address that is not the packet's, of two the destination's", () => {
    const shownBy = (row: RowParts) => {
      const [record] = recordsOf(fileRows([row]).store, 0);
      const bits = INFO.srcRewritten | INFO.dstRewritten | INFO.ownIsV6;
      return [(record?.info as number) & bits, record?.own];
    };
    expect(shownBy({})).toEqual([0, 0]);
    expect(shownBy({ src: '10.0.0.1' })).toEqual([INFO.srcRewritten, 0x0a000001]);
    expect(shownBy({ dst: '10.0.0.2' })).toEqual([INFO.dstRewritten, 0x0a000002]);
    expect(shownBy({ src: '10.0.0.1', dst: '10.0.0.2' })).toEqual([
      INFO.srcRewritten | INFO.dstRewritten,
      0x0a000002,
    ]);
    // Ids of IPv6 addresses count from 1 in the order of arrival: 0.0.0.1 and 0.0.0.2 are the same numbers.
    const v6 = { from: '2001:db8::1', to: '2001:db8::2' };
    expect(shownBy(v6)).toEqual([0, 0]);
    expect(shownBy({ ...v6, src: '0.0.0.1' })).toEqual([INFO.srcRewritten, 1]);
    expect(shownBy({ ...v6, dst: '0.0.0.2' })).toEqual([INFO.dstRewritten, 2]);
    expect(shownBy({ ...v6, src: '2001:db8::3' })).toEqual([INFO.srcRewritten | INFO.ownIsV6, 3]);
    expect(shownBy({ ...v6, dst: '2001:db8::3' })).toEqual([INFO.dstRewritten | INFO.ownIsV6, 3]);
  });
});

describe('many records', () => {
  it('of one key and of many are all there', () => {
    // More than a block of 32768 of each.
    const rows = Array.from({ length: 33_000 }, (_, n): RowParts[] => [
      { srcPort: n, packets: n },
      { dstPort: 7, packets: n },
    ]);
    const { store } = fileRows(rows.flat());
    expect([store.keyCount, store.recordCount]).toEqual([33_001, 66_000]);
    const packets = recordsOf(store, 1).map((record) => record.packets);
    expect(packets).toEqual(Array.from({ length: 33_000 }, (_, n) => 32_999 - n));
    for (const key of [0, 2, 20_000, 32_767, 32_768, 33_000]) {
      // The ports of key 0 are 0, of key n they are n - 1.
      const n = key === 0 ? 0 : key - 1;
      expect(recordsOf(store, key).map((record) => record.packets)).toEqual([n]);
      expect(store.key(key, KEY.ports) >>> 16).toBe(n);
    }
  });
});

describe('rows that travel between stores', () => {
  const filed = fileRows([
    { start: 7, end: 9, packets: 3, bytes: 300, tcpFlags: SYN, dst: '10.0.0.1' },
    {
      ...reply,
      start: 5,
      end: 6,
      packets: 4,
      bytes: 2 ** 45,
      tcpFlags: SYN_ACK,
      observer: { interfaceId: 'eni-2' },
    },
    { srcPort: 1, start: null, end: null },
  ]).store;
  const copy = (most: number, next = filed.key(0, KEY.head)) => {
    const buffer = new ArrayBuffer(ROW_WORDS * 4 * 4);
    const room = { words: new Uint32Array(buffer), doubles: new Float64Array(buffer) };
    return { room, next: filed.copyRows(0, next, most, room, ROW_WORDS) };
  };

  it('hold the key, its place in the order of seconds and what the record holds', () => {
    const { room, next } = copy(9);
    expect(next).toBe(0);
    const word = (row: number, at: number) => room.words[row * ROW_WORDS + at];
    expect(
      [1, 2].map((row) => [ROW.start, ROW.end, ROW.observer, ROW.own].map((at) => word(row, at))),
    ).toEqual([
      [5, 6, 1, 0],
      [7, 9, 0, 0x0a000001],
    ]);
    for (const row of [1, 2]) {
      expect([ROW.low, ROW.high, ROW.kind, ROW.second].map((at) => word(row, at))).toEqual([LOW, HIGH, 6, 6]);
      expect(word(row, ROW.ports)).toBe(filed.key(0, KEY.ports));
    }
    expect([...room.doubles.subarray(ROW_WORDS / 2, ROW_WORDS / 2 + 2)]).toEqual([4, 2 ** 45]);
    // Before and behind them nothing was written.
    expect(
      [...room.words.subarray(0, ROW_WORDS), ...room.words.subarray(3 * ROW_WORDS)].every((n) => n === 0),
    ).toBe(true);
  });

  it('are so many at most, and the next call goes on', () => {
    const first = copy(1);
    expect(first.next).not.toBe(0);
    expect(first.room.words[2 * ROW_WORDS + ROW.end]).toBe(0);
    const second = copy(1, first.next);
    expect(second.next).toBe(0);
    expect(second.room.words[ROW_WORDS + ROW.start]).toBe(7);
  });

  it('make the same keys and records in another store, those of a key the other way round', () => {
    const store = new RecordStore();
    const { room } = copy(9);
    const rows = { words: room.words.slice(ROW_WORDS), doubles: room.doubles.slice(ROW_WORDS / 2) };
    store.fileRows(rows, 2);
    expect([store.keyCount, store.recordCount]).toEqual([1, 2]);
    const without = (words: number[]) => words.filter((_, word) => word !== KEY.head);
    expect(without(wordsOf(store, 0))).toEqual(without(wordsOf(filed, 0)));
    const bare = (records: StoredRecord[]) => records.map((record) => ({ ...record, next: 0 }));
    expect(bare(recordsOf(store, 0))).toEqual(bare(recordsOf(filed, 0)).reverse());
    store.fileRows(rows, 0);
    expect(store.recordCount).toBe(2);
    expect(store.hashOf(0)).toBe(filed.hashOf(0));
    expect(filed.hashOf(1)).not.toBe(filed.hashOf(0));
  });

  it('are more than a block as well', () => {
    const many = fileRows(Array.from({ length: 33_000 }, (_, n) => ({ packets: n, bytes: 2 * n }))).store;
    const buffer = new ArrayBuffer(33_000 * ROW_WORDS * 4);
    const room = { words: new Uint32Array(buffer), doubles: new Float64Array(buffer) };
    expect(many.copyRows(0, many.key(0, KEY.head), 33_000, room, 0)).toBe(0);
    const store = new RecordStore();
    store.fileRows(room, 33_000);
    expect(recordsOf(store, 0).map(({ packets, bytes }) => [packets, bytes])).toEqual(
      Array.from({ length: 33_000 }, (_, n) => [n, 2 * n]),
    );
  });

  it('tell of every key', () => {
    const told: number[][] = [];
    filed.eachKey((...words) => void told.push(words));
    expect(told).toEqual(
      [0, 1].map((key) =>
        [KEY.low, KEY.high, KEY.ports, KEY.kind, KEY.evidence].map((word) => filed.key(key, word)),
      ),
    );
  });
});

describe('what was filed elsewhere', () => {
  /** Blocks of 32768 rows: records of ten words, keys of eight. */
  const RECORD_BLOCK = 32_768 * 10 * 4;
  const KEY_BLOCK = 32_768 * 8 * 4;

  const filedElsewhere = (keys: number): FiledRecords => {
    const blocks = Math.ceil(keys / 32_768);
    const buffer = new ArrayBuffer(blocks * (RECORD_BLOCK + KEY_BLOCK));
    const recordBlocks = Array.from({ length: blocks }, (_, i) => i * (RECORD_BLOCK + KEY_BLOCK));
    const keyBlocks = recordBlocks.map((at) => at + RECORD_BLOCK);
    const words = new Uint32Array(buffer);
    for (let key = 0; key < keys; key++) {
      const k = (keyBlocks[key >> 15] as number) / 4 + (key & 32_767) * 8;
      words.set([LOW, HIGH, ((key << 16) | 50_001) >>> 0, 6, key + 1, 1, 40, EVIDENCE.lowSpoke], k);
      const record = (recordBlocks[key >> 15] as number) / 4 + (key & 32_767) * 10;
      words[record + 4] = 40 + key;
      new Float64Array(buffer)[record / 2] = key;
    }
    return { buffer, records: keys, keys, recordBlocks, keyBlocks };
  };

  it('is there when it has been taken over, and more can be filed under its keys', () => {
    const { store } = fileRows([{ srcPort: 60_000 }]);
    store.adopt(filedElsewhere(40_000));
    expect([store.keyCount, store.recordCount]).toEqual([40_000, 40_000]);
    for (const key of [0, 32_767, 32_768, 39_999]) {
      expect(wordsOf(store, key).slice(0, 3)).toEqual([LOW, HIGH, ((key << 16) | 50_001) >>> 0]);
      expect(recordsOf(store, key)).toMatchObject([{ packets: key, start: 40 + key }]);
    }
    const row = new Uint32Array(ROW_WORDS);
    row.set([6, 0, 0, 0, 30, 31, 0, INFO.hasStart, 0, LOW, HIGH, ((39_999 << 16) | 50_001) >>> 0, 6]);
    store.fileRows({ words: row, doubles: new Float64Array(row.buffer) }, 1);
    expect([store.keyCount, store.recordCount]).toEqual([40_000, 40_001]);
    expect([KEY.count, KEY.first].map((word) => store.key(39_999, word))).toEqual([2, 30]);
    expect(recordsOf(store, 39_999)).toMatchObject([{ start: 30 }, { start: 40 + 39_999 }]);
  });

  it('is gone when the store has been emptied, which can be filled again', () => {
    const { store } = fileRows([{}, { srcPort: 1 }]);
    const row = new Uint32Array(ROW_WORDS);
    row.set([0, 0, 0, 0, 30, 31, 0, INFO.hasStart, 0, LOW, HIGH, 99, 6]);
    const rows = { words: row, doubles: new Float64Array(row.buffer) };
    for (let times = 0; times < 2; times++) {
      store.clear();
      expect([store.keyCount, store.recordCount]).toEqual([0, 0]);
      store.fileRows(rows, 1);
      expect([store.keyCount, store.recordCount]).toEqual([1, 1]);
      expect(wordsOf(store, 0)).toEqual([LOW, HIGH, 99, 6, 1, 1, 30, EVIDENCE.lowSpoke]);
    }
  });
});
