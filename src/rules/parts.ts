/**
 * Which part of a run a key belongs to, where records are shared out to be judged in several places. Both directions of a key
 * are in one part, whichever of its addresses a record shows beside the packet's, and however IPv6 is spelt: what is hashed
 * is binary and leaves the house, so it is never changed. Seed 0, over these bytes:
 *
 *   family, 4 or 6 · lower address · higher address (4 or 16 bytes each) · lower port · higher port · protocol
 *
 * All numbers have their highest byte first. The lower end is the one with the lower address, of equal ones that with the lower port.
 */
import {
  dstPort,
  families,
  fromAddr,
  KEY_BYTES,
  protocol,
  ROW_FROM_IS_V6,
  srcPort,
  toAddr,
} from './layout.ts';
import { allocate, release } from './memory.ts';
import { hashOfBytes } from './murmur.ts';
import { byteAt, copyBytes, halfAt, networkWordAt, putWord, wordAt } from './port.ts';

/** How many there are; 0 where records are filed and go to none. */
export let parts: u32 = 0;

/** The sixteen bytes of every IPv6 address by its id, and how many have room. */
export let v6Bytes: usize = 0;
let v6Room: u32 = 0;
const FIRST_ROOM: u32 = 1024;
const MOST_ROOM: u32 = 0x8000000;

/** From here on rows go to so many parts. */
export function setParts(count: u32): void {
  parts = count;
}

/** Makes room for IPv6 addresses of so many ids, those that are there kept; false where there is no memory for them. */
export function reserveV6(count: u32): bool {
  if (count <= v6Room) return true;
  if (count > MOST_ROOM) return false;
  let room: u32 = v6Room === 0 ? FIRST_ROOM : v6Room;
  while (room < count) room <<= 1;
  const bytes = allocate(room << 4);
  if (bytes === 0) return false;
  if (v6Room > 0) copyBytes(bytes, v6Bytes, v6Room << 4);
  release(v6Bytes, v6Room << 4);
  v6Bytes = bytes;
  v6Room = room;
  return true;
}

/** Rows are filed again; the memory has been given back. */
export function forgetParts(): void {
  parts = 0;
  v6Bytes = 0;
  v6Room = 0;
}

/** Whether one IPv6 address is above another: 1, or below it: 2; 0 where they are the same. */
function compareV6(one: u32, other: u32): u32 {
  if (one === other) return 0;
  const a = v6Bytes + (one << 4);
  const b = v6Bytes + (other << 4);
  for (let i: usize = 0; i < 16; i += 4) {
    const left = networkWordAt(a + i);
    const right = networkWordAt(b + i);
    if (left !== right) return left > right ? 1 : 2;
  }
  return 0;
}

function compareV4(one: u32, other: u32): u32 {
  return one === other ? 0 : one > other ? 1 : 2;
}

/** Where the next bytes are put, and up to three that wait for others to fill a word. */
let at: usize = 0;
let waiting: u32 = 0;

/** Puts four bytes behind those before, the lowest of the word first. */
function putBytes(word: u32): void {
  putWord(at, (waiting | (word << 8)) >>> 0);
  waiting = word >>> 24;
  at += 4;
}

function putV6(address: u32): void {
  const from = v6Bytes + (address << 4);
  for (let i: usize = 0; i < 16; i += 4) putBytes(wordAt(from + i));
}

/** The bytes of a port, as the lower half of a word has them. */
function bytesOfPort(port: u32): u32 {
  return ((port & 255) << 8) | (port >>> 8);
}

/** The part of the flow in a row. */
export function partOf(row: u32): u32 {
  const from: usize = fromAddr + (row << 2);
  const to: usize = toAddr + (row << 2);
  const source = halfAt(srcPort + (row << 1));
  const target = halfAt(dstPort + (row << 1));
  const isV6 = (byteAt(families + row) & ROW_FROM_IS_V6) !== 0;
  const order = isV6 ? compareV6(wordAt(from), wordAt(to)) : compareV4(wordAt(from), wordAt(to));
  const fromHigh = order === 1 || (order === 0 && source > target);
  const low = fromHigh ? to : from;
  const high = fromHigh ? from : to;
  at = KEY_BYTES;
  waiting = isV6 ? 6 : 4;
  if (isV6) {
    putV6(wordAt(low));
    putV6(wordAt(high));
  } else {
    putBytes(networkWordAt(low));
    putBytes(networkWordAt(high));
  }
  const ofSource = bytesOfPort(source);
  const ofTarget = bytesOfPort(target);
  putBytes((fromHigh ? (ofSource << 16) | ofTarget : (ofTarget << 16) | ofSource) >>> 0);
  putWord(at, waiting | (byteAt(protocol + row) << 8));
  return hashOfBytes(KEY_BYTES, isV6 ? 38 : 14, 0) % parts;
}
