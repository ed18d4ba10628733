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

const inAlphabet = (names: readonly string[]): string => [...names].sort().join(' ');

/** What the console's "select all" gave when version 5 was the newest. */
const ALPHABETICAL_29 = inAlphabet(DOCUMENTED.slice(0, 29));
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

const nameOrder = ({ names }: Columns): string => names.join(' ');

export const isDefault = (columns: Columns): boolean => nameOrder(columns) === nameOrder(DEFAULT_COLUMNS);

const MIXED: ReadonlyMap<string, Columns> = new Map([
  [nameOrder(DEFAULT_COLUMNS), GATEWAY_COLUMNS],
  [nameOrder(GATEWAY_COLUMNS), DEFAULT_COLUMNS],
]);

/**
 * The order whose lines may stand among those of this one without a header: AWS's two defaults, of VPCs and of transit
 * gateways. Their numbers of fields differ, so a line is a record of one of them at most, whatever came before it.
 */
export const mixedWith = (columns: Columns): Columns | undefined => MIXED.get(nameOrder(columns));

/** Field orders seen in the wild without a header. */
export const KNOWN_ORDERS: readonly Columns[] = [
  DEFAULT_COLUMNS,
  // The documented order, up to the last field of a version or of a documented example.
  ...[21, 25, 29, 39, 40, 41, 42, 54].map((length) => columnsOf(DOCUMENTED.slice(0, length))),
  // All fields of a version in alphabetical order; the sublocation fields are met either way round.
  ...[14, 21, 25, 29, 39, 40, 41, 42, 54].map((length) =>
    parseColumns(inAlphabet(DOCUMENTED.slice(0, length))),
  ),
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
  parseColumns(inAlphabet(GATEWAY_COLUMNS.names)),
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

/** Which of two orders that stand mixed a damaged line was meant in; undefined when it does not tell. */
export const meantOrder = (line: string): Columns | undefined => {
  const tokens = tokensOf(line);
  if (SHAPES['resource-type']?.test(tokens[1] ?? '')) return GATEWAY_COLUMNS;
  return tokens.length === DEFAULT_COLUMNS.names.length ? DEFAULT_COLUMNS : undefined;
};

const INTEGER = /^\d+$/;

/** What stands with a number in the place of a name that looks do not tell. */
const ADDRESS = 'address';
const TIME = 'time';
/** Signs of a format that is suggested. */
export const MOST_SUGGESTED = 1000;

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

/** How values look that can be named: `name` where only one of a line looks so, `word` with a number where several do. */
const LOOKS: readonly {
  readonly looks: (token: string) => boolean;
  readonly name?: string;
  readonly word: string;
}[] = [
  { looks: (token) => /^eni-/.test(token), name: 'interface-id', word: 'interface' },
  { looks: (token) => /^vpc-/.test(token), name: 'vpc-id', word: 'vpc' },
  { looks: (token) => /^subnet-/.test(token), name: 'subnet-id', word: 'subnet' },
  { looks: (token) => /^i-[0-9a-f]/.test(token), name: 'instance-id', word: 'instance' },
  { looks: (token) => /^\d{12}$/.test(token), name: 'account-id', word: 'account' },
  { looks: (token) => /^(ACCEPT|REJECT)$/.test(token), name: 'action', word: 'action' },
  { looks: (token) => /^(OK|NODATA|SKIPDATA)$/.test(token), name: 'log-status', word: 'status' },
  { looks: (token) => /^(IPv4|IPv6|EFA)$/.test(token), name: 'type', word: 'type' },
  { looks: (token) => /^(ingress|egress)$/.test(token), name: 'flow-direction', word: 'direction' },
  { looks: (token) => canonicalAddress(token) !== undefined, word: ADDRESS },
  { looks: (token) => /^\d{10}(\d{3})?$/.test(token), word: TIME },
  { looks: () => true, word: 'unknown' },
];

/** Two times that differ are told apart by what they are. */
const nameOfTime = (time: string, times: readonly string[]): string | undefined => {
  const [one, other, ...more] = times.map(Number) as [number, ...number[]];
  if (other === undefined || more.length > 0 || one === other) return undefined;
  return Number(time) === Math.min(one, other) ? 'start' : 'end';
};

/** What is said where looks do not tell names apart, by the word in their place. */
const UNTOLD: Readonly<Record<string, string>> = {
  [ADDRESS]: 'nothing tells which address is srcaddr and which is dstaddr',
  [TIME]: 'nothing tells which time is start and which is end',
};

/** Whether a line that proves no order is the header of a table: names parted by commas or semicolons, and nothing else. */
export const isOtherTable = (line: string): boolean => {
  const names = line.trim().split(/[,;]/);
  return names.length > 1 && names.every((name) => /^"?[A-Za-z_@][\w@.-]*"?$/.test(name));
};

/**
 * What each token of a line looks like: the start of a `--fields` for somebody who must write one. The order of addresses, times
 * and whatever stands there twice names nothing: such are numbered, and what that leaves open is said.
 * @example suggestFields('10.0.0.1 10.0.0.2 OK') // '\'${address-1} ${address-2} ${log-status}\'; nothing tells which address …'
 */
export const suggestFields = (line: string): string => {
  const tokens = tokensOf(line);
  const kinds = tokens.map((token) => LOOKS.find(({ looks }) => looks(token)) as (typeof LOOKS)[number]);
  const alike = new Map<string, string[]>();
  for (const [i, { word }] of kinds.entries()) {
    const before = alike.get(word);
    if (before === undefined) alike.set(word, [tokens[i] as string]);
    else before.push(tokens[i] as string);
  }
  const numbers = new Map<string, number>();
  const untold = new Set<string>();
  const names = kinds.map((kind, i) => {
    const all = alike.get(kind.word) as string[];
    const name = kind.word === TIME ? nameOfTime(tokens[i] as string, all) : kind.name;
    if (name !== undefined && (all.length === 1 || kind.word === TIME)) return name;
    untold.add(kind.word);
    const number = (numbers.get(kind.word) ?? 0) + 1;
    numbers.set(kind.word, number);
    return `${kind.word}-${number}`;
  });
  const format = names.map((name) => `\${${name}}`).join(' ');
  const open = Object.keys(UNTOLD).filter((word) => untold.has(word));
  return [`'${format.slice(0, MOST_SUGGESTED)}'`, ...open.map((word) => UNTOLD[word])].join('; ');
};
