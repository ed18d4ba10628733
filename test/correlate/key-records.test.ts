/** The records of a key: in an order that does not depend on arrival, each once. Times are seconds. */
import { describe, expect, it } from 'vitest';
import {
  type KeyRecord,
  KeyRecords,
  openingRank,
  partBySilence,
  readKey,
} from '../../src/correlate/key-records.ts';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { fileRows, keyRecord, type RowParts } from '../build-records.ts';

/** The records of the only key of rows, and how many repeated others. */
const load = (rows: readonly RowParts[]): { records: KeyRecord[]; duplicates: number } => {
  const { store, observers, addresses } = fileRows(rows);
  expect(store.keyCount).toBe(1);
  const keyRecords = new KeyRecords(store, observers, addresses);
  const { flipped } = readKey(store, 0, addresses);
  keyRecords.load(0, flipped);
  return { records: keyRecords.records.map((record) => ({ ...record })), duplicates: keyRecords.duplicates };
};

/** Others of the same interval, none a duplicate: among many records duplicates are looked for in another way. */
const others = ([first]: readonly RowParts[]): RowParts[] =>
  Array.from({ length: 20 }, (_, n) => ({ ...first, packets: 1_000_000 + n }));

const duplicatesOf = (...rows: readonly RowParts[]): readonly [number, number] => {
  const found = [load(rows).duplicates, load([...rows].reverse()).duplicates] as const;
  expect(load([...rows, ...others(rows)]).duplicates, 'among many').toBe(found[0]);
  expect(load([...others(rows), ...rows].reverse()).duplicates, 'among many').toBe(found[1]);
  return found;
};
const ONE = [1, 1] as const;
const NONE = [0, 0] as const;

const reply = { from: '10.0.0.9', to: '10.0.0.5', srcPort: 50_001, dstPort: 50_000 } as const;

describe('the order of records', () => {
  it.each<readonly [string, Partial<KeyRecord>, RowParts, RowParts]>([
    ['start', { start: 0 }, { start: 0 }, { start: 1 }],
    ['end', { end: 58 }, { end: 58 }, { end: 59 }],
    ['a SYN before what opens nothing', { flags: SYN }, { tcpFlags: SYN }, { tcpFlags: FIN | RST }],
    ['a SYN before a SYN-ACK', { flags: SYN }, { tcpFlags: SYN }, { tcpFlags: SYN_ACK }],
    ['a SYN-ACK before what opens nothing', { flags: SYN_ACK }, { tcpFlags: SYN_ACK }, { tcpFlags: 96 }],
    ['a SYN before a dash', { flags: SYN }, { tcpFlags: SYN, packets: 9 }, { tcpFlags: null }],
    ['more flags', { flags: FIN }, { tcpFlags: FIN }, { tcpFlags: 0 }],
    ['packets', { packets: 4 }, { packets: 4 }, { packets: 5 }],
    ['unknown packets', { packets: null }, { packets: null }, { packets: 0 }],
    ['bytes', { bytes: 1 }, { bytes: 1 }, { bytes: 2 }],
    ['accepted before rejected', { reject: false }, {}, { action: 'reject' }],
    ['no action before accepted', { accept: false }, { action: 'none' }, {}],
    ['observers', { observer: 0 }, { observer: { interfaceId: 'a' } }, { observer: { interfaceId: 'b' } }],
    ['ingress before egress', { flowDirection: 1 }, { direction: 'ingress' }, { direction: 'egress' }],
    ['a true source', { srcRewritten: false }, {}, { src: '10.0.0.1' }],
    ['a true destination', { dstRewritten: false }, {}, { dst: '10.0.0.1' }],
    ['IPv4 before IPv6', { ownIsV6: false }, { src: '10.0.0.1' }, { src: '::1' }],
    ['the address shown', { own: 0x0a000001 }, { src: '10.0.0.1' }, { src: '10.0.0.2' }],
    ['the low end before the high', { direction: 0 }, {}, reply],
  ])('goes by %s', (_, first, one, other) => {
    for (const rows of [
      [one, other],
      [other, one],
    ]) {
      const { records, duplicates } = load(rows);
      expect(duplicates).toBe(0);
      // Observers are numbered as they come: by name for the first order only.
      if (first.observer === undefined) expect(records[0]).toMatchObject(first);
    }
  });

  it('goes by the names of observers, whatever their numbers', () => {
    const named = (interfaceId: string): RowParts => ({ observer: { interfaceId } });
    expect(load([named('a'), named('b')]).records.map(({ observer }) => observer)).toEqual([0, 1]);
    expect(load([named('b'), named('a')]).records.map(({ observer }) => observer)).toEqual([1, 0]);
  });

  it('goes by IPv6 addresses themselves, not by their arrival', () => {
    const later = { src: '2001:db8::1', start: 0, packets: 5 };
    const rows = [{ src: '2001:db8::2' }, later];
    // The first id is that of ::2; among equals the lower address comes first.
    expect(load(rows).records.map(({ own }) => own)).toEqual([2, 1]);
    expect(load([...rows].reverse()).records.map(({ own }) => own)).toEqual([1, 2]);
  });

  it('is the same for a handful and for many', () => {
    for (const count of [2, 3, 24, 25, 26, 200]) {
      const starts = Array.from({ length: count }, (_, n) => (n * 7919) % 1009);
      const rows = starts.map((start) => ({ start, end: 2000 }));
      const inOrder = [...starts].sort((a, b) => a - b);
      expect(load(rows).records.map(({ start }) => start)).toEqual(inOrder);
      expect(load([...rows].reverse()).records.map(({ start }) => start)).toEqual(inOrder);
    }
  });
});

