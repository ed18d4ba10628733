/**
 * Where one connection ends and the next begins on the same key. A new one begins at a SYN or SYN-ACK that the current one
 * cannot have sent, after a silence longer than its idle limit, or at the first record. AWS's times are boxes with a minute
 * of slack, so nothing here compares two vantages or two directions more finely than that; what one interface saw in one
 * direction, however, is in order.
 */

import {
  addToDraft,
  draftAt,
  firstOf,
  hasClosed,
  hasFlags,
  hasOpened,
  hasOpenedEither,
  hasSeen,
  isAllRejected,
  isOpenOn,
  isOver,
  isUnanswered,
  lastOf,
  mayHideReuse,
  openedAtOf,
  openingOf,
  openingToOf,
  sawPeerClose,
  scopeOf,
  setOrdinal,
  setPlaces,
  startDraft,
} from './drafts.ts';
import { CLOSES, MOST_DRAFTS, MOST_VIEWS, OPENS, TCP } from './layout.ts';
import { findScope, isKnown, nameOf, nameOfPart, noteNetworks, partOf, partsOf } from './networks.ts';
import { byteAt, copyBytes, fillBytes, putByte, wordAt } from './port.ts';
import {
  at,
  count,
  DRAFT_OF,
  directionOf,
  endOf,
  ORDER,
  OTHER_ORDER,
  observerAt,
  REACHED,
  startOf,
  streamOf,
  traitsOf,
  transport,
  viewCount,
  viewOf,
  WHOLE_ORDER,
} from './records.ts';
import { aside, attemptLimit, exchangeLimit, lingerLimit, openLimit, slack } from './settings.ts';

/** Connections of the key. */
export let draftCount: usize = 0;
/** Whether the key was left because nobody has told yet how its networks belong together. */
export let asksScope: bool = false;

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
    last = Math.max(last, endOf(record));
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
        openingOf(draft) === openingOf(other) &&
        scopeOf(draft, 0) === scopeOf(other, 0) &&
        scopeOf(draft, 1) === scopeOf(other, 1)
      )
        ordinal++;
    }
    setOrdinal(draft, ordinal);
  }
}

/** Divides the records at places [from, until), each network by itself unless they belong together. */
function partByScope(from: usize, until: usize): bool {
  const observer = observerAt(viewOf(at(from)));
  let isOne = true;
  if (viewCount > 1) {
    const network = wordAt(observer + 4);
    for (let place = from + 1; place < until && isOne; place++)
      isOne = wordAt(observerAt(viewOf(at(place))) + 4) === network;
  }
  if (isOne) {
    const scope = nameOf(wordAt(observer + 4));
    return divide(from, until, wordAt(scope), wordAt(scope + 4));
  }
  noteNetworks(from, until);
  const known = findScope();
  if (!isKnown(known)) {
    asksScope = true;
    return false;
  }
  copyBytes(aside + WHOLE_ORDER + from, aside + ORDER + from, until - from);
  const parts = partsOf(known);
  let to = from;
  for (let part: usize = 0; part < parts; part++) {
    const begin = to;
    for (let place = from; place < until; place++) {
      const record = byteAt(aside + WHOLE_ORDER + place);
      if (partOf(known, wordAt(observerAt(viewOf(record)) + 4)) !== part) continue;
      putByte(aside + ORDER + to++, record);
    }
    const scope = nameOfPart(known, part);
    if (!divide(begin, to, wordAt(scope), wordAt(scope + 4))) return false;
  }
  return true;
}

/** Whether a SYN or SYN-ACK can belong to this connection. */
function takesOpening(draft: usize, record: usize): bool {
  const begins = startOf(record);
  const stream = streamOf(record);
  const isRepeated = hasOpened(draft, stream);
  // What one interface saw is in order: no SYN follows the side's own FIN or RST, and none is repeated once the other side
  // has closed. The second half of a handshake whose first half is here may be stamped after its side's own close: each
  // record may be late by the slack, and short ones overtake each other.
  if (hasClosed(draft, stream)) {
    const opened = openedAtOf(draft);
    return !isRepeated && opened >= 0 && begins - opened <= slack;
  }
  if (isRepeated && sawPeerClose(draft, record, stream)) return false;
  // Somebody else's view of a connection that is over must touch its life; so must what the same interface opened with the
  // other action, by its own clock.
  if (isOver(draft)) {
    const isOwnClock = !hasSeen(draft, stream) && hasOpenedEither(draft, stream);
    return begins - (isOwnClock ? 0 : slack) <= lastOf(draft);
  }
  // The handshake of what was taken for mid-stream, logged late. Rejected records say nothing of a life before: while their
  // interval lasts, the handshake may stand in it.
  const openingTo = openingToOf(draft);
  if (openingTo < 0) {
    const began = firstOf(draft) + slack;
    return begins <= (isAllRejected(draft) ? Math.max(began, lastOf(draft)) : began);
  }
  // SYN and SYN-ACK are repeated for three minutes at most; later ones are another handshake.
  return begins - openingTo <= attemptLimit;
}

