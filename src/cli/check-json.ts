/** The same as `check-text.ts` for machines: one JSON object in snake_case, nothing left out. */
import type { RunReport } from '../model/report.ts';
import { toPlain } from './plain-json.ts';
import type { Tally } from './tally.ts';

/** The report and the counts over the connections that passed the filters, as JSON text with a line end. */
export const checkJson = (report: RunReport, tally: Tally): string => {
  const { states, exchanges, evidence, verdicts, marks, shown, hidden } = tally;
  const counted = { shown, hidden, states, exchanges, evidence, verdicts, marks };
  return `${JSON.stringify({ ...(toPlain(report) as object), counted: toPlain(counted) }, null, 2)}\n`;
};
