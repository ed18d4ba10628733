/** Numbers of which most are small and whole, as seconds and bytes are: those are counted, the others kept. */
import { GrowingNumbers } from './growing-numbers.ts';

/** Whole numbers below this are counted by themselves. */
const SMALL = 1 << 16;

export class CountedNumbers {
  readonly #small = new Int32Array(SMALL);
  readonly #others = new GrowingNumbers(Float64Array);
  #count = 0;
  #sorted: Float64Array | undefined;

  push(value: number): void {
    this.#count++;
    if (value < SMALL && value >= 0 && Number.isInteger(value)) (this.#small[value] as number)++;
    else {
      this.#others.push(value);
      this.#sorted = undefined;
    }
  }

  get count(): number {
    return this.#count;
  }

  /** Each number and how many there are of it; the least first. A number may come several times. */
  *ascending(): Generator<readonly [value: number, count: number]> {
    this.#sorted ??= this.#others.sorted();
    const others = this.#sorted;
    let next = 0;
    for (let value = 0; value < SMALL; value++) {
      const count = this.#small[value] as number;
      if (count === 0) continue;
      for (; next < others.length && (others[next] as number) < value; next++)
        yield [others[next] as number, 1];
      yield [value, count];
    }
    for (; next < others.length; next++) yield [others[next] as number, 1];
  }

  /** The number at a place when all are put in order; undefined where there are none. */
  at(place: number): number | undefined {
    let before = 0;
    for (const [value, count] of this.ascending()) {
      before += count;
      if (place < before) return value;
    }
    return undefined;
  }

  /** How many are at most so much: of each step, more than the step before. The last count is of what is more than all. */
  upTo(steps: readonly number[]): number[] {
    return this.#between(steps, (value, step) => value > step);
  }

  /** How many are less than so much, in the same way. */
  below(steps: readonly number[]): number[] {
    return this.#between(steps, (value, step) => value >= step);
  }

  #between(steps: readonly number[], isBeyond: (value: number, step: number) => boolean): number[] {
    const counts = Array.from({ length: steps.length + 1 }, () => 0);
    let step = 0;
    for (const [value, count] of this.ascending()) {
      while (step < steps.length && isBeyond(value, steps[step] as number)) step++;
      counts[step] = (counts[step] as number) + count;
    }
    return counts;
  }
}
