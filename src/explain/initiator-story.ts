/**
 * Who opened it and why: what was observed, every clue that was weighed, and what was looked for and not there.
 * The weighing is meaning/initiator.ts's own; here it is only put into words.
 */

import type { Traced, TracedRecord } from '../engine/outlines/traces.ts';
import {
  type Clue,
  cluesOf,
  type EndKnowledge,
  type InitiatorFinding,
  LEAST_CONFIDENCE,
  MANY_PEERS,
  MOST_PEERS,
  observedInitiator,
  weigh,
} from '../meaning/initiator.ts';
import { FTP_DATA, PORT_RANKS, rankOf } from '../meaning/ports.ts';
import { MOST_ATTEMPT_PACKETS } from '../meaning/unanswered.ts';
import { INITIATOR_BASES, type InitiatorBasis } from '../model/connection.ts';
import type { End } from '../model/end.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import type { NameOf } from '../model/name-of.ts';
import { spellEndpoint } from '../model/spell-values.ts';
import { hasPlainSyn, hasSynAck, hidesWhoOpened } from '../model/tcp-flags.ts';
import { upshotOf } from '../model/upshots.ts';
import type { Candidate, Fate, InitiatorStory, Place } from './explanation.ts';

/** What each basis takes. */
const TAKES: Readonly<Record<Exclude<InitiatorBasis, 'none'>, string>> = {
  handshake: 'takes a SYN from one side and the SYN-ACK from the other',
  syn: 'takes a SYN from one side alone, and no SYN-ACK',
  'syn-ack': 'takes a SYN-ACK from one side, and no SYN from the other',
  simultaneous: 'takes a SYN from both sides and no SYN-ACK to settle it, or a SYN-ACK from both',
  rejected:
    'takes a format without tcp-flags and, at one vantage, nothing but rejected records of one direction, from a port that is no known service (between two such ports only where they agree, or the vantage shows answers to others); or a SYN-ACK that was rejected, without its SYN',
  service: `takes a side that is known from elsewhere in the input: it answered a handshake there, or talks with ${MANY_PEERS} others or more while the other talks with none`,
  order: `takes one direction accepted and the other rejected, or one side that spoke more than ${SLACK_SECONDS} s before the other while the log covers the time before`,
  'one-way': `takes a format without tcp-flags and, at a vantage that shows answers to others, no more than ${MOST_ATTEMPT_PACKETS} accepted packets of one side, without payload, from a port that is no known service`,
  port: 'takes ports of different kinds: well-known, a known service, registered, unassigned, above what Linux takes for clients, reserved, ephemeral',
};

const OBSERVED = ['handshake', 'syn', 'syn-ack', 'simultaneous'] as const;
const INFERRED = ['rejected', 'service', 'order', 'one-way', 'port'] as const;

const isTcp = ({ connection }: Traced): boolean => connection.state !== null;

const otherEnd = (direction: End): End => (direction === 0 ? 1 : 0);

/** The sides of a connection by the ends of its key. */
interface Ends {
  readonly traced: Traced;
  readonly observedOnly: boolean;
  readonly nameOf: (direction: End) => string;
  readonly placeOf: (record: TracedRecord) => Place;
}

const endsOf = (
  traced: Traced,
  { observedOnly, names }: InitiatorTelling,
  placeOf: Ends['placeOf'],
): Ends => ({
  traced,
  observedOnly,
  placeOf,
  nameOf: (direction) => {
    const { initiator, responder } = traced.connection;
    const { address, port } = direction === traced.initiator ? initiator : responder;
    return spellEndpoint(address, port, names);
  },
});

const sideOf = ({ traced }: Ends, direction: End) =>
  direction === traced.initiator ? 'initiator' : 'responder';

/** The first record of each opening flag and direction. */
const openings = ({ traced: { records } }: Ends): TracedRecord[] => {
  const found: TracedRecord[] = [];
  for (const direction of [0, 1] as const) {
    for (const has of [hasPlainSyn, hasSynAck]) {
      const first = records.find(
        ({ direction: sender, flags, byGateway }) =>
          sender === direction && flags !== null && has(flags) && !hidesWhoOpened(flags, byGateway),
      );
      if (first !== undefined) found.push(first);
    }
  }
  return found.sort((a, b) => records.indexOf(a) - records.indexOf(b));
};

