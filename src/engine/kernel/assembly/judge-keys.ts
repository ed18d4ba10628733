/**
 * Plain keys from records to lines of text: the fast twin of engine/plain-judge.ts and export/json-bytes.ts,
 * whose words it is handed as tables. Plain are few records at few interfaces, all accepted or all rejected, or one way
 * accepted and the other rejected without a close at one interface, with times and counts, which correlate/divide.ts surely divides as is done here. A key that is not plain stops it; TypeScript
 * writes that one's lines.
 */
import { keyAt, recordAt } from './add-records.ts';
import {
  ACCEPT,
  BASES,
  BEGAN_WITH_SYN,
  BLOCKED,
  BOTH_ENDED,
  CLOSER_AT,
  CLOSER_BY_FIN,
  CLOSES,
  COUNTS,
  DST_REWRITTEN,
  ENDS,
  EXCHANGE,
  FEWEST_OF_TWO,
  FIN,
  FINDINGS,
  FIXED,
  FLOW_DIRECTION,
  FROM_HIGH,
  HAS_BYTES,
  HAS_END,
  HAS_FLAGS,
  HAS_OWN,
  OWN_ADDRESS_IS_V6,
  HAS_PACKETS,
  HAS_SKIPPED,
  HAS_START,
  HISTORIES,
  IS_BOUNDED,
  IS_OVER,
  KEY_V6,
  LETTERS,
  LIFE_AT,
  LIFE_TEXTS,
  LIVES,
  LONGEST_REST,
  MARKS,
  MARKS_AT,
  MOST_DRAFTS,
  MOST_RECORDS,
  MOST_VIEWS,
  NEXT,
  NONE,
  OBSERVER_SIZE,
  OPENERS,
  OPENING_RANKS,
  OPENS,
  PLAIN_SYN,
  PRIVATE,
  REJECT,
  REPLY_BLOCKED,
  SRC_REWRITTEN,
  SYN_ACK,
  TCP,
  TEXT_SIZE,
  TRAITS,
  TRAITS_AT,
  UDP,
  WORK,
} from './layout.ts';
import { nameWaiting, writeCommunityId, writeUid } from './name-connections.ts';
import { aside } from './memory.ts';
import { addresses, isFlipped, order } from './order-keys.ts';
import {
  out,
  putByte,
  putBytes,
  putIPv4,
  putIPv6,
  putNumber,
  putSeconds,
  putText,
  setOut,
} from './write-values.ts';

/** What stands around the values of a line, in the order of FIXED_TEXTS in row-texts.ts. */
enum Text {
  UID,
  COMMUNITY_ID,
  INITIATOR_ADDRESS,
  INITIATOR_PORT,
  RESPONDER_ADDRESS,
  RESPONDER_PORT,
  HISTORY,
  ACCEPTED_AND_FIRST_SEEN,
  REJECTED_AND_FIRST_SEEN,
  LAST_SEEN,
  OPENED_AT,
  OPENED_BY,
  CLOSED_AFTER,
  CLOSED_AT,
  DURATION_MIN,
  DURATION_MAX,
  INITIATOR_PACKETS,
  INITIATOR_BYTES,
  RESPONDER_PACKETS,
  RESPONDER_BYTES,
  INITIATOR_FLAGS,
  RESPONDER_FLAGS,
  WINDOWS,
  RECORDS,
  VANTAGES,
  PATH,
  BETWEEN_LABELS,
  END_OF_PATH,
  NO_PATH,
  UDP_AND_INITIATOR_ADDRESS,
  NO_HISTORY_ACCEPTED_AND_FIRST_SEEN,
  NO_HISTORY_REJECTED_AND_FIRST_SEEN,
  REPLY_REJECTED_AND_FIRST_SEEN,
}

/**
 * What {@link judgeKeys} stopped for: all is done, a key that is not plain, an output region that is full, a key of which
 * no SYN tells who opened: see {@link answer}.
 */
export const ALL: u32 = 0;
export const NOT_PLAIN: u32 = 1;
export const FULL: u32 = 2;
export const ASKS: u32 = 3;
export let endedBy: u32 = ALL;
/** Of the key that is asked about: bits of the ends that spoke first by one interface's clock, the low end's 1. */
export let spokeFirst: u32 = 0;

/** The place of the key that is judged, and of the key whose opener was told, with what was told. */
let current: u32 = 0;
let answered: u32 = NONE;
let answeredOpener: usize = 0;
let answeredFinding: u32 = 0;

/** Where the observers lie that observer-tables.ts describes. */
export let observers: usize = 0;

// Set once: seconds of silence that end nothing, seconds an attempt is repeated, AWS's slack,
// seconds by which a FIN is surely later than another, and the most a packet without payload weighs.
export let shortestLimit: i64 = 0;
export let attemptLimit: i64 = 0;
export let slack: i64 = 0;
export let surelyLater: i64 = 0;
export let bareV4: f64 = 0;
export let bareV6: f64 = 0;

/** Larger counts are spelt by TypeScript. */
const LARGEST_COUNT: f64 = 9007199254740991;

