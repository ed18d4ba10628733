/**
 * Who wrote the records, while they are filed. An observer is what one writer of records says of itself in six identifiers; a
 * vantage is the interface or resource behind it, of which is kept from when to when it wrote and which addresses may be
 * its own. Times before its first and after its last record are unknown, not silent.
 */
import { spread, withWord } from './hashes.ts';
import {
  accountId,
  direction,
  dstAddr,
  end,
  families,
  fromAddr,
  HAS_LAST,
  HAS_LONGEST,
  instanceId,
  interfaceId,
  MOST_OBSERVER_BLOCKS,
  NONE,
  OBSERVER_BLOCK_BITS,
  OBSERVER_BLOCKS,
  OWN_V4,
  OWN_V4_KNOWN,
  OWN_V6,
  OWN_V6_KNOWN,
  present,
  REWRITES,
  ROW_ADDRESS_ONLY,
  ROW_DST_IS_V6,
  ROW_FROM_IS_V6,
  ROW_HAS_DST_ADDR,
  ROW_HAS_END,
  ROW_HAS_SRC_ADDR,
  ROW_HAS_START,
  ROW_OF_GATEWAY,
  ROW_SRC_IS_V6,
  resourceId,
  srcAddr,
  start,
  subnetId,
  toAddr,
  VANTAGE_BLOCKS,
  VANTAGE_SIZE,
  vpcId,
} from './layout.ts';
import { allocateToFile, release } from './memory.ts';
import { forgetOwn, narrowOwn, releaseOwn, reserveOwn } from './own-addresses.ts';
import { byteAt, putWord, times32, wordAt } from './port.ts';

// Of flow-direction, as model/record-batch.ts has it.
const INGRESS: u32 = 1;
const EGRESS: u32 = 2;

/** An observer while filing: its six identifiers, then where its vantage lies. */
const FILING_SIZE: u32 = 32;

export let vantageCount: u32 = 0;
let vantageBlocks: u32 = 0;
let observerCount: u32 = 0;
let observerBlocks: u32 = 0;
/** By hash, the number of an observer and one; 0 is a free slot. Half of them are free at least. */
let observerSlots: usize = 0;
let observerSlotCount: u32 = 0;
const FIRST_SLOTS: u32 = 16384;
/** Most rows come from the writer of the row before. */
let lastObserver: u32 = 0;

function inBlock(blocks: u32, row: u32, size: u32): usize {
  const block = wordAt(blocks + ((row >>> OBSERVER_BLOCK_BITS) << 2));
  return block + (row & ((1 << OBSERVER_BLOCK_BITS) - 1)) * size;
}

function filingAt(observer: u32): usize {
  return inBlock(OBSERVER_BLOCKS, observer, FILING_SIZE);
}

/** Where a vantage lies. */
export function vantageAt(vantage: u32): usize {
  return inBlock(VANTAGE_BLOCKS, vantage, VANTAGE_SIZE);
}

/** Where the vantage of an observer lies. */
export function vantageOf(observer: u32): usize {
  return wordAt(filingAt(observer) + 24);
}

/** Makes room for so many more observers, each of a new vantage; false when there is no memory for them. */
export function reserveObservers(rows: u32): bool {
  while (observerBlocks << OBSERVER_BLOCK_BITS < observerCount + rows) {
    const block =
      observerBlocks < MOST_OBSERVER_BLOCKS ? allocateToFile(FILING_SIZE << OBSERVER_BLOCK_BITS) : 0;
    if (block === 0) return false;
    putWord(OBSERVER_BLOCKS + (observerBlocks++ << 2), block);
  }
  while (vantageBlocks << OBSERVER_BLOCK_BITS < vantageCount + rows) {
    const block =
      vantageBlocks < MOST_OBSERVER_BLOCKS ? allocateToFile(VANTAGE_SIZE << OBSERVER_BLOCK_BITS) : 0;
    if (block === 0) return false;
    putWord(VANTAGE_BLOCKS + (vantageBlocks++ << 2), block);
  }
  while (observerSlotCount < (observerCount + rows) * 2) if (!growObserverSlots()) return false;
  return reserveOwn(rows);
}

function growObserverSlots(): bool {
  const count: u32 = observerSlotCount === 0 ? FIRST_SLOTS : observerSlotCount * 2;
  const slots = allocateToFile(count << 2);
  if (slots === 0) return false;
  release(observerSlots, observerSlotCount << 2);
  observerSlots = slots;
  observerSlotCount = count;
  for (let id: u32 = 0; id < observerCount; id++) placeObserver(id);
  return true;
}

function hashOfIds(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): u32 {
  const ofThree = withWord(withWord(times32(a, 0x9e3779b1), b), c);
  return spread(withWord(withWord(withWord(ofThree, d), e), f));
}

function placeObserver(id: u32): void {
  const at = filingAt(id);
  const mask = observerSlotCount - 1;
  let slot = hashOfIds(
    wordAt(at),
    wordAt(at + 4),
    wordAt(at + 8),
    wordAt(at + 12),
    wordAt(at + 16),
    wordAt(at + 20),
  );
  slot &= mask;
  while (wordAt(observerSlots + (slot << 2)) !== 0) slot = (slot + 1) & mask;
  putWord(observerSlots + (slot << 2), id + 1);
}

/** A new vantage, which the caller calls by a number. Gives its place. */
export function addVantage(called: u32): u32 {
  const at = vantageAt(vantageCount);
  putWord(at, NONE);
  putWord(at + 28, called);
  return vantageCount++;
}

