/** How long a connection lasted, by its bounds: the words of each, and that they claim what is proven. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  explainLasted,
  LASTED_FORMS,
  type Lasted,
  sayBounds,
  sayLasted,
  spellBounds,
  spellLasted,
} from '../../src/model/lasted.ts';

/** Opened at second 1000, last seen at 1058: 58 s of records. */
const ended = (durationMin: number | null, durationMax: number | null): Lasted => ({
  ...{ durationMin, durationMax, endsOpen: false, openedAt: 1000, lastSeen: 1058 },
});
const open = (durationMin: number | null, given: Partial<Lasted> = {}): Lasted => ({
  ...ended(durationMin, null),
  endsOpen: true,
  ...given,
});

const MIN = 60;
const HOUR = 3600;
const DAY = 86_400;

describe('how long it lasted', () => {
  it.each<readonly [what: string, given: Lasted, cell: string, words: string]>([
    ['at most, where no least is proven', ended(0, 298), '≤ 298 s', 'lasted at most 298 s'],
    ['the same, where the least is not known', ended(null, 298), '≤ 298 s', 'lasted at most 298 s'],
    ['exact, where both bounds are equal', ended(60, 60), '60 s', 'lasted 60 s'],
    ['at least, where nothing bounds it', ended(300, null), '≥ 300 s', 'lasted at least 300 s'],
    ['between the two', ended(240, 360), '240 to 360 s', 'lasted 240 to 360 s'],
    ['not known, where nothing is proven', ended(0, null), '–', 'lasted for an unknown time'],
    ['not known without times', ended(null, null), '–', 'lasted for an unknown time'],
    ['so far, where it is still open', open(300), '≥ 300 s …', 'has lasted at least 300 s so far'],
    [
      'estimated, where its opening is known and nothing is proven',
      open(0),
      '~58 s …',
      'has lasted about 58 s so far',
    ],
    [
      'open, where its opening is not known either',
      open(0, { openedAt: null }),
      '…',
      'has lasted for an unknown time so far',
    ],
    [
      'open, where its records end where it opened',
      open(0, { lastSeen: 1000 }),
      '…',
      'has lasted for an unknown time so far',
    ],
    [
      'open, without times',
      open(null, { openedAt: null, lastSeen: null }),
      '…',
      'has lasted for an unknown time so far',
    ],
    ['not known, where the bounds contradict each other', ended(300, 240), '–', 'lasted for an unknown time'],
  ])('is %s', (_, given, cell, words) => {
    expect(spellLasted(given)).toBe(cell);
    expect(sayLasted(given)).toBe(words);
  });

  it.each<readonly [least: number | null, most: number | null, text: string]>([
    // Seconds up to ten minutes, minutes up to ten hours, hours up to ten days: the last digit is a tenth at most.
    [1, 599, '1 to 599 s'],
    [480, 600, '8 to 10 min'],
    // 713 s are 11 min 53 s, 835 s are 13 min 55 s: down to 11, up to 14.
    [713, 835, '11 to 14 min'],
    [HOUR + 10 * MIN, HOUR + 14 * MIN, '70 to 74 min'],
    [10 * HOUR - 3 * MIN, 10 * HOUR - 1, '597 to 600 min'],
    [10 * HOUR - 3 * MIN, 10 * HOUR, '9 to 10 h'],
    [2 * DAY + 1, 3 * DAY + 1, '48 to 73 h'],
    [9 * DAY + 1, 10 * DAY, '9 to 10 d'],
    // Less than one of its unit: as good as nothing is proven.
    [59, 601, '≤ 10 min 01 s'],
    [60, 601, '1 to 11 min'],
    // 1 h 10 min 30 s: up to the next minute where it bounds from above, down where from below.
    [0, 4230, '≤ 1 h 11 min'],
    [4230, null, '≥ 1 h 10 min'],
    [0, DAY - 1, '≤ 1 d 00 h'],
    [0, DAY + 1, '≤ 1 d 01 h'],
    [2 * DAY - 1, null, '≥ 1 d 23 h'],
    [0, 1.5, '≤ 2 s'],
    [1.5, null, '≥ 1 s'],
    [0, 0, '0 s'],
  ])('from %s to %s seconds is %s', (least, most, text) => {
    expect(spellBounds(least, most)).toBe(text);
  });

  it('has words where cells have signs', () => {
    expect(sayBounds(0, 298)).toBe('at most 298 s');
    expect(sayBounds(300, null)).toBe('at least 300 s');
    expect(sayBounds(null, null)).toBe('for an unknown time');
  });

  const SIZES: Readonly<Record<string, number>> = { s: 1, min: MIN, h: HOUR, d: DAY };
  /** `1 h 10 min` in seconds. */
  const secondsOf = (text: string): number =>
    [...text.matchAll(/(\d+) (\w+)/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * (SIZES[unit as string] as number),
      0,
    );

  /** What a cell claims. */
  const claimOf = (cell: string): readonly [number, number] => {
    if (cell === '–') return [0, Number.POSITIVE_INFINITY];
    if (cell.startsWith('≤')) return [0, secondsOf(cell)];
    if (cell.startsWith('≥')) return [secondsOf(cell), Number.POSITIVE_INFINITY];
    const [, low, high, unit] = /^(\d+) to (\d+) (\w+)$/.exec(cell) ?? [];
    const size = SIZES[unit as string] as number;
    return [Number(low) * size, Number(high) * size];
  };

  it('claims no more than is proven, and at most a tenth less', () => {
    const seconds = fc.oneof(fc.nat(600), fc.nat(10 * HOUR), fc.nat(400 * DAY));
    const most = fc.option(seconds, { nil: null });
    fc.assert(
      fc.property(fc.option(seconds, { nil: null }), most, (one, other) => {
        const [least, bound] = one !== null && other !== null && one > other ? [other, one] : [one, other];
        fc.pre(least !== bound || least === null);
        const [low, high] = claimOf(spellBounds(least, bound));
        const from = least ?? 0;
        const to = bound ?? Number.POSITIVE_INFINITY;
        expect(low).toBeLessThanOrEqual(from);
        expect(high).toBeGreaterThanOrEqual(to);
        expect(from - low).toBeLessThanOrEqual((bound ?? from) / 10);
        if (bound !== null) expect(high - to).toBeLessThanOrEqual(to / 10);
      }),
    );
  });
});

describe('what the signs mean', () => {
  it('is said of those that are used', () => {
    expect(explainLasted(['60 s', '–', '…'])).toBe('');
    expect(explainLasted(['≤ 298 s', '≤ 60 s'])).toBe('lasted, as far as proven: ≤\u00a0at most');
    expect(explainLasted(Object.values(LASTED_FORMS).map(({ example }) => example))).toBe(
      'lasted, as far as proven: ≤\u00a0at most; ≥\u00a0at least; A to B\u00a0between the two; ~\u00a0estimated, opening to last record',
    );
  });

  it('is told by examples that have the form', () => {
    expect(spellBounds(60, 60)).toBe(LASTED_FORMS.exact.example);
    expect(spellBounds(0, 298)).toBe(LASTED_FORMS.atMost.example);
    expect(spellBounds(300, null)).toBe(LASTED_FORMS.atLeast.example);
    expect(spellBounds(240, 360)).toBe(LASTED_FORMS.between.example);
    expect(spellLasted(open(0))).toBe(LASTED_FORMS.estimated.example);
    expect(spellBounds(null, null)).toBe(LASTED_FORMS.unknown.example);
  });
});
