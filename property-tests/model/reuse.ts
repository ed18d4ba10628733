/**
 * One interval may hide several connections on a reused port. None is invented; the connection is marked where the
 * evidence allows a second one and nothing rules it out.
 */
import type { List } from 'immutable';
import { hasRst, hasSynAck } from '../../src/model/tcp-flags.ts';
import { isTcp } from './ends.ts';
import { isUnanswered } from './sides.ts';
import { closes, opens, type Sighting, vantage } from './sighting.ts';

/**
 * The fewest packets of one side in two whole connections. Opener: twice SYN, ACK, FIN, or twice SYN and RST.
 * Answerer: twice SYN-ACK and FIN, or a SYN-ACK and, to the second SYN, a RST.
 */
const FEWEST_OF_TWO = { opener: { fin: 6, rst: 4 }, answerer: { fin: 4, rst: 2 } };

const hasRoomForTwo = ({ flags, packets }: Sighting): boolean => {
  const side = hasSynAck(flags ?? 0) ? 'answerer' : 'opener';
  return packets === null || packets >= FEWEST_OF_TWO[side][hasRst(flags ?? 0) ? 'rst' : 'fin'];
};

/** The same interface saw this side open before, with the same action, and meanwhile it was answered. */
const opensAgain = (before: List<Sighting>, sighting: Sighting): boolean =>
  opens(sighting) &&
  !isUnanswered(before) &&
  before.some((earlier) => opens(earlier) && isSameStream(earlier, sighting));

/** Whether one interface saw both sightings in one direction with one action: AWS writes such records in order. */
export const isSameStream = (a: Sighting, b: Sighting): boolean =>
  vantage(a) === vantage(b) && a.sender === b.sender && (a.action === 'REJECT') === (b.action === 'REJECT');

/** @param sightings of one connection, in order */
export const mayHideReuse = (sightings: List<Sighting>): boolean => {
  if (!sightings.every(({ key }) => isTcp(key.protocol))) return false;
  const wholeLives = sightings.filter((sighting) => opens(sighting) && closes(sighting));
  if (!wholeLives.every(hasRoomForTwo)) return false;
  return !wholeLives.isEmpty() || sightings.some((sighting, i) => opensAgain(sightings.take(i), sighting));
};
