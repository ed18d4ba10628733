/**
 * A silence that no connection lasts through: what was seen before it says nothing of what comes after, not even whose
 * networks the ends are in.
 */
import { List } from 'immutable';
import type { Sighting } from './sighting.ts';
import { lastEnd } from './spans.ts';

/** Parts the sightings of one key, in their order. */
export const partBySilence = (sightings: List<Sighting>, seconds: number): List<List<Sighting>> =>
  sightings.reduce((parts, sighting) => {
    const part = parts.last(List<Sighting>());
    const last = lastEnd(part);
    const isApart = last !== null && sighting.start !== null && sighting.start - last > seconds;
    return isApart || parts.isEmpty() ? parts.push(List.of(sighting)) : parts.set(-1, part.push(sighting));
  }, List<List<Sighting>>());
