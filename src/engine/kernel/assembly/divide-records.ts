/**
 * The records of a key into connections: parted where everybody is silent, by networks, then divided. The fast twin of
 * partBySilence (correlate/key-records.ts), correlate/divide.ts and correlate/draft.ts; how networks belong together
 * (correlate/scope.ts) it is told.
 */
import {
  at,
  actionOf,
  count,
  directionOf,
  DRAFT_OF,
  DRAFT_SIZE,
  DRAFTS,
  endOf,
  flagsOf,
  high,
  infoOf,
  isV6,
  low,
  markNoise,
  NETWORKS,
  observerAt,
  ORDER,
  OTHER_ORDER,
  packetsOf,
  payloadOf,
  transport,
  REACHED,
  standInsOf,
  startOf,
  traitsOf,
  viewCount,
  viewOf,
  WHOLE_ORDER,
} from './key-records.ts';
import {
  BEGAN_SYN,
  CLOSES,
  ENDED_FIN,
  ENDED_RST,
  FEWEST_OF_TWO,
  FIN,
  FLAGS_COLUMN,
  HAS_FLAGS,
  HAS_INSTANCE,
  MOST_DRAFTS,
  MOST_VIEWS,
  NEXT,
  OPENS,
  PLAIN_SYN,
  SCOPE_SIZE,
  SCOPES,
  SIDE_TRAITS,
  SYN_ACK,
  TCP,
} from './layout.ts';
import { aside } from './memory.ts';
import { addresses } from '../../../rules/settings';

// Set once: IDLE_LIMITS and SLACK_SECONDS of tcp/idle-limits.ts.
export let attemptLimit: i64 = 0;
export let openLimit: i64 = 0;
export let lingerLimit: i64 = 0;
export let exchangeLimit: i64 = 0;
export let slack: i64 = 0;

export function setIdleLimits(attempt: f64, open: f64, linger: f64, exchange: f64, slackSeconds: f64): void {
  attemptLimit = <i64>attempt;
  openLimit = <i64>open;
  lingerLimit = <i64>linger;
  exchangeLimit = <i64>exchange;
  slack = <i64>slackSeconds;
}

// A connection in the making.
const FROM: usize = 0;
const UNTIL: usize = 4;
const FIRST: usize = 8;
const LAST: usize = 16;
const OPENING_FROM: usize = 24;
const OPENING_TO: usize = 32;
/** Streams (view, direction, whether rejected) as bits: those seen, those that opened, those that closed. */
const SEEN: usize = 40;
const OPENED: usize = 44;
const CLOSED: usize = 48;
/** By direction, a byte each: state, OR of flags. */
const SIDES: usize = 52;
const FLAGS: usize = 54;
const DRAFT_MARKS: usize = 56;
const EVIDENCE: usize = 60;
const ORDINAL: usize = 64;
const SCOPE: usize = 68;
const OPENED_BY: usize = 80;
const CLOSED_AFTER: usize = 88;
const CLOSED_AT: usize = 96;
const FIRST_END: usize = 104;
/** By direction: start and end of the first interval with a FIN. */
const FINS: usize = 112;
/** By stream: the end of the first interval with a close, and the end of its last interval. */
const CLOSED_BY: usize = 144;
const LAST_END: usize = 272;

// Of DRAFT_MARKS. The first two by direction.
const FLAGGED: u32 = 1;
const SPOKE: u32 = 4;
const REUSE_POSSIBLE: u32 = 16;
const REUSE_RULED_OUT: u32 = 32;
const CONTRADICTS: u32 = 64;
const ANY_NOT_REJECTED: u32 = 128;
const CARRIES_FLAGS: u32 = 256;

/** Connections of the key. */
export let draftCount: usize = 0;

/** The table of networks that belong together: see SCOPES. */
export let scopes: usize = 0;
/** By group of observers: the two words that name its network. */
export let groups: usize = 0;
/** Whether the key was left because nobody has told yet how its networks, at NETWORKS, belong together. */
export let asksScope: bool = false;

export function placeScopes(ofGroups: usize, at: usize): void {
  groups = ofGroups;
  scopes = at;
}

