/**
 * Connections in the making: a row each, with what its two sides have shown so far. It steps the machine and answers what
 * dividing needs to know; what it all meant is decided elsewhere. Seconds are doubles, -1 for none.
 */
import {
  BEGAN_SYN,
  CLOSES,
  DIALLED_AGAIN,
  EITHER,
  ENDED_FIN,
  ENDED_RST,
  FEWEST_OF_TWO,
  FIN,
  FLAGS_COLUMN,
  HAS_FLAGS,
  NEXT,
  OPENS,
  PLAIN_SYN,
  RST,
  SIDE_TRAITS,
  SYN_ACK,
  TALKED_ON,
  TCP,
  USED_NEARBY,
} from './layout.ts';
import { byteAt, clearRow, copyBytes, doubleAt, putByte, putDouble, putWord, wordAt } from './port.ts';
import {
  actionOf,
  directionOf,
  endOf,
  flagsOf,
  infoOf,
  markNoise,
  packetsOf,
  payloadOf,
  readingOf,
  startOf,
  traitsOf,
  transport,
} from './records.ts';
import { take } from './room.ts';
import { slack } from './settings.ts';
import {
  addToView,
  chainView,
  closedUntil,
  hasOpened,
  isNew,
  noteTalkingOn,
  streamOf,
  viewFor,
} from './view-rows.ts';

// A connection in the making. Where its records lie in the order.
const FROM: u32 = 0;
const UNTIL: u32 = 4;
const FIRST: u32 = 8;
const LAST: u32 = 16;
const OPENING_FROM: u32 = 24;
const OPENING_TO: u32 = 32;
const OPENED_BY: u32 = 40;
/** Start and end of the first interval with a RST. */
const RESETS: u32 = 48;
const FIRST_END: u32 = 64;
/** By direction: start and end of the first interval with a FIN. */
const FINS: u32 = 72;
/** The last end of an interval with a close. */
const LAST_CLOSE: u32 = 104;
/** Since when both sides talked on behind the close. */
const TALKED_FROM: u32 = 112;
/** The seconds from start to end of the longest interval with an opening and a close. */
const LONGEST_LIFE: u32 = 120;
/** By when it was over, since its ports were dialled again. */
const DIALLED_BY: u32 = 128;
/** By direction: start and end of the first interval with a FIN or a RST. */
const CLOSED: u32 = 136;
const TIMES_END: u32 = 168;
/** By direction, a byte each: state, OR of flags. */
const SIDES: u32 = 168;
const FLAGS: u32 = 170;
const MARKS: u32 = 172;
const EVIDENCE: u32 = 176;
const ORDINAL: u32 = 180;
/** The two words that name its scope. */
const SCOPE: u32 = 184;
const FIRST_VIEW: u32 = 192;
const LAST_VIEW: u32 = 196;
const VIEWS: u32 = 200;
const RECORDS: u32 = 204;
const DRAFT_ROW: u32 = 208;

// Of MARKS. The first two by direction.
const FLAGGED: u32 = 1;
const SPOKE_BIT: u32 = 2;
/** Why it may be two connections (layout.ts): dialled again, talked on behind the close, ports used again soon. */
const REUSE_BIT: u32 = 4;
const CONTRADICTS: u32 = 128;
const ANY_NOT_REJECTED: u32 = 256;
const CARRIES_FLAGS: u32 = 512;
/** An interval with an opening and a close has packets enough for two connections; and one has not. */
const ROOM_FOR_TWO: u32 = 1024;
const NO_ROOM_FOR_TWO: u32 = 2048;

// Of EVIDENCE: a SYN of the low end, of the high one or both; the same of SYN-ACKs; what a transit gateway shows as one of the two.
export const SYN_OF_LOW: u32 = 1;
export const SYNS_OF_BOTH: u32 = 3;
export const SYN_ACK_OF_LOW: u32 = 4;
export const SYN_ACKS_OF_BOTH: u32 = 12;
export const EITHER_OF_LOW: u32 = 32;
export const EITHER_OF_BOTH: u32 = 96;
/** All of these; without what is not settled; and with whether one SYN-ACK at least was not rejected. */
export const ANY_OPENING: u32 = 111;
export const SETTLED_OPENING: u32 = 15;
const SYN_ACK_PASSED: u32 = 16;
export const OBSERVABLE: u32 = 31;

