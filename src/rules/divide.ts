/**
 * Where one connection ends and the next begins on the same key. A new one begins at a SYN or SYN-ACK that the current one
 * cannot have sent, after a silence longer than its idle limit, or at the first record. AWS's times are boxes with a minute
 * of slack, so nothing here compares two vantages or two directions more finely than that; what one interface saw in one
 * direction, however, is in order.
 */
import { GOES_ON, look, NO_MEMORY, RESTING } from './answers.ts';
import {
  closeCandidate,
  forgetCandidates,
  hasCandidates,
  lastSeenBefore,
  latestFrom,
  NONE_OF_THEM,
  noteCandidate,
} from './candidates.ts';
import {
  addToDraft,
  dialledByOf,
  draftAt,
  draftCount,
  firstOf,
  forgetDrafts,
  hasFlags,
  hasRoomForTwo,
  isAllRejected,
  isOpenOn,
  isOver,
  isUnanswered,
  lastOf,
  noteUsedAgain,
  openedAtOf,
  openedByOf,
  openingOf,
  openingToOf,
  ordinalOf,
  scopeOf,
  setDialledBy,
  setOrdinal,
  setPlaces,
  showsReuse,
  sizeOf,
  startDraft,
  takePlace,
} from './drafts.ts';
import { spread, withWord } from './hashes.ts';
import {
  CLOSES,
  OPENS,
  SILENT_ATTEMPT,
  SILENT_CLOSED,
  SILENT_EXCHANGE,
  SILENT_FLAGLESS,
  SILENT_OPEN,
  SILENT_WHOLE,
  TCP,
} from './layout.ts';
import { putWord, wordAt } from './port.ts';
import {
  at,
  directionOf,
  putSpare,
  startOf,
  takeOver,
  takeSpare,
  traitsOf,
  transport,
  vantageOf,
  viewOf,
} from './records.ts';
import { attemptLimit, limitOf, slack } from './settings.ts';
import {
  beginStretches,
  chainCount,
  chainRecords,
  endOfChain,
  scopeOf as scopeOfRecord,
} from './stretches.ts';
import { fillSlot, hashIn, newTable, putRow, rowIn, slotBehind, slotOf } from './tables.ts';
import {
  draftOf,
  forgetViews,
  hasClosed,
  hasOpened,
  hasOpenedEither,
  hasSeen,
  sawPeerClose,
  streamOf,
  viewBy,
} from './view-rows.ts';

// What comes next of the key.
const CHAIN: u32 = 0;
const BEGIN_CHAIN: u32 = 1;
const DIVIDE: u32 = 2;
const GATHER: u32 = 3;
const NUMBER: u32 = 4;
let stage: u32 = CHAIN;

/** The records that may belong together, which chain it is (stretches.ts), and how far they have been looked through. */
let chain: u32 = 0;
let from: u32 = 0;
let until: u32 = 0;
let place: u32 = 0;
/** The first of their connections. */
let base: u32 = 0;
/** Connections that have been numbered. */
let numbered: u32 = 0;
let openings: usize = 0;

/** Begins with another key; {@link divideKey} goes on until it is divided. */
export function beginDividing(): void {
  forgetDrafts();
  beginStretches();
  forgetViews();
  stage = CHAIN;
  chain = 0;
  until = 0;
  numbered = 0;
  openings = 0;
}

/** Divides the records of the key into connections. */
export function divideKey(): u32 {
  let answer = GOES_ON;
  while (answer === GOES_ON && !(stage === NUMBER && numbered === draftCount)) answer = goOn();
  return answer;
}

function goOn(): u32 {
  if (stage === CHAIN) {
    const answer = chainRecords();
    if (answer === GOES_ON) stage = BEGIN_CHAIN;
    return answer;
  }
  if (stage === BEGIN_CHAIN) return beginChain();
  if (stage === DIVIDE) return divideChain();
  if (stage === GATHER) return gatherDrafts();
  return numberDrafts();
}

function beginChain(): u32 {
  if (chain === chainCount) {
    stage = NUMBER;
    return GOES_ON;
  }
  from = until;
  until = endOfChain(chain);
  place = from;
  base = draftCount;
  forgetCandidates();
  stage = DIVIDE;
  return GOES_ON;
}

