/**
 * A window is what both directions did during one interval. Intervals pair by overlap, never by equal times, and a
 * direction that comes again at the same vantage, in another interval, starts the next window.
 */
import { List } from 'immutable';
import { type Sighting, vantage } from './sighting.ts';

const isSameInterval = (a: Sighting, b: Sighting): boolean => a.start === b.start && a.end === b.end;

const comesAgain = (window: List<Sighting>, sighting: Sighting): boolean =>
  window.some(
    (earlier) =>
      vantage(earlier) === vantage(sighting) &&
      earlier.sender === sighting.sender &&
      !isSameInterval(earlier, sighting),
  );

/** It begins after the window began, and not before all of the window has ended. */
const isApart = (window: List<Sighting>, { start }: Sighting): boolean => {
  const began = window.first()?.start ?? 0;
  const ended = window.map(({ end }) => end ?? 0).max() ?? 0;
  return (start ?? 0) > began && (start ?? 0) >= ended;
};

/** Neighbours of one interval. */
const intervalsOf = (sightings: List<Sighting>): List<List<Sighting>> =>
  sightings.reduce((intervals, sighting) => {
    const last = intervals.last()?.last();
    return last !== undefined && isSameInterval(last, sighting)
      ? intervals.set(-1, (intervals.last() as List<Sighting>).push(sighting))
      : intervals.push(List.of(sighting));
  }, List<List<Sighting>>());

/**
 * Sightings of one interval stay together: which of them comes first is nobody's word (law 3).
 * @param sightings in order
 */
export const windowsOf = (sightings: List<Sighting>): List<List<Sighting>> =>
  intervalsOf(sightings).reduce((windows, interval) => {
    const window = windows.last(List<Sighting>());
    return window.isEmpty() ||
      isApart(window, interval.first() as Sighting) ||
      interval.some((sighting) => comesAgain(window, sighting))
      ? windows.push(interval)
      : windows.set(-1, window.concat(interval));
  }, List<List<Sighting>>());
