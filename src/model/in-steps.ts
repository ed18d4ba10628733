/**
 * Long work in steps, so that signals, timers and other work of the same thread get their turns. Work that may be long
 * is a generator that yields where it may rest; whoever drives it decides whether to (pauses.ts). Nothing here knows what
 * the work is, and it runs in browsers too.
 */

/** Work that yields where it may rest, and returns its result. */
export type Steps<T> = Generator<undefined, T>;

/** Items that are worked on between two places where work may rest: some milliseconds. */
export const STEP = 16_384;

/** Does work to its end without rest; gives its result. */
export const runThrough = <T>(steps: Steps<T>): T => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** Sorts in place, stably, as `items.sort(compare)` does. */
export function* sortInSteps<T>(items: T[], compare: (a: T, b: T) => number): Steps<void> {
  if (items.length <= STEP) {
    items.sort(compare);
    return;
  }
  for (let at = 0; at < items.length; at += STEP) {
    const run = items.slice(at, at + STEP).sort(compare);
    for (let i = 0; i < run.length; i++) items[at + i] = run[i] as T;
    yield;
  }
  for (let width = STEP; width < items.length; width *= 2) {
    for (let at = 0; at + width < items.length; at += 2 * width)
      yield* merge(items, at, at + width, Math.min(at + 2 * width, items.length), compare);
  }
}

/** Merges two runs that lie behind one another. What is in its place already, mostly nearly all, is not touched. */
function* merge<T>(
  items: T[],
  begin: number,
  middle: number,
  end: number,
  compare: (a: T, b: T) => number,
): Steps<void> {
  let to = firstAbove(items, begin, middle, items[middle] as T, compare);
  const left = items.slice(to, middle);
  let right = middle;
  for (let i = 0; i < left.length; to++) {
    if ((to - begin) % STEP === STEP - 1) yield;
    const item = left[i] as T;
    if (right < end && compare(items[right] as T, item) < 0) items[to] = items[right++] as T;
    else {
      items[to] = item;
      i++;
    }
  }
}

/** Where in a run the first item stands that comes behind the given one. */
const firstAbove = <T>(
  items: readonly T[],
  begin: number,
  end: number,
  given: T,
  compare: (a: T, b: T) => number,
): number => {
  let low = begin;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(items[middle] as T, given) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
};
