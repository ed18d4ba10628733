/**
 * The room that an instance works in: blocks of memory that are filled from the first on with what one key needs, and
 * begun anew with the next. What was taken stays where it is until then. Blocks are kept, so that few keys ask for memory.
 */
import { allocate } from './memory.ts';
import { putWord, wordAt } from './port.ts';

// A block: the next one 0, where it ends 4; then its room.
const HEAD: u32 = 16;
/** The first block, and how large one is made at most for the sake of those who ask next. */
const FIRST_BYTES: u32 = 65536;
const LARGE_BYTES: u32 = 16777216;

let first: usize = 0;
let block: usize = 0;
/** Where the rest of the block begins, and where it ends. */
let free: usize = 0;
let end: usize = 0;

/** All that was taken is given back. */
export function emptyRoom(): void {
  if (first === 0) return;
  goTo(first);
}

/** The memory of the blocks has been taken back: see forgetAll. */
export function forgetRoom(): void {
  first = 0;
  block = 0;
  free = 0;
  end = 0;
}

function goTo(next: usize): void {
  block = next;
  free = next + HEAD;
  end = wordAt(next + 4);
}

/** So many bytes, as somebody left them, aligned to eight; 0 where there is no memory. */
export function take(bytes: usize): usize {
  const size: usize = ((bytes + 7) & ~7) >>> 0;
  if (size > end - free && !moveOn(size)) return 0;
  const taken = free;
  free += size;
  return taken;
}

/** To the next block that has so many bytes, or to a new one. */
function moveOn(size: usize): bool {
  let last = block;
  for (let next: usize = last === 0 ? 0 : wordAt(last); next !== 0; next = wordAt(next)) {
    if (wordAt(next + 4) - next - HEAD >= size) {
      goTo(next);
      return true;
    }
    last = next;
  }
  const before: u32 = last === 0 ? FIRST_BYTES >>> 1 : wordAt(last + 4) - last;
  let bytes: u32 = before < LARGE_BYTES >>> 1 ? before << 1 : LARGE_BYTES;
  if (bytes < size + HEAD) bytes = size + HEAD;
  const made = allocate(bytes);
  if (made === 0) return false;
  putWord(made, 0);
  putWord(made + 4, made + bytes);
  if (last === 0) first = made;
  else putWord(last, made);
  goTo(made);
  return true;
}

/** Where the room is filled up to, for {@link backTo}. */
export function blockInUse(): usize {
  return block;
}
export function filledTo(): usize {
  return free;
}

/** Gives back what was taken since. */
export function backTo(blockThen: usize, freeThen: usize): void {
  if (blockThen === 0) {
    emptyRoom();
    return;
  }
  goTo(blockThen);
  free = freeThen;
}
