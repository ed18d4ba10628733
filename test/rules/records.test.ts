/** The records of a key: in an order that does not depend on arrival, each once. Times are seconds. */
import { describe, expect, it } from 'vitest';
import type { TracedRecord } from '../../src/engine/outlines/traces.ts';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { connectionOfRows, connectionsOfRows, HIGH, LOW, logOf, type Row, rebuildRows } from '../log-of.ts';
import { tracesOf } from '../traces-of.ts';

/** The records of rows as the rules take them, connection by connection, without those that repeat others. */
const recordsOf = (rows: readonly Row[]): TracedRecord[] =>
  tracesOf(logOf(rows)).flatMap(({ records }) => records);

const copiesIn = async (rows: readonly Row[]): Promise<number> =>
  (await rebuildRows(rows)).report.placement.duplicates;

/** Others of the same interval, none a duplicate: among many records duplicates are looked for in another way. */
const others = ([first]: readonly Row[]): Row[] =>
  Array.from({ length: 20 }, (_, n) => ({ ...first, packets: 1_000_000 + n }));

/** How many of the rows repeat others; the same in whatever order they come, and among many. */
const duplicatesOf = async (...rows: readonly Row[]): Promise<number> => {
  const found = await copiesIn(rows);
  expect(await copiesIn([...rows].reverse()), 'the other way round').toBe(found);
  expect(await copiesIn([...rows, ...others(rows)]), 'among many').toBe(found);
  expect(await copiesIn([...others(rows), ...rows].reverse()), 'among many').toBe(found);
  return found;
};

const reply: Row = { by: 'high' };

describe('the order of records', () => {
  it.each<readonly [string, Partial<TracedRecord>, Row, Row]>([
    ['start', { start: 0 }, { start: 0 }, { start: 1 }],
    ['end', { end: 58 }, { end: 58 }, { end: 59 }],
    ['a SYN before what opens nothing', { flags: SYN }, { flags: SYN }, { flags: FIN | RST }],
    ['a SYN before a SYN-ACK', { flags: SYN }, { flags: SYN }, { flags: SYN_ACK }],
    ['a SYN with a FIN before a SYN-ACK', { flags: SYN | FIN }, { flags: SYN | FIN }, { flags: SYN_ACK }],
    ['a SYN-ACK before what opens nothing', { flags: SYN_ACK }, { flags: SYN_ACK }, { flags: 96 }],
    ['a SYN before a dash', { flags: SYN }, { flags: SYN, packets: 9 }, { flags: null }],
    ['more flags', { flags: FIN }, { flags: FIN }, { flags: 0 }],
    ['packets', { packets: 4 }, { packets: 4 }, { packets: 5 }],
    ['unknown packets', { packets: null }, { packets: null }, { packets: 0 }],
    ['bytes', { bytes: 1 }, { bytes: 1 }, { bytes: 2 }],
    ['accepted before rejected', { reject: false }, {}, { action: 'REJECT' }],
    ['no action before accepted', { accept: false }, { action: null }, {}],
    ['the low end before the high', { direction: 0 }, {}, reply],
  ])('goes by %s', (_, first, one, other) => {
    for (const rows of [
      [one, other],
      [other, one],
    ]) {
      const records = recordsOf(rows);
      expect(records).toHaveLength(2);
      expect(records[0]).toMatchObject(first);
    }
  });

  it.each<readonly [string, Row, Row]>([
    ['the names of observers', { eni: 'a' }, { eni: 'b' }],
    ['ingress before egress', { flow: 'ingress' }, { flow: 'egress' }],
    ['a true source', {}, { src: '10.0.0.1' }],
    ['a true destination', {}, { dst: '10.0.0.1' }],
    ['IPv4 before IPv6', { src: '10.0.0.1' }, { src: '::1' }],
    ['the address shown', { src: '10.0.0.1' }, { src: '10.0.0.2' }],
    // The first id is that of ::2, which came first; among equals the lower address comes first.
    ['IPv6 addresses themselves, not their arrival', { src: '2001:db8::1' }, { src: '2001:db8::2' }],
  ])('goes by %s, where all else is equal', (_, one, other) => {
    // A trace tells all that is known of a record: one print alone is that of the first.
    const [first] = recordsOf([one]);
    const prints = (rows: readonly Row[]): (string | undefined)[] =>
      recordsOf(rows).map(({ print }) => print);
    // Numbers of observers and addresses follow arrival, so they are compared where the first came first.
    expect(prints([one, other])[0]).toBe(first?.print);
    const [secondOfTwo] = prints([other, one]).slice(1);
    expect(secondOfTwo).toBe(recordsOf([other])[0]?.print);
  });

  it('is the same for a handful and for many', () => {
    for (const count of [2, 3, 24, 25, 26, 200]) {
      const starts = Array.from({ length: count }, (_, n) => (n * 7919) % 1009);
      const rows = starts.map((start) => ({ start, end: 2000 }));
      const inOrder = [...starts].sort((a, b) => a - b);
      expect(recordsOf(rows).map(({ start }) => start)).toEqual(inOrder);
      expect(recordsOf([...rows].reverse()).map(({ start }) => start)).toEqual(inOrder);
    }
  });
});