// The records of a key in columns, newest first.
const PACKETS: usize = WORK;
const BYTES: usize = PACKETS + MOST_RECORDS * 8;
const START: usize = BYTES + MOST_RECORDS * 8;
const END: usize = START + MOST_RECORDS * 4;
const OBSERVER: usize = END + MOST_RECORDS * 4;
const INFO: usize = OBSERVER + MOST_RECORDS * 4;
const DIRECTION: usize = INFO + MOST_RECORDS * 4;
const VIEW: usize = DIRECTION + MOST_RECORDS;
const ORDER: usize = VIEW + MOST_RECORDS;
/** By direction: the first interval with a FIN (start, end; 8 bytes each). */
const FINS: usize = ORDER + MOST_RECORDS;
/** By direction: state and flags. */
const SIDES: usize = FINS + 32;
const FLAGS: usize = SIDES + 8;
/** A view: packets by direction 0 and 8, bytes 16 and 24, its observer's table 32, directions seen 36, role 40. */
const VIEWS: usize = FLAGS + 8;
const VIEW_SIZE: usize = 64;
/** The views along the path, one byte each. */
const WAY: usize = VIEWS + MOST_VIEWS * 64;
/** A draft: where its records end in the order 0, its opening 8, its last end 16, streams opened 24 and closed 28, traits 32, by stream the first end with a close 40. */
const DRAFTS: usize = WAY + 16;
const DRAFT_SIZE: usize = 40 + MOST_VIEWS * 2 * 8;

/** The next record of each key that is read ahead. */
const CHAINS: usize = DRAFTS + (<usize>MOST_DRAFTS + 1) * DRAFT_SIZE;

/** Records of the key, views of it, and connections it is divided into. */
let count: usize = 0;
let viewCount: usize = 0;
let draftCount: usize = 0;
/** The records of the connection at hand, as places in the order. */
let begin: usize = 0;
let until: usize = 0;
let protocol: u32 = 0;
let isV6: bool = false;
let low: u32 = 0;
let high: u32 = 0;
/** The low end's port above the high end's. */
let ports: u32 = 0;

export function setLimits(
  shortest: f64,
  attempt: f64,
  slackSeconds: f64,
  later: f64,
  bare4: f64,
  bare6: f64,
): void {
  surelyLater = <i64>later;
  shortestLimit = <i64>shortest;
  attemptLimit = <i64>attempt;
  slack = <i64>slackSeconds;
  bareV4 = bare4;
  bareV6 = bare6;
}

export function setObservers(at: usize): void {
  // What was answered was asked of other keys.
  answered = NONE;
  observers = at;
}

/** The key at a place in the order. */
export function keyIn(place: u32): u32 {
  return load<u32>(order + (<usize>place << 4), 12);
}

/** Writes the lines of the keys at places up to `to` into [from, end). Gives the place it stopped at. */
export function judgeKeys(place: u32, to: u32, from: usize, end: usize): u32 {
  setOut(from);
  endedBy = ALL;
  let near = place;
  while (place < to) {
    if (place == near) near = fetchAhead(place, to);
    current = place;
    if (!judge(keyAt(keyIn(place)), from, end)) break;
    place++;
  }
  nameWaiting();
  return place;
}

/** Tells who opened the key at a place, the low end (0) or the high end (1), and which finding says so. */
export function answer(place: u32, opener: u32, finding: u32): void {
  answered = place;
  answeredOpener = <usize>opener;
  answeredFinding = finding;
}

/** Keys whose records are brought near at once. */
const AHEAD: u32 = 16;
/** What was read ahead: kept, so that the reading is not left out. */
export let fetched: u32 = 0;

/**
 * Reads one word of every record of the next keys. Keys are sorted by time and records lie in the order of arrival, so
 * most wait for memory: one after the other in a chain, but those of different keys together.
 */
function fetchAhead(place: u32, end: u32): u32 {
  const to = min(place + AHEAD, end);
  for (let i = place; i < to; i++)
    store<u32>(aside + CHAINS + (<usize>(i - place) << 2), load<u32>(keyAt(keyIn(i)), 16));
  for (let step = 0; step < 4; step++) {
    for (let i: usize = 0; i < <usize>(to - place); i++) {
      const next = load<u32>(aside + CHAINS + (i << 2));
      if (next != 0) store<u32>(aside + CHAINS + (i << 2), load<u32>(recordAt(next - 1), 24));
    }
  }
  fetched = load<u32>(aside + CHAINS);
  return to;
}

/** Where the lines written last end. */
export function written(): usize {
  return out;
}

@inline
function startOf(i: usize): u32 {
  return load<u32>(aside + START + (i << 2));
}

@inline
function endOf(i: usize): u32 {
  return load<u32>(aside + END + (i << 2));
}

@inline
function infoOf(i: usize): u32 {
  return load<u32>(aside + INFO + (i << 2));
}

@inline
function flagsOf(i: usize): usize {
  return <usize>load<u8>(aside + INFO + (i << 2));
}

@inline
function packetsOf(i: usize): f64 {
  return load<f64>(aside + PACKETS + (i << 3));
}

@inline
function bytesOf(i: usize): f64 {
  return load<f64>(aside + BYTES + (i << 3));
}

@inline
function directionOf(i: usize): usize {
  return <usize>load<u8>(aside + DIRECTION + i);
}

@inline
function viewOf(i: usize): usize {
  return <usize>load<u8>(aside + VIEW + i);
}

@inline
function at(place: usize): usize {
  return <usize>load<u8>(aside + ORDER + place);
}

@inline
function viewAt(view: usize): usize {
  return aside + VIEWS + view * VIEW_SIZE;
}

/** Whether a record's bytes cannot be headers alone, as bit 8: an offset into tables by payload and flags. */
@inline
function payloadOf(i: usize): usize {
  return <usize>(bytesOf(i) > packetsOf(i) * (isV6 ? bareV6 : bareV4)) << 8;
}

