/** The same as `check-text.ts` for machines: one JSON object in snake_case, nothing left out. */
import type { NameOf } from '../model/name-of.ts';
import type { AddressPath, RunReport } from '../model/report.ts';
import { newFlowLogs } from './new-flow-log.ts';
import { plainJson } from './plain-json.ts';
import type { Tally } from './tally.ts';

/** A way with what each address on it is called. */
const withNames = (path: AddressPath, names: NameOf): object => ({
  ...path,
  hops: path.hops.map((hop) => ({ ...hop, name: names(hop.address) })),
});

/** The report and the counts over the connections that passed the filters, as pieces of JSON with a line end. */
export const checkJson = (report: RunReport, tally: Tally, names?: NameOf): Generator<string> => {
  const { states, exchanges, evidence, upshots, verdicts, marks, shown, hidden } = tally;
  return plainJson({
    ...report,
    ...(names === undefined
      ? {}
      : { addressPaths: report.addressPaths.map((path) => withNames(path, names)) }),
    createFlowLogs: (newFlowLogs(report) ?? []).map((log) => ({ ...log, command: log.command.join(' ') })),
    counted: { shown, hidden, states, exchanges, evidence, upshots, verdicts, marks },
  });
};
