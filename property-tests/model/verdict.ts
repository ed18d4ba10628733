/**
 * What security groups and network ACLs did (section 4 of the model). A REJECT says only that a packet of that direction was
 * stopped at that interface. Who opened is settled first; then the direction that was stopped tells. What is rejected after
 * the close is a late packet.
 */
import { List } from 'immutable';
import type { Connection, Side, Verdict } from '../../src/model/connection.ts';
import { type End, isTcp, otherEnd } from './ends.ts';
import type { Initiator } from './initiator.ts';
import { compareText } from './observer.ts';
import { isOver } from './sides.ts';
import { answers, dials, isAccepted, isRejected, opens, type Sighting, vantage } from './sighting.ts';
import { countOf, lossesOf, viewsOf } from './views.ts';

type Sightings = List<Sighting>;

export interface Judgement {
  readonly verdict: Verdict;
  readonly rejectedAt: string | null;
  readonly rejectedFrom: number | null;
  /** Whose records were rejected there in that way. */
  readonly rejectedSide: (initiator: End) => Connection['rejectedSide'];
  /** What a vantage says alone. */
  readonly at: (vantage: string) => Verdict;
}

/** How one direction fared at one vantage. */
interface Fare {
  readonly vantage: string;
  readonly end: End;
  readonly passed: boolean;
  /** Every record of it was rejected; from some moment on; in between. */
  readonly stop: 'whole' | 'later' | 'else' | null;
  /** The start of the first that was rejected; before all times where it has none. */
  readonly since: number;
}

/** Rejections after the close, at one vantage. */
interface Strays extends Pick<Fare, 'vantage' | 'since'> {
  readonly ends: List<End>;
}

const isStray = (sighting: Sighting, before: Sightings): boolean =>
  isRejected(sighting) && !opens(sighting) && isOver(before);

const startOf = (sighting: Sighting | undefined): number => sighting?.start ?? -1;

const fareOf = (seen: Sightings, name: string, end: End): Fare => {
  const own = seen.filter(({ sender }) => sender === end);
  const accepted = own.find(isAccepted);
  const rejected = own.find(isRejected);
  const since = startOf(rejected);
  const stopOf = (): Fare['stop'] => {
    if (rejected === undefined) return null;
    if (accepted === undefined) return 'whole';
    return accepted.start !== null && accepted.start < since ? 'later' : 'else';
  };
  return { vantage: name, end, passed: accepted !== undefined, stop: stopOf(), since };
};

const faresOf = (judged: Sightings): List<Fare> =>
  viewsOf(judged).flatMap(({ vantage: name, sightings }) => [
    fareOf(sightings, name, 'low'),
    fareOf(sightings, name, 'high'),
  ]);

const straysOf = (strays: Sightings): List<Strays> =>
  strays
    .groupBy(vantage)
    .map((seen, name) => ({
      vantage: name,
      since: startOf(List(seen).first()),
      ends: List(seen)
        .map(({ sender }) => sender)
        .toSet()
        .toList(),
    }))
    .toList();

/** The first in time, then by name. */
const firstOf = <T extends Pick<Fare, 'vantage' | 'since'>>(found: List<T>): T | undefined =>
  found.sort((a, b) => a.since - b.since || compareText(a.vantage, b.vantage)).first();

/** The end that opened, where one did and it is known. */
const openerOf = ({ end, basis }: Initiator): End | null =>
  basis === 'none' || basis === 'simultaneous' ? null : end;

const hasFlags = (sightings: Sightings): boolean =>
  sightings.every(({ key }) => isTcp(key.protocol)) && sightings.some(({ flags }) => flags !== null);

/** Nothing was accepted anywhere, and something rejected. */
const judgeStopped = (sightings: Sightings, fares: List<Fare>, opener: End | null): Verdict => {
  const flagged = hasFlags(sightings);
  if (flagged && !sightings.some(opens)) return 'late';
  const stopped = fares.filter(({ stop }) => stop !== null);
  const ends = stopped.map(({ end }) => end).toSet();
  if (ends.size === 2) return 'rejected';
  const own = sightings.filter(({ sender }) => ends.has(sender));
  if (opener === null) {
    if (own.some(dials)) return 'rejected';
    return own.some(answers) ? 'reply-rejected' : 'unknown';
  }
  if (ends.has(opener)) return 'rejected';
  const name = firstOf(stopped)?.vantage;
  const view = viewsOf(sightings).find((each) => each.vantage === name);
  const isLone = !flagged && view !== undefined && countOf(view, otherEnd(opener), 'packets') === 1;
  return isLone ? 'late' : 'reply-rejected';
};

