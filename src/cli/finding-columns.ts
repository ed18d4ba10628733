/** The findings of an audit as rows, one each: what CSV and Parquet of them have. */
import type { Finding } from '../audit/finding.ts';
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { NameOf } from '../model/name-of.ts';
import { adviceOf, evidenceOf, namesOfParties } from './audit-parts.ts';

// One line a column, the order is that of the rows: the formatter stays out.
// biome-ignore format: a table
const columnsOf = (names: NameOf | undefined): readonly ParquetColumn<Finding>[] => [
  { name: 'finding',           kind: 'small', isNeverNull: true, read: ({ number }) => number },
  { name: 'kind',              kind: 'text',  isNeverNull: true, read: ({ kind }) => kind },
  { name: 'initiator_address', kind: 'text',                     read: ({ initiator }) => initiator },
  { name: 'responder_address', kind: 'text',                     read: ({ responder }) => responder },
  { name: 'responder_port',    kind: 'small',                    read: ({ port }) => port },
  { name: 'connections',       kind: 'count', isNeverNull: true, read: ({ count }) => count },
  { name: 'first_seen',        kind: 'time',                     read: ({ firstSeen }) => firstSeen },
  { name: 'last_seen',         kind: 'time',                     read: ({ lastSeen }) => lastSeen },
  { name: 'evidence',          kind: 'text',  isNeverNull: true, read: (finding) => evidenceOf(finding, names) },
  { name: 'advice',            kind: 'text',                     read: (finding) => adviceOf(finding, names) },
  { name: 'inferred',          kind: 'count', isNeverNull: true, read: ({ inferred }) => inferred },
  { name: 'confidence',        kind: 'real',                     read: ({ confidence }) => confidence },
];

// biome-ignore format: a table
const nameColumns = (names: NameOf): readonly ParquetColumn<Finding>[] => [
  { name: 'initiator_name', kind: 'text', read: (finding) => namesOfParties(finding, names).initiatorName },
  { name: 'responder_name', kind: 'text', read: (finding) => namesOfParties(finding, names).responderName },
];

/** @param names of addresses, which stand in two columns behind the others */
export const findingColumns = (names?: NameOf): readonly ParquetColumn<Finding>[] =>
  names === undefined ? columnsOf(names) : [...columnsOf(names), ...nameColumns(names)];