const describeOpenings = (ends: Ends, found: readonly TracedRecord[]): string =>
  found
    .map(
      ({ flags, direction }) =>
        `${hasSynAck(flags as number) ? 'SYN-ACK' : 'SYN'} from ${ends.nameOf(direction)}`,
    )
    .join(', ');

const observedCandidates = (ends: Ends): Candidate[] => {
  const found = observedInitiator(ends.traced.evidence);
  return OBSERVED.map((basis): Candidate => {
    if (basis !== found?.basis)
      return { basis, fate: 'absent', names: null, confidence: null, says: TAKES[basis], places: [] };
    const shown = openings(ends);
    return {
      basis,
      fate: 'decides',
      names: basis === 'simultaneous' ? null : sideOf(ends, found.direction),
      confidence: found.confidence,
      says: describeOpenings(ends, shown),
      places: shown.map(ends.placeOf),
    };
  });
};

const describePorts = (ends: Ends): string => {
  const { ports } = ends.traced;
  if (ports === null) return 'the protocol has no ports';
  const kindOf = (direction: End): string => `${ports[direction]} (${PORT_RANKS[rankOf(ports[direction])]})`;
  const { initiator } = ends.traced;
  return `port ${kindOf(initiator)} against ${kindOf(otherEnd(initiator))}`;
};

const countPeers = ({ peers }: EndKnowledge): string =>
  peers < MOST_PEERS ? `${peers}` : `${peers} or more`;

const describeClue = (ends: Ends, [, opener, , shows]: Clue): string => {
  const known = ends.traced.ends;
  const own = ends.nameOf(opener);
  const theirs = ends.nameOf(otherEnd(opener));
  switch (shows) {
    case 'stopped':
    case 'stoppedBetween':
      return `all that one vantage saw is what ${own} sent, and it was rejected: an attempt that was stopped`;
    case 'replyRejected':
      return `what ${own} sent was accepted and what ${theirs} sent was rejected: a request and its reply`;
    case 'spokeFirst':
      return `${own} spoke more than ${SLACK_SECONDS} s before ${theirs}, and the log covers the time before`;
    case 'oneWay':
      return `${own} sent no more than ${MOST_ATTEMPT_PACKETS} packets without payload, and no answer came where the log shows answers to others`;
    case 'answers':
      return `${theirs} answered a handshake in the input, ${own} did not`;
    case 'manyPeers':
      return `${theirs} talks both ways with ${countPeers(known[otherEnd(opener)])} ends in the input, with payload over TCP, ${own} with ${countPeers(known[opener])}`;
    case 'ports':
      return describePorts(ends);
    case 'ftpData':
      return `${describePorts(ends)}: more than a probe of port ${FTP_DATA}, from which an FTP server opens its data connections`;
    default:
      return shows satisfies never;
  }
};

/** How sure one clue would be by itself. */
const aloneConfidence = (clue: Clue): number => weigh([clue]).confidence;

/** Whether a record holds a SYN or a SYN-ACK that nobody can tell apart. */
const hidesSides = ({ records }: Traced): boolean =>
  records.some(({ flags, byGateway }) => flags !== null && hidesWhoOpened(flags, byGateway));

/** What a SYN-ACK names that was rejected, where no SYN is in the log; undefined where there is none. */
const rejectedAnswer = ({ evidence }: Traced): InitiatorFinding | undefined => {
  const finding = observedInitiator(evidence);
  return finding?.basis === 'rejected' ? finding : undefined;
};

const rejectedAnswerCandidate = (ends: Ends, { direction, confidence }: InitiatorFinding): Candidate => ({
  basis: 'rejected',
  fate: ends.observedOnly ? 'refused' : 'decides',
  names: sideOf(ends, direction),
  confidence,
  says: `${describeOpenings(ends, openings(ends))} was rejected, and no SYN is in the log: an answer to ${ends.nameOf(direction)}, or one that nobody asked for (backscatter)`,
  places: openings(ends).map(ends.placeOf),
});

