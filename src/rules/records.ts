/**
 * The records of one key in columns, in an order that does not depend on how they arrived (law 1). Which end is "low" is
 * settled by the addresses themselves, not by arrival either. A view is what one interface saw of the key.
 */
import {
  DST_REWRITTEN,
  FLAGS_COLUMN,
  FLOW_DIRECTION,
  FROM_HIGH,
  HAS_BYTES,
  HAS_END,
  HAS_FLAGS,
  HAS_PACKETS,
  HAS_SKIPPED,
  HAS_START,
  ICMP,
  ICMPV6,
  KEY_V6,
  MOST_DRAFTS,
  MOST_RECORDS,
  MOST_VIEWS,
  OBSERVER_SIZE,
  OPENING_RANKS,
  OWN_IS_V6,
  SHOWS_DST,
  SHOWS_SRC,
  SRC_REWRITTEN,
  TCP,
  TOLD_BLOCK_BITS,
  TOLD_BLOCKS,
  TRAITS,
  UDP,
  WORK,
} from './layout.ts';
import { compareV6, isFlipped } from './order.ts';
import { byteAt, doubleAt, putByte, putDouble, putWord, turn32, wordAt } from './port.ts';
import { aside, bareV4, bareV6 } from './settings.ts';
import { recordAt } from './store.ts';

/** What is told of an observer. */
function toldOf(observer: u32): usize {
  const block = wordAt(TOLD_BLOCKS + ((observer >>> TOLD_BLOCK_BITS) << 2));
  return block + (observer & ((1 << TOLD_BLOCK_BITS) - 1)) * OBSERVER_SIZE;
}

// The records in columns, newest first.
const PACKETS: usize = WORK;
const BYTES: usize = PACKETS + MOST_RECORDS * 8;
const START: usize = BYTES + MOST_RECORDS * 8;
const END: usize = START + MOST_RECORDS * 4;
const INFO: usize = END + MOST_RECORDS * 4;
const OWN: usize = INFO + MOST_RECORDS * 4;
const DIRECTION: usize = OWN + MOST_RECORDS * 4;
const VIEW: usize = DIRECTION + MOST_RECORDS;
/** Of records that came rejected after the close: 1. */
const NOISE: usize = VIEW + MOST_RECORDS;
/** The records by their places in the order, one byte each. */
export const ORDER: usize = NOISE + MOST_RECORDS;
/** Another order, while the first is changed. */
export const OTHER_ORDER: usize = ORDER + MOST_RECORDS;
/** The order before it was parted by networks. */
export const WHOLE_ORDER: usize = OTHER_ORDER + MOST_RECORDS;
/** By place: the number of the connection. */
export const DRAFT_OF: usize = WHOLE_ORDER + MOST_RECORDS;
/**
 * A view: packets by direction 0 and 8, bytes 16 and 24, its observer's table 32, directions seen 36, role 40, actions by
 * direction 44, the same without noise 48, the ends it shows through its own address 52.
 */
const VIEWS: usize = DRAFT_OF + MOST_RECORDS;
const VIEW_SIZE: usize = 64;
/** The views along the path, one byte each. */
export const WAY: usize = VIEWS + MOST_VIEWS * VIEW_SIZE;
/** By view and direction: the last connection that it has contributed to. */
export const REACHED: usize = WAY + 16;
/** Networks that the records at hand belong to: see networks.ts. */
export const NETWORKS: usize = REACHED + 16;
/** What connections are divided by and what they add up to: see drafts.ts. */
export const DRAFTS: usize = NETWORKS + 64;
export const DRAFT_SIZE: usize = 408;
/** The next record of each key that is read ahead. */
export const CHAINS: usize = DRAFTS + MOST_DRAFTS * DRAFT_SIZE;

/** Records of the key, and views of it. */
export let count: usize = 0;
export let viewCount: usize = 0;
export let transport: u32 = 0;
export let isV6: bool = false;
export let low: u32 = 0;
export let high: u32 = 0;
/** The low end's port above the high end's. */
export let ports: u32 = 0;
/** Whether what the key has stored as its low end is the higher. */
export let flipped: bool = false;

export function startOf(i: usize): f64 {
  return wordAt(aside + START + (i << 2)) as f64;
}

export function endOf(i: usize): f64 {
  return wordAt(aside + END + (i << 2)) as f64;
}

export function infoOf(i: usize): u32 {
  return wordAt(aside + INFO + (i << 2));
}

export function flagsOf(i: usize): usize {
  return byteAt(aside + INFO + (i << 2));
}

export function traitsOf(i: usize): u32 {
  return byteAt(TRAITS + flagsOf(i));
}

export function packetsOf(i: usize): f64 {
  return doubleAt(aside + PACKETS + (i << 3));
}

