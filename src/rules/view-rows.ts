/**
 * Views: what one interface, or the resource in its place, saw of one connection, added up while the records come. Counts
 * stand by view and are never added up across them: the same packets pass every interface. A stream is what a view saw in
 * one direction with one action: AWS writes a record each, and each is in order.
 */
import { spread, withWord } from './hashes.ts';
import { CLOSES, ENDS, ENDS_OF_ATTACHMENT, HAS_INSTANCE, OPENS } from './layout.ts';
import { byteAt, clearRow, doubleAt, putDouble, putWord, wordAt } from './port.ts';
import {
  actionOf,
  bytesOf,
  directionOf,
  endOf,
  flowOf,
  hasLosses,
  isOfGateway,
  nextOfView,
  observerOf,
  packetsOf,
  putNextOfView,
  putView,
  standInsOf,
  startOf,
  traitsOf,
  vantageOf,
  writerOf,
} from './records.ts';
import { take } from './room.ts';
import { fillSlot, newTable, rowIn, slotBehind, slotOf } from './tables.ts';

// A view. The first two by direction.
const PACKETS: u32 = 0;
const BYTES: u32 = 16;
/** By stream: the end of its last interval, and the end of the first interval with a close; -1 for none. */
const LAST_ENDS: u32 = 32;
const CLOSED_BY: u32 = 64;
/** The writer of its first record, its vantage, its connection. */
const WRITER: u32 = 96;
const VANTAGE: u32 = 100;
const DRAFT: u32 = 104;
/** The next view of the connection, and the one before it of the vantage. */
const NEXT: u32 = 108;
const OLDER: u32 = 112;
const FIRST_RECORD: u32 = 116;
const LAST_RECORD: u32 = 120;
const RECORDS: u32 = 124;
/** Streams as bits: those seen, eight and sixteen to the left those that opened and those that closed; directions that talked on. */
const STREAMS: u32 = 128;
/** Actions by direction, two bits each: all, and four to the left those that were not noise; and whether packets were lost. */
const ACTIONS: u32 = 132;
/** Ends that it shows through its own address. */
const SHOWN: u32 = 136;
const MARKS: u32 = 140;
const ROLE: u32 = 144;
/** While windows are paired: the window, and by direction the record that was first in it. */
const WINDOW: u32 = 148;
const FIRST_IN_WINDOW: u32 = 152;
const VIEW_ROW: u32 = 160;

const OPENED_BITS: u32 = 8;
const CLOSED_BITS: u32 = 16;
const TALKS_ON_BITS: u32 = 24;
const JUDGED_BITS: u32 = 4;
const LOSES: u32 = 256;

// Of MARKS. The first four by direction.
const SPOKE: u32 = 1;
const LACKS_PACKETS: u32 = 4;
const LACKS_BYTES: u32 = 16;
const HAS_PACKETS: u32 = 64;
const HAS_BYTES: u32 = 128;
const PLURAL: u32 = 256;
const BY_INSTANCE: u32 = 512;
const BY_ATTACHMENT: u32 = 1024;
/** The end that flow-direction tells, and one. */
const END_BIT: u32 = 11;
/** No end. */
const NO_END: u32 = 2;

// Of a vantage (records.ts): the view that it has last got, and how many it has.
const LATEST: u32 = 16;
const VIEWS: u32 = 20;
/** Views of a vantage that are looked through one by one; of more there is a table of all. */
const FEW: u32 = 8;

/** Views of vantages that have many, by their vantage and connection. */
let table: usize = 0;

/** Begins with another key. */
export function forgetViews(): void {
  table = 0;
}

function hashOf(vantage: usize, draft: usize): u32 {
  return spread(withWord(withWord(0, vantage), draft));
}

function slotOfView(vantage: usize, draft: usize, hash: u32): usize {
  let slot = slotOf(table, hash);
  for (let view = rowIn(slot); view !== 0; view = rowIn(slot)) {
    if (wordAt(view + VANTAGE) === vantage && wordAt(view + DRAFT) === draft) break;
    slot = slotBehind(table, slot);
  }
  return slot;
}

/** What a vantage saw of a connection; 0 for nothing. */
export function viewBy(vantage: usize, draft: usize): usize {
  let view: usize = wordAt(vantage + LATEST);
  if (view === 0 || wordAt(view + DRAFT) === draft) return view;
  if (wordAt(vantage + VIEWS) > FEW) return rowIn(slotOfView(vantage, draft, hashOf(vantage, draft)));
  while (view !== 0 && wordAt(view + DRAFT) !== draft) view = wordAt(view + OLDER);
  return view;
}

