/**
 * Scans: one initiator, many targets (an address and a port), and mostly no answer. What counts are the
 * connections that it opened; a server that answers many clients opens none of them.
 */
import { type Case, type Found, linesOf, type Rule, selectInitiator } from '../finding.ts';
import type { PairNumber } from '../pairs.ts';
import { spellCount, spellList, spellNumber } from '../spell.ts';
import { TRAIT } from '../traits.ts';

const IN_VAIN = TRAIT.counts | TRAIT.unanswered;
const ANSWERED = TRAIT.counts | TRAIT.answered;

const sentence = (
  { ledger, pairs }: Case,
  lines: readonly number[],
  missed: readonly PairNumber[],
  hit: number,
): string => {
  const hosts = new Set(missed.map((pair) => pairs.responderId(pair))).size;
  const ports = new Set(missed.map((pair) => pairs.port(pair))).size;
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
    `${spellCount(ports, 'port')}) in ${spellCount(lines.length, 'attempt')}: ${outcomes}; ` +
    `${spellCount(hit, 'other target')} answered.`
  );
};

export const findScans: Rule = function* (given): Generator<Found> {
  const { pairs, thresholds } = given;
  const { scanTargets, scanShare } = thresholds;
  for (const group of pairs.byInitiator) {
    if (group.length < scanTargets) continue;
    const missed: PairNumber[] = [];
    let hit = 0;
    for (const pair of group) {
      if (pairs.holds(pair, ANSWERED)) hit++;
      else if (pairs.holds(pair, IN_VAIN)) missed.push(pair);
    }
    if (missed.length < scanTargets || missed.length < scanShare * (missed.length + hit)) continue;
    const selection = selectInitiator('scan', pairs, group);
    const lines = linesOf(given, group, selection);
    yield { selection, lines, evidence: sentence(given, lines, missed, hit) };
  }
};
