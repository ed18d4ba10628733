/**
 * What the input teaches about ends that somebody asks for: whether they answer handshakes, and how many they talk to. All
 * keys are looked at before the first connection is judged, so that it cannot depend on order (law 1): those that are
 * filed, or where they are only some of the input's, the evidence of all that the caller has kept. Others read what one
 * instance has learned; they never learn.
 */
import { spread, withWord } from './hashes.ts';
import { KEY_V6, SERVICE_TABLE, TCP } from './layout.ts';
import { allocate, release } from './memory.ts';
import { keyIn } from './order.ts';
import { copySixteen, keepUp, putSharedWord, putWord, sharedWordAt, times32, wordAt } from './port.ts';
import { mostPeers } from './settings.ts';
import { HAS_TALKED, keyAt, keys, LOW_SYN, LOW_SYN_ACK, openingIn, recordAt, spokeIn } from './store.ts';

// The bits of a key's evidence: see linkRecord. Those of the high end are one to the left.
/** Of spokeIn in store.ts. */
const BOTH: u32 = 3;
const HIGH_SYN_ACK: u32 = LOW_SYN_ACK * 2;
const OBSERVED: u32 = (LOW_SYN | LOW_SYN_ACK) * 3;

/**
 * The table of ends, found by SERVICE_TABLE: the mask of slots 0, whether it holds the ends of all keys 4, whether only those
 * are known that were told 8, and behind that the slots. It is another one when it has grown; the one before stays as it was
 * for those who read it.
 */
const HEAD: usize = 64;
// An end: address 0, port, protocol and family 4 (never 0), peers 8, marks 12.
const END_BITS: u32 = 4;
export const END_SIZE: u32 = 1 << END_BITS;
// Marks: it answers handshakes; it was told what is known of it; a key may ask for it.
export const END_ANSWERS: u32 = 1;
export const END_TOLD: u32 = 2;
export const END_ASKED: u32 = 4;
const FIRST_ROOM: u32 = 1024;
const MOST_ROOM: u32 = 0x4000000;
/** Ends that are looked for one by one: so many looks at all keys take a third of what learning of all their ends does. */
const MOST_SINGLES: u32 = 16;

/** The table; 0 while nobody has learned. */
let table: usize = 0;
let mask: u32 = 0;

// Of the instance that learns.
/** While keys are gone through: a bit for each end that is asked for, by its hash. Most are not, and no cache holds the table. */
let asked: usize = 0;
let room: u32 = 0;
let used: u32 = 0;
let singles: u32 = 0;
/** Whether there are keys whose ends nobody was thought to ask for. */
let mayAskLater: bool = false;

/** Looks where the table is now. */
function findTable(): void {
  const at = sharedWordAt(SERVICE_TABLE);
  if (at === table) return;
  keepUp();
  table = at;
  mask = at === 0 ? 0 : wordAt(at);
}

/** Makes a table the one that all look at. */
function showTable(at: usize): void {
  table = at;
  mask = at === 0 ? 0 : room - 1;
  putSharedWord(SERVICE_TABLE, at);
}

function knowsAll(): bool {
  return table !== 0 && wordAt(table + 4) !== 0;
}

function tailOf(port: u32, kind: u32): u32 {
  return port | ((kind & (0xff | KEY_V6)) << 16);
}

function slotAt(slot: u32): usize {
  return table + HEAD + (slot << END_BITS);
}

function hashOf(address: u32, tail: u32): u32 {
  return spread(withWord(times32(address, 0x9e3779b1), tail));
}

/** Where an end is, or would be. */
function slotOf(address: u32, tail: u32): usize {
  return slotFrom(hashOf(address, tail), address, tail);
}

function slotFrom(hash: u32, address: u32, tail: u32): usize {
  let slot = hash & mask;
  while (!isHome(slotAt(slot), address, tail)) slot = (slot + 1) & mask;
  return slotAt(slot);
}

function isHome(at: usize, address: u32, tail: u32): bool {
  const here = sharedWordAt(at + 4);
  return here === 0 || (here === tail && wordAt(at) === address);
}

