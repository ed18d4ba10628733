/** What may be the own addresses of an interface after its records, and what is believed of that. */
import { describe, expect, it } from 'vitest';
import { shippedKernel } from '../../../src/engine/kernel/engine-kernel.ts';
import {
  believedOf,
  MOST_OWN,
  NO_RECORD_YET,
  narrowSets,
  type OwnSets,
} from '../../../src/engine/observers/own-addresses.ts';

/** After records that show these addresses, one letter each. */
const after = (...records: string[]): OwnSets =>
  records.reduce<OwnSets>((sets, shown) => narrowSets(sets, [...shown]), NO_RECORD_YET);
const spelt = (...records: string[]): string[] =>
  after(...records)
    .map((set) => [...set].sort().join(''))
    .sort();
const believed = (...records: string[]): string => [...believedOf(after(...records))].sort().join('');

describe('what may be own addresses', () => {
  it('are the smallest sets of which every record shows one', () => {
    expect(spelt()).toEqual(['']);
    expect(spelt('ab')).toEqual(['a', 'b']);
    expect(spelt('aa')).toEqual(['a']);
    expect(spelt('ab', 'ba')).toEqual(['a', 'b']);
    // {a}, or b and c; not {a, c}, of which {a} is enough.
    expect(spelt('ab', 'ac')).toEqual(['a', 'bc']);
    expect(spelt('ab', 'cd')).toEqual(['ac', 'ad', 'bc', 'bd']);
    expect(spelt('ab', 'ac', 'ad')).toEqual(['a', 'bcd']);
  });

  it('are of three addresses at most, eight sets at most, and none where more are needed', () => {
    expect(MOST_OWN).toBe(3);
    // A fourth peer of a: the other story needed four addresses.
    expect(spelt('ab', 'ac', 'ad', 'ae')).toEqual(['a']);
    expect(spelt('ab', 'cd', 'ef')).toHaveLength(8);
    expect(spelt('ab', 'cd', 'ef', 'gh')).toEqual([]);
    expect(spelt('ab', 'cd', 'ef', 'gh', 'ab')).toEqual([]);
  });

  it('do not depend on the order of records', () => {
    const records = ['ab', 'ac', 'db', 'de', 'ff'];
    const orders = [records, [...records].reverse(), ['ff', 'de', 'ab', 'db', 'ac']];
    for (const order of orders) expect(spelt(...order)).toEqual(spelt(...records));
  });
});

describe('what is believed', () => {
  it('is in every set of the fewest addresses', () => {
    expect(believed()).toBe('');
    expect(believed('ab')).toBe('');
    expect(believed('aa')).toBe('a');
    expect(believed('ab', 'ac')).toBe('a');
    expect(believed('ab', 'ac', 'de')).toBe('a');
    expect(believed('ab', 'ac', 'de', 'df')).toBe('ad');
    // b-a-c and d-b: a and d, or b and c, or a and b.
    expect(believed('ab', 'ac', 'db')).toBe('');
    expect(believed('ab', 'cd', 'ef', 'gh')).toBe('');
  });
});

describe('the rules', () => {
  it('keep as many', () => {
    expect(shippedKernel()?.memory.value('MOST_OWN')).toBe(MOST_OWN);
  });
});
