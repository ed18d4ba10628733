/**
 * The line of a connection that was weighed, of the columns that were chosen and in their order: for each the number and the first
 * text of which is taught. What no column asks for is not made.
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
import { putHistory } from './history.ts';
import { countWindowsOf } from './intervals.ts';
import {
  BASES,
  CHOSEN_COLUMNS,
  CLOSERS,
  CONTRADICTED,
  COUNTED,
  ENDS_OPEN,
  FINDINGS,
  HAS_COMMUNITY_ID,
  HAS_GAP,
  HAS_INTERFACE,
  HIDES_REUSE,
  LIFE_TEXTS,
  MIDSTREAM,
  NO_BEGINNING,
  NO_ENDING,
  ONE_SIDED,
  PROTOCOL_TRAITS,
  TCP,
  TEXT_SIZE,
} from './layout.ts';
import { isBounded, life } from './life.ts';
import { lostBecause, lostView, packetsLost } from './losses.ts';
import { addressOf, portOf } from './outline-row.ts';
import { lengthOfCell, tellerOf, textOfCell } from './places.ts';
import { byteAt, wordAt } from './port.ts';
import { transport } from './records.ts';
import {
  EMPTY,
  END_OF_TEXT,
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
import { beginPath, putPath } from './spell-path.ts';
import { out, putBytes, putText } from './spell-values.ts';
import { leastDuration, mostDuration } from './times.ts';
import { rejectedFrom, rejectedSides, rejectedView } from './verdict.ts';
import { bytesBack, bytesOut, packetsBack, packetsOut, primary, seenViews } from './views.ts';
import { finding, marks, opener, verdict, weighed } from './weigh.ts';

/** Behind the last column. */
const LINE_END: u32 = 19;

// The columns by their numbers, in the order of CHOSEN in chosen-texts.ts, which is that of the row.
const UID: u32 = 0;
const COMMUNITY_ID: u32 = 1;
const PROTOCOL: u32 = 2;
const INITIATOR_ADDRESS: u32 = 3;
const INITIATOR_PORT: u32 = 4;
const RESPONDER_ADDRESS: u32 = 5;
const RESPONDER_PORT: u32 = 6;
const INITIATOR_BASIS: u32 = 7;
const INITIATOR_CONFIDENCE: u32 = 8;
const STATE: u32 = 9;
const CLOSED_BY: u32 = 10;
const CONN_STATE: u32 = 11;
const HISTORY: u32 = 12;
const VERDICT: u32 = 13;
const FIRST_SEEN: u32 = 14;
const LAST_SEEN: u32 = 15;
const OPENED_AT: u32 = 16;
const OPENED_BY: u32 = 17;
const CLOSED_AFTER: u32 = 18;
const CLOSED_AT: u32 = 19;
const DURATION_MIN: u32 = 20;
const DURATION_MAX: u32 = 21;
const REJECTED_AT: u32 = 22;
const REJECTED_FROM: u32 = 23;
const REJECTED_SIDE: u32 = 24;
const LOST_AT: u32 = 25;
const PACKETS_LOST: u32 = 26;
const LOST_BECAUSE: u32 = 27;
const INITIATOR_PACKETS: u32 = 28;
const INITIATOR_BYTES: u32 = 29;
const RESPONDER_PACKETS: u32 = 30;
const RESPONDER_BYTES: u32 = 31;
const INITIATOR_FLAGS: u32 = 32;
const RESPONDER_FLAGS: u32 = 33;
const WINDOWS: u32 = 34;
const RECORDS: u32 = 35;
const VANTAGES: u32 = 36;
const INTERFACE: u32 = 37;
/** And the three behind it: the cells of a place. */
const VPC: u32 = 38;
const STARTS_MIDSTREAM: u32 = 42;
const ENDS_OPEN_MARK: u32 = 43;
const IS_ONE_SIDED: u32 = 44;
const HAS_A_GAP: u32 = 45;
const MAY_HIDE_REUSE: u32 = 46;
const IS_CONTRADICTED: u32 = 47;
const PATH: u32 = 48;

/** How many columns of the line are written, and whether of the next one, a path, a part is. */
let done: u32 = 0;
let isOnPath: bool = false;

/** Writes the line of the connection that was weighed last; true where it is time to rest: then {@link writeColumns} goes on. */
export function writeChosen(): bool {
  done = 0;
  isOnPath = false;
  return writeColumns();
}

/** Goes on with the line; true where it is time to rest. */
export function writeColumns(): bool {
  const count = wordAt(CHOSEN_COLUMNS);
  for (; done < count; done++) {
    const chosen: usize = CHOSEN_COLUMNS + 4 + (done << 3);
    const column = wordAt(chosen);
    if (column === PATH) {
      if (!isOnPath) beginPath();
      isOnPath = true;
      if (putPath()) return true;
    } else putColumn(column, wordAt(chosen + 4), weighed);
  }
  putFixed(LINE_END);
  countRow();
  return false;
}

