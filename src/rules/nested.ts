/**
 * Records that lie within another of the same vantage, direction and action. A flow log writes one record of them an interval, and
 * intervals do not overlap: where a record holds others and counts what they count together, two flow logs of different
 * intervals have told the same packets. Here each record is held against those within it; told-twice.ts and records.ts ask.
 */
import { doubleAt, putDouble, putWord, wordAt } from './port.ts';

// A record: what it counts, when, whose it is, of what kind, and what it is to whoever asks.
const PACKETS: u32 = 0;
const BYTES: u32 = 8;
const START: u32 = 16;
const END: u32 = 24;
const VANTAGE: u32 = 32;
const KIND: u32 = 36;
const PLACE: u32 = 40;
const MARKS: u32 = 44;
const SIZE: u32 = 48;
/** So much room each of them takes, with its place in the order. */
export const NESTED_SIZE: u32 = 52;

// Of MARKS. Another begins or ends within it.
const CROSSED: u32 = 1;
const IS_SUM: u32 = 2;
const IS_PART: u32 = 4;

/** In ten minutes there are ten: of more that begin before a record has ended nobody can say anything. */
const MOST_WITHIN: u32 = 64;

/** How many records are asked about. */
export let nested: u32 = 0;
let rows: usize = 0;
let order: usize = 0;
/** How far the heap is built, and how far it is taken down. */
let unheaped: u32 = 0;
let heaped: u32 = 0;

// What was found of the record that was looked at last.
/** Records within it. Those that count the same in the same interval are one. */
export let parts: u32 = 0;
/** It counts what they count together, and nothing speaks against it. */
export let isSum: bool = false;
/** There is too much to look at. */
export let isCrowded: bool = false;

/** @param room for as many as may come, {@link NESTED_SIZE} each */
export function beginNested(room: usize, most: u32): void {
  nested = 0;
  rows = room;
  order = room + most * SIZE;
}

/** @param place what {@link placeOf} gives back; among equals the lowest comes first */
export function putNested(vantage: u32, kind: u32, place: u32): usize {
  const row = rows + nested * SIZE;
  putWord(row + VANTAGE, vantage);
  putWord(row + KIND, kind);
  putWord(row + PLACE, place);
  putWord(row + MARKS, 0);
  putWord(order + (nested << 2), row);
  nested++;
  return row;
}

/** The rest of what {@link putNested} began. */
export function putMeasures(row: usize, packets: f64, bytes: f64, begins: f64, ends: f64): void {
  putDouble(row + PACKETS, packets);
  putDouble(row + BYTES, bytes);
  putDouble(row + START, begins);
  putDouble(row + END, ends);
}

/** All are there: {@link sortNested} puts them in order, a step each time. */
export function beginSorting(): void {
  unheaped = nested >>> 1;
  heaped = nested;
}

/** True when they are in order: by vantage, kind and start, the longest first. */
export function sortNested(): bool {
  if (unheaped > 0) {
    unheaped--;
    sink(unheaped, nested);
    return false;
  }
  if (heaped <= 1) return true;
  heaped--;
  const last = rowAt(heaped);
  putWord(order + (heaped << 2), rowAt(0));
  putWord(order, last);
  sink(0, heaped);
  return false;
}

function sink(from: u32, until: u32): void {
  const row = rowAt(from);
  let place = from;
  for (;;) {
    let child: u32 = (place << 1) + 1;
    if (child >= until) break;
    if (child + 1 < until && isBehind(rowAt(child + 1), rowAt(child))) child++;
    if (!isBehind(rowAt(child), row)) break;
    putWord(order + (place << 2), rowAt(child));
    place = child;
  }
  putWord(order + (place << 2), row);
}

function isBehind(a: usize, b: usize): bool {
  if (wordAt(a + VANTAGE) !== wordAt(b + VANTAGE)) return wordAt(a + VANTAGE) > wordAt(b + VANTAGE);
  if (wordAt(a + KIND) !== wordAt(b + KIND)) return wordAt(a + KIND) > wordAt(b + KIND);
  if (doubleAt(a + START) !== doubleAt(b + START)) return doubleAt(a + START) > doubleAt(b + START);
  if (doubleAt(a + END) !== doubleAt(b + END)) return doubleAt(a + END) < doubleAt(b + END);
  if (doubleAt(a + PACKETS) !== doubleAt(b + PACKETS)) return doubleAt(a + PACKETS) > doubleAt(b + PACKETS);
  if (doubleAt(a + BYTES) !== doubleAt(b + BYTES)) return doubleAt(a + BYTES) > doubleAt(b + BYTES);
  return wordAt(a + PLACE) > wordAt(b + PLACE);
}

