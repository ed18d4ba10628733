/**
 * How it went and ended (section 4 of the model): first how it was opened, then who closed it and how; beside our
 * word stands Zeek's conn_state, as scripts/base/protocols/conn gives it.
 */
import type { List } from 'immutable';
import type { ConnectionState, Side, Verdict } from '../../src/model/connection.ts';
import { SLACK_SECONDS } from '../../src/model/idle-limits.ts';
import { type End, otherEnd } from './ends.ts';
import { howItBegan, howItEnded, isOver, settle, sideState } from './sides.ts';
import { answers, closes, isAccepted, isEither, type Sighting } from './sighting.ts';
import { firstEnd, firstStart } from './spans.ts';

export interface Outcome {
  readonly state: ConnectionState;
  readonly connState: string;
  readonly closedBy: Side | null;
  readonly startsMidstream: boolean | null;
  readonly endsOpen: boolean | null;
  /** It would have been open, had its ports not been dialled again. */
  readonly dialledAgain: boolean;
}

type Sightings = List<Sighting>;
type Ended = ReturnType<typeof howItEnded>;

/** attempt: a SYN and no answer · answered: a handshake, or what proves it · noSyn: SYN-ACK only · midstream: neither. */
type Opening = 'attempt' | 'answered' | 'noSyn' | 'midstream';

/** How an end began. Where the initiator went on with an ACK it had got a SYN-ACK. */
const beganAs = (sightings: Sightings, initiator: End, end: End): ReturnType<typeof howItBegan> => {
  const acknowledged = sightings.some((sighting) => sighting.sender === initiator && isEither(sighting));
  return acknowledged && end !== initiator ? 'synAck' : howItBegan(settle(sightings, initiator), end);
};

const openingOf = (sightings: Sightings, initiator: End): Opening => {
  const began = (['low', 'high'] as const).map((end) => beganAs(sightings, initiator, end));
  const dialled = began.includes('syn');
  const answers = began.filter((how) => how === 'synAck').length;
  if (!dialled && answers === 0) return 'midstream';
  // Both sides sent SYN-ACK: each answered the SYN of the other.
  if (!dialled) return answers === 2 ? 'answered' : 'noSyn';
  // Whoever only sent RST has refused, not answered.
  return began.includes('silent') ? 'attempt' : 'answered';
};

const sentFin = (ended: Ended): boolean => ended === 'fin' || ended === 'finRst';
const sentRst = (ended: Ended): boolean => ended === 'rst' || ended === 'finRst';

/** The end of what was opened. FIN from both sides is a close, whatever RST came after. */
const endOfTalk = (mine: Ended, theirs: Ended): ConnectionState => {
  if (sentFin(mine) && sentFin(theirs)) return 'closed';
  if (sentRst(mine) || sentRst(theirs)) return 'reset';
  return sentFin(mine) || sentFin(theirs) ? 'half-closed' : 'established';
};

const endOfAttempt = (mine: Ended, theirs: Ended): ConnectionState => {
  if (sentRst(theirs)) return 'refused';
  return mine === 'open' ? 'attempted' : 'abandoned';
};

const stateOf = (opening: Opening, mine: Ended, theirs: Ended): ConnectionState => {
  if (opening === 'midstream') return 'midstream';
  if (opening === 'noSyn') return 'answered';
  return opening === 'attempt' ? endOfAttempt(mine, theirs) : endOfTalk(mine, theirs);
};

/**
 * What Zeek keeps of an end (its TCP analyzer): nothing seen, packets without a handshake, a SYN that waits, a part in a
 * handshake, a FIN, a RST. Once both have sent FIN a RST changes nothing; and a SYN-ACK makes what the other end sends part of a
 * handshake, its SYN seen or not.
 */
type Endpoint = 'inactive' | 'partial' | 'synSent' | 'established' | 'closed' | 'reset';

const endpointOf = (sightings: Sightings, initiator: End, end: End): Endpoint => {
  const mine = howItEnded(sightings, end);
  if (sentRst(mine) && !(sentFin(mine) && sentFin(howItEnded(sightings, otherEnd(end))))) return 'reset';
  if (mine !== 'open') return 'closed';
  if (beganAs(sightings, initiator, end) === 'silent') return 'inactive';
  const opening = openingOf(sightings, initiator);
  if (opening === 'midstream') return 'partial';
  return opening === 'attempt' ? 'synSent' : 'established';
};

/** Zeek's function conn_state. Of two RSTs without an answer neither side sent payload; of others no log proves that. */
const connStateOf = (sightings: Sightings, initiator: End): string => {
  const mine = endpointOf(sightings, initiator, initiator);
  const theirs = endpointOf(sightings, initiator, otherEnd(initiator));
  const isAttempt = openingOf(sightings, initiator) === 'attempt';
  const isShapeless = (end: Endpoint): boolean => end === 'inactive' || end === 'partial';
  if (theirs === 'reset') {
    if (isAttempt && mine !== 'closed') return 'REJ';
    return isShapeless(mine) ? 'RSTRH' : 'RSTR';
  }
  if (mine === 'reset') {
    if (!isShapeless(theirs)) return 'RSTO';
    // Its history has to be a SYN, then a RST, and no FIN between.
    return isAttempt && !sentFin(howItEnded(sightings, initiator)) ? 'RSTOS0' : 'OTH';
  }
  if (mine === 'closed' && theirs === 'closed') return 'SF';
  if (mine === 'closed') return isShapeless(theirs) ? 'SH' : 'S2';
  if (theirs === 'closed') return isShapeless(mine) ? 'SHR' : 'S3';
  if (mine === 'synSent') return 'S0';
  return mine === 'established' && theirs === 'established' ? 'S1' : 'OTH';
};