function distance(draft: usize, begins: f64): f64 {
  return Math.abs(begins - openingOf(draft));
}

/** None of the connections. */
const NOBODY: u32 = 255;

/** The first connection that a direction seen for the first time may still belong to. */
function firstInReach(base: usize, begins: f64): usize {
  let i = draftCount - 1;
  while (i > base && lastOf(draftAt(i - 1)) + slack >= begins) i--;
  return i;
}

function chooseForOpening(from: usize, record: usize): usize {
  const begins = startOf(record);
  let best: usize = NOBODY;
  for (let i = from; i < draftCount; i++) {
    const draft = draftAt(i);
    if (!takesOpening(draft, record)) continue;
    if (best === NOBODY || distance(draft, begins) < distance(draftAt(best), begins)) best = i;
  }
  return best;
}

function chooseForOther(from: usize, record: usize): usize {
  const begins = startOf(record);
  let i = from;
  while (i + 1 < draftCount && firstOf(draftAt(i + 1)) <= begins) i++;
  const draft = draftAt(i);
  // A close that the previous connection still lacks from this side, logged within the slack, is its own, as long as nothing
  // of this direction and view is in a later one: then it is in order.
  if (i > from && (traitsOf(record) & CLOSES) !== 0) {
    const before = draftAt(i - 1);
    if (isOpenOn(before, directionOf(record)) && begins - slack <= lastOf(before)) return i - 1;
  }
  return begins - lastOf(draft) > idleLimit(draft) ? NOBODY : i;
}

function idleLimit(draft: usize): f64 {
  if (transport !== TCP) return exchangeLimit;
  if (!hasFlags(draft) || mayHideReuse(draft)) return openLimit;
  if (isOver(draft)) return lingerLimit;
  return isUnanswered(draft) ? attemptLimit : openLimit;
}

/** Divides the records at places [from, until), which may belong together; false when they are too many connections. */
function divide(from: usize, until: usize, scope0: u32, scope1: u32): bool {
  const base = draftCount;
  fillBytes(aside + REACHED, NOBODY, MOST_VIEWS << 1);
  for (let place = from; place < until; place++) {
    const record = at(place);
    const opens = (traitsOf(record) & OPENS) !== 0;
    const reach = aside + REACHED + viewOf(record) * 2 + directionOf(record);
    let chosen: usize = NOBODY;
    if (draftCount > base) {
      const reached = byteAt(reach);
      const first = reached === NOBODY ? firstInReach(base, startOf(record)) : reached;
      chosen = opens ? chooseForOpening(first, record) : chooseForOther(first, record);
    }
    if (chosen === NOBODY) {
      if (draftCount === MOST_DRAFTS) return false;
      chosen = draftCount++;
      startDraft(draftAt(chosen), record, scope0, scope1);
    }
    addToDraft(draftAt(chosen), record, opens);
    putByte(reach, chosen);
    putByte(aside + DRAFT_OF + place, chosen);
  }
  if (draftCount === base + 1) setPlaces(draftAt(base), from, until);
  else gatherDrafts(base, from, until);
  return true;
}

/** Puts the records of each connection side by side. */
function gatherDrafts(base: usize, from: usize, until: usize): void {
  copyBytes(aside + OTHER_ORDER + from, aside + ORDER + from, until - from);
  let to = from;
  for (let i = base; i < draftCount; i++) {
    const begin = to;
    for (let place = from; place < until; place++) {
      if (byteAt(aside + DRAFT_OF + place) !== i) continue;
      putByte(aside + ORDER + to++, byteAt(aside + OTHER_ORDER + place));
    }
    setPlaces(draftAt(i), begin, to);
  }
}
