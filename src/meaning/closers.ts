/** Who closed a connection, and when it is over: read off what the two sides have shown. */
import type { ConnectionState, Side } from '../model/connection.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import { type SideState, STATES } from './transitions.ts';

type Ended = (typeof STATES)[SideState]['ended'];

const isReset = (ended: Ended): boolean => ended === 'rst' || ended === 'finRst';

/** Both sides have closed, or one has reset. */
export const areOver = (mine: Ended, theirs: Ended): boolean =>
  (mine === 'fin' && theirs === 'fin') || isReset(mine) || isReset(theirs);

export const CLOSED_STATES: ReadonlySet<ConnectionState> = new Set([
  'closed',
  'reset',
  'refused',
  'abandoned',
]);
export const NEVER_OPEN: ReadonlySet<ConnectionState> = new Set([...CLOSED_STATES, 'attempted', 'blocked']);

/** The first interval in which a side sent a FIN or a RST. */
export interface FirstClose {
  readonly start: number;
  readonly end: number;
}

/** Whether one side's first FIN or RST surely came before the other's: each may be logged late by the slack. */
const whoClosedFirst = (mine: FirstClose | undefined, theirs: FirstClose | undefined): Side | null => {
  if (mine === undefined || theirs === undefined) return null;
  if (mine.end < theirs.start - SLACK_SECONDS) return 'initiator';
  return theirs.end < mine.start - SLACK_SECONDS ? 'responder' : null;
};

/**
 * Who closed: the only one that did, the side that refused, else the one whose FIN or RST surely came first. Who broke a talk off that
 * the other had closed is told by conn_state.
 * @param closes the first closes of the initiator and the responder, asked only when both have closed
 */
export const closerOf = (
  initiator: SideState,
  responder: SideState,
  state: ConnectionState,
  closes: () => readonly [FirstClose | undefined, FirstClose | undefined],
): Side | null => {
  const mine = STATES[initiator].ended;
  const theirs = STATES[responder].ended;
  if (mine === 'open' && theirs === 'open') return null;
  if (theirs === 'open') return 'initiator';
  if (mine === 'open' || state === 'refused') return 'responder';
  return whoClosedFirst(...closes());
};
