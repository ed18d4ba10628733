/**
 * Simulates a network under one condition, rebuilds its log with the engine and counts how the two differ. Openers are
 * judged for every rebuilt connection by the ends its records carry; states, divisions and bounds for every true one
 * that its records let anybody tell from its neighbours (observer.ts).
 */
import { type Clue, cluesOf, observedInitiator } from '../../src/meaning/initiator.ts';
import { type PortRank, rankOf } from '../../src/meaning/ports.ts';
import { type Connection, INITIATOR_BASES } from '../../src/model/connection.ts';
import type { End as KeyEnd } from '../../src/model/end.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { tracesOf } from '../../test/traces-of.ts';
import type { LoggedRecord } from '../network/aggregate.ts';
import { type HabitName, habitNamed } from '../network/habits.ts';
import type { Kind } from '../network/kinds.ts';
import { streamLog, type Told } from '../network/stream-log.ts';
import { type Condition, type Extent, habitConditions, settingsFor } from './conditions.ts';
import { type HiddenReuse, hiddenReuseOf } from './hidden-reuse.ts';
import { openerByPort } from './port-rule.ts';
import { countClaim, type Naming, namingOf, noScores, type Scores, sumScores } from './scores.ts';

const TCP = 6;
/** AWS: `start` and `end` may be that late. */
const SLACK_SECONDS = 60;
const MOST_EXAMPLES = 5;

interface End {
  readonly address: string;
  readonly port: number | null;
}

const nameEnd = ({ address, port }: End): string => `${address} ${port ?? 0}`;
const nameEnds = (one: End, other: End): string => [nameEnd(one), nameEnd(other)].sort().join(' | ');

/** What is known beforehand about everything on one pair of ends. */
interface Expected {
  readonly kind: Kind;
  /** Who dialled. */
  readonly opener: string;
  readonly told: Told[];
  readonly hidden: HiddenReuse[];
  readonly rebuilt: Connection[];
}

const shownEnds = (record: FlowRecord, flags: boolean): readonly [source: End, target: End] => {
  const source = (flags ? record.pktSrcAddr : null) ?? record.srcAddr ?? '';
  const target = (flags ? record.pktDstAddr : null) ?? record.dstAddr ?? '';
  return [
    { address: source, port: record.srcPort ?? 0 },
    { address: target, port: record.dstPort ?? 0 },
  ];
};

/** The truth by ends, as it becomes known while the log is read. */
class Ledger {
  readonly byEnds = new Map<string, Expected>();
  readonly #flags: boolean;

  constructor(flags: boolean) {
    this.#flags = flags;
  }

