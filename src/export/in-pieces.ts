/**
 * Lines joined into pieces worth a write call. A line a write would cost more than making the line; a whole
 * file in memory would cost everything. It knows nothing of formats.
 */
import type { Connection } from '../model/connection.ts';

/** Characters a piece has at least, the last one aside. */
export const PIECE_LENGTH = 1 << 16;

/** A text format of connections: what stands before the rows, and one row with its line end. */
export interface LineFormat {
  readonly header: string;
  readonly line: (connection: Connection) => string;
}

/** The text of all connections in pieces of about 64 KiB. */
export async function* inPieces(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  format: LineFormat,
): AsyncGenerator<string> {
  let piece = format.header;
  for await (const connection of connections) {
    piece += format.line(connection);
    if (piece.length >= PIECE_LENGTH) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
