/** Columns that grow: one rule for all that are kept in typed arrays. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** A longer column of the same values, zeros behind them. */
export const grown = <C extends Column>(column: C, length: number): C => {
  const larger = new (column.constructor as new (length: number) => C)(length);
  larger.set(column);
  return larger;
};
