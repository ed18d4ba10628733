/**
 * What a run says about its input: where every line went (law 2: each in exactly one place), which formats
 * were met, what each vantage covers and what the logs cannot tell. `check` prints it; the summary quotes it.
 */
import { escapeControls } from './escape.ts';
import type { Rejection, RejectionReason } from './flow-record.ts';
import { spellCount } from './spell-values.ts';

/** Where the lines of the input ended. The sum of all but `headers` and `comments` is `records`. */
export interface Placement {
  records: number;
  connections: number;
  exchanges: number;
  /** Records without ports, protocol or both: they give address paths, no connection. */
  addressOnly: number;
  nodata: number;
  skipdata: number;
  duplicates: number;
  rejected: number;
  headers: number;
  comments: number;
}

/** Records that became no connection for what they lack, each kind with its count; none of kinds that do not occur. */
export const describeLacking = ({
  placement,
  withoutAddresses = 0,
}: Pick<RunReport, 'placement'> & { readonly withoutAddresses?: number }): [number, string][] =>
  (
    [
      [withoutAddresses, 'without a source or destination address'],
      [placement.addressOnly - withoutAddresses, 'without ports or protocol'],
    ] as [number, string][]
  ).filter(([count]) => count > 0);

/** How a field order can be learned: `names` stand with the values, as in JSON and Parquet. */
export const LEARNED_FROM = ['header', 'names', 'option', 'default', 'content'] as const;
export type LearnedFrom = (typeof LEARNED_FROM)[number];

/** One field order met in the input. */
export interface FormatReport {
  /** AWS's field names in the order of the columns. */
  readonly fields: readonly string[];
  readonly learnedFrom: LearnedFrom;
  /** Names that this version does not know; carried, not interpreted. */
  readonly unknownFields: readonly string[];
  readonly records: number;
  readonly sources: number;
  /** The first source that used it. */
  readonly firstSource: string;
}

/** What lines of flow logs come wrapped in, in words. */
export const CONTAINERS = {
  plain: 'plain text',
  'utf-16': 'UTF-16 text',
  'logs-tail': 'text of aws logs tail: time and stream before each line',
  'timed-lines': 'text with a time before each line: export task, aws logs tail --format short',
  awslogs: 'text of awslogs: group or stream before each line',
  'quoted-lines': 'quoted lines',
  'csv-messages': 'CSV with a message column: CloudWatch console, Logs Insights',
  'csv-fields': 'CSV of fields: Athena, Logs Insights',
  'tsv-fields': 'fields parted by tabs',
  'log-events': 'JSON of filter-log-events or get-log-events',
  subscription: 'JSON of a CloudWatch Logs subscription',
  'query-results': 'JSON of Logs Insights',
  'json-records': 'JSON of Firehose or Kinesis records (base64)',
  'json-lines': 'JSON strings, a line each',
  'json-messages': 'JSON objects with a message each',
  'json-fields': 'JSON objects of fields',
  ocsf: 'OCSF events: Security Lake',
  base64: 'base64',
  parquet: 'Parquet',
} as const;

export type Container = keyof typeof CONTAINERS;

/** What some sources were wrapped in, outermost first; gzip and zstd are told of none. */
export interface ContainerReport {
  readonly containers: readonly Container[];
  readonly sources: number;
  readonly firstSource: string;
}

/** Which files of folders were not read, in a sentence; empty where there are none. */
export const describeNotRead = ({ notRead: { files, first } }: Pick<RunReport, 'notRead'>): string => {
  if (files === 0) return '';
  const shown = first.slice(0, MOST_NAMED).map(escapeControls);
  const more = files > shown.length ? [`${spellCount(files - shown.length)} more`] : [];
  const names = [...shown, ...more].join(', ');
  return `${files === 1 ? '1 file of a folder is' : `${spellCount(files)} files of folders are`} no flow log that is read: ${names}`;
};

/** Files that are named in one sentence. */
const MOST_NAMED = 3;

/** What one vantage (interface, gateway resource or attachment) covers. */
export interface VantageCoverage {
  /** interface-id, or resource-id; null when the format has neither. */
  readonly vantage: string | null;
  readonly vpcId: string | null;
  readonly records: number;
  readonly nodata: number;
  /** Intervals whose records AWS lost, Unix seconds, in time order. */
  readonly skipped: readonly (readonly [start: number | null, end: number | null])[];
  readonly first: number | null;
  readonly last: number | null;
  /** Longest record seen, in seconds: near 60 or 600 it is the aggregation interval. */
  readonly longestInterval: number | null;
  /**
   * Two flow logs of different intervals tell of it: what the longer ones repeat are duplicates. Null where it looks like that and
   * cannot be told: then nothing is left out, and its counts may be doubled.
   */
  readonly toldTwice: boolean | null;
  /** Stands in for other addresses: NAT gateway, transit gateway, load balancer, appliance. */
  readonly rewrites: boolean;
}

/** One leg of an address-level path: what one vantage saw when the format has no ports. */
export interface AddressLeg {
  readonly vantage: string | null;
  readonly instanceId: string | null;
  readonly srcAddr: string;
  readonly dstAddr: string;
  readonly pktSrcAddr: string | null;
  readonly pktDstAddr: string | null;
  readonly records: number;
}

/** A way between two hosts, put together from legs that share packet addresses. */
export interface AddressPath {
  /** First host, what stands between, last host. */
  readonly hops: readonly { readonly address: string; readonly kind: 'host' | 'nat-gateway' | 'gateway' }[];
  readonly forward: readonly AddressLeg[];
  readonly back: readonly AddressLeg[];
  /** AWS names of the fields whose absence keeps this from being a connection. */
  readonly missingFields: readonly string[];
}

/** How many lines a reading took for records, how many of them were not understood, and the first of those. */
export interface LinesRead {
  /** Lines that are neither header nor comment nor blank. */
  readonly records: number;
  readonly rejected: number;
  readonly firstRejected: Rejection | undefined;
}

export interface RunReport {
  readonly placement: Placement;
  readonly sources: number;
  /** What they were wrapped in, in the order in which it was met. */
  readonly containers: readonly ContainerReport[];
  /** Files of folders that are no flow logs, by their names or by their content, and the first few of them. */
  readonly notRead: { readonly files: number; readonly first: readonly string[] };
  /** Distinct results. */
  readonly connections: number;
  readonly exchanges: number;
  /** Of both, those that were seen one way only. */
  readonly oneSided: number;
  readonly rejections: ReadonlyMap<RejectionReason, number>;
  /** The first few, in input order. */
  readonly firstRejections: readonly Rejection[];
  readonly formats: readonly FormatReport[];
  readonly vantages: readonly VantageCoverage[];
  readonly addressPaths: readonly AddressPath[];
  /** Of the records that {@link Placement.addressOnly} counts, those that lack an address: they give no path either. */
  readonly withoutAddresses: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly first: number | null;
  readonly last: number | null;
  /** TCP records whose flags no VPC record can have (transit gateway, converter, damage). */
  readonly oddFlags: number;
  /** TCP records with tcp-flags, and without. */
  readonly tcpWithFlags: number;
  readonly tcpWithoutFlags: number;
  /** Sentences on what these logs cannot tell, and why. */
  readonly limits: readonly string[];
}
