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
 * Who closed: the only one that did, the side that refused, the one whose RST ended it. Of two RSTs nothing tells which came first.
 * @param fins the first FINs of the initiator and the responder, asked only when both have sent one
 */
export const closerOf = (
  initiator: SideState,
  responder: SideState,
  state: ConnectionState,
  fins: () => readonly [FirstFin | undefined, FirstFin | undefined],
): Side | null => {
  const mine = STATES[initiator].ended;
  const theirs = STATES[responder].ended;
  if (mine === 'open' && theirs === 'open') return null;
  if (theirs === 'open') return 'initiator';
  if (mine === 'open' || state === 'refused') return 'responder';
  if (mine !== 'rst' && theirs !== 'rst') return whoClosedFirst(...fins());
  if (mine === theirs) return null;
  // One has sent no FIN but a RST: that broke the talk off.
  return mine === 'rst' ? 'initiator' : 'responder';
};
