/**
 * The kernel: lines of text to rows of a batch, for lines that are plain good records. It never decides that
 * a line is bad: at the first thing it does not vouch for it stops in front of the line, and the TypeScript
 * scanner, its specification, takes that one. A property test holds the two together.
 */

import { BAD_ADDRESS, fillShapes, NOT_DOTTED, readIPv4 } from './ipv4.ts';
import { addressOf, identifierOf } from './known.ts';
import {
  ACTION_AT,
  ADDRESS_LIST,
  ADDRESSES,
  action,
  BYTES_AT,
  bytes,
  CAPACITY,
  DIRECTION_AT,
  DST_PORT_AT,
  direction,
  dstAddr,
  dstPort,
  END_AT,
  ENDS,
  end,
  FIRST_BYTES,
  FORMAT,
  families,
  fromAddr,
  IDENTIFIER_LIST,
  INTEGER_LIST,
  interfaceId,
  kind,
  LAST_BYTES,
  lineFrom,
  lineOffset,
  lineTo,
  PACKETS_AT,
  PORTED,
  PROTOCOL_AT,
  packets,
  present,
  protocol,
  SRC_PORT_AT,
  START_AT,
  STATUS_AT,
  srcAddr,
  srcPort,
  start,
  TCP_FLAGS_AT,
  TEXT,
  tcpFlags,
  toAddr,
} from './layout.ts';
import { DASH, readLong, readShort } from './numbers.ts';
import { cutLine, lineFeed, starts, startsBehind } from './tokens.ts';

// The bits of RecordBatch.present and the kinds of records, as model/record-batch.ts has them.
const HAS_START: u32 = 1;
const HAS_END: u32 = 2;
const HAS_PACKETS: u32 = 4;
const HAS_BYTES: u32 = 8;
const HAS_TCP_FLAGS: u32 = 16;
const HAS_SRC_ADDR: u32 = 64;
const HAS_SRC_PORT: u32 = 1024;
const HAS_DST_PORT: u32 = 2048;
const HAS_PROTOCOL: u32 = 4096;
const HAS_GATEWAY: u32 = 8192;
const KIND_FLOW: u32 = 0;
const KIND_ADDRESS_ONLY: u32 = 1;
const KIND_NODATA: u32 = 2;
const KIND_SKIPDATA: u32 = 3;

const ACCEPT: u64 = 0x545045434341;
const REJECT: u64 = 0x5443454a4552;
const INGRESS: u64 = 0x73736572676e69;
const EGRESS: u64 = 0x737365726765;
const NODATA: u64 = 0x415441444f4e;
const SKIPDATA: u64 = 0x4154414450494b53;
const OK: u64 = 0x4b4f;

const LARGEST_INTEGER: i64 = 9007199254740991;
const LARGEST_SECONDS: i64 = 0xffffffff;

/** Rows filled so far in the batch, set and read by the caller. */
export let rows: u32 = 0;

let columnCount: u32 = 0;
let formatBits: u32 = 0;
let kindWithoutAddresses: u32 = 0;
let addresses: usize = ADDRESS_LIST;
let identifiers: usize = IDENTIFIER_LIST;
let integers: usize = INTEGER_LIST;

fillShapes();
for (let length: usize = 0; length <= 16; length++) {
  for (let i: usize = 0; i < 16; i++) {
    store<u8>(<usize>FIRST_BYTES + length * 16 + i, i < length ? 0xff : 0);
    store<u8>(<usize>LAST_BYTES + length * 16 + i, i >= 16 - length ? 0xff : 0);
  }
}

/** Begins a format: its number of columns, the bits every record has, the kind of records without addresses. */
export function beginFormat(columns: u32, bits: u32, kindOfOthers: u32): void {
  columnCount = columns;
  formatBits = bits;
  kindWithoutAddresses = kindOfOthers;
  memory.fill(FORMAT, 0xff, 64);
  memory.fill(packets, 0, direction + CAPACITY - packets);
  addresses = ADDRESS_LIST;
  identifiers = IDENTIFIER_LIST;
  integers = INTEGER_LIST;
}

/** Where a field with a role of its own stands. */
export function placeField(role: u32, column: u32): void {
  store<u32>(<usize>FORMAT + role, column << 2);
}

/** The next address column; `end` is 0 to 3 for srcaddr, dstaddr, pkt-srcaddr, pkt-dstaddr. */
export function addAddress(column: u32, whose: u32): void {
  store<u32>(addresses, column << 2, 0);
  store<u32>(addresses, whose, 4);
  addresses += 8;
}

/** The next identifier column and where its ids go. */
export function addIdentifier(column: u32, ids: u32): void {
  store<u32>(identifiers, column << 2, 0);
  store<u32>(identifiers, ids, 4);
  identifiers += 8;
}

/** An integer column that is only carried, and the largest value it may have. */
export function addInteger(column: u32, most: f64): void {
  store<u32>(integers, column << 2, 0);
  store<i64>(integers, <i64>most, 4);
  integers += 12;
}

