/** `conntrail audit`: short-lived connections, who opens them, and what looks like trouble. */
import { Audit, type AuditResult, connectionsBehind } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { auditCsv } from './audit-csv.ts';
import { auditJson } from './audit-json.ts';
import { auditMarkdown } from './audit-markdown.ts';
import { type AuditFlags, auditOptions, auditTop } from './audit-options.ts';
import { describeEvidenceAndAdvice, describeParties } from './audit-parts.ts';
import { auditLines } from './audit-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount } from './format-count.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { openStandardOutput } from './output.ts';
import { saySummary } from './say-summary.ts';
import {
  askedFinding,
  checkSecondReading,
  chooseFindingsFormat,
  type FindingsFormat,
  findingOf,
  writeBehind,
} from './second-reading.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import { TextWriter } from './text-writer.ts';

interface Audited {
  readonly taken: Taken;
  readonly result: AuditResult;
}

const takeAudit = async (request: TakeRequest, audit: Audit): Promise<Audited> => {
  const taken = await takeOutlines(request, (connection) => {
    audit.add(connection);
    return undefined;
  });
  return { taken, result: audit.result() };
};

interface Writing {
  readonly request: TakeRequest;
  readonly format: FindingsFormat;
  readonly writer: TextWriter;
  readonly flags: AuditFlags;
}

const writeAudit = async (
  { taken, result }: Audited,
  { request, format, writer, flags }: Writing,
): Promise<void> => {
  const { surroundings } = request;
  if (format === 'json') await writer.addPieces(auditJson(result));
  else if (format === 'csv') await writer.addPieces(auditCsv(result));
  else if (format === 'markdown') await writer.addLines(auditMarkdown(result, auditTop(flags)));
  else {
    const look = {
      width: widthOf(surroundings, 'stdout'),
      paint: paintFor(surroundings, 'stdout', flags.color),
      top: auditTop(flags),
    };
    const nothing = explainNothing(taken.report, taken.tally);
    await writer.addLines(
      nothing === null ? auditLines(result, look) : wrapText(nothing, readableWidth(look.width)),
    );
  }
};

const sentenceOf = (finding: Finding): string =>
  `#${finding.number} ${finding.kind}: ${describeParties(finding)}, ${formatCount(finding.count, 'connection')}. ${describeEvidenceAndAdvice(finding)}`;

/** Runs the command; the exit code comes back. */
export const runAudit = async (
  paths: readonly string[],
  flags: AuditFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const isTerminal = surroundings.stdout.isTTY === true;
  const format = chooseFindingsFormat(flags, isTerminal);
  const asked = askedFinding(flags);
  auditTop(flags);
  if (asked !== null) await checkSecondReading(paths, format);
  const audit = new Audit(auditOptions(flags));
  const output = openStandardOutput(surroundings.stdout);
  const writer = new TextWriter(output, isTerminal && format === 'json' ? jsonForTerminal : undefined);
  const request: TakeRequest = { paths, flags, surroundings, showProgress: true };
  const writing: Writing = { request, format, writer, flags };
  const audited = await takeAudit(request, audit);
  let { taken } = audited;
  if (asked === null) await writeAudit(audited, writing);
  else {
    const { result } = audited;
    const finding = findingOf(result.findings, asked, 'by these thresholds');
    const only = connectionsBehind(result, finding);
    const sentence = sentenceOf(finding);
    taken = await writeBehind({ request: { ...request, only }, format, writer, sentence });
  }
  await writer.flush();
  await output.finish();
  return saySummary(taken, flags, surroundings, format === 'table');
};