function rowAt(i: u32): usize {
  return wordAt(order + (i << 2));
}
function mark(row: usize, bit: u32): void {
  putWord(row + MARKS, wordAt(row + MARKS) | bit);
}

function isOfFamily(a: usize, b: usize): bool {
  return wordAt(a + VANTAGE) === wordAt(b + VANTAGE) && wordAt(a + KIND) === wordAt(b + KIND);
}

/** Whether one in the order is the first of its vantage and kind. */
export function beginsFamily(i: u32): bool {
  return i === 0 || !isOfFamily(rowAt(i - 1), rowAt(i));
}

/** Whether any of a vantage and kind, of which this is the first in the order, lies within another. */
export function holdsAny(first: u32): bool {
  // Of those that end last, the one that begins first.
  let longest = rowAt(first);
  for (let i = first + 1; i < nested && isOfFamily(longest, rowAt(i)); i++) {
    const row = rowAt(i);
    if (doubleAt(row + END) > doubleAt(longest + END)) longest = row;
    else if (!isSameInterval(longest, row)) return true;
  }
  return false;
}

/** Whether the next in the order is of the same vantage and kind, and begins before a record has ended. */
function reaches(row: usize, next: usize): bool {
  return isOfFamily(row, next) && doubleAt(next + START) <= doubleAt(row + END);
}

function isSameInterval(a: usize, b: usize): bool {
  return doubleAt(a + START) === doubleAt(b + START) && doubleAt(a + END) === doubleAt(b + END);
}

function saysTheSame(a: usize, b: usize): bool {
  return (
    isSameInterval(a, b) &&
    doubleAt(a + PACKETS) === doubleAt(b + PACKETS) &&
    doubleAt(a + BYTES) === doubleAt(b + BYTES)
  );
}

/** Looks at a record by its place in the order, from the first on: earlier ones mark what crosses later ones. */
export function lookWithin(i: u32): void {
  const row = rowAt(i);
  const ends = doubleAt(row + END);
  let packets: f64 = 0;
  let bytes: f64 = 0;
  let covered = doubleAt(row + START);
  let last = row;
  parts = 0;
  isSum = false;
  isCrowded = false;
  let isCrossed = (wordAt(row + MARKS) & CROSSED) !== 0;
  for (let j = i + 1; j < nested && reaches(row, rowAt(j)); j++) {
    if (j - i > MOST_WITHIN) {
      isCrowded = true;
      return;
    }
    const other = rowAt(j);
    if (doubleAt(other + END) > ends || isSameInterval(row, other)) {
      // To touch in one second is not to cross.
      if (doubleAt(other + START) === ends && doubleAt(other + END) > ends) continue;
      if (saysTheSame(row, other)) continue;
      mark(other, CROSSED);
      isCrossed = true;
    } else if (!saysTheSame(last, other)) {
      if (doubleAt(other + START) < covered) isCrossed = true;
      if (doubleAt(other + END) > covered) covered = doubleAt(other + END);
      packets += doubleAt(other + PACKETS);
      bytes += doubleAt(other + BYTES);
      last = other;
      parts++;
    }
  }
  isSum = parts > 0 && !isCrossed && packets === doubleAt(row + PACKETS) && bytes === doubleAt(row + BYTES);
  if (isSum) mark(row, IS_SUM);
}

/** Whether a record, all being looked at, is a sum and no part of one. */
export function isOuterSum(i: u32): bool {
  return (wordAt(rowAt(i) + MARKS) & (IS_SUM | IS_PART)) === IS_SUM;
}

/** The next record behind one in the order that lies within a sum, which makes it a part; {@link nested} for none. */
export function nextPart(sum: u32, behind: u32): u32 {
  const row = rowAt(sum);
  for (let j = behind + 1; j < nested && reaches(row, rowAt(j)); j++) {
    const other = rowAt(j);
    if (doubleAt(other + END) > doubleAt(row + END) || isSameInterval(row, other)) continue;
    mark(other, IS_PART);
    return j;
  }
  return nested;
}

export function placeOf(i: u32): u32 {
  return wordAt(rowAt(i) + PLACE);
}
export function vantageIn(i: u32): u32 {
  return wordAt(rowAt(i) + VANTAGE);
}
