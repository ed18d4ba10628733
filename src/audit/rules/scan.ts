/**
 * Scans and sweeps: one initiator, many targets (an address and a port), and mostly no answer. What counts are the
 * connections that it opened; a server that answers many clients opens none of them. Where no flags tell how an attempt went,
 * a target counts of which one interval alone shows anything, and no more than an attempt and its answer.
 */
import { group as groupBy } from 'd3-array';
import { MOST_ATTEMPT_PACKETS } from '../../meaning/unanswered.ts';
import { SLACK_SECONDS } from '../aws-limits.ts';
import { type Case, type Found, linesOf, type Rule, selectInitiator } from '../finding.ts';
import type { PairNumber, Pairs } from '../pairs.ts';
import { spellCount, spellList, spellNumber } from '../spell.ts';
import { TRAIT } from '../traits.ts';

const IN_VAIN = TRAIT.counts | TRAIT.unanswered;
const ANSWERED = TRAIT.counts | TRAIT.answered;
const PROBED = TRAIT.counts | TRAIT.probe;

/** Few ports of many hosts are swept, many ports of few hosts are scanned. */
const FEW = 3;

/** Below, ports are those of services: clients bind none of them, not even those that bind reserved ports (NFS, rsh). */
const FIRST_CLIENT_PORT = 512;
/** Targets from one port of the initiator that are too many for an accident. */
const SEVERAL = 3;
/** A scanner asks hosts for the same ports; those that clients chose by themselves are hardly ever the same. */
const SHARED_BY = 2;
const SHARED_SHARE = 0.1;

/** How an initiator's targets went, each a pair with it. */
interface Targets {
  /** Tried in vain. */
  readonly missed: readonly PairNumber[];
  /** Seen in one interval only, and with so little that nothing may have come of it. */
  readonly probed: readonly PairNumber[];
  /** Answered, without flags with more than that. */
  readonly hit: number;
  /** Of those with so little, what was come back to, and what may be a client: no targets of a scan for certain. */
  readonly unsure: number;
}

/** Over how many hosts and ports targets are spread. */
const spreadOf = (
  pairs: Pairs,
  targets: readonly PairNumber[],
): { readonly hosts: number; readonly ports: number } => ({
  hosts: new Set(targets.map((pair) => pairs.responderId(pair))).size,
  ports: new Set(targets.map((pair) => pairs.port(pair))).size,
});

/** Who comes back to a target looks after it, as monitoring does, or uses it. */
const isSeenOnce = ({ ledger, pairs, whole }: Case, pair: PairNumber): boolean => {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const line of pairs.lines(pair)) {
    const [opened, ended] = [ledger.opened(line), ledger.ended(line)];
    if (opened === null || ended === null) return false;
    first = Math.min(first, opened);
    last = Math.max(last, ended);
  }
  return last - first <= whole.intervalSeconds + SLACK_SECONDS;
};

/**
 * Whether what was reached from one port of an initiator may as well be clients of a service on that port, taken for each
 * other: as a server's answers with roles turned round would, it goes to ports that clients bind, each of a few hosts alone.
 */
const mayBeClients = (pairs: Pairs, targets: readonly PairNumber[]): boolean => {
  if (targets.length < SEVERAL) return false;
  if (targets.some((pair) => (pairs.port(pair) ?? 0) < FIRST_CLIENT_PORT)) return false;
  const { hosts, ports } = spreadOf(pairs, targets);
  return targets.length < SHARED_BY * ports || targets.length < SHARED_SHARE * hosts * ports;
};

/** Targets without those that may be clients. */
const withoutClients = ({ ledger, pairs }: Case, targets: readonly PairNumber[]): PairNumber[] => {
  const byPort = groupBy(targets, (pair) => ledger.initiatorPort(pairs.lines(pair)[0] as number));
  return [...byPort.values()].flatMap((group) => (mayBeClients(pairs, group) ? [] : group));
};

const targetsOf = (given: Case, group: Int32Array): Targets => {
  const { pairs } = given;
  const missed: PairNumber[] = [];
  const probed: PairNumber[] = [];
  let [hit, unsure] = [0, 0];
  for (const pair of group) {
    if (pairs.holds(pair, ANSWERED)) hit++;
    else if (pairs.holds(pair, IN_VAIN)) missed.push(pair);
    else if (pairs.holds(pair, PROBED)) {
      if (isSeenOnce(given, pair)) probed.push(pair);
      else unsure++;
    }
  }
  const sure = withoutClients(given, probed);
  return { missed, probed: sure, hit, unsure: unsure + probed.length - sure.length };
};

const portName = (pairs: Pairs, pair: PairNumber): string => {
  const port = pairs.port(pair);
  return port === null ? '1 port' : `port ${port}`;
};

/** What was tried of whom: ports, hosts, or both. */
const shapeOf = (pairs: Pairs, targets: readonly PairNumber[]): string => {
  const { hosts, ports } = spreadOf(pairs, targets);
  const name = ports <= FEW && hosts > ports ? 'A sweep' : hosts <= FEW ? 'A port scan' : 'A scan and sweep';
  const which = ports === 1 ? portName(pairs, targets[0] as PairNumber) : spellCount(ports, 'port');
  return `${name}: ${which} of ${spellCount(hosts, 'address', 'addresses')}.`;
};

const sentence = (
  { ledger, pairs }: Case,
  lines: readonly number[],
  { missed, probed, hit, unsure }: Targets,
): string => {
  const having = (trait: number): number =>
    lines.filter((line) => (ledger.traits(line) & trait) !== 0).length;
  const [attempts, refused, blocked] = [TRAIT.unanswered, TRAIT.refused, TRAIT.blocked].map(having) as [
    number,
    number,
    number,
  ];
  const outcomes = spellList([
    refused === 0 ? '' : `${spellNumber(refused)} refused`,
    blocked === 0 ? '' : `${spellNumber(blocked)} blocked`,
    attempts === refused + blocked ? '' : `${spellNumber(attempts - refused - blocked)} unanswered`,
  ]);
  const parts = [
    missed.length === 0
      ? ''
      : `${spellCount(missed.length, 'target')} tried in vain in ${spellCount(attempts, 'attempt')}: ${outcomes}`,
    probed.length === 0
      ? ''
      : `${spellCount(probed.length, 'target')}, each seen in one interval only, at most ${MOST_ATTEMPT_PACKETS} packets a side and no payload`,
    `${spellCount(hit, 'other target')} answered${probed.length === 0 ? '' : ' with more'}`,
    unsure === 0 ? '' : `${spellCount(unsure, 'target')} left out, come back to or perhaps clients`,
  ];
  return `${shapeOf(pairs, [...missed, ...probed])} ${parts.filter((part) => part !== '').join('; ')}.`;
};

export const findScans: Rule = function* (given): Generator<Found> {
  const { pairs, thresholds } = given;
  const { scanTargets, scanShare } = thresholds;
  for (const group of pairs.byInitiator) {
    if (group.length < scanTargets) continue;
    const targets = targetsOf(given, group);
    const tried = targets.missed.length + targets.probed.length;
    if (tried < scanTargets || tried < scanShare * (tried + targets.hit + targets.unsure)) continue;
    const selection = selectInitiator('scan', pairs, group);
    const lines = linesOf(given, group, selection);
    yield { selection, lines, evidence: sentence(given, lines, targets) };
  }
};
