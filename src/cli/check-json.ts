/** The same as `check-text.ts` for machines: one JSON object in snake_case, nothing left out. */
import type { RunReport } from '../model/report.ts';
import { newFlowLogs } from './new-flow-log.ts';
import { plainJson } from './plain-json.ts';
import type { Tally } from './tally.ts';

/** The report and the counts over the connections that passed the filters, as pieces of JSON with a line end. */
export const checkJson = (report: RunReport, tally: Tally): Generator<string> => {
  const { states, exchanges, evidence, upshots, verdicts, marks, shown, hidden } = tally;
  return plainJson({
    ...report,
    createFlowLogs: (newFlowLogs(report) ?? []).map((log) => ({ ...log, command: log.command.join(' ') })),
    counted: { shown, hidden, states, exchanges, evidence, upshots, verdicts, marks },
  });
};
