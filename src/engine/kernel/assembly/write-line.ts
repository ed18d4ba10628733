/** The line of a connection that was weighed: the fast twin of export/json-bytes.ts, whose words it is handed as texts. */
import {
  beginOf,
  closedAfterOf,
  closedAtOf,
  firstEndOf,
  firstOf,
  lastOf,
  openedAtOf,
  openedByOf,
  openingOf,
  ordinalOf,
  scopeOf,
  shownFlags,
  untilOf,
} from '../../../rules/drafts.ts';
import { slack } from '../../../rules/settings.ts';
import {
  bytesBack,
  bytesOut,
  finding,
  isBounded,
  roleAt,
  lifeText,
  marks,
  opener,
  packetsBack,
  packetsOut,
  primary,
  seenViews,
  verdict,
} from './weigh.ts';
import {
  at,
  directionOf,
  endOf,
  flagsOf,
  high,
  isV6,
  low,
  observerAt,
  payloadOf,
  ports,
  transport,
  startOf,
  viewAt,
  viewOf,
  WAY,
} from '../../../rules/records.ts';
import {
  BASES,
  CLOSERS,
  CONFIDENCES,
  COUNTED,
  COUNTS,
  EXCHANGE,
  FINDINGS,
  FIXED,
  HAS_INTERFACE,
  HISTORIES,
  ICMP,
  ICMPV6,
  LETTERS,
  LIFE_TEXTS,
  MARKS,
  MOST_VIEWS,
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
  TEXT_SIZE,
  UDP,
} from './layout.ts';
import { aside } from './memory.ts';
import { writeCommunityId, writeUid } from './name-connections.ts';
import { addresses } from '../../../rules/settings';
import { out, putBytes, putIPv4, putIPv6, putNumber, putSeconds, putText, setOut } from './write-values.ts';

/** What stands around the values of a line, in the order of fixedTexts in row-texts.ts. */
enum Text {
  UID,
  COMMUNITY_ID,
  TCP_AND_INITIATOR_ADDRESS,
  UDP_AND_INITIATOR_ADDRESS,
  ICMP_AND_INITIATOR_ADDRESS,
  ICMPV6_AND_INITIATOR_ADDRESS,
  INITIATOR_PORT,
  RESPONDER_ADDRESS,
  RESPONDER_PORT,
  HISTORY,
  LAST_SEEN,
  OPENED_AT,
  OPENED_BY,
  CLOSED_AFTER,
  CLOSED_AT,
  DURATION_MIN,
  DURATION_MAX,
  INITIATOR_PACKETS,
  INITIATOR_BYTES,
  RESPONDER_PACKETS,
  RESPONDER_BYTES,
  INITIATOR_FLAGS,
  RESPONDER_FLAGS,
  WINDOWS,
  RECORDS,
  VANTAGES,
  PATH,
  BETWEEN_LABELS,
  END_OF_PATH,
  NO_PATH,
  /** By verdict, to the first second: behind a history, and without one. */
  VERDICT,
  NO_HISTORY_AND_VERDICT = 35,
  INTERFACE = 40,
  END_OF_INTERFACE,
  NO_INTERFACE,
  /** By role: what stands behind the name on a path. */
  ROLE,
}

@inline
function putFixed(text: u32): void {
  putText(<usize>FIXED + <usize>text * TEXT_SIZE);
}

@inline
function putAddress(address: u32): void {
  if (isV6) putIPv6(addresses + (<usize>address << 4));
  else putIPv4(address);
}

/** A time, -1 for none. */
@inline
function putTime(text: u32, seconds: f64): void {
  putFixed(text);
  if (seconds < 0) putNull();
  else putSeconds(<u64>seconds);
}

/** A count or a length of time, -1 for none. */
@inline
function putCount(text: u32, value: f64): void {
  putFixed(text);
  if (value < 0) putNull();
  else putNumber(<u64>value);
}

@inline
function putNull(): void {
  store<u32>(out, 0x6c6c756e);
  setOut(out + 4);
}

