/**
 * Records as lines of text, in any field order, and the orders worth testing. It prints what it is given: `-` for
 * what a record does not have, the highest version among the fields as `version`, and no line endings.
 */
import { type FieldName, fieldNamed } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';

const words = (text: string): readonly FieldName[] =>
  text
    .trim()
    .split(/\s+/)
    .map((name) => {
      const field = fieldNamed(name);
      if (field === undefined) throw new Error(`${name} is not a flow log field`);
      return field.name;
    });

/** Field orders by name: AWS's own, and some that keep back what rebuilding would like to have. */
export const FORMATS = {
  /** The default format, version 2. */
  v2: words(
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  ),
  /** All fields of version 3 in the order of the documentation. */
  v3: words(
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  ),
  /** The order of AWS's TCP examples: bytes before packets. */
  'aws-21': words(
    'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status',
  ),
  /** All fields of version 5 in the order of the documentation. */
  v5: words(
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  ),
  /** What "select all" in the console gave: 29 fields by alphabet. */
  'v5-alphabetical': words(
    'account-id action az-id bytes dstaddr dstport end flow-direction instance-id interface-id log-status packets pkt-dst-aws-service pkt-dstaddr pkt-src-aws-service pkt-srcaddr protocol region srcaddr srcport start sublocation-id sublocation-type subnet-id tcp-flags traffic-path type version vpc-id',
  ),
  /** The order of AWS's transit gateway example: flags, but neither times nor counts. */
  'no-times': words(
    'version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status',
  ),
  'no-flags': words(
    'version account-id interface-id vpc-id srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol packets bytes start end action log-status flow-direction',
  ),
  'no-pkt': words(
    'version account-id interface-id vpc-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags log-status',
  ),
  /** The least from which TCP connections can be told. */
  bare: words('srcaddr dstaddr srcport dstport protocol start end tcp-flags'),
} as const satisfies Record<string, readonly FieldName[]>;

export type FormatName = keyof typeof FORMATS;

/** The header line of a field order. */
export const printHeader = (fields: readonly FieldName[]): string => fields.join(' ');

const versionOf = (fields: readonly FieldName[]): number =>
  Math.max(2, ...fields.map((name) => fieldNamed(name)?.version ?? 2));

/** The record with the fields of the format only, `version` filled in: what a reader of the line should get. */
export const projectRecord = (record: FlowRecord, fields: readonly FieldName[]): FlowRecord => {
  const chosen: Record<string, unknown> = {};
  for (const name of fields) {
    const property = fieldNamed(name)?.property;
    if (property !== undefined)
      chosen[property] =
        name === 'version' ? (record.version ?? versionOf(fields)) : (record[property] ?? null);
  }
  return chosen as FlowRecord;
};

/** One line, without its line ending. */
export const printRecord = (record: FlowRecord, fields: readonly FieldName[]): string => {
  const projected = projectRecord(record, fields);
  return fields
    .map((name) => {
      const property = fieldNamed(name)?.property;
      const value = property === undefined ? null : projected[property];
      return value === null || value === undefined ? '-' : String(value);
    })
    .join(' ');
};

/** Lines of a whole file, the header first if there is to be one. */
export const printRecords = (
  records: readonly FlowRecord[],
  fields: readonly FieldName[],
  header = true,
): readonly string[] => [
  ...(header ? [printHeader(fields)] : []),
  ...records.map((record) => printRecord(record, fields)),
];
