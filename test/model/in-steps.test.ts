/** Work in steps: the same result with rests and without, and turns of the event loop for others. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runThrough, STEP, type Steps, sortInSteps } from '../../src/model/in-steps.ts';
import { Pauses } from '../../src/model/pauses.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A clock by which every look finds that others have waited long enough. */
const hurryClock = (): void => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 1000;
    return now;
  });
};

interface Item {
  readonly value: number;
  readonly place: number;
}

const byValue = (a: Item, b: Item): number => a.value - b.value;

/** Rests on the way through. */
const restsOf = (steps: Steps<unknown>): number => {
  let rests = 0;
  while (steps.next().done !== true) rests++;
  return rests;
};

describe('sorting in steps', () => {
  const orders: Readonly<Record<string, (i: number, count: number) => number>> = {
    rising: (i) => i,
    falling: (i, count) => count - i,
    mixed: (i) => (i * 7919) % 1009, // a prime step: all of 0 to 1008 in turns
    equal: () => 1,
  };
  const counts = [0, 1, 2, STEP, STEP + 1, 2 * STEP, 2 * STEP + 1, 5 * STEP + 7];

  it.each(Object.keys(orders))('orders items as sort does, equal ones as they were: %s', (name) => {
    for (const count of counts) {
      const items = Array.from(
        { length: count },
        (_, place): Item => ({ value: orders[name]?.(place, count) as number, place }),
      );
      const expected = [...items].sort(byValue);
      runThrough(sortInSteps(items, byValue));
      expect(items.length).toBe(count);
      expect(items.every((item, i) => item === expected[i])).toBe(true);
    }
  });

  it('rests at least once in so many items', () => {
    const items = Array.from({ length: 8 * STEP }, (_, i) => (i * 7919) % 1009);
    expect(restsOf(sortInSteps(items, (a, b) => a - b))).toBeGreaterThanOrEqual(8);
    expect(restsOf(sortInSteps([3, 1, 2], (a, b) => a - b))).toBe(0);
  });

  it('compares what is in order hardly more than once', () => {
    let compared = 0;
    const items = Array.from({ length: 8 * STEP }, (_, i) => i);
    runThrough(
      sortInSteps(items, (a, b) => {
        compared++;
        return a - b;
      }),
    );
    expect(compared).toBeLessThan(items.length * 1.01);
  });
});

describe('pauses', () => {
  function* counting(to: number): Steps<number> {
    for (let i = 0; i < to; i++) yield;
    return to;
  }

  it('give others their turns, as often as they are due', async () => {
    hurryClock();
    let turns = 0;
    let isDone = false;
    const others = (async () => {
      while (!isDone) {
        await nextTurn();
        turns++;
      }
    })();
    expect(await new Pauses().through(counting(50))).toBe(50);
    isDone = true;
    await others;
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  it('are not due at once', () => {
    vi.spyOn(performance, 'now').mockReturnValue(5);
    expect(new Pauses().due).toBe(false);
  });

  it('end work whose signal was aborted meanwhile, with its reason', async () => {
    hurryClock();
    const controller = new AbortController();
    const reason = new Error('enough');
    let steps = 0;
    function* endless(): Steps<void> {
      for (;;) {
        steps++;
        yield;
      }
    }
    setImmediate(() => controller.abort(reason));
    await expect(new Pauses(controller.signal).through(endless())).rejects.toBe(reason);
    expect(steps).toBeLessThan(10);
  });
});