@inline
function portOf(end: usize): f64 {
  if (transport != TCP && transport != UDP) return -1;
  return <f64>(end == 0 ? ports >> 16 : ports & 0xffff);
}

/** Writes the line of the connection that was weighed last. */
export function writeLine(draft: usize): void {
  const answerer: usize = 1 - opener;
  putNames(draft);
  putAddress(opener == 0 ? low : high);
  putCount(Text.INITIATOR_PORT, portOf(opener));
  putFixed(Text.RESPONDER_ADDRESS);
  putAddress(opener == 0 ? high : low);
  putCount(Text.RESPONDER_PORT, portOf(answerer));
  putText(<usize>FINDINGS + <usize>finding * TEXT_SIZE);
  putText(<usize>LIFE_TEXTS + <usize>lifeText * TEXT_SIZE);
  let allWindows: u32 = 0;
  if (transport == TCP) {
    putFixed(Text.HISTORY);
    allWindows = putHistory(draft);
    putTime(Text.VERDICT + verdict, firstOf(draft));
  } else putTime(Text.NO_HISTORY_AND_VERDICT + verdict, firstOf(draft));
  putTimes(draft);
  putCount(Text.INITIATOR_PACKETS, <f64>packetsOut);
  putCount(Text.INITIATOR_BYTES, <f64>bytesOut);
  putCount(Text.RESPONDER_PACKETS, <f64>packetsBack);
  putCount(Text.RESPONDER_BYTES, <f64>bytesBack);
  putCount(Text.INITIATOR_FLAGS, shownFlags(draft, opener));
  putCount(Text.RESPONDER_FLAGS, shownFlags(draft, answerer));
  putCount(Text.WINDOWS, seenViews == 1 && transport == TCP ? allWindows : countWindows(draft, primary));
  putCount(Text.RECORDS, <f64>(untilOf(draft) - beginOf(draft)));
  putFixed(Text.VANTAGES);
  putNumber(<u64>seenViews);
  const observer = observerAt(primary);
  if ((load<u32>(observer, 28) & HAS_INTERFACE) != 0) {
    putFixed(Text.INTERFACE);
    putBytes(<usize>load<u32>(observer, 16), <usize>load<u32>(observer, 20));
    putFixed(Text.END_OF_INTERFACE);
  } else putFixed(Text.NO_INTERFACE);
  putBytes(<usize>load<u32>(observer, 32), <usize>load<u32>(observer, 36));
  putText(<usize>MARKS + <usize>marks * TEXT_SIZE);
  putPath();
  count();
}

/** The uid, the Community ID, which ICMP has none of, and all up to the initiator's address. */
@inline
function putNames(draft: usize): void {
  const lowEnd: usize = isV6 ? addresses + (<usize>low << 4) : <usize>low;
  const highEnd: usize = isV6 ? addresses + (<usize>high << 4) : <usize>high;
  const opening = <u32>openingOf(draft);
  putFixed(Text.UID);
  writeUid(out, transport, isV6, lowEnd, highEnd, ports, scopeOf(draft, 0), scopeOf(draft, 1), opening, ordinalOf(draft));
  setOut(out + 18);
  if (transport == ICMP) putFixed(Text.ICMP_AND_INITIATOR_ADDRESS);
  else if (transport == ICMPV6) putFixed(Text.ICMPV6_AND_INITIATOR_ADDRESS);
  else {
    putFixed(Text.COMMUNITY_ID);
    writeCommunityId(out, transport, isV6, lowEnd, highEnd, ports);
    setOut(out + 30);
    putFixed(transport == TCP ? Text.TCP_AND_INITIATOR_ADDRESS : Text.UDP_AND_INITIATOR_ADDRESS);
  }
}

@inline
function putTimes(draft: usize): void {
  putTime(Text.LAST_SEEN, lastOf(draft));
  putTime(Text.OPENED_AT, openedAtOf(draft));
  putTime(Text.OPENED_BY, openedByOf(draft));
  putTime(Text.CLOSED_AFTER, closedAfterOf(draft));
  putTime(Text.CLOSED_AT, closedAtOf(draft));
  putCount(Text.DURATION_MIN, leastDuration(draft));
  putCount(Text.DURATION_MAX, mostDuration(draft));
}

