/** Many views of one connection: counts are never added up, one view speaks for it, the path is told. */
import { describe, expect, it } from 'vitest';
import type { Vantage, VantageRole } from '../../src/model/connection.ts';
import { connectionOf, connectionsOf, record, window } from '../build.ts';
import { connectionOfRows, connectionsOfRows, HIGH, LOW, type Row } from '../log-of.ts';

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
    const seen = (await connectionsOf(lines)).find(({ initiator }) => initiator.address === '10.0.0.9');
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

/** What vantages are called, by records of the connection that the low end opened, beside those of other keys. */
const vantagesOf = async (rows: readonly Row[], others: readonly Row[] = []): Promise<readonly Vantage[]> => {
  const ports = [50_000, 443] as const;
  const found = (await connectionsOfRows([...rows.map((row) => ({ ...row, ports })), ...others])).filter(
    ({ initiator }) => initiator.port === 50_000,
  );
  expect(found).toHaveLength(1);
  return found[0]?.vantages ?? [];
};

const GATE = '10.0.0.1';
/** An interface of no instance, which shows itself, and one of an instance. */
const gate = (parts: Row): Row => ({ eni: 'eni-gate', ...parts });
const host = (parts: Row = {}): Row => ({ eni: 'eni-host', instance: 'i-1', ...parts });
const both = [host(), host({ by: 'high' })];

const roleOfHost = async (
  rows: readonly Row[],
  others: readonly Row[] = [],
): Promise<VantageRole | undefined> =>
  (await vantagesOf(rows, others)).find(({ interfaceId }) => interfaceId === 'eni-host')?.role;

/** Other talks of the host, all of an address that is then known to be its own. */
const owns = (address: string, parts: Row = {}): Row[] => [
  host({ low: address, high: '10.9.9.9', ports: [1, 2], ...parts }),
];

describe('the end that a vantage stands at', () => {
  it('is the other one than that for which a gateway beside it stands in', async () => {
    // A gateway shows itself in the place of the sender or the receiver, in either direction.
    const beside = (parts: Row): Promise<VantageRole | undefined> => roleOfHost([...both, gate(parts)]);
    expect(await beside({ dst: GATE })).toBe('initiator');
    expect(await beside({ by: 'high', src: GATE })).toBe('initiator');
    expect(await beside({ src: GATE })).toBe('responder');
    expect(await beside({ by: 'high', dst: GATE })).toBe('responder');
    expect(await beside({ src: GATE, dst: GATE })).toBe('unknown');
    // What is far from a gateway's VPC may be near in another.
    const [here, there] = [host({ vpc: 'vpc-1' }), gate({ dst: GATE, vpc: 'vpc-2' })];
    const inOneNetwork = async (rows: readonly Row[]): Promise<VantageRole | undefined> =>
      (await connectionsOfRows(rows, { scope: 'all' }))[0]?.vantages.find(
        ({ interfaceId }) => interfaceId === 'eni-host',
      )?.role;
    expect(await inOneNetwork([here, { ...there, vpc: 'vpc-1' }])).toBe('initiator');
    expect(await inOneNetwork([here, there])).toBe('unknown');
    expect(await inOneNetwork([here, there, gate({ src: GATE, vpc: 'vpc-1', eni: 'eni-gate-1' })])).toBe(
      'unknown',
    );
  });

  it("is that of the interface's own address, whatever stands beside it", async () => {
    for (const beside of [[], [gate({ dst: GATE })]]) {
      const rows = [...both, ...beside];
      expect(await roleOfHost(rows, owns(LOW))).toBe('initiator');
      expect(await roleOfHost(rows, owns(HIGH))).toBe('responder');
    }
  });

  it('is not told by an address of the other family, or of both ends', async () => {
    // The first IPv6 address has the number 1, as 0.0.0.1 has; records without srcaddr and dstaddr show neither.
    const v6 = ['2001:db8::2', '2001:db8::3'].map((high) =>
      host({ low: '2001:db8::1', high, ports: [1, 2] }),
    );
    const hidden = [...both].map((row) => ({
      ...row,
      low: '0.0.0.1',
      high: '0.0.0.9',
      src: null,
      dst: null,
    }));
    expect(await roleOfHost(hidden, v6)).toBe('unknown');
    expect(
      await roleOfHost(hidden, [
        host({ low: '0.0.0.1', high: '0.0.0.2', ports: [1, 2] }),
        host({ low: '0.0.0.1', high: '0.0.0.3', ports: [1, 2] }),
      ]),
    ).toBe('initiator');
    const self = both.map((row) => ({ ...row, low: LOW, high: LOW }));
    expect(
      await roleOfHost(
        self.map((row) => ({ ...row, by: 'low' as const })),
        owns(LOW),
      ),
    ).toBe('unknown');
  });

  it('is the private one of IPv4 (RFC 1918); of IPv6 addresses none is taken for private', async () => {
    const between = (low: string, high: string): Promise<VantageRole | undefined> =>
      roleOfHost(both.map((row) => ({ ...row, low, high })));
    expect(await between(LOW, '203.0.113.5')).toBe('initiator');
    expect(await between('8.8.8.8', HIGH)).toBe('responder');
    expect(await between('172.31.255.255', '192.0.2.1')).toBe('initiator');
    expect(await between('172.32.0.0', '192.0.2.1')).toBe('unknown');
    expect(await between('192.0.2.1', '192.168.0.1')).toBe('responder');
    expect(await between(LOW, HIGH)).toBe('unknown');
    expect(await between('2001:db8::5', 'fd00::9')).toBe('unknown');
  });

  it('is that of the pod or secondary address which an instance shows its own in the place of', async () => {
    const behind = (end: 'low' | 'high'): Row[] =>
      both.map((row) =>
        host({ ...row, ...((row.by === 'high') === (end === 'high') ? { src: GATE } : { dst: GATE }) }),
      );
    expect(await roleOfHost(behind('low'))).toBe('initiator');
    expect(await roleOfHost(behind('high'))).toBe('responder');
    // One direction is enough.
    expect(await roleOfHost(behind('low').slice(0, 1))).toBe('initiator');
    expect(await roleOfHost(behind('low').slice(1))).toBe('initiator');
    // Whatever else it talks with, through a gateway or not.
    expect(await roleOfHost(behind('high'), owns(GATE))).toBe('responder');
    expect(await roleOfHost([...behind('low'), gate({ src: '10.0.0.2' })])).toBe('initiator');
    // The other end is its own for all its records say: the address that is shown there is a balancer's.
    const two = [owns(HIGH), owns(HIGH, { high: '10.9.9.8' })].flat();
    expect(await roleOfHost(behind('low'), two)).toBe('responder');
  });

  it('is not told by an own address in the place of a public one, or in the place of both', async () => {
    // A NAT instance on the way to a public host: the private end is the nearer.
    const forwarded = both.map((row) => ({
      ...row,
      ...{ low: '10.0.0.5', high: '203.0.113.9' },
      ...(row.by === 'high' ? { src: GATE } : { dst: GATE }),
    }));
    expect(await roleOfHost(forwarded)).toBe('initiator');
    expect(await roleOfHost(both.map((row) => ({ ...row, src: GATE, dst: '10.0.0.2' })))).toBe('unknown');
  });

  it('is that of no gateway where one of its records names an instance', async () => {
    const rows = [gate({ dst: GATE }), gate({ dst: GATE, instance: 'i-1', start: 60, end: 119 })];
    expect((await vantagesOf(rows)).map(({ role }) => role)).toEqual(['responder']);
    expect((await vantagesOf(rows.slice(0, 1))).map(({ role }) => role)).toEqual(['gateway']);
  });
});

