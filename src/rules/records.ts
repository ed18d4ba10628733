/**
 * The records of one key, in an order that does not depend on how they arrived (law 1), copies of one another taken out.
 * Which end is "low" is settled by the addresses themselves, not by arrival either. Who saw the key is known here too: a
 * writer is an observer of it, a vantage the interface or resource behind one or several. What a record lacks is -1.
 */
import { GOES_ON, look, NO_MEMORY, RESTING } from './answers.ts';
import { spread, withWord } from './hashes.ts';
import {
  ACCEPT,
  DST_REWRITTEN,
  FLAGS_COLUMN,
  FLOW_DIRECTION,
  FROM_HIGH,
  HAS_BYTES,
  HAS_END,
  HAS_FLAGS,
  HAS_LOSSES,
  HAS_PACKETS,
  HAS_PAYLOAD,
  HAS_START,
  KEY_V6,
  OBSERVER_SIZE,
  OF_GATEWAY,
  OPENING_RANKS,
  OWN_IS_V6,
  REJECT,
  SHOWS_DST,
  SHOWS_SRC,
  SRC_REWRITTEN,
  TOLD_BLOCK_BITS,
  TOLD_BLOCKS,
  TOLD_TWICE,
  TRAITS,
} from './layout.ts';
import {
  beginNested,
  beginSorting,
  isCrowded,
  isOuterSum,
  lookWithin,
  NESTED_SIZE,
  nested,
  nextPart,
  placeOf,
  putMeasures,
  putNested,
  sortNested,
} from './nested.ts';
import { compareV6, isFlipped } from './order.ts';
import { byteAt, copyBytes, doubleAt, networkWordAt, putDouble, putWord, turn32, wordAt } from './port.ts';
import { take } from './room.ts';
import { addresses, bareV4, bareV6 } from './settings.ts';
import { recordAt } from './store.ts';
import { fillSlot, hashIn, newTable, rowIn, slotBehind, slotOf } from './tables.ts';

// A record in the room.
const PACKETS: u32 = 0;
const BYTES: u32 = 8;
const START: u32 = 16;
const END: u32 = 24;
/** The bits of the store (layout.ts), and above them those below. */
const INFO: u32 = 32;
const OWN: u32 = 36;
const WRITER: u32 = 40;
/** The view that it belongs to, and the next record of that view: see view-rows.ts. */
const VIEW: u32 = 44;
const NEXT_OF_VIEW: u32 = 48;
/** While copies are looked for: another record that counts the same, of a copy the one that it repeats. See {@link linkCopies}. */
const ALIKE: u32 = 52;
const RECORD_ROW: u32 = 56;
/** What addresses of 32 bits can tell apart. */
const MOST_RECORDS: u32 = 0x4000000;

// Of INFO. By the ends as they are ordered, not as they are stored; and one that came rejected after the close.
const BY_HIGH_BIT: u32 = 29;
const BY_HIGH: u32 = 1 << BY_HIGH_BIT;
const NOISE: u32 = 1 << 30;
/** Told again by a second flow log: no record of the key any more. */
const GONE: u32 = 0x80000000;
/** Accepted is its lowest bit, rejected the next. */
const ACTION_BIT: u32 = 11;
const ACTIONS: u32 = ACCEPT | REJECT;
/** What the same packets never differ in. */
const SAME: u32 = BY_HIGH | ACTIONS | OF_GATEWAY | HAS_LOSSES;
/** Nor do sums of several records and their parts. */
const KIND: u32 = BY_HIGH | ACTIONS | OF_GATEWAY;
const FLOWS: u32 = 3 << FLOW_DIRECTION;
const FLAGS: u32 = HAS_FLAGS | 0xff;

// A writer: what is told of its observer 0, its vantage 4, the next writer 8; the others are those of networks.ts and stretches.ts.
const WRITER_ROW: u32 = 40;
// A vantage: its number 0, the next one 4; the others are view-rows.ts's.
const VANTAGE_ROW: u32 = 32;
/** Of more writers or vantages a table is made. */
const FEW: u32 = 8;

/** Of the key at hand. */
export let count: u32 = 0;
/** Records that were taken out since they are copies of others. */
export let copies: u32 = 0;
let vantageCount: u32 = 0;
export let writerCount: u32 = 0;
export let transport: u32 = 0;
export let isV6: bool = false;
export let low: u32 = 0;
export let high: u32 = 0;
/** The low end's port above the high end's. */
export let ports: u32 = 0;
/** Whether what the key has stored as its low end is the higher. */
export let flipped: bool = false;

