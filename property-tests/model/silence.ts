/**
 * Stretches of a key that no silence parts. Whose networks saw the same is judged in each by itself: what was seen long before says
 * nothing of what comes after.
 */
import { List } from 'immutable';
import type { Sighting } from './sighting.ts';
import { lastEnd } from './spans.ts';

/** Parts the sightings of one key, in their order. */
export const partBySilence = (sightings: List<Sighting>, seconds: number): List<List<Sighting>> =>
  sightings.reduce((parts, sighting) => {
    const part = parts.last(List<Sighting>());
    const last = lastEnd(parts.flatten(true) as List<Sighting>);
    const isApart = last !== null && sighting.start !== null && sighting.start - last > seconds;
    return isApart || parts.isEmpty() ? parts.push(List.of(sighting)) : parts.set(-1, part.push(sighting));
  }, List<List<Sighting>>());
