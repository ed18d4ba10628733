/**
 * What a reading thread hands over: packets of what it has read, each with at most one batch, whose columns lie in
 * memory that both threads share. As many packets as there are slots are on their way at most; the reading thread waits
 * for the engine then, so that memory stays bounded whatever the input holds.
 */
import {
  type ErrorCode,
  FormatError,
  InputError,
  isConntrailError,
  OptionError,
} from '../../model/errors.ts';
import type { Columns } from '../../model/fields.ts';
import type { Rejection } from '../../model/flow-record.ts';
import { BATCH_CAPACITY, type BatchColumn, RecordBatch } from '../../model/record-batch.ts';
import type { Container } from '../../model/report.ts';
import type { LearnedFrom } from '../../record/read-records.ts';

/** Packets of a thread on their way: enough to read ahead while another thread's are dealt with. */
export const SLOTS = 24;

/** The columns that the engine looks at, widest first so that each is aligned, with the bytes of a value. */
const WIDTHS: readonly (readonly [column: BatchColumn, width: number])[] = [
  ...(['packets', 'bytes'] as const).map((column) => [column, 8] as const),
  ...(
    [
      ...(['present', 'srcAddr', 'dstAddr', 'fromAddr', 'toAddr', 'start', 'end'] as const),
      ...(['interfaceId', 'resourceId', 'vpcId', 'subnetId', 'instanceId', 'accountId', 'losses'] as const),
    ] as const
  ).map((column) => [column, 4] as const),
  ...(['srcPort', 'dstPort'] as const).map((column) => [column, 2] as const),
  ...(['kind', 'families', 'protocol', 'tcpFlags', 'action', 'direction'] as const).map(
    (column) => [column, 1] as const,
  ),
];
const SLOT_SIZE = WIDTHS.reduce((sum, [, width]) => sum + width * BATCH_CAPACITY, 0);
/** In front of the slots: how many packets the engine has dealt with. */
const HEAD = 64;

const NO_COLUMNS: Columns = { names: [], fields: [] };

/** The memory that both threads share. */
export class BatchSlots {
  readonly memory: SharedArrayBuffer;
  readonly #dealtWith: Int32Array;
  readonly #batches: readonly RecordBatch[];

  constructor(memory = new SharedArrayBuffer(HEAD + SLOTS * SLOT_SIZE)) {
    this.memory = memory;
    this.#dealtWith = new Int32Array(memory, 0, 1);
    this.#batches = Array.from({ length: SLOTS }, (_, slot) => {
      const offsets = new Map<BatchColumn, number>();
      let at = HEAD + slot * SLOT_SIZE;
      for (const [column, width] of WIDTHS) {
        offsets.set(column, at);
        at += width * BATCH_CAPACITY;
      }
      // Where lines lie in their text is no business of the engine.
      return new RecordBatch(NO_COLUMNS, {
        buffer: memory,
        offsetOf: (column) => offsets.get(column) ?? HEAD,
      });
    });
  }

  /** Waits until the packet with a number, from 0, may be sent. For the reading thread alone: it blocks. */
  waitForRoom(packet: number): void {
    for (;;) {
      const dealtWith = Atomics.load(this.#dealtWith, 0);
      if (packet - dealtWith < SLOTS) return;
      Atomics.wait(this.#dealtWith, 0, dealtWith);
    }
  }

  /** Says that one more packet has been dealt with: its slot may be filled again. */
  release(): void {
    Atomics.add(this.#dealtWith, 0, 1);
    Atomics.notify(this.#dealtWith, 0);
  }

  /** Puts the rows of a batch into the slot of a packet. */
  put(packet: number, batch: RecordBatch): void {
    const slot = this.#slotOf(packet);
    for (const [column] of WIDTHS) slot[column].set(batch[column].subarray(0, batch.count));
  }

  /** The batch of a packet, with so many rows of a format. */
  batch(packet: number, count: number, columns: Columns): RecordBatch {
    const slot = this.#slotOf(packet);
    slot.count = count;
    slot.columns = columns;
    return slot;
  }

  #slotOf(packet: number): RecordBatch {
    return this.#batches[packet % SLOTS] as RecordBatch;
  }
}

/** An error on its way from one thread to the other: its class is found again by its name. */
export interface Failure {
  readonly name: string;
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly stack: string | undefined;
}

export const failureOf = (error: unknown): Failure => {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, stack, code: isConntrailError(error) ? error.code : null };
};

const KINDS = { InputError, FormatError, OptionError };

/** The error that a failure was. */
export const errorOf = ({ name, code, message, stack }: Failure): Error => {
  const kind = code === null ? undefined : KINDS[name as keyof typeof KINDS];
  const error = kind === undefined ? new Error(message) : new kind(code as ErrorCode, message);
  if (stack !== undefined) error.stack = stack;
  return error;
};

/** What was met, in order. */
export type Notice =
  | { readonly kind: 'source'; readonly name: string }
  | { readonly kind: 'container'; readonly container: Container }
  | { readonly kind: 'format'; readonly names: readonly string[]; readonly learnedFrom: LearnedFrom }
  | { readonly kind: 'rejection'; readonly rejection: Rejection }
  | { readonly kind: 'header' }
  | { readonly kind: 'comments'; readonly count: number }
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'damage'; readonly failure: Failure };

/** Texts and addresses that were met for the first time, in the order of their ids. */
export interface NewWords {
  /** The thread has forgotten the words before these: ids begin with 1 again. */
  readonly isAnew: boolean;
  /** Texts one behind the other, and where each ends. */
  readonly texts: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
  /** IPv6 addresses, sixteen bytes each. */
  readonly addresses: Uint8Array<ArrayBuffer>;
}

/** What AWS tells of a packet's rows beside their packets. */
export interface PacketAnnotations {
  /** The thread has forgotten the texts before these: numbers begin with 1 again. */
  readonly isAnew: boolean;
  /** Those that were met for the first time, in the order of their numbers. */
  readonly texts: readonly string[];
  /** The number of each row's. */
  readonly ids: Uint32Array<ArrayBuffer>;
}

export interface Packet {
  /** What came before the batch. */
  readonly notices: readonly Notice[];
  readonly words: NewWords | null;
  readonly annotations: PacketAnnotations | null;
  /** Rows in the packet's slot. */
  readonly rows: number;
  /** Set in the last packet of a job: what ended it, null when all was read. */
  readonly end?: Failure | null;
}
