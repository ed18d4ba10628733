/**
 * Where one connection ends and the next begins on the same key: at a SYN or SYN-ACK that the one before cannot have
 * sent, after a silence longer than its idle limit, or at the first record. Times are boxes with a minute of slack, so
 * only what one interface saw in one direction with one action is taken to be in order.
 *
 * A connection is nothing but the list of its sightings; everything that dividing asks is read off that list.
 */
import { List } from 'immutable';
import { IDLE_LIMITS, type limitsFor, SLACK_SECONDS } from '../../src/model/idle-limits.ts';

type Limits = ReturnType<typeof limitsFor>;

import { isTcp } from './ends.ts';
import { isSameStream, mayHoldTwo, showsReuse } from './reuse.ts';
import { howItEnded, isOver, isUnanswered } from './sides.ts';
import { closes, opens, type Sighting, vantage } from './sighting.ts';
import { firstStart, lastEnd } from './spans.ts';

type Sightings = List<Sighting>;

const openings = (connection: Sightings): Sightings => connection.filter(opens);

/** What an interface saw in one direction, whatever the action. */
const isSameView = (a: Sighting, b: Sighting): boolean => vantage(a) === vantage(b) && a.sender === b.sender;

/** What the interface of the sighting saw of the connection in the same direction, with the same action. */
const streamOf = (connection: Sightings, sighting: Sighting): Sightings =>
  connection.filter((earlier) => isSameStream(earlier, sighting));

/** Seconds of silence after which the next record on the key starts a new connection. */
export const idleLimit = (connection: Sightings, limits: Limits): number => {
  if (!connection.every(({ key }) => isTcp(key.protocol))) return limits.exchangeSeconds;
  if (connection.every(({ flags }) => flags === null)) return limits.flaglessSeconds;
  // What looks closed may be the first of two on the port.
  if (showsReuse(connection)) return limits.openSeconds;
  if (isOver(connection)) return mayHoldTwo(connection) ? limits.wholeSeconds : limits.lingerSeconds;
  return isUnanswered(connection) ? limits.attemptSeconds : limits.openSeconds;
};

/**
 * Whether the same interface saw the other side close in an interval before the sighting. When intervals of the
 * stream touch, their times are bounds of windows, and an end that equals the start is before it; otherwise times are
 * those of packets, and equal seconds have no order.
 */
const sawPeerClose = (connection: Sightings, sighting: Sighting): boolean => {
  const { start } = sighting;
  if (start === null) return false;
  const touches = lastEnd(streamOf(connection, sighting)) === start;
  return connection.some(
    (earlier) =>
      vantage(earlier) === vantage(sighting) &&
      earlier.sender !== sighting.sender &&
      closes(earlier) &&
      earlier.end !== null &&
      (earlier.end < start || (touches && earlier.end === start)),
  );
};

/** Whether a SYN or SYN-ACK can belong to the connection. */
const canTakeOpening = (connection: Sightings, sighting: Sighting): boolean => {
  const { start } = sighting;
  const first = firstStart(connection);
  const last = lastEnd(connection);
  if (start === null || first === null || last === null) return true;
  const stream = streamOf(connection, sighting);
  const hasOpened = stream.some(opens);
  const openingFrom = firstStart(openings(connection));
  const openingTo = lastEnd(openings(connection));
  // No SYN follows the side's own FIN or RST; but the late half of a handshake may be stamped after them.
  if (stream.some(closes)) return !hasOpened && openingFrom !== null && start <= openingFrom + SLACK_SECONDS;
  // A SYN is not repeated once the other side has closed.
  if (hasOpened && sawPeerClose(connection, sighting)) return false;
  // What is over takes another's view that touches its life; by the clock of an interface that saw it open there is no slack.
  if (isOver(connection)) {
    const isOwnClock =
      stream.isEmpty() && connection.some((earlier) => isSameView(earlier, sighting) && opens(earlier));
    return start <= last + (isOwnClock ? 0 : SLACK_SECONDS);
  }
  // What was taken for mid-stream may have its handshake logged late; what was only rejected may have it in its interval.
  if (openingTo === null) {
    return (
      start <= first + SLACK_SECONDS ||
      (connection.every(({ action }) => action === 'REJECT') && start <= last)
    );
  }
  // A repeated SYN is a retry as long as an attempt lasts.
  return start <= openingTo + IDLE_LIMITS.attemptSeconds;
};

const distance = (connection: Sightings, { start }: Sighting): number => {
  const from = firstStart(openings(connection)) ?? firstStart(connection);
  return start === null || from === null ? 0 : Math.abs(start - from);
};

/** An opening belongs to the connection with the nearest opening that can take it, the first of equals. */
const forOpening = (connections: List<Sightings>, from: number, sighting: Sighting): number | undefined =>
  connections
    .map((connection, at) => ({ connection, at }))
    .skip(from)
    .filter(({ connection }) => canTakeOpening(connection, sighting))
    .minBy(({ connection }) => distance(connection, sighting))?.at;

const hasBegun = (connection: Sightings, { start }: Sighting): boolean =>
  (firstStart(connection) ?? 0) <= (start ?? 0);

/** The close that the connection still lacks from this side, logged within the slack. */
const lacksClose = (connection: Sightings, sighting: Sighting): boolean =>
  closes(sighting) &&
  howItEnded(connection, sighting.sender) === 'open' &&
  (sighting.start ?? 0) <= (lastEnd(connection) ?? 0) + SLACK_SECONDS;

/** Anything else belongs to the last connection that had begun, unless that has been silent for too long. */
const forOther = (
  connections: List<Sightings>,
  from: number,
  sighting: Sighting,
  limits: Limits,
): number | undefined => {
  const later = connections.skip(from + 1).takeWhile((connection) => hasBegun(connection, sighting));
  const at = from + later.size;
  const connection = connections.get(at, List<Sighting>());
  const isNew = !connection.some((earlier) => isSameView(earlier, sighting));
  if (at > from && isNew && lacksClose(connections.get(at - 1, List()), sighting)) return at - 1;
  const last = lastEnd(connection);
  const silence = sighting.start === null || last === null ? 0 : sighting.start - last;
  return silence > idleLimit(connection, limits) ? undefined : at;
};

/**
 * The first connection that may be meant. What an interface saw in one direction never goes back; what it sees for
 * the first time may belong to any of the latest connections that lasted until within the slack.
 */
const earliest = (connections: List<Sightings>, sighting: Sighting): number => {
  const reached = connections.findLastIndex((connection) =>
    connection.some((earlier) => isSameView(earlier, sighting)),
  );
  if (reached >= 0) return reached;
  const inReach = connections
    .butLast()
    .reverse()
    .takeWhile((connection) => (lastEnd(connection) ?? 0) + SLACK_SECONDS >= (sighting.start ?? 0));
  return connections.size - 1 - inReach.size;
};

const add = (connections: List<Sightings>, sighting: Sighting, limits: Limits): List<Sightings> => {
  if (connections.isEmpty()) return List.of(List.of(sighting));
  const from = earliest(connections, sighting);
  const at = opens(sighting)
    ? forOpening(connections, from, sighting)
    : forOther(connections, from, sighting, limits);
  return at === undefined
    ? connections.push(List.of(sighting))
    : connections.update(at, List(), (connection) => connection.push(sighting));
};

/**
 * Divides the sightings of one key and network, in their order, into connections or exchanges.
 * @param limits how long a connection may be silent
 */
export const divide = (sightings: Sightings, limits: Limits): List<Sightings> =>
  sightings.reduce((connections, sighting) => add(connections, sighting, limits), List<Sightings>());
