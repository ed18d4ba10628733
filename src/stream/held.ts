/**
 * What a tracker keeps of records until a connection is made of them: their lines, each under the names of its fields, by
 * the key of their ends. What it knows of a key is told by its lines alone, so a snapshot can be held to them.
 */
import { List } from 'immutable';
import { FormatError } from '../model/errors.ts';
import type { Columns } from '../model/fields.ts';
import { RecordBatch } from '../model/record-batch.ts';
import { AddressBook } from '../record/address-book.ts';
import { parseColumns } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { type Dictionaries, LineScanner } from '../record/scan-lines.ts';
import { type RowSeen, readRow } from './learned.ts';

/** The records of one key that no connection was made of yet. */
export interface Held {
  /** Each with the names of its fields in front, and a line feed between. */
  readonly lines: List<string>;
  /** The last end in Unix seconds; null when a record has no times: then only the end of the stream ends it. */
  readonly last: number | null;
  /** Bits: the end with the lower name spoke 1, the other 2. */
  readonly ways: number;
  /** One of them at least is more than headers. */
  readonly talks: boolean;
  /** The names of both ends. */
  readonly ends: readonly [string, string];
}

/** Two ends, the lower name first. */
export const orderEnds = (one: string, other: string): readonly [string, string] =>
  one < other ? [one, other] : [other, one];

/** Whether the ends of a key talk with each other: both ways, and with payload (rules/services.ts). */
export const isTalk = (held: Held): boolean => held.ways === 3 && held.talks;

export const keyOf = (ends: readonly [string, string]): string => ends.join(' ');

/** What is held of a key, with one more of its rows. */
export const hold = (known: Held | undefined, row: RowSeen, line: string): Held => {
  const { start, end } = row;
  const at = start === null || end === null ? null : Math.max(start, end);
  return {
    ends: orderEnds(row.from, row.to),
    lines: (known?.lines ?? List<string>()).push(line),
    last: known === undefined ? at : known.last === null || at === null ? null : Math.max(known.last, at),
    ways: (known?.ways ?? 0) | (row.from < row.to ? 1 : 2),
    talks: known?.talks === true || row.talks,
  };
};

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The line of a row of a batch, the names of its fields in front. */
export const lineOf = (batch: RecordBatch, row: number): string =>
  `${batch.columns.names.join(' ')}\n${decoder.decode(batch.text.subarray(batch.lineFrom[row], batch.lineTo[row]))}`;

const columnsOfHeader = (header: string): Columns | undefined => {
  try {
    return parseColumns(header);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
};

/** Reads lines as {@link lineOf} writes them. */
export class LineReader {
  readonly #dictionaries: Dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  readonly #batch = new RecordBatch({ names: [], fields: [] });
  #header: string | undefined;
  #scanner: LineScanner | undefined;

  /** The row of a line; undefined when it is none. */
  read(line: string): RowSeen | undefined {
    const [header = '', text, ...more] = line.split('\n');
    if (text === undefined || more.length > 0) return undefined;
    if (header !== this.#header) {
      const columns = columnsOfHeader(header);
      // The names are those of AWS already: another spelling is none of ours.
      const isOurs = columns !== undefined && columns.names.join(' ') === header;
      this.#header = header;
      this.#scanner = isOurs ? new LineScanner(columns, this.#dictionaries) : undefined;
    }
    if (this.#scanner === undefined) return undefined;
    const bytes = encoder.encode(text);
    const batch = this.#batch;
    batch.count = 0;
    const place = { source: 'snapshot', lineNumber: 1 };
    if (this.#scanner.scanLine(bytes, 0, bytes.length, batch, place) !== undefined) return undefined;
    return readRow(batch, 0, this.#dictionaries);
  }
}
