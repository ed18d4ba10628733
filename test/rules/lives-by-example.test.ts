/**
 * Connections by example: what a network engineer would say of the records, and what comes out. Times are seconds
 * from the builders' T0; packets weigh 40 bytes, so nothing proves payload unless a test says so.
 */
import { describe, expect, it } from 'vitest';
import {
  connectionOf,
  connectionsOf,
  plainRecord,
  rebuild,
  rebuildText,
  record,
  silence,
  T0,
  window,
} from '../build.ts';

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('how a connection went and ended (a ladder: each rung is made from the one before)', () => {
  const attempt = record({ flags: 'SYN', packets: 1 });
  const handshake = window('SYN', 'SYN-ACK');
  const at = { start: 60 };
  const cases: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['attempted', 'S0', 'S', [attempt]],
    ['refused', 'REJ', 'Sr', [attempt, record({ by: 'server', flags: 'RST', packets: 1 })]],
    ['abandoned', 'RSTOS0', 'SR', [record({ flags: 'SYN RST' })]],
    ['abandoned', 'SH', 'SF', [record({ flags: 'SYN FIN' })]],
    ['established', 'S1', 'Sh', handshake],
    ['half-closed', 'S2', 'ShF', [...handshake, ...window('FIN', 'none', at)]],
    ['half-closed', 'S3', 'Shf', [...handshake, ...window('none', 'FIN', at)]],
    ['closed', 'SF', 'ShFf', [...handshake, ...window('FIN', 'FIN', at)]],
    ['reset', 'RSTO', 'ShR', [...handshake, ...window('RST', 'none', at)]],
    ['reset', 'RSTR', 'Shr', [...handshake, ...window('none', 'RST', at)]],
    ['answered', 'OTH', 'h', [record({ by: 'server', flags: 'SYN-ACK' })]],
    ['answered', 'SHR', 'hf', [record({ by: 'server', flags: 'SYN-ACK FIN' })]],
    ['answered', 'RSTRH', 'hr', [record({ by: 'server', flags: 'SYN-ACK RST' })]],
    ['midstream', 'OTH', '', window('none', 'none')],
    ['midstream', 'SF', 'Ff', window('FIN', 'FIN')],
    ['flagless', 'OTH', '', []],
    ['blocked', 'S0', 'S', [record({ flags: 'SYN', action: 'REJECT' })]],
  ];

  it.each(cases.filter(([state]) => state !== 'flagless'))(
    '%s (%s, %s)',
    async (state, connState, history, lines) => {
      expect(await connectionOf(lines)).toMatchObject({ state, connState, history });
    },
  );

  it('flagless (OTH), where the format has no tcp-flags', async () => {
    const { connections } = await rebuildText(text([plainRecord()]));
    expect(connections).toMatchObject([
      { state: 'flagless', connState: 'OTH', startsMidstream: null, endsOpen: null },
    ]);
  });

  it('midstream, where every tcp-flags is a dash: the format has them, the records say nothing', async () => {
    expect(await connectionOf(window('-', '-'))).toMatchObject({ state: 'midstream', connState: 'OTH' });
  });

  it('a silent server behind repeated SYNs is one attempt, however many windows the retries fill', async () => {
    // Linux: SYN at 0, 1, 3, 7, 15, 31 s, 63 s, 127 s: two windows and a bit.
    const retries = [0, 60, 120].map((start) => record({ flags: 'SYN', start, packets: 2 }));
    expect(await connectionOf(retries)).toMatchObject({ state: 'attempted', windows: 3, records: 3 });
  });

  it('names who closed first where one FIN lies wholly before the other', async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK'),
      record({ by: 'server', flags: 'FIN', start: 60, end: 100 }),
      record({ flags: 'none', start: 60, end: 100 }),
      record({ flags: 'FIN', start: 180, end: 200 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({ state: 'closed', closedBy: 'responder' });
    expect(await connectionOf([...window('SYN', 'SYN-ACK'), ...window('FIN', 'FIN', at)])).toMatchObject({
      closedBy: null,
    });
  });

  it('marks a SYN-ACK by the one who dialled after an answer as a contradiction and keeps the state', async () => {
    const lines = [...window('SYN', 'SYN-ACK'), record({ by: 'server', flags: 'SYN', start: 60 })];
    expect((await connectionsOf(lines)).some(({ contradicted }) => contradicted)).toBe(true);
  });
});

