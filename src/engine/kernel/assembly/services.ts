/**
 * What the input teaches about ends that somebody asks for: whether they answer handshakes, and how many they talk to.
 * The fast twin of lifecycle/services.ts.
 */
import { keyAt, keys } from './add-records.ts';
import { KEY_V6 } from './layout.ts';
import { allocate } from './memory.ts';

// The bits of a key's evidence: see EVIDENCE in correlate/record-store.ts.
const BOTH_SPOKE: u32 = 3;
const LOW_SYN_ACK: u32 = 16;
const HIGH_SYN_ACK: u32 = 32;
const OBSERVED: u32 = 4 | 8 | LOW_SYN_ACK | HIGH_SYN_ACK;

// An end: address 0, port, protocol and family 4 (never 0), peers 8, whether it answers 12.
const END_BITS: u32 = 4;
/** Ends that are looked for one by one: as many looks at all keys take as long as learning of all their ends. */
const MOST_SINGLES: u32 = 64;

/** The table of ends; 0 while nobody has learned. Read by other threads, which never learn. */
export let services: usize = 0;
export let serviceMask: u32 = 0;
export let knowsAll: bool = false;

let room: u32 = 0;
let used: u32 = 0;
let singles: u32 = 0;

@inline
function tailOf(port: u32, kind: u32): u32 {
  return port | ((kind & (0xff | KEY_V6)) << 16);
}

@inline
function homeOf(address: u32, tail: u32): u32 {
  const hash = (<u64>address | (<u64>tail << 32)) * 0x9e3779b97f4a7c15;
  return <u32>((hash ^ (hash >> 29)) >> 32);
}

/** Where an end is, or would be. */
@inline
function slotOf(address: u32, tail: u32): usize {
  let slot = homeOf(address, tail) & serviceMask;
  while (!isHome(services + (<usize>slot << END_BITS), address, tail)) slot = (slot + 1) & serviceMask;
  return services + (<usize>slot << END_BITS);
}

@inline
function isHome(at: usize, address: u32, tail: u32): bool {
  const here = atomic.load<u32>(at, 4);
  return here == 0 || (here == tail && load<u32>(at) == address);
}

function grow(): bool {
  const larger: u32 = room == 0 ? 1024 : room * 2;
  const table: usize = larger > 1 << 26 ? 0 : allocate(<usize>larger << END_BITS);
  if (table == 0) return false;
  const from = services;
  const end = from + (<usize>room << END_BITS);
  services = table;
  serviceMask = larger - 1;
  room = larger;
  for (let at = from; at < end; at += 16) {
    if (load<u32>(at, 4) != 0) v128.store(slotOf(load<u32>(at), load<u32>(at, 4)), v128.load(at));
  }
  return true;
}

/** Makes an end one that is asked for; false when there is no memory. */
function addEnd(address: u32, tail: u32): bool {
  const at = slotOf(address, tail);
  if (load<u32>(at, 4) != 0) return true;
  store<u32>(at, address, 0);
  store<u32>(at, tail, 4);
  return ++used * 2 < room || grow();
}

@inline
function note(address: u32, tail: u32, evidence: u32, synAck: u32): void {
  const at = slotOf(address, tail);
  if (load<u32>(at, 4) == 0) return;
  if ((evidence & synAck) != 0) store<u32>(at, 1, 12);
  if ((evidence & BOTH_SPOKE) == BOTH_SPOKE) store<u32>(at, load<u32>(at, 8) + 1, 8);
}

/** Keys that are looked at in one call: V8 runs a call to its end in the slow translation that it begins in. */
const PART: u32 = 8192;

/** Makes the ends of keys [from, to) ones that are asked for, of all or of those where nothing was observed. */
export function askEnds(from: u32, to: u32, all: bool): bool {
  for (let key = from; key < to; key++) {
    const at = keyAt(key);
    if (!all && (load<u32>(at, 28) & OBSERVED) != 0) continue;
    const kind = load<u32>(at, 12);
    const ports = load<u32>(at, 8);
    if (!addEnd(load<u32>(at, 0), tailOf(ports >> 16, kind))) return false;
    if (!addEnd(load<u32>(at, 4), tailOf(ports & 0xffff, kind))) return false;
  }
  return true;
}

