/**
 * Connections in the making: a row each, with what its two sides have shown so far. It steps the machine and answers what
 * dividing needs to know; what it all meant is decided elsewhere. Seconds are doubles, -1 for none.
 */
import {
  BEGAN_SYN,
  CLOSES,
  ENDED_FIN,
  ENDED_RST,
  FEWEST_OF_TWO,
  FIN,
  FLAGS_COLUMN,
  HAS_FLAGS,
  NEXT,
  PLAIN_SYN,
  SIDE_TRAITS,
  SYN_ACK,
  TCP,
} from './layout.ts';
import { byteAt, doubleAt, fillBytes, putByte, putDouble, putWord, wordAt } from './port.ts';
import {
  actionOf,
  DRAFT_SIZE,
  DRAFTS,
  directionOf,
  endOf,
  flagsOf,
  infoOf,
  markNoise,
  packetsOf,
  payloadOf,
  startOf,
  streamOf,
  traitsOf,
  transport,
} from './records.ts';
import { aside } from './settings.ts';

// A connection in the making.
const FROM: usize = 0;
const UNTIL: usize = 4;
const FIRST: usize = 8;
const LAST: usize = 16;
const OPENING_FROM: usize = 24;
const OPENING_TO: usize = 32;
/** Streams (view, direction, whether rejected) as bits: those seen, those that opened, those that closed. */
const SEEN: usize = 40;
const OPENED: usize = 44;
const CLOSED: usize = 48;
/** By direction, a byte each: state, OR of flags. */
const SIDES: usize = 52;
const FLAGS: usize = 54;
const DRAFT_MARKS: usize = 56;
const EVIDENCE: usize = 60;
const ORDINAL: usize = 64;
const SCOPE: usize = 68;
const OPENED_BY: usize = 80;
const CLOSED_AFTER: usize = 88;
const CLOSED_AT: usize = 96;
const FIRST_END: usize = 104;
/** By direction: start and end of the first interval with a FIN. */
const FINS: usize = 112;
/** By stream: the end of the first interval with a close, and the end of its last interval. */
const CLOSED_BY: usize = 144;
const LAST_END: usize = 272;

// Of DRAFT_MARKS. The first two by direction.
const FLAGGED: u32 = 1;
const SPOKE_SHIFT: u32 = 2;
const REUSE_POSSIBLE: u32 = 16;
const REUSE_RULED_OUT: u32 = 32;
const CONTRADICTS: u32 = 64;
const ANY_NOT_REJECTED: u32 = 128;
const CARRIES_FLAGS: u32 = 256;

export function draftAt(draft: usize): usize {
  return aside + DRAFTS + draft * DRAFT_SIZE;
}