function grow(): bool {
  const larger: u32 = room === 0 ? FIRST_ROOM : room * 2;
  const next = larger > MOST_ROOM ? 0 : allocate(HEAD + (larger << END_BITS));
  if (next === 0) return false;
  const before = table;
  const from: usize = before + HEAD;
  const until: usize = from + (room << END_BITS);
  const hadAll = knowsAll();
  room = larger;
  table = next;
  mask = larger - 1;
  putWord(next, mask);
  if (hadAll) putWord(next + 4, 1);
  if (before !== 0) putWord(next + 8, wordAt(before + 8));
  for (let at = from; at < until; at += 16) {
    if (wordAt(at + 4) !== 0) copySixteen(slotOf(wordAt(at), wordAt(at + 4)), at);
  }
  if (before !== sharedWordAt(SERVICE_TABLE)) release(before, until - before);
  return true;
}

/** Makes an end one that is asked for; false when there is no memory. */
function addEnd(address: u32, tail: u32): bool {
  const at = slotOf(address, tail);
  if (wordAt(at + 4) !== 0) return true;
  putWord(at, address);
  putWord(at + 4, tail);
  return ++used * 2 < room || grow();
}

/** Bits for each slot, as a power of two: few ends that are not asked for have that of one that is. */
const ASKED_BITS: u32 = 3;

function bytesOfAsked(): u32 {
  return (room << ASKED_BITS) >>> 3;
}

/** Where the bit of a hash is, in words. */
function wordOfAsked(hash: u32): usize {
  return asked + (((hash >>> 5) & (((room << ASKED_BITS) >>> 5) - 1)) << 2);
}

/** Sets the bits of all ends that are in the table; false when there is no memory for them. */
function markAsked(): bool {
  asked = allocate(bytesOfAsked());
  if (asked === 0) return false;
  for (let slot: u32 = 0; slot < room; slot++) {
    const at = slotAt(slot);
    if (wordAt(at + 4) === 0) continue;
    const hash = hashOf(wordAt(at), wordAt(at + 4));
    const word = wordOfAsked(hash);
    putWord(word, wordAt(word) | (1 << (hash & 31)));
  }
  return true;
}

function forgetAsked(): void {
  release(asked, bytesOfAsked());
  asked = 0;
}

function note(address: u32, tail: u32, evidence: u32, synAck: u32): void {
  const hash = hashOf(address, tail);
  if (((wordAt(wordOfAsked(hash)) >>> (hash & 31)) & 1) === 0) return;
  const at = slotFrom(hash, address, tail);
  if (wordAt(at + 4) === 0) return;
  if ((evidence & synAck) !== 0) putWord(at + 12, END_ANSWERS);
  if (isTalk(evidence)) putWord(at + 8, wordAt(at + 8) + 1);
}

/** Notes what a key shows of its ends, where they are asked for. */
function noteKey(low: u32, high: u32, ports: u32, kind: u32, evidence: u32): void {
  note(low, tailOf(ports >>> 16, kind), evidence, LOW_SYN_ACK);
  note(high, tailOf(ports & 0xffff, kind), evidence, HIGH_SYN_ACK);
}

/** A scanner with one source port has many "peers", but they talk with nobody: no answer comes, or one without payload. */
function isTalk(evidence: u32): bool {
  return spokeIn(evidence) === BOTH && (evidence & HAS_TALKED) !== 0;
}

/** What is neither a talk nor has a SYN-ACK teaches nothing. */
function teaches(evidence: u32): bool {
  return isTalk(evidence) || (evidence & (LOW_SYN_ACK | HIGH_SYN_ACK)) !== 0;
}

/** Keys that are looked at in one call: V8 runs a call to its end in the slow translation that it begins in. */
const LOOKED_AT_ONCE: u32 = 8192;

function partFrom(key: u32): u32 {
  return key + LOOKED_AT_ONCE < keys ? key + LOOKED_AT_ONCE : keys;
}

/** Makes the ends of a key ones that are asked for. */
function askKey(key: usize): bool {
  const kind = wordAt(key + 12);
  const ports = wordAt(key + 8);
  return (
    addEnd(wordAt(key), tailOf(ports >>> 16, kind)) && addEnd(wordAt(key + 4), tailOf(ports & 0xffff, kind))
  );
}

