/**
 * Keys by their first second, equal ones by their ends: never by the order of arrival. Keys are sorted by digits of a number
 * made of second, protocol, family and the lower address; where that is equal they are compared in full. IPv6 addresses
 * are known by ids that follow arrival, so their bytes are looked at.
 */
import { KEY_V6, NONE } from './layout.ts';
import { allocate } from './memory.ts';
import { copySixteen, fillBytes, networkWordAt, putWord, turn32, wordAt } from './port.ts';
import { addresses, order, setAddresses, setOrder } from './settings.ts';
import { keyAt, keys } from './store.ts';

/** Makes room for so many IPv6 addresses; false when there is none. */
export function reserveAddresses(count: u32): bool {
  setAddresses(allocate(count << 4));
  return addresses !== 0;
}

/** The key at a place in the order. */
export function keyIn(place: u32): u32 {
  return wordAt(order + (place << 4) + 12);
}

/** Its first second and one; 0 without times. */
export function secondIn(place: u32): u32 {
  return wordAt(order + (place << 4) + 8);
}

function compare(a: u32, b: u32): i32 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Negative, zero or positive: the numeric order of two IPv6 addresses. */
export function compareV6(a: u32, b: u32): i32 {
  if (a === b) return 0;
  const one: usize = addresses + (a << 4);
  const other: usize = addresses + (b << 4);
  for (let i: usize = 0; i < 16; i += 4) {
    const byWord = compare(networkWordAt(one + i), networkWordAt(other + i));
    if (byWord !== 0) return byWord;
  }
  return 0;
}

/** Whether the stored low end is the higher: IPv6 ids follow arrival. */
export function isFlipped(key: usize): bool {
  return (wordAt(key + 12) & KEY_V6) !== 0 && compareV6(wordAt(key), wordAt(key + 4)) > 0;
}

/** The order of keys of one second. */
function compareKeys(a: usize, b: usize): i32 {
  const kind = wordAt(a + 12);
  const byKind = compare(kind & 0xff, wordAt(b + 12) & 0xff);
  if (byKind !== 0) return byKind;
  const byFamily = compare(kind & KEY_V6, wordAt(b + 12) & KEY_V6);
  if (byFamily !== 0) return byFamily;
  const isV6 = (kind & KEY_V6) !== 0;
  const flipA: usize = isFlipped(a) ? 4 : 0;
  const flipB: usize = isFlipped(b) ? 4 : 0;
  const lowA = wordAt(a + flipA);
  const lowB = wordAt(b + flipB);
  const byLow = isV6 ? compareV6(lowA, lowB) : compare(lowA, lowB);
  if (byLow !== 0) return byLow;
  const highA = wordAt(a + (4 - flipA));
  const highB = wordAt(b + (4 - flipB));
  const byHigh = isV6 ? compareV6(highA, highB) : compare(highA, highB);
  if (byHigh !== 0) return byHigh;
  const portsA = wordAt(a + 8);
  const portsB = wordAt(b + 8);
  return compare(flipA !== 0 ? turn32(portsA, 16) : portsA, flipB !== 0 ? turn32(portsB, 16) : portsB);
}

/**
 * The ends of a key as a number of 64 bits that orders most keys, in two words, the lower one first: protocol, family, 32 bits
 * of the lower address, and 23 bits of what comes next: the higher address, or more of the lower one's sixteen bytes.
 */
function putEnds(out: usize, key: usize): void {
  const kind = wordAt(key + 12);
  let begin = wordAt(key);
  let next = wordAt(key + 4);
  if ((kind & KEY_V6) !== 0) {
    const low: usize = addresses + (wordAt(key + (isFlipped(key) ? 4 : 0)) << 4);
    begin = networkWordAt(low);
    next = networkWordAt(low + 4);
  }
  putWord(out, (begin << 23) | (next >>> 9));
  putWord(out + 4, ((kind & 0xff) << 24) | ((kind & KEY_V6) << 15) | (begin >>> 9));
}

/** Records of the key that has most of them. */
export let mostRecords: u32 = 0;

/** The other half of the room for keys, and counts of digits. */
let other: usize = 0;
let counts: usize = 0;
const COUNTS_SIZE: usize = 2048 << 2;

/**
 * Puts keys as they are behind one another; false when there is no memory for it.
 * @param byEnds they are to be in order of their ends too: without, digits of seconds are all that there are
 */
