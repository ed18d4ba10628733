/**
 * Addresses between text and numbers. IPv4 is one unsigned 32-bit integer; IPv6 is sixteen bytes. Reading
 * is strict (no shortened IPv4, no leading zeros, no zones): an address that two programs could read
 * differently is worth nothing as a key. Writing is canonical: dotted decimal, RFC 5952.
 */

import { writeIPv4 } from '../model/ipv4.ts';

const DOT = 46;
const ZERO = 48;
const COLON = 58;

/** IPv4 as an unsigned 32-bit integer, or -1. Reads bytes[from, to). */
export const readIPv4 = (bytes: Uint8Array, from: number, to: number): number => {
  let value = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let i = from; i < to; i++) {
    const c = bytes[i] as number;
    if (c === DOT) {
      if (digits === 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = 0;
      digits = 0;
    } else {
      const d = c - ZERO;
      if (d < 0 || d > 9 || (digits > 0 && octet === 0)) return -1;
      octet = octet * 10 + d;
      digits++;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && digits > 0 ? value * 256 + octet : -1;
};

const hexDigit = (c: number): number => {
  if (c >= 48 && c <= 57) return c - 48;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** IPv6 (RFC 4291 §2.2, all three forms) into `out`; false when it is not one. Reads bytes[from, to). */
export const readIPv6 = (bytes: Uint8Array, from: number, to: number, out: Uint8Array): boolean => {
  let groups = 0; // 16-bit groups written so far
  let gapAt = -1; // group index of '::'
  let i = from;
  if (to - from < 2) return false;
  if (bytes[i] === COLON) {
    if (bytes[i + 1] !== COLON) return false;
    gapAt = 0;
    i += 2;
  }
  while (i < to) {
    if (groups === 8) return false;
    let value = 0;
    let digits = 0;
    let j = i;
    for (; j < to; j++) {
      const d = hexDigit(bytes[j] as number);
      if (d < 0) break;
      value = value * 16 + d;
      if (++digits > 4) break;
    }
    if (j < to && bytes[j] === DOT) {
      if (groups > 6) return false;
      const v4 = readIPv4(bytes, i, to);
      if (v4 < 0) return false;
      out[groups * 2] = v4 >>> 24;
      out[groups * 2 + 1] = v4 >>> 16;
      out[groups * 2 + 2] = v4 >>> 8;
      out[groups * 2 + 3] = v4;
      groups += 2;
      i = to;
      break;
    }
    if (digits === 0 || digits > 4) return false;
    out[groups * 2] = value >> 8;
    out[groups * 2 + 1] = value;
    groups++;
    i = j;
    if (i === to) break;
    if (bytes[i] !== COLON) return false;
    i++;
    if (i === to) return false; // a lone colon at the end
    if (bytes[i] === COLON) {
      if (gapAt >= 0) return false;
      gapAt = groups;
      i++;
    }
  }
  if (gapAt < 0) return groups === 8;
  if (groups === 8) return false;
  const tail = (groups - gapAt) * 2;
  out.copyWithin(16 - tail, gapAt * 2, groups * 2);
  out.fill(0, gapAt * 2, 16 - tail);
  return true;
};

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`, the first of equals. */
export const writeIPv6 = (bytes: Uint8Array): string => {
  const groups = Array.from(
    { length: 8 },
    (_, g) => ((bytes[g * 2] as number) << 8) | (bytes[g * 2 + 1] as number),
  );
  let bestAt = -1;
  let bestLength = 1;
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && groups[end] === 0) end++;
    if (end - at > bestLength) {
      bestAt = at;
      bestLength = end - at;
    }
    at = Math.max(at, end - 1);
  }
  // RFC 5952 §5: IPv4-mapped addresses keep their dotted end.
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    return `::ffff:${writeIPv4((((groups[6] as number) << 16) | (groups[7] as number)) >>> 0)}`;
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((g) => g.toString(16))
      .join(':');
  return bestAt < 0 ? hex(0, 8) : `${hex(0, bestAt)}::${hex(bestAt + bestLength, 8)}`;
};

/** 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 (RFC 1918) and 100.64.0.0/10 (RFC 6598). */
export const isPrivateIPv4 = (value: number): boolean =>
  value >>> 24 === 10 || value >>> 20 === 0xac1 || value >>> 16 === 0xc0a8 || value >>> 22 === 0x191;

const encoder = new TextEncoder();

/** The bytes of an address, four or sixteen, or undefined for text that is none. */
export const addressBytes = (text: string): Uint8Array | undefined => {
  const bytes = encoder.encode(text);
  const v4 = readIPv4(bytes, 0, bytes.length);
  if (v4 >= 0) return Uint8Array.of(v4 >>> 24, v4 >>> 16, v4 >>> 8, v4);
  const out = new Uint8Array(16);
  return readIPv6(bytes, 0, bytes.length, out) ? out : undefined;
};

/** The canonical spelling of an address, given as its four or sixteen bytes. */
export const writeAddress = (bytes: Uint8Array): string => {
  if (bytes.length === 16) return writeIPv6(bytes);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return writeIPv4(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
};

/** The canonical spelling of an address, or undefined for text that is none. */
export const canonicalAddress = (text: string): string | undefined => {
  const bytes = addressBytes(text);
  return bytes === undefined ? undefined : writeAddress(bytes);
};
