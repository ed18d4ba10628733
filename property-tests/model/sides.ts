/**
 * What each side of a connection has shown: the table of states, stepped plainly, one event after the other. One
 * record carries the flags of all its packets, so inside it the order is the one a connection has: it opens, it
 * talks, it closes.
 */
import type { List } from 'immutable';
import {
  type Cell,
  SIDE_STATES,
  type SideState,
  STATES,
  TRANSITIONS,
} from '../../src/meaning/transitions.ts';
import { ACK, hasFin, hasRst } from '../../src/model/tcp-flags.ts';
import type { End } from './ends.ts';
import { answers, dials, isEither, provesPayload, type Sighting } from './sighting.ts';

type Event = keyof typeof TRANSITIONS;

/** `data` is payload, or what has no flag that AWS reports; without it a RST alone is told from the end of a talk. */
const eventsOf = (sighting: Sighting): readonly Event[] => {
  const { flags } = sighting;
  if (flags === null) return ['data'];
  const opening: readonly Event[] = answers(sighting) ? ['synAck'] : dials(sighting) ? ['syn'] : [];
  const closing: readonly Event[] = [
    ...(hasFin(flags) ? (['fin'] as const) : []),
    ...(hasRst(flags) ? (['rst'] as const) : []),
  ];
  const says = [...opening, ...closing];
  const talks = provesPayload(sighting) || says.length === 0;
  return [...opening, ...(talks ? (['data'] as const) : []), ...closing];
};

const eventsBy = (sightings: List<Sighting>, side: End): List<Event> =>
  sightings.filter(({ sender }) => sender === side).flatMap(eventsOf);

const cellOf = (state: SideState, event: Event): Cell =>
  TRANSITIONS[event][SIDE_STATES.indexOf(state)] ?? '__';

const step = (state: SideState, event: Event): SideState => {
  const cell = cellOf(state, event);
  return cell === '__' || cell === 'XX' ? state : cell;
};

/** What a side has shown after all its sightings. */
export const sideState = (sightings: List<Sighting>, side: End): SideState =>
  eventsBy(sightings, side).reduce<SideState>(step, 'NS');

export const howItBegan = (sightings: List<Sighting>, side: End): (typeof STATES)[SideState]['began'] =>
  STATES[sideState(sightings, side)].began;
export const howItEnded = (sightings: List<Sighting>, side: End): (typeof STATES)[SideState]['ended'] =>
  STATES[sideState(sightings, side)].ended;

/** An event of some side contradicted what that side had shown before. */
export const isContradicted = (sightings: List<Sighting>): boolean =>
  (['low', 'high'] as const).some((side) => {
    const events = eventsBy(sightings, side);
    return events.some((event, i) => cellOf(events.take(i).reduce<SideState>(step, 'NS'), event) === 'XX');
  });

const hasReset = (sightings: List<Sighting>, side: End): boolean =>
  ['rst', 'finRst'].includes(howItEnded(sightings, side));

/** Both sides have sent FIN, or one has sent RST. */
export const isOver = (sightings: List<Sighting>): boolean =>
  hasReset(sightings, 'low') ||
  hasReset(sightings, 'high') ||
  (howItEnded(sightings, 'low') === 'fin' && howItEnded(sightings, 'high') === 'fin');

/** One side dialled and the other has shown nothing. */
export const isUnanswered = (sightings: List<Sighting>): boolean =>
  (howItBegan(sightings, 'low') === 'syn' && sideState(sightings, 'high') === 'NS') ||
  (howItBegan(sightings, 'high') === 'syn' && sideState(sightings, 'low') === 'NS');

/**
 * The sightings once it is known who opened: what was a SYN or a SYN-ACK was the SYN of the one or the SYN-ACK of the other.
 */
export const settle = (sightings: List<Sighting>, initiator: End): List<Sighting> =>
  sightings.map((sighting) => {
    if (!isEither(sighting)) return sighting;
    const seen = sighting.set('byGateway', false);
    return sighting.sender === initiator ? seen.set('flags', (sighting.flags ?? 0) & ~ACK) : seen;
  });
