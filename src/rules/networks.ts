/**
 * Equal private addresses of unrelated networks must not become one connection. Records of a stretch of a key (stretches.ts) are
 * parted into groups by the networks that saw them: what one VPC saw belongs together, and two VPCs only when each sees the other end through a
 * gateway (the transit gateway case) or when the addresses themselves are unique in the world. What a network is called is
 * told; a group is named by what its own records say, not by what others taught.
 */
import { GOES_ON, look, NO_MEMORY, RESTING } from './answers.ts';
import { HAS_INSTANCE, IS_VPC, MAY_JOIN, NETWORK_SIZE, OWN_IS_VPC } from './layout.ts';
import { beginHash, finishHash, hash1, hash2, mixWords } from './murmur.ts';
import { byteAt, halfAt, putWord, wordAt } from './port.ts';
import {
  at,
  firstWriter,
  high,
  isV6,
  low,
  nextWriter,
  observerOf,
  standInsOf,
  writerCount,
  writerOf,
} from './records.ts';
import { take } from './room.ts';
import { addresses, groups } from './settings.ts';
import { beginSort, sorted, sortOn } from './sort-rows.ts';

// Of a writer (records.ts): the part it was last met in, the ends that it shows through a gateway there, its group, two words that
// writers are put in order by, and the one that stands for all of its network's name.
const PART: u32 = 12;
const FOREIGN: u32 = 16;
const GROUP: u32 = 20;
const SORT: u32 = 24;
const NAMESAKE: u32 = 32;

// A group: the two words that name it.
const GROUP_ROW: u32 = 8;

// What comes next of the part.
const LOOK_FOR_ANOTHER: u32 = 0;
const LIST: u32 = 1;
const SORT_BY_NAME: u32 = 2;
const JOIN: u32 = 3;
const SORT_BY_OWN_NAME: u32 = 4;
const DONE: u32 = 5;
const LIST_ALL: u32 = 6;
const SORT_ALL: u32 = 7;
let stage: u32 = DONE;

let from: u32 = 0;
let until: u32 = 0;
let place: u32 = 0;
/** Among all parts that were looked through. */
let part: u32 = 0;

/** How many groups the records of the part are in. */
export let groupCount: u32 = 0;
/** Where they stand, and the writers of the part; 0 where there is no room yet for any of the key. */
let table: usize = 0;
let listed: usize = 0;
let listCount: u32 = 0;

/** Begins with another key. */
export function forgetNetworks(): void {
  table = 0;
  listed = 0;
}

/** The network of the key's first record. */
export function firstNetwork(): usize {
  return networkOf(writerOf(at(0)));
}
/** Whether a record was seen by the same. */
export function isOfFirst(record: usize): bool {
  return networkOf(writerOf(record)) === firstNetwork();
}

/** Begins to find out which writers' networks have the same name; {@link joinNetworks} goes on until it is known. */
export function beginNamesakes(): void {
  stage = LIST_ALL;
}

/** The writer that stands for all whose networks have the name of a record's. */
export function namesakeOf(record: usize): usize {
  return wordAt(writerOf(record) + NAMESAKE);
}

/** The group of a record of the part. */
export function groupOf(record: usize): u32 {
  return groupCount === 1 ? 0 : wordAt(writerOf(record) + GROUP);
}

/** Begins with a part of its records, at places [first, end); {@link joinNetworks} goes on until it is parted. */
export function beginPart(first: u32, end: u32): void {
  from = first;
  until = end;
  place = first;
  part++;
  listCount = 0;
  stage = LOOK_FOR_ANOTHER;
}

/** The two words that name a group. */
export function scopeOf(group: u32): usize {
  return table + group * GROUP_ROW;
}

/** Finds the groups of the part. */
export function joinNetworks(): u32 {
  if (table === 0 && !makeRoom()) return NO_MEMORY;
  while (stage !== DONE) {
    const answer = goOn();
    if (answer !== GOES_ON) return answer;
  }
  return GOES_ON;
}

/** No more writers, and so no more groups, than the key has. */
function makeRoom(): bool {
  table = take(writerCount * GROUP_ROW);
  listed = take(writerCount << 3);
  return table !== 0 && listed !== 0;
}

function goOn(): u32 {
  if (stage === LIST_ALL) return listAll();
  if (stage === SORT_ALL) {
    if (sortOn()) return RESTING;
    return putNamesakes();
  }
  if (stage === LOOK_FOR_ANOTHER) return lookForAnother();
  if (stage === LIST) return list();
  if (stage === SORT_BY_NAME) {
    if (sortOn()) return RESTING;
    stage = JOIN;
    return GOES_ON;
  }
  if (stage === JOIN) return join();
  if (sortOn()) return RESTING;
  nameGroups();
  return GOES_ON;
}