/** Makes a vantage's view of a connection that it has seen nothing of; 0 where there is no memory for it. */
function newView(vantage: usize, draft: usize): usize {
  const view = take(VIEW_ROW);
  if (view === 0) return 0;
  clearRow(view, VIEW_ROW);
  for (let at: u32 = LAST_ENDS; at < WRITER; at += 8) putDouble(view + at, -1);
  putWord(view + VANTAGE, vantage);
  putWord(view + DRAFT, draft);
  putWord(view + OLDER, wordAt(vantage + LATEST));
  putWord(vantage + LATEST, view);
  const count = wordAt(vantage + VIEWS) + 1;
  putWord(vantage + VIEWS, count);
  if (count <= FEW) return view;
  if (table === 0) table = newTable();
  if (table === 0) return 0;
  // The first that are too many bring those before them along.
  for (let each: usize = view; each !== 0; each = count === FEW + 1 ? wordAt(each + OLDER) : 0) {
    const hash = hashOf(vantage, wordAt(each + DRAFT));
    if (!fillSlot(table, slotOfView(vantage, wordAt(each + DRAFT), hash), hash, each)) return 0;
  }
  return view;
}

/** The stream of a record within its view: its direction, and whether it was rejected. */
export function streamOf(record: usize): u32 {
  return (directionOf(record) << 1) | (actionOf(record) >>> 1);
}

// What a view of a connection, 0 for none, has shown of a stream.
export function hasSeen(view: usize, stream: u32): bool {
  return view !== 0 && ((wordAt(view + STREAMS) >>> stream) & 1) !== 0;
}
export function hasOpened(view: usize, stream: u32): bool {
  return view !== 0 && ((wordAt(view + STREAMS) >>> (OPENED_BITS + stream)) & 1) !== 0;
}
export function hasClosed(view: usize, stream: u32): bool {
  return view !== 0 && ((wordAt(view + STREAMS) >>> (CLOSED_BITS + stream)) & 1) !== 0;
}
/** Whether it has shown an opening in the stream's direction, with whatever action. */
export function hasOpenedEither(view: usize, stream: u32): bool {
  return view !== 0 && ((wordAt(view + STREAMS) >>> (OPENED_BITS + (stream & 2))) & 3) !== 0;
}

/** Notes that a direction talks on behind the close; true when both have. */
export function noteTalkingOn(view: usize, direction: u32): bool {
  const streams = wordAt(view + STREAMS) | (1 << (TALKS_ON_BITS + direction));
  putWord(view + STREAMS, streams);
  return streams >>> TALKS_ON_BITS === 3;
}

/**
 * Whether it has seen the other direction close in an interval before the record's. Intervals that touch carry the bounds of
 * their windows: then an end that equals the start is before it. Otherwise the times are those of packets, and equal
 * seconds have no order.
 */
export function sawPeerClose(view: usize, record: usize): bool {
  const begins = startOf(record);
  const stream = streamOf(record);
  const last = doubleAt(view + LAST_ENDS + (stream << 3)) === begins ? begins : begins - 1;
  const peer = (stream & 2) ^ 2;
  return closedUntil(view, peer, last) || closedUntil(view, peer | 1, last);
}

/** Whether an interval of a stream that ends by then showed a close. */
export function closedUntil(view: usize, stream: u32, last: f64): bool {
  const by = doubleAt(view + CLOSED_BY + (stream << 3));
  return by >= 0 && by <= last;
}

/** The view that a record adds to: what was seen of the connection until then, or a new one; 0 where there is no memory. */
export function viewFor(record: usize, draft: usize): usize {
  const vantage = vantageOf(record);
  const known = viewBy(vantage, draft);
  return known === 0 ? newView(vantage, draft) : known;
}

/** Whether a view has no record yet. */
export function isNew(view: usize): bool {
  return wordAt(view + RECORDS) === 0;
}

