/**
 * Zeek's conn.log as tab-separated text, so that tools made for Zeek read flow logs: the columns that Zeek has
 * written by default since 7.1, in their order (base/protocols/conn, the record Info). What flow logs do not know stays unset (`-`): no
 * service, no payload bytes (AWS counts headers, so bytes go to `*_ip_bytes`), no missed bytes, no tunnels. Nothing is made
 * up to fill a column.
 */
import type { Connection } from '../model/connection.ts';
import { escapeControls } from '../model/escape.ts';
import { protocolNumber } from '../model/protocols.ts';
import { inPieces, type LineFormat } from './in-pieces.ts';

const UNSET = '-';

interface ZeekColumn {
  readonly name: string;
  readonly type: string;
  readonly read: (connection: Connection) => string | number | null;
}

/** Seconds since 1970 as Zeek spells a time or an interval. */
const seconds = (value: number | null): string | null => (value === null ? null : value.toFixed(6));

/** Zeek's transport names; both ICMPs are `icmp` there. */
const transport = (protocol: string): string => {
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp') return protocol;
  return protocol === 'icmpv6' ? 'icmp' : 'unknown_transport';
};

/** From the opening to the close where they were seen, else from the first to the last record. */
const duration = (connection: Connection): number | null => {
  const from = connection.openedAt ?? connection.firstSeen;
  const to = connection.closedAt ?? connection.lastSeen;
  return from === null || to === null ? null : Math.max(0, to - from);
};

// biome-ignore format: a table
export const ZEEK_COLUMNS: readonly ZeekColumn[] = [
  { name: 'ts',             type: 'time',        read: (c) => seconds(c.openedAt ?? c.firstSeen) },
  { name: 'uid',            type: 'string',      read: (c) => c.uid },
  { name: 'id.orig_h',      type: 'addr',        read: (c) => c.initiator.address },
  { name: 'id.orig_p',      type: 'port',        read: (c) => c.initiator.port ?? 0 }, // Zeek's port cannot be unset
  { name: 'id.resp_h',      type: 'addr',        read: (c) => c.responder.address },
  { name: 'id.resp_p',      type: 'port',        read: (c) => c.responder.port ?? 0 },
  { name: 'proto',          type: 'enum',        read: (c) => transport(c.protocol) },
  { name: 'service',        type: 'string',      read: () => null },
  { name: 'duration',       type: 'interval',    read: (c) => seconds(duration(c)) },
  { name: 'orig_bytes',     type: 'count',       read: () => null },
  { name: 'resp_bytes',     type: 'count',       read: () => null },
  { name: 'conn_state',     type: 'string',      read: (c) => c.connState },
  { name: 'local_orig',     type: 'bool',        read: () => null },
  { name: 'local_resp',     type: 'bool',        read: () => null },
  { name: 'missed_bytes',   type: 'count',       read: () => null },
  { name: 'history',        type: 'string',      read: (c) => c.history },
  { name: 'orig_pkts',      type: 'count',       read: (c) => c.initiator.packets },
  { name: 'orig_ip_bytes',  type: 'count',       read: (c) => c.initiator.bytes },
  { name: 'resp_pkts',      type: 'count',       read: (c) => c.responder.packets },
  { name: 'resp_ip_bytes',  type: 'count',       read: (c) => c.responder.bytes },
  { name: 'tunnel_parents', type: 'set[string]', read: () => null },
  { name: 'ip_proto',       type: 'count',       read: (c) => protocolNumber(c.protocol) },
];

/** What stands before the rows. No #open and #close: the same input gives the same bytes. */
export const ZEEK_HEADER = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  `#unset_field\t${UNSET}`,
  '#path\tconn',
  `#fields\t${ZEEK_COLUMNS.map((column) => column.name).join('\t')}`,
  `#types\t${ZEEK_COLUMNS.map((column) => column.type).join('\t')}`,
  '',
].join('\n');

/** Zeek tells an empty string from an unset one. */
const spell = (cell: string | number | null): string => {
  if (cell === null) return UNSET;
  if (typeof cell === 'number') return String(cell);
  return cell === '' ? '(empty)' : escapeControls(cell);
};

/** A connection as one line of conn.log, without a line end. */
export const toZeekLine = (connection: Connection): string =>
  ZEEK_COLUMNS.map((column) => spell(column.read(connection))).join('\t');

/** conn.log as the command line and {@link toZeek} write it. */
export const ZEEK: LineFormat = { header: ZEEK_HEADER, line: (connection) => `${toZeekLine(connection)}\n` };

/** What a line of conn.log is made of besides values, in the order of rules/spell-zeek.ts: the same bytes as {@link ZEEK}. */
export const ZEEK_TEXTS = {
  fixed: [
    '\t',
    '.000000', // behind whole seconds
    UNSET,
    spell(''),
    '\n',
    ...['tcp', 'udp', 'icmp', 'others'].map((protocol) => `\t${transport(protocol)}\t${UNSET}\t`),
    // The end of a line: the tunnel, and what ip_proto says of the two protocols of nearly all lines.
    `\t${UNSET}\t`,
    ...['tcp', 'udp'].map((protocol) => `\t${UNSET}\t${protocolNumber(protocol)}\n`),
  ],
  /** Payload of both ends, which flow logs do not know, the state, and whether they are local and what was missed. */
  life: (connState: string | null): string =>
    `\t${UNSET}\t${UNSET}\t${spell(connState)}\t${UNSET}\t${UNSET}\t${UNSET}\t`,
} as const;

/** All connections as conn.log, in pieces of text. */
export const toZeek = (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
): AsyncGenerator<string> => inPieces(connections, ZEEK);
