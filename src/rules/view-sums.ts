/**
 * What all views of a connection say together, in one walk over them that may rest: their actions, what was rejected, what
 * they show of who opened, whether records were lost, and which of them speaks for it. What it comes to is decided by
 * those who are asked here for one view each.
 */
import { look } from './answers.ts';
import { cluesOf } from './clues.ts';
import { hasGap } from './coverage.ts';
import { firstOf, firstView, hasFlags, lastOf } from './drafts.ts';
import { NONE, TCP } from './layout.ts';
import { addLosses, forgetLosses } from './losses.ts';
import { transport } from './records.ts';
import { addRejections, forgetRejections } from './rejections.ts';
import { addAttempt, forgetAttempt } from './unanswered.ts';
import { actionsOf, nextView, seenOf, shownBy, vpcOf } from './view-rows.ts';
import { isBefore, isGateway } from './views.ts';

/** Actions by direction (see actionsOf in view-rows.ts). */
export let actions: u32 = 0;
/** See cluesOf in clues.ts. */
export let clues: u32 = 0;
/** The ends that gateways stand in for, and the VPC of these; NONE where they are of several. */
export let foreign: u32 = 0;
export let foreignVpc: u32 = 0;
/** Whether AWS lost records of one of the vantages while it lasted. */
export let touchesGap: bool = false;
/** The best view, and the best of those that saw a direction; 0 for none. */
export let best: usize = 0;
export let bestOfLow: usize = 0;
export let bestOfHigh: usize = 0;

let next: usize = 0;
let asksClues: bool = false;
let isFlagless: bool = false;
let first: f64 = 0;
let last: f64 = 0;

/** Begins with a connection; {@link sumUp} goes on until it is done. */
export function beginSums(draft: usize, needsClues: bool): void {
  next = firstView(draft);
  asksClues = needsClues;
  isFlagless = needsClues && transport === TCP && !hasFlags(draft);
  first = firstOf(draft);
  last = lastOf(draft);
  actions = 0;
  forgetRejections();
  forgetLosses();
  forgetAttempt();
  clues = 0;
  foreign = 0;
  touchesGap = false;
  best = 0;
  bestOfLow = 0;
  bestOfHigh = 0;
}

/** True where it is time to rest. */
export function sumUp(): bool {
  while (next !== 0) {
    addView(next);
    next = nextView(next);
    if (look(1) && next !== 0) return true;
  }
  return false;
}

function addGateway(view: usize): void {
  if (foreign === 0) foreignVpc = vpcOf(view);
  else if (foreignVpc !== vpcOf(view)) foreignVpc = NONE;
  foreign |= shownBy(view);
}

function addView(view: usize): void {
  const seen = seenOf(view);
  actions |= actionsOf(view);
  addRejections(view);
  addLosses(view);
  addAttempt(view);
  if (asksClues) clues |= cluesOf(view, isFlagless);
  if (isGateway(view)) addGateway(view);
  if (!touchesGap) touchesGap = hasGap(view, first, last);
  if (best === 0 || isBefore(view, best)) best = view;
  if ((seen & 1) !== 0 && (bestOfLow === 0 || isBefore(view, bestOfLow))) bestOfLow = view;
  if ((seen & 2) !== 0 && (bestOfHigh === 0 || isBefore(view, bestOfHigh))) bestOfHigh = view;
}
