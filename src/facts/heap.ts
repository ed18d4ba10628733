/** Things in a heap by an order: the first of them is known at any time, and may be put where it belongs when it has changed. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first; undefined where there is none. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (this.#compare(items[above] as T, item) <= 0) break;
      items[at] = items[above] as T;
      at = above;
    }
    items[at] = item;
  }

  /** The first one has come to stand for something later. */
  settleFirst(): void {
    if (this.#items.length > 1) this.#sink(this.#items[0] as T);
  }

  removeFirst(): void {
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) this.#sink(last);
  }

  /** Puts an item where it belongs, begun with the place of the first. */
  #sink(item: T): void {
    const items = this.#items;
    const count = items.length;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      if (below + 1 < count && this.#compare(items[below + 1] as T, items[below] as T) < 0) below++;
      if (this.#compare(item, items[below] as T) <= 0) break;
      items[at] = items[below] as T;
      at = below;
    }
    items[at] = item;
  }
}
