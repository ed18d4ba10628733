/**
 * Who opened a connection that no SYN tells of. What speaks for either end is gathered as bits: an attempt that was
 * stopped, a reply that was rejected, who spoke first, who answers handshakes elsewhere, who is shared by many, the ranks
 * of the ports. What the bits come to stands in a table that is taught: no odds are known here.
 */
import { CLUES, FTP, NONE, PORT_RANKS } from './layout.ts';
import { hasPorts } from './names.ts';
import { byteAt, wordAt } from './port.ts';
import { flipped, ports } from './records.ts';
import { answers, knowEnd, peers } from './services.ts';
import { manyPeers, observedOnly, slack } from './settings.ts';
import { actionsOf, firstByOf, firstStartOf, observerAt, seenOf } from './view-rows.ts';

// The bits of clues, the low end's; the high end's are STEP to the left, or one to the left of ANSWERS and MANY_PEERS.
export const STOPPED: u32 = 1;
export const REPLY_REJECTED_CLUE: u32 = 2;
export const SPOKE_FIRST: u32 = 4;
export const STEP: u32 = 3;
export const ANSWERS: u32 = 1 << 6;
export const MANY_PEERS: u32 = 1 << 8;
/** Two ranks of two bits, then whether one port is FTP's, then whether there are none. */
export const PORTS_SHIFT: u32 = 10;
export const IS_FTP: u32 = 16;
export const NO_PORTS: u32 = 32;

/** Of the key at hand: whether its ends are known, and their bits. */
let knowsEnds: bool = false;
export let endBits: u32 = 0;

/** Begins with another key. */
export function forgetEnds(): void {
  knowsEnds = false;
}

/** Looks at what is known of the ends of a key; false where they are to be told. */
export function lookAtEnds(key: usize, learns: bool): bool {
  if (knowsEnds) return true;
  if (!knowEnd(key, flipped, learns)) return false;
  const lowAnswers = answers;
  const lowPeers = peers;
  if (!knowEnd(key, !flipped, learns)) return false;
  let bits: u32 = 0;
  // Who talks to a service, or to an end that is shared, opened.
  if (answers && !lowAnswers) bits |= ANSWERS;
  if (lowAnswers && !answers) bits |= ANSWERS << 1;
  if (isShared(peers, lowPeers)) bits |= MANY_PEERS;
  if (isShared(lowPeers, peers)) bits |= MANY_PEERS << 1;
  knowsEnds = true;
  endBits = bits;
  return true;
}

/** Shared, not merely used again: it talks to many ends, and to so many more than its peer does. */
function isShared(theirs: u32, own: u32): bool {
  return theirs >= manyPeers && (manyPeers as f64) * (own as f64) <= (theirs as f64);
}

/** The finding that nobody knows. */
export function nobody(): u32 {
  return byteAt(CLUES);
}

/**
 * Who opened, as far as anything tells: a finding, and 128 where it was the high end. The ends have been looked at.
 * @param clues of all views
 */
export function infer(clues: u32): u32 {
  if (observedOnly) return nobody();
  return byteAt(CLUES + (endBits | strongest(clues) | (portsClass() << PORTS_SHIFT)));
}

/** Of the clues of all views those that count: a rejected reply says more than who spoke first. */
export function strongest(clues: u32): u32 {
  let counted = clues;
  if ((counted & REPLY_REJECTED_CLUE) !== 0) counted &= ~SPOKE_FIRST;
  if ((counted & (REPLY_REJECTED_CLUE << STEP)) !== 0) counted &= ~(SPOKE_FIRST << STEP);
  return counted;
}

function portsClass(): u32 {
  if (!hasPorts()) return NO_PORTS;
  const mine = byteAt(PORT_RANKS + (ports >>> 16));
  const theirs = byteAt(PORT_RANKS + (ports & 0xffff));
  return (mine & 3) | ((theirs & 3) << 2) | (((mine | theirs) & FTP) !== 0 ? IS_FTP : 0);
}

/**
 * What one interface shows: times and filters of two are not compared, and what one shows no other takes back (law 4).
 * @param isFlagless TCP of which no record carries flags
 */
export function cluesOf(view: usize, isFlagless: bool): u32 {
  const seen = seenOf(view);
  const mine = actionsOf(view) & 3;
  const theirs = actionsOf(view) >>> 2;
  let clues: u32 = 0;
  // One way and rejected, in a format without flags: the attempt was stopped here.
  if (isFlagless && seen === 1 && mine === 2) clues |= STOPPED;
  if (isFlagless && seen === 2 && theirs === 2) clues |= STOPPED << STEP;
  // Accepted one way, rejected the other.
  if (mine === 1 && theirs === 2) clues |= REPLY_REJECTED_CLUE;
  if (mine === 2 && theirs === 1) clues |= REPLY_REJECTED_CLUE << STEP;
  return seen === 3 ? clues | whoSpokeFirst(view) : clues;
}

/**
 * One end had spoken more than the slack before the other began, by one interface's own clock, and the log covers the time
 * before.
 */
function whoSpokeFirst(view: usize): u32 {
  const covered = wordAt(observerAt(view) + 40);
  const low = firstStartOf(view, 0);
  const high = firstStartOf(view, 1);
  // Of records without times nobody can tell.
  if (covered === NONE || low === Infinity || high === Infinity) return 0;
  const since = (covered as f64) + slack;
  if (high - firstByOf(view, 0) > slack && low > since) return SPOKE_FIRST;
  if (low - firstByOf(view, 1) > slack && high > since) return SPOKE_FIRST << STEP;
  return 0;
}
