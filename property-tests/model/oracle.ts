/**
 * The plain oracle: the whole meaning of a set of flow log records, in the order in which the model tells it.
 * Records become sightings, sightings of one key and network are divided into connections, and each connection is
 * asked what it was. It takes the whole input, sorts it all, keeps nothing between questions, and is written to be
 * read; the engine must agree with it on every input.
 */
import { List } from 'immutable';
import type { Connection, Party, Vantage } from '../../src/model/connection.ts';
import type { FlowRecord, Rejection } from '../../src/model/flow-record.ts';
import { limitsFor } from '../../src/model/idle-limits.ts';
import type { Placement } from '../../src/model/report.ts';
import type { Scope } from '../../src/reconstruct.ts';
import { isRejection } from '../../src/record/parse-line.ts';
import { showsAnswers, unansweredAt } from './answers.ts';
import { chained } from './chains.ts';
import { type Coverage, coverageOf, touchesGap } from './coverage.ts';
import { divide, idleLimit } from './divide.ts';
import { withoutDuplicates } from './duplicates.ts';
import { type End, hasPorts, isTcp, otherEnd } from './ends.ts';
import { historyOf } from './history.ts';
import { findInitiator, type Initiator } from './initiator.ts';
import { compareText } from './observer.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { compareStops, pathOf } from './path.ts';
import { placeOf } from './place-line.ts';
import { mayHideReuse } from './reuse.ts';
import { roleOf } from './roles.ts';
import { networkOf, partByScope, type VpcOfVantage } from './scopes.ts';
import { type EndKnowledge, learnAbout } from './services.ts';
import { isContradicted } from './sides.ts';
import { opens, type Sighting, sightingOf, vantage } from './sighting.ts';
import { inOrder } from './sighting-order.ts';
import { partBySilence } from './silence.ts';
import { firstEnd, firstStart, lastEnd } from './spans.ts';
import { timesOf } from './times.ts';
import { isToldTwice, withoutSums } from './told-twice.ts';
import { type Judgement, judge } from './verdict.ts';
import {
  bestViewOf,
  byRank,
  countOf,
  identify,
  lossesOf,
  rewritesOf,
  type View,
  viewsOf,
  whatItSees,
} from './views.ts';
import { windowsOf } from './windows.ts';

export interface OracleOptions {
  readonly scope?: Scope;
  readonly observedOnly?: boolean;
  /** Seconds an open connection may be silent. */
  readonly idleSeconds?: number;
}

/** A connection without its hashes. */
export type PlainConnection = Omit<Connection, 'uid' | 'communityId'>;

/** How many lines ended in each place; headers and comments are no records. */
export type Places = Omit<Placement, 'headers' | 'comments'>;

export interface Oracle {
  readonly connections: List<PlainConnection>;
  readonly places: Places;
}

type Sightings = List<Sighting>;

/** What the whole input teaches; asked, never remembered. */
interface World {
  readonly flows: Sightings;
  readonly coverage: (vantage: string) => Coverage;
  readonly showsAnswers: (vantage: string) => boolean;
  readonly observedOnly: boolean;
}

const NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6' };

const vantagesOf = (sightings: Sightings): List<string> => sightings.map(vantage).toSet().toList();

const initiatorOf = (sightings: Sightings, world: World): Initiator => {
  const knowledge = (end: End): EndKnowledge => {
    const key = sightings.first()?.key;
    return key === undefined ? { answers: false, peers: 0 } : learnAbout(key[end], key.protocol, world.flows);
  };
  return findInitiator(
    sightings,
    {
      knowledge: { low: knowledge('low'), high: knowledge('high') },
      coveredFrom: (name) => world.coverage(name).coveredFrom,
      showsAnswers: world.showsAnswers,
    },
    world.observedOnly,
  );
};

const hasGap = (sightings: Sightings, { coverage }: World): boolean =>
  vantagesOf(sightings).some((name) => touchesGap(coverage(name), firstStart(sightings), lastEnd(sightings)));

/** OR of all flags that one end showed; null where no record of it carries flags. */
const flagsOf = (sightings: Sightings, end: End): number | null =>
  sightings
    .filter(({ sender }) => sender === end)
    .map(({ flags }) => flags)
    .filter((flags) => flags !== null)
    .reduce<number | null>((all, flags) => (all ?? 0) | flags, null);

const partyOf = (sightings: Sightings, end: End): Party => {
  const key = sightings.first()?.key;
  const view = bestViewOf(byRank(viewsOf(sightings)), end);
  if (key === undefined || view === undefined) throw new Error('A connection without records cannot be.');
  return {
    address: key[end].address,
    port: hasPorts(key.protocol) ? key[end].port : null,
    packets: countOf(view, end, 'packets'),
    bytes: countOf(view, end, 'bytes'),
    flags: flagsOf(sightings, end),
  };
};

