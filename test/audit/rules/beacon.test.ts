import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { conversation, flagless, many, NOON } from '../build.ts';

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

describe('a beacon without flags', () => {
  /** Every so many seconds, seen within its record of `seconds`. */
  const every = (apart: number, seconds = 2, over: Parameters<typeof flagless>[2] = {}) =>
    many(12, (i) => flagless({ at: i * apart }, seconds, over));

  it('is told by the first records, and says so', async () => {
    const [beacon] = await beaconsOf(every(300));
    expect(beacon).toMatchObject({ initiator: '10.0.0.1', port: 443, count: 12, inferred: 12 });
    // Each lies within its record of 2 s, so that a distance may be 2 s off: 0.67 % of 300 s.
    expect(beacon?.evidence).toBe(
      '12 connections, each seen in one interval only, every 300 s (median), half of the distances within ±2 s of it (1 %). ' +
        'These times are those of intervals: an opening may lie up to 120 s beside them. ' +
        'Who opened is inferred, claimed at 0.98 on average.',
    );
  });

  it('is none of distances that an interval and the slack blur, whatever threshold is given', async () => {
    expect(await beaconsOf(every(119), { beaconSeconds: 1 })).toEqual([]);
    expect(await beaconsOf(every(120), { beaconSeconds: 1 })).toHaveLength(1);
    expect(await beaconsOf(every(300), { beaconSeconds: 301 })).toEqual([]);
    // One connection of more than 120 s within one interval tells of intervals of 600 s: 660 s are the least.
    const wide = flagless({ to: '10.0.0.7' }, 500, { windows: 1, durationMin: 0 });
    expect(await beaconsOf([wide, ...every(659)])).toEqual([]);
    expect(await beaconsOf([wide, ...every(660)])).toHaveLength(1);
  });

  it('adds to the jitter what the records leave open', async () => {
    // Records of whole intervals: a tenth of 599 s is less than the 60 s that each may be off.
    expect(await beaconsOf(every(599, 60, { windows: 1, durationMin: 0 }))).toEqual([]);
    expect(await beaconsOf(every(600, 60, { windows: 1, durationMin: 0 }))).toHaveLength(1);
  });

  it('takes one port of the initiator for one connection, which may have been silent for hours', async () => {
    const heartbeat = every(7200).map((each) => ({
      ...each,
      initiator: { ...each.initiator, port: 40_000 },
    }));
    expect(await beaconsOf(heartbeat)).toEqual([]);
    // Its connections are behind the finding, once there are openings enough.
    const both = await beaconsOf([...every(7200), ...heartbeat.slice(0, 3)]);
    expect(both.map(({ count }) => count)).toEqual([15]);
    expect(both[0]?.evidence).toMatch(/^13 connections/);
  });

  it('is none of what was seen in several intervals, or at less than the confidence asked for', async () => {
    expect(await beaconsOf(every(600, 100))).toEqual([]);
    expect(await beaconsOf(every(300, 2, { initiatorConfidence: 0.89 }))).toEqual([]);
  });
});