function listAll(): u32 {
  listCount = 0;
  for (let writer = firstWriter(); writer !== 0; writer = nextWriter(writer)) {
    putWord(writer + SORT, nameRankOf(writer));
    putWord(writer + SORT + 4, ownRankOf(writer));
    putWord(listed + (listCount++ << 2), writer as u32);
  }
  beginSort(listed, listCount, SORT);
  stage = SORT_ALL;
  return GOES_ON;
}

function putNamesakes(): u32 {
  let first: usize = 0;
  for (let i: u32 = 0; i < listCount; i++) {
    const writer = writerAt(i);
    if (i === 0 || nameRankOf(writer) !== nameRankOf(first)) first = writer;
    putWord(writer + NAMESAKE, first as u32);
  }
  stage = DONE;
  return GOES_ON;
}

/** What is told of the network of a writer: see NETWORK_SIZE. */
function networkOf(writer: usize): usize {
  return groups + wordAt(wordAt(writer) + 4) * NETWORK_SIZE;
}
function nameRankOf(writer: usize): u32 {
  return wordAt(networkOf(writer) + 8);
}
function ownRankOf(writer: usize): u32 {
  return wordAt(networkOf(writer) + 12);
}
function knownOf(writer: usize): u32 {
  return wordAt(networkOf(writer) + 16);
}

/** Most keys were seen by one network alone. */
function lookForAnother(): u32 {
  const network = networkOf(writerOf(at(from)));
  if (writerCount === 1) place = until;
  for (; place < until && networkOf(writerOf(at(place))) === network; place++) if (look(1)) return RESTING;
  if (place < until) {
    place = from;
    stage = LIST;
    return GOES_ON;
  }
  groupCount = 1;
  putWord(table, wordAt(network));
  putWord(table + 4, wordAt(network + 4));
  stage = DONE;
  return GOES_ON;
}

/** Lists the writers of the part, and what each shows through a gateway, which is no instance. */
function list(): u32 {
  for (; place < until; place++) {
    if (look(1)) return RESTING;
    const record = at(place);
    const writer = writerOf(record);
    if (wordAt(writer + PART) !== part) {
      putWord(writer + PART, part);
      putWord(writer + FOREIGN, 0);
      putWord(writer + SORT, nameRankOf(writer));
      putWord(writer + SORT + 4, ownRankOf(writer));
      putWord(listed + (listCount++ << 2), writer as u32);
    }
    // An instance: pods or secondary addresses.
    if ((wordAt(observerOf(record) + 28) & HAS_INSTANCE) === 0)
      putWord(writer + FOREIGN, wordAt(writer + FOREIGN) | standInsOf(record));
  }
  beginSort(listed, listCount, SORT);
  stage = SORT_BY_NAME;
  return GOES_ON;
}

/** The writer at a place of the list. */
function writerAt(i: u32): usize {
  return wordAt(sorted() + (i << 2));
}

/** Where the writers of the network of that name end which begins at a place of the list. */
function endOfName(begin: u32): u32 {
  const name = nameRankOf(writerAt(begin));
  let end = begin + 1;
  while (end < listCount && nameRankOf(writerAt(end)) === name) end++;
  return end;
}

/** The ends that writers [begin, end) of the list see through gateways. */
function seenBy(begin: u32, end: u32): u32 {
  let ends: u32 = 0;
  for (let i = begin; i < end; i++) ends |= wordAt(writerAt(i) + FOREIGN);
  return ends;
}

function putGroup(begin: u32, end: u32, group: u32): void {
  for (let i = begin; i < end; i++) putWord(writerAt(i) + GROUP, group);
}

/** Which networks saw the same connections. They are in the order of their names. */
function join(): u32 {
  let names: u32 = 0;
  let vpcs: u32 = 0;
  let gateways: u32 = 0;
  let seenByAny: u32 = 0;
  for (let begin: u32 = 0; begin < listCount; names++) {
    const end = endOfName(begin);
    if ((knownOf(writerAt(begin)) & IS_VPC) !== 0) {
      const seen = seenBy(begin, end);
      vpcs++;
      if (seen !== 0) gateways++;
      seenByAny |= seen;
    }
    begin = end;
  }
  const mayJoin = (knownOf(writerAt(0)) & MAY_JOIN) !== 0;
  // VPCs that see an end through a gateway saw the same, where each end is seen by one of them.
  const joined: u32 = mayJoin && seenByAny === 3 ? 1 : 0;
  const alone = joined === 0 ? vpcs : vpcs - gateways;
  // Interfaces whose VPC nobody names: theirs is the one VPC that also saw the key, if there is only one.
  const isOne = names === 1 || (mayJoin && (areUnique() || alone + joined === 1));
  if (isOne) {
    putGroup(0, listCount, 0);
    groupCount = 1;
  } else if (mayJoin) partByGateways(alone, joined);
  else partByNames();
  for (let i: u32 = 0; i < listCount; i++) putWord(writerAt(i) + SORT, wordAt(writerAt(i) + GROUP));
  // As they are sorted, they lie in the first half or in the second: the other is the room to sort them anew.
  if (sorted() !== listed) moveDown();
  beginSort(listed, listCount, SORT);
  stage = SORT_BY_OWN_NAME;
  return GOES_ON;
}

