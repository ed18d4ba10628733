/**
 * The flat row as a JSON Schema (2020-12), made from the table of columns when the package is built. What a column means, and what
 * null means there, stands in docs/export.md in the same words; our own vocabulary is taken from where it is defined.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CONNECTION_STATES, INITIATOR_BASES, VERDICTS } from '../model/connection.ts';
import { LOSS_REASONS } from '../model/losses.ts';
import { COLUMNS, type Column, WIDE_COLUMNS, type WideColumnName } from './row.ts';

/** What a column means, and what null means in it; without that it is never null. */
type About = readonly [meaning: string, nullMeans?: string];

// One column a line, in the order of the row: the formatter stays out.
// biome-ignore format: a table
export const ABOUT: Readonly<Record<WideColumnName, About>> = {
  uid: ['stable name of the connection: the same in every run'],
  community_id: ['Community ID v1, to join with other tools', 'the protocol has none'],
  protocol: ['tcp, udp, icmp, icmpv6, or the IANA number'],
  initiator_address: ['who opened it; with basis none the lower endpoint'],
  initiator_port: ['its port', 'the protocol has no ports'],
  responder_address: ['the other end'],
  responder_port: ['its port', 'the protocol has no ports'],
  initiator_basis: ['the evidence for the initiator, see conntrail states'],
  initiator_confidence: ['0.5 (a coin) to 1'],
  state: ['how it went, see conntrail states', 'not TCP'],
  closed_by: ['initiator or responder, who closed or reset it', 'no close seen, or not TCP'],
  conn_state: ["Zeek's conn_state", 'not TCP'],
  history: ["Zeek's letters, as far as flow logs carry them", 'not TCP'],
  verdict: ['what security groups and network ACLs did, or that no answer came, see conntrail states'],
  first_seen: ['start of the first record, seconds', 'the format has no times'],
  last_seen: ['end of the last record, seconds', 'the format has no times'],
  opened_at: ['start of the first record with a SYN or SYN-ACK, seconds', 'no opening seen'],
  opened_by: ['end of that record: opened between opened_at - 60 and here, seconds', 'no opening seen'],
  closed_after: ["start of the record with the second side's first FIN or the first RST, seconds", 'no close seen'],
  closed_at: ['end of that record: closed between closed_after - 60 and here, seconds', 'no close seen'],
  duration_min: ['the least it lasted, as the records prove, seconds', 'the format has no times'],
  duration_max: ["the most it lasted, 60 s of AWS's slack included, seconds", 'the log cannot bound it'],
  rejected_at: ['the interface, or resource, whose rejections the verdict is about', 'nothing was rejected, or it has no name'],
  rejected_from: ['start of its first record that was rejected in that way, seconds', 'nothing was rejected'],
  rejected_side: ['whose records: initiator, responder, both', 'nothing was rejected'],
  lost_at: ['the attachment of a transit gateway that lost packets, the most of several', 'none was lost, or it has no name'],
  packets_lost: ['packets that were lost there', 'none was lost'],
  lost_because: ['why, with blanks between: no-route, blackhole, mtu-exceeded, ttl-expired', 'none was lost'],
  initiator_packets: ['packets the initiator sent', 'the format has no packets'],
  initiator_bytes: ['bytes the initiator sent', 'the format has no bytes'],
  responder_packets: ['packets the responder sent', 'the format has no packets'],
  responder_bytes: ['bytes the responder sent', 'the format has no bytes'],
  initiator_flags: ['OR of the tcp-flags the initiator showed', 'no flags in the records'],
  responder_flags: ['OR of the tcp-flags the responder showed', 'no flags in the records'],
  windows: ['intervals at the primary vantage'],
  records: ['records at all vantages'],
  vantages: ['interfaces (or gateways) that saw it'],
  interface_id: ['interface of the primary vantage', 'not in the records'],
  vpc_id: ['its VPC', 'not in the records'],
  subnet_id: ['its subnet', 'not in the records'],
  instance_id: ['its instance', 'not in the records'],
  account_id: ['its account', 'not in the records'],
  starts_midstream: ['it was open before the log begins', 'cannot be told'],
  ends_open: ['no close seen up to the end of the log', 'cannot be told'],
  one_sided: ['only one direction was logged'],
  has_gap: ['AWS lost records while it was open (SKIPDATA)'],
  may_hide_reuse: ['the ports were likely used again, unseen within one interval'],
  contradicted: ['a record contradicted what was seen before'],
  path: ['interfaces from initiator to responder and back', 'no interface is named'],
  initiator_aws_service: ['the AWS service whose ranges hold its address', 'not in the records'],
  initiator_ecs_cluster: ['the ECS cluster of the task behind its interface', 'not in the records, or nothing tells whose interface it is'],
  initiator_ecs_service: ['its ECS service', 'the same, or a task without a service'],
  initiator_ecs_task: ['the id of its ECS task', 'the same'],
  initiator_ecs_container: ["the runtime id of the task's first container", 'the same'],
  initiator_traffic_path: ["AWS's number of the way by which its packets left: its own interface, or the first that tells", 'not in the records'],
  responder_aws_service: ['the AWS service whose ranges hold its address', 'not in the records'],
  responder_ecs_cluster: ['the ECS cluster of the task behind its interface', 'not in the records, or nothing tells whose interface it is'],
  responder_ecs_service: ['its ECS service', 'the same, or a task without a service'],
  responder_ecs_task: ['the id of its ECS task', 'the same'],
  responder_ecs_container: ["the runtime id of the task's first container", 'the same'],
  responder_traffic_path: ["AWS's number of the way by which its packets left: its own interface, or the first that tells", 'not in the records'],
};

