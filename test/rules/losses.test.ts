/** Packets that transit gateways lost, beside what filters did. The client is 10.0.0.9:40000, the server 10.0.0.5:443. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { rebuildText } from '../build.ts';

const T0 = 1_760_000_000;
const HEADER =
  'interface-id tgw-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired';

interface Seen {
  readonly by?: 'client' | 'server';
  readonly flags?: number;
  readonly start?: number;
}

const written = (writer: string, action: string, lost: string, seen: Seen): string => {
  const { by = 'client', flags = by === 'client' ? 2 : 18, start = 0 } = seen;
  const ends = by === 'client' ? '10.0.0.9 10.0.0.5 40000 443' : '10.0.0.5 10.0.0.9 443 40000';
  return `${writer} ${ends} 6 3 180 ${T0 + start} ${T0 + start + 59} ${action} ${flags} ${lost}`;
};
/** @param lost packets by reason: no route, blackhole, MTU, TTL */
const gateway = (lost: string, seen: Seen = {}, attachment = 'tgw-attach-a'): string =>
  written(`- ${attachment}`, '-', lost, seen);
const eni = (action: 'ACCEPT' | 'REJECT', seen: Seen = {}): string =>
  written('eni-1 -', action, '- - - -', seen);

const one = async (...lines: readonly string[]): Promise<Connection> => {
  const { connections } = await rebuildText(`${[HEADER, ...lines].join('\n')}\n`);
  expect(connections).toHaveLength(1);
  return connections[0] as Connection;
};

describe('a transit gateway that lost packets', () => {
  it('is told with their number and every reason', async () => {
    const found = await one(gateway('1 0 2 4'));
    expect(found).toMatchObject({ verdict: 'lost', lostAt: 'tgw-attach-a', packetsLost: 7 });
    expect(found.lostBecause).toBe('no-route mtu-exceeded ttl-expired');
  });

  it('is not accused where it lost nothing: it logs no action', async () => {
    for (const lost of ['0 0 0 0', '- - - -'])
      expect(await one(gateway(lost))).toMatchObject({ verdict: 'unknown', packetsLost: null, lostAt: null });
  });

  it('loses in several intervals what is added up, and what two attachments lost is not', async () => {
    const lines = [
      gateway('0 3 0 0'),
      gateway('0 2 0 0', { start: 60 }),
      gateway('9 0 0 0', {}, 'tgw-attach-b'),
    ];
    const found = await one(...lines);
    expect(found).toMatchObject({ lostAt: 'tgw-attach-b', packetsLost: 9, lostBecause: 'no-route' });
    const lostAt = found.vantages.map(({ resourceId, lost }) => [
      resourceId,
      lost?.blackhole,
      lost?.['no-route'],
    ]);
    expect(lostAt.sort()).toEqual([
      ['tgw-attach-a', 5, 0],
      ['tgw-attach-b', 0, 9],
    ]);
  });

  it('is the first by name of two that lost as much', async () => {
    const found = await one(gateway('0 1 0 0', {}, 'tgw-attach-b'), gateway('1 0 0 0', {}, 'tgw-attach-a'));
    expect(found).toMatchObject({ lostAt: 'tgw-attach-a', lostBecause: 'no-route' });
  });

  it('counts no more than 32 bits of a reason in one record', async () => {
    expect(await one(gateway('9007199254740991 0 0 0'))).toMatchObject({ packetsLost: 2 ** 32 - 1 });
  });

  it('has told a record once that two files hold, and twice what tells of other losses', async () => {
    expect(await one(gateway('0 3 0 0'), gateway('0 3 0 0'))).toMatchObject({ records: 1, packetsLost: 3 });
    expect(await one(gateway('0 3 0 0'), gateway('0 2 0 0'))).toMatchObject({ records: 2, packetsLost: 5 });
  });

  it('is none where an interface wrote the record: only gateways lose', async () => {
    expect(await one(written('eni-1 -', 'ACCEPT', '0 3 0 0', {}))).toMatchObject({ verdict: 'accepted' });
  });

  it('keeps an exchange of another protocol from its end as well', async () => {
    const udp = gateway('0 0 5 0').replace(' 6 3 180 ', ' 17 3 180 ');
    expect(await one(udp)).toMatchObject({ verdict: 'lost', packetsLost: 5, lostBecause: 'mtu-exceeded' });
  });
});

describe('losses beside what filters did: the first of the order counts', () => {
  const lost = gateway('0 3 0 0');
  const close = [eni('ACCEPT', { flags: 3 }), eni('ACCEPT', { by: 'server', flags: 19 })];
  it.each([
    ['rejected', [eni('REJECT'), lost]],
    ['reply-rejected', [eni('ACCEPT'), eni('REJECT', { by: 'server' }), lost]],
    [
      'cut-off',
      [eni('ACCEPT'), eni('ACCEPT', { by: 'server' }), eni('REJECT', { flags: 0, start: 60 }), lost],
    ],
    ['lost', [eni('ACCEPT'), eni('ACCEPT', { by: 'server' }), lost]],
    // A late packet alone.
    ['late', [...close, eni('REJECT', { flags: 0, start: 60 })]],
    ['lost', [...close, eni('REJECT', { flags: 0, start: 60 }), lost]],
  ])('%s', async (verdict, lines) => {
    expect((await one(...lines)).verdict).toBe(verdict);
  });
});
