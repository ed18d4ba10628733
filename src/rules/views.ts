/**
 * Many views of one connection: which of them speaks for it, where each stood, and the way the packets took. Counts are kept
 * by view and never added up across them: the same packets pass every interface.
 */
import { look } from './answers.ts';
import { firstView } from './drafts.ts';
import { HAS_OWN_V4, HAS_OWN_V6, PRIVATE } from './layout.ts';
import { byteAt, putWord, wordAt } from './port.ts';
import { high, isV6, low } from './records.ts';
import { take } from './room.ts';
import { beginSort, sorted, sortOn } from './sort-rows.ts';
import {
  bytesIn,
  endByFlow,
  hasInstance,
  isAtAttachment,
  nameRankOf,
  nextView,
  observerAt,
  packetsIn,
  roleAt,
  seenOf,
  setRole,
  shownBy,
  totalOf,
  vpcOf,
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
/** The bytes of the names of all views. */
export let nameBytes: usize = 0;

/**
 * The views that speak for the connection.
 * @param views how many saw it
 * @param best of all
 * @param bestOfLow of those that saw the low end's direction, 0 for none; and the same for the high end
 */
export function chooseViews(views: u32, best: usize, bestOfLow: usize, bestOfHigh: usize, opener: u32): void {
  seenViews = views;
  primary = best;
  // A direction that the primary never saw is counted by the best that did.
  let mine = opener === 0 ? bestOfLow : bestOfHigh;
  let theirs = opener === 0 ? bestOfHigh : bestOfLow;
  if (mine === 0) mine = best;
  if (theirs === 0) theirs = best;
  packetsOut = packetsIn(mine, opener);
  bytesOut = bytesIn(mine, opener);
  packetsBack = packetsIn(theirs, 1 - opener);
  bytesBack = bytesIn(theirs, 1 - opener);
}

/** Whether view a speaks for the connection rather than b: who saw both directions, then more packets, then by name. */
export function isBefore(a: usize, b: usize): bool {
  const bothA = seenOf(a) === 3;
  if (bothA !== (seenOf(b) === 3)) return bothA;
  // One sum after the other, as they are told: beyond 2^53 they are rounded.
  const totalA = totalOf(a);
  const totalB = totalOf(b);
  if (totalA !== totalB) return totalA > totalB;
  return nameRankOf(a) < nameRankOf(b);
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
export function isGateway(view: usize): bool {
  return shownBy(view) !== 0 && !hasInstance(view);
}

/** The role of a view; `foreign` are the ends that gateways stand in for, `foreignVpc` is theirs. */
function roleOf(view: usize, opener: u32, foreign: u32, foreignVpc: u32): u32 {
  if (isGateway(view)) {
    const seen = seenOf(view);
    return seen === 3 ? GATEWAY : seen >>> opener === 1 ? GATEWAY_OF_REQUEST : GATEWAY_OF_REPLY;
  }
  const end = endOfView(view, foreign, foreignVpc);
  if (end === NO_END) return NO_ROLE;
  return end === opener ? INITIATOR : RESPONDER;
}

/**
 * At which end a view's interface stands: 0 low, 1 high, NO_END where nobody knows.
 * @param foreign the ends that gateways of the connection stand in for
 * @param foreignVpc the VPC of these
 */
function endOfView(view: usize, foreign: u32, foreignVpc: u32): u32 {
  const byFlow = endByFlow(view);
  // What is known of an interface's addresses says nothing of an attachment, which shows those of hosts.
  if (byFlow !== NO_END || isAtAttachment(view)) return byFlow;
  const observer = observerAt(view);
  const lowIsOwn = isOwn(observer, low);
  if (lowIsOwn !== isOwn(observer, high)) return lowIsOwn ? 0 : 1;
  const behind = endBehind(view);
  if (behind !== NO_END) return behind;
  // Beside a gateway of its VPC that stands in for one end, an interface that shows true addresses belongs to the other: what a
  // gateway stands in for is far from its own VPC, and may be near in another.
  if (foreign !== 0 && foreignVpc !== vpcOf(view)) return NO_END;
  if (foreign !== 0) return foreign === 1 ? 1 : foreign === 2 ? 0 : NO_END;
  // AWS writes an interface's private address, never its public one ("Available fields", srcaddr).
  if (isV6) return NO_END;
  const lowIsPrivate = isPrivate(low);
  if (lowIsPrivate === isPrivate(high)) return NO_END;
  return lowIsPrivate ? 0 : 1;
}

/** Whether an address of the key is one of an interface's own. */
function isOwn(observer: usize, address: u32): bool {
  const has = wordAt(observer + 28);
  if ((has & (isV6 ? HAS_OWN_V6 : HAS_OWN_V4)) === 0) return false;
  if (wordAt(observer + (isV6 ? 44 : 24)) === address) return true;
  const more: usize = wordAt(observer + 48);
  if (more === 0) return false;
  const ofV4 = wordAt(more);
  const from = more + 8 + (isV6 ? ofV4 << 2 : 0);
  const count = isV6 ? wordAt(more + 4) : ofV4;
  for (let i: u32 = 0; i < count; i++) if (wordAt(from + (i << 2)) === address) return true;
  return false;
}

/**
 * The end whose address is that of a pod or a secondary one behind a view's instance, which shows its own in the place of it.
 * Those are private: a public address in that place is that of a client whom a balancer keeps in view, or of a host whom the
 * instance forwards to.
 */
function endBehind(view: usize): u32 {
  const shown = shownBy(view);
  if (isV6 || !hasInstance(view) || (shown !== 1 && shown !== 2)) return NO_END;
  const end: u32 = shown - 1;
  return isPrivate(end === 0 ? low : high) ? end : NO_END;
}

function isPrivate(address: u32): bool {
  return byteAt(PRIVATE + (address >>> 16)) !== 0;
}

/** Of a view on the way: how far along it is 0, the rank of its name 4, the view 8. */
const ON_THE_WAY: u32 = 12;
/** The views along the way, where there are several. */
let way: usize = 0;

/** The view to be placed next, where its row goes, and where it stands in the list of rows. */
let next: usize = 0;
let row: usize = 0;
let inList: usize = 0;
let list: usize = 0;

/** Begins to put the views that were chosen along the way; false where there is no memory for it. */
export function beginWay(draft: usize): bool {
  next = firstView(draft);
  nameBytes = 0;
  if (seenViews === 1) return true;
  row = take(seenViews * ON_THE_WAY);
  list = take(seenViews << 3);
  inList = list;
  return row !== 0 && list !== 0;
}

/** Gives views their roles, and their rows where there are several; true where it is time to rest. */
export function placeViews(opener: u32, foreign: u32, foreignVpc: u32): bool {
  while (next !== 0) {
    setRole(next, roleOf(next, opener, foreign, foreignVpc));
    nameBytes += wordAt(observerAt(next) + 20);
    if (seenViews > 1) putOnTheWay(next);
    next = nextView(next);
    if (look(1) && next !== 0) return true;
  }
  if (seenViews > 1) beginSort(list, seenViews, 0);
  return false;
}

function putOnTheWay(view: usize): void {
  putWord(row, (DISTANCES >>> (roleAt(view) << 2)) & 15);
  putWord(row + 4, nameRankOf(view));
  putWord(row + 8, view as u32);
  putWord(inList, row as u32);
  row += ON_THE_WAY;
  inList += 4;
}

/**
 * Along the request: the initiator's interface, gateways, others, the responder's, gateways of the reply; each by name.
 * True where it is time to rest.
 */
export function lineUp(): bool {
  if (seenViews === 1) return false;
  if (sortOn()) return true;
  way = sorted();
  return false;
}

/** The view that comes so many behind the first on the way of the packets. */
export function onTheWay(i: u32): usize {
  return seenViews === 1 ? primary : wordAt(wordAt(way + (i << 2)) + 8);
}
