/**
 * The line of a connection that was weighed: its values between texts that are taught, in the order of the row
 * (export/row.ts). What stands around values, and how words are spelt, is not known here.
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
import { putHistory, windowsTold } from './history.ts';
import { countWindows } from './intervals.ts';
import { FINDINGS, FIXED, HAS_INTERFACE, ICMP, ICMPV6, LIFE_TEXTS, MARKS, TCP, TEXT_SIZE } from './layout.ts';
import { isBounded, life } from './life.ts';
import { writeCommunityId, writeUid } from './names.ts';
import { addressAt, portOf } from './outline-row.ts';
import { wordAt } from './port.ts';
import { high, isV6, low, observerAt, ports, transport } from './records.ts';
import { finding, marks, opener, verdict } from './row.ts';
import {
  out,
  putBytes,
  putIPv4,
  putIPv6,
  putNull,
  putNumber,
  putSeconds,
  putText,
  setOut,
} from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import {
  bytesBack,
  bytesOut,
  onTheWay,
  packetsBack,
  packetsOut,
  primary,
  roleOf,
  seenViews,
} from './views.ts';

// What stands around the values of a line, in the order of fixedTexts in row-texts.ts.
const UID: u32 = 0;
const COMMUNITY_ID: u32 = 1;
const TCP_AND_INITIATOR_ADDRESS: u32 = 2;
const UDP_AND_INITIATOR_ADDRESS: u32 = 3;
const ICMP_AND_INITIATOR_ADDRESS: u32 = 4;
const ICMPV6_AND_INITIATOR_ADDRESS: u32 = 5;
const INITIATOR_PORT: u32 = 6;
const RESPONDER_ADDRESS: u32 = 7;
const RESPONDER_PORT: u32 = 8;
const HISTORY: u32 = 9;
const LAST_SEEN: u32 = 10;
const OPENED_AT: u32 = 11;
const OPENED_BY: u32 = 12;
const CLOSED_AFTER: u32 = 13;
const CLOSED_AT: u32 = 14;
const DURATION_MIN: u32 = 15;
const DURATION_MAX: u32 = 16;
const INITIATOR_PACKETS: u32 = 17;
const INITIATOR_BYTES: u32 = 18;
const RESPONDER_PACKETS: u32 = 19;
const RESPONDER_BYTES: u32 = 20;
const INITIATOR_FLAGS: u32 = 21;
const RESPONDER_FLAGS: u32 = 22;
const WINDOWS: u32 = 23;
const RECORDS: u32 = 24;
const VANTAGES: u32 = 25;
const PATH: u32 = 26;
const BETWEEN_LABELS: u32 = 27;
const END_OF_PATH: u32 = 28;
const NO_PATH: u32 = 29;
/** By verdict, to the first second: behind a history, and without one. */
const VERDICT: u32 = 30;
const NO_HISTORY_AND_VERDICT: u32 = 35;
const INTERFACE: u32 = 40;
const END_OF_INTERFACE: u32 = 41;
const NO_INTERFACE: u32 = 42;
/** By role: what stands behind the name on a path. */
const ROLE: u32 = 43;

function putFixed(text: u32): void {
  putText(FIXED + text * TEXT_SIZE);
}

function putAddress(address: u32): void {
  if (isV6) putIPv6(addressAt(address));
  else putIPv4(address);
}

/** A time, -1 for none. */
function putTime(text: u32, seconds: f64): void {
  putFixed(text);
  if (seconds < 0) putNull();
  else putSeconds(seconds);
}

/** A count or a length of time, -1 for none. */
function putCount(text: u32, value: f64): void {
  putFixed(text);
  if (value < 0) putNull();
  else putNumber(value);
}