/** By place, where the record lies; and as much room again, for whoever puts them in another order. */
let places: usize = 0;
let spare: usize = 0;

let writers: usize = 0;
let lastWriter: usize = 0;
let writerTable: usize = 0;
let vantages: usize = 0;
let vantageTable: usize = 0;

/** The record at a place in the order. */
export function at(place: u32): usize {
  return wordAt(places + (place << 2));
}
export function putAt(place: u32, record: usize): void {
  putWord(places + (place << 2), record);
}
/** Another order, which {@link takeSpare} makes room for. */
export function putSpare(place: u32, record: usize): void {
  putWord(spare + (place << 2), record);
}
/** The records at places [from, until) as they are in the other order. */
export function takeOver(from: u32, until: u32): void {
  copyBytes(places + (from << 2), spare + (from << 2), (until - from) << 2);
}
/** False where there is no memory for it. */
export function takeSpare(): bool {
  if (spare === 0) spare = take(count << 2);
  return spare !== 0;
}

/** Unix seconds. A record that has only one of the two times has it for both. */
export function startOf(record: usize): f64 {
  return doubleAt(record + START);
}
export function endOf(record: usize): f64 {
  return doubleAt(record + END);
}
export function packetsOf(record: usize): f64 {
  return doubleAt(record + PACKETS);
}
export function bytesOf(record: usize): f64 {
  return doubleAt(record + BYTES);
}
export function infoOf(record: usize): u32 {
  return wordAt(record + INFO);
}
export function flagsOf(record: usize): u32 {
  return byteAt(record + INFO);
}
/** Its flags and who wrote them: a number below 512 that says how they are read. */
export function readingOf(record: usize): u32 {
  return infoOf(record) & (OF_GATEWAY | 0xff);
}
export function traitsOf(record: usize): u32 {
  return byteAt(TRAITS + readingOf(record));
}
/** The address that it shows in the place of a packet's; or the id of its losses: see HAS_LOSSES in layout.ts. */
export function ownOf(record: usize): u32 {
  return wordAt(record + OWN);
}
/** Sent by the low end 0, by the high end 1. */
export function directionOf(record: usize): u32 {
  return (infoOf(record) >>> BY_HIGH_BIT) & 1;
}
export function hasLosses(record: usize): bool {
  return (infoOf(record) & HAS_LOSSES) !== 0;
}
/** Packets that a transit gateway lost for a reason, as far as the record has losses. */
export function lossOf(record: usize, reason: u32): u32 {
  return networkWordAt(addresses + (ownOf(record) << 4) + (reason << 2));
}
/** Bits: accepted 1, rejected 2. */
export function actionOf(record: usize): u32 {
  return (infoOf(record) >>> ACTION_BIT) & 3;
}
/** As seen from the interface: 0 not known, 1 ingress, 2 egress. */
export function flowOf(record: usize): u32 {
  return (infoOf(record) >>> FLOW_DIRECTION) & 3;
}
/** Whether a transit gateway wrote it, at one of its attachments. */
export function isOfGateway(record: usize): bool {
  return (infoOf(record) & OF_GATEWAY) !== 0;
}
export function isNoise(record: usize): bool {
  return (infoOf(record) & NOISE) !== 0;
}
export function markNoise(record: usize): void {
  putWord(record + INFO, infoOf(record) | NOISE);
}
/** The row of the one who wrote it. */
export function writerOf(record: usize): usize {
  return wordAt(record + WRITER);
}
/** One of all that wrote records of the key, and the next one; 0 for none. */
export function firstWriter(): usize {
  return writers;
}
export function nextWriter(writer: usize): usize {
  return wordAt(writer + 8);
}
/** What is told of the one who wrote it. */
export function observerOf(record: usize): usize {
  return wordAt(writerOf(record));
}
export function vantageOf(record: usize): usize {
  return wordAt(writerOf(record) + 4);
}
/** The number of a vantage. */
export function numberOf(vantage: usize): u32 {
  return wordAt(vantage);
}
/** The view that it belongs to: see view-rows.ts. */
export function viewOf(record: usize): usize {
  return wordAt(record + VIEW);
}
export function putView(record: usize, view: usize): void {
  putWord(record + VIEW, view);
}
/** The next record of its view; 0 for none. */
export function nextOfView(record: usize): usize {
  return wordAt(record + NEXT_OF_VIEW);
}
export function putNextOfView(record: usize, next: usize): void {
  putWord(record + NEXT_OF_VIEW, next);
}