describe('who opened it', () => {
  const initiator = { address: '10.0.0.9', port: 40_000 };

  it.each([
    ['handshake', 1, window('SYN', 'SYN-ACK')],
    ['syn', 0.999, window('SYN', 'none')],
    ['syn-ack', 0.999, window('none', 'SYN-ACK')],
  ] as const)('%s, with confidence %d', async (initiatorBasis, initiatorConfidence, lines) => {
    expect(await connectionOf(lines)).toMatchObject({ initiatorBasis, initiatorConfidence, initiator });
  });

  it('simultaneous: both dialled and no SYN-ACK settles it', async () => {
    expect(await connectionOf(window('SYN', 'SYN'))).toMatchObject({ initiatorBasis: 'simultaneous' });
  });

  it('rejected: one way, rejected, no flags in the format', async () => {
    // From an ephemeral port to one that IANA has registered: the ports agree, and no more than 0.8 is claimed.
    const line = plainRecord({ action: 'REJECT', serverPort: 1352 });
    const { connections } = await rebuildText(text([line]));
    expect(connections).toMatchObject([
      {
        initiatorBasis: 'rejected',
        initiatorConfidence: 0.8,
        initiator,
        state: 'blocked',
        verdict: 'rejected',
      },
    ]);
  });

  it('rejected, between two ephemeral ports: only where the interface shows both ways of others', async () => {
    const line = plainRecord({ action: 'REJECT', serverPort: 50_000 });
    const other = { client: '10.0.0.8', clientPort: 41_000 } as const;
    const talk = [plainRecord(other), plainRecord({ ...other, by: 'server' })];
    const found = async (...lines: readonly string[]): Promise<unknown> =>
      (await rebuildText(text(lines))).connections.find(({ records }) => records === 1)?.initiatorBasis;
    // Alone it may be the reply of a talk that the log does not show.
    expect(await found(line)).toBe('none');
    expect(await found(line, ...talk)).toBe('rejected');
  });

  it('service: the other end answered a handshake elsewhere in the input, also later', async () => {
    const lines = [
      ...window('none', 'none', { serverPort: 50_000 }),
      ...window('SYN', 'SYN-ACK', { serverPort: 50_000, clientPort: 41_000, start: 3600 }),
    ];
    for (const order of [lines, [...lines].reverse()]) {
      const connection = (await connectionsOf(order)).find(({ state }) => state === 'midstream');
      expect(connection).toMatchObject({ initiatorBasis: 'service', initiator });
      expect(connection?.initiatorConfidence).toBeLessThan(1);
    }
  });

  it('order: it spoke more than the slack before, and the log covers the time before', async () => {
    const lines = [
      record({ clientPort: 1, serverPort: 2, client: '10.9.9.9', start: -600 }), // the interface was there
      record({ flags: 'none', serverPort: 50_000, start: 0 }),
      record({ by: 'server', flags: 'none', serverPort: 50_000, start: 120 }),
    ];
    const connection = (await connectionsOf(lines)).find(({ responder }) => responder.port === 50_000);
    expect(connection).toMatchObject({ initiatorBasis: 'order', initiator });
  });

  it('port: well-known against ephemeral', async () => {
    expect(await connectionOf(window('none', 'none'))).toMatchObject({ initiatorBasis: 'port', initiator });
  });

  it('none: two ephemeral ports and nothing else; the lower end stands first', async () => {
    expect(await connectionOf(window('none', 'none', { serverPort: 50_000 }))).toMatchObject({
      initiatorBasis: 'none',
      initiatorConfidence: 0.5,
      initiator: { address: '10.0.0.5', port: 50_000 }, // 10.0.0.5 < 10.0.0.9
    });
  });

  it('observed evidence beats inferred: a SYN-ACK from the ephemeral port makes the well-known one the opener', async () => {
    expect(
      await connectionOf([record({ flags: 'SYN-ACK' }), record({ by: 'server', flags: 'SYN' })]),
    ).toMatchObject({
      initiatorBasis: 'handshake',
      initiator: { address: '10.0.0.5', port: 443 },
    });
  });

  it('FIN and RST never tell', async () => {
    for (const flags of ['FIN', 'RST'] as const) {
      expect(
        await connectionOf([
          record({ flags, serverPort: 50_000 }),
          record({ by: 'server', serverPort: 50_000 }),
        ]),
      ).toMatchObject({ initiatorBasis: 'none' });
    }
  });

  it('refuses inference on request', async () => {
    expect(await connectionOf(window('none', 'none'), { observedOnly: true })).toMatchObject({
      initiatorBasis: 'none',
    });
  });
});

