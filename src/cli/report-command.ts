/** `conntrail report`: one self-contained HTML file about all connections, for people who were not there. */
import { Audit } from '../audit/audit.ts';
import type { Finding, FindingKind } from '../audit/finding.ts';
import { OpenerIds } from '../audit/opener-ids.ts';
import { adviseOn, describeBlockage } from '../blocked/advice.ts';
import { Blockages } from '../blocked/blockages.ts';
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { NameOf } from '../model/name-of.ts';
import { REPORT_LIMIT, ReportBuilder } from '../report/render-report.ts';
import type { ReportFinding } from '../report/report-data.ts';
import { describeParties, evidenceAndAdviceOf } from './audit-parts.ts';
import { withoutCodec } from './compression.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { type CommonFlags, outputPath, parseTop } from './options.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import type { Surroundings } from './surroundings.ts';
import { type Taken, takeOutlines } from './take-connections.ts';

export interface ReportFlags extends CommonFlags {
  readonly top?: string;
  readonly title?: string;
}

/** The filters as they were typed, for the page's heading. */
const describeFilters = (flags: CommonFlags): string =>
  (
    [
      ['--address', flags.address],
      ['--port', flags.port],
      ['--state', flags.state],
      ['--verdict', flags.verdict],
      ['--initiated-by', flags.initiatedBy],
      ['--since', flags.since],
      ['--until', flags.until],
    ] as const
  )
    .flatMap(([name, values]) => [values ?? []].flat().map((value) => `${name} ${value}`))
    .join(', ');

/** @throws OptionError where no file is named that a page can be in. */
const checkName = (flags: ReportFlags): void => {
  if (flags.output === undefined) {
    throw new OptionError(
      'option-invalid',
      'A report is a file: name it with -o report.html, or write it to standard output with -o -.',
    );
  }
  const toFile = outputPath(flags);
  if (toFile !== null && !/\.html?$/i.test(withoutCodec(toFile))) {
    throw new OptionError(
      'option-invalid',
      `--output ${escapeControls(toFile)} is not the name of a page: end it in .html.`,
    );
  }
};

/** Of what was stopped in each way, the most frequent; `blocked` tells all. */
const MOST_BLOCKAGES = 20;

const requestsOf = (requests: Blockages, names: NameOf | undefined): ReportFinding[] =>
  requests
    .result()
    .blockages.slice(0, MOST_BLOCKAGES)
    .map((blockage) => ({
      title: `${blockage.kind}: ${describeBlockage(blockage, names)}`,
      evidence: adviseOn(blockage, names),
      count: blockage.connections,
      uids: blockage.uids,
    }));

/** All that the audit found, but of what was stopped in each way only the most frequent. */
const shownOf = (findings: readonly Finding[]): Finding[] => {
  const counts = new Map<FindingKind, number>();
  return findings.filter(({ kind, blockage }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return blockage === null || count <= MOST_BLOCKAGES;
  });
};

/** What the audit found by its default thresholds, as the page shows it. */
const findingsOf = (audit: Audit, names: NameOf | undefined): ReportFinding[] =>
  shownOf(audit.result().findings).map((finding) => ({
    title: `${finding.kind}: ${describeParties(finding, names)}`,
    evidence: evidenceAndAdviceOf(finding, names),
    count: finding.count,
    uids: finding.uids,
  }));

/** Runs the command; the exit code comes back. */
export const runReport = async (
  paths: readonly string[],
  flags: ReportFlags,
  surroundings: Surroundings,
): Promise<number> => {
  let taken: Taken | undefined;
  const top = flags.top === undefined ? {} : { top: parseTop(flags.top, REPORT_LIMIT) };
  checkName(flags);
  const names = await namesFrom(flags);
  const ids = new OpenerIds();
  const audit = new Audit({}, ids);
  // Stopped replies, and what was cut off, are findings of the audit.
  const requests = new Blockages(['rejected']);
  const builder = new ReportBuilder(
    {
      ...top,
      ...(flags.title === undefined ? {} : { title: flags.title }),
      filters: describeFilters(flags),
      findings: () => [...requestsOf(requests, names), ...findingsOf(audit, names)],
      ...(names === undefined ? {} : { names }),
      report: () => {
        if (taken === undefined) throw new Error('The report was asked for before the run had ended.');
        return taken.report;
      },
    },
    ids,
  );
  const wanted = {
    place: placeOf(flags, surroundings),
    surroundings,
    inputs: inputsOf(paths, flags),
    isJson: false,
  };
  const all = await writeResult(wanted, async ({ output }) => {
    taken = await takeOutlines(
      { paths, flags, surroundings, showProgress: true, annotations: true },
      (connection) => {
        const pair = ids.of(connection);
        builder.add(connection, pair);
        audit.add(connection, pair);
        requests.add(connection);
        return undefined;
      },
    );
    for (const piece of await builder.pieces()) await output.write(piece);
    return taken;
  });
  return saySummary(all, flags, surroundings, false);
};
