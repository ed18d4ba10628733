/** The clock of a stream, step by step, as docs/stream.md has it: who moves it, how far, and who must wait for others. */
import { describe, expect, it } from 'vitest';
import { advance, type Clock, stepFor, timeOf } from '../../src/stream/watermark.ts';

const STEP = 900;
const BEGINNING: Clock = { newest: null, claims: [] };

const claim = (time: number) => ({ time, line: `the record of ${time}` });
const at = (newest: number | null, ...times: number[]): Clock => ({ newest, claims: times.map(claim) });
/** The clock after a record each of these times. */
const clockAfter = (clock: Clock, ...times: number[]): Clock =>
  times.reduce((now, time) => advance(now, time, STEP, () => claim(time).line), clock);

describe('the time that a record shows', () => {
  it('is the later of its two, or the one that it has', () => {
    expect(timeOf({ start: 100, end: 160 })).toBe(160);
    expect(timeOf({ start: 160, end: 100 })).toBe(160);
    expect(timeOf({ start: 100, end: null })).toBe(100);
    expect(timeOf({ start: null, end: 160 })).toBe(160);
    expect(timeOf({ start: 0, end: 0 })).toBe(0);
  });

  it('is none where it has neither', () => {
    expect(timeOf({ start: null, end: null })).toBeNull();
  });
});

it('a record moves the clock by the allowed lateness at most, and by 900 s where that is less', () => {
  expect([0, 899, 900, 901, 7200].map(stepFor)).toEqual([900, 900, 900, 901, 7200]);
});

describe('in the beginning', () => {
  it('one record is believed by nobody, and the earlier of two is', () => {
    expect(clockAfter(BEGINNING, 5000)).toEqual(at(null, 5000));
    expect(clockAfter(BEGINNING, 5000, 1000)).toEqual(at(1000, 5000));
    expect(clockAfter(BEGINNING, 1000, 5000)).toEqual(at(1000, 5000));
    // In the first minutes of 1970 too.
    expect(clockAfter(BEGINNING, 100)).toEqual(at(null, 100));
  });

  it('the later of two is believed too when it lies within a step', () => {
    expect(clockAfter(BEGINNING, 1900, 1000)).toEqual(at(1900));
    expect(clockAfter(BEGINNING, 1901, 1000)).toEqual(at(1000, 1901));
  });

  it('a record that comes twice counts once', () => {
    expect(clockAfter(BEGINNING, 5000, 5000)).toEqual(at(null, 5000));
  });
});

describe('a clock that goes', () => {
  it('follows a record to the end of a step, and no further', () => {
    expect(clockAfter(at(1000), 1900)).toEqual(at(1900));
    expect(clockAfter(at(1000), 1901)).toEqual(at(1000, 1901));
  });

  it('stays where it is for a record of before, and is the same value then', () => {
    const clock = at(1000);
    expect(clockAfter(clock, 1000)).toBe(clock);
    expect(clockAfter(clock, 0)).toBe(clock);
  });

  it('asks for no line of a record that is believed', () => {
    const ask = (): string => {
      throw new Error('asked');
    };
    expect(advance(at(1000), 1500, STEP, ask)).toEqual(at(1500));
    expect(() => advance(at(1000), 5000, STEP, ask)).toThrow('asked');
  });

  it('forgets what was claimed when any record comes within the step', () => {
    for (const time of [0, 1000, 1900])
      expect(clockAfter(at(1000, 5000, 6000), time)).toEqual(at(Math.max(1000, time)));
  });

  it('believes the earliest of three different records in a row', () => {
    expect(clockAfter(at(1000), 7000, 5000)).toEqual(at(1000, 5000, 7000));
    // 5000 and 7000 lie more than 900 s beyond 3000, and beyond each other.
    expect(clockAfter(at(1000), 7000, 5000, 3000)).toEqual(at(3000, 5000, 7000));
    expect(clockAfter(at(1000), 7000, 5000, 7000)).toEqual(at(1000, 5000, 7000));
  });

  it('believes with it whatever follows it by steps', () => {
    expect(clockAfter(at(1000), 4800, 3900, 3000)).toEqual(at(4800));
    // From 3900 to 4801 it is more than a step.
    expect(clockAfter(at(1000), 4801, 3900, 3000)).toEqual(at(3900, 4801));
  });
});
