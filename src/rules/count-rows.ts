/**
 * How many rows there are of each state, verdict, basis and four marks: what a summary is made of, without looking at rows
 * again. Exchanges are counted as one state, and once more by their protocol.
 */
import { firstOf, openedAtOf } from './drafts.ts';
import {
  BASES,
  CONTRADICTED,
  COPIES,
  COUNTED,
  COUNTS,
  EITHER_REJECTED,
  EXCHANGE,
  HAS_GAP,
  HIDES_REUSE,
  LATE,
  LATE_ALONE,
  ONE_SIDED,
  PROTOCOL_COUNTS,
  UNKNOWN,
} from './layout.ts';
import { life } from './life.ts';
import { byteAt, fillBytes, putWord, wordAt } from './port.ts';
import { transport } from './records.ts';
import { aside } from './settings.ts';
import { rejectedFrom, rejectedSides } from './verdict.ts';
import { finding, marks, verdict, weighed } from './weigh.ts';

/** How far marks stand to the left of where they are counted: ONE_SIDED and its two neighbours, and HAS_GAP. */
const NEAR: u32 = 2;
const FAR: u32 = 4;

function countOne(at: usize): void {
  putWord(at, wordAt(at) + 1);
}

/** The verdict, and what a summary tells apart beside it: what readers of a row see, and no more. */
function countedVerdict(): u32 {
  if (verdict === UNKNOWN) return rejectedSides === 0 ? UNKNOWN : EITHER_REJECTED;
  if (verdict !== LATE || openedAtOf(weighed) >= 0) return verdict;
  const first = firstOf(weighed);
  return rejectedFrom < 0 || first < 0 || rejectedFrom <= first ? LATE_ALONE : LATE;
}

/** Counts the connection that was weighed last. */
export function countRow(): void {
  const counted = ((marks & (ONE_SIDED | HIDES_REUSE | CONTRADICTED)) >>> NEAR) | ((marks & HAS_GAP) >>> FAR);
  const told = countedVerdict();
  const number = (byteAt(COUNTED + life) << 12) | (told << 8) | (byteAt(BASES + finding) << 4) | counted;
  countOne(aside + COUNTS + (number << 2));
  if (life === EXCHANGE) countOne(aside + PROTOCOL_COUNTS + (transport << 2));
}

/** Forgets all that was counted, copies too. */
export function forgetCounts(): void {
  fillBytes(aside + COUNTS, 0, COPIES + 8 - COUNTS);
}
