/** What was stopped as rows, one a finding: what CSV and Parquet of it have. */
import { adviseOn, describeBlockage } from '../blocked/advice.ts';
import type { Blockage } from '../blocked/blockages.ts';
import type { ParquetColumn } from '../export/parquet-columns.ts';
import type { NameOf } from '../model/name-of.ts';

// One line a column, the order is that of the rows: the formatter stays out.
// biome-ignore format: a table
const columnsOf = (names: NameOf | undefined): readonly ParquetColumn<Blockage>[] => [
  { name: 'finding',           kind: 'small', isNeverNull: true, read: ({ number }) => number },
  { name: 'kind',              kind: 'text',  isNeverNull: true, read: ({ kind }) => kind },
  { name: 'rejected_at',       kind: 'text',                     read: ({ at }) => at.name },
  { name: 'way',               kind: 'text',                     read: ({ way }) => way },
  { name: 'stopped',           kind: 'text',  isNeverNull: true, read: ({ stopped }) => stopped },
  { name: 'vpc_id',            kind: 'text',                     read: ({ at }) => at.vpcId },
  { name: 'subnet_id',         kind: 'text',                     read: ({ at }) => at.subnetId },
  { name: 'instance_id',       kind: 'text',                     read: ({ at }) => at.instanceId },
  { name: 'account_id',        kind: 'text',                     read: ({ at }) => at.accountId },
  { name: 'protocol',          kind: 'text',  isNeverNull: true, read: ({ protocol }) => protocol },
  { name: 'responder_address', kind: 'text',  isNeverNull: true, read: ({ responder }) => responder },
  { name: 'responder_port',    kind: 'small',                    read: ({ port }) => port },
  { name: 'clients',           kind: 'count', isNeverNull: true, read: ({ clients }) => clients },
  { name: 'clients_in',        kind: 'text',  isNeverNull: true, read: ({ from }) => from },
  { name: 'connections',       kind: 'count', isNeverNull: true, read: ({ connections }) => connections },
  { name: 'inferred',          kind: 'count', isNeverNull: true, read: ({ inferred }) => inferred },
  { name: 'unasked',           kind: 'count', isNeverNull: true, read: ({ unasked }) => unasked },
  { name: 'first_seen',        kind: 'time',                     read: ({ firstSeen }) => firstSeen },
  { name: 'last_seen',         kind: 'time',                     read: ({ lastSeen }) => lastSeen },
  { name: 'rejected_from',     kind: 'time',                     read: ({ rejectedFrom }) => rejectedFrom },
  { name: 'packets_lost',      kind: 'count',                    read: ({ packetsLost }) => packetsLost },
  { name: 'lost_because',      kind: 'text',                     read: ({ lostBecause }) => lostBecause.join(' ') || null },
  { name: 'what',              kind: 'text',  isNeverNull: true, read: (blockage) => describeBlockage(blockage, names) },
  { name: 'advice',            kind: 'text',  isNeverNull: true, read: (blockage) => adviseOn(blockage, names) },
];

/** What those are called that a finding is about: clients by the range that they have in common. */
export interface PartyNames {
  readonly clientsName: string | null;
  readonly responderName: string | null;
}

export const partyNames = ({ from, responder }: Blockage, names: NameOf): PartyNames => ({
  clientsName: names(from),
  responderName: names(responder),
});

// biome-ignore format: a table
const nameColumns = (names: NameOf): readonly ParquetColumn<Blockage>[] => [
  { name: 'clients_name',   kind: 'text', read: (blockage) => partyNames(blockage, names).clientsName },
  { name: 'responder_name', kind: 'text', read: (blockage) => partyNames(blockage, names).responderName },
];

/** @param names of addresses, which stand in two columns behind the others */
export const blockageColumns = (names?: NameOf): readonly ParquetColumn<Blockage>[] =>
  names === undefined ? columnsOf(names) : [...columnsOf(names), ...nameColumns(names)];
