/**
 * The records of one key in columns, in an order that does not depend on how they arrived: the fast twin of
 * correlate/key-records.ts. A view is what one interface saw of the key.
 */
import { recordAt } from '../../../rules/store';
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
import { aside } from './memory.ts';
import { compareV6, isFlipped } from '../../../rules/order';

/** What observer-texts.ts has told of an observer. */
@inline
function toldOf(observer: u32): usize {
  const block = <usize>load<u32>(<usize>TOLD_BLOCKS + ((<usize>observer >> TOLD_BLOCK_BITS) << 2));
  return block + (<usize>observer & ((1 << TOLD_BLOCK_BITS) - 1)) * OBSERVER_SIZE;
}

// The most a packet without payload weighs. Set once.
export let bareV4: f64 = 0;
export let bareV6: f64 = 0;

export function setBare(v4: f64, v6: f64): void {
  bareV4 = v4;
  bareV6 = v6;
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
export const WAY: usize = VIEWS + <usize>MOST_VIEWS * VIEW_SIZE;
/** By view and direction: the last connection that it has contributed to. */
export const REACHED: usize = WAY + 16;
/** Networks that the records at hand belong to: see scopes in divide-records.ts. */
export const NETWORKS: usize = REACHED + 16;
/** What connections are divided by and what they add up to: see divide-records.ts. */
export const DRAFTS: usize = NETWORKS + 64;
export const DRAFT_SIZE: usize = 408;
/** The next record of each key that is read ahead. */
export const CHAINS: usize = DRAFTS + <usize>MOST_DRAFTS * DRAFT_SIZE;

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

@inline
export function startOf(i: usize): i64 {
  return <i64>load<u32>(aside + START + (i << 2));
}

@inline
export function endOf(i: usize): i64 {
  return <i64>load<u32>(aside + END + (i << 2));
}

@inline
export function infoOf(i: usize): u32 {
  return load<u32>(aside + INFO + (i << 2));
}

@inline
export function flagsOf(i: usize): usize {
  return <usize>load<u8>(aside + INFO + (i << 2));
}

@inline
export function traitsOf(i: usize): u32 {
  return <u32>load<u8>(<usize>TRAITS + flagsOf(i));
}

@inline
export function packetsOf(i: usize): f64 {
  return load<f64>(aside + PACKETS + (i << 3));
}

@inline
export function bytesOf(i: usize): f64 {
  return load<f64>(aside + BYTES + (i << 3));
}

@inline
export function directionOf(i: usize): usize {
  return <usize>load<u8>(aside + DIRECTION + i);
}

@inline
export function viewOf(i: usize): usize {
  return <usize>load<u8>(aside + VIEW + i);
}

/** Bits: accepted 1, rejected 2. */
@inline
export function actionOf(i: usize): u32 {
  return (infoOf(i) >> 11) & 3;
}

@inline
export function isNoise(i: usize): bool {
  return load<u8>(aside + NOISE + i) != 0;
}

export function markNoise(i: usize): void {
  store<u8>(aside + NOISE + i, 1);
}

/** The record at a place in the order. */
@inline
export function at(place: usize): usize {
  return <usize>load<u8>(aside + ORDER + place);
}

@inline
export function viewAt(view: usize): usize {
  return aside + VIEWS + view * VIEW_SIZE;
}

/** The observer of a view's records. */
@inline
export function observerAt(view: usize): usize {
  return <usize>load<u32>(viewAt(view), 32);
}

/** Whether a record's bytes cannot be headers alone, as bit 8: an offset into tables by payload and flags. */
@inline
export function payloadOf(i: usize): usize {
  return <usize>(bytesOf(i) > packetsOf(i) * (isV6 ? bareV6 : bareV4)) << 8;
}

/** The ends that a record shows through its interface's own address: the low end 1, the high end 2. */
@inline
export function standInsOf(i: usize): u32 {
  const info = infoOf(i);
  let ends: u32 = 0;
  if ((info & SRC_REWRITTEN) != 0) ends |= 1 << <u32>directionOf(i);
  if ((info & DST_REWRITTEN) != 0) ends |= 2 >> <u32>directionOf(i);
  return ends;
}

/**
 * Takes the records of a key out of the store and puts them in order. False when they are too many, lack times or counts,
 * may have duplicates, or were seen where one interface goes by two names or AWS lost records.
 */
export function gather(key: usize): bool {
  const kind = load<u32>(key, 12);
  transport = kind & 0xff;
  if (transport != TCP && transport != UDP && transport != ICMP && transport != ICMPV6) return false;
  count = <usize>load<u32>(key, 20);
  if (count > MOST_RECORDS) return false;
  isV6 = (kind & KEY_V6) != 0;
  flipped = isV6 && isFlipped(key);
  low = load<u32>(key + (flipped ? 4 : 0));
  high = load<u32>(key + (flipped ? 0 : 4));
  const portPair = load<u32>(key, 8);
  ports = flipped ? rotl(portPair, 16) : portPair;
  viewCount = 0;
  const must = HAS_START | HAS_END | HAS_PACKETS | HAS_BYTES;
  let next = load<u32>(key, 16);
  for (let i: usize = 0; i < count; i++) {
    const record = recordAt(next - 1);
    const info = load<u32>(record, 32);
    if ((info & must) != must) return false;
    const view = findView(toldOf(load<u32>(record, 28)));
    if (view == MOST_VIEWS) return false;
    store<u64>(aside + PACKETS + (i << 3), load<u64>(record, 0));
    store<u64>(aside + BYTES + (i << 3), load<u64>(record, 8));
    store<u32>(aside + START + (i << 2), load<u32>(record, 16));
    store<u32>(aside + END + (i << 2), load<u32>(record, 20));
    store<u32>(aside + INFO + (i << 2), info);
    store<u32>(aside + OWN + (i << 2), load<u32>(record, 36));
    store<u8>(aside + DIRECTION + i, <u8>(((info & FROM_HIGH) != 0) != flipped));
    store<u8>(aside + VIEW + i, <u8>view);
    store<u8>(aside + NOISE + i, 0);
    next = load<u32>(record, 24);
  }
  store<u8>(aside + ORDER, 0);
  if (count == 1) return true;
  sort();
  return !mayHaveDuplicates();
}

/** The view of an observer; MOST_VIEWS when there are too many, or one interface goes by two names. */
@inline
function findView(observer: usize): usize {
  for (let view: usize = 0; view < viewCount; view++) if (observerAt(view) == observer) return view;
  return startView(observer);
}

function startView(observer: usize): usize {
  if (viewCount == MOST_VIEWS || (load<u32>(observer, 28) & HAS_SKIPPED) != 0) return MOST_VIEWS;
  for (let view: usize = 0; view < viewCount; view++)
    if (load<u32>(observerAt(view), 8) == load<u32>(observer, 8)) return MOST_VIEWS;
  store<u32>(viewAt(viewCount), <u32>observer, 32);
  return viewCount++;
}

/** Flags by rank: a dash comes behind all of them. */
@inline
function rankOfFlags(info: u32): i32 {
  return (info & HAS_FLAGS) != 0 ? <i32>(info & 0xff) : -1;
}

/** Whether record a comes after record b in the order of KeyRecords. */
function isAfter(a: usize, b: usize): bool {
  if (startOf(a) != startOf(b)) return startOf(a) > startOf(b);
  if (endOf(a) != endOf(b)) return endOf(a) > endOf(b);
  const rankA = load<u8>(<usize>OPENING_RANKS + flagsOf(a));
  const rankB = load<u8>(<usize>OPENING_RANKS + flagsOf(b));
  if (rankA != rankB) return rankA > rankB;
  const infoA = infoOf(a);
  const infoB = infoOf(b);
  if (rankOfFlags(infoA) != rankOfFlags(infoB)) return rankOfFlags(infoA) < rankOfFlags(infoB);
  if (packetsOf(a) != packetsOf(b)) return packetsOf(a) > packetsOf(b);
  if (bytesOf(a) != bytesOf(b)) return bytesOf(a) > bytesOf(b);
  return isAfterBySeer(a, b, infoA, infoB);
}

/** The same for records that say the same of packets: by what else they hold. */
function isAfterBySeer(a: usize, b: usize, infoA: u32, infoB: u32): bool {
  // The action's bits are accepted, then rejected: what is not rejected comes first.
  const actionA = ((infoA >> 12) & 1) * 2 + ((infoA >> 11) & 1);
  const actionB = ((infoB >> 12) & 1) * 2 + ((infoB >> 11) & 1);
  if (actionA != actionB) return actionA > actionB;
  const observerA = load<u32>(observerAt(viewOf(a)), 0);
  const observerB = load<u32>(observerAt(viewOf(b)), 0);
  if (observerA != observerB) return observerA > observerB;
  const flowA = (infoA >> FLOW_DIRECTION) & 3;
  const flowB = (infoB >> FLOW_DIRECTION) & 3;
  if (flowA != flowB) return flowA > flowB;
  let byBit = differ(infoA, infoB, SRC_REWRITTEN);
  if (byBit == 0) byBit = differ(infoA, infoB, DST_REWRITTEN);
  if (byBit == 0) byBit = differ(infoA, infoB, OWN_IS_V6);
  if (byBit == 0) {
    const ownA = load<u32>(aside + OWN + (a << 2));
    const ownB = load<u32>(aside + OWN + (b << 2));
    if (ownA != ownB) return (infoA & OWN_IS_V6) != 0 ? compareV6(ownA, ownB) > 0 : ownA > ownB;
    byBit = differ(infoA, infoB, FLAGS_COLUMN);
  }
  if (byBit == 0) byBit = differ(infoA, infoB, SHOWS_SRC);
  if (byBit == 0) byBit = differ(infoA, infoB, SHOWS_DST);
  return byBit != 0 ? byBit > 0 : directionOf(a) > directionOf(b);
}

@inline
function differ(a: u32, b: u32, bit: u32): i32 {
  return <i32>((a & bit) != 0) - <i32>((b & bit) != 0);
}

function sort(): void {
  for (let i: usize = 0; i < count; i++) {
    // Newest first in the store: taken from the back, most are in order.
    const record = count - 1 - i;
    let j = i;
    while (j > 0 && isAfter(at(j - 1), record)) {
      store<u8>(aside + ORDER + j, <u8>at(j - 1));
      j--;
    }
    store<u8>(aside + ORDER + j, <u8>record);
  }
}

/** Whether two records of one interval may say the same of the same packets: see isDuplicate. */
function mayHaveDuplicates(): bool {
  for (let i: usize = 1; i < count; i++) {
    const a = at(i);
    for (let j = i; j > 0; j--) {
      const b = at(j - 1);
      if (startOf(a) != startOf(b) || endOf(a) != endOf(b)) break;
      if (
        viewOf(a) == viewOf(b) &&
        directionOf(a) == directionOf(b) &&
        packetsOf(a) == packetsOf(b) &&
        bytesOf(a) == bytesOf(b)
      )
        return true;
    }
  }
  return false;
}

/** What a view saw of the connection at hand: bits of directions. */
@inline
export function seenOf(view: usize): u32 {
  return load<u32>(viewAt(view), 36);
}

/** Accepted and rejected by the low end's records in bits 1 and 2, by the high end's in 4 and 8. */
@inline
export function actionsOf(view: usize): u32 {
  return load<u32>(viewAt(view), 44);
}

/** The same without those that came rejected after the close. */
@inline
export function judgedActionsOf(view: usize): u32 {
  return load<u32>(viewAt(view), 48);
}
