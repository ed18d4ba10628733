/** All rules, one a kind of finding, and their findings in order. */
import type { Blockage } from '../blocked/blockages.ts';
import { claimsOf, sayClaims } from './claims.ts';
import {
  type Case,
  FINDING_KINDS,
  type Finding,
  type FindingKind,
  type Found,
  MOST_UIDS,
  type Rule,
  type Selection,
  type TraitKind,
  type Unnumbered,
} from './finding.ts';
import type { Line } from './pairs.ts';
import { findBeacons } from './rules/beacon.ts';
import { findEarlyResets } from './rules/early-reset.ts';
import { findHalfOpens } from './rules/half-open.ts';
import { findPortExhaustion } from './rules/port-exhaustion.ts';
import { findRefusedServices } from './rules/refused-service.ts';
import { findRetryStorms } from './rules/retry-storm.ts';
import { findScans } from './rules/scan.ts';
import { findSilentEnds } from './rules/silent-end.ts';
import { stoppedFinding } from './stopped-finding.ts';

const RULES: Readonly<Record<Exclude<TraitKind, 'scan'>, Rule>> = {
  'retry-storm': findRetryStorms,
  refused: findRefusedServices,
  'half-open': findHalfOpens,
  'early-reset': findEarlyResets,
  'silent-end': findSilentEnds,
  beacon: findBeacons,
  'port-exhaustion': findPortExhaustion,
};

const KINDS = Object.keys(FINDING_KINDS) as FindingKind[];

const nameOf = ({ initiator, responder, port }: Selection): string => `${initiator} ${responder} ${port}`;

const complete = ({ ledger }: Case, { selection, lines, evidence }: Found): Unnumbered => {
  const moment = (line: Line): number => ledger.opened(line) ?? Number.POSITIVE_INFINITY;
  lines.sort((a, b) => {
    const [x, y] = [moment(a), moment(b)];
    return x < y ? -1 : x > y ? 1 : ledger.compareUids(a, b);
  });
  // Those without times come last.
  const lastDated = lines.findLast((line) => ledger.opened(line) !== null);
  const claims = claimsOf(ledger, lines);
  return {
    ...selection,
    says: FINDING_KINDS[selection.kind],
    evidence: [evidence, sayClaims(claims, lines.length)].filter((part) => part !== '').join(' '),
    advice: null,
    count: lines.length,
    ...claims,
    firstSeen: lines[0] === undefined ? null : ledger.opened(lines[0]),
    lastSeen: lastDated === undefined ? null : ledger.opened(lastDated),
    uids: lines.slice(0, MOST_UIDS).map((line) => ledger.uid(line)),
    blockage: null,
  };
};

/** By kind, then by how many connections are behind it; equal ones by who takes part. */
const byWeight = (a: Unnumbered, b: Unnumbered): number => {
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
  if (a.count !== b.count) return b.count - a.count;
  const [x, y] = [nameOf(a), nameOf(b)];
  // Of what was stopped to one service at several interfaces the names are the same: those stay in their order.
  return x < y ? -1 : x > y ? 1 : 0;
};

const numbered = (finding: Unnumbered, number: number): Finding => {
  const { blockage } = finding;
  return { number, ...finding, blockage: blockage === null ? null : { ...blockage, number } };
};

/**
 * What all rules find, numbered, beside what was stopped. Scans come before everything else: a scanner's attempts in vain are behind its
 * scan alone.
 * @param onScanners told who scans, to mark their attempts before the other rules see them
 */
export const findAll = (
  given: Case,
  blockages: readonly Blockage[],
  onScanners: (scanners: ReadonlySet<string>) => void,
): Finding[] => {
  const scans = [...findScans(given)];
  onScanners(new Set(scans.flatMap(({ selection }) => selection.initiator ?? [])));
  const others = Object.values(RULES).flatMap((rule) => [...rule(given)]);
  const found = [...scans, ...others].map((each) => complete(given, each));
  return [...blockages.map(stoppedFinding), ...found]
    .sort(byWeight)
    .map((finding, i) => numbered(finding, i + 1));
};
