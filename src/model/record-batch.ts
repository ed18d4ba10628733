/**
 * Flow records in bulk: typed-array columns that scanners fill and the engine eats. It holds what the
 * engine needs; everything else of a record is still in the text it was scanned from, so reading a whole
 * record out of a batch parses its line again (record/read-record.ts).
 */
import type { Columns } from './fields.ts';

export const BATCH_CAPACITY = 4096;

/** Bits of {@link RecordBatch.present}: the field is in the format and holds something else than `-`. */
export const HAS = {
  start: 1,
  end: 2,
  packets: 4,
  bytes: 8,
  tcpFlags: 16,
  /** The format carries tcp-flags, whatever this record holds. */
  flagsColumn: 32,
  srcAddr: 64,
  dstAddr: 128,
  pktSrcAddr: 256,
  pktDstAddr: 512,
  srcPort: 1024,
  dstPort: 2048,
  protocol: 4096,
} as const;

/** Bits of {@link RecordBatch.families}: the address is an IPv6 id of the address book. */
export const IS_V6 = { src: 1, dst: 2, from: 4, to: 8 } as const;

/** What a record is for. */
export const KIND = {
  /** A direction of a 5-tuple: joins a connection or an exchange. */
  flow: 0,
  /** Addresses without the ports or the protocol of a 5-tuple. */
  addressOnly: 1,
  nodata: 2,
  skipdata: 3,
} as const;

export const ACTION = { none: 0, accept: 1, reject: 2 } as const;
export const DIRECTION = { none: 0, ingress: 1, egress: 2 } as const;

export class RecordBatch {
  count = 0;
  /** The format of all lines in the batch. */
  columns: Columns;
  /** The bytes that the records were scanned from, and where each line lies in them. */
  text: Uint8Array = new Uint8Array(0);
  readonly lineFrom = new Uint32Array(BATCH_CAPACITY);
  readonly lineTo = new Uint32Array(BATCH_CAPACITY);
  /** Number of the first line of the batch in its source, and how far each record's line is from it. */
  firstLineNumber = 0;
  readonly lineOffset = new Uint32Array(BATCH_CAPACITY);

  readonly kind = new Uint8Array(BATCH_CAPACITY);
  readonly present = new Uint32Array(BATCH_CAPACITY);
  readonly families = new Uint8Array(BATCH_CAPACITY);
  /** srcaddr and dstaddr: the interface's view. */
  readonly srcAddr = new Uint32Array(BATCH_CAPACITY);
  readonly dstAddr = new Uint32Array(BATCH_CAPACITY);
  /** The packet-level ends: pkt-srcaddr and pkt-dstaddr when they hold something, else srcaddr and dstaddr. */
  readonly fromAddr = new Uint32Array(BATCH_CAPACITY);
  readonly toAddr = new Uint32Array(BATCH_CAPACITY);
  readonly srcPort = new Uint16Array(BATCH_CAPACITY);
  readonly dstPort = new Uint16Array(BATCH_CAPACITY);
  readonly protocol = new Uint8Array(BATCH_CAPACITY);
  readonly tcpFlags = new Uint8Array(BATCH_CAPACITY);
  readonly action = new Uint8Array(BATCH_CAPACITY);
  readonly direction = new Uint8Array(BATCH_CAPACITY);
  readonly packets = new Float64Array(BATCH_CAPACITY);
  readonly bytes = new Float64Array(BATCH_CAPACITY);
  /** Unix seconds. */
  readonly start = new Uint32Array(BATCH_CAPACITY);
  readonly end = new Uint32Array(BATCH_CAPACITY);
  /** Interned identifiers, 0 for none. */
  readonly interfaceId = new Uint32Array(BATCH_CAPACITY);
  readonly resourceId = new Uint32Array(BATCH_CAPACITY);
  readonly vpcId = new Uint32Array(BATCH_CAPACITY);
  readonly subnetId = new Uint32Array(BATCH_CAPACITY);
  readonly instanceId = new Uint32Array(BATCH_CAPACITY);
  readonly accountId = new Uint32Array(BATCH_CAPACITY);

  constructor(columns: Columns) {
    this.columns = columns;
  }
}