/** Adds a record to its view, in the order of starts. */
export function addToView(view: usize, record: usize, isNoise: bool): void {
  const direction = directionOf(record);
  const known = wordAt(view + RECORDS);
  if (known === 0) {
    putWord(view + WRITER, writerOf(record));
    putWord(view + FIRST_RECORD, record);
  } else {
    if (writerOf(record) !== wordAt(view + WRITER)) putWord(view + MARKS, wordAt(view + MARKS) | PLURAL);
    putNextOfView(wordAt(view + LAST_RECORD), record);
  }
  putWord(view + RECORDS, known + 1);
  putWord(view + LAST_RECORD, record);
  putNextOfView(record, 0);
  putView(record, view);
  addCounts(view, record, direction);
  addTimes(view, record);
  const actions = actionOf(record) << (direction << 1);
  const judged: u32 = isNoise ? 0 : actions << JUDGED_BITS;
  putWord(view + ACTIONS, wordAt(view + ACTIONS) | actions | judged | (hasLosses(record) ? LOSES : 0));
  putWord(view + SHOWN, wordAt(view + SHOWN) | standInsOf(record));
}

function addCounts(view: usize, record: usize, direction: u32): void {
  const packets = packetsOf(record);
  const bytes = bytesOf(record);
  let marks = wordAt(view + MARKS) | (SPOKE << direction);
  if (packets < 0) marks |= LACKS_PACKETS << direction;
  else {
    marks |= HAS_PACKETS;
    const at = view + PACKETS + (direction << 3);
    putDouble(at, doubleAt(at) + packets);
  }
  if (bytes < 0) marks |= LACKS_BYTES << direction;
  else {
    marks |= HAS_BYTES;
    const at = view + BYTES + (direction << 3);
    putDouble(at, doubleAt(at) + bytes);
  }
  if ((wordAt(observerOf(record) + 28) & HAS_INSTANCE) !== 0) marks |= BY_INSTANCE;
  if (isOfGateway(record)) marks |= BY_ATTACHMENT;
  const flow = flowOf(record);
  // The first record that tells decides.
  if (flow !== 0 && marks >>> END_BIT === 0) {
    const at = ENDS + (isOfGateway(record) ? ENDS_OF_ATTACHMENT : 0);
    const end = byteAt(at + (flow << 1) + direction);
    if (end !== NO_END) marks |= (end + 1) << END_BIT;
  }
  putWord(view + MARKS, marks);
}

function addTimes(view: usize, record: usize): void {
  const stream = streamOf(record);
  const traits = traitsOf(record);
  const ends = endOf(record);
  let streams = wordAt(view + STREAMS) | (1 << stream);
  if ((traits & OPENS) !== 0) streams |= 1 << (OPENED_BITS + stream);
  if ((traits & CLOSES) !== 0) streams |= 1 << (CLOSED_BITS + stream);
  putWord(view + STREAMS, streams);
  if (ends < 0) return;
  const lastEnd = view + LAST_ENDS + (stream << 3);
  putDouble(lastEnd, Math.max(doubleAt(lastEnd), ends));
  if ((traits & CLOSES) === 0) return;
  const closedBy = view + CLOSED_BY + (stream << 3);
  if (doubleAt(closedBy) < 0 || ends < doubleAt(closedBy)) putDouble(closedBy, ends);
}

/** Puts a view behind another of its connection. */
export function chainView(before: usize, view: usize): void {
  putWord(before + NEXT, view);
}

