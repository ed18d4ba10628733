/**
 * Who opened it. Observed evidence (SYN, SYN-ACK) decides alone; FIN and RST never tell. Without it the
 * inferred evidence is added up as log odds and reported as a probability that never reaches 1.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import type { InitiatorBasis } from '../model/connection.ts';
import { hasPlainSyn, hasSynAck } from '../model/tcp-flags.ts';
import { SLACK_SECONDS } from '../tcp/idle-limits.ts';
import type { EndKnowledge } from './lessons.ts';
import { portOdds } from './ports.ts';

export interface InitiatorFinding {
  /** The end that opened; when nobody knows (basis none), the low end. */
  readonly direction: Direction;
  readonly basis: InitiatorBasis;
  readonly confidence: number;
}

export interface InitiatorEvidence {
  readonly records: readonly KeyRecord[];
  readonly isTcp: boolean;
  /** Ports of the low and the high end; null where the protocol has none. */
  readonly ports: readonly [number, number] | null;
  readonly ends: () => readonly [EndKnowledge, EndKnowledge];
  /** The first second that the log covers at a vantage; null when not known. */
  readonly coveredFrom: (vantage: number) => number | null;
  readonly observedOnly: boolean;
}

/** Only a whole handshake is beyond doubt; the others would be wrong if the record that settles them was lost. */
export const CONFIDENCE = { handshake: 1, one: 0.999, coin: 0.5 } as const;

/** Nobody knows. */
export const NOBODY: InitiatorFinding = { direction: 0, basis: 'none', confidence: CONFIDENCE.coin };

const otherEnd = (direction: Direction): Direction => (direction === 0 ? 1 : 0);

const readEvidence = (bits: number): InitiatorFinding | undefined => {
  const syn = [(bits & 1) !== 0, (bits & 2) !== 0];
  const synAck = [(bits & 4) !== 0, (bits & 8) !== 0];
  if (synAck[0] && synAck[1]) return { direction: 0, basis: 'simultaneous', confidence: CONFIDENCE.one };
  if (synAck[0] || synAck[1]) {
    const direction: Direction = synAck[0] ? 1 : 0;
    return syn[direction]
      ? { direction, basis: 'handshake', confidence: CONFIDENCE.handshake }
      : { direction, basis: 'syn-ack', confidence: CONFIDENCE.one };
  }
  if (syn[0] && syn[1]) return { direction: 0, basis: 'simultaneous', confidence: CONFIDENCE.one };
  if (syn[0] || syn[1]) return { direction: syn[0] ? 0 : 1, basis: 'syn', confidence: CONFIDENCE.one };
  return undefined;
};

const FINDINGS = Array.from({ length: 16 }, (_, bits) => readEvidence(bits));

/**
 * What SYN and SYN-ACK say; undefined when neither was seen.
 * @param bits 1 and 2: a SYN of the low and the high end; 4 and 8: a SYN-ACK of theirs
 */
export const observedInitiator = (bits: number): InitiatorFinding | undefined => FINDINGS[bits];

/** The same for records. */
export const observeInitiator = (records: readonly KeyRecord[]): InitiatorFinding | undefined => {
  let bits = 0;
  for (const { flags, direction } of records) {
    if (flags === null) continue;
    if (hasPlainSyn(flags)) bits |= 1 << direction;
    if (hasSynAck(flags)) bits |= 4 << direction;
  }
  return observedInitiator(bits);
};

/**
 * Log odds of single pieces of evidence, for the end they name: e^1 is 3 to 1, e^3.6 37 to 1, e^4 55 to 1. Calibrated
 * against simulated networks (docs/accuracy.md): a clue has the odds at which it was right there, or less.
 */
export const ODDS = {
  /** One way and rejected: replies and stragglers are rejected too, but rarely alone. Right in 98 of 100. */
  rejected: 4,
  answersHandshakes: 4,
  manyPeers: 4,
  /** Accepted one way, rejected the other: a rejected request has no reply, but rules change while connections run. */
  replyRejected: 1,
  /**
   * One end spoke more than the slack earlier, and the log covers the time before. An answer follows in seconds, so
   * most of the time this says that a record was lost, of either side: hardly better than a coin, and the least that
   * names anybody.
   */
  spokeFirst: 0.41,
} as const;

/** So many ends more than its peer has: then an end is shared, not merely reused. */
export const MANY_PEERS = 3;
/**
 * Others are counted to these: a stream never ends, and would have to know each of them by name. An end with more is
 * shared; against one that has a third of them nobody is named.
 */
export const MOST_PEERS = 1000;
/** Below this nothing is claimed. */
export const LEAST_CONFIDENCE = 0.6;
export const MOST_CONFIDENCE = 0.99;

/** What a clue shows: the stopped attempt, the rejected reply, who spoke first, a service or a shared end, the ports. */
export type ClueName = 'stopped' | 'replyRejected' | 'spokeFirst' | 'answers' | 'manyPeers' | 'ports';

/** One piece of inferred evidence: the basis it counts for, the end it names, its log odds and what it shows. */
export type Clue = readonly [basis: InitiatorBasis, opener: Direction, odds: number, shows: ClueName];

interface DirectionSummary {
  /** The first start, and the first end: by then it had spoken. */
  first: number | null;
  spokenBy: number | null;
  accepted: boolean;
  rejected: boolean;
  seen: boolean;
}

type Summary = readonly [DirectionSummary, DirectionSummary];

const nothing = (): DirectionSummary => ({
  first: null,
  spokenBy: null,
  accepted: false,
  rejected: false,
  seen: false,
});

