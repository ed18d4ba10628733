/**
 * OCSF events of Network Activity (class 4001), as Security Lake and others make them of flow logs, back to fields of a flow log: the
 * documented mapping read backwards, 1.0.0-rc.2 and later. What it does not say is not made up: such a field is not there.
 */
import type { FieldName } from '../../model/fields.ts';
import { protocolNumber } from '../../model/protocols.ts';
import { columnsOf, fieldMeant } from '../../record/columns.ts';
import type { LineSink } from './container.ts';
import type { LineBuffer } from './line-buffer.ts';
import { millisecondsOf } from './named-values.ts';

/** The member that every event has, and no record of a flow log. */
export const CLASS_UID = 'class_uid';
const NETWORK_ACTIVITY = '4001';

/** Values of an event itself that tell of a flow; its times with how they are rounded. */
export const OCSF_VALUES: ReadonlySet<string> = new Set([
  CLASS_UID,
  'class_name',
  'activity_id',
  'activity_name',
  'action',
  'action_id',
  'disposition',
  'disposition_id',
  'status_code',
]);
const STARTS = ['start_time', 'start_time_dt', 'time', 'time_dt'] as const;
const ENDS = ['end_time', 'end_time_dt'] as const;
export const OCSF_TIMES: ReadonlyMap<string, 'start' | 'end'> = new Map([
  ...STARTS.map((name) => [name, 'start'] as const),
  ...ENDS.map((name) => [name, 'end'] as const),
]);

/** Objects of an event, and lists of texts in them, that tell of a flow. */
export const OCSF_OBJECTS: ReadonlySet<string> = new Set([
  'src_endpoint',
  'dst_endpoint',
  'connection_info',
  'traffic',
  'cloud',
  'account',
  'metadata',
  'product',
  'device',
  'unmapped',
]);
export const OCSF_LIST = 'intermediate_ips';

/** What an event says: values by AWS's names, none for a field that it does not have; or which other class it is of. */
export type OcsfReading =
  | { readonly values: ReadonlyMap<FieldName, string> }
  | { readonly otherClass: string };

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const at = (event: unknown, path: string): unknown => path.split('.').reduce(memberOf, event);

/** A value as a text; `-`, null and nothing are none. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const text = String(value).trim();
  return text === '' || text === '-' ? undefined : text;
};

const textAt = (event: unknown, ...paths: readonly string[]): string | undefined => {
  for (const path of paths) {
    const text = textOf(at(event, path));
    if (text !== undefined) return text;
  }
  return undefined;
};

/** Unix seconds are below, milliseconds above: 5138 and 1973. */
const LEAST_MILLISECONDS = 1e11;

/** Times are milliseconds or written; one that is neither is handed on, for its reader to refuse. */
const secondsAt = (event: unknown, roundUp: boolean, ...paths: readonly string[]): string | undefined => {
  for (const path of paths) {
    const value = at(event, path);
    const text = value instanceof Date ? value.toISOString() : textOf(value);
    if (text === undefined) continue;
    const number = Number(text);
    const milliseconds = Number.isNaN(number) ? millisecondsOf(text) : number;
    if (milliseconds === undefined || milliseconds < 0) return text;
    const seconds = milliseconds < LEAST_MILLISECONDS ? milliseconds : milliseconds / 1000;
    return String(roundUp ? Math.ceil(seconds) : Math.floor(seconds));
  }
  return undefined;
};

/** The address that the interface saw, and that of the packet where it is another one. */
interface Addresses {
  readonly seen: string | undefined;
  readonly packet: string | undefined;
}

/** The packet's address stands in `ip`; the interface's then moves to the addresses between. */
const addressesOf = (endpoint: unknown): Addresses => {
  const packet = textAt(endpoint, 'ip');
  const between = memberOf(endpoint, OCSF_LIST);
  const others = (Array.isArray(between) ? between : []).map(textOf);
  const seen = others.find((address) => address !== undefined && address !== packet);
  return seen === undefined ? { seen: packet, packet: undefined } : { seen, packet };
};

/** Refused beats allowed: an event may be of traffic and denied. */
const REFUSED = /^(refuse|refused|blocked|denied|deny|reject|rejected)$/i;
const ALLOWED = /^(traffic|allowed|allow|accept|accepted)$/i;

