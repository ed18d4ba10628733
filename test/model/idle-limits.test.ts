/** The limits of silence against the clocks they are taken from. */
import { describe, expect, it } from 'vitest';
import { IDLE_LIMITS, SHORTEST_LIMIT_SECONDS } from '../../src/model/idle-limits.ts';

describe('the shortest limit', () => {
  it('is that of TIME-WAIT, twice an MSL of 60 s: every other situation lasts longer', () => {
    expect(SHORTEST_LIMIT_SECONDS).toBe(2 * 60);
    for (const seconds of Object.values(IDLE_LIMITS))
      expect(seconds).toBeGreaterThanOrEqual(SHORTEST_LIMIT_SECONDS);
  });
});