/** Where the networks lie that are asked for. */
export function askedNetworks(): usize {
  return aside + NETWORKS;
}

@inline
export function draftAt(draft: usize): usize {
  return aside + DRAFTS + draft * DRAFT_SIZE;
}

// What others read of a connection.
@inline
export function beginOf(draft: usize): usize {
  return <usize>load<u32>(draft, FROM);
}
@inline
export function untilOf(draft: usize): usize {
  return <usize>load<u32>(draft, UNTIL);
}
@inline
export function sideOf(draft: usize, direction: usize): usize {
  return <usize>load<u8>(draft + direction, SIDES);
}
/** OR of the flags that a side showed; -1 when no record of it carries any. */
@inline
export function shownFlags(draft: usize, direction: usize): i64 {
  const isFlagged = (load<u32>(draft, DRAFT_MARKS) & (FLAGGED << <u32>direction)) != 0;
  return isFlagged ? <i64>load<u8>(draft + direction, FLAGS) : -1;
}
@inline
export function hasFlags(draft: usize): bool {
  return (load<u32>(draft, DRAFT_MARKS) & (FLAGGED * 3)) != 0;
}
/** Whether the format of one record at least has the field. */
@inline
export function carriesFlags(draft: usize): bool {
  return (load<u32>(draft, DRAFT_MARKS) & CARRIES_FLAGS) != 0;
}
/** Bits: the low end spoke 1, the high end 2. */
@inline
export function spokeOf(draft: usize): u32 {
  return (load<u32>(draft, DRAFT_MARKS) / SPOKE) & 3;
}
@inline
export function isContradicted(draft: usize): bool {
  return (load<u32>(draft, DRAFT_MARKS) & CONTRADICTS) != 0;
}
@inline
export function mayHideReuse(draft: usize): bool {
  return (load<u32>(draft, DRAFT_MARKS) & (REUSE_POSSIBLE | REUSE_RULED_OUT)) == REUSE_POSSIBLE;
}
/** SYNs and SYN-ACKs by direction: see observedInitiator. */
@inline
export function evidenceOf(draft: usize): u32 {
  return load<u32>(draft, EVIDENCE);
}
@inline
export function ordinalOf(draft: usize): u32 {
  return load<u32>(draft, ORDINAL);
}
@inline
export function scopeOf(draft: usize, word: usize): u32 {
  return load<u32>(draft + (word << 2), SCOPE);
}
@inline
export function firstOf(draft: usize): i64 {
  return load<i64>(draft, FIRST);
}
@inline
export function lastOf(draft: usize): i64 {
  return load<i64>(draft, LAST);
}
// -1 for none.
@inline
export function openedAtOf(draft: usize): i64 {
  return load<i64>(draft, OPENING_FROM);
}
@inline
export function openedByOf(draft: usize): i64 {
  return load<i64>(draft, OPENED_BY);
}
@inline
export function closedAfterOf(draft: usize): i64 {
  return load<i64>(draft, CLOSED_AFTER);
}
@inline
export function closedAtOf(draft: usize): i64 {
  return load<i64>(draft, CLOSED_AT);
}
@inline
export function firstEndOf(draft: usize): i64 {
  return load<i64>(draft, FIRST_END);
}
/** The first interval in which a side sent a FIN: its start, or its end; -1 for none. */
@inline
export function finOf(draft: usize, direction: usize, isEnd: usize): i64 {
  return load<i64>(draft + (direction << 4) + (isEnd << 3), FINS);
}

/** Divides the records of the key; false when they are too many connections, or {@link asksScope}. */
export function divideKey(): bool {
  draftCount = 0;
  asksScope = false;
  let from: usize = 0;
  let last = endOf(at(0));
  for (let place: usize = 1; place < count; place++) {
    const record = at(place);
    if (startOf(record) - last > openLimit) {
      if (!partByScope(from, place)) return false;
      from = place;
    }
    last = max(last, endOf(record));
  }
  if (!partByScope(from, count)) return false;
  if (draftCount > 1) numberThem();
  return true;
}