/** Whether its bytes cannot be headers alone, as a bit: with {@link readingOf} an offset into tables by payload and flags. */
export function payloadOf(record: usize): u32 {
  const bytes = bytesOf(record);
  const packets = packetsOf(record);
  return bytes >= 0 && packets >= 0 && bytes > packets * (isV6 ? bareV6 : bareV4) ? HAS_PAYLOAD : 0;
}

/** The ends that a record shows through its interface's own address: the low end 1, the high end 2. */
export function standInsOf(record: usize): u32 {
  const info = infoOf(record);
  let ends: u32 = 0;
  if ((info & SRC_REWRITTEN) !== 0) ends |= 1 << directionOf(record);
  if ((info & DST_REWRITTEN) !== 0) ends |= 2 >>> directionOf(record);
  return ends;
}

// How far the records of the key are: what comes next of each.
let rows: usize = 0;
let next: u32 = 0;
let taken: u32 = 0;
let checked: u32 = 0;
let width: u32 = 0;
let leftAt: u32 = 0;
let leftEnd: u32 = 0;
let rightAt: u32 = 0;
let rightEnd: u32 = 0;
let merged: u32 = 0;
let looked: u32 = 0;
let kept: u32 = 0;
/** The copy that was taken out last. */
let lastCopy: usize = 0;
/** The interval that copies are looked for in: where it begins and ends, and the first of it that was kept. */
let intervalFrom: u32 = 0;
let intervalEnd: u32 = 0;
let firstKept: u32 = 0;
let byCounts: usize = 0;
let byAll: usize = 0;
/** What comes next where a vantage is told twice: see {@link dropSums}. */
let dropping: u32 = 0;
let lookedWithin: u32 = 0;

// Of dropping.
const NOTHING: u32 = 0;
const TO_GATHER: u32 = 1;
const TO_SORT: u32 = 2;
const TO_LOOK: u32 = 3;
const TO_TAKE_OUT: u32 = 4;

/** Begins with a key; {@link gather} goes on until it is there. False where there is no memory for it. */
export function beginRecords(key: usize): bool {
  const kind = wordAt(key + 12);
  transport = kind & 0xff;
  count = wordAt(key + 20);
  isV6 = (kind & KEY_V6) !== 0;
  flipped = isV6 && isFlipped(key);
  low = wordAt(key + (flipped ? 4 : 0));
  high = wordAt(key + (flipped ? 0 : 4));
  const portPair = wordAt(key + 8);
  ports = flipped ? turn32(portPair, 16) : portPair;
  copies = 0;
  writerCount = 0;
  vantageCount = 0;
  writers = 0;
  lastWriter = 0;
  writerTable = 0;
  vantages = 0;
  vantageTable = 0;
  next = wordAt(key + 16);
  taken = 0;
  checked = 1;
  width = 0;
  merged = 0;
  rightEnd = 0;
  looked = 0;
  intervalEnd = 0;
  kept = 0;
  lastCopy = 0;
  dropping = NOTHING;
  spare = 0;
  if (count > MOST_RECORDS) return false;
  places = take(count << 2);
  rows = take(count * RECORD_ROW);
  return places !== 0 && rows !== 0;
}

/** Takes the records out of the store, puts them in order and takes copies out. */
export function gather(): u32 {
  while (taken < count) {
    if (!takeRecord()) return NO_MEMORY;
    if (look(1) && taken < count) return RESTING;
  }
  if (looked !== count) {
    const sorted = sort();
    if (sorted !== GOES_ON) return sorted;
    const dropped = dropCopies();
    if (dropped !== GOES_ON) return dropped;
  }
  return dropping === NOTHING ? GOES_ON : dropSums();
}

