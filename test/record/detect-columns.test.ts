/**
 * Lines without a header. The orders are those that flow-log-format.md section 1.3 lists; a line of each is made from one
 * set of values, by hand, so that only the order differs.
 */
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_COLUMNS,
  detectColumns,
  KNOWN_ORDERS,
  suggestFields,
} from '../../src/record/detect-columns.ts';

const VALUES: Readonly<Record<string, string>> = {
  version: '5',
  'account-id': '012345678901',
  'interface-id': 'eni-1235b8ca123456789',
  srcaddr: '172.31.16.139',
  dstaddr: '172.31.16.21',
  srcport: '20641',
  dstport: '22',
  protocol: '6',
  packets: '20',
  bytes: '4249',
  start: '1418530010',
  end: '1418530070',
  action: 'ACCEPT',
  'log-status': 'OK',
  'vpc-id': 'vpc-abcdefab012345678',
  'subnet-id': 'subnet-aaaaaaaa012345678',
  'instance-id': 'i-01234567890123456',
  'tcp-flags': '19',
  type: 'IPv4',
  'pkt-srcaddr': '172.31.16.139',
  'pkt-dstaddr': '172.31.16.21',
  region: 'eu-west-1',
  'az-id': 'euw1-az2',
  'pkt-src-aws-service': 'S3',
  'flow-direction': 'egress',
  'traffic-path': '8',
  'ecs-cluster-name': 'prod',
  'encryption-status': '1',
  'instance-tag': 'web%20server',
  'interface-type': 'nat_gateway',
};

const lineOf = (order: string, values: Readonly<Record<string, string>> = VALUES): string =>
  order
    .split(' ')
    .map((name) => values[name] ?? '-')
    .join(' ');

const V2 =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const V3 = `${V2} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr`;
const V4 = `${V3} region az-id sublocation-type sublocation-id`;
const V5 = `${V4} pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path`;
const ECS =
  'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ' +
  'ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id';
const V7 = `${V5} ${ECS}`;
const V8 = `${V7} reject-reason`;
const V11 =
  `${V8} resource-id encryption-status instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 ` +
  'interface-type next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type';
const V9 = `${V8} resource-id`;
const V10 = `${V9} encryption-status`;
const ALPHABETICAL = V5.split(' ').sort().join(' ');
const TCP_EXAMPLE =
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status';
const TRANSIT_EXAMPLE =
  'version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status';
const NAT_EXAMPLE = 'instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr';

const orderOf = (line: string): string | undefined => detectColumns(line)?.names.join(' ');