@inline
function leastDuration(draft: usize): f64 {
  const openedBy = openedByOf(draft);
  const closedAfter = closedAfterOf(draft);
  const earliest = openedBy < 0 ? firstEndOf(draft) : openedBy;
  const latest = closedAfter < 0 ? startOf(at(untilOf(draft) - 1)) : closedAfter;
  return max<f64>(0, latest - slack - earliest);
}

/** -1 for not known. */
@inline
function mostDuration(draft: usize): f64 {
  // Negative, like none, when the close is logged before the opening.
  return isBounded ? max<f64>(-1, closedAtOf(draft) - openedAtOf(draft) + slack) : -1;
}

/** Where the window that begins at a place ends: as windowEnd (correlate/windows.ts) says. `only` is a view or MOST_VIEWS. */
function windowEnd(from: usize, until: usize, only: usize): usize {
  const opens = startOf(at(from));
  let closes = endOf(at(from));
  let to = from + 1;
  for (; to < until; to++) {
    const record = at(to);
    if (only != MOST_VIEWS && viewOf(record) != only) continue;
    const begins = startOf(record);
    if (begins > opens && begins >= closes) break;
    if (cameBefore(from, to)) {
      // Records of one interval stay together.
      while (startOf(at(to - 1)) == begins && endOf(at(to - 1)) == endOf(record)) to--;
      break;
    }
    closes = max(closes, endOf(record));
  }
  return to;
}

@inline
function cameBefore(from: usize, to: usize): bool {
  const record = at(to);
  for (let i = from; i < to; i++) {
    const seen = at(i);
    if (
      viewOf(seen) == viewOf(record) &&
      directionOf(seen) == directionOf(record) &&
      (startOf(seen) != startOf(record) || endOf(seen) != endOf(record))
    )
      return true;
  }
  return false;
}

function countWindows(draft: usize, view: usize): u32 {
  const until = untilOf(draft);
  let windows: u32 = 0;
  for (let place = beginOf(draft); place < until; ) {
    if (viewOf(at(place)) != view) place++;
    else {
      windows++;
      place = windowEnd(place, until, view);
    }
  }
  return windows;
}

