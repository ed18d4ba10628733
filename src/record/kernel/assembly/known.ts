/**
 * What TypeScript has said of texts before: two caches from the bytes of a token to an id, one for
 * identifiers, one for spellings of IPv6 addresses. The run's interner is the truth; a text that is not here,
 * or is too long to be, is asked of it, and where slots are taken the newer text drives out the older.
 */
import { FIRST_BYTES, IDENTIFIERS, SLOT_BITS, SPELLINGS, TEXT } from './layout.ts';

/** The id of the identifier text[from, to), from the run's interner. */
@external('record', 'internIdentifier')
declare function internIdentifier(from: u32, to: u32): u32;

/** The id of the IPv6 address spelt in text[from, to), from the run's address book; 0 for none. */
@external('record', 'internAddress')
declare function internAddress(from: u32, to: u32): u32;

@inline
const MOST_BYTES: usize = 48;
@inline
const LENGTH_AT: usize = 48;
@inline
const ID_AT: usize = 52;
/** A text may lie in any of eight slots from its own on. */
@inline
const PROBES: usize = 8 * 64;

function ask(isAddress: bool, token: usize, length: usize): u32 {
  const from = <u32>(token - TEXT);
  return isAddress ? internAddress(from, from + <u32>length) : internIdentifier(from, from + <u32>length);
}

/** Asks, and keeps the answer in the first free slot from `home` on, or in place of what is there. */
function learn(
  isAddress: bool,
  token: usize,
  length: usize,
  home: usize,
  head: v128,
  tail: v128,
  middle: v128,
): u32 {
  const id = ask(isAddress, token, length);
  let slot = home;
  while (slot < home + PROBES && load<u32>(slot, LENGTH_AT) != 0) slot += 64;
  if (slot == home + PROBES) slot = home;
  v128.store(slot, head, 0);
  v128.store(slot, tail, 16);
  v128.store(slot, middle, 32);
  store<u32>(slot, <u32>length, LENGTH_AT);
  store<u32>(slot, id, ID_AT);
  return id;
}

@inline
function isIn(slot: usize, length: usize, head: v128, tail: v128): bool {
  const other = v128.or(v128.xor(head, v128.load(slot, 0)), v128.xor(tail, v128.load(slot, 16)));
  return !v128.any_true(other) && load<u32>(slot, LENGTH_AT) == <u32>length;
}

/** Whether the bytes between head and tail are the slot's too: only texts of more than 32 bytes have such. */
@inline
function hasMiddle(slot: usize, middle: v128): bool {
  return !v128.any_true(v128.xor(middle, v128.load(slot, 32)));
}

function lookFurther(
  isAddress: bool,
  token: usize,
  length: usize,
  home: usize,
  head: v128,
  tail: v128,
): u32 {
  const middle = length > 32 ? v128.load(token + 16) : i64x2.splat(0);
  for (let slot = home; slot < home + PROBES; slot += 64) {
    if (isIn(slot, length, head, tail) && hasMiddle(slot, middle)) return load<u32>(slot, ID_AT);
    if (load<u32>(slot, LENGTH_AT) == 0) break;
  }
  return learn(isAddress, token, length, home, head, tail, middle);
}

/** The id of a token, which is not empty. */
@inline
function idOf(isAddress: bool, token: usize, length: usize): u32 {
  if (length > MOST_BYTES) return ask(isAddress, token, length);
  let head = v128.load(token);
  let tail = i64x2.splat(0);
  if (length < 16) head = v128.and(head, v128.load(<usize>FIRST_BYTES + (length << 4)));
  else tail = v128.load(token + length - 16);
  // Multiplying spreads each eight bytes over the high bits, which choose the slot.
  let hash =
    <u64>i64x2.extract_lane(head, 0) * 0x9e3779b97f4a7c15 +
    <u64>i64x2.extract_lane(head, 1) * 0xc2b2ae3d27d4eb4f +
    <u64>i64x2.extract_lane(tail, 0) * 0x165667b19e3779f9 +
    <u64>i64x2.extract_lane(tail, 1) * 0xd6e8feb86659fd93;
  hash = (hash ^ (hash >> 29)) * 0xbf58476d1ce4e5b9;
  const home = <usize>(isAddress ? SPELLINGS : IDENTIFIERS) + ((<usize>(hash >> (64 - SLOT_BITS))) << 6);
  if (length <= 32 && isIn(home, length, head, tail)) return load<u32>(home, ID_AT);
  return lookFurther(isAddress, token, length, home, head, tail);
}

@inline
export function identifierOf(token: usize, length: usize): u32 {
  return idOf(false, token, length);
}

export function addressOf(token: usize, length: usize): u32 {
  return idOf(true, token, length);
}
