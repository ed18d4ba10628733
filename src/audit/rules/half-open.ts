/**
 * Half-open attempts: SYN, SYN-ACK, and then nothing from the initiator, or the RST of a system that knows of
 * no attempt. One initiator doing so at many services looks for open ports; many doing so at one fill its queue.
 */
import { type Found, holds, linesOf, type Rule, selectInitiator, selectService } from '../finding.ts';
import type { Ledger, Pair } from '../ledger.ts';
import { spellCount } from '../spell.ts';
import { TRAIT } from '../traits.ts';

const HALF_OPEN = TRAIT.counts | TRAIT.halfOpen;

const concernedOf = (ledger: Ledger, pairs: readonly Pair[]): Pair[] =>
  pairs.filter((pair) => holds(ledger, pair, HALF_OPEN));

export const findHalfOpens: Rule = function* ({
  ledger,
  byInitiator,
  byService,
  thresholds,
}): Generator<Found> {
  const { halfOpens } = thresholds;
  for (const pairs of byInitiator) {
    const selection = selectInitiator('half-open', pairs[0]);
    const { length } = linesOf(ledger, pairs, selection);
    if (length < halfOpens) continue;
    const services = concernedOf(ledger, pairs).length;
    yield {
      selection,
      pairs,
      evidence: `${spellCount(length, 'attempt')} at ${spellCount(services, 'service')} answered with SYN-ACK and not completed.`,
    };
  }
  for (const pairs of byService) {
    const initiators = concernedOf(ledger, pairs).length;
    if (initiators < halfOpens) continue;
    const selection = selectService('half-open', pairs[0]);
    const { length } = linesOf(ledger, pairs, selection);
    yield {
      selection,
      pairs,
      evidence: `${spellCount(length, 'attempt')} by ${spellCount(initiators, 'initiator')} answered with SYN-ACK and not completed.`,
    };
  }
};
