/** `conntrail audit`: short-lived connections, who opens them, and what looks like trouble. */
import { Audit, type AuditResult, connectionsBehind } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { auditJson } from './audit-json.ts';
import { auditMarkdown } from './audit-markdown.ts';
import { type AuditFlags, auditOptions, auditTop } from './audit-options.ts';
import { describeEvidenceAndAdvice, describeParties } from './audit-parts.ts';
import { auditLines } from './audit-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { findingColumns } from './finding-columns.ts';
import { formatCount } from './format-count.ts';
import { inputsOf, namesFrom } from './names-option.ts';
import { placeOf, writeResult } from './result.ts';
import { saySummary } from './say-summary.ts';
import {
  askedFinding,
  checkSecondReading,
  chooseFindingsFormat,
  type FindingsFormat,
  findingOf,
  writeBehind,
} from './second-reading.ts';
import type { Surroundings } from './surroundings.ts';
import type { TableLook } from './table.ts';
import { type Taken, type TakeRequest, takeOutlines } from './take-connections.ts';
import { readableWidth, wrapText } from './text-width.ts';
import type { TextWriter } from './text-writer.ts';
import { writeRows } from './write-rows.ts';

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
  readonly format: FindingsFormat;
  readonly writer: TextWriter;
  readonly look: TableLook;
  readonly flags: AuditFlags;
}

const writeAudit = async (
  { taken, result }: Audited,
  { format, writer, look, flags }: Writing,
): Promise<void> => {
  if (format === 'json') await writer.addPieces(auditJson(result, look.names));
  else if (format === 'csv' || format === 'parquet')
    await writeRows(result.findings, findingColumns(look.names), format, writer);
  else if (format === 'markdown') await writer.addLines(auditMarkdown(result, auditTop(flags), look.names));
  else {
    const nothing = explainNothing(taken.report, taken.tally);
    await writer.addLines(
      nothing === null
        ? auditLines(result, { ...look, top: auditTop(flags) })
        : wrapText(nothing, readableWidth(look.width)),
    );
  }
};

const sentenceOf = (finding: Finding, { names }: TableLook): string =>
  `#${finding.number} ${finding.kind}: ${describeParties(finding, names)}, ${formatCount(finding.count, 'connection')}. ${describeEvidenceAndAdvice(finding, names)}`;

/** Runs the command; the exit code comes back. */
export const runAudit = async (
  paths: readonly string[],
  flags: AuditFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const place = placeOf(flags, surroundings, await namesFrom(flags));
  const { toFile, isTerminal, look } = place;
  const format = chooseFindingsFormat(flags, isTerminal);
  const asked = askedFinding(flags);
  auditTop(flags);
  if (asked !== null) await checkSecondReading(paths, format);
  const audit = new Audit(auditOptions(flags));
  const request: TakeRequest = { paths, flags, surroundings, showProgress: true };
  const wanted = { place, surroundings, inputs: inputsOf(paths, flags), isJson: format === 'json' };
  const taken = await writeResult(wanted, async ({ writer }) => {
    const audited = await takeAudit(request, audit);
    if (asked === null) {
      await writeAudit(audited, { format, writer, look, flags });
      return audited.taken;
    }
    const { result } = audited;
    const finding = findingOf(result.findings, asked, 'by these thresholds');
    const only = connectionsBehind(result, finding);
    const sentence = sentenceOf(finding, look);
    return writeBehind({ request: { ...request, only }, format, writer, look, sentence });
  });
  return saySummary(taken, flags, surroundings, format === 'table' && toFile === null);
};
