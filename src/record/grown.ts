/** Columns that grow: one rule for all that are kept in typed arrays. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** ES2024, in Node.js from 22 on. */
type Transferable = ArrayBuffer & { transfer?(bytes: number): ArrayBuffer };

const columnLike = <C extends Column>(column: C, length: number): C =>
  new (column.constructor as new (length: number) => C)(length);

/** Gives the room of a column back, at once where it can be: an empty one to have in its place. */
export const released = <C extends Column>(column: C): C => {
  const buffer: Transferable = column.buffer;
  buffer.transfer?.(0);
  return columnLike(column, 0);
};

/**
 * A column of another length and the same values, zeros behind them; the one that was is not to be used any more. It is
 * copied: a buffer that is handed over is filled with zeros to its end, which takes memory before it is used.
 */
export const grown = <C extends Column>(column: C, length: number): C => {
  const other = columnLike(column, length);
  other.set(column.length > length ? column.subarray(0, length) : column);
  released(column);
  return other;
};
