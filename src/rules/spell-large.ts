/**
 * Counts of 2^53 and more, as JavaScript spells them: the fewest digits that are read as the same double, then zeros
 * (ECMA-262, Number::toString). No single record counts so far, but sums of many may.
 */
import { byteAt, putByte } from './port.ts';

/** 2^53: from here on doubles are more than one apart. */
export const LARGE: f64 = 9007199254740992;

/** From so many digits on JavaScript spells a power of ten. */
const MOST_DIGITS: u32 = 21;

/** Digits of the number at hand, one a byte and not yet as letters. */
let digits: u32 = 0;

/** Appends the digits of a number below 2^53. */
function spellExactly(at: usize, value: f64): void {
  const rest = Math.floor(value / 10);
  if (rest > 0) spellExactly(at, rest);
  putByte(at + digits, (value - rest * 10) as u32);
  digits++;
}

/** Doubles the number. */
function double(at: usize): void {
  let carry: u32 = 0;
  for (let i = digits; i > 0; i--) {
    const twice = byteAt(at + i - 1) * 2 + carry;
    carry = twice > 9 ? 1 : 0;
    putByte(at + i - 1, twice - carry * 10);
  }
  if (carry !== 0) putInFront(at);
}

/** Puts a 1 in front of all digits. */
function putInFront(at: usize): void {
  for (let i = digits; i > 0; i--) putByte(at + i, byteAt(at + i - 1));
  putByte(at, 1);
  digits++;
}

/** The last digits from a place on as a number; how much is missing to the next power of ten where that is asked. */
function tailOf(at: usize, from: u32, isMissing: bool): f64 {
  let tail: f64 = 0;
  for (let i = from; i < digits; i++) {
    const digit = byteAt(at + i);
    tail = tail * 10 + ((isMissing ? 9 - digit : digit) as f64);
  }
  return isMissing ? tail + 1 : tail;
}

/** Adds one to the number that the first digits are. */
function roundUp(at: usize, length: u32): void {
  let i = length;
  for (; i > 0 && byteAt(at + i - 1) === 9; i--) putByte(at + i - 1, 0);
  if (i > 0) putByte(at + i - 1, byteAt(at + i - 1) + 1);
  else putInFront(at);
}

/** Leaves the fewest digits that tell the number from its neighbours, and zeros for the others. */
function shorten(at: usize, half: f64, lowerHalf: f64, isEven: bool): void {
  for (let length: u32 = 1; length < digits; length++) {
    const above = tailOf(at, length, false);
    const below = tailOf(at, length, true);
    const isDown = above < lowerHalf || (isEven && above === lowerHalf);
    const isUp = below < half || (isEven && below === half);
    if (!isDown && !isUp) continue;
    for (let i = length; i < digits; i++) putByte(at + i, 0);
    if (!isDown || (isUp && below < above)) roundUp(at, length);
    return;
  }
}

/** Writes a whole number of at least {@link LARGE}; gives how many letters it has. There must be room for 40. */
export function spellLarge(at: usize, value: f64): u32 {
  let whole = value;
  let steps: f64 = 1;
  for (; whole >= LARGE; whole /= 2) steps *= 2;
  digits = 0;
  spellExactly(at, whole);
  for (let step: f64 = 1; step < steps; step *= 2) double(at);
  // The neighbours are `steps` away, that below half as far where the number is a power of two.
  shorten(at, steps / 2, whole === LARGE / 2 ? steps / 4 : steps / 2, Math.floor(whole / 2) * 2 === whole);
  for (let i: u32 = 0; i < digits; i++) putByte(at + i, byteAt(at + i) + 48);
  return digits > MOST_DIGITS ? spellPower(at) : digits;
}

/** Makes 1.2e+21 of 1200000000000000000000. */
function spellPower(at: usize): u32 {
  const power = digits - 1;
  let last = digits;
  while (last > 1 && byteAt(at + last - 1) === 48) last--;
  let length: u32 = 1;
  if (last > 1) {
    for (let i = last; i > 1; i--) putByte(at + i, byteAt(at + i - 1));
    putByte(at + 1, 46); // .
    length = last + 1;
  }
  putByte(at + length, 101); // e
  putByte(at + length + 1, 43); // +
  const tens: u32 = (power / 10) >>> 0;
  putByte(at + length + 2, 48 + tens);
  putByte(at + length + 3, 48 + power - tens * 10);
  return length + 4;
}
