/** Columns that grow: one rule for all that are kept in typed arrays. */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** ES2024, in Node.js from 22 on: the bytes move to a buffer of another size, and the room of the old one is free at once. */
type Transferable = ArrayBuffer & { transfer?(bytes: number): ArrayBuffer };

/**
 * A column of another length and the same values, zeros behind them. The one that was is not to be used any more: where its room can
 * be given back at once, it is.
 */
export const grown = <C extends Column>(column: C, length: number): C => {
  const make = column.constructor as new (of: number | ArrayBuffer) => C;
  const buffer: Transferable = column.buffer;
  if (buffer.transfer !== undefined && buffer.byteLength === column.byteLength)
    return new make(buffer.transfer(length * column.BYTES_PER_ELEMENT));
  const other = new make(length);
  other.set(column.length > length ? column.subarray(0, length) : column);
  return other;
};

/** Gives the room of a column back, at once where it can be: an empty one to have in its place. */
export const released = <C extends Column>(column: C): C => {
  const buffer: Transferable = column.buffer;
  buffer.transfer?.(0);
  return new (column.constructor as new (length: number) => C)(0);
};
