/** Rows of numbers that are known by one number each. */
import { describe, expect, it } from 'vitest';
import { Tuples } from '../../../src/engine/observers/tuples.ts';

describe('rows of numbers', () => {
  it('have one number where they are equal and others where one of theirs differs, counted from 0', () => {
    const tuples = new Tuples(3);
    const rows: readonly (readonly [number, number, number])[] = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [2 ** 32 - 1, 0, 2 ** 32 - 1],
    ];
    for (const _ of [1, 2]) expect(rows.map((row) => tuples.of(...row))).toEqual([0, 1, 2, 3, 4]);
    expect(tuples.size).toBe(5);
    expect(rows.map((_, number) => [0, 1, 2].map((column) => tuples.at(number, column)))).toEqual(rows);
  });

  it('are found again however many there are', () => {
    const tuples = new Tuples(2);
    const numbers = Array.from({ length: 5000 }, (_, i) => tuples.of(i % 71, i));
    expect(numbers).toEqual(Array.from({ length: 5000 }, (_, i) => i));
    expect(Array.from({ length: 5000 }, (_, i) => tuples.of(i % 71, i))).toEqual(numbers);
  });
});