/** Connections of the key, in the order that they were begun in. */
export let draftCount: u32 = 0;
/** By number, where each lies; and how many there is room for. */
let drafts: usize = 0;
let room: u32 = 0;
const FIRST_ROOM: u32 = 16;

/** Begins with another key. */
export function forgetDrafts(): void {
  draftCount = 0;
  drafts = 0;
  room = 0;
}

export function draftAt(number: u32): usize {
  return wordAt(drafts + (number << 2));
}

/** Begins a connection; false where there is no memory for it. */
export function startDraft(scope0: u32, scope1: u32): bool {
  if (draftCount === room && !makeRoom()) return false;
  const draft = take(DRAFT_ROW);
  if (draft === 0) return false;
  clearRow(draft, DRAFT_ROW);
  for (let at: u32 = FIRST; at < TIMES_END; at += 8) putDouble(draft + at, -1);
  putWord(draft + SCOPE, scope0);
  putWord(draft + SCOPE + 4, scope1);
  putWord(drafts + (draftCount << 2), draft);
  draftCount++;
  return true;
}

function makeRoom(): bool {
  const larger: u32 = room === 0 ? FIRST_ROOM : room * 2;
  const list = take(larger << 2);
  if (list === 0) return false;
  if (room > 0) copyBytes(list, drafts, room << 2);
  drafts = list;
  room = larger;
  return true;
}

