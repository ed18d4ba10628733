/**
 * Who opened it. Observed evidence (SYN, SYN-ACK) decides alone; FIN and RST never tell. Without it the
 * inferred evidence is added up as log odds and reported as a probability that never reaches 1.
 */
import type { Direction, KeyRecord } from '../correlate/key-records.ts';
import type { InitiatorBasis } from '../model/connection.ts';
import { hasPlainSyn, hasSynAck } from '../model/tcp-flags.ts';
import { SLACK_SECONDS } from '../tcp/idle-limits.ts';
import { portOdds } from './ports.ts';
import type { EndKnowledge } from './services.ts';

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
  /** The first second that the log covers at the vantages of these records; null when not known. */
  readonly coveredFrom: () => number | null;
  readonly observedOnly: boolean;
}

/** Only a whole handshake is beyond doubt; the others would be wrong if the record that settles them was lost. */
const CONFIDENCE = { handshake: 1, one: 0.999, coin: 0.5 } as const;

const NOBODY: InitiatorFinding = { direction: 0, basis: 'none', confidence: CONFIDENCE.coin };

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
 * Log odds of single pieces of evidence, for the end they name. e^2.2 is 9 to 1, e^3 20 to 1, e^4 55 to 1.
 * Set from what each claims, to be calibrated against simulated networks.
 */
const ODDS = {
  /** One way and rejected: replies and stragglers are rejected too, but rarely alone. */
  rejected: 2.2,
  answersHandshakes: 4,
  manyPeers: 2.5,
  /** Accepted one way, rejected the other: a rejected request has no reply. */
  replyRejected: 3,
  /** One end spoke more than the slack earlier, and the log covers the time before. */
  spokeFirst: 2,
  /** Only one end ever spoke. */
  spokeAlone: 1,
} as const;

/** So many ends more than its peer has: then an end is shared, not merely reused. */
const MANY_PEERS = 3;
/** Below this nothing is claimed. */
const LEAST_CONFIDENCE = 0.6;
const MOST_CONFIDENCE = 0.99;

type Clue = readonly [basis: InitiatorBasis, opener: Direction, odds: number];

interface DirectionSummary {
  first: number | null;
  accepted: boolean;
  rejected: boolean;
  seen: boolean;
}

const summarize = (records: readonly KeyRecord[]): [DirectionSummary, DirectionSummary] => {
  const summary = (): DirectionSummary => ({ first: null, accepted: false, rejected: false, seen: false });
  const both: [DirectionSummary, DirectionSummary] = [summary(), summary()];
  for (const record of records) {
    const side = both[record.direction];
    side.seen = true;
    side.accepted ||= record.accept;
    side.rejected ||= record.reject;
    if (record.start !== null && (side.first === null || record.start < side.first))
      side.first = record.start;
  }
  return both;
};

const cluesOf = (evidence: InitiatorEvidence): Clue[] => {
  const clues: Clue[] = [];
  const sides = summarize(evidence.records);
  const ends = evidence.ends();
  const coveredFrom = evidence.coveredFrom();
  const flagless = evidence.records.every((record) => record.flags === null);
  for (const direction of [0, 1] as const) {
    const self = sides[direction];
    const peer = sides[otherEnd(direction)];
    const own = ends[direction];
    const theirs = ends[otherEnd(direction)];
    if (self.seen && !peer.seen) {
      if (evidence.isTcp && flagless && self.rejected && !self.accepted) {
        clues.push(['rejected', direction, ODDS.rejected]);
      } else if (!evidence.isTcp) clues.push(['order', direction, ODDS.spokeAlone]);
    }
    if (self.accepted && !self.rejected && peer.rejected && !peer.accepted) {
      clues.push(['order', direction, ODDS.replyRejected]);
    } else if (
      self.first !== null &&
      peer.first !== null &&
      peer.first - self.first > SLACK_SECONDS &&
      coveredFrom !== null &&
      self.first - coveredFrom > SLACK_SECONDS
    ) {
      clues.push(['order', direction, ODDS.spokeFirst]);
    }
    if (theirs.answers && !own.answers) clues.push(['service', direction, ODDS.answersHandshakes]);
    if (theirs.peers >= MANY_PEERS && theirs.peers >= MANY_PEERS * own.peers) {
      clues.push(['service', direction, ODDS.manyPeers]);
    }
  }
  if (evidence.ports !== null) {
    const odds = portOdds(evidence.ports[0], evidence.ports[1]);
    if (odds !== 0) clues.push(['port', odds > 0 ? 0 : 1, Math.abs(odds)]);
  }
  return clues;
};

const STRONGEST_FIRST: readonly InitiatorBasis[] = ['rejected', 'service', 'order', 'port'];

const inferInitiator = (evidence: InitiatorEvidence): InitiatorFinding => {
  const clues = cluesOf(evidence);
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

/** Who opened it, by the strongest evidence there is. */
export const findInitiator = (evidence: InitiatorEvidence): InitiatorFinding => {
  const observed = evidence.isTcp ? observeInitiator(evidence.records) : undefined;
  if (observed !== undefined) return observed;
  return evidence.observedOnly ? NOBODY : inferInitiator(evidence);
};
