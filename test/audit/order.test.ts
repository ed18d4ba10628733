/** In which order an audit tells what it found, and what stands behind a finding: the same, however the connections come. */
import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../src/audit/audit.ts';
import type { Connection } from '../../src/model/connection.ts';
import { conversation, many, NOON, refusal, reset } from './build.ts';

const inAnyOrder = (connections: Connection[]): Connection[][] => [
  connections,
  connections.toReversed(),
  [...connections.slice(5), ...connections.slice(0, 5)],
];

describe('findings', () => {
  it('stand by kind, then by how many are behind them, then by who takes part', async () => {
    const connections = [
      ...many(3, () => refusal({ to: '10.0.0.5', port: 81 })),
      ...many(3, () => refusal({ to: '10.0.0.4', port: 81 })),
      ...many(5, () => refusal({ to: '10.0.0.9', port: 81 })),
      ...many(3, () => refusal({ to: '10.0.0.4', port: 80 })),
      ...many(12, (i) => conversation({ to: '10.0.0.6', at: i * 300 })),
      ...many(6, (i) => reset({ to: '10.0.0.7', at: i * 300 }, 5)),
    ];
    for (const given of inAnyOrder(connections)) {
      const { findings } = await auditShortLived(given);
      expect(
        findings.map(({ number, kind, responder, port, count }) => [number, kind, responder, port, count]),
      ).toEqual([
        [1, 'refused', '10.0.0.9', 81, 5],
        [2, 'refused', '10.0.0.4', 80, 3],
        [3, 'refused', '10.0.0.4', 81, 3],
        [4, 'refused', '10.0.0.5', 81, 3],
        [5, 'early-reset', '10.0.0.7', 443, 6],
        [6, 'beacon', '10.0.0.6', 443, 12],
      ]);
      expect(findings[0]?.says).toBe('a service that refused every attempt and answered none');
    }
  });

  it('have their connections by opening, then by uid; those without times stand behind', async () => {
    const at = (uid: string, second: number | null): Connection => ({
      ...refusal({ at: second ?? 0 }),
      uid,
      ...(second === null ? { openedAt: null, firstSeen: null, lastSeen: null } : {}),
    });
    const connections = [at('Cd', 20), at('Cb', null), at('Cc', 5), at('Ca', 20), at('Cx', null)];
    for (const given of inAnyOrder(connections)) {
      const [finding] = (await auditShortLived(given)).findings;
      expect(finding?.uids).toEqual(['Cc', 'Ca', 'Cd', 'Cb', 'Cx']);
      expect([finding?.firstSeen, finding?.lastSeen]).toEqual([NOON + 5, NOON + 20]);
    }
    const timeless = [at('Ca', null), at('Cb', null), at('Cc', null)];
    expect((await auditShortLived(timeless)).findings[0]).toMatchObject({
      ...{ count: 3, firstSeen: null, lastSeen: null, uids: ['Ca', 'Cb', 'Cc'] },
    });
  });

  it('carry a thousand uids at most, and count all', async () => {
    const [finding] = (await auditShortLived(many(1003, (i) => refusal({ at: i })))).findings.filter(
      ({ kind }) => kind === 'refused',
    );
    expect([finding?.count, finding?.uids.length]).toEqual([1003, 1000]);
  });
});

describe('openers', () => {
  it('stand by how many they opened, then by addresses and port, one place each', async () => {
    const connections = [
      ...many(2, () => conversation({ from: '10.0.0.3' })),
      ...many(2, () => conversation({ from: '10.0.0.1', to: '10.0.0.9' })),
      ...many(2, () => conversation({ from: '10.0.0.1', to: '10.0.0.8', port: 443 })),
      ...many(2, () => conversation({ from: '10.0.0.1', to: '10.0.0.8', port: 80 })),
      ...many(3, () => conversation({ from: '10.0.0.7' })),
      conversation({ from: '10.0.0.2' }),
    ];
    for (const given of inAnyOrder(connections)) {
      const { openers, openerCount } = await auditShortLived(given);
      expect(
        openers.map(({ initiator, responder, port, count }) => [initiator, responder, port, count]),
      ).toEqual([
        ['10.0.0.7', '10.0.0.2', 443, 3],
        ['10.0.0.1', '10.0.0.8', 80, 2],
        ['10.0.0.1', '10.0.0.8', 443, 2],
        ['10.0.0.1', '10.0.0.9', 443, 2],
        ['10.0.0.3', '10.0.0.2', 443, 2],
        ['10.0.0.2', '10.0.0.2', 443, 1],
      ]);
      expect(openerCount).toBe(6);
    }
  });

  it('are the first thousand of more, whose shares are of all', async () => {
    const name = (i: number): string => `10.1.${i >> 8}.${i & 255}`;
    // 1,002 openers: the last of them opens two, and so comes first.
    const connections = [
      ...many(1002, (i) => conversation({ from: name(i) })),
      conversation({ from: name(1001) }),
    ];
    for (const given of [connections, connections.toReversed()]) {
      const { openers, openerCount } = await auditShortLived(given);
      expect([openers.length, openerCount]).toEqual([1000, 1002]);
      expect(openers[0]).toMatchObject({ initiator: name(1001), count: 2, share: 2 / 1003 });
      // The others by their names, as text: '10.1.0.0', '10.1.0.1', '10.1.0.10', … up to the 999th.
      const names = Array.from({ length: 1001 }, (_, i) => name(i)).sort();
      expect(openers.slice(1).map(({ initiator }) => initiator)).toEqual(names.slice(0, 999));
    }
  });

  it('have no rate at one second, and none where no opening is known', async () => {
    const { openers } = await auditShortLived(many(2, () => conversation({})));
    expect(openers[0]).toMatchObject({ count: 2, perMinute: null, firstSeen: NOON, lastSeen: NOON });
  });
});

describe('a beacon', () => {
  const beaconOf = async (moments: readonly number[], options = {}) =>
    (
      await auditShortLived(
        moments.map((at) => conversation({ at })),
        options,
      )
    ).findings.find(({ kind }) => kind === 'beacon');

  it('tells its median distance and how far half of the distances are from it', async () => {
    // Ten distances in turn: 190, 200, 210, 200, … The median is 200; five deviate by 0, five by 10: the median is 5.
    const distances = Array.from({ length: 10 }, (_, i) => (i % 2 === 1 ? 200 : i % 4 === 0 ? 190 : 210));
    const moments = [0];
    for (const each of distances) moments.push((moments.at(-1) as number) + each);
    expect((await beaconOf(moments))?.evidence).toBe(
      '11 openings, every 200 s (median), half of the distances within ±5 s of it (3 %).',
    );
    // 5 of 200 are a fortieth: a jitter of so much is one, of less is none.
    expect(await beaconOf(moments, { beaconJitter: 0.025 })).toBeDefined();
    expect(await beaconOf(moments, { beaconJitter: 0.0249 })).toBeUndefined();
    expect(await beaconOf(moments, { beaconOpenings: 11 })).toBeDefined();
    expect(await beaconOf(moments, { beaconOpenings: 12 })).toBeUndefined();
    expect(await beaconOf(moments, { beaconSeconds: 200 })).toBeDefined();
    expect(await beaconOf(moments, { beaconSeconds: 201 })).toBeUndefined();
  });
});
