/**
 * What is found of one connection: who opened it, the verdict, how it went, and what was seen where. The rules of each are
 * in files of their own; here they are asked in their order, since a verdict needs to know who opened, and a life the
 * verdict. Lines, outlines, whole rows and traces are written from what stands here (row.ts).
 */
import { ASKS_ENDS, GOES_ON, NO_MEMORY, RESTING } from './answers.ts';
import { infer, lookAtEnds, nobody } from './clues.ts';
import {
  evidenceOf,
  isContradicted,
  OBSERVABLE,
  reuseOf,
  SETTLED_OPENING,
  SYN_ACKS_OF_BOTH,
  SYNS_OF_BOTH,
  spokeOf,
  viewCountOf,
} from './drafts.ts';
import { CONTRADICTED, HAS_GAP, HIDES_REUSE, ONE_SIDED, OPENERS, TRACES } from './layout.ts';
import { findLife, lifeMarks } from './life.ts';
import { byteAt } from './port.ts';
import { form, observedOnly } from './settings.ts';
import { findVerdict } from './verdict.ts';
import {
  actions,
  beginSums,
  best,
  bestOfHigh,
  bestOfLow,
  clues,
  foreign,
  foreignVpc,
  sumUp,
  touchesGap,
} from './view-sums.ts';
import { beginWay, chooseViews, lineUp, placeViews } from './views.ts';

/** The end that opened: 0 the low one, which it is too when nobody knows. */
export let opener: u32 = 0;
/** How sure that is and why: see FINDINGS. */
export let finding: u32 = 0;
export let verdict: u32 = 0;
export let marks: u32 = 0;

/** Whether this instance may learn of ends: see services.ts. Only one of those that share a memory. */
export let learns: bool = true;

export function setLearns(may: bool): void {
  learns = may;
}

/** Of OPENERS: nothing that was observed tells; or what was names an end, and is no proof. */
const NOT_OBSERVED: u32 = 2;
const IS_INFERRED: u32 = 4;
/** Of what clues come to: the finding, and whether it was the high end. */
const FINDING: u32 = 127;
const HIGH_END_SHIFT: u32 = 7;

/** The connection that was weighed last, and its key. */
export let weighed: usize = 0;
export let keyOfWeighed: usize = 0;

// What comes next of it.
const ASK: u32 = 0;
const SUM_UP: u32 = 1;
const PLACE: u32 = 2;
const LINE_UP: u32 = 3;
let stage: u32 = ASK;

/** Begins with a connection; {@link weigh} goes on until it is done. */
export function beginWeighing(key: usize, draft: usize): void {
  keyOfWeighed = key;
  weighed = draft;
  stage = ASK;
}

/** Finds what there is to be found of the connection. */
export function weigh(): u32 {
  const draft = weighed;
  if (stage === ASK) {
    // What is not settled tells nothing.
    finding = evidenceOf(draft) & OBSERVABLE;
    opener = openerBy(finding);
    const isInferred = opener === NOT_OBSERVED;
    // A trace tells what there was to go by also where nobody is inferred.
    const asksEnds = form === TRACES || (isInferred && !observedOnly);
    if (asksEnds && !lookAtEnds(keyOfWeighed, learns)) return ASKS_ENDS;
    beginSums(draft, isInferred || form === TRACES);
    stage = SUM_UP;
  }
  if (stage === SUM_UP) {
    if (sumUp()) return RESTING;
    judgeSums(draft);
    if (!beginWay(draft)) return NO_MEMORY;
    stage = PLACE;
  }
  if (stage === PLACE) {
    if (placeViews(opener, foreign, foreignVpc)) return RESTING;
    stage = LINE_UP;
  }
  return lineUp() ? RESTING : GOES_ON;
}

/** The end that evidence of SYN and SYN-ACK names. */
function openerBy(evidence: u32): u32 {
  const named = byteAt(OPENERS + evidence);
  if ((named & IS_INFERRED) === 0) return named;
  return observedOnly ? NOT_OBSERVED : named & 1;
}

function judgeSums(draft: usize): void {
  // Who both opened are not one.
  let isOne =
    (finding & SETTLED_OPENING) !== SYNS_OF_BOTH && (finding & SYN_ACKS_OF_BOTH) !== SYN_ACKS_OF_BOTH;
  if (opener === NOT_OBSERVED) {
    const inferred = infer(clues);
    finding = inferred & FINDING;
    opener = inferred >>> HIGH_END_SHIFT;
    isOne = finding !== nobody();
  }
  verdict = findVerdict(draft, opener, isOne, touchesGap);
  findLife(draft, opener, verdict, actions, touchesGap);
  marks = lifeMarks;
  if (spokeOf(draft) !== 3) marks |= ONE_SIDED;
  if (reuseOf(draft) !== 0) marks |= HIDES_REUSE;
  if (isContradicted(draft)) marks |= CONTRADICTED;
  if (touchesGap) marks |= HAS_GAP;
  chooseViews(viewCountOf(draft), best, bestOfLow, bestOfHigh, opener);
}
