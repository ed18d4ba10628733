/**
 * One interval may hide several connections on a reused port. None is invented; the connection is marked where a second one is
 * likely: its own records show it, or they have room for two and the ports are used again soon.
 */
import type { List } from 'immutable';
import { SLACK_SECONDS } from '../../src/model/idle-limits.ts';
import { hasPlainSyn, hasRst, hasSynAck } from '../../src/model/tcp-flags.ts';
import { isTcp } from './ends.ts';
import { isOver, isUnanswered } from './sides.ts';
import { closes, opens, provesPayload, type Sighting, vantage } from './sighting.ts';
import { firstStart, lastEnd } from './spans.ts';

/**
 * The fewest packets of one side in two whole connections. Opener: twice SYN, ACK, FIN, or twice SYN and RST.
 * Answerer: twice SYN-ACK and FIN, or a SYN-ACK and, to the second SYN, a RST.
 */
const FEWEST_OF_TWO = { opener: { fin: 6, rst: 4 }, answerer: { fin: 4, rst: 2 } };

const hasRoomForTwo = ({ flags, packets }: Sighting): boolean => {
  const side = hasSynAck(flags ?? 0) ? 'answerer' : 'opener';
  return packets === null || packets >= FEWEST_OF_TWO[side][hasRst(flags ?? 0) ? 'rst' : 'fin'];
};

const dials = ({ flags }: Sighting): boolean => flags !== null && hasPlainSyn(flags);

/** The same interface saw this side dial before, with the same action, and meanwhile it was answered. */
const dialsAgain = (before: List<Sighting>, sighting: Sighting): boolean =>
  dials(sighting) &&
  !isUnanswered(before) &&
  before.some((earlier) => opens(earlier) && isSameStream(earlier, sighting));

/** Whether one interface saw both sightings in one direction with one action: AWS writes such records in order. */
export const isSameStream = (a: Sighting, b: Sighting): boolean =>
  vantage(a) === vantage(b) && a.sender === b.sender && (a.action === 'REJECT') === (b.action === 'REJECT');

/** Its own side had closed at this interface, or the other side's reset lies further back than clocks can be apart. */
const isBehindClose = (before: List<Sighting>, sighting: Sighting): boolean => {
  const start = sighting.start ?? Number.NEGATIVE_INFINITY;
  const endedBy = (list: List<Sighting>, seconds: number): boolean =>
    list.some(({ end }) => end !== null && end <= seconds);
  return (
    endedBy(
      before.filter((earlier) => closes(earlier) && isSameStream(earlier, sighting)),
      start,
    ) ||
    endedBy(
      before.filter(({ flags }) => flags !== null && hasRst(flags)),
      start - SLACK_SECONDS - 1,
    )
  );
};

/** Payload that was let through behind the close: no straggler has any, both ways. */
const talksOn = (before: List<Sighting>, sighting: Sighting): boolean =>
  isTcp(sighting.key.protocol) &&
  isOver(before) &&
  sighting.action !== 'REJECT' &&
  sighting.flags !== null &&
  !opens(sighting) &&
  !hasRst(sighting.flags) &&
  provesPayload(sighting) &&
  isBehindClose(before, sighting);

/** The sighting by which one interface had seen both sides talk on behind the close. */
export const talkedOnBy = (sightings: List<Sighting>): Sighting | undefined => {
  const behind = sightings
    .map((sighting, at) => ({ sighting, at }))
    .filter(({ sighting, at }) => talksOn(sightings.take(at), sighting));
  const both = behind.find(({ sighting, at }) =>
    behind.some(
      (other) =>
        other.at < at &&
        vantage(other.sighting) === vantage(sighting) &&
        other.sighting.sender !== sighting.sender,
    ),
  );
  return both?.sighting;
};

/** Its own records show that it may be two. */
export const showsReuse = (sightings: List<Sighting>): boolean =>
  sightings.every(({ key }) => isTcp(key.protocol)) &&
  (talkedOnBy(sightings) !== undefined ||
    sightings.some((sighting, at) => dialsAgain(sightings.take(at), sighting)));

/** An interval holds an opening and a close, and in all that do there is room for two. */
export const mayHoldTwo = (sightings: List<Sighting>): boolean => {
  const wholeLives = sightings.filter((sighting) => opens(sighting) && closes(sighting));
  return !wholeLives.isEmpty() && wholeLives.every(hasRoomForTwo);
};

/** Seconds of silence after which the next record begins a new connection. */
type IdleLimit = (sightings: List<Sighting>) => number;

/** Seconds between two connections, where the first would still have taken stragglers. */
const pauseBetween = (before: List<Sighting>, after: List<Sighting>, limit: IdleLimit): number => {
  const last = lastEnd(before);
  const first = firstStart(after);
  const isKnown = last !== null && first !== null && first - last <= limit(before);
  return isKnown ? first - last : Number.POSITIVE_INFINITY;
};

/** The seconds that the longest interval with an opening and a close covers. */
const longestLife = (sightings: List<Sighting>): number =>
  sightings
    .filter((sighting) => opens(sighting) && closes(sighting))
    .map(({ start, end }) => (start === null || end === null ? 0 : end - start))
    .max() ?? 0;

/** @param before the connections on the same key that come next before and after it, where there are any */
export const mayHideReuse = (
  sightings: List<Sighting>,
  before: List<Sighting> | undefined,
  after: List<Sighting> | undefined,
  limit: IdleLimit,
): boolean => {
  if (showsReuse(sightings)) return true;
  const pause = Math.min(
    before === undefined ? Number.POSITIVE_INFINITY : pauseBetween(before, sightings, limit),
    after === undefined ? Number.POSITIVE_INFINITY : pauseBetween(sightings, after, limit),
  );
  return mayHoldTwo(sightings) && pause <= longestLife(sightings);
};