describe('a line without a header', () => {
  it.each<[about: string, order: string]>([
    ['the default format', V2],
    ['the documented order, 21 fields', V3],
    ['the documented order, 25 fields', V4],
    ['the documented order, 29 fields', V5],
    ['the documented order, 39 fields', V7],
    ['the documented order, 40 fields', V8],
    ['the documented order, 54 fields', V11],
    ['the alphabetical order of 29 fields', ALPHABETICAL],
    ...[V2, V3, V4, V7, V8, V9, V10, V11].map((order): [string, string] => {
      const names = order.split(' ');
      return [`the alphabetical order of ${names.length} fields`, names.sort().join(' ')];
    }),
    ["AWS's TCP example", TCP_EXAMPLE],
    ["AWS's transit gateway example", TRANSIT_EXAMPLE],
    ["AWS's NAT gateway example", NAT_EXAMPLE],
  ])('proves %s', (_, order) => {
    expect(orderOf(lineOf(order))).toBe(order);
  });

  /** What the documented 54 fields may hold, each as AWS's pages show it ("Available fields"). */
  const ALL: Readonly<Record<string, string>> = {
    ...VALUES,
    'sublocation-type': 'outpost',
    'reject-reason': 'BPA',
    'resource-id': 'nat-0123456789abcdef0',
    'ecs-cluster-arn': 'arn:aws:ecs:eu-west-1:012345678901:cluster/prod',
    'ecs-container-instance-arn': 'arn:aws:ecs:eu-west-1:012345678901:container-instance/1',
    'ecs-task-definition-arn': 'arn:aws:ecs:eu-west-1:012345678901:task-definition/web:1',
    'ecs-task-arn': 'arn:aws:ecs:eu-west-1:012345678901:task/1',
  };

  it.each(
    Object.keys(ALL).filter(
      // Names and tags may be anything.
      (name) => !/^(ecs-cluster-name|instance-tag|interface-type|pkt-src-aws-service)$/.test(name),
    ),
  )('is not proven when its %s has something before or behind it', (name) => {
    expect(orderOf(lineOf(V11, ALL))).toBe(V11);
    expect(orderOf(lineOf(V11, { ...ALL, [name]: `~${ALL[name]}` }))).toBeUndefined();
    // What an ARN ends in is nobody's business.
    if (!name.endsWith('-arn'))
      expect(orderOf(lineOf(V11, { ...ALL, [name]: `${ALL[name]}~` }))).toBeUndefined();
  });

  it.each<[name: string, values: readonly string[]]>([
    ['version', ['2', '9', '10', '11']],
    ['account-id', ['unknown']],
    ['srcport', ['0', '65535']],
    ['protocol', ['1', '58', '255']],
    // Milliseconds have thirteen digits. An interval may begin and end in one second.
    ['end', ['1418530070000', '1418530010']],
    ['action', ['REJECT']],
    ['type', ['IPv6', 'EFA']],
    ['flow-direction', ['ingress']],
    ['region', ['us-gov-east-1', 'ap-southeast-2', 'mx-central-1']],
    ['az-id', ['usw2-lax1-az1', 'use1-az6']],
    ['sublocation-type', ['wavelength', 'localzone']],
  ])('is proven with every value of %s that AWS writes', (name, values) => {
    for (const value of values) expect(orderOf(lineOf(V11, { ...ALL, [name]: value }))).toBe(V11);
  });

  it.each<[name: string, value: string]>([
    ['version', '1'],
    ['version', '12'],
    ['account-id', '01234567890'],
    ['srcport', '123456'],
    ['dstport', '123456'],
    ['protocol', '1234'],
    ['start', '14185300'],
    ['end', '14185300700001'],
    ['region', 'europe-west-1'],
    ['packets', '1.5'],
    ['pkt-srcaddr', '172.31.16'],
    ['log-status', '-'],
  ])('is not proven with a %s of %s', (name, value) => {
    expect(orderOf(lineOf(V11, { ...ALL, [name]: value }))).toBeUndefined();
  });

  it('proves the default format of transit gateway logs (flow-log-format.md section 7)', () => {
    const line =
      '6 TransitGateway 111122223333 tgw-0a1b tgw-attach-0c2d 111122223333 444455556666 vpc-01 vpc-02 subnet-01 subnet-02 eni-01 eni-02 euw1-az1 euw1-az2 tgw-attach-0e3f 10.20.1.15 10.30.2.9 50122 443 6 12 2210 1760000005 1760000061 OK IPv4 0 0 0 0 27 eu-west-1 ingress - -';
    expect(detectColumns(line)?.names.slice(0, 5)).toEqual([
      'version',
      'resource-type',
      'account-id',
      'tgw-id',
      'tgw-attachment-id',
    ]);
  });

  it('proves all fields of transit gateway logs in alphabetical order', () => {
    const values: Readonly<Record<string, string>> = {
      ...VALUES,
      version: '6',
      'resource-type': 'TransitGateway',
      'tgw-id': 'tgw-0a1b',
      'tgw-attachment-id': 'tgw-attach-0c2d',
      'packets-lost-blackhole': '0',
    };
    const order =
      'account-id bytes dstaddr dstport end flow-direction log-status packets packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-no-route packets-lost-ttl-expired pkt-dst-aws-service pkt-src-aws-service protocol region resource-type srcaddr srcport start tcp-flags tgw-attachment-id tgw-dst-az-id tgw-dst-eni tgw-dst-subnet-id tgw-dst-vpc-account-id tgw-dst-vpc-id tgw-id tgw-pair-attachment-id tgw-src-az-id tgw-src-eni tgw-src-subnet-id tgw-src-vpc-account-id tgw-src-vpc-id type version';
    expect(orderOf(lineOf(order, values))).toBe(order);
  });

  it('proves a record of a regional NAT gateway: no interface, but a resource', () => {
    const values = { ...VALUES, 'interface-id': '-', 'resource-id': 'nat-0123456789abcdef0' };
    expect(orderOf(lineOf(V11, values))).toBe(V11);
    expect(orderOf(lineOf(V8, values))).toBeUndefined();
  });

  it('tells 29 fields by alphabet from 29 in documented order: the count alone does not', () => {
    expect(ALPHABETICAL.split(' ')).toHaveLength(V5.split(' ').length);
    expect(orderOf(lineOf(ALPHABETICAL))).not.toBe(orderOf(lineOf(V5)));
  });

  it('proves the default format without traffic: the times and the word say it', () => {
    const line = '2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA';
    expect(detectColumns(line)).toBe(DEFAULT_COLUMNS);
    expect(detectColumns(line.replace('NODATA', 'SKIPDATA'))).toBe(DEFAULT_COLUMNS);
  });

  it("takes AWS's doubled blank, an account id of unknown, IPv6 and a comment behind", () => {
    const line = lineOf(V2, {
      ...VALUES,
      'account-id': 'unknown',
      srcaddr: '2001:db8::1',
      dstaddr: '2001:db8::2',
    });
    expect(orderOf(`${line.replace(' ', '  ')} # as on the page`)).toBe(V2);
  });

  it.each<[why: string, line: string]>([
    ['no AWS record has so few fields', lineOf('srcaddr dstaddr srcport dstport protocol tcp-flags')],
    [
      'an order of somebody’s own',
      lineOf('interface-id srcaddr dstaddr action log-status start end packets bytes version'),
    ],
    ['bytes where the action should be', lineOf(V2).replace('ACCEPT', '4249')],
    ['no word for the status', lineOf(V2).replace(' OK', ' -')],
    ['an address that is none', lineOf(V2).replace('172.31.16.21', '172.31.16')],
    ['an interface that is none', lineOf(V2).replace('eni-', 'if-')],
    ['the end before the start', lineOf(V2, { ...VALUES, start: '1418530070', end: '1418530010' })],
    ['nobody who recorded it', lineOf(V2, { ...VALUES, 'interface-id': '-' })],
    ['no traffic and no time', '2 123456789010 eni-1235b8ca123456789 - - - - - - - - - - NODATA'],
    ['no end at all', lineOf(V2, { ...VALUES, dstaddr: '-' })],
    ['a default line with a field more', `${lineOf(V2)} 7`],
    ['a default line with a field less', lineOf(V2).split(' ').slice(1).join(' ')],
    ['a number of versions that AWS never had', lineOf(V2, { ...VALUES, version: '1' })],
    ['words', 'the quick brown fox jumps over the lazy dog and then some more words'],
    ['nothing but dashes', Array(14).fill('-').join(' ')],
    ['nothing', ''],
  ])('is not guessed at: %s', (_, line) => {
    expect(detectColumns(line)).toBeUndefined();
  });

  it('is in the exchanged order of the sublocation fields when they are exchanged', () => {
    const exchanged = ALPHABETICAL.replace(
      'sublocation-id sublocation-type',
      'sublocation-type sublocation-id',
    );
    const values = { ...VALUES, 'sublocation-type': 'wavelength', 'sublocation-id': 'euw1-wl1' };
    expect(orderOf(lineOf(ALPHABETICAL, values))).toBe(ALPHABETICAL);
    expect(orderOf(lineOf(exchanged, values))).toBe(exchanged);
  });
});

