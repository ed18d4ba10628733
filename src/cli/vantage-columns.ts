/** What each vantage covers as rows, one each: what CSV and Parquet of `check` have. */
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { VantageCoverage } from '../model/report.ts';

// One line a column, the order is that of the rows: the formatter stays out.
// biome-ignore format: a table
export const VANTAGE_COLUMNS: readonly ParquetColumn<VantageCoverage>[] = [
  { name: 'vantage',          kind: 'text',                        read: ({ vantage }) => vantage },
  { name: 'vpc_id',           kind: 'text',                        read: ({ vpcId }) => vpcId },
  { name: 'records',          kind: 'count',   isNeverNull: true,  read: ({ records }) => records },
  { name: 'nodata',           kind: 'count',   isNeverNull: true,  read: ({ nodata }) => nodata },
  { name: 'skipdata',         kind: 'count',   isNeverNull: true,  read: ({ skipped }) => skipped.length },
  { name: 'first_seen',       kind: 'time',                        read: ({ first }) => first },
  { name: 'last_seen',        kind: 'time',                        read: ({ last }) => last },
  { name: 'longest_interval', kind: 'count',                       read: ({ longestInterval }) => longestInterval },
  { name: 'told_twice',       kind: 'boolean',                     read: ({ toldTwice }) => toldTwice },
  { name: 'rewrites',         kind: 'boolean', isNeverNull: true,  read: ({ rewrites }) => rewrites },
];
