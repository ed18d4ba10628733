/**
 * What a text asks of memory: bytes at any address, copies of sixteen at once, numbers in network order, and four hashes
 * side by side. Beside port.ts the one file that knows two worlds; in WebAssembly these are single instructions or
 * vectors, in Node plain loops that give the same bytes. Copies of texts may write up to fifteen bytes beyond the end.
 */
import { byteAt, copyBytes, putByte, putWord, turn32, wordAt } from './port.ts';

/** Two bytes at any address, the lower first. */
export function putHalfAnywhere(at: usize, value: u32): void {
  if (ASC_TARGET !== 0) store<u16>(at, value as u16);
  else {
    putByte(at, value & 255);
    putByte(at + 1, value >>> 8);
  }
}

/** Four bytes at any address, the lowest first. */
export function putWordAnywhere(at: usize, value: u32): void {
  if (ASC_TARGET !== 0) store<u32>(at, value);
  else {
    putByte(at, value & 255);
    putByte(at + 1, (value >>> 8) & 255);
    putByte(at + 2, (value >>> 16) & 255);
    putByte(at + 3, value >>> 24);
  }
}

/** Four bytes at any address, the lowest first. */
export function wordAnywhere(at: usize): u32 {
  if (ASC_TARGET !== 0) return load<u32>(at);
  return (byteAt(at) | (byteAt(at + 1) << 8) | (byteAt(at + 2) << 16) | (byteAt(at + 3) << 24)) >>> 0;
}

/** Copies a text of any length. */
export function copyText(to: usize, from: usize, length: usize): void {
  if (ASC_TARGET !== 0) {
    for (let at: usize = 0; at < length; at += 16) v128.store(to + at, v128.load(from + at));
  } else copyBytes(to, from, length);
}

/** Copies a text that mostly has less than 32 bytes, without asking how many: there must be room for 64. */
export function copyShort(to: usize, from: usize, length: usize): void {
  if (ASC_TARGET !== 0) {
    v128.store(to, v128.load(from, 0), 0);
    v128.store(to, v128.load(from, 16), 16);
    if (length > 32) {
      v128.store(to, v128.load(from, 32), 32);
      v128.store(to, v128.load(from, 48), 48);
      for (let at: usize = 64; at < length; at += 16) v128.store(to + at, v128.load(from + at));
    }
  } else copyBytes(to, from, length);
}

/** Constants of the four rounds of SHA-1 (FIPS 180-4 §4.2.1) and its initial hash value (§5.3.1). */
const K1: u32 = 0x5a827999;
const K2: u32 = 0x6ed9eba1;
const K3: u32 = 0x8f1bbcdc;
const K4: u32 = 0xca62c1d6;
const H1: u32 = 0x67452301;
const H2: u32 = 0xefcdab89;
const H3: u32 = 0x98badcfe;
const H4: u32 = 0x10325476;
const H5: u32 = 0xc3d2e1f0;

/**
 * The compression of SHA-1 (FIPS 180-4 §6.1.2) over up to four blocks. Word w of lane n lies at `blocks` + 16 w + 4 n, with
 * room for 80 words of each; the five words of the digests are put at `digests` in the same way.
 */
export function hashBlocks(blocks: usize, digests: usize, lanes: u32): void {
  if (ASC_TARGET !== 0) hashSideBySide(blocks, digests);
  else for (let lane: u32 = 0; lane < lanes; lane++) hashLane(blocks + (lane << 2), digests + (lane << 2));
}

function hashLane(block: usize, digest: usize): void {
  for (let at = block + 256; at < block + 1280; at += 16)
    putWord(at, turn32((wordAt(at - 48) ^ wordAt(at - 128) ^ wordAt(at - 224) ^ wordAt(at - 256)) >>> 0, 1));
  let a = H1;
  let b = H2;
  let c = H3;
  let d = H4;
  let e = H5;
  for (let step: usize = 0; step < 80; step++) {
    let mixed: u32 = (b ^ c ^ d) >>> 0;
    let constant = step < 40 ? K2 : K4;
    if (step < 20) {
      mixed = (d ^ (b & (c ^ d))) >>> 0;
      constant = K1;
    } else if (step >= 40 && step < 60) {
      mixed = ((b & c) | (d & (b | c))) >>> 0;
      constant = K3;
    }
    const next = (turn32(a, 5) + mixed + e + constant + wordAt(block + (step << 4))) >>> 0;
    e = d;
    d = c;
    c = turn32(b, 30);
    b = a;
    a = next;
  }
  putWord(digest, (a + H1) >>> 0);
  putWord(digest + 16, (b + H2) >>> 0);
  putWord(digest + 32, (c + H3) >>> 0);
  putWord(digest + 48, (d + H4) >>> 0);
  putWord(digest + 64, (e + H5) >>> 0);
}

function turnAll(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

function addAll(a: v128, mixed: v128, e: v128, constant: u32, word: usize): v128 {
  return i32x4.add(
    i32x4.add(turnAll(a, 5), mixed),
    i32x4.add(e, i32x4.add(i32x4.splat(constant as i32), v128.load(word))),
  );
}

function hashSideBySide(blocks: usize, digests: usize): void {
  for (let at = blocks + 256; at < blocks + 1280; at += 16) {
    const early = v128.xor(v128.load(at - 48), v128.load(at - 128));
    v128.store(at, turnAll(v128.xor(early, v128.xor(v128.load(at - 224), v128.load(at - 256))), 1));
  }
  let a = i32x4.splat(H1 as i32);
  let b = i32x4.splat(H2 as i32);
  let c = i32x4.splat(H3 as i32);
  let d = i32x4.splat(H4 as i32);
  let e = i32x4.splat(H5 as i32);
  let at = blocks;
  for (; at < blocks + 320; at += 16) {
    const next = addAll(a, v128.xor(d, v128.and(b, v128.xor(c, d))), e, K1, at);
    e = d;
    d = c;
    c = turnAll(b, 30);
    b = a;
    a = next;
  }
  for (; at < blocks + 640; at += 16) {
    const next = addAll(a, v128.xor(v128.xor(b, c), d), e, K2, at);
    e = d;
    d = c;
    c = turnAll(b, 30);
    b = a;
    a = next;
  }
  for (; at < blocks + 960; at += 16) {
    const next = addAll(a, v128.or(v128.and(b, c), v128.and(d, v128.or(b, c))), e, K3, at);
    e = d;
    d = c;
    c = turnAll(b, 30);
    b = a;
    a = next;
  }
  for (; at < blocks + 1280; at += 16) {
    const next = addAll(a, v128.xor(v128.xor(b, c), d), e, K4, at);
    e = d;
    d = c;
    c = turnAll(b, 30);
    b = a;
    a = next;
  }
  v128.store(digests, i32x4.add(a, i32x4.splat(H1 as i32)), 0);
  v128.store(digests, i32x4.add(b, i32x4.splat(H2 as i32)), 16);
  v128.store(digests, i32x4.add(c, i32x4.splat(H3 as i32)), 32);
  v128.store(digests, i32x4.add(d, i32x4.splat(H4 as i32)), 48);
  v128.store(digests, i32x4.add(e, i32x4.splat(H5 as i32)), 64);
}