// What others read of a connection.
export function beginOf(draft: usize): usize {
  return wordAt(draft + FROM);
}
export function untilOf(draft: usize): usize {
  return wordAt(draft + UNTIL);
}
export function setPlaces(draft: usize, from: usize, until: usize): void {
  putWord(draft + FROM, from);
  putWord(draft + UNTIL, until);
}
export function setOrdinal(draft: usize, ordinal: u32): void {
  putWord(draft + ORDINAL, ordinal);
}
export function sideOf(draft: usize, direction: usize): usize {
  return byteAt(draft + direction + SIDES);
}
/** OR of the flags that a side showed; -1 when no record of it carries any. */
export function shownFlags(draft: usize, direction: usize): f64 {
  const isFlagged = (wordAt(draft + DRAFT_MARKS) & (FLAGGED << direction)) !== 0;
  return isFlagged ? (byteAt(draft + direction + FLAGS) as f64) : -1;
}
export function hasFlags(draft: usize): bool {
  return (wordAt(draft + DRAFT_MARKS) & (FLAGGED * 3)) !== 0;
}
/** Whether the format of one record at least has the field. */
export function carriesFlags(draft: usize): bool {
  return (wordAt(draft + DRAFT_MARKS) & CARRIES_FLAGS) !== 0;
}
/** Bits: the low end spoke 1, the high end 2. */
export function spokeOf(draft: usize): u32 {
  return (wordAt(draft + DRAFT_MARKS) >>> SPOKE_SHIFT) & 3;
}
export function isContradicted(draft: usize): bool {
  return (wordAt(draft + DRAFT_MARKS) & CONTRADICTS) !== 0;
}
export function mayHideReuse(draft: usize): bool {
  return (wordAt(draft + DRAFT_MARKS) & (REUSE_POSSIBLE | REUSE_RULED_OUT)) === REUSE_POSSIBLE;
}
/** SYNs and SYN-ACKs by direction: a SYN of the low end 1, of the high end 2, a SYN-ACK 4 and 8. */
export function evidenceOf(draft: usize): u32 {
  return wordAt(draft + EVIDENCE);
}
export function ordinalOf(draft: usize): u32 {
  return wordAt(draft + ORDINAL);
}
export function scopeOf(draft: usize, word: usize): u32 {
  return wordAt(draft + (word << 2) + SCOPE);
}
export function firstOf(draft: usize): f64 {
  return doubleAt(draft + FIRST);
}
export function lastOf(draft: usize): f64 {
  return doubleAt(draft + LAST);
}
// -1 for none.
export function openedAtOf(draft: usize): f64 {
  return doubleAt(draft + OPENING_FROM);
}
export function openedByOf(draft: usize): f64 {
  return doubleAt(draft + OPENED_BY);
}
export function closedAfterOf(draft: usize): f64 {
  return doubleAt(draft + CLOSED_AFTER);
}
export function closedAtOf(draft: usize): f64 {
  return doubleAt(draft + CLOSED_AT);
}
export function firstEndOf(draft: usize): f64 {
  return doubleAt(draft + FIRST_END);
}
/** The first interval in which a side sent a FIN: its start, or its end; -1 for none. */
export function finOf(draft: usize, direction: usize, isEnd: usize): f64 {
  return doubleAt(draft + (direction << 4) + (isEnd << 3) + FINS);
}

/** The second that names the opening. */
export function openingOf(draft: usize): f64 {
  const opened = openedAtOf(draft);
  return opened < 0 ? firstOf(draft) : opened;
}