const actionOf = (event: unknown): string | undefined => {
  const words = ['activity_name', 'disposition', 'action'].map((name) => textAt(event, name) ?? '');
  const activity = textAt(event, 'activity_id');
  const ids = [textAt(event, 'action_id'), textAt(event, 'disposition_id')];
  // Activities: 5 Refuse, 6 Traffic; actions and dispositions: 1 Allowed, 2 Denied or Blocked.
  if (activity === '5' || ids.includes('2') || words.some((word) => REFUSED.test(word))) return 'REJECT';
  if (activity === '6' || ids.includes('1') || words.some((word) => ALLOWED.test(word))) return 'ACCEPT';
  return undefined;
};

const directionOf = (event: unknown): 'ingress' | 'egress' | undefined => {
  const id = textAt(event, 'connection_info.direction_id');
  const word = textAt(event, 'connection_info.direction')?.toLowerCase();
  if (id === '1' || (id !== '2' && (word === 'inbound' || word === 'ingress'))) return 'ingress';
  return id === '2' || word === 'outbound' || word === 'egress' ? 'egress' : undefined;
};

/** Boundaries 4 (Same VPC) to 11 (Internet Gateway) are the paths 1 to 8 of AWS, one for one; the others say less. */
const pathOf = (event: unknown): string | undefined => {
  const boundary = Number(textAt(event, 'connection_info.boundary_id'));
  return boundary >= 4 && boundary <= 11 ? String(boundary - 3) : undefined;
};

const protocolOf = (event: unknown): string | undefined => {
  // -1 is OCSF's word for one that has no number.
  const number = textAt(event, 'connection_info.protocol_num');
  if (number !== undefined && number !== '-1') return number;
  const name = textAt(event, 'connection_info.protocol_name')?.toLowerCase();
  const known = name === undefined ? null : protocolNumber(name);
  return known === null ? undefined : String(known);
};

const typeOf = (event: unknown): string | undefined => {
  const id = textAt(event, 'connection_info.protocol_ver_id');
  if (id === '4' || id === '6') return `IPv${id}`;
  return /\b(IPv4|IPv6|EFA)\b/.exec(textAt(event, 'connection_info.protocol_ver') ?? '')?.[1];
};

/** Names with values that the mapping has no place for: an object, pairs, or a map of a table. */
const unmappedOf = (event: unknown): readonly (readonly [string, unknown])[] => {
  const unmapped = memberOf(event, 'unmapped');
  if (unmapped instanceof Map) return [...unmapped];
  if (!Array.isArray(unmapped)) return Object.entries(unmapped ?? {});
  return unmapped.map((pair) => [textAt(pair, 'key') ?? '', memberOf(pair, 'value')] as const);
};

/** Whose interface wrote it: its ids stand with the side that the direction says, or with the only one that has them. */
const recorderOf = (event: unknown, direction: string | undefined): string => {
  const [said, other] =
    direction === 'egress' ? ['src_endpoint', 'dst_endpoint'] : ['dst_endpoint', 'src_endpoint'];
  const hasId = (place: string): boolean => textAt(event, `${place}.interface_uid`) !== undefined;
  return [said, 'device', other].find(hasId) ?? said;
};

/**
 * What an OCSF event says of a flow, by AWS's names. Values may be texts, numbers, bigints and, for times, dates.
 * @param event an object as JSON or a table of Security Lake has it; null and missing members alike
 * @example ocsfReading({ class_uid: 4001, src_endpoint: { ip: '10.0.0.1' }, … }) // { values: Map { 'srcaddr' => '10.0.0.1', … } }
 */