/** Numbers connections of one scope and opening: the number is part of their names. */
function numberThem(): void {
  for (let i: usize = 1; i < draftCount; i++) {
    const draft = draftAt(i);
    let ordinal: u32 = 0;
    for (let j: usize = 0; j < i; j++) {
      const other = draftAt(j);
      if (
        openingOf(draft) == openingOf(other) &&
        scopeOf(draft, 0) == scopeOf(other, 0) &&
        scopeOf(draft, 1) == scopeOf(other, 1)
      )
        ordinal++;
    }
    store<u32>(draft, ordinal, ORDINAL);
  }
}

/** The second that names the opening. */
@inline
export function openingOf(draft: usize): i64 {
  const opened = openedAtOf(draft);
  return opened < 0 ? firstOf(draft) : opened;
}

/** Both ends have addresses that no two networks share: IPv6 global unicast. */
function areUnique(): bool {
  return (
    isV6 &&
    (load<u8>(addresses + (<usize>low << 4)) & 0xe0) == 0x20 &&
    (load<u8>(addresses + (<usize>high << 4)) & 0xe0) == 0x20
  );
}

/** Divides the records at places [from, until), each network by itself unless they belong together. */
function partByScope(from: usize, until: usize): bool {
  const observer = observerAt(viewOf(at(from)));
  let isOne = true;
  if (viewCount > 1) {
    const network = load<u32>(observer, 4);
    for (let place = from + 1; place < until && isOne; place++)
      isOne = load<u32>(observerAt(viewOf(at(place))), 4) == network;
  }
  if (isOne) {
    const scope = groups + (<usize>load<u32>(observer, 4) << 3);
    return divide(from, until, load<u32>(scope), load<u32>(scope, 4));
  }
  noteNetworks(from, until);
  const known = findScope();
  if (atomic.load<u32>(known, 36) == 0) {
    asksScope = true;
    return false;
  }
  memory.copy(aside + WHOLE_ORDER + from, aside + ORDER + from, until - from);
  const parts = <usize>load<u32>(known, 40);
  let to = from;
  for (let part: usize = 0; part < parts; part++) {
    const begin = to;
    for (let place = from; place < until; place++) {
      const record = <usize>load<u8>(aside + WHOLE_ORDER + place);
      if (partOf(known, load<u32>(observerAt(viewOf(record)), 4)) != part) continue;
      store<u8>(aside + ORDER + to++, <u8>record);
    }
    const scope = known + (part << 3);
    if (!divide(begin, to, load<u32>(scope, 56), load<u32>(scope, 60))) return false;
  }
  return true;
}

@inline
function networkAt(i: u32): usize {
  return aside + NETWORKS + ((<usize>i + 1) << 2);
}

/**
 * Writes the networks of records to NETWORKS: how many they are and 256 where addresses are unique, then each one's
 * number times four and the ends it sees through a gateway, by number.
 */
function noteNetworks(from: usize, until: usize): void {
  let networks: u32 = 0;
  for (let place = from; place < until; place++) {
    const record = at(place);
    const observer = observerAt(viewOf(record));
    const network = load<u32>(observer, 4) << 2;
    const foreign = (load<u32>(observer, 28) & HAS_INSTANCE) != 0 ? 0 : standInsOf(record);
    let i: u32 = 0;
    while (i < networks && (load<u32>(networkAt(i)) & ~3) != network) i++;
    if (i == networks) {
      while (i > 0 && load<u32>(networkAt(i - 1)) > network) {
        store<u32>(networkAt(i), load<u32>(networkAt(i - 1)));
        i--;
      }
      store<u32>(networkAt(i), network);
      networks++;
    }
    store<u32>(networkAt(i), load<u32>(networkAt(i)) | foreign);
  }
  store<u32>(aside + NETWORKS, networks | (areUnique() ? 256 : 0));
  for (let i = networks; i < MOST_VIEWS; i++) store<u32>(networkAt(i), 0);
}

/** The entry of the networks at NETWORKS: nine words, 1 at 36 when it is known, parts 40, the part of each 44, their scopes 56. */
export function findScope(): usize {
  let hash: u32 = 0;
  for (let i: usize = 0; i < 9; i++) hash = (rotl(hash, 5) ^ load<u32>(aside + NETWORKS + (i << 2))) * 0x9e3779b1;
  let slot = hash >> 22;
  while (atomic.load<u32>(scopeAt(slot), 36) != 0 && !isOfNetworks(scopeAt(slot))) slot = (slot + 1) & (SCOPES - 1);
  return scopeAt(slot);
}

