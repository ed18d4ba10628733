/**
 * Half-open attempts: SYN, SYN-ACK, and then nothing from the initiator, or the RST of a system that knows of
 * no attempt. One initiator doing so at many services looks for open ports; many doing so at one fill its queue.
 */
import { type Found, groupsWith, linesOf, type Rule, selectInitiator, selectService } from '../finding.ts';
import type { Pairs } from '../pairs.ts';
import { spellCount } from '../spell.ts';
import { TRAIT } from '../traits.ts';

const HALF_OPEN = TRAIT.counts | TRAIT.halfOpen;

const countConcerned = (pairs: Pairs, group: Int32Array): number => {
  let concerned = 0;
  for (const pair of group) if (pairs.holds(pair, HALF_OPEN)) concerned++;
  return concerned;
};

export const findHalfOpens: Rule = function* (given): Generator<Found> {
  const { pairs, thresholds } = given;
  const { halfOpens } = thresholds;
  for (const group of groupsWith(pairs, pairs.byInitiator, 'half-open', halfOpens)) {
    const selection = selectInitiator('half-open', pairs, group);
    const lines = linesOf(given, group, selection);
    if (lines.length < halfOpens) continue;
    const services = countConcerned(pairs, group);
    yield {
      selection,
      lines,
      evidence: `${spellCount(lines.length, 'attempt')} at ${spellCount(services, 'service')} answered with SYN-ACK and not completed.`,
    };
  }
  for (const group of pairs.byService.withAtLeast(halfOpens, HALF_OPEN)) {
    const initiators = countConcerned(pairs, group);
    if (initiators < halfOpens) continue;
    const selection = selectService('half-open', pairs, group);
    const lines = linesOf(given, group, selection);
    yield {
      selection,
      lines,
      evidence: `${spellCount(lines.length, 'attempt')} by ${spellCount(initiators, 'initiator')} answered with SYN-ACK and not completed.`,
    };
  }
};
