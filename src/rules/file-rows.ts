/**
 * Rows of a batch into records under their keys, with what is known of their vantages and what a run counts. A row that is no
 * flow, or whose observer is new, is handed to the caller: names and silences are not kept here. Where a run is shared out, rows
 * are told their part instead and not kept, and all else is the same.
 */
import {
  AHEAD,
  action,
  bytes,
  DST_REWRITTEN,
  direction,
  dstAddr,
  dstPort,
  end,
  FLAG_COUNTS,
  FLAGS_COLUMN,
  FLOW_DIRECTION,
  FROM_HIGH,
  families,
  fromAddr,
  HAS_FLAGS,
  HAS_LOSSES,
  HASHES,
  KEY_V6,
  kind,
  losses,
  NONE,
  OF_GATEWAY,
  OWN_IS_V6,
  packets,
  present,
  protocol,
  ROW_DST_IS_V6,
  ROW_FLOW,
  ROW_FROM_IS_V6,
  ROW_HAS_COUNTS_AND_TIMES,
  ROW_HAS_DST_ADDR,
  ROW_HAS_END,
  ROW_HAS_FLAGS_COLUMN,
  ROW_HAS_LOSSES,
  ROW_HAS_SRC_ADDR,
  ROW_HAS_START,
  ROW_HAS_TCP_FLAGS,
  ROW_OF_GATEWAY,
  ROW_SRC_IS_V6,
  SHOWS_DST,
  SHOWS_SRC,
  SLOTS_FROM,
  SRC_REWRITTEN,
  srcAddr,
  srcPort,
  start,
  TCP,
  tcpFlags,
  toAddr,
} from './layout.ts';
import {
  cover,
  forgetObservers,
  observerOf,
  releaseObservers,
  reserveObservers,
  vantageOf,
} from './observers.ts';
import { putPart } from './part-lines.ts';
import { forgetParts, partOf, parts } from './parts.ts';
import { byteAt, doubleAt, fillBytes, halfAt, putDouble, putWord, wordAt } from './port.ts';
import { forgetServices } from './services.ts';
import {
  addRecord,
  clearStore,
  endLooking,
  findKey,
  forgetCleared,
  forgetStore,
  hashOfKey,
  homeOf,
  inSlot,
  keyAt,
  likelySlot,
  linkRecord,
  numberIn,
  recordAt,
  reserveRecords,
} from './store.ts';

/** What {@link add} stopped for: nothing, an observer it does not know, a row that is no flow. */
export const DONE: u32 = 0;
export const NEW_OBSERVER: u32 = 1;
export const NO_FLOW: u32 = 2;
export let stoppedFor: u32 = DONE;

// What a run counts of flows. Those that went to parts are not among the records.
export let sent: f64 = 0;
export let exchanges: u32 = 0;
export let accepted: u32 = 0;
export let rejected: u32 = 0;
export let tcpWithFlags: u32 = 0;
/** The first start and last end of flows; -1 without any. */
export let first: f64 = -1;
export let last: f64 = -1;
/** The highest id of an IPv6 address in a key or of an interface. */
export let mostV6: u32 = 0;

/** What was read ahead: kept, so that the reading is not left out. */
export let touched: u32 = 0;

/** Makes room for so many more rows; false when there is no memory for them. */
export function reserve(rows: u32): bool {
  return (parts !== 0 || reserveRecords(rows)) && reserveObservers(rows);
}

function isFromHigh(source: u32, target: u32, sourcePort: u32, targetPort: u32): bool {
  return source > target || (source === target && sourcePort > targetPort);
}

/** Two ports of 16 bits as a word. */
function portsOf(low: u32, high: u32): u32 {
  return ((low << 16) | high) >>> 0;
}

/**
 * Reads one word of the keys of the next rows: they lie anywhere, and together they are waited for once. That a slot
 * may hold another key does not matter.
 */
