/** The one sentence of a run that gave no connections: each reason alone, and all of them together. */
import { describe, expect, it } from 'vitest';
import { explainNothing } from '../../src/cli/explain-nothing.ts';
import { Tally } from '../../src/cli/tally.ts';
import type { RejectionReason } from '../../src/model/flow-record.ts';
import type { Placement, RunReport } from '../../src/model/report.ts';
import { connection } from '../export/connection.ts';

type Rejections = readonly (readonly [RejectionReason, number])[];

/** What is said of a run whose lines ended in these places. */
const said = (places: Partial<Placement>, rejections: Rejections = []): string | null => {
  const placement = { nodata: 0, skipdata: 0, addressOnly: 0, rejected: 0, ...places };
  const report = { placement, rejections: new Map(rejections) } as unknown as RunReport;
  return explainNothing(report, new Tally());
};

describe('why there are no connections', () => {
  it.each<[string, Partial<Placement>, Rejections, string]>([
    ['an empty input', {}, [], 'the input holds no records'],
    ['NODATA alone', { nodata: 1 }, [], 'the input holds 1 NODATA (no traffic in that interval)'],
    [
      'SKIPDATA alone',
      { skipdata: 2000 },
      [],
      'the input holds 2,000 SKIPDATA (AWS lost the records of that interval)',
    ],
    [
      'as much of both',
      { nodata: 3, skipdata: 3 },
      [],
      'the input holds 3 NODATA (no traffic in that interval) and 3 SKIPDATA (AWS lost the records of that interval)',
    ],
    [
      'one record without ports',
      { addressOnly: 1 },
      [],
      '1 record has no ports or protocol, so it gives ways between addresses and no connection',
    ],
    [
      'two records without ports',
      { addressOnly: 2 },
      [],
      '2 records have no ports or protocol, so they give ways between addresses and no connection',
    ],
    ['a line, and no reason', { rejected: 1 }, [], '1 line was not understood'],
    [
      'lines, the first reason most often',
      { rejected: 3 },
      [
        ['bad-number', 2],
        ['binary-data', 1],
      ],
      '3 lines were not understood (most often: a numeric field holds something else)',
    ],
    [
      'lines, the last reason most often',
      { rejected: 3 },
      [
        ['bad-number', 1],
        ['binary-data', 2],
      ],
      '3 lines were not understood (most often: the line holds bytes that no text has)',
    ],
    [
      'all of them',
      { nodata: 1, addressOnly: 2, rejected: 3 },
      [['line-too-long', 3]],
      'the input holds 1 NODATA (no traffic in that interval); ' +
        '2 records have no ports or protocol, so they give ways between addresses and no connection; ' +
        '3 lines were not understood (most often: the line is longer than any flow log record can be)',
    ],
  ])('%s', (_, places, rejections, reason) => {
    expect(said(places, rejections)).toBe(`No connections: ${reason}.`);
  });

  it('is no question where there is one, whatever else the input holds', () => {
    const tally = new Tally();
    tally.add(connection());
    tally.hide(connection(), false);
    const report = { placement: { nodata: 1 }, rejections: new Map() } as unknown as RunReport;
    expect(explainNothing(report, tally)).toBeNull();
  });

  it('is the filters where they leave all of them out, though lines were not understood', () => {
    const tally = new Tally();
    for (let i = 0; i < 1200; i++) tally.hide(connection(), false);
    const report = { placement: { rejected: 1 }, rejections: new Map() } as unknown as RunReport;
    expect(explainNothing(report, tally)).toBe('No connections to show: the filters leave out all 1,200.');
  });
});
