/** The keys of a store by their first second; those of one second in any order. */
import { KEY, type RecordStore, secondOf } from '../correlate/record-store.ts';

/** Where keys are put in order: what is put in order there is another's until the next is. */
export class SortingRoom {
  #packed = new Float64Array(0);
  #order = new Uint32Array(0);

  /** Keys' seconds and indices, and their order, for so many keys. */
  take(count: number): { readonly packed: Float64Array; readonly order: Uint32Array } {
    if (this.#order.length < count) {
      this.#packed = new Float64Array(count);
      this.#order = new Uint32Array(count);
    }
    return { packed: this.#packed.subarray(0, count), order: this.#order.subarray(0, count) };
  }
}

export const keysBySecond = (store: RecordStore, room = new SortingRoom()): Uint32Array => {
  const count = store.keyCount;
  const second = (key: number): number => secondOf(store.key(key, KEY.first));
  let least = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let key = 0; key < count; key++) {
    const at = second(key);
    if (at > 0) least = Math.min(least, at);
    largest = Math.max(largest, at);
  }
  const { packed, order } = room.take(count);
  if (largest - least >= 2 ** 21 - 1) {
    for (let key = 0; key < count; key++) order[key] = key;
    return order.sort((a, b) => second(a) - second(b));
  }
  // Second and index in one double of 52 bits: the numeric sort of typed arrays needs no comparator.
  for (let key = 0; key < count; key++) {
    const at = second(key);
    packed[key] = (at === 0 ? 0 : at - least + 1) * 2 ** 31 + key;
  }
  packed.sort();
  for (let i = 0; i < count; i++) order[i] = (packed[i] as number) % 2 ** 31;
  return order;
};
