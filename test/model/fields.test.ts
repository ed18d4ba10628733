/** The field table against the lists of AWS: flow log records (versions 2 to 5 and 7 to 11), transit gateway (6). */
import { describe, expect, it } from 'vitest';
import { FIELDS, fieldNamed } from '../../src/model/fields.ts';

/** As the documentation lists them, by the version that brought them. */
const DOCUMENTED: Readonly<Record<number, string>> = {
  2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  3: 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  4: 'region az-id sublocation-type sublocation-id',
  5: 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  6:
    'resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id ' +
    'tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id ' +
    'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired',
  7:
    'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ' +
    'ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id',
  8: 'reject-reason',
  9: 'resource-id',
  10: 'encryption-status',
  11:
    'instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type ' +
    'next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type',
};

const namesOf = (version: number): string[] => (DOCUMENTED[version] ?? '').split(' ');

describe('the field table', () => {
  it.each(Object.keys(DOCUMENTED).map(Number))(
    'has the fields of version %i, in documented order',
    (version) => {
      const names = FIELDS.filter((field) => field.version === version).map((field) => field.name);
      expect(names).toEqual(namesOf(version));
    },
  );

  it('has as many fields up to each version as the documentation counts', () => {
    const upTo = (version: number): number =>
      FIELDS.filter((field) => field.version <= version && field.version !== 6).length;
    expect([2, 3, 4, 5, 7, 8, 9, 10, 11].map(upTo)).toEqual([14, 21, 25, 29, 39, 40, 41, 42, 54]);
    // A transit gateway record is 18 fields of its own and 18 that VPC records have too.
    expect(FIELDS).toHaveLength(54 + 18);
  });

  it('keeps the order of the documentation, version by version', () => {
    const versions = FIELDS.map((field) => field.version);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  it('names no field and no property twice', () => {
    expect(new Set(FIELDS.map((field) => field.name)).size).toBe(FIELDS.length);
    expect(new Set(FIELDS.map((field) => field.property)).size).toBe(FIELDS.length);
  });

  it('calls a property what the field is called, the words joined', () => {
    const squeeze = (name: string): string => name.replaceAll('-', '').toLowerCase();
    for (const { name, property } of FIELDS) {
      expect(squeeze(property)).toBe(squeeze(name));
      expect(property).toMatch(/^[a-z][A-Za-z0-9]*$/);
    }
  });

  it('reads identifiers as text: an account id keeps its leading zeros', () => {
    const identifiers = FIELDS.filter(({ name }) => /-(id|arn|eni|name)$/.test(name));
    expect(identifiers.length).toBeGreaterThan(20);
    expect(identifiers.filter(({ kind }) => kind !== 'text').map(({ name }) => name)).toEqual([]);
  });

  it('knows what numbers can be: ports of 16 bits; protocols, flags and versions of 8', () => {
    const mostOf = (name: string): number | undefined => {
      const field = fieldNamed(name);
      return field !== undefined && 'most' in field ? field.most : undefined;
    };
    expect(['srcport', 'dstport'].map(mostOf)).toEqual([65535, 65535]);
    expect(['protocol', 'tcp-flags', 'version'].map(mostOf)).toEqual([255, 255, 255]);
    expect(['packets', 'bytes', 'traffic-path'].map(mostOf)).toEqual([undefined, undefined, undefined]);
  });

  it('says of every field what it is', () => {
    expect(FIELDS.filter(({ about }) => about.trim() === '').map(({ name }) => name)).toEqual([]);
  });
});

describe('fieldNamed', () => {
  it('finds every field by the name that AWS gives it', () => {
    for (const field of FIELDS) expect(fieldNamed(field.name)).toBe(field);
  });

  it('knows no other name, not even one that every object has', () => {
    for (const name of ['', 'srcAddr', 'tcp_flags', 'SRCADDR', 'constructor', '__proto__', 'toString'])
      expect([name, fieldNamed(name)]).toEqual([name, undefined]);
  });
});