/** Newest first in the store: from the back, most are in order. */
function takeRecord(): bool {
  const stored = recordAt(next - 1);
  const place = count - 1 - taken;
  const record = rows + place * RECORD_ROW;
  const info = wordAt(stored + 32);
  const writer = writerWith(toldOf(wordAt(stored + 28)));
  if (writer === 0) return false;
  const begins = (info & HAS_START) !== 0 ? (wordAt(stored + 16) as f64) : -1;
  const ends = (info & HAS_END) !== 0 ? (wordAt(stored + 20) as f64) : -1;
  putDouble(record + PACKETS, (info & HAS_PACKETS) !== 0 ? doubleAt(stored) : -1);
  putDouble(record + BYTES, (info & HAS_BYTES) !== 0 ? doubleAt(stored + 8) : -1);
  putDouble(record + START, begins < 0 ? ends : begins);
  putDouble(record + END, ends < 0 ? begins : ends);
  putWord(record + INFO, ((info & FROM_HIGH) !== 0) !== flipped ? info | BY_HIGH : info);
  putWord(record + OWN, wordAt(stored + 36));
  putWord(record + WRITER, writer);
  putAt(place, record);
  next = wordAt(stored + 24);
  taken++;
  return true;
}

/** What is told of an observer. */
function toldOf(observer: u32): usize {
  const block = wordAt(TOLD_BLOCKS + ((observer >>> TOLD_BLOCK_BITS) << 2));
  return block + (observer & ((1 << TOLD_BLOCK_BITS) - 1)) * OBSERVER_SIZE;
}

/** The writer that this is told of; 0 where there is no memory for it. */
function writerWith(told: usize): usize {
  if (lastWriter !== 0 && wordAt(lastWriter) === told) return lastWriter;
  if (writerTable === 0) {
    for (let writer = writers; writer !== 0; writer = wordAt(writer + 8)) {
      if (wordAt(writer) !== told) continue;
      lastWriter = writer;
      return writer;
    }
    if (writerCount === FEW && !makeWriterTable()) return 0;
  }
  if (writerTable !== 0) {
    const hash = spread(withWord(0, told));
    const slot = slotOfWriter(told, hash);
    lastWriter = rowIn(slot);
    if (lastWriter !== 0) return lastWriter;
    lastWriter = newWriter(told);
    return lastWriter !== 0 && fillSlot(writerTable, slot, hash, lastWriter) ? lastWriter : 0;
  }
  lastWriter = newWriter(told);
  return lastWriter;
}

function slotOfWriter(told: usize, hash: u32): usize {
  let slot = slotOf(writerTable, hash);
  while (rowIn(slot) !== 0 && wordAt(rowIn(slot)) !== told) slot = slotBehind(writerTable, slot);
  return slot;
}

function makeWriterTable(): bool {
  writerTable = newTable();
  if (writerTable === 0) return false;
  for (let writer = writers; writer !== 0; writer = wordAt(writer + 8)) {
    const hash = spread(withWord(0, wordAt(writer)));
    if (!fillSlot(writerTable, slotOfWriter(wordAt(writer), hash), hash, writer)) return false;
  }
  return true;
}

function newWriter(told: usize): usize {
  const vantage = vantageWith(wordAt(told + 8));
  const writer = take(WRITER_ROW);
  if (vantage === 0 || writer === 0) return 0;
  putWord(writer, told);
  putWord(writer + 4, vantage);
  putWord(writer + 8, writers);
  for (let at: u32 = 12; at < WRITER_ROW; at += 4) putWord(writer + at, 0);
  writers = writer;
  writerCount++;
  if (isToldTwice(writer) && count > 1) dropping = TO_GATHER;
  return writer;
}

/** The vantage of a number; 0 where there is no memory for it. */
function vantageWith(number: u32): usize {
  if (vantageTable === 0) {
    for (let vantage = vantages; vantage !== 0; vantage = wordAt(vantage + 4))
      if (wordAt(vantage) === number) return vantage;
    if (vantageCount === FEW && !makeVantageTable()) return 0;
  }
  if (vantageTable === 0) return newVantage(number);
  const hash = spread(withWord(0, number));
  const slot = slotOfVantage(number, hash);
  if (rowIn(slot) !== 0) return rowIn(slot);
  const vantage = newVantage(number);
  return vantage !== 0 && fillSlot(vantageTable, slot, hash, vantage) ? vantage : 0;
}

function slotOfVantage(number: u32, hash: u32): usize {
  let slot = slotOf(vantageTable, hash);
  while (rowIn(slot) !== 0 && wordAt(rowIn(slot)) !== number) slot = slotBehind(vantageTable, slot);
  return slot;
}

function makeVantageTable(): bool {
  vantageTable = newTable();
  if (vantageTable === 0) return false;
  for (let vantage = vantages; vantage !== 0; vantage = wordAt(vantage + 4)) {
    const hash = spread(withWord(0, wordAt(vantage)));
    if (!fillSlot(vantageTable, slotOfVantage(wordAt(vantage), hash), hash, vantage)) return false;
  }
  return true;
}

