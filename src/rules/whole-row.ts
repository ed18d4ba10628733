/**
 * The whole of a connection: its outline, what else a Connection says, and behind that a row for each vantage, along the way
 * of the packets, and for each window of the primary one where they are asked for. Rows have the size that stands in
 * them; where each thing lies stands in layout.ts. No text is made here but names.
 */
import { look } from './answers.ts';
import { countRow } from './count-rows.ts';
import { putHistory } from './history.ts';
import { countWindowsOf, nextWindow } from './intervals.ts';
import {
  DST_REWRITTEN,
  HAS_ACCOUNT,
  HAS_COMMUNITY_ID,
  HAS_FLAGS,
  HAS_INSTANCE,
  HAS_INTERFACE,
  HAS_RESOURCE,
  HAS_SUBNET,
  HAS_VPC,
  LOSS_REASONS,
  NONE,
  OUTLINE_SIZE,
  OWN_IS_V6,
  PROTOCOL_TRAITS,
  SIDE_ACTIONS,
  SIDE_BYTES,
  SIDE_FLAGS,
  SIDE_PACKETS,
  SIDE_SIZE,
  SIDE_SPOKE,
  SRC_REWRITTEN,
  TCP,
  VIEW_COUNTS,
  VIEW_LOSSES,
  VIEW_OWN,
  VIEW_RECORDS,
  VIEW_REWRITES,
  VIEW_ROLE,
  VIEW_SEES,
  VIEW_SIZE,
  VIEW_TELLERS,
  VIEW_TIMES,
  VIEW_VERDICT,
  VIEW_WINDOWS,
  WHOLE_BYTES,
  WHOLE_COMMUNITY_ID,
  WHOLE_HISTORY,
  WHOLE_HISTORY_LENGTH,
  WHOLE_LIFE,
  WHOLE_NAMES,
  WHOLE_PRIMARY,
  WHOLE_VIEWS,
  WHOLE_WINDOWS,
  WINDOW_SIDES,
  WINDOW_SIZE,
  WINDOW_TIMES,
  WITH_WINDOWS,
} from './layout.ts';
import { life } from './life.ts';
import { lossesIn } from './losses.ts';
import { writeCommunityId } from './names.ts';
import { putFlags, putOutline } from './outline-row.ts';
import { tellerOf } from './places.ts';
import { byteAt, doubleAt, fillBytes, putByte, putDouble, putWord, wordAt } from './port.ts';
import {
  actionOf,
  bytesOf,
  directionOf,
  endOf,
  flagsOf,
  infoOf,
  nextOfView,
  ownOf,
  packetsOf,
  startOf,
  transport,
} from './records.ts';
import { form } from './settings.ts';
import { out, setOut } from './spell-values.ts';
import { verdictAt } from './verdict.ts';
import {
  bytesIn,
  firstRecordOf,
  lastEndOf,
  packetsIn,
  recordsOf,
  roleAt,
  seenOf,
  shownBy,
} from './view-rows.ts';
import { onTheWay, primary, seenViews } from './views.ts';
import { opener } from './weigh.ts';

/** How many windows are told one by one. */
function toldWindows(): u32 {
  return form === WITH_WINDOWS ? countWindowsOf(primary) : 0;
}

export function wholeBytes(): usize {
  return OUTLINE_SIZE + seenViews * VIEW_SIZE + toldWindows() * WINDOW_SIZE;
}

/** The row at hand, the view that it tells next, and where. */
let row: usize = 0;
let inRow: u32 = 0;
let at: usize = 0;

/** Begins the whole of the connection that was weighed last; true where it is time to rest: see {@link writeViews}. */
export function writeWhole(draft: usize, place: u32, number: u32): bool {
  row = out;
  putOutline(draft, place, number);
  putByte(row + WHOLE_LIFE, life);
  putByte(row + WHOLE_HISTORY_LENGTH, 0);
  if (transport === TCP) {
    setOut(row + WHOLE_HISTORY);
    putHistory(draft, opener);
    putByte(row + WHOLE_HISTORY_LENGTH, (out - row - WHOLE_HISTORY) as u32);
  }
  const isNamed = (byteAt(PROTOCOL_TRAITS + transport) & HAS_COMMUNITY_ID) !== 0;
  putByte(row + WHOLE_NAMES, isNamed ? 1 : 0);
  if (isNamed) writeCommunityId(row + WHOLE_COMMUNITY_ID);
  putWord(row + WHOLE_VIEWS, seenViews);
  putWord(row + WHOLE_WINDOWS, 0);
  inRow = 0;
  at = row + OUTLINE_SIZE;
  return writeViews();
}

/** Goes on with the views, and what comes behind them; true where it is time to rest. */
export function writeViews(): bool {
  while (inRow < seenViews) {
    const view = onTheWay(inRow);
    if (view === primary) putWord(row + WHOLE_PRIMARY, inRow);
    putView(at, view);
    at += VIEW_SIZE;
    inRow++;
    setOut(at);
    if (look(1) && inRow < seenViews) return true;
  }
  if (form === WITH_WINDOWS) at = putWindows(row, at);
  putWord(row + WHOLE_BYTES, (at - row) as u32);
  setOut(at);
  countRow();
  return false;
}

