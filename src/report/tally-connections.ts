/**
 * The numbers of a report: counted one connection at a time, over all of them while it is made and over those
 * that pass the filter while it is read. It keeps counts and no connection.
 */
import { AddressIds } from '../audit/address-ids.ts';
import { GrowingNumbers } from '../audit/growing-numbers.ts';
import { NO_PORT, OpenerIds } from '../audit/opener-ids.ts';
import { PairIds } from '../audit/pair-ids.ts';
import { isUnanswered } from '../meaning/unanswered.ts';
import { type EvidenceKind, INITIATOR_BASES } from '../model/connection.ts';
import { runThrough, STEP, type Steps, sortInSteps } from '../model/in-steps.ts';
import type { Outline } from '../model/outline.ts';
import { networkOf, networkOfIPv4 } from './network-of.ts';

/** Upper ends of the classes of durations, in seconds; the last class has none. */
export const DURATION_LIMITS = [60, 120, 300, 900, 3600, 21_600, 86_400] as const;

/** How a connection's duration is known: bounded above, or only "at least" (open at an end of the log). */
export type DurationKind = 'within' | 'at least';

/** Connections of one opener, or of one network's, to one service. */
export interface OpenerCount {
  /** An address, or a network in CIDR notation where single ones would be too many; so is the responder. */
  readonly initiator: string;
  readonly responder: string;
  readonly port: number | null;
  readonly count: number;
  /** Those of them that got no answer, were refused or blocked. */
  readonly failed: number;
}

export interface Numbers {
  readonly connections: number;
  readonly exchanges: number;
  readonly states: Readonly<Record<string, number>>;
  readonly evidence: Readonly<Record<EvidenceKind, number>>;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Both sides, at the first vantage of each. */
  readonly bytes: number;
  readonly short: number;
  readonly failed: number;
  readonly oneSided: number;
  readonly gaps: number;
  readonly mayHideReuse: number;
  readonly contradicted: number;
  /** A count a class, one longer than the limits. */
  readonly durations: Readonly<Record<DurationKind, readonly number[]>>;
  readonly timeless: number;
  /** Pairs of opener and service, the most frequent first; no more than asked for. */
  readonly openers: readonly OpenerCount[];
  /** Connections of pairs that the list does not hold, or that nobody could name. */
  readonly otherOpeners: number;
  readonly unknownOpeners: number;
}

/** An attempt that led to nothing. */
export const hasFailed = (connection: Pick<Outline, 'state' | 'verdict'>): boolean =>
  isUnanswered(connection) || connection.state === 'blocked' || connection.state === 'refused';

/** Shorter than two intervals of a minute as far as the records bound it, in seconds. */
export const SHORT_SECONDS = 120;

const classOf = (seconds: number): number => {
  const at = DURATION_LIMITS.findIndex((limit) => seconds <= limit);
  return at < 0 ? DURATION_LIMITS.length : at;
};

const increase = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** Pairs that are told apart; what comes after counts as others, so that a scan of the world fits into memory. */
const MOST_PAIRS = 1_000_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const sumOf = (numbers: Uint8Array): number => {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
};

/** How addresses that were counted are named: those with the same name have the same number. */
interface Naming {
  idOf(address: number): number;
  nameOf(id: number): string;
}

const byAddress = (addresses: AddressIds): Naming => ({
  idOf: (address) => address,
  nameOf: (id) => addresses.address(id),
});

const byNetwork = (addresses: AddressIds): Naming => {
  const networks = new AddressIds();
  const known = new Int32Array(addresses.size).fill(-1);
  const find = (address: number): number => {
    const ipv4 = addresses.ipv4(address);
    if (ipv4 !== undefined) return networks.ofIPv4(networkOfIPv4(ipv4));
    return networks.ofText(networkOf(addresses.address(address)));
  };
  return {
    idOf: (address) => {
      // An address is in many pairs.
      if (known[address] === -1) known[address] = find(address);
      return known[address] as number;
    },
    // The network of a network is itself.
    nameOf: (id) => networkOf(networks.address(id)),
  };
};