export const ocsfReading = (event: unknown): OcsfReading => {
  const uid = textAt(event, CLASS_UID);
  if (uid !== NETWORK_ACTIVITY) {
    const name = textAt(event, 'class_name');
    return { otherClass: `${CLASS_UID} ${uid ?? '-'}${name === undefined ? '' : ` (${name})`}` };
  }
  const direction = directionOf(event);
  const recorder = recorderOf(event, direction);
  const source = addressesOf(memberOf(event, 'src_endpoint'));
  const destination = addressesOf(memberOf(event, 'dst_endpoint'));
  // Where one of them is another address, the record had both: the other is the same.
  const hasPackets = source.packet !== undefined || destination.packet !== undefined;
  const status = textAt(event, 'status_code');
  const isSilent = status === 'NODATA' || status === 'SKIPDATA';
  const version = textAt(event, 'metadata.product.version') ?? '';
  const told = {
    version: /^\d{1,3}$/.test(version) ? version : undefined,
    'account-id': textAt(event, 'cloud.account.uid', 'cloud.account_uid'),
    'interface-id': textAt(event, `${recorder}.interface_uid`),
    srcaddr: source.seen,
    dstaddr: destination.seen,
    srcport: textAt(event, 'src_endpoint.port'),
    dstport: textAt(event, 'dst_endpoint.port'),
    protocol: protocolOf(event),
    packets: textAt(event, 'traffic.packets', 'traffic.packets_out'),
    bytes: textAt(event, 'traffic.bytes', 'traffic.bytes_out'),
    start: secondsAt(event, false, ...STARTS),
    end: secondsAt(event, true, ...ENDS),
    action: isSilent ? undefined : actionOf(event),
    'log-status': status,
    'vpc-id': textAt(event, `${recorder}.vpc_uid`),
    'subnet-id': textAt(event, `${recorder}.subnet_uid`),
    'instance-id': textAt(event, `${recorder}.instance_uid`),
    'tcp-flags': textAt(event, 'connection_info.tcp_flags'),
    type: typeOf(event),
    'pkt-srcaddr': hasPackets ? (source.packet ?? source.seen) : undefined,
    'pkt-dstaddr': hasPackets ? (destination.packet ?? destination.seen) : undefined,
    region: textAt(event, 'cloud.region'),
    'az-id': textAt(event, 'cloud.zone'),
    'pkt-src-aws-service': textAt(event, 'src_endpoint.svc_name'),
    'pkt-dst-aws-service': textAt(event, 'dst_endpoint.svc_name'),
    'flow-direction': direction,
    'traffic-path': direction === 'ingress' ? undefined : pathOf(event),
  } satisfies Partial<Record<FieldName, string | undefined>>;
  const values = new Map<FieldName, string>();
  for (const [name, text] of Object.entries(told)) {
    if (text !== undefined) values.set(name as FieldName, text);
  }
  for (const [name, value] of unmappedOf(event)) {
    const field = fieldMeant(name);
    const text = textOf(value);
    if (field !== undefined && text !== undefined && !values.has(field.name)) values.set(field.name, text);
  }
  return { values };
};

/** The fields that a format has although an event, one without traffic, has none of them. */
const ALWAYS: readonly FieldName[] = [
  'srcaddr',
  'dstaddr',
  'srcport',
  'dstport',
  'protocol',
  'packets',
  'bytes',
  'start',
  'end',
];

/** Events one after the other as lines: those of one format as long as they bring no field that none before had. */
export class OcsfLines {
  readonly #lines: LineBuffer;
  readonly #sink: LineSink;
  #names = ALWAYS;
  #isTold = false;

  constructor(lines: LineBuffer, sink: LineSink) {
    this.#lines = lines;
    this.#sink = sink;
  }

  /** Another format has been told of: the next event tells its own again. */
  forget(): void {
    this.#isTold = false;
  }

  /** Whether it was a flow; what is of another class is rejected. */
  add(event: unknown): boolean {
    const reading = ocsfReading(event);
    if ('otherClass' in reading) {
      this.#lines.flush();
      this.#sink.pushRejection('other-event', reading.otherClass);
      return false;
    }
    const { values } = reading;
    const more = [...values.keys()].filter((name) => !this.#names.includes(name));
    if (more.length > 0 || !this.#isTold) {
      this.#names = [...this.#names, ...more];
      this.#isTold = true;
      this.#lines.flush();
      this.#sink.pushFormat(columnsOf(this.#names));
    }
    for (const [i, name] of this.#names.entries()) {
      if (i > 0) this.#lines.addSpace();
      const bytes = Buffer.from(values.get(name) ?? '');
      this.#lines.addField(bytes, 0, bytes.length);
    }
    this.#lines.endLine();
    return true;
  }
}