/** Makes the ends of keys [from, to) ones that are asked for, of all or of those where nothing was observed. */
export function askEnds(from: u32, to: u32, all: bool): bool {
  for (let key = from; key < to; key++) {
    const at = keyAt(key);
    if (!all && (wordAt(at + 28) & OBSERVED) !== 0) mayAskLater = true;
    else if (!askKey(at)) return false;
  }
  return true;
}

/** Notes what keys [from, to) show of ends that are asked for. */
export function noteEnds(from: u32, to: u32): void {
  for (let key = from; key < to; key++) {
    const at = keyAt(key);
    noteKey(wordAt(at), wordAt(at + 4), wordAt(at + 8), wordAt(at + 12), wordAt(at + 28));
  }
}

/** Begins another table, with the ends of all keys or of those where nothing was observed; false when there is no memory. */
function beginTable(all: bool): bool {
  table = 0;
  room = 0;
  used = 0;
  mayAskLater = false;
  if (!grow()) return false;
  for (let key: u32 = 0; key < keys; key += LOOKED_AT_ONCE)
    if (!askEnds(key, partFrom(key), all)) return false;
  return true;
}

/** Learns of the ends of all keys, or of those where nothing was observed; false when there is no memory. */
function learn(all: bool): bool {
  if (!beginTable(all)) return false;
  if (used === 0) return true;
  if (!markAsked()) return false;
  for (let key: u32 = 0; key < keys; key += LOOKED_AT_ONCE) noteEnds(key, partFrom(key));
  forgetAsked();
  return true;
}

/** Bytes that learning of all ends of late takes, in tables of which each is twice as large as the one before. */
export function bytesToLearn(): f64 {
  if (!mayAskLater) return 0;
  let bytes: f64 = FIRST_ROOM << END_BITS;
  while (bytes < (keys as f64) * 64) bytes *= 2;
  return bytes * 2;
}

/** Learns from every key; false when there is no memory for it. */
export function learnServices(): bool {
  singles = 0;
  const learned = learn(false);
  showTable(learned ? table : 0);
  return learned;
}

/**
 * Learns of an end that nobody was thought to ask for; of many such, of all ends at once. Others may be reading the table:
 * an end is put into it when all is known of it, and all ends are put into another one.
 */
function learnLater(address: u32, tail: u32): bool {
  if (singles++ === MOST_SINGLES) {
    const learned = learn(true);
    if (learned) putWord(table + 4, 1);
    showTable(learned ? table : 0);
    return learned;
  }
  if (used * 2 + 2 >= room) {
    if (!grow()) return false;
    showTable(table);
  }
  let met: u32 = 0;
  let has: u32 = 0;
  for (let key: u32 = 0; key < keys; key++) {
    const at = keyAt(key);
    const kind = wordAt(at + 12);
    const ports = wordAt(at + 8);
    const evidence = wordAt(at + 28);
    const spoke: u32 = isTalk(evidence) ? 1 : 0;
    // A key from an end to itself is met by both.
    if (wordAt(at) === address && tailOf(ports >>> 16, kind) === tail) {
      met += spoke;
      if ((evidence & LOW_SYN_ACK) !== 0) has = 1;
    }
    if (wordAt(at + 4) === address && tailOf(ports & 0xffff, kind) === tail) {
      met += spoke;
      if ((evidence & HIGH_SYN_ACK) !== 0) has = 1;
    }
  }
  const at = slotOf(address, tail);
  putWord(at, address);
  putWord(at + 8, met);
  putWord(at + 12, has);
  putSharedWord(at + 4, tail);
  used++;
  return true;
}

/**
 * Learns of the ends of the key at a place for an instance that may not.
 * @returns false when there is no memory for it
 */
export function learnOf(place: u32): bool {
  const key = keyAt(keyIn(place));
  return knowEnd(key, false, true) && knowEnd(key, true, true);
}

/** Forgets what was learned, of which the memory is taken back. */
export function forgetServices(): void {
  singles = 0;
  mayAskLater = false;
  showTable(0);
}

// Where the keys that are filed are only some of the input's, each key's evidence is kept by the caller. A row of it: low 0,
// high 4, ports 8, kind 12, what its records show 16.
export const EVIDENCE_SIZE: u32 = 20;

