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

/** The first interval in which a side sent a FIN. */
export interface FirstFin {
  readonly start: number;
  readonly end: number;
}

/** Whether one side's first FIN surely came before the other's: each may be logged late by the slack. */
const whoClosedFirst = (mine: FirstFin | undefined, theirs: FirstFin | undefined): Side | null => {
  if (mine === undefined || theirs === undefined) return null;
  if (mine.end < theirs.start - SLACK_SECONDS) return 'initiator';
  return theirs.end < mine.start - SLACK_SECONDS ? 'responder' : null;
};

/**
 * Who closed, by Zeek's word for the end: O and S2 the initiator, R and S3 the responder.
 * @param fins the first FINs of the initiator and the responder, asked only when both have closed
 */
export const closerOf = (
  mine: SideState,
  theirs: SideState,
  connState: string,
  fins: () => readonly [FirstFin | undefined, FirstFin | undefined],
): Side | null => {
  const iAmOpen = STATES[mine].ended === 'open';
  const theyAreOpen = STATES[theirs].ended === 'open';
  if (iAmOpen && theyAreOpen) return null;
  if (theyAreOpen) return 'initiator';
  if (iAmOpen) return 'responder';
  if (connState === 'RSTO') return 'initiator';
  if (connState === 'RSTR' || connState === 'REJ') return 'responder';
  return whoClosedFirst(...fins());
};
