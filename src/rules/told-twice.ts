/**
 * What the input teaches of interfaces that two flow logs tell of, one of them at longer intervals: how many records count exactly what
 * several within them count together, and how many hold others and do not. One key proves nothing, since two keepalives
 * weigh the same by accident. As of both ways (both-ways.ts), sums of all keys are told, not what they come to.
 */
import {
  ACCEPT,
  FROM_HIGH,
  HAS_BYTES,
  HAS_END,
  HAS_PACKETS,
  HAS_START,
  NONE,
  OF_GATEWAY,
  REJECT,
} from './layout.ts';
import {
  beginNested,
  beginSorting,
  beginsFamily,
  holdsAny,
  isCrowded,
  isSum,
  lookWithin,
  NESTED_SIZE,
  nested,
  parts,
  putMeasures,
  putNested,
  sortNested,
  vantageIn,
} from './nested.ts';
import { doubleAt, putWord, wordAt } from './port.ts';
import { keyAt, keys, recordAt } from './store.ts';

/**
 * What is added up of a vantage: sums of several records 0, records that hold others and are no sum 4, those of them that hold
 * several 8. And whether it is asked about at all 12.
 */
export const TOLD_TWICE_SIZE: u32 = 16;
const CONTRADICTIONS: u32 = 4;
const NESTS: u32 = 8;
const IS_ASKED: u32 = 12;

/** Keys with more records teach nothing: others will. */
const MOST_RECORDS: u32 = 1024;
/** Room to work in, bytes. */
export const TOLD_TWICE_ROOM: u32 = MOST_RECORDS * NESTED_SIZE;
/** A sum and two parts. */
const FEWEST: u32 = 3;

const TIMES: u32 = HAS_START | HAS_END;

/** What the same packets never differ in. */
const KIND: u32 = FROM_HIGH | ACCEPT | REJECT | OF_GATEWAY;

/**
 * Adds what keys [from, to) teach to the sums of their vantages.
 * @param sums by observer, a word each, where the sums of its vantage lie
 * @param room of {@link TOLD_TWICE_ROOM}
 */
export function learnToldTwice(from: u32, to: u32, sums: usize, room: usize): void {
  const until = to < keys ? to : keys;
  for (let key = from; key < until; key++) {
    const at = keyAt(key);
    const records = wordAt(at + 20);
    if (records >= FEWEST && records <= MOST_RECORDS && mayNest(at)) learnFrom(at, sums, room);
  }
}

/**
 * Whether a record may hold another. None does where of each direction every record begins and ends before the one that was filed behind
 * it, as one flow log in its order has them: most keys are done with that.
 */
function mayNest(key: usize): bool {
  let lowStart: u32 = NONE;
  let lowEnd: u32 = NONE;
  let highStart: u32 = NONE;
  let highEnd: u32 = NONE;
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24)) {
    const record = recordAt(next - 1);
    const info = wordAt(record + 32);
    if ((info & TIMES) !== TIMES) return true;
    const begins = wordAt(record + 16);
    const ends = wordAt(record + 20);
    if ((info & FROM_HIGH) !== 0) {
      if (begins >= highStart || ends >= highEnd) return true;
      highStart = begins;
      highEnd = ends;
    } else {
      if (begins >= lowStart || ends >= lowEnd) return true;
      lowStart = begins;
      lowEnd = ends;
    }
  }
  return false;
}

function learnFrom(key: usize, sums: usize, room: usize): void {
  beginNested(room, MOST_RECORDS);
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24)) {
    const record = recordAt(next - 1);
    const vantage = wordAt(sums + (wordAt(record + 28) << 2));
    if (wordAt(vantage + IS_ASKED) !== 0) putRecord(record, vantage);
  }
  beginSorting();
  while (!sortNested());
  let teaches = false;
  for (let i: u32 = 0; i < nested; i++) {
    if (beginsFamily(i)) teaches = holdsAny(i);
    if (!teaches) continue;
    lookWithin(i);
    if (!isCrowded && parts === 0) continue;
    const vantage = vantageIn(i);
    if (!isSum) addOne(vantage + CONTRADICTIONS);
    if (isCrowded || parts > 1) addOne(vantage + (isSum ? 0 : NESTS));
  }
}

/** What lacks counts or times says nothing here, nor what ends before it begins. */
function putRecord(record: usize, vantage: usize): void {
  const info = wordAt(record + 32);
  if ((info & HAS_PACKETS) === 0 || (info & HAS_BYTES) === 0) return;
  const hasStart = (info & HAS_START) !== 0;
  const hasEnd = (info & HAS_END) !== 0;
  if (!hasStart && !hasEnd) return;
  const begins = wordAt(record + (hasStart ? 16 : 20)) as f64;
  const ends = wordAt(record + (hasEnd ? 20 : 16)) as f64;
  if (ends < begins) return;
  putMeasures(putNested(vantage, info & KIND, 0), doubleAt(record), doubleAt(record + 8), begins, ends);
}

function addOne(at: usize): void {
  putWord(at, wordAt(at) + 1);
}
