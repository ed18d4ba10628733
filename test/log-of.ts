/**
 * Logs of rows that are told by what matters of them, and what is rebuilt of such logs. They know nothing of the engine but
 * its door; expectations are never taken from here.
 */
import type { Connection } from '../src/model/connection.ts';
import type { ReconstructOptions } from '../src/reconstruct.ts';
import { type Rebuilt, rebuildText } from './build.ts';

/** The lower and the higher address of a key, unless a row names others. */
export const LOW = '10.0.0.5';
export const HIGH = '10.0.0.9';

/** What may matter of a row. Null is a dash; flags that are left out are not in the format. Times are Unix seconds. */
export interface Row {
  /** Which of the two ends sends it. */
  readonly by?: 'low' | 'high';
  readonly low?: string;
  readonly high?: string;
  /** Of the low end and of the high end: ephemeral both, so that they tell nothing of who opened. */
  readonly ports?: readonly [low: number, high: number];
  readonly protocol?: number;
  readonly flags?: number | null;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly packets?: number | null;
  readonly bytes?: number | null;
  readonly action?: 'ACCEPT' | 'REJECT' | null;
  readonly flow?: 'ingress' | 'egress';
  /** srcaddr and dstaddr: the packet's own when left out. */
  readonly src?: string | null;
  readonly dst?: string | null;
  readonly eni?: string | null;
  readonly resource?: string;
  readonly vpc?: string;
  readonly subnet?: string;
  readonly instance?: string;
  readonly account?: string;
}

const FORMAT =
  'interface-id resource-id vpc-id subnet-id instance-id account-id flow-direction srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol packets bytes start end action';

/**
 * A row as a line: by default the low end sends five bare TCP packets in seconds 0 to 59, accepted, seen by eni-1 that names
 * neither VPC nor instance, in a format without flags.
 */
const lineOf = (row: Row): string => {
  const { low = LOW, high = HIGH, ports = [50_000, 50_001], packets = 5, eni = 'eni-1' } = row;
  const { start = 0, end = 59, bytes = 200, action = 'ACCEPT' } = row;
  const ends = [`${low} ${ports[0]}`, `${high} ${ports[1]}`].map((end) => end.split(' '));
  if (row.by === 'high') ends.reverse();
  const [[from, fromPort], [to, toPort]] = ends as [[string, string], [string, string]];
  const { src = from, dst = to } = row;
  const fields = [
    ...[eni, row.resource, row.vpc, row.subnet, row.instance, row.account, row.flow],
    ...[src, dst, fromPort, toPort, from, to, row.protocol ?? 6, packets, bytes, start, end, action],
    ...(row.flags === undefined ? [] : [row.flags]),
  ];
  return fields.map((field) => field ?? '-').join(' ');
};

/** A log of rows in the order given, with a header wherever the format changes. */
export const logOf = (rows: readonly Row[]): string => {
  let text = '';
  let header = '';
  for (const row of rows) {
    const own = row.flags === undefined ? FORMAT : `${FORMAT} tcp-flags`;
    if (own !== header) text += `${own}\n`;
    header = own;
    text += `${lineOf(row)}\n`;
  }
  return text;
};

/** What is rebuilt of rows. */
export const rebuildRows = (rows: readonly Row[], options?: ReconstructOptions): Promise<Rebuilt> =>
  rebuildText(logOf(rows), options);

/** The connections of rows. */
export const connectionsOfRows = async (
  rows: readonly Row[],
  options?: ReconstructOptions,
): Promise<readonly Connection[]> => (await rebuildRows(rows, options)).connections;

/** The one connection of rows; throws when it is not one. */
export const connectionOfRows = async (
  rows: readonly Row[],
  options?: ReconstructOptions,
): Promise<Connection> => {
  const [only, ...others] = await connectionsOfRows(rows, options);
  if (only === undefined || others.length > 0)
    throw new Error(`expected one connection, not ${others.length + (only === undefined ? 0 : 1)}`);
  return only;
};

/** The places of ones in a number, from the lowest on. */
const placesIn = (sum: number): number[] =>
  [...sum.toString(2)].reverse().flatMap((digit, place) => (digit === '1' ? [place] : []));

/**
 * The places of the rows that make each connection, in the order of connections. The row at place n counts 2^n packets, which
 * no interface adds to those of another, so that their sum tells which they were. 50 rows at most.
 */
export const rowsOfConnections = async (
  rows: readonly Row[],
  options?: ReconstructOptions,
): Promise<number[][]> => {
  const counted = rows.map((row, place) => ({ ...row, packets: 2 ** place, bytes: 0 }));
  return (await connectionsOfRows(counted, options)).map(({ vantages }) =>
    placesIn(
      vantages.reduce(
        (sum, { initiatorPackets, responderPackets }) =>
          sum + (initiatorPackets ?? 0) + (responderPackets ?? 0),
        0,
      ),
    ),
  );
};
