/**
 * The cells of a column as numbers of the different values among them: most columns have few, and numbers cost little memory.
 * Of a column in which each cell is another it is the values in their order.
 */
import type { ParquetColumn, ParquetKind } from './parquet-columns.ts';
import type { Cell } from './row.ts';

/** The code of null. */
export const NULL = -1;

/** What is written of a cell that is not null. */
export type Value = string | number | boolean;

const INT32_MOST = 2 ** 31 - 1;
const INT64_MOST = 2 ** 63;

/** A whole number of no more than so much either way; null where it is no number, as in JSON. */
const wholeWithin =
  (most: number, times = 1) =>
  (cell: Value): Value | null =>
    Number.isFinite(cell) ? Math.max(-most, Math.min(Math.round((cell as number) * times), most)) : null;

const asIs = (cell: Value): Value => cell;

/** Values of cells: of the engine's only sums beyond 64 bits, which only a made-up log has, are not what the cell is. */
const VALUES: Readonly<Record<ParquetKind, (cell: Value) => Value | null>> = {
  text: asIs,
  boolean: asIs,
  real: asIs,
  small: wholeWithin(INT32_MOST),
  count: wholeWithin(INT64_MOST),
  time: wholeWithin(INT64_MOST, 1000),
};

export class CodedColumn<R> {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly isNeverNull: boolean;
  readonly #read: (row: R) => Cell;
  readonly #toValue: (cell: Value) => Value | null;
  readonly #codeOf = new Map<Cell, number>();
  readonly #codes: Int32Array;
  #lastCell: Cell = null;
  #lastCode = NULL;
  /** The different values, in the order in which they came; two where cells differ that are written alike. */
  readonly values: Value[] = [];
  /** Letters of the texts among them. */
  letters = 0;

  /** @param most rows between two times that it is cleared */
  constructor({ name, kind, isNeverNull = false, read }: ParquetColumn<R>, most: number) {
    this.name = name;
    this.kind = kind;
    this.isNeverNull = isNeverNull;
    this.#read = read;
    this.#toValue = VALUES[kind];
    this.#codes = new Int32Array(most);
  }

  /** Takes the cell of a row. */
  add(row: R, place: number): void {
    const cell = this.#read(row);
    if (cell !== this.#lastCell) {
      this.#lastCell = cell;
      this.#lastCode = cell === null ? NULL : (this.#codeOf.get(cell) ?? this.#learn(cell));
    }
    this.#codes[place] = this.#lastCode;
  }

  #learn(cell: Value): number {
    const value = this.#toValue(cell);
    const code = value === null ? NULL : this.values.length;
    if (value !== null) this.values.push(value);
    if (typeof value === 'string') this.letters += value.length;
    this.#codeOf.set(cell, code);
    return code;
  }

  /** The codes of so many rows. */
  codes(rows: number): Int32Array {
    return this.#codes.subarray(0, rows);
  }

  clear(): void {
    this.#codeOf.clear();
    this.values.length = 0;
    this.letters = 0;
    this.#lastCell = null;
    this.#lastCode = NULL;
  }
}
