/**
 * The whole life in one line of Zeek's letters, as far as flow logs carry them: each letter stands once a side, as in Zeek.
 * Inside one window the log has no order: openings come first, then data, then closes, initiator first. Which letters
 * flags and payload are, and how a set of them is spelt, is taught.
 */
import { beginOf, untilOf } from './drafts.ts';
import { windowEnd } from './intervals.ts';
import { EITHER, HISTORIES, LETTERS } from './layout.ts';
import { byteAt, halfAt } from './port.ts';
import { copyText } from './port-bytes.ts';
import { at, directionOf, payloadOf, readingOf, traitsOf } from './records.ts';
import { out, setOut } from './spell-values.ts';

// Flags, where a record shows one of the two and nobody can tell which.
const SYN: u32 = 2;
const SYN_ACK: u32 = 18;

/** Windows of all views together, as the history told last went through them. */
export let windowsTold: u32 = 0;

/** Writes the history. */
export function putHistory(draft: usize, opener: u32): void {
  const until = untilOf(draft);
  let before: u32 = 0;
  let place = beginOf(draft);
  windowsTold = 0;
  while (place < until) {
    const to = windowEnd(place, until);
    let letters: u32 = 0;
    for (; place < to; place++) {
      const record = at(place);
      const isOpener = directionOf(record) === opener;
      let bits = halfAt(LETTERS + ((payloadOf(record) | readingOf(record)) << 1));
      if ((traitsOf(record) & EITHER) !== 0) bits |= halfAt(LETTERS + ((isOpener ? SYN : SYN_ACK) << 1));
      // The responder's letters are one bit to the left of the initiator's.
      letters |= bits << (isOpener ? 0 : 1);
    }
    const text: usize = HISTORIES + ((letters & ~before) << 4);
    copyText(out, text, 16);
    setOut(out + byteAt(text + 15));
    before |= letters;
    windowsTold++;
  }
}