// What others read of a connection.
export function beginOf(draft: usize): u32 {
  return wordAt(draft + FROM);
}
export function untilOf(draft: usize): u32 {
  return wordAt(draft + UNTIL);
}
export function setPlaces(draft: usize, from: u32, until: u32): void {
  putWord(draft + FROM, from);
  putWord(draft + UNTIL, until);
}
/** Records are put in their places one after the other: gives the next one. */
export function takePlace(draft: usize): u32 {
  const place = wordAt(draft + UNTIL);
  putWord(draft + UNTIL, place + 1);
  return place;
}
/** How many records it has. */
export function sizeOf(draft: usize): u32 {
  return wordAt(draft + RECORDS);
}
/** Its views, in the order of their first records: see view-rows.ts. */
export function firstView(draft: usize): usize {
  return wordAt(draft + FIRST_VIEW);
}
export function viewCountOf(draft: usize): u32 {
  return wordAt(draft + VIEWS);
}
export function sideOf(draft: usize, direction: u32): u32 {
  return byteAt(draft + SIDES + direction);
}
/** OR of the flags that a side showed; -1 when no record of it carries any. */
export function shownFlags(draft: usize, direction: u32): f64 {
  const isFlagged = (wordAt(draft + MARKS) & (FLAGGED << direction)) !== 0;
  return isFlagged ? (byteAt(draft + FLAGS + direction) as f64) : -1;
}
export function hasFlags(draft: usize): bool {
  return (wordAt(draft + MARKS) & (FLAGGED * 3)) !== 0;
}
/** Whether the format of one record at least has the field. */
export function carriesFlags(draft: usize): bool {
  return (wordAt(draft + MARKS) & CARRIES_FLAGS) !== 0;
}
/** Bits: the low end spoke 1, the high end 2. */
export function spokeOf(draft: usize): u32 {
  return (wordAt(draft + MARKS) >>> SPOKE_BIT) & 3;
}
export function isContradicted(draft: usize): bool {
  return (wordAt(draft + MARKS) & CONTRADICTS) !== 0;
}
/** Whether its records show that it may be two connections on the same ports. */
export function showsReuse(draft: usize): bool {
  return (wordAt(draft + MARKS) & ((DIALLED_AGAIN | TALKED_ON) << REUSE_BIT)) !== 0;
}
/** Why it may be two, as bits, 0 where nothing says so: that ports are used again soon tells only of what has room for two. */
export function reuseOf(draft: usize): u32 {
  const marks = wordAt(draft + MARKS);
  const causes = (marks >>> REUSE_BIT) & (DIALLED_AGAIN | TALKED_ON | USED_NEARBY);
  return hasRoomForTwo(draft) ? causes : causes & ~USED_NEARBY;
}
/** Whether an interval holds an opening and a close, and each that does has packets enough for two connections. */
export function hasRoomForTwo(draft: usize): bool {
  return (wordAt(draft + MARKS) & (ROOM_FOR_TWO | NO_ROOM_FOR_TWO)) === ROOM_FOR_TWO;
}
/** Notes that its ports were used again, so many seconds before or after it: as fast, it may have been twice within one interval. */
export function noteUsedAgain(draft: usize, seconds: f64): void {
  if (seconds > doubleAt(draft + LONGEST_LIFE)) return;
  putWord(draft + MARKS, wordAt(draft + MARKS) | (USED_NEARBY << REUSE_BIT));
}
/** What of SYNs and SYN-ACKs it showed, in both directions: see SYN_OF_LOW. */
export function evidenceOf(draft: usize): u32 {
  return wordAt(draft + EVIDENCE);
}
/** How many connections of the key with the same scope and opening come before it. */
export function ordinalOf(draft: usize): u32 {
  return wordAt(draft + ORDINAL);
}
export function setOrdinal(draft: usize, ordinal: u32): void {
  putWord(draft + ORDINAL, ordinal);
}
export function scopeOf(draft: usize, word: u32): u32 {
  return wordAt(draft + SCOPE + (word << 2));
}
/** The first start and the last end of its records. */
export function firstOf(draft: usize): f64 {
  return doubleAt(draft + FIRST);
}
export function lastOf(draft: usize): f64 {
  return doubleAt(draft + LAST);
}
/** The first start, the last end and the first end of records with an opening flag. */
export function openedAtOf(draft: usize): f64 {
  return doubleAt(draft + OPENING_FROM);
}
export function openingToOf(draft: usize): f64 {
  return doubleAt(draft + OPENING_TO);
}
export function openedByOf(draft: usize): f64 {
  return doubleAt(draft + OPENED_BY);
}
/**
 * When it was closed: by the FIN of the second side, by its first one, or by the first RST, whichever came first. The interval
 * begins, and by its end it was closed; -1 where neither is there. Where both sides talked on behind it, it was closed by the end
 * of the last interval with a close, if that lies behind.
 */
export function closedAfterOf(draft: usize): f64 {
  return earlier(laterFin(draft, 0), doubleAt(draft + RESETS));
}
export function closedAtOf(draft: usize): f64 {
  const talkedFrom = doubleAt(draft + TALKED_FROM);
  const last = doubleAt(draft + LAST_CLOSE);
  if (talkedFrom >= 0) return last > talkedFrom ? last : -1;
  return earlier(laterFin(draft, 1), doubleAt(draft + RESETS + 8));
}

/** Of the first intervals with a FIN of both sides the later start, or the later end; -1 where one side has sent none. */
function laterFin(draft: usize, isEnd: u32): f64 {
  const one = finOf(draft, 0, isEnd);
  const other = finOf(draft, 1, isEnd);
  return one < 0 || other < 0 ? -1 : Math.max(one, other);
}

/** -1 is none of them. */
function earlier(one: f64, other: f64): f64 {
  if (one < 0) return other;
  return other < 0 || one < other ? one : other;
}

export function firstEndOf(draft: usize): f64 {
  return doubleAt(draft + FIRST_END);
}
/** The first interval in which a side sent a FIN or a RST: its start, or its end. */
export function firstCloseOf(draft: usize, direction: u32, isEnd: u32): f64 {
  return doubleAt(draft + CLOSED + (direction << 4) + (isEnd << 3));
}
/** The first interval in which a side sent a FIN: its start, or its end. */
function finOf(draft: usize, direction: u32, isEnd: u32): f64 {
  return doubleAt(draft + FINS + (direction << 4) + (isEnd << 3));
}
/** By when it was over, since a later connection on its ports opened; -1 where none did. */
export function dialledByOf(draft: usize): f64 {
  return doubleAt(draft + DIALLED_BY);
}
export function setDialledBy(draft: usize, seconds: f64): void {
  putDouble(draft + DIALLED_BY, seconds);
}

