/**
 * Which records of a key may belong to one connection, over any silence. Whose networks saw the same is judged anew in each
 * stretch of records that no silence parts, so that what was long ago tells nothing of today's; and a group of one stretch goes on
 * in the next where a network of the same name saw both. Records of such a chain of groups are put side by side.
 */
import { GOES_ON, look, NO_MEMORY, RESTING } from './answers.ts';
import {
  beginNamesakes,
  beginPart,
  firstNetwork,
  forgetNetworks,
  groupCount,
  groupOf,
  isOfFirst,
  joinNetworks,
  namesakeOf,
  scopeOf as scopeOfGroup,
} from './networks.ts';
import { putWord, wordAt } from './port.ts';
import {
  at,
  count,
  endOf,
  putSpare,
  putView,
  startOf,
  takeOver,
  takeSpare,
  viewOf,
  writerCount,
} from './records.ts';
import { take } from './room.ts';
import { lingerLimit } from './settings.ts';

// Of a writer (records.ts) that stands for all of its network's name: the chain that it was last in, and one.
const CHAIN_OF: u32 = 36;

// A group of a stretch: the two words that name its scope 0, its chain 8.
const CHAIN: u32 = 8;
const GROUP_ROW: u32 = 12;
// A chain: the stretch in which a group went on with it last 0, how many records it has, later where they end 4.
const TAKEN: u32 = 0;
const RECORDS: u32 = 4;
const CHAIN_ROW: u32 = 8;
/** No chain. */
const NONE_YET: u32 = 0xffffffff;

// What comes next of the key.
const LOOK: u32 = 0;
const NAMESAKES: u32 = 1;
const FIND_SILENCE: u32 = 2;
const JOIN: u32 = 3;
const CLAIM: u32 = 4;
const NOTE: u32 = 5;
const GATHER: u32 = 6;
const DONE: u32 = 7;
let stage: u32 = LOOK;

let place: u32 = 0;
/** The stretch at hand: its number from 1 on, and where it lies. */
let stretch: u32 = 0;
let from: u32 = 0;
let until: u32 = 0;
let lastEnd: f64 = Infinity;

/** The groups of all stretches, and the first of the one at hand. */
let rows: usize = 0;
let rowCount: u32 = 0;
let firstRow: u32 = 0;
let chains: usize = 0;
export let chainCount: u32 = 0;
/** Whether one network alone saw the key. */
let isOne: bool = false;

/** Begins with another key; {@link chainRecords} goes on until its records are in order. */
export function beginStretches(): void {
  forgetNetworks();
  stage = LOOK;
  place = 0;
  stretch = 0;
  until = 0;
  lastEnd = Infinity;
  rowCount = 0;
  chainCount = 0;
}

/** Where the records of a chain end; the next one's begin there. */
export function endOfChain(chain: u32): u32 {
  return wordAt(chainRow(chain) + RECORDS);
}

/** The two words that name the scope of a record that is in no view yet. */
export function scopeOf(record: usize): usize {
  return isOne ? rows : viewOf(record);
}

/** Puts the records of each chain side by side. */
export function chainRecords(): u32 {
  let answer = GOES_ON;
  while (answer === GOES_ON && stage !== DONE) answer = goOn();
  return answer;
}

function goOn(): u32 {
  if (stage === LOOK) return lookForAnother();
  if (stage === NAMESAKES) {
    const answer = joinNetworks();
    if (answer === GOES_ON) stage = FIND_SILENCE;
    return answer;
  }
  if (stage === FIND_SILENCE) return findSilence();
  if (stage === JOIN) return joinStretch();
  if (stage === CLAIM) return claim();
  if (stage === NOTE) return note();
  return gather();
}

/** Most keys were seen by one network alone: all of their records are one chain. */
function lookForAnother(): u32 {
  if (writerCount === 1) place = count;
  for (; place < count && isOfFirst(at(place)); place++) if (look(1)) return RESTING;
  isOne = place === count;
  const most = isOne ? 1 : count;
  rows = take(most * GROUP_ROW);
  chains = take(most * CHAIN_ROW);
  if (rows === 0 || chains === 0) return NO_MEMORY;
  if (!isOne) {
    beginNamesakes();
    stage = NAMESAKES;
    return GOES_ON;
  }
  putGroup(firstNetwork());
  putWord(chains + RECORDS, count);
  chainCount = 1;
  stage = DONE;
  return GOES_ON;
}

