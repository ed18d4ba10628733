/** The arithmetic of the bench, on numbers small enough to check by hand. */
import { describe, expect, it } from 'vitest';
import { type BenchRow, judge, median, resultOf, toMarkdown, toText } from './table.ts';

const ROW: BenchRow = {
  measure: 'equal job',
  unit: 's',
  ours: [2, 9, 1],
  theirs: [10, 30, 20],
  ratio: 'theirs/ours',
  floor: 6,
  aim: 15,
  better: 'more',
};

describe('the table of the bench', () => {
  it('takes the middle run, or the mean of the two middle ones', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('divides the medians in the direction that the row asks for', () => {
    expect(resultOf(ROW)).toBe(10); // 20 / 2
    expect(resultOf({ ...ROW, ratio: 'ours/theirs' })).toBe(0.1);
  });

  it('holds more against a floor from above and less from below', () => {
    expect(judge(ROW)).toBe('floor holds');
    expect(judge({ ...ROW, aim: 10 })).toBe('aim reached');
    expect(judge({ ...ROW, floor: 11 })).toBe('FAILS');
    expect(judge({ ...ROW, ratio: 'ours/theirs', better: 'less', floor: 1.3, aim: 0.75 })).toBe(
      'aim reached',
    );
  });

  it('writes a row the same way for the page and for the terminal', () => {
    expect(toMarkdown([ROW]).split('\n')[2]).toBe(
      '| equal job | s | 2.00 | 20.0 | 10.00× | 6.00 | 15.0 | floor holds |',
    );
    expect(toText([ROW]).split('\n')[1]).toBe(
      'equal job  s     2.00       20.0   10.00×  6.00   15.0  floor holds',
    );
  });
});