/** Divides records that may belong together; each ends in exactly one connection (law 2). */
function divideChain(): u32 {
  while (place < until) {
    const record = at(place);
    let number = chooseFor(record);
    if (number === NOBODY) {
      number = draftCount;
      const scope = scopeOfRecord(record);
      if (!startDraft(wordAt(scope), wordAt(scope + 4))) return NO_MEMORY;
    }
    if (!addToDraft(draftAt(number), record) || !noteChange(number)) return NO_MEMORY;
    putReached(record, number);
    place++;
    if (look(1) && place < until) return RESTING;
  }
  if (draftCount === base + 1) {
    setPlaces(draftAt(base), from, until);
    chain++;
    stage = BEGIN_CHAIN;
    return GOES_ON;
  }
  if (!takeSpare()) return NO_MEMORY;
  noteNeighbours();
  let begin = from;
  for (let i = base; i < draftCount; i++) {
    setPlaces(draftAt(i), begin, begin);
    begin += sizeOf(draftAt(i));
  }
  place = from;
  stage = GATHER;
  return GOES_ON;
}

/** What connections on the same ports tell of one another: when they were dialled again, and how soon. */
function noteNeighbours(): void {
  let next: usize = 0;
  for (let i = draftCount - 1; i > base; i--) {
    const before = draftAt(i - 1);
    if (openedByOf(draftAt(i)) >= 0) next = draftAt(i);
    // What had been silent for too long was over before.
    if (next !== 0 && pauseBetween(before, next) <= idleLimit(before)) setDialledBy(before, openedByOf(next));
    notePause(before, draftAt(i));
  }
}

/** Seconds from the last record of one connection to the first of another; Infinity where one of them has no times. */
function pauseBetween(before: usize, after: usize): f64 {
  return lastOf(before) < 0 || firstOf(after) < 0 ? Infinity : firstOf(after) - lastOf(before);
}

/**
 * A client that runs out of ports takes them again as fast every time: where it did so between two connections within no more
 * time than an interval of one of them covers, it may have done so within that too. While the one before would have gone on, a
 * stream has both.
 */
function notePause(before: usize, after: usize): void {
  const pause = pauseBetween(before, after);
  if (pause > idleLimit(before)) return;
  noteUsedAgain(before, pause);
  noteUsedAgain(after, pause);
}

/** Puts the records of each connection side by side. */
function gatherDrafts(): u32 {
  for (; place < until; place++) {
    if (look(1)) return RESTING;
    const record = at(place);
    putSpare(takePlace(draftOf(viewOf(record))), record);
  }
  takeOver(from, until);
  chain++;
  stage = BEGIN_CHAIN;
  return GOES_ON;
}

// Of a vantage (records.ts), by direction: the number of the last connection that it has contributed to, and one.
const REACHED: u32 = 8;

function putReached(record: usize, number: u32): void {
  putWord(vantageOf(record) + REACHED + (directionOf(record) << 2), number + 1);
}

/** None of the connections. */
const NOBODY: u32 = 0xffffffff;

/** The number of the connection that a record belongs to; NOBODY for a new one. */
function chooseFor(record: usize): u32 {
  if (draftCount === base) return NOBODY;
  const reached = wordAt(vantageOf(record) + REACHED + (directionOf(record) << 2));
  // Connections of another chain are none of this one's.
  const known = reached > base ? reached - 1 : NOBODY;
  return (traitsOf(record) & OPENS) !== 0 ? chooseForOpening(known, record) : chooseForOther(known, record);
}

/** A time, 0 where there is none. */
function orZero(seconds: f64): f64 {
  return seconds < 0 ? 0 : seconds;
}

/** Whether a direction seen for the first time may still belong to a connection that others follow. */
function isInReach(number: u32, begins: f64): bool {
  return orZero(lastOf(draftAt(number))) + slack >= begins;
}

/** The first connection that a direction seen for the first time may still belong to. */
function firstInReach(record: usize): u32 {
  const begins = orZero(startOf(record));
  if (hasCandidates()) {
    const before = lastSeenBefore(begins - slack, draftCount - 1 - base);
    return before === NONE_OF_THEM ? base : base + before + 1;
  }
  let i = draftCount - 1;
  while (i > base && isInReach(i - 1, begins)) i--;
  return i;
}

