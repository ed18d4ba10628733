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

/** Numbers below it, which most are, have a place each instead of being looked for. */
const FEW = 4096;
/** Where so many cells were all different, as uids are, the rest is not looked for among them. */
const ALL_DIFFERENT = 4096;
/** The codes of the two values that there are. */
const BOOLEANS = [false, true] as const;

const INT32_MOST = 2 ** 31 - 1;
const INT64_MOST = 2 ** 63;

/** A whole number of no more than so much either way; null where it is no number, as in JSON. */
const wholeWithin =
  (most: number, times = 1) =>
  (cell: Value): Value | null =>
    Number.isFinite(cell) ? Math.max(-most, Math.min(Math.round((cell as number) * times), most)) : null;

const asIs = (cell: Value): Value => cell;

/** Values of cells. Of what the engine gives, only sums beyond 64 bits, which only a made-up log has, are not kept as they are. */
const VALUES: Readonly<Record<ParquetKind, (cell: Value) => Value | null>> = {
  text: asIs,
  boolean: asIs,
  real: (cell) => (cell as number) + 0, // 0 and -0 are one number
  small: wholeWithin(INT32_MOST),
  count: wholeWithin(INT64_MOST),
  time: wholeWithin(INT64_MOST, 1000),
};

/** A column as it is written. */
export interface Coded {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly isNeverNull: boolean;
  /** The values by their codes, in the order in which they came: mostly each once. */
  readonly values: readonly Value[];
  /** The codes of so many rows. */
  codes(rows: number): Int32Array;
}

/** A column that is gathered. */
export class CodedColumn<R> implements Coded {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly isNeverNull: boolean;
  readonly #read: (row: R) => Cell;
  readonly #toValue: (cell: Value) => Value | null;
  readonly #codeOf = new Map<Cell, number>();
  /** Of numbers below {@link FEW} the code and 1; 0 where it is not known yet. */
  readonly #codeOfFew = new Int32Array(FEW);
  readonly #codes: Int32Array;
  /** Cells that were not null. */
  #count = 0;
  #isAllDifferent = false;
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
    this.clear();
  }

  /** Takes the cell of a row. */
  add(row: R, place: number): void {
    const cell = this.#read(row);
    this.#codes[place] = cell === null ? NULL : this.#codeFor(cell);
  }

  #codeFor(cell: Value): number {
    if (typeof cell === 'boolean') return cell ? 1 : 0;
    this.#count++;
    if (this.#isAllDifferent) return this.#learn(cell);
    if (typeof cell === 'number' && cell >>> 0 === cell && cell < FEW) {
      const known = this.#codeOfFew[cell] as number;
      if (known > 0) return known - 1;
      const code = this.#learn(cell);
      this.#codeOfFew[cell] = code + 1;
      return code;
    }
    const known = this.#codeOf.get(cell);
    if (known !== undefined) return known;
    const code = this.#learn(cell);
    this.#codeOf.set(cell, code);
    this.#isAllDifferent = this.#count === ALL_DIFFERENT && this.values.length === ALL_DIFFERENT;
    return code;
  }

  #learn(cell: Value): number {
    const value = this.#toValue(cell);
    if (value === null) return NULL;
    const code = this.values.push(value) - 1;
    if (typeof value === 'string') this.letters += value.length;
    return code;
  }

  codes(rows: number): Int32Array {
    return this.#codes.subarray(0, rows);
  }

  clear(): void {
    this.#codeOf.clear();
    this.#codeOfFew.fill(0);
    this.#count = 0;
    this.#isAllDifferent = false;
    this.values.length = 0;
    if (this.kind === 'boolean') this.values.push(...BOOLEANS);
    this.letters = 0;
  }
}
