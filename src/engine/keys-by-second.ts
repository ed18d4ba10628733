/** The keys of a store by their first second; those of one second in any order. */
import { KEY, type RecordStore, secondOf } from '../correlate/record-store.ts';

export const keysBySecond = (store: RecordStore): Uint32Array => {
  const count = store.keyCount;
  const second = (key: number): number => secondOf(store.key(key, KEY.first));
  let least = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let key = 0; key < count; key++) {
    const at = second(key);
    if (at > 0) least = Math.min(least, at);
    largest = Math.max(largest, at);
  }
  if (largest - least >= 2 ** 21 - 1)
    return Uint32Array.from({ length: count }, (_, key) => key).sort((a, b) => second(a) - second(b));
  // Second and index in one double of 52 bits: the numeric sort of typed arrays needs no comparator.
  const packed = new Float64Array(count);
  for (let key = 0; key < count; key++) {
    const at = second(key);
    packed[key] = (at === 0 ? 0 : at - least + 1) * 2 ** 31 + key;
  }
  return Uint32Array.from(packed.sort(), (value) => value % 2 ** 31);
};
