import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { conversation, many, NOON } from '../build.ts';

const beaconsOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'beacon');

describe('a beacon', () => {
  it('opens at regular distances, with interval and jitter stated', async () => {
    // Distances 298 and 302 in turn: eleven of them, median 298 or 302, deviation 0 or 4.
    const [beacon] = await beaconsOf(many(12, (i) => conversation({ at: i * 300 + (i % 2) * 2 })));
    expect(beacon).toMatchObject({ initiator: '10.0.0.1', responder: '10.0.0.2', port: 443, count: 12 });
    // Six of 302 (even to odd), five of 298: the median is 302, and six of eleven deviate by nothing.
    expect(beacon?.evidence).toBe(
      '12 openings, every 302 s (median), half of the distances within ±0 s of it (0 %).',
    );
  });

  it('is told by its openings, not by records that came before them', async () => {
    // A late record of the connection before lies 7, 14, 21 … s in front of each.
    const connections = many(12, (i) =>
      conversation({ at: i * 300 }, 5, { firstSeen: NOON + i * 300 - 7 * (i + 1) }),
    );
    const [beacon] = await beaconsOf(connections);
    expect(beacon?.evidence).toContain('every 300 s (median), half of the distances within ±0 s');
    expect([beacon?.firstSeen, beacon?.lastSeen]).toEqual([NOON, NOON + 3300]);
  });

  it('is none of irregular distances', async () => {
    // 100, 200, 300 … seconds apart: median 600, deviation 300.
    expect(await beaconsOf(many(12, (i) => conversation({ at: (i * (i + 1) * 100) / 2 })))).toEqual([]);
  });

  it('is none of fewer openings, or of distances that the slack blurs', async () => {
    expect(await beaconsOf(many(9, (i) => conversation({ at: i * 300 })))).toEqual([]);
    expect(await beaconsOf(many(30, (i) => conversation({ at: i * 119 })))).toEqual([]);
    expect(await beaconsOf(many(30, (i) => conversation({ at: i * 120 })))).toHaveLength(1);
  });

  it('is one whatever the order in which the connections come', async () => {
    const shuffled = many(12, (i) => conversation({ at: ((i * 7) % 12) * 300 }));
    expect((await beaconsOf(shuffled))[0]?.evidence).toContain('every 300 s');
  });
});
