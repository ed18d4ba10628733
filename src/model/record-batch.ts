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
  /** A transit gateway wrote it: the format has a field of version 6, and the record names no interface. */
  gateway: 8192,
} as const;

/** Bits of {@link RecordBatch.families}: the address is an IPv6 id of the address book. */
export const IS_V6 = { src: 1, dst: 2, from: 4, to: 8 } as const;
/** Another bit of {@link RecordBatch.families}: a transit gateway lost packets, and {@link RecordBatch.losses} holds how many. */
export const HAS_LOSSES = 16;

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

/** The columns of a batch, by the name of their property. */
export type BatchColumn = Exclude<
  keyof RecordBatch,
  'count' | 'columns' | 'text' | 'firstLineNumber' | 'annotations'
>;

/** Memory that something else fills too, and where in it each column lies, in bytes. */
export interface BatchMemory {
  readonly buffer: ArrayBufferLike;
  offsetOf(column: BatchColumn): number;
}

export class RecordBatch {
  count = 0;
  /** The format of all lines in the batch. */
  columns: Columns;
  /** The bytes that the records were scanned from, and where each line lies in them. */
  text: Uint8Array = new Uint8Array(0);
  readonly lineFrom: Uint32Array;
  readonly lineTo: Uint32Array;
  /** Number of the first line of the batch in its source, and how far each record's line is from it. */
  firstLineNumber = 0;
  readonly lineOffset: Uint32Array;

  /** By row, the number of its annotation (record/annotations.ts); null where none was asked for, or the format has none. */
  annotations: Uint32Array | null = null;

  readonly kind: Uint8Array;
  readonly present: Uint32Array;
  readonly families: Uint8Array;
  /** srcaddr and dstaddr: the interface's view. */
  readonly srcAddr: Uint32Array;
  readonly dstAddr: Uint32Array;
  /** The packet-level ends: pkt-srcaddr and pkt-dstaddr when they hold something, else srcaddr and dstaddr. */
  readonly fromAddr: Uint32Array;
  readonly toAddr: Uint32Array;
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  readonly protocol: Uint8Array;
  readonly tcpFlags: Uint8Array;
  readonly action: Uint8Array;
  readonly direction: Uint8Array;
  readonly packets: Float64Array;
  readonly bytes: Float64Array;
  /** Unix seconds. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  /** Interned identifiers, 0 for none. */
  readonly interfaceId: Uint32Array;
  readonly resourceId: Uint32Array;
  readonly vpcId: Uint32Array;
  readonly subnetId: Uint32Array;
  readonly instanceId: Uint32Array;
  readonly accountId: Uint32Array;
  /** By reason, four counts of 32 bits, kept as the sixteen bytes of an id of the address book. */
  readonly losses: Uint32Array;

  /** @param memory where the columns lie; memory of their own when left out */
  constructor(columns: Columns, memory?: BatchMemory) {
    const make =
      <Column>(type: new (buffer: ArrayBufferLike, offset: number, length: number) => Column, size: number) =>
      (name: BatchColumn): Column =>
        memory === undefined
          ? new type(new ArrayBuffer(BATCH_CAPACITY * size), 0, BATCH_CAPACITY)
          : new type(memory.buffer, memory.offsetOf(name), BATCH_CAPACITY);
    const bytes = make(Uint8Array, 1);
    const halves = make(Uint16Array, 2);
    const words = make(Uint32Array, 4);
    const doubles = make(Float64Array, 8);
    this.columns = columns;
    this.lineFrom = words('lineFrom');
    this.lineTo = words('lineTo');
    this.lineOffset = words('lineOffset');
    this.kind = bytes('kind');
    this.present = words('present');
    this.families = bytes('families');
    this.srcAddr = words('srcAddr');
    this.dstAddr = words('dstAddr');
    this.fromAddr = words('fromAddr');
    this.toAddr = words('toAddr');
    this.srcPort = halves('srcPort');
    this.dstPort = halves('dstPort');
    this.protocol = bytes('protocol');
    this.tcpFlags = bytes('tcpFlags');
    this.action = bytes('action');
    this.direction = bytes('direction');
    this.packets = doubles('packets');
    this.bytes = doubles('bytes');
    this.start = words('start');
    this.end = words('end');
    this.interfaceId = words('interfaceId');
    this.resourceId = words('resourceId');
    this.vpcId = words('vpcId');
    this.subnetId = words('subnetId');
    this.instanceId = words('instanceId');
    this.accountId = words('accountId');
    this.losses = words('losses');
  }
}
