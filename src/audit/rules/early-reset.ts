/** Resets soon after opening: a service, or its clients, end short-lived connections with RST instead of FIN. */
import { type Found, groupsWith, linesOf, type Rule, selectService } from '../finding.ts';
import { spellCount, spellList, spellNumber, spellSeconds } from '../spell.ts';
import { TRAIT } from '../traits.ts';

export const findEarlyResets: Rule = function* (given): Generator<Found> {
  const { ledger, pairs, thresholds } = given;
  const { resets, resetShare, shortSeconds } = thresholds;
  for (const group of groupsWith(pairs, pairs.byService, 'early-reset', resets)) {
    const lines = linesOf(given, group, { kind: 'early-reset', openAt: null });
    if (lines.length < resets) continue;
    let answered = 0;
    for (const pair of group) answered += pairs.countOf(pair, TRAIT.answered);
    if (lines.length < resetShare * answered) continue;
    const byInitiator = lines.filter((line) => (ledger.traits(line) & TRAIT.closedByInitiator) !== 0).length;
    const byResponder = lines.length - byInitiator;
    yield {
      selection: selectService('early-reset', pairs, group),
      lines,
      evidence:
        `${spellNumber(lines.length)} of ${spellCount(answered, 'answered connection')} reset within ` +
        `${spellSeconds(shortSeconds)} of opening: ${spellList([
          byInitiator === 0 ? '' : `${spellNumber(byInitiator)} by the initiator`,
          byResponder === 0 ? '' : `${spellNumber(byResponder)} by the responder`,
        ])}.`,
    };
  }
};
