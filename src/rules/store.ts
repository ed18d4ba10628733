/**
 * Every flow record of the run, filed under its key. A key is the protocol and the unordered pair of packet-level ends, so
 * both directions and all vantages of a talk meet in one place. Records and keys lie in blocks that never move, a record
 * chained to the one before it of its key; nothing here judges what they say.
 */
import { spread, withWord } from './hashes.ts';
import {
  ACCEPT,
  BARE_BYTES_V4,
  BARE_BYTES_V6,
  FROM_HIGH,
  HAS_BYTES,
  HAS_PACKETS,
  HAS_START,
  KEY_BLOCK_BITS,
  KEY_BLOCKS,
  KEY_SIZE,
  KEY_V6,
  MOST_BLOCKS,
  NONE,
  OF_GATEWAY,
  RECORD_BLOCK_BITS,
  RECORD_BLOCKS,
  RECORD_SIZE,
  TCP,
} from './layout.ts';
import { allocateToFile, forgetAll, release } from './memory.ts';
import { doubleAt, fillBytes, putWord, times32, wordAt } from './port.ts';

export let records: u32 = 0;
export let keys: u32 = 0;
/** Records that were filed before {@link clearStore}. */
export let cleared: f64 = 0;

let recordBlocks: u32 = 0;
let keyBlocks: u32 = 0;
let keySlots: usize = 0;
/**
 * Slots of keys: the number of a key and one in the low bits, as many as a slot's number has, and above them bits of the
 * key's hash, so that few keys are looked at in vain. 0 is a free slot.
 */
let slotBits: u32 = 0;
let slotCount: u32 = 0;
/** 1 GiB of slots; with more of them a slot would have too few bits for a hash. */
const MOST_SLOTS: u32 = 0x10000000;
const FIRST_SLOT_BITS: u32 = 14;

export function recordAt(record: u32): usize {
  const block = wordAt(RECORD_BLOCKS + ((record >>> RECORD_BLOCK_BITS) << 2));
  return block + (record & ((1 << RECORD_BLOCK_BITS) - 1)) * RECORD_SIZE;
}

export function keyAt(key: u32): usize {
  const block = wordAt(KEY_BLOCKS + ((key >>> KEY_BLOCK_BITS) << 2));
  return block + (key & ((1 << KEY_BLOCK_BITS) - 1)) * KEY_SIZE;
}

/** Makes room for so many more records, each of a new key; false when there is no memory for them. */
export function reserveRecords(rows: u32): bool {
  while (recordBlocks << RECORD_BLOCK_BITS < records + rows) {
    const block = recordBlocks < MOST_BLOCKS ? allocateToFile(RECORD_SIZE << RECORD_BLOCK_BITS) : 0;
    if (block === 0) return false;
    putWord(RECORD_BLOCKS + (recordBlocks++ << 2), block);
  }
  while (keyBlocks << KEY_BLOCK_BITS < keys + rows) {
    const block = keyBlocks < MOST_BLOCKS ? allocateToFile(KEY_SIZE << KEY_BLOCK_BITS) : 0;
    if (block === 0) return false;
    putWord(KEY_BLOCKS + (keyBlocks++ << 2), block);
  }
  // Five in eight at most are taken.
  while ((slotCount as f64) * 5 < ((keys + rows) as f64) * 8) if (!growKeySlots()) return false;
  return true;
}

function growKeySlots(): bool {
  if (slotCount === MOST_SLOTS) return false;
  const bits: u32 = slotCount === 0 ? FIRST_SLOT_BITS : slotBits + 1;
  const count: u32 = 1 << bits;
  const slots = allocateToFile(count << 2);
  if (slots === 0) return false;
  release(keySlots, slotCount << 2);
  keySlots = slots;
  slotCount = count;
  slotBits = bits;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const hash = hashOfKey(wordAt(at), wordAt(at + 4), wordAt(at + 8), wordAt(at + 12));
    let slot = homeOf(hash);
    while (wordAt(slots + (slot << 2)) !== 0) slot = (slot + 1) & (count - 1);
    putWord(slots + (slot << 2), marksOf(hash) | (key + 1));
  }
  return true;
}