/**
 * Whether the first FIN or RST of one end surely came before the first of the other: a packet stamped t was on the wire in
 * t-60 … t, in either direction.
 */
const closedFirst = (sightings: Sightings, one: End, other: End): boolean => {
  const closesOf = (end: End): Sightings =>
    sightings.filter((sighting) => sighting.sender === end && closes(sighting));
  const atTheLatest = firstEnd(closesOf(one));
  const atTheEarliest = firstStart(closesOf(other));
  return atTheLatest !== null && atTheEarliest !== null && atTheLatest < atTheEarliest - SLACK_SECONDS;
};

/** Who closed: the only one that did, or that refused; of two the one whose first close is surely before the other's. */
const closerOf = (sightings: Sightings, initiator: End, state: ConnectionState): Side | null => {
  const responder = otherEnd(initiator);
  const mine = howItEnded(sightings, initiator);
  const theirs = howItEnded(sightings, responder);
  if (mine === 'open' && theirs === 'open') return null;
  if (mine === 'open' || theirs === 'open') return mine === 'open' ? 'responder' : 'initiator';
  if (state === 'refused') return 'responder';
  if (closedFirst(sightings, initiator, responder)) return 'initiator';
  return closedFirst(sightings, responder, initiator) ? 'responder' : null;
};

/** The attempt died at a filter: the request or its reply was rejected, and nothing of an answer got through. */
const isBlocked = (sightings: Sightings, initiator: End, verdict: Verdict): boolean =>
  (verdict === 'rejected' || verdict === 'reply-rejected') &&
  !sightings.some((sighting) => sighting.sender !== initiator && isAccepted(sighting));

const hasAnswer = (sightings: Sightings, initiator: End): boolean =>
  sightings.some((sighting) => isEither(sighting) || (sighting.sender !== initiator && answers(sighting)));

/** Zeek knows no filter, so that the packets say it; a lone SYN-ACK that was stopped proves the SYN that the log does not hold. */
const connStateOfBlocked = (sightings: Sightings, initiator: End): string => {
  if (sightings.every(({ flags }) => flags === null)) return 'S0';
  const isLoneAnswer =
    hasAnswer(sightings, initiator) &&
    sideState(sightings, initiator) === 'NS' &&
    howItEnded(sightings, otherEnd(initiator)) === 'open';
  return isLoneAnswer ? 'S1' : connStateOf(sightings, initiator);
};

const blocked = (sightings: Sightings, initiator: End, startsMidstream: boolean | null): Outcome => ({
  state: 'blocked',
  connState: connStateOfBlocked(sightings, initiator),
  closedBy: null,
  startsMidstream,
  endsOpen: false,
  dialledAgain: false,
});

/** Without any flag. A dash in every tcp-flags is a format with flags that says nothing: mid-stream. What got no answer is not open. */
const withoutFlags = (sightings: Sightings, verdict: Verdict): Outcome => ({
  state: sightings.some(({ carriesFlags }) => carriesFlags) ? 'midstream' : 'flagless',
  connState: 'OTH',
  closedBy: null,
  startsMidstream: null,
  endsOpen: verdict === 'unanswered' ? false : null,
  dialledAgain: false,
});

/** Nothing but late packets is no connection that may be open. */
const isNothingButLate = (sightings: Sightings, verdict: Verdict): boolean =>
  verdict === 'late' && !sightings.some(isAccepted);

const NEVER_OPEN: readonly ConnectionState[] = ['attempted', 'refused', 'abandoned', 'closed', 'reset'];

/** @param wasDialledAgain a later connection on its ports opened */
export const outcomeOf = (
  sightings: Sightings,
  initiator: End,
  verdict: Verdict,
  wasDialledAgain: boolean,
): Outcome => {
  const died = isBlocked(sightings, initiator, verdict);
  // A reply alone says nothing of what became of the request.
  const asked = sightings.some(({ sender }) => sender === initiator);
  if (sightings.every(({ flags }) => flags === null))
    return died && asked ? blocked(sightings, initiator, null) : withoutFlags(sightings, verdict);
  if (died && (hasAnswer(sightings, initiator) || beganAs(sightings, initiator, initiator) === 'syn'))
    return blocked(sightings, initiator, false);
  const opening = openingOf(sightings, initiator);
  const ended = [initiator, otherEnd(initiator)].map((end) => howItEnded(sightings, end)) as [Ended, Ended];
  const state = stateOf(opening, ...ended);
  const wasOpen = !NEVER_OPEN.includes(state) && !isOver(sightings);
  return {
    state,
    connState: connStateOf(sightings, initiator),
    closedBy: closerOf(sightings, initiator, state),
    startsMidstream: opening === 'midstream',
    endsOpen: wasOpen && !wasDialledAgain && !isNothingButLate(sightings, verdict),
    dialledAgain: wasOpen && wasDialledAgain,
  };
};