  learn(told: readonly Told[], logged: readonly LoggedRecord[]): void {
    const kind = told[0]?.kind;
    if (kind === undefined) return;
    for (const { record, sightings, copies } of logged) {
      if (copies === 0) continue;
      const [source, target] = shownEnds(record, this.#flags);
      this.#entry(kind, source, target, sightings[0]?.by === 'client' ? source : target);
    }
    for (const one of told) {
      if (!one.observed.visible) continue;
      const { initiator, responder } = one.truth;
      this.#entry(kind, initiator, responder, initiator).told.push(one);
    }
    if (!this.#flags) return;
    for (const hidden of hiddenReuseOf(logged)) {
      const one = told.find(({ truth }) => hidden.ids.has(truth.id))?.truth;
      if (one !== undefined)
        this.#entry(kind, one.initiator, one.responder, one.initiator).hidden.push(hidden);
    }
  }

  #entry(kind: Kind, one: End, other: End, opener: End): Expected {
    const ends = nameEnds(one, other);
    const known = this.byEnds.get(ends);
    if (known !== undefined) return known;
    const fresh: Expected = { kind, opener: nameEnd(opener), told: [], hidden: [], rebuilt: [] };
    this.byEnds.set(ends, fresh);
    return fresh;
  }
}

const note = (scores: Scores, mistake: string, about: () => string): void => {
  const examples = scores.examples.get(mistake) ?? [];
  scores.examples.set(mistake, examples);
  if (examples.length < MOST_EXAMPLES) examples.push(about());
};

const count = (naming: Naming, verdict: keyof Naming): void => {
  naming[verdict] += 1;
};

const scoreOpener = (connection: Connection, { kind, opener }: Expected, scores: Scores): void => {
  const { initiatorBasis: basis, initiatorConfidence: confidence, initiator, responder } = connection;
  const isRight = nameEnd(initiator) === opener;
  const verdict = basis === 'none' ? 'unknown' : isRight ? 'right' : 'wrong';
  if (connection.protocol !== 'tcp') {
    count(namingOf(scores.exchanges, kind), verdict);
    return;
  }
  count(namingOf(scores.bases, basis), verdict);
  countClaim(scores, kind, confidence, isRight);
  if (INITIATOR_BASES[basis].kind === 'observed') {
    if (!isRight) note(scores, `wrong by ${basis}`, () => JSON.stringify(connection));
    return;
  }
  count(namingOf(scores.inferred, kind), verdict);
  if (verdict === 'wrong') note(scores, `${kind} wrong by ${basis}`, () => JSON.stringify(connection));
  const guess = openerByPort<End>(initiator, responder);
  const byPort = guess === null ? 'unknown' : nameEnd(guess) === opener ? 'right' : 'wrong';
  count(namingOf(scores.byPort, kind), byPort);
};

/** Counts by interface as text; equal text is equal records. */
const countsOf = (
  views: readonly {
    readonly interfaceId: string | null;
    /** The attachment, where no interface wrote it. */
    readonly resourceId?: string | null;
    readonly records: number;
    readonly initiatorPackets: number | null;
    readonly initiatorBytes: number | null;
    readonly responderPackets: number | null;
    readonly responderBytes: number | null;
  }[],
  isTurned: boolean,
): string =>
  views
    .map((view) => {
      const mine = `${view.initiatorPackets ?? 0} ${view.initiatorBytes ?? 0}`;
      const theirs = `${view.responderPackets ?? 0} ${view.responderBytes ?? 0}`;
      return `${view.interfaceId ?? view.resourceId} ${view.records} ${isTurned ? `${theirs} ${mine}` : `${mine} ${theirs}`}`;
    })
    .sort()
    .join('; ');

/** Whether it was logged when the true one was: records may be late by the slack. */
const isOfItsTime = ({ firstSeen, lastSeen }: Connection, { truth }: Told): boolean =>
  (firstSeen ?? 0) <= truth.lastSeen + SLACK_SECONDS && (lastSeen ?? 0) >= Math.floor(truth.firstSeen);

/** The rebuilt connection that holds just the records of a true one; of redials that look alike, the nearest in time. */
const partnerOf = (told: Told, { opener, rebuilt }: Expected): Connection | undefined => {
  const { observed, truth } = told;
  const wanted = countsOf(observed.vantages, false);
  const distance = ({ firstSeen }: Connection): number => Math.abs((firstSeen ?? 0) - truth.firstSeen);
  const [nearest] = rebuilt
    .filter((connection) => isOfItsTime(connection, told))
    .filter(
      (connection) => countsOf(connection.vantages, nameEnd(connection.initiator) !== opener) === wanted,
    )
    .sort((a, b) => distance(a) - distance(b));
  return nearest;
};

const scoreDivision = (told: Told, expected: Expected, scores: Scores): void => {
  const [were, are] = [expected.told.length, expected.rebuilt.length];
  const mistake = are > were ? 'split' : are < were ? 'merged' : 'confused';
  scores[mistake] += 1;
  note(
    scores,
    mistake,
    () =>
      `${told.kind} ${JSON.stringify(told.observed)} ${JSON.stringify(told.truth)} rebuilt ${JSON.stringify(expected.rebuilt)}`,
  );
};

const scoreState = (told: Told, connection: Connection, scores: Scores): void => {
  const { states } = told.observed;
  if (states === null || connection.state === null) return;
  // Without flags an attempt that a filter stopped is still `blocked` (AWS's own rejected RDP example).
  const isStopped = states.includes('flagless') && /rejected/.test(connection.verdict);
  scores.states += 1;
  if (states.includes(connection.state) || (isStopped && connection.state === 'blocked')) return;
  scores.statesWrong += 1;
  note(
    scores,
    `state ${connection.state} for ${states.join(' or ')}`,
    () => `${told.kind} ${JSON.stringify(connection)}`,
  );
};

/** For each bound that is reported and whose truth is known: whether it holds. */
const checkBounds = ({ truth }: Told, connection: Connection): readonly boolean[] => {
  const { openedAt, openedBy, closedAfter, closedAt, durationMin, durationMax } = connection;
  const checks: boolean[] = [];
  if (truth.openedAt !== null && openedAt !== null && openedBy !== null)
    checks.push(truth.openedAt >= openedAt - SLACK_SECONDS && truth.openedAt <= openedBy);
  if (truth.closedAt !== null && closedAfter !== null && closedAt !== null)
    checks.push(truth.closedAt >= closedAfter - SLACK_SECONDS && truth.closedAt <= closedAt);
  if (truth.openedAt === null || truth.closedAt === null) return checks;
  const lasted = truth.closedAt - truth.openedAt;
  if (durationMax !== null) checks.push(lasted <= durationMax);
  if (durationMin !== null && openedAt !== null && closedAt !== null) checks.push(lasted >= durationMin);
  return checks;
};

/** How often what one record hides was signed, where it leaves evidence and where it does not. */
const scoreReuse = ({ told, hidden, rebuilt }: Expected, scores: Scores): void => {
  for (const { ids, leavesEvidence } of hidden) {
    const those = told.filter(({ truth }) => ids.has(truth.id));
    const isSigned = rebuilt.some(
      (connection) => connection.mayHideReuse && those.some((one) => isOfItsTime(connection, one)),
    );
    scores.hidden += 1;
    if (isSigned) scores.hiddenSigned += 1;
    if (!leavesEvidence) continue;
    scores.evident += 1;
    if (isSigned) scores.evidentSigned += 1;
    else note(scores, 'reuse unsigned', () => JSON.stringify({ those, rebuilt }));
  }
};

const scoreTruth = (told: Told, expected: Expected, scores: Scores): void => {
  scores.visible += 1;
  if (told.observed.entangled.length > 0) {
    scores.entangled += 1;
    return;
  }
  const connection = partnerOf(told, expected);
  if (connection === undefined) {
    scoreDivision(told, expected, scores);
    return;
  }
  scores.whole += 1;
  if (told.observed.initiatorFlags !== null) {
    scores.ordinary += 1;
    if (connection.mayHideReuse) scores.ordinarySigned += 1;
  }
  scoreState(told, connection, scores);
  // A record lost without a trace cannot be known to be missing.
  if (!told.observed.complete) return;
  const checks = checkBounds(told, connection);
  scores.bounds += checks.length;
  const missed = checks.filter((holds) => !holds).length;
  scores.boundsWrong += missed;
  if (missed > 0) note(scores, 'bound', () => `${JSON.stringify(told.truth)} ${JSON.stringify(connection)}`);
};

/** Rebuilds the log of one condition; what is known of each pair of ends beforehand goes into the ledger. */
async function* rebuild(
  condition: Condition,
  extent: Extent,
  ledger: Ledger,
): AsyncGenerator<{ readonly connection: Connection; readonly expected: Expected }> {
  const text = async function* (): AsyncGenerator<string> {
    for (const { lines, told, logged } of streamLog(settingsFor(condition, extent))) {
      ledger.learn(told, logged);
      if (lines.length > 0) yield `${lines.join('\n')}\n`;
    }
  };
  for await (const connection of reconstruct(text())) {
    const expected = ledger.byEnds.get(nameEnds(connection.initiator, connection.responder));
    if (expected === undefined) throw new Error(`nobody used the ends of ${JSON.stringify(connection)}`);
    yield { connection, expected };
  }
}

/** A TCP connection that was rebuilt from a log without flags, and who opened it in truth. */
export interface Case {
  readonly connection: Connection;
  /** The names of both ends, the same from both sides. */
  readonly ends: string;
  /** The end that opened. */
  readonly opener: Connection['initiator'];
  readonly kind: Kind;
  /** Whether it is the habit's own traffic, or runs beside it. */
  readonly isOwn: boolean;
}

/** What a habit leaves without flags, under each of its conditions: for programs that fit confidence. */
export async function* habitCases(
  habit: HabitName,
  extent: Extent,
  keeps?: Condition['keeps'],
): AsyncGenerator<Case> {
  const about = { flags: false, ...(keeps === undefined ? {} : { keeps }) };
  for (const condition of habitConditions(habit, about))
    for await (const { connection, expected } of rebuild(condition, extent, new Ledger(false))) {
      if (connection.protocol !== 'tcp') continue;
      const { initiator, responder } = connection;
      const { kind } = expected;
      yield {
        connection,
        ends: nameEnds(initiator, responder),
        opener: nameEnd(initiator) === expected.opener ? initiator : responder,
        kind,
        isOwn: habitNamed(habit).own.includes(kind),
      };
    }
}

/** The clues of a connection that nobody observed the opening of, and which end opened it in truth. */
export interface ClueCase {
  readonly clues: readonly Clue[];
  /** The ranks of both ports, the low end's first; null where there are none. */
  readonly ranks: readonly [PortRank, PortRank] | null;
  readonly opener: KeyEnd;
  readonly kind: Kind;
}

/** The clues of all TCP connections of a condition that are inferred, for programs that fit what clues are worth. */
export const clueCases = (condition: Condition, extent: Extent): ClueCase[] => {
  const ledger = new Ledger(condition.flags);
  const pieces: string[] = [];
  for (const { lines, told, logged } of streamLog(settingsFor(condition, extent))) {
    ledger.learn(told, logged);
    pieces.push(...lines);
  }
  return tracesOf(`${pieces.join('\n')}\n`).flatMap(({ connection, evidence, shown, ports, initiator }) => {
    const expected = ledger.byEnds.get(nameEnds(connection.initiator, connection.responder));
    if (connection.protocol !== 'tcp' || expected === undefined || observedInitiator(evidence) !== undefined)
      return [];
    const isTurned = nameEnd(connection.initiator) !== expected.opener;
    const opener: KeyEnd = (initiator === 0) === isTurned ? 1 : 0;
    const ranks = ports === null ? null : ([rankOf(ports[0]), rankOf(ports[1])] as const);
    return [{ clues: cluesOf(shown, ports), ranks, opener, kind: expected.kind }];
  });
};

/** A habit's own of these, without flags, under both of its conditions. */
export const ownClueCases = (
  habit: HabitName,
  extent: Extent,
): (ClueCase & { readonly habit: HabitName })[] =>
  habitConditions(habit, { flags: false })
    .flatMap((condition) => clueCases(condition, extent))
    .filter(({ kind }) => habitNamed(habit).own.includes(kind))
    .map((one) => ({ ...one, habit }));

/** Scores of one condition. Throws when the engine makes a connection of ends that nobody used. */
export const measure = async (condition: Condition, extent: Extent): Promise<Scores> => {
  const ledger = new Ledger(condition.flags);
  const scores = noScores();
  for await (const { connection, expected } of rebuild(condition, extent, ledger)) {
    scoreOpener(connection, expected, scores);
    expected.rebuilt.push(connection);
  }
  for (const expected of ledger.byEnds.values()) {
    scoreReuse(expected, scores);
    for (const told of expected.told) if (told.truth.protocol === TCP) scoreTruth(told, expected, scores);
  }
  return scores;
};

/** What a habit is measured by: how much of it, with flags or without, and which actions its flow log keeps. */
export interface HabitExtent extends Extent, Pick<Condition, 'flags' | 'keeps'> {}

/** Scores of one habit, all its conditions together. */
export const measureHabit = async (
  habit: HabitName,
  { connections, seed, ...about }: HabitExtent,
): Promise<Scores> => {
  const all: Scores[] = [];
  for (const condition of habitConditions(habit, about))
    all.push(await measure(condition, { connections, seed }));
  return sumScores(all);
};