/** Writes the outline of the connection that was weighed last: the fast twin of engine/outlines/outline-rows.ts. */
export function writeOutline(draft: usize, place: u32, number: u32): void {
  const row = out;
  const answerer: usize = 1 - opener;
  const lowEnd: usize = isV6 ? addresses + (<usize>low << 4) : <usize>low;
  const highEnd: usize = isV6 ? addresses + (<usize>high << 4) : <usize>high;
  const opening = <u32>openingOf(draft);
  writeUid(row + OUTLINE_UID, transport, isV6, lowEnd, highEnd, ports, scopeOf(draft, 0), scopeOf(draft, 1), opening, ordinalOf(draft));
  store<u32>(row, place, OUTLINE_PLACE);
  store<u32>(row, number, OUTLINE_NUMBER);
  store<u32>(row, opener == 0 ? low : high, OUTLINE_ADDRESSES);
  store<u32>(row, opener == 0 ? high : low, OUTLINE_ADDRESSES + 4);
  store<i32>(row, <i32>portOf(opener), OUTLINE_PORTS);
  store<i32>(row, <i32>portOf(answerer), OUTLINE_PORTS + 4);
  store<i32>(row, <i32>shownFlags(draft, opener), OUTLINE_FLAGS);
  store<i32>(row, <i32>shownFlags(draft, answerer), OUTLINE_FLAGS + 4);
  store<u32>(row, countWindows(draft, primary), OUTLINE_WINDOWS);
  store<u32>(row, <u32>(untilOf(draft) - beginOf(draft)), OUTLINE_RECORDS);
  store<f64>(row, <f64>firstOf(draft), OUTLINE_TIMES);
  store<f64>(row, <f64>lastOf(draft), OUTLINE_TIMES + 8);
  store<f64>(row, <f64>openedAtOf(draft), OUTLINE_TIMES + 16);
  store<f64>(row, <f64>openedByOf(draft), OUTLINE_TIMES + 24);
  store<f64>(row, <f64>closedAfterOf(draft), OUTLINE_TIMES + 32);
  store<f64>(row, <f64>closedAtOf(draft), OUTLINE_TIMES + 40);
  store<f64>(row, <f64>leastDuration(draft), OUTLINE_TIMES + 48);
  store<f64>(row, <f64>mostDuration(draft), OUTLINE_TIMES + 56);
  store<f64>(row, packetsOut, OUTLINE_COUNTS);
  store<f64>(row, bytesOut, OUTLINE_COUNTS + 8);
  store<f64>(row, packetsBack, OUTLINE_COUNTS + 16);
  store<f64>(row, bytesBack, OUTLINE_COUNTS + 24);
  store<f64>(row, load<f64>(<usize>CONFIDENCES + (<usize>finding << 3)), OUTLINE_CONFIDENCE);
  store<u8>(row, load<u8>(<usize>BASES + <usize>finding), OUTLINE_WORDS);
  store<u8>(row, load<u8>(<usize>COUNTED + <usize>lifeText), OUTLINE_WORDS + 1);
  store<u8>(row, load<u8>(<usize>CLOSERS + <usize>lifeText), OUTLINE_WORDS + 2);
  store<u8>(row, <u8>verdict, OUTLINE_WORDS + 3);
  store<u8>(row, <u8>marks, OUTLINE_WORDS + 4);
  store<u8>(row, <u8>transport, OUTLINE_WORDS + 5);
  store<u8>(row, <u8>isV6, OUTLINE_WORDS + 6);
  setOut(row + OUTLINE_SIZE);
  count();
}

/** Writes the history; gives the number of windows of all views together. */
function putHistory(draft: usize): u32 {
  const until = untilOf(draft);
  let windows: u32 = 0;
  let before: u32 = 0;
  for (let place = beginOf(draft); place < until; windows++) {
    const to = windowEnd(place, until, MOST_VIEWS);
    let letters: u32 = 0;
    for (; place < to; place++) {
      const record = at(place);
      const bits = <u32>load<u16>(<usize>LETTERS + ((payloadOf(record) | flagsOf(record)) << 1));
      letters |= bits << <u32>(directionOf(record) != opener);
    }
    const text = <usize>HISTORIES + (<usize>(letters & ~before) << 4);
    v128.store(out, v128.load(text));
    setOut(out + <usize>load<u8>(text, 15));
    before |= letters;
  }
  return windows;
}

function putPath(): void {
  let isFirst = true;
  for (let i: usize = 0; i < seenViews; i++) {
    const view = <usize>load<u8>(aside + WAY + i);
    const length = <usize>load<u32>(observerAt(view), 20);
    if (length == 0) continue;
    putFixed(isFirst ? Text.PATH : Text.BETWEEN_LABELS);
    putBytes(<usize>load<u32>(observerAt(view), 16), length);
    putFixed(Text.ROLE + roleAt(view));
    isFirst = false;
  }
  putFixed(isFirst ? Text.NO_PATH : Text.END_OF_PATH);
}

/** Counts the line by its state, or as an exchange by its transport, by its verdict, basis and five marks. */
@inline
function count(): void {
  let state = <u32>load<u8>(<usize>COUNTED + <usize>lifeText);
  if (lifeText == EXCHANGE) state += transport == UDP ? 0 : transport == ICMP ? 1 : 2;
  const basis = <u32>load<u8>(<usize>BASES + <usize>finding);
  const counter = aside + <usize>COUNTS + (<usize>((state << 12) | (verdict << 9) | (basis << 5) | (marks & 31)) << 2);
  store<u32>(counter, load<u32>(counter) + 1);
}