function moveDown(): void {
  for (let i: u32 = 0; i < listCount; i++) putWord(listed + (i << 2), wordAt(sorted() + (i << 2)));
}

/** Each name a group. */
function partByNames(): void {
  groupCount = 0;
  for (let begin: u32 = 0; begin < listCount; groupCount++) {
    const end = endOfName(begin);
    putGroup(begin, end, groupCount);
    begin = end;
  }
}

/** VPCs that are alone come first, then those that gateways join, then what no VPC is named of. */
function partByGateways(alone: u32, joined: u32): void {
  let nextAlone: u32 = 0;
  groupCount = alone + joined;
  for (let begin: u32 = 0; begin < listCount; ) {
    const end = endOfName(begin);
    if ((knownOf(writerAt(begin)) & IS_VPC) === 0) putGroup(begin, end, groupCount++);
    else if (joined !== 0 && seenBy(begin, end) !== 0) putGroup(begin, end, alone);
    else putGroup(begin, end, nextAlone++);
    begin = end;
  }
}

/** Both ends have addresses that no two networks share: IPv6 global unicast, 2000::/3 (RFC 4291 §2.4). */
function areUnique(): bool {
  return (
    isV6 &&
    (byteAt(addresses + (low << 4)) & 0xe0) === 0x20 &&
    (byteAt(addresses + (high << 4)) & 0xe0) === 0x20
  );
}

/** Names each group by what its own records say: by VPCs where any is named, else by all that they say. */
function nameGroups(): void {
  let begin: u32 = 0;
  for (let group: u32 = 0; group < groupCount; group++) {
    let end = begin;
    let known: u32 = 0;
    for (; end < listCount && wordAt(writerAt(end) + GROUP) === group; end++) known |= knownOf(writerAt(end));
    nameGroup(group, begin, end, known & OWN_IS_VPC);
    begin = end;
  }
  stage = DONE;
}

/** @param must what those have by whose names it is named; they are in the order of their names */
function nameGroup(group: u32, begin: u32, end: u32, must: u32): void {
  const row = scopeOf(group);
  let names: u32 = 0;
  let first: usize = 0;
  let last: u32 = 0;
  for (let i = begin; i < end; i++) {
    const writer = writerAt(i);
    if ((knownOf(writer) & must) !== must || (names > 0 && ownRankOf(writer) === last)) continue;
    last = ownRankOf(writer);
    if (names === 0) first = networkOf(writer);
    else {
      if (names === 1) beginName(first);
      putUnit(PLUS);
      putName(networkOf(writer));
    }
    names++;
  }
  if (names > 1) endName();
  putWord(row, names > 1 ? hash1 : wordAt(first));
  putWord(row + 4, names > 1 ? hash2 : wordAt(first + 4));
}

/** Names a network that its text has been told of: by the hash of that, which goes into uids. */
export function nameNetwork(network: usize): void {
  beginName(network);
  endName();
  putWord(network, hash1);
  putWord(network + 4, hash2);
}

const PLUS: u32 = 43;
/** Units of UTF-16 that have gone into a name, and the last of them: four go in together. */
let units: u32 = 0;
let one: u32 = 0;
let two: u32 = 0;
let three: u32 = 0;

function beginName(network: usize): void {
  beginHash();
  units = 0;
  putName(network);
}

function putName(network: usize): void {
  const text: usize = wordAt(network + 20);
  const length = wordAt(network + 24);
  for (let i: u32 = 0; i < length; i++) putUnit(halfAt(text + (i << 1)));
}

function putUnit(unit: u32): void {
  putOne(unit + 1);
}

function putOne(word: u32): void {
  const place = units & 3;
  if (place === 0) one = word;
  else if (place === 1) two = word;
  else if (place === 2) three = word;
  else mixWords(one, two, three, word);
  units++;
}

function endName(): void {
  while ((units & 3) !== 0) putOne(0);
  finishHash(units << 2);
}