/** The next key that {@link copyEvidence} looks at. */
let copied: u32 = 0;

/** Begins to copy the evidence of the keys that are filed. */
export function beginEvidence(): void {
  copied = 0;
}

/** Copies rows of evidence to an address, so many at most; gives how many, 0 when there are no more. */
export function copyEvidence(to: usize, most: u32): u32 {
  let count: u32 = 0;
  for (; copied < keys && count < most; copied++) {
    const key = keyAt(copied);
    const evidence = wordAt(key + 28);
    if (!teaches(evidence)) continue;
    const row: usize = to + count * EVIDENCE_SIZE;
    copySixteen(row, key);
    putWord(row + 16, evidence);
    count++;
  }
  return count;
}

/**
 * Begins to learn from evidence: of the ends of all keys that are filed, or of those where nothing was observed and of the key
 * at a place. All evidence is to be noted then, and {@link endLearning} called: nobody knows of it before.
 * @returns false when there is no memory for it
 */
export function beginLearning(all: bool, place: u32): bool {
  return beginTable(all) && (all || askKey(keyAt(keyIn(place)))) && markAsked();
}

/** Notes what rows of evidence show of ends that are asked for. */
export function noteEvidence(from: usize, count: u32): void {
  const until: usize = from + count * EVIDENCE_SIZE;
  for (let row = from; row < until; row += EVIDENCE_SIZE)
    noteKey(wordAt(row), wordAt(row + 4), wordAt(row + 8), wordAt(row + 12), wordAt(row + 16));
}

/** All evidence has been noted: what was learned is known from now on. */
export function endLearning(): void {
  forgetAsked();
  showTable(table);
}

// Where others have learned of all keys of the input, of which those that are filed are some, ends are told: all that may be
// asked for.

/**
 * Begins a table of the ends of all keys that are filed, which are told then; {@link endLearning} ends it.
 * @param onlyTold whether nothing is known of an end that is not told; else it is known to answer nobody
 * @returns false when there is no memory for it
 */
export function beginTelling(onlyTold: bool): bool {
  if (!beginTable(true) || !markAsked()) return false;
  putWord(table + 4, 1);
  putWord(table + 8, onlyTold ? 1 : 0);
  return true;
}

/** Takes what rows tell, each an end as it stands in a table. */
export function tellRows(from: usize, count: u32): void {
  const until: usize = from + (count << END_BITS);
  for (let row = from; row < until; row += END_SIZE) {
    const address = wordAt(row);
    const tail = wordAt(row + 4);
    const hash = hashOf(address, tail);
    if (((wordAt(wordOfAsked(hash)) >>> (hash & 31)) & 1) === 0) continue;
    const at = slotFrom(hash, address, tail);
    if (wordAt(at + 4) === 0) continue;
    putWord(at + 8, wordAt(row + 8));
    putWord(at + 12, wordAt(row + 12) | END_TOLD);
  }
}

/** Whether an end of the key at a place is one that was told, or that need not be. */
export function isTold(place: u32, isHigh: bool): bool {
  return knowEnd(keyAt(keyIn(place)), isHigh, false);
}

// And the other way: what keys show of their ends, to be told to others.

/** The next slot that {@link copyEnds} looks at. */
let copiedSlot: u32 = 0;

/** Begins a table of what keys show; false when there is no memory for it. */
export function beginGathering(): bool {
  table = 0;
  room = 0;
  used = 0;
  copiedSlot = 0;
  return grow();
}

/** Whether a connection of a key may be one of which nothing was observed. Of keys whose records all open none is, however they are divided. */
function mayAsk(key: usize): bool {
  if ((wordAt(key + 28) & OBSERVED) === 0 || (wordAt(key + 12) & 0xff) !== TCP) return true;
  for (let next = wordAt(key + 16); next !== 0; next = wordAt(recordAt(next - 1) + 24))
    if (openingIn(wordAt(recordAt(next - 1) + 32)) === 0) return true;
  return false;
}

function gatherEnd(address: u32, tail: u32, peer: u32, marks: u32): bool {
  if ((peer | marks) === 0) return true;
  const at = slotOf(address, tail);
  putWord(at + 8, wordAt(at + 8) + peer);
  putWord(at + 12, wordAt(at + 12) | marks);
  if (wordAt(at + 4) !== 0) return true;
  putWord(at, address);
  putWord(at + 4, tail);
  return ++used * 2 < room || grow();
}

