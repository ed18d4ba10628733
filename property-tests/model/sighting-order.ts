/**
 * The order of the sightings of a key: by time, an opening first among equals (SYN, then SYN-ACK), then by whatever
 * else they say, so that the order in which records arrive never matters (law 1). Who sent it is asked last, so that
 * mirrored records stand in the same order (law 3). What is not known comes first.
 */
import { List } from 'immutable';
import { hasPlainSyn } from '../../src/model/tcp-flags.ts';
import { compareAddresses } from './ends.ts';
import { compareObservers } from './observer.ts';
import {
  isAccepted,
  isRejected,
  opens,
  ownAddress,
  ownDestination,
  ownSource,
  type Sighting,
} from './sighting.ts';

const byNumber = (a: number | null, b: number | null): number => (a ?? -1) - (b ?? -1);
const byTruth = (a: boolean, b: boolean): number => Number(a) - Number(b);
const byAddress = (a: string | null, b: string | null): number =>
  a === null || b === null ? byTruth(a !== null, b !== null) : compareAddresses(a, b);

const byLosses = (a: List<number> | null, b: List<number> | null): number =>
  a === null || b === null
    ? byTruth(a !== null, b !== null)
    : (a
        .zip(b)
        .map(([one, other]) => one - other)
        .find((difference) => difference !== 0) ?? 0);

const openingRank = (sighting: Sighting): number =>
  !opens(sighting) ? 2 : hasPlainSyn(sighting.flags ?? 0) ? 0 : 1;

const directionRank = ({ flowDirection }: Sighting): number =>
  flowDirection === null ? 0 : flowDirection === 'ingress' ? 1 : 2;

export const compareSightings = (a: Sighting, b: Sighting): number =>
  byNumber(a.start, b.start) ||
  byNumber(a.end, b.end) ||
  openingRank(a) - openingRank(b) ||
  byNumber(b.flags, a.flags) ||
  byNumber(a.packets, b.packets) ||
  byNumber(a.bytes, b.bytes) ||
  byTruth(isRejected(a), isRejected(b)) ||
  byTruth(isAccepted(a), isAccepted(b)) ||
  compareObservers(a.observer, b.observer) ||
  directionRank(a) - directionRank(b) ||
  byTruth(ownSource(a) !== null, ownSource(b) !== null) ||
  byTruth(ownDestination(a) !== null, ownDestination(b) !== null) ||
  byTruth(a.carriesFlags, b.carriesFlags) ||
  byAddress(ownAddress(a), ownAddress(b)) ||
  byAddress(ownSource(a), ownSource(b)) ||
  byTruth(a.byGateway, b.byGateway) ||
  byLosses(a.lost, b.lost) ||
  byTruth(a.sender === 'high', b.sender === 'high');

export const inOrder = (sightings: List<Sighting>): List<Sighting> => List(sightings.sort(compareSightings));
