/**
 * What silence says (sections 3 and 4 of the model). An attempt to which no answer is in the log went unanswered only where the log
 * would show the answer: at an interface that shows both directions of other talks, and hardly ever one half of any. All
 * records of the input are asked, whatever network they are from.
 */
import { List } from 'immutable';
import { hasPlainSyn } from '../../src/model/tcp-flags.ts';
import { isTcp } from './ends.ts';
import { isGateway } from './roles.ts';
import { closes, isAccepted, provesPayload, type Sighting, vantage } from './sighting.ts';
import { countOf, type View, viewsOf } from './views.ts';

type Sightings = List<Sighting>;

/** A SYN and six retries. */
const MOST_PACKETS = 7;
/** Among so many talks that are seen both ways one half is an accident: an edge of the log, or noise. */
const TALKS_PER_HALF = 100;

const sendersOf = (sightings: Sightings): number => sightings.map(({ sender }) => sender).toSet().size;

/** More than an attempt can be. */
const isHeavy = (sighting: Sighting): boolean =>
  isAccepted(sighting) && ((sighting.packets ?? 0) > MOST_PACKETS || provesPayload(sighting));

/** One half of a TCP connection: the other was accepted elsewhere, or there must be another. */
const isHalf = (seen: Sightings, all: Sightings): boolean => {
  const sender = seen.first()?.sender;
  if (sendersOf(seen) !== 1 || !seen.every(({ key }) => isTcp(key.protocol))) return false;
  const accepted = all.filter(isAccepted);
  return accepted.some((each) => each.sender !== sender) || seen.some(isHeavy);
};

/** Whether the log shows the answers that pass a vantage. */
export const showsAnswers = (name: string, flows: Sightings): boolean => {
  const talks = List(flows.groupBy(({ key }) => key).values()).map((all) => List(all));
  const seenHere = (all: Sightings): Sightings => all.filter((each) => vantage(each) === name);
  const bothWays = talks.count((all) => sendersOf(seenHere(all)) === 2);
  const halves = talks.count((all) => isHalf(seenHere(all), all));
  return bothWays > 0 && halves * TALKS_PER_HALF <= bothWays;
};

/** Accepted, without payload, and where it has flags a SYN that nothing followed. */
const isOfAttempt = (sighting: Sighting): boolean =>
  isAccepted(sighting) &&
  !provesPayload(sighting) &&
  (sighting.flags === null || (hasPlainSyn(sighting.flags) && !closes(sighting)));

/** Few packets of one end, and no more than an attempt can be. */
export const isAttempt = (view: View): boolean => {
  const sender = view.sightings.first()?.sender;
  if (sender === undefined || sendersOf(view.sightings) !== 1) return false;
  const packets = countOf(view, sender, 'packets');
  const bytes = countOf(view, sender, 'bytes');
  return (
    packets !== null &&
    packets <= MOST_PACKETS &&
    bytes !== null &&
    view.sightings.size <= MOST_PACKETS &&
    view.sightings.every(isOfAttempt)
  );
};

/** Whether a view would have shown the answer. One that stands in for an end may see one half only. */
export const isWitness = (view: View, shows: (vantage: string) => boolean): boolean =>
  shows(view.vantage) && !isGateway(view);

/**
 * The vantages at which no answer came; none where one came elsewhere, or more was sent than an attempt can be.
 * @param shows whether the log shows the answers that pass a vantage
 */
export const unansweredAt = (sightings: Sightings, shows: (vantage: string) => boolean): List<string> => {
  const views = viewsOf(sightings);
  if (!sightings.every(({ key }) => isTcp(key.protocol)) || sendersOf(sightings) !== 1) return List();
  if (!views.every(isAttempt)) return List();
  return views.filter((view) => isWitness(view, shows)).map((view) => view.vantage);
};
