/**
 * The flat schema: one ordered table of snake_case columns that JSON Lines, CSV and every later row format
 * read. A column may be added; none may be renamed. Nothing is computed here: a value is read off the
 * connection or it is null, and null means "the records do not say".
 */
import type { EcsTask } from '../model/annotations.ts';
import type { Connection, Side, Vantage } from '../model/connection.ts';
import type { NameOf } from '../model/name-of.ts';

/** What a cell holds when it is not null: `word` is our own vocabulary, `text` may come from the log. */
export type ColumnKind = 'word' | 'text' | 'number' | 'boolean';

/** One cell of a row. */
export type Cell = string | number | boolean | null;

/** One column of the flat row. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** A moment, in Unix seconds. */
  readonly isTime?: true;
  /** It reads what an outline does not tell (model/outline.ts). */
  readonly isWhole?: true;
  /** It reads what runs tell only where they are asked for it (`annotations`). */
  readonly isAnnotation?: true;
  readonly read: (connection: Connection) => Cell;
}

const primary = (connection: Connection): Vantage | undefined => connection.vantages[0];

// One row a column, the order is the schema: the formatter stays out.
// biome-ignore format: a table
export const COLUMNS = [
  { name: 'uid',                  kind: 'text',                   read: (c) => c.uid },
  { name: 'community_id',         kind: 'text',    isWhole: true, read: (c) => c.communityId },
  { name: 'protocol',             kind: 'text',                   read: (c) => c.protocol },
  { name: 'initiator_address',    kind: 'text',                   read: (c) => c.initiator.address },
  { name: 'initiator_port',       kind: 'number',                 read: (c) => c.initiator.port },
  { name: 'responder_address',    kind: 'text',                   read: (c) => c.responder.address },
  { name: 'responder_port',       kind: 'number',                 read: (c) => c.responder.port },
  { name: 'initiator_basis',      kind: 'word',                   read: (c) => c.initiatorBasis },
  { name: 'initiator_confidence', kind: 'number',                 read: (c) => c.initiatorConfidence },
  { name: 'state',                kind: 'word',                   read: (c) => c.state },
  { name: 'closed_by',            kind: 'word',                   read: (c) => c.closedBy },
  { name: 'conn_state',           kind: 'text',    isWhole: true, read: (c) => c.connState },
  { name: 'history',              kind: 'text',    isWhole: true, read: (c) => c.history },
  { name: 'verdict',              kind: 'word',                   read: (c) => c.verdict },
  { name: 'first_seen',           kind: 'number',  isTime: true,  read: (c) => c.firstSeen },
  { name: 'last_seen',            kind: 'number',  isTime: true,  read: (c) => c.lastSeen },
  { name: 'opened_at',            kind: 'number',  isTime: true,  read: (c) => c.openedAt },
  { name: 'opened_by',            kind: 'number',  isTime: true,  read: (c) => c.openedBy },
  { name: 'closed_after',         kind: 'number',  isTime: true,  read: (c) => c.closedAfter },
  { name: 'closed_at',            kind: 'number',  isTime: true,  read: (c) => c.closedAt },
  { name: 'duration_min',         kind: 'number',                 read: (c) => c.durationMin },
  { name: 'duration_max',         kind: 'number',                 read: (c) => c.durationMax },
  { name: 'rejected_at',          kind: 'text',                   read: (c) => c.rejectedAt },
  { name: 'rejected_from',        kind: 'number',  isTime: true,  read: (c) => c.rejectedFrom },
  { name: 'rejected_side',        kind: 'word',                   read: (c) => c.rejectedSide },
  { name: 'lost_at',              kind: 'text',                   read: (c) => c.lostAt },
  { name: 'packets_lost',         kind: 'number',                 read: (c) => c.packetsLost },
  { name: 'lost_because',         kind: 'word',                   read: (c) => c.lostBecause },
  { name: 'initiator_packets',    kind: 'number',                 read: (c) => c.initiator.packets },
  { name: 'initiator_bytes',      kind: 'number',                 read: (c) => c.initiator.bytes },
  { name: 'responder_packets',    kind: 'number',                 read: (c) => c.responder.packets },
  { name: 'responder_bytes',      kind: 'number',                 read: (c) => c.responder.bytes },
  { name: 'initiator_flags',      kind: 'number',                 read: (c) => c.initiator.flags },
  { name: 'responder_flags',      kind: 'number',                 read: (c) => c.responder.flags },
  { name: 'windows',              kind: 'number',                 read: (c) => c.windows },
  { name: 'records',              kind: 'number',                 read: (c) => c.records },
  { name: 'vantages',             kind: 'number',  isWhole: true, read: (c) => c.vantages.length },
  { name: 'interface_id',         kind: 'text',    isWhole: true, read: (c) => primary(c)?.interfaceId ?? null },
  { name: 'vpc_id',               kind: 'text',    isWhole: true, read: (c) => primary(c)?.vpcId ?? null },
  { name: 'subnet_id',            kind: 'text',    isWhole: true, read: (c) => primary(c)?.subnetId ?? null },
  { name: 'instance_id',          kind: 'text',    isWhole: true, read: (c) => primary(c)?.instanceId ?? null },
  { name: 'account_id',           kind: 'text',    isWhole: true, read: (c) => primary(c)?.accountId ?? null },
  { name: 'starts_midstream',     kind: 'boolean',                read: (c) => c.startsMidstream },
  { name: 'ends_open',            kind: 'boolean',                read: (c) => c.endsOpen },
  { name: 'one_sided',            kind: 'boolean',                read: (c) => c.oneSided },
  { name: 'has_gap',              kind: 'boolean',                read: (c) => c.hasGap },
  { name: 'may_hide_reuse',       kind: 'boolean',                read: (c) => c.mayHideReuse },
  { name: 'contradicted',         kind: 'boolean',                read: (c) => c.contradicted },
  { name: 'path',                 kind: 'text',    isWhole: true, read: (c) => c.path },
] as const satisfies readonly Column[];