/** Writes the lines of a key; false where it has to stop, with the reason in {@link endedBy}. */
function judge(key: usize, from: usize, end: usize): bool {
  endedBy = NOT_PLAIN;
  protocol = load<u32>(key, 12) & 0xff;
  if (protocol != TCP && protocol != UDP) return false;
  count = <usize>load<u32>(key, 20);
  if (count > MOST_RECORDS) return false;
  isV6 = (load<u32>(key, 12) & KEY_V6) != 0;
  const flipped = isV6 && isFlipped(key);
  low = flipped ? load<u32>(key, 4) : load<u32>(key, 0);
  high = flipped ? load<u32>(key, 0) : load<u32>(key, 4);
  if (!gather(load<u32>(key, 16), flipped)) return false;
  const portPair = load<u32>(key, 8);
  ports = flipped ? rotl(portPair, 16) : portPair;
  store<u8>(aside + ORDER, 0);
  begin = 0;
  until = count;
  draftCount = 1;
  if (count > 1) {
    sort();
    if (hasDuplicates() || !divide()) return false;
  }
  needed = 0;
  if (!weighAll()) return false;
  if (needed > end - out) {
    // What fits no region at all is left to the plain path.
    endedBy = out == from ? NOT_PLAIN : FULL;
    return false;
  }
  if (draftCount == 1) write();
  else writeAll();
  return true;
}

function chooseDraft(draft: usize): void {
  begin = draft == 0 ? 0 : <usize>load<u32>(draftAt(draft - 1), 0);
  until = <usize>load<u32>(draftAt(draft), 0);
}

/** Weighs all connections of the key before any is written. */
function weighAll(): bool {
  if (draftCount == 1) {
    begin = 0;
    return weigh();
  }
  for (let draft: usize = 0; draft < draftCount; draft++) {
    chooseDraft(draft);
    if (!weigh()) return false;
  }
  return true;
}

function writeAll(): void {
  for (let draft: usize = 0; draft < draftCount; draft++) {
    chooseDraft(draft);
    weigh();
    write();
  }
}

/** Of the key: whether one record was rejected, and the actions of the low and of the high end. */
let anyRejected: bool = false;
let lowActs: u32 = 0;
let highActs: u32 = 0;

/** Takes the records of a key out of the store; false when they are not uniform or seen by too many. */
function gather(head: u32, flipped: bool): bool {
  const must = (protocol == TCP ? HAS_FLAGS : 0) | HAS_START | HAS_END | HAS_PACKETS | HAS_BYTES;
  let next = head;
  let traits: u32 = 0;
  viewCount = 0;
  lowActs = highActs = 0;
  for (let i: usize = 0; i < count; i++) {
    const record = recordAt(next - 1);
    const info = load<u32>(record, 32);
    const act = info & (ACCEPT | REJECT);
    if (act != ACCEPT && act != REJECT) return false;
    if ((info & (must | SRC_REWRITTEN | DST_REWRITTEN)) != must) return false;
    traits |= <u32>load<u8>(<usize>TRAITS + <usize>(info & 0xff));
    const direction = <u8>(((info & FROM_HIGH) != 0) != flipped);
    if (direction == 0) lowActs |= act;
    else highActs |= act;
    const observer = load<u32>(record, 28);
    store<u64>(aside + PACKETS + (i << 3), load<u64>(record, 0));
    store<u64>(aside + BYTES + (i << 3), load<u64>(record, 8));
    store<u32>(aside + START + (i << 2), load<u32>(record, 16));
    store<u32>(aside + END + (i << 2), load<u32>(record, 20));
    store<u32>(aside + INFO + (i << 2), info);
    store<u8>(aside + DIRECTION + i, direction);
    const view = findView(observers + observer * OBSERVER_SIZE);
    if (view == MOST_VIEWS) return false;
    store<u8>(aside + VIEW + i, <u8>view);
    next = load<u32>(record, 24);
  }
  const acts = lowActs | highActs;
  anyRejected = (acts & REJECT) != 0;
  if (!anyRejected) return true;
  // A rejected record after a close may be noise: told apart by the plain path.
  if ((traits & CLOSES) != 0) return false;
  return acts == REJECT || (protocol == TCP && viewCount == 1 && lowActs != acts && highActs != acts);
}

/** The view of an observer; MOST_VIEWS when there are too many or one interface goes by two names. */
@inline
function findView(observer: usize): usize {
  for (let view: usize = 0; view < viewCount; view++)
    if (<usize>load<u32>(viewAt(view), 32) == observer) return view;
  return startView(observer);
}

function startView(observer: usize): usize {
  if (viewCount == MOST_VIEWS || (load<u32>(observer, 28) & HAS_SKIPPED) != 0) return MOST_VIEWS;
  for (let view: usize = 0; view < viewCount; view++) {
    const other = <usize>load<u32>(viewAt(view), 32);
    if (load<u32>(other, 8) == load<u32>(observer, 8) || load<u32>(other, 4) != load<u32>(observer, 4))
      return MOST_VIEWS;
  }
  store<u32>(viewAt(viewCount), <u32>observer, 32);
  return viewCount++;
}

