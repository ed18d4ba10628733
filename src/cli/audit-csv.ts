/** The findings of an audit as CSV, a row each, by the rules of all our CSV: hostile text runs nowhere. */
import type { AuditResult } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { type CsvColumns, csvOf } from '../export/csv.ts';

const COLUMNS: CsvColumns<Finding> = [
  ['finding', ({ number }) => number],
  ['kind', ({ kind }) => kind],
  ['initiator_address', ({ initiator }) => initiator],
  ['responder_address', ({ responder }) => responder],
  ['responder_port', ({ port }) => port],
  ['connections', ({ count }) => count],
  ['first_seen', ({ firstSeen }) => firstSeen],
  ['last_seen', ({ lastSeen }) => lastSeen],
  ['evidence', ({ evidence }) => evidence],
  ['advice', ({ advice }) => advice],
  ['inferred', ({ inferred }) => inferred],
  ['confidence', ({ confidence }) => confidence],
];

export const auditCsv = ({ findings }: AuditResult): Generator<string> => csvOf(COLUMNS, findings);
