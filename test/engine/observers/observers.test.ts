/** Who wrote a record: six identifiers make an observer, the first two of them a vantage. */
import { describe, expect, it } from 'vitest';
import type { Observer } from '../../../src/engine/observers/observers.ts';
import { observersOf } from '../../build-observers.ts';

const NONE: Observer = {
  interfaceId: null,
  resourceId: null,
  vpcId: null,
  subnetId: null,
  instanceId: null,
  accountId: null,
};
const FIELDS = Object.keys(NONE) as (keyof Observer)[];
const WHOLE: Observer = {
  interfaceId: 'eni-1',
  resourceId: 'tgw-1',
  vpcId: 'vpc-1',
  subnetId: 'subnet-1',
  instanceId: 'i-1',
  accountId: '1',
};

const countOf = (all: readonly Partial<Observer>[]): number => observersOf(all).observers.size;

describe('observers', () => {
  it('are read as they were written', () => {
    const all = [WHOLE, NONE, ...FIELDS.map((field) => ({ ...NONE, [field]: 'x' }))];
    const { observers } = observersOf(all);
    expect(all.map((_, id) => observers.read(id))).toEqual(all);
  });

  it('are the same when all six identifiers are, and others when one is not', () => {
    expect(countOf([WHOLE, WHOLE, NONE, WHOLE, NONE])).toBe(2);
    for (const field of FIELDS) expect(countOf([WHOLE, { ...WHOLE, [field]: 'other' }, WHOLE])).toBe(2);
  });

  it('have the interface as their vantage, or the resource in its place', () => {
    const { observers, strings } = observersOf([WHOLE, { ...WHOLE, interfaceId: null }, NONE]);
    expect(
      [0, 1, 2].map((id) => {
        const vantage = observers.vantageOf(id);
        return vantage === 0 ? null : strings.text(vantage);
      }),
    ).toEqual(['eni-1', 'tgw-1', null]);
  });

  it('may be many, and each is found again', () => {
    const many = Array.from({ length: 1500 }, (_, n) => ({
      interfaceId: `eni-${n % 700}`,
      vpcId: `vpc-${n % 7}`,
      instanceId: `i-${n % 11}`,
    }));
    // The first two agree every 700, 7 every 700 and 11 every 7700: no two of 1500 are alike.
    const { observers } = observersOf([...many, ...many]);
    expect(observers.size).toBe(1500);
    expect(many.map((_, id) => observers.read(id))).toEqual(many.map((one) => ({ ...NONE, ...one })));
  });

  it('count one without any name however many came before', () => {
    // Tables grow on the way: there is no number at which a nameless one is taken for another.
    for (let before = 100; before < 300; before++) {
      const named = Array.from({ length: before }, (_, n) => ({ interfaceId: `eni-${n}` }));
      if (before % 64 < 3 || before % 64 > 61)
        expect(countOf([...named, NONE, { interfaceId: 'last' }])).toBe(before + 2);
    }
  });
});

describe('the order of observers', () => {
  it('is that of their identifiers as text, one after the other, a missing one first', () => {
    const inOrder: Partial<Observer>[] = [
      NONE,
      { accountId: '9' },
      { vpcId: 'vpc-1' },
      { interfaceId: 'Eni' },
      { interfaceId: 'Eni', accountId: '1' },
      { interfaceId: 'Eni', accountId: '2' },
      { interfaceId: 'Eni', instanceId: 'i-1' },
      { interfaceId: 'Eni', resourceId: 'tgw' },
      { interfaceId: 'eni' },
    ];
    for (const arrival of [inOrder, [...inOrder].reverse()]) {
      const { observers } = observersOf(arrival);
      const ids = inOrder.map((one) => arrival.indexOf(one));
      for (const [i, a] of ids.entries())
        for (const [j, b] of ids.entries()) expect(Math.sign(observers.compare(a, b))).toBe(Math.sign(i - j));
      // Told of all at once, it is the same.
      expect(ids.map((id) => observers.places()[id])).toEqual(inOrder.map((_, place) => place));
    }
  });
});