/** Whether record a comes after record b in the order of KeyRecords. */
function isAfter(a: usize, b: usize): bool {
  if (startOf(a) != startOf(b)) return startOf(a) > startOf(b);
  if (endOf(a) != endOf(b)) return endOf(a) > endOf(b);
  const flagsA = flagsOf(a);
  const flagsB = flagsOf(b);
  const rankA = load<u8>(<usize>OPENING_RANKS + flagsA);
  const rankB = load<u8>(<usize>OPENING_RANKS + flagsB);
  if (rankA != rankB) return rankA > rankB;
  if (flagsA != flagsB) return flagsA < flagsB;
  if (packetsOf(a) != packetsOf(b)) return packetsOf(a) > packetsOf(b);
  if (bytesOf(a) != bytesOf(b)) return bytesOf(a) > bytesOf(b);
  const observerA = load<u32>(<usize>load<u32>(viewAt(viewOf(a)), 32), 0);
  const observerB = load<u32>(<usize>load<u32>(viewAt(viewOf(b)), 32), 0);
  if (observerA != observerB) return observerA > observerB;
  const flowA = (infoOf(a) >> FLOW_DIRECTION) & 3;
  const flowB = (infoOf(b) >> FLOW_DIRECTION) & 3;
  if (flowA != flowB) return flowA > flowB;
  return directionOf(a) > directionOf(b);
}

function sort(): void {
  for (let i: usize = 0; i < count; i++) {
    // Newest first in the store: taken from the back, most are in order.
    const record = count - 1 - i;
    let j = i;
    while (j > 0 && isAfter(at(j - 1), record)) {
      store<u8>(aside + ORDER + j, <u8>at(j - 1));
      j--;
    }
    store<u8>(aside + ORDER + j, <u8>record);
  }
}

function hasDuplicates(): bool {
  for (let i: usize = 1; i < count; i++) {
    const a = at(i);
    for (let j = i; j > 0; j--) {
      const b = at(j - 1);
      if (startOf(a) != startOf(b) || endOf(a) != endOf(b)) break;
      if (
        viewOf(a) == viewOf(b) &&
        directionOf(a) == directionOf(b) &&
        packetsOf(a) == packetsOf(b) &&
        bytesOf(a) == bytesOf(b)
      )
        return true;
    }
  }
  return false;
}

@inline
function draftAt(draft: usize): usize {
  return aside + DRAFTS + draft * DRAFT_SIZE;
}

/**
 * Divides the records where divide (correlate/divide.ts) surely does: at an opening that no connection before it
 * can take, when every other opening surely belongs to the connection at hand and to no earlier one, and no
 * silence ends one. False when any of this is not sure.
 */
function divide(): bool {
  let draft = aside + DRAFTS;
  let first = <i64>startOf(at(0));
  let last = <i64>endOf(at(0));
  let opened: u32 = 0;
  let closed: u32 = 0;
  begin = 0;
  draftCount = 1;
  for (let i: usize = 0; i < count; i++) {
    const record = at(i);
    const traits = load<u8>(<usize>TRAITS + flagsOf(record));
    const stream: u32 = 1 << <u32>(viewOf(record) * 2 + directionOf(record));
    const begins = <i64>startOf(record);
    if ((traits & OPENS) != 0) {
      if (draftCount > 1 && mayTake(draft, stream, begins)) return false;
      if (((opened | closed) & stream) != 0 || begins - first > slack) {
        // What was only rejected may have its handshake in its interval.
        if (anyRejected && opened == 0) return false;
        endDraft(draft, i, last, opened, closed);
        draft += DRAFT_SIZE;
        if (draftCount++ == MOST_DRAFTS || mayTake(draft, stream, begins)) return false;
        begin = i;
        opened = closed = 0;
        first = last = begins;
      }
      opened |= stream;
    } else {
      if (begins - last > shortestLimit) return false;
      // A close that the connection before still lacks may be its own.
      if ((traits & CLOSES) != 0 && draftCount > 1 && mayLackClose(draft - DRAFT_SIZE, begins)) return false;
    }
    if ((traits & CLOSES) != 0) {
      const closedBy = draft + 40 + (<usize>ctz(stream) << 3);
      const ends = <i64>endOf(record);
      if ((closed & stream) == 0 || ends < load<i64>(closedBy)) store<i64>(closedBy, ends);
      closed |= stream;
    }
    last = max(last, <i64>endOf(record));
  }
  if (draftCount > 1) {
    endDraft(draft, count, last, opened, closed);
    return haveOwnNames();
  }
  return true;
}

/** Notes what later records need to know of a connection whose records are places `begin` to `end` in the order. */
function endDraft(draft: usize, end: usize, last: i64, opened: u32, closed: u32): void {
  until = end;
  takeRecords();
  const pair = <usize>load<u8>(aside + SIDES) << 4 | <usize>load<u8>(aside + SIDES + 1);
  store<u32>(draft, <u32>end, 0);
  store<i64>(draft, openedAt < 0 ? <i64>startOf(at(begin)) : openedAt, 8);
  store<i64>(draft, last, 16);
  store<u32>(draft, opened, 24);
  store<u32>(draft, closed, 28);
  store<u32>(draft, <u32>load<u8>(<usize>LIVES + (pair << 3), TRAITS_AT), 32);
}

/** Whether one of the connections before `behind` may take an opening: see takesOpening. */
function mayTake(behind: usize, stream: u32, begins: i64): bool {
  for (let draft = aside + DRAFTS; draft < behind; draft += DRAFT_SIZE) {
    const since = begins - load<i64>(draft, 16);
    // Long after its last record no connection takes one, whatever it has shown.
    if (since > attemptLimit) continue;
    if (since > slack && (load<u32>(draft, 32) & IS_OVER) != 0) continue;
    // What the same interface saw in this direction opened, and then it saw this side or the other close.
    if ((load<u32>(draft, 24) & stream) == 0) return true;
    if ((load<u32>(draft, 28) & stream) != 0) continue;
    const other = ctz(stream) ^ 1;
    if ((load<u32>(draft, 28) & (1 << other)) == 0 || load<i64>(draft + (<usize>other << 3), 40) >= begins)
      return true;
  }
  return false;
}

