/** Durations and the ends of classes as people read them. */
import { describe, expect, it } from 'vitest';
import { spellDuration, spellStep } from '../../src/model/spell-values.ts';

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [238, '238 s'],
    [599, '599 s'],
    [600, '10 min 00 s'],
    [3599, '59 min 59 s'],
    [4210, '1 h 10 min'],
    [86400, '1 d 00 h'],
    [5 * 86400 + 3 * 3600, '5 d 03 h'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(spellDuration(seconds)).toBe(text);
  });
});

describe('the end of a class', () => {
  it.each([
    [90, '90 s'],
    [120, '2 min'],
    [1800, '30 min'],
    [4 * 3600, '4 h'],
    [86400, '1 d'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(spellStep(seconds)).toBe(text);
  });
});