/** Writes the line of the connection that was weighed last. */
export function writeLine(draft: usize): void {
  const answerer = 1 - opener;
  putNames(draft);
  putAddress(opener === 0 ? low : high);
  putCount(INITIATOR_PORT, portOf(opener) as f64);
  putFixed(RESPONDER_ADDRESS);
  putAddress(opener === 0 ? high : low);
  putCount(RESPONDER_PORT, portOf(answerer) as f64);
  putText(FINDINGS + finding * TEXT_SIZE);
  putText(LIFE_TEXTS + life * TEXT_SIZE);
  if (transport === TCP) {
    putFixed(HISTORY);
    putHistory(draft, opener);
    putTime(VERDICT + verdict, firstOf(draft));
  } else putTime(NO_HISTORY_AND_VERDICT + verdict, firstOf(draft));
  putTimes(draft);
  putCount(INITIATOR_PACKETS, packetsOut);
  putCount(INITIATOR_BYTES, bytesOut);
  putCount(RESPONDER_PACKETS, packetsBack);
  putCount(RESPONDER_BYTES, bytesBack);
  putCount(INITIATOR_FLAGS, shownFlags(draft, opener));
  putCount(RESPONDER_FLAGS, shownFlags(draft, answerer));
  // Of one view alone the history has gone through the same windows.
  putCount(
    WINDOWS,
    (seenViews === 1 && transport === TCP ? windowsTold : countWindows(draft, primary)) as f64,
  );
  putCount(RECORDS, (untilOf(draft) - beginOf(draft)) as f64);
  putCount(VANTAGES, seenViews as f64);
  putPlace();
  putText(MARKS + marks * TEXT_SIZE);
  putPath();
  countRow();
}

/** The uid, the Community ID, which ICMP has none of, and all up to the initiator's address. */
function putNames(draft: usize): void {
  const lowEnd = addressAt(low);
  const highEnd = addressAt(high);
  putFixed(UID);
  writeUid(
    out,
    transport,
    isV6,
    lowEnd,
    highEnd,
    ports,
    scopeOf(draft, 0),
    scopeOf(draft, 1),
    openingOf(draft) as u32,
    ordinalOf(draft),
  );
  setOut(out + 18);
  if (transport === ICMP) putFixed(ICMP_AND_INITIATOR_ADDRESS);
  else if (transport === ICMPV6) putFixed(ICMPV6_AND_INITIATOR_ADDRESS);
  else {
    putFixed(COMMUNITY_ID);
    writeCommunityId(out, transport, isV6, lowEnd, highEnd, ports);
    setOut(out + 30);
    putFixed(transport === TCP ? TCP_AND_INITIATOR_ADDRESS : UDP_AND_INITIATOR_ADDRESS);
  }
}

function putTimes(draft: usize): void {
  putTime(LAST_SEEN, lastOf(draft));
  putTime(OPENED_AT, openedAtOf(draft));
  putTime(OPENED_BY, openedByOf(draft));
  putTime(CLOSED_AFTER, closedAfterOf(draft));
  putTime(CLOSED_AT, closedAtOf(draft));
  putCount(DURATION_MIN, leastDuration(draft));
  putCount(DURATION_MAX, mostDuration(draft, isBounded));
}

/** The interface that speaks for the connection, and what stands behind it. */
function putPlace(): void {
  const observer = observerAt(primary);
  if ((wordAt(observer + 28) & HAS_INTERFACE) !== 0) {
    putFixed(INTERFACE);
    putBytes(wordAt(observer + 16), wordAt(observer + 20));
    putFixed(END_OF_INTERFACE);
  } else putFixed(NO_INTERFACE);
  putBytes(wordAt(observer + 32), wordAt(observer + 36));
}

function putPath(): void {
  let isFirst = true;
  for (let i: u32 = 0; i < seenViews; i++) {
    const view = onTheWay(i);
    const length = wordAt(observerAt(view) + 20);
    if (length === 0) continue;
    putFixed(isFirst ? PATH : BETWEEN_LABELS);
    putBytes(wordAt(observerAt(view) + 16), length);
    putFixed(ROLE + roleOf(view));
    isFirst = false;
  }
  putFixed(isFirst ? NO_PATH : END_OF_PATH);
}
