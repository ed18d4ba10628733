/** What sharing out did, in a few lines for standard error. */

import type { InputReport } from '../engine/report-run.ts';
import { formatCount, formatNumber } from './format-count.ts';
import { type Fact, inputFacts, inputSpan, layOutSummary, type SummaryLook } from './summary.ts';

export interface SplitSummaryInput extends SummaryLook {
  readonly report: InputReport;
  /** How many records each part has. */
  readonly records: readonly number[];
  /** Sources that were left out or broken off (--keep-going). */
  readonly skippedSources: number;
}

/** How even parts are: the fullest decides how long the slowest takes. */
const describeParts = (records: readonly number[]): string => {
  const sum = records.reduce((all, count) => all + count, 0);
  if (records.length === 1 || sum === 0) return '';
  const most = records.reduce((max, count) => Math.max(max, count));
  const empty = records.filter((count) => count === 0).length;
  const fullest = `${formatCount(most, 'record')} in the fullest, ${(most / (sum / records.length)).toFixed(2)} times the mean`;
  return empty === 0 ? fullest : `${fullest}; ${formatNumber(empty)} empty`;
};

function* facts({ report, records, skippedSources }: SplitSummaryInput): Generator<Fact> {
  yield ['parts', describeParts(records)];
  yield* inputFacts(report, skippedSources);
}

/** The summary's lines. */
export const splitSummary = (input: SplitSummaryInput): Iterable<string> => {
  const { report, records } = input;
  const { connections, exchanges } = report.placement;
  const shared = formatCount(connections + exchanges, 'record');
  const from = `${formatCount(report.placement.records, 'record')} in ${formatCount(report.sources, 'source')}`;
  return layOutSummary(
    input,
    `${shared} to ${formatCount(records.length, 'part')}, of ${from}${inputSpan(report)}`,
    facts(input),
  );
};
