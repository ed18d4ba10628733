/**
 * Rows of a batch into records under their keys, with what is known of their vantages: the fast twin of
 * RecordStore.add, Coverage.add and the counts of Rebuild, which are its specification. A row that is no flow,
 * or whose observer is new, is handed to the caller.
 */
import {
  ANY_OWN,
  accountId,
  action,
  bytes,
  direction,
  dstAddr,
  DST_REWRITTEN,
  dstPort,
  end,
  FLAG_COUNTS,
  FLAGS_COLUMN,
  FLOW_DIRECTION,
  FROM_HIGH,
  families,
  fromAddr,
  HAS_FLAGS,
  HAS_LAST,
  HAS_LONGEST,
  HAS_START as INFO_HAS_START,
  instanceId,
  interfaceId,
  KEY_BLOCK_BITS,
  KEY_BLOCKS,
  KEY_SIZE,
  KEY_V6,
  kind,
  MOST_BLOCKS,
  MOST_OBSERVER_BLOCKS,
  NONE,
  OBSERVER_BLOCK_BITS,
  OBSERVER_BLOCKS,
  OWN_IS_V6,
  SHOWS_DST,
  SHOWS_SRC,
  packets,
  present,
  protocol,
  RECORD_BLOCK_BITS,
  RECORD_BLOCKS,
  RECORD_SIZE,
  ONE_IS_V6,
  OTHER_IS_V6,
  REWRITES,
  resourceId,
  SRC_REWRITTEN,
  srcAddr,
  srcPort,
  start,
  subnetId,
  TCP,
  tcpFlags,
  toAddr,
  VANTAGE_BLOCKS,
  VANTAGE_SIZE,
  vpcId,
} from './layout.ts';
import { allocate, forgetAll, release } from './memory.ts';

// The bits of RecordBatch.present and families, and the kinds of records, as model/record-batch.ts has them.
const HAS_START: u32 = 1;
const HAS_END: u32 = 2;
const HAS_COUNTS_AND_TIMES: u32 = 15;
const HAS_TCP_FLAGS: u32 = 16;
const HAS_FLAGS_COLUMN: u32 = 32;
const HAS_SRC_ADDR: u32 = 64;
const HAS_DST_ADDR: u32 = 128;
const SRC_IS_V6: u32 = 1;
const DST_IS_V6: u32 = 2;
const FROM_IS_V6: u32 = 4;
const FLOW: u32 = 0;
const ADDRESS_ONLY: u32 = 1;

/** A row as files have it. */
const ROW_SIZE: usize = 56;

/** An observer while filing: its six identifiers, then where its vantage lies. */
const FILING_SIZE: u32 = 32;

/** What {@link add} stopped for: nothing, an observer it does not know, a row that is no flow. */
export const DONE: u32 = 0;
export const NEW_OBSERVER: u32 = 1;
export const NO_FLOW: u32 = 2;
export let stoppedFor: u32 = DONE;

export let records: u32 = 0;
export let keys: u32 = 0;
/** Records that were filed before {@link clear}. */
export let cleared: f64 = 0;
/** What Rebuild tallies of flows. */
export let exchanges: u32 = 0;
export let accepted: u32 = 0;
export let rejected: u32 = 0;
export let tcpWithFlags: u32 = 0;
/** The first start and last end of flows; -1 without any. */
export let first: f64 = -1;
export let last: f64 = -1;
/** The highest id of an IPv6 address in a key or of an interface. */
export let mostV6: u32 = 0;

/** What {@link touchAhead} has found of the next rows: the hash of the key and the slot to look from, four bytes each. */
const HASHES: usize = 2048;
const SLOTS_FROM: usize = 2112;

export let vantageCount: u32 = 0;
let vantageBlocks: u32 = 0;
let observerCount: u32 = 0;
let observerBlocks: u32 = 0;
let observerSlots: usize = 0;
let observerSlotCount: u32 = 0;
let lastObserver: u32 = 0;
let keySlots: usize = 0;
/**
 * Slots of keys: the number of a key and one in the low bits, as many as a slot's number has, and above them bits of the
 * key's hash, so that few keys are looked at in vain. 0 is a free slot.
 */