const describeView = (
  view: View,
  views: List<View>,
  { initiator, judgement }: { readonly initiator: End; readonly judgement: Judgement },
  world: World,
): Vantage => {
  const { sightings } = view;
  return {
    ...identify(view).toObject(),
    role: roleOf(view, views, initiator, {
      ownAddresses: (name) => world.coverage(name).ownAddresses,
      vpcOf: (name) => world.coverage(name).vpcId,
    }),
    rewrites: rewritesOf(view),
    records: sightings.size,
    windows: windowsOf(sightings).size,
    firstSeen: firstStart(sightings),
    lastSeen: lastEnd(sightings),
    initiatorPackets: countOf(view, initiator, 'packets'),
    initiatorBytes: countOf(view, initiator, 'bytes'),
    responderPackets: countOf(view, otherEnd(initiator), 'packets'),
    responderBytes: countOf(view, otherEnd(initiator), 'bytes'),
    sees: whatItSees(view, initiator),
    lost: spellLosses(lossesOf(view)),
    verdict: judgement.at(view.vantage),
  };
};

const REASONS = List(['no-route', 'blackhole', 'mtu-exceeded', 'ttl-expired']);

const spellLosses = (lost: List<number> | null): Vantage['lost'] =>
  lost === null ? null : (Object.fromEntries(REASONS.zip(lost)) as Vantage['lost']);

const sumOf = (numbers: List<number>): number => numbers.reduce((sum, number) => sum + number, 0);

/** What transit gateways lost: where most was, the first by name of equals. Nothing is added up over vantages. */
const lossOf = (views: List<View>): Pick<Connection, 'lostAt' | 'packetsLost' | 'lostBecause'> => {
  const [most] = views
    .map(({ vantage: name, ...view }) => ({
      name,
      lost: lossesOf({ vantage: name, ...view }) ?? List<number>(),
    }))
    .filter(({ lost }) => !lost.isEmpty())
    .sort((a, b) => sumOf(b.lost) - sumOf(a.lost) || compareText(a.name, b.name));
  if (most === undefined) return { lostAt: null, packetsLost: null, lostBecause: null };
  return {
    lostAt: most.name === '' ? null : most.name,
    packetsLost: sumOf(most.lost),
    lostBecause: REASONS.filter((_, i) => (most.lost.get(i) ?? 0) > 0).join(' '),
  };
};

const stopOf = ({ interfaceId, resourceId, role, sees }: Vantage) => ({
  name: interfaceId ?? resourceId ?? '',
  role,
  sees,
});

/** An exchange of another protocol has no TCP state. */
const NO_OUTCOME = {
  state: null,
  closedBy: null,
  connState: null,
  startsMidstream: null,
  endsOpen: null,
} as const;

const isEnded = ({ state }: Outcome | typeof NO_OUTCOME): boolean =>
  state === 'closed' || state === 'reset' || state === 'refused' || state === 'abandoned';

/** One connection or exchange, and what others on the same ports tell of it. */
interface Divided {
  readonly sightings: Sightings;
  /** Whether it may be several. */
  readonly isMarked: boolean;
  /** By when it was over, since a later one opened; null where none did. */
  readonly dialledBy: number | null;
}

/** By when the first of later connections that shows an opening had opened, unless the silence had been too long before. */
const dialledBy = (before: Sightings, later: List<Sightings>, limit: number): number | null => {
  const next = later.find((sightings) => firstStart(sightings.filter(opens)) !== null);
  const first = next === undefined ? null : firstStart(next);
  const last = lastEnd(before);
  if (next === undefined || first === null || last === null || first - last > limit) return null;
  return firstEnd(next.filter(opens));
};

/** @param connections of one key and network, in their order */
const withNeighbours = (connections: List<Sightings>, limits: ReturnType<typeof limitsFor>): List<Divided> =>
  connections.map((sightings, i) => ({
    sightings,
    isMarked: mayHideReuse(
      sightings,
      i === 0 ? undefined : connections.get(i - 1),
      connections.get(i + 1),
      (each) => idleLimit(each, limits),
    ),
    dialledBy: dialledBy(sightings, connections.skip(i + 1), idleLimit(sightings, limits)),
  }));