export function bytesOf(i: usize): f64 {
  return doubleAt(aside + BYTES + (i << 3));
}

export function directionOf(i: usize): usize {
  return byteAt(aside + DIRECTION + i);
}

export function viewOf(i: usize): usize {
  return byteAt(aside + VIEW + i);
}

/** Bits: accepted 1, rejected 2. */
export function actionOf(i: usize): u32 {
  return (infoOf(i) >>> 11) & 3;
}

/** Which stream a record belongs to: its view, direction, and whether it was rejected. AWS writes a record each. */
export function streamOf(i: usize): u32 {
  return viewOf(i) * 4 + directionOf(i) * 2 + (actionOf(i) >>> 1);
}

export function isNoise(i: usize): bool {
  return byteAt(aside + NOISE + i) !== 0;
}

export function markNoise(i: usize): void {
  putByte(aside + NOISE + i, 1);
}

/** The record at a place in the order. */
export function at(place: usize): usize {
  return byteAt(aside + ORDER + place);
}

export function viewAt(view: usize): usize {
  return aside + VIEWS + view * VIEW_SIZE;
}

/** The observer of a view's records. */
export function observerAt(view: usize): usize {
  return wordAt(viewAt(view) + 32);
}

/** Whether a record's bytes cannot be headers alone, as bit 8: an offset into tables by payload and flags. */
export function payloadOf(i: usize): usize {
  return bytesOf(i) > packetsOf(i) * (isV6 ? bareV6 : bareV4) ? 256 : 0;
}

/** The ends that a record shows through its interface's own address: the low end 1, the high end 2. */
export function standInsOf(i: usize): u32 {
  const info = infoOf(i);
  let ends: u32 = 0;
  if ((info & SRC_REWRITTEN) !== 0) ends |= 1 << directionOf(i);
  if ((info & DST_REWRITTEN) !== 0) ends |= 2 >>> directionOf(i);
  return ends;
}

/**
 * Takes the records of a key out of the store and puts them in order. False when they are too many, lack times or counts,
 * may have duplicates, or were seen where one interface goes by two names or AWS lost records.
 */
export function gather(key: usize): bool {
  const kind = wordAt(key + 12);
  transport = kind & 0xff;
  if (transport !== TCP && transport !== UDP && transport !== ICMP && transport !== ICMPV6) return false;
  count = wordAt(key + 20);
  if (count > MOST_RECORDS) return false;
  isV6 = (kind & KEY_V6) !== 0;
  flipped = isV6 && isFlipped(key);
  low = wordAt(key + (flipped ? 4 : 0));
  high = wordAt(key + (flipped ? 0 : 4));
  const portPair = wordAt(key + 8);
  ports = flipped ? turn32(portPair, 16) : portPair;
  viewCount = 0;
  const must = HAS_START | HAS_END | HAS_PACKETS | HAS_BYTES;
  let next = wordAt(key + 16);
  for (let i: usize = 0; i < count; i++) {
    const record = recordAt(next - 1);
    const info = wordAt(record + 32);
    if ((info & must) !== must) return false;
    const view = findView(toldOf(wordAt(record + 28)));
    if (view === MOST_VIEWS) return false;
    putDouble(aside + PACKETS + (i << 3), doubleAt(record));
    putDouble(aside + BYTES + (i << 3), doubleAt(record + 8));
    putWord(aside + START + (i << 2), wordAt(record + 16));
    putWord(aside + END + (i << 2), wordAt(record + 20));
    putWord(aside + INFO + (i << 2), info);
    putWord(aside + OWN + (i << 2), wordAt(record + 36));
    putByte(aside + DIRECTION + i, ((info & FROM_HIGH) !== 0) !== flipped ? 1 : 0);
    putByte(aside + VIEW + i, view);
    putByte(aside + NOISE + i, 0);
    next = wordAt(record + 24);
  }
  putByte(aside + ORDER, 0);
  if (count === 1) return true;
  sort();
  return !mayHaveDuplicates();
}

/** The view of an observer; MOST_VIEWS when there are too many, or one interface goes by two names. */
function findView(observer: usize): usize {
  for (let view: usize = 0; view < viewCount; view++) if (observerAt(view) === observer) return view;
  return startView(observer);
}

function startView(observer: usize): usize {
  if (viewCount === MOST_VIEWS || (wordAt(observer + 28) & HAS_SKIPPED) !== 0) return MOST_VIEWS;
  for (let view: usize = 0; view < viewCount; view++)
    if (wordAt(observerAt(view) + 8) === wordAt(observer + 8)) return MOST_VIEWS;
  putWord(viewAt(viewCount) + 32, observer);
  return viewCount++;
}

