/**
 * Keys from records to lines of text: the fast twin of engine/plain-judge.ts. What it does not know it stops at:
 * TypeScript tells what is asked, or writes that key's lines.
 */
import { keyAt, recordAt } from '../../../rules/store';
import {
  askedNetworks,
  asksScope,
  divideKey,
  draftAt,
  draftCount,
  findScope,
  placeScopes,
  setIdleLimits,
} from './divide-records.ts';
import { asked, asksEnds, forgetEnds, setInference, tellEnds } from './infer.ts';
import { at, CHAINS, gather, setBare } from './key-records.ts';
import { OUTLINE_SIZE } from './layout.ts';
import { aside } from './memory.ts';
import { nameWaiting } from './name-connections.ts';
import { keyIn } from '../../../rules/order';
import { readSettings } from '../../../rules/settings';
import { asksOpener, beginKey, needed, setSurelyLater, weigh } from './weigh.ts';
import { writeLine, writeOutline } from './write-line.ts';
import { out, setOut } from './write-values.ts';

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

/** Whether outlines are written instead of lines. */
export let outlines: bool = false;

/** The place of the key whose ends were told, with their bits: see {@link answerEnds}. */
let toldPlace: u32 = u32.MAX_VALUE;
let toldEnds: u32 = 0;

export function setLimits(
  attempt: f64,
  open: f64,
  linger: f64,
  exchange: f64,
  slackSeconds: f64,
  later: f64,
  bare4: f64,
  bare6: f64,
  many: u32,
  only: bool,
): void {
  setIdleLimits(attempt, open, linger, exchange, slackSeconds);
  setSurelyLater(later);
  setBare(bare4, bare6);
  setInference(many, only);
}

/** Where the names of groups of observers lie, and what was told of networks. */
export function setTables(groups: usize, scopes: usize): void {
  placeScopes(groups, scopes);
  // What was told was told of other keys.
  toldPlace = u32.MAX_VALUE;
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
    if (place == near) near = fetchAhead(place, to);
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
  const to = min(place + AHEAD, end);
  for (let i = place; i < to; i++)
    store<u32>(aside + CHAINS + (<usize>(i - place) << 2), load<u32>(keyAt(keyIn(i)), 16));
  for (let step = 0; step < 4; step++) {
    for (let i: usize = 0; i < <usize>(to - place); i++) {
      const next = load<u32>(aside + CHAINS + (i << 2));
      if (next != 0) store<u32>(aside + CHAINS + (i << 2), load<u32>(recordAt(next - 1), 24));
    }
  }
  fetched = load<u32>(aside + CHAINS);
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
  if (toldPlace == place) tellEnds(toldEnds);
  beginKey();
  for (let draft: usize = 0; draft < draftCount; draft++) {
    if (weigh(key, draftAt(draft))) continue;
    if (asksOpener) endedBy = asksEnds ? ASKS_ENDS : ASKS_CLUES;
    return false;
  }
  if ((outlines ? draftCount * OUTLINE_SIZE : needed) > end - out) {
    // What fits no region at all is left to the plain path.
    endedBy = out == from ? NOT_PLAIN : FULL;
    return false;
  }
  for (let draft: usize = 0; draft < draftCount; draft++) {
    if (draftCount > 1) weigh(key, draftAt(draft));
    if (outlines) writeOutline(draftAt(draft), place, <u32>draft);
    else writeLine(draftAt(draft));
  }
  return true;
}