/** The second that names the opening. */
export function openingOf(draft: usize): f64 {
  const opened = openedAtOf(draft);
  return opened < 0 ? firstOf(draft) : opened;
}

function sideTraits(draft: usize, direction: u32): u32 {
  return byteAt(SIDE_TRAITS + sideOf(draft, direction));
}

/** Both sides have closed, or one has reset. */
export function isOver(draft: usize): bool {
  const one = sideTraits(draft, 0);
  const other = sideTraits(draft, 1);
  return ((one | other) & ENDED_RST) !== 0 || (one & other & ENDED_FIN) !== 0;
}

/** One side dialled and the other has shown nothing. */
export function isUnanswered(draft: usize): bool {
  return (
    ((sideTraits(draft, 0) & BEGAN_SYN) !== 0 && sideOf(draft, 1) === 0) ||
    ((sideTraits(draft, 1) & BEGAN_SYN) !== 0 && sideOf(draft, 0) === 0)
  );
}

/** Whether a side has shown no close. */
export function isOpenOn(draft: usize, direction: u32): bool {
  return (sideTraits(draft, direction) & (ENDED_FIN | ENDED_RST)) === 0;
}

/** Whether the network let none of its records through. */
export function isAllRejected(draft: usize): bool {
  return (wordAt(draft + MARKS) & ANY_NOT_REJECTED) === 0;
}

/** Adds a record, in the order of starts; false where there is no memory for it. */
export function addToDraft(draft: usize, record: usize): bool {
  const view = viewFor(record, draft);
  if (view === 0) return false;
  const direction = directionOf(record);
  const info = infoOf(record);
  const opens = (traitsOf(record) & OPENS) !== 0;
  const isRejected = (actionOf(record) & 2) !== 0;
  let marks = wordAt(draft + MARKS) | (1 << (SPOKE_BIT + direction));
  // A SYN again where it was answered: a new one may hide behind a lost close. A SYN-ACK alone is sent again when the third
  // packet of the handshake is lost.
  const dials = (traitsOf(record) & PLAIN_SYN) !== 0;
  if (dials && hasOpened(view, streamOf(record)) && !isUnanswered(draft)) marks |= DIALLED_AGAIN << REUSE_BIT;
  if (talksOn(draft, view, record) && noteTalkingOn(view, direction)) {
    marks |= TALKED_ON << REUSE_BIT;
    if (doubleAt(draft + TALKED_FROM) < 0) putDouble(draft + TALKED_FROM, startOf(record));
  }
  const noise = isRejected && !opens && isOver(draft);
  if (noise) markNoise(record);
  if (!isRejected) marks |= ANY_NOT_REJECTED;
  if ((info & FLAGS_COLUMN) !== 0) marks |= CARRIES_FLAGS;
  if ((info & HAS_FLAGS) !== 0) marks |= FLAGGED << direction;
  putWord(draft + MARKS, marks);
  putWord(draft + RECORDS, wordAt(draft + RECORDS) + 1);
  if (isNew(view)) takeIn(draft, view);
  addToView(view, record, noise);
  addTimes(draft, record);
  if (transport === TCP) step(draft, record);
  return true;
}

/**
 * Whether a record is none of the connection that was closed: it was accepted and carries payload in an interval behind the one
 * in which its own side sent a FIN or a RST at the same interface, or surely later than a RST of the other side.
 */
function talksOn(draft: usize, view: usize, record: usize): bool {
  if (transport !== TCP || !isOver(draft) || payloadOf(record) === 0) return false;
  if ((traitsOf(record) & (OPENS | RST)) !== 0 || (infoOf(record) & HAS_FLAGS) === 0) return false;
  if ((actionOf(record) & 2) !== 0) return false;
  const resetBy = doubleAt(draft + RESETS + 8);
  return (
    closedUntil(view, streamOf(record), startOf(record)) ||
    (resetBy >= 0 && startOf(record) - slack > resetBy)
  );
}