export function hashOfKey(low: u32, high: u32, ports: u32, kind: u32): u32 {
  return spread(withWord(withWord(withWord(times32(low, 0x9e3779b1), high), ports), kind));
}

/** The slot that a key with a hash lies in, or else behind. */
export function homeOf(hash: u32): u32 {
  return hash >>> (32 - slotBits);
}

/** The bits of a hash that stand in its slot. */
function marksOf(hash: u32): u32 {
  return hash << slotBits;
}

/** What a slot holds; to be read ahead, for slots lie anywhere. */
export function inSlot(slot: u32): u32 {
  return wordAt(keySlots + (slot << 2));
}

/** From a slot on the first that is free or whose marks are those of a hash. */
export function likelySlot(hash: u32, from: u32): u32 {
  const marks = marksOf(hash);
  const mask = slotCount - 1;
  let slot = from;
  let found = inSlot(slot);
  while (found !== 0 && (found ^ marks) >>> slotBits !== 0) {
    slot = (slot + 1) & mask;
    found = inSlot(slot);
  }
  return slot;
}

/** The number of the key in a slot and one; 0 for a free one. */
export function numberIn(slot: u32): u32 {
  return inSlot(slot) & (slotCount - 1);
}

/**
 * The key with these ends, a new one where there is none. There must be room: see {@link reserveRecords}.
 * @param from the slot of its hash, or one behind with no slot of these marks and no free one between
 */
export function findKey(low: u32, high: u32, ports: u32, kind: u32, hash: u32, from: u32): usize {
  let slot = likelySlot(hash, from);
  for (;;) {
    const number = numberIn(slot);
    if (number === 0) break;
    const found = keyAt(number - 1);
    if (
      wordAt(found) === low &&
      wordAt(found + 4) === high &&
      wordAt(found + 8) === ports &&
      wordAt(found + 12) === kind
    )
      return found;
    slot = likelySlot(hash, (slot + 1) & (slotCount - 1));
  }
  const key = keys++;
  putWord(keySlots + (slot << 2), marksOf(hash) | (key + 1));
  const at = keyAt(key);
  putWord(at, low);
  putWord(at + 4, high);
  putWord(at + 8, ports);
  putWord(at + 12, kind);
  putWord(at + 24, NONE);
  return at;
}

/** A new record, to be filled and then linked to its key. There must be room: see {@link reserveRecords}. */
export function addRecord(): u32 {
  return records++;
}

/** Bits of tcp-flags. */
const SYN: u32 = 2;
const SYN_ACK: u32 = 18;
// What a key's records show, for learning of ends and of interfaces. The low end's bits; the high end's are one to the left.
/** The observer that wrote first under the key has records of that end; and, as far to the left, the second observer has. */
export const LOW_SEEN: u32 = 1;
export const SECOND_SHIFT: u32 = 6;
export const LOW_SYN: u32 = 4;
export const LOW_SYN_ACK: u32 = 16;
/** Records of that end were accepted anywhere. */
export const LOW_PASSED: u32 = 256;
// Above them stand the numbers of both observers, and above these whether a record is more than headers.
const FIRST_AT: u32 = 10;
const SECOND_AT: u32 = 21;
export const HAS_TALKED: u32 = 0x80000000;
const FIRST_MASK: u32 = 0x7ff;
const SECOND_MASK: u32 = 0x3ff;
/** In the place of the first number: more wrote than two, or numbers that have no room here. What all of them saw is the first's. */
const MANY: u32 = 0x7ff;

/** The ends that spoke, by what a key shows: the low one 1, the high one 2. */
export function spokeIn(evidence: u32): u32 {
  return (evidence | (evidence >>> SECOND_SHIFT)) & 3;
}