describe('more evidence', () => {
  const ends = { serverPort: 1352 } as const;
  const stopped = plainRecord({ ...ends, action: 'REJECT', eni: 'eni-server' });

  it("does not take back that an attempt was stopped: the client's own interface let it out", async () => {
    for (const lines of [[stopped], [stopped, plainRecord({ ...ends, eni: 'eni-client' })]]) {
      const { connections } = await rebuildText(text(lines));
      expect(connections).toMatchObject([{ initiatorBasis: 'rejected', initiator: { address: '10.0.0.9' } }]);
    }
  });

  it("does not take back that a reply was rejected: the server's own interface let it out", async () => {
    const atClient = [
      record({ protocol: 1, flags: 0, eni: 'eni-client' }),
      record({ protocol: 1, flags: 0, eni: 'eni-client', by: 'server', action: 'REJECT' }),
    ];
    const atServer = window(0, 0, { protocol: 1, eni: 'eni-server' });
    for (const lines of [atClient, [...atClient, ...atServer]]) {
      expect(await connectionOf(lines)).toMatchObject({
        initiatorBasis: 'order',
        initiator: { address: '10.0.0.9' },
      });
    }
  });

  it('is needed where only one end spoke: a gateway may see one way of a talk', async () => {
    const line = record({ protocol: 1, flags: 0, instance: '-', dstaddr: '10.0.0.1' });
    expect(await connectionOf([line])).toMatchObject({ initiatorBasis: 'none' });
  });

  it('is needed where the intervals of both directions overlap, however far apart they start', async () => {
    const alike = { serverPort: 50_000 } as const;
    const lines = [
      record({ clientPort: 1, serverPort: 2, client: '10.9.9.9', start: -900 }), // the interface was there
      record({ ...alike, start: 0, end: 599 }),
      record({ ...alike, by: 'server', start: 300, end: 899 }),
    ];
    const found = (await connectionsOf(lines)).find(({ records }) => records === 2);
    expect(found).toMatchObject({ initiatorBasis: 'none' });
  });
});

