/**
 * Scans: one initiator, many targets (an address and a port), and mostly no answer. What counts are the
 * connections that it opened; a server that answers many clients opens none of them.
 */
import { type Found, holds, linesOf, type Rule, selectInitiator } from '../finding.ts';
import type { Ledger, Pair } from '../ledger.ts';
import { spellCount, spellList, spellNumber } from '../spell.ts';
import { TRAIT } from '../traits.ts';

const IN_VAIN = TRAIT.counts | TRAIT.unanswered;
const ANSWERED = TRAIT.counts | TRAIT.answered;

const sentence = (ledger: Ledger, lines: readonly number[], missed: readonly Pair[], hit: number): string => {
  const hosts = new Set(missed.map(({ responder }) => responder)).size;
  const ports = new Set(missed.map(({ port }) => port)).size;
  const having = (trait: number): number =>
    lines.filter((line) => (ledger.traits(line) & trait) !== 0).length;
  const [refused, blocked] = [having(TRAIT.refused), having(TRAIT.blocked)];
  const outcomes = spellList([
    refused === 0 ? '' : `${spellNumber(refused)} refused`,
    blocked === 0 ? '' : `${spellNumber(blocked)} blocked`,
    lines.length === refused + blocked ? '' : `${spellNumber(lines.length - refused - blocked)} unanswered`,
  ]);
  return (
    `${spellCount(missed.length, 'target')} tried in vain (${spellCount(hosts, 'address', 'addresses')}, ` +
    `${spellCount(ports, 'port')}) with ${spellCount(lines.length, 'connection')} opened: ${outcomes}; ` +
    `${spellCount(hit, 'other target')} answered.`
  );
};

export const findScans: Rule = function* ({ ledger, byInitiator, thresholds }): Generator<Found> {
  const { scanTargets, scanShare } = thresholds;
  for (const pairs of byInitiator) {
    if (pairs.length < scanTargets) continue;
    const missed: Pair[] = [];
    let hit = 0;
    for (const pair of pairs) {
      if (holds(ledger, pair, ANSWERED)) hit++;
      else if (holds(ledger, pair, IN_VAIN)) missed.push(pair);
    }
    if (missed.length < scanTargets || missed.length < scanShare * (missed.length + hit)) continue;
    const selection = selectInitiator('scan', pairs[0]);
    const lines = linesOf(ledger, pairs, selection);
    yield { selection, pairs, evidence: sentence(ledger, lines, missed, hit) };
  }
};
