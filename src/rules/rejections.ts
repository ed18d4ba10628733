/**
 * Where security groups and network ACLs rejected records of a connection, and how: all of a direction at an interface, all
 * from some moment on, or neither; and what came rejected after the close. Of each it is known which view shows it first.
 */
import { REJECTIONS } from './layout.ts';
import { doubleAt, putDouble, putWord, wordAt } from './port.ts';
import { actionOf, isNoise, nextOfView, startOf } from './records.ts';
import { aside } from './settings.ts';
import { actionsOf, firstRecordOf, judgedActionsOf, loses, nameRankOf, streamOf } from './view-rows.ts';

// What a view shows of a direction, the low end's; the high end's are four to the left.
/** Records of it were accepted. */
export const PASSED: u32 = 1;
/** Records of it were rejected: all of them; some, from later on than the first that was accepted; some, otherwise. */
export const STOPPED: u32 = 2;
export const CUT: u32 = 4;
export const BROKEN: u32 = 8;
export const ANY_STOP: u32 = 14;
export const HIGH_SHIFT: u32 = 4;
/** Some came rejected after the close. */
export const STRAYS: u32 = 256;
/** A transit gateway lost some. */
export const LOSSES: u32 = 512;

// Where the first view of each kind stands: those of a direction, the high end's behind the low end's; and of strays.
export const STOPPED_AT: u32 = 0;
export const CUT_AT: u32 = 2;
export const BROKEN_AT: u32 = 4;
export const STRAYS_AT: u32 = 6;
const SLOTS: u32 = 7;

const ACCEPTED_ONCE: u32 = 1;
const REJECTED_ONCE: u32 = 2;
const ANY_REJECTED: u32 = 10;

/** What all views show together. */
export let shown: u32 = 0;

/** Begins with another connection. */
export function forgetRejections(): void {
  // Mostly there are none to forget.
  if ((shown & ~(PASSED | (PASSED << HIGH_SHIFT))) !== 0)
    for (let slot: u32 = 0; slot < SLOTS; slot++) putWord(slotAt(slot) + 8, 0);
  shown = 0;
}

function slotAt(slot: u32): usize {
  return aside + REJECTIONS + (slot << 4);
}

// Of the view that was looked at last, the starts of its first records, -1 without a time, Infinity for none: those of the low
// end that were accepted and rejected, those of the high end, and those that were noise.
let lowAccepted: f64 = Infinity;
let lowRejected: f64 = Infinity;
let highAccepted: f64 = Infinity;
let highRejected: f64 = Infinity;
let noiseFrom: f64 = Infinity;

/** Looks through the records of a view, as far as there is anything to be found: most views reject nothing. */
function findFirsts(view: usize): void {
  lowAccepted = Infinity;
  lowRejected = Infinity;
  highAccepted = Infinity;
  highRejected = Infinity;
  noiseFrom = Infinity;
  let missing = judgedActionsOf(view);
  // Noise there may be beside what was rejected before.
  let mayBeNoise = true;
  for (
    let record = firstRecordOf(view);
    record !== 0 && (missing !== 0 || mayBeNoise);
    record = nextOfView(record)
  ) {
    if (actionOf(record) === 0) continue;
    if (isNoise(record)) {
      if (mayBeNoise) noiseFrom = startOf(record);
      mayBeNoise = false;
      continue;
    }
    const stream = streamOf(record);
    if ((missing & (1 << stream)) === 0) continue;
    missing &= ~(1 << stream);
    if (stream === 0) lowAccepted = startOf(record);
    else if (stream === 1) lowRejected = startOf(record);
    else if (stream === 2) highAccepted = startOf(record);
    else highRejected = startOf(record);
  }
}

/** What a view shows. */
export function shownAt(view: usize): u32 {
  const actions = judgedActionsOf(view);
  const lost: u32 = loses(view) ? LOSSES : 0;
  if ((actionsOf(view) & ANY_REJECTED) === 0) return (actions & 3) | ((actions >>> 2) << HIGH_SHIFT) | lost;
  findFirsts(view);
  const low = shownOf(actions & 3, lowAccepted, lowRejected);
  const high = shownOf(actions >>> 2, highAccepted, highRejected);
  return low | (high << HIGH_SHIFT) | (noiseFrom === Infinity ? 0 : STRAYS) | lost;
}

function shownOf(actions: u32, accepted: f64, rejected: f64): u32 {
  if ((actions & REJECTED_ONCE) === 0) return actions;
  if ((actions & ACCEPTED_ONCE) === 0) return STOPPED;
  return PASSED | (accepted >= 0 && accepted < rejected ? CUT : BROKEN);
}

/** Adds a view. */
export function addRejections(view: usize): void {
  const bits = shownAt(view);
  shown |= bits;
  if ((actionsOf(view) & ANY_REJECTED) === 0) return;
  noteDirection(view, bits, 0, lowRejected);
  noteDirection(view, bits >>> HIGH_SHIFT, 1, highRejected);
  if ((bits & STRAYS) !== 0) note(STRAYS_AT, view, noiseFrom);
}

function noteDirection(view: usize, bits: u32, direction: u32, from: f64): void {
  if ((bits & ANY_STOP) === 0) return;
  const kind: u32 = (bits & STOPPED) !== 0 ? STOPPED_AT : (bits & CUT) !== 0 ? CUT_AT : BROKEN_AT;
  note(kind + direction, view, from);
}

function note(slot: u32, view: usize, from: f64): void {
  const at = slotAt(slot);
  const known: usize = wordAt(at + 8);
  if (known !== 0 && !isEarlier(from, view, doubleAt(at), known)) return;
  putDouble(at, from);
  putWord(at + 8, view as u32);
}

/** What has no time comes first. */
function isEarlier(from: f64, view: usize, other: f64, otherView: usize): bool {
  return from < other || (from === other && nameRankOf(view) < nameRankOf(otherView));
}

/** The first view of a kind, 0 for none, and since when it shows it. */
export function viewAt(slot: u32): usize {
  return wordAt(slotAt(slot) + 8);
}
export function sinceAt(slot: u32): f64 {
  return doubleAt(slotAt(slot));
}

/** The one of two kinds that was seen first, where one of them was. */
export function earlierOf(one: u32, other: u32): u32 {
  if (viewAt(other) === 0) return one;
  if (viewAt(one) === 0) return other;
  return isEarlier(sinceAt(other), viewAt(other), sinceAt(one), viewAt(one)) ? other : one;
}
