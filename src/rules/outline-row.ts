/**
 * The outline of a connection: a row of bytes, all of one size, of what most questions ask. Numbers that nobody knows are
 * -1; where each lies stands in layout.ts.
 */
import { countRow } from './count-rows.ts';
import {
  beginOf,
  closedAfterOf,
  closedAtOf,
  firstOf,
  lastOf,
  openedAtOf,
  openedByOf,
  openingOf,
  ordinalOf,
  scopeOf,
  shownFlags,
  untilOf,
} from './drafts.ts';
import { countWindows } from './intervals.ts';
import {
  BASES,
  CLOSERS,
  CONFIDENCES,
  COUNTED,
  OUTLINE_ADDRESSES,
  OUTLINE_CONFIDENCE,
  OUTLINE_COUNTS,
  OUTLINE_FLAGS,
  OUTLINE_NUMBER,
  OUTLINE_PLACE,
  OUTLINE_PORTS,
  OUTLINE_RECORDS,
  OUTLINE_SIZE,
  OUTLINE_TIMES,
  OUTLINE_UID,
  OUTLINE_WINDOWS,
  OUTLINE_WORDS,
  TCP,
  UDP,
} from './layout.ts';
import { isBounded, life } from './life.ts';
import { writeUid } from './names.ts';
import { byteAt, doubleAt, putByte, putDouble, putWord } from './port.ts';
import { high, isV6, low, ports, transport } from './records.ts';
import { finding, marks, opener, verdict } from './row.ts';
import { addresses } from './settings.ts';
import { out, setOut } from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import { bytesBack, bytesOut, packetsBack, packetsOut, primary } from './views.ts';

/** In the place of a number that nobody knows, as the word of it. */
const NO_NUMBER: u32 = 0xffffffff;

/** The port of an end, -1 where the protocol has none. */
export function portOf(end: u32): i32 {
  if (transport !== TCP && transport !== UDP) return -1;
  return (end === 0 ? ports >>> 16 : ports & 0xffff) as i32;
}

/** Where the bytes of an IPv6 address lie, or the number that an IPv4 address is. */
export function addressAt(address: u32): usize {
  return isV6 ? addresses + (address << 4) : address;
}

function wordOf(value: i32): u32 {
  return value < 0 ? NO_NUMBER : (value as u32);
}

/** Writes the outline of the connection that was weighed last. */
export function writeOutline(draft: usize, place: u32, number: u32): void {
  const row = out;
  const answerer = 1 - opener;
  writeUid(
    row + OUTLINE_UID,
    transport,
    isV6,
    addressAt(low),
    addressAt(high),
    ports,
    scopeOf(draft, 0),
    scopeOf(draft, 1),
    openingOf(draft) as u32,
    ordinalOf(draft),
  );
  putWord(row + OUTLINE_PLACE, place);
  putWord(row + OUTLINE_NUMBER, number);
  putWord(row + OUTLINE_ADDRESSES, opener === 0 ? low : high);
  putWord(row + OUTLINE_ADDRESSES + 4, opener === 0 ? high : low);
  putWord(row + OUTLINE_PORTS, wordOf(portOf(opener)));
  putWord(row + OUTLINE_PORTS + 4, wordOf(portOf(answerer)));
  putWord(row + OUTLINE_FLAGS, wordOf(shownFlags(draft, opener) as i32));
  putWord(row + OUTLINE_FLAGS + 4, wordOf(shownFlags(draft, answerer) as i32));
  putWord(row + OUTLINE_WINDOWS, countWindows(draft, primary));
  putWord(row + OUTLINE_RECORDS, (untilOf(draft) - beginOf(draft)) as u32);
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
  setOut(row + OUTLINE_SIZE);
  countRow();
}
