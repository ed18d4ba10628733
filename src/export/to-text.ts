/** Connections as JSON Lines and CSV, in pieces of text: what the library hands out. */
import type { Connection } from '../model/connection.ts';
import type { NameOf } from '../model/name-of.ts';
import { formatOf } from './chosen-rows.ts';
import { inPieces } from './in-pieces.ts';
import { columnsWith } from './row.ts';

export interface RowOptions {
  /** Names of addresses: rows end with `initiator_name` and `responder_name`. */
  readonly names?: NameOf;
}

/** All connections as JSON Lines, in pieces of text. */
export const toJsonLines = (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  { names }: RowOptions = {},
): AsyncGenerator<string> => inPieces(connections, formatOf('json', { columns: columnsWith(names) }));

/** All connections as CSV, in pieces of text. */
export const toCsv = (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  { names }: RowOptions = {},
): AsyncGenerator<string> => inPieces(connections, formatOf('csv', { columns: columnsWith(names) }));
