/** What is known of vantages from before. What records teach of them is the rules' (test/rules/coverage.test.ts). */
import { describe, expect, it } from 'vitest';
import { Coverage, ownOf } from '../../../src/engine/observers/coverage.ts';
import { observersOf } from '../../build-observers.ts';

const NO_ADDRESS = 0xffffffff;

describe('what was seen elsewhere', () => {
  const { observers, strings } = observersOf([]);
  const eni = strings.internText('eni-1');
  const other = strings.internText('eni-2');

  it('is taken over as it is', () => {
    const coverage = new Coverage();
    coverage.adopt(eni, {
      ...{ records: 7, first: 10, last: 20, longest: 5, rewrites: true },
      ...{ own: [0x0a000005, NO_ADDRESS], anyOwn: true },
    });
    expect(coverage.report(observers, strings)).toMatchObject([
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
    expect(coverage.report(observers, strings)).toMatchObject([
      { vantage: 'eni-1', skipped: [[100, 200]] },
      { vantage: 'eni-2', skipped: [] },
    ]);
  });
});

describe("an address that may be an interface's own", () => {
  it('of IPv6 is not taken for an IPv4 address of the same number, and no address is none in either family', () => {
    expect(ownOf(7, true)).not.toBe(ownOf(7, false));
    expect(ownOf(NO_ADDRESS, true)).toBe(NO_ADDRESS);
  });
});
