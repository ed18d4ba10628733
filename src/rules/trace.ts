/**
 * How a connection came to be what is told of it: behind its whole row, every record with the step of the machine that it
 * was, what the records and the rest of the input show of who opened, and what each view says alone. The steps are those
 * that dividing took; nothing is decided here, and what it all means is put into words elsewhere.
 */
import { endBits, strongest } from './clues.ts';
import {
  beginOf,
  evidenceOf,
  firstView,
  hasFlags,
  nextSide,
  reuseOf,
  untilOf,
  viewCountOf,
} from './drafts.ts';
import {
  BY_STORE,
  TCP,
  TRACE_CLUES,
  TRACE_ENDS,
  TRACE_EVIDENCE,
  TRACE_HAS_FLAGS,
  TRACE_KNOWN,
  TRACE_OPENER,
  TRACE_PORTS,
  TRACE_RECORDS,
  TRACE_REUSE,
  TRACE_SIDES,
  TRACE_SIZE,
  TRACE_VIEW_OBSERVER,
  TRACE_VIEW_SIZE,
  TRACE_VIEW_VERDICT,
  TRACE_VIEWS,
  TRACED_BY_HIGH,
  TRACED_BYTES,
  TRACED_COPY,
  TRACED_END,
  TRACED_INFO,
  TRACED_MARKS,
  TRACED_NOISE,
  TRACED_OBSERVER,
  TRACED_OWN,
  TRACED_PACKETS,
  TRACED_PAYLOAD,
  TRACED_SIDES,
  TRACED_SIZE,
  TRACED_START,
  WHOLE_BYTES,
} from './layout.ts';
import { settledSide } from './life.ts';
import { putByte, putDouble, putWord, wordAt } from './port.ts';
import {
  at,
  bytesOf,
  copies,
  directionOf,
  endOf,
  firstCopyOf,
  flipped,
  infoOf,
  isNoise,
  nextCopy,
  observerOf,
  ownOf,
  packetsOf,
  payloadOf,
  ports,
  startOf,
  transport,
} from './records.ts';
import { answers, knowEnd, peers } from './services.ts';
import { out, setOut } from './spell-values.ts';
import { verdictAt } from './verdict.ts';
import { nextView, observerAt } from './view-rows.ts';
import { clues } from './view-sums.ts';
import { keyOfWeighed, learns, opener, weighed } from './weigh.ts';
import { wholeBytes, writeWhole } from './whole-row.ts';

/** More than the trace of the connection that was weighed last takes, its whole row included. */
export function traceBytes(): usize {
  const draft = weighed;
  const records: usize = untilOf(draft) - beginOf(draft) + copies;
  return wholeBytes() + TRACE_SIZE + viewCountOf(draft) * TRACE_VIEW_SIZE + records * TRACED_SIZE;
}

/** Where the whole row begins. */
let whole: usize = 0;

/** Begins the whole row of the connection that was weighed last; true where it is time to rest. Its trace comes last. */
export function writeTrace(draft: usize, place: u32, number: u32): bool {
  whole = out;
  if (writeWhole(draft, place, number)) return true;
  endTrace();
  return false;
}

/** Writes the trace behind the whole row. */
export function endTrace(): void {
  const draft = weighed;
  const head = out;
  putWord(head + TRACE_CLUES, strongest(clues));
  putWord(head + TRACE_KNOWN, endBits);
  putWord(head + TRACE_EVIDENCE, evidenceOf(draft));
  putByte(head + TRACE_OPENER, opener);
  putByte(head + TRACE_HAS_FLAGS, hasFlags(draft) ? 1 : 0);
  putByte(head + TRACE_REUSE, reuseOf(draft));
  putWord(head + TRACE_PORTS, ports);
  putWord(head + TRACE_SIDES, settledSide(draft, 0, opener) | (settledSide(draft, 1, opener) << 8));
  putEnd(head, 0);
  putEnd(head, 1);
  const records = putViews(head, draft);
  const until = putRecords(records, draft);
  putWord(head + TRACE_RECORDS, ((until - records) / TRACED_SIZE) as u32);
  putWord(whole + WHOLE_BYTES, (until - whole) as u32);
  setOut(until);
}

/** What is known of an end, which weighing has looked at. */
function putEnd(head: usize, end: u32): void {
  knowEnd(keyOfWeighed, (end === 1) !== flipped, learns);
  putWord(head + TRACE_ENDS + (end << 3), answers ? 1 : 0);
  putWord(head + TRACE_ENDS + (end << 3) + 4, peers);
}

function putViews(head: usize, draft: usize): usize {
  let row: usize = head + TRACE_SIZE;
  putWord(head + TRACE_VIEWS, viewCountOf(draft));
  for (let view = firstView(draft); view !== 0; view = nextView(view)) {
    putWord(row + TRACE_VIEW_OBSERVER, wordAt(observerAt(view)));
    putWord(row + TRACE_VIEW_VERDICT, verdictAt(view));
    row += TRACE_VIEW_SIZE;
  }
  return row;
}

function putRecords(from: usize, draft: usize): usize {
  let row = from;
  // Of the low and the high end, as in TRACE_SIDES.
  let sides: u32 = 0;
  const until = untilOf(draft);
  for (let i = beginOf(draft); i < until; i++) {
    const record = at(i);
    const before = sides;
    if (transport === TCP) {
      const shift = directionOf(record) << 3;
      const next = nextSide((sides >>> shift) & 0xff, record) & 0x7f;
      sides = (sides & ~(0xff << shift)) | (next << shift);
    }
    putRecord(row, record, isNoise(record) ? TRACED_NOISE : 0);
    putWord(row + TRACED_SIDES, before | (sides << 16));
    row += TRACED_SIZE;
    for (let copy = firstCopyOf(record); copy !== 0; copy = nextCopy(copy)) {
      putRecord(row, copy, TRACED_COPY);
      putWord(row + TRACED_SIDES, 0);
      row += TRACED_SIZE;
    }
  }
  return row;
}

function putRecord(row: usize, record: usize, marks: u32): void {
  putDouble(row + TRACED_PACKETS, packetsOf(record));
  putDouble(row + TRACED_BYTES, bytesOf(record));
  putDouble(row + TRACED_START, startOf(record));
  putDouble(row + TRACED_END, endOf(record));
  putWord(row + TRACED_INFO, infoOf(record) & BY_STORE);
  putWord(row + TRACED_OWN, ownOf(record));
  putWord(row + TRACED_OBSERVER, wordAt(observerOf(record)));
  const byHigh: u32 = directionOf(record) === 0 ? 0 : TRACED_BY_HIGH;
  const payload: u32 = payloadOf(record) === 0 ? 0 : TRACED_PAYLOAD;
  putWord(row + TRACED_MARKS, marks | byHigh | payload);
}
