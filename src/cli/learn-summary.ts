/** What was learned, in a few lines for standard error. */
import type { InputReport } from '../engine/report-run.ts';
import { formatCount } from './format-count.ts';
import { inputFacts, inputSpan, layOutSummary, type SummaryLook } from './summary.ts';

export interface LearnSummaryInput {
  readonly report: InputReport;
  readonly ends: number;
  readonly vantages: number;
  /** Sources that were left out or broken off (--keep-going). */
  readonly skippedSources: number;
}

/** The summary's lines. */
export const learnSummary = (
  { report, ends, vantages, skippedSources }: LearnSummaryInput,
  look: SummaryLook,
): Iterable<string> => {
  const known = `${formatCount(ends, 'end')} and ${formatCount(vantages, 'interface')}`;
  const from = `${formatCount(report.placement.records, 'record')} in ${formatCount(report.sources, 'source')}`;
  return layOutSummary(look, `${known} from ${from}${inputSpan(report)}`, inputFacts(report, skippedSources));
};
