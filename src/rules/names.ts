/**
 * The names of a connection. Its uid is `C` and 102 bits of MurmurHash3 (x86, 128 bits; Appleby, public domain) over key,
 * scope and opening: the same connection gets the same uid in every run, whatever else the input holds. Its Community ID
 * v1 (Corelight, community-id-spec), seed 0, is the flow hash that Zeek, Suricata and others write; four are hashed at
 * once, so that one is there at the latest when {@link nameWaiting} is called.
 */
import { BASE64, UID_ALPHABET, WORK } from './layout.ts';
import { byteAt, networkWordAt, putByte, putWord, times32, turn32, wordAt } from './port.ts';
import { hashBlocks, putHalfAnywhere } from './port-bytes.ts';
import { aside } from './settings.ts';

/** Sixteen words of each of four messages, side by side; 80 as they are hashed. */
const BLOCKS: usize = WORK + 16384;
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

function mix(a: u32, b: u32, c: u32, d: u32): void {
  h1 = (h1 ^ times32(turn32(times32(a, C1), 15), C2)) >>> 0;
  h1 = (times32((turn32(h1, 19) + h2) >>> 0, 5) + 0x561ccd1b) >>> 0;
  h2 = (h2 ^ times32(turn32(times32(b, C2), 16), C3)) >>> 0;
  h2 = (times32((turn32(h2, 17) + h3) >>> 0, 5) + 0x0bcaa747) >>> 0;
  h3 = (h3 ^ times32(turn32(times32(c, C3), 17), C4)) >>> 0;
  h3 = (times32((turn32(h3, 15) + h4) >>> 0, 5) + 0x96cd1c35) >>> 0;
  h4 = (h4 ^ times32(turn32(times32(d, C4), 18), C1)) >>> 0;
  h4 = (times32((turn32(h4, 13) + h1) >>> 0, 5) + 0x32ac3b17) >>> 0;
}

function avalanche(h: u32): u32 {
  const x = times32((h ^ (h >>> 16)) >>> 0, 0x85ebca6b);
  const y = times32((x ^ (x >>> 13)) >>> 0, 0xc2b2ae35);
  return (y ^ (y >>> 16)) >>> 0;
}

function addUp(): void {
  h1 = (h1 + h2 + h3 + h4) >>> 0;
  h2 = (h2 + h1) >>> 0;
  h3 = (h3 + h1) >>> 0;
  h4 = (h4 + h1) >>> 0;
}

function finish(bytes: u32): void {
  h1 = (h1 ^ bytes) >>> 0;
  h2 = (h2 ^ bytes) >>> 0;
  h3 = (h3 ^ bytes) >>> 0;
  h4 = (h4 ^ bytes) >>> 0;
  addUp();
  h1 = avalanche(h1);
  h2 = avalanche(h2);
  h3 = avalanche(h3);
  h4 = avalanche(h4);
  addUp();
}

function putLetter(out: usize, i: usize, bits: u32): void {
  putByte(out + i, byteAt(UID_ALPHABET + (bits & 63)));
}

/** Four letters of six bits each, from the lowest bit on. */
function putFour(out: usize, i: usize, bits: u32): void {
  putLetter(out, i, bits);
  putLetter(out, i + 1, bits >>> 6);
  putLetter(out, i + 2, bits >>> 12);
  putLetter(out, i + 3, bits >>> 18);
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
  h1 = 0;
  h2 = 0;
  h3 = 0;
  h4 = 0;
  // The length of an address in bytes stands for the family.
  mix(protocol | ((isV6 ? 16 : 4) << 8), ports, scope0, scope1);
  if (isV6) {
    mix(opening, ordinal, networkWordAt(low), networkWordAt(low + 4));
    mix(networkWordAt(low + 8), networkWordAt(low + 12), networkWordAt(high), networkWordAt(high + 4));
    mix(networkWordAt(high + 8), networkWordAt(high + 12), 0, 0);
    finish(64);
  } else {
    mix(opening, ordinal, low as u32, high as u32);
    finish(32);
  }
  putByte(out, 67); // C
  putFour(out, 1, h1);
  putLetter(out, 5, h1 >>> 24);
  putLetter(out, 6, (h1 >>> 30) | (h2 << 2));
  putFour(out, 7, h2 >>> 4);
  putLetter(out, 11, (h2 >>> 28) | (h3 << 4));
  putFour(out, 12, h3 >>> 2);
  putLetter(out, 16, h3 >>> 26);
  putLetter(out, 17, h4);
}

