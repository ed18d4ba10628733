/** Which records of a key belong to one network. Observers are told by VPC, account and whether an instance wrote. */
import { describe, expect, it } from 'vitest';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import type { Observer } from '../../src/correlate/observers.ts';
import { partByScope, type Scope, scopeName, VpcOfVantage } from '../../src/correlate/scope.ts';
import { keyRecord, observersOf } from '../build-records.ts';

const NONE: Observer = {
  interfaceId: null,
  resourceId: null,
  vpcId: null,
  subnetId: null,
  instanceId: null,
  accountId: null,
};

const ALL = {
  a: { interfaceId: 'eni-a', vpcId: 'vpc-a', accountId: '1' },
  b: { interfaceId: 'eni-b', vpcId: 'vpc-b', accountId: '1' },
  c: { interfaceId: 'eni-c', vpcId: 'vpc-c', accountId: '1' },
  hostOfA: { interfaceId: 'eni-ha', vpcId: 'vpc-a', instanceId: 'i-1' },
  hostOfB: { interfaceId: 'eni-hb', vpcId: 'vpc-b', instanceId: 'i-2' },
  plain: { interfaceId: 'eni-p', accountId: '1' },
  other: { interfaceId: 'eni-o', accountId: '2' },
  // The same interface in a format with fewer fields, and one that only tells its instance.
  plainA: { interfaceId: 'eni-a' },
  plainHost: { interfaceId: 'eni-p', instanceId: 'i-3', accountId: '1' },
} as const satisfies Record<string, Partial<Observer>>;
type Name = keyof typeof ALL;
const NAMES = Object.keys(ALL) as Name[];

const seen = (name: Name, parts: Partial<KeyRecord> = {}): KeyRecord =>
  keyRecord({ observer: NAMES.indexOf(name), ...parts });

/** Groups as names and the places of their records. */
const part = (records: readonly KeyRecord[], scope: Scope = 'auto', areUnique = false) => {
  const { observers } = observersOf(Object.values(ALL));
  for (const record of records) record.vantage = observers.vantageOf(record.observer);
  const groups = partByScope(records, scope, observers, new VpcOfVantage(observers), areUnique);
  return groups.map((group) => [group.name, group.records.map((record) => records.indexOf(record))]);
};

/** Seen through a gateway: the sender or the receiver is shown under another address. */
const src = { srcRewritten: true } as const;
const dst = { dstRewritten: true } as const;
const back = { direction: 1 } as const;

describe('the name of a network', () => {
  const whole: Observer = { ...NONE, interfaceId: 'eni-1', resourceId: 'tgw-1', accountId: '7' };

  it.each([
    ['interface', whole, 'eni-1'],
    ['interface', { ...whole, interfaceId: null }, 'tgw-1'],
    ['interface', NONE, '-'],
    ['account', whole, '7'],
    ['account', NONE, '-'],
    ['all', whole, '*'],
    ['vpc', whole, 'account:7'],
    ['auto', NONE, 'account:-'],
  ] as const)('by %s of %o is %s', (scope, observer, name) => {
    expect(scopeName(scope, observer, null)).toBe(name);
  });

  it('by VPC is the VPC that is known', () => {
    expect(['auto', 'vpc'].map((scope) => scopeName(scope as Scope, whole, 'vpc-1'))).toEqual([
      'vpc-1',
      'vpc-1',
    ]);
    expect(scopeName('interface', whole, 'vpc-1')).toBe('eni-1');
  });
});

describe('the VPC of a vantage', () => {
  const vpcOf = (all: readonly Partial<Observer>[], of: Partial<Observer>, taught?: [number, string][]) => {
    const { observers, strings } = observersOf([...all, of]);
    const vantage = observers.vantageOf(observers.size - 1);
    return new VpcOfVantage(
      observers,
      taught?.map(([, vpc]) => [vantage, strings.internText(vpc)]),
    ).of({ ...NONE, ...of }, vantage);
  };
  const bare = { interfaceId: 'eni-1' };

  it('is what its record says, else what another record of it said', () => {
    expect(vpcOf([{ ...bare, vpcId: 'vpc-1' }], { ...bare, vpcId: 'vpc-2' })).toBe('vpc-2');
    expect(vpcOf([{ ...bare, vpcId: 'vpc-1' }], bare)).toBe('vpc-1');
    expect(
      vpcOf([bare, { ...bare, vpcId: 'vpc-1', subnetId: 's' }, { ...bare, subnetId: 's' }], {
        ...bare,
        accountId: '1',
      }),
    ).toBe('vpc-1');
    expect(vpcOf([{ interfaceId: 'eni-2', vpcId: 'vpc-1' }], bare)).toBeNull();
  });

  it('is the first by name where a log says two', () => {
    const says = ['vpc-2', 'vpc-1', 'vpc-3'].map((vpcId) => ({ ...bare, vpcId }));
    for (const all of [says, [...says].reverse()]) expect(vpcOf(all, bare)).toBe('vpc-1');
  });

  it('is not known of records that name no interface, whatever another of them said', () => {
    expect(vpcOf([{ vpcId: 'vpc-1' }], { accountId: '1' })).toBeNull();
  });

  it('may be taught from before', () => {
    expect(vpcOf([], bare, [[0, 'vpc-9']])).toBe('vpc-9');
    expect(vpcOf([{ ...bare, vpcId: 'vpc-1' }], bare, [[0, 'vpc-0']])).toBe('vpc-0');
    expect(vpcOf([{ ...bare, vpcId: 'vpc-1' }], bare, [[0, 'vpc-9']])).toBe('vpc-1');
  });
});

