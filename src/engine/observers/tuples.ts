/** Rows of numbers that are known by one number each, in typed arrays: there may be a million of them. */
import { grown } from '../../record/grown.ts';

/** Equal rows have equal numbers, counted from 0. */
export class Tuples {
  readonly #width: number;
  #values: Uint32Array<ArrayBuffer>;
  #slots = new Uint32Array(128);
  #count = 0;

  /** @param width numbers of 32 bits in a row */
  constructor(width: number) {
    this.#width = width;
    this.#values = new Uint32Array(width * 32);
  }

  /** How many different rows there have been. */
  get size(): number {
    return this.#count;
  }

  /** The number of a row. */
  of(...row: readonly number[]): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(row, 0) & mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === 0) break;
      if (this.#is(at - 1, row)) return at - 1;
      slot = (slot + 1) & mask;
    }
    const number = this.#count++;
    const from = number * this.#width;
    if (from === this.#values.length) this.#values = grown(this.#values, from * 2);
    this.#values.set(row, from);
    this.#slots[slot] = number + 1;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return number;
  }

  /** A number of the row that has a number. */
  at(number: number, column: number): number {
    return this.#values[number * this.#width + column] as number;
  }

  #is(number: number, row: readonly number[]): boolean {
    const from = number * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#values[from + i] !== row[i]) return false;
    return true;
  }

  #hash(values: ArrayLike<number>, from: number): number {
    let hash = 0;
    for (let i = from; i < from + this.#width; i++)
      hash = Math.imul((hash << 5) ^ (hash >>> 27) ^ (values[i] as number), 0x9e3779b1);
    return hash ^ (hash >>> 15);
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.#count; number++) {
      let slot = this.#hash(this.#values, number * this.#width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}