function newVantage(number: u32): usize {
  const vantage = take(VANTAGE_ROW);
  if (vantage === 0) return 0;
  putWord(vantage, number);
  putWord(vantage + 4, vantages);
  for (let at: u32 = 8; at < VANTAGE_ROW; at += 4) putWord(vantage + at, 0);
  vantages = vantage;
  vantageCount++;
  return vantage;
}

/** Flags by rank: a dash comes behind all of them. */
function rankOfFlags(info: u32): i32 {
  return (info & HAS_FLAGS) !== 0 ? ((info & 0xff) as i32) : -1;
}

/**
 * Whether record a comes after record b: by time, openings first among equals, then by everything else that a record holds.
 * The direction comes last, so that mirrored records sort the same way (law 3).
 */
function isAfter(a: usize, b: usize): bool {
  if (startOf(a) !== startOf(b)) return startOf(a) > startOf(b);
  if (endOf(a) !== endOf(b)) return endOf(a) > endOf(b);
  const rankA = byteAt(OPENING_RANKS + flagsOf(a));
  const rankB = byteAt(OPENING_RANKS + flagsOf(b));
  if (rankA !== rankB) return rankA > rankB;
  const infoA = infoOf(a);
  const infoB = infoOf(b);
  if (rankOfFlags(infoA) !== rankOfFlags(infoB)) return rankOfFlags(infoA) < rankOfFlags(infoB);
  if (packetsOf(a) !== packetsOf(b)) return packetsOf(a) > packetsOf(b);
  if (bytesOf(a) !== bytesOf(b)) return bytesOf(a) > bytesOf(b);
  return isAfterByWriter(a, b, infoA, infoB);
}

/** The same for records that say the same of packets: by what else they hold. */
function isAfterByWriter(a: usize, b: usize, infoA: u32, infoB: u32): bool {
  let byBit = differ(infoA, infoB, REJECT);
  if (byBit === 0) byBit = differ(infoA, infoB, ACCEPT);
  if (byBit !== 0) return byBit > 0;
  const observerA = wordAt(observerOf(a));
  const observerB = wordAt(observerOf(b));
  if (observerA !== observerB) return observerA > observerB;
  if (flowOf(a) !== flowOf(b)) return flowOf(a) > flowOf(b);
  byBit = differ(infoA, infoB, SRC_REWRITTEN);
  if (byBit === 0) byBit = differ(infoA, infoB, DST_REWRITTEN);
  if (byBit === 0) byBit = differ(infoA, infoB, OWN_IS_V6);
  if (byBit === 0) byBit = differ(infoA, infoB, HAS_LOSSES);
  if (byBit === 0) {
    const ownA = ownOf(a);
    const ownB = ownOf(b);
    if (ownA !== ownB)
      return (infoA & (OWN_IS_V6 | HAS_LOSSES)) !== 0 ? compareV6(ownA, ownB) > 0 : ownA > ownB;
    byBit = differ(infoA, infoB, FLAGS_COLUMN);
  }
  if (byBit === 0) byBit = differ(infoA, infoB, SHOWS_SRC);
  if (byBit === 0) byBit = differ(infoA, infoB, SHOWS_DST);
  if (byBit === 0) byBit = differ(infoA, infoB, OF_GATEWAY);
  return byBit !== 0 ? byBit > 0 : directionOf(a) > directionOf(b);
}

function differ(a: u32, b: u32, bit: u32): i32 {
  return ((a & bit) !== 0 ? 1 : 0) - ((b & bit) !== 0 ? 1 : 0);
}

/** Records that are put in order by insertion; more by merging runs of so many. */
const RUN: u32 = 16;

/** Few by insertion; of many, runs are merged until they are one, those that follow one another as they are. */
function sort(): u32 {
  if (checked >= count) return GOES_ON;
  if (count <= RUN) {
    sortRun(0, count);
    checked = count;
    return GOES_ON;
  }
  if (width === 0) {
    for (; checked < count && !isAfter(at(checked - 1), at(checked)); checked++) if (look(1)) return RESTING;
    if (checked >= count) return GOES_ON;
    if (!takeSpare()) return NO_MEMORY;
    width = RUN;
    merged = 0;
  }
  if (width === RUN && rightEnd === 0) {
    while (merged < count) {
      sortRun(merged, count - merged > RUN ? merged + RUN : count);
      merged += RUN;
      if (look(RUN) && merged < count) return RESTING;
    }
    merged = 0;
  }
  while (width < count) {
    while (merged < count) if (mergeSome()) return RESTING;
    const other = places;
    places = spare;
    spare = other;
    merged = 0;
    rightEnd = 0;
    width = width < 0x80000000 ? width << 1 : count;
  }
  checked = count;
  return GOES_ON;
}

