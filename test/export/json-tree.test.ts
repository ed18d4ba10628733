/** A value as JSON in pieces is what JSON.stringify makes of it, also where that could make none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonTree } from '../../src/export/json-tree.ts';

const textOf = (value: unknown, indent?: number): string =>
  [...jsonTree(value, indent === undefined ? {} : { indent })].join('');

describe('a tree of JSON', () => {
  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        expect(textOf(value, indent)).toBe(JSON.stringify(value, null, indent));
      }),
    );
  });

  it.each([
    [[]],
    [{}],
    [{ a: [], b: {}, c: [[], {}] }],
    [{ gone: undefined, list: [undefined, Number.NaN], 'a "b"': '\u2028\ud800' }],
    [new Array<number>(3)],
  ])('is that of %j, with and without line ends', (value) => {
    expect(textOf(value)).toBe(JSON.stringify(value));
    expect(textOf(value, 2)).toBe(JSON.stringify(value, null, 2));
  });

  it('writes maps as objects and names as it is told; keys of maps stay', () => {
    const value = { firstSeen: new Map([['aB', { byPort: 1 }]]) };
    expect([...jsonTree(value, { nameOf: (name) => name.toUpperCase() })].join('')).toBe(
      '{"FIRSTSEEN":{"aB":{"BYPORT":1}}}',
    );
  });

  it('comes in pieces, none of them much longer than 64 KiB', () => {
    const value = { rows: Array.from({ length: 20_000 }, (_, i) => ({ number: i, text: 'x'.repeat(20) })) };
    const pieces = [...jsonTree(value, { indent: 2 })];
    expect(pieces.join('')).toBe(JSON.stringify(value, null, 2));
    expect(pieces.length).toBeGreaterThan(10);
    for (const piece of pieces) expect(piece.length).toBeLessThan(66_000);
    for (const piece of pieces.slice(0, -1)) expect(piece.length).toBeGreaterThanOrEqual(65_536);
  });

  it('has a piece end as soon as it is long enough', () => {
    // A bracket and two quotes are the other three characters of the first piece.
    const pieces = [...jsonTree(['x'.repeat(65_533), 'y'])];
    expect(pieces.map(({ length }) => length)).toEqual([65_536, ',"y"]'.length]);
  });

  it('has no end where a string has one', () => {
    // Texts of a mebibyte each: one string has room for 511 of them.
    const text = 'x'.repeat(2 ** 20);
    let length = 0;
    for (const piece of jsonTree(new Array<string>(520).fill(text))) length += piece.length;
    // Two quotes a text, 519 commas, two brackets.
    expect(length).toBe(520 * (2 ** 20 + 2) + 519 + 2);
  });
});
