/**
 * Which field order do lines without a header have? A known order is taken only when content proves it:
 * every field holds what its AWS domain allows, words and addresses included, and no other order fits.
 * It never guesses; what it cannot prove, the user must say with --fields.
 */
import { type Columns, FIELDS } from '../model/fields.ts';
import { canonicalAddress } from './address.ts';
import { columnsOf, parseColumns } from './columns.ts';
import { tokensOf } from './parse-line.ts';

const DOCUMENTED = FIELDS.filter((field) => field.version !== 6).map((field) => field.name as string);

const ALPHABETICAL_29 =
  'account-id action az-id bytes dstaddr dstport end flow-direction instance-id interface-id log-status packets ' +
  'pkt-dst-aws-service pkt-dstaddr pkt-src-aws-service pkt-srcaddr protocol region srcaddr srcport start ' +
  'sublocation-id sublocation-type subnet-id tcp-flags traffic-path type version vpc-id';
const ECS =
  'ecs-cluster-name ecs-cluster-arn ecs-container-instance-id ecs-container-instance-arn ecs-service-name ' +
  'ecs-task-definition-arn ecs-task-id ecs-task-arn ecs-container-id ecs-second-container-id';

/** How fields are called that have no name, with their place in the line behind it. */
export const UNNAMED = 'field-';

/** The default format of version 2, the only one AWS writes unasked. */
export const DEFAULT_COLUMNS: Columns = columnsOf(DOCUMENTED.slice(0, 14));

/** The ECS fields behind the default ones, in an order that was reported: the ARNs prove it. */
const ECS_BEHIND_DEFAULT =
  'ecs-cluster-name ecs-cluster-arn ecs-container-instance-id ecs-container-instance-arn ecs-service-name ' +
  'ecs-task-definition-arn ecs-container-id ecs-second-container-id ecs-task-arn ecs-task-id';

/** The default format of transit gateway flow logs (version 6): all fields that they have. */
export const GATEWAY_COLUMNS: Columns = parseColumns(
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id ' +
    'tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id ' +
    'tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end ' +
    'log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded ' +
    'packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service',
);

/** Field orders seen in the wild without a header. */
export const KNOWN_ORDERS: readonly Columns[] = [
  DEFAULT_COLUMNS,
  // The documented order, up to the last field of a version or of a documented example.
  ...[21, 25, 29, 39, 40, 41, 42, 54].map((length) => columnsOf(DOCUMENTED.slice(0, length))),
  // All fields of version 5 in alphabetical order; the sublocation fields are met either way round.
  parseColumns(ALPHABETICAL_29),
  parseColumns(ALPHABETICAL_29.replace('sublocation-id sublocation-type', 'sublocation-type sublocation-id')),
  // The alphabetical order of version 8, ECS fields last.
  parseColumns(`${ALPHABETICAL_29.replace('region', 'region reject-reason')} ${ECS}`),
  parseColumns(`${DEFAULT_COLUMNS.names.join(' ')} ${ECS_BEHIND_DEFAULT}`),
  // AWS's TCP flag example.
  parseColumns(
    'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport ' +
      'pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status',
  ),
  // AWS's transit gateway example.
  parseColumns(
    'version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol ' +
      'tcp-flags type pkt-srcaddr pkt-dstaddr action log-status',
  ),
  // AWS's NAT gateway example.
  parseColumns('instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr'),
  GATEWAY_COLUMNS,
];