/** The number of the first observer, and of the second, where it saw anything. */
export function firstObserverIn(evidence: u32): u32 {
  return (evidence >>> FIRST_AT) & FIRST_MASK;
}
export function secondObserverIn(evidence: u32): u32 {
  return (evidence >>> SECOND_AT) & SECOND_MASK;
}
export function hasManyObservers(evidence: u32): bool {
  return firstObserverIn(evidence) === MANY;
}

/** What a key shows, with an end that was seen by an observer. */
function seenBy(evidence: u32, observer: u32, end: u32): u32 {
  if ((evidence & (LOW_SEEN * 3)) === 0)
    return evidence | end | ((observer < MANY ? observer : MANY) << FIRST_AT);
  if (firstObserverIn(evidence) === observer || hasManyObservers(evidence)) return evidence | end;
  const hasSecond = ((evidence >>> SECOND_SHIFT) & 3) !== 0;
  if (observer <= SECOND_MASK && (!hasSecond || secondObserverIn(evidence) === observer))
    return evidence | (end << SECOND_SHIFT) | (observer << SECOND_AT);
  return evidence | spokeIn(evidence) | end | (MANY << FIRST_AT);
}

/** What a record shows of who opened, were it the low end's: a SYN, a SYN-ACK, or nothing. */
export function openingIn(info: u32): u32 {
  // What a transit gateway writes with both bits shows neither: see EITHER in layout.ts.
  if ((info & (OF_GATEWAY | SYN_ACK)) === SYN_ACK) return LOW_SYN_ACK;
  return (info & SYN_ACK) === SYN ? LOW_SYN : 0;
}

/** Puts a record in front of those of its key, and notes what it shows. */
export function linkRecord(key: usize, record: u32): void {
  const at = recordAt(record);
  const info = wordAt(at + 32);
  const begins = wordAt(at + 16);
  putWord(at + 24, wordAt(key + 16));
  putWord(key + 16, record + 1);
  putWord(key + 20, wordAt(key + 20) + 1);
  if ((info & HAS_START) !== 0 && begins < wordAt(key + 24)) putWord(key + 24, begins);
  const shows: u32 = openingIn(info) | ((info & ACCEPT) !== 0 ? LOW_PASSED : 0);
  let known = wordAt(key + 28);
  if ((known & HAS_TALKED) === 0 && isMoreThanHeaders(key, at)) known |= HAS_TALKED;
  const isHigh: u32 = (info & FROM_HIGH) !== 0 ? 1 : 0;
  putWord(key + 28, seenBy(known | (shows << isHigh), wordAt(at + 28), LOW_SEEN << isHigh));
}

/** Whether a record proves payload; over other protocols than TCP each is taken to have some. */
export function isMoreThanHeaders(key: usize, record: usize): bool {
  const kind = wordAt(key + 12);
  if ((kind & 0xff) !== TCP) return true;
  const info = wordAt(record + 32);
  if ((info & (HAS_PACKETS | HAS_BYTES)) !== (HAS_PACKETS | HAS_BYTES)) return false;
  const bare = doubleAt((kind & KEY_V6) !== 0 ? BARE_BYTES_V6 : BARE_BYTES_V4);
  return doubleAt(record + 8) > doubleAt(record) * bare;
}

/** Forgets all records and keys, not their room. */
export function clearStore(): void {
  for (let key: u32 = 0; key < keys; key++) fillBytes(keyAt(key), 0, KEY_SIZE);
  if (keySlots !== 0) fillBytes(keySlots, 0, slotCount << 2);
  cleared += records as f64;
  records = 0;
  keys = 0;
}

/** Forgets all records and keys and gives all memory back, whoever was given it. */
export function forgetStore(): void {
  cleared += records as f64;
  records = 0;
  keys = 0;
  recordBlocks = 0;
  keyBlocks = 0;
  keySlots = 0;
  slotCount = 0;
  forgetAll();
}

/** Forgets how many there were before. */
export function forgetCleared(): void {
  cleared = 0;
}

/** No key is looked for any more: gives the table of slots back. */
export function endLooking(): void {
  release(keySlots, slotCount << 2);
  keySlots = 0;
  slotCount = 0;
}
