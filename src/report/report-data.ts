/** What a report's page is given, as it is embedded: numbers over everything, and the connections that fit. */
import type { PackedConnections } from './pack-connections.ts';
import type { Numbers } from './tally-connections.ts';

/** One finding of an audit, ready to be shown. */
export interface ReportFinding {
  /** What was found, in a few words. */
  readonly title: string;
  /** The evidence, in a sentence. */
  readonly evidence: string;
  /** Connections behind it, in the whole input. */
  readonly count: number;
  /** The uids of those behind it, as many as the finding carries. */
  readonly uids: readonly string[];
}

/** What the input covers, of a run's report. */
export interface ReportCoverage {
  readonly records: number;
  readonly sources: number;
  readonly nodata: number;
  readonly skipdata: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly addressOnly: number;
  readonly withoutAddresses: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly rejections: readonly (readonly [reason: string, count: number])[];
  readonly limits: readonly string[];
  readonly vantages: readonly {
    readonly vantage: string | null;
    readonly vpcId: string | null;
    readonly records: number;
    readonly skipped: number;
    readonly first: number | null;
    readonly last: number | null;
    readonly longestInterval: number | null;
  }[];
  /** Vantages beyond those listed. */
  readonly moreVantages: number;
}

export interface ReportData {
  readonly title: string;
  readonly numbers: Numbers;
  readonly coverage: ReportCoverage | null;
  /** Null where no audit was made. */
  readonly findings: readonly ReportFinding[] | null;
  readonly connections: PackedConnections;
  /** Connections that the page does not hold, and the rule by which. */
  readonly leftOut: number;
  readonly rule: string;
  /** What the filters of the run left out before anything was counted, in words; empty for none. */
  readonly filters: string;
  /** What addresses, and networks, of the page are called; absent where nobody said. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}
