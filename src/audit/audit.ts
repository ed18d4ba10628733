/**
 * The audit of short-lived connections: takes connections one after the other, keeps a line of each, and says
 * in the end how long they lived, who opens the short ones, and what looks like trouble. It reads no logs and
 * decides nothing about a connection; where the bounds of a duration do not tell, it says so.
 */
import { noteRest } from '../blocked/advice.ts';
import { Blockages, isBehind } from '../blocked/blockages.ts';
import {
  type Connection,
  type ConnectionState,
  type EvidenceKind,
  INITIATOR_BASES,
} from '../model/connection.ts';
import type { ConnectionOutline, Outline } from '../model/outline.ts';
import { noUpshots, type UpshotCounts, upshotOf } from '../model/upshots.ts';
import { INTERVALS, SLACK_SECONDS } from './aws-limits.ts';
import { DistributionTally, type Durations, type Sizes } from './distributions.ts';
import {
  type Case,
  FINDING_KINDS,
  type Finding,
  type FindingKind,
  STOPPED_KINDS,
  selects,
  type TraitKind,
} from './finding.ts';
import { Ledger } from './ledger.ts';
import { LIFETIMES, type Lifetime, type LifetimeCounts, lifetimeOf, mostSeenOf } from './lifetime.ts';
import { noteLimits } from './notes.ts';
import type { OpenerIds } from './opener-ids.ts';
import { type Opener, rankOpeners } from './openers.ts';
import { findAll } from './rules.ts';
import { type AuditOptions, type AuditThresholds, completeThresholds } from './thresholds.ts';
import { markScanning, settle, TRAIT, traitsOf, type Whole } from './traits.ts';

/** How many connections have an initiator on what kind of evidence. */
export type InitiatorCounts = Readonly<Record<EvidenceKind, number>>;

export interface AuditResult {
  readonly thresholds: AuditThresholds;
  /** TCP connections: all that the audit is about. */
  readonly connections: number;
  /** Exchanges of other protocols, which have no opening and no end: only what was stopped of them is told. */
  readonly exchanges: number;
  /** What they came to: what was opened, what was tried in vain, and how. They add up to `connections`. */
  readonly upshots: UpshotCounts;
  /** They add up to `connections`. */
  readonly lifetimes: LifetimeCounts;
  /** The same by outcome, in the order of the model; they add up to `lifetimes`. */
  readonly outcomes: readonly { readonly state: ConnectionState; readonly lifetimes: LifetimeCounts }[];
  /** The most seconds that what was seen of one in one interval only can span; null where there are none. */
  readonly longestInOneInterval: number | null;
  /** Of how many it is observed, inferred or unknown who opened them. They add up to `connections`. */
  readonly initiators: InitiatorCounts;
  readonly durations: Durations;
  readonly sizes: Sizes;
  /** Who opens the most that are short-lived, or were seen in one interval only; the first 1,000. */
  readonly openers: readonly Opener[];
  /** How many there are. */
  readonly openerCount: number;
  readonly findings: readonly Finding[];
  /** How many findings of each kind there are. */
  readonly findingCounts: Readonly<Record<FindingKind, number>>;
  /** The aggregation interval that the connections show, in seconds: 60, or 600 where one interval is longer. */
  readonly intervalSeconds: number;
  /** False where the input holds one direction only: silence then proves nothing and is no evidence. */
  readonly answersAreLogged: boolean;
  /** Connections and exchanges of which nothing but late packets was rejected: noise, in no finding. */
  readonly late: number;
  /** Sentences on what is noise, and on what these connections cannot tell. */
  readonly notes: readonly string[];
}

const noLifetimes = (): Record<Lifetime, number> =>
  Object.fromEntries(Object.keys(LIFETIMES).map((name) => [name, 0])) as Record<Lifetime, number>;

export class Audit {
  readonly #thresholds: AuditThresholds;
  readonly #ledger: Ledger;
  readonly #blockages = new Blockages(STOPPED_KINDS);
  readonly #distributions = new DistributionTally();
  readonly #outcomes = new Map<ConnectionState, Record<Lifetime, number>>();
  readonly #upshots = noUpshots();
  readonly #initiators: Record<EvidenceKind, number> = { observed: 0, inferred: 0, unknown: 0 };
  #longestInOneInterval: number | null = null;
  #exchanges = 0;
  /** The longest connection within one interval, in seconds. */
  #widest = 0;
  #answersAreLogged = false;

  /**
   * @param ids may be shared with other counts of the same connections
   * @throws OptionError (option-invalid) for a threshold that cannot be
   */
  constructor(options: AuditOptions = {}, ids?: OpenerIds) {
    this.#ledger = new Ledger(ids);
    this.#thresholds = completeThresholds(options);
  }

