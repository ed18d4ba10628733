/**
 * One key with very many records: the work grows with their number, not with its square, and rests in between. What is
 * counted are looks at records, never seconds.
 */
import { describe, expect, it, vi } from 'vitest';
import { divide, dividing } from '../../src/correlate/divide.ts';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { partByScope, VpcOfVantage } from '../../src/correlate/scope.ts';
import { countWindows } from '../../src/correlate/windows.ts';
import { STEP } from '../../src/model/in-steps.ts';
import { describeVantages, surveyVantages, type VantageContext } from '../../src/path/vantages.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { connectionsOf, HEADER, record, T0 } from '../build.ts';
import { keyRecord, observersOf } from '../build-records.ts';

/** Records of so many interfaces, each in a VPC of its own, and how often they were looked at. */
const seenByMany = (count: number, partsOf: (i: number) => Partial<KeyRecord>) => {
  let looks = 0;
  const { observers } = observersOf(
    Array.from({ length: count }, (_, i) => ({ interfaceId: `eni-${i}`, vpcId: `vpc-${i}` })),
  );
  const records = Array.from({ length: count }, (_, i) => {
    const vantage = observers.vantageOf(i) as number;
    return new Proxy(keyRecord({ observer: i, vantage, start: T0, end: T0 + 60, ...partsOf(i) }), {
      get: (target, name) => {
        looks++;
        return Reflect.get(target, name);
      },
    });
  });
  return { records, observers, looks: () => looks };
};

type Many = ReturnType<typeof seenByMany>;

const contextOf = ({ observers }: Many): VantageContext => ({
  observers,
  ownAddress: () => null,
  addressText: String,
  addresses: [1, 2],
  isV6: false,
});

const OPTIONS = { isTcp: true, isV6: false, openSeconds: 3600 };

/** What is done with the records of a key, one thing after the other, and what comes of n of them. */
const WORKS: Readonly<Record<string, readonly [(many: Many) => number, (count: number) => number]>> = {
  'parting them by networks that do not belong together': [
    ({ records, observers }) =>
      partByScope(records, 'auto', observers, new VpcOfVantage(observers), false).length,
    (count) => count,
  ],
  // One interval with a SYN and a FIN, seen by all: one connection.
  'dividing them into connections': [({ records }) => divide(records, OPTIONS).length, () => 1],
  'counting their windows': [({ records }) => countWindows(records), () => 1],
  'surveying who saw them': [
    (many) => describeVantages(surveyVantages(many.records, 0, contextOf(many)), contextOf(many)).length,
    (count) => count,
  ],
};

describe('a key that was seen by very many interfaces', () => {
  it.each(Object.keys(WORKS))('takes work in proportion to its records: %s', (name) => {
    const [work, expected] = WORKS[name] as (typeof WORKS)[string];
    for (const parts of [() => ({ flags: 3 }), (i: number) => ({ flags: 3, srcRewritten: i % 2 === 0 })]) {
      const [few, many] = [seenByMany(400, parts), seenByMany(1600, parts)];
      expect(work(few)).toBe(expected(400));
      expect(work(many)).toBe(expected(1600));
      // Four times the records; the square would be sixteen times the looks.
      expect(many.looks() / few.looks()).toBeLessThan(5);
    }
  });

  it('is one connection where they are of one VPC, and one each where they are not', async () => {
    const lines = (vpcOf: (i: number) => string) =>
      Array.from({ length: 3000 }, (_, i) => record({ flags: 'SYN FIN', eni: `eni-${i}`, vpc: vpcOf(i) }));
    const together = await connectionsOf(lines(() => 'vpc-1'));
    expect(together.map(({ records, vantages }) => [records, vantages.length])).toEqual([[3000, 3000]]);
    const apart = await connectionsOf(lines((i) => `vpc-${i}`));
    expect(apart.length).toBe(3000);
    expect(apart.every(({ records, vantages }) => records === 1 && vantages.length === 1)).toBe(true);
    expect(new Set(apart.map(({ uid }) => uid)).size).toBe(3000);
  });
});

describe('a key with very many records', () => {
  it('is divided with rests', () => {
    const records = Array.from({ length: 4 * STEP }, (_, i) =>
      keyRecord({ start: T0 + 60 * i, end: T0 + 60 * i + 60, flags: 0 }),
    );
    const steps = dividing(records, OPTIONS);
    let rests = 0;
    for (let step = steps.next(); step.done !== true; step = steps.next()) rests++;
    expect(rests).toBe(4);
  });

  it('ends when its signal is aborted, although its connection is not judged yet', async () => {
    // Every look at the clock finds that others have waited long enough.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 1000;
      return now;
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    async function* input(): AsyncGenerator<string> {
      for (let from = 0; from < 3 * STEP; from += STEP)
        yield `${HEADER}\n${Array.from({ length: STEP }, (_, i) => record({ start: 60 * (from + i) })).join('\n')}\n`;
      // Heard in the first turn that others get once everything has been read.
      setImmediate(() => setImmediate(() => controller.abort(reason)));
    }
    const given: unknown[] = [];
    const run = async () => {
      for await (const connection of reconstruct(input(), { signal: controller.signal }))
        given.push(connection);
    };
    await expect(run()).rejects.toBe(reason);
    expect(given).toEqual([]);
    vi.restoreAllMocks();
  });
});
