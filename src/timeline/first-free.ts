/**
 * Places in a row that are taken and become free: who comes takes the first that is free. A tree over the places holds
 * the earliest end below each branch, so that a thousand places that are all taken are not looked at one by one.
 */
export class FirstFree {
  /** Leaves, a power of two. */
  readonly #width: number;
  /** The earliest moment at which a place below is free; node 1 is the root, the children of n are 2n and 2n + 1. */
  readonly #freeFrom: Float64Array;

  /** @param most how many come, and so how many places there may be */
  constructor(most: number) {
    this.#width = 2 ** Math.ceil(Math.log2(Math.max(1, most)));
    this.#freeFrom = new Float64Array(2 * this.#width).fill(Number.NEGATIVE_INFINITY);
  }

  /** Takes the first place that was free before `from`, until `to`; its number, from 0. */
  take(from: number, to: number): number {
    const freeFrom = this.#freeFrom;
    let node = 1;
    while (node < this.#width) node = (freeFrom[2 * node] as number) < from ? 2 * node : 2 * node + 1;
    const place = node - this.#width;
    freeFrom[node] = to;
    for (node >>= 1; node > 0; node >>= 1)
      freeFrom[node] = Math.min(freeFrom[2 * node] as number, freeFrom[2 * node + 1] as number);
    return place;
  }
}