/** Flags by rank: a dash comes behind all of them. */
function rankOfFlags(info: u32): i32 {
  return (info & HAS_FLAGS) !== 0 ? ((info & 0xff) as i32) : -1;
}

/**
 * Whether record a comes after record b: by time, openings first among equals, then by everything else that a record holds.
 * The direction comes last, so that mirrored records sort the same way (law 3).
 */
function isAfter(a: usize, b: usize): bool {
  if (startOf(a) !== startOf(b)) return startOf(a) > startOf(b);
  if (endOf(a) !== endOf(b)) return endOf(a) > endOf(b);
  const rankA = byteAt(OPENING_RANKS + flagsOf(a));
  const rankB = byteAt(OPENING_RANKS + flagsOf(b));
  if (rankA !== rankB) return rankA > rankB;
  const infoA = infoOf(a);
  const infoB = infoOf(b);
  if (rankOfFlags(infoA) !== rankOfFlags(infoB)) return rankOfFlags(infoA) < rankOfFlags(infoB);
  if (packetsOf(a) !== packetsOf(b)) return packetsOf(a) > packetsOf(b);
  if (bytesOf(a) !== bytesOf(b)) return bytesOf(a) > bytesOf(b);
  return isAfterBySeer(a, b, infoA, infoB);
}

/** The same for records that say the same of packets: by what else they hold. */
function isAfterBySeer(a: usize, b: usize, infoA: u32, infoB: u32): bool {
  // The action's bits are accepted, then rejected: what is not rejected comes first.
  const actionA = ((infoA >>> 12) & 1) * 2 + ((infoA >>> 11) & 1);
  const actionB = ((infoB >>> 12) & 1) * 2 + ((infoB >>> 11) & 1);
  if (actionA !== actionB) return actionA > actionB;
  const observerA = wordAt(observerAt(viewOf(a)));
  const observerB = wordAt(observerAt(viewOf(b)));
  if (observerA !== observerB) return observerA > observerB;
  const flowA = (infoA >>> FLOW_DIRECTION) & 3;
  const flowB = (infoB >>> FLOW_DIRECTION) & 3;
  if (flowA !== flowB) return flowA > flowB;
  let byBit = differ(infoA, infoB, SRC_REWRITTEN);
  if (byBit === 0) byBit = differ(infoA, infoB, DST_REWRITTEN);
  if (byBit === 0) byBit = differ(infoA, infoB, OWN_IS_V6);
  if (byBit === 0) {
    const ownA = wordAt(aside + OWN + (a << 2));
    const ownB = wordAt(aside + OWN + (b << 2));
    if (ownA !== ownB) return (infoA & OWN_IS_V6) !== 0 ? compareV6(ownA, ownB) > 0 : ownA > ownB;
    byBit = differ(infoA, infoB, FLAGS_COLUMN);
  }
  if (byBit === 0) byBit = differ(infoA, infoB, SHOWS_SRC);
  if (byBit === 0) byBit = differ(infoA, infoB, SHOWS_DST);
  return byBit !== 0 ? byBit > 0 : directionOf(a) > directionOf(b);
}

function differ(a: u32, b: u32, bit: u32): i32 {
  return ((a & bit) !== 0 ? 1 : 0) - ((b & bit) !== 0 ? 1 : 0);
}

function sort(): void {
  for (let i: usize = 0; i < count; i++) {
    // Newest first in the store: taken from the back, most are in order.
    const record = count - 1 - i;
    let j = i;
    while (j > 0 && isAfter(at(j - 1), record)) {
      putByte(aside + ORDER + j, at(j - 1));
      j--;
    }
    putByte(aside + ORDER + j, record);
  }
}

/** Whether two records of one interval may say the same of the same packets. */
function mayHaveDuplicates(): bool {
  for (let i: usize = 1; i < count; i++) {
    const a = at(i);
    for (let j = i; j > 0; j--) {
      const b = at(j - 1);
      if (startOf(a) !== startOf(b) || endOf(a) !== endOf(b)) break;
      if (
        viewOf(a) === viewOf(b) &&
        directionOf(a) === directionOf(b) &&
        packetsOf(a) === packetsOf(b) &&
        bytesOf(a) === bytesOf(b)
      )
        return true;
    }
  }
  return false;
}

/** What a view saw of the connection at hand: bits of directions. */
export function seenOf(view: usize): u32 {
  return wordAt(viewAt(view) + 36);
}

/** Accepted and rejected by the low end's records in bits 1 and 2, by the high end's in 4 and 8. */
export function actionsOf(view: usize): u32 {
  return wordAt(viewAt(view) + 44);
}

/** The same without those that came rejected after the close. */
export function judgedActionsOf(view: usize): u32 {
  return wordAt(viewAt(view) + 48);
}
