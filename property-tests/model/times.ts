/**
 * When it opened and closed and how long it lasted, as bounds: a packet stamped t was on the wire in t-60 … t. Bounds
 * that the records do not give are null.
 */
import type { List } from 'immutable';
import { SLACK_SECONDS } from '../../src/meaning/idle-limits.ts';
import type { Connection } from '../../src/model/connection.ts';
import { closes, opens, type Sighting } from './sighting.ts';
import { firstEnd, firstStart, lastEnd, lastStart } from './spans.ts';

export type Times = Pick<
  Connection,
  | 'firstSeen'
  | 'lastSeen'
  | 'openedAt'
  | 'openedBy'
  | 'closedAfter'
  | 'closedAt'
  | 'durationMin'
  | 'durationMax'
>;

/** From what was surely there at the latest by `earliest` to what was surely there after `latest` less the slack. */
const least = (earliest: number | null, latest: number | null): number | null =>
  earliest === null || latest === null ? null : Math.max(0, latest - SLACK_SECONDS - earliest);

/** From the earliest possible opening to the latest possible close; null when the close is logged before it. */
const most = (openedAt: number | null, closedAt: number | null): number | null => {
  if (openedAt === null || closedAt === null) return null;
  const longest = closedAt - (openedAt - SLACK_SECONDS);
  return longest < 0 ? null : longest;
};

/** @param isBounded the log shows the opening and the end, and no SKIPDATA between */
export const timesOf = (sightings: List<Sighting>, isBounded: boolean): Times => {
  const opening = sightings.filter(opens);
  const closing = sightings.filter(closes);
  return {
    firstSeen: firstStart(sightings),
    lastSeen: lastEnd(sightings),
    openedAt: firstStart(opening),
    openedBy: firstEnd(opening),
    closedAfter: lastStart(closing),
    closedAt: lastEnd(closing),
    durationMin: least(firstEnd(opening) ?? firstEnd(sightings), lastStart(closing) ?? lastStart(sightings)),
    durationMax: isBounded ? most(firstStart(opening), lastEnd(closing)) : null,
  };
};
