/**
 * Where everything lies in the kernel's linear memory, in bytes. The memory never grows, so views of it stay
 * valid; scan-kernel.ts reads these constants from the compiled module and is told nowhere else.
 */

/** Rows of a batch: as many as BATCH_CAPACITY in model/record-batch.ts. */
export const CAPACITY: u32 = 4096;
/** The most fields of a format that the kernel takes. */
export const MOST_COLUMNS: u32 = 128;
/** Longer lines are left to the TypeScript scanner. */
export const LONGEST: u32 = 8192;

// The format: four bytes a role, the offset of its column's entry in ENDS, or -1.
export const FORMAT: u32 = 1024;
export const PROTOCOL_AT: u32 = 0;
export const SRC_PORT_AT: u32 = 4;
export const DST_PORT_AT: u32 = 8;
export const PACKETS_AT: u32 = 12;
export const BYTES_AT: u32 = 16;
export const START_AT: u32 = 20;
export const END_AT: u32 = 24;
export const TCP_FLAGS_AT: u32 = 28;
export const ACTION_AT: u32 = 32;
export const DIRECTION_AT: u32 = 36;
export const STATUS_AT: u32 = 40;

/** The ends of the current line, by srcaddr, dstaddr, pkt-srcaddr, pkt-dstaddr. */
export const ADDRESSES: u32 = 1088;
/** Lists of pairs: the offset of the column's entry in ENDS, and what is to be done with it. */
export const ADDRESS_LIST: u32 = 1120;
export const IDENTIFIER_LIST: u32 = 1184;
export const INTEGER_LIST: u32 = 2048;

/** One byte a protocol number: 1 when its packets have ports. */
export const PORTED: u32 = 4096;
/** 17 vectors: the first n bytes set, and the last n. */
export const FIRST_BYTES: u32 = 4352;
export const LAST_BYTES: u32 = 4640;
/** Shapes of dotted decimals: one byte a mask of dots, then a shuffle and the least octets of each shape. */
export const SHUFFLES: u32 = 8192;
export const LEAST_OCTETS: u32 = 10240;
export const SHAPES: u32 = 16384;

/** Where each token of the current line ends, and where it starts when that is not one behind the end before. */
export const ENDS: u32 = 81952;
export const STARTS: u32 = 131072;

// The columns of the batch, each named as in RecordBatch.
const COLUMNS: u32 = 196608;
const WIDE: u32 = CAPACITY * 8;
const WORD: u32 = CAPACITY * 4;
const HALF: u32 = CAPACITY * 2;
export const packets: u32 = COLUMNS;
export const bytes: u32 = packets + WIDE;
export const lineFrom: u32 = bytes + WIDE;
export const lineTo: u32 = lineFrom + WORD;
export const lineOffset: u32 = lineTo + WORD;
export const present: u32 = lineOffset + WORD;
export const srcAddr: u32 = present + WORD;
export const dstAddr: u32 = srcAddr + WORD;
export const fromAddr: u32 = dstAddr + WORD;
export const toAddr: u32 = fromAddr + WORD;
export const start: u32 = toAddr + WORD;
export const end: u32 = start + WORD;
export const interfaceId: u32 = end + WORD;
export const resourceId: u32 = interfaceId + WORD;
export const vpcId: u32 = resourceId + WORD;
export const subnetId: u32 = vpcId + WORD;
export const instanceId: u32 = subnetId + WORD;
export const accountId: u32 = instanceId + WORD;
export const losses: u32 = accountId + WORD;
export const srcPort: u32 = losses + WORD;
export const dstPort: u32 = srcPort + HALF;
export const kind: u32 = dstPort + HALF;
export const families: u32 = kind + CAPACITY;
export const protocol: u32 = families + CAPACITY;
export const tcpFlags: u32 = protocol + CAPACITY;
export const action: u32 = tcpFlags + CAPACITY;
export const direction: u32 = action + CAPACITY;

/** The text to scan, with room for vector loads before and behind it. */
export const TEXT: u32 = 655360;
export const TEXT_LENGTH: u32 = 524288;

/** Two caches of 64-byte slots, and eight more behind each for what wants the last ones. */
export const SLOT_BITS: u32 = 16;
export const IDENTIFIERS: u32 = 1245184;
export const SPELLINGS: u32 = IDENTIFIERS + (64 << SLOT_BITS) + 512;
/** The end of what is used: the memory has 148 pages of 64 KiB. */
export const MEMORY_END: u32 = SPELLINGS + (64 << SLOT_BITS) + 512;
