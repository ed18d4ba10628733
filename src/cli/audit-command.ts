/** `conntrail audit`: short-lived connections, who opens them, and what looks like trouble. */
import { Audit, type AuditResult, connectionsBehind } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { CSV } from '../export/csv.ts';
import { JSON_LINES } from '../export/json-lines.ts';
import { auditCsv } from './audit-csv.ts';
import { auditJson } from './audit-json.ts';
import { auditMarkdown } from './audit-markdown.ts';
import { AUDIT_FORMATS, type AuditFlags, type AuditFormat, auditOptions, auditTop } from './audit-options.ts';
import { describeEvidence, describeParties } from './audit-parts.ts';
import { auditLines } from './audit-text.ts';
import { explainNothing } from './explain-nothing.ts';
import { formatCount } from './format-count.ts';
import { jsonForTerminal } from './json-for-terminal.ts';
import { oneOf } from './options.ts';
import { openStandardOutput } from './output.ts';
import { saySummary } from './say-summary.ts';
import { askedFinding, checkSecondReading, findingOf } from './second-reading.ts';
import { paintFor, type Surroundings, widthOf } from './surroundings.ts';
import { ConnectionTable } from './table.ts';
import { type Taken, type TakeRequest, takeConnections, takeOutlines } from './take-connections.ts';
import { wrapText } from './text-width.ts';
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

const chooseAuditFormat = ({ format }: AuditFlags, isTerminal: boolean): AuditFormat => {
  if (format !== undefined) return oneOf(format, AUDIT_FORMATS, '--format');
  return isTerminal ? 'table' : 'json';
};

interface Writing {
  readonly request: TakeRequest;
  readonly format: AuditFormat;
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
      nothing === null ? auditLines(result, look) : wrapText(nothing, Math.max(40, look.width)),
    );
  }
};

/** The connections behind one finding, by a second reading. */
const writeBehind = async (
  { result }: Audited,
  finding: Finding,
  { request, format, writer, flags }: Writing,
): Promise<Taken> => {
  const only = connectionsBehind(result, finding);
  const again = { ...request, only };
  if (format === 'json' || format === 'csv') {
    const { header, line } = format === 'json' ? JSON_LINES : CSV;
    await writer.add(header);
    return takeConnections(again, (connection) => writer.add(line(connection)));
  }
  const { surroundings } = request;
  const width = widthOf(surroundings, 'stdout');
  const paint = paintFor(surroundings, 'stdout', flags.color);
  const table = new ConnectionTable();
  const taken = await takeConnections(again, (connection) => {
    table.add(connection);
    return undefined;
  });
  const sentence = `#${finding.number} ${finding.kind}: ${describeParties(finding)}, ${formatCount(finding.count, 'connection')}. ${describeEvidence(finding)}`;
  await writer.addLines(wrapText(sentence, Math.max(40, width)).map((line) => paint(line, 'bold')));
  await writer.addLines(['']);
  await writer.writeBytes(table.pieces({ width, paint }));
  return taken;
};

/** Runs the command; the exit code comes back. */
export const runAudit = async (
  paths: readonly string[],
  flags: AuditFlags,
  surroundings: Surroundings,
): Promise<number> => {
  const isTerminal = surroundings.stdout.isTTY === true;
  const format = chooseAuditFormat(flags, isTerminal);
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
  else
    taken = await writeBehind(
      audited,
      findingOf(audited.result.findings, asked, 'by these thresholds'),
      writing,
    );
  await writer.flush();
  await output.finish();
  return saySummary(taken, flags, surroundings, format === 'table');
};
