/**
 * Many views of one connection: which of them speaks for it, where each stood, and the way the packets took. Counts are kept
 * by view and never added up across them: the same packets pass every interface.
 */
import { rested } from './answers.ts';
import { firstView, viewCountOf } from './drafts.ts';
import { HAS_OWN, OWN_ADDRESS_IS_V6, PRIVATE } from './layout.ts';
import { byteAt, putWord, wordAt } from './port.ts';
import { high, isV6, low } from './records.ts';
import { take } from './room.ts';
import { beginSort, sorted, sortOn } from './sort-rows.ts';
import {
  bytesIn,
  endByFlow,
  hasInstance,
  nextView,
  observerAt,
  packetsIn,
  roleAt,
  seenOf,
  setRole,
  shownBy,
  totalOf,
} from './view-rows.ts';

/** How many views saw the connection at hand. */
export let seenViews: u32 = 0;
/** The view that speaks for it. */
export let primary: usize = 0;
// What both sides sent; -1 for not known.
export let packetsOut: f64 = 0;
export let bytesOut: f64 = 0;
export let packetsBack: f64 = 0;
export let bytesBack: f64 = 0;

/** Chooses the views that speak for the connection, and puts all along its path; false where there is no memory for it. */
export function weighViews(draft: usize, opener: u32): bool {
  const answerer = 1 - opener;
  seenViews = viewCountOf(draft);
  primary = firstView(draft);
  let mine = primary;
  let theirs = primary;
  if (seenViews > 1) {
    primary = bestOf(draft, 3);
    // A direction that the primary never saw is counted by the best that did.
    mine = bestOf(draft, 1 << opener);
    theirs = bestOf(draft, 1 << answerer);
    if (mine === 0) mine = primary;
    if (theirs === 0) theirs = primary;
  }
  packetsOut = packetsIn(mine, opener);
  bytesOut = bytesIn(mine, opener);
  packetsBack = packetsIn(theirs, answerer);
  bytesBack = bytesIn(theirs, answerer);
  placeViews(draft, opener);
  return seenViews === 1 || lineUp(draft);
}

/** Whether view a speaks for the connection rather than b: who saw both directions, then more packets, then by name. */
function isBefore(a: usize, b: usize): bool {
  const bothA = seenOf(a) === 3;
  if (bothA !== (seenOf(b) === 3)) return bothA;
  // One sum after the other, as they are told: beyond 2^53 they are rounded.
  const totalA = totalOf(a);
  const totalB = totalOf(b);
  if (totalA !== totalB) return totalA > totalB;
  return nameRankOf(a) < nameRankOf(b);
}

/** The best view of those that saw one of the directions in `mask`; 0 when none did. */
function bestOf(draft: usize, mask: u32): usize {
  let best: usize = 0;
  for (let view = firstView(draft); view !== 0; view = nextView(view))
    if ((seenOf(view) & mask) !== 0 && (best === 0 || isBefore(view, best))) best = view;
  return best;
}

function nameRankOf(view: usize): u32 {
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

/** An instance that shows another address than its own has pods or secondary addresses behind it. */
function isGateway(view: usize): bool {
  return shownBy(view) !== 0 && !hasInstance(view);
}

/** Gives each view its role. */
function placeViews(draft: usize, opener: u32): void {
  let foreign: u32 = 0;
  for (let view = firstView(draft); view !== 0; view = nextView(view))
    if (isGateway(view)) foreign |= shownBy(view);
  for (let view = firstView(draft); view !== 0; view = nextView(view)) {
    const seen = seenOf(view);
    let role = NO_ROLE;
    if (isGateway(view)) {
      role = seen === 3 ? GATEWAY : seen >>> opener === 1 ? GATEWAY_OF_REQUEST : GATEWAY_OF_REPLY;
    } else {
      const end = endOfView(view, foreign);
      if (end !== NO_END) role = end === opener ? INITIATOR : RESPONDER;
    }
    setRole(view, role);
  }
}

/**
 * At which end a view's interface stands: 0 low, 1 high, NO_END where nobody knows.
 * @param foreign the ends that gateways beside it stand in for
 */
function endOfView(view: usize, foreign: u32): u32 {
  const byFlow = endByFlow(view);
  if (byFlow !== NO_END) return byFlow;
  const observer = observerAt(view);
  const known = wordAt(observer + 28);
  if ((known & HAS_OWN) !== 0 && isV6 === ((known & OWN_ADDRESS_IS_V6) !== 0) && low !== high) {
    const own = wordAt(observer + 24);
    if (own === low) return 0;
    if (own === high) return 1;
  }
  // Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other.
  if (foreign !== 0) return foreign === 1 ? 1 : foreign === 2 ? 0 : NO_END;
  // AWS writes an interface's private address, never its public one ("Available fields", srcaddr).
  if (isV6) return NO_END;
  const lowIsPrivate = isPrivate(low);
  if (lowIsPrivate === isPrivate(high)) return NO_END;
  return lowIsPrivate ? 0 : 1;
}

function isPrivate(address: u32): bool {
  return byteAt(PRIVATE + (address >>> 16)) !== 0;
}

/** Of a view on the way: how far along it is 0, the rank of its name 4, the view 8. */
const ON_THE_WAY: u32 = 12;
/** The views along the way, where there are several. */
let way: usize = 0;

/** Along the request: the initiator's interface, gateways, others, the responder's, gateways of the reply; each by name. */
function lineUp(draft: usize): bool {
  const rows = take(seenViews * ON_THE_WAY);
  const list = take(seenViews << 3);
  if (rows === 0 || list === 0) return false;
  let row = rows;
  let at = list;
  for (let view = firstView(draft); view !== 0; view = nextView(view)) {
    putWord(row, (DISTANCES >>> (roleAt(view) << 2)) & 15);
    putWord(row + 4, nameRankOf(view));
    putWord(row + 8, view as u32);
    putWord(at, row as u32);
    row += ON_THE_WAY;
    at += 4;
  }
  beginSort(list, seenViews, 0);
  while (sortOn()) rested();
  way = sorted();
  return true;
}

/** The view that comes so many behind the first on the way of the packets. */
export function onTheWay(i: u32): usize {
  return seenViews === 1 ? primary : wordAt(wordAt(way + (i << 2)) + 8);
}
