/** What the records of a connection mean: the fast twin of engine/judge.ts, lifecycle/verdict.ts and path/vantages.ts. */
import {
  beginOf,
  carriesFlags,
  closedAtOf,
  evidenceOf,
  finOf,
  hasFlags,
  isContradicted,
  mayHideReuse,
  openedAtOf,
  sideOf,
  spokeOf,
  untilOf,
} from '../../../rules/drafts.ts';
import { infer } from './infer.ts';
import {
  actionOf,
  actionsOf,
  at,
  bytesOf,
  directionOf,
  high,
  infoOf,
  isNoise,
  isV6,
  judgedActionsOf,
  low,
  observerAt,
  packetsOf,
  seenOf,
  standInsOf,
  transport,
  viewAt,
  viewCount,
  viewOf,
  WAY,
} from '../../../rules/records.ts';
import {
  ACCEPTED,
  BEGAN_SYN,
  BLOCKED,
  CLOSER_AT,
  CLOSER_BY_FIN,
  CONTRADICTED,
  DASHES,
  ENDS,
  EXCHANGE,
  FLAGLESS,
  FLOW_DIRECTION,
  HAS_INSTANCE,
  HAS_OWN,
  HIDES_REUSE,
  IS_BOUNDED,
  LIFE_AT,
  LIVES,
  LONGEST_REST,
  MARKS_AT,
  MIDSTREAM,
  MIXED,
  NO_BEGINNING,
  NO_ENDING,
  ONE_SIDED,
  OPENERS,
  OWN_ADDRESS_IS_V6,
  PRIVATE,
  REJECTED,
  REPLY_REJECTED,
  SIDE_TRAITS,
  TCP,
  TRAITS_AT,
  UNKNOWN,
} from './layout.ts';
import { aside } from './memory.ts';
import { order } from '../../../rules/settings';

// What weighing finds of a connection, for writing.
export let opener: usize = 0;
export let finding: u32 = 0;
export let verdict: u32 = 0;
/** Whether the log shows the opening and the end: only then there is a longest duration. */
export let isBounded: bool = false;
export let lifeText: u32 = 0;
export let marks: u32 = 0;
export let seenViews: u32 = 0;
/** The view that speaks for the connection. */
export let primary: usize = 0;
export let packetsOut: f64 = 0;
export let bytesOut: f64 = 0;
export let packetsBack: f64 = 0;
export let bytesBack: f64 = 0;
/** Bytes that the lines weighed so far may take. */
export let needed: usize = 0;
/** Whether the last connection was left because nobody has told yet who opened it. */
export let asksOpener: bool = false;

/** Whether this instance may learn of ends: see services.ts. Only one of those that share a memory. */
export let learns: bool = true;

/** Seconds by which a FIN is surely later than another. */
export let surelyLater: f64 = 0;

export function setSurelyLater(seconds: f64): void {
  surelyLater = seconds;
}

/** Larger counts are spelt by TypeScript. */
const LARGEST_COUNT: f64 = 9007199254740991;

/** Begins with another key. */
export function beginKey(): void {
  needed = 0;
}

/** Judges a connection; false when it is not plain, or something has to be told first. */
export function weigh(key: usize, draft: usize): bool {
  takeViews(draft);
  asksOpener = !findOpener(key, draft);
  if (asksOpener) return false;
  verdict = findVerdict();
  marks = spokeOf(draft) == 3 ? 0 : ONE_SIDED;
  if (transport == TCP) findLife(draft);
  else {
    lifeText = EXCHANGE;
    isBounded = false;
    marks |= NO_BEGINNING | NO_ENDING;
  }
  if (mayHideReuse(draft)) marks |= HIDES_REUSE;
  if (isContradicted(draft)) marks |= CONTRADICTED;
  return weighViews(draft);
}

/** Adds up what each view saw of a connection. */
function takeViews(draft: usize): void {
  for (let view: usize = 0; view < viewCount; view++) {
    const to = viewAt(view);
    v128.store(to, i64x2.splat(0), 0);
    v128.store(to, i64x2.splat(0), 16);
    v128.store(to, i64x2.splat(0), 36);
    store<u32>(to, 0, 52);
  }
  const until = untilOf(draft);
  for (let place = beginOf(draft); place < until; place++) {
    const record = at(place);
    const direction = directionOf(record);
    const view = viewAt(viewOf(record));
    const counts = view + (direction << 3);
    const actions = actionOf(record) << (<u32>direction << 1);
    store<f64>(counts, load<f64>(counts, 0) + packetsOf(record), 0);
    store<f64>(counts, load<f64>(counts, 16) + bytesOf(record), 16);
    store<u32>(view, load<u32>(view, 36) | (1 << <u32>direction), 36);
    store<u32>(view, load<u32>(view, 44) | actions, 44);
    if (!isNoise(record)) store<u32>(view, load<u32>(view, 48) | actions, 48);
    store<u32>(view, load<u32>(view, 52) | standInsOf(record), 52);
  }
}