@inline
function scopeAt(slot: u32): usize {
  return scopes + <usize>slot * SCOPE_SIZE;
}

function isOfNetworks(entry: usize): bool {
  for (let at: usize = 0; at < 36; at += 4)
    if (load<u32>(entry + at) != load<u32>(aside + NETWORKS + at)) return false;
  return true;
}

@inline
function partOf(entry: usize, network: u32): usize {
  let i: u32 = 0;
  while (load<u32>(networkAt(i)) >> 2 != network) i++;
  return <usize>load<u8>(entry + <usize>i, 44);
}

/** Which stream a record belongs to: see SEEN. */
@inline
function streamOf(record: usize): u32 {
  return <u32>(viewOf(record) * 4 + directionOf(record) * 2 + <usize>(actionOf(record) >> 1));
}

@inline
function sideTraits(draft: usize, direction: usize): u32 {
  return <u32>load<u8>(<usize>SIDE_TRAITS + sideOf(draft, direction));
}

/** Both sides have closed, or one has reset. */
@inline
function isOver(draft: usize): bool {
  const one = sideTraits(draft, 0);
  const other = sideTraits(draft, 1);
  return ((one | other) & ENDED_RST) != 0 || (one & other & ENDED_FIN) != 0;
}

/** One side dialled and the other has shown nothing. */
@inline
function isUnanswered(draft: usize): bool {
  return (
    ((sideTraits(draft, 0) & BEGAN_SYN) != 0 && sideOf(draft, 1) == 0) ||
    ((sideTraits(draft, 1) & BEGAN_SYN) != 0 && sideOf(draft, 0) == 0)
  );
}

@inline
function holds(draft: usize, streams: usize, stream: u32): bool {
  return (load<u32>(draft + streams) & (1 << stream)) != 0;
}

/** Whether this view has seen the other direction close in an interval before the record's. */
function sawPeerClose(draft: usize, record: usize, stream: u32): bool {
  const begins = startOf(record);
  const ended = <i64>load<u32>(draft + (<usize>stream << 2), LAST_END);
  const last = holds(draft, SEEN, stream) && ended == begins ? begins : begins - 1;
  const peer = (stream & ~1) ^ 2;
  for (let other = peer; other < peer + 2; other++)
    if (holds(draft, CLOSED, other) && <i64>load<u32>(draft + (<usize>other << 2), CLOSED_BY) <= last) return true;
  return false;
}

/** Whether a SYN or SYN-ACK can belong to this connection. */
function takesOpening(draft: usize, record: usize): bool {
  const begins = startOf(record);
  const stream = streamOf(record);
  const hasOpened = holds(draft, OPENED, stream);
  if (holds(draft, CLOSED, stream)) {
    const opened = openedAtOf(draft);
    return !hasOpened && opened >= 0 && begins - opened <= slack;
  }
  if (hasOpened && sawPeerClose(draft, record, stream)) return false;
  if (isOver(draft)) {
    const isOwnClock =
      !holds(draft, SEEN, stream) && (load<u32>(draft, OPENED) & (3 << (stream & ~1))) != 0;
    return begins - (isOwnClock ? 0 : slack) <= lastOf(draft);
  }
  const openingTo = load<i64>(draft, OPENING_TO);
  if (openingTo < 0) {
    const began = firstOf(draft) + slack;
    const isAllRejected = (load<u32>(draft, DRAFT_MARKS) & ANY_NOT_REJECTED) == 0;
    return begins <= (isAllRejected ? max(began, lastOf(draft)) : began);
  }
  return begins - openingTo <= attemptLimit;
}

@inline
function distance(draft: usize, begins: i64): i64 {
  const away = begins - openingOf(draft);
  return away < 0 ? -away : away;
}

/** None of the connections. */
const NOBODY: usize = 255;

/** The first connection that a direction seen for the first time may still belong to. */
function firstInReach(base: usize, begins: i64): usize {
  let i = draftCount - 1;
  while (i > base && lastOf(draftAt(i - 1)) + slack >= begins) i--;
  return i;
}

