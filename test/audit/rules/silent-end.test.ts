import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { longestSilence } from '../../../src/audit/silence.ts';
import { conversation, NOON, reset } from '../build.ts';

const silentOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'silent-end');

describe('the longest silence', () => {
  const spanning = (seconds: number, windows: number) => ({
    firstSeen: NOON,
    lastSeen: NOON + seconds,
    windows,
  });

  it('is what two intervals leave uncovered, less the slack of a stamp', () => {
    // 530 − 2 × 60 = 410 between them; the packet after it may be stamped 60 s late.
    expect(longestSilence(spanning(530, 2), 60)).toBe(350);
  });

  it('is at least the mean of the gaps between more', () => {
    // 1000 − 4 × 60 = 760 in three gaps: one of at least 253.3, less 60.
    expect(longestSilence(spanning(1000, 4), 60)).toBeCloseTo(193.33, 1);
  });

  it('is not known of one interval, of intervals without gaps, and without times', () => {
    expect(longestSilence(spanning(60, 1), 60)).toBe(0);
    expect(longestSilence(spanning(600, 10), 60)).toBe(0);
    expect(longestSilence({ firstSeen: null, lastSeen: null, windows: 2 }, 60)).toBe(0);
  });
});

describe('a silent end', () => {
  it('is a reset after a proven silence of 350 s, with the idle limits that it is beyond', async () => {
    const [found] = await silentOf([reset({}, 530, 'responder', { windows: 2 })]);
    expect(found).toMatchObject({ initiator: '10.0.0.1', responder: '10.0.0.2', port: 443, count: 1 });
    expect(found?.evidence).toContain('1 connection silent at a stretch for at least 350 s');
    expect(found?.evidence).toContain('a NAT gateway (350 s, VPC User Guide');
    expect(found?.evidence).not.toContain('432000');
  });

  it('is a rejection in mid-life after one, too', async () => {
    const cut = conversation({}, 700, { windows: 2, state: 'established', verdict: 'mixed', endsOpen: true });
    expect(await silentOf([cut])).toHaveLength(1);
  });

  it('is none a second below, and the bound is an option', async () => {
    const connections = [reset({}, 529, 'responder', { windows: 2 })];
    expect(await silentOf(connections)).toEqual([]);
    expect(await silentOf(connections, { silenceSeconds: 349 })).toHaveLength(1);
  });

  it('is no connection that was closed in order', async () => {
    expect(await silentOf([conversation({}, 700, { windows: 2 })])).toEqual([]);
  });

  it('counts intervals of 600 s where one of that length is seen', async () => {
    const wide = conversation({ to: '10.0.0.9' }, 590, { windows: 1 });
    const died = reset({}, 700, 'responder', { windows: 2 });
    expect(await silentOf([died])).toHaveLength(1);
    // Two intervals of 600 s cover 700 s: nothing is proven.
    expect(await silentOf([died, wide])).toEqual([]);
  });
});
