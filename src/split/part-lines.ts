/**
 * The lines of a run on their way to their parts, where they wait in the rules' memory until those of a part are worth handing
 * on: a room of the same size for each part, all together of a fixed size, whatever the input holds.
 */
import type { KernelMemory } from '../engine/kernel/kernel-memory.ts';
import { tooLittleMemory } from '../engine/too-little-memory.ts';
import { InputError } from '../model/errors.ts';
import type { Columns } from '../model/fields.ts';
import type { RecordBatch } from '../model/record-batch.ts';
import type { AddressBook } from '../record/address-book.ts';
import { headerOf } from '../record/columns.ts';
import { LONGEST_LINE } from '../record/parse-line.ts';

/** Takes lines of a part, under a header where their format is another than that of its lines before; they are lent. */
export type TakeLines = (part: number, lines: Uint8Array) => void;

/** Bytes of all rooms together, and of one. */
const ROOMS_BYTES = 32 * 2 ** 20;
const LEAST_ROOM = 8 * 1024;
const MOST_ROOM = 512 * 1024;
/** Bytes of a batch that are looked at together. */
const TEXT_BYTES = 2 ** 20;

const NO_COLUMNS: Columns = { names: [], fields: [] };
const LINE_FEED = '\n';

const encoder = new TextEncoder();

/** The header of columns as a line. */
const headerLine = (columns: Columns): Uint8Array => {
  const bytes = encoder.encode(`${headerOf(columns)}${LINE_FEED}`);
  if (bytes.length <= LONGEST_LINE) return bytes;
  throw new InputError(
    'input-unsupported',
    `There are records of ${columns.names.length} fields whose names have more than ${LONGEST_LINE} bytes together: parts cannot have them in a header. Give shorter names with --fields.`,
  );
};

export class PartLines {
  readonly #memory: KernelMemory;
  readonly #parts: number;
  readonly #isHeaded: boolean;
  readonly #take: TakeLines;
  /** IPv6 addresses that the rules know. */
  #knownAddresses = 0;
  #columns = NO_COLUMNS;
  #header: Uint8Array = new Uint8Array(0);
  /** By the names of its fields, the number of each format. */
  readonly #formats = new Map<string, number>();

  /**
   * @param memory of a kernel that has nothing filed: from here on it tells rows their parts
   * @param isHeaded all lines that are handed on together have a header in front
   * @throws InputError (input-too-large) where there is no memory for the lines that wait
   */
  constructor(memory: KernelMemory, parts: number, isHeaded: boolean, take: TakeLines) {
    const room = Math.max(LEAST_ROOM, Math.min(MOST_ROOM, Math.floor(ROOMS_BYTES / parts)));
    if (memory.exports.beginParts(parts, room, TEXT_BYTES, LONGEST_LINE) === 0) throw tooLittleMemory();
    this.#memory = memory;
    this.#parts = parts;
    this.#isHeaded = isHeaded;
    this.#take = take;
  }

  /** How many records each part has had. */
  get records(): readonly number[] {
    return Array.from({ length: this.#parts }, (_, part) => this.#memory.exports.recordsOf(part));
  }

  /**
   * To be called before the rows of a batch are told their parts: by their ids alone IPv6 addresses have none.
   * @throws InputError (input-too-large) where there is no memory for them
   */
  learn(addresses: AddressBook): void {
    const { size } = addresses;
    if (size === this.#knownAddresses) return;
    const memory = this.#memory;
    if (memory.exports.reserveV6(size) === 0) throw tooLittleMemory();
    const table = memory.bytes(memory.unsigned('v6Bytes'), size * 16);
    for (let id = this.#knownAddresses; id < size; id++) table.set(addresses.bytes(id), id * 16);
    this.#knownAddresses = size;
  }

  /**
   * Takes the lines of a batch whose rows have been told their parts.
   * @throws InputError (input-unsupported) where no header can name its fields
   */
  add(batch: RecordBatch): void {
    const { count, text, lineFrom, lineTo } = batch;
    const memory = this.#memory;
    const { exports } = memory;
    if (batch.columns !== this.#columns) this.#begin(batch.columns);
    memory.words(memory.unsigned('lineFroms'), count).set(lineFrom.subarray(0, count));
    memory.words(memory.unsigned('lineTos'), count).set(lineTo.subarray(0, count));
    for (let row = 0; row < count; ) {
      const base = lineFrom[row] as number;
      const end = rowsTogether(batch, row);
      const lines = text.subarray(base, lineTo[end - 1]);
      memory.bytes(memory.unsigned('lineText'), lines.length).set(lines);
      for (;;) {
        row = exports.putLines(row, end, base) >>> 0;
        if (row === end) break;
        const part = memory.unsigned('stoppedPart');
        if (memory.value('putStoppedFor') === memory.value('PART_FULL')) this.#empty(part);
        else {
          this.#pass(part, text.subarray(lineFrom[row], lineTo[row]));
          row++;
        }
      }
    }
  }

  /** Hands on what waits. */
  end(): void {
    for (let part = 0; part < this.#parts; part++) this.#empty(part);
  }

  #begin(columns: Columns): void {
    this.#columns = columns;
    const memory = this.#memory;
    const names = columns.names.join(' ');
    const number = this.#formats.get(names) ?? this.#formats.size + 1;
    this.#formats.set(names, number);
    this.#header = headerLine(columns);
    memory.bytes(memory.unsigned('headerText'), this.#header.length).set(this.#header);
    memory.exports.beginLines(number, this.#header.length);
  }

  #empty(part: number): void {
    const memory = this.#memory;
    const length = memory.exports.bytesIn(part) >>> 0;
    if (length === 0) return;
    this.#take(part, memory.bytes(memory.exports.roomOf(part) >>> 0, length));
    memory.exports.emptyPart(part, this.#isHeaded);
  }

  /** Hands on a line that no room is large enough for. */
  #pass(part: number, line: Uint8Array): void {
    const { exports } = this.#memory;
    const header = exports.lacksHeader(part) === 0 ? [] : [this.#header];
    this.#take(part, Buffer.concat([...header, line, encoder.encode(LINE_FEED)]));
    if (!this.#isHeaded) exports.passPart(part);
  }
}

/** The row behind those from one on whose lines, and what stands between them, have room together. */
const rowsTogether = ({ count, lineFrom, lineTo }: RecordBatch, from: number): number => {
  const most = (lineFrom[from] as number) + TEXT_BYTES;
  if ((lineTo[count - 1] as number) <= most) return count;
  let end = from + 1;
  while ((lineTo[end] as number) <= most) end++;
  return end;
};