describe('the rank of an opening', () => {
  it('is first for a SYN, then for a SYN-ACK, then for all else', () => {
    expect([SYN, SYN | FIN, SYN_ACK, SYN_ACK | RST, 0, FIN, 16, null].map(openingRank)).toEqual([
      0, 0, 1, 1, 2, 2, 2, 2,
    ]);
  });
});

describe('a record', () => {
  it('holds what its row holds, and null for what it does not', () => {
    expect(load([{ tcpFlags: 3, direction: 'egress', dst: '::1' }]).records).toEqual([
      {
        direction: 0,
        flags: 3,
        flagsColumn: true,
        accept: true,
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
        dstRewritten: true,
        own: 1,
        ownIsV6: true,
        flowDirection: 2,
      },
    ]);
    const bare = { start: null, end: null, packets: null, bytes: null, src: null, dst: null } as const;
    expect(load([{ ...bare, action: 'reject' }]).records).toMatchObject([
      {
        flags: null,
        flagsColumn: false,
        accept: false,
        reject: true,
        start: null,
        end: null,
        packets: null,
        bytes: null,
        showsSrc: false,
        showsDst: false,
      },
    ]);
  });

  it('with one time has it twice', () => {
    expect(load([{ start: 7, end: null }]).records).toMatchObject([{ start: 7, end: 7 }]);
    expect(load([{ start: null, end: 8 }]).records).toMatchObject([{ start: 8, end: 8 }]);
  });

  it('does not outlive the next key: what it held is not seen again', () => {
    const { store, observers, addresses } = fileRows([
      { tcpFlags: 2, src: '::1', direction: 'egress', action: 'reject' },
      { tcpFlags: 2, start: 5 },
      {
        srcPort: 1,
        start: null,
        end: null,
        packets: null,
        bytes: null,
        src: null,
        dst: null,
        action: 'none',
      },
    ]);
    const keyRecords = new KeyRecords(store, observers, addresses);
    keyRecords.load(0, false);
    expect(keyRecords.records).toHaveLength(2);
    keyRecords.load(1, false);
    expect(keyRecords.records).toEqual([
      keyRecord({
        accept: false,
        start: null,
        end: null,
        packets: null,
        bytes: null,
        showsSrc: false,
        showsDst: false,
      }),
    ]);
  });

  it('is of the other direction where the ends of its key stand the other way round', () => {
    // IPv6 ids follow arrival: ::9 came first and is filed as low, but ::5 is the lower address.
    const { store, addresses, observers } = fileRows([{ from: '2001:db8::9', to: '2001:db8::5' }]);
    const { key, flipped } = readKey(store, 0, addresses);
    expect(flipped).toBe(true);
    expect(key.addresses.map((id) => addresses.text(id))).toEqual(['2001:db8::5', '2001:db8::9']);
    expect([key.protocol, key.isV6, key.ports]).toEqual([6, true, [50_001, 50_000]]);
    const keyRecords = new KeyRecords(store, observers, addresses);
    keyRecords.load(0, flipped);
    expect(keyRecords.records).toMatchObject([{ direction: 1 }]);
  });
});

