/**
 * Where the tokens of a line lie. Plain lines (single spaces, no control characters, no #) are cut by
 * comparing 64 bytes at a time; lines with runs of blanks, tabs or a carriage return are cut again, more
 * carefully; lines that hold NUL or # are left to TypeScript.
 */
import { ENDS, LONGEST, STARTS } from './layout.ts';

@inline
const SPACE: u8 = 32;
@inline
const NEWLINE: u8 = 10;

/** The line feed that ends the line; 0 when the line is too long. Set by each cut. */
export let lineFeed: usize = 0;
/** Where starts lie, as a list with `startsBehind` to add: plain lines need no list of their own. */
export let starts: usize = ENDS - 4;
export let startsBehind: usize = 1;

/** Bytes below 32 other than the line feed, and #. */
@inline
function oddOf(bytes: v128, newlines: v128): v128 {
  const controls = v128.andnot(i8x16.sub_sat_u(i8x16.splat(32), bytes), newlines);
  return v128.or(controls, i8x16.eq(bytes, i8x16.splat(0x23)));
}

@inline
function newlinesOf(bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.splat(NEWLINE));
}

@inline
function cutsOf(bytes: v128, newlines: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(SPACE)), newlines)));
}

@inline
function joined(a: u64, b: u64, c: u64, d: u64): u64 {
  return a | (b << 16) | (c << 32) | (d << 48);
}

/** Cuts a line into exactly `count` tokens; false when it has another number or is not for this code. */
@inline
export function cutLine(line: usize, count: u32): bool {
  let at = line;
  let out: usize = ENDS;
  let odd = i64x2.splat(0);
  let doubled: u64 = 0;
  let before: u64 = 1;
  for (;;) {
    const a = v128.load(at, 0);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    const na = newlinesOf(a);
    const nb = newlinesOf(b);
    const nc = newlinesOf(c);
    const nd = newlinesOf(d);
    odd = v128.or(odd, v128.or(v128.or(oddOf(a, na), oddOf(b, nb)), v128.or(oddOf(c, nc), oddOf(d, nd))));
    let cuts = joined(cutsOf(a, na), cutsOf(b, nb), cutsOf(c, nc), cutsOf(d, nd));
    const isLast = v128.any_true(v128.or(v128.or(na, nb), v128.or(nc, nd)));
    if (isLast) {
      const feeds = joined(
        <u64>(<u32>i8x16.bitmask(na)),
        <u64>(<u32>i8x16.bitmask(nb)),
        <u64>(<u32>i8x16.bitmask(nc)),
        <u64>(<u32>i8x16.bitmask(nd)),
      );
      cuts &= feeds ^ (feeds - 1);
      lineFeed = at + <usize>ctz(feeds);
    }
    doubled |= cuts & ((cuts << 1) | before);
    before = cuts >> 63;
    const found = <usize>popcnt(cuts);
    let to = out;
    out += found << 2;
    do {
      // Eight at once, most of them wanted: cheaper than asking before each.
      store<u32>(to, <u32>at + <u32>ctz(cuts), 0);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 4);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 8);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 12);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 16);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 20);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 24);
      cuts &= cuts - 1;
      store<u32>(to, <u32>at + <u32>ctz(cuts), 28);
      cuts &= cuts - 1;
      to += 32;
    } while (cuts != 0);
    if (isLast) break;
    at += 64;
    if (at - line >= LONGEST) {
      lineFeed = 0;
      return false;
    }
  }
  starts = <usize>ENDS - 4;
  startsBehind = 1;
  store<u32>(starts, <u32>line - 1);
  const isPlain = doubled == 0 && !v128.any_true(odd) && out == <usize>ENDS + (count << 2);
  return isPlain || cutLoosely(line, count);
}

/** Space, tab, carriage return and line feed. */
@inline
function blanksOf(bytes: v128): u64 {
  const plain = v128.or(i8x16.eq(bytes, i8x16.splat(SPACE)), i8x16.eq(bytes, i8x16.splat(NEWLINE)));
  const others = v128.or(i8x16.eq(bytes, i8x16.splat(9)), i8x16.eq(bytes, i8x16.splat(13)));
  return <u64>(<u32>i8x16.bitmask(v128.or(plain, others)));
}

/** NUL and #. */
@inline
function foreignOf(bytes: v128): u64 {
  return <u64>(
    (<u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(0)), i8x16.eq(bytes, i8x16.splat(0x23)))))
  );
}

/** Writes the places of the set bits and gives where the next would be written. */
@inline
function writePlaces(list: usize, at: usize, bits: u64): usize {
  let to = list;
  for (let rest = bits; rest != 0; rest &= rest - 1, to += 4) store<u32>(to, <u32>at + <u32>ctz(rest));
  return to;
}

/** The same for a line of any blanks: a token starts behind a blank and ends in front of one. */
function cutLoosely(line: usize, count: u32): bool {
  let begun: usize = STARTS;
  let ended: usize = ENDS;
  let textBefore: u64 = 0;
  for (let at = line; at <= lineFeed; at += 64) {
    const a = v128.load(at, 0);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    // Up to the line feed, which is a blank itself.
    const within = lineFeed - at < 63 ? (<u64>2 << <u64>(lineFeed - at)) - 1 : <u64>-1;
    const blanks = joined(blanksOf(a), blanksOf(b), blanksOf(c), blanksOf(d));
    if ((joined(foreignOf(a), foreignOf(b), foreignOf(c), foreignOf(d)) & within) != 0) return false;
    // What leading blanks belong to the line is not for this code to say.
    if (at == line && (blanks & 1) != 0) return false;
    const behindText = (~blanks << 1) | textBefore;
    begun = writePlaces(begun, at, ~blanks & ~behindText & within);
    ended = writePlaces(ended, at, blanks & behindText & within);
    textBefore = ~blanks >> 63;
  }
  starts = STARTS;
  startsBehind = 0;
  return ended == <usize>ENDS + (count << 2);
}