/**
 * The nearest connection that takes a SYN or SYN-ACK: openings never lie behind a record, so it is the first of those that
 * opened latest.
 * @param known the last connection that the record's direction has contributed to at its vantage, or NOBODY
 */
function chooseForOpening(known: u32, record: usize): u32 {
  let best = NOBODY;
  let first = known;
  if (known === NOBODY) first = firstInReach(record);
  else {
    if (takesOpening(draftAt(known), record)) best = known;
    first++;
  }
  // Without a time it may belong to any: those that have one come behind those that have none.
  if (startOf(record) < 0) return best !== NOBODY || first === draftCount ? best : first;
  const other = hasCandidates() ? latestByTree(first, record) : latestAmongFew(first, record);
  if (best === NOBODY || (other !== NOBODY && openingKey(draftAt(other)) > openingKey(draftAt(best))))
    return other;
  return best;
}

/** When a connection opened, for who looks for the latest: what has no time is as near as can be. */
function openingKey(draft: usize): f64 {
  const opening = openingOf(draft);
  return opening < 0 ? Infinity : opening;
}

/** The first of those that opened latest, of connections [first, …) in which the record's direction has not spoken at its vantage. */
function latestAmongFew(first: u32, record: usize): u32 {
  const begins = startOf(record);
  let best = NOBODY;
  let latest: f64 = -1;
  for (let i = first; i < draftCount; i++) {
    const draft = draftAt(i);
    if (openingKey(draft) <= latest || begins > lastOpening(draft)) continue;
    best = i;
    latest = openingKey(draft);
  }
  return best;
}

function latestByTree(first: u32, record: usize): u32 {
  const begins = startOf(record);
  for (;;) {
    const found = latestFrom(first - base);
    if (found === NONE_OF_THEM) break;
    if (begins <= lastOpening(draftAt(base + found))) return base + found;
    // Nor does it take a later one.
    closeCandidate(found);
  }
  return NOBODY;
}

/** Connections that are looked at one by one; of more there is a tree. */
const FEW_CANDIDATES: u32 = 16;

/** Notes that a connection has changed; false where there is no memory for it. */
function noteChange(number: u32): bool {
  if (!hasCandidates()) {
    if (draftCount - base <= FEW_CANDIDATES) return true;
    for (let i = base; i < draftCount; i++) if (!noteDraft(i)) return false;
    return true;
  }
  return noteDraft(number);
}

function noteDraft(number: u32): bool {
  const draft = draftAt(number);
  return noteCandidate(number - base, openingKey(draft), orZero(lastOf(draft)));
}

/**
 * The last second in which a SYN or SYN-ACK of a direction that has not spoken in a connection can belong to it. What is
 * over must be touched by somebody else's view of it. The handshake of what was taken for mid-stream may be logged late;
 * rejected records say nothing of a life before: while their interval lasts, the handshake may stand in it. SYN and SYN-ACK
 * are repeated for three minutes at most; later ones are another handshake.
 */
function lastOpening(draft: usize): f64 {
  if (firstOf(draft) < 0) return Infinity;
  if (isOver(draft)) return lastOf(draft) + slack;
  if (openingToOf(draft) >= 0) return openingToOf(draft) + attemptLimit;
  const began = firstOf(draft) + slack;
  return isAllRejected(draft) ? Math.max(began, lastOf(draft)) : began;
}

/** Whether a SYN or SYN-ACK can belong to a connection in which its direction has spoken at its vantage. */
function takesOpening(draft: usize, record: usize): bool {
  const begins = startOf(record);
  if (begins < 0 || firstOf(draft) < 0) return true;
  const stream = streamOf(record);
  const view = viewBy(vantageOf(record), draft);
  // What one interface saw is in order: no SYN follows the side's own FIN or RST, and none is repeated once the other side
  // has closed. The second half of a handshake whose first half is here may be stamped after its side's own close: each
  // record may be late by the slack, and short ones overtake each other.
  if (hasClosed(view, stream)) {
    const opened = openedAtOf(draft);
    return !hasOpened(view, stream) && opened >= 0 && begins - opened <= slack;
  }
  if (hasOpened(view, stream) && sawPeerClose(view, record)) return false;
  // What the same interface opened with the other action must touch the life of what is over by its own clock.
  const isOwnClock = isOver(draft) && !hasSeen(view, stream) && hasOpenedEither(view, stream);
  return begins <= (isOwnClock ? lastOf(draft) : lastOpening(draft));
}

