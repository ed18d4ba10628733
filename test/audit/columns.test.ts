/** The columns that the audit keeps of millions of connections: each is held to the plain thing that it stands for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountedNumbers } from '../../src/audit/counted-numbers.ts';
import { GrowingNumbers } from '../../src/audit/growing-numbers.ts';
import { Ledger } from '../../src/audit/ledger.ts';
import { PairIds } from '../../src/audit/pair-ids.ts';
import { TRAIT } from '../../src/audit/traits.ts';
import { UidColumn } from '../../src/audit/uid-column.ts';
import type { Outline } from '../../src/model/outline.ts';
import { connection } from '../export/connection.ts';

describe('growing numbers', () => {
  it.each([
    ['doubles', () => new GrowingNumbers(Float64Array)],
    ['words', () => new GrowingNumbers(Int32Array)],
    ['half words', () => new GrowingNumbers(Uint16Array)],
  ])('hold what was put in, as %s', (_, create) => {
    const numbers = create();
    const values = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 65_521);
    for (const value of values) numbers.push(value);
    expect(numbers.count).toBe(5000);
    expect(values.every((value, i) => numbers.at(i) === value)).toBe(true);
    expect([...numbers.sorted()]).toEqual([...values].sort((a, b) => a - b));
    const seen = numbers.values;
    expect(seen.length).toBe(5000);
    numbers.put(4000, 9);
    expect(seen[4000]).toBe(9);
    expect([numbers.at(3999), numbers.at(4000), numbers.at(4001)]).toEqual([values[3999], 9, values[4001]]);
  });
});

describe('counted numbers', () => {
  const anyNumbers = fc.array(
    fc.oneof(
      fc.nat({ max: 20 }),
      fc.constantFrom(0.5, 3.25, 65_535, 65_536, 65_537, -3, 1e9, 65_535.5),
      fc.nat({ max: 70_000 }),
    ),
  );

  it('are all numbers in their order', () => {
    fc.assert(
      fc.property(anyNumbers, (values) => {
        const counted = new CountedNumbers();
        for (const value of values) counted.push(value);
        const sorted = [...values].sort((a, b) => a - b);
        expect(counted.count).toBe(values.length);
        expect(
          [...counted.ascending()].flatMap(([value, count]) => Array<number>(count).fill(value)),
        ).toEqual(sorted);
        for (let place = 0; place <= values.length; place++) expect(counted.at(place)).toBe(sorted[place]);
        const steps = [0, 3, 10, 65_536];
        const within = (from: number, to: number): number =>
          values.filter((value) => value > from && value <= to).length;
        const bounds = [Number.NEGATIVE_INFINITY, ...steps, Number.POSITIVE_INFINITY];
        expect(counted.upTo(steps)).toEqual(bounds.slice(1).map((to, i) => within(bounds[i] as number, to)));
        const below = (from: number, to: number): number =>
          values.filter((value) => value >= from && value < to).length;
        expect(counted.below(steps)).toEqual(bounds.slice(1).map((to, i) => below(bounds[i] as number, to)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('numbers of pairs', () => {
  it('are equal for equal pairs, and without gaps', () => {
    const word = fc.oneof(fc.nat({ max: 30 }), fc.constantFrom(-1, 65_535, 0x7fffffff));
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), (asked) => {
        const ids = new PairIds();
        const known = new Map<string, number>();
        for (const [first, second] of asked) {
          const name = `${first} ${second}`;
          if (!known.has(name)) known.set(name, known.size);
          const id = ids.of(first, second);
          expect(id).toBe(known.get(name));
          expect([ids.first(id), ids.second(id)]).toEqual([first, second]);
        }
        expect(ids.size).toBe(known.size);
      }),
      { numRuns: 100 },
    );
  });

  it('are told apart when there are many, twice asked', () => {
    const ids = new PairIds();
    for (const _ of [1, 2]) {
      for (let i = 0; i < 200_000; i++) {
        if (ids.of(i % 700, Math.floor(i / 700)) !== i) throw new Error(`${i} is another.`);
      }
    }
    expect(ids.size).toBe(200_000);
  });
});

describe('a column of uids', () => {
  it('gives every uid back, of outlines and of connections', () => {
    const uids = new UidColumn();
    const names = Array.from({ length: 3000 }, (_, i) => `C${String(i).padStart(17, 'x')}`);
    for (const [i, uid] of names.entries()) {
      const plain = { uid } as Outline;
      const outline: Outline = {
        ...plain,
        uid: 'not asked',
        copyUid: (into, at) => void Buffer.from(uid).copy(into, at),
      };
      uids.push(i % 3 === 0 ? plain : outline);
    }
    const order = (all: UidColumn): string[] =>
      Array.from({ length: all.count }, (_, i) => i)
        .sort((a, b) => all.compare(a, b))
        .map((i) => all.at(i));
    expect(order(uids)).toEqual(names.toSorted());
    const copied = new UidColumn();
    for (const uid of names.toReversed())
      copied.push({ uid, copyUid: (into, at) => void Buffer.from(uid).copy(into, at) } as Outline);
    expect(order(copied)).toEqual(names.toSorted());
    expect(copied.compare(7, 7)).toBe(0);
    // Whoever makes connections may name them as they like.
    uids.push({ uid: 'short' } as Outline);
    expect(uids.count).toBe(3001);
    expect(names.every((uid, i) => uids.at(i) === uid)).toBe(true);
    expect(uids.at(3000)).toBe('short');
  });
});

describe('pairs', () => {
  it('have the lines of an initiator and a service, and groups of both', () => {
    const ledger = new Ledger();
    const talks = [
      ['10.0.0.1', '10.0.0.9', 443, TRAIT.counts],
      ['10.0.0.2', '10.0.0.9', 443, TRAIT.counts | TRAIT.answered],
      ['10.0.0.1', '10.0.0.9', 443, TRAIT.answered],
      ['10.0.0.1', '10.0.0.9', null, TRAIT.short],
      ['10.0.0.9', '10.0.0.1', 443, TRAIT.counts],
    ] as const;
    for (const [initiator, responder, port, traits] of talks) {
      const whole = connection();
      ledger.add(
        {
          ...whole,
          initiator: { ...whole.initiator, address: initiator },
          responder: { ...whole.responder, address: responder, port },
        },
        traits,
      );
    }
    const pairs = ledger.pairs();
    const all = [0, 1, 2, 3];
    expect(pairs.size).toBe(4);
    expect([...pairs.withAtLeast(1, 0)]).toEqual(all);
    expect([...pairs.withAtLeast(2, 0)]).toEqual([0]);
    expect([...pairs.withAtLeast(1, TRAIT.answered)]).toEqual([0, 1]);
    const nameOf = (pair: number) => [
      pairs.initiator(pair),
      pairs.responder(pair),
      pairs.port(pair),
      [...pairs.lines(pair)],
    ];
    expect(all.map(nameOf)).toEqual([
      ['10.0.0.1', '10.0.0.9', 443, [0, 2]],
      ['10.0.0.2', '10.0.0.9', 443, [1]],
      ['10.0.0.1', '10.0.0.9', null, [3]],
      ['10.0.0.9', '10.0.0.1', 443, [4]],
    ]);
    const groups = (all: Iterable<Int32Array>) => [...all].map((group) => [...group]).sort();
    expect(groups(pairs.byInitiator)).toEqual([[0, 2], [1], [3]]);
    expect(groups(pairs.byService)).toEqual([[0, 1], [2], [3]]);
    // One of its lines has one trait, the other the other: none has both.
    const both = TRAIT.counts | TRAIT.answered;
    expect(all.map((pair) => pairs.mayHold(pair, both))).toEqual([true, true, false, false]);
    expect(all.map((pair) => pairs.holds(pair, both))).toEqual([false, true, false, false]);
    expect(all.map((pair) => pairs.countOf(pair, TRAIT.counts))).toEqual([1, 1, 0, 1]);
    const answered: number[] = [];
    for (const pair of all) pairs.collect(pair, TRAIT.answered, TRAIT.counts, answered);
    expect(answered).toEqual([2]);
  });
});
