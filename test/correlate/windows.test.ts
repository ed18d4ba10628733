/** Windows by hand: which records are one interval's, in seconds. */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { countWindows, windowEnd } from '../../src/correlate/windows.ts';
import { keyRecord } from '../build-records.ts';

const seen = (direction: 0 | 1, start: number | null, end: number | null, vantage = 1): KeyRecord =>
  keyRecord({ direction, start, end, vantage });

describe('a window', () => {
  it('holds what overlaps, and ends where the next begins as it ends', () => {
    expect(windowEnd([seen(0, 0, 60), seen(1, 59, 120)], 0)).toBe(2);
    expect(windowEnd([seen(0, 0, 60), seen(1, 60, 120)], 0)).toBe(1);
    expect(windowEnd([seen(0, 0, 60), seen(1, 61, 120)], 0)).toBe(1);
    // Both directions of one second.
    expect(windowEnd([seen(0, 60, 60), seen(1, 60, 60)], 0)).toBe(2);
  });

  it('is as long as the longest of its records', () => {
    expect(windowEnd([seen(0, 0, 60), seen(1, 50, 120), seen(0, 100, 150, 2)], 0)).toBe(3);
    expect(windowEnd([seen(0, 0, 60), seen(1, 50, null), seen(0, 59, 150, 2)], 0)).toBe(3);
    expect(windowEnd([seen(0, 0, 60), seen(1, 50, null), seen(0, 60, 150, 2)], 0)).toBe(2);
  });

  it('ends where a vantage comes again in the same direction with another interval', () => {
    expect(windowEnd([seen(0, 0, 59), seen(0, 30, 59)], 0)).toBe(1);
    expect(windowEnd([seen(0, 0, 59), seen(0, 0, 70)], 0)).toBe(1);
    expect(windowEnd([seen(0, 0, 59), seen(0, 30, 59, 2)], 0)).toBe(2);
    expect(windowEnd([seen(0, 0, 59), seen(1, 30, 59)], 0)).toBe(2);
    // Accepted and rejected packets of one interval are two records.
    expect(windowEnd([seen(0, 0, 59), seen(0, 0, 59)], 0)).toBe(2);
  });

  it('leaves both directions of the next interval together, whichever stands first', () => {
    const [one, other] = [seen(1, 50, 90), seen(0, 50, 90)];
    expect(windowEnd([seen(0, 0, 100), one, other], 0)).toBe(1);
    expect(windowEnd([seen(0, 0, 100), other, one], 0)).toBe(1);
    // Only what has the same start and end goes with it.
    expect(windowEnd([seen(0, 0, 90), seen(1, 20, 90), seen(0, 50, 90)], 0)).toBe(2);
    expect(windowEnd([seen(0, 0, 90), seen(1, 50, 80), seen(0, 50, 90)], 0)).toBe(2);
  });

  it('is one of as many as follow each other', () => {
    const both = [0, 60, 120].flatMap((start) => [seen(0, start, start + 59), seen(1, start, start + 59)]);
    expect(countWindows(both)).toBe(3);
    expect(countWindows([])).toBe(0);
    expect(countWindows([seen(0, null, null), seen(1, null, null)])).toBe(1);
  });
});