describe('a duplicate', () => {
  it('is the same record again', () => {
    expect(duplicatesOf({}, {})).toEqual(ONE);
    expect(load([{}, {}, {}, { packets: 6 }, { packets: 6 }])).toMatchObject({ duplicates: 3 });
    expect(load([{}, {}, { packets: 6 }]).records.map(({ packets }) => packets)).toEqual([5, 6]);
  });

  it.each<readonly [string, RowParts]>([
    ['another start', { start: 1 }],
    ['another end', { end: 58 }],
    ['another vantage', { observer: { interfaceId: 'eni-2' } }],
    ['another direction', reply],
    ['other packets', { packets: 6 }],
    ['other bytes', { bytes: 201 }],
    ['another action', { action: 'reject' }],
    ['no action', { action: 'none' }],
    ['another source shown', { src: '10.0.0.1' }],
    ['another destination shown', { dst: '10.0.0.1' }],
  ])('is none with %s', (_, other) => {
    expect(duplicatesOf({}, other)).toEqual(NONE);
  });

  it('is none where one was rejected and the other says nothing', () => {
    expect(duplicatesOf({ action: 'none' }, { action: 'reject' })).toEqual(NONE);
  });

  it('may be written by a flow log with fewer fields', () => {
    expect(duplicatesOf({ observer: { interfaceId: 'eni-1', vpcId: 'vpc-1' } }, {})).toEqual(ONE);
    expect(duplicatesOf({ tcpFlags: SYN }, {})).toEqual(ONE);
    expect(duplicatesOf({ tcpFlags: SYN }, { tcpFlags: null })).toEqual(ONE);
    expect(duplicatesOf({ tcpFlags: SYN }, { tcpFlags: SYN_ACK })).toEqual(NONE);
    expect(duplicatesOf({ direction: 'egress' }, {})).toEqual(ONE);
    expect(duplicatesOf({ direction: 'egress' }, { direction: 'ingress' })).toEqual(NONE);
    // The one with flags comes first in the order; the direction is known of the other, or of the first.
    expect(duplicatesOf({ tcpFlags: SYN, direction: 'egress' }, {})).toEqual(ONE);
    expect(duplicatesOf({ tcpFlags: SYN }, { direction: 'egress' })).toEqual(ONE);
    expect(duplicatesOf({ tcpFlags: SYN, direction: 'egress' }, { direction: 'ingress' })).toEqual(NONE);
    expect(
      duplicatesOf({ tcpFlags: SYN, direction: 'egress' }, { tcpFlags: FIN, direction: 'egress' }),
    ).toEqual(NONE);
  });

  it('leaves the record that comes first, the same whatever came first in the log', () => {
    for (const [less, more, kept] of [
      [{}, { tcpFlags: null }, { flagsColumn: false }],
      [{ src: null }, {}, { showsSrc: false }],
      [{ dst: null }, {}, { showsDst: false }],
      [{}, { tcpFlags: SYN }, { flags: SYN }],
    ] as const)
      for (const rows of [
        [less, more],
        [more, less],
      ])
        expect(load(rows).records).toMatchObject([kept]);
  });

  it('shows the same addresses, as far as both formats have them', () => {
    const [one, two] = ['10.0.0.1', '10.0.0.2'] as const;
    expect(duplicatesOf({ src: one }, { src: one })).toEqual(ONE);
    expect(duplicatesOf({ src: one }, { src: two })).toEqual(NONE);
    expect(duplicatesOf({ dst: one }, { dst: one })).toEqual(ONE);
    expect(duplicatesOf({ dst: one }, { dst: two })).toEqual(NONE);
    expect(duplicatesOf({ src: one, dst: one }, { src: one, dst: two })).toEqual(NONE);
    expect(duplicatesOf({ src: one }, { src: null })).toEqual(ONE);
    expect(duplicatesOf({ dst: one }, { dst: null })).toEqual(ONE);
    // Flags put the one first that shows more.
    expect(duplicatesOf({ dst: one, tcpFlags: SYN }, { dst: null })).toEqual(ONE);
    expect(duplicatesOf({ src: one, tcpFlags: SYN }, { src: null })).toEqual(ONE);
    expect(duplicatesOf({ src: one }, { src: two, dst: null })).toEqual(NONE);
    expect(duplicatesOf({ src: one }, { src: one, dst: null })).toEqual(ONE);
    // Of two rewritten ones the destination's is kept: the source's cannot be compared any more.
    expect(duplicatesOf({ src: one, dst: two }, { src: one, dst: null })).toEqual(ONE);
    expect(duplicatesOf({ src: one, dst: two }, { src: null, dst: two })).toEqual(ONE);
    expect(duplicatesOf({ src: one, dst: two }, { src: null, dst: one })).toEqual(NONE);
    // 0.0.0.1 and the first IPv6 address have the same number.
    expect(duplicatesOf({ src: '0.0.0.1' }, { src: '::1' })).toEqual(NONE);
    expect(duplicatesOf({ dst: '0.0.0.1' }, { dst: '::1' })).toEqual(NONE);
  });

  it.each<readonly [string, RowParts]>([
    ['times', { start: null, end: null }],
    ['packets', { packets: null }],
    ['bytes', { bytes: null }],
  ])('without %s is the same in everything', (_, bare) => {
    expect(duplicatesOf(bare, bare)).toEqual(ONE);
    for (const more of [
      { tcpFlags: SYN },
      { direction: 'egress' },
      { observer: { interfaceId: 'eni-1', vpcId: 'vpc-1' } },
    ] as const)
      expect(duplicatesOf(bare, { ...bare, ...more })).toEqual(NONE);
    expect(duplicatesOf({ ...bare, src: '10.0.0.1' }, { ...bare, src: null })).toEqual(NONE);
    expect(duplicatesOf({ ...bare, dst: '10.0.0.1' }, { ...bare, dst: null })).toEqual(NONE);
  });

  it('is found among many of one interval', () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ packets: n >> 1, bytes: n & 1 }));
    expect(duplicatesOf(...many)).toEqual(NONE);
    expect(duplicatesOf(...many, ...many, ...many)).toEqual([80, 80]);
    expect(load([...many, ...many]).records).toHaveLength(40);
  });

  it('is found among many that count alike and show different addresses', () => {
    const shown = (n: number): RowParts => ({ src: `10.1.${n >> 8}.${n & 255}`, tcpFlags: SYN });
    const many = Array.from({ length: 300 }, (_, n) => shown(n));
    expect(duplicatesOf(...many)).toEqual(NONE);
    expect(duplicatesOf(...many, shown(7), shown(299))).toEqual([2, 2]);
    // A format without srcaddr and flags says the same as any of them; flags put those first.
    expect(duplicatesOf(...many, { src: null })).toEqual(ONE);
  });
});

describe('a silence in which no connection lasts', () => {
  const seen = (start: number | null, end: number | null): KeyRecord => keyRecord({ start, end });
  const parts = (records: readonly KeyRecord[]) => partBySilence(records, 100).map((part) => part.length);

  it('is longer than the limit, from the last end of all before', () => {
    expect(parts([seen(0, 59), seen(159, 160)])).toEqual([2]);
    expect(parts([seen(0, 59), seen(160, 161)])).toEqual([1, 1]);
    expect(
      parts([seen(0, 1000), seen(10, 20), seen(1050, 1060), seen(1161, 1170), seen(1165, 1166)]),
    ).toEqual([3, 2]);
    expect(parts([seen(0, 0), seen(200, 200), seen(400, 400)])).toEqual([1, 1, 1]);
  });

  it('is not known before records without times', () => {
    expect(parts([seen(null, null), seen(null, null), seen(5000, 5000)])).toEqual([3]);
    expect(parts([])).toEqual([0]);
  });

  it('gives back the records themselves where there is none', () => {
    const records = [seen(0, 59)];
    expect(partBySilence(records, 100)[0]).toBe(records);
  });
});
