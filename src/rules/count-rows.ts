/** How many rows there are of each state, verdict, basis and five marks: what a summary is made of, without looking at rows again. */
import { BASES, COUNTED, COUNTS, EXCHANGE, ICMP, UDP } from './layout.ts';
import { life } from './life.ts';
import { byteAt, putWord, wordAt } from './port.ts';
import { transport } from './records.ts';
import { finding, marks, verdict } from './row.ts';
import { aside } from './settings.ts';

/** Counts the connection that was weighed last by its state, or as an exchange by its transport. */
export function countRow(): void {
  let state = byteAt(COUNTED + life);
  if (life === EXCHANGE) state += transport === UDP ? 0 : transport === ICMP ? 1 : 2;
  const basis = byteAt(BASES + finding);
  const number = (state << 12) | (verdict << 9) | (basis << 5) | (marks & 31);
  const counter: usize = aside + COUNTS + (number << 2);
  putWord(counter, wordAt(counter) + 1);
}