@inline
function mayLackClose(draft: usize, begins: i64): bool {
  return begins - load<i64>(draft, 16) <= slack && (load<u32>(draft, 32) & BOTH_ENDED) == 0;
}

/** Whether the openings of all connections differ: else a number tells them apart in their uids. */
function haveOwnNames(): bool {
  const end = draftAt(draftCount);
  for (let draft = aside + DRAFTS + DRAFT_SIZE; draft < end; draft += DRAFT_SIZE)
    for (let other = aside + DRAFTS; other < draft; other += DRAFT_SIZE)
      if (load<i64>(draft, 8) == load<i64>(other, 8)) return false;
  return true;
}

let openedAt: i64 = 0;
let openedBy: i64 = 0;
let closedAfter: i64 = 0;
let closedAt: i64 = 0;
let firstEnd: i64 = 0;
let lastSeen: i64 = 0;
/** Bits: the low end spoke 1, the high end 2. */
let spoke: u32 = 0;
/** SYNs and SYN-ACKs by direction: see observedInitiator. */
let evidence: u32 = 0;
let contradicted: bool = false;
let mayHideReuse: bool = false;

/** Steps both sides through the records at hand and adds up what they hold. */
function takeRecords(): void {
  store<u64>(aside + SIDES, 0);
  store<u64>(aside + FLAGS, 0);
  store<i64>(aside + FINS, -1, 0);
  store<i64>(aside + FINS, -1, 16);
  for (let view: usize = 0; view < viewCount; view++) {
    v128.store(viewAt(view), i64x2.splat(0), 0);
    v128.store(viewAt(view), i64x2.splat(0), 16);
    store<u32>(viewAt(view), 0, 36);
  }
  spoke = 0;
  evidence = 0;
  lastSeen = 0;
  firstEnd = i64.MAX_VALUE;
  openedAt = openedBy = closedAfter = closedAt = -1;
  contradicted = false;
  let reusePossible = false;
  let reuseRuledOut = false;
  for (let i = begin; i < until; i++) {
    const record = at(i);
    const flags = flagsOf(record);
    const traits = <u32>load<u8>(<usize>TRAITS + flags);
    const direction = directionOf(record);
    const begins = <i64>startOf(record);
    const ends = <i64>endOf(record);
    const state = <usize>load<u8>(aside + SIDES + direction);
    const next = <u32>load<u8>(<usize>NEXT + ((payloadOf(record) | flags) << 4) + state);
    if ((next & 0x80) != 0) contradicted = true;
    store<u8>(aside + SIDES + direction, <u8>(next & 0x7f));
    store<u8>(aside + FLAGS + direction, load<u8>(aside + FLAGS + direction) | <u8>flags);
    spoke |= 1 << <u32>direction;
    evidence |= (traits & 1) << <u32>direction;
    evidence |= ((traits & SYN_ACK) << 1) << <u32>direction;
    const view = viewAt(viewOf(record));
    const counts = view + (direction << 3);
    store<f64>(counts, load<f64>(counts, 0) + packetsOf(record), 0);
    store<f64>(counts, load<f64>(counts, 16) + bytesOf(record), 16);
    store<u32>(view, load<u32>(view, 36) | (1 << <u32>direction), 36);
    lastSeen = max(lastSeen, ends);
    firstEnd = min(firstEnd, ends);
    const opens = (traits & OPENS) != 0;
    const closes = (traits & CLOSES) != 0;
    if (opens) {
      if (openedAt < 0) openedAt = begins;
      if (openedBy < 0 || ends < openedBy) openedBy = ends;
    }
    if (closes) {
      closedAfter = begins;
      if (ends > closedAt) closedAt = ends;
      if ((traits & FIN) != 0 && load<i64>(aside + FINS + (direction << 4), 0) < 0) {
        store<i64>(aside + FINS + (direction << 4), begins, 0);
        store<i64>(aside + FINS + (direction << 4), ends, 8);
      } else if ((traits & FIN) != 0 && ends < load<i64>(aside + FINS + (direction << 4), 8)) {
        store<i64>(aside + FINS + (direction << 4), ends, 8);
      }
    }
    if (opens && closes) {
      if (packetsOf(record) >= <f64>load<u8>(<usize>FEWEST_OF_TWO + flags)) reusePossible = true;
      else reuseRuledOut = true;
    }
  }
  mayHideReuse = reusePossible && !reuseRuledOut;
}

/** The ends that spoke first: the rule of lifecycle/initiator.ts, for each interface alone. */
function findWhoSpokeFirst(): void {
  spokeFirst = 0;
  for (let view: usize = 0; view < viewCount; view++) {
    const covered = load<u32>(<usize>load<u32>(viewAt(view), 32), 64);
    if (load<u32>(viewAt(view), 36) != 3 || covered == NONE) continue;
    let lowFirst = i64.MAX_VALUE;
    let highFirst = i64.MAX_VALUE;
    let lowBy = i64.MAX_VALUE;
    let highBy = i64.MAX_VALUE;
    for (let i = begin; i < until; i++) {
      const record = at(i);
      if (viewOf(record) != view) continue;
      const begins = <i64>startOf(record);
      const ends = <i64>endOf(record);
      if (directionOf(record) == 0) {
        lowFirst = min(lowFirst, begins);
        lowBy = min(lowBy, ends);
      } else {
        highFirst = min(highFirst, begins);
        highBy = min(highBy, ends);
      }
    }
    if (highFirst - lowBy > slack && lowFirst - <i64>covered > slack) spokeFirst |= 1;
    if (lowFirst - highBy > slack && highFirst - <i64>covered > slack) spokeFirst |= 2;
  }
}

