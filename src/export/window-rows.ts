/** Windows as rows of CSV and Parquet: one a connection and window, for those who plot it themselves. */

import type { Connection, ConnectionWindow, Side } from '../model/connection.ts';
import type { NameOf } from '../model/name-of.ts';
import { describeSideFlags } from '../model/tcp-flags.ts';
import { csvHeader, csvRow } from './csv.ts';
import { PIECE_LENGTH } from './in-pieces.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import { type Cell, nameColumns } from './row.ts';

/** A window of a connection, or the connection alone where it has none. */
export interface WindowRow {
  readonly connection: Connection;
  readonly window: ConnectionWindow | null;
  /** From 1 on. */
  readonly number: number;
}

const flags = (window: ConnectionWindow | null, side: Side): Cell => {
  const value = window?.[side]?.flags;
  return value == null ? null : describeSideFlags(value, side);
};

// One row a column, the order is the schema: the formatter stays out.
// biome-ignore format: a table
export const WINDOW_COLUMNS: readonly ParquetColumn<WindowRow>[] = [
  { name: 'uid',               kind: 'text',    isNeverNull: true, read: ({ connection: c }) => c.uid },
  { name: 'protocol',          kind: 'text',    isNeverNull: true, read: ({ connection: c }) => c.protocol },
  { name: 'initiator_address', kind: 'text',    isNeverNull: true, read: ({ connection: c }) => c.initiator.address },
  { name: 'initiator_port',    kind: 'small',                      read: ({ connection: c }) => c.initiator.port },
  { name: 'responder_address', kind: 'text',    isNeverNull: true, read: ({ connection: c }) => c.responder.address },
  { name: 'responder_port',    kind: 'small',                      read: ({ connection: c }) => c.responder.port },
  { name: 'state',             kind: 'text',                       read: ({ connection: c }) => c.state },
  { name: 'opened_at',         kind: 'time',                       read: ({ connection: c }) => c.openedAt },
  { name: 'closed_at',         kind: 'time',                       read: ({ connection: c }) => c.closedAt },
  { name: 'has_gap',           kind: 'boolean', isNeverNull: true, read: ({ connection: c }) => c.hasGap },
  { name: 'interface_id',      kind: 'text',                       read: ({ connection: c }) => c.vantages[0]?.interfaceId ?? null },
  { name: 'window',            kind: 'small',                      read: ({ window, number }) => (window === null ? null : number) },
  { name: 'window_start',      kind: 'time',                       read: ({ window: w }) => w?.start ?? null },
  { name: 'window_end',        kind: 'time',                       read: ({ window: w }) => w?.end ?? null },
  { name: 'initiator_packets', kind: 'count',                      read: ({ window: w }) => w?.initiator?.packets ?? null },
  { name: 'initiator_bytes',   kind: 'count',                      read: ({ window: w }) => w?.initiator?.bytes ?? null },
  { name: 'initiator_flags',   kind: 'text',                       read: ({ window: w }) => flags(w, 'initiator') },
  { name: 'initiator_action',  kind: 'text',                       read: ({ window: w }) => w?.initiator?.action ?? null },
  { name: 'responder_packets', kind: 'count',                      read: ({ window: w }) => w?.responder?.packets ?? null },
  { name: 'responder_bytes',   kind: 'count',                      read: ({ window: w }) => w?.responder?.bytes ?? null },
  { name: 'responder_flags',   kind: 'text',                       read: ({ window: w }) => flags(w, 'responder') },
  { name: 'responder_action',  kind: 'text',                       read: ({ window: w }) => w?.responder?.action ?? null },
];

/** @param names of addresses, which stand in two columns behind the others */
export const windowColumns = (names?: NameOf): readonly ParquetColumn<WindowRow>[] => {
  if (names === undefined) return WINDOW_COLUMNS;
  const ofNames = nameColumns(names).map(
    ({ name, read }): ParquetColumn<WindowRow> => ({
      name,
      kind: 'text',
      read: ({ connection }) => read(connection),
    }),
  );
  return [...WINDOW_COLUMNS, ...ofNames];
};

/** The rows of a connection; one without a window where it was rebuilt without them. */
export function* windowRows(connection: Connection): Generator<WindowRow> {
  const { windowDetails = [] } = connection;
  const windows = windowDetails.length === 0 ? [null] : windowDetails;
  for (const [i, window] of windows.entries()) yield { connection, window, number: i + 1 };
}

/** CSV of windows: the names of the columns, and the rows of one connection, each with its line end. */
export interface WindowCsv {
  readonly header: string;
  lines(connection: Connection): Generator<string>;
}

/** @param names of addresses, which stand in two columns behind the others */
export const windowCsv = (names?: NameOf): WindowCsv => {
  const columns = windowColumns(names);
  return {
    header: csvHeader(columns),
    *lines(connection) {
      for (const row of windowRows(connection)) yield csvRow(columns, row);
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