export class ConnectionTally {
  readonly #ids: OpenerIds;
  #connections = 0;
  #exchanges = 0;
  #bytes = 0;
  #short = 0;
  #failed = 0;
  #oneSided = 0;
  #gaps = 0;
  #mayHideReuse = 0;
  #contradicted = 0;
  #timeless = 0;
  #otherOpeners = 0;
  #unknownOpeners = 0;
  readonly #states = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();
  readonly #evidence: Record<EvidenceKind, number> = { observed: 0, inferred: 0, unknown: 0 };
  readonly #durations = {
    within: Array.from({ length: DURATION_LIMITS.length + 1 }, () => 0),
    'at least': Array.from({ length: DURATION_LIMITS.length + 1 }, () => 0),
  };
  /** Connections of each pair, by its number, and those of them that failed. */
  readonly #counts = new GrowingNumbers(Int32Array);
  readonly #failures = new GrowingNumbers(Int32Array);
  #pairs = 0;

  /** @param ids may be shared with other counts of the same connections */
  constructor(ids: OpenerIds = new OpenerIds()) {
    this.#ids = ids;
  }

  /** @param pair its number among the shared ids, where it is known already */
  add(connection: Outline, pair?: number): void {
    const { state, protocol, initiator, responder } = connection;
    if (state === null) this.#exchanges++;
    else this.#connections++;
    increase(this.#states, state ?? protocol);
    increase(this.#verdicts, connection.verdict);
    this.#evidence[INITIATOR_BASES[connection.initiatorBasis].kind]++;
    this.#bytes += (initiator.bytes ?? 0) + (responder.bytes ?? 0);
    if (hasFailed(connection)) this.#failed++;
    if (connection.oneSided) this.#oneSided++;
    if (connection.hasGap) this.#gaps++;
    if (connection.mayHideReuse) this.#mayHideReuse++;
    if (connection.contradicted) this.#contradicted++;
    this.#addDuration(connection);
    this.#addOpener(connection, pair);
  }

  #addDuration({ durationMin, durationMax, state }: Outline): void {
    if (state !== null && durationMax !== null && durationMax <= SHORT_SECONDS) this.#short++;
    const kind = durationMax !== null ? 'within' : 'at least';
    const seconds = durationMax ?? durationMin;
    if (seconds === null) {
      this.#timeless++;
      return;
    }
    const counts = this.#durations[kind];
    const at = classOf(seconds);
    counts[at] = (counts[at] ?? 0) + 1;
  }

  #addOpener(connection: Outline, known: number | undefined): void {
    if (connection.initiatorBasis === 'none') {
      this.#unknownOpeners++;
      return;
    }
    const counts = this.#counts;
    const failures = this.#failures;
    const pair = known ?? this.#ids.of(connection);
    while (counts.count <= pair) {
      counts.push(0);
      failures.push(0);
    }
    const before = counts.at(pair);
    if (before === 0) {
      if (this.#pairs === MOST_PAIRS) {
        this.#otherOpeners++;
        return;
      }
      this.#pairs++;
    }
    counts.put(pair, before + 1);
    if (hasFailed(connection)) failures.put(pair, failures.at(pair) + 1);
  }

  /** How many initiators and how many services there are among the pairs that were counted. */
  *#parties(): Steps<{ initiators: number; services: number }> {
    const { addresses, services, pairs } = this.#ids;
    const counts = this.#counts.values;
    const isInitiator = new Uint8Array(addresses.size);
    const isService = new Uint8Array(services.size);
    for (let pair = 0; pair < counts.length; pair++) {
      if (pair % STEP === STEP - 1) yield;
      if (counts[pair] === 0) continue;
      isInitiator[pairs.first(pair)] = 1;
      isService[pairs.second(pair)] = 1;
    }
    return { initiators: sumOf(isInitiator), services: sumOf(isService) };
  }

  /** The pairs under the names that the matrix gives them: networks where single addresses are too many. */
  *#namedPairs(hosts: number, services: number): Steps<OpenerCount[]> {
    const ids = this.#ids;
    const counts = this.#counts.values;
    const parties = yield* this.#parties();
    const namingOf = (areMany: boolean): Naming => (areMany ? byNetwork : byAddress)(ids.addresses);
    const initiators = namingOf(parties.initiators > hosts);
    const responders = namingOf(parties.services > services);
    const namedServices = new PairIds();
    const named = new PairIds();
    const pairs: Mutable<OpenerCount>[] = [];
    for (let pair = 0; pair < counts.length; pair++) {
      if (pair % STEP === STEP - 1) yield;
      const count = counts[pair] as number;
      if (count === 0) continue;
      const responder = responders.idOf(ids.responderId(pair));
      const port = ids.port(pair);
      const initiator = initiators.idOf(ids.pairs.first(pair));
      const id = named.of(initiator, namedServices.of(responder, port ?? NO_PORT));
      if (id === pairs.length) {
        const names = { initiator: initiators.nameOf(initiator), responder: responders.nameOf(responder) };
        pairs.push({ ...names, port, count: 0, failed: 0 });
      }
      const known = pairs[id] as Mutable<OpenerCount>;
      known.count += count;
      known.failed += this.#failures.at(pair);
    }
    return pairs;
  }

  /** The initiators and services with the most connections, and the pairs among them. */
  *#openers(hosts: number, services: number): Steps<{ openers: OpenerCount[]; other: number }> {
    const pairs = yield* this.#namedPairs(hosts, services);
    const topServices = yield* mostOf(pairs, services, serviceName);
    const inServices = pairs.filter((pair) => topServices.has(serviceName(pair)));
    yield;
    const topHosts = yield* mostOf(inServices, hosts, ({ initiator }) => initiator);
    const openers = inServices.filter(({ initiator }) => topHosts.has(initiator));
    const sum = (list: readonly OpenerCount[]): number => list.reduce((total, { count }) => total + count, 0);
    return { openers: openers.sort(byCountThenName), other: this.#otherOpeners + sum(pairs) - sum(openers) };
  }

  /** What was counted, with the pairs of so many initiators and services. */
  numbers(hosts: number, services: number): Numbers {
    return runThrough(this.numbersInSteps(hosts, services));
  }

  *numbersInSteps(hosts: number, services: number): Steps<Numbers> {
    const { openers, other } = yield* this.#openers(hosts, services);
    return {
      connections: this.#connections,
      exchanges: this.#exchanges,
      states: byCount(this.#states),
      evidence: { ...this.#evidence },
      verdicts: byCount(this.#verdicts),
      bytes: this.#bytes,
      short: this.#short,
      failed: this.#failed,
      oneSided: this.#oneSided,
      gaps: this.#gaps,
      mayHideReuse: this.#mayHideReuse,
      contradicted: this.#contradicted,
      durations: this.#durations,
      timeless: this.#timeless,
      openers,
      otherOpeners: other,
      unknownOpeners: this.#unknownOpeners,
    };
  }
}

/** The most frequent first: whatever the order of the input, the same object. */
const byCount = (counts: ReadonlyMap<string, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || compare(a, b)));

const byCountThenName = (a: OpenerCount, b: OpenerCount): number =>
  b.count - a.count ||
  compare(a.initiator, b.initiator) ||
  compare(a.responder, b.responder) ||
  (a.port ?? -1) - (b.port ?? -1);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const serviceName = ({ responder, port }: OpenerCount): string => `${port ?? ''} ${responder}`;

/** The names with the highest counts. */
function* mostOf(
  pairs: readonly OpenerCount[],
  most: number,
  nameOf: (pair: OpenerCount) => string,
): Steps<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  for (const [i, pair] of pairs.entries()) {
    if (i % STEP === STEP - 1) yield;
    const name = nameOf(pair);
    counts.set(name, (counts.get(name) ?? 0) + pair.count);
  }
  const ranked = [...counts];
  yield* sortInSteps(ranked, ([a, m], [b, n]) => n - m || compare(a, b));
  return new Set(ranked.slice(0, most).map(([name]) => name));
}
