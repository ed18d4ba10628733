/**
 * Keys by their first second, equal ones by their ends: never by the order of arrival. The fast twin of the
 * order in engine/rebuild.ts. Keys are sorted by digits of a number made of second, protocol, family and the
 * lower address; where that is equal they are compared in full.
 */
import { keyAt, keys } from './add-records.ts';
import { KEY_V6, NONE } from './layout.ts';
import { allocate } from './memory.ts';

/** The sixteen bytes of every IPv6 address by its id: filled by the caller. */
export let addresses: usize = 0;
/** The keys in order, 16 bytes each: ends 0 (u64), second 8, key 12. */
export let order: usize = 0;

/** Makes room for so many IPv6 addresses; false when there is none. */
export function reserveAddresses(count: u32): bool {
  addresses = allocate(<usize>count << 4);
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

/** One pass over a digit of eleven bits, from one half into the other; false when all have the same. */
function passOver(from: usize, to: usize, counts: usize, word: usize, shift: u32, mask: u64): bool {
  memory.fill(counts, 0, 2048 << 2);
  const last = from + (<usize>keys << 4);
  for (let at = from; at < last; at += 16) {
    const count = counts + (<usize>((load<u64>(at + word) >> shift) & mask) << 2);
    store<u32>(count, load<u32>(count) + 1);
  }
  const any = counts + (<usize>((load<u64>(from + word) >> shift) & mask) << 2);
  if (load<u32>(any) == keys) return false;
  let sum: u32 = 0;
  for (let count = counts; count < counts + (2048 << 2); count += 4) {
    const here = load<u32>(count);
    store<u32>(count, sum);
    sum += here;
  }
  for (let at = from; at < last; at += 16) {
    const count = counts + (<usize>((load<u64>(at + word) >> shift) & mask) << 2);
    const place = load<u32>(count);
    store<u32>(count, place + 1);
    v128.store(to + (<usize>place << 4), v128.load(at));
  }
  return true;
}

/** Puts all keys in order; false when there is no memory for it. */
export function orderKeys(): bool {
  const size = (<usize>keys << 4) + 64;
  let from = allocate(size);
  let to = allocate(size);
  const counts = allocate(2048 << 2);
  if (from == 0 || to == 0 || counts == 0) return false;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const out = from + (<usize>key << 4);
    const first = load<u32>(at, 24);
    store<u64>(out, endsOf(at), 0);
    // Keys without times come first.
    store<u32>(out, first == NONE ? 0 : first + 1, 8);
    store<u32>(out, key, 12);
  }
  order = from;
  if (keys < 2) return true;
  for (let digit: u32 = 0; digit < 9; digit++) {
    const word: usize = digit < 6 ? 0 : 8;
    // Above the second's 32 bits lies the key, which is no part of the order: its last digit has ten.
    const mask: u64 = digit == 8 ? 1023 : 2047;
    if (!passOver(from, to, counts, word, (digit < 6 ? digit : digit - 6) * 11, mask)) continue;
    const other = from;
    from = to;
    to = other;
  }
  order = from;
  settleEqual();
  return true;
}

/** Keys whose numbers are equal, by full comparison. */
function settleEqual(): void {
  let from: u32 = 0;
  while (from < keys) {
    const at = order + (<usize>from << 4);
    let to = from + 1;
    while (to < keys && isEqual(at, order + (<usize>to << 4))) to++;
    if (to - from > 1) sortInFull(from, to - from);
    from = to;
  }
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
