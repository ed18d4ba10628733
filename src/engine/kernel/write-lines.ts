/** Lines of all keys in order: plain keys by the kernel, the others by the plain path, in pieces of one size. */
import { type Key, readKey } from '../../correlate/key-records.ts';
import type { RecordStore } from '../../correlate/record-store.ts';
import { inferPlainly, NOBODY } from '../../lifecycle/initiator.ts';
import type { Judge, JudgeContext } from '../judge.ts';
import type { PlainJudge } from '../plain-judge.ts';
import { FindingTexts } from './finding-texts.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { CountRows, LineSpeller } from './line-speller.ts';
import type { Life } from './meaning-tables.ts';
import { marksOf } from './row-texts.ts';

/** Bytes of a piece: worth a write call, small enough for the caches. */
const PIECE_SIZE = 1 << 19;

/** Room for two pieces: one is on its way while the other is filled. 0 when there is none. */
export const reservePieces = (memory: KernelMemory): number =>
  memory.allocate(2 * (PIECE_SIZE + memory.value('OVERSHOOT')));

export interface LineSetting {
  readonly memory: KernelMemory;
  /** Where {@link reservePieces} made room. */
  readonly pieces: number;
  readonly lives: readonly Life[];
  readonly store: RecordStore;
  readonly context: JudgeContext;
  readonly plain: PlainJudge;
  readonly speller: LineSpeller;
  readonly count: CountRows;
}

/** Tells what the kernel has counted. */
const giveCounts = ({ memory, lives, count }: LineSetting, findings: FindingTexts): void => {
  const counts = memory.words(memory.value('COUNTS'), lives.length * 512);
  for (let i = 0; i < counts.length; i++) {
    const times = counts[i] as number;
    if (times === 0) continue;
    const initiatorBasis = findings.basis((i >> 5) & 15);
    const life = lives[i >> 9];
    if (initiatorBasis === undefined || life === undefined)
      throw new Error('The kernel has counted what cannot be.');
    const { state, verdict } = life;
    const protocol = state === null ? 'udp' : 'tcp';
    count({ ...marksOf(i & 31), protocol, state, verdict, initiatorBasis }, times);
  }
};

/** Writes everything. A piece is the caller's until the next but one is asked for. */
export function* writeLines(setting: LineSetting): Generator<Uint8Array> {
  const { memory, pieces, store, context, plain, speller, count } = setting;
  const { exports } = memory;
  const keys = store.keyCount;
  const [full, asks] = [memory.value('FULL'), memory.value('ASKS')];
  const findings = new FindingTexts(memory, speller);
  const size = PIECE_SIZE + memory.value('OVERSHOOT');
  let begin = pieces;
  let at = begin;
  const take = (): Uint8Array => {
    const piece = memory.bytes(begin, at - begin);
    begin = begin === pieces ? pieces + size : pieces;
    at = begin;
    return piece;
  };
  for (let place = 0; place < keys; ) {
    place = exports.judgeKeys(place, at, begin + PIECE_SIZE);
    at = exports.written() >>> 0;
    if (place === keys) break;
    const reason = memory.value('endedBy');
    if (reason === full) {
      yield take();
      continue;
    }
    if (reason === asks && answer(setting, findings, place)) continue;
    for (const { row } of judgePlainly(exports.keyIn(place) >>> 0, store, context, plain)) {
      const line = speller.line(row);
      if (line.length > begin + PIECE_SIZE - at) yield take();
      if (line.length > PIECE_SIZE) yield line.slice();
      else {
        memory.bytes(at, line.length).set(line);
        at += line.length;
      }
      count(row, 1);
    }
    place++;
  }
  if (at > begin) yield take();
  giveCounts(setting, findings);
}

/** Tells the kernel who opened the key at a place, where no SYN does; false when it cannot spell that. */
const answer = (setting: LineSetting, findings: FindingTexts, place: number): boolean => {
  const { memory, store, context, plain } = setting;
  const index = memory.exports.keyIn(place) >>> 0;
  const { key, flipped } = readKey(store, index, context.addresses);
  const bits = memory.value('spokeFirst');
  const finding = context.observedOnly
    ? NOBODY
    : inferPlainly([(bits & 1) !== 0, (bits & 2) !== 0], plain.ends(index, flipped), key.ports);
  const number = findings.numberOf(finding);
  if (number === undefined) return false;
  memory.exports.answer(place, finding.direction, number);
  return true;
};

const judgePlainly = (
  index: number,
  store: RecordStore,
  { addresses }: JudgeContext,
  plain: PlainJudge,
): Generator<Judge> => {
  const { key, flipped }: { key: Key; flipped: boolean } = readKey(store, index, addresses);
  return plain.judged(index, key, flipped);
};