describe('a record', () => {
  it('holds what its row holds, and null for what it does not', () => {
    expect(recordsOf([{ flags: 3, flow: 'egress', dst: '::1' }])).toMatchObject([
      {
        ...{ direction: 0, flags: 3, accept: true, reject: false },
        ...{ start: 0, end: 59, packets: 5, bytes: 200 },
      },
    ]);
    const bare: Row = { start: null, end: null, packets: null, bytes: null, src: null, dst: null };
    expect(recordsOf([{ ...bare, action: 'REJECT' }])).toMatchObject([
      {
        ...{ direction: 0, flags: null, accept: false, reject: true },
        ...{ start: null, end: null, packets: null, bytes: null },
      },
    ]);
    // Counts and times of any size.
    const large: Row = { packets: 2 ** 40, bytes: 2 ** 50, start: 7, end: 4_000_000_000 };
    const { by: _, ...expected } = { by: 'low', ...large };
    expect(recordsOf([large])).toMatchObject([expected]);
  });

  it('with one time has it twice', () => {
    expect(recordsOf([{ start: 7, end: null }])).toMatchObject([{ start: 7, end: 7 }]);
    expect(recordsOf([{ start: null, end: 8 }])).toMatchObject([{ start: 8, end: 8 }]);
  });

  it('holds nothing of what records of another key held', async () => {
    const full: Row = { ports: [1, 2], flags: SYN, src: '::1', flow: 'egress', action: 'REJECT' };
    const bare: Row = {
      ...{ ports: [1, 3], start: null, end: null, packets: null, bytes: null },
      ...{ src: null, dst: null, action: null },
    };
    const [alone] = await connectionsOfRows([bare]);
    const behind = await connectionsOfRows([full, { ...full, start: 5 }, bare]);
    expect(behind.find(({ uid }) => uid === alone?.uid)).toEqual(alone);
  });

  it('proves payload where its bytes are more than headers can be, as far as both counts are known', async () => {
    // Twenty bytes of IPv4's header and sixty of TCP's, at most (RFC 791 §3.1, RFC 9293 §3.1).
    const proves = async (packets: number | null, bytes: number | null): Promise<boolean> => {
      const [only] = recordsOf([{ flags: 0, packets, bytes }]);
      const { history } = await connectionOfRows([{ flags: 0, packets, bytes, ports: [50_000, 443] }]);
      expect(history).toBe(only?.provesPayload === true ? 'D' : '');
      return only?.provesPayload === true;
    };
    expect(await proves(2, 160)).toBe(false);
    expect(await proves(2, 161)).toBe(true);
    expect(await proves(null, 161)).toBe(false);
    expect(await proves(2, null)).toBe(false);
    expect(await proves(null, null)).toBe(false);
  });

  it('is of the low end where that sent it, whichever end was met first', () => {
    // IPv6 ids follow arrival: ::9 came first and is filed as low, but ::5 is the lower address.
    const [low, high] = ['2001:db8::5', '2001:db8::9'];
    for (const by of ['low', 'high'] as const)
      expect(recordsOf([{ low, high, by }])).toMatchObject([{ direction: by === 'low' ? 0 : 1 }]);
  });
});