/** The columns that rows have behind all others where there are names for addresses. */
export const nameColumns = (names: NameOf): readonly Column[] => [
  { name: 'initiator_name', kind: 'text', read: (c) => names(c.initiator.address) },
  { name: 'responder_name', kind: 'text', read: (c) => names(c.responder.address) },
];

/** The columns of the flat row, and those of names where there are any. */
export const columnsWith = (names: NameOf | undefined): readonly Column[] =>
  names === undefined ? COLUMNS : [...COLUMNS, ...nameColumns(names)];

/** The name of a column of the flat row. */
export type ColumnName = (typeof COLUMNS)[number]['name'];

const ecsOf = (connection: Connection, side: Side): EcsTask | undefined =>
  connection.vantages.find(({ role, ecs }) => role === side && ecs !== undefined)?.ecs;

/** At the sender's own interface where that tells, else at the first that does. */
const pathOf = ({ vantages }: Connection, side: Side): number | null => {
  const telling = vantages.filter(({ trafficPaths }) => (trafficPaths?.[side] ?? null) !== null);
  return (telling.find(({ role }) => role === side) ?? telling[0])?.trafficPaths?.[side] ?? null;
};

/** What AWS tells beside packets: columns of the wide row, which has those of the flat row before them. */
// biome-ignore format: a table
export const ANNOTATION_COLUMNS = [
  { name: 'initiator_aws_service',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => c.initiator.awsService ?? null },
  { name: 'initiator_ecs_cluster',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'initiator')?.cluster ?? null },
  { name: 'initiator_ecs_service',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'initiator')?.service ?? null },
  { name: 'initiator_ecs_task',      kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'initiator')?.task ?? null },
  { name: 'initiator_ecs_container', kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'initiator')?.container ?? null },
  { name: 'initiator_traffic_path',  kind: 'number', isWhole: true, isAnnotation: true, read: (c) => pathOf(c, 'initiator') },
  { name: 'responder_aws_service',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => c.responder.awsService ?? null },
  { name: 'responder_ecs_cluster',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'responder')?.cluster ?? null },
  { name: 'responder_ecs_service',   kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'responder')?.service ?? null },
  { name: 'responder_ecs_task',      kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'responder')?.task ?? null },
  { name: 'responder_ecs_container', kind: 'text',   isWhole: true, isAnnotation: true, read: (c) => ecsOf(c, 'responder')?.container ?? null },
  { name: 'responder_traffic_path',  kind: 'number', isWhole: true, isAnnotation: true, read: (c) => pathOf(c, 'responder') },
] as const satisfies readonly Column[];

/** The columns of the wide row. */
export const WIDE_COLUMNS: readonly (Column & { readonly name: WideColumnName })[] = [
  ...COLUMNS,
  ...ANNOTATION_COLUMNS,
];

/** The columns of the wide row, and those of names where there are any. */
export const wideColumnsWith = (names: NameOf | undefined): readonly Column[] =>
  names === undefined ? WIDE_COLUMNS : [...WIDE_COLUMNS, ...nameColumns(names)];

/** The name of a column of the wide row. */
export type WideColumnName = ColumnName | (typeof ANNOTATION_COLUMNS)[number]['name'];

/** One connection as a flat row. */
export type Row = { readonly [N in ColumnName]: Cell };

/**
 * The flat row of a connection, for those who want an object.
 * @example toRow(connection).responder_port // 443
 */
export const toRow = (connection: Connection): Row =>
  Object.fromEntries(COLUMNS.map((column) => [column.name, column.read(connection)])) as Row;