function sortRun(from: u32, until: u32): void {
  for (let i = from + 1; i < until; i++) {
    const record = at(i);
    let j = i;
    for (; j > from && isAfter(at(j - 1), record); j--) putAt(j, at(j - 1));
    putAt(j, record);
  }
}

/** Goes on merging the runs behind those that are merged; true where it is time to rest. */
function mergeSome(): bool {
  if (merged >= rightEnd) {
    leftAt = merged;
    leftEnd = count - merged > width ? merged + width : count;
    rightAt = leftEnd;
    rightEnd = count - rightAt > width ? rightAt + width : count;
    if (rightAt === rightEnd || !isAfter(at(rightAt - 1), at(rightAt))) {
      copyBytes(spare + (merged << 2), places + (merged << 2), (rightEnd - merged) << 2);
      const many = rightEnd - merged;
      merged = rightEnd;
      return look((many >>> 4) + 1);
    }
  }
  while (merged < rightEnd) {
    if (rightAt === rightEnd || (leftAt < leftEnd && !isAfter(at(leftAt), at(rightAt))))
      putSpare(merged++, at(leftAt++));
    else putSpare(merged++, at(rightAt++));
    if (look(1)) return true;
  }
  return false;
}

/** Records of one interval that are compared one by one; of more, only those that count alike are. */
const FEW_OF_ONE_INTERVAL: u32 = 16;

/** Takes out the records of each interval that say the same of the same packets as one before. */
function dropCopies(): u32 {
  while (looked < count) {
    if (looked === intervalEnd) beginInterval();
    const record = at(looked++);
    if (intervalEnd - intervalFrom <= FEW_OF_ONE_INTERVAL) keepAmongFew(record);
    else if (!keepAmongMany(record)) return NO_MEMORY;
    if (look(1) && looked < count) return RESTING;
  }
  copies = count - kept;
  count = kept;
  looked = count;
  return GOES_ON;
}

function beginInterval(): void {
  const begins = startOf(at(looked));
  const ends = endOf(at(looked));
  intervalEnd = looked + 1;
  while (intervalEnd < count && startOf(at(intervalEnd)) === begins && endOf(at(intervalEnd)) === ends)
    intervalEnd++;
  intervalFrom = looked;
  firstKept = kept;
  byCounts = 0;
}

/** A copy is no record of the key any more; what it repeats is kept for whoever asks. */
function takeOut(record: usize, original: usize): void {
  putWord(record + ALIKE, original);
  putWord(record + NEXT_OF_VIEW, lastCopy);
  lastCopy = record;
}

/** Chains copies to the records that they repeat: for traces. */
export function linkCopies(): void {
  for (let i: u32 = 0; i < count; i++) putWord(at(i) + ALIKE, 0);
  for (let copy = lastCopy; copy !== 0; copy = wordAt(copy + NEXT_OF_VIEW)) {
    let original: usize = wordAt(copy + ALIKE);
    while ((infoOf(original) & GONE) !== 0) original = wordAt(original + ALIKE);
    putWord(copy + VIEW, wordAt(original + ALIKE));
    putWord(original + ALIKE, copy);
  }
}
/** The first copy of a record, and the next one of the same; 0 for none. */
export function firstCopyOf(record: usize): usize {
  return wordAt(record + ALIKE);
}
export function nextCopy(copy: usize): usize {
  return wordAt(copy + VIEW);
}

/** Whether two flow logs of different intervals tell of the vantage of a writer. */
function isToldTwice(writer: usize): bool {
  return (wordAt(wordAt(writer) + 28) & TOLD_TWICE) !== 0;
}

/**
 * Takes out what a second flow log of a vantage tells again: records that count what others within them count together. Where
 * only the sum shows flags, its parts go in its place.
 */
