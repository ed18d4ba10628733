/**
 * MurmurHash3 (x86, 128 bits; Appleby, public domain), four words at a time: what connections and networks are named by.
 * Names go out of the house, so it gives the same in every world and on every day.
 */
import { times32, turn32 } from './port.ts';

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
