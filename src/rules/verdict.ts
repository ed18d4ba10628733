/**
 * What security groups and network ACLs did, and whether a transit gateway lost packets. A REJECT says only that a packet of that direction was stopped at that interface:
 * who opened is settled first, then the direction that was stopped tells. Where several verdicts fit, the first of the order
 * of `decide` is given.
 */
import { ANY_OPENING, evidenceOf, hasFlags, SYN_ACK_OF_LOW, SYN_OF_LOW, spokeOf } from './drafts.ts';
import {
  ACCEPTED,
  CUT_OFF,
  LATE,
  LOST,
  MIXED,
  REJECTED,
  REPLY_REJECTED,
  TCP,
  UNANSWERED,
  UNKNOWN,
} from './layout.ts';
import { transport } from './records.ts';
import {
  ANY_STOP,
  BROKEN_AT,
  CUT,
  CUT_AT,
  earlierOf,
  HIGH_SHIFT,
  LOSSES,
  PASSED,
  STOPPED,
  STOPPED_AT,
  STRAYS,
  STRAYS_AT,
  shown,
  shownAt,
  sinceAt,
  viewAt,
} from './rejections.ts';
import { isAttempt, isWitnessed, wouldShowAnswer } from './unanswered.ts';
import { packetsIn, straysOf } from './view-rows.ts';

// Bits of actions: see actionsOf in view-rows.ts.
const ACCEPTED_OF_LOW: u32 = 1;
const ACCEPTED_OF_HIGH: u32 = 4;

/** The view whose rejections the verdict is about, 0 for none, and the start of the first of them; -1 for not known. */
export let rejectedView: usize = 0;
export let rejectedFrom: f64 = -1;
/** Whose records were rejected there, of those that the verdict is about: the initiator's 1, the responder's 2. */
export let rejectedSides: u32 = 0;

/** Of the connection at hand: the end that opened, and whether one end did more than the other. */
let opener: u32 = 0;
let isKnown: bool = false;
/** It had been open: what was stopped later was cut off. */
let wasOpen: bool = false;
/** Nothing of it was accepted anywhere: then what it is all about is read off what was stopped. */
let nonePassed: bool = false;
let ofStopped: u32 = 0;
/** The attempt of the end that opened, with nothing in the way and no answer anywhere in a log that shows those to others. */
let wasUnanswered: bool = false;

/**
 * The verdict over all views.
 * @param knows whether the opener is known, and only one
 * @param hasGap AWS lost records meanwhile: the answer may be among them
 */
export function findVerdict(draft: usize, end: u32, knows: bool, hasGap: bool): u32 {
  opener = end;
  isKnown = knows;
  const low = shown & 15;
  const high = (shown >>> HIGH_SHIFT) & 15;
  nonePassed = ((low | high) & PASSED) === 0;
  wasOpen = (low & high & PASSED) !== 0 || isMidstream(draft);
  if (nonePassed && ((low | high) & ANY_STOP) !== 0) ofStopped = judgeStopped(draft, low, high);
  const isAlone = transport === TCP && knows && spokeOf(draft) === (end === 0 ? 1 : 2);
  wasUnanswered = isAlone && isAttempt && isWitnessed && !hasGap && isUnstopped(low, high);
  const verdict = wasUnanswered ? UNANSWERED : decide(shown);
  choose(verdict);
  return verdict;
}

/** The verdict of a view alone, of the connection that was judged last. */
export function verdictAt(view: usize): u32 {
  return wasUnanswered && wouldShowAnswer(view) ? UNANSWERED : decide(shownAt(view));
}

function isUnstopped(low: u32, high: u32): bool {
  return ((low | high) & ANY_STOP) === 0 && (shown & (STRAYS | LOSSES)) === 0;
}

function isMidstream(draft: usize): bool {
  return transport === TCP && hasFlags(draft) && (evidenceOf(draft) & ANY_OPENING) === 0;
}

