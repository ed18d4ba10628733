/**
 * When it opened and closed and how long it lasted, as bounds: a packet stamped t was on the wire in t-60 … t. Bounds
 * that the records do not give are null.
 */
import type { List } from 'immutable';
import type { Connection } from '../../src/model/connection.ts';
import { SLACK_SECONDS } from '../../src/model/idle-limits.ts';
import { hasFin, hasRst } from '../../src/model/tcp-flags.ts';
import type { End } from './ends.ts';
import { talkedOnBy } from './reuse.ts';
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

/** Of several times the first that is known. */
const earliest = (...times: readonly (number | null)[]): number | null =>
  times.filter((time) => time !== null).toSorted((a, b) => a - b)[0] ?? null;

/** Of both times the later; null where one of them is not known. */
const laterOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : Math.max(one, other);

/** It lasted beyond the beginning of the other. */
const isLater = ({ end }: Sighting, { start }: Sighting): boolean =>
  end !== null && start !== null && end > start;

/**
 * When it was closed: by the first FIN of the second side or by the first RST, whichever came first. What comes later, repeated
 * FINs among it, moves nothing; but where both sides talked on, what was closed by then is the close that came behind that.
 */
const closeOf = (sightings: List<Sighting>): Pick<Times, 'closedAfter' | 'closedAt'> => {
  const showing = (has: (flags: number) => boolean): List<Sighting> =>
    sightings.filter(({ flags }) => flags !== null && has(flags));
  const fins = (end: End): List<Sighting> => showing(hasFin).filter(({ sender }) => sender === end);
  const resets = showing(hasRst);
  const [low, high] = [fins('low'), fins('high')];
  const talkedOn = talkedOnBy(sightings);
  const closedAt =
    talkedOn === undefined
      ? earliest(laterOf(firstEnd(low), firstEnd(high)), firstEnd(resets))
      : lastEnd(sightings.filter((each) => closes(each) && isLater(each, talkedOn)));
  return {
    closedAfter: earliest(laterOf(firstStart(low), firstStart(high)), firstStart(resets)),
    closedAt,
  };
};

/**
 * @param isBounded the log shows the opening and the end, and no SKIPDATA between
 * @param dialledBy by when a later connection on its ports had opened
 */
export const timesOf = (sightings: List<Sighting>, isBounded: boolean, dialledBy: number | null): Times => {
  const opening = sightings.filter(opens);
  const close = closeOf(sightings);
  return {
    firstSeen: firstStart(sightings),
    lastSeen: lastEnd(sightings),
    openedAt: firstStart(opening),
    openedBy: firstEnd(opening),
    ...close,
    durationMin: least(firstEnd(opening) ?? firstEnd(sightings), close.closedAfter ?? lastStart(sightings)),
    durationMax: isBounded ? most(firstStart(opening), close.closedAt ?? dialledBy) : null,
  };
};
