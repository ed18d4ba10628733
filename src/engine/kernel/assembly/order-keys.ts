/**
 * Keys by their first second, equal ones by their ends: never by the order of arrival. The fast twin of the
 * order in engine/rebuild.ts. Keys are sorted by digits of a number made of second, protocol, family and the
 * lower address; where that is equal they are compared in full.
 */
import { keyAt, keys } from './add-records.ts';
import { KEY_V6, NONE } from './layout.ts';
import { allocate } from './memory.ts';
import { addresses, order, setAddresses, setOrder } from '../../../rules/settings';

/** Makes room for so many IPv6 addresses; false when there is none. */
export function reserveAddresses(count: u32): bool {
  setAddresses(allocate(<usize>count << 4));
  return addresses != 0;
}

/** Negative, zero or positive: the numeric order of two IPv6 addresses. */
export function compareV6(a: u32, b: u32): i32 {
  if (a == b) return 0;
  const one = addresses + (<usize>a << 4);
  const other = addresses + (<usize>b << 4);
  let mine = bswap(load<u64>(one, 0));
  let theirs = bswap(load<u64>(other, 0));
  if (mine == theirs) {
    mine = bswap(load<u64>(one, 8));
    theirs = bswap(load<u64>(other, 8));
  }
  return mine < theirs ? -1 : mine > theirs ? 1 : 0;
}

/** Whether the stored low end is the higher: IPv6 ids follow arrival. */
@inline
export function isFlipped(key: usize): bool {
  return (load<u32>(key, 12) & KEY_V6) != 0 && compareV6(load<u32>(key, 0), load<u32>(key, 4)) > 0;
}

@inline
function compare(a: u32, b: u32): i32 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of keys of one second. */
function compareKeys(a: usize, b: usize): i32 {
  const kind = load<u32>(a, 12);
  const byKind = compare(kind & 0xff, load<u32>(b, 12) & 0xff);
  if (byKind != 0) return byKind;
  const byFamily = compare(kind & KEY_V6, load<u32>(b, 12) & KEY_V6);
  if (byFamily != 0) return byFamily;
  const isV6 = (kind & KEY_V6) != 0;
  const flipA: usize = isFlipped(a) ? 4 : 0;
  const flipB: usize = isFlipped(b) ? 4 : 0;
  const lowA = load<u32>(a + flipA);
  const lowB = load<u32>(b + flipB);
  const byLow = isV6 ? compareV6(lowA, lowB) : compare(lowA, lowB);
  if (byLow != 0) return byLow;
  const highA = load<u32>(a + (4 - flipA));
  const highB = load<u32>(b + (4 - flipB));
  const byHigh = isV6 ? compareV6(highA, highB) : compare(highA, highB);
  if (byHigh != 0) return byHigh;
  const portsA = load<u32>(a, 8);
  const portsB = load<u32>(b, 8);
  return compare(flipA != 0 ? rotl(portsA, 16) : portsA, flipB != 0 ? rotl(portsB, 16) : portsB);
}

/** The ends of a key as a number that orders most keys: protocol, family, 32 bits of the lower address and 23 of the higher. */
function endsOf(key: usize): u64 {
  const kind = load<u32>(key, 12);
  const head = (<u64>(kind & 0xff) << 56) | (<u64>(kind & KEY_V6) << 47);
  if ((kind & KEY_V6) == 0) return head | (<u64>load<u32>(key, 0) << 23) | <u64>(load<u32>(key, 4) >> 9);
  const low = load<u32>(key + (isFlipped(key) ? 4 : 0));
  return head | (bswap(load<u64>(addresses + (<usize>low << 4))) >> 9);
}

/** The other half of the room for keys, and counts of digits. */
let other: usize = 0;
let counts: usize = 0;