function putBlockWord(word: u32, value: u32): void {
  putWord(aside + BLOCKS + (word << 4) + (waiting << 2), value);
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
  // The seed's two bytes shift everything by half a word.
  if (isV6) {
    let before: u32 = 0;
    for (let i: usize = 0; i < 32; i += 4) {
      const next = networkWordAt(i < 16 ? low + i : high + i - 16);
      putBlockWord(word, ((before << 16) | (next >>> 16)) >>> 0);
      before = next;
      word++;
    }
    putBlockWord(word, ((before << 16) | (protocol << 8)) >>> 0);
    word++;
  } else {
    const from = low as u32;
    const to = high as u32;
    putBlockWord(0, from >>> 16);
    putBlockWord(1, ((from << 16) | (to >>> 16)) >>> 0);
    putBlockWord(2, ((to << 16) | (protocol << 8)) >>> 0);
    word = 3;
  }
  putBlockWord(word, ports);
  word++;
  const length = word << 5;
  putBlockWord(word, 0x80000000);
  word++;
  for (; word < 15; word++) putBlockWord(word, 0);
  putBlockWord(15, length);
  putWord(aside + TARGETS + (waiting << 2), out as u32);
  waiting++;
  if (waiting === 4) nameWaiting();
}

function putDigit(out: usize, i: usize, bits: u32): void {
  putByte(out + i, byteAt(BASE64 + (bits & 63)));
}

/** Five letters of six bits each, the lowest of which end at `shift`. */
function putFiveDigits(out: usize, i: usize, bits: u32): void {
  putDigit(out, i, bits >>> 24);
  putDigit(out, i + 1, bits >>> 18);
  putDigit(out, i + 2, bits >>> 12);
  putDigit(out, i + 3, bits >>> 6);
  putDigit(out, i + 4, bits);
}

/** Two words of 64 bits as ten letters; gives the four bits that are left, as the upper ones of a letter. */
function putTenDigits(out: usize, i: usize, one: u32, other: u32): u32 {
  putFiveDigits(out, i, one >>> 2);
  putDigit(out, i + 5, ((one & 3) << 4) | (other >>> 28));
  putDigit(out, i + 6, other >>> 22);
  putDigit(out, i + 7, other >>> 16);
  putDigit(out, i + 8, other >>> 10);
  putDigit(out, i + 9, other >>> 4);
  return (other & 15) << 2;
}

/** Writes the Community IDs that wait: `1:` and the twenty bytes of each digest in base64 (RFC 4648 §4). */
export function nameWaiting(): void {
  if (waiting === 0) return;
  hashBlocks(aside + BLOCKS, aside + DIGESTS, waiting);
  for (let lane: u32 = 0; lane < waiting; lane++) {
    const digest = aside + DIGESTS + (lane << 2);
    const out: usize = wordAt(aside + TARGETS + (lane << 2));
    const third = wordAt(digest + 32);
    putHalfAnywhere(out, 0x3a31); // 1:
    const afterTwo = putTenDigits(out, 2, wordAt(digest), wordAt(digest + 16));
    putDigit(out, 12, afterTwo | (third >>> 30));
    putFiveDigits(out, 13, third);
    putDigit(out, 28, putTenDigits(out, 18, wordAt(digest + 48), wordAt(digest + 64)));
    putByte(out + 29, 61); // =
  }
  waiting = 0;
}