function chooseForOpening(from: usize, record: usize): usize {
  const begins = startOf(record);
  let best = NOBODY;
  for (let i = from; i < draftCount; i++) {
    const draft = draftAt(i);
    if (!takesOpening(draft, record)) continue;
    if (best == NOBODY || distance(draft, begins) < distance(draftAt(best), begins)) best = i;
  }
  return best;
}

function chooseForOther(from: usize, record: usize): usize {
  const begins = startOf(record);
  let i = from;
  while (i + 1 < draftCount && firstOf(draftAt(i + 1)) <= begins) i++;
  const draft = draftAt(i);
  if (i > from && (traitsOf(record) & CLOSES) != 0) {
    const before = draftAt(i - 1);
    const isOpen = (sideTraits(before, directionOf(record)) & (ENDED_FIN | ENDED_RST)) == 0;
    if (isOpen && begins - slack <= lastOf(before)) return i - 1;
  }
  return begins - lastOf(draft) > idleLimit(draft) ? NOBODY : i;
}

function idleLimit(draft: usize): i64 {
  if (transport != TCP) return exchangeLimit;
  if (!hasFlags(draft) || mayHideReuse(draft)) return openLimit;
  if (isOver(draft)) return lingerLimit;
  return isUnanswered(draft) ? attemptLimit : openLimit;
}

/** Divides the records at places [from, until), which may belong together; false when they are too many connections. */
function divide(from: usize, until: usize, scope0: u32, scope1: u32): bool {
  const base = draftCount;
  store<u64>(aside + REACHED, u64.MAX_VALUE, 0);
  store<u64>(aside + REACHED, u64.MAX_VALUE, 8);
  for (let place = from; place < until; place++) {
    const record = at(place);
    const opens = (traitsOf(record) & OPENS) != 0;
    const reach = aside + REACHED + viewOf(record) * 2 + directionOf(record);
    let chosen = NOBODY;
    if (draftCount > base) {
      const reached = <usize>load<u8>(reach);
      const first = reached == NOBODY ? firstInReach(base, startOf(record)) : reached;
      chosen = opens ? chooseForOpening(first, record) : chooseForOther(first, record);
    }
    if (chosen == NOBODY) {
      if (draftCount == MOST_DRAFTS) return false;
      chosen = draftCount++;
      startDraft(draftAt(chosen), record, scope0, scope1);
    }
    addToDraft(draftAt(chosen), record, opens);
    store<u8>(reach, <u8>chosen);
    store<u8>(aside + DRAFT_OF + place, <u8>chosen);
  }
  if (draftCount == base + 1) {
    store<u32>(draftAt(base), <u32>from, FROM);
    store<u32>(draftAt(base), <u32>until, UNTIL);
  } else gatherDrafts(base, from, until);
  return true;
}

/** Puts the records of each connection side by side. */
function gatherDrafts(base: usize, from: usize, until: usize): void {
  memory.copy(aside + OTHER_ORDER + from, aside + ORDER + from, until - from);
  let to = from;
  for (let i = base; i < draftCount; i++) {
    store<u32>(draftAt(i), <u32>to, FROM);
    for (let place = from; place < until; place++) {
      if (<usize>load<u8>(aside + DRAFT_OF + place) != i) continue;
      store<u8>(aside + ORDER + to++, load<u8>(aside + OTHER_ORDER + place));
    }
    store<u32>(draftAt(i), <u32>to, UNTIL);
  }
}

function startDraft(draft: usize, record: usize, scope0: u32, scope1: u32): void {
  memory.fill(draft, 0, CLOSED_BY);
  store<i64>(draft, startOf(record), FIRST);
  store<i64>(draft, i64.MAX_VALUE, FIRST_END);
  store<i64>(draft, -1, OPENING_FROM);
  store<i64>(draft, -1, OPENING_TO);
  store<i64>(draft, -1, OPENED_BY);
  store<i64>(draft, -1, CLOSED_AFTER);
  store<i64>(draft, -1, CLOSED_AT);
  v128.store(draft, i64x2.splat(-1), FINS);
  v128.store(draft + 16, i64x2.splat(-1), FINS);
  store<u32>(draft, scope0, SCOPE);
  store<u32>(draft, scope1, SCOPE + 4);
}