function touchAhead(from: u32, to: u32): u32 {
  let sum: u32 = 0;
  for (let row = from; row < to; row++) {
    const source = wordAt(fromAddr + (row << 2));
    const target = wordAt(toAddr + (row << 2));
    const sourcePort = halfAt(srcPort + (row << 1));
    const targetPort = halfAt(dstPort + (row << 1));
    const isV6 = (byteAt(families + row) & ROW_FROM_IS_V6) !== 0;
    const kindOfKey: u32 = byteAt(protocol + row) | (isV6 ? KEY_V6 : 0);
    const hash = isFromHigh(source, target, sourcePort, targetPort)
      ? hashOfKey(target, source, portsOf(targetPort, sourcePort), kindOfKey)
      : hashOfKey(source, target, portsOf(sourcePort, targetPort), kindOfKey);
    putWord(HASHES + ((row - from) << 2), hash);
    sum ^= inSlot(homeOf(hash));
  }
  for (let i: u32 = 0; i < to - from; i++) {
    const hash = wordAt(HASHES + (i << 2));
    const slot = likelySlot(hash, homeOf(hash));
    putWord(SLOTS_FROM + (i << 2), slot);
    const number = numberIn(slot);
    if (number !== 0) sum ^= wordAt(keyAt(number - 1) + 16);
  }
  touched = sum;
  return to;
}

/** The rows of the batch that {@link touchAhead} has looked at last. */
let began: u32 = 0;
let near: u32 = 0;

/**
 * Files rows from `from` to `count`, or tells them their parts; from 0 first, and then where it stopped. Gives the row it
 * stopped at: see {@link stoppedFor}.
 */
export function add(from: u32, count: u32): u32 {
  if (from === 0) near = parts !== 0 ? count : 0;
  for (let row = from; row < count; row++) {
    if (row >= near) {
      began = row;
      near = touchAhead(row, row + AHEAD < count ? row + AHEAD : count);
    }
    const observer = observerOf(row);
    if (observer === NONE) {
      stoppedFor = NEW_OBSERVER;
      return row;
    }
    const kindOfRow = byteAt(kind + row);
    cover(vantageOf(observer), row, kindOfRow);
    if (kindOfRow !== ROW_FLOW) {
      if (parts !== 0) putPart(row, NONE);
      stoppedFor = NO_FLOW;
      return row;
    }
    countFlow(row);
    if (parts !== 0) {
      putPart(row, partOf(row));
      sent++;
    } else file(row, observer, (row - began) << 2);
  }
  stoppedFor = DONE;
  return count;
}

function countFlow(row: u32): void {
  const has = wordAt(present + (row << 2));
  if (byteAt(protocol + row) === TCP) {
    if ((has & ROW_HAS_TCP_FLAGS) !== 0) {
      tcpWithFlags++;
      const flags = FLAG_COUNTS + (byteAt(tcpFlags + row) << 2);
      if ((has & ROW_OF_GATEWAY) === 0) putWord(flags, wordAt(flags) + 1);
    }
  } else exchanges++;
  const done = byteAt(action + row);
  if (done === 1) accepted++;
  else if (done === 2) rejected++;
  if ((has & ROW_HAS_START) !== 0) {
    const begins: f64 = wordAt(start + (row << 2)) as f64;
    if (first < 0 || first > begins) first = begins;
  }
  if ((has & ROW_HAS_END) !== 0) {
    const ends: f64 = wordAt(end + (row << 2)) as f64;
    if (last < ends) last = ends;
  }
}

/**
 * Files a flow under its key.
 * @param ahead where {@link touchAhead} has put what it found of this row
 */