/** Scans lines from text[from] on; every line before `to` ends in a line feed. Gives where it stopped. */
export function scan(from: u32, to: u32, offset: u32): u32 {
  let line = <usize>TEXT + from;
  const last = <usize>TEXT + to;
  while (line < last && rows < CAPACITY && fillRow(line, offset)) {
    line = lineFeed + 1;
    rows++;
    offset++;
  }
  return <u32>(line - TEXT);
}

@inline
function endAt(column: usize): usize {
  return <usize>load<u32>(<usize>ENDS + column);
}

@inline
function startAt(column: usize): usize {
  return <usize>load<u32>(starts + column) + startsBehind;
}

/** The token's bytes as a number, the first lowest; 0 when they are not 1 to 8. */
@inline
function wordAt(column: usize): u64 {
  const token = startAt(column);
  const length = endAt(column) - token;
  if (length > 8) return 0;
  return load<u64>(token) & (<u64>-1 >> (64 - (<u64>length << 3)));
}

@inline
function shortAt(column: usize): i32 {
  const behind = endAt(column);
  return readShort(behind, behind - startAt(column));
}

@inline
function longAt(column: usize): i64 {
  const behind = endAt(column);
  return readLong(behind, behind - startAt(column));
}

/** Fills row `rows` from a line; false when the line is not for this code. */
function fillRow(line: usize, offset: u32): bool {
  if (!cutLine(line, columnCount)) return false;
  const at8 = <usize>rows;
  const at16 = at8 << 1;
  const at32 = at8 << 2;
  const at64 = at8 << 3;
  let has = formatBits;

  let protocolNumber: u32 = 0;
  let column = load<i32>(FORMAT + PROTOCOL_AT);
  if (column >= 0) {
    const value = shortAt(column);
    if (value >= 0) {
      if (value > 255) return false;
      protocolNumber = value;
      has |= HAS_PROTOCOL;
    } else if (value != <i32>DASH) return false;
    store<u8>(at8, <u8>protocolNumber, protocol);
  }
  column = load<i32>(FORMAT + SRC_PORT_AT);
  if (column >= 0) {
    let value = shortAt(column);
    if (value >= 0) {
      if (value > 65535) return false;
      has |= HAS_SRC_PORT;
    } else if (value == <i32>DASH) value = 0;
    else return false;
    store<u16>(at16, <u16>value, srcPort);
  }
  column = load<i32>(FORMAT + DST_PORT_AT);
  if (column >= 0) {
    let value = shortAt(column);
    if (value >= 0) {
      if (value > 65535) return false;
      has |= HAS_DST_PORT;
    } else if (value == <i32>DASH) value = 0;
    else return false;
    store<u16>(at16, <u16>value, dstPort);
  }
  column = load<i32>(FORMAT + TCP_FLAGS_AT);
  if (column >= 0) {
    let value = shortAt(column);
    if (value >= 0) {
      if (value > 255) return false;
      has |= HAS_TCP_FLAGS;
    } else if (value == <i32>DASH) value = 0;
    else return false;
    store<u8>(at8, <u8>value, tcpFlags);
  }
  column = load<i32>(FORMAT + PACKETS_AT);
  if (column >= 0) {
    let value = longAt(column);
    if (value >= 0) {
      if (value > LARGEST_INTEGER) return false;
      has |= HAS_PACKETS;
    } else if (value == DASH) value = 0;
    else return false;
    store<f64>(at64, <f64>value, packets);
  }
  column = load<i32>(FORMAT + BYTES_AT);
  if (column >= 0) {
    let value = longAt(column);
    if (value >= 0) {
      if (value > LARGEST_INTEGER) return false;
      has |= HAS_BYTES;
    } else if (value == DASH) value = 0;
    else return false;
    store<f64>(at64, <f64>value, bytes);
  }
  let startSeconds: i64 = 0;
  column = load<i32>(FORMAT + START_AT);
  if (column >= 0) {
    startSeconds = longAt(column);
    if (startSeconds >= 0) {
      // More than the seconds of 2106 are milliseconds: the start is cut, the end rounded up.
      if (startSeconds > LARGEST_SECONDS) {
        startSeconds = startSeconds / 1000;
        if (startSeconds > LARGEST_SECONDS) return false;
      }
      has |= HAS_START;
    } else if (startSeconds == DASH) startSeconds = 0;
    else return false;
    store<u32>(at32, <u32>startSeconds, start);
  }
  column = load<i32>(FORMAT + END_AT);
  if (column >= 0) {
    let endSeconds = longAt(column);
    if (endSeconds >= 0) {
      if (endSeconds > LARGEST_SECONDS) {
        endSeconds = (endSeconds + 999) / 1000;
        if (endSeconds > LARGEST_SECONDS) return false;
      }
      if ((has & HAS_START) != 0 && endSeconds < startSeconds) return false;
      has |= HAS_END;
    } else if (endSeconds == DASH) endSeconds = 0;
    else return false;
    store<u32>(at32, <u32>endSeconds, end);
  }
  column = load<i32>(FORMAT + ACTION_AT);
  if (column >= 0) {
    const word = wordAt(column);
    const value: u32 = word == ACCEPT ? 1 : word == REJECT ? 2 : 0;
    if (value == 0 && word != 0x2d) return false;
    store<u8>(at8, <u8>value, action);
  }
  column = load<i32>(FORMAT + DIRECTION_AT);
  if (column >= 0) {
    const word = wordAt(column);
    const value: u32 = word == INGRESS ? 1 : word == EGRESS ? 2 : 0;
    if (value == 0 && word != 0x2d) return false;
    store<u8>(at8, <u8>value, direction);
  }
  let recordKind: u32 = KIND_FLOW;
  column = load<i32>(FORMAT + STATUS_AT);
  if (column >= 0) {
    const word = wordAt(column);
    if (word == NODATA) recordKind = KIND_NODATA;
    else if (word == SKIPDATA) recordKind = KIND_SKIPDATA;
    else if (word != OK && word != 0x2d) return false;
  }
  for (let entry: usize = INTEGER_LIST; entry < integers; entry += 12) {
    const value = longAt(load<u32>(entry, 0));
    if (value != DASH && <u64>value > load<u64>(entry, 4)) return false;
  }

  // Addresses and identifiers come last and in the order of columns: what is asked of TypeScript here is what the
  // TypeScript scanner would ask for this line, so ids are given out in the same order.
  v128.store(ADDRESSES, i64x2.splat(0));
  let v6: u32 = 0;
  for (let entry: usize = ADDRESS_LIST; entry < addresses; entry += 8) {
    const at = load<u32>(entry, 0);
    const whose = load<u32>(entry, 4);
    const token = startAt(at);
    const length = endAt(at) - token;
    let value = readIPv4(token, length);
    if (value < 0) {
      if (value == BAD_ADDRESS) return false;
      if (length == 1 && load<u8>(token) == 0x2d) continue;
      value = <i64>(<u64>addressOf(token, length));
      if (value == 0) return false;
      v6 |= 1 << whose;
    }
    store<u32>(<usize>ADDRESSES + (whose << 2), <u32>value);
    has |= HAS_SRC_ADDR << whose;
  }
  const src = load<u32>(ADDRESSES, 0);
  const dst = load<u32>(ADDRESSES, 4);
  const hasPktSrc = (has & (HAS_SRC_ADDR << 2)) != 0;
  const hasPktDst = (has & (HAS_SRC_ADDR << 3)) != 0;
  const from6 = (hasPktSrc ? v6 >> 2 : v6) & 1;
  const to6 = ((hasPktDst ? v6 >> 2 : v6) >> 1) & 1;
  const hasFrom = (has & (HAS_SRC_ADDR * 5)) != 0;
  const hasTo = (has & (HAS_SRC_ADDR * 10)) != 0;
  if (hasFrom && hasTo) {
    if (from6 != to6) return false;
    const ports = HAS_SRC_PORT | HAS_DST_PORT;
    const isFlow =
      (has & HAS_PROTOCOL) != 0 && (load<u8>(<usize>PORTED + protocolNumber) == 0 || (has & ports) == ports);
    if (recordKind == KIND_FLOW && !isFlow) recordKind = KIND_ADDRESS_ONLY;
  } else if (recordKind == KIND_FLOW) recordKind = kindWithoutAddresses;
  const first = load<u8>(line);
  // It may begin with a byte-order mark, which is not the kernel's to take off.
  if (first == 0xef) return false;
  // A line that begins like a header is one unless something in it is a number or an address.
  const isOdd = first == 0x22 || first == 0x24 || first == 0x27 || first == 0x2c;
  if ((isOdd || (first | 0x20) - 97 < 26) && has == formatBits) return false;

  for (let entry: usize = IDENTIFIER_LIST; entry < identifiers; entry += 8) {
    const at = load<u32>(entry, 0);
    const token = startAt(at);
    const length = endAt(at) - token;
    const isDash = length == 1 && load<u8>(token) == 0x2d;
    store<u32>(<usize>load<u32>(entry, 4) + at32, isDash ? 0 : identifierOf(token, length));
  }

  // It may be a transit gateway's by its format; what names an interface is not.
  if ((has & HAS_GATEWAY) != 0 && load<u32>(at32, interfaceId) != 0) has &= ~HAS_GATEWAY;
  store<u32>(at32, has, present);
  store<u8>(at8, <u8>((v6 & 3) | (from6 << 2) | (to6 << 3)), families);
  store<u32>(at32, src, srcAddr);
  store<u32>(at32, dst, dstAddr);
  store<u32>(at32, hasPktSrc ? load<u32>(ADDRESSES, 8) : src, fromAddr);
  store<u32>(at32, hasPktDst ? load<u32>(ADDRESSES, 12) : dst, toAddr);
  store<u8>(at8, <u8>recordKind, kind);
  const behind = load<u8>(lineFeed - 1) == 13 ? lineFeed - 1 : lineFeed;
  store<u32>(at32, <u32>(line - TEXT), lineFrom);
  store<u32>(at32, <u32>(behind - TEXT), lineTo);
  store<u32>(at32, offset, lineOffset);
  return true;
}
