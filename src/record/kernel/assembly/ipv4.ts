/**
 * IPv4 addresses: where the dots lie names one of 81 shapes, and a shape tells how to shuffle the digits into
 * four octets that are then computed together. After W. Muła and D. Lemire, "Parsing IPv4 addresses,
 * crazily fast" (2023).
 */
import { LEAST_OCTETS, SHAPES, SHUFFLES } from './layout.ts';

/** Not a dotted decimal by its dots: perhaps IPv6 or `-`. */
export const NOT_DOTTED: i64 = -1;
/** Dotted, but no address that this code vouches for. */
export const BAD_ADDRESS: i64 = -2;

/** Octets lie last first, so that narrowing them gives the number; a lane is [none, hundreds, tens, ones]. */
function placeOctet(shuffle: usize, least: usize, lane: usize, from: usize, length: usize): void {
  for (let digit: usize = 0; digit < 4; digit++) {
    const back: usize = 3 - digit;
    store<u8>(shuffle + lane * 4 + digit, back < length ? <u8>(from + length - 1 - back) : 0x80);
  }
  store<u32>(least + lane * 4, length == 3 ? 100 : length == 2 ? 10 : 0);
}

/** Fills the three tables. */
export function fillShapes(): void {
  let shape: usize = 1;
  for (let a: usize = 1; a <= 3; a++) {
    for (let b: usize = 1; b <= 3; b++) {
      for (let c: usize = 1; c <= 3; c++) {
        for (let d: usize = 1; d <= 3; d++, shape++) {
          const shuffle = <usize>SHUFFLES + shape * 16;
          const least = <usize>LEAST_OCTETS + shape * 16;
          const toB = a + 1;
          const toC = toB + b + 1;
          const toD = toC + c + 1;
          placeOctet(shuffle, least, 3, 0, a);
          placeOctet(shuffle, least, 2, toB, b);
          placeOctet(shuffle, least, 1, toC, c);
          placeOctet(shuffle, least, 0, toD, d);
          const one: usize = 1;
          const mask = (one << a) | (one << (toC - 1)) | (one << (toD - 1)) | (one << (toD + d));
          store<u8>(<usize>SHAPES + mask, <u8>shape);
        }
      }
    }
  }
}

@inline
export function readIPv4(token: usize, length: usize): i64 {
  if (length > 15) return NOT_DOTTED;
  const text = v128.load(token);
  const dots = i8x16.bitmask(i8x16.eq(text, i8x16.splat(0x2e)));
  const end = 1 << <i32>length;
  const shape = <usize>load<u8>(<usize>SHAPES + ((dots & (end - 1)) | end));
  if (shape == 0) return NOT_DOTTED;
  const digits = i8x16.swizzle(i8x16.sub(text, i8x16.splat(0x30)), v128.load(<usize>SHUFFLES + shape * 16));
  const tens = i32x4.dot_i16x8_s(v128.and(digits, i16x8.splat(0xff)), i16x8(0, 10, 0, 10, 0, 10, 0, 10));
  const ones = i32x4.dot_i16x8_s(i16x8.shr_u(digits, 8), i16x8(100, 1, 100, 1, 100, 1, 100, 1));
  const octets = i32x4.add(tens, ones);
  const tooMuch = v128.or(
    i32x4.gt_s(octets, i32x4.splat(255)),
    i32x4.lt_s(octets, v128.load(<usize>LEAST_OCTETS + shape * 16)),
  );
  if (v128.any_true(v128.or(tooMuch, i8x16.sub_sat_u(digits, i8x16.splat(9))))) return BAD_ADDRESS;
  const halves = i16x8.narrow_i32x4_u(octets, octets);
  return <i64>(<u64>(<u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(halves, halves), 0)));
}