/** 1 when the initiator's first FIN surely came before the responder's, 2 for the other way round, else 0. */
function closerByFin(initiator: usize): u32 {
  const mine = aside + FINS + (initiator << 4);
  const theirs = aside + FINS + ((1 - initiator) << 4);
  if (load<i64>(mine) < 0 || load<i64>(theirs) < 0) return 0;
  if (load<i64>(theirs, 0) - load<i64>(mine, 8) >= surelyLater) return 1;
  return load<i64>(mine, 0) - load<i64>(theirs, 8) >= surelyLater ? 2 : 0;
}

/** Whether interface a speaks for the connection rather than b: the rule of path/vantages.ts. */
function isBefore(a: usize, b: usize): bool {
  const bothA = load<u32>(a, 36) == 3;
  if (bothA != (load<u32>(b, 36) == 3)) return bothA;
  // One after the other, as the rule's twin does: sums beyond 2^53 are rounded.
  const more = load<f64>(a, 0) + load<f64>(a, 8) - load<f64>(b, 0) - load<f64>(b, 8);
  if (more != 0) return more > 0;
  return load<u32>(<usize>load<u32>(a, 32), 12) < load<u32>(<usize>load<u32>(b, 32), 12);
}

/** The best view of those that saw one of the directions in `mask`; of all when none did. */
function bestOf(mask: u32): usize {
  let best: usize = 0;
  for (let i: usize = 0; i < viewCount; i++) {
    const view = viewAt(i);
    if ((load<u32>(view, 36) & mask) != 0 && (best == 0 || isBefore(view, best))) best = view;
  }
  return best == 0 ? bestOf(3) : best;
}

@inline
function isPrivate(address: u32): bool {
  return load<u8>(<usize>PRIVATE + (address >> 16)) != 0;
}

/** At which end a view's interface stands: 0 low, 1 high, 2 nobody knows. */
function endOfView(view: usize): u32 {
  for (let i = begin; i < until; i++) {
    const record = at(i);
    const flow = <usize>((infoOf(record) >> FLOW_DIRECTION) & 3);
    if (flow == 0 || viewAt(viewOf(record)) != view) continue;
    const end = <u32>load<u8>(<usize>ENDS + (flow << 1) + directionOf(record));
    if (end != 2) return end;
  }
  const observer = <usize>load<u32>(view, 32);
  const marks = load<u32>(observer, 28);
  if ((marks & HAS_OWN) != 0 && isV6 == ((marks & OWN_ADDRESS_IS_V6) != 0) && low != high) {
    const own = load<u32>(observer, 24);
    if (own == low) return 0;
    if (own == high) return 1;
  }
  if (isV6) return 2;
  const lowIsPrivate = isPrivate(low);
  if (lowIsPrivate == isPrivate(high)) return 2;
  return lowIsPrivate ? 0 : 1;
}

/** Where the window that begins at a place ends: as windowEnd (correlate/windows.ts) says. `only` is a view or MOST_VIEWS. */
function windowEnd(from: usize, only: usize): usize {
  const opens = startOf(at(from));
  let closes = endOf(at(from));
  let to = from + 1;
  for (; to < until; to++) {
    const record = at(to);
    if (only != MOST_VIEWS && viewOf(record) != only) continue;
    const begins = startOf(record);
    if (begins > opens && begins >= closes) break;
    if (cameBefore(from, to)) {
      // Records of one interval stay together.
      while (startOf(at(to - 1)) == begins && endOf(at(to - 1)) == endOf(record)) to--;
      break;
    }
    closes = max(closes, endOf(record));
  }
  return to;
}

@inline
function cameBefore(from: usize, to: usize): bool {
  const record = at(to);
  for (let i = from; i < to; i++) {
    const seen = at(i);
    if (
      viewOf(seen) == viewOf(record) &&
      directionOf(seen) == directionOf(record) &&
      (startOf(seen) != startOf(record) || endOf(seen) != endOf(record))
    )
      return true;
  }
  return false;
}

function countWindows(view: usize): u32 {
  let windows: u32 = 0;
  for (let place = begin; place < until; ) {
    if (viewOf(at(place)) != view) place++;
    else {
      windows++;
      place = windowEnd(place, view);
    }
  }
  return windows;
}

/** Writes the history; gives the number of windows of all views together. */
function putHistory(initiator: usize): u32 {
  let windows: u32 = 0;
  let before: u32 = 0;
  for (let place = begin; place < until; windows++) {
    const to = windowEnd(place, MOST_VIEWS);
    let letters: u32 = 0;
    for (; place < to; place++) {
      const record = at(place);
      const bits = <u32>load<u16>(<usize>LETTERS + ((payloadOf(record) | flagsOf(record)) << 1));
      letters |= bits << <u32>(directionOf(record) != initiator);
    }
    const text = <usize>HISTORIES + (<usize>(letters & ~before) << 4);
    v128.store(out, v128.load(text));
    setOut(out + <usize>load<u8>(text, 15));
    before |= letters;
  }
  return windows;
}

