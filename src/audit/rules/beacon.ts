/** Beacons: one initiator opens to one service at regular distances. A timer does so, be it monitoring or malware. */
import { median } from 'd3-array';
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import { spellCount, spellSeconds } from '../spell.ts';

export const findBeacons: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds } = given;
  const { beaconOpenings, beaconSeconds, beaconJitter } = thresholds;
  for (const pair of pairs.withAtLeast(beaconOpenings, KIND_TRAITS.beacon)) {
    const selection = selectPair('beacon', pairs, pair);
    const lines = linesOf(given, [pair], selection);
    if (lines.length < beaconOpenings) continue;
    const moments = Float64Array.from(lines, (line) => ledger.opened(line) as number).sort();
    const distances = moments.subarray(1).map((moment, i) => moment - (moments[i] as number));
    const interval = median(distances);
    if (interval === undefined || interval < beaconSeconds) continue;
    const jitter = median(distances, (distance) => Math.abs(distance - interval)) as number;
    if (jitter > beaconJitter * interval) continue;
    yield {
      selection,
      lines,
      evidence:
        `${spellCount(lines.length, 'opening')}, every ${spellSeconds(interval)} (median), half of the distances ` +
        `within ±${spellSeconds(jitter)} of it (${Math.round((100 * jitter) / interval)} %).`,
    };
  }
};
