/**
 * Many views of one connection: what each interface saw, which of them speaks for it, and the way the packets took. Counts
 * are kept by view and never added up across them: the same packets pass every interface.
 */
import { beginOf, untilOf } from './drafts.ts';
import { ENDS, FLOW_DIRECTION, HAS_INSTANCE, HAS_OWN, OWN_ADDRESS_IS_V6, PRIVATE } from './layout.ts';
import { byteAt, doubleAt, putByte, putDouble, putWord, wordAt } from './port.ts';
import {
  actionOf,
  at,
  bytesOf,
  directionOf,
  high,
  infoOf,
  isNoise,
  isV6,
  low,
  observerAt,
  packetsOf,
  seenOf,
  standInsOf,
  viewAt,
  viewCount,
  viewOf,
  WAY,
} from './records.ts';
import { aside } from './settings.ts';

/** How many views saw the connection at hand. */
export let seenViews: u32 = 0;
/** The view that speaks for it. */
export let primary: u32 = 0;
export let packetsOut: f64 = 0;
export let bytesOut: f64 = 0;
export let packetsBack: f64 = 0;
export let bytesBack: f64 = 0;

/** Adds up what each view saw of a connection. */
export function takeViews(draft: usize): void {
  for (let view: u32 = 0; view < viewCount; view++) {
    const to = viewAt(view);
    putDouble(to, 0);
    putDouble(to + 8, 0);
    putDouble(to + 16, 0);
    putDouble(to + 24, 0);
    putWord(to + 36, 0);
    putWord(to + 40, 0);
    putWord(to + 44, 0);
    putWord(to + 48, 0);
    putWord(to + 52, 0);
  }
  const until = untilOf(draft);
  for (let place = beginOf(draft); place < until; place++) {
    const record = at(place);
    const direction = directionOf(record) as u32;
    const view = viewAt(viewOf(record));
    const counts = view + (direction << 3);
    const actions: u32 = actionOf(record) << (direction << 1);
    putDouble(counts, doubleAt(counts) + packetsOf(record));
    putDouble(counts + 16, doubleAt(counts + 16) + bytesOf(record));
    putWord(view + 36, wordAt(view + 36) | (1 << direction));
    putWord(view + 44, wordAt(view + 44) | actions);
    if (!isNoise(record)) putWord(view + 48, wordAt(view + 48) | actions);
    putWord(view + 52, wordAt(view + 52) | standInsOf(record));
  }
}

/** Chooses the views that speak for the connection, and puts all along its path. */
export function weighViews(draft: usize, opener: u32): void {
  const answerer = 1 - opener;
  primary = bestOf(3);
  // A direction that the primary never saw is counted by the best that did.
  const mine = viewCount === 1 ? primary : bestOf(1 << opener);
  const theirs = viewCount === 1 ? primary : bestOf(1 << answerer);
  packetsOut = doubleAt(viewAt(mine) + (opener << 3));
  bytesOut = doubleAt(viewAt(mine) + (opener << 3) + 16);
  packetsBack = doubleAt(viewAt(theirs) + (answerer << 3));
  bytesBack = doubleAt(viewAt(theirs) + (answerer << 3) + 16);
  placeViews(draft, opener);
}

/** Whether view a speaks for the connection rather than b: who saw both directions, then more packets, then by name. */
function isBefore(a: u32, b: u32): bool {
  const bothA = seenOf(a) === 3;
  if (bothA !== (seenOf(b) === 3)) return bothA;
  // One sum after the other, as they are told: beyond 2^53 they are rounded.
  const totalA = doubleAt(viewAt(a)) + doubleAt(viewAt(a) + 8);
  const totalB = doubleAt(viewAt(b)) + doubleAt(viewAt(b) + 8);
  if (totalA !== totalB) return totalA > totalB;
  return nameRankOf(a) < nameRankOf(b);
}

/** No view. */
const NO_VIEW: u32 = 255;

/** The best view of those that saw one of the directions in `mask`; of all when none did. */
function bestOf(mask: u32): u32 {
  let best = NO_VIEW;
  for (let view: u32 = 0; view < viewCount; view++)
    if ((seenOf(view) & mask) !== 0 && (best === NO_VIEW || isBefore(view, best))) best = view;
  return best === NO_VIEW ? bestOf(3) : best;
}