@inline
function labelOf(view: usize): usize {
  return <usize>load<u32>(view, 32) + 40 + (<usize>load<u32>(view, 40) << 3);
}

/** Puts a view among those before it along the request: the initiator's interface, others, the responder's; each by name. */
function placeOnWay(view: usize): void {
  let j: usize = seenViews++;
  while (j > 0 && isFurther(viewAt(<usize>load<u8>(aside + WAY + j - 1)), viewAt(view))) {
    store<u8>(aside + WAY + j, load<u8>(aside + WAY + j - 1));
    j--;
  }
  store<u8>(aside + WAY + j, <u8>view);
}

/** Roles are 0 initiator, 1 responder, 2 unknown; their places on the way 0, 2, 1. */
@inline
function isFurther(a: usize, b: usize): bool {
  const placeA = (3 - load<u32>(a, 40)) % 3;
  const placeB = (3 - load<u32>(b, 40)) % 3;
  if (placeA != placeB) return placeA > placeB;
  return load<u32>(<usize>load<u32>(a, 32), 12) > load<u32>(<usize>load<u32>(b, 32), 12);
}

function putPath(): void {
  let isFirst = true;
  for (let i: usize = 0; i < seenViews; i++) {
    const label = labelOf(viewAt(<usize>load<u8>(aside + WAY + i)));
    const length = <usize>load<u32>(label, 4);
    if (length == 0) continue;
    putFixed(isFirst ? Text.PATH : Text.BETWEEN_LABELS);
    putBytes(<usize>load<u32>(label), length);
    isFirst = false;
  }
  putFixed(isFirst ? Text.NO_PATH : Text.END_OF_PATH);
}

@inline
function putFixed(text: Text): void {
  putText(<usize>FIXED + <usize>text * TEXT_SIZE);
}

@inline
function putAddress(address: u32): void {
  if (isV6) putIPv6(addresses + (<usize>address << 4));
  else putIPv4(address);
}

/** A time, -1 for none. */
@inline
function putTime(text: Text, seconds: i64): void {
  putFixed(text);
  if (seconds < 0) putNull();
  else putSeconds(<u64>seconds);
}

/** A count or a length of time, -1 for none. */
@inline
function putCount(text: Text, value: i64): void {
  putFixed(text);
  if (value < 0) putNull();
  else putNumber(<u64>value);
}

@inline
function putNull(): void {
  store<u32>(out, 0x6c6c756e);
  setOut(out + 4);
}

// What weighing finds, for writing.
let opener: usize = 0;
let finding: u32 = 0;
let answerer: usize = 0;
let isRejected: bool = false;
let isBounded: bool = false;
let lifeText: u32 = 0;
let marks: u32 = 0;
let seenViews: u32 = 0;
let primary: usize = 0;
let packetsOut: f64 = 0;
let bytesOut: f64 = 0;
let packetsBack: f64 = 0;
let bytesBack: f64 = 0;
/** Bytes that the lines weighed so far may take. */
let needed: usize = 0;

/** Judges the records at hand; false when they are not plain. */
function weigh(): bool {
  takeRecords();
  finding = evidence;
  opener = <usize>load<u8>(<usize>OPENERS + evidence);
  if (opener == 2) {
    if (answered != current) {
      if (draftCount == 1) {
        findWhoSpokeFirst();
        endedBy = ASKS;
      }
      return false;
    }
    finding = answeredFinding;
    opener = answeredOpener;
  }
  answerer = 1 - opener;
  isRejected = anyRejected;
  const isAnswerRejected = lowActs != highActs && lowActs != 0 && highActs != 0;
  if (isAnswerRejected && (draftCount > 1 || (opener == 0 ? highActs : lowActs) != REJECT)) {
    endedBy = NOT_PLAIN;
    return false;
  }
  if (protocol != TCP) {
    isBounded = false;
    lifeText = EXCHANGE + (isRejected ? 1 : 0);
    // What flags tell is not known.
    marks = 32 | (spoke != 3 ? 4 : 0);
    return weighViews();
  }
  const pair = <usize>load<u8>(aside + SIDES + opener) << 4 | <usize>load<u8>(aside + SIDES + answerer);
  const life = <usize>LIVES + (pair << 3);
  const traits = load<u8>(life, TRAITS_AT);
  if (isRejected && (traits & BEGAN_WITH_SYN) == 0) return false;
  isBounded = !isRejected && (traits & IS_BOUNDED) != 0 && openedAt >= 0 && closedAt >= 0;

  let closer = <u32>load<u8>(life, CLOSER_AT);
  if (closer == CLOSER_BY_FIN) closer = closerByFin(opener);
  marks = <u32>load<u8>(life, MARKS_AT);
  lifeText = <u32>load<u8>(life + <usize>closer, LIFE_AT);
  if (isRejected) {
    lifeText = isAnswerRejected ? REPLY_BLOCKED : BLOCKED + (spoke == 3 ? 1 : 0);
    marks &= 1;
  }
  if (spoke != 3) marks |= 4;
  if (mayHideReuse) marks |= 8;
  if (contradicted) marks |= 16;
  return weighViews();
}

/** The text with the verdict of what is weighed. */
function verdictText(): u32 {
  if (!isRejected) return Text.ACCEPTED_AND_FIRST_SEEN;
  return lifeText == REPLY_BLOCKED ? Text.REPLY_REJECTED_AND_FIRST_SEEN : Text.REJECTED_AND_FIRST_SEEN;
}

