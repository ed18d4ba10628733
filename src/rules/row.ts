/**
 * What is found of one connection: who opened it, the verdict, how it went, and what was seen where. The rules of each are
 * in files of their own; here they are asked in their order, since a verdict needs to know who opened, and a life the
 * verdict. Lines, outlines and whole rows are written from what stands here.
 */
import { ASKS_ENDS, GOES_ON, NO_MEMORY } from './answers.ts';
import { infer, lookAtEnds } from './clues.ts';
import { hasGap } from './coverage.ts';
import { evidenceOf, isContradicted, mayHideReuse, spokeOf } from './drafts.ts';
import {
  CONTRADICTED,
  HAS_GAP,
  HIDES_REUSE,
  LINES,
  ONE_SIDED,
  OPENERS,
  OUTLINES,
  ZEEK_LINES,
} from './layout.ts';
import { findLife, lifeMarks } from './life.ts';
import { outlineBytes, writeOutline } from './outline-row.ts';
import { byteAt } from './port.ts';
import { form } from './settings.ts';
import { lineBytes, writeLine } from './spell-line.ts';
import { LONGEST_ZEEK_LINE, writeZeekLine } from './spell-zeek.ts';
import { findVerdict } from './verdict.ts';
import { weighViews } from './views.ts';
import { wholeBytes, writeWhole } from './whole-row.ts';

/** The end that opened: 0 the low one, which it is too when nobody knows. */
export let opener: u32 = 0;
/** How sure that is and why: see FINDINGS. */
export let finding: u32 = 0;
export let verdict: u32 = 0;
export let marks: u32 = 0;

/** Whether this instance may learn of ends: see services.ts. Only one of those that share a memory. */
let learns: bool = true;

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

/** More than the row of the connection that was weighed last takes. */
export function rowBytes(): usize {
  if (form === LINES) return lineBytes();
  if (form === ZEEK_LINES) return LONGEST_ZEEK_LINE;
  return form === OUTLINES ? outlineBytes() : wholeBytes();
}

/**
 * Writes the row of the connection that was weighed last.
 * @param place of its key in the order
 * @param number how many connections of that key come before it
 */
export function writeRow(draft: usize, place: u32, number: u32): void {
  if (form === LINES) writeLine(draft);
  else if (form === ZEEK_LINES) writeZeekLine(draft);
  else if (form === OUTLINES) writeOutline(draft, place, number);
  else writeWhole(draft, place, number);
}
