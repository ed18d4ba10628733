/** The findings of an audit as CSV, a row each, by the rules of all our CSV: hostile text runs nowhere. */
import type { AuditResult } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { toCsvCell } from '../export/csv.ts';
import type { Cell } from '../export/row.ts';

const COLUMNS: readonly (readonly [name: string, read: (finding: Finding) => Cell])[] = [
  ['finding', ({ number }) => number],
  ['kind', ({ kind }) => kind],
  ['initiator_address', ({ initiator }) => initiator],
  ['responder_address', ({ responder }) => responder],
  ['responder_port', ({ port }) => port],
  ['connections', ({ count }) => count],
  ['first_seen', ({ firstSeen }) => firstSeen],
  ['last_seen', ({ lastSeen }) => lastSeen],
  ['evidence', ({ evidence }) => evidence],
];

export function* auditCsv({ findings }: AuditResult): Generator<string> {
  yield `${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for (const finding of findings)
    yield `${COLUMNS.map(([, read]) => toCsvCell(read(finding))).join(',')}\r\n`;
}