function decide(bits: u32): u32 {
  const low = bits & 15;
  const high = (bits >>> HIGH_SHIFT) & 15;
  const mine = opener === 0 ? low : high;
  const theirs = opener === 0 ? high : low;
  if (((mine | theirs) & ANY_STOP) === 0) {
    if ((bits & LOSSES) !== 0) return LOST;
    if ((bits & STRAYS) !== 0) return LATE;
    return (mine | theirs) === 0 ? UNKNOWN : ACCEPTED;
  }
  if (nonePassed) {
    const isWhole = ofStopped === REJECTED || ofStopped === REPLY_REJECTED;
    return isWhole || (bits & LOSSES) === 0 ? ofStopped : LOST;
  }
  if (isKnown) {
    // From the first packet on, and no answer says that some of it got through.
    if ((mine & STOPPED) !== 0 && (theirs & PASSED) === 0) return REJECTED;
    if ((theirs & STOPPED) !== 0 && (mine & ANY_STOP) === 0) return REPLY_REJECTED;
  }
  if (((mine | theirs) & CUT) !== 0 && wasOpen) return CUT_OFF;
  return (bits & LOSSES) !== 0 ? LOST : MIXED;
}

/** Nothing was accepted anywhere, as in a log that holds only what was rejected. */
function judgeStopped(draft: usize, low: u32, high: u32): u32 {
  // Of a conversation that the log does not show.
  if (isMidstream(draft)) return LATE;
  const isFlagged = transport === TCP && hasFlags(draft);
  const opening = evidenceOf(draft) & ANY_OPENING;
  if ((low & ANY_STOP) !== 0 && (high & ANY_STOP) !== 0) return REJECTED;
  const direction: u32 = (low & ANY_STOP) !== 0 ? 0 : 1;
  if (!isKnown) {
    if ((opening & (SYN_OF_LOW << direction)) !== 0) return REJECTED;
    // Otherwise nobody can tell whether it was the request or the reply, as between two equal ports.
    return (opening & (SYN_ACK_OF_LOW << direction)) !== 0 ? REPLY_REJECTED : UNKNOWN;
  }
  if (direction === opener) return REJECTED;
  const isLone = !isFlagged && packetsIn(viewAt(STOPPED_AT + direction), direction) === 1;
  return isLone ? LATE : REPLY_REJECTED;
}

/** Chooses the view that a verdict is about. */
function choose(verdict: u32): void {
  rejectedView = 0;
  rejectedFrom = -1;
  rejectedSides = 0;
  if ((shown & (STRAYS | ANY_STOP | (ANY_STOP << HIGH_SHIFT))) === 0) return;
  const slot = slotFor(verdict);
  rejectedView = viewAt(slot);
  rejectedFrom = sinceAt(slot);
  const ends = rejectedEnds(verdict);
  rejectedSides = opener === 0 || ends === 3 ? ends : ends ^ 3;
}

/** The ends whose records the chosen view rejected in the way that the verdict is about: the low one 1, the high one 2. */
function rejectedEnds(verdict: u32): u32 {
  const bits = shownAt(rejectedView);
  if ((bits & (ANY_STOP | (ANY_STOP << HIGH_SHIFT))) === 0) return straysOf(rejectedView);
  const isWhole = verdict === REJECTED || verdict === REPLY_REJECTED;
  const kind: u32 = isWhole ? STOPPED : verdict === CUT_OFF ? CUT : ANY_STOP;
  return ((bits & kind) !== 0 ? 1 : 0) | (((bits >>> HIGH_SHIFT) & kind) !== 0 ? 2 : 0);
}

function slotFor(verdict: u32): u32 {
  const stopped = earlierOf(STOPPED_AT, STOPPED_AT + 1);
  if (isKnown && verdict === REJECTED && viewAt(STOPPED_AT + opener) !== 0) return STOPPED_AT + opener;
  if (isKnown && verdict === REPLY_REJECTED) return STOPPED_AT + (1 - opener);
  const cut = earlierOf(CUT_AT, CUT_AT + 1);
  if (verdict === CUT_OFF) return cut;
  const any = earlierOf(earlierOf(stopped, cut), earlierOf(BROKEN_AT, BROKEN_AT + 1));
  return viewAt(any) === 0 ? STRAYS_AT : any;
}

/**
 * Whether the attempt died at a filter: nothing of the answer got through, where something was stopped.
 * @param actions of all views
 */
export function isBlocked(actions: u32, verdict: u32): bool {
  if (verdict !== REJECTED && verdict !== REPLY_REJECTED) return false;
  return (actions & (opener === 0 ? ACCEPTED_OF_HIGH : ACCEPTED_OF_LOW)) === 0;
}

/** Whether nothing but late packets is there: that is no connection that may be open. */
export function isNothingButLate(verdict: u32): bool {
  return verdict === LATE && nonePassed;
}
