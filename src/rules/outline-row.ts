/**
 * The outline of a connection: a row of bytes, all of one size, of what most questions ask. Numbers that nobody knows are
 * -1; where each lies stands in layout.ts.
 */
import { countRow } from './count-rows.ts';
import { silenceBehind } from './divide.ts';
import {
  closedAfterOf,
  closedAtOf,
  firstOf,
  lastOf,
  openedAtOf,
  openedByOf,
  shownFlags,
  sizeOf,
} from './drafts.ts';
import { countWindowsOf } from './intervals.ts';
import {
  BASES,
  CLOSERS,
  CONFIDENCES,
  COUNTED,
  NONE,
  OUTLINE_ADDRESSES,
  OUTLINE_CONFIDENCE,
  OUTLINE_COUNTS,
  OUTLINE_FLAGS,
  OUTLINE_LOST,
  OUTLINE_LOST_AT,
  OUTLINE_LOST_BECAUSE,
  OUTLINE_NUMBER,
  OUTLINE_PLACE,
  OUTLINE_PORTS,
  OUTLINE_RECORDS,
  OUTLINE_REJECTED_AT,
  OUTLINE_REJECTED_FROM,
  OUTLINE_REJECTED_SIDES,
  OUTLINE_SILENCE,
  OUTLINE_SIZE,
  OUTLINE_TIMES,
  OUTLINE_UID,
  OUTLINE_VANTAGE,
  OUTLINE_WINDOWS,
  OUTLINE_WORDS,
} from './layout.ts';
import { isBounded, life } from './life.ts';
import { lostBecause, lostView, packetsLost } from './losses.ts';
import { hasPorts, writeUid } from './names.ts';
import { byteAt, doubleAt, putByte, putDouble, putWord, wordAt } from './port.ts';
import { high, isV6, low, ports, transport } from './records.ts';
import { out, setOut } from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import { rejectedFrom, rejectedSides, rejectedView } from './verdict.ts';
import { observerAt } from './view-rows.ts';
import { bytesBack, bytesOut, packetsBack, packetsOut, primary } from './views.ts';
import { finding, marks, opener, verdict } from './weigh.ts';

/** The address of an end of the key. */
export function addressOf(end: u32): u32 {
  return end === 0 ? low : high;
}

/** The port of an end; NONE where the protocol has none. */
export function portOf(end: u32): u32 {
  if (!hasPorts()) return NONE;
  return end === 0 ? ports >>> 16 : ports & 0xffff;
}

export function outlineBytes(): usize {
  return OUTLINE_SIZE;
}

/** Writes the outline of the connection that was weighed last. */
export function writeOutline(draft: usize, place: u32, number: u32): void {
  putOutline(draft, place, number);
  setOut(out + OUTLINE_SIZE);
  countRow();
}

/** The same, but nothing is counted and the next row would be written over it. */
export function putOutline(draft: usize, place: u32, number: u32): void {
  const row = out;
  const answerer = 1 - opener;
  writeUid(row + OUTLINE_UID, draft);
  putWord(row + OUTLINE_PLACE, place);
  putWord(row + OUTLINE_NUMBER, number);
  putWord(row + OUTLINE_ADDRESSES, addressOf(opener));
  putWord(row + OUTLINE_ADDRESSES + 4, addressOf(answerer));
  putWord(row + OUTLINE_PORTS, portOf(opener));
  putWord(row + OUTLINE_PORTS + 4, portOf(answerer));
  putFlags(row + OUTLINE_FLAGS, shownFlags(draft, opener));
  putFlags(row + OUTLINE_FLAGS + 4, shownFlags(draft, answerer));
  putWord(row + OUTLINE_WINDOWS, countWindowsOf(primary));
  putWord(row + OUTLINE_RECORDS, sizeOf(draft));
  putDouble(row + OUTLINE_TIMES, firstOf(draft));
  putDouble(row + OUTLINE_TIMES + 8, lastOf(draft));
  putDouble(row + OUTLINE_TIMES + 16, openedAtOf(draft));
  putDouble(row + OUTLINE_TIMES + 24, openedByOf(draft));
  putDouble(row + OUTLINE_TIMES + 32, closedAfterOf(draft));
  putDouble(row + OUTLINE_TIMES + 40, closedAtOf(draft));
  putDouble(row + OUTLINE_TIMES + 48, leastDuration(draft));
  putDouble(row + OUTLINE_TIMES + 56, mostDuration(draft, isBounded));
  putDouble(row + OUTLINE_COUNTS, packetsOut);
  putDouble(row + OUTLINE_COUNTS + 8, bytesOut);
  putDouble(row + OUTLINE_COUNTS + 16, packetsBack);
  putDouble(row + OUTLINE_COUNTS + 24, bytesBack);
  putDouble(row + OUTLINE_CONFIDENCE, doubleAt(CONFIDENCES + (finding << 3)));
  putByte(row + OUTLINE_WORDS, byteAt(BASES + finding));
  putByte(row + OUTLINE_WORDS + 1, byteAt(COUNTED + life));
  putByte(row + OUTLINE_WORDS + 2, byteAt(CLOSERS + life));
  putByte(row + OUTLINE_WORDS + 3, verdict);
  putByte(row + OUTLINE_WORDS + 4, marks);
  putByte(row + OUTLINE_WORDS + 5, transport);
  putByte(row + OUTLINE_WORDS + 6, isV6 ? 1 : 0);
  putDouble(row + OUTLINE_REJECTED_FROM, rejectedFrom);
  putWord(row + OUTLINE_REJECTED_AT, rejectedView === 0 ? NONE : wordAt(observerAt(rejectedView)));
  putByte(row + OUTLINE_REJECTED_SIDES, rejectedSides);
  putByte(row + OUTLINE_SILENCE, silenceBehind(draft));
  putByte(row + OUTLINE_LOST_BECAUSE, lostBecause);
  putDouble(row + OUTLINE_LOST, packetsLost);
  putWord(row + OUTLINE_LOST_AT, lostView === 0 ? NONE : wordAt(observerAt(lostView)));
  putWord(row + OUTLINE_VANTAGE, wordAt(observerAt(primary)));
}

/** Flags, NONE for -1. */
export function putFlags(at: usize, flags: f64): void {
  putWord(at, flags < 0 ? NONE : (flags as u32));
}