// What others read of a view.
/** The next view of the connection; 0 for none. */
export function nextView(view: usize): usize {
  return wordAt(view + NEXT);
}
/** The connection that it is a view of. */
export function draftOf(view: usize): usize {
  return wordAt(view + DRAFT);
}
export function vantageOfView(view: usize): usize {
  return wordAt(view + VANTAGE);
}
/** What is told of the writer of its first record: what belongs to the vantage holds for all of them. */
export function observerAt(view: usize): usize {
  return wordAt(wordAt(view + WRITER));
}
/** The number of its VPC; 0 where nobody names it. */
export function vpcOf(view: usize): u32 {
  return wordAt(observerAt(view) + 52);
}
/** Whether its records name their interface in several ways. */
export function isPlural(view: usize): bool {
  return (wordAt(view + MARKS) & PLURAL) !== 0;
}
/** Whether one of its records names an instance. */
export function hasInstance(view: usize): bool {
  return (wordAt(view + MARKS) & BY_INSTANCE) !== 0;
}
/** Whether one of its records is of a transit gateway's attachment. */
export function isAtAttachment(view: usize): bool {
  return (wordAt(view + MARKS) & BY_ATTACHMENT) !== 0;
}
/** How many records it has, and the first of them: see nextOfView in records.ts. */
export function recordsOf(view: usize): u32 {
  return wordAt(view + RECORDS);
}
export function firstRecordOf(view: usize): usize {
  return wordAt(view + FIRST_RECORD);
}
/** Bits of directions. */
export function seenOf(view: usize): u32 {
  return wordAt(view + MARKS) & 3;
}
/** Accepted and rejected by the low end's records in bits 1 and 2, by the high end's in 4 and 8. */
export function actionsOf(view: usize): u32 {
  return wordAt(view + ACTIONS) & 15;
}
/** The same without those that came rejected after the close. */
export function judgedActionsOf(view: usize): u32 {
  return (wordAt(view + ACTIONS) >>> JUDGED_BITS) & 15;
}
/** Whether a record of it tells of packets that a transit gateway lost. */
export function loses(view: usize): bool {
  return (wordAt(view + ACTIONS) & LOSES) !== 0;
}
/** The ends that it shows through its interface's own address. */
export function shownBy(view: usize): u32 {
  return wordAt(view + SHOWN);
}
/** The ends of which only noise was rejected: the low one 1, the high one 2. */
export function straysOf(view: usize): u32 {
  const noise = actionsOf(view) & ~judgedActionsOf(view);
  return ((noise & 2) >>> 1) | ((noise & 8) >>> 2);
}
/** The rank of its vantage's name. */
export function nameRankOf(view: usize): u32 {
  return wordAt(observerAt(view) + 12);
}
/** Packets and bytes of a direction; -1 when a record of it carries none, or none of any direction does. */
export function packetsIn(view: usize, direction: u32): f64 {
  const marks = wordAt(view + MARKS);
  if ((marks & HAS_PACKETS) === 0 || (marks & (LACKS_PACKETS << direction)) !== 0) return -1;
  return doubleAt(view + PACKETS + (direction << 3));
}
export function bytesIn(view: usize, direction: u32): f64 {
  const marks = wordAt(view + MARKS);
  if ((marks & HAS_BYTES) === 0 || (marks & (LACKS_BYTES << direction)) !== 0) return -1;
  return doubleAt(view + BYTES + (direction << 3));
}
/** Packets of both directions, as far as they are known. */
export function totalOf(view: usize): f64 {
  return Math.max(packetsIn(view, 0), 0) + Math.max(packetsIn(view, 1), 0);
}
/** The first start of a direction; Infinity where there is none. Starts rise from record to record. */
export function firstStartOf(view: usize, direction: u32): f64 {
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record))
    if (directionOf(record) === direction && startOf(record) >= 0) return startOf(record);
  return Infinity;
}
/** The first end of a direction; Infinity where there is none. */
export function firstByOf(view: usize, direction: u32): f64 {
  let first: f64 = Infinity;
  for (let record = firstRecordOf(view); record !== 0; record = nextOfView(record))
    if (directionOf(record) === direction && endOf(record) >= 0) first = Math.min(first, endOf(record));
  return first;
}
/** The end of its last interval; -1 without times. */
export function lastEndOf(view: usize): f64 {
  const ofLow = Math.max(doubleAt(view + LAST_ENDS), doubleAt(view + LAST_ENDS + 8));
  return Math.max(ofLow, Math.max(doubleAt(view + LAST_ENDS + 16), doubleAt(view + LAST_ENDS + 24)));
}
/** At which end it stands by the first record whose flow-direction tells: 0 low, 1 high, 2 where none does. */
export function endByFlow(view: usize): u32 {
  const end = wordAt(view + MARKS) >>> END_BIT;
  return end === 0 ? NO_END : end - 1;
}
export function roleAt(view: usize): u32 {
  return wordAt(view + ROLE);
}
export function setRole(view: usize, role: u32): void {
  putWord(view + ROLE, role);
}

/** The record of a direction that came first of the view in a window; 0 for none. */
export function firstInWindow(view: usize, direction: u32, window: u32): usize {
  return wordAt(view + WINDOW) === window ? wordAt(view + FIRST_IN_WINDOW + (direction << 2)) : 0;
}
export function putFirstInWindow(view: usize, direction: u32, window: u32, record: usize): void {
  if (wordAt(view + WINDOW) !== window) {
    putWord(view + WINDOW, window);
    putWord(view + FIRST_IN_WINDOW, 0);
    putWord(view + FIRST_IN_WINDOW + 4, 0);
  }
  putWord(view + FIRST_IN_WINDOW + (direction << 2), record);
}
