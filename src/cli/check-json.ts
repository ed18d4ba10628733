/** The same as `check-text.ts` for machines: one JSON object in snake_case, nothing left out. */
import { VERDICTS } from '../model/connection.ts';
import { REJECTION_REASONS } from '../model/flow-record.ts';
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

/** Counts in the order of the words, however they came. */
const inOrder = <Word extends string>(
  counts: ReadonlyMap<Word, number>,
  words: Readonly<Record<Word, unknown>>,
): ReadonlyMap<Word, number> =>
  new Map(
    (Object.keys(words) as Word[]).flatMap((word) => {
      const count = counts.get(word);
      return count === undefined ? [] : [[word, count] as const];
    }),
  );

/** The report and the counts over the connections that passed the filters, as pieces of JSON with a line end. */
export const checkJson = (report: RunReport, tally: Tally, names?: NameOf): Generator<string> => {
  const { evidence, upshots, marks, shown, hidden } = tally;
  const states = new Map(tally.stateCounts());
  const exchanges = new Map(tally.exchangeCounts());
  return plainJson({
    ...report,
    ...(names === undefined
      ? {}
      : { addressPaths: report.addressPaths.map((path) => withNames(path, names)) }),
    rejections: inOrder(report.rejections, REJECTION_REASONS),
    createFlowLogs: (newFlowLogs(report) ?? []).map((log) => ({ ...log, command: log.command.join(' ') })),
    counted: {
      shown,
      hidden,
      states,
      exchanges,
      evidence,
      upshots,
      verdicts: inOrder(tally.verdicts, VERDICTS),
      marks,
    },
  });
};
