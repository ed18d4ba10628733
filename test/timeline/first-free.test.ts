import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirstFree } from '../../src/timeline/first-free.ts';

it('takes the first place that was free before, and a new one where none was', () => {
  const places = new FirstFree(4);
  expect([places.take(0, 10), places.take(5, 6), places.take(10, 12), places.take(11, 11)]).toEqual([
    0, 1, 1, 0,
  ]);
});

it('takes the place that one finds by looking at all of them', () => {
  const stays = fc.array(fc.tuple(fc.nat(30), fc.nat(20)), { maxLength: 60 });
  fc.assert(
    fc.property(stays, (drawn) => {
      const sorted = drawn.map(([from, length]) => [from, from + length] as const).sort(([a], [b]) => a - b);
      const places = new FirstFree(sorted.length);
      const freeFrom: number[] = [];
      for (const [from, to] of sorted) {
        const free = freeFrom.findIndex((at) => at < from);
        const expected = free < 0 ? freeFrom.length : free;
        freeFrom[expected] = to;
        expect(places.take(from, to)).toBe(expected);
      }
    }),
  );
});