/** Notes what keys [from, to) show of ends that are asked for. */
export function noteEnds(from: u32, to: u32): void {
  for (let key = from; key < to; key++) {
    const at = keyAt(key);
    const kind = load<u32>(at, 12);
    const ports = load<u32>(at, 8);
    const evidence = load<u32>(at, 28);
    note(load<u32>(at, 0), tailOf(ports >> 16, kind), evidence, LOW_SYN_ACK);
    note(load<u32>(at, 4), tailOf(ports & 0xffff, kind), evidence, HIGH_SYN_ACK);
  }
}

/** Learns of the ends of all keys, or of those where nothing was observed; false when there is no memory. */
function learn(all: bool): bool {
  for (let key: u32 = 0; key < keys; key += PART) if (!askEnds(key, min(key + PART, keys), all)) return false;
  if (used == 0) return true;
  for (let at = services; at < services + (<usize>room << END_BITS); at += 16) store<u32>(at, 0, 8);
  for (let key: u32 = 0; key < keys; key += PART) noteEnds(key, min(key + PART, keys));
  return true;
}

/** Learns from every key; false when there is no memory for it. */
export function learnServices(): bool {
  services = 0;
  room = used = singles = 0;
  knowsAll = false;
  if (grow() && learn(false)) return true;
  services = 0;
  return false;
}

/**
 * Learns of an end that nobody was thought to ask for; of many such, of all ends at once. Others may be reading the table:
 * an end is put into it when all is known of it, and all ends are put into another one.
 */
function learnLater(address: u32, tail: u32): bool {
  if (singles++ == MOST_SINGLES) {
    services = 0;
    room = used = 0;
    knowsAll = grow() && learn(true);
    if (!knowsAll) services = 0;
    return knowsAll;
  }
  if (used * 2 + 2 >= room && !grow()) return false;
  let met: u32 = 0;
  let has: u32 = 0;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const kind = load<u32>(at, 12);
    const ports = load<u32>(at, 8);
    const evidence = load<u32>(at, 28);
    const spoke: u32 = (evidence & BOTH_SPOKE) == BOTH_SPOKE ? 1 : 0;
    // A key from an end to itself is met by both.
    if (load<u32>(at, 0) == address && tailOf(ports >> 16, kind) == tail) {
      met += spoke;
      if ((evidence & LOW_SYN_ACK) != 0) has = 1;
    }
    if (load<u32>(at, 4) == address && tailOf(ports & 0xffff, kind) == tail) {
      met += spoke;
      if ((evidence & HIGH_SYN_ACK) != 0) has = 1;
    }
  }
  const at = slotOf(address, tail);
  store<u32>(at, address, 0);
  store<u32>(at, met, 8);
  store<u32>(at, has, 12);
  atomic.store<u32>(at, tail, 4);
  used++;
  return true;
}

/** What {@link knowEnd} found. */
export let answers: bool = false;
export let peers: u32 = 0;

/**
 * What the input showed of an end of a key, as stored.
 * @param learns whether this thread may learn of ends that nobody was thought to ask for
 * @returns false when nobody has learned of it
 */
export function knowEnd(key: usize, isHigh: bool, learns: bool): bool {
  const evidence = load<u32>(key, 28);
  answers = (evidence & (isHigh ? HIGH_SYN_ACK : LOW_SYN_ACK)) != 0;
  peers = 0;
  if (answers) return true;
  if (services == 0) return false;
  const ports = load<u32>(key, 8);
  const address = load<u32>(key + (isHigh ? 4 : 0));
  const tail = tailOf(isHigh ? ports & 0xffff : ports >> 16, load<u32>(key, 12));
  let at = slotOf(address, tail);
  if (load<u32>(at, 4) == 0) {
    if (!learns || knowsAll || !learnLater(address, tail)) return false;
    at = slotOf(address, tail);
  }
  answers = load<u32>(at, 12) != 0;
  peers = load<u32>(at, 8);
  return true;
}
