/**
 * Who opened it. Observed evidence (SYN, SYN-ACK) decides alone; FIN and RST never tell. Without it the
 * inferred evidence is added up as log odds and reported as a probability that never reaches 1.
 */
import type { InitiatorBasis } from '../model/connection.ts';
import type { End, OfEnds } from '../model/end.ts';
import { isService, portOdds } from './ports.ts';

export interface InitiatorFinding {
  /** The end that opened; when nobody knows (basis none), the low end. */
  readonly direction: End;
  readonly basis: InitiatorBasis;
  readonly confidence: number;
}

/**
 * Only a whole handshake is beyond doubt; the others would be wrong if the record that settles them was lost. A SYN-ACK that
 * was rejected, without its SYN, may be an answer that nobody asked for (backscatter).
 */
export const CONFIDENCE = { handshake: 1, one: 0.999, rejectedAnswer: 0.8, coin: 0.5 } as const;

/** Nobody knows. */
export const NOBODY: InitiatorFinding = { direction: 0, basis: 'none', confidence: CONFIDENCE.coin };

const readEvidence = (bits: number): InitiatorFinding | undefined => {
  const syn = [(bits & 1) !== 0, (bits & 2) !== 0];
  const passed = (bits & 16) !== 0;
  const synAck = [(bits & 4) !== 0, (bits & 8) !== 0];
  if (synAck[0] && synAck[1]) return { direction: 0, basis: 'simultaneous', confidence: CONFIDENCE.one };
  if (synAck[0] || synAck[1]) {
    const direction: End = synAck[0] ? 1 : 0;
    if (syn[direction]) return { direction, basis: 'handshake', confidence: CONFIDENCE.handshake };
    return passed
      ? { direction, basis: 'syn-ack', confidence: CONFIDENCE.one }
      : { direction, basis: 'rejected', confidence: CONFIDENCE.rejectedAnswer };
  }
  if (syn[0] && syn[1]) return { direction: 0, basis: 'simultaneous', confidence: CONFIDENCE.one };
  if (syn[0] || syn[1]) return { direction: syn[0] ? 0 : 1, basis: 'syn', confidence: CONFIDENCE.one };
  return undefined;
};

const FINDINGS = Array.from({ length: 32 }, (_, bits) => readEvidence(bits));

/**
 * What SYN and SYN-ACK say; undefined when neither was seen.
 * @param bits 1 and 2: a SYN of the low and the high end; 4 and 8: a SYN-ACK of theirs; 16: one of these at least was not rejected;
 * 32 and 64, a SYN or a SYN-ACK of theirs, say nothing
 */
export const observedInitiator = (bits: number): InitiatorFinding | undefined => FINDINGS[bits & 31];

/**
 * Log odds of single pieces of evidence, for the end they name: e^1 is 3 to 1, e^3.6 37 to 1, e^4 55 to 1. Calibrated
 * against simulated networks (docs/accuracy.md): a clue has the odds at which it was right there, or less.
 */