function file(row: u32, observer: u32, ahead: u32): void {
  const at32: usize = row << 2;
  const has = wordAt(present + at32);
  const family = byteAt(families + row);
  const from = wordAt(fromAddr + at32);
  const to = wordAt(toAddr + at32);
  const source = halfAt(srcPort + (row << 1));
  const destination = halfAt(dstPort + (row << 1));
  const number = byteAt(protocol + row);
  const begins = wordAt(start + at32);
  const ends = wordAt(end + at32);
  const fromHigh = isFromHigh(from, to, source, destination);
  const isV6 = (family & ROW_FROM_IS_V6) !== 0;

  let info: u32 = byteAt(action + row) << 11;
  if (number === TCP) {
    if ((has & ROW_HAS_TCP_FLAGS) !== 0) info |= byteAt(tcpFlags + row) | HAS_FLAGS;
    if ((has & ROW_HAS_FLAGS_COLUMN) !== 0) info |= FLAGS_COLUMN;
  }
  if (fromHigh) info |= FROM_HIGH;
  if ((has & ROW_OF_GATEWAY) !== 0) info |= OF_GATEWAY;
  info |= (has & ROW_HAS_COUNTS_AND_TIMES) << 13;
  info |= byteAt(direction + row) << FLOW_DIRECTION;

  let own: u32 = 0;
  const src = wordAt(srcAddr + at32);
  const dst = wordAt(dstAddr + at32);
  const srcIsV6 = (family & ROW_SRC_IS_V6) !== 0;
  const dstIsV6 = (family & ROW_DST_IS_V6) !== 0;
  let ownIsV6 = false;
  if ((has & ROW_HAS_SRC_ADDR) !== 0) {
    info |= SHOWS_SRC;
    if (src !== from || srcIsV6 !== isV6) {
      info |= SRC_REWRITTEN;
      own = src;
      ownIsV6 = srcIsV6;
    }
  }
  if ((has & ROW_HAS_DST_ADDR) !== 0) {
    info |= SHOWS_DST;
    if (dst !== to || dstIsV6 !== isV6) {
      info |= DST_REWRITTEN;
      own = dst;
      ownIsV6 = dstIsV6;
    }
  }
  if (ownIsV6) {
    info |= OWN_IS_V6;
    if (own > mostV6) mostV6 = own;
  }
  // What shows an interface's own address is no transit gateway's.
  if ((family & ROW_HAS_LOSSES) !== 0 && (info & (SRC_REWRITTEN | DST_REWRITTEN)) === 0) {
    info |= HAS_LOSSES;
    own = wordAt(losses + at32);
    if (own > mostV6) mostV6 = own;
  }
  if (isV6) {
    if (from > mostV6) mostV6 = from;
    if (to > mostV6) mostV6 = to;
  }

  const kindOfKey: u32 = number | (isV6 ? KEY_V6 : 0);
  const hash = wordAt(HASHES + ahead);
  const slot = wordAt(SLOTS_FROM + ahead);
  const key = fromHigh
    ? findKey(to, from, portsOf(destination, source), kindOfKey, hash, slot)
    : findKey(from, to, portsOf(source, destination), kindOfKey, hash, slot);
  const record = addRecord();
  const at = recordAt(record);
  putDouble(at, doubleAt(packets + (row << 3)));
  putDouble(at + 8, doubleAt(bytes + (row << 3)));
  putWord(at + 16, begins);
  putWord(at + 20, ends);
  putWord(at + 28, observer);
  putWord(at + 32, info);
  putWord(at + 36, own);
  linkRecord(key, record);
}

/** Forgets all records and keys, not their room, and nothing that was counted or learned. */
export function clear(): void {
  clearStore();
}

/** Forgets everything but what was counted, and gives all room back: observers too, for rows that bring theirs along. */
export function forget(): void {
  forgetObservers();
  forgetServices();
  forgetParts();
  forgetStore();
}

/** Forgets what was counted too. */
export function forgetFiled(): void {
  forget();
  forgetCleared();
  sent = 0;
  exchanges = 0;
  accepted = 0;
  rejected = 0;
  tcpWithFlags = 0;
  fillBytes(FLAG_COUNTS, 0, 256 << 2);
  first = -1;
  last = -1;
  mostV6 = 0;
}

/** All is filed and what was learned of vantages has been read: gives back the room of what only filing needs. */
export function endFiling(): void {
  releaseObservers();
  endLooking();
}
