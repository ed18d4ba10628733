/**
 * The names of a connection: its uid, and its Community ID, four of which are hashed at once. The fast twins
 * of engine/uid.ts, community-id.ts and sha1-block.ts.
 */
import { BASE64, UID_ALPHABET, WORK } from './layout.ts';
import { aside } from './memory.ts';

/** Sixteen words of each of four messages, side by side; 80 as they are hashed. */
const BLOCKS: usize = <usize>WORK + 16384;
const DIGESTS: usize = BLOCKS + 80 * 16;
/** Where each message's Community ID goes. */
const TARGETS: usize = DIGESTS + 80;

let waiting: u32 = 0;

const C1: u32 = 0x239b961b;
const C2: u32 = 0xab0e9789;
const C3: u32 = 0x38b34ae5;
const C4: u32 = 0xa1e38b93;

let h1: u32 = 0;
let h2: u32 = 0;
let h3: u32 = 0;
let h4: u32 = 0;

@inline
function mix(a: u32, b: u32, c: u32, d: u32): void {
  h1 ^= rotl(a * C1, 15) * C2;
  h1 = (rotl(h1, 19) + h2) * 5 + 0x561ccd1b;
  h2 ^= rotl(b * C2, 16) * C3;
  h2 = (rotl(h2, 17) + h3) * 5 + 0x0bcaa747;
  h3 ^= rotl(c * C3, 17) * C4;
  h3 = (rotl(h3, 15) + h4) * 5 + 0x96cd1c35;
  h4 ^= rotl(d * C4, 18) * C1;
  h4 = (rotl(h4, 13) + h1) * 5 + 0x32ac3b17;
}

