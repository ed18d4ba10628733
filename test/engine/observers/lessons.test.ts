import { describe, expect, it } from 'vitest';
import { NO_LESSON } from '../../../src/engine/observers/lessons.ts';

describe('an interface of which nothing is known', () => {
  it('has written nothing, covers no second, stands in for nobody and has lost nothing', () => {
    expect(NO_LESSON).toEqual({
      vpcId: null,
      records: 0,
      nodata: 0,
      first: null,
      last: null,
      longest: null,
      rewrites: false,
      own: { v4: [[]], v6: [[]] },
      skipped: [],
      bothWays: 0,
      halves: 0,
      toldTwice: { sums: 0, contradictions: 0, nests: 0 },
      isSettled: false,
    });
  });
});
