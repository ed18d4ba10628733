/** Retry storms: one initiator tries one service again and again within minutes, and never gets through. */
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import { spellCount, spellNumber, spellSeconds } from '../spell.ts';

/** The most moments of a sorted list that lie within so many seconds. */
const densest = (sorted: Float64Array, seconds: number): number => {
  let most = 0;
  let from = 0;
  for (let until = 0; until < sorted.length; until++) {
    while ((sorted[until] as number) - (sorted[from] as number) > seconds) from++;
    most = Math.max(most, until - from + 1);
  }
  return most;
};

export const findRetryStorms: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds } = given;
  const { stormAttempts, stormSeconds } = thresholds;
  for (const pair of pairs.withAtLeast(stormAttempts, KIND_TRAITS['retry-storm'])) {
    const selection = selectPair('retry-storm', pairs, pair);
    const lines = linesOf(given, [pair], selection);
    const moments = lines.flatMap((line) => ledger.opened(line) ?? []);
    const most = densest(Float64Array.from(moments).sort(), stormSeconds);
    if (most < stormAttempts) continue;
    const others = pairs.count(pair) - lines.length;
    yield {
      selection,
      lines,
      evidence:
        `${spellCount(lines.length, 'attempt')} in vain, up to ${spellNumber(most)} of them within ` +
        `${spellSeconds(stormSeconds)}; ${others === 0 ? 'none' : spellNumber(others)} of its attempts got through.`,
    };
  }
};