describe('a duplicate', () => {
  it('is the same record again', async () => {
    expect(await duplicatesOf({}, {})).toBe(1);
    expect(await copiesIn([{}, {}, {}, { packets: 6 }, { packets: 6 }])).toBe(3);
    expect(recordsOf([{}, {}, { packets: 6 }]).map(({ packets }) => packets)).toEqual([5, 6]);
  });

  it.each<readonly [string, Row]>([
    ['another start', { start: 1 }],
    ['another end', { end: 58 }],
    ['another vantage', { eni: 'eni-2' }],
    ['another direction', reply],
    ['other packets', { packets: 6 }],
    ['other bytes', { bytes: 201 }],
    ['another action', { action: 'REJECT' }],
    ['no action', { action: null }],
    ['another source shown', { src: '10.0.0.1' }],
    ['another destination shown', { dst: '10.0.0.1' }],
  ])('is none with %s', async (_, other) => {
    expect(await duplicatesOf({}, other)).toBe(0);
  });

  it('is none where one was rejected and the other says nothing', async () => {
    expect(await duplicatesOf({ action: null }, { action: 'REJECT' })).toBe(0);
  });

  it('may be written by a flow log with fewer fields', async () => {
    expect(await duplicatesOf({ vpc: 'vpc-1' }, {})).toBe(1);
    expect(await duplicatesOf({ flags: SYN }, {})).toBe(1);
    expect(await duplicatesOf({ flags: SYN }, { flags: null })).toBe(1);
    expect(await duplicatesOf({ flags: SYN }, { flags: SYN_ACK })).toBe(0);
    expect(await duplicatesOf({ flow: 'egress' }, {})).toBe(1);
    expect(await duplicatesOf({ flow: 'egress' }, { flow: 'ingress' })).toBe(0);
    // The one with flags comes first in the order; the direction is known of the other, or of the first.
    expect(await duplicatesOf({ flags: SYN, flow: 'egress' }, {})).toBe(1);
    expect(await duplicatesOf({ flags: SYN }, { flow: 'egress' })).toBe(1);
    expect(await duplicatesOf({ flags: SYN, flow: 'egress' }, { flow: 'ingress' })).toBe(0);
    expect(await duplicatesOf({ flags: SYN, flow: 'egress' }, { flags: FIN, flow: 'egress' })).toBe(0);
  });

  it('leaves the record that comes first, the same whatever came first in the log', async () => {
    // Of a dash and no flags in the format, the one without; of two that show other addresses, the one that shows fewer.
    for (const [less, more] of [
      [{}, { flags: null }],
      [{ src: null }, {}],
      [{ dst: null }, {}],
    ] as const) {
      const [kept] = recordsOf([less]);
      expect(recordsOf([less, more]).map(({ print }) => print)).toEqual([kept?.print]);
      expect(recordsOf([more, less]).map(({ print }) => print)).toEqual([kept?.print]);
    }
    for (const rows of [
      [{}, { flags: SYN }],
      [{ flags: SYN }, {}],
    ])
      expect(recordsOf(rows)).toMatchObject([{ flags: SYN }]);
  });

  it('shows the same addresses, as far as both formats have them', async () => {
    const [one, two] = ['10.0.0.1', '10.0.0.2'] as const;
    expect(await duplicatesOf({ src: one }, { src: one })).toBe(1);
    expect(await duplicatesOf({ src: one }, { src: two })).toBe(0);
    expect(await duplicatesOf({ dst: one }, { dst: one })).toBe(1);
    expect(await duplicatesOf({ dst: one }, { dst: two })).toBe(0);
    expect(await duplicatesOf({ src: one, dst: one }, { src: one, dst: two })).toBe(0);
    expect(await duplicatesOf({ src: one }, { src: null })).toBe(1);
    expect(await duplicatesOf({ dst: one }, { dst: null })).toBe(1);
    // Flags put the one first that shows more.
    expect(await duplicatesOf({ dst: one, flags: SYN }, { dst: null })).toBe(1);
    expect(await duplicatesOf({ src: one, flags: SYN }, { src: null })).toBe(1);
    expect(await duplicatesOf({ src: one }, { src: two, dst: null })).toBe(0);
    expect(await duplicatesOf({ src: one }, { src: one, dst: null })).toBe(1);
    // Of two rewritten ones the destination's is kept: the source's cannot be compared any more.
    expect(await duplicatesOf({ src: one, dst: two }, { src: one, dst: null })).toBe(1);
    expect(await duplicatesOf({ src: one, dst: two }, { src: null, dst: two })).toBe(1);
    expect(await duplicatesOf({ src: one, dst: two }, { src: null, dst: one })).toBe(0);
    // 0.0.0.1 and the first IPv6 address have the same number.
    expect(await duplicatesOf({ src: '0.0.0.1' }, { src: '::1' })).toBe(0);
    expect(await duplicatesOf({ dst: '0.0.0.1' }, { dst: '::1' })).toBe(0);
  });

  it.each<readonly [string, Row]>([
    ['times', { start: null, end: null }],
    ['packets', { packets: null }],
    ['bytes', { bytes: null }],
  ])('without %s is the same in everything', async (_, bare) => {
    expect(await duplicatesOf(bare, bare)).toBe(1);
    for (const more of [{ flags: SYN }, { flow: 'egress' }, { vpc: 'vpc-1' }] as const)
      expect(await duplicatesOf(bare, { ...bare, ...more })).toBe(0);
    expect(await duplicatesOf({ ...bare, src: '10.0.0.1' }, { ...bare, src: null })).toBe(0);
    expect(await duplicatesOf({ ...bare, dst: '10.0.0.1' }, { ...bare, dst: null })).toBe(0);
  });

  it('is found among many of one interval', async () => {
    const many = Array.from({ length: 40 }, (_, n) => ({ packets: n >> 1, bytes: n & 1 }));
    expect(await duplicatesOf(...many)).toBe(0);
    expect(await duplicatesOf(...many, ...many, ...many)).toBe(80);
    expect(recordsOf([...many, ...many])).toHaveLength(40);
  });

  it('is found among many that count alike and show different addresses', async () => {
    const shown = (n: number): Row => ({ src: `10.1.${n >> 8}.${n & 255}`, flags: SYN });
    const many = Array.from({ length: 300 }, (_, n) => shown(n));
    expect(await duplicatesOf(...many)).toBe(0);
    expect(await duplicatesOf(...many, shown(7), shown(299))).toBe(2);
    // A format without srcaddr and flags says the same as any of them; flags put those first.
    expect(await duplicatesOf(...many, { src: null })).toBe(1);
  });
});