function findOpener(key: usize, draft: usize): bool {
  finding = evidenceOf(draft);
  opener = <usize>load<u8>(<usize>OPENERS + finding);
  if (opener != 2) return true;
  const inferred = infer(key, draft, learns);
  if (inferred == 0) return false;
  finding = inferred & 127;
  opener = <usize>(inferred >> 7);
  return true;
}

/** The rule of lifecycle/verdict.ts. */
function findVerdict(): u32 {
  let all: u32 = 0;
  for (let view: usize = 0; view < viewCount; view++) all |= judgedActionsOf(view);
  if ((all & 10) == 0) return all == 0 ? UNKNOWN : ACCEPTED;
  let anyRejected = false;
  let isReplyAccepted = false;
  for (let view: usize = 0; view < viewCount; view++) {
    const actions = judgedActionsOf(view);
    const request = (actions >> (<u32>opener << 1)) & 3;
    const reply = (actions >> ((1 - <u32>opener) << 1)) & 3;
    if ((reply & 1) != 0) isReplyAccepted = true;
    if (((request | reply) & 2) == 0) continue;
    if (((request | reply) & 1) == 0) anyRejected = true;
    else if ((request & 2) != 0 || (reply & 1) != 0) return MIXED;
  }
  if (!anyRejected) return REPLY_REJECTED;
  return isReplyAccepted ? MIXED : REJECTED;
}

/** Whether nothing of the answer got through, where something was stopped. */
function isBlocked(): bool {
  if (verdict != REJECTED && verdict != REPLY_REJECTED) return false;
  for (let view: usize = 0; view < viewCount; view++)
    if (((actionsOf(view) >> ((1 - <u32>opener) << 1)) & 1) != 0) return false;
  return true;
}

/** What the two sides' states amount to: the rule of lifecycleOf in engine/judge.ts. */
function findLife(draft: usize): void {
  const wasBlocked = isBlocked();
  const blocked = BLOCKED + (spokeOf(draft) >> (1 - <u32>opener) & 1);
  isBounded = false;
  if (!hasFlags(draft)) {
    lifeText = wasBlocked ? blocked : carriesFlags(draft) ? DASHES : FLAGLESS;
    marks |= wasBlocked ? NO_BEGINNING : NO_BEGINNING | NO_ENDING;
    return;
  }
  const mine = sideOf(draft, opener);
  const life = <usize>LIVES + (((mine << 4) | sideOf(draft, 1 - opener)) << 3);
  const shown = <u32>load<u8>(life, MARKS_AT);
  if (wasBlocked && (load<u8>(<usize>SIDE_TRAITS + mine) & BEGAN_SYN) != 0) {
    lifeText = blocked;
    marks |= shown & MIDSTREAM;
    return;
  }
  let closer = <u32>load<u8>(life, CLOSER_AT);
  if (closer == CLOSER_BY_FIN) closer = closerByFin(draft);
  lifeText = <u32>load<u8>(life + <usize>closer, LIFE_AT);
  marks |= shown;
  isBounded = (load<u8>(life, TRAITS_AT) & IS_BOUNDED) != 0 && openedAtOf(draft) >= 0 && closedAtOf(draft) >= 0;
}

/** 1 when the initiator's first FIN surely came before the responder's, 2 for the other way round, else 0. */
function closerByFin(draft: usize): u32 {
  const theirs: usize = 1 - opener;
  if (finOf(draft, opener, 0) < 0 || finOf(draft, theirs, 0) < 0) return 0;
  if (finOf(draft, theirs, 0) - finOf(draft, opener, 1) >= surelyLater) return 1;
  return finOf(draft, opener, 0) - finOf(draft, theirs, 1) >= surelyLater ? 2 : 0;
}

/** Chooses the views that speak for the connection, and puts all along its path; false when counts are too large. */
function weighViews(draft: usize): bool {
  const answerer: usize = 1 - opener;
  primary = bestOf(3);
  const mine = viewCount == 1 ? primary : bestOf(1 << <u32>opener);
  const theirs = viewCount == 1 ? primary : bestOf(1 << <u32>answerer);
  packetsOut = load<f64>(viewAt(mine) + (opener << 3), 0);
  bytesOut = load<f64>(viewAt(mine) + (opener << 3), 16);
  packetsBack = load<f64>(viewAt(theirs) + (answerer << 3), 0);
  bytesBack = load<f64>(viewAt(theirs) + (answerer << 3), 16);
  if (max(max(packetsOut, bytesOut), max(packetsBack, bytesBack)) > LARGEST_COUNT) return false;
  needed += <usize>LONGEST_REST + <usize>load<u32>(observerAt(primary), 20) + <usize>load<u32>(observerAt(primary), 36);
  placeViews(draft);
  return true;
}