/**
 * @param initiator who opened, as far as it is known
 * @param silentAt the vantages at which whoever spoke got no answer that the log would have shown
 */
export const judge = (sightings: Sightings, initiator: Initiator, silentAt: List<string>): Judgement => {
  const opener = openerOf(initiator);
  const isUnanswered = !silentAt.isEmpty() && sightings.every(({ sender }) => sender === opener);
  const straying = sightings.filter((sighting, i) => isStray(sighting, sightings.take(i)));
  const fares = faresOf(sightings.filterNot((sighting, i) => isStray(sighting, sightings.take(i))));
  const strays = straysOf(straying);
  const passed = fares.filter((fare) => fare.passed);
  const nonePassed = passed.isEmpty();
  const wasOpen =
    passed.map(({ end }) => end).toSet().size === 2 || (hasFlags(sightings) && !sightings.some(opens));
  const whole = (some: List<Fare>, end: End): boolean =>
    some.some((fare) => fare.end === end && fare.stop === 'whole');

  const decide = (some: List<Fare>, withStrays: boolean, loses: boolean): Verdict => {
    const stops = some.filter(({ stop }) => stop !== null);
    const passes = some.filter((fare) => fare.passed);
    if (stops.isEmpty()) {
      if (loses) return 'lost';
      if (withStrays) return 'late';
      return passes.isEmpty() ? 'unknown' : 'accepted';
    }
    if (nonePassed) {
      const stopped = judgeStopped(sightings, fares, opener);
      return loses && stopped !== 'rejected' && stopped !== 'reply-rejected' ? 'lost' : stopped;
    }
    if (opener !== null) {
      const replier = otherEnd(opener);
      if (whole(some, opener) && !passes.some(({ end }) => end === replier)) return 'rejected';
      if (whole(some, replier) && !stops.some(({ end }) => end === opener)) return 'reply-rejected';
    }
    if (wasOpen && stops.some(({ stop }) => stop === 'later')) return 'cut-off';
    return loses ? 'lost' : 'mixed';
  };

  const losing = viewsOf(sightings).filter((view) => lossesOf(view) !== null);
  const verdict =
    isUnanswered && losing.isEmpty() ? 'unanswered' : decide(fares, !strays.isEmpty(), !losing.isEmpty());
  const stops = fares.filter(({ stop }) => stop !== null);
  const ofWhole = (end: End | null): List<Fare> =>
    stops.filter((fare) => fare.stop === 'whole' && fare.end === end);
  const chosen = (): Fare | undefined => {
    if (opener !== null && verdict === 'rejected' && !ofWhole(opener).isEmpty())
      return firstOf(ofWhole(opener));
    if (opener !== null && verdict === 'reply-rejected') return firstOf(ofWhole(otherEnd(opener)));
    return firstOf(verdict === 'cut-off' ? stops.filter(({ stop }) => stop === 'later') : stops);
  };
  const stop = chosen();
  const rejection = stop ?? firstOf(strays);
  // What fits no other verdict is about all that was stopped there.
  const isAlike = (fare: Fare): boolean =>
    !['rejected', 'reply-rejected', 'cut-off'].includes(verdict) || fare.stop === stop?.stop;
  const alike = (): List<End> =>
    stop === undefined
      ? (firstOf(strays)?.ends ?? List())
      : stops.filter((fare) => fare.vantage === stop.vantage && isAlike(fare)).map(({ end }) => end);
  return {
    verdict,
    rejectedAt: rejection === undefined || rejection.vantage === '' ? null : rejection.vantage,
    rejectedFrom: rejection === undefined || rejection.since < 0 ? null : rejection.since,
    rejectedSide: (initiator) => {
      const sides = alike().map((end): Side => (end === initiator ? 'initiator' : 'responder'));
      return sides.size === 2 ? 'both' : (sides.first() ?? null);
    },
    at: (name) =>
      isUnanswered && losing.isEmpty() && silentAt.includes(name)
        ? 'unanswered'
        : decide(
            fares.filter((fare) => fare.vantage === name),
            strays.some((stray) => stray.vantage === name),
            losing.some((view) => view.vantage === name),
          ),
  };
};