/** Makes the writer of a row the next observer, at a vantage. */
export function addObserver(row: u32, vantage: u32): void {
  const at = filingAt(observerCount);
  const at32: usize = row << 2;
  putWord(at, wordAt(interfaceId + at32));
  putWord(at + 4, wordAt(resourceId + at32));
  putWord(at + 8, wordAt(vpcId + at32));
  putWord(at + 12, wordAt(subnetId + at32));
  putWord(at + 16, wordAt(instanceId + at32));
  putWord(at + 20, wordAt(accountId + at32));
  putWord(at + 24, vantageAt(vantage));
  placeObserver(observerCount++);
}

function isWriter(at: usize, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32): bool {
  return (
    wordAt(at) === a &&
    wordAt(at + 4) === b &&
    wordAt(at + 8) === c &&
    wordAt(at + 12) === d &&
    wordAt(at + 16) === e &&
    wordAt(at + 20) === f
  );
}

/** The observer that wrote a row, or NONE. */
export function observerOf(row: u32): u32 {
  const at32: usize = row << 2;
  const a = wordAt(interfaceId + at32);
  const b = wordAt(resourceId + at32);
  const c = wordAt(vpcId + at32);
  const d = wordAt(subnetId + at32);
  const e = wordAt(instanceId + at32);
  const f = wordAt(accountId + at32);
  if (lastObserver < observerCount && isWriter(filingAt(lastObserver), a, b, c, d, e, f)) return lastObserver;
  const mask = observerSlotCount - 1;
  let slot = hashOfIds(a, b, c, d, e, f) & mask;
  let number = wordAt(observerSlots + (slot << 2));
  while (number !== 0 && !isWriter(filingAt(number - 1), a, b, c, d, e, f)) {
    slot = (slot + 1) & mask;
    number = wordAt(observerSlots + (slot << 2));
  }
  if (number === 0) return NONE;
  lastObserver = number - 1;
  return lastObserver;
}

/** Notes what a row says of its vantage. */
export function cover(vantage: usize, row: u32, kindOfRow: u32): void {
  const at32: usize = row << 2;
  const has = wordAt(present + at32);
  const begins = wordAt(start + at32);
  const ends = wordAt(end + at32);
  if (kindOfRow <= ROW_ADDRESS_ONLY) {
    putWord(vantage + 4, wordAt(vantage + 4) + 1);
    const both = ROW_HAS_SRC_ADDR | ROW_HAS_DST_ADDR;
    if ((has & both) === both) noteOwn(vantage, row, has);
  }
  if ((has & ROW_HAS_START) !== 0 && begins < wordAt(vantage)) putWord(vantage, begins);
  if ((has & ROW_HAS_END) !== 0) {
    if (ends > wordAt(vantage + 8)) putWord(vantage + 8, ends);
    let marks = wordAt(vantage + 24) | HAS_LAST;
    if ((has & ROW_HAS_START) !== 0 && ends >= begins) {
      if (ends - begins > wordAt(vantage + 12)) putWord(vantage + 12, ends - begins);
      marks |= HAS_LONGEST;
    }
    putWord(vantage + 24, marks);
  }
}

/**
 * One of an interface's own addresses stands in every one of its records, and where a record says which of its sides is the
 * interface's, that one is. Attachments of transit gateways have none: they show those of hosts.
 */
function noteOwn(vantage: usize, row: u32, has: u32): void {
  const at32: usize = row << 2;
  const src = wordAt(srcAddr + at32);
  const dst = wordAt(dstAddr + at32);
  const family = byteAt(families + row);
  const srcIsV6 = (family & ROW_SRC_IS_V6) !== 0;
  const dstIsV6 = (family & ROW_DST_IS_V6) !== 0;
  const isV6 = (family & ROW_FROM_IS_V6) !== 0;
  const marks = wordAt(vantage + 24);
  let rewrites = (marks & REWRITES) !== 0;
  if (src !== wordAt(fromAddr + at32) || dst !== wordAt(toAddr + at32)) rewrites = true;
  if (srcIsV6 !== isV6 || dstIsV6 !== isV6) rewrites = true;
  let known = rewrites ? marks | REWRITES : marks;
  // An address that changes its family on the way is nothing that AWS writes: nobody knows which of the two is whose.
  if (srcIsV6 === dstIsV6 && (has & ROW_OF_GATEWAY) === 0) {
    const flow = byteAt(direction + row);
    const at = vantage + (srcIsV6 ? OWN_V6 : OWN_V4);
    const bit = srcIsV6 ? OWN_V6_KNOWN : OWN_V4_KNOWN;
    const before = (known >>> bit) & 7;
    const after = narrowOwn(at, before, flow === INGRESS ? dst : src, flow === EGRESS ? src : dst);
    known ^= (before ^ after) << bit;
  }
  if (known !== marks) putWord(vantage + 24, known);
}

/** Forgets observers and vantages, whose memory has been given back. */
export function forgetObservers(): void {
  observerCount = 0;
  observerBlocks = 0;
  observerSlots = 0;
  observerSlotCount = 0;
  vantageCount = 0;
  vantageBlocks = 0;
  forgetOwn();
}

/** What was learned of vantages has been read: gives the memory of observers and vantages back. */
export function releaseObservers(): void {
  for (let block: u32 = 0; block < observerBlocks; block++)
    release(wordAt(OBSERVER_BLOCKS + (block << 2)), FILING_SIZE << OBSERVER_BLOCK_BITS);
  for (let block: u32 = 0; block < vantageBlocks; block++)
    release(wordAt(VANTAGE_BLOCKS + (block << 2)), VANTAGE_SIZE << OBSERVER_BLOCK_BITS);
  release(observerSlots, observerSlotCount << 2);
  releaseOwn();
  forgetObservers();
}
