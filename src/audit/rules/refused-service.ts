/** Refused services: whoever comes is refused, and nothing was ever answered. Nobody listens there any more, or not yet. */
import { type Found, groupsWith, linesOf, type Rule, selectService } from '../finding.ts';
import { spellCount } from '../spell.ts';
import { TRAIT } from '../traits.ts';

export const findRefusedServices: Rule = function* (given): Generator<Found> {
  const { pairs, thresholds } = given;
  for (const group of groupsWith(pairs, pairs.byService, 'refused', thresholds.refusals)) {
    if (group.some((pair) => pairs.mayHold(pair, TRAIT.answered))) continue;
    const selection = selectService('refused', pairs, group);
    const lines = linesOf(given, group, selection);
    if (lines.length < thresholds.refusals) continue;
    const initiators = group.filter((pair) => linesOf(given, [pair], selection).length > 0).length;
    yield {
      selection,
      lines,
      evidence: `${spellCount(lines.length, 'attempt')} by ${spellCount(initiators, 'initiator')} answered with RST, none with anything else.`,
    };
  }
};