/** Chooses the views that speak for the connection; false when their counts are too large. */
function weighViews(): bool {
  primary = viewCount == 1 ? aside + VIEWS : bestOf(3);
  const mine = viewCount == 1 ? aside + VIEWS : bestOf(1 << <u32>opener);
  const theirs = viewCount == 1 ? aside + VIEWS : bestOf(1 << <u32>answerer);
  packetsOut = load<f64>(mine + (opener << 3), 0);
  bytesOut = load<f64>(mine + (opener << 3), 16);
  packetsBack = load<f64>(theirs + (answerer << 3), 0);
  bytesBack = load<f64>(theirs + (answerer << 3), 16);
  if (max(max(packetsOut, bytesOut), max(packetsBack, bytesBack)) > LARGEST_COUNT) return false;
  needed += <usize>LONGEST_REST + <usize>load<u32>(<usize>load<u32>(primary, 32), 36);
  seenViews = 0;
  for (let i: usize = 0; i < viewCount; i++) {
    const view = viewAt(i);
    if (load<u32>(view, 36) == 0) continue;
    const end = endOfView(view);
    store<u32>(view, end == 2 ? 2 : end == <u32>opener ? 0 : 1, 40);
    needed += <usize>load<u32>(labelOf(view), 4);
    placeOnWay(i);
  }
  return true;
}

/** Writes the line of what was weighed last. */
function write(): void {
  const first = <i64>startOf(at(begin));
  const opening = openedAt < 0 ? first : openedAt;
  const observer = <usize>load<u32>(aside + VIEWS, 32);
  const lowEnd: usize = isV6 ? addresses + (<usize>low << 4) : <usize>low;
  const highEnd: usize = isV6 ? addresses + (<usize>high << 4) : <usize>high;
  putFixed(Text.UID);
  writeUid(out, protocol, isV6, lowEnd, highEnd, ports, load<u32>(observer, 16), load<u32>(observer, 20), <u32>opening);
  setOut(out + 18);
  putFixed(Text.COMMUNITY_ID);
  writeCommunityId(out, protocol, isV6, lowEnd, highEnd, ports);
  setOut(out + 30);
  putFixed(protocol == TCP ? Text.INITIATOR_ADDRESS : Text.UDP_AND_INITIATOR_ADDRESS);
  putAddress(opener == 0 ? low : high);
  putFixed(Text.INITIATOR_PORT);
  putNumber(<u64>(opener == 0 ? ports >> 16 : ports & 0xffff));
  putFixed(Text.RESPONDER_ADDRESS);
  putAddress(opener == 0 ? high : low);
  putFixed(Text.RESPONDER_PORT);
  putNumber(<u64>(opener == 0 ? ports & 0xffff : ports >> 16));
  putText(<usize>FINDINGS + <usize>finding * TEXT_SIZE);
  putText(<usize>LIFE_TEXTS + <usize>lifeText * TEXT_SIZE);
  let allWindows: u32 = 0;
  if (protocol == TCP) {
    putFixed(Text.HISTORY);
    allWindows = putHistory(opener);
    putTime(verdictText(), first);
  } else {
    putTime(
      isRejected ? Text.NO_HISTORY_REJECTED_AND_FIRST_SEEN : Text.NO_HISTORY_ACCEPTED_AND_FIRST_SEEN,
      first,
    );
  }
  putTime(Text.LAST_SEEN, lastSeen);
  putTime(Text.OPENED_AT, openedAt);
  putTime(Text.OPENED_BY, openedBy);
  putTime(Text.CLOSED_AFTER, closedAfter);
  putTime(Text.CLOSED_AT, closedAt);
  const earliest = openedBy < 0 ? firstEnd : openedBy;
  const latest = closedAfter < 0 ? <i64>startOf(at(until - 1)) : closedAfter;
  putCount(Text.DURATION_MIN, max<i64>(0, latest - slack - earliest));
  // Negative, like none, when the close is logged before the opening.
  putCount(Text.DURATION_MAX, isBounded ? closedAt - openedAt + slack : -1);
  putCount(Text.INITIATOR_PACKETS, <i64>packetsOut);
  putCount(Text.INITIATOR_BYTES, <i64>bytesOut);
  putCount(Text.RESPONDER_PACKETS, <i64>packetsBack);
  putCount(Text.RESPONDER_BYTES, <i64>bytesBack);
  const showsFlags = protocol == TCP ? spoke : 0;
  putCount(Text.INITIATOR_FLAGS, (showsFlags & (1 << <u32>opener)) != 0 ? <i64>load<u8>(aside + FLAGS + opener) : -1);
  putCount(Text.RESPONDER_FLAGS, (showsFlags & (1 << <u32>answerer)) != 0 ? <i64>load<u8>(aside + FLAGS + answerer) : -1);
  putCount(Text.WINDOWS, seenViews == 1 && protocol == TCP ? allWindows : countWindows((primary - aside - VIEWS) / VIEW_SIZE));
  putCount(Text.RECORDS, <i64>(until - begin));
  putFixed(Text.VANTAGES);
  putNumber(<u64>seenViews);
  const place = <usize>load<u32>(primary, 32);
  putBytes(<usize>load<u32>(place, 32), <usize>load<u32>(place, 36));
  putText(<usize>MARKS + <usize>marks * TEXT_SIZE);
  putPath();
  const basis = <u32>load<u8>(<usize>BASES + <usize>finding);
  const counter = aside + <usize>COUNTS + <usize>((((lifeText << 4) | basis) << 5) | (marks & 31)) * 4;
  store<u32>(counter, load<u32>(counter) + 1);
}
