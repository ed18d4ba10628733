/**
 * How it went and ended (section 4 of the model): first how it was opened, then who closed it and how; beside our
 * word stands Zeek's conn_state, as scripts/base/protocols/conn gives it.
 */
import type { List } from 'immutable';
import { SLACK_SECONDS } from '../../src/meaning/idle-limits.ts';
import type { ConnectionState, Side, Verdict } from '../../src/model/connection.ts';
import { hasFin, hasSynAck } from '../../src/model/tcp-flags.ts';
import { type End, otherEnd } from './ends.ts';
import { howItBegan, howItEnded, isOver, sideState } from './sides.ts';
import { isAccepted, type Sighting } from './sighting.ts';
import { firstEnd, firstStart } from './spans.ts';

export interface Outcome {
  readonly state: ConnectionState;
  readonly connState: string;
  readonly closedBy: Side | null;
  readonly startsMidstream: boolean | null;
  readonly endsOpen: boolean | null;
}

type Sightings = List<Sighting>;
type Ended = ReturnType<typeof howItEnded>;

/** attempt: a SYN and no answer · answered: a handshake, or what proves it · noSyn: SYN-ACK only · midstream: neither. */
type Opening = 'attempt' | 'answered' | 'noSyn' | 'midstream';

const openingOf = (sightings: Sightings): Opening => {
  const began = (['low', 'high'] as const).map((end) => howItBegan(sightings, end));
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

/** Of two that reset, the one without a FIN before it broke the talk off; of two such, the initiator is named. */
const whoReset = (mine: Ended, theirs: Ended): Side => {
  if (!sentRst(theirs)) return 'initiator';
  if (!sentRst(mine)) return 'responder';
  return mine === 'rst' ? 'initiator' : 'responder';
};

type Verdictless = readonly [state: ConnectionState, connState: string];

/** The end of what was opened. FIN from both sides is a close, whatever RST came after. */
const endOfTalk = (mine: Ended, theirs: Ended): Verdictless => {
  if (sentFin(mine) && sentFin(theirs)) return ['closed', 'SF'];
  if (sentRst(mine) || sentRst(theirs))
    return ['reset', whoReset(mine, theirs) === 'initiator' ? 'RSTO' : 'RSTR'];
  if (sentFin(mine)) return ['half-closed', 'S2'];
  if (sentFin(theirs)) return ['half-closed', 'S3'];
  return ['established', 'S1'];
};

const endOfAttempt = (mine: Ended, theirs: Ended): Verdictless => {
  if (sentRst(theirs)) return ['refused', 'REJ'];
  if (sentRst(mine)) return ['abandoned', 'RSTOS0'];
  return sentFin(mine) ? ['abandoned', 'SH'] : ['attempted', 'S0'];
};

/** When only the answerer was seen, Zeek says so: SHR, RSTRH, or OTH while nothing has ended. */
const answererAlone = (theirs: Ended): Verdictless => {
  if (sentRst(theirs)) return ['answered', 'RSTRH'];
  return ['answered', sentFin(theirs) ? 'SHR' : 'OTH'];
};

const stateOf = (sightings: Sightings, initiator: End): Verdictless => {
  const mine = howItEnded(sightings, initiator);
  const theirs = howItEnded(sightings, otherEnd(initiator));
  switch (openingOf(sightings)) {
    case 'midstream':
      return ['midstream', 'OTH'];
    case 'attempt':
      return endOfAttempt(mine, theirs);
    case 'answered':
      return endOfTalk(mine, theirs);
    default:
      return sideState(sightings, initiator) === 'NS'
        ? answererAlone(theirs)
        : ['answered', endOfTalk(mine, theirs)[1]];
  }
};

/**
 * Whether the first FIN of one end surely came before the first of the other: a packet stamped t was on the wire in
 * t-60 … t, in either direction.
 */
const finCameFirst = (sightings: Sightings, one: End, other: End): boolean => {
  const fins = (end: End): Sightings =>
    sightings.filter(({ sender, flags }) => sender === end && flags !== null && hasFin(flags));
  const atTheLatest = firstEnd(fins(one));
  const atTheEarliest = firstStart(fins(other));
  return atTheLatest !== null && atTheEarliest !== null && atTheLatest < atTheEarliest - SLACK_SECONDS;
};

/** Who closed: the only one that did; of two, who reset; of two FINs the first, if its interval is surely before. */
const closerOf = (sightings: Sightings, initiator: End, connState: string): Side | null => {
  const responder = otherEnd(initiator);
  const iClosed = howItEnded(sightings, initiator) !== 'open';
  const theyClosed = howItEnded(sightings, responder) !== 'open';
  if (!iClosed && !theyClosed) return null;
  if (iClosed !== theyClosed) return iClosed ? 'initiator' : 'responder';
  if (connState === 'RSTO') return 'initiator';
  if (connState === 'RSTR' || connState === 'REJ') return 'responder';
  if (finCameFirst(sightings, initiator, responder)) return 'initiator';
  return finCameFirst(sightings, responder, initiator) ? 'responder' : null;
};

/** The attempt died at a filter: the request or its reply was rejected, and nothing of an answer got through. */
const isBlocked = (sightings: Sightings, initiator: End, verdict: Verdict): boolean =>
  (verdict === 'rejected' || verdict === 'reply-rejected') &&
  !sightings.some((sighting) => sighting.sender !== initiator && isAccepted(sighting));

const hasAnswer = (sightings: Sightings, initiator: End): boolean =>
  sightings.some(({ sender, flags }) => sender !== initiator && flags !== null && hasSynAck(flags));

/** Zeek knows no filter: it has seen the answer, or the RST. */
const connStateOfBlocked = (sightings: Sightings, initiator: End): string => {
  if (hasAnswer(sightings, initiator)) return 'S1';
  return sentRst(howItEnded(sightings, otherEnd(initiator))) ? 'REJ' : 'S0';
};

const blocked = (sightings: Sightings, initiator: End, startsMidstream: boolean | null): Outcome => ({
  state: 'blocked',
  connState: connStateOfBlocked(sightings, initiator),
  closedBy: null,
  startsMidstream,
  endsOpen: false,
});

/** Without any flag. A dash in every tcp-flags is a format with flags that says nothing: mid-stream. What got no answer is not open. */
const withoutFlags = (sightings: Sightings, verdict: Verdict): Outcome => ({
  state: sightings.some(({ carriesFlags }) => carriesFlags) ? 'midstream' : 'flagless',
  connState: 'OTH',
  closedBy: null,
  startsMidstream: null,
  endsOpen: verdict === 'unanswered' ? false : null,
});

/** Nothing but late packets is no connection that may be open. */
const isNothingButLate = (sightings: Sightings, verdict: Verdict): boolean =>
  verdict === 'late' && !sightings.some(isAccepted);

const NEVER_OPEN: readonly ConnectionState[] = ['attempted', 'refused', 'abandoned', 'closed', 'reset'];

export const outcomeOf = (sightings: Sightings, initiator: End, verdict: Verdict): Outcome => {
  const died = isBlocked(sightings, initiator, verdict);
  // A reply alone says nothing of what became of the request.
  const asked = sightings.some(({ sender }) => sender === initiator);
  if (sightings.every(({ flags }) => flags === null))
    return died && asked ? blocked(sightings, initiator, null) : withoutFlags(sightings, verdict);
  if (died && (hasAnswer(sightings, initiator) || howItBegan(sightings, initiator) === 'syn'))
    return blocked(sightings, initiator, false);
  const [state, connState] = stateOf(sightings, initiator);
  return {
    state,
    connState,
    closedBy: closerOf(sightings, initiator, connState),
    startsMidstream: openingOf(sightings) === 'midstream',
    endsOpen: !NEVER_OPEN.includes(state) && !isOver(sightings) && !isNothingButLate(sightings, verdict),
  };
};