describe('a key', () => {
  it('is the same from both ends: the lower address first, of one address the lower port', async () => {
    // Two ephemeral ports tell nothing, so that the end which is shown first is the low one.
    const found = await connectionsOfRows([{}, { by: 'high' }]);
    expect(found).toMatchObject([
      { records: 2, initiator: { address: LOW, port: 50_000 }, responder: { address: HIGH, port: 50_001 } },
    ]);
    const self = { low: LOW, high: LOW };
    const ports = (one: number, other: number): Row => ({ ...self, ports: [one, other] });
    const ofOne = await connectionsOfRows([
      ports(60_002, 60_001),
      ports(60_001, 60_002),
      ports(60_002, 60_002),
    ]);
    expect(
      ofOne.map(({ initiator, responder, records }) => [initiator.port, responder.port, records]),
    ).toEqual([
      [60_001, 60_002, 2],
      [60_002, 60_002, 1],
    ]);
  });

  it('stands in the order of its first second, before all others where it has none', async () => {
    const at = (port: number, start: number | null, end: number | null): Row => ({
      ports: [port, 50_001],
      start,
      end,
    });
    // A key is where its first record starts: one of which no record says when it starts stands before all others.
    const rows = [at(60_001, 70, 80), at(60_001, 30, 90), at(60_002, 31, 31), at(60_003, null, 5)];
    for (const arrived of [rows, [...rows].reverse()]) {
      const found = await connectionsOfRows([...arrived, at(60_000, 0, 0), at(60_004, null, null)]);
      expect(found.map(({ initiator }) => initiator.port)).toEqual([60_003, 60_004, 60_000, 60_001, 60_002]);
    }
  });

  it('is told apart from all others, however alike they are', async () => {
    // Of each of the four parts thousands of values beside the same three others; of protocols there are 256.
    const address = (n: number): string => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    const some = Array.from({ length: 5000 }, (_, n) => n);
    const rows: Row[] = [
      ...some.map((n): Row => ({ ports: [n, 50_001] })),
      ...some.map((n): Row => ({ low: address(n), high: '11.0.0.1' })),
      ...some.map((n): Row => ({ low: '9.0.0.1', high: address(n) })),
      ...some.slice(0, 256).map((protocol): Row => ({ protocol, ports: [50_000, 1] })),
      ...some.slice(0, 256).map((protocol): Row => ({ protocol, low: '2001:db8::1', high: '2001:db8::2' })),
    ];
    const found = await connectionsOfRows([...rows, ...rows.map((row): Row => ({ ...row, by: 'high' }))]);
    expect(found).toHaveLength(rows.length);
    expect(found.filter(({ records }) => records !== 2)).toEqual([]);
    expect(new Set(found.map(({ uid }) => uid)).size).toBe(rows.length);
  });

  it('may have more records than a block of memory has room for', async () => {
    // Records and keys lie in blocks of 32,768.
    const rows = Array.from({ length: 33_000 }, (_, n): Row[] => [
      { ports: [n, 50_001], packets: n + 1 },
      { ports: [50_000, 7], packets: n + 1, bytes: 0 },
    ]).flat();
    const found = await connectionsOfRows(rows);
    expect(found).toHaveLength(33_001);
    const packets = found.map(({ initiator, responder, records }) => [
      records,
      (initiator.packets ?? 0) + (responder.packets ?? 0),
    ]);
    expect(packets.filter(([records]) => records !== 1)).toEqual([[33_000, (33_000 * 33_001) / 2]]);
    const alone = packets.filter(([records]) => records === 1).map(([, sum = 0]) => sum);
    expect(alone.sort((a, b) => a - b)).toEqual(Array.from({ length: 33_000 }, (_, n) => n + 1));
  });
});