function putView(at: usize, view: usize): void {
  const answerer = 1 - opener;
  putDouble(at + VIEW_TIMES, firstSecondOf(firstRecordOf(view), 0));
  putDouble(at + VIEW_TIMES + 8, lastEndOf(view));
  putDouble(at + VIEW_COUNTS, packetsIn(view, opener));
  putDouble(at + VIEW_COUNTS + 8, bytesIn(view, opener));
  putDouble(at + VIEW_COUNTS + 16, packetsIn(view, answerer));
  putDouble(at + VIEW_COUNTS + 24, bytesIn(view, answerer));
  putWord(at + VIEW_RECORDS, recordsOf(view));
  putWord(at + VIEW_WINDOWS, countWindowsOf(view));
  putByte(at + VIEW_ROLE, roleAt(view));
  putByte(at + VIEW_VERDICT, verdictAt(view));
  const seen = seenOf(view);
  // By side, not by end: the initiator's 1, the responder's 2.
  putByte(at + VIEW_SEES, opener === 0 || seen === 3 ? seen : seen ^ 3);
  for (let reason: u32 = 0; reason < LOSS_REASONS; reason++)
    putDouble(at + VIEW_LOSSES + (reason << 3), lossesIn(view, reason));
  putOwn(at, view);
  putTeller(at + VIEW_TELLERS, view, HAS_INTERFACE);
  putTeller(at + VIEW_TELLERS + 4, view, HAS_RESOURCE);
  putTeller(at + VIEW_TELLERS + 8, view, HAS_VPC);
  putTeller(at + VIEW_TELLERS + 12, view, HAS_SUBNET);
  putTeller(at + VIEW_TELLERS + 16, view, HAS_INSTANCE);
  putTeller(at + VIEW_TELLERS + 20, view, HAS_ACCOUNT);
}

/** The first start of the records of a view, from one on and up to another, 0 for its end: those without times come first. */
function firstSecondOf(from: usize, until: usize): f64 {
  let record = from;
  while (startOf(record) < 0 && nextOfView(record) !== until) record = nextOfView(record);
  return startOf(record);
}

/** The address that the interface shows in the place of another: in the first record that does. */
function putOwn(at: usize, view: usize): void {
  putWord(at + VIEW_OWN, 0);
  putByte(at + VIEW_REWRITES, 0);
  if (shownBy(view) === 0) return;
  let record = firstRecordOf(view);
  while ((infoOf(record) & (SRC_REWRITTEN | DST_REWRITTEN)) === 0) record = nextOfView(record);
  putWord(at + VIEW_OWN, ownOf(record));
  putByte(at + VIEW_REWRITES, (infoOf(record) & OWN_IS_V6) !== 0 ? 2 : 1);
}

/** The place, in their order, of the observer that tells an identifier; NONE for nobody. */
function putTeller(at: usize, view: usize, has: u32): void {
  const teller = tellerOf(view, has);
  putWord(at, teller === 0 ? NONE : wordAt(teller));
}

/** Writes the windows of the primary view; gives where they end. */
function putWindows(row: usize, from: usize): usize {
  let windows: u32 = 0;
  let at = from;
  for (let record = firstRecordOf(primary); record !== 0; windows++) {
    const next = nextWindow(record);
    putWindow(at, record, next);
    at += WINDOW_SIZE;
    record = next;
  }
  putWord(row + WHOLE_WINDOWS, windows);
  return at;
}

/** Records of one window: from one of a view on, up to another, 0 for its end. */
function putWindow(at: usize, from: usize, until: usize): void {
  fillBytes(at, 0, WINDOW_SIZE);
  let ends: f64 = -1;
  for (let record = from; record !== until; record = nextOfView(record)) {
    ends = Math.max(ends, endOf(record));
    addToSide(at + WINDOW_SIDES + (directionOf(record) === opener ? 0 : SIDE_SIZE), record);
  }
  putDouble(at + WINDOW_TIMES, firstSecondOf(from, until));
  putDouble(at + WINDOW_TIMES + 8, ends);
}

/** One record more in a side: an interval may have one that was accepted and one that was rejected. */
function addToSide(side: usize, record: usize): void {
  if (byteAt(side + SIDE_SPOKE) === 0) {
    putByte(side + SIDE_SPOKE, 1);
    putFlags(side + SIDE_FLAGS, -1);
  }
  putDouble(side + SIDE_PACKETS, plus(doubleAt(side + SIDE_PACKETS), packetsOf(record)));
  putDouble(side + SIDE_BYTES, plus(doubleAt(side + SIDE_BYTES), bytesOf(record)));
  putByte(side + SIDE_ACTIONS, byteAt(side + SIDE_ACTIONS) | actionOf(record));
  if ((infoOf(record) & HAS_FLAGS) === 0) return;
  const flags = wordAt(side + SIDE_FLAGS);
  putWord(side + SIDE_FLAGS, (flags === NONE ? 0 : flags) | flagsOf(record));
}

/** A sum of what one record does not say is not known. */
function plus(sum: f64, value: f64): f64 {
  return sum < 0 || value < 0 ? -1 : sum + value;
}