const inferredCandidates = (ends: Ends): Candidate[] => {
  const { traced, observedOnly } = ends;
  const answer = isTcp(traced) ? rejectedAnswer(traced) : undefined;
  const isObserved = isTcp(traced) && observedInitiator(traced.evidence) !== undefined;
  const clues = cluesOf(traced.shown, traced.ports);
  const finding = weigh(clues);
  const fateOf = ([basis, opener]: Clue): Fate => {
    if (observedOnly && (answer !== undefined || !isObserved)) return 'refused';
    if (isObserved) return 'outranked';
    if (finding.basis === 'none') return 'too-weak';
    if (opener !== finding.direction) return 'outweighed';
    return basis === finding.basis ? 'decides' : 'supports';
  };
  return INFERRED.flatMap((basis): Candidate[] => {
    if (basis === 'rejected' && answer !== undefined) return [rejectedAnswerCandidate(ends, answer)];
    const held = clues.filter(([name]) => name === basis);
    if (held.length > 0) {
      return held.map((clue) => ({
        basis,
        fate: fateOf(clue),
        names: sideOf(ends, clue[1]),
        confidence: aloneConfidence(clue),
        says: describeClue(ends, clue),
        places: [],
      }));
    }
    const ports =
      basis === 'port' && traced.ports !== null ? `${describePorts(ends)}: they say nothing; it ` : '';
    return [
      { basis, fate: 'absent', names: null, confidence: null, says: `${ports}${TAKES[basis]}`, places: [] },
    ];
  });
};

const describeDecision = (ends: Ends, candidates: readonly Candidate[]): string => {
  const { traced, observedOnly } = ends;
  const { initiatorBasis, initiatorConfidence } = traced.connection;
  const initiator = ends.nameOf(traced.initiator);
  const { kind } = INITIATOR_BASES[initiatorBasis];
  const percent = `${Math.min(99, Math.round(initiatorConfidence * 100))} %`;
  if (initiatorBasis === 'simultaneous') return 'both sides opened it: observed';
  const did = upshotOf(traced.connection) === 'unanswered' ? 'tried to open it' : 'opened it';
  if (kind === 'observed') return `${initiator} ${did}: observed, and observed evidence decides alone`;
  if (kind === 'inferred' && rejectedAnswer(traced) !== undefined)
    return `${initiator} opened it: inferred from a SYN-ACK that was rejected, ${percent} sure`;
  const hidden = hidesSides(traced)
    ? '; transit gateways note SYN and ACK of any packet, so a SYN is not told from a SYN-ACK'
    : '';
  if (kind === 'inferred')
    return `${initiator} ${did}: inferred, ${percent} sure by all clues together${hidden}`;
  if (observedOnly) return 'nothing observed tells who opened it, and inference was not asked for';
  return candidates.some(({ fate }) => fate === 'too-weak')
    ? `nothing tells who opened it: all clues together stay below ${LEAST_CONFIDENCE * 100} %`
    : 'nothing tells who opened it';
};

/** How the story is asked for. */
export interface InitiatorTelling {
  /** Inference was not asked for. */
  readonly observedOnly: boolean;
  /** What addresses are called. */
  readonly names: NameOf | undefined;
}

/**
 * The story of one initiator.
 * @param placeOf where the line of a record stands
 */
export const tellInitiator = (
  traced: Traced,
  telling: InitiatorTelling,
  placeOf: (record: TracedRecord) => Place,
): InitiatorStory => {
  const ends = endsOf(traced, telling, placeOf);
  const { initiatorBasis: basis, initiatorConfidence: confidence } = traced.connection;
  const candidates = [...(isTcp(traced) ? observedCandidates(ends) : []), ...inferredCandidates(ends)];
  const deciding = candidates.find(({ fate }) => fate === 'decides');
  if ((deciding?.basis ?? 'none') !== basis)
    throw new Error('The evidence on who opened a connection does not lead to what was reported.');
  return {
    basis,
    kind: INITIATOR_BASES[basis].kind,
    confidence,
    says: describeDecision(ends, candidates),
    candidates,
  };
};