let slotBits: u32 = 0;
let slotCount: u64 = 0;
let recordBlocks: u32 = 0;
let keyBlocks: u32 = 0;

@inline
export function recordAt(record: u32): usize {
  const block = <usize>load<u32>(<usize>RECORD_BLOCKS + ((<usize>record >> RECORD_BLOCK_BITS) << 2));
  return block + (<usize>record & ((1 << RECORD_BLOCK_BITS) - 1)) * RECORD_SIZE;
}

@inline
export function keyAt(key: u32): usize {
  const block = <usize>load<u32>(<usize>KEY_BLOCKS + ((<usize>key >> KEY_BLOCK_BITS) << 2));
  return block + (<usize>key & ((1 << KEY_BLOCK_BITS) - 1)) * KEY_SIZE;
}

@inline
function blockOf(blocks: u32, row: u32, size: u32): usize {
  const block = <usize>load<u32>(<usize>blocks + ((<usize>row >> OBSERVER_BLOCK_BITS) << 2));
  return block + (<usize>row & ((1 << OBSERVER_BLOCK_BITS) - 1)) * size;
}

@inline
function observerAt(observer: u32): usize {
  return blockOf(OBSERVER_BLOCKS, observer, FILING_SIZE);
}

/** Where a vantage lies. */
export function vantageAt(vantage: u32): usize {
  return blockOf(VANTAGE_BLOCKS, vantage, VANTAGE_SIZE);
}

/** Makes room for so many more rows; false when there is no memory for them. */
export function reserve(rows: u32): bool {
  while ((recordBlocks << RECORD_BLOCK_BITS) < records + rows) {
    const block = recordBlocks < MOST_BLOCKS ? allocate(RECORD_SIZE << RECORD_BLOCK_BITS) : 0;
    if (block == 0) return false;
    store<u32>(<usize>RECORD_BLOCKS + ((recordBlocks++) << 2), <u32>block);
  }
  while ((keyBlocks << KEY_BLOCK_BITS) < keys + rows) {
    const block = keyBlocks < MOST_BLOCKS ? allocate(KEY_SIZE << KEY_BLOCK_BITS) : 0;
    if (block == 0) return false;
    store<u32>(<usize>KEY_BLOCKS + ((keyBlocks++) << 2), <u32>block);
  }
  while (slotCount * 5 < <u64>(keys + rows) * 8) if (!growKeySlots()) return false;
  while ((observerBlocks << OBSERVER_BLOCK_BITS) < observerCount + rows) {
    const block = observerBlocks < MOST_OBSERVER_BLOCKS ? allocate(FILING_SIZE << OBSERVER_BLOCK_BITS) : 0;
    if (block == 0) return false;
    store<u32>(<usize>OBSERVER_BLOCKS + ((observerBlocks++) << 2), <u32>block);
  }
  while ((vantageBlocks << OBSERVER_BLOCK_BITS) < vantageCount + rows) {
    const block = vantageBlocks < MOST_OBSERVER_BLOCKS ? allocate(VANTAGE_SIZE << OBSERVER_BLOCK_BITS) : 0;
    if (block == 0) return false;
    store<u32>(<usize>VANTAGE_BLOCKS + ((vantageBlocks++) << 2), <u32>block);
  }
  while (observerSlotCount < (observerCount + rows) * 2) if (!growObserverSlots()) return false;
  return true;
}

function growKeySlots(): bool {
  const count: u64 = slotCount == 0 ? 16384 : slotCount * 2;
  if (count * 4 > 0x40000000) return false;
  const slots = allocate(<usize>count << 2);
  if (slots == 0) return false;
  release(keySlots, <usize>slotCount << 2);
  keySlots = slots;
  slotCount = count;
  slotBits = <u32>ctz(count);
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const hash = hashOf(load<u32>(at, 0), load<u32>(at, 4), load<u32>(at, 8), load<u32>(at, 12));
    let slot = homeOf(hash);
    while (load<u32>(slots + (<usize>slot << 2)) != 0) slot = (slot + 1) & (<u32>count - 1);
    store<u32>(slots + (<usize>slot << 2), marksOf(hash) | (key + 1));
  }
  return true;
}