/** Any of the reasons, as a pattern. */
const LOSS_WORDS = LOSS_REASONS.join('|');
const SIDES = ['initiator', 'responder'] as const;
const PORT = { minimum: 0, maximum: 65_535 } as const;

/** What a column holds more closely than its kind says. */
const CLOSER: Readonly<Partial<Record<WideColumnName, object>>> = {
  initiator_port: PORT,
  responder_port: PORT,
  initiator_confidence: { type: 'number', minimum: 0.5, maximum: 1 },
  lost_because: { pattern: `^(${LOSS_WORDS})( (${LOSS_WORDS}))*$` },
};

/** Words of the columns that hold one of a few. */
const WORDS: Readonly<Partial<Record<WideColumnName, readonly string[]>>> = {
  initiator_basis: Object.keys(INITIATOR_BASES),
  state: Object.keys(CONNECTION_STATES),
  closed_by: SIDES,
  verdict: Object.keys(VERDICTS),
  rejected_side: [...SIDES, 'both'],
};

const TYPES = { word: 'string', text: 'string', number: 'integer', boolean: 'boolean' } as const;

const propertyOf = ({ name, kind }: Column & { readonly name: WideColumnName }): object => {
  const [meaning, nullMeans] = ABOUT[name];
  const closer: { readonly type?: string } = CLOSER[name] ?? {};
  const words = WORDS[name];
  const type = closer.type ?? TYPES[kind];
  return {
    description: nullMeans === undefined ? meaning : `${meaning}; null: ${nullMeans}`,
    ...(kind === 'number' ? { minimum: 0 } : {}),
    ...closer,
    type: nullMeans === undefined ? type : [type, 'null'],
    ...(words === undefined ? {} : { enum: nullMeans === undefined ? words : [...words, null] }),
  };
};

/**
 * The schema of a line of JSON with all columns and times in Unix seconds; those of the wide row alone may be there or not. Later
 * versions may add columns: others are allowed.
 */
export const rowSchema = (): object => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Connection',
  description:
    'A connection or exchange as one line of the JSON Lines of conntrail. Times are Unix seconds (UTC).',
  type: 'object',
  properties: Object.fromEntries(WIDE_COLUMNS.map((column) => [column.name, propertyOf(column)])),
  required: COLUMNS.map(({ name }) => name),
});

/** Writes the schema, for the package. */
export const writeSchema = async (file: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(rowSchema(), null, 2)}\n`);
};
