/**
 * What the input teaches of interfaces: of how many keys a vantage shows both directions, and of how many one half of what had
 * two. All keys are looked at when the input has ended, and sums do not depend on order (law 1). Where the keys that
 * are filed are only some of the input's, the caller adds up what each part teaches. What the sums come to is not decided here.
 */
import { ACCEPT, FROM_HIGH, HAS_PACKETS, TCP } from './layout.ts';
import { doubleAt, putWord, wordAt } from './port.ts';
import { attemptPackets, readSettings } from './settings.ts';
import {
  firstObserverIn,
  hasManyObservers,
  isMoreThanHeaders,
  keyAt,
  keys,
  LOW_PASSED,
  recordAt,
  SECOND_SHIFT,
  secondObserverIn,
} from './store.ts';

/** What is added up of a vantage: keys seen both ways 0, halves 4; and while a key is looked at: its number and one 8, what was seen 12. */
export const BOTH_WAYS_SIZE: u32 = 16;
const HALVES: u32 = 4;
const KEY: u32 = 8;
const SEEN: u32 = 12;
// Of SEEN, beside the ends: a record is more than an attempt; it was counted.
const HEAVY: u32 = 4;
const COUNTED: u32 = 8;

const BOTH: u32 = 3;

/** By observer, a word each, where its vantage's sums lie. */
let vantages: usize = 0;

function sumsOf(observer: u32): usize {
  return wordAt(vantages + (observer << 2));
}

/**
 * Adds what keys [from, to) teach to the sums of their vantages.
 * @param sums by observer, a word each, where the sums of its vantage lie
 */
export function learnBothWays(from: u32, to: u32, sums: usize): void {
  readSettings();
  vantages = sums;
  const until = to < keys ? to : keys;
  for (let key = from; key < until; key++) {
    const at = keyAt(key);
    const evidence = wordAt(at + 28);
    const second = (evidence >>> SECOND_SHIFT) & BOTH;
    if (hasManyObservers(evidence)) lookAtAll(at, key);
    else if (second === 0) addShare(at, sumsOf(firstObserverIn(evidence)), evidence & BOTH);
    else {
      const one = sumsOf(firstObserverIn(evidence));
      const other = sumsOf(secondObserverIn(evidence));
      if (one === other) addShare(at, one, (evidence & BOTH) | second);
      else {
        addShare(at, one, evidence & BOTH);
        addShare(at, other, second);
      }
    }
  }
}

function countOne(at: usize): void {
  putWord(at, wordAt(at) + 1);
}

/** Adds what a vantage saw of a key. @param isHeavy whether it has a record that an attempt cannot leave, where that decides */
function add(key: usize, sums: usize, seen: u32, isHeavy: bool): void {
  if (seen === BOTH) countOne(sums);
  else if (isHeavy || (isTcp(key) && (passed(key) & ~seen) !== 0)) countOne(sums + HALVES);
}

/** The same, of a vantage of which nothing else is known: its records are looked at only where they decide. */
function addShare(key: usize, sums: usize, seen: u32): void {
  add(key, sums, seen, isOneWay(key, seen) && hasHeavy(key, sums));
}

function isTcp(key: usize): bool {
  return (wordAt(key + 12) & 0xff) === TCP;
}

/** The ends of which records were accepted anywhere. */
function passed(key: usize): u32 {
  return (wordAt(key + 28) / LOW_PASSED) & BOTH;
}

/** Nobody has an accepted record of the other end: then one that no attempt leaves tells of it. */
function isOneWay(key: usize, seen: u32): bool {
  return isTcp(key) && passed(key) === seen;
}

function hasHeavy(key: usize, sums: usize): bool {
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24)) {
    const record = recordAt(next - 1);
    if (sumsOf(wordAt(record + 28)) === sums && isHeavy(key, record)) return true;
  }
  return false;
}

/** An accepted record with payload, or with more packets than an attempt without an answer has. */
function isHeavy(key: usize, record: usize): bool {
  const info = wordAt(record + 32);
  if ((info & ACCEPT) === 0 || (info & HAS_PACKETS) === 0) return false;
  return doubleAt(record) > attemptPackets || isMoreThanHeaders(key, record);
}

/** The same of a key of which more wrote than it has room to tell: its records do. */
function lookAtAll(key: usize, number: u32): void {
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24)) {
    const record = recordAt(next - 1);
    const sums = sumsOf(wordAt(record + 28));
    let seen: u32 = wordAt(sums + KEY) === number + 1 ? wordAt(sums + SEEN) : 0;
    seen |= (wordAt(record + 32) & FROM_HIGH) !== 0 ? 2 : 1;
    if (isHeavy(key, record)) seen |= HEAVY;
    putWord(sums + KEY, number + 1);
    putWord(sums + SEEN, seen);
  }
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24)) {
    const sums = sumsOf(wordAt(recordAt(next - 1) + 28));
    const seen = wordAt(sums + SEEN);
    if ((seen & COUNTED) !== 0) continue;
    putWord(sums + SEEN, seen | COUNTED);
    const ends = seen & BOTH;
    add(key, sums, ends, isOneWay(key, ends) && (seen & HEAVY) !== 0);
  }
}
