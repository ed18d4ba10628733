/**
 * Columns that grow. Where the engine can (Node.js 22), the old buffer is handed over and freed at once: copies that wait for
 * the garbage collector would take as much memory as the columns themselves.
 */
type Column =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

interface Transferable {
  transfer?(bytes: number): ArrayBuffer;
}

/** A longer column of the same values, zeros behind them. The old one may no longer be looked at, nor views of it. */
export const grown = <C extends Column>(column: C, length: number): C => {
  const kind = column.constructor as new (from: number | ArrayBuffer) => C;
  const { buffer }: { buffer: ArrayBuffer & Transferable } = column;
  if (buffer.transfer !== undefined) return new kind(buffer.transfer(length * column.BYTES_PER_ELEMENT));
  const larger = new kind(length);
  larger.set(column);
  return larger;
};
