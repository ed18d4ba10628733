/**
 * What the whole input says of each vantage, NODATA and SKIPDATA included: where AWS lost records, since when the
 * log covers it, which address is its own and which VPC it is in. Times before its first record are unknown, not
 * silent.
 */
import { List } from 'immutable';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { compareText, observerOf, vantageOf } from './observer.ts';
import { placeOf } from './place-line.ts';

/** What is known of one vantage. */
export interface Coverage {
  /** Start and end of the intervals whose records AWS lost. */
  readonly skipped: List<readonly [start: number | null, end: number | null]>;
  readonly coveredFrom: number | null;
  readonly ownAddress: string | null;
  readonly vpcId: string | null;
}

const isTraffic = (record: FlowRecord): boolean => !['nodata', 'skipdata'].includes(placeOf(record));

/** The one address that is source or destination of every record with both; null when two are left, or none. */
const ownAddressOf = (records: List<FlowRecord>): string | null => {
  const pairs = records
    .filter(isTraffic)
    .map(({ srcAddr, dstAddr }) => [srcAddr ?? null, dstAddr ?? null])
    .filter((pair) => !pair.includes(null))
    .map((pair) => List(pair).toSet());
  const common = pairs.reduce(
    (shared, pair) => shared.intersect(pair),
    pairs.first(List<string | null>().toSet()),
  );
  return common.size === 1 ? (common.first() ?? null) : null;
};

/** An interface never changes its VPC; should a log say otherwise, the first by name is taken (law 1). */
const vpcOf = (records: List<FlowRecord>): string | null =>
  records
    .map(({ vpcId }) => vpcId ?? null)
    .filter((vpcId) => vpcId !== null)
    .min(compareText) ?? null;

export const coverageOf = (records: List<FlowRecord>, vantage: string): Coverage => {
  const written = records.filter((record) => vantageOf(observerOf(record)) === vantage);
  return {
    skipped: written
      .filter((record) => placeOf(record) === 'skipdata')
      .map(({ start, end }) => [start ?? null, end ?? null] as const),
    coveredFrom:
      written
        .map(({ start }) => start ?? null)
        .filter((start) => start !== null)
        .min() ?? null,
    ownAddress: ownAddressOf(written),
    vpcId: vantage === '' ? null : vpcOf(written),
  };
};

/** Whether an interval without records touches first … last; a time that is not known touches everything. */
export const touchesGap = ({ skipped }: Coverage, first: number | null, last: number | null): boolean =>
  skipped.some(
    ([start, end]) =>
      (start === null || last === null || start <= last) && (end === null || first === null || first <= end),
  );
