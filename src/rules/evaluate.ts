/**
 * A key to its rows, the one way in: its records in order, parted by silence and networks, divided into connections, each
 * weighed and written. What it does not know it stops at, and goes on when it has been told.
 */
import { asked, asksEnds, forgetEnds, tellEnds } from './clues.ts';
import { asksScope, divideKey, draftCount } from './divide.ts';
import { draftAt } from './drafts.ts';
import { NONE, OUTLINE_SIZE } from './layout.ts';
import { nameWaiting } from './names.ts';
import { askedNetworks, findScope } from './networks.ts';
import { keyIn } from './order.ts';
import { writeOutline } from './outline-row.ts';
import { putWord, wordAt } from './port.ts';
import { CHAINS, gather } from './records.ts';
import { asksOpener, beginKey, needed, weigh } from './row.ts';
import { aside, outlines, readSettings } from './settings.ts';
import { writeLine } from './spell-line.ts';
import { out, setOut } from './spell-values.ts';
import { keyAt, recordAt } from './store.ts';

/**
 * What {@link judgeKeys} stopped for: all is done, a key that is not plain, an output region that is full, or something
 * that has to be told first: what clues come to, what is known of the ends of a key, how networks belong together.
 */
export const ALL: u32 = 0;
export const NOT_PLAIN: u32 = 1;
export const FULL: u32 = 2;
export const ASKS_CLUES: u32 = 3;
export const ASKS_ENDS: u32 = 4;
export const ASKS_SCOPE: u32 = 5;
export let endedBy: u32 = ALL;

/** The place of the key whose ends were told, with their bits: see {@link answerEnds}. */
let toldPlace: u32 = NONE;
let toldEnds: u32 = 0;

/** Keys are others from now on: what was told was told of those before. */
export function forgetKeys(): void {
  toldPlace = NONE;
}

/** Tells what is known of the ends of the key at a place: see ANSWERS and MANY_PEERS. */
export function answerEnds(place: u32, bits: u32): void {
  toldPlace = place;
  toldEnds = bits;
}

/** The clues that are asked about: where in CLUES the answer belongs. */
export function askedClues(): u32 {
  return asked;
}

/** Where the networks lie that are asked about, and where the answer belongs: see findScope. */
export function askedScope(): usize {
  return askedNetworks();
}
export function scopeEntry(): usize {
  return findScope();
}

/** Writes the lines of the keys at places up to `to` into [from, end). Gives the place it stopped at. */
export function judgeKeys(place: u32, to: u32, from: usize, end: usize): u32 {
  readSettings();
  setOut(from);
  endedBy = ALL;
  let near = place;
  while (place < to) {
    if (place === near) near = fetchAhead(place, to);
    if (!judge(place, keyAt(keyIn(place)), from, end)) break;
    place++;
  }
  nameWaiting();
  return place;
}

/** Where the lines written last end. */
export function written(): usize {
  return out;
}

/** Keys whose records are brought near at once. */
const AHEAD: u32 = 16;
/** What was read ahead: kept, so that the reading is not left out. */
export let fetched: u32 = 0;

/**
 * Reads one word of every record of the next keys. Keys are sorted by time and records lie in the order of arrival, so
 * most wait for memory: one after the other in a chain, but those of different keys together.
 */
function fetchAhead(place: u32, end: u32): u32 {
  const to = place + AHEAD < end ? place + AHEAD : end;
  for (let i = place; i < to; i++) putWord(aside + CHAINS + ((i - place) << 2), wordAt(keyAt(keyIn(i)) + 16));
  for (let step: u32 = 0; step < 4; step++) {
    for (let i: usize = 0; i < to - place; i++) {
      const next = wordAt(aside + CHAINS + (i << 2));
      if (next !== 0) putWord(aside + CHAINS + (i << 2), wordAt(recordAt(next - 1) + 24));
    }
  }
  fetched = wordAt(aside + CHAINS);
  return to;
}

/** Writes the lines of a key; false where it has to stop, with the reason in {@link endedBy}. */
function judge(place: u32, key: usize, from: usize, end: usize): bool {
  endedBy = NOT_PLAIN;
  if (!gather(key)) return false;
  if (!divideKey()) {
    if (asksScope) endedBy = ASKS_SCOPE;
    return false;
  }
  forgetEnds();
  if (toldPlace === place) tellEnds(toldEnds);
  beginKey();
  for (let draft: usize = 0; draft < draftCount; draft++) {
    if (weigh(key, draftAt(draft))) continue;
    if (asksOpener) endedBy = asksEnds ? ASKS_ENDS : ASKS_CLUES;
    return false;
  }
  if ((outlines ? draftCount * OUTLINE_SIZE : needed) > end - out) {
    // What fits no region at all is left to the plain path.
    endedBy = out === from ? NOT_PLAIN : FULL;
    return false;
  }
  for (let draft: usize = 0; draft < draftCount; draft++) {
    if (draftCount > 1) weigh(key, draftAt(draft));
    if (outlines) writeOutline(draftAt(draft), place, draft);
    else writeLine(draftAt(draft));
  }
  return true;
}
