/** Beacons: one initiator opens to one service at regular distances. A timer does so, be it monitoring or malware. */
import { quantileSorted } from 'd3-array';
import { SLACK_SECONDS } from '../aws-limits.ts';
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import type { Ledger } from '../ledger.ts';
import type { Line } from '../pairs.ts';
import { spellCount, spellSeconds } from '../spell.ts';
import { TRAIT } from '../traits.ts';

/** Of numbers, which are put in their order. That these may be in a typed array d3's types do not know. */
const middleOf = (numbers: Float64Array): number | undefined =>
  quantileSorted(numbers.sort() as ArrayLike<number> as number[], 0.5);

const BEACON = { kind: 'beacon', openAt: null } as const;

/** When connections were opened, the first first; and within how many seconds of that, beside the slack, where intervals alone date them. */
interface Openings {
  readonly at: Float64Array;
  readonly within: Float64Array | null;
}

const VAGUE = TRAIT.counts | TRAIT.vague;

/**
 * What is dated by its interval alone may be one connection that is silent for hours between two intervals: of those on one
 * port of the initiator the first alone is taken for an opening.
 */
const vagueOpeningsOf = (ledger: Ledger, lines: readonly Line[]): Openings => {
  const ports = new Set<number>();
  const openedAt = (line: Line): number => ledger.opened(line) as number;
  const isVague = (line: Line): boolean => (ledger.traits(line) & TRAIT.vague) !== 0;
  const opening = lines
    .toSorted((a, b) => openedAt(a) - openedAt(b) || ledger.compareUids(a, b))
    .filter((line) => {
      const port = ledger.initiatorPort(line);
      const isFirst = !isVague(line) || !ports.has(port);
      ports.add(port);
      return isFirst;
    });
  return {
    at: Float64Array.from(opening, openedAt),
    within: Float64Array.from(opening, (line) =>
      isVague(line) ? (ledger.ended(line) as number) - openedAt(line) : 0,
    ),
  };
};

const openingsOf = (ledger: Ledger, lines: readonly Line[]): Openings => ({
  at: Float64Array.from(lines, (line) => ledger.opened(line) as number).sort(),
  within: null,
});

export const findBeacons: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds, whole } = given;
  const { beaconOpenings, beaconSeconds, beaconJitter } = thresholds;
  for (const pair of pairs.withAtLeast(beaconOpenings, KIND_TRAITS.beacon)) {
    const lines = linesOf(given, [pair], BEACON);
    if (lines.length < beaconOpenings) continue;
    const { at, within } = pairs.holds(pair, VAGUE)
      ? vagueOpeningsOf(ledger, lines)
      : openingsOf(ledger, lines);
    if (at.length < beaconOpenings) continue;
    // Both ends of a distance may lie anywhere in an interval of which nothing more is known.
    const blur = within === null ? 0 : whole.intervalSeconds + SLACK_SECONDS;
    const distances = at.subarray(1).map((moment, i) => moment - (at[i] as number));
    // Their order matters only where each is known to so many seconds of its own.
    const interval = middleOf(within === null ? distances : distances.slice());
    if (interval === undefined || interval < Math.max(beaconSeconds, blur)) continue;
    const known = (i: number): number =>
      within === null ? 0 : Math.max(within[i] as number, within[i + 1] as number);
    const jitter = middleOf(
      distances.map((distance, i) => Math.abs(distance - interval) + known(i)),
    ) as number;
    if (jitter > beaconJitter * interval) continue;
    const regular =
      `every ${spellSeconds(interval)} (median), half of the distances within ±${spellSeconds(jitter)} of it ` +
      `(${Math.round((100 * jitter) / interval)} %).`;
    yield {
      selection: selectPair('beacon', pairs, pair),
      lines,
      evidence:
        within === null
          ? `${spellCount(at.length, 'opening')}, ${regular}`
          : `${spellCount(at.length, 'connection')}, each seen in one interval only, ${regular} These times are those of intervals: ` +
            `an opening may lie up to ${spellSeconds(blur)} beside them.`,
    };
  }
};
