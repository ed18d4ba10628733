/** Numbers one after another, each of a few bytes: what becomes millions is kept in no array of objects. */

const FIRST = 1024;

type Numbers = Float64Array | Int32Array | Uint16Array | Uint8Array;

export class GrowingNumbers<N extends Numbers> {
  readonly #kind: new (
    length: number,
  ) => N;
  #values: N;
  #count = 0;

  /** @param kind Float64Array, or a smaller one where the numbers are known to fit */
  constructor(kind: new (length: number) => N) {
    this.#kind = kind;
    this.#values = new kind(FIRST);
  }

  push(value: number): void {
    this.put(this.#count, value);
  }

  /** Puts a number in the place of another, or behind the last. */
  put(i: number, value: number): void {
    if (i === this.#values.length) {
      const wider = new this.#kind(i * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[i] = value;
    if (i === this.#count) this.#count++;
  }

  at(i: number): number {
    return this.#values[i] as number;
  }

  get count(): number {
    return this.#count;
  }

  /** All of them, until more are put in; what is set shows there. */
  get values(): N {
    return this.#values.subarray(0, this.#count) as N;
  }

  /** A sorted copy. */
  sorted(): N {
    return this.#values.slice(0, this.#count).sort() as N;
  }
}
