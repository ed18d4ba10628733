/**
 * Two flow logs of one interface with different aggregation intervals tell the same packets twice: a record of the longer interval
 * holds those of the shorter ones and counts exactly what they count together. One key proves nothing, for two keepalives of
 * 52 bytes match by accident: all keys of the interface are asked.
 */
import { List, Set as Places } from 'immutable';
import { type Sighting, vantage } from './sighting.ts';

type Sightings = List<Sighting>;

/** Of such as begin before a record has ended: more are no flow log's. */
const TOO_MANY = 64;
/** Keys with fewer records, or more, are not asked. */
const FEWEST_OF_A_KEY = 3;
const MOST_OF_A_KEY = 1024;
/** AWS's shorter interval: a log without longer records holds no longer interval. */
const SHORT_INTERVAL = 60;

/** A sighting that has times and counts, and the place where it stands among those of its key. */
interface Measured {
  readonly place: number;
  readonly sighting: Sighting;
  readonly start: number;
  readonly end: number;
  readonly packets: number;
  readonly bytes: number;
}

const measured = (sightings: Sightings): List<Measured> =>
  sightings.toList().flatMap((sighting, place) => {
    const { start, end, packets, bytes } = sighting;
    return start === null || end === null || packets === null || bytes === null || end < start
      ? []
      : [{ place, sighting, start, end, packets, bytes }];
  });

/** What the same packets never differ in. */
const familyOf = ({ sighting }: Measured): string =>
  [vantage(sighting), sighting.sender, sighting.action, sighting.byGateway].join(' ');

const isOneInterval = (a: Measured, b: Measured): boolean => a.start === b.start && a.end === b.end;
const isWithin = (inner: Measured, outer: Measured): boolean =>
  inner.start >= outer.start && inner.end <= outer.end && !isOneInterval(inner, outer);

/** They share more than the second in which one ends and the other begins. */
const overlap = (a: Measured, b: Measured): boolean => a.start < b.end && b.start < a.end;
const saysTheSame = (a: Measured, b: Measured): boolean =>
  isOneInterval(a, b) && a.packets === b.packets && a.bytes === b.bytes;

/** Neither holds the other. */
const cross = (a: Measured, b: Measured): boolean =>
  !saysTheSame(a, b) && !isWithin(a, b) && !isWithin(b, a) && (isOneInterval(a, b) || overlap(a, b));

/** Those of equal interval and counts are one. */
const distinct = (all: List<Measured>): List<Measured> =>
  all.filter((each, i) => !all.take(i).some((other) => saysTheSame(each, other)));

const inTime = (a: Measured, b: Measured): number =>
  a.start - b.start || b.end - a.end || a.packets - b.packets || a.bytes - b.bytes;

const partsOf = (outer: Measured, family: List<Measured>): List<Measured> =>
  distinct(List(family.filter((each) => isWithin(each, outer)).sort(inTime)));

/** Whether it counts what those within it count together, which follow one another, and nothing crosses it. */
const isSum = (outer: Measured, family: List<Measured>): boolean => {
  const parts = partsOf(outer, family);
  const total = (count: (part: Measured) => number): number =>
    parts.reduce((sum, part) => sum + count(part), 0);
  return (
    !parts.isEmpty() &&
    !family.some((each) => cross(each, outer)) &&
    parts.every((part, i) => parts.take(i).every((earlier) => earlier.end <= part.start)) &&
    total(({ packets }) => packets) === outer.packets &&
    total(({ bytes }) => bytes) === outer.bytes
  );
};

/** Too many begin within one of them for anybody to say anything. */
const isCrowded = (family: List<Measured>): boolean => {
  const sorted = List(family.sort(inTime));
  return sorted.some((outer, i) => (sorted.get(i + TOO_MANY + 1)?.start ?? Infinity) <= outer.end);
};

/** Whether a record lies within another at all: else there is nothing to learn. */
const holdsAny = (family: List<Measured>): boolean =>
  family.some((outer) => family.some((inner) => isWithin(inner, outer)));

const familiesIn = (sightings: Sightings): List<List<Measured>> =>
  List(measured(sightings).groupBy(familyOf).values()).map((family) => List(family));

/**
 * Whether a second flow log tells of a vantage: null where it looks like it, and something contradicts.
 * @param longest seconds of its longest interval
 */
export const isToldTwice = (name: string, longest: number, flows: Sightings): boolean | null => {
  if (name === '' || longest <= SHORT_INTERVAL) return false;
  const families = List(flows.groupBy(({ key }) => key).values())
    .map((all) => List(all))
    .filter(({ size }) => size >= FEWEST_OF_A_KEY && size <= MOST_OF_A_KEY)
    .flatMap((all) => familiesIn(all.filter((sighting) => vantage(sighting) === name)))
    .filter(holdsAny);
  const holders = families.flatMap((family) =>
    family
      .map((each) => ({ parts: partsOf(each, family).size, isSum: isSum(each, family) }))
      .filter(({ parts }) => parts > 0),
  );
  const hasSum = holders.some((holder) => holder.isSum && holder.parts > 1);
  const isContradicted = families.some(isCrowded) || holders.some((holder) => !holder.isSum);
  if (hasSum && !isContradicted) return true;
  const isNested = families.some(isCrowded) || holders.some(({ parts }) => parts > 1);
  return isNested ? null : false;
};

/** Where a sum shows flags that its parts lack, the parts are the copies. */
const copiesOf = (sum: Measured, family: List<Measured>): List<Measured> => {
  const parts = family.filter((each) => isWithin(each, sum));
  const tellsMore = sum.sighting.flags !== null && parts.some(({ sighting }) => sighting.flags === null);
  return tellsMore ? parts : List.of(sum);
};

/**
 * The sightings of a key that no other flow log of their interface tells again.
 * @param isTwice whether two flow logs tell of a vantage
 */
export const withoutSums = (sightings: Sightings, isTwice: (vantage: string) => boolean): Sightings => {
  const families = familiesIn(sightings).filter((family) =>
    family.some(({ sighting }) => isTwice(vantage(sighting))),
  );
  if (families.some(isCrowded)) return sightings;
  const gone = families.flatMap((family) => {
    const sums = family.filter((each) => isSum(each, family));
    return sums
      .filter((sum) => !sums.some((other) => isWithin(sum, other)))
      .flatMap((sum) => copiesOf(sum, family));
  });
  const places = Places(gone.map(({ place }) => place));
  return sightings.toList().filterNot((_, place) => places.has(place));
};
