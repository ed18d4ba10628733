/**
 * What security groups and network ACLs did. A verdict belongs to an observation point, so each view is judged alone and
 * then they are put together; rejects that come after a close are teardown noise and are left out.
 */
import { ACCEPTED, MIXED, REJECTED, REPLY_REJECTED, UNKNOWN } from './layout.ts';

// Bits of actions: see actionsOf in view-rows.ts.
const ACCEPTED_OF_LOW: u32 = 1;
const REJECTED_OF_LOW: u32 = 2;
const ACCEPTED_OF_HIGH: u32 = 4;
const REJECTED_OF_HIGH: u32 = 8;
const ANY_ACCEPTED: u32 = 5;
const ANY_REJECTED: u32 = 10;

/** What a view objects to, as bits: it let nothing through; or it did so that the verdict is mixed if the low end opened, or the high end. */
const REFUSES: u32 = 1;
const MIXED_FOR_LOW: u32 = 2;
const MIXED_FOR_HIGH: u32 = 4;

/** What a view objects to by its judged actions: nothing where it rejected nothing, whether it accepted or says nothing. */
export function objectionOf(actions: u32): u32 {
  if ((actions & ANY_REJECTED) === 0) return 0;
  if ((actions & ANY_ACCEPTED) === 0) return REFUSES;
  // Not where the request was accepted and the reply rejected, and nothing else.
  return (
    ((actions & (REJECTED_OF_LOW | ACCEPTED_OF_HIGH)) !== 0 ? MIXED_FOR_LOW : 0) |
    ((actions & (REJECTED_OF_HIGH | ACCEPTED_OF_LOW)) !== 0 ? MIXED_FOR_HIGH : 0)
  );
}

/** The verdict of a view alone, by its judged actions. */
export function verdictOf(actions: u32, opener: u32): u32 {
  return findVerdict(actions, objectionOf(actions), opener);
}

/**
 * The verdict over all views.
 * @param judged actions of all of them, but for noise
 * @param objections of all of them
 */
export function findVerdict(judged: u32, objections: u32, opener: u32): u32 {
  if ((judged & ANY_REJECTED) === 0) return judged === 0 ? UNKNOWN : ACCEPTED;
  if ((objections & (MIXED_FOR_LOW << opener)) !== 0) return MIXED;
  if ((objections & REFUSES) === 0) return REPLY_REJECTED;
  // The sender's interface let it out, the receiver's did not let it in: it did not get through.
  return isReplyAccepted(judged, opener) ? MIXED : REJECTED;
}

/**
 * Whether the attempt died at a filter: nothing of the answer got through, where something was stopped.
 * @param actions of all views
 */
export function isBlocked(actions: u32, verdict: u32, opener: u32): bool {
  if (verdict !== REJECTED && verdict !== REPLY_REJECTED) return false;
  return !isReplyAccepted(actions, opener);
}

function isReplyAccepted(actions: u32, opener: u32): bool {
  return (actions & (opener === 0 ? ACCEPTED_OF_HIGH : ACCEPTED_OF_LOW)) !== 0;
}
