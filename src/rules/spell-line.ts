/**
 * The line of a connection that was weighed: its values between texts that are taught, in the order of the row
 * (export/row.ts). What stands around values, and how words are spelt, is not known here.
 */
import { look } from './answers.ts';
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
  ASKS_APOSTROPHE,
  ASKS_QUOTES,
  ASKS_QUOTES_FIRST,
  ASKS_QUOTES_LAST,
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
import { lostBecause, lostView, packetsLost } from './losses.ts';
import { COMMUNITY_ID_LENGTH, UID_LENGTH, writeCommunityId, writeUid } from './names.ts';
import { addressOf, portOf } from './outline-row.ts';
import { lengthOfCell, REST_CELLS, tellerOf, textOfCell } from './places.ts';
import { byteAt, wordAt } from './port.ts';
import { transport } from './records.ts';
import { putAddress, putFixed } from './spell-parts.ts';
import { out, putBytes, putNumber, putOne, putSeconds, putText, setOut } from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import { rejectedFrom, rejectedSides, rejectedView } from './verdict.ts';
import { isPlural, observerAt, roleAt } from './view-rows.ts';
import {
  bytesBack,
  bytesOut,
  nameBytes,
  onTheWay,
  packetsBack,
  packetsOut,
  primary,
  seenViews,
} from './views.ts';
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
const INTERFACE: u32 = 30;
const END_OF_NAME: u32 = 31;
const NO_INTERFACE: u32 = 32;
const REJECTED_AT: u32 = 33;
/** That they have no name. */
const REJECTED_NOWHERE: u32 = 34;
const REJECTED_FROM: u32 = 35;
/** By role: what stands behind the name on a path. */
const ROLE: u32 = 36;
/** What is not known, and a text of no letters. */
const NULL: u32 = 42;
const EMPTY: u32 = 43;
/** By role, whether what stands behind the name asks for quotes: a text of some length, or of none. */
const ROLE_ASKS_QUOTES: u32 = 44;
/** By verdict, to the first second: behind a history, and without one. */
const VERDICT: u32 = 50;
const NO_HISTORY_AND_VERDICT: u32 = 60;
/** By the sides whose records were rejected, as bits. */
const REJECTED_SIDE: u32 = 70;
/** Of all three, that there is none. */
const NOTHING_REJECTED: u32 = 74;
/** The same of what was rejected and of what a transit gateway lost, and of the latter alone. */
const NOTHING_REJECTED_OR_LOST: u32 = 75;
const NOTHING_LOST: u32 = 76;
const LOST_AT: u32 = 77;
/** That where it was lost has no name. */
const LOST_NOWHERE: u32 = 78;
const PACKETS_LOST: u32 = 79;
/** By reasons, as bits. */
const LOST_BECAUSE: u32 = 80;
/** The role of an interface that is neither end's, nor a gateway: nothing stands behind its name. */
const NO_ROLE: u32 = 2;

const QUOTE: u32 = 0x22;
const APOSTROPHE: u32 = 0x27;

/** A time, -1 for none. */
function putTime(text: u32, seconds: f64): void {
  putFixed(text);
  if (seconds < 0) putFixed(NULL);
  else putSeconds(seconds);
}

/** A port, NONE for none. */
function putPort(text: u32, port: u32): void {
  putFixed(text);
  if (port === NONE) putFixed(NULL);
  else putNumber(port as f64);
}

/** A count or a length of time, -1 for none. */
function putCount(text: u32, value: f64): void {
  putFixed(text);
  if (value < 0) putFixed(NULL);
  else putNumber(value);
}

/** Writes the line of the connection that was weighed last. */
export function writeLine(draft: usize): bool {
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
    const from = out;
    putHistory(draft, opener);
    if (out === from) putFixed(EMPTY);
    putTime(VERDICT + verdict, firstOf(draft));
  } else putTime(NO_HISTORY_AND_VERDICT + verdict, firstOf(draft));
  putTimes(draft);
  putStopped();
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
  beginPath();
  return writePath();
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
  const observer = observerAt(primary);
  if (isPlural(primary)) {
    putInterface(tellerOf(primary, HAS_INTERFACE));
    for (let cell: u32 = 0; cell < REST_CELLS; cell++)
      putBytes(textOfCell(primary, cell), lengthOfCell(primary, cell));
    return;
  }
  putInterface((wordAt(observer + 28) & HAS_INTERFACE) === 0 ? 0 : observer);
  putBytes(wordAt(observer + 32), wordAt(observer + 36));
}

/** @param observer that tells it; 0 for nobody */
function putInterface(observer: usize): void {
  if (observer === 0) {
    putFixed(NO_INTERFACE);
    return;
  }
  putFixed(INTERFACE);
  putName(observer);
}

/** What was rejected, and what a transit gateway lost. */
function putStopped(): void {
  if (rejectedView === 0 && lostView === 0) {
    putFixed(NOTHING_REJECTED_OR_LOST);
    return;
  }
  putRejected();
  putLost();
}

