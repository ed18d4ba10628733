/**
 * Bytes to columns, fast. One pass over each line, no string and no object a record. It does not know why a
 * line is bad: parse-line.ts is its specification and is asked for the reason. A property test holds the two
 * together on every line fast-check invents.
 */

import { type Columns, FIELDS, type FieldName, GATEWAY_VERSION } from '../model/fields.ts';
import type { Rejection } from '../model/flow-record.ts';
import { LOSSES, MOST_LOST } from '../model/losses.ts';
import { hasPorts } from '../model/protocols.ts';
import {
  ACTION,
  BATCH_CAPACITY,
  DIRECTION,
  HAS,
  HAS_LOSSES,
  IS_V6,
  KIND,
  type RecordBatch,
} from '../model/record-batch.ts';
import { type AddressBook, NOT_AN_ADDRESS } from './address-book.ts';
import { HASH_START, type Interner } from './interner.ts';
import { isRejection, LARGEST_SECONDS, parseLine, secondsOf } from './parse-line.ts';

const SPACE = 32;
const NEWLINE = 10;
const HASH = 35;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const FNV_PRIME = 16777619;
/** AWS's identifiers have some 20 bytes; a longer one is looked up each time. */
const LONGEST_REMEMBERED = 64;

/** What the loop does with a column. */
const OP = {
  carry: 0,
  integer: 1,
  direction: 2,
  action: 3,
  status: 4,
  srcAddr: 5,
  dstAddr: 6,
  pktSrcAddr: 7,
  pktDstAddr: 8,
  srcPort: 9,
  dstPort: 10,
  protocol: 11,
  packets: 12,
  bytes: 13,
  start: 14,
  end: 15,
  tcpFlags: 16,
  interfaceId: 17,
  resourceId: 18,
  vpcId: 19,
  subnetId: 20,
  instanceId: 21,
  accountId: 22,
  version: 23,
  lostNoRoute: 24,
  lostBlackhole: 25,
  lostMtuExceeded: 26,
  lostTtlExpired: 27,
} as const;

const OPS: Partial<Record<FieldName, number>> = {
  version: OP.version,
  'account-id': OP.accountId,
  'interface-id': OP.interfaceId,
  srcaddr: OP.srcAddr,
  dstaddr: OP.dstAddr,
  srcport: OP.srcPort,
  dstport: OP.dstPort,
  protocol: OP.protocol,
  packets: OP.packets,
  bytes: OP.bytes,
  start: OP.start,
  end: OP.end,
  action: OP.action,
  'log-status': OP.status,
  'vpc-id': OP.vpcId,
  'subnet-id': OP.subnetId,
  'instance-id': OP.instanceId,
  'tcp-flags': OP.tcpFlags,
  'pkt-srcaddr': OP.pktSrcAddr,
  'pkt-dstaddr': OP.pktDstAddr,
  'flow-direction': OP.direction,
  'resource-id': OP.resourceId,
  'tgw-attachment-id': OP.resourceId,
  [LOSSES['no-route'].field]: OP.lostNoRoute,
  [LOSSES.blackhole.field]: OP.lostBlackhole,
  [LOSSES['mtu-exceeded'].field]: OP.lostMtuExceeded,
  [LOSSES['ttl-expired'].field]: OP.lostTtlExpired,
};

/** tgw-attachment-id is the recorder of a transit gateway record: it stands where resource-id stands. */
const opOf = (name: string): number => {
  const field = FIELDS.find((row) => row.name === name);
  if (field === undefined) return OP.carry;
  return OPS[field.name] ?? (field.kind === 'integer' ? OP.integer : OP.carry);
};

const WORD = {
  accept: encode('ACCEPT'),
  reject: encode('REJECT'),
  ok: encode('OK'),
  nodata: encode('NODATA'),
  skipdata: encode('SKIPDATA'),
  ingress: encode('ingress'),
  egress: encode('egress'),
};

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

