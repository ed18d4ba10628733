/**
 * Records that say the same of the same packets count once: identical ones, and those of two flow logs of one
 * interface of which one carries fewer fields. AWS writes one record an interface, direction, action and interval;
 * two that agree in all of these, in packets and in bytes, and contradict each other nowhere, are one record.
 * Without times or counts nothing proves that, and only identical ones count once.
 */
import { is, List } from 'immutable';
import { ownDestination, ownSource, type Sighting, vantage } from './sighting.ts';

const agree = <T>(a: T | null, b: T | null): boolean => a === null || b === null || a === b;

const areSamePackets = (a: Sighting, b: Sighting): boolean =>
  vantage(a) === vantage(b) &&
  a.sender === b.sender &&
  a.byGateway === b.byGateway &&
  is(a.lost, b.lost) &&
  a.start === b.start &&
  a.end === b.end &&
  a.packets === b.packets &&
  a.bytes === b.bytes &&
  a.action === b.action;

const isMeasured = ({ start, packets, bytes }: Sighting): boolean =>
  start !== null && packets !== null && bytes !== null;

/** A field that a format lacks and one that holds nothing of its own say equally little. */
const bareOf = (sighting: Sighting): Sighting =>
  sighting.merge({
    carriesFlags: false,
    shownSource: ownSource(sighting),
    shownDestination: ownDestination(sighting),
  });

const isDuplicate = (a: Sighting, b: Sighting): boolean => {
  if (!areSamePackets(a, b)) return false;
  if (!isMeasured(a)) return is(bareOf(a), bareOf(b));
  return (
    agree(a.flags, b.flags) &&
    agree(a.flowDirection, b.flowDirection) &&
    agree(a.shownSource, b.shownSource) &&
    agree(a.shownDestination, b.shownDestination)
  );
};

/** Of sightings in order, the first of each that say the same. */
export const withoutDuplicates = (sightings: List<Sighting>): List<Sighting> =>
  sightings.reduce(
    (kept, sighting) => (kept.some((other) => isDuplicate(other, sighting)) ? kept : kept.push(sighting)),
    List<Sighting>(),
  );