  /**
   * Takes a connection, of which nothing is kept but what the audit needs: an outline will do. Of each service that
   * something was stopped of at an interface the first is asked for as a whole.
   * @param pair its number among the shared ids, where it is known already
   */
  add(connection: Connection | ConnectionOutline, pair?: number): void {
    this.#blockages.add(connection);
    const { state, windows, firstSeen, lastSeen, initiatorBasis } = connection;
    if (state === null) {
      this.#exchanges++;
      return;
    }
    const traits = traitsOf(connection, this.#thresholds);
    this.#ledger.add(connection, traits, pair);
    this.#distributions.add(connection, (traits & TRAIT.short) !== 0);
    this.#upshots[upshotOf(connection)]++;
    const lifetime = lifetimeOf(connection, this.#thresholds.shortSeconds);
    this.#count(state, lifetime);
    this.#initiators[INITIATOR_BASES[initiatorBasis].kind]++;
    if (lifetime === 'oneInterval')
      this.#longestInOneInterval = Math.max(this.#longestInOneInterval ?? 0, mostSeenOf(connection));
    if (windows === 1 && firstSeen !== null && lastSeen !== null)
      this.#widest = Math.max(this.#widest, lastSeen - firstSeen);
    if (!connection.oneSided || (traits & TRAIT.blocked) !== 0 || connection.rejectedSide !== null)
      this.#answersAreLogged = true;
  }

  #count(state: ConnectionState, lifetime: Lifetime): void {
    let counts = this.#outcomes.get(state);
    if (counts === undefined) {
      counts = noLifetimes();
      this.#outcomes.set(state, counts);
    }
    counts[lifetime]++;
  }

  /** What was found; the audit is over then. */
  result(): AuditResult {
    const thresholds = this.#thresholds;
    const ledger = this.#ledger;
    const intervalSeconds = this.#widest > INTERVALS.short + SLACK_SECONDS ? INTERVALS.long : INTERVALS.short;
    const answersAreLogged = this.#answersAreLogged;
    const whole: Whole = { thresholds, intervalSeconds, answersAreLogged };
    ledger.settle(whole);
    const pairs = ledger.pairs();
    const given: Case = { ledger, pairs, thresholds, whole };
    const { blockages, late, unclear } = this.#blockages.result();
    const findings = findAll(given, blockages, (scanners) => ledger.markScanning(pairs, scanners));
    const { openers, count } = rankOpeners(ledger, pairs);
    const lifetimes = noLifetimes();
    for (const counts of this.#outcomes.values())
      for (const name of Object.keys(counts) as Lifetime[]) lifetimes[name] += counts[name];
    const findingCounts = Object.fromEntries(
      Object.keys(FINDING_KINDS).map((kind) => [kind, findings.filter((each) => each.kind === kind).length]),
    ) as Record<FindingKind, number>;
    return {
      thresholds,
      connections: ledger.size,
      exchanges: this.#exchanges,
      upshots: { ...this.#upshots },
      lifetimes,
      outcomes: [...this.#outcomes]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([state, counts]) => ({ state, lifetimes: { ...counts } })),
      longestInOneInterval: this.#longestInOneInterval,
      initiators: { ...this.#initiators },
      durations: this.#distributions.durations(),
      sizes: this.#distributions.sizes(),
      openers,
      openerCount: count,
      findings,
      findingCounts,
      intervalSeconds,
      answersAreLogged,
      late,
      notes: [
        ...noteRest({ late, unclear }),
        ...noteLimits({ thresholds, lifetimes, intervalSeconds, answersAreLogged }),
      ],
    };
  }
}

/**
 * Audits connections: how long they lived, who opens the short ones, and what looks like trouble.
 * @throws OptionError (option-invalid) for a threshold that cannot be
 * @example const { findings } = await auditShortLived(reconstruct('logs/'), { shortSeconds: 660 })
 */
export const auditShortLived = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  options: AuditOptions = {},
): Promise<AuditResult> => {
  const audit = new Audit(options);
  for await (const connection of connections) audit.add(connection);
  return audit.result();
};

/**
 * Whether a connection is behind a finding, to be asked while going through the same connections again.
 * @example const isBehind = connectionsBehind(result, result.findings[0])
 */
export const connectionsBehind = (
  result: AuditResult,
  finding: Finding,
): ((connection: Outline) => boolean) => {
  const { blockage } = finding;
  if (blockage !== null) return (connection) => isBehind(connection, blockage);
  const selection = { ...finding, kind: finding.kind as TraitKind };
  const scanners = new Set(
    result.findings.flatMap(({ kind, initiator }) =>
      kind === 'scan' && initiator !== null ? initiator : [],
    ),
  );
  return (connection) => {
    if (connection.state === null) return false;
    const { initiator, responder, openedAt, firstSeen, lastSeen } = connection;
    const traits = settle(traitsOf(connection, result.thresholds), connection, result);
    return selects(selection, {
      initiator: initiator.address,
      responder: responder.address,
      port: responder.port,
      traits: scanners.has(initiator.address) ? markScanning(traits) : traits,
      opened: openedAt ?? firstSeen,
      ended: lastSeen,
    });
  };
};