describe('a vantage in words', () => {
  it('has the identifiers of its records, those of the observer that is last by name first', async () => {
    const observers: readonly Row[] = [
      { eni: 'eni-1', vpc: 'vpc-1', account: '1' },
      { eni: 'eni-1', instance: 'i-2' },
      { eni: 'eni-1', instance: 'i-1', subnet: 'subnet-1', resource: 'tgw-1' },
    ];
    // By text, field for field: the third has a resource, the first a VPC, the second neither.
    for (const order of [observers, [...observers].reverse()])
      expect(await vantagesOf(order.map((row, n) => ({ ...row, packets: n + 1 })))).toMatchObject([
        {
          interfaceId: 'eni-1',
          resourceId: 'tgw-1',
          vpcId: 'vpc-1',
          subnetId: 'subnet-1',
          instanceId: 'i-1',
          accountId: '1',
        },
      ]);
  });

  it('is one without a name where the format names none', async () => {
    expect(await vantagesOf([{ eni: null }, { eni: null, by: 'high' }])).toMatchObject([
      { interfaceId: null, resourceId: null, vpcId: null, records: 2 },
    ]);
  });

  it('spans from its first start to its last end, whatever has no times', async () => {
    const timed = (start: number | null, end: number | null): Row => ({ start, end });
    for (const rows of [
      [timed(70, 90), timed(null, null), timed(10, 120)],
      [timed(10, 120), timed(70, 90), timed(null, null)],
    ])
      expect(await vantagesOf(rows)).toMatchObject([{ firstSeen: 10, lastSeen: 120 }]);
    expect(await vantagesOf([timed(null, null)])).toMatchObject([{ firstSeen: null, lastSeen: null }]);
    expect(await vantagesOf([timed(0, 0)])).toMatchObject([{ firstSeen: 0, lastSeen: 0 }]);
  });

  it("shows the address that stands in the place of the packet's, of two the destination's, and none where none does", async () => {
    const shownBy = async (row: Row): Promise<string | null | undefined> =>
      (await connectionOfRows([row])).vantages[0]?.rewrites;
    expect(await shownBy({})).toBeNull();
    expect(await shownBy({ src: '10.0.0.1' })).toBe('10.0.0.1');
    expect(await shownBy({ dst: '10.0.0.2' })).toBe('10.0.0.2');
    expect(await shownBy({ src: '10.0.0.1', dst: '10.0.0.2' })).toBe('10.0.0.2');
    // Numbers of IPv6 addresses count from 1 in the order of arrival: 0.0.0.1 and 0.0.0.2 are the same numbers.
    const v6: Row = { low: '2001:db8::1', high: '2001:db8::2' };
    expect(await shownBy(v6)).toBeNull();
    expect(await shownBy({ ...v6, src: '0.0.0.1' })).toBe('0.0.0.1');
    expect(await shownBy({ ...v6, dst: '0.0.0.2' })).toBe('0.0.0.2');
    expect(await shownBy({ ...v6, src: '2001:db8::3' })).toBe('2001:db8::3');
    expect(await shownBy({ ...v6, dst: '2001:db8::3' })).toBe('2001:db8::3');
  });
});
