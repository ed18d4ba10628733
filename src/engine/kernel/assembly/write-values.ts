/**
 * Spelling into the output: texts, numbers and addresses. The fast twin of export/json-bytes.ts and of the
 * spelling in record/address.ts. Stores may reach up to OVERSHOOT bytes beyond what is written.
 */
import { OCTET_LENGTHS, OCTETS, PAIRS } from './layout.ts';

/** Where the next byte goes. */
export let out: usize = 0;

export function setOut(at: usize): void {
  out = at;
}

/** One of the texts: up to 127 bytes, the length in the last of 128. */
@inline
export function putText(text: usize): void {
  const length = <usize>load<u8>(text, 127);
  v128.store(out, v128.load(text, 0), 0);
  v128.store(out, v128.load(text, 16), 16);
  if (length > 32) {
    v128.store(out, v128.load(text, 32), 32);
    v128.store(out, v128.load(text, 48), 48);
    if (length > 64) {
      for (let at: usize = 64; at < length; at += 16) v128.store(out + at, v128.load(text + at));
    }
  }
  out += length;
}

@inline
export function putBytes(from: usize, length: usize): void {
  for (let at: usize = 0; at < length; at += 16) v128.store(out + at, v128.load(from + at));
  out += length;
}

@inline
export function putByte(byte: u8): void {
  store<u8>(out++, byte);
}

@inline
function putPair(at: usize, pair: u64): void {
  store<u16>(at, load<u16>(<usize>PAIRS + (<usize>pair << 1)));
}

/** Four digits of a number below 10,000, zeros in front. */
@inline
function fourOf(value: u32): u32 {
  const hundreds = value / 100;
  const high = <u32>load<u16>(<usize>PAIRS + (<usize>hundreds << 1));
  const low = <u32>load<u16>(<usize>PAIRS + (<usize>(value - hundreds * 100) << 1));
  return high | (low << 16);
}

/** A number below 10,000 without zeros in front. */
@inline
function putShort(value: u32): void {
  const zeros = <u32>(value < 10) + <u32>(value < 100) + <u32>(value < 1000);
  store<u32>(out, fourOf(value) >> (zeros << 3));
  out += <usize>(4 - zeros);
}

/** A whole number in decimal. */
export function putNumber(value: u64): void {
  if (value < 10000) {
    putShort(<u32>value);
    return;
  }
  const rest = value / 10000;
  if (rest < 10000) putShort(<u32>rest);
  else putNumber(rest);
  store<u32>(out, fourOf(<u32>(value - rest * 10000)));
  out += 4;
}

let lastSecond: u64 = 0;
let lastDigits: u64 = 0;

/** Seconds of ten digits as the ones before them mostly begin: only the last four digits are new. */
@inline
export function putSeconds(value: u64): void {
  const head = value / 10000;
  if (head != lastSecond || head < 100000) {
    const from = out;
    putNumber(value);
    if (out - from == 10) {
      lastSecond = head;
      lastDigits = load<u64>(from) & 0xffffffffffff;
    }
    return;
  }
  const rest = value - head * 10000;
  const hundreds = rest / 100;
  store<u64>(out, lastDigits);
  putPair(out + 6, hundreds);
  putPair(out + 8, rest - hundreds * 100);
  out += 10;
}

@inline
function putOctet(octet: u32): void {
  store<u32>(out, load<u32>(<usize>OCTETS + (octet << 2)));
  out += <usize>load<u8>(<usize>OCTET_LENGTHS + octet);
}

/** Dotted decimal. */
@inline
export function putIPv4(address: u32): void {
  putOctet(address >> 24);
  putOctet((address >> 16) & 255);
  putOctet((address >> 8) & 255);
  putOctet(address & 255);
  out--; // a dot too many
}

@inline
function groupAt(bytes: usize, group: u32): u32 {
  return <u32>bswap<u16>(load<u16>(bytes + (group << 1)));
}

function putHex(group: u32): void {
  let begun = false;
  for (let shift: i32 = 12; shift >= 0; shift -= 4) {
    const digit = <u8>((group >> shift) & 15);
    if (digit == 0 && !begun && shift > 0) continue;
    begun = true;
    putByte(digit < 10 ? 48 + digit : 87 + digit);
  }
}

function putGroups(bytes: usize, from: u32, to: u32): void {
  for (let group = from; group < to; group++) {
    if (group > from) putByte(58);
    putHex(groupAt(bytes, group));
  }
}

/** RFC 5952: the longest run of two or more zero groups as `::`, the first of equals; IPv4-mapped with dots. */
export function putIPv6(bytes: usize): void {
  let best: u32 = 8;
  let length: u32 = 1;
  let run: u32 = 0;
  for (let group: u32 = 0; group < 8; group++) {
    run = groupAt(bytes, group) == 0 ? run + 1 : 0;
    if (run > length) {
      length = run;
      best = group + 1 - run;
    }
  }
  if (load<u64>(bytes) == 0 && load<u16>(bytes, 8) == 0 && load<u16>(bytes, 10) == 0xffff) {
    store<u64>(out, 0x3a666666663a3a); // ::ffff:
    out += 7;
    putIPv4(bswap(load<u32>(bytes, 12)));
    return;
  }
  if (best == 8) {
    putGroups(bytes, 0, 8);
    return;
  }
  putGroups(bytes, 0, best);
  store<u16>(out, 0x3a3a);
  out += 2;
  putGroups(bytes, best + length, 8);
}