/** A column but the path; its texts are taught one behind the other. */
function putColumn(column: u32, text: u32, draft: usize): void {
  switch (column) {
    case UID:
      putUid(text, draft);
      putFixed(END_OF_TEXT);
      break;
    case COMMUNITY_ID:
      putCommunityIdOrNone(text);
      break;
    case PROTOCOL:
      putFixed(text);
      putProtocol();
      putFixed(END_OF_TEXT);
      break;
    case INITIATOR_ADDRESS:
      putEnd(text, opener);
      break;
    case INITIATOR_PORT:
      putPort(text, portOf(opener));
      break;
    case RESPONDER_ADDRESS:
      putEnd(text, 1 - opener);
      break;
    case RESPONDER_PORT:
      putPort(text, portOf(1 - opener));
      break;
    case INITIATOR_BASIS:
      putFixed(text + byteAt(BASES + finding));
      break;
    case INITIATOR_CONFIDENCE:
      putText(FINDINGS + finding * TEXT_SIZE);
      break;
    case STATE:
      putFixed(text + byteAt(COUNTED + life));
      break;
    case CLOSED_BY:
      putFixed(text + byteAt(CLOSERS + life));
      break;
    case CONN_STATE:
      putText(LIFE_TEXTS + life * TEXT_SIZE);
      break;
    case HISTORY:
      putHistoryOrNone(text, draft);
      break;
    case VERDICT:
      putFixed(text + verdict);
      break;
    case FIRST_SEEN:
      putTime(text, firstOf(draft));
      break;
    case LAST_SEEN:
      putTime(text, lastOf(draft));
      break;
    case OPENED_AT:
      putTime(text, openedAtOf(draft));
      break;
    case OPENED_BY:
      putTime(text, openedByOf(draft));
      break;
    case CLOSED_AFTER:
      putTime(text, closedAfterOf(draft));
      break;
    case CLOSED_AT:
      putTime(text, closedAtOf(draft));
      break;
    case DURATION_MIN:
      putCount(text, leastDuration(draft));
      break;
    case DURATION_MAX:
      putCount(text, mostDuration(draft, isBounded));
      break;
    case REJECTED_AT:
      putViewOrNone(text, rejectedView);
      break;
    case REJECTED_FROM:
      putTime(text, rejectedFrom);
      break;
    case REJECTED_SIDE:
      putFixed(text + rejectedSides);
      break;
    case LOST_AT:
      putViewOrNone(text, lostView);
      break;
    case PACKETS_LOST:
      putCount(text, lostView === 0 ? -1 : packetsLost);
      break;
    case LOST_BECAUSE:
      putFixed(text + lostBecause);
      break;
    case INITIATOR_PACKETS:
      putCount(text, packetsOut);
      break;
    case INITIATOR_BYTES:
      putCount(text, bytesOut);
      break;
    case RESPONDER_PACKETS:
      putCount(text, packetsBack);
      break;
    case RESPONDER_BYTES:
      putCount(text, bytesBack);
      break;
    case INITIATOR_FLAGS:
      putCount(text, shownFlags(draft, opener));
      break;
    case RESPONDER_FLAGS:
      putCount(text, shownFlags(draft, 1 - opener));
      break;
    case WINDOWS:
      putCount(text, countWindowsOf(primary) as f64);
      break;
    case RECORDS:
      putCount(text, sizeOf(draft) as f64);
      break;
    case VANTAGES:
      putCount(text, seenViews as f64);
      break;
    case INTERFACE:
      putObserver(text, text + 1, tellerOf(primary, HAS_INTERFACE));
      break;
    case STARTS_MIDSTREAM:
      putMark(text, MIDSTREAM, NO_BEGINNING);
      break;
    case ENDS_OPEN_MARK:
      putMark(text, ENDS_OPEN, NO_ENDING);
      break;
    case IS_ONE_SIDED:
      putMark(text, ONE_SIDED, 0);
      break;
    case HAS_A_GAP:
      putMark(text, HAS_GAP, 0);
      break;
    case MAY_HIDE_REUSE:
      putMark(text, HIDES_REUSE, 0);
      break;
    case IS_CONTRADICTED:
      putMark(text, CONTRADICTED, 0);
      break;
    default:
      putOfPlace(column - VPC);
  }
}

/** The address of an end. */
function putEnd(text: u32, end: u32): void {
  putFixed(text);
  putAddress(addressOf(end));
  putFixed(END_OF_TEXT);
}

function putCommunityIdOrNone(text: u32): void {
  if ((byteAt(PROTOCOL_TRAITS + transport) & HAS_COMMUNITY_ID) === 0) {
    putFixed(text + 1);
    return;
  }
  putCommunityId(text);
  putFixed(END_OF_TEXT);
}

function putHistoryOrNone(text: u32, draft: usize): void {
  if (transport !== TCP) {
    putFixed(text + 1);
    return;
  }
  putFixed(text);
  const from = out;
  putHistory(draft, opener);
  if (out === from) putFixed(EMPTY);
  putFixed(END_OF_TEXT);
}

/** @param view whose interface is named; 0 for none */
function putViewOrNone(text: u32, view: usize): void {
  if (view === 0) putFixed(text + 1);
  else putNameAfter(text, text + 1, view);
}

/** Whether a mark is there; the third text where nothing tells. */
function putMark(text: u32, mark: u32, unknown: u32): void {
  if ((marks & unknown) !== 0) putFixed(text + 2);
  else putFixed((marks & mark) !== 0 ? text + 1 : text);
}

/** The VPC, subnet, instance or account of the interface that speaks for the connection: who names them has the whole cell. */
function putOfPlace(cell: u32): void {
  putBytes(textOfCell(primary, cell), lengthOfCell(primary, cell));
}