export function beginOrder(byEnds: bool): bool {
  const size: usize = (keys << 4) + 64;
  setOrder(allocate(size));
  other = allocate(size);
  counts = allocate(COUNTS_SIZE);
  if (order === 0 || other === 0 || counts === 0) return false;
  mostRecords = 0;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const out: usize = order + (key << 4);
    if (wordAt(at + 20) > mostRecords) mostRecords = wordAt(at + 20);
    const first = wordAt(at + 24);
    if (byEnds) putEnds(out, at);
    // Keys without times come first.
    putWord(out + 8, first === NONE ? 0 : first + 1);
    putWord(out + 12, key);
  }
  return true;
}

/** Digits of eleven bits that keys are ordered by, the lowest first: three to a word, the last of ten bits. */
export const ORDER_DIGITS: u32 = 9;
/** The first of those of seconds. */
export const SECOND_DIGITS: u32 = 6;

/**
 * Puts keys in the order of a digit, those of equal ones as they are. Called for one digit after the other by the caller: V8
 * runs a function to its end in the translation that it was called in, and the first is a slow one.
 */
export function orderBy(digit: u32): void {
  if (keys < 2) return;
  const word: usize = digit < 3 ? 0 : digit < 6 ? 4 : 8;
  const shift: u32 = (digit % 3) * 11;
  fillBytes(counts, 0, COUNTS_SIZE);
  const end: usize = order + (keys << 4);
  for (let at = order; at < end; at += 16) {
    const count = countOf(at + word, shift);
    putWord(count, wordAt(count) + 1);
  }
  // All have the same.
  if (wordAt(countOf(order + word, shift)) === keys) return;
  let sum: u32 = 0;
  for (let count = counts; count < counts + COUNTS_SIZE; count += 4) {
    const here = wordAt(count);
    putWord(count, sum);
    sum += here;
  }
  for (let at = order; at < end; at += 16) {
    const count = countOf(at + word, shift);
    const place = wordAt(count);
    putWord(count, place + 1);
    copySixteen(other + (place << 4), at);
  }
  const ordered = other;
  other = order;
  setOrder(ordered);
}

/** Where keys with the digit of a word are counted. */
function countOf(at: usize, shift: u32): usize {
  return counts + (((wordAt(at) >>> shift) & 2047) << 2);
}

/** Keys that are settled at once. */
const SETTLED_AT_ONCE: u32 = 8192;

/**
 * Puts keys whose numbers are equal in order by full comparison: some, from a place on where others begin.
 * @returns the next such place: when it is the number of keys, all are in order
 */
export function settleEqual(first: u32): u32 {
  let from = first;
  const enough = first + SETTLED_AT_ONCE < keys ? first + SETTLED_AT_ONCE : keys;
  while (from < enough) {
    const at: usize = order + (from << 4);
    let to = from + 1;
    while (to < keys && isEqual(at, order + (to << 4))) to++;
    if (to - from > 1) sortInFull(from, to - from);
    from = to;
  }
  return from;
}

function isEqual(a: usize, b: usize): bool {
  return wordAt(a) === wordAt(b) && wordAt(a + 4) === wordAt(b + 4) && wordAt(a + 8) === wordAt(b + 8);
}

function isBelow(base: usize, a: u32, b: u32): bool {
  const left = wordAt(base + (a << 4) + 12);
  const right = wordAt(base + (b << 4) + 12);
  return compareKeys(keyAt(left), keyAt(right)) < 0;
}

/** Keys with equal numbers differ in the key alone. */
function swap(base: usize, a: u32, b: u32): void {
  const left: usize = base + (a << 4) + 12;
  const right: usize = base + (b << 4) + 12;
  const kept = wordAt(left);
  putWord(left, wordAt(right));
  putWord(right, kept);
}

function siftDown(base: usize, from: u32, count: u32): void {
  let at = from;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= count) return;
    if (child + 1 < count && isBelow(base, child, child + 1)) child++;
    if (!isBelow(base, at, child)) return;
    swap(base, at, child);
    at = child;
  }
}

/** Few by insertion, many as a heap: no input makes it slow. */
function sortInFull(from: u32, count: u32): void {
  const base: usize = order + (from << 4);
  if (count <= 16) {
    for (let i: u32 = 1; i < count; i++)
      for (let j = i; j > 0 && isBelow(base, j, j - 1); j--) swap(base, j, j - 1);
    return;
  }
  for (let i = count >>> 1; i > 0; i--) siftDown(base, i - 1, count);
  for (let rest = count - 1; rest > 0; rest--) {
    swap(base, 0, rest);
    siftDown(base, 0, rest);
  }
}