/** What one connection or exchange was. */
const describe = ({ sightings, isMarked, dialledBy }: Divided, world: World): PlainConnection => {
  const protocol = sightings.first()?.key.protocol ?? 0;
  const found = initiatorOf(sightings, world);
  const { end: initiator, basis, confidence } = found;
  const gap = hasGap(sightings, world);
  const silentAt = gap ? List<string>() : unansweredAt(sightings, world.showsAnswers);
  const judgement = judge(sightings, found, silentAt);
  const { verdict } = judgement;
  const outcome = isTcp(protocol) ? outcomeOf(sightings, initiator, verdict, dialledBy !== null) : NO_OUTCOME;
  const isBounded = isEnded(outcome) || ('dialledAgain' in outcome && outcome.dialledAgain);
  const views = viewsOf(sightings);
  const vantages = byRank(views).map((view) => describeView(view, views, { initiator, judgement }, world));
  const way = List(vantages.sort((a, b) => compareStops(stopOf(a), stopOf(b))));
  const primary = vantages.first();
  return {
    protocol: NAMES[protocol] ?? String(protocol),
    initiator: partyOf(sightings, initiator),
    responder: partyOf(sightings, otherEnd(initiator)),
    initiatorBasis: basis,
    initiatorConfidence: confidence,
    state: outcome.state,
    closedBy: outcome.closedBy,
    connState: outcome.connState,
    history: isTcp(protocol) ? historyOf(sightings, initiator) : null,
    verdict,
    rejectedAt: judgement.rejectedAt,
    rejectedFrom: judgement.rejectedFrom,
    rejectedSide: judgement.rejectedSide(initiator),
    ...lossOf(views),
    ...timesOf(sightings, isBounded && !gap, dialledBy),
    windows: primary?.windows ?? 0,
    records: sightings.size,
    vantages: way
      .filter((stop) => stop === primary)
      .concat(way.filter((stop) => stop !== primary))
      .toArray(),
    startsMidstream: outcome.startsMidstream,
    endsOpen: outcome.endsOpen,
    oneSided: sightings.map(({ sender }) => sender).toSet().size === 1,
    hasGap: gap,
    mayHideReuse: isMarked,
    contradicted: isContradicted(sightings),
    path: pathOf(way.map(stopOf)),
  };
};

const isFlow = (read: FlowRecord | Rejection): read is FlowRecord =>
  ['connection', 'exchange'].includes(placeOf(read));

const countPlaces = (lines: List<FlowRecord | Rejection>, kept: Sightings): Places => {
  const count = (place: ReturnType<typeof placeOf>): number => lines.count((read) => placeOf(read) === place);
  const connections = kept.count(({ key }) => isTcp(key.protocol));
  return {
    records: lines.size,
    connections,
    exchanges: kept.size - connections,
    addressOnly: count('addressOnly'),
    nodata: count('nodata'),
    skipdata: count('skipdata'),
    duplicates: count('connection') + count('exchange') - kept.size,
    rejected: count('rejected'),
  };
};

/** Every vantage is asked about often: what is said of one is kept. */
const byVantage = <Said>(flows: Sightings, say: (name: string) => Said): ((name: string) => Said) => {
  const known = flows.map(vantage).toSet().toMap().map(say);
  return (name) => known.get(name) ?? say(name);
};

/**
 * What the lines of a log mean.
 * @param lines every line, read by the plain parser
 */
export const consultOracle = (
  lines: readonly (FlowRecord | Rejection)[],
  { scope = 'auto', observedOnly = false, idleSeconds }: OracleOptions = {},
): Oracle => {
  const all = List(lines);
  const records = all.filter((read): read is FlowRecord => !isRejection(read));
  const flows = all.filter(isFlow).map(sightingOf);
  const coverage = byVantage(flows, (name) => coverageOf(records, name));
  const toldTwice = byVantage(flows, (name) => isToldTwice(name, coverage(name).longest, flows));
  const kept = inOrder(flows)
    .groupBy(({ key }) => key)
    .map((sightings) => withoutDuplicates(List(sightings)))
    .map((sightings) => withoutSums(sightings, (name) => toldTwice(name) === true))
    .toList();
  const limits = limitsFor({ idleSeconds });
  const vpcOf: VpcOfVantage = (name) => coverage(name).vpcId;
  const answers = byVantage(flows, (name) => showsAnswers(name, flows));
  const world: World = { flows, coverage, showsAnswers: answers, observedOnly };
  return {
    connections: kept
      .flatMap((sightings) =>
        chained(
          partBySilence(sightings, limits.lingerSeconds),
          (stretch) => partByScope(stretch, scope, vpcOf),
          (sighting) => networkOf(scope, sighting, vpcOf),
        ),
      )
      .flatMap((sightings) => withNeighbours(divide(sightings, limits), limits))
      .map((divided) => describe(divided, world)),
    places: countPlaces(all, List(kept.flatten(true) as List<Sighting>)),
  };
};