/** Adds what keys [from, to) show of ends that answer, talk or may be asked for; false when there is no memory for it. */
export function gatherEnds(from: u32, to: u32): bool {
  const until = to < keys ? to : keys;
  for (let key = from; key < until; key++) {
    const at = keyAt(key);
    const evidence = wordAt(at + 28);
    const kind = wordAt(at + 12);
    const ports = wordAt(at + 8);
    const peer: u32 = isTalk(evidence) ? 1 : 0;
    const asks: u32 = mayAsk(at) ? END_ASKED : 0;
    const ofLow = (evidence & LOW_SYN_ACK) !== 0 ? asks | END_ANSWERS : asks;
    const ofHigh = (evidence & HIGH_SYN_ACK) !== 0 ? asks | END_ANSWERS : asks;
    if (!gatherEnd(wordAt(at), tailOf(ports >>> 16, kind), peer, ofLow)) return false;
    if (!gatherEnd(wordAt(at + 4), tailOf(ports & 0xffff, kind), peer, ofHigh)) return false;
  }
  return true;
}

/** How many ends were gathered. */
export function gatheredEnds(): u32 {
  return used;
}

/** Copies ends as they stand in the table to an address, so many at most; gives how many, 0 when there are no more. */
export function copyEnds(to: usize, most: u32): u32 {
  let count: u32 = 0;
  for (; copiedSlot < room && count < most; copiedSlot++) {
    const at = slotAt(copiedSlot);
    if (wordAt(at + 4) !== 0) copySixteen(to + (count++ << END_BITS), at);
  }
  return count;
}

/** Gives the memory of what was gathered back. */
export function endGathering(): void {
  release(table, HEAD + (room << END_BITS));
  table = 0;
  room = 0;
  used = 0;
}

/** The key whose ends this instance was told of, 0 for none, and what it was told of either end, as stored. */
let toldKey: usize = 0;
let lowAnswers: u32 = 0;
let lowPeers: u32 = 0;
let highAnswers: u32 = 0;
let highPeers: u32 = 0;

/** Tells what is known of the ends of a key, as stored, where its own records do not teach it. */
export function tellEnds(key: usize, ofLow: u32, peersOfLow: u32, ofHigh: u32, peersOfHigh: u32): void {
  toldKey = key;
  lowAnswers = ofLow;
  lowPeers = peersOfLow;
  highAnswers = ofHigh;
  highPeers = peersOfHigh;
}

/** Keys are others from now on: where a table was, there may be another one. */
export function forgetTold(): void {
  toldKey = 0;
  table = 0;
}

/** What {@link knowEnd} found: whether it answers handshakes, and how many others it talks to, counted to MOST_PEERS. */
export let answers: bool = false;
export let peers: u32 = 0;

/**
 * What is known of an end of a key, as stored: what was told of it, or else what the input showed.
 * @param learns whether this instance may learn of ends that nobody was thought to ask for
 * @returns false when nobody has told or learned of it
 */
export function knowEnd(key: usize, isHigh: bool, learns: bool): bool {
  if (key === toldKey) {
    find(isHigh ? highAnswers : lowAnswers, isHigh ? highPeers : lowPeers);
    return true;
  }
  findTable();
  if (table === 0) return false;
  const ports = wordAt(key + 8);
  const address = wordAt(key + (isHigh ? 4 : 0));
  const tail = tailOf(isHigh ? ports & 0xffff : ports >>> 16, wordAt(key + 12));
  let at = slotOf(address, tail);
  if (wordAt(at + 4) === 0) {
    if (!learns || knowsAll() || !learnLater(address, tail)) return false;
    at = slotOf(address, tail);
  }
  const marks = wordAt(at + 12);
  if (wordAt(table + 8) !== 0 && (marks & END_TOLD) === 0) return false;
  find(marks & END_ANSWERS, wordAt(at + 8));
  return true;
}

function find(has: u32, met: u32): void {
  answers = has !== 0;
  peers = met < mostPeers ? met : mostPeers;
}
