/**
 * What the whole input teaches about an end (address, port and protocol): whether it answered a handshake anywhere,
 * and how many other ends it talked with: both ways, and over TCP with payload. A scanner with a fixed source port
 * meets many ends too, and gets no answer or one without payload. They are counted to a thousand, as a stream can. It is asked of all records, whatever network they are from.
 */
import { is, List } from 'immutable';
import { type Endpoint, isTcp, type Key } from './ends.ts';
import { answers, provesPayload, type Sighting } from './sighting.ts';
import { MOST_PEERS } from './weights.ts';

export interface EndKnowledge {
  readonly answers: boolean;
  readonly peers: number;
}

const senderOf = ({ key, sender }: Sighting): Endpoint => (sender === 'low' ? key.low : key.high);

const isBothWays = (sightings: List<Sighting>): boolean =>
  sightings.some(({ sender }) => sender === 'low') && sightings.some(({ sender }) => sender === 'high');

const isTalk = (sightings: List<Sighting>): boolean =>
  isBothWays(sightings) && sightings.some((each) => !isTcp(each.key.protocol) || provesPayload(each));

const isEndOf = (key: Key, end: Endpoint): boolean => is(key.low, end) || is(key.high, end);

export const learnAbout = (end: Endpoint, protocol: number, flows: List<Sighting>): EndKnowledge => {
  const met = flows.filter(({ key }) => key.protocol === protocol && isEndOf(key, end));
  return {
    answers: met.some((sighting) => is(senderOf(sighting), end) && answers(sighting)),
    peers: Math.min(met.groupBy(({ key }) => key).filter((talk) => isTalk(List(talk))).size, MOST_PEERS),
  };
};