/** What a field may hold, narrower than what the parser takes: a known order must be proven, not possible. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  version: /^([2-9]|1[01])$/,
  'account-id': /^(\d{12}|unknown)$/,
  'interface-id': /^eni-[0-9a-z]+$/,
  'instance-id': /^i-[0-9a-z]+$/,
  'vpc-id': /^vpc-[0-9a-z]+$/,
  'subnet-id': /^subnet-[0-9a-z]+$/,
  'resource-id': /^[a-z]+-[0-9a-z]+$/,
  'resource-type': /^TransitGateway/,
  'tgw-id': /^tgw-/,
  'tgw-attachment-id': /^tgw-attach-/,
  srcport: /^\d{1,5}$/,
  dstport: /^\d{1,5}$/,
  protocol: /^\d{1,3}$/,
  start: /^\d{9,13}$/,
  end: /^\d{9,13}$/,
  action: /^(ACCEPT|REJECT)$/,
  'log-status': /^(OK|NODATA|SKIPDATA)$/,
  type: /^(IPv4|IPv6|EFA)$/,
  'flow-direction': /^(ingress|egress)$/,
  region: /^[a-z]{2,3}(-[a-z]+)+-\d+$/,
  'az-id': /^[a-z0-9]+-[a-z0-9-]+$/,
  'sublocation-type': /^(wavelength|outpost|localzone)$/,
  'reject-reason': /^[A-Za-z]+$/,
  'ecs-cluster-arn': /^arn:/,
  'ecs-container-instance-arn': /^arn:/,
  'ecs-task-definition-arn': /^arn:/,
  'ecs-task-arn': /^arn:/,
};

const INTEGER = /^\d+$/;

const fits = (columns: Columns, tokens: readonly string[]): boolean =>
  tokens.length === columns.names.length &&
  tokens.every((token, i) => {
    if (token === '-') return columns.names[i] !== 'log-status';
    const field = columns.fields[i];
    if (field === undefined) return true;
    const shape = SHAPES[field.name];
    if (shape !== undefined) return shape.test(token);
    if (field.kind === 'integer') return INTEGER.test(token);
    return field.kind !== 'address' || canonicalAddress(token) !== undefined;
  });

const tokenAt = (columns: Columns, tokens: readonly string[], name: string): string | undefined => {
  const token = tokens[columns.names.indexOf(name)];
  return token === '-' ? undefined : token;
};

/** A line proves an order when it has the words, addresses and times that only that order has in these places. */
const proves = (columns: Columns, tokens: readonly string[]): boolean => {
  const value = (name: string) => tokenAt(columns, tokens, name);
  const start = value('start');
  // A time that is not there is no number, and less than none.
  if (Number(value('end')) < Number(start)) return false;
  const recorder = value('interface-id') ?? value('resource-id') ?? value('tgw-attachment-id');
  if (recorder === undefined) return false;
  const silent = value('log-status') === 'NODATA' || value('log-status') === 'SKIPDATA';
  return silent ? start !== undefined : value('srcaddr') !== undefined && value('dstaddr') !== undefined;
};

/** Orders that differ only in fields that are carried, not interpreted, are one order to the engine. */
const CARRIED_PAIRS = /^sublocation-/;
const meaningOf = (columns: Columns): string =>
  columns.names.map((name) => (CARRIED_PAIRS.test(name) ? '*' : name)).join(' ');

/**
 * The one known order that this line fits and proves.
 * @returns undefined when none does, or when two orders of different meaning do.
 */
export const detectColumns = (line: string): Columns | undefined => {
  const tokens = tokensOf(line);
  const possible = KNOWN_ORDERS.filter((order) => fits(order, tokens));
  const meanings = new Set(possible.map(meaningOf));
  return meanings.size === 1 ? possible.find((order) => proves(order, tokens)) : undefined;
};

/**
 * The default order with more fields behind it, whose names nobody tells: where the first 14 prove it. For lines that no known
 * order fits; what is behind is carried.
 */
export const carryingColumns = (line: string): Columns | undefined => {
  const tokens = tokensOf(line);
  const count = DEFAULT_COLUMNS.names.length;
  const first = tokens.slice(0, count);
  if (tokens.length <= count || KNOWN_ORDERS.some((order) => fits(order, tokens))) return undefined;
  if (!fits(DEFAULT_COLUMNS, first) || !proves(DEFAULT_COLUMNS, first)) return undefined;
  const behind = tokens.slice(count).map((_, i) => `${UNNAMED}${count + 1 + i}`);
  return columnsOf([...DEFAULT_COLUMNS.names, ...behind]);
};

/** What each token of a line looks like: the start of a `--fields` for somebody who must write one. */
export const suggestFields = (line: string): string => {
  const used = new Set<string>();
  const take = (...names: string[]): string => {
    const name = names.find((candidate) => !used.has(candidate)) ?? 'unknown';
    if (name !== 'unknown') used.add(name);
    return name;
  };
  let unknown = 0;
  return tokensOf(line)
    .map((token) => {
      if (/^eni-/.test(token)) return take('interface-id', 'next-hop-interface-id');
      if (/^vpc-/.test(token)) return take('vpc-id', 'next-hop-vpc-id');
      if (/^subnet-/.test(token)) return take('subnet-id', 'next-hop-subnet-id');
      if (/^i-[0-9a-f]/.test(token)) return take('instance-id');
      if (/^\d{12}$/.test(token)) return take('account-id');
      if (/^(ACCEPT|REJECT)$/.test(token)) return take('action');
      if (/^(OK|NODATA|SKIPDATA)$/.test(token)) return take('log-status');
      if (/^(IPv4|IPv6|EFA)$/.test(token)) return take('type');
      if (/^(ingress|egress)$/.test(token)) return take('flow-direction');
      if (canonicalAddress(token) !== undefined)
        return take('srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr');
      if (/^\d{10}(\d{3})?$/.test(token)) return take('start', 'end');
      return 'unknown';
    })
    .map((name) => (name === 'unknown' ? `unknown-${++unknown}` : name))
    .map((name) => `\${${name}}`)
    .join(' ');
};
