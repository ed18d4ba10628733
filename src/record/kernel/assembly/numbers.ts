/**
 * Whole numbers from their digits, all at once: the digits are loaded right-aligned into a vector and folded
 * into pairs, fours and eights. Whatever is not plain digits is handed back undecided.
 */
import { LAST_BYTES } from './layout.ts';

/** The token is `-`. */
export const DASH: i64 = -1;
/** Not digits, or more of them than are folded here: for the TypeScript scanner to judge. */
export const ODD: i64 = -2;

@inline
function notDigits(token: usize, length: usize): i64 {
  return length == 1 && load<u8>(token) == 0x2d ? DASH : ODD;
}

@inline
function digitsBefore(end: usize, length: usize): v128 {
  const digits = i8x16.sub(v128.load(end - 16), i8x16.splat(0x30));
  return v128.and(digits, v128.load((<usize>LAST_BYTES) + (length << 4)));
}

@inline
function hasOther(digits: v128): bool {
  return v128.any_true(i8x16.sub_sat_u(digits, i8x16.splat(9)));
}

/** Sixteen digits as four numbers below 10,000, the first in lane 0. */
@inline
function foldIntoFours(digits: v128): v128 {
  const tens = i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10));
  const pairs = i16x8.add(tens, i16x8.shr_u(digits, 8));
  return i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1));
}

/** A number of up to eight digits that ends before `end`. */
@inline
export function readShort(end: usize, length: usize): i32 {
  if (length > 8) return <i32>ODD;
  const digits = digitsBefore(end, length);
  if (hasOther(digits)) return <i32>notDigits(end - length, length);
  const fours = foldIntoFours(digits);
  return i32x4.extract_lane(fours, 2) * 10000 + i32x4.extract_lane(fours, 3);
}

/** A number of up to sixteen digits that ends before `end`. */
@inline
export function readLong(end: usize, length: usize): i64 {
  if (length > 16) return ODD;
  const digits = digitsBefore(end, length);
  if (hasOther(digits)) return notDigits(end - length, length);
  const fours = foldIntoFours(digits);
  const eights = i32x4.dot_i16x8_s(
    i16x8.narrow_i32x4_s(fours, fours),
    i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1),
  );
  return <i64>i32x4.extract_lane(eights, 0) * 100000000 + <i64>i32x4.extract_lane(eights, 1);
}
