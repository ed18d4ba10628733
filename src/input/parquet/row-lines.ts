/**
 * Lines that are put together from columns, a column at a time: its values are copied to where their lines have come to. What
 * a value parts or ends is spelt out in it already.
 */
import { grown } from '../../record/grown.ts';
import { LONGEST_LINE } from '../../record/parse-line.ts';
import { SLACK, Spelt } from './spell-values.ts';

/** Rows at a time. */
export const ROWS_AT_ONCE = 1024;

/** Values of some rows: the bytes [from[i], to[i]) of a view, with {@link SLACK} behind the last; none where both are the same. */
export interface Values {
  readonly view: DataView;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

/** Lines are handed on when so many bytes wait. */
const FULL = 256 * 1024;
/** With more bytes in some rows one of them may be longer than any record. */
const MAY_BE_LONG = 4 * 2 ** 20;

const DASH = 45;
const SPACE = 32;
const LINE_FEED = 10;

/** Of several columns of one field the first value that is there. */
class FirstOf implements Values {
  readonly from = new Uint32Array(ROWS_AT_ONCE);
  readonly to = new Uint32Array(ROWS_AT_ONCE);
  readonly #columns: readonly Values[];
  readonly #spelt = new Spelt();

  constructor(columns: readonly Values[]) {
    this.#columns = columns;
  }

  get view(): DataView {
    return this.#spelt.view;
  }

  choose(rows: number): void {
    const spelt = this.#spelt;
    spelt.length = 0;
    for (let row = 0; row < rows; row++) {
      const present = this.#columns.find(({ from, to }) => from[row] !== to[row]);
      this.from[row] = spelt.length;
      if (present !== undefined) {
        const { view, from, to } = present;
        spelt.makeRoom((to[row] as number) - (from[row] as number));
        for (let i = from[row] as number; i < (to[row] as number); i++)
          spelt.bytes[spelt.length++] = view.getUint8(i);
      }
      this.to[row] = spelt.length;
    }
  }
}

export class RowLines {
  readonly #fields: readonly Values[];
  readonly #choices: readonly FirstOf[];
  /** What a value that is not there counts: a dash, unless rows are lines as they stand. */
  readonly #least: 0 | 1;
  readonly #places = new Uint32Array(ROWS_AT_ONCE);
  #bytes = new Uint8Array(2 * FULL);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /**
   * @param fields of a line, each from one column or more, the first of which that has a value counts
   * @param areLines rows have one value, which is a line
   */
  constructor(fields: readonly (readonly Values[])[], areLines: boolean) {
    const choices: FirstOf[] = [];
    this.#fields = fields.map((columns) => {
      if (columns.length === 1) return columns[0] as Values;
      const choice = new FirstOf(columns);
      choices.push(choice);
      return choice;
    });
    this.#choices = choices;
    this.#least = areLines ? 0 : 1;
  }

  get isFull(): boolean {
    return this.#length >= FULL;
  }

  /** The lines so far; they are overwritten by the next ones. */
  take(): Uint8Array {
    const lines = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lines;
  }

  /** Adds the rows that the columns hold. */
  add(rows: number): void {
    for (const choice of this.#choices) choice.choose(rows);
    let length = this.#measure(rows);
    if (length > MAY_BE_LONG) {
      this.#cut(rows);
      length = this.#measure(rows);
    }
    this.#makeRoom(length);
    const last = this.#fields.length - 1;
    for (const [i, values] of this.#fields.entries()) {
      if (i < last) this.#copy(values, rows);
      else this.#copyLast(values, rows);
    }
    this.#length += length;
  }

  /** Where each line begins; gives how long all are. */
  #measure(rows: number): number {
    const places = this.#places;
    const least = this.#least;
    places.fill(this.#fields.length, 0, rows); // what stands behind each value
    for (const { from, to } of this.#fields) {
      for (let row = 0; row < rows; row++) {
        const length = (to[row] as number) - (from[row] as number);
        places[row] = (places[row] as number) + (length === 0 ? least : length);
      }
    }
    let at = this.#length;
    for (let row = 0; row < rows; row++) {
      const length = places[row] as number;
      places[row] = at;
      at += length;
    }
    return at - this.#length;
  }

  /** Leaves out what stands behind more than any record has: its reader says that the line is too long. */
  #cut(rows: number): void {
    for (let row = 0; row < rows; row++) {
      let length = 0;
      for (const { from, to } of this.#fields) {
        if (length > LONGEST_LINE) to[row] = from[row] as number;
        length += (to[row] as number) - (from[row] as number);
      }
    }
  }

  #makeRoom(more: number): void {
    const length = this.#length + more + SLACK;
    if (length <= this.#bytes.length) return;
    this.#bytes = grown(this.#bytes, Math.max(length, this.#bytes.length * 2));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Some bytes at a time: what is too much is written over by the next value, the least of which is a sign between two others. */
  #copy({ view, from, to }: Values, rows: number): void {
    const out = this.#view;
    const places = this.#places;
    for (let row = 0; row < rows; row++) {
      const begin = from[row] as number;
      const end = to[row] as number;
      let at = places[row] as number;
      for (let i = begin; i < end; i += SLACK) out.setInt32(at + i - begin, view.getInt32(i, true), true);
      at += end - begin;
      if (begin === end) out.setUint8(at++, DASH);
      out.setUint8(at, SPACE);
      places[row] = at + 1;
    }
  }

  /** Behind it the next line stands already. */
  #copyLast({ view, from, to }: Values, rows: number): void {
    const out = this.#view;
    const least = this.#least;
    for (let row = 0; row < rows; row++) {
      const begin = from[row] as number;
      const end = to[row] as number;
      let at = this.#places[row] as number;
      for (let i = begin; i < end; i++) out.setUint8(at++, view.getUint8(i));
      if (begin === end && least === 1) out.setUint8(at++, DASH);
      out.setUint8(at, LINE_FEED);
    }
  }
}
