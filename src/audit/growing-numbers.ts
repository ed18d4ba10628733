/** Numbers one after another, eight bytes each: what becomes millions is kept in no array of objects. */

const FIRST = 1024;

export class GrowingNumbers {
  #values = new Float64Array(FIRST);
  #count = 0;

  push(value: number): void {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(this.#count * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#count++] = value;
  }

  at(i: number): number {
    return this.#values[i] as number;
  }

  set(i: number, value: number): void {
    this.#values[i] = value;
  }

  get count(): number {
    return this.#count;
  }

  /** A sorted copy. */
  sorted(): Float64Array {
    return this.#values.slice(0, this.#count).sort();
  }
}
