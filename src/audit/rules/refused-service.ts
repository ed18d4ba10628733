/** Refused services: whoever comes is refused, and nothing was ever answered. Nobody listens there any more, or not yet. */
import { type Found, linesOf, mayHold, type Rule, selectService } from '../finding.ts';
import { spellCount } from '../spell.ts';
import { TRAIT } from '../traits.ts';

export const findRefusedServices: Rule = function* ({ ledger, byService, thresholds }): Generator<Found> {
  for (const pairs of byService) {
    const selection = selectService('refused', pairs[0]);
    const lines = linesOf(ledger, pairs, selection);
    if (lines.length < thresholds.refusals) continue;
    if (pairs.some((pair) => mayHold(pair, TRAIT.answered))) continue;
    const initiators = pairs.filter((pair) => linesOf(ledger, [pair], selection).length > 0).length;
    yield {
      selection,
      pairs,
      evidence: `${spellCount(lines.length, 'attempt')} by ${spellCount(initiators, 'initiator')} answered with RST, none with anything else.`,
    };
  }
};
