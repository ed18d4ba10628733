/** Beacons: one initiator opens to one service at regular distances. A timer does so, be it monitoring or malware. */
import { quantileSorted } from 'd3-array';
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import { spellCount, spellSeconds } from '../spell.ts';

/** Of numbers in their order. That these may be in a typed array d3's types do not know. */
const middleOf = (sorted: Float64Array): number | undefined =>
  quantileSorted(sorted as ArrayLike<number> as number[], 0.5);

const BEACON = { kind: 'beacon', openAt: null } as const;

export const findBeacons: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds } = given;
  const { beaconOpenings, beaconSeconds, beaconJitter } = thresholds;
  for (const pair of pairs.withAtLeast(beaconOpenings, KIND_TRAITS.beacon)) {
    const lines = linesOf(given, [pair], BEACON);
    if (lines.length < beaconOpenings) continue;
    const moments = Float64Array.from(lines, (line) => ledger.opened(line) as number).sort();
    const distances = moments.subarray(1).map((moment, i) => moment - (moments[i] as number));
    const interval = middleOf(distances.sort());
    if (interval === undefined || interval < beaconSeconds) continue;
    const deviations = distances.map((distance) => Math.abs(distance - interval)).sort();
    const jitter = middleOf(deviations) as number;
    if (jitter > beaconJitter * interval) continue;
    yield {
      selection: selectPair('beacon', pairs, pair),
      lines,
      evidence:
        `${spellCount(lines.length, 'opening')}, every ${spellSeconds(interval)} (median), half of the distances ` +
        `within ±${spellSeconds(jitter)} of it (${Math.round((100 * jitter) / interval)} %).`,
    };
  }
};
