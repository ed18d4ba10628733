/**
 * A key to its rows, the one way in: its records in order, parted by silence and networks, divided into connections, each
 * weighed and written. It stops with an answer (answers.ts) where it has to be told something, where there is no room for
 * what is written, and now and then so that others have their turn; called again for the same key it goes on.
 */
import { ask, FULL, GOES_ON, look, NO_MEMORY, RESTING, rested, WIDER } from './answers.ts';
import { forgetEnds } from './clues.ts';
import { beginDividing, divideKey } from './divide.ts';
import { draftAt, draftCount, sizeOf } from './drafts.ts';
import { AHEAD, CHAINS, COPIES, NONE, TCP, TRACES } from './layout.ts';
import { hasRoom } from './memory.ts';
import { nameWaiting } from './names.ts';
import { keyIn, mostRecords } from './order.ts';
import { putWord, wordAt } from './port.ts';
import { beginRecords, copies, gather, linkCopies, transport } from './records.ts';
import { backTo, blockInUse, emptyRoom, filledTo, forgetRoom } from './room.ts';
import { rowBytes, writeOn, writeRow } from './row.ts';
import { bytesToLearn, forgetTold, tellEnds } from './services.ts';
import { aside, form, readSettings } from './settings.ts';
import { out, setOut } from './spell-values.ts';
import { keyAt, recordAt } from './store.ts';
import { beginWeighing, weigh } from './weigh.ts';

/** The place of the key at which judging has stopped: those before it are written. */
export let stoppedAt: u32 = 0;

// What comes next of the key at hand, which is in the room.
const GATHER: u32 = 0;
const DIVIDE: u32 = 1;
const WEIGH: u32 = 2;
const WRITE: u32 = 3;
let heldPlace: u32 = NONE;
let stage: u32 = GATHER;
/** Connections that were weighed, then those that were written; and the most bytes that the row of one may take. */
let done: u32 = 0;
let widest: usize = 0;
/** Where the room is filled to with what weighing goes by: what it takes for itself is given back with each connection. */
let block: usize = 0;
let filled: usize = 0;
/** Whether the connection at hand is being weighed, and whether its row is being written. */
let isWeighing: bool = false;
let isWriting: bool = false;

/** Keys are others from now on, and so is the memory: what was told was told of those before. */
export function forgetKeys(): void {
  heldPlace = NONE;
  forgetTold();
  forgetRoom();
}

/** Tells what is known of the ends of the key at a place, as they are stored: whether they answer handshakes, and their peers. */
export function answerEnds(
  place: u32,
  lowAnswers: u32,
  lowPeers: u32,
  highAnswers: u32,
  highPeers: u32,
): void {
  tellEnds(keyAt(keyIn(place)), lowAnswers, lowPeers, highAnswers, highPeers);
}

/** Bytes that a key takes in the room for each of its records, and those that any key may take and who judges it anew. */
const ROOM_OF_RECORD: f64 = 512;
const ROOM_OF_ANY: f64 = 2097152;

/** Whether there is memory to judge the keys that are in order. */
export function hasRoomToJudge(): bool {
  return hasRoom(ROOM_OF_ANY + (mostRecords as f64) * ROOM_OF_RECORD + bytesToLearn());
}

/** Where the lines written last end. */
export function written(): usize {
  return out;
}

/**
 * Writes the rows of the keys at places up to `to` into [from, end).
 * @returns what it has stopped with, at {@link stoppedAt}; GOES_ON when all are written
 */
export function judgeKeys(place: u32, to: u32, from: usize, end: usize): u32 {
  readSettings();
  setOut(from);
  rested();
  let near = place;
  let answer = GOES_ON;
  stoppedAt = place;
  while (stoppedAt < to) {
    if (stoppedAt === near) near = fetchAhead(stoppedAt, to);
    answer = judge(stoppedAt, from, end);
    if (answer === GOES_ON || answer === NO_MEMORY) heldPlace = NONE;
    if (answer !== GOES_ON) break;
    stoppedAt++;
    if (look(0) && stoppedAt < to) {
      answer = RESTING;
      break;
    }
  }
  nameWaiting();
  return answer;
}

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

/** Writes the rows of a key, or goes on writing them. */
function judge(place: u32, from: usize, end: usize): u32 {
  const key = keyAt(keyIn(place));
  if (heldPlace !== place) {
    heldPlace = place;
    stage = GATHER;
    emptyRoom();
    forgetEnds();
    if (!beginRecords(key)) return NO_MEMORY;
  }
  if (stage === GATHER) {
    const answer = gather();
    if (answer !== GOES_ON) return answer;
    if (form === TRACES) linkCopies();
    beginDividing();
    stage = DIVIDE;
  }
  if (stage === DIVIDE) {
    const answer = divideKey();
    if (answer !== GOES_ON) return answer;
    block = blockInUse();
    filled = filledTo();
    done = 0;
    widest = 0;
    isWeighing = false;
    isWriting = false;
    stage = WEIGH;
  }
  if (stage === WEIGH) {
    const answer = weighAll(key);
    if (answer !== GOES_ON) return answer;
    done = 0;
    stage = WRITE;
    if (look(0)) return RESTING;
  }
  return writeAll(place, key, from, end);
}

/** What is to be told is asked for before the first row is written, so that whoever cannot be told leaves the whole key. */
function weighAll(key: usize): u32 {
  for (; done < draftCount; done++) {
    const answer = weighOne(key, draftAt(done));
    if (answer !== GOES_ON) return answer;
    const bytes = rowBytes();
    if (bytes > widest) widest = bytes;
    if (look(sizeOf(draftAt(done))) && done + 1 < draftCount) {
      done++;
      return RESTING;
    }
  }
  return GOES_ON;
}

function weighOne(key: usize, draft: usize): u32 {
  if (!isWeighing) {
    backTo(block, filled);
    beginWeighing(key, draft);
    isWeighing = true;
  }
  const answer = weigh();
  if (answer === GOES_ON) isWeighing = false;
  return answer;
}

/** The first row waits for a region that has room for any of the key: from then on, an empty one of that size has. */
function writeAll(place: u32, key: usize, from: usize, end: usize): u32 {
  for (; done < draftCount; done++) {
    const draft = draftAt(done);
    if (isWriting) isWriting = writeOn();
    else {
      // The only one has been weighed last.
      if (draftCount > 1) {
        const answer = weighOne(key, draft);
        if (answer !== GOES_ON) return answer;
      }
      const bytes = done === 0 ? widest : rowBytes();
      if (bytes > end - out) return out === from ? ask(WIDER, bytes as u32) : FULL;
      isWriting = writeRow(draft, place, done);
    }
    if (isWriting) return RESTING;
    if (draftCount > 1 && look(sizeOf(draft)) && done + 1 < draftCount) {
      done++;
      return RESTING;
    }
  }
  countCopies();
  return GOES_ON;
}

function countCopies(): void {
  if (copies === 0) return;
  const all = aside + COPIES;
  putWord(all, wordAt(all) + copies);
  if (transport !== TCP) putWord(all + 4, wordAt(all + 4) + copies);
}
