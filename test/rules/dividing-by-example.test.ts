/** Which records are one connection: reality's ways of tearing one apart, and of making one of two. */
import { describe, expect, it } from 'vitest';
import {
  connectionOf,
  connectionsOf,
  plainRecord,
  rebuild,
  rebuildText,
  record,
  sortedText,
  T0,
  window,
} from '../build.ts';

const whole = [
  ...window('SYN', 'SYN-ACK'),
  ...window('none', 'none', { start: 60, packets: 100, bytes: 90_000 }),
  ...window('FIN', 'FIN', { start: 120 }),
];

describe('records of one connection', () => {
  it('may come in any order', async () => {
    const straight = sortedText(await connectionsOf(whole));
    expect(sortedText(await connectionsOf([...whole].reverse()))).toBe(straight);
    expect(sortedText(await connectionsOf([...whole.slice(3), ...whole.slice(0, 3)]))).toBe(straight);
  });

  it('count once, however often they are written', async () => {
    const { connections, report } = await rebuild([...whole, ...whole.slice(0, 2)]);
    expect(connections).toMatchObject([{ records: 6, initiator: { packets: 5 + 100 + 5 } }]);
    expect(report.placement).toMatchObject({ records: 8, connections: 6, duplicates: 2 });
  });

  it('may lack one direction', async () => {
    const oneWay = whole.filter((_, i) => i % 2 === 0);
    expect(await connectionOf(oneWay)).toMatchObject({
      oneSided: true,
      initiatorBasis: 'syn',
      responder: { packets: 0, bytes: 0, flags: null },
    });
  });

  it('may be of 60 and 600 seconds', async () => {
    const lines = [...window('SYN', 'SYN-ACK'), ...window('FIN', 'FIN', { start: 60, end: 659 })];
    expect(await connectionOf(lines)).toMatchObject({ state: 'closed', windows: 2 });
  });

  it('may be cut at other seconds in each direction', async () => {
    const lines = [
      record({ flags: 'SYN', start: 0, end: 50 }),
      record({ by: 'server', flags: 'SYN-ACK', start: 10, end: 65 }),
      record({ flags: 'FIN', start: 51, end: 110 }),
      record({ by: 'server', flags: 'FIN', start: 66, end: 120 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({
      state: 'closed',
      initiatorBasis: 'handshake',
      windows: 2,
    });
  });

  it('may be rejected over a long interval that begins before the SYN and says nothing of it', async () => {
    const lines = [
      // Ten minutes of another interface: the security group forgot the connection, and the server's FIN was rejected.
      record({ by: 'server', eni: 'eni-client', flags: 'FIN', start: -466, end: 134, action: 'REJECT' }),
      record({ flags: 'SYN', start: 0, end: 60 }),
      record({ flags: 'FIN', start: 60, end: 120 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({ records: 3, initiatorBasis: 'syn' });
  });

  it('may have their handshake split over two windows', async () => {
    const lines = [
      record({ flags: 'SYN', start: 0, end: 59 }),
      record({ by: 'server', flags: 'SYN-ACK', start: 60, end: 119 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({ state: 'established', initiatorBasis: 'handshake' });
  });

  it('may trail after the close: bare ACKs belong to it for two minutes', async () => {
    const closed = window('SYN FIN', 'SYN-ACK FIN');
    expect(await connectionOf([...closed, record({ start: 59 + 120 })])).toMatchObject({
      records: 3,
      state: 'closed',
    });
    expect(await connectionsOf([...closed, record({ start: 59 + 121 })])).toHaveLength(2);
  });
});

describe('a port that is used again', () => {
  const short = (packets: { client: number; server: number }, start = 0): string[] => [
    record({ flags: 'SYN FIN', packets: packets.client, start, end: start + 59 }),
    record({ by: 'server', flags: 'SYN-ACK FIN', packets: packets.server, start, end: start + 59 }),
  ];
  const marksOf = async (lines: string[]): Promise<boolean[]> =>
    (await connectionsOf(lines)).map(({ mayHideReuse }) => mayHideReuse);

  it('within one interval stays one connection, and packets enough for two are no evidence', async () => {
    expect(await marksOf(short({ client: 600, server: 400 }))).toEqual([false]);
  });

  it('again within no more time than an interval covers makes likely that it holds two, if it has room', async () => {
    // Two whole connections need at least three packets of the opener and two of the answerer each.
    const [much, little] = [
      { client: 6, server: 4 },
      { client: 5, server: 3 },
    ];
    // Each covers 59 s.
    expect(await marksOf([...short(much), ...short(little, 59 + 59)])).toEqual([true, false]);
    expect(await marksOf([...short(little), ...short(much, 59 + 59)])).toEqual([false, true]);
    expect(await marksOf([...short(much), ...short(much, 59 + 60)])).toEqual([false, false]);
  });

  describe('shows in payload both ways behind the close', () => {
    const closed = short({ client: 12, server: 10 });
    const mine = record({ start: 60, end: 119, packets: 3, bytes: 3000 });
    const theirs = record({ by: 'server', start: 60, end: 119, packets: 3, bytes: 3000 });

    it('and the close that is reported is the last one', async () => {
      expect(await connectionOf([...closed, mine, theirs])).toMatchObject({
        ...{ records: 4, mayHideReuse: true, closedAfter: T0, closedAt: null, durationMax: null },
      });
      const end = [record({ flags: 'FIN', start: 120, end: 150 })];
      // From T0 - 60 to T0 + 150.
      expect(await connectionOf([...closed, mine, theirs, ...end])).toMatchObject({
        ...{ closedAt: T0 + 150, durationMax: 210 },
      });
    });

    it.each([
      ['payload one way', [mine]],
      ['bare packets', [mine, record({ by: 'server', start: 60, end: 119, packets: 3, bytes: 156 })]],
      [
        'what was rejected',
        [mine, record({ by: 'server', start: 60, end: 119, packets: 3, bytes: 3000, action: 'REJECT' })],
      ],
      [
        'resets',
        [mine, record({ by: 'server', flags: 'RST', start: 60, end: 119, packets: 3, bytes: 3000 })],
      ],
    ])('and not in %s', async (_, stray) => {
      expect(await connectionOf([...closed, ...stray])).toMatchObject({
        ...{ mayHideReuse: false, closedAt: T0 + 59, durationMax: 119 },
      });
    });
  });

  it('shows in a SYN that comes again after the answer', async () => {
    const opened = window('SYN', 'SYN-ACK');
    expect(await marksOf([...opened, record({ flags: 'SYN', start: 60, end: 119 })])).toEqual([true]);
    // A SYN-ACK is sent again where the third packet of the handshake was lost.
    expect(
      await marksOf([...opened, record({ by: 'server', flags: 'SYN-ACK', start: 60, end: 119 })]),
    ).toEqual([false]);
  });

  it('in a later interval is a new connection', async () => {
    const lines = [...window('SYN FIN', 'SYN-ACK FIN'), ...window('SYN', 'SYN-ACK', { start: 60 })];
    expect((await connectionsOf(lines)).map(({ state }) => state)).toEqual(['closed', 'established']);
  });

  it('after a reset is a new connection', async () => {
    const lines = [...window('SYN', 'SYN-ACK RST'), ...window('SYN', 'SYN-ACK', { start: 120 })];
    expect((await connectionsOf(lines)).map(({ state }) => state)).toEqual(['reset', 'established']);
  });

  it('gets a uid of its own, the same in every run', async () => {
    const lines = [...window('SYN FIN', 'SYN-ACK FIN'), ...window('SYN FIN', 'SYN-ACK FIN', { start: 60 })];
    const uids = (await connectionsOf(lines)).map(({ uid }) => uid);
    expect(new Set(uids).size).toBe(2);
    expect((await connectionsOf([...lines].reverse())).map(({ uid }) => uid).sort()).toEqual(
      [...uids].sort(),
    );
    expect(uids.every((uid) => /^C[A-Za-z0-9_-]{17}$/.test(uid))).toBe(true);
  });
});

describe('silence', () => {
  it('ends an attempt after three minutes: a later SYN is another attempt', async () => {
    const later = (start: number) => [record({ flags: 'SYN' }), record({ flags: 'SYN', start })];
    expect(await connectionsOf(later(59 + 180))).toHaveLength(1);
    expect(await connectionsOf(later(59 + 181))).toHaveLength(2);
  });

  it('does not end an open connection within five days, unless --idle says so', async () => {
    const later = (start: number) => [...window('SYN', 'SYN-ACK'), ...window('none', 'none', { start })];
    expect(await connectionsOf(later(59 + 432_000))).toHaveLength(1);
    expect(await connectionsOf(later(59 + 432_001))).toHaveLength(2);
    expect(await connectionsOf(later(59 + 601), { idleSeconds: 600 })).toHaveLength(2);
  });

  it('is the only divider without flags', async () => {
    const run = async (gap: number) =>
      (await rebuildText(`${[plainRecord(), plainRecord({ start: 59 + gap })].join('\n')}\n`)).connections;
    expect(await run(3600)).toHaveLength(1);
    expect(await run(3601)).toHaveLength(2);
  });
});

describe('scope', () => {
  const inTwo = (scope: 'vpc' | 'account' | 'eni') =>
    scope === 'vpc'
      ? [
          record({ flags: 'SYN', vpc: 'vpc-1', eni: 'eni-1' }),
          record({ flags: 'SYN', vpc: 'vpc-2', eni: 'eni-2', packets: 6 }),
        ]
      : scope === 'account'
        ? [
            record({ flags: 'SYN', account: '1' }),
            record({ flags: 'SYN', account: '2', packets: 6, vpc: 'vpc-2' }),
          ]
        : [record({ flags: 'SYN', eni: 'eni-1' }), record({ flags: 'SYN', eni: 'eni-2', packets: 6 })];

  it('keeps two VPCs with the same addresses apart by default', async () => {
    expect(await connectionsOf(inTwo('vpc'))).toHaveLength(2);
    expect(await connectionsOf(inTwo('vpc'), { scope: 'all' })).toHaveLength(1);
    expect(await connectionsOf(inTwo('vpc'), { scope: 'account' })).toHaveLength(1);
    expect(await connectionsOf(inTwo('account'), { scope: 'account' })).toHaveLength(2);
  });

  it('joins the interfaces of one VPC by default, and keeps them apart on request', async () => {
    expect(await connectionsOf(inTwo('eni'))).toHaveLength(1);
    expect(await connectionsOf(inTwo('eni'), { scope: 'interface' })).toHaveLength(2);
  });

  it('joins two VPCs that see each other through a gateway', async () => {
    // Each VPC's gateway interface (no instance) shows its own address for the far end.
    const lines = [
      record({ flags: 'SYN', vpc: 'vpc-a', eni: 'eni-a', instance: '-', dstaddr: '10.0.9.1' }),
      record({
        by: 'server',
        flags: 'SYN-ACK',
        vpc: 'vpc-b',
        eni: 'eni-b',
        instance: '-',
        dstaddr: '10.0.8.1',
      }),
    ];
    expect(await connectionsOf(lines)).toHaveLength(1);
  });

  it('joins whatever names globally unique IPv6 ends, and not unique local ones', async () => {
    const seen = (prefix: string) =>
      [1, 2].map((n) =>
        record({
          flags: 'SYN',
          client: `${prefix}::9`,
          server: `${prefix}::5`,
          vpc: `vpc-${n}`,
          eni: `eni-${n}`,
          packets: n,
        }),
      );
    expect(await connectionsOf(seen('2001:db8'))).toHaveLength(1);
    expect(await connectionsOf(seen('fd00'))).toHaveLength(2);
  });
});