function growObserverSlots(): bool {
  const count: u32 = observerSlotCount == 0 ? 16384 : observerSlotCount * 2;
  const slots = allocate(<usize>count << 2);
  if (slots == 0) return false;
  release(observerSlots, <usize>observerSlotCount << 2);
  observerSlots = slots;
  observerSlotCount = count;
  for (let id: u32 = 0; id < observerCount; id++) placeObserver(id);
  return true;
}

@inline
function hashIds(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u32 {
  let hash = (<u64>a | (<u64>b << 32)) * 0x9e3779b97f4a7c15;
  hash ^= (<u64>c | (<u64>d << 32)) * 0xc2b2ae3d27d4eb4f;
  hash ^= (<u64>e | (<u64>f << 32)) * 0x165667b19e3779f9;
  hash ^= hash >> 29;
  return <u32>((hash * 0xbf58476d1ce4e5b9) >> 32);
}

function placeObserver(id: u32): void {
  const at = observerAt(id);
  const mask = observerSlotCount - 1;
  let slot = hashIds(
    load<u32>(at, 0),
    load<u32>(at, 4),
    load<u32>(at, 8),
    load<u32>(at, 12),
    load<u32>(at, 16),
    load<u32>(at, 20),
  );
  while (load<u32>(observerSlots + ((slot & mask) << 2)) != 0) slot++;
  store<u32>(observerSlots + ((slot & mask) << 2), id + 1);
}

/** A new vantage, which the caller calls by a number. Gives its place. */
export function addVantage(called: u32): u32 {
  const at = vantageAt(vantageCount);
  store<u32>(at, NONE, 0);
  store<u32>(at, NONE, 16);
  store<u32>(at, NONE, 20);
  store<u32>(at, called, 28);
  return vantageCount++;
}

/** Makes the writer of a row the next observer, at a vantage. */
export function addObserver(row: u32, vantage: u32): void {
  const at = observerAt(observerCount);
  const at32 = <usize>row << 2;
  store<u32>(at, load<u32>(at32, interfaceId), 0);
  store<u32>(at, load<u32>(at32, resourceId), 4);
  store<u32>(at, load<u32>(at32, vpcId), 8);
  store<u32>(at, load<u32>(at32, subnetId), 12);
  store<u32>(at, load<u32>(at32, instanceId), 16);
  store<u32>(at, load<u32>(at32, accountId), 20);
  store<u32>(at, <u32>vantageAt(vantage), 24);
  placeObserver(observerCount++);
}

@inline
function isWriter(at: usize, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): bool {
  return (
    load<u32>(at, 0) == a &&
    load<u32>(at, 4) == b &&
    load<u32>(at, 8) == c &&
    load<u32>(at, 12) == d &&
    load<u32>(at, 16) == e &&
    load<u32>(at, 20) == f
  );
}

/** The observer that wrote a row, or NONE. */
@inline
function observerOf(at32: usize): u32 {
  const a = load<u32>(at32, interfaceId);
  const b = load<u32>(at32, resourceId);
  const c = load<u32>(at32, vpcId);
  const d = load<u32>(at32, subnetId);
  const e = load<u32>(at32, instanceId);
  const f = load<u32>(at32, accountId);
  if (lastObserver < observerCount && isWriter(observerAt(lastObserver), a, b, c, d, e, f)) return lastObserver;
  const mask = observerSlotCount - 1;
  let slot = hashIds(a, b, c, d, e, f);
  let id = load<u32>(observerSlots + ((slot & mask) << 2));
  while (id != 0 && !isWriter(observerAt(id - 1), a, b, c, d, e, f)) {
    slot++;
    id = load<u32>(observerSlots + ((slot & mask) << 2));
  }
  // Without an observer one below none: NONE.
  return id - 1;
}

@inline
function hashOf(low: u32, high: u32, ports: u32, kindOfKey: u32): u32 {
  let hash = (<u64>low | (<u64>high << 32)) * 0x9e3779b97f4a7c15;
  hash ^= hash >> 32;
  hash += <u64>ports | (<u64>kindOfKey << 32);
  hash *= 0xbf58476d1ce4e5b9;
  return <u32>((hash ^ (hash << 31)) >> 32);
}

/** The slot that a key with a hash lies in, or else behind. */
@inline
function homeOf(hash: u32): u32 {
  return hash >> (32 - slotBits);
}

/** The bits of a hash that stand in its slot. */
@inline
function marksOf(hash: u32): u32 {
  return hash << slotBits;
}

/** From a slot on the first that is free or whose marks are those of a hash. */
@inline
function likelySlot(hash: u32, from: u32): u32 {
  const marks = marksOf(hash);
  const mask = <u32>slotCount - 1;
  let slot = from;
  let found = load<u32>(keySlots + (<usize>slot << 2));
  while (found != 0 && (found ^ marks) >> slotBits != 0) {
    slot = (slot + 1) & mask;
    found = load<u32>(keySlots + (<usize>slot << 2));
  }
  return slot;
}

/** The number of the key in a slot and one; 0 for a free one. */
@inline
function numberIn(slot: u32): u32 {
  return load<u32>(keySlots + (<usize>slot << 2)) & (<u32>slotCount - 1);
}

/** Rows whose keys are brought near at once. */
const AHEAD: u32 = 16;
/** What was read ahead: kept, so that the reading is not left out. */
export let touched: u32 = 0;

/**
 * Reads one word of the keys of the next rows: they lie anywhere, and together they are waited for once. That a slot
 * may hold another key does not matter.
 */
function touchAhead(from: u32, to: u32): u32 {
  let sum: u32 = 0;
  for (let row = from; row < to; row++) {
    const at32 = <usize>row << 2;
    const at16 = <usize>row << 1;
    const source = load<u32>(at32, fromAddr);
    const target = load<u32>(at32, toAddr);
    const sourcePort = <u32>load<u16>(at16, srcPort);
    const targetPort = <u32>load<u16>(at16, dstPort);
    const isFromHigh = source > target || (source == target && sourcePort > targetPort);
    const kindOfKey =
      <u32>load<u8>(<usize>row, protocol) |
      ((<u32>load<u8>(<usize>row, families) & FROM_IS_V6) != 0 ? KEY_V6 : 0);
    const hash = isFromHigh
      ? hashOf(target, source, (targetPort << 16) | sourcePort, kindOfKey)
      : hashOf(source, target, (sourcePort << 16) | targetPort, kindOfKey);
    store<u32>(HASHES + (<usize>(row - from) << 2), hash);
    sum += load<u32>(keySlots + (<usize>homeOf(hash) << 2));
  }
  for (let i: usize = 0; i < <usize>(to - from); i++) {
    const hash = load<u32>(HASHES + (i << 2));
    const slot = likelySlot(hash, homeOf(hash));
    store<u32>(SLOTS_FROM + (i << 2), slot);
    const number = numberIn(slot);
    if (number != 0) sum += load<u32>(keyAt(number - 1), 16);
  }
  touched = sum;
  return to;
}

/** The rows of the batch that {@link touchAhead} has looked at last. */
let began: u32 = 0;
let near: u32 = 0;

/**
 * Files rows from `from` to `count`; from 0 first, and then where it stopped. Gives the row it stopped at: see
 * {@link stoppedFor}.
 */
export function add(from: u32, count: u32): u32 {
  if (from == 0) near = 0;
  for (let row = from; row < count; row++) {
    if (row >= near) {
      began = row;
      near = touchAhead(row, min(row + AHEAD, count));
    }
    const at32 = <usize>row << 2;
    const observer = observerOf(at32);
    if (observer == NONE) {
      stoppedFor = NEW_OBSERVER;
      return row;
    }
    lastObserver = observer;
    const kindOfRow = <u32>load<u8>(<usize>row, kind);
    cover(<usize>load<u32>(observerAt(observer), 24), at32, kindOfRow);
    if (kindOfRow != FLOW) {
      stoppedFor = NO_FLOW;
      return row;
    }
    file(<usize>row, at32, observer, (row - began) << 2);
  }
  stoppedFor = DONE;
  return count;
}

/** What a row says of its vantage. */
@inline
function cover(vantage: usize, at32: usize, kindOfRow: u32): void {
  const has = load<u32>(at32, present);
  const begins = load<u32>(at32, start);
  const ends = load<u32>(at32, end);
  if (kindOfRow <= ADDRESS_ONLY) {
    store<u32>(vantage, load<u32>(vantage, 4) + 1, 4);
    if ((has & (HAS_SRC_ADDR | HAS_DST_ADDR)) == (HAS_SRC_ADDR | HAS_DST_ADDR)) noteOwn(vantage, at32);
  }
  if ((has & HAS_START) != 0 && begins < load<u32>(vantage, 0)) store<u32>(vantage, begins, 0);
  if ((has & HAS_END) != 0) {
    if (ends > load<u32>(vantage, 8)) store<u32>(vantage, ends, 8);
    let marks = load<u32>(vantage, 24) | HAS_LAST;
    if ((has & HAS_START) != 0 && ends >= begins) {
      if (ends - begins > load<u32>(vantage, 12)) store<u32>(vantage, ends - begins, 12);
      marks |= HAS_LONGEST;
    }
    store<u32>(vantage, marks, 24);
  }
}

@inline
function noteOwn(vantage: usize, at32: usize): void {
  const src = load<u32>(at32, srcAddr);
  const dst = load<u32>(at32, dstAddr);
  const family = <u32>load<u8>(at32 >> 2, families);
  const srcIsV6 = (family & SRC_IS_V6) != 0;
  const dstIsV6 = (family & DST_IS_V6) != 0;
  const isV6 = (family & FROM_IS_V6) != 0;
  let marks = load<u32>(vantage, 24);
  if (src != load<u32>(at32, fromAddr) || dst != load<u32>(at32, toAddr)) marks |= REWRITES;
  if (srcIsV6 != isV6 || dstIsV6 != isV6) marks |= REWRITES;
  if ((marks & ANY_OWN) == 0) {
    store<u32>(vantage, src, 16);
    store<u32>(vantage, src == dst && srcIsV6 == dstIsV6 ? NONE : dst, 20);
    marks |= ANY_OWN;
    if (srcIsV6) marks |= ONE_IS_V6;
    if (dstIsV6) marks |= OTHER_IS_V6;
  } else {
    const one = load<u32>(vantage, 16);
    const other = load<u32>(vantage, 20);
    const oneIsV6 = (marks & ONE_IS_V6) != 0;
    const otherIsV6 = (marks & OTHER_IS_V6) != 0;
    if (!((one == src && oneIsV6 == srcIsV6) || (one == dst && oneIsV6 == dstIsV6))) store<u32>(vantage, NONE, 16);
    if (!((other == src && otherIsV6 == srcIsV6) || (other == dst && otherIsV6 == dstIsV6)))
      store<u32>(vantage, NONE, 20);
  }
  store<u32>(vantage, marks, 24);
}

/**
 * Files a flow under its key.
 * @param ahead where {@link touchAhead} has put what it found of this row
 */
@inline
function file(row: usize, at32: usize, observer: u32, ahead: u32): void {
  const has = load<u32>(at32, present);
  const family = <u32>load<u8>(row, families);
  const from = load<u32>(at32, fromAddr);
  const to = load<u32>(at32, toAddr);
  const source = <u32>load<u16>(row << 1, srcPort);
  const destination = <u32>load<u16>(row << 1, dstPort);
  const number = <u32>load<u8>(row, protocol);
  const done = <u32>load<u8>(row, action);
  const begins = load<u32>(at32, start);
  const ends = load<u32>(at32, end);
  const isFromHigh = from > to || (from == to && source > destination);
  const isV6 = (family & FROM_IS_V6) != 0;

  let flags: u32 = 0;
  let info = done << 11;
  if (number == TCP) {
    if ((has & HAS_TCP_FLAGS) != 0) {
      flags = <u32>load<u8>(row, tcpFlags);
      info |= flags | HAS_FLAGS;
      tcpWithFlags++;
      store<u32>(<usize>FLAG_COUNTS + (flags << 2), load<u32>(<usize>FLAG_COUNTS + (flags << 2)) + 1);
    }
    if ((has & HAS_FLAGS_COLUMN) != 0) info |= FLAGS_COLUMN;
  } else exchanges++;
  if (done == 1) accepted++;
  else if (done == 2) rejected++;
  if ((has & HAS_START) != 0 && (first < 0 || <f64>begins < first)) first = <f64>begins;
  if ((has & HAS_END) != 0 && <f64>ends > last) last = <f64>ends;
  if (isFromHigh) info |= FROM_HIGH;
  info |= (has & HAS_COUNTS_AND_TIMES) << 13;
  info |= <u32>load<u8>(row, direction) << FLOW_DIRECTION;

  let own: u32 = 0;
  const src = load<u32>(at32, srcAddr);
  const dst = load<u32>(at32, dstAddr);
  const srcIsV6 = (family & SRC_IS_V6) != 0;
  const dstIsV6 = (family & DST_IS_V6) != 0;
  let ownIsV6 = false;
  if ((has & HAS_SRC_ADDR) != 0) {
    info |= SHOWS_SRC;
    if (src != from || srcIsV6 != isV6) {
      info |= SRC_REWRITTEN;
      own = src;
      ownIsV6 = srcIsV6;
    }
  }
  if ((has & HAS_DST_ADDR) != 0) {
    info |= SHOWS_DST;
    if (dst != to || dstIsV6 != isV6) {
      info |= DST_REWRITTEN;
      own = dst;
      ownIsV6 = dstIsV6;
    }
  }
  if (ownIsV6) {
    info |= OWN_IS_V6;
    mostV6 = max(mostV6, own);
  }
  if (isV6) mostV6 = max(mostV6, max(from, to));

  const kindOfKey = number | (isV6 ? KEY_V6 : 0);
  const hash = load<u32>(HASHES + <usize>ahead);
  const slot = load<u32>(SLOTS_FROM + <usize>ahead);
  const key = isFromHigh
    ? find(to, from, (destination << 16) | source, kindOfKey, hash, slot)
    : find(from, to, (source << 16) | destination, kindOfKey, hash, slot);
  const record = records++;
  const at = recordAt(record);
  store<f64>(at, load<f64>(row << 3, packets), 0);
  store<f64>(at, load<f64>(row << 3, bytes), 8);
  store<u32>(at, begins, 16);
  store<u32>(at, ends, 20);
  store<u32>(at, observer, 28);
  store<u32>(at, info, 32);
  store<u32>(at, own, 36);
  link(key, record);
}

/** Puts a record in front of those of its key, and notes what it shows. */
@inline
function link(key: usize, record: u32): void {
  const at = recordAt(record);
  const info = load<u32>(at, 32);
  const begins = load<u32>(at, 16);
  store<u32>(at, load<u32>(key, 16), 24);
  store<u32>(key, record + 1, 16);
  store<u32>(key, load<u32>(key, 20) + 1, 20);
  if ((info & INFO_HAS_START) != 0 && begins < load<u32>(key, 24)) store<u32>(key, begins, 24);
  // EVIDENCE: the low end spoke 1, sent a SYN 4, a SYN-ACK 16; the high end's bits are one to the left.
  let evidence: u32 = 1;
  if ((info & 18) == 18) evidence |= 16;
  else if ((info & 2) != 0) evidence |= 4;
  const isFromHigh: u32 = (info & FROM_HIGH) != 0 ? 1 : 0;
  store<u32>(key, load<u32>(key, 28) | (evidence << isFromHigh), 28);
}

/** Files rows that another store gave: of 56 bytes, laid out as ROW of RecordStore. There must be room: see {@link reserve}. They were all filed once as rows of batches, so that their addresses are known. */
export function fileRows(from: usize, count: u32): void {
  const end = from + <usize>count * ROW_SIZE;
  for (let row = from; row < end; row += ROW_SIZE) {
    const kindOfKey = load<u32>(row, 48);
    const low = load<u32>(row, 36);
    const high = load<u32>(row, 40);
    const ports = load<u32>(row, 44);
    const hash = hashOf(low, high, ports, kindOfKey);
    const key = find(low, high, ports, kindOfKey, hash, homeOf(hash));
    const record = records++;
    const at = recordAt(record);
    v128.store(at, v128.load(row));
    store<u64>(at, load<u64>(row, 16), 16);
    store<u64>(at, load<u64>(row, 24), 28);
    store<u32>(at, load<u32>(row, 32), 36);
    link(key, record);
  }
}

/** Forgets all records and keys, not their room, and nothing that was counted or learned. */
export function clear(): void {
  cleared += <f64>records;
  for (let key: u32 = 0; key < keys; key++) memory.fill(keyAt(key), 0, KEY_SIZE);
  if (keySlots != 0) memory.fill(keySlots, 0, <usize>slotCount << 2);
  records = 0;
  keys = 0;
}

/** Forgets everything but what was counted, and gives all room back: observers too, for rows that bring theirs along. */
export function forget(): void {
  cleared += <f64>records;
  records = 0;
  keys = 0;
  recordBlocks = 0;
  keyBlocks = 0;
  keySlots = 0;
  slotCount = 0;
  forgetObservers();
  forgetAll();
}

function forgetObservers(): void {
  observerCount = 0;
  observerBlocks = 0;
  observerSlots = 0;
  observerSlotCount = 0;
  vantageCount = 0;
  vantageBlocks = 0;
}

/** All is filed and what was learned of vantages has been read: gives back the room of what only filing needs. */
export function endFiling(): void {
  for (let block: u32 = 0; block < observerBlocks; block++)
    release(<usize>load<u32>(<usize>OBSERVER_BLOCKS + (block << 2)), FILING_SIZE << OBSERVER_BLOCK_BITS);
  for (let block: u32 = 0; block < vantageBlocks; block++)
    release(<usize>load<u32>(<usize>VANTAGE_BLOCKS + (block << 2)), VANTAGE_SIZE << OBSERVER_BLOCK_BITS);
  release(observerSlots, <usize>observerSlotCount << 2);
  release(keySlots, <usize>slotCount << 2);
  keySlots = 0;
  slotCount = 0;
  forgetObservers();
}

/**
 * The key with these ends.
 * @param from the slot of its hash, or one behind with no slot of these marks and no free one between
 */
@inline
function find(low: u32, high: u32, ports: u32, kindOfKey: u32, hash: u32, from: u32): usize {
  let slot = likelySlot(hash, from);
  for (;;) {
    const number = numberIn(slot);
    if (number == 0) break;
    const at = keyAt(number - 1);
    if (
      load<u32>(at, 0) == low &&
      load<u32>(at, 4) == high &&
      load<u32>(at, 8) == ports &&
      load<u32>(at, 12) == kindOfKey
    )
      return at;
    slot = likelySlot(hash, (slot + 1) & (<u32>slotCount - 1));
  }
  const key = keys++;
  store<u32>(keySlots + (<usize>slot << 2), marksOf(hash) | (key + 1));
  const at = keyAt(key);
  store<u32>(at, low, 0);
  store<u32>(at, high, 4);
  store<u32>(at, ports, 8);
  store<u32>(at, kindOfKey, 12);
  store<u32>(at, NONE, 24);
  return at;
}

