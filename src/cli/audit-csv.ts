/** The findings of an audit as CSV, a row each, by the rules of all our CSV: hostile text runs nowhere. */
import type { AuditResult } from '../audit/audit.ts';
import type { Finding } from '../audit/finding.ts';
import { type CsvColumns, csvOf } from '../export/csv.ts';
import type { NameOf } from '../model/name-of.ts';
import { evidenceOf, namesOfParties } from './audit-parts.ts';

const columnsWith = (names: NameOf | undefined): CsvColumns<Finding> => [
  ['finding', ({ number }) => number],
  ['kind', ({ kind }) => kind],
  ['initiator_address', ({ initiator }) => initiator],
  ['responder_address', ({ responder }) => responder],
  ['responder_port', ({ port }) => port],
  ['connections', ({ count }) => count],
  ['first_seen', ({ firstSeen }) => firstSeen],
  ['last_seen', ({ lastSeen }) => lastSeen],
  ['evidence', (finding) => evidenceOf(finding, names)],
  ['advice', ({ advice }) => advice],
  ['inferred', ({ inferred }) => inferred],
  ['confidence', ({ confidence }) => confidence],
  ...(names === undefined
    ? []
    : ([
        ['initiator_name', (finding) => namesOfParties(finding, names).initiatorName],
        ['responder_name', (finding) => namesOfParties(finding, names).responderName],
      ] satisfies CsvColumns<Finding>)),
];

/** @param names of addresses, which stand in two columns behind the others */
export const auditCsv = ({ findings }: AuditResult, names?: NameOf): Generator<string> =>
  csvOf(columnsWith(names), findings);