function sideTraits(draft: usize, direction: usize): u32 {
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
export function isOpenOn(draft: usize, direction: usize): bool {
  return (sideTraits(draft, direction) & (ENDED_FIN | ENDED_RST)) === 0;
}

/** Whether the network let none of its records through. */
export function isAllRejected(draft: usize): bool {
  return (wordAt(draft + DRAFT_MARKS) & ANY_NOT_REJECTED) === 0;
}

/** The last end of records with an opening flag; -1 for none. */
export function openingToOf(draft: usize): f64 {
  return doubleAt(draft + OPENING_TO);
}

function holds(draft: usize, streams: usize, stream: u32): bool {
  return (wordAt(draft + streams) & (1 << stream)) !== 0;
}
export function hasSeen(draft: usize, stream: u32): bool {
  return holds(draft, SEEN, stream);
}
export function hasOpened(draft: usize, stream: u32): bool {
  return holds(draft, OPENED, stream);
}
export function hasClosed(draft: usize, stream: u32): bool {
  return holds(draft, CLOSED, stream);
}
/** Whether the stream's view has shown an opening in its direction, with whatever action. */
export function hasOpenedEither(draft: usize, stream: u32): bool {
  return (wordAt(draft + OPENED) & (3 << (stream & ~1))) !== 0;
}

/**
 * Whether this view has seen the other direction close in an interval before the record's. Intervals that touch carry the
 * bounds of their windows: then an end that equals the start is before it. Otherwise the times are those of packets, and
 * equal seconds have no order.
 */
export function sawPeerClose(draft: usize, record: usize, stream: u32): bool {
  const begins = startOf(record);
  const ended = wordAt(draft + (stream << 2) + LAST_END) as f64;
  const last = hasSeen(draft, stream) && ended === begins ? begins : begins - 1;
  const peer = (stream & ~1) ^ 2;
  for (let other = peer; other < peer + 2; other++)
    if (hasClosed(draft, other) && (wordAt(draft + (other << 2) + CLOSED_BY) as f64) <= last) return true;
  return false;
}

export function startDraft(draft: usize, record: usize, scope0: u32, scope1: u32): void {
  fillBytes(draft, 0, CLOSED_BY);
  putDouble(draft + FIRST, startOf(record));
  putDouble(draft + FIRST_END, Infinity);
  putDouble(draft + OPENING_FROM, -1);
  putDouble(draft + OPENING_TO, -1);
  putDouble(draft + OPENED_BY, -1);
  putDouble(draft + CLOSED_AFTER, -1);
  putDouble(draft + CLOSED_AT, -1);
  for (let fin: usize = FINS; fin < FINS + 32; fin += 8) putDouble(draft + fin, -1);
  putWord(draft + SCOPE, scope0);
  putWord(draft + SCOPE + 4, scope1);
}

/** What a connection's records show, added up as they come: in the order of their starts. */
export function addToDraft(draft: usize, record: usize, opens: bool): void {
  const direction = directionOf(record);
  const info = infoOf(record);
  const flags = flagsOf(record);
  const traits = traitsOf(record);
  const stream = streamOf(record);
  const bit = 1 << stream;
  const begins = startOf(record);
  const ends = endOf(record);
  const isRejected = (actionOf(record) & 2) !== 0;
  let marks = wordAt(draft + DRAFT_MARKS);
  // A SYN again inside the open connection: a new one may hide behind a lost close.
  if (opens && hasOpened(draft, stream) && !isUnanswered(draft)) marks |= REUSE_POSSIBLE;
  if (isRejected && !opens && isOver(draft)) markNoise(record);
  if (!isRejected) marks |= ANY_NOT_REJECTED;
  marks |= 1 << (SPOKE_SHIFT + direction);
  if ((info & FLAGS_COLUMN) !== 0) marks |= CARRIES_FLAGS;
  if ((info & HAS_FLAGS) !== 0) marks |= FLAGGED << direction;
  putDouble(draft + LAST, Math.max(lastOf(draft), ends));
  putDouble(draft + FIRST_END, Math.min(firstEndOf(draft), ends));
  const at32 = stream << 2;
  const lastEnd = hasSeen(draft, stream) ? (wordAt(draft + at32 + LAST_END) as f64) : 0;
  putWord(draft + at32 + LAST_END, Math.max(lastEnd, ends) as u32);
  putWord(draft + SEEN, wordAt(draft + SEEN) | bit);
  if (opens) {
    if (openedAtOf(draft) < 0) putDouble(draft + OPENING_FROM, begins);
    putDouble(draft + OPENING_TO, Math.max(openingToOf(draft), ends));
    if (openedByOf(draft) < 0 || ends < openedByOf(draft)) putDouble(draft + OPENED_BY, ends);
    putWord(draft + OPENED, wordAt(draft + OPENED) | bit);
    const shown = (traits & PLAIN_SYN) | ((traits & SYN_ACK) << 1);
    putWord(draft + EVIDENCE, wordAt(draft + EVIDENCE) | (shown << direction));
  }
  if ((traits & CLOSES) !== 0) {
    if (!hasClosed(draft, stream) || ends < (wordAt(draft + at32 + CLOSED_BY) as f64))
      putWord(draft + at32 + CLOSED_BY, ends as u32);
    putWord(draft + CLOSED, wordAt(draft + CLOSED) | bit);
    putDouble(draft + CLOSED_AFTER, begins);
    putDouble(draft + CLOSED_AT, Math.max(closedAtOf(draft), ends));
    if ((traits & FIN) !== 0) addFin(draft + (direction << 4), begins, ends);
    if (opens) marks |= packetsOf(record) >= byteAt(FEWEST_OF_TWO + flags) ? REUSE_POSSIBLE : REUSE_RULED_OUT;
  }
  if (transport === TCP) {
    const next = byteAt(NEXT + ((payloadOf(record) | flags) << 4) + sideOf(draft, direction));
    if ((next & 0x80) !== 0) marks |= CONTRADICTS;
    putByte(draft + direction + SIDES, next & 0x7f);
    putByte(draft + direction + FLAGS, byteAt(draft + direction + FLAGS) | flags);
  }
  putWord(draft + DRAFT_MARKS, marks);
}

function addFin(fin: usize, begins: f64, ends: f64): void {
  if (doubleAt(fin + FINS) < 0) {
    putDouble(fin + FINS, begins);
    putDouble(fin + FINS + 8, ends);
  } else if (ends < doubleAt(fin + FINS + 8)) putDouble(fin + FINS + 8, ends);
}