export const ODDS = {
  /** One way and rejected, from no known service: right in 98 of 100, but for the limit below. */
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

/**
 * Others are counted to these: a stream never ends, and would have to know each of them by name. An end with more is
 * shared; against one that has a third of them nobody is named.
 */
export const MOST_PEERS = 1000;

/** So many ends more than its peer has: then an end is shared, not merely reused. */
export const MANY_PEERS = 3;
/** Below this nothing is claimed. */
export const LEAST_CONFIDENCE = 0.6;
export const MOST_CONFIDENCE = 0.99;
/** Between two ports of which neither is a service a late packet or a reply looks like a request: no more is claimed on that alone. */
export const MOST_OF_STOPPED = 0.8;

/** What a clue shows: the stopped attempt, the rejected reply, who spoke first, a service or a shared end, the ports. */
export type ClueName =
  | 'stopped'
  | 'stoppedBetween'
  | 'replyRejected'
  | 'spokeFirst'
  | 'answers'
  | 'manyPeers'
  | 'ports';

/** One piece of inferred evidence: the basis it counts for, the end it names, its log odds and what it shows. */
export type Clue = readonly [basis: InitiatorBasis, opener: End, odds: number, shows: ClueName];

/** What is known of one end of a key. */
export interface EndKnowledge {
  /** It sent a SYN-ACK somewhere in the input. */
  readonly answers: boolean;
  /** Distinct ends it talked with, both ways, counted to MOST_PEERS. */
  readonly peers: number;
}

/** What speaks for one end, as the rules find it (rules/clues.ts). */
export interface Shown {
  /** Its attempt was stopped. */
  readonly stopped: boolean;
  /** The reply to it was rejected. */
  readonly replyRejected: boolean;
  /** It spoke first, and no reply to it was rejected. */
  readonly spokeFirst: boolean;
  /** Its peer answers handshakes elsewhere, and it does not. */
  readonly peerAnswers: boolean;
  /** Its peer is shared by many, and it is not. */
  readonly peerIsShared: boolean;
}

const isStopped = (shown: OfEnds<Shown>): boolean => shown[0].stopped || shown[1].stopped;

/** Between two ports without a service the ports say little of what was stopped. */
const areNoServices = (ports: OfEnds<number> | null): boolean =>
  ports !== null && !isService(ports[0]) && !isService(ports[1]);

/**
 * What was stopped names its sender as the one who asked: but from a service it may as well be the answer, or a late packet of
 * one. Between two ports without a service the ports say no more, and where they contradict nobody is named.
 */
const stoppedClues = (shown: OfEnds<Shown>, ports: OfEnds<number> | null): Clue[] =>
  ([0, 1] as const)
    .filter((end) => {
      if (!shown[end].stopped) return false;
      if (ports === null) return true;
      const odds = portOdds(ports[0], ports[1]);
      const contradicts = end === 0 ? odds < 0 : odds > 0;
      return !isService(ports[end]) && !contradicts;
    })
    .map((end) => ['rejected', end, ODDS.rejected, areNoServices(ports) ? 'stoppedBetween' : 'stopped']);

/** The clues for either end that go with what speaks for it, and with the ports of both. */
export const cluesOf = (shown: OfEnds<Shown>, ports: OfEnds<number> | null): Clue[] => {
  const clues = stoppedClues(shown, ports);
  for (const end of [0, 1] as const) {
    const { replyRejected, spokeFirst, peerAnswers, peerIsShared } = shown[end];
    if (replyRejected) clues.push(['order', end, ODDS.replyRejected, 'replyRejected']);
    if (spokeFirst) clues.push(['order', end, ODDS.spokeFirst, 'spokeFirst']);
    if (peerAnswers) clues.push(['service', end, ODDS.answersHandshakes, 'answers']);
    if (peerIsShared) clues.push(['service', end, ODDS.manyPeers, 'manyPeers']);
  }
  if (ports !== null && !(isStopped(shown) && areNoServices(ports))) {
    const odds = portOdds(ports[0], ports[1]);
    if (odds !== 0) clues.push(['port', odds > 0 ? 0 : 1, Math.abs(odds), 'ports']);
  }
  return clues;
};

const STRONGEST_FIRST: readonly InitiatorBasis[] = ['rejected', 'service', 'order', 'port'];

/** What clues come to when their log odds are added up. */
export const weigh = (clues: readonly Clue[]): InitiatorFinding => {
  const sum = clues.reduce((total, [, opener, odds]) => total + (opener === 0 ? odds : -odds), 0);
  const direction: End = sum >= 0 ? 0 : 1;
  const probability = 1 / (1 + Math.exp(-Math.abs(sum)));
  if (probability < LEAST_CONFIDENCE) return NOBODY;
  const basis = STRONGEST_FIRST.find((name) =>
    clues.some(([clue, opener]) => clue === name && opener === direction),
  );
  if (basis === undefined) return NOBODY;
  const speaking = clues.filter(([, opener]) => opener === direction);
  const most = speaking.every(([, , , shows]) => shows === 'stoppedBetween')
    ? MOST_OF_STOPPED
    : MOST_CONFIDENCE;
  return { direction, basis, confidence: Math.round(Math.min(probability, most) * 1000) / 1000 };
};
