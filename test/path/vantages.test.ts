/** Many views of one connection: counts are never added up, one view speaks for it, the path is told. */
import { describe, expect, it } from 'vitest';
import type { Direction, KeyRecord } from '../../src/correlate/key-records.ts';
import type { Observer } from '../../src/correlate/observers.ts';
import { describeVantages, surveyVantages, type VantageContext } from '../../src/path/vantages.ts';
import { connectionOf, record, window } from '../build.ts';
import { keyRecord, observersOf } from '../build-records.ts';

describe('vantages', () => {
  const pair = [
    ...window('SYN', 'SYN-ACK', { eni: 'eni-server', packets: 9 }),
    ...window('SYN', 'SYN-ACK', { eni: 'eni-client', packets: 10 }),
  ];

  it('keep their own counts; the headline is that of the one with most packets, never the sum', async () => {
    const connection = await connectionOf(pair);
    expect(connection.initiator.packets).toBe(10);
    expect(
      connection.vantages.map(({ interfaceId, initiatorPackets }) => [interfaceId, initiatorPackets]),
    ).toEqual([
      ['eni-client', 10],
      ['eni-server', 9],
    ]);
  });

  it('that saw both directions speak before those that saw one', async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK', { packets: 2 }),
      record({ eni: 'eni-mirror', flags: 'SYN', packets: 500 }),
    ];
    const connection = await connectionOf(lines);
    expect(connection.vantages[0]?.interfaceId).toBe('eni-server');
    expect(connection.initiator.packets).toBe(2);
  });

  it('lend the direction that the primary never saw', async () => {
    const lines = [
      record({ eni: 'eni-a', flags: 'SYN', packets: 50 }),
      record({ eni: 'eni-b', by: 'server', flags: 'SYN-ACK', packets: 7 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({
      initiator: { packets: 50 },
      responder: { packets: 7 },
    });
  });

  it('stand at the end whose address is in all their records', async () => {
    const lines = [...pair, record({ eni: 'eni-server', client: '10.0.0.77', flags: 'SYN' })];
    const connections = await import('../build.ts').then(({ connectionsOf }) => connectionsOf(lines));
    const seen = connections.find(({ initiator }) => initiator.address === '10.0.0.9');
    expect(seen?.vantages.find(({ interfaceId }) => interfaceId === 'eni-server')?.role).toBe('responder');
    expect(seen?.path).toContain('eni-server (responder)');
  });

  it('stand at the private end where the other is public', async () => {
    const connection = await connectionOf(window('SYN', 'SYN-ACK', { client: '203.0.113.9' }));
    expect(connection.vantages[0]?.role).toBe('responder');
  });

  it("are gateways where they show another address than the packet's and belong to no instance", async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK'),
      record({ eni: 'eni-gate', instance: '-', flags: 'SYN', dstaddr: '10.0.0.1', packets: 3 }),
    ];
    const connection = await connectionOf(lines);
    expect(connection.vantages.find(({ interfaceId }) => interfaceId === 'eni-gate')).toMatchObject({
      role: 'gateway',
      rewrites: '10.0.0.1',
    });
    expect(connection.path).toContain('eni-gate (gateway, request)');
  });

  it('are no gateways where an instance shows another address: pods and secondary addresses', async () => {
    const lines = [record({ flags: 'SYN', dstaddr: '10.0.0.1' })];
    expect((await connectionOf(lines)).vantages[0]?.role).not.toBe('gateway');
  });
});

// 10.0.0.5 and 10.0.0.9, both private, so that addresses alone tell nothing.
const LOW = 0x0a000005;
const HIGH = 0x0a000009;
const GATE = 0x0a000001;

/** Observer 0 is an interface of no instance, observer 1 one of an instance. */
const OBSERVERS: readonly Partial<Observer>[] = [
  { interfaceId: 'eni-gate' },
  { interfaceId: 'eni-host', instanceId: 'i-1' },
];

/** What vantages are called, by records of a connection that the low end opened. */
const vantagesOf = (
  records: readonly KeyRecord[],
  context: Partial<VantageContext> = {},
  initiator: Direction = 0,
) => {
  const whole: VantageContext = {
    observers: observersOf(OBSERVERS).observers,
    ownAddress: () => null,
    addressText: (address, isV6) => `${isV6 ? 'v6' : 'v4'} ${address}`,
    addresses: [LOW, HIGH],
    isV6: false,
    ...context,
  };
  return describeVantages(surveyVantages(records, initiator, whole), whole);
};

const gate = (parts: Partial<KeyRecord>): KeyRecord =>
  keyRecord({ vantage: 1, observer: 0, own: GATE, ...parts });
const host = (parts: Partial<KeyRecord> = {}): KeyRecord => keyRecord({ vantage: 2, observer: 1, ...parts });
const both = [host(), host({ direction: 1 })];