/** Whether view a speaks for the connection rather than b: the rule of path/vantages.ts. */
function isBefore(a: usize, b: usize): bool {
  const bothA = seenOf(a) == 3;
  if (bothA != (seenOf(b) == 3)) return bothA;
  // One sum after the other, as the rule's twin does: beyond 2^53 they are rounded.
  const totalA = load<f64>(viewAt(a), 0) + load<f64>(viewAt(a), 8);
  const totalB = load<f64>(viewAt(b), 0) + load<f64>(viewAt(b), 8);
  if (totalA != totalB) return totalA > totalB;
  return load<u32>(observerAt(a), 12) < load<u32>(observerAt(b), 12);
}

/** No view. */
const NO_VIEW: usize = 255;

/** The best view of those that saw one of the directions in `mask`; of all when none did. */
function bestOf(mask: u32): usize {
  let best = NO_VIEW;
  for (let view: usize = 0; view < viewCount; view++)
    if ((seenOf(view) & mask) != 0 && (best == NO_VIEW || isBefore(view, best))) best = view;
  return best == NO_VIEW ? bestOf(3) : best;
}

// Roles in the order of ROLES in row-texts.ts; of gateways by the directions they saw.
const INITIATOR: u32 = 0;
const RESPONDER: u32 = 1;
const NO_ROLE: u32 = 2;
const GATEWAY: u32 = 3;
const GATEWAY_OF_REQUEST: u32 = 4;
const GATEWAY_OF_REPLY: u32 = 5;
/** Bytes of a role on a path, and of what stands between two. */
const LONGEST_ROLE: usize = 32;
/** By role, four bits each: how far along the request. */
const DISTANCES: u32 = 0x411230;

@inline
export function roleAt(view: usize): u32 {
  return load<u32>(viewAt(view), 40);
}

@inline
function standsIn(view: usize): u32 {
  return load<u32>(viewAt(view), 52);
}

@inline
function isGateway(view: usize): bool {
  return standsIn(view) != 0 && (load<u32>(observerAt(view), 28) & HAS_INSTANCE) == 0;
}


/** Gives each view its role, and its place on the way of the packets. */
function placeViews(draft: usize): void {
  let foreign: u32 = 0;
  let hasGateways = false;
  for (let view: usize = 0; view < viewCount; view++) {
    if (!isGateway(view)) continue;
    hasGateways = true;
    foreign |= standsIn(view);
  }
  seenViews = 0;
  for (let view: usize = 0; view < viewCount; view++) {
    const seen = seenOf(view);
    if (seen == 0) continue;
    let role = NO_ROLE;
    if (isGateway(view)) {
      role = seen == 3 ? GATEWAY : seen == 1 << <u32>opener ? GATEWAY_OF_REQUEST : GATEWAY_OF_REPLY;
    } else {
      const end = endOfView(draft, view, hasGateways, foreign);
      if (end != 2) role = end == <u32>opener ? INITIATOR : RESPONDER;
    }
    store<u32>(viewAt(view), role, 40);
    needed += <usize>load<u32>(observerAt(view), 20) + LONGEST_ROLE;
    let j: usize = seenViews++;
    while (j > 0 && isFurther(<usize>load<u8>(aside + WAY + j - 1), view)) {
      store<u8>(aside + WAY + j, load<u8>(aside + WAY + j - 1));
      j--;
    }
    store<u8>(aside + WAY + j, <u8>view);
  }
}

/** Along the request: the initiator's interface, gateways, others, the responder's, gateways of the reply; each by name. */
function isFurther(a: usize, b: usize): bool {
  const distanceA = (DISTANCES >> (roleAt(a) << 2)) & 15;
  const distanceB = (DISTANCES >> (roleAt(b) << 2)) & 15;
  if (distanceA != distanceB) return distanceA > distanceB;
  return load<u32>(observerAt(a), 12) > load<u32>(observerAt(b), 12);
}

/** At which end a view's interface stands: 0 low, 1 high, 2 nobody knows. */
function endOfView(draft: usize, view: usize, hasGateways: bool, foreign: u32): u32 {
  const until = untilOf(draft);
  for (let place = beginOf(draft); place < until; place++) {
    const record = at(place);
    const flow = <usize>((infoOf(record) >> FLOW_DIRECTION) & 3);
    if (flow == 0 || viewOf(record) != view) continue;
    const end = <u32>load<u8>(<usize>ENDS + (flow << 1) + directionOf(record));
    if (end != 2) return end;
  }
  const observer = observerAt(view);
  const known = load<u32>(observer, 28);
  if ((known & HAS_OWN) != 0 && isV6 == ((known & OWN_ADDRESS_IS_V6) != 0) && low != high) {
    const own = load<u32>(observer, 24);
    if (own == low) return 0;
    if (own == high) return 1;
  }
  // Beside a gateway that stands in for one end, an interface that shows true addresses belongs to the other.
  if (hasGateways) return foreign == 1 ? 1 : foreign == 2 ? 0 : 2;
  if (isV6) return 2;
  const lowIsPrivate = isPrivate(low);
  if (lowIsPrivate == isPrivate(high)) return 2;
  return lowIsPrivate ? 0 : 1;
}

@inline
function isPrivate(address: u32): bool {
  return load<u8>(<usize>PRIVATE + (address >> 16)) != 0;
}