/** Records come in the order of their starts: all connections have begun, the last one latest. */
function chooseForOther(known: u32, record: usize): u32 {
  const begins = startOf(record);
  const number = draftCount - 1;
  const draft = draftAt(number);
  // A close that the previous connection still lacks from this side, logged within the slack, is its own, as long as nothing
  // of this direction and vantage is in a later one: then it is in order.
  if (number > base && (traitsOf(record) & CLOSES) !== 0) {
    const before = draftAt(number - 1);
    const mayBe = known === NOBODY ? isInReach(number - 1, orZero(begins)) : known < number;
    if (mayBe && isOpenOn(before, directionOf(record)) && orZero(begins) - slack <= orZero(lastOf(before)))
      return number - 1;
  }
  if (begins < 0 || lastOf(draft) < 0) return number;
  return begins - lastOf(draft) > idleLimit(draft) ? NOBODY : number;
}

/** How long a silence a connection lasts through. */
function idleLimit(draft: usize): f64 {
  return limitOf(silenceOf(draft));
}

/** The kind of silence: see SILENT_OPEN in layout.ts. */
function silenceOf(draft: usize): u32 {
  if (transport !== TCP) return SILENT_EXCHANGE;
  if (!hasFlags(draft)) return SILENT_FLAGLESS;
  // What looks closed may be the first of two.
  if (showsReuse(draft)) return SILENT_OPEN;
  if (isOver(draft)) return hasRoomForTwo(draft) ? SILENT_WHOLE : SILENT_CLOSED;
  return isUnanswered(draft) ? SILENT_ATTEMPT : SILENT_OPEN;
}

/** The kind of silence behind its last record: what comes after another connection on its ports has opened is none of this one's. */
export function silenceBehind(draft: usize): u32 {
  return dialledByOf(draft) >= 0 ? SILENT_ATTEMPT : silenceOf(draft);
}

/** Connections that are compared one by one; of more there is a table of their openings. */
const FEW: u32 = 16;

/** Numbers connections of one scope and opening: the number is part of their names. */
function numberDrafts(): u32 {
  if (draftCount > FEW && openings === 0) {
    openings = newTable();
    if (openings === 0) return NO_MEMORY;
  }
  for (; numbered < draftCount; numbered++) {
    if (openings === 0) numberAmongFew(numbered);
    else if (!numberByTable(draftAt(numbered))) return NO_MEMORY;
    if (look(1)) {
      numbered++;
      return numbered < draftCount ? RESTING : GOES_ON;
    }
  }
  return GOES_ON;
}

function isNamedAlike(a: usize, b: usize): bool {
  return openingOf(a) === openingOf(b) && scopeOf(a, 0) === scopeOf(b, 0) && scopeOf(a, 1) === scopeOf(b, 1);
}

function numberAmongFew(number: u32): void {
  for (let i = number; i > 0; i--) {
    if (!isNamedAlike(draftAt(i - 1), draftAt(number))) continue;
    setOrdinal(draftAt(number), ordinalOf(draftAt(i - 1)) + 1);
    return;
  }
}

/** In the table is the last one that is named alike. */
function numberByTable(draft: usize): bool {
  const opening = openingOf(draft) < 0 ? 0 : (openingOf(draft) as u32);
  const hash = spread(withWord(withWord(scopeOf(draft, 0), scopeOf(draft, 1)), opening));
  let slot = slotOf(openings, hash);
  for (let other = rowIn(slot); other !== 0; other = rowIn(slot)) {
    if (hashIn(slot) === hash && isNamedAlike(other, draft)) {
      setOrdinal(draft, ordinalOf(other) + 1);
      putRow(slot, draft);
      return true;
    }
    slot = slotBehind(openings, slot);
  }
  return fillSlot(openings, slot, hash, draft);
}