/** Adds a view of which there was nothing yet. */
function takeIn(draft: usize, view: usize): void {
  const last: usize = wordAt(draft + LAST_VIEW);
  if (last === 0) putWord(draft + FIRST_VIEW, view);
  else chainView(last, view);
  putWord(draft + LAST_VIEW, view);
  putWord(draft + VIEWS, wordAt(draft + VIEWS) + 1);
}

function addTimes(draft: usize, record: usize): void {
  const traits = traitsOf(record);
  const begins = startOf(record);
  const ends = endOf(record);
  if ((traits & OPENS) !== 0) {
    const shown = (traits & PLAIN_SYN) | ((traits & SYN_ACK) << 1) | ((traits & EITHER) >>> 1);
    const passed: u32 = (traits & SYN_ACK) !== 0 && (actionOf(record) & 2) === 0 ? SYN_ACK_PASSED : 0;
    putWord(draft + EVIDENCE, wordAt(draft + EVIDENCE) | (shown << directionOf(record)) | passed);
  }
  if (begins < 0) return;
  // Starts rise from record to record.
  if (firstOf(draft) < 0) putDouble(draft + FIRST, begins);
  putDouble(draft + LAST, Math.max(lastOf(draft), ends));
  noteLeast(draft + FIRST_END, ends);
  if ((traits & OPENS) !== 0) {
    if (openedAtOf(draft) < 0) putDouble(draft + OPENING_FROM, begins);
    putDouble(draft + OPENING_TO, Math.max(openingToOf(draft), ends));
    noteLeast(draft + OPENED_BY, ends);
  }
  if ((traits & CLOSES) !== 0) {
    putDouble(draft + LAST_CLOSE, Math.max(doubleAt(draft + LAST_CLOSE), ends));
    noteInterval(draft + CLOSED + (directionOf(record) << 4), begins, ends);
  }
  if ((traits & FIN) !== 0) noteInterval(draft + FINS + (directionOf(record) << 4), begins, ends);
  if ((traits & RST) !== 0) noteInterval(draft + RESETS, begins, ends);
}

/** The first start and the first end. */
function noteInterval(at: usize, begins: f64, ends: f64): void {
  if (doubleAt(at) < 0) putDouble(at, begins);
  noteLeast(at + 8, ends);
}

function noteLeast(at: usize, seconds: f64): void {
  if (doubleAt(at) < 0 || seconds < doubleAt(at)) putDouble(at, seconds);
}

/** One step of the machine: what a side in a state has shown with a record of its own, and 128 where that contradicts it. */
export function nextSide(state: u32, record: usize): u32 {
  return byteAt(NEXT + ((payloadOf(record) | readingOf(record)) << 4) + state);
}

/** Takes the step of a record's side. */
function step(draft: usize, record: usize): void {
  const direction = directionOf(record);
  const flags = flagsOf(record);
  const traits = traitsOf(record);
  let marks = wordAt(draft + MARKS);
  // Opening and close in one interval: are there packets enough for two connections?
  if ((traits & OPENS) !== 0 && (traits & CLOSES) !== 0) {
    const packets = packetsOf(record);
    const length = endOf(record) - startOf(record);
    putDouble(draft + LONGEST_LIFE, Math.max(doubleAt(draft + LONGEST_LIFE), length));
    marks |= packets < 0 || packets >= byteAt(FEWEST_OF_TWO + flags) ? ROOM_FOR_TWO : NO_ROOM_FOR_TWO;
  }
  const next = nextSide(sideOf(draft, direction), record);
  if ((next & 0x80) !== 0) marks |= CONTRADICTS;
  putByte(draft + SIDES + direction, next & 0x7f);
  putByte(draft + FLAGS + direction, byteAt(draft + FLAGS + direction) | flags);
  putWord(draft + MARKS, marks);
}
