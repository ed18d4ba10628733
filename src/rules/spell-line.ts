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
  HAS_COMMUNITY_ID,
  HAS_INTERFACE,
  LIFE_TEXTS,
  LONGEST_REST,
  MARK_TEXTS,
  PROTOCOL_TRAITS,
  TCP,
  TEXT_SIZE,
} from './layout.ts';
import { isBounded, life } from './life.ts';
import { lostBecause, lostView, packetsLost } from './losses.ts';
import { addressOf, portOf } from './outline-row.ts';
import { lengthOfCell, REST_CELLS, tellerOf, textOfCell } from './places.ts';
import { byteAt, wordAt } from './port.ts';
import { transport } from './records.ts';
import {
  EMPTY,
  putCommunityId,
  putCount,
  putNameAfter,
  putObserver,
  putPort,
  putProtocol,
  putTime,
  putUid,
} from './spell-cells.ts';
import { putAddress, putFixed } from './spell-parts.ts';
import { beginPath, LONGEST_ROLE, putPath } from './spell-path.ts';
import { out, putBytes, putText } from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import { rejectedFrom, rejectedSides, rejectedView } from './verdict.ts';
import { isPlural, observerAt } from './view-rows.ts';
import { bytesBack, bytesOut, nameBytes, packetsBack, packetsOut, primary, seenViews } from './views.ts';
import { finding, marks, opener, verdict } from './weigh.ts';

// What stands around the values of a line, behind the texts that all lines of columns have, in the order of ownTexts in row-texts.ts.
const UID: u32 = 19;
const COMMUNITY_ID: u32 = 20;
/** Behind a Community ID: the protocol and all up to the initiator's address; or up to the protocol's name. */
const TCP_AND_INITIATOR_ADDRESS: u32 = 21;
const PROTOCOL: u32 = 22;
/** Behind a uid: that there is no Community ID, and all up to the protocol's name. */
const NO_COMMUNITY_ID_AND_PROTOCOL: u32 = 23;
/** Behind a protocol's name. */
const INITIATOR_ADDRESS: u32 = 24;
const INITIATOR_PORT: u32 = 25;
const RESPONDER_ADDRESS: u32 = 26;
const RESPONDER_PORT: u32 = 27;
const HISTORY: u32 = 28;
const LAST_SEEN: u32 = 29;
const OPENED_AT: u32 = 30;
const OPENED_BY: u32 = 31;
const CLOSED_AFTER: u32 = 32;
const CLOSED_AT: u32 = 33;
const DURATION_MIN: u32 = 34;
const DURATION_MAX: u32 = 35;
const INITIATOR_PACKETS: u32 = 36;
const INITIATOR_BYTES: u32 = 37;
const RESPONDER_PACKETS: u32 = 38;
const RESPONDER_BYTES: u32 = 39;
const INITIATOR_FLAGS: u32 = 40;
const RESPONDER_FLAGS: u32 = 41;
const WINDOWS: u32 = 42;
const RECORDS: u32 = 43;
const VANTAGES: u32 = 44;
const INTERFACE: u32 = 45;
const NO_INTERFACE: u32 = 46;
const REJECTED_AT: u32 = 47;
/** That they have no name. */
const REJECTED_NOWHERE: u32 = 48;
const REJECTED_FROM: u32 = 49;
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
  putUid(UID, draft);
  if ((byteAt(PROTOCOL_TRAITS + transport) & HAS_COMMUNITY_ID) !== 0) {
    putCommunityId(COMMUNITY_ID);
    if (transport === TCP) {
      putFixed(TCP_AND_INITIATOR_ADDRESS);
      return;
    }
    putFixed(PROTOCOL);
  } else putFixed(NO_COMMUNITY_ID_AND_PROTOCOL);
  putProtocol();
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
    putObserver(INTERFACE, NO_INTERFACE, tellerOf(primary, HAS_INTERFACE));
    for (let cell: u32 = 0; cell < REST_CELLS; cell++)
      putBytes(textOfCell(primary, cell), lengthOfCell(primary, cell));
    return;
  }
  putObserver(INTERFACE, NO_INTERFACE, (wordAt(observer + 28) & HAS_INTERFACE) === 0 ? 0 : observer);
  putBytes(wordAt(observer + 32), wordAt(observer + 36));
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

/** Goes on with the line, which the path ends; true where it is time to rest. */
export function writePath(): bool {
  if (putPath()) return true;
  countRow();
  return false;
}

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
