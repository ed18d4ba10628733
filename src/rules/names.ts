/**
 * The names of a connection. Its uid is `C` and 102 bits of a hash over key, scope and opening: the same connection gets the
 * same uid in every run, whatever else the input holds. Its Community ID v1 (Corelight, community-id-spec), seed 0, is the
 * flow hash that Zeek, Suricata and others write; four are hashed at once, so that one is there at the latest when
 * {@link nameWaiting} is called.
 */
import { openingOf, ordinalOf, scopeOf } from './drafts.ts';
import { BASE64, HAS_PORTS, PROTOCOL_TRAITS, UID_ALPHABET, WORK } from './layout.ts';
import { beginHash, finishHash, hash1, hash2, hash3, hash4, mixWords } from './murmur.ts';
import { byteAt, networkWordAt, putByte, putWord, wordAt } from './port.ts';
import { hashBlocks, putHalfAnywhere } from './port-bytes.ts';
import { high, isV6, low, ports, transport } from './records.ts';
import { addresses, aside } from './settings.ts';

/** Letters of a uid, and of a Community ID. */
export const UID_LENGTH: u32 = 18;
export const COMMUNITY_ID_LENGTH: u32 = 30;

/** Sixteen words of each of four messages, side by side; 80 as they are hashed. */
const BLOCKS: usize = WORK + 16384;
const DIGESTS: usize = BLOCKS + 80 * 16;
/** Where each message's Community ID goes. */
const TARGETS: usize = DIGESTS + 80;

let waiting: u32 = 0;

/** Where the bytes of an IPv6 address lie. */
export function bytesOfV6(address: u32): usize {
  return addresses + (address << 4);
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

/** Of the first word of what a uid is made of: the length of an address in bytes, and whether no time is known. */
const BYTES_SHIFT: u32 = 8;
const NO_TIME: u32 = 1 << 16;

/** Writes the uid of a connection. */
export function writeUid(out: usize, draft: usize): void {
  const opening = openingOf(draft);
  const second: u32 = opening < 0 ? 0 : (opening as u32);
  const first: u32 = transport | ((isV6 ? 16 : 4) << BYTES_SHIFT) | (opening < 0 ? NO_TIME : 0);
  beginHash();
  mixWords(first, ports, scopeOf(draft, 0), scopeOf(draft, 1));
  if (isV6) {
    const one = bytesOfV6(low);
    const other = bytesOfV6(high);
    mixWords(second, ordinalOf(draft), networkWordAt(one), networkWordAt(one + 4));
    mixWords(networkWordAt(one + 8), networkWordAt(one + 12), networkWordAt(other), networkWordAt(other + 4));
    mixWords(networkWordAt(other + 8), networkWordAt(other + 12), 0, 0);
    finishHash(64);
  } else {
    mixWords(second, ordinalOf(draft), low, high);
    finishHash(32);
  }
  putByte(out, 67); // C
  putFour(out, 1, hash1);
  putLetter(out, 5, hash1 >>> 24);
  putLetter(out, 6, (hash1 >>> 30) | (hash2 << 2));
  putFour(out, 7, hash2 >>> 4);
  putLetter(out, 11, (hash2 >>> 28) | (hash3 << 4));
  putFour(out, 12, hash3 >>> 2);
  putLetter(out, 16, hash3 >>> 26);
  putLetter(out, 17, hash4);
}

function putBlockWord(word: u32, value: u32): void {
  putWord(aside + BLOCKS + (word << 4) + (waiting << 2), value);
}

/** Whether the protocol of the key has ports. */
export function hasPorts(): bool {
  return (byteAt(PROTOCOL_TRAITS + transport) & HAS_PORTS) !== 0;
}

/** Has the Community ID of the key written, at the latest when {@link nameWaiting} is called. */
export function writeCommunityId(out: usize): void {
  let word: u32 = 0;
  // The seed's two bytes shift everything by half a word.
  if (isV6) {
    let before: u32 = 0;
    for (let i: usize = 0; i < 32; i += 4) {
      const next = networkWordAt(i < 16 ? bytesOfV6(low) + i : bytesOfV6(high) + i - 16);
      putBlockWord(word, ((before << 16) | (next >>> 16)) >>> 0);
      before = next;
      word++;
    }
    putBlockWord(word, ((before << 16) | (transport << 8)) >>> 0);
    word++;
  } else {
    putBlockWord(0, low >>> 16);
    putBlockWord(1, ((low << 16) | (high >>> 16)) >>> 0);
    putBlockWord(2, ((high << 16) | (transport << 8)) >>> 0);
    word = 3;
  }
  if (hasPorts()) {
    putBlockWord(word, ports);
    word++;
  }
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

/** Five letters of six bits each, the last of which is the lowest six. */
function putFiveDigits(out: usize, i: usize, bits: u32): void {
  putDigit(out, i, bits >>> 24);
  putDigit(out, i + 1, bits >>> 18);
  putDigit(out, i + 2, bits >>> 12);
  putDigit(out, i + 3, bits >>> 6);
  putDigit(out, i + 4, bits);
}

/** Two words as ten letters; gives the four bits that are left, as the upper ones of a letter. */
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
