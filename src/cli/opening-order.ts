/** The order of a table's rows, of which there may be millions: by opening, else by the first record; by uid where that is the same. */
import { GrowingNumbers } from '../audit/growing-numbers.ts';
import { UidColumn } from '../audit/uid-column.ts';
import { type Steps, sortInSteps } from '../model/in-steps.ts';
import type { Outline } from '../model/outline.ts';

export class OpeningOrder {
  readonly #seconds = new GrowingNumbers(Float64Array);
  readonly #uids = new UidColumn();

  get size(): number {
    return this.#uids.count;
  }

  /** Adds a row; gives its seconds, which are Infinity without a time: such rows come last. */
  push(connection: Outline): number {
    const seconds = connection.openedAt ?? connection.firstSeen ?? Number.POSITIVE_INFINITY;
    this.#seconds.push(seconds);
    this.#uids.push(connection);
    return seconds;
  }

  secondsAt(row: number): number {
    return this.#seconds.at(row);
  }

  /** The numbers of the rows; with places to rest. */
  *rows(): Steps<readonly number[]> {
    const order: number[] = [];
    for (let row = 0; row < this.size; row++) order.push(row);
    const { values } = this.#seconds;
    const uids = this.#uids;
    yield* sortInSteps(order, (a, b) => {
      const one = values[a] as number;
      const other = values[b] as number;
      return one === other ? uids.compare(a, b) : one < other ? -1 : 1;
    });
    return order;
  }
}