function nameRankOf(view: u32): u32 {
  return wordAt(observerAt(view) + 12);
}

// Roles in the order of ROLES in row-texts.ts; of gateways by the directions they saw.
const INITIATOR: u32 = 0;
const RESPONDER: u32 = 1;
const NO_ROLE: u32 = 2;
const GATEWAY: u32 = 3;
const GATEWAY_OF_REQUEST: u32 = 4;
const GATEWAY_OF_REPLY: u32 = 5;
/** By role, four bits each: how far along the request. */
const DISTANCES: u32 = 0x411230;

/** No end. */
const NO_END: u32 = 2;

export function roleOf(view: u32): u32 {
  return wordAt(viewAt(view) + 40);
}

/** The view that comes so many behind the first on the way of the packets. */
export function onTheWay(i: u32): u32 {
  return byteAt(aside + WAY + i);
}

/** The ends that a view shows through its interface's own address. */
function standsIn(view: u32): u32 {
  return wordAt(viewAt(view) + 52);
}

/** An instance that shows another address than its own has pods or secondary addresses behind it. */
function isGateway(view: u32): bool {
  return standsIn(view) !== 0 && (wordAt(observerAt(view) + 28) & HAS_INSTANCE) === 0;
}

/** Gives each view its role, and its place on the way of the packets. */
function placeViews(draft: usize, opener: u32): void {
  let foreign: u32 = 0;
  let hasGateways = false;
  for (let view: u32 = 0; view < viewCount; view++) {
    if (!isGateway(view)) continue;
    hasGateways = true;
    foreign |= standsIn(view);
  }
  seenViews = 0;
  for (let view: u32 = 0; view < viewCount; view++) {
    const seen = seenOf(view);
    if (seen === 0) continue;
    let role = NO_ROLE;
    if (isGateway(view)) {
      role = seen === 3 ? GATEWAY : seen >>> opener === 1 ? GATEWAY_OF_REQUEST : GATEWAY_OF_REPLY;
    } else {
      const end = endOfView(draft, view, hasGateways, foreign);
      if (end !== NO_END) role = end === opener ? INITIATOR : RESPONDER;
    }
    putWord(viewAt(view) + 40, role);
    let j = seenViews;
    for (; j > 0 && isFurther(onTheWay(j - 1), view); j--) putByte(aside + WAY + j, onTheWay(j - 1));
    putByte(aside + WAY + j, view);
    seenViews++;
  }
}

/** Along the request: the initiator's interface, gateways, others, the responder's, gateways of the reply; each by name. */
function isFurther(a: u32, b: u32): bool {
  const distanceA = (DISTANCES >>> (roleOf(a) << 2)) & 15;
  const distanceB = (DISTANCES >>> (roleOf(b) << 2)) & 15;
  if (distanceA !== distanceB) return distanceA > distanceB;
  return nameRankOf(a) > nameRankOf(b);
}

/** At which end a view's interface stands: 0 low, 1 high, NO_END where nobody knows. */
function endOfView(draft: usize, view: u32, hasGateways: bool, foreign: u32): u32 {
  const until = untilOf(draft);
  for (let place = beginOf(draft); place < until; place++) {
    const record = at(place);
    const flow = (infoOf(record) >>> FLOW_DIRECTION) & 3;
    if (flow === 0 || viewOf(record) !== view) continue;
    const end = byteAt(ENDS + (flow << 1) + (directionOf(record) as u32));
    if (end !== NO_END) return end;
  }
  const observer = observerAt(view);
  const known = wordAt(observer + 28);
  if ((known & HAS_OWN) !== 0 && isV6 === ((known & OWN_ADDRESS_IS_V6) !== 0) && low !== high) {
    const own = wordAt(observer + 24);
    if (own === low) return 0;
    if (own === high) return 1;
  }
  // Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other.
  if (hasGateways) return foreign === 1 ? 1 : foreign === 2 ? 0 : NO_END;
  // AWS writes an interface's private address, never its public one ("Available fields", srcaddr).
  if (isV6) return NO_END;
  const lowIsPrivate = isPrivate(low);
  if (lowIsPrivate === isPrivate(high)) return NO_END;
  return lowIsPrivate ? 0 : 1;
}

function isPrivate(address: u32): bool {
  return byteAt(PRIVATE + (address >>> 16)) !== 0;
}
