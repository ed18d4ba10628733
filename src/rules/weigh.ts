/**
 * What is found of one connection: who opened it, the verdict, how it went, and what was seen where. The rules of each are
 * in files of their own; here they are asked in their order, since a verdict needs to know who opened, and a life the
 * verdict. Lines, outlines and whole rows are written from what stands here (row.ts).
 */
import { ASKS_ENDS, GOES_ON, NO_MEMORY } from './answers.ts';
import { infer, lookAtEnds } from './clues.ts';
import { hasGap } from './coverage.ts';
import { evidenceOf, isContradicted, mayHideReuse, spokeOf } from './drafts.ts';
import { CONTRADICTED, HAS_GAP, HIDES_REUSE, ONE_SIDED, OPENERS } from './layout.ts';
import { findLife, lifeMarks } from './life.ts';
import { byteAt } from './port.ts';
import { findVerdict } from './verdict.ts';
import { weighViews } from './views.ts';

/** The end that opened: 0 the low one, which it is too when nobody knows. */
export let opener: u32 = 0;
/** How sure that is and why: see FINDINGS. */
export let finding: u32 = 0;
export let verdict: u32 = 0;
export let marks: u32 = 0;
/** The connection that was weighed last, and its key. */
export let weighed: usize = 0;
export let keyOfWeighed: usize = 0;

/** Whether this instance may learn of ends: see services.ts. Only one of those that share a memory. */
export let learns: bool = true;

export function setLearns(may: bool): void {
  learns = may;
}

/** Of OPENERS: nothing that was observed tells. */
const NOT_OBSERVED: u32 = 2;
/** Of what clues come to: the finding, and whether it was the high end. */
const FINDING: u32 = 127;
const HIGH_END_SHIFT: u32 = 7;

/** Finds what there is to be found of a connection. */
export function weigh(key: usize, draft: usize): u32 {
  weighed = draft;
  keyOfWeighed = key;
  finding = evidenceOf(draft);
  opener = byteAt(OPENERS + finding);
  if (opener === NOT_OBSERVED) {
    if (!lookAtEnds(key, learns)) return ASKS_ENDS;
    const inferred = infer(draft);
    finding = inferred & FINDING;
    opener = inferred >>> HIGH_END_SHIFT;
  }
  const touchesGap = hasGap(draft);
  verdict = findVerdict(draft, opener);
  findLife(draft, opener, verdict, touchesGap);
  marks = lifeMarks;
  if (spokeOf(draft) !== 3) marks |= ONE_SIDED;
  if (mayHideReuse(draft)) marks |= HIDES_REUSE;
  if (isContradicted(draft)) marks |= CONTRADICTED;
  if (touchesGap) marks |= HAS_GAP;
  return weighViews(draft, opener) ? GOES_ON : NO_MEMORY;
}
