/**
 * Spelling into the output: texts, numbers and addresses, as JSON and people write them. Nothing here knows what a value
 * means. Stores may reach up to OVERSHOOT bytes beyond what is written.
 */
import { OCTET_LENGTHS, OCTETS, PAIRS } from './layout.ts';
import { byteAt, halfAt, networkWordAt, putByte, wordAt } from './port.ts';
import { copyShort, copyText, putHalfAnywhere, putWordAnywhere, wordAnywhere } from './port-bytes.ts';
import { LARGE, spellLarge } from './spell-large.ts';

/** Where the next byte goes. */
export let out: usize = 0;

export function setOut(at: usize): void {
  out = at;
}

/** One of the texts: up to 127 bytes, the length in the last of 128. */
export function putText(text: usize): void {
  const length = byteAt(text + 127);
  copyShort(out, text, length);
  out += length;
}

export function putBytes(from: usize, length: usize): void {
  copyText(out, from, length);
  out += length;
}

export function putOne(byte: u32): void {
  putByte(out, byte);
  out++;
}

/** Two digits. */
function pairOf(value: u32): u32 {
  return halfAt(PAIRS + (value << 1));
}

/** Four digits of a number below 10,000, zeros in front. */
function fourOf(value: u32): u32 {
  const hundreds: u32 = (value / 100) >>> 0;
  return (pairOf(hundreds) | (pairOf(value - hundreds * 100) << 16)) >>> 0;
}

function putFour(value: u32): void {
  putWordAnywhere(out, fourOf(value));
  out += 4;
}

/** A number below 10,000 without zeros in front. */
function putShort(value: u32): void {
  const zeros: u32 = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
  putWordAnywhere(out, fourOf(value) >>> (zeros << 3));
  out += 4 - zeros;
}

/** A number of 32 bits. */
export function putWhole(value: u32): void {
  if (value < 10000) {
    putShort(value);
    return;
  }
  const rest: u32 = (value / 10000) >>> 0;
  if (rest < 10000) putShort(rest);
  else {
    const first: u32 = (rest / 10000) >>> 0;
    putShort(first);
    putFour(rest - first * 10000);
  }
  putFour(value - rest * 10000);
}

/** A whole number. */
export function putNumber(value: f64): void {
  if (value < 4294967296) putWhole(value as u32);
  else putLong(value);
}

/** A number of more than 32 bits. */
function putLong(value: f64): void {
  if (value >= LARGE) {
    out += spellLarge(out, value);
    return;
  }
  // Eight digits at a time: the quotients are whole numbers below 2^53, so nothing is rounded.
  const rest = Math.floor(value / 100000000);
  const last = (value - rest * 100000000) as u32;
  if (rest < 4294967296) putWhole(rest as u32);
  else putLong(rest);
  const first: u32 = (last / 10000) >>> 0;
  putFour(first);
  putFour(last - first * 10000);
}

let lastHead: u32 = 0;
let headStart: u32 = 0;
let headEnd: u32 = 0;

/** Seconds of ten digits as the ones before them mostly begin: only the last four digits are new. */
export function putSeconds(seconds: f64): void {
  const value = seconds as u32;
  const head: u32 = (value / 10000) >>> 0;
  if (head !== lastHead || head < 100000) {
    const from = out;
    putNumber(seconds);
    if (out - from === 10) {
      lastHead = head;
      headStart = wordAnywhere(from);
      headEnd = wordAnywhere(from + 4) & 0xffff;
    }
    return;
  }
  putWordAnywhere(out, headStart);
  putHalfAnywhere(out + 4, headEnd);
  out += 6;
  putFour(value - head * 10000);
}

function putOctet(octet: u32): void {
  putWordAnywhere(out, wordAt(OCTETS + (octet << 2)));
  out += byteAt(OCTET_LENGTHS + octet);
}

/** Dotted decimal. */
export function putIPv4(address: u32): void {
  putOctet(address >>> 24);
  putOctet((address >>> 16) & 255);
  putOctet((address >>> 8) & 255);
  putOctet(address & 255);
  out--; // a dot too many
}

function groupAt(bytes: usize, group: u32): u32 {
  return (byteAt(bytes + (group << 1)) << 8) | byteAt(bytes + (group << 1) + 1);
}

function putHex(group: u32): void {
  let begun = false;
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    const digit = (group >>> shift) & 15;
    if (digit === 0 && !begun && shift > 0) continue;
    begun = true;
    putOne(digit < 10 ? 48 + digit : 87 + digit);
  }
}

function putGroups(bytes: usize, from: u32, to: u32): void {
  for (let group = from; group < to; group++) {
    if (group > from) putOne(58); // :
    putHex(groupAt(bytes, group));
  }
}

/** RFC 5952: the longest run of two or more zero groups as `::`, the first of equals; IPv4-mapped with dots. */
export function putIPv6(bytes: usize): void {
  if (wordAt(bytes) === 0 && wordAt(bytes + 4) === 0 && networkWordAt(bytes + 8) === 0xffff) {
    putWordAnywhere(out, 0x66663a3a); // ::ff
    putHalfAnywhere(out + 4, 0x6666); // ff
    putByte(out + 6, 58); // :
    out += 7;
    putIPv4(networkWordAt(bytes + 12));
    return;
  }
  let best: u32 = 8;
  let length: u32 = 1;
  let run: u32 = 0;
  for (let group: u32 = 0; group < 8; group++) {
    run = groupAt(bytes, group) === 0 ? run + 1 : 0;
    if (run > length) {
      length = run;
      best = group + 1 - run;
    }
  }
  if (best === 8) {
    putGroups(bytes, 0, 8);
    return;
  }
  putGroups(bytes, 0, best);
  putHalfAnywhere(out, 0x3a3a); // ::
  out += 2;
  putGroups(bytes, best + length, 8);
}