describe('records of one key', () => {
  it('of nobody are no group, and those of one observer are one', () => {
    expect(part([])).toEqual([]);
    expect(part([seen('a'), seen('a', back)])).toEqual([['vpc-a', [0, 1]]]);
    expect(part([seen('plain'), seen('plain')])).toEqual([['account:1', [0, 1]]]);
    expect(part([seen('plain'), seen('plainHost')])).toEqual([['account:1', [0, 1]]]);
  });

  it('are parted by VPC, in the order of the names, whatever theirs is', () => {
    for (const records of [
      [seen('c'), seen('a'), seen('b'), seen('a')],
      [seen('b'), seen('a'), seen('c'), seen('a')],
    ]) {
      const places = (vpc: 'a' | 'b' | 'c') =>
        records.flatMap((record, at) => (record.observer === NAMES.indexOf(vpc) ? [at] : []));
      const apart = [
        ['vpc-a', places('a')],
        ['vpc-b', places('b')],
        ['vpc-c', places('c')],
      ];
      expect(part(records)).toEqual(apart);
      expect(part(records, 'vpc')).toEqual(apart);
      expect(part(records, 'account')).toEqual([['1', [0, 1, 2, 3]]]);
      expect(part(records, 'all')).toEqual([['*', [0, 1, 2, 3]]]);
      // Unique addresses need no VPC to be told apart; all of them name the group.
      expect(part(records, 'auto', true)).toEqual([['vpc-a+vpc-b+vpc-c', [0, 1, 2, 3]]]);
      expect(part(records, 'vpc', true)).toEqual(apart);
    }
    expect(part([seen('b'), seen('a')], 'interface')).toEqual([
      ['eni-a', [1]],
      ['eni-b', [0]],
    ]);
  });

  it('of an interface are in its VPC also where the format does not say so; the name says what they say', () => {
    expect(part([seen('plainA'), seen('a')], 'vpc')).toEqual([['vpc-a', [0, 1]]]);
    // Alone, its records name no VPC.
    expect(part([seen('plainA'), seen('plainA')])).toEqual([['account:-', [0, 1]]]);
  });

  it('whose VPC nobody names belong to the one VPC that saw the key, and to none of two', () => {
    expect(part([seen('other'), seen('a'), seen('plain')])).toEqual([['vpc-a', [0, 1, 2]]]);
    expect(part([seen('plain'), seen('a'), seen('b')])).toEqual([
      ['vpc-a', [1]],
      ['vpc-b', [2]],
      ['account:1', [0]],
    ]);
    expect(part([seen('other'), seen('plain')])).toEqual([
      ['account:1', [1]],
      ['account:2', [0]],
    ]);
  });
});

describe('two VPCs', () => {
  const joined = [['vpc-a+vpc-b', [0, 1]]];
  const apart = [
    ['vpc-a', [0]],
    ['vpc-b', [1]],
  ];

  it('are joined where each sees the other end through a gateway, in either direction', () => {
    expect(part([seen('a', dst), seen('b', src)])).toEqual(joined);
    expect(part([seen('a', src), seen('b', dst)])).toEqual(joined);
    expect(part([seen('a', dst), seen('b', { ...back, ...dst })])).toEqual(joined);
    expect(part([seen('a', { ...back, ...src }), seen('b', src)])).toEqual(joined);
    expect(part([seen('b', dst), seen('a', src)])).toEqual([['vpc-a+vpc-b', [0, 1]]]);
  });

  it('are not where both see the same end so, or one sees all true', () => {
    expect(part([seen('a', dst), seen('b', dst)])).toEqual(apart);
    expect(part([seen('a', src), seen('b', src)])).toEqual(apart);
    expect(part([seen('a', dst), seen('b', { ...back, ...src })])).toEqual(apart);
    expect(part([seen('a', dst), seen('b')])).toEqual(apart);
    expect(part([seen('a'), seen('b', src)])).toEqual(apart);
    expect(part([seen('a', src), seen('b')])).toEqual(apart);
    expect(part([seen('a'), seen('b', dst)])).toEqual(apart);
  });

  it('are not where instances show other addresses than the packets: those are of pods', () => {
    expect(part([seen('hostOfA', dst), seen('hostOfB', src)])).toEqual(apart);
    expect(part([seen('a', dst), seen('hostOfB', src)])).toEqual(apart);
  });

  it('leave a third apart that sees all true, and take along what nobody names when there is no third', () => {
    const records = [seen('c'), seen('b', src), seen('a', dst)];
    expect(part(records)).toEqual([
      ['vpc-c', [0]],
      ['vpc-a+vpc-b', [1, 2]],
    ]);
    expect(part([seen('plain'), ...records.slice(1)])).toEqual([['vpc-a+vpc-b', [0, 1, 2]]]);
  });
});
