/** What is known of vantages from before. What records teach of them is the rules' (test/rules/coverage.test.ts). */
import { describe, expect, it } from 'vitest';
import { Coverage } from '../../../src/engine/observers/coverage.ts';
import { ToldTwice } from '../../../src/engine/observers/told-twice.ts';
import { observersOf } from '../../build-observers.ts';

describe('what was seen elsewhere', () => {
  const { observers, strings } = observersOf([]);
  const eni = strings.internText('eni-1');
  const other = strings.internText('eni-2');

  it('is taken over as it is', () => {
    const coverage = new Coverage();
    coverage.adopt(eni, {
      ...{ records: 7, first: 10, last: 20, longest: 5, rewrites: true },
      own: { v4: [0x0a000005], v6: [] },
    });
    expect(coverage.report(observers, strings, new ToldTwice())).toMatchObject([
      { vantage: 'eni-1', records: 7, first: 10, last: 20, longestInterval: 5, rewrites: true, skipped: [] },
    ]);
  });

  it('may have lost records, or none', () => {
    const coverage = new Coverage();
    coverage.adoptSkipped(eni, []);
    expect(coverage.hasGaps).toBe(false);
    coverage.adoptSkipped(eni, [[100, 200]]);
    coverage.adoptSkipped(other, []);
    expect(coverage.hasGaps).toBe(true);
    expect(coverage.report(observers, strings, new ToldTwice())).toMatchObject([
      { vantage: 'eni-1', skipped: [[100, 200]] },
      { vantage: 'eni-2', skipped: [] },
    ]);
  });
});

describe("an interface's own addresses", () => {
  const seen = { records: 7, first: 10, last: 20, longest: 5, rewrites: false };

  it('are kept, each family for itself: an address of IPv6 is a number of its own', () => {
    const coverage = new Coverage();
    const all = [
      { v4: [0], v6: [] },
      { v4: [], v6: [7] },
      { v4: [7], v6: [8] },
      { v4: [0xffffffff, 1, 2], v6: [7] },
      { v4: [], v6: [1, 2] },
      { v4: [], v6: [] },
    ];
    for (const [i, own] of all.entries()) coverage.adopt(i + 1, { ...seen, own });
    expect(all.map((_, i) => coverage.ownAddresses(i + 1))).toEqual(all);
    expect(coverage.ownAddresses(99)).toEqual({ v4: [], v6: [] });
  });
});
