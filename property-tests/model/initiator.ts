/**
 * Who opened it (section 3 of the model). SYN and SYN-ACK decide alone; FIN and RST never tell. Only without them are
 * clues weighed, and what they give never reaches certainty. When nobody knows, the low end stands as initiator.
 */
import { List } from 'immutable';
import type { InitiatorBasis } from '../../src/model/connection.ts';
import { type Clue, cluesOf, type Setting } from './clues.ts';
import { type End, otherEnd } from './ends.ts';
import { answers, dials, isRejected, type Sighting } from './sighting.ts';
import { CONFIDENCE, CONFIDENCE_STEPS } from './weights.ts';

export interface Initiator {
  readonly end: End;
  readonly basis: InitiatorBasis;
  readonly confidence: number;
}

const NOBODY: Initiator = { end: 'low', basis: 'none', confidence: CONFIDENCE.unknown };

const sent = (sightings: List<Sighting>, end: End, what: (sighting: Sighting) => boolean): boolean =>
  sightings.some((sighting) => sighting.sender === end && what(sighting));

/** A SYN-ACK tells more than a SYN; from both sides either is a simultaneous open. What may be either tells nothing. */
const observe = (sightings: List<Sighting>): Initiator | undefined => {
  const ends: readonly End[] = ['low', 'high'];
  const answerers = ends.filter((end) => sent(sightings, end, answers));
  const diallers = ends.filter((end) => sent(sightings, end, dials));
  const confidence = CONFIDENCE.otherObserved;
  if (answerers.length === 2) return { end: 'low', basis: 'simultaneous', confidence };
  const [answerer] = answerers;
  if (answerer !== undefined) {
    const end = otherEnd(answerer);
    if (diallers.includes(end)) return { end, basis: 'handshake', confidence: CONFIDENCE.handshake };
    if (sent(sightings.filterNot(isRejected), answerer, answers))
      return { end, basis: 'syn-ack', confidence };
    // It may be an answer that nobody asked for.
    return { end, basis: 'rejected', confidence: CONFIDENCE.rejectedAnswer };
  }
  if (diallers.length === 2) return { end: 'low', basis: 'simultaneous', confidence };
  const [dialler] = diallers;
  return dialler === undefined ? undefined : { end: dialler, basis: 'syn', confidence };
};

/** The strongest of the clues that point the way the sum of all points. */
const STRONGEST_FIRST = List<InitiatorBasis>(['rejected', 'service', 'order', 'one-way', 'port']);

const weigh = (clues: List<Clue>): Initiator => {
  const sum = clues.reduce((total, { opener, odds }) => total + (opener === 'low' ? odds : -odds), 0);
  const end: End = sum >= 0 ? 'low' : 'high';
  const probability = 1 / (1 + Math.exp(-Math.abs(sum)));
  const speaking = clues.filter(({ opener }) => opener === end);
  const basis = STRONGEST_FIRST.find((name) => speaking.some((clue) => clue.basis === name));
  if (basis === undefined || probability < CONFIDENCE.least) return NOBODY;
  const most = Math.max(...speaking.map(({ atMost }) => atMost ?? CONFIDENCE.most));
  const reached = CONFIDENCE_STEPS.filter((step) => step <= Math.min(probability, most));
  return { end, basis, confidence: Math.max(...reached) };
};

/**
 * @param sightings of one connection or exchange
 * @param observedOnly refuse inference
 */
export const findInitiator = (
  sightings: List<Sighting>,
  setting: Setting,
  observedOnly: boolean,
): Initiator => {
  const observed = observe(sightings);
  if (!observedOnly) return observed ?? weigh(cluesOf(sightings, setting));
  return observed === undefined || observed.basis === 'rejected' ? NOBODY : observed;
};
