/**
 * What the whole input says of each vantage, NODATA and SKIPDATA included: where AWS lost records, since when the
 * log covers it, which addresses are its own and which VPC it is in. Times before its first record are unknown, not
 * silent.
 */
import { Set as Addresses, List } from 'immutable';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { isV6 } from './ends.ts';
import { compareText, isGateways, observerOf, vantageOf } from './observer.ts';
import { placeOf } from './place-line.ts';

/** What is known of one vantage. */
export interface Coverage {
  /** Start and end of the intervals whose records AWS lost. */
  readonly skipped: List<readonly [start: number | null, end: number | null]>;
  readonly coveredFrom: number | null;
  /** Seconds of its longest interval; 0 where none has both times. */
  readonly longest: number;
  readonly ownAddresses: Addresses<string>;
  readonly vpcId: string | null;
}

const isTraffic = (record: FlowRecord): boolean => !['nodata', 'skipdata'].includes(placeOf(record));

/** More addresses of one family than an interface is believed to have. */
const TOO_MANY = 4;

/** All ways to choose fewer than too many addresses so that each record shows one that was chosen. */
const choicesFor = (shown: List<Addresses<string>>, chosen: Addresses<string>): List<Addresses<string>> => {
  if (chosen.size === TOO_MANY) return List();
  const open = shown.find((addresses) => addresses.intersect(chosen).isEmpty());
  if (open === undefined) return List.of(chosen);
  return open.toList().flatMap((address) => choicesFor(shown, chosen.add(address)));
};

/** Of the smallest choices, what all of them have. */
const commonTo = (choices: List<Addresses<string>>): Addresses<string> => {
  const smallest = choices.map(({ size }) => size).min() ?? 0;
  const [first = Addresses<string>(), ...others] = choices.filter(({ size }) => size === smallest);
  return first.intersect(...others);
};

/** The addresses of which one is the interface's own: those of its side, or both; none where a record says nothing of that. */
const shownBy = (record: FlowRecord): Addresses<string> => {
  const { srcAddr, dstAddr, flowDirection } = record;
  if (typeof srcAddr !== 'string' || typeof dstAddr !== 'string' || isGateways(record)) return Addresses();
  if (isV6(srcAddr) !== isV6(dstAddr)) return Addresses();
  if (flowDirection === 'ingress') return Addresses([dstAddr]);
  return flowDirection === 'egress' ? Addresses([srcAddr]) : Addresses([srcAddr, dstAddr]);
};

/** Each record shows an address of the interface: the fewest addresses that explain them all, each family by itself. */
const ownAddressesOf = (records: List<FlowRecord>): Addresses<string> => {
  const shown = records
    .filter(isTraffic)
    .map(shownBy)
    .filterNot((addresses) => addresses.isEmpty())
    .toSet()
    .toList();
  const ofFamily = (v6: boolean): Addresses<string> =>
    commonTo(
      choicesFor(
        shown.filter((addresses) => addresses.every((address) => isV6(address) === v6)),
        Addresses(),
      ),
    );
  return ofFamily(false).union(ofFamily(true));
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
    longest:
      written
        .map(({ start, end }) => (typeof start === 'number' && typeof end === 'number' ? end - start : 0))
        .max() ?? 0,
    ownAddresses: ownAddressesOf(written),
    vpcId: vantage === '' ? null : vpcOf(written),
  };
};

/** Whether an interval without records touches first … last; a time that is not known touches everything. */
export const touchesGap = ({ skipped }: Coverage, first: number | null, last: number | null): boolean =>
  skipped.some(
    ([start, end]) =>
      (start === null || last === null || start <= last) && (end === null || first === null || first <= end),
  );
