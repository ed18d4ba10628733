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
import type { Container, LearnedFrom } from '../../model/report.ts';

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
/** Where lines lie in their text, for those who look at it. */
const PLACES = ['lineFrom', 'lineTo'] as const;
const WITH_PLACES = [
  ...WIDTHS.slice(0, 2),
  ...PLACES.map((column) => [column, 4] as const),
  ...WIDTHS.slice(2),
];
/** Bytes of text that have room in a slot: as many as the scanner's kernel takes at once. */
const TEXT_BYTES = 512 * 1024;

const sizeOf = (widths: typeof WIDTHS): number =>
  widths.reduce((sum, [, width]) => sum + width * BATCH_CAPACITY, 0);
/** In front of the slots: how many packets the engine has dealt with. */
const HEAD = 64;

const NO_COLUMNS: Columns = { names: [], fields: [] };
const NO_TEXT = new Uint8Array(0);

/** Puts the text of a batch's lines into a slot's room for it, or gives a copy, and says where they lie in it. */
const putText = (
  { count, text, lineFrom, lineTo }: RecordBatch,
  slot: RecordBatch,
  room: Uint8Array,
): Uint8Array<ArrayBuffer> | null => {
  const [from = 0] = lineFrom;
  const lines = text.subarray(from, lineTo[count - 1]);
  for (let row = 0; row < count; row++) {
    slot.lineFrom[row] = (lineFrom[row] as number) - from;
    slot.lineTo[row] = (lineTo[row] as number) - from;
  }
  if (lines.length > room.length) return lines.slice();
  room.set(lines);
  return null;
};

/** The memory that both threads share. */
export class BatchSlots {
  readonly memory: SharedArrayBuffer;
  readonly #dealtWith: Int32Array;
  readonly #batches: readonly RecordBatch[];
  /** By slot, where the text of lines lies; none where nobody looks at it. */
  readonly #texts: readonly Uint8Array[];

  /**
   * @param hasText batches have the text of their lines
   * @param memory of the other thread's slots, when it has made them
   */
  constructor(hasText: boolean, memory?: SharedArrayBuffer) {
    const widths = hasText ? WITH_PLACES : WIDTHS;
    const textBytes = hasText ? TEXT_BYTES : 0;
    const slotBytes = sizeOf(widths) + textBytes;
    const slots = memory ?? new SharedArrayBuffer(HEAD + SLOTS * slotBytes);
    const startOf = (slot: number): number => HEAD + slot * slotBytes;
    this.memory = slots;
    this.#dealtWith = new Int32Array(slots, 0, 1);
    this.#batches = Array.from({ length: SLOTS }, (_, slot) => {
      const offsets = new Map<BatchColumn, number>();
      let at = startOf(slot);
      for (const [column, width] of widths) {
        offsets.set(column, at);
        at += width * BATCH_CAPACITY;
      }
      // Numbers of lines are no business of the engine.
      return new RecordBatch(NO_COLUMNS, {
        buffer: slots,
        offsetOf: (column) => offsets.get(column) ?? HEAD,
      });
    });
    this.#texts = Array.from({ length: hasText ? SLOTS : 0 }, (_, slot) => {
      return new Uint8Array(slots, startOf(slot) + sizeOf(widths), textBytes);
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

  /**
   * Puts the rows of a batch into the slot of a packet.
   * @returns the text of their lines, where it has no room there
   */
  put(packet: number, batch: RecordBatch): Uint8Array<ArrayBuffer> | null {
    const slot = this.#slotOf(packet);
    for (const [column] of WIDTHS) slot[column].set(batch[column].subarray(0, batch.count));
    const room = this.#texts[packet % SLOTS];
    return room === undefined ? null : putText(batch, slot, room);
  }

  /**
   * The batch of a packet, with so many rows of a format.
   * @param text of their lines, where it had no room
   */
  batch(packet: number, count: number, columns: Columns, text: Uint8Array | null): RecordBatch {
    const slot = this.#slotOf(packet);
    slot.count = count;
    slot.columns = columns;
    slot.text = text ?? this.#texts[packet % SLOTS] ?? NO_TEXT;
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
  /** The text of their lines, where it is asked for and has no room there. */
  readonly text: Uint8Array<ArrayBuffer> | null;
  /** Set in the last packet of a job: what ended it, null when all was read. */
  readonly end?: Failure | null;
}