const isWord = (bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean => {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
};

/** What all scanners of one run share, so that equal strings have equal ids everywhere. */
export interface Dictionaries {
  readonly strings: Interner;
  readonly addresses: AddressBook;
}

/** Without log-status a record of dashes is NODATA or SKIPDATA; only the second keeps the gap in view. */
export const kindWithoutAddresses = ({ names }: Columns): number =>
  !names.includes('log-status') && names.some((name) => name === 'srcaddr' || name === 'pkt-srcaddr')
    ? KIND.skipdata
    : KIND.addressOnly;

/** The bits of RecordBatch.present that a format gives its records; that of a gateway to those that name no interface. */
export const formatBits = ({ names, fields }: Columns): number =>
  (names.includes('tcp-flags') ? HAS.flagsColumn : 0) |
  (fields.some((field) => field?.version === GATEWAY_VERSION) ? HAS.gateway : 0);

export const STATUS = { none: 0, ok: 1, nodata: 2, skipdata: 3 } as const;

export class LineScanner {
  readonly columns: Columns;
  readonly #ops: Uint8Array;
  readonly #strings: Interner;
  readonly #addresses: AddressBook;
  readonly #formatBits: number;
  readonly #kindWithoutAddresses: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  /** The last identifier of each column, its bytes copied: a caller may fill the same array again. */
  readonly #last = new Uint8Array((OP.accountId + 1) * LONGEST_REMEMBERED);
  readonly #lastLength = new Uint8Array(OP.accountId + 1);
  readonly #lastId = new Uint32Array(OP.accountId + 1);
  /** What the present line tells of packets that a gateway lost, in network order. */
  readonly #lost = new Uint8Array(16);
  readonly #lossesView = new DataView(this.#lost.buffer);

  constructor(columns: Columns, dictionaries: Dictionaries) {
    this.columns = columns;
    this.#ops = Uint8Array.from(columns.names, opOf);
    this.#strings = dictionaries.strings;
    this.#addresses = dictionaries.addresses;
    this.#formatBits = formatBits(columns);
    this.#kindWithoutAddresses = kindWithoutAddresses(columns);
  }

  /**
   * Scans the line bytes[from, to) into the next row of the batch.
   * @returns undefined when it was taken, else why it was not.
   */
  scanLine(
    bytes: Uint8Array,
    from: number,
    to: number,
    batch: RecordBatch,
    place: { source: string; lineNumber: number },
  ): Rejection | undefined {
    if (this.#fill(bytes, from, to, batch)) return undefined;
    const read = parseLine(this.#decoder.decode(bytes.subarray(from, to)), this.columns, place);
    if (isRejection(read)) return read;
    throw new Error(`The scanner refused a line that the parser takes: ${JSON.stringify(read)}`);
  }

  /** Fills row batch.count and counts it; false when the line is not a record of this format. */
  #fill(bytes: Uint8Array, from: number, to: number, batch: RecordBatch): boolean {
    const row = batch.count;
    if (row >= BATCH_CAPACITY) throw new RangeError('The batch is full.');
    const ops = this.#ops;
    const columnCount = ops.length;
    let present = this.#formatBits;
    let families = 0;
    let src = 0;
    let dst = 0;
    let pktSrc = 0;
    let pktDst = 0;
    let pktFamilies = 0;
    let status: number = STATUS.none;
    let protocol = 0;
    let loses = false;
    batch.srcPort[row] = 0;
    batch.dstPort[row] = 0;
    batch.packets[row] = 0;
    batch.bytes[row] = 0;
    batch.start[row] = 0;
    batch.end[row] = 0;
    batch.tcpFlags[row] = 0;
    batch.action[row] = ACTION.none;
    batch.direction[row] = DIRECTION.none;
    batch.interfaceId[row] = 0;
    batch.resourceId[row] = 0;
    batch.vpcId[row] = 0;
    batch.subnetId[row] = 0;
    batch.instanceId[row] = 0;
    batch.accountId[row] = 0;

    let p = from;
    for (let column = 0; column < columnCount; column++) {
      while (p < to && isBlank(bytes[p] as number)) p++;
      const at = p;
      if (p === to || bytes[p] === HASH) return false;
      const op = ops[column] as number;

      if (op >= OP.interfaceId && op <= OP.accountId) {
        // Most identifiers are those of a line before: comparing also finds the end.
        let id = 0;
        const last = this.#last;
        const known = op * LONGEST_REMEMBERED;
        const length = this.#lastLength[op] as number;
        if (length > 0 && at + length <= to) {
          let same = 0;
          while (same < length && bytes[at + same] === last[known + same]) same++;
          if (same === length && (at + length === to || isBlank(bytes[at + length] as number))) {
            p = at + length;
            id = this.#lastId[op] as number;
          }
        }
        if (id === 0) {
          let hash = HASH_START;
          for (; p < to; p++) {
            const c = bytes[p] as number;
            if (c <= SPACE) {
              if (c === 0) return false;
              if (isBlank(c)) break;
            }
            hash = Math.imul(hash ^ c, FNV_PRIME);
          }
          if (p - at === 1 && bytes[at] === DASH) continue;
          id = this.#strings.internHashed(bytes, at, p, hash);
          this.#remember(op, id, bytes, at, p);
        }
        switch (op) {
          case OP.interfaceId:
            batch.interfaceId[row] = id;
            break;
          case OP.resourceId:
            batch.resourceId[row] = id;
            break;
          case OP.vpcId:
            batch.vpcId[row] = id;
            break;
          case OP.subnetId:
            batch.subnetId[row] = id;
            break;
          case OP.instanceId:
            batch.instanceId[row] = id;
            break;
          default:
            batch.accountId[row] = id;
        }
        continue;
      }

      if (op >= OP.srcAddr && op <= OP.pktDstAddr) {
        // IPv4 in one pass, by the rules of readIPv4: most of a line is addresses and numbers. Whatever
        // else stands here is the address book's to judge.
        let value = 0;
        let octet = -1;
        let dots = 0;
        let v6 = 0;
        for (; p < to; p++) {
          const c = bytes[p] as number;
          const d = c - ZERO;
          if (d >= 0 && d <= 9) {
            if (octet === 0) break;
            octet = octet < 0 ? d : octet * 10 + d;
            if (octet > 255) break;
          } else if (c === DOT) {
            if (octet < 0) break;
            value = value * 256 + octet;
            octet = -1;
            dots++;
          } else break;
        }
        if (p === to || isBlank(bytes[p] as number)) {
          if (octet < 0 || dots !== 3) return false;
          value = value * 256 + octet;
        } else {
          if (p === at && bytes[p] === DASH && (p + 1 === to || isBlank(bytes[p + 1] as number))) {
            p++;
            continue;
          }
          while (p < to && !isBlank(bytes[p] as number)) p++;
          value = this.#addresses.intern(bytes, at, p);
          if (value === NOT_AN_ADDRESS) return false;
          v6 = 1;
        }
        switch (op) {
          case OP.srcAddr:
            src = value;
            present |= HAS.srcAddr;
            families |= v6 * IS_V6.src;
            break;
          case OP.dstAddr:
            dst = value;
            present |= HAS.dstAddr;
            families |= v6 * IS_V6.dst;
            break;
          case OP.pktSrcAddr:
            pktSrc = value;
            present |= HAS.pktSrcAddr;
            pktFamilies |= v6;
            break;
          default:
            pktDst = value;
            present |= HAS.pktDstAddr;
            pktFamilies |= v6 * 2;
        }
        continue;
      }

      if (op >= OP.srcPort || op === OP.integer) {
        let value = 0;
        for (; p < to; p++) {
          const d = (bytes[p] as number) - ZERO;
          if (d < 0 || d > 9) break;
          value = value * 10 + d;
        }
        if (p < to && !isBlank(bytes[p] as number)) {
          if (p > at || bytes[p] !== DASH || (p + 1 < to && !isBlank(bytes[p + 1] as number))) return false;
          p++;
          continue;
        }
        if (value > Number.MAX_SAFE_INTEGER) return false;
        switch (op) {
          case OP.srcPort:
            if (value > 65535) return false;
            batch.srcPort[row] = value;
            present |= HAS.srcPort;
            break;
          case OP.dstPort:
            if (value > 65535) return false;
            batch.dstPort[row] = value;
            present |= HAS.dstPort;
            break;
          case OP.protocol:
            if (value > 255) return false;
            protocol = value;
            present |= HAS.protocol;
            break;
          case OP.packets:
            batch.packets[row] = value;
            present |= HAS.packets;
            break;
          case OP.bytes:
            batch.bytes[row] = value;
            present |= HAS.bytes;
            break;
          case OP.start: {
            const seconds = secondsOf(value, false);
            if (seconds > LARGEST_SECONDS) return false;
            batch.start[row] = seconds;
            present |= HAS.start;
            break;
          }
          case OP.end: {
            const seconds = secondsOf(value, true);
            if (seconds > LARGEST_SECONDS) return false;
            batch.end[row] = seconds;
            present |= HAS.end;
            break;
          }
          case OP.tcpFlags:
            if (value > 255) return false;
            batch.tcpFlags[row] = value;
            present |= HAS.tcpFlags;
            break;
          case OP.version:
            if (value > 255) return false;
            break;
          case OP.lostNoRoute:
          case OP.lostBlackhole:
          case OP.lostMtuExceeded:
          case OP.lostTtlExpired:
            if (value === 0) break;
            if (!loses) this.#lost.fill(0);
            loses = true;
            this.#lossesView.setUint32((op - OP.lostNoRoute) * 4, Math.min(value, MOST_LOST));
            break;
          default: // a carried integer: valid is enough
        }
        continue;
      }

      // Words and what is carried.
      let zero = false;
      for (; p < to; p++) {
        const c = bytes[p] as number;
        if (c <= SPACE) {
          if (c === 0) zero = true;
          if (isBlank(c)) break;
        }
      }
      if (zero) return false;
      if (op === OP.carry || (p - at === 1 && bytes[at] === DASH)) continue;

      if (op === OP.action) {
        if (isWord(bytes, at, p, WORD.accept)) batch.action[row] = ACTION.accept;
        else if (isWord(bytes, at, p, WORD.reject)) batch.action[row] = ACTION.reject;
        else return false;
        continue;
      }
      if (op === OP.status) {
        if (isWord(bytes, at, p, WORD.ok)) status = STATUS.ok;
        else if (isWord(bytes, at, p, WORD.nodata)) status = STATUS.nodata;
        else if (isWord(bytes, at, p, WORD.skipdata)) status = STATUS.skipdata;
        else return false;
        continue;
      }
      if (op === OP.direction) {
        if (isWord(bytes, at, p, WORD.ingress)) batch.direction[row] = DIRECTION.ingress;
        else if (isWord(bytes, at, p, WORD.egress)) batch.direction[row] = DIRECTION.egress;
        else return false;
      }
    }
    while (p < to && isBlank(bytes[p] as number)) p++;
    if (p < to && (bytes[p] !== HASH || hasZero(bytes, p, to))) return false;

    const times = present & (HAS.start | HAS.end);
    if (times === (HAS.start | HAS.end) && (batch.end[row] as number) < (batch.start[row] as number))
      return false;

    const fromIsPkt = (present & HAS.pktSrcAddr) !== 0;
    const toIsPkt = (present & HAS.pktDstAddr) !== 0;
    const from6 = fromIsPkt ? pktFamilies & 1 : families & IS_V6.src;
    const to6 = toIsPkt ? pktFamilies >> 1 : (families & IS_V6.dst) >> 1;
    const hasFrom = (present & (HAS.pktSrcAddr | HAS.srcAddr)) !== 0;
    const hasTo = (present & (HAS.pktDstAddr | HAS.dstAddr)) !== 0;
    if (hasFrom && hasTo && from6 !== to6) return false;

    const byGateway = batch.interfaceId[row] === 0;
    batch.present[row] = byGateway ? present : present & ~HAS.gateway;
    batch.families[row] =
      families | (from6 * IS_V6.from) | (to6 * IS_V6.to) | (loses && byGateway ? HAS_LOSSES : 0);
    if (loses && byGateway) batch.losses[row] = this.#addresses.add(this.#lost);
    batch.srcAddr[row] = src;
    batch.dstAddr[row] = dst;
    batch.fromAddr[row] = fromIsPkt ? pktSrc : src;
    batch.toAddr[row] = toIsPkt ? pktDst : dst;
    batch.protocol[row] = protocol;
    batch.kind[row] = this.#kindOf(status, present, protocol, hasFrom, hasTo);
    batch.lineFrom[row] = from;
    batch.lineTo[row] = to;
    batch.count = row + 1;
    return true;
  }

  #remember(op: number, id: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#lastLength[op] = length <= LONGEST_REMEMBERED ? length : 0;
    this.#lastId[op] = id;
    if (length > LONGEST_REMEMBERED) return;
    const known = op * LONGEST_REMEMBERED;
    for (let i = 0; i < length; i++) this.#last[known + i] = bytes[from + i] as number;
  }

  #kindOf(status: number, present: number, protocol: number, hasFrom: boolean, hasTo: boolean): number {
    if (status === STATUS.nodata) return KIND.nodata;
    if (status === STATUS.skipdata) return KIND.skipdata;
    if (hasFrom && hasTo) {
      const ports = HAS.srcPort | HAS.dstPort;
      const isFlow = (present & HAS.protocol) !== 0 && (!hasPorts(protocol) || (present & ports) === ports);
      return isFlow ? KIND.flow : KIND.addressOnly;
    }
    return this.#kindWithoutAddresses;
  }
}

const isBlank = (c: number): boolean => c === SPACE || c === 9 || c === 13;

const hasZero = (bytes: Uint8Array, from: number, to: number): boolean => {
  const at = bytes.indexOf(0, from);
  return at >= 0 && at < to;
};

export const LINE_FEED = NEWLINE;
