/**
 * Records as rows that travel: to temporary files and back, when they are more than there is memory for. A row bears its key
 * along, so that it may be filed anywhere and in any order. How it is laid out is known here alone: who keeps rows knows
 * their size, and the mark by which they are put apart or in order.
 */

import { keyIn, secondIn } from './order.ts';
import { copySixteen, putWord, wordAt } from './port.ts';
import {
  addRecord,
  findKey,
  hashOfKey,
  homeOf,
  keyAt,
  keys,
  linkRecord,
  recordAt,
  reserveRecords,
} from './store.ts';

// A row: packets 0, bytes 8, start 16, end 20, observer 24, info 28, own 32, low 36, high 40, ports 44, kind 48, mark 52.
export const SPILLED_SIZE: u32 = 56;
export const SPILLED_MARK: u32 = 52;

// What comes next of those that are copied: the key, by its place where they are in order, and its record, as keys and records
// refer to one, 0 for the first.
let nextKey: u32 = 0;
let nextRecord: u32 = 0;
let isInOrder: bool = false;

/**
 * Begins to copy all records.
 * @param inOrder key by key in the order of their seconds, by which they are marked; else marked by a hash of their key
 */
export function beginRows(inOrder: bool): void {
  nextKey = 0;
  nextRecord = 0;
  isInOrder = inOrder;
}

/** Copies records as rows to an address, so many at most; gives how many, 0 when all have been. */
export function copyRows(to: usize, most: u32): u32 {
  const until: usize = to + most * SPILLED_SIZE;
  let row = to;
  while (row < until && nextKey < keys) {
    const key = keyAt(isInOrder ? keyIn(nextKey) : nextKey);
    const mark = isInOrder ? secondIn(nextKey) : hashOf(key);
    if (nextRecord === 0) nextRecord = wordAt(key + 16);
    for (; nextRecord !== 0 && row < until; row += SPILLED_SIZE) {
      const record = recordAt(nextRecord - 1);
      copySixteen(row, record);
      putWord(row + 16, wordAt(record + 16));
      putWord(row + 20, wordAt(record + 20));
      putWord(row + 24, wordAt(record + 28));
      putWord(row + 28, wordAt(record + 32));
      putWord(row + 32, wordAt(record + 36));
      copySixteen(row + 36, key);
      putWord(row + 52, mark);
      nextRecord = wordAt(record + 24);
    }
    if (nextRecord === 0) nextKey++;
  }
  return ((row - to) / SPILLED_SIZE) as u32;
}

function hashOf(key: usize): u32 {
  return hashOfKey(wordAt(key), wordAt(key + 4), wordAt(key + 8), wordAt(key + 12));
}

function isSameKey(a: usize, b: usize): bool {
  return (
    wordAt(a) === wordAt(b) &&
    wordAt(a + 4) === wordAt(b + 4) &&
    wordAt(a + 8) === wordAt(b + 8) &&
    wordAt(a + 12) === wordAt(b + 12)
  );
}

/** The key whose ends a row has. */
function keyOf(ends: usize): usize {
  const hash = hashOf(ends);
  return findKey(wordAt(ends), wordAt(ends + 4), wordAt(ends + 8), wordAt(ends + 12), hash, homeOf(hash));
}

/**
 * Files rows. They were all filed once as rows of batches, so that their addresses are known.
 * @returns false, with nothing filed, when there is no memory for them
 */
export function fileRows(from: usize, count: u32): bool {
  if (!reserveRecords(count)) return false;
  const until: usize = from + count * SPILLED_SIZE;
  let key: usize = 0;
  for (let row = from; row < until; row += SPILLED_SIZE) {
    // Those of a key lie together.
    if (key === 0 || !isSameKey(key, row + 36)) key = keyOf(row + 36);
    const record = addRecord();
    const at = recordAt(record);
    copySixteen(at, row);
    putWord(at + 16, wordAt(row + 16));
    putWord(at + 20, wordAt(row + 20));
    putWord(at + 28, wordAt(row + 24));
    putWord(at + 32, wordAt(row + 28));
    putWord(at + 36, wordAt(row + 32));
    linkRecord(key, record);
  }
  return true;
}
