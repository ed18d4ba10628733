/** The first and the last second of some sightings; null where none of them carries times. */
import type { List } from 'immutable';
import type { Sighting } from './sighting.ts';

const known = (times: List<number | null>): List<number> => times.filter((time) => time !== null);

export const firstStart = (sightings: List<Sighting>): number | null =>
  known(sightings.map(({ start }) => start)).min() ?? null;
export const lastStart = (sightings: List<Sighting>): number | null =>
  known(sightings.map(({ start }) => start)).max() ?? null;
export const firstEnd = (sightings: List<Sighting>): number | null =>
  known(sightings.map(({ end }) => end)).min() ?? null;
export const lastEnd = (sightings: List<Sighting>): number | null =>
  known(sightings.map(({ end }) => end)).max() ?? null;
