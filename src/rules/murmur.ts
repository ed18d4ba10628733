/**
 * MurmurHash3 (x86; Appleby, public domain): of 128 bits, four words at a time, what connections and networks are named by; of
 * 32 bits what tells keys their part of a run. Both go out of the house, so they give the same in every world and on every day.
 */
import { byteAt, times32, turn32, wordAt } from './port.ts';

const C1: u32 = 0x239b961b;
const C2: u32 = 0xab0e9789;
const C3: u32 = 0x38b34ae5;
const C4: u32 = 0xa1e38b93;

// The four words: what was hashed last, once it is finished.
export let hash1: u32 = 0;
export let hash2: u32 = 0;
export let hash3: u32 = 0;
export let hash4: u32 = 0;

export function beginHash(): void {
  hash1 = 0;
  hash2 = 0;
  hash3 = 0;
  hash4 = 0;
}

export function mixWords(a: u32, b: u32, c: u32, d: u32): void {
  hash1 = (hash1 ^ times32(turn32(times32(a, C1), 15), C2)) >>> 0;
  hash1 = (times32((turn32(hash1, 19) + hash2) >>> 0, 5) + 0x561ccd1b) >>> 0;
  hash2 = (hash2 ^ times32(turn32(times32(b, C2), 16), C3)) >>> 0;
  hash2 = (times32((turn32(hash2, 17) + hash3) >>> 0, 5) + 0x0bcaa747) >>> 0;
  hash3 = (hash3 ^ times32(turn32(times32(c, C3), 17), C4)) >>> 0;
  hash3 = (times32((turn32(hash3, 15) + hash4) >>> 0, 5) + 0x96cd1c35) >>> 0;
  hash4 = (hash4 ^ times32(turn32(times32(d, C4), 18), C1)) >>> 0;
  hash4 = (times32((turn32(hash4, 13) + hash1) >>> 0, 5) + 0x32ac3b17) >>> 0;
}

function avalanche(h: u32): u32 {
  const x = times32((h ^ (h >>> 16)) >>> 0, 0x85ebca6b);
  const y = times32((x ^ (x >>> 13)) >>> 0, 0xc2b2ae35);
  return (y ^ (y >>> 16)) >>> 0;
}

function addUp(): void {
  hash1 = (hash1 + hash2 + hash3 + hash4) >>> 0;
  hash2 = (hash2 + hash1) >>> 0;
  hash3 = (hash3 + hash1) >>> 0;
  hash4 = (hash4 + hash1) >>> 0;
}

/** @param bytes that have gone into it */
export function finishHash(bytes: u32): void {
  hash1 = (hash1 ^ bytes) >>> 0;
  hash2 = (hash2 ^ bytes) >>> 0;
  hash3 = (hash3 ^ bytes) >>> 0;
  hash4 = (hash4 ^ bytes) >>> 0;
  addUp();
  hash1 = avalanche(hash1);
  hash2 = avalanche(hash2);
  hash3 = avalanche(hash3);
  hash4 = avalanche(hash4);
  addUp();
}

const C5: u32 = 0xcc9e2d51;
const C6: u32 = 0x1b873593;

function scrambled(word: u32): u32 {
  return times32(turn32(times32(word, C5), 15), C6);
}

/** The 32 bits of bytes that begin at a multiple of four. */
export function hashOfBytes(at: usize, length: u32, seed: u32): u32 {
  let hash = seed;
  const rest = length & 3;
  const whole = length - rest;
  for (let i: u32 = 0; i < whole; i += 4) {
    hash = (hash ^ scrambled(wordAt(at + i))) >>> 0;
    hash = (times32(turn32(hash, 13), 5) + 0xe6546b64) >>> 0;
  }
  let word: u32 = 0;
  for (let i: u32 = rest; i > 0; i--) word = (word << 8) | byteAt(at + whole + i - 1);
  return avalanche((hash ^ scrambled(word) ^ length) >>> 0);
}
