/**
 * The line of a connection that was weighed: its values between texts that are taught, in the order of the row
 * (export/row.ts). What stands around values, and how words are spelt, is not known here.
 */
import { countRow } from './count-rows.ts';
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
import { putHistory, windowsTold } from './history.ts';
import { countWindowsOf } from './intervals.ts';
import {
  FINDINGS,
  FIXED,
  HAS_COMMUNITY_ID,
  HAS_INTERFACE,
  LIFE_TEXTS,
  LONGEST_REST,
  MARK_TEXTS,
  NONE,
  PROTOCOL_NAMES,
  PROTOCOL_TRAITS,
  TCP,
  TEXT_SIZE,
} from './layout.ts';
import { isBounded, life } from './life.ts';
import { bytesOfV6, COMMUNITY_ID_LENGTH, UID_LENGTH, writeCommunityId, writeUid } from './names.ts';
import { addressOf, portOf } from './outline-row.ts';
import { lengthOfCell, REST_CELLS, tellerOf, textOfCell } from './places.ts';
import { byteAt, wordAt } from './port.ts';
import { isV6, transport } from './records.ts';
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
import { isPlural, observerAt, roleAt } from './view-rows.ts';
import { bytesBack, bytesOut, onTheWay, packetsBack, packetsOut, primary, seenViews } from './views.ts';
import { finding, marks, opener, verdict } from './weigh.ts';

// What stands around the values of a line, in the order of fixedTexts in row-texts.ts.
const UID: u32 = 0;
const COMMUNITY_ID: u32 = 1;
/** Behind a Community ID: the protocol and all up to the initiator's address; or up to the protocol's name. */
const TCP_AND_INITIATOR_ADDRESS: u32 = 2;
const PROTOCOL: u32 = 3;
/** Behind a uid: that there is no Community ID, and all up to the protocol's name. */
const NO_COMMUNITY_ID_AND_PROTOCOL: u32 = 4;
/** Behind a protocol's name. */
const INITIATOR_ADDRESS: u32 = 5;
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
  if (isV6) putIPv6(bytesOfV6(address));
  else putIPv4(address);
}

/** A time, -1 for none. */
function putTime(text: u32, seconds: f64): void {
  putFixed(text);
  if (seconds < 0) putNull();
  else putSeconds(seconds);
}

/** A port, NONE for none. */
function putPort(text: u32, port: u32): void {
  putFixed(text);
  if (port === NONE) putNull();
  else putNumber(port as f64);
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
  putAddress(addressOf(opener));
  putPort(INITIATOR_PORT, portOf(opener));
  putFixed(RESPONDER_ADDRESS);
  putAddress(addressOf(answerer));
  putPort(RESPONDER_PORT, portOf(answerer));
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
  putCount(WINDOWS, (seenViews === 1 && transport === TCP ? windowsTold : countWindowsOf(primary)) as f64);
  putCount(RECORDS, sizeOf(draft) as f64);
  putCount(VANTAGES, seenViews as f64);
  putPlace();
  putText(MARK_TEXTS + marks * TEXT_SIZE);
  putPath();
  countRow();
}

/** The uid, the Community ID where the protocol has one, and all up to the initiator's address. */
function putNames(draft: usize): void {
  putFixed(UID);
  writeUid(out, draft);
  setOut(out + UID_LENGTH);
  if ((byteAt(PROTOCOL_TRAITS + transport) & HAS_COMMUNITY_ID) !== 0) {
    putFixed(COMMUNITY_ID);
    writeCommunityId(out);
    setOut(out + COMMUNITY_ID_LENGTH);
    if (transport === TCP) {
      putFixed(TCP_AND_INITIATOR_ADDRESS);
      return;
    }
    putFixed(PROTOCOL);
  } else putFixed(NO_COMMUNITY_ID_AND_PROTOCOL);
  const name: usize = PROTOCOL_NAMES + (transport << 3);
  putBytes(name, byteAt(name + 7));
  putFixed(INITIATOR_ADDRESS);
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
  const observer = tellerOf(primary, HAS_INTERFACE);
  if (observer !== 0) {
    putFixed(INTERFACE);
    putBytes(wordAt(observer + 16), wordAt(observer + 20));
    putFixed(END_OF_INTERFACE);
  } else putFixed(NO_INTERFACE);
  if (isPlural(primary))
    for (let cell: u32 = 0; cell < REST_CELLS; cell++)
      putBytes(textOfCell(primary, cell), lengthOfCell(primary, cell));
  else putBytes(wordAt(observerAt(primary) + 32), wordAt(observerAt(primary) + 36));
}

function putPath(): void {
  let isFirst = true;
  for (let i: u32 = 0; i < seenViews; i++) {
    const view = onTheWay(i);
    const length = wordAt(observerAt(view) + 20);
    if (length === 0) continue;
    putFixed(isFirst ? PATH : BETWEEN_LABELS);
    putBytes(wordAt(observerAt(view) + 16), length);
    putFixed(ROLE + roleAt(view));
    isFirst = false;
  }
  putFixed(isFirst ? NO_PATH : END_OF_PATH);
}

/** Bytes of a role on a path, and of what stands between two. */
const LONGEST_ROLE: u32 = 32;

/** More than the line takes of the connection that was weighed last. */
export function lineBytes(): usize {
  let bytes: usize = LONGEST_REST + wordAt(observerAt(primary) + 20);
  if (isPlural(primary))
    for (let cell: u32 = 0; cell < REST_CELLS; cell++) bytes += lengthOfCell(primary, cell);
  else bytes += wordAt(observerAt(primary) + 36);
  for (let i: u32 = 0; i < seenViews; i++) bytes += wordAt(observerAt(onTheWay(i)) + 20) + LONGEST_ROLE;
  return bytes;
}
