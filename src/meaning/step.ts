/** One look at the table. Pure: no clock, no role, no memory but the state. */
import { TCP_EVENTS, type TcpEvent } from './events.ts';
import { type Cell, SIDE_STATES, type SideState, TRANSITIONS } from './transitions.ts';

const cellOf = (state: SideState, event: TcpEvent): Cell =>
  TRANSITIONS[event][SIDE_STATES.indexOf(state)] as Cell;

/**
 * What a side has shown after one more event.
 * @example step('NS', 'syn') // { state: 'SS', contradicts: false }
 */
export const step = (state: SideState, event: TcpEvent): { state: SideState; contradicts: boolean } => {
  const cell = cellOf(state, event);
  if (cell === 'XX') return { state, contradicts: true };
  return { state: cell === '__' ? state : cell, contradicts: false };
};

/** Set in a compiled cell whose event contradicts the state. */
export const CONTRADICTS = 0x80;

/**
 * The same table for bulk work: NEXT[state * events + event] is the number of the next state, with
 * {@link CONTRADICTS} set where the plain table says XX. Compiled, not written: there is one meaning.
 */
export const NEXT: Uint8Array = Uint8Array.from(
  SIDE_STATES.flatMap((state) =>
    TCP_EVENTS.map((event) => {
      const next = step(state, event);
      return SIDE_STATES.indexOf(next.state) | (next.contradicts ? CONTRADICTS : 0);
    }),
  ),
);
