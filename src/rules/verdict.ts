/**
 * What security groups and network ACLs did. A verdict belongs to an observation point, so each view is judged alone and
 * then they are put together; rejects that come after a close are teardown noise and are left out.
 */
import { firstView } from './drafts.ts';
import { ACCEPTED, MIXED, REJECTED, REPLY_REJECTED, UNKNOWN } from './layout.ts';
import { actionsOf, judgedActionsOf, nextView } from './view-rows.ts';

/** Of the bits of actions: rejected, whichever direction. */
const ANY_REJECTED: u32 = 10;

/** The actions of one direction: accepted 1, rejected 2. */
function ofDirection(actions: u32, direction: u32): u32 {
  return (actions >>> (direction << 1)) & 3;
}

/** The verdict over all views. */
export function findVerdict(draft: usize, opener: u32): u32 {
  return verdictOver(firstView(draft), 0, opener);
}

/** The verdict of a view alone. */
export function verdictOf(view: usize, opener: u32): u32 {
  return verdictOver(view, nextView(view), opener);
}

/** The verdict over the views from one on, up to another of the connection; 0 for its end. */
function verdictOver(first: usize, until: usize, opener: u32): u32 {
  let all: u32 = 0;
  for (let view = first; view !== until; view = nextView(view)) all |= judgedActionsOf(view);
  if ((all & ANY_REJECTED) === 0) return all === 0 ? UNKNOWN : ACCEPTED;
  let anyRejected = false;
  let isReplyAccepted = false;
  for (let view = first; view !== until; view = nextView(view)) {
    const request = ofDirection(judgedActionsOf(view), opener);
    const reply = ofDirection(judgedActionsOf(view), 1 - opener);
    if ((reply & 1) !== 0) isReplyAccepted = true;
    // A view that rejected nothing objects to nothing, whether it accepted or says nothing.
    if (((request | reply) & 2) === 0) continue;
    if (((request | reply) & 1) === 0) anyRejected = true;
    else if ((request & 2) !== 0 || (reply & 1) !== 0) return MIXED;
  }
  if (!anyRejected) return REPLY_REJECTED;
  // The sender's interface let it out, the receiver's did not let it in: it did not get through.
  return isReplyAccepted ? MIXED : REJECTED;
}

/** Whether the attempt died at a filter: nothing of the answer got through, where something was stopped. */
export function isBlocked(draft: usize, verdict: u32, opener: u32): bool {
  if (verdict !== REJECTED && verdict !== REPLY_REJECTED) return false;
  for (let view = firstView(draft); view !== 0; view = nextView(view))
    if ((ofDirection(actionsOf(view), 1 - opener) & 1) !== 0) return false;
  return true;
}