function putLost(): void {
  if (lostView === 0) {
    putFixed(NOTHING_LOST);
    return;
  }
  putNameAfter(LOST_AT, LOST_NOWHERE, lostView);
  putCount(PACKETS_LOST, packetsLost);
  putFixed(LOST_BECAUSE + lostBecause);
}

/** The name of a view's interface behind one text, or in its place another where it has none. */
function putNameAfter(text: u32, nameless: u32, view: usize): void {
  const observer = observerAt(view);
  if (wordAt(observer + 20) === 0) {
    putFixed(nameless);
    return;
  }
  putFixed(text);
  putName(observer);
}

/** Where records were rejected, and since when. */
function putRejected(): void {
  if (rejectedView === 0) {
    putFixed(NOTHING_REJECTED);
    return;
  }
  putNameAfter(REJECTED_AT, REJECTED_NOWHERE, rejectedView);
  putTime(REJECTED_FROM, rejectedFrom);
  putFixed(REJECTED_SIDE + rejectedSides);
}

/** The name of an interface, or of the resource in its place, and the end of its text. */
function putName(observer: usize): void {
  const asks = wordAt(observer + 28);
  const isQuoted = asksQuotes(asks, asks, true);
  beginText(isQuoted, asks);
  putBytes(wordAt(observer + 16), wordAt(observer + 20));
  if (isQuoted) putOne(QUOTE);
  putFixed(END_OF_NAME);
}

/** Whether a text asks for quotes by what its first name asks, and its last one when nothing stands behind that. */
function asksQuotes(first: u32, last: u32, isLast: bool): bool {
  if (((first | last) & ASKS_QUOTES) !== 0) return true;
  if ((first & ASKS_QUOTES_FIRST) !== 0 && (first & ASKS_APOSTROPHE) === 0) return true;
  return isLast && (last & ASKS_QUOTES_LAST) !== 0;
}

function beginText(isQuoted: bool, asks: u32): void {
  if (isQuoted) putOne(QUOTE);
  if ((asks & ASKS_APOSTROPHE) !== 0) putOne(APOSTROPHE);
}

/** Whether the path asks for quotes: by any of its names, by what stands behind one, or by how it begins or ends. */
function isPathQuoted(): bool {
  let first: u32 = 0;
  let last: u32 = 0;
  let count: u32 = 0;
  let isBare = false;
  for (let i: u32 = 0; i < seenViews; i++) {
    const view = onTheWay(i);
    if (wordAt(observerAt(view) + 20) === 0) continue;
    last = wordAt(observerAt(view) + 28);
    if (count === 0) first = last;
    count++;
    if (
      (last & ASKS_QUOTES) !== 0 ||
      byteAt(FIXED + (ROLE_ASKS_QUOTES + roleAt(view)) * TEXT_SIZE + 127) !== 0
    )
      return true;
    isBare = roleAt(view) === NO_ROLE;
  }
  return count > 0 && asksQuotes(first, last, isBare);
}

/** The place on the way of the view that the path tells next, whether the path is quoted, and whether it has no name yet. */
let inPath: u32 = 0;
let isQuoted: bool = false;
let isEmpty: bool = true;

function beginPath(): void {
  inPath = 0;
  isQuoted = isPathQuoted();
  isEmpty = true;
}

/** Goes on with the path, which ends the line; true where it is time to rest. */
export function writePath(): bool {
  while (inPath < seenViews) {
    putOnPath(onTheWay(inPath));
    inPath++;
    if (look(1) && inPath < seenViews) return true;
  }
  if (isQuoted) putOne(QUOTE);
  putFixed(isEmpty ? NO_PATH : END_OF_PATH);
  countRow();
  return false;
}

function putOnPath(view: usize): void {
  const length = wordAt(observerAt(view) + 20);
  if (length === 0) return;
  putFixed(isEmpty ? PATH : BETWEEN_LABELS);
  if (isEmpty) beginText(isQuoted, wordAt(observerAt(view) + 28));
  putBytes(wordAt(observerAt(view) + 16), length);
  putFixed(ROLE + roleAt(view));
  isEmpty = false;
}

/** Bytes of a role on a path, and of what stands between two. */
const LONGEST_ROLE: u32 = 32;

/** More than the line takes of the connection that was weighed last. */
export function lineBytes(): usize {
  let bytes: usize = LONGEST_REST + wordAt(observerAt(primary) + 20);
  if (rejectedView !== 0) bytes += wordAt(observerAt(rejectedView) + 20);
  if (lostView !== 0) bytes += wordAt(observerAt(lostView) + 20);
  if (isPlural(primary))
    for (let cell: u32 = 0; cell < REST_CELLS; cell++) bytes += lengthOfCell(primary, cell);
  else bytes += wordAt(observerAt(primary) + 36);
  return bytes + nameBytes + seenViews * LONGEST_ROLE;
}