@inline
function avalanche(h: u32): u32 {
  let x = (h ^ (h >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return x ^ (x >> 16);
}

function finish(bytes: u32): void {
  h1 ^= bytes;
  h2 ^= bytes;
  h3 ^= bytes;
  h4 ^= bytes;
  h1 += h2 + h3 + h4;
  h2 += h1;
  h3 += h1;
  h4 += h1;
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  h1 += h2 + h3 + h4;
  h2 += h1;
  h3 += h1;
  h4 += h1;
}

@inline
function putLetter(out: usize, i: usize, bits: u64): void {
  store<u8>(out + i, load<u8>(<usize>UID_ALPHABET + <usize>(bits & 63)));
}

/** Writes a uid of 18 letters. Ports hold the low end's above the high end's; v6 ends are where their bytes lie. */
export function writeUid(
  out: usize,
  protocol: u32,
  isV6: bool,
  low: usize,
  high: usize,
  ports: u32,
  scope0: u32,
  scope1: u32,
  opening: u32,
  ordinal: u32,
): void {
  h1 = h2 = h3 = h4 = 0;
  mix(protocol | ((isV6 ? 16 : 4) << 8), ports, scope0, scope1);
  if (isV6) {
    const l = bswap(load<u64>(low, 0));
    const l2 = bswap(load<u64>(low, 8));
    const h = bswap(load<u64>(high, 0));
    const g = bswap(load<u64>(high, 8));
    mix(opening, ordinal, <u32>(l >> 32), <u32>l);
    mix(<u32>(l2 >> 32), <u32>l2, <u32>(h >> 32), <u32>h);
    mix(<u32>(g >> 32), <u32>g, 0, 0);
    finish(64);
  } else {
    mix(opening, ordinal, <u32>low, <u32>high);
    finish(32);
  }
  let bits = <u64>h1 | (<u64>h2 << 32);
  const more = <u64>h3 | (<u64>h4 << 32);
  store<u8>(out, 67); // C
  for (let i: usize = 1; i <= 10; i++) {
    putLetter(out, i, bits);
    bits >>= 6;
  }
  putLetter(out, 11, bits | (more << 4));
  bits = more >> 2;
  for (let i: usize = 12; i <= 17; i++) {
    putLetter(out, i, bits);
    bits >>= 6;
  }
}

@inline
function putWord(word: u32, value: u32): void {
  store<u32>(aside + BLOCKS + (word << 4) + (waiting << 2), value);
}

/** Has a Community ID of 30 letters written to `out`, at the latest when {@link nameWaiting} is called. */
export function writeCommunityId(
  out: usize,
  protocol: u32,
  isV6: bool,
  low: usize,
  high: usize,
  ports: u32,
): void {
  let word: u32 = 0;
  if (isV6) {
    // The seed's two bytes shift everything by half a word.
    let before: u32 = 0;
    for (let i: usize = 0; i < 32; i += 4) {
      const next = bswap(load<u32>((i < 16 ? low : high - 16) + i));
      putWord(word++, (before << 16) | (next >> 16));
      before = next;
    }
    putWord(word++, (before << 16) | (protocol << 8));
  } else {
    putWord(word++, <u32>low >> 16);
    putWord(word++, (<u32>low << 16) | (<u32>high >> 16));
    putWord(word++, (<u32>high << 16) | (protocol << 8));
  }
  putWord(word++, ports);
  const length = word << 5;
  putWord(word++, 0x80000000);
  while (word < 15) putWord(word++, 0);
  putWord(15, length);
  store<u32>(aside + TARGETS + (waiting << 2), <u32>out);
  if (++waiting == 4) nameWaiting();
}

@inline
function rotate(x: v128, by: i32): v128 {
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/** The compression of SHA-1 (FIPS 180-4) over four blocks side by side. */
function hashBlocks(): void {
  for (let at = aside + BLOCKS + 256; at < aside + BLOCKS + 80 * 16; at += 16) {
    const early = v128.xor(v128.load(at - 48), v128.load(at - 128));
    v128.store(at, rotate(v128.xor(early, v128.xor(v128.load(at - 224), v128.load(at - 256))), 1));
  }
  let a = i32x4.splat(0x67452301);
  let b = i32x4.splat(0xefcdab89);
  let c = i32x4.splat(0x98badcfe);
  let d = i32x4.splat(0x10325476);
  let e = i32x4.splat(0xc3d2e1f0);
  let at = aside + BLOCKS;
  for (; at < aside + BLOCKS + 20 * 16; at += 16) {
    const mixed = v128.xor(d, v128.and(b, v128.xor(c, d)));
    const next = i32x4.add(
      i32x4.add(rotate(a, 5), mixed),
      i32x4.add(e, i32x4.add(i32x4.splat(0x5a827999), v128.load(at))),
    );
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < aside + BLOCKS + 40 * 16; at += 16) {
    const mixed = v128.xor(v128.xor(b, c), d);
    const next = i32x4.add(
      i32x4.add(rotate(a, 5), mixed),
      i32x4.add(e, i32x4.add(i32x4.splat(0x6ed9eba1), v128.load(at))),
    );
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < aside + BLOCKS + 60 * 16; at += 16) {
    const mixed = v128.or(v128.and(b, c), v128.and(d, v128.or(b, c)));
    const next = i32x4.add(
      i32x4.add(rotate(a, 5), mixed),
      i32x4.add(e, i32x4.add(i32x4.splat(0x8f1bbcdc), v128.load(at))),
    );
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  for (; at < aside + BLOCKS + 80 * 16; at += 16) {
    const mixed = v128.xor(v128.xor(b, c), d);
    const next = i32x4.add(
      i32x4.add(rotate(a, 5), mixed),
      i32x4.add(e, i32x4.add(i32x4.splat(0xca62c1d6), v128.load(at))),
    );
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  v128.store(aside + DIGESTS, i32x4.add(a, i32x4.splat(0x67452301)), 0);
  v128.store(aside + DIGESTS, i32x4.add(b, i32x4.splat(0xefcdab89)), 16);
  v128.store(aside + DIGESTS, i32x4.add(c, i32x4.splat(0x98badcfe)), 32);
  v128.store(aside + DIGESTS, i32x4.add(d, i32x4.splat(0x10325476)), 48);
  v128.store(aside + DIGESTS, i32x4.add(e, i32x4.splat(0xc3d2e1f0)), 64);
}

@inline
function digit(bits: u64): u8 {
  return load<u8>(<usize>BASE64 + <usize>(bits & 63));
}

/** Six bytes in the low 48 bits as eight letters. */
@inline
function putSix(out: usize, bits: u64): void {
  for (let i: usize = 0; i < 8; i++) store<u8>(out + i, digit(bits >> (42 - i * 6)));
}

/** Writes the Community IDs that wait. */
export function nameWaiting(): void {
  if (waiting == 0) return;
  hashBlocks();
  for (let lane: u32 = 0; lane < waiting; lane++) {
    const digest = aside + DIGESTS + (lane << 2);
    const out = <usize>load<u32>(aside + TARGETS + (lane << 2));
    const ab = (<u64>load<u32>(digest, 0) << 32) | <u64>load<u32>(digest, 16);
    const cd = (<u64>load<u32>(digest, 32) << 32) | <u64>load<u32>(digest, 48);
    const e = <u64>load<u32>(digest, 64);
    store<u16>(out, 0x3a31); // 1:
    putSix(out + 2, ab >> 16);
    putSix(out + 10, (ab << 32) | (cd >> 32));
    putSix(out + 18, (cd << 16) | (e >> 16));
    store<u8>(out + 26, digit(e >> 10));
    store<u8>(out + 27, digit(e >> 4));
    store<u8>(out + 28, digit(e << 2));
    store<u8>(out + 29, 61); // =
  }
  waiting = 0;
}
