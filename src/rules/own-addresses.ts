/**
 * Which addresses may be an interface's own, while its records are filed. Each record shows one of them, so they are a set of
 * addresses of which every record has one. Of each family all smallest such sets are kept that have a few addresses at most:
 * what is known then does not depend on the order of records, takes a fixed room however many addresses an interface shows,
 * and one family says nothing of the other. Of an interface with more addresses of its own nothing is known. Which of the
 * sets is believed is not decided here.
 */
import {
  EITHER_OWN,
  FIRST_OWN_SET,
  MOST_OWN,
  NO_OWN_LEFT,
  NO_OWN_YET,
  ONE_OWN,
  OWN_SET_SIZE,
  OWN_SETS,
  OWN_SETS_SIZE,
} from './layout.ts';
import { allocateToFile, release } from './memory.ts';
import { putWord, wordAt } from './port.ts';

/** Rooms for sets that nobody uses, linked by their first word, and how many they are. */
let free: usize = 0;
let freeCount: u32 = 0;
/** Blocks of such rooms, linked by their first word. */
let blocks: usize = 0;
const BLOCK_HEAD: u32 = 64;
const ROOMS_OF_BLOCK: u32 = 128;
const BLOCK_SIZE: u32 = BLOCK_HEAD + ROOMS_OF_BLOCK * OWN_SETS_SIZE;

/** Makes room for so many more records; false where there is no memory for it. */
export function reserveOwn(records: u32): bool {
  // A record asks for one room at most, and for one more while sets are parted.
  while (freeCount < records + 1) {
    const block = allocateToFile(BLOCK_SIZE);
    if (block === 0) return false;
    putWord(block, blocks);
    blocks = block;
    for (let i: u32 = 0; i < ROOMS_OF_BLOCK; i++) giveBack(block + BLOCK_HEAD + i * OWN_SETS_SIZE);
  }
  return true;
}

function giveBack(room: usize): void {
  putWord(room, free);
  free = room;
  freeCount++;
}

function takeRoom(): usize {
  const room = free;
  free = wordAt(room);
  freeCount--;
  putWord(room, 0);
  return room;
}

/** Forgets the rooms, whose memory has been given back. */
export function forgetOwn(): void {
  free = 0;
  freeCount = 0;
  blocks = 0;
}

/** Gives the memory of all rooms back. */
export function releaseOwn(): void {
  for (let block = blocks; block !== 0; ) {
    const next: usize = wordAt(block);
    release(block, BLOCK_SIZE);
    block = next;
  }
  forgetOwn();
}

/**
 * What is known after a record that shows two addresses, or one, as a and b; gives what is known in three bits.
 * @param at the two words of the family
 * @param known what is known until then: see OWN_SETS in layout.ts
 */
export function narrowOwn(at: usize, known: u32, a: u32, b: u32): u32 {
  const one = wordAt(at);
  if (known === ONE_OWN) {
    if (one === a || one === b) return ONE_OWN;
  } else if (known === NO_OWN_YET) {
    putWord(at, a);
    putWord(at + 4, b);
    return a === b ? ONE_OWN : EITHER_OWN;
  } else if (known === EITHER_OWN) {
    const other = wordAt(at + 4);
    if ((one === a || one === b) && (other === a || other === b)) return EITHER_OWN;
  } else if (known === NO_OWN_LEFT || hitsAll(one, a, b)) return known;
  return part(at, known, a, b);
}

function hitsAll(sets: usize, a: u32, b: u32): bool {
  for (let i: u32 = 0; i < wordAt(sets); i++)
    if (!has(setAt(sets, i), a) && !has(setAt(sets, i), b)) return false;
  return true;
}

function setAt(sets: usize, i: u32): usize {
  return sets + FIRST_OWN_SET + i * OWN_SET_SIZE;
}

function has(set: usize, address: u32): bool {
  const size = wordAt(set);
  for (let i: u32 = 1; i <= size; i++) if (wordAt(set + (i << 2)) === address) return true;
  return false;
}

/** Whether a set has all addresses of another but for one that may be lacking. */
function hasAllBut(set: usize, other: usize, lacking: u32): bool {
  const size = wordAt(other);
  for (let i: u32 = 1; i <= size; i++) {
    const address = wordAt(other + (i << 2));
    if (address !== lacking && !has(set, address)) return false;
  }
  return true;
}

function addOne(sets: usize, address: u32): void {
  const set = setAt(sets, wordAt(sets));
  putWord(set, 1);
  putWord(set + 4, address);
  putWord(sets, wordAt(sets) + 1);
}

/** Keeps the sets that have one of two addresses, and makes each of the others two that do. */
function part(at: usize, known: u32, a: u32, b: u32): u32 {
  const before: usize = known === OWN_SETS ? wordAt(at) : takeRoom();
  if (known !== OWN_SETS) {
    addOne(before, wordAt(at));
    if (known === EITHER_OWN) addOne(before, wordAt(at + 4));
  }
  const after = takeRoom();
  const count = wordAt(before);
  for (let i: u32 = 0; i < count; i++) {
    const set = setAt(before, i);
    if (has(set, a) || has(set, b)) copySet(set, after);
  }
  const kept = wordAt(after);
  for (let i: u32 = 0; i < count; i++) {
    const set = setAt(before, i);
    if (has(set, a) || has(set, b) || wordAt(set) === MOST_OWN) continue;
    addLarger(set, a, after, kept);
    if (a !== b) addLarger(set, b, after, kept);
  }
  giveBack(before);
  return settle(at, after);
}

function copySet(set: usize, to: usize): void {
  const at = setAt(to, wordAt(to));
  for (let byte: u32 = 0; byte < OWN_SET_SIZE; byte += 4) putWord(at + byte, wordAt(set + byte));
  putWord(to, wordAt(to) + 1);
}

/** Adds a set with one more address, unless one of those that were kept is a part of it. */
function addLarger(set: usize, address: u32, to: usize, kept: u32): void {
  for (let i: u32 = 0; i < kept; i++) if (hasAllBut(set, setAt(to, i), address)) return;
  const at = setAt(to, wordAt(to));
  copySet(set, to);
  const size = wordAt(at) + 1;
  putWord(at, size);
  putWord(at + (size << 2), address);
}

/** Sets that two words can say need no room. */
function settle(at: usize, sets: usize): u32 {
  const count = wordAt(sets);
  const first = setAt(sets, 0);
  const second = setAt(sets, 1);
  let known: u32 = OWN_SETS;
  if (count === 0) known = NO_OWN_LEFT;
  else if (count === 1 && wordAt(first) === 1) known = ONE_OWN;
  else if (count === 2 && wordAt(first) === 1 && wordAt(second) === 1) known = EITHER_OWN;
  putWord(at, known === OWN_SETS ? (sets as u32) : wordAt(first + 4));
  if (known === EITHER_OWN) putWord(at + 4, wordAt(second + 4));
  if (known !== OWN_SETS) giveBack(sets);
  return known;
}
