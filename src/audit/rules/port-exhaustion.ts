/**
 * Ephemeral ports running out: so many connections at once from one address to one destination that the ports
 * of a NAT gateway's address hardly suffice. What finds no port never gets into the log, so the finding begins
 * below the limit.
 */
import { PORT_LIMIT_SOURCE } from '../aws-limits.ts';
import { type Found, KIND_TRAITS, linesOf, type Rule, selectPair } from '../finding.ts';
import type { Ledger } from '../ledger.ts';
import type { Line } from '../pairs.ts';
import { spellNumber } from '../spell.ts';

interface Peak {
  readonly count: number;
  readonly at: number;
}

/** The moment at which most were open at once, by the times of their records. */
const peakOf = (ledger: Ledger, lines: readonly Line[]): Peak => {
  const opened = new Float64Array(lines.length);
  const ended = new Float64Array(lines.length);
  let count = 0;
  for (const line of lines) {
    const [from, until] = [ledger.opened(line), ledger.ended(line)];
    if (from === null || until === null || until < from) continue;
    opened[count] = from;
    ended[count++] = until;
  }
  const begins = opened.subarray(0, count).sort();
  const ends = ended.subarray(0, count).sort();
  let peak: Peak = { count: 0, at: 0 };
  let gone = 0;
  for (let i = 0; i < count; i++) {
    const at = begins[i] as number;
    while ((ends[gone] as number) < at) gone++;
    if (i + 1 - gone > peak.count) peak = { count: i + 1 - gone, at };
  }
  return peak;
};

export const findPortExhaustion: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds } = given;
  const { portLimit, portShare } = thresholds;
  const enough = portLimit * portShare;
  for (const pair of pairs.withAtLeast(enough, KIND_TRAITS['port-exhaustion'])) {
    const all = selectPair('port-exhaustion', pairs, pair);
    const { count, at } = peakOf(ledger, linesOf(given, [pair], all));
    if (count < enough) continue;
    const selection = { ...all, openAt: at };
    yield {
      selection,
      lines: linesOf(given, [pair], selection),
      evidence:
        `${spellNumber(count)} connections open at once, by the times of their records, to one destination; ` +
        `a NAT gateway has ports for ${spellNumber(portLimit)} (${PORT_LIMIT_SOURCE}).`,
    };
  }
};
