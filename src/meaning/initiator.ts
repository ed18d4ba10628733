/**
 * Who opened it. Observed evidence (SYN, SYN-ACK) decides alone; FIN and RST never tell. Without it the
 * inferred evidence is added up as log odds and reported as a probability that never reaches 1.
 */
import type { InitiatorBasis } from '../model/connection.ts';
import type { End, OfEnds } from '../model/end.ts';
import { FTP_DATA, isService, portOdds } from './ports.ts';

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
  /** A few packets without payload and no answer where the log shows answers: whoever sent them tried to open. */
  oneWay: 4,
  /** Payload with port 20 at one end: the data connection of an FTP server in active mode, which the server opens. */
  ftpData: 8,
} as const;

/**
 * Others are counted to these: a stream never ends, and would have to know each of them by name. An end with more is
 * shared; against one that has a third of them nobody is named.
 */
export const MOST_PEERS = 1000;

/** So many ends an end talks with when it is shared: against one that talks with no other. Of two that meet several either may dial. */
export const MANY_PEERS = 3;
/**
 * What is claimed at most by what was inferred: a probability is reported as the highest of these that it reaches, since fitted odds know
 * no more, and below the first nothing is claimed.
 */
export const CONFIDENCE_STEPS = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99] as const;
export const LEAST_CONFIDENCE: number = CONFIDENCE_STEPS[0];
export const MOST_CONFIDENCE: number = CONFIDENCE_STEPS[CONFIDENCE_STEPS.length - 1] as number;
/** Between two ports of which neither is a service a late packet or a reply looks much like a request: no more is claimed on that alone. */
export const MOST_OF_STOPPED = 0.8;

/** What a clue shows: the stopped attempt, the rejected reply, who spoke first, no answer, a service or a shared end, the ports. */
export type ClueName =
  | 'stopped'
  | 'stoppedBetween'
  | 'replyRejected'
  | 'spokeFirst'
  | 'oneWay'
  | 'ftpData'
  | 'answers'
  | 'manyPeers'
  | 'ports';

/** Ports of which neither is a service agree with what else is there from so much on. */
export const PORTS_AGREE = 1;

/** One piece of inferred evidence: the basis it counts for, the end it names, its log odds and what it shows. */
export type Clue = readonly [basis: InitiatorBasis, opener: End, odds: number, shows: ClueName];

/** What is known of one end of a key. */
export interface EndKnowledge {
  /** It sent a SYN-ACK somewhere in the input. */
  readonly answers: boolean;
  /** Distinct ends it talked with, both ways and over TCP with payload, counted to MOST_PEERS. */
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
  /** It sent a few packets without payload, or none that was let through, and no answer came to an interface that shows answers. */
  readonly oneWay: boolean;
  /** Its port may be FTP's for data: there was payload, or more than a probe and its answer. */
  readonly ftpData: boolean;
  /** Its port is FTP's for data, and it alone spoke, without payload: the server's dial, or an answer to a probe. */
  readonly ftpAlone: boolean;
  /** Its peer answers handshakes elsewhere, and it does not. */
  readonly peerAnswers: boolean;
  /** Its peer is shared by many, and it is not; of both ends where both meet several others. */
  readonly peerIsShared: boolean;
}

const isStopped = (shown: OfEnds<Shown>): boolean => shown[0].stopped || shown[1].stopped;

/** Between two ports without a service the ports say little of what was stopped. */
const areNoServices = (ports: OfEnds<number> | null): boolean =>
  ports !== null && !isService(ports[0]) && !isService(ports[1]);

/**
 * What was stopped names its sender as the one who asked: but from a service it may as well be the answer, or a late packet of
 * one. Between two ports without a service that is so, too, unless the ports agree, or the interface shows answers: there the
 * talk would be in the log that a late packet is of.
 */
const stoppedClues = (shown: OfEnds<Shown>, ports: OfEnds<number> | null): Clue[] =>
  ([0, 1] as const)
    .filter((end) => {
      if (!shown[end].stopped) return false;
      if (ports === null) return true;
      const odds = portOdds(ports[0], ports[1]);
      const forIt = end === 0 ? odds : -odds;
      return !isService(ports[end]) && (forIt >= PORTS_AGREE || (forIt >= 0 && shown[end].oneWay));
    })
    .map((end) => ['rejected', end, ODDS.rejected, areNoServices(ports) ? 'stoppedBetween' : 'stopped']);

/** Both meet several others: as peers do that dial from the port on which they listen. Then only the port of a service tells them apart. */
const areBothShared = (shown: OfEnds<Shown>): boolean => shown[0].peerIsShared && shown[1].peerIsShared;

