/**
 * Rows in the order of two of their words, the first before the second: many are put in order in steps. Who sorts writes
 * into the words what it goes by.
 */
import { look } from './answers.ts';
import { copyBytes, putWord, wordAt } from './port.ts';

/** Rows that are put in order by insertion; more by merging runs of so many. */
const RUN: u32 = 16;

let list: usize = 0;
let spare: usize = 0;
let count: u32 = 0;
/** Where in a row the first of the two words is. */
let key: u32 = 0;
let width: u32 = 0;
let merged: u32 = 0;
/** How far runs have been put in order. */
let inRuns: u32 = 0;
let left: u32 = 0;
let leftEnd: u32 = 0;
let right: u32 = 0;
let rightEnd: u32 = 0;

/**
 * Begins to sort.
 * @param addresses of so many rows, and as much room behind them
 * @param at where in a row the first of the two words is
 */
export function beginSort(addresses: usize, rows: u32, at: u32): void {
  list = addresses;
  spare = addresses + (rows << 2);
  count = rows;
  key = at;
  width = RUN;
  merged = 0;
  rightEnd = 0;
  inRuns = 0;
}

/** Goes on; true where it is time to rest. */
export function sortOn(): bool {
  while (inRuns < count) {
    const until: u32 = count - inRuns > RUN ? inRuns + RUN : count;
    sortRun(inRuns, until);
    inRuns = until;
    if (look(RUN) && inRuns < count) return true;
  }
  while (width < count) {
    while (merged < count) if (mergeSome()) return true;
    const other = list;
    list = spare;
    spare = other;
    merged = 0;
    rightEnd = 0;
    width = width << 1;
  }
  return false;
}

/** Where the addresses lie in their order. */
export function sorted(): usize {
  return list;
}

function rowAt(place: u32): usize {
  return wordAt(list + (place << 2));
}

function isAfter(a: usize, b: usize): bool {
  const one = wordAt(a + key);
  const other = wordAt(b + key);
  return one === other ? wordAt(a + key + 4) > wordAt(b + key + 4) : one > other;
}

function sortRun(from: u32, until: u32): void {
  for (let i = from + 1; i < until; i++) {
    const row = rowAt(i);
    let j = i;
    for (; j > from && isAfter(rowAt(j - 1), row); j--) putWord(list + (j << 2), rowAt(j - 1) as u32);
    putWord(list + (j << 2), row as u32);
  }
}

function mergeSome(): bool {
  if (merged >= rightEnd) {
    left = merged;
    leftEnd = count - merged > width ? merged + width : count;
    right = leftEnd;
    rightEnd = count - right > width ? right + width : count;
    if (right === rightEnd || !isAfter(rowAt(right - 1), rowAt(right))) {
      copyBytes(spare + (merged << 2), list + (merged << 2), (rightEnd - merged) << 2);
      merged = rightEnd;
      return look(1);
    }
  }
  for (; merged < rightEnd; merged++) {
    if (look(1)) return true;
    const takesLeft = right === rightEnd || (left < leftEnd && !isAfter(rowAt(left), rowAt(right)));
    putWord(spare + (merged << 2), takesLeft ? (rowAt(left++) as u32) : (rowAt(right++) as u32));
  }
  return false;
}
