/** What several files teach of one interface, as one: sums, first and last, and the addresses that every record shows. It does not matter in which order. */
import { MOST_OWN, type OwnSets } from '../engine/observers/own-addresses.ts';
import type { KeyLesson, RecordLesson } from './facts.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const least = <T extends number | string>(a: T | null, b: T | null): T | null =>
  a === null ? b : b === null || a <= b ? a : b;
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

const compareSets = (a: readonly string[], b: readonly string[]): number =>
  a.length - b.length || byText(a.join(' '), b.join(' '));

/** Sets in an order of their own, each address in its. */
export const orderSets = (sets: OwnSets): OwnSets =>
  sets.map((set) => [...set].sort(byText)).sort(compareSets);

/**
 * The sets of which every record of both sides shows an address. One that does has one that does for either side, so it is
 * the union of two; those that have more addresses than needed, or more than are told apart, are none.
 */
const mergeSets = (one: OwnSets, other: OwnSets): OwnSets => {
  const unions = new Map<string, readonly string[]>();
  for (const a of one)
    for (const b of other) {
      const union = [...new Set([...a, ...b])].sort(byText);
      if (union.length <= MOST_OWN) unions.set(union.join(' '), union);
    }
  const all = [...unions.values()];
  const isNeedless = (set: readonly string[]): boolean =>
    all.some((part) => part.length < set.length && part.every((address) => set.includes(address)));
  return all.filter((set) => !isNeedless(set)).sort(compareSets);
};

type Interval = RecordLesson['skipped'][number];
const compareIntervals = ([a, b]: Interval, [c, d]: Interval): number =>
  (a ?? -1) - (c ?? -1) || (b ?? -1) - (d ?? -1);

/** Intervals in the order of their starts and ends, those without first. */
export const orderSkipped = (skipped: readonly Interval[]): Interval[] => [...skipped].sort(compareIntervals);

export const mergeRecordLessons = (one: RecordLesson, other: RecordLesson): RecordLesson => ({
  // An interface never changes its VPC: of two that are named, the first by name is taken, here as in a run.
  vpcId: least(one.vpcId, other.vpcId),
  records: one.records + other.records,
  nodata: one.nodata + other.nodata,
  first: least(one.first, other.first),
  last: most(one.last, other.last),
  longest: most(one.longest, other.longest),
  rewrites: one.rewrites || other.rewrites,
  own: { v4: mergeSets(one.own.v4, other.own.v4), v6: mergeSets(one.own.v6, other.own.v6) },
  skipped: orderSkipped([...one.skipped, ...other.skipped]),
});

export const mergeKeyLessons = (one: KeyLesson, other: KeyLesson): KeyLesson => ({
  bothWays: one.bothWays + other.bothWays,
  halves: one.halves + other.halves,
  toldTwice: {
    sums: one.toldTwice.sums + other.toldTwice.sums,
    contradictions: one.toldTwice.contradictions + other.toldTwice.contradictions,
    nests: one.toldTwice.nests + other.toldTwice.nests,
  },
});