describe('the known orders', () => {
  it('differ from each other', () => {
    const orders = KNOWN_ORDERS.map(({ names }) => names.join(' '));
    expect(new Set(orders).size).toBe(orders.length);
  });

  it('name fields that exist', () => {
    for (const columns of KNOWN_ORDERS)
      expect(columns.fields.every((field) => field !== undefined)).toBe(true);
  });
});

describe('suggestFields', () => {
  /** A format in quotes, with what is said behind it. */
  const suggested = (names: string, ...says: readonly string[]): string =>
    [`'${names.replaceAll(/\S+/g, (name) => `\${${name}}`)}'`, ...says].join('; ');
  const WHICH_END = 'nothing tells which address is srcaddr and which is dstaddr';
  const WHICH_TIME = 'nothing tells which time is start and which is end';

  it('names by their looks what can be named and numbers the rest', () => {
    expect(suggestFields('eni-1 10.0.0.1 443 ACCEPT OK abc')).toBe(
      suggested('interface-id address-1 unknown-1 action log-status unknown-2', WHICH_END),
    );
    expect(suggestFields('eni-1 443 x')).toBe(suggested('interface-id unknown-1 unknown-2'));
  });

  it('names nothing that only holds such a word', () => {
    const line =
      'xeni-1 xvpc-1 xsubnet-1 xi-0 xACCEPT ACCEPTx xOK OKx xIPv4 IPv4x xingress ingressx x1418530010 1418530010x';
    expect(suggestFields(line)).toBe(
      suggested(
        line
          .split(' ')
          .map((_, i) => `unknown-${i + 1}`)
          .join(' '),
      ),
    );
  });

  it('never tells source from destination by the order of addresses, and says so', () => {
    expect(suggestFields('10.0.0.1 10.0.0.2')).toBe(suggested('address-1 address-2', WHICH_END));
    expect(suggestFields('2001:db8::1 443 2001:db8::2 10.0.0.3')).toBe(
      suggested('address-1 unknown-1 address-2 address-3', WHICH_END),
    );
  });

  it('tells start from end by which is earlier, and not at all where that does not say it', () => {
    expect(suggestFields('1418530070 1418530010')).toBe(suggested('end start'));
    expect(suggestFields('1418530010000 1418530070000')).toBe(suggested('start end'));
    expect(suggestFields('1418530010 1418530010')).toBe(suggested('time-1 time-2', WHICH_TIME));
    expect(suggestFields('1418530010')).toBe(suggested('time-1', WHICH_TIME));
    expect(suggestFields('1418530010 10.0.0.1 1418530011 1418530012')).toBe(
      suggested('time-1 address-1 time-2 time-3', WHICH_END, WHICH_TIME),
    );
  });

  it('numbers interfaces, networks and whatever else stands there twice: one is the next hop’s', () => {
    expect(suggestFields('eni-1 eni-2 vpc-1 vpc-2 subnet-1 subnet-2 i-1 OK OK')).toBe(
      suggested('interface-1 interface-2 vpc-1 vpc-2 subnet-1 subnet-2 instance-id status-1 status-2'),
    );
  });

  it('knows identifiers, families and directions', () => {
    expect(suggestFields('vpc-1 subnet-1 i-0a 123456789012 IPv6 ingress')).toBe(
      suggested('vpc-id subnet-id instance-id account-id type flow-direction'),
    );
  });

  it('says no more than fits, however long the line is', () => {
    const text = suggestFields('10.0.0.1 '.repeat(7000));
    // 1000 signs of a format between quotes.
    expect(text).toBe(`${text.slice(0, 1002)}; ${WHICH_END}`);
  });
});
