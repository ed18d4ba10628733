/**
 * Connections that died after a silence: proven to have been quiet for as long as AWS forgets connections
 * after, and ended by a reset or cut off by a rejection. Their clients need keepalive.
 */
import { max } from 'd3-array';
import { sayBounds } from '../../model/lasted.ts';
import { IDLE_TIMEOUTS } from '../aws-limits.ts';
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import { longestSilence } from '../silence.ts';
import { spellCount } from '../spell.ts';

/** Whose documented limits such a silence is beyond. */
const beyond = (seconds: number): string =>
  IDLE_TIMEOUTS.filter((limit) => limit.seconds <= seconds)
    .map((limit) => `${limit.who} (${limit.seconds} s, ${limit.source})`)
    .join('; ');

export const findSilentEnds: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds, whole } = given;
  for (const pair of pairs.withAtLeast(thresholds.silences, KIND_TRAITS['silent-end'])) {
    const selection = selectPair('silent-end', pairs, pair);
    const lines = linesOf(given, [pair], selection);
    if (lines.length < thresholds.silences) continue;
    const longest = max(lines, (line) => {
      const span = ledger.span(line);
      return span === null ? 0 : longestSilence(span, whole.intervalSeconds);
    }) as number;
    const limits = beyond(longest);
    const forgotten = limits === '' ? '' : ` Idle limits that it is beyond: ${limits}.`;
    yield {
      selection,
      lines,
      evidence:
        `${spellCount(lines.length, 'connection')} silent at a stretch for ${sayBounds(thresholds.silenceSeconds, null)} ` +
        `(the longest for ${sayBounds(longest, null)}), then reset or rejected.${forgotten}`,
    };
  }
};
