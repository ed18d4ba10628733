/**
 * What security groups and network ACLs did. A verdict belongs to an observation point, so each vantage is judged
 * alone. What is rejected after the close is teardown noise and no verdict.
 */
import { List } from 'immutable';
import type { Verdict } from '../../src/model/connection.ts';
import type { End } from './ends.ts';
import { isOver } from './sides.ts';
import { isAccepted, isRejected, opens, type Sighting, vantage } from './sighting.ts';

type Sightings = List<Sighting>;

const isNoise = (sighting: Sighting, before: Sightings): boolean =>
  isRejected(sighting) && !opens(sighting) && isOver(before);

const withoutNoise = (sightings: Sightings): Sightings =>
  sightings.filterNot((sighting, i) => isNoise(sighting, sightings.take(i)));

const verdictAt = (sightings: Sightings, initiator: End): Verdict => {
  const requests = sightings.filter(({ sender }) => sender === initiator);
  const replies = sightings.filter(({ sender }) => sender !== initiator);
  if (!sightings.some(isRejected)) return sightings.some(isAccepted) ? 'accepted' : 'unknown';
  if (!sightings.some(isAccepted)) return 'rejected';
  const replyRejected = requests.some(isAccepted) && !requests.some(isRejected) && !replies.some(isAccepted);
  return replyRejected ? 'reply-rejected' : 'mixed';
};

/**
 * All vantages together. Where they differ, the sender's interface let out what the receiver's did not let in: it
 * did not get through, unless a reply says that some of it did.
 */
export const verdictOf = (sightings: Sightings, initiator: End): Verdict => {
  const judged = withoutNoise(sightings);
  const verdicts = judged
    .groupBy(vantage)
    .map((seen) => verdictAt(List(seen), initiator))
    .toSet()
    .remove('unknown');
  if (verdicts.size < 2) return verdicts.first<Verdict>('unknown');
  if (verdicts.has('mixed')) return 'mixed';
  if (!verdicts.has('rejected')) return 'reply-rejected';
  return judged.some((sighting) => sighting.sender !== initiator && isAccepted(sighting))
    ? 'mixed'
    : 'rejected';
};
