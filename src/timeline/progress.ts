/**
 * How far a connection had come by a moment: its age, what each side had sent and what state the log had shown.
 * AWS's intervals are boxes, so each number is a pair of bounds; without the windows one by one there is none.
 */

import type { Connection, ConnectionState, ConnectionWindow, Side } from '../model/connection.ts';
import { SLACK_SECONDS } from '../model/idle-limits.ts';
import { FIN, hasPlainSyn, hasSynAck, RST, SYN } from '../model/tcp-flags.ts';

/** At least and at most; null where nothing bounds it. */
export interface Bounds {
  readonly least: number | null;
  readonly most: number | null;
}

export interface Progress {
  /** Seconds since it opened. */
  readonly age: Bounds;
  readonly initiatorBytes: Bounds;
  readonly responderBytes: Bounds;
  /** What the intervals that had ended by then showed; null when none had, without windows, and for exchanges. */
  readonly stateThen: ConnectionState | null;
}

const UNKNOWN: Bounds = { least: null, most: null };

const ageAt = (c: Connection, time: number): Bounds => {
  const known = c.openedAt !== null && c.openedBy !== null;
  if (known)
    return {
      least: Math.max(0, time - (c.openedBy as number)),
      most: Math.max(0, time - (c.openedAt as number) + SLACK_SECONDS),
    };
  // Somebody spoke by the end of the first interval; when it began, nobody knows.
  const first = c.windowDetails?.[0]?.end ?? c.lastSeen;
  return { least: first === null ? null : Math.max(0, time - first), most: null };
};

/** Surely sent: intervals that had ended. Possibly: those that had begun, with AWS's slack. */
const bytesAt = (windows: readonly ConnectionWindow[], side: Side, time: number): Bounds => {
  let least = 0;
  let most = 0;
  for (const window of windows) {
    const sent = window[side];
    if (sent === null) continue;
    if (sent.bytes === null || window.start === null || window.end === null) return UNKNOWN;
    if (window.end <= time) least += sent.bytes;
    if (window.start - SLACK_SECONDS <= time) most += sent.bytes;
  }
  return { least, most };
};

const flagsUntil = (windows: readonly ConnectionWindow[], side: Side): number | null => {
  let flags: number | null = null;
  for (const window of windows) {
    const seen = window[side]?.flags ?? null;
    if (seen !== null) flags = (flags ?? 0) | seen;
  }
  return flags;
};

/** The state that flags seen so far amount to, in the words of whole connections. What opens with both bits is a transit gateway's: its ACK answers. */
const stateOf = (mine: number, theirs: number): ConnectionState => {
  const both = mine | theirs;
  if (!hasSynAck(mine) && !hasSynAck(theirs)) return hasPlainSyn(both) ? 'attempted' : 'midstream';
  if ((mine & SYN) === 0 && !hasPlainSyn(theirs)) return 'answered';
  if ((both & RST) !== 0) return 'reset';
  if ((mine & theirs & FIN) !== 0) return 'closed';
  return (both & FIN) === 0 ? 'established' : 'half-closed';
};

const stateAt = (
  c: Connection,
  windows: readonly ConnectionWindow[],
  time: number,
): ConnectionState | null => {
  if (c.state === null) return null;
  const passed = windows.filter(({ end }) => end !== null && end <= time);
  if (passed.length === 0) return null;
  if (passed.length === windows.length) return c.state;
  const mine = flagsUntil(passed, 'initiator');
  const theirs = flagsUntil(passed, 'responder');
  return mine === null && theirs === null ? 'flagless' : stateOf(mine ?? 0, theirs ?? 0);
};

/** How far a connection had come by a moment. Counts are those of its primary vantage. */
export const progressAt = (connection: Connection, time: number): Progress => {
  const windows = connection.windowDetails;
  const age = ageAt(connection, time);
  if (windows === undefined)
    return { age, initiatorBytes: UNKNOWN, responderBytes: UNKNOWN, stateThen: null };
  return {
    age,
    initiatorBytes: bytesAt(windows, 'initiator', time),
    responderBytes: bytesAt(windows, 'responder', time),
    stateThen: stateAt(connection, windows, time),
  };
};
