/** Bounds of times by hand: a packet stamped t was on the wire in t-60 … t. */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { timesOf } from '../../src/lifecycle/times.ts';
import { FIN, SYN } from '../../src/model/tcp-flags.ts';
import { keyRecord } from '../build-records.ts';

const seen = (start: number | null, end: number | null, flags = 0): KeyRecord =>
  keyRecord({ start, end, flags });

describe('times', () => {
  it('are those of the records that have them, in whatever order they stand', () => {
    const records = [
      seen(100, 150, SYN),
      seen(null, null),
      seen(400, 460, FIN),
      seen(160, 210, SYN),
      seen(null, null, SYN | FIN),
      seen(200, 260, FIN),
    ];
    for (const order of [records, [...records].reverse()])
      expect(timesOf(order, true, true)).toEqual({
        firstSeen: 100,
        lastSeen: 460,
        openedAt: 100,
        openedBy: 150,
        closedAfter: 400,
        closedAt: 460,
        durationMin: 400 - 60 - 150,
        durationMax: 460 - 100 + 60,
      });
  });

  it('of other protocols open and close nothing, whatever their flags column holds', () => {
    const records = [seen(100, 150, SYN), seen(400, 460, FIN)];
    expect(timesOf(records, false, true)).toMatchObject({
      openedAt: null,
      closedAt: null,
      durationMax: null,
    });
    // The first record had ended by 150 and the last began at 400 - 60 at the earliest.
    expect(timesOf(records, false, true).durationMin).toBe(400 - 60 - 150);
  });

  it('are unknown where no record has any', () => {
    expect(timesOf([seen(null, null, SYN)], true, true)).toEqual({
      firstSeen: null,
      lastSeen: null,
      openedAt: null,
      openedBy: null,
      closedAfter: null,
      closedAt: null,
      durationMin: null,
      durationMax: null,
    });
  });
});

describe('the shortest duration', () => {
  it('is zero where the bounds overlap, and unknown where a start or all ends are missing', () => {
    expect(timesOf([seen(100, 150)], true, false).durationMin).toBe(0);
    expect(timesOf([seen(100, null)], true, false).durationMin).toBeNull();
    expect(timesOf([seen(null, 100)], true, false).durationMin).toBeNull();
  });
});

describe('the longest duration', () => {
  it('is unknown without an opening, without a close and where the log cannot bound it', () => {
    expect(timesOf([seen(100, 150, SYN), seen(160, 200)], true, true).durationMax).toBeNull();
    expect(timesOf([seen(100, 150), seen(160, 200, FIN)], true, true).durationMax).toBeNull();
    expect(timesOf([seen(100, 150, SYN), seen(160, 200, FIN)], true, false).durationMax).toBeNull();
  });

  it('is unknown where the close was logged a minute before the opening, and zero where a minute explains it', () => {
    const longest = (closed: number) =>
      timesOf([seen(closed, closed, FIN), seen(200, 250, SYN)], true, true).durationMax;
    expect(longest(141)).toBe(1);
    expect(longest(140)).toBe(0);
    expect(longest(139)).toBeNull();
  });
});
