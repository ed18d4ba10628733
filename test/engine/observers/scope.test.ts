/** What networks are called. Which records of a key belong to one is the rules' (test/rules/networks.test.ts). */
import { describe, expect, it } from 'vitest';
import type { Observer } from '../../../src/engine/observers/observers.ts';
import { type Scope, scopeName, VpcOfVantage } from '../../../src/engine/observers/scope.ts';
import { observersOf } from '../../build-observers.ts';

const NONE: Observer = {
  interfaceId: null,
  resourceId: null,
  vpcId: null,
  subnetId: null,
  instanceId: null,
  accountId: null,
};

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
