import { describe, expect, it } from 'vitest';
import { allowance, claimsOf, excess, isTooHigh, tooHigh, wholeClaim } from './claims.ts';
import type { Band } from './scores.ts';

/** A band whose cases all claim the same. */
const band = (from: number, cases: number, right: number, claimed: number): Band => ({
  from,
  cases,
  right,
  reported: cases * claimed,
});

describe('a band of claims', () => {
  it('may be above what was measured by three points and two standard errors', () => {
    // 900 of 1000 right: the standard error is sqrt(0.9 * 0.1 / 1000) = 0.009487.
    const [claim] = claimsOf([band(0.9, 1000, 900, 0.93)]);
    expect(claim).toMatchObject({ from: 0.9, cases: 1000, claimed: 0.93, measured: 0.9 });
    expect(claim && allowance(claim)).toBeCloseTo(0.03 + 2 * 0.009487, 6);
    // 0.93 - 0.9 - 0.048974
    expect(claim && excess(claim)).toBeCloseTo(-0.018974, 6);
  });

  it('claims too much beyond that, and only then', () => {
    // The limit is 0.9 + 0.048974.
    const bands = [band(0.9, 1000, 900, 0.9489), band(0.95, 1000, 900, 0.9491)];
    expect(tooHigh(bands).map(({ from }) => from)).toEqual([0.95]);
  });

  it('claims too little as often as it likes', () => {
    expect(tooHigh([band(0.6, 10_000, 10_000, 0.6)])).toEqual([]);
  });

  it('tells nothing with fewer than 500 cases, however wrong it is', () => {
    expect(tooHigh([band(0.98, 499, 0, 0.99)])).toEqual([]);
    expect(tooHigh([band(0.98, 500, 0, 0.99)])).toHaveLength(1);
  });

  it('has no doubt where all or none is right', () => {
    const claims = claimsOf([band(0.95, 500, 500, 0.97), band(0.98, 500, 0, 0.03)]);
    expect(claims.map(allowance)).toEqual([0.03, 0.03]);
    expect(claims.some(isTooHigh)).toBe(false);
  });

  it('is one claim with the others when all are asked together', () => {
    // 600 and 400 cases: claimed (600 * 0.7 + 400 * 0.95) / 1000 = 0.8, right 780 of 1000.
    const claim = wholeClaim([band(0.7, 600, 400, 0.7), band(0.95, 400, 380, 0.95)]);
    expect(claim).toMatchObject({ cases: 1000, measured: 0.78 });
    expect(claim?.claimed).toBeCloseTo(0.8, 12);
    expect(wholeClaim([band(0.7, 0, 0, 0)])).toBeNull();
  });
});
