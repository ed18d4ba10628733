/** Windows as CSV: one row a connection and window, for those who plot it themselves. Cells are those of csv.ts. */

import type { Connection, ConnectionWindow, Side } from '../model/connection.ts';
import type { NameOf } from '../model/name-of.ts';
import { describeSideFlags } from '../model/tcp-flags.ts';
import { toCsvCell } from './csv.ts';
import { PIECE_LENGTH } from './in-pieces.ts';
import { type Cell, nameColumns } from './row.ts';

interface WindowColumn {
  readonly name: string;
  readonly read: (connection: Connection, window: ConnectionWindow | null, number: number) => Cell;
}

const flags = (window: ConnectionWindow | null, side: Side): Cell => {
  const value = window?.[side]?.flags;
  return value == null ? null : describeSideFlags(value, side);
};

// One row a column, the order is the schema: the formatter stays out.
// biome-ignore format: a table
export const WINDOW_COLUMNS: readonly WindowColumn[] = [
  { name: 'uid',               read: (c) => c.uid },
  { name: 'protocol',          read: (c) => c.protocol },
  { name: 'initiator_address', read: (c) => c.initiator.address },
  { name: 'initiator_port',    read: (c) => c.initiator.port },
  { name: 'responder_address', read: (c) => c.responder.address },
  { name: 'responder_port',    read: (c) => c.responder.port },
  { name: 'state',             read: (c) => c.state },
  { name: 'opened_at',         read: (c) => c.openedAt },
  { name: 'closed_at',         read: (c) => c.closedAt },
  { name: 'has_gap',           read: (c) => c.hasGap },
  { name: 'interface_id',      read: (c) => c.vantages[0]?.interfaceId ?? null },
  { name: 'window',            read: (_, w, number) => (w === null ? null : number) },
  { name: 'window_start',      read: (_, w) => w?.start ?? null },
  { name: 'window_end',        read: (_, w) => w?.end ?? null },
  { name: 'initiator_packets', read: (_, w) => w?.initiator?.packets ?? null },
  { name: 'initiator_bytes',   read: (_, w) => w?.initiator?.bytes ?? null },
  { name: 'initiator_flags',   read: (_, w) => flags(w, 'initiator') },
  { name: 'initiator_action',  read: (_, w) => w?.initiator?.action ?? null },
  { name: 'responder_packets', read: (_, w) => w?.responder?.packets ?? null },
  { name: 'responder_bytes',   read: (_, w) => w?.responder?.bytes ?? null },
  { name: 'responder_flags',   read: (_, w) => flags(w, 'responder') },
  { name: 'responder_action',  read: (_, w) => w?.responder?.action ?? null },
];

/** CSV of windows: the names of the columns, and the rows of one connection, each with its line end. */
export interface WindowCsv {
  readonly header: string;
  /** One without a window where the connection was rebuilt without them. */
  lines(connection: Connection): Generator<string>;
}

/** @param names of addresses, which stand in two columns behind the others */
export const windowCsv = (names?: NameOf): WindowCsv => {
  const columns: readonly WindowColumn[] =
    names === undefined ? WINDOW_COLUMNS : [...WINDOW_COLUMNS, ...nameColumns(names)];
  return {
    header: `${columns.map(({ name }) => name).join(',')}\r\n`,
    *lines(connection) {
      const { windowDetails = [] } = connection;
      const windows = windowDetails.length === 0 ? [null] : windowDetails;
      for (const [i, window] of windows.entries())
        yield `${columns.map(({ read }) => toCsvCell(read(connection, window, i + 1))).join(',')}\r\n`;
    },
  };
};

/** All windows of all connections as CSV, in pieces of text. Rebuild them with `windows: true`. */
export async function* toWindowCsv(
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  { names }: { readonly names?: NameOf } = {},
): AsyncGenerator<string> {
  const { header, lines } = windowCsv(names);
  let piece = header;
  for await (const connection of connections) {
    // One connection may have more windows than a string has room for.
    for (const line of lines(connection)) {
      piece += line;
      if (piece.length < PIECE_LENGTH) continue;
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}