function dropSums(): u32 {
  if (dropping === TO_GATHER) {
    const room = take(count * NESTED_SIZE);
    if (room === 0) return NO_MEMORY;
    beginNested(room, count);
    for (let i: u32 = 0; i < count; i++) if (isToldTwice(writerOf(at(i)))) putAmongNested(i);
    beginSorting();
    lookedWithin = 0;
    dropping = TO_SORT;
  }
  if (dropping === TO_SORT) {
    while (!sortNested()) if (look(1)) return RESTING;
    dropping = TO_LOOK;
  }
  while (dropping === TO_LOOK && lookedWithin < nested) {
    lookWithin(lookedWithin++);
    // Of what is as crowded as that nothing is believed.
    if (isCrowded) dropping = NOTHING;
    else if (look(1)) return RESTING;
  }
  if (dropping === NOTHING) return GOES_ON;
  if (dropping === TO_LOOK) {
    dropping = TO_TAKE_OUT;
    lookedWithin = 0;
  }
  while (lookedWithin < nested) {
    const sum = lookedWithin++;
    if (isOuterSum(sum)) takeOutSum(sum);
    if (look(1)) return RESTING;
  }
  dropping = NOTHING;
  closeRanks();
  return GOES_ON;
}

function putAmongNested(place: u32): void {
  const record = at(place);
  if (lacksTimeOrCounts(record) || endOf(record) < startOf(record)) return;
  const row = putNested(vantageOf(record), infoOf(record) & KIND, place);
  putMeasures(row, packetsOf(record), bytesOf(record), startOf(record), endOf(record));
}

function takeOutSum(sum: u32): void {
  const record = at(placeOf(sum));
  let lacksFlags = false;
  let first: usize = 0;
  for (let part = nextPart(sum, sum); part < nested; part = nextPart(sum, part)) {
    if (first === 0) first = at(placeOf(part));
    lacksFlags = lacksFlags || (infoOf(at(placeOf(part))) & HAS_FLAGS) === 0;
  }
  if (!lacksFlags || (infoOf(record) & HAS_FLAGS) === 0) takeOutTold(record, first);
  else
    for (let part = nextPart(sum, sum); part < nested; part = nextPart(sum, part))
      takeOutTold(at(placeOf(part)), record);
}

function takeOutTold(record: usize, original: usize): void {
  if ((infoOf(record) & GONE) !== 0) return;
  putWord(record + INFO, infoOf(record) | GONE);
  takeOut(record, original);
}

/** Those that are left follow one another. */
function closeRanks(): void {
  let left: u32 = 0;
  for (let i: u32 = 0; i < count; i++) if ((infoOf(at(i)) & GONE) === 0) putAt(left++, at(i));
  copies += count - left;
  count = left;
  looked = left;
}

function keepAmongFew(record: usize): void {
  let i = firstKept;
  while (i < kept && !isCopy(at(i), record)) i++;
  if (i === kept) putAt(kept++, record);
  else takeOut(record, at(i));
}

/** Whether two records show the same addresses, as far as both formats have them. */
function showsAlike(a: usize, b: usize): bool {
  const either = infoOf(a) | infoOf(b);
  const both = infoOf(a) & infoOf(b);
  const differs = infoOf(a) ^ infoOf(b);
  if ((both & SHOWS_SRC) !== 0 && (differs & SRC_REWRITTEN) !== 0) return false;
  if ((both & SHOWS_DST) !== 0 && (differs & DST_REWRITTEN) !== 0) return false;
  // Of two rewritten addresses a record keeps the destination's.
  const isComparable =
    (either & DST_REWRITTEN) !== 0
      ? (both & SHOWS_DST) !== 0 && (infoOf(a) & DST_REWRITTEN) !== 0
      : (both & SHOWS_SRC) !== 0 && (infoOf(a) & SRC_REWRITTEN) !== 0;
  return !isComparable || (ownOf(a) === ownOf(b) && (differs & OWN_IS_V6) === 0);
}

function lacksTimeOrCounts(record: usize): bool {
  return startOf(record) < 0 || packetsOf(record) < 0 || bytesOf(record) < 0;
}

/** Whether two records of one interval count the same packets of one vantage: copies never differ in that. */
function countsAlike(a: usize, b: usize): bool {
  return (
    vantageOf(a) === vantageOf(b) &&
    packetsOf(a) === packetsOf(b) &&
    bytesOf(a) === bytesOf(b) &&
    ((infoOf(a) ^ infoOf(b)) & SAME) === 0 &&
    ((infoOf(a) & HAS_LOSSES) === 0 || ownOf(a) === ownOf(b)) &&
    // Without times and counts only identical ones are copies.
    (!lacksTimeOrCounts(a) || (writerOf(a) === writerOf(b) && ((infoOf(a) ^ infoOf(b)) & FLAGS) === 0))
  );
}

