/**
 * How many rows there are of each state, verdict, basis and four marks: what a summary is made of, without looking at rows
 * again. Exchanges are counted as one state, and once more by their protocol.
 */
import {
  BASES,
  CONTRADICTED,
  COPIES,
  COUNTED,
  COUNTS,
  EXCHANGE,
  HAS_GAP,
  HIDES_REUSE,
  ONE_SIDED,
  PROTOCOL_COUNTS,
} from './layout.ts';
import { life } from './life.ts';
import { byteAt, fillBytes, putWord, wordAt } from './port.ts';
import { transport } from './records.ts';
import { aside } from './settings.ts';
import { finding, marks, verdict } from './weigh.ts';

/** How far marks stand to the left of where they are counted: ONE_SIDED and its two neighbours, and HAS_GAP. */
const NEAR: u32 = 2;
const FAR: u32 = 4;

function countOne(at: usize): void {
  putWord(at, wordAt(at) + 1);
}

/** Counts the connection that was weighed last. */
export function countRow(): void {
  const counted = ((marks & (ONE_SIDED | HIDES_REUSE | CONTRADICTED)) >>> NEAR) | ((marks & HAS_GAP) >>> FAR);
  const number = (byteAt(COUNTED + life) << 12) | (verdict << 8) | (byteAt(BASES + finding) << 4) | counted;
  countOne(aside + COUNTS + (number << 2));
  if (life === EXCHANGE) countOne(aside + PROTOCOL_COUNTS + (transport << 2));
}

/** Forgets all that was counted, copies too. */
export function forgetCounts(): void {
  fillBytes(aside + COUNTS, 0, COPIES + 8 - COUNTS);
}
