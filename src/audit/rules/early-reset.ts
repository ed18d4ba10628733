/** Resets soon after opening: a service, or its clients, end short-lived connections with RST instead of FIN. */
import { type Found, linesOf, type Rule, selectService } from '../finding.ts';
import { spellCount, spellList, spellNumber, spellSeconds } from '../spell.ts';
import { TRAIT } from '../traits.ts';

export const findEarlyResets: Rule = function* ({ ledger, byService, thresholds }): Generator<Found> {
  const { resets, resetShare, shortSeconds } = thresholds;
  for (const pairs of byService) {
    const selection = selectService('early-reset', pairs[0]);
    const lines = linesOf(ledger, pairs, selection);
    if (lines.length < resets) continue;
    let answered = 0;
    for (const pair of pairs)
      for (const line of pair.lines) if ((ledger.traits(line) & TRAIT.answered) !== 0) answered++;
    if (lines.length < resetShare * answered) continue;
    const byInitiator = lines.filter((line) => (ledger.traits(line) & TRAIT.closedByInitiator) !== 0).length;
    const byResponder = lines.length - byInitiator;
    yield {
      selection,
      pairs,
      evidence:
        `${spellNumber(lines.length)} of ${spellCount(answered, 'answered connection')} reset within ` +
        `${spellSeconds(shortSeconds)} of opening: ${spellList([
          byInitiator === 0 ? '' : `${spellNumber(byInitiator)} by the initiator`,
          byResponder === 0 ? '' : `${spellNumber(byResponder)} by the responder`,
        ])}.`,
    };
  }
};
