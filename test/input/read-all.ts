/** All that a run gives, as JSON Lines, and its report. */
import { JSON_LINES } from '../../src/export/json-lines.ts';
import type { RunReport } from '../../src/model/report.ts';
import { type ReconstructOptions, type ReconstructSource, reconstruct } from '../../src/reconstruct.ts';

export interface ReadAll {
  readonly lines: string;
  readonly report: RunReport;
}

export const readAll = async (
  source: ReconstructSource,
  options: ReconstructOptions = {},
): Promise<ReadAll> => {
  const run = reconstruct(source, options);
  let lines = '';
  for await (const connection of run) lines += JSON_LINES.line(connection);
  return { lines, report: run.report };
};
