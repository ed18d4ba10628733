/** What is too much is said in a sentence, before work is done or where a string ends. */
import { describe, expect, it } from 'vitest';
import { checkTop } from '../../src/model/check-top.ts';
import { OptionError } from '../../src/model/errors.ts';
import { joinPieces } from '../../src/model/join-pieces.ts';

const LIMIT = { most: 10, advice: 'there is no room; take fewer' };

describe('how many are asked for', () => {
  it('is a whole number up to the limit', () => {
    expect([1, 10].map((top) => checkTop(top, LIMIT))).toEqual([1, 10]);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('is not %d', (top) => {
    expect(() => checkTop(top, LIMIT)).toThrow(
      new OptionError('option-invalid', `top is ${top}; expected a whole number of 1 or more.`),
    );
  });

  it('is refused above the limit, with the figure and what to do', () => {
    expect(() => checkTop(11, LIMIT, '--top is "11"')).toThrow(
      new OptionError('option-invalid', '--top is "11"; expected at most 10: there is no room; take fewer.'),
    );
  });
});

describe('pieces in one string', () => {
  const what = { is: 'The picture', advice: 'ask for fewer lanes' };

  it('are joined in their order', () => {
    expect(joinPieces(['a', '', 'bc'], what)).toBe('abc');
    expect(joinPieces([], what)).toBe('');
  });

  it('are refused where a string has no room for them', () => {
    const much = 'x'.repeat(2 ** 28); // V8 has strings of fewer than 2 ** 29 characters
    expect(() => joinPieces([much, much], what)).toThrow(
      new OptionError(
        'option-invalid',
        'The picture has more text than one string can hold: ask for fewer lanes.',
      ),
    );
  });

  it('leave other failures as they are', () => {
    const failing = function* (): Generator<string> {
      yield 'a';
      throw new RangeError('another');
    };
    expect(() => joinPieces(failing(), what)).toThrow(new RangeError('another'));
  });
});