/** @param scope the two words that name it */
function putGroup(scope: usize): void {
  const row = rows + rowCount++ * GROUP_ROW;
  putWord(row, wordAt(scope));
  putWord(row + 4, wordAt(scope + 4));
  putWord(row + CHAIN, NONE_YET);
}

/** To where everybody has been silent for longer than a closed connection keeps its stragglers: a stream may know nothing more of it. */
function findSilence(): u32 {
  if (until === count) return sumUp();
  from = until;
  place = until;
  for (; place < count; place++) {
    const record = at(place);
    const begins = startOf(record);
    if (place > from && begins >= 0 && begins - lastEnd > lingerLimit) break;
    const ends = endOf(record);
    if (ends >= 0 && (lastEnd === Infinity || ends > lastEnd)) lastEnd = ends;
  }
  until = place;
  stretch++;
  beginPart(from, until);
  stage = JOIN;
  return look(until - from) ? RESTING : GOES_ON;
}

function joinStretch(): u32 {
  const answer = joinNetworks();
  if (answer !== GOES_ON) return answer;
  firstRow = rowCount;
  for (let group: u32 = 0; group < groupCount; group++) putGroup(scopeOfGroup(group));
  place = from;
  stage = CLAIM;
  return GOES_ON;
}

function rowOf(record: usize): usize {
  return rows + (firstRow + groupOf(record)) * GROUP_ROW;
}
function chainRow(chain: u32): usize {
  return chains + chain * CHAIN_ROW;
}

/** A record whose network was in a chain brings that to its group, if that has none and no other group of the stretch has it. */
function claim(): u32 {
  for (; place < until; place++) {
    if (look(1)) return RESTING;
    const record = at(place);
    const row = rowOf(record);
    const known = wordAt(namesakeOf(record) + CHAIN_OF);
    if (wordAt(row + CHAIN) !== NONE_YET || known === 0) continue;
    const chain = chainRow(known - 1);
    if (wordAt(chain + TAKEN) === stretch) continue;
    putWord(chain + TAKEN, stretch);
    putWord(row + CHAIN, known - 1);
  }
  for (let i = firstRow; i < rowCount; i++) {
    const row = rows + i * GROUP_ROW;
    if (wordAt(row + CHAIN) !== NONE_YET) continue;
    putWord(row + CHAIN, chainCount);
    putWord(chainRow(chainCount) + TAKEN, stretch);
    putWord(chainRow(chainCount) + RECORDS, 0);
    chainCount++;
  }
  place = from;
  stage = NOTE;
  return GOES_ON;
}

/** Notes of the records of the stretch which group they are in, and of their networks in which chain they were last. */
function note(): u32 {
  for (; place < until; place++) {
    if (look(1)) return RESTING;
    const record = at(place);
    const row = rowOf(record);
    const chain = wordAt(row + CHAIN);
    putView(record, row);
    putWord(namesakeOf(record) + CHAIN_OF, chain + 1);
    putWord(chainRow(chain) + RECORDS, wordAt(chainRow(chain) + RECORDS) + 1);
  }
  stage = FIND_SILENCE;
  return GOES_ON;
}

/** From how many records each chain has to where they begin. */
function sumUp(): u32 {
  let next: u32 = 0;
  for (let chain: u32 = 0; chain < chainCount; chain++) {
    const size = wordAt(chainRow(chain) + RECORDS);
    putWord(chainRow(chain) + RECORDS, next);
    next += size;
  }
  if (!takeSpare()) return NO_MEMORY;
  place = 0;
  stage = GATHER;
  return GOES_ON;
}

/** Puts the records of each chain side by side, in their order: in the end each chain ends where the next begins. */
function gather(): u32 {
  for (; place < count; place++) {
    if (look(1)) return RESTING;
    const record = at(place);
    const end = chainRow(wordAt(viewOf(record) + CHAIN)) + RECORDS;
    putSpare(wordAt(end), record);
    putWord(end, wordAt(end) + 1);
  }
  takeOver(0, count);
  stage = DONE;
  return GOES_ON;
}
