/**
 * Who opened a connection that no SYN tells of. What speaks for either end is gathered as bits: an attempt that was
 * stopped or got no answer, a reply that was rejected, who spoke first, who answers handshakes elsewhere, who is shared by
 * many, the ranks of the ports. What the bits come to stands in a table that is taught: no odds are known here.
 */
import { CLUES, FTP, NONE, PORT_RANKS, TCP } from './layout.ts';
import { hasPorts } from './names.ts';
import { byteAt, wordAt } from './port.ts';
import { flipped, nextOfView, payloadOf, ports, transport } from './records.ts';
import { answers, knowEnd, peers } from './services.ts';
import { manyPeers, observedOnly, slack } from './settings.ts';
import { showsAttempt, wouldShowAnswer } from './unanswered.ts';
import {
  actionsOf,
  firstByOf,
  firstRecordOf,
  firstStartOf,
  observerAt,
  packetsIn,
  seenOf,
} from './view-rows.ts';

// What views show, as bits: the low end's; the high end's are STEP to the left.
export const STOPPED: u32 = 1;
export const ONE_WAY: u32 = 2;
export const REPLY_REJECTED_CLUE: u32 = 4;
export const SPOKE_FIRST: u32 = 8;
export const STEP: u32 = 4;
/** Beside them: the ends talked with each other, asked only where a port is FTP's for data. */
export const FTP_TALK: u32 = 256;
/** And the other end than that spoke. */
export const FTP_MET: u32 = 512;

// The place of what all of it comes to, in CLUES. The strongest that views show of an end, as a number; the high end's is SHOWN_BITS to
// the left.
export const SHOWS_SPOKE_FIRST: u32 = 1;
export const SHOWS_REPLY_REJECTED: u32 = 2;
export const SHOWS_ONE_WAY: u32 = 3;
export const SHOWS_STOPPED: u32 = 4;
export const SHOWS_STOPPED_ONE_WAY: u32 = 5;
export const SHOWN_BITS: u32 = 3;
/** What is known of ends: of the low end; one to the left of the high one. */
export const ANSWERS: u32 = 1 << 6;
export const MANY_PEERS: u32 = 1 << 8;
/** The rank of the low end's port, and RANKS times that of the high end's; FTP_RANK is FTP's port for data, where the ends talked. */
export const PORTS_SHIFT: u32 = 10;
export const FTP_RANK: u32 = 8;
export const RANKS: u32 = 9;
/** Behind all of these: there are no ports. */
export const NO_PORTS: u32 = RANKS * RANKS;
/** A probe, and the RST of whoever probes where it was answered. */
const PROBE_PACKETS: f64 = 2;

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
  bits |= sharedBy(lowPeers, peers);
  knowsEnds = true;
  endBits = bits;
  return true;
}

/** Which end is shared: it talks to many ends, and the other to no other. Where both meet several, either may have dialled: both bits. */
function sharedBy(ofLow: u32, ofHigh: u32): u32 {
  if (ofLow < manyPeers && ofHigh < manyPeers) return 0;
  if (ofLow <= 1) return MANY_PEERS;
  return ofHigh <= 1 ? MANY_PEERS << 1 : MANY_PEERS | (MANY_PEERS << 1);
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
  if (observedOnly || isFtpAlone(clues)) return nobody();
  const counted = strongest(clues);
  const shown = numberOf(counted) | (numberOf(counted >>> STEP) << SHOWN_BITS);
  return byteAt(CLUES + (endBits | shown | (portsClass(clues) << PORTS_SHIFT)));
}

/** Of the clues of all views those that count: of an end the strongest, since the others say no more. */
export function strongest(clues: u32): u32 {
  return strongestOf(clues, 0) | strongestOf(clues, STEP) | (clues & (FTP_TALK | FTP_MET));
}

function strongestOf(clues: u32, step: u32): u32 {
  const ofEnd = (clues >>> step) & (STOPPED | ONE_WAY | REPLY_REJECTED_CLUE | SPOKE_FIRST);
  const oneWay = ofEnd & (STOPPED | ONE_WAY);
  if (oneWay !== 0) return oneWay << step;
  return ((ofEnd & REPLY_REJECTED_CLUE) !== 0 ? REPLY_REJECTED_CLUE : ofEnd) << step;
}

/** The number of what counts of an end, whose bits are the first. */
function numberOf(counted: u32): u32 {
  if ((counted & STOPPED) !== 0) return (counted & ONE_WAY) !== 0 ? SHOWS_STOPPED_ONE_WAY : SHOWS_STOPPED;
  if ((counted & ONE_WAY) !== 0) return SHOWS_ONE_WAY;
  if ((counted & REPLY_REJECTED_CLUE) !== 0) return SHOWS_REPLY_REJECTED;
  return (counted & SPOKE_FIRST) !== 0 ? SHOWS_SPOKE_FIRST : 0;
}

function portsClass(clues: u32): u32 {
  if (!hasPorts()) return NO_PORTS;
  return rankOf(ports >>> 16, clues) + RANKS * rankOf(ports & 0xffff, clues);
}

function rankOf(port: u32, clues: u32): u32 {
  const rank = byteAt(PORT_RANKS + port);
  if ((rank & FTP) === 0) return rank;
  return (clues & FTP_TALK) !== 0 ? FTP_RANK : rank & ~FTP;
}

/** FTP's port for data alone spoke, without payload: it dialled, or answered a probe. */
function isFtpAlone(clues: u32): bool {
  return transport === TCP && (clues & (FTP_TALK | FTP_MET)) === 0 && hasPorts() && hasFtpPort();
}

function hasFtpPort(): bool {
  return ((byteAt(PORT_RANKS + (ports >>> 16)) | byteAt(PORT_RANKS + (ports & 0xffff))) & FTP) !== 0;
}

function ofFtp(view: usize, seen: u32): u32 {
  const isLow = (byteAt(PORT_RANKS + (ports >>> 16)) & FTP) !== 0;
  const isMet = (seen & (isLow ? 2 : 1)) !== 0;
  return (isMet ? FTP_MET : 0) | (hasTalked(view) ? FTP_TALK : 0);
}

/** There was payload, or more from both ends than a probe and its answer, which ends with a RST. */
function hasTalked(view: usize): bool {
  if (packetsIn(view, 0) > PROBE_PACKETS && packetsIn(view, 1) > PROBE_PACKETS) return true;
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record))
    if (payloadOf(record) !== 0) return true;
  return false;
}

/**
 * What traffic of one end says, in a format without flags: rejected, the attempt was stopped here; and where the interface shows
 * answers, that none came to it, or to a few packets without payload that were accepted.
 */
function ofOneWay(view: usize, isStopped: bool): u32 {
  if (!wouldShowAnswer(view)) return isStopped ? STOPPED : 0;
  if (isStopped) return STOPPED | ONE_WAY;
  return showsAttempt(view) ? ONE_WAY : 0;
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
  if (isFlagless && seen !== 3)
    clues |= ofOneWay(view, (seen === 1 ? mine : theirs) === 2) << (seen === 1 ? 0 : STEP);
  if (transport === TCP && hasFtpPort()) clues |= ofFtp(view, seen);
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