const roleOfHost = (records: readonly KeyRecord[], context: Partial<VantageContext> = {}) =>
  vantagesOf(records, context).find(({ interfaceId }) => interfaceId === 'eni-host')?.role;

describe('the end that a vantage stands at', () => {
  it('is the other one than that for which a gateway beside it stands in', () => {
    // A gateway shows itself in the place of the sender or the receiver, in either direction.
    expect(roleOfHost([...both, gate({ direction: 0, dstRewritten: true })])).toBe('initiator');
    expect(roleOfHost([...both, gate({ direction: 1, srcRewritten: true })])).toBe('initiator');
    expect(roleOfHost([...both, gate({ direction: 0, srcRewritten: true })])).toBe('responder');
    expect(roleOfHost([...both, gate({ direction: 1, dstRewritten: true })])).toBe('responder');
    expect(roleOfHost([...both, gate({ srcRewritten: true, dstRewritten: true })])).toBe('unknown');
  });

  it("is that of the interface's own address, whatever stands beside it", () => {
    const own = (address: number, isV6 = false) => ({ ownAddress: () => ({ address, isV6 }) });
    for (const beside of [[], [gate({ dstRewritten: true })]]) {
      const records = [...both, ...beside];
      expect(roleOfHost(records, own(LOW))).toBe('initiator');
      expect(roleOfHost(records, own(HIGH))).toBe('responder');
    }
  });

  it('is not told by an address of neither end, of the other family, or of both ends', () => {
    const own = (address: number, isV6 = false) => ({ ownAddress: () => ({ address, isV6 }) });
    expect(roleOfHost(both, own(GATE))).toBe('unknown');
    expect(roleOfHost(both, own(LOW, true))).toBe('unknown');
    expect(roleOfHost(both, { ...own(LOW), addresses: [LOW, LOW] })).toBe('unknown');
  });

  it('is the private one of IPv4; ids of IPv6 addresses are no addresses', () => {
    const addresses = [LOW, 0xcb007105] as const; // 10.0.0.5 and 203.0.113.5
    expect(roleOfHost(both, { addresses })).toBe('initiator');
    expect(roleOfHost(both, { addresses: [0x08080808, HIGH] })).toBe('responder');
    expect(roleOfHost(both, { addresses, isV6: true })).toBe('unknown');
  });

  it('is that of no gateway where one of its records names an instance', () => {
    const records = [
      gate({ dstRewritten: true }),
      keyRecord({ vantage: 1, observer: 1, dstRewritten: true, start: 60, end: 119 }),
    ];
    expect(vantagesOf(records).map(({ role }) => role)).toEqual(['unknown']);
    expect(vantagesOf(records.slice(0, 1)).map(({ role }) => role)).toEqual(['gateway']);
  });
});

describe('a vantage in words', () => {
  it('has the identifiers of its records, those of the observer that is last by name first', () => {
    const observers: readonly Partial<Observer>[] = [
      { interfaceId: 'eni-1', vpcId: 'vpc-1', accountId: '1' },
      { interfaceId: 'eni-1', instanceId: 'i-2' },
      { interfaceId: 'eni-1', instanceId: 'i-1', subnetId: 'subnet-1', resourceId: 'tgw-1' },
    ];
    // By text, field for field: the third has a resource, the first a VPC, the second neither.
    for (const order of [observers, [...observers].reverse()]) {
      const records = order.map((_, observer) => keyRecord({ observer }));
      expect(vantagesOf(records, { observers: observersOf(order).observers })).toMatchObject([
        {
          interfaceId: 'eni-1',
          resourceId: 'tgw-1',
          vpcId: 'vpc-1',
          subnetId: 'subnet-1',
          instanceId: 'i-1',
          accountId: '1',
        },
      ]);
    }
  });

  it('spans from its first start to its last end, whatever has no times', () => {
    const timed = (start: number | null, end: number | null) => keyRecord({ start, end });
    for (const records of [
      [timed(70, 90), timed(null, null), timed(10, 120)],
      [timed(10, 120), timed(70, 90), timed(null, null)],
    ])
      expect(vantagesOf(records)).toMatchObject([{ firstSeen: 10, lastSeen: 120 }]);
    expect(vantagesOf([timed(null, null)])).toMatchObject([{ firstSeen: null, lastSeen: null }]);
    expect(vantagesOf([timed(0, 0)])).toMatchObject([{ firstSeen: 0, lastSeen: 0 }]);
  });

  it('shows the address that stands in the place of the packet, and none where none does', () => {
    expect(vantagesOf([host()])).toMatchObject([{ rewrites: null }]);
    expect(vantagesOf([gate({ srcRewritten: true })])).toMatchObject([{ rewrites: `v4 ${GATE}` }]);
    expect(vantagesOf([gate({ srcRewritten: true, own: 3, ownIsV6: true })])).toMatchObject([
      { rewrites: 'v6 3' },
    ]);
  });
});
