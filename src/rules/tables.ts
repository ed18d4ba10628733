/**
 * Tables that find rows of the room by a hash, for keys where looking through a list would take too long. What makes two rows
 * the same is asked by whoever looks: a table knows hashes and addresses alone.
 */
import { fillBytes, putWord, wordAt } from './port.ts';
import { take } from './room.ts';

// A table: its slots 0, how many they are less one 4, how many are taken 8. A slot: hash 0, row 4; 0 for none.
const TABLE_SIZE: u32 = 16;
const FIRST_SLOTS: u32 = 32;

/** An empty table; 0 where there is no memory. */
export function newTable(): usize {
  const table = take(TABLE_SIZE);
  const slots = take(FIRST_SLOTS << 3);
  if (table === 0 || slots === 0) return 0;
  fillBytes(slots, 0, FIRST_SLOTS << 3);
  putWord(table, slots);
  putWord(table + 4, FIRST_SLOTS - 1);
  putWord(table + 8, 0);
  return table;
}

/** The first slot that a row of this hash may be in. */
export function slotOf(table: usize, hash: u32): usize {
  return wordAt(table) + ((hash & wordAt(table + 4)) << 3);
}

/** The slot to look into when that one holds another row. */
export function slotBehind(table: usize, slot: usize): usize {
  const slots: usize = wordAt(table);
  const behind = slot + 8;
  return behind > slots + (wordAt(table + 4) << 3) ? slots : behind;
}

export function hashIn(slot: usize): u32 {
  return wordAt(slot);
}
/** 0 for a free slot. */
export function rowIn(slot: usize): usize {
  return wordAt(slot + 4);
}

/** Puts another row of the same hash into a slot. */
export function putRow(slot: usize, row: usize): void {
  putWord(slot + 4, row);
}

/** Puts a row into a free slot; false where there is no memory for those that come next. */
export function fillSlot(table: usize, slot: usize, hash: u32, row: usize): bool {
  putWord(slot, hash);
  putWord(slot + 4, row);
  const used = wordAt(table + 8) + 1;
  putWord(table + 8, used);
  return used * 2 <= wordAt(table + 4) || grow(table);
}

function grow(table: usize): bool {
  const from: usize = wordAt(table);
  const count: u32 = wordAt(table + 4) + 1;
  const slots = take(count << 4);
  if (slots === 0) return false;
  fillBytes(slots, 0, count << 4);
  putWord(table, slots);
  putWord(table + 4, count * 2 - 1);
  for (let old = from; old < from + (count << 3); old += 8) {
    const row = rowIn(old);
    if (row === 0) continue;
    let slot = slotOf(table, hashIn(old));
    while (rowIn(slot) !== 0) slot = slotBehind(table, slot);
    putWord(slot, hashIn(old));
    putWord(slot + 4, row);
  }
  return true;
}