/** Puts keys as they are behind one another; false when there is no memory for it. */
export function beginOrder(): bool {
  const size = (<usize>keys << 4) + 64;
  setOrder(allocate(size));
  other = allocate(size);
  counts = allocate(2048 << 2);
  if (order == 0 || other == 0 || counts == 0) return false;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const out = order + (<usize>key << 4);
    const first = load<u32>(at, 24);
    store<u64>(out, endsOf(at), 0);
    // Keys without times come first.
    store<u32>(out, first == NONE ? 0 : first + 1, 8);
    store<u32>(out, key, 12);
  }
  return true;
}

/** Digits of eleven bits that keys are ordered by, the lowest first. */
export const ORDER_DIGITS: u32 = 9;

/**
 * Puts keys in the order of a digit, those of equal ones as they are. Called for one digit after the other by the caller: V8
 * runs a function to its end in the translation that it was called in, and the first is a slow one.
 */
export function orderBy(digit: u32): void {
  if (keys < 2) return;
  const word: usize = digit < 6 ? 0 : 8;
  const shift = (digit < 6 ? digit : digit - 6) * 11;
  // Above the second's 32 bits lies the key, which is no part of the order: its last digit has ten.
  const mask: u64 = digit == 8 ? 1023 : 2047;
  memory.fill(counts, 0, 2048 << 2);
  const end = order + (<usize>keys << 4);
  for (let at = order; at < end; at += 16) {
    const count = countOf(at + word, shift, mask);
    store<u32>(count, load<u32>(count) + 1);
  }
  // All have the same.
  if (load<u32>(countOf(order + word, shift, mask)) == keys) return;
  let sum: u32 = 0;
  for (let count = counts; count < counts + (2048 << 2); count += 4) {
    const here = load<u32>(count);
    store<u32>(count, sum);
    sum += here;
  }
  for (let at = order; at < end; at += 16) {
    const count = countOf(at + word, shift, mask);
    const place = load<u32>(count);
    store<u32>(count, place + 1);
    v128.store(other + (<usize>place << 4), v128.load(at));
  }
  const ordered = other;
  other = order;
  setOrder(ordered);
}

@inline
function countOf(at: usize, shift: u32, mask: u64): usize {
  return counts + (<usize>((load<u64>(at) >> shift) & mask) << 2);
}

/** Keys that are settled at once. */
const PART: u32 = 8192;

/**
 * Puts keys whose numbers are equal in order by full comparison: some, from a place on where others begin.
 * @returns the next such place: when it is the number of keys, all are in order
 */
export function settleEqual(first: u32): u32 {
  let from = first;
  const enough = min(first + PART, keys);
  while (from < enough) {
    const at = order + (<usize>from << 4);
    let to = from + 1;
    while (to < keys && isEqual(at, order + (<usize>to << 4))) to++;
    if (to - from > 1) sortInFull(from, to - from);
    from = to;
  }
  return from;
}

@inline
function isEqual(a: usize, b: usize): bool {
  return load<u64>(a, 0) == load<u64>(b, 0) && load<u32>(a, 8) == load<u32>(b, 8);
}

@inline
function isBelow(base: usize, a: u32, b: u32): bool {
  const left = load<u32>(base + (<usize>a << 4), 12);
  const right = load<u32>(base + (<usize>b << 4), 12);
  return compareKeys(keyAt(left), keyAt(right)) < 0;
}

@inline
function swap(base: usize, a: u32, b: u32): void {
  const left = base + (<usize>a << 4);
  const right = base + (<usize>b << 4);
  const kept = v128.load(left);
  v128.store(left, v128.load(right));
  v128.store(right, kept);
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
  const base = order + (<usize>from << 4);
  if (count <= 16) {
    for (let i: u32 = 1; i < count; i++)
      for (let j = i; j > 0 && isBelow(base, j, j - 1); j--) swap(base, j, j - 1);
    return;
  }
  for (let i = count >> 1; i > 0; i--) siftDown(base, i - 1, count);
  for (let rest = count - 1; rest > 0; rest--) {
    swap(base, 0, rest);
    siftDown(base, 0, rest);
  }
}