/**
 * Whether two records of one interval say the same of the same packets: identical, or written by two flow logs of one
 * interface of which one carries fewer fields. Without times and counts only identical ones are copies.
 */
function isCopy(a: usize, b: usize): bool {
  if (!countsAlike(a, b) || !showsAlike(a, b)) return false;
  const differs = infoOf(a) ^ infoOf(b);
  if (lacksTimeOrCounts(a)) return (differs & (FLOWS | SRC_REWRITTEN | DST_REWRITTEN)) === 0;
  const sameFlags = (infoOf(a) & infoOf(b) & HAS_FLAGS) === 0 || (differs & FLAGS) === 0;
  return sameFlags && ((differs & FLOWS) === 0 || flowOf(a) === 0 || flowOf(b) === 0);
}

/** What else copies differ in where a format lacks a field, but for the address. */
const SHOWN: u32 = FLAGS | FLOWS | SHOWS_SRC | SHOWS_DST | SRC_REWRITTEN | DST_REWRITTEN;

function hashOfCounts(record: usize): u32 {
  let hash = withWord(vantageOf(record), infoOf(record) & SAME);
  for (let at: u32 = PACKETS; at < START; at += 4) hash = withWord(hash, wordAt(record + at));
  return hash;
}

/**
 * The same for many of one interval, by tables: of those that count alike, one of each kind of what they show is compared,
 * and of that kind the one that shows the same address. False where there is no memory for it.
 */
function keepAmongMany(record: usize): bool {
  if (byCounts === 0) {
    byCounts = newTable();
    byAll = newTable();
    if (byCounts === 0 || byAll === 0) return false;
  }
  const counts = hashOfCounts(record);
  const hash = spread(counts);
  let slot = slotOf(byCounts, hash);
  while (rowIn(slot) !== 0 && (hashIn(slot) !== hash || !countsAlike(rowIn(slot), record)))
    slot = slotBehind(byCounts, slot);
  const first = rowIn(slot);
  const original = originalAmong(first, record, counts);
  if (original !== 0) {
    takeOut(record, original);
    return true;
  }
  const isNewKind = first !== 0 && !hasKind(first, record);
  const whole = slotOfKind(counts, record, record);
  if (!fillSlot(byAll, whole, hashOfKind(counts, record, record), record)) return false;
  if (first === 0) {
    putWord(record + ALIKE, 0);
    if (!fillSlot(byCounts, slot, hash, record)) return false;
  } else if (isNewKind) {
    putWord(record + ALIKE, wordAt(first + ALIKE));
    putWord(first + ALIKE, record);
  }
  putAt(kept++, record);
  return true;
}

/** What a record repeats of those that count alike, which are chained to the first, one of each kind; 0 for none. */
function originalAmong(first: usize, record: usize, counts: u32): usize {
  for (let kind = first; kind !== 0; kind = wordAt(kind + ALIKE)) {
    if (isCopy(kind, record)) return kind;
    // Of the same kind only the address can differ: the one with this record's may be there.
    const same = rowIn(slotOfKind(counts, kind, record));
    if (same !== 0 && isCopy(same, record)) return same;
  }
  return 0;
}

function hasKind(first: usize, record: usize): bool {
  for (let kind = first; kind !== 0; kind = wordAt(kind + ALIKE))
    if (((infoOf(kind) ^ infoOf(record)) & SHOWN) === 0) return true;
  return false;
}

function hashOfKind(counts: u32, kind: usize, address: usize): u32 {
  const shown = (infoOf(kind) & SHOWN) | (infoOf(address) & OWN_IS_V6);
  return spread(withWord(withWord(counts, shown), ownOf(address)));
}

/** Where a record is that is of the kind of one and shows the address of another, or would be. */
function slotOfKind(counts: u32, kind: usize, address: usize): usize {
  const hash = hashOfKind(counts, kind, address);
  let slot = slotOf(byAll, hash);
  for (; rowIn(slot) !== 0; slot = slotBehind(byAll, slot)) {
    if (hashIn(slot) !== hash) continue;
    const row = rowIn(slot);
    if (((infoOf(row) ^ infoOf(kind)) & SHOWN) !== 0) continue;
    if (ownOf(row) !== ownOf(address) || ((infoOf(row) ^ infoOf(address)) & OWN_IS_V6) !== 0) continue;
    if (countsAlike(row, kind)) break;
  }
  return slot;
}