describe('the verdict', () => {
  it.each([
    ['accepted', window('SYN', 'SYN-ACK')],
    ['rejected', [record({ flags: 'SYN', action: 'REJECT' })]],
    [
      'reply-rejected',
      [record({ flags: 'SYN' }), record({ by: 'server', flags: 'SYN-ACK', action: 'REJECT' })],
    ],
    ['mixed', [record({ flags: 'SYN', action: 'REJECT' }), ...window('SYN', 'SYN-ACK', { start: 2 })]],
    ['unknown', window('SYN', 'SYN-ACK', { action: '-' })],
  ] as const)('%s', async (verdict, lines) => {
    expect(await connectionOf(lines)).toMatchObject({ verdict });
  });

  it('is late where a REJECT after the close is all that was stopped: stragglers meet a group that has forgotten', async () => {
    const lines = [
      ...window('SYN FIN', 'SYN-ACK FIN'),
      record({ flags: 'none', start: 90, action: 'REJECT', packets: 1 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({ state: 'closed', verdict: 'late', records: 3 });
  });
});

describe('times', () => {
  it("bound the opening, the close and the duration, AWS's minute of slack included", async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK'),
      ...window('none', 'none', { start: 60 }),
      ...window('FIN', 'FIN', { start: 240 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({
      firstSeen: T0,
      lastSeen: T0 + 299,
      openedAt: T0,
      openedBy: T0 + 59,
      closedAfter: T0 + 240,
      closedAt: T0 + 299,
      durationMin: 240 - 60 - 59, // the FIN at 240 - 60 at the earliest, the SYN at 59 at the latest
      durationMax: 299 + 60,
    });
  });

  it('leave the longest duration open where the log cannot bound it', async () => {
    const open = [window('SYN', 'SYN-ACK'), window('none', 'none'), window('FIN', 'FIN')];
    for (const lines of open) expect((await connectionOf(lines)).durationMax).toBeNull();
  });

  it('leave it open where AWS lost an interval on the way', async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK'),
      silence('SKIPDATA', { start: 60 }),
      ...window('FIN', 'FIN', { start: 120 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({ state: 'closed', hasGap: true, durationMax: null });
  });
});

describe('coverage', () => {
  it('NODATA is silence, no connection and no gap', async () => {
    const { connections, report } = await rebuild([
      silence('NODATA'),
      ...window('SYN', 'SYN-ACK', { start: 60 }),
    ]);
    expect(connections).toMatchObject([{ hasGap: false }]);
    expect(report.placement).toMatchObject({ nodata: 1, connections: 2, records: 3 });
  });

  it('SKIPDATA touches the connections of its interface and interval alone', async () => {
    const lines = [
      silence('SKIPDATA', { start: 0, end: 59 }),
      ...window('SYN', 'SYN-ACK'),
      ...window('SYN', 'SYN-ACK', { clientPort: 40_001, start: 120 }),
      ...window('SYN', 'SYN-ACK', { clientPort: 40_002, eni: 'eni-other' }),
    ];
    const gaps = (await connectionsOf(lines)).map(({ initiator, hasGap }) => [initiator.port, hasGap]);
    expect(Object.fromEntries(gaps)).toEqual({ 40000: true, 40001: false, 40002: false });
  });

  it('an ACCEPT-only log is said to look one-sided', async () => {
    const { report } = await rebuild([
      record({ flags: 'none' }),
      record({ flags: 'none', clientPort: 40_001 }),
    ]);
    expect(report.limits.join(' ')).toMatch(/ACCEPT only/);
  });
});

describe('other protocols', () => {
  it.each([
    [17, 'udp'],
    [58, 'icmpv6'],
    [1, 'icmp'],
    [47, '47'],
  ])('%i is an exchange named %s, without a TCP state and never observed', async (protocol, name) => {
    const exchange = await connectionOf(window(0, 0, { protocol }));
    expect(exchange).toMatchObject({
      protocol: name,
      state: null,
      connState: null,
      history: null,
      closedBy: null,
      startsMidstream: null,
      endsOpen: null,
    });
    expect(['service', 'order', 'port', 'none']).toContain(exchange.initiatorBasis);
  });

  it('end after three minutes of silence', async () => {
    const lines = [
      record({ protocol: 17 }),
      record({ protocol: 17, start: 59 + 180 }),
      record({ protocol: 17, start: 59 + 180 + 59 + 181 }),
    ];
    expect((await connectionsOf(lines)).map(({ records }) => records)).toEqual([2, 1]);
  });
});