/** What comes from a service's port and got no answer is a late packet of a talk, not an attempt. */
const isAttempt = (shown: OfEnds<Shown>, end: End, ports: OfEnds<number> | null): boolean =>
  shown[end].oneWay && !shown[end].stopped && (ports === null || !isService(ports[end]));

/** What the numbers of both ports say; those of FTP's data connections say the contrary of all others. */
const portClue = (shown: OfEnds<Shown>, ports: OfEnds<number>): Clue | undefined => {
  const odds = portOdds(ports[0], ports[1]);
  if (odds === 0) return undefined;
  const opener: End = odds > 0 ? 0 : 1;
  const server: End = opener === 0 ? 1 : 0;
  return shown[server].ftpData && ports[server] === FTP_DATA
    ? ['port', server, ODDS.ftpData, 'ftpData']
    : ['port', opener, Math.abs(odds), 'ports'];
};

/** The clues for either end that go with what speaks for it, and with the ports of both. */
export const cluesOf = (shown: OfEnds<Shown>, ports: OfEnds<number> | null): Clue[] => {
  if (shown[0].ftpAlone || shown[1].ftpAlone) return [];
  const clues = stoppedClues(shown, ports);
  for (const end of [0, 1] as const) {
    const { replyRejected, spokeFirst, peerAnswers, peerIsShared } = shown[end];
    if (isAttempt(shown, end, ports)) clues.push(['one-way', end, ODDS.oneWay, 'oneWay']);
    if (replyRejected) clues.push(['order', end, ODDS.replyRejected, 'replyRejected']);
    if (spokeFirst) clues.push(['order', end, ODDS.spokeFirst, 'spokeFirst']);
    if (peerAnswers) clues.push(['service', end, ODDS.answersHandshakes, 'answers']);
    if (peerIsShared && !areBothShared(shown)) clues.push(['service', end, ODDS.manyPeers, 'manyPeers']);
  }
  const isMute = (isStopped(shown) || areBothShared(shown)) && areNoServices(ports);
  const byPorts = ports === null || isMute ? undefined : portClue(shown, ports);
  return byPorts === undefined ? clues : [...clues, byPorts];
};

const STRONGEST_FIRST = [
  'rejected',
  'service',
  'order',
  'one-way',
  'port',
] as const satisfies readonly InitiatorBasis[];

/** What clues come to together, before it is a finding: clues of several sources are added by adding these. */
export interface Weight {
  /** Positive for the low end. */
  readonly odds: number;
  /** By end, the bases that speak for it, as bits in the order of their strength; and whether any of them may claim all it can. */
  readonly bases: OfEnds<number>;
  readonly isFree: OfEnds<boolean>;
}

const NO_WEIGHT: Weight = { odds: 0, bases: [0, 0], isFree: [false, false] };

export const addWeights = (one: Weight, other: Weight): Weight => ({
  odds: one.odds + other.odds,
  bases: [one.bases[0] | other.bases[0], one.bases[1] | other.bases[1]],
  isFree: [one.isFree[0] || other.isFree[0], one.isFree[1] || other.isFree[1]],
});

const weightOf = ([basis, opener, odds, shows]: Clue): Weight => {
  const bit = 1 << STRONGEST_FIRST.indexOf(basis as (typeof STRONGEST_FIRST)[number]);
  const isFree = shows !== 'stoppedBetween';
  return opener === 0
    ? { odds, bases: [bit, 0], isFree: [isFree, false] }
    : { odds: -odds, bases: [0, bit], isFree: [false, isFree] };
};

/** Clues together. */
export const sumUp = (clues: readonly Clue[]): Weight => clues.map(weightOf).reduce(addWeights, NO_WEIGHT);

/** The finding that a weight amounts to: the basis named is the strongest that speaks for the end. */
export const findingOf = ({ odds, bases, isFree }: Weight): InitiatorFinding => {
  const direction: End = odds >= 0 ? 0 : 1;
  const probability = 1 / (1 + Math.exp(-Math.abs(odds)));
  const basis = STRONGEST_FIRST.find((_, i) => (bases[direction] & (1 << i)) !== 0);
  const claimed = Math.min(probability, isFree[direction] ? MOST_CONFIDENCE : MOST_OF_STOPPED);
  const confidence = CONFIDENCE_STEPS.findLast((step) => claimed >= step);
  return basis === undefined || confidence === undefined ? NOBODY : { direction, basis, confidence };
};

/** What clues come to when their log odds are added up. */
export const weigh = (clues: readonly Clue[]): InitiatorFinding => findingOf(sumUp(clues));
