import { describe, expect, it } from 'vitest';
import { Words } from '../../src/record/words.ts';

describe('a column of words', () => {
  it('holds what was put, and 0 elsewhere, in whatever order its blocks begin', () => {
    const words = new Words();
    const indices = [100_000, 0, 8191, 8192, 50_000];
    for (const index of indices) words.put(index, 0xffffffff - index);
    expect(indices.map((index) => words.at(index))).toEqual(indices.map((index) => 0xffffffff - index));
    expect([1, 8190, 8193, 20_000, 99_999, 100_001, 10_000_000].map((index) => words.at(index))).toEqual([
      0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it('holds 32 bits, and the last that was put', () => {
    const words = new Words();
    words.put(3, -1);
    expect(words.at(3)).toBe(0xffffffff);
    words.put(3, 7);
    expect(words.at(3)).toBe(7);
  });

  it('begins anew when it has been cleared', () => {
    const words = new Words();
    words.put(9000, 5);
    words.clear();
    expect(words.at(9000)).toBe(0);
    words.put(9001, 6);
    expect([words.at(9000), words.at(9001)]).toEqual([0, 6]);
  });
});