/** What a connection's records show, added up as they come: in the order of their starts. */
function addToDraft(draft: usize, record: usize, opens: bool): void {
  const direction = directionOf(record);
  const info = infoOf(record);
  const flags = flagsOf(record);
  const traits = traitsOf(record);
  const stream = streamOf(record);
  const bit: u32 = 1 << stream;
  const begins = startOf(record);
  const ends = endOf(record);
  const isRejected = (actionOf(record) & 2) != 0;
  let marks = load<u32>(draft, DRAFT_MARKS);
  // A SYN again inside the open connection: a new one may hide behind a lost close.
  if (opens && holds(draft, OPENED, stream) && !isUnanswered(draft)) marks |= REUSE_POSSIBLE;
  if (isRejected && !opens && isOver(draft)) markNoise(record);
  if (!isRejected) marks |= ANY_NOT_REJECTED;
  marks |= SPOKE << <u32>direction;
  if ((info & FLAGS_COLUMN) != 0) marks |= CARRIES_FLAGS;
  if ((info & HAS_FLAGS) != 0) marks |= FLAGGED << <u32>direction;
  store<i64>(draft, max(load<i64>(draft, LAST), ends), LAST);
  store<i64>(draft, min(load<i64>(draft, FIRST_END), ends), FIRST_END);
  const at32 = <usize>stream << 2;
  const lastEnd = holds(draft, SEEN, stream) ? load<u32>(draft + at32, LAST_END) : 0;
  store<u32>(draft + at32, max(lastEnd, <u32>ends), LAST_END);
  store<u32>(draft, load<u32>(draft, SEEN) | bit, SEEN);
  if (opens) {
    if (openedAtOf(draft) < 0) store<i64>(draft, begins, OPENING_FROM);
    store<i64>(draft, max(load<i64>(draft, OPENING_TO), ends), OPENING_TO);
    if (openedByOf(draft) < 0 || ends < openedByOf(draft)) store<i64>(draft, ends, OPENED_BY);
    store<u32>(draft, load<u32>(draft, OPENED) | bit, OPENED);
    const shown = (traits & PLAIN_SYN) | ((traits & SYN_ACK) << 1);
    store<u32>(draft, load<u32>(draft, EVIDENCE) | (shown << <u32>direction), EVIDENCE);
  }
  if ((traits & CLOSES) != 0) {
    if (!holds(draft, CLOSED, stream) || <u32>ends < load<u32>(draft + at32, CLOSED_BY))
      store<u32>(draft + at32, <u32>ends, CLOSED_BY);
    store<u32>(draft, load<u32>(draft, CLOSED) | bit, CLOSED);
    store<i64>(draft, begins, CLOSED_AFTER);
    store<i64>(draft, max(closedAtOf(draft), ends), CLOSED_AT);
    if ((traits & FIN) != 0) addFin(draft + (direction << 4), begins, ends);
    if (opens)
      marks |=
        packetsOf(record) >= <f64>load<u8>(<usize>FEWEST_OF_TWO + flags) ? REUSE_POSSIBLE : REUSE_RULED_OUT;
  }
  if (transport == TCP) {
    const next = <u32>load<u8>(<usize>NEXT + ((payloadOf(record) | flags) << 4) + sideOf(draft, direction));
    if ((next & 0x80) != 0) marks |= CONTRADICTS;
    store<u8>(draft + direction, <u8>(next & 0x7f), SIDES);
    store<u8>(draft + direction, load<u8>(draft + direction, FLAGS) | <u8>flags, FLAGS);
  }
  store<u32>(draft, marks, DRAFT_MARKS);
}

@inline
function addFin(fin: usize, begins: i64, ends: i64): void {
  if (load<i64>(fin, FINS) < 0) {
    store<i64>(fin, begins, FINS);
    store<i64>(fin, ends, FINS + 8);
  } else if (ends < load<i64>(fin, FINS + 8)) store<i64>(fin, ends, FINS + 8);
}
