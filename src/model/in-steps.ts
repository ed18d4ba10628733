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
  let from = items;
  let to: T[] = [];
  for (let at = 0; at < items.length; at += STEP) {
    const run = items.slice(at, at + STEP).sort(compare);
    for (const [i, item] of run.entries()) items[at + i] = item;
    yield;
  }
  for (let width = STEP; width < items.length; width *= 2) {
    for (let at = 0; at < items.length; at += 2 * width) yield* merge(from, to, at, width, compare);
    [from, to] = [to, from];
  }
  if (from !== items) for (const [i, item] of from.entries()) items[i] = item;
}

/** Merges two runs that lie behind one another, each as wide as given or up to the end. */
function* merge<T>(
  from: readonly T[],
  to: T[],
  begin: number,
  width: number,
  compare: (a: T, b: T) => number,
): Steps<void> {
  const middle = Math.min(begin + width, from.length);
  const end = Math.min(begin + 2 * width, from.length);
  let left = begin;
  let right = middle;
  // Mostly in order already.
  const isInOrder = middle === end || compare(from[middle - 1] as T, from[middle] as T) <= 0;
  for (let at = begin; at < end; at++) {
    if ((at - begin) % STEP === STEP - 1) yield;
    const isLeft =
      isInOrder || right === end
        ? left < middle
        : left < middle && compare(from[left] as T, from[right] as T) <= 0;
    to[at] = (isLeft ? from[left++] : from[right++]) as T;
  }
}