/** What each vantage saw of either direction: times and filters of two vantages are not compared. */
const summarize = (records: readonly KeyRecord[]): ReadonlyMap<number, Summary> => {
  const byVantage = new Map<number, Summary>();
  for (const { vantage, direction, accept, reject, start, end } of records) {
    const both = byVantage.get(vantage) ?? [nothing(), nothing()];
    byVantage.set(vantage, both);
    const side = both[direction];
    side.seen = true;
    side.accepted ||= accept;
    side.rejected ||= reject;
    if (start !== null && (side.first === null || start < side.first)) side.first = start;
    if (end !== null && (side.spokenBy === null || end < side.spokenBy)) side.spokenBy = end;
  }
  return byVantage;
};

/** Whether any vantage shows it: what one shows, no other takes back (law 4). */
const anyShows = (
  seen: ReadonlyMap<number, Summary>,
  opener: Direction,
  shows: (self: DirectionSummary, peer: DirectionSummary, vantage: number) => boolean,
): boolean => [...seen].some(([vantage, both]) => shows(both[opener], both[otherEnd(opener)], vantage));

/** One way and rejected, in a format without flags: the attempt was stopped here. */
const isStopped = (self: DirectionSummary, peer: DirectionSummary): boolean =>
  !peer.seen && self.rejected && !self.accepted;

/** Accepted one way, rejected the other. */
const isReplyRejected = (self: DirectionSummary, peer: DirectionSummary): boolean =>
  self.accepted && !self.rejected && peer.rejected && !peer.accepted;

/** It had spoken more than the slack before the other began, and the log covers the time before. */
const spokeFirst = (self: DirectionSummary, peer: DirectionSummary, coveredFrom: number | null): boolean =>
  self.first !== null &&
  self.spokenBy !== null &&
  peer.first !== null &&
  coveredFrom !== null &&
  peer.first - self.spokenBy > SLACK_SECONDS &&
  self.first - coveredFrom > SLACK_SECONDS;

/** What the records of one end show: an attempt that was stopped, a reply that was rejected, that it spoke first. */
export interface Shown {
  readonly stopped: boolean;
  readonly replyRejected: boolean;
  readonly spokeFirst: boolean;
}

const showOf = (evidence: InitiatorEvidence): readonly [Shown, Shown] => {
  const seen = summarize(evidence.records);
  const flagless = evidence.isTcp && evidence.records.every((record) => record.flags === null);
  const shown = (direction: Direction): Shown => ({
    stopped: flagless && anyShows(seen, direction, isStopped),
    replyRejected: anyShows(seen, direction, isReplyRejected),
    spokeFirst: anyShows(seen, direction, (self, peer, at) =>
      spokeFirst(self, peer, evidence.coveredFrom(at)),
    ),
  });
  return [shown(0), shown(1)];
};

/** The clues for either end that go with what was shown, what is known of the ends, and their ports. */
export const cluesOf = (
  shown: readonly [Shown, Shown],
  ends: readonly [EndKnowledge, EndKnowledge],
  ports: readonly [number, number] | null,
): Clue[] => {
  const clues: Clue[] = [];
  for (const direction of [0, 1] as const) {
    const own = ends[direction];
    const theirs = ends[otherEnd(direction)];
    const { stopped, replyRejected, spokeFirst: first } = shown[direction];
    if (stopped) clues.push(['rejected', direction, ODDS.rejected, 'stopped']);
    if (replyRejected) clues.push(['order', direction, ODDS.replyRejected, 'replyRejected']);
    else if (first) clues.push(['order', direction, ODDS.spokeFirst, 'spokeFirst']);
    if (theirs.answers && !own.answers) clues.push(['service', direction, ODDS.answersHandshakes, 'answers']);
    if (theirs.peers >= MANY_PEERS && theirs.peers >= MANY_PEERS * own.peers) {
      clues.push(['service', direction, ODDS.manyPeers, 'manyPeers']);
    }
  }
  if (ports !== null) {
    const odds = portOdds(ports[0], ports[1]);
    if (odds !== 0) clues.push(['port', odds > 0 ? 0 : 1, Math.abs(odds), 'ports']);
  }
  return clues;
};

const STRONGEST_FIRST: readonly InitiatorBasis[] = ['rejected', 'service', 'order', 'port'];

/** What clues come to when their log odds are added up. */
export const weigh = (clues: readonly Clue[]): InitiatorFinding => {
  const sum = clues.reduce((total, [, opener, odds]) => total + (opener === 0 ? odds : -odds), 0);
  const direction: Direction = sum >= 0 ? 0 : 1;
  const probability = 1 / (1 + Math.exp(-Math.abs(sum)));
  if (probability < LEAST_CONFIDENCE) return NOBODY;
  const basis = STRONGEST_FIRST.find((name) =>
    clues.some(([clue, opener]) => clue === name && opener === direction),
  );
  if (basis === undefined) return NOBODY;
  return { direction, basis, confidence: Math.round(Math.min(probability, MOST_CONFIDENCE) * 1000) / 1000 };
};

/** Every clue that the evidence holds, for either end. */
export const gatherClues = (evidence: InitiatorEvidence): readonly Clue[] =>
  cluesOf(showOf(evidence), evidence.ends(), evidence.ports);

/** Who opened it, by the strongest evidence there is. */
export const findInitiator = (evidence: InitiatorEvidence): InitiatorFinding => {
  const observed = evidence.isTcp ? observeInitiator(evidence.records) : undefined;
  if (observed !== undefined) return observed;
  return evidence.observedOnly ? NOBODY : weigh(gatherClues(evidence));
};
