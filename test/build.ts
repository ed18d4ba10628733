/**
 * Builders for tests: a record is told by what matters of it and printed as one line of AWS's 21-field example
 * format. They know nothing of the engine; expectations are never taken from here.
 */

import type { Connection } from '../src/model/connection.ts';
import type { RunReport } from '../src/model/report.ts';
import { FIN, RST, SYN, SYN_ACK } from '../src/model/tcp-flags.ts';
import { type ReconstructOptions, reconstruct } from '../src/reconstruct.ts';

/** The format of AWS's tcp-flag example, as its header line. */
export const HEADER =
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status';

/** A second that is easy to read in failures; all times of records count from here. */
export const T0 = 1_700_000_000;

const FLAGS = { SYN, FIN, RST, 'SYN-ACK': SYN_ACK, none: 0 } as const;

/** What may matter of a record. Times are seconds from {@link T0}. */
export interface RecordParts {
  /** `client` is 10.0.0.9:40000, `server` is 10.0.0.5:443. */
  readonly by?: 'client' | 'server';
  /** Words of {@link FLAGS} with blanks between, a number, or `-`. */
  readonly flags?: string | number;
  readonly start?: number;
  readonly end?: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly action?: 'ACCEPT' | 'REJECT' | '-';
  readonly client?: string;
  readonly server?: string;
  readonly clientPort?: number;
  readonly serverPort?: number;
  readonly protocol?: number;
  readonly eni?: string;
  readonly vpc?: string;
  readonly account?: string;
  readonly instance?: string;
  /** Other addresses than the packet's, as a gateway shows them. */
  readonly srcaddr?: string;
  readonly dstaddr?: string;
}

const flagsText = (flags: string | number): string =>
  typeof flags === 'number' || flags === '-'
    ? String(flags)
    : String(flags.split(' ').reduce((sum, word) => sum | FLAGS[word as keyof typeof FLAGS], 0));

/**
 * One record as a line: by default one minute, five bare packets (40 bytes each) of the client, accepted, no flags.
 * @example record({ flags: 'SYN FIN', start: 60 })
 */
export const record = (parts: RecordParts = {}): string => {
  const { start = 0, packets = 5, client = '10.0.0.9', server = '10.0.0.5' } = parts;
  const { clientPort = 40_000, serverPort = 443 } = parts;
  const fromClient = (parts.by ?? 'client') === 'client';
  const [from, to] = fromClient ? [client, server] : [server, client];
  const [fromPort, toPort] = fromClient ? [clientPort, serverPort] : [serverPort, clientPort];
  return [
    '3',
    parts.vpc ?? 'vpc-1',
    'subnet-1',
    parts.instance ?? 'i-1',
    parts.eni ?? 'eni-server',
    parts.account ?? '123456789012',
    from.includes(':') ? 'IPv6' : 'IPv4',
    parts.srcaddr ?? from,
    parts.dstaddr ?? to,
    fromPort,
    toPort,
    from,
    to,
    parts.protocol ?? 6,
    parts.bytes ?? packets * 40,
    packets,
    T0 + start,
    T0 + (parts.end ?? start + 59),
    parts.action ?? 'ACCEPT',
    flagsText(parts.flags ?? 'none'),
    'OK',
  ].join(' ');
};

/** A record without traffic: NODATA or SKIPDATA. */
export const silence = (
  status: 'NODATA' | 'SKIPDATA',
  parts: { eni?: string; start?: number; end?: number } = {},
): string => {
  const start = parts.start ?? 0;
  const eni = parts.eni ?? 'eni-server';
  return `3 vpc-1 subnet-1 i-1 ${eni} 123456789012 - - - - - - - - - - ${T0 + start} ${T0 + (parts.end ?? start + 59)} - - ${status}`;
};

/** Both directions of one window, from the client's and the server's flags. */
export const window = (
  client: string | number,
  server: string | number,
  parts: Omit<RecordParts, 'by' | 'flags'> = {},
): string[] => [
  record({ ...parts, by: 'client', flags: client }),
  record({ ...parts, by: 'server', flags: server }),
];

/** Default format, version 2: no flags. The parts it does not carry are left out. */
export const plainRecord = (parts: RecordParts = {}): string => {
  const field = record(parts).split(' ');
  const pick = (...at: number[]): string[] => at.map((i) => field[i] as string);
  return ['2', ...pick(5, 4, 11, 12, 9, 10, 13, 15, 14, 16, 17, 18, 20)].join(' ');
};

export interface Rebuilt {
  readonly connections: readonly Connection[];
  readonly report: RunReport;
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Reconstructs a text as it stands. */
export const rebuildText = async (text: string, options: ReconstructOptions = {}): Promise<Rebuilt> => {
  const run = reconstruct(once(text), options);
  const connections: Connection[] = [];
  for await (const connection of run) connections.push(connection);
  return { connections, report: run.report };
};

/** Reconstructs lines of {@link record}, under their header. */
export const rebuild = (lines: readonly string[], options: ReconstructOptions = {}): Promise<Rebuilt> =>
  rebuildText(`${[HEADER, ...lines].join('\n')}\n`, options);

/** The connections of lines of {@link record}. */
export const connectionsOf = async (
  lines: readonly string[],
  options: ReconstructOptions = {},
): Promise<readonly Connection[]> => (await rebuild(lines, options)).connections;

/** The one connection of lines; throws when it is not one. */
export const connectionOf = async (
  lines: readonly string[],
  options: ReconstructOptions = {},
): Promise<Connection> => {
  const connections = await connectionsOf(lines, options);
  const [only] = connections;
  if (only === undefined || connections.length !== 1)
    throw new Error(`expected one connection, not ${connections.length}`);
  return only;
};

/** As bytes and in one order, for "byte-identical after sorting by uid". */
export const sortedText = (connections: readonly Connection[]): string =>
  connections
    .map((connection) => JSON.stringify(connection))
    .sort()
    .join('\n');
