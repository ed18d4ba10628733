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
export const PIECE_SIZE = 1 << 19;

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

/** Writes lines of keys: what the kernel can by the kernel. */
export class LineWriter {
  readonly #setting: LineSetting;
  readonly #findings: FindingTexts;
  readonly #full: number;
  readonly #asks: number;

  constructor(setting: LineSetting) {
    const { memory, speller } = setting;
    this.#setting = setting;
    this.#findings = new FindingTexts(memory, speller);
    this.#full = memory.value('FULL');
    this.#asks = memory.value('ASKS');
  }

  /** Writes the keys at places up to `to`. A piece is the caller's until the next but one is asked for. */
  *write(from: number, to: number): Generator<Uint8Array> {
    const { memory, pieces, store, context, plain, speller, count } = this.#setting;
    const { exports } = memory;
    const size = PIECE_SIZE + memory.value('OVERSHOOT');
    let begin = pieces;
    let at = begin;
    const take = (): Uint8Array => {
      const piece = memory.bytes(begin, at - begin);
      begin = begin === pieces ? pieces + size : pieces;
      at = begin;
      return piece;
    };
    for (let place = from; place < to; ) {
      place = exports.judgeKeys(place, to, at, begin + PIECE_SIZE);
      at = exports.written() >>> 0;
      if (place === to) break;
      const reason = memory.value('endedBy');
      if (reason === this.#full) {
        yield take();
        continue;
      }
      if (reason === this.#asks && answer(this.#setting, this.#findings, place)) continue;
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
  }

  /** Tells what kernels have counted, each in its room: see `aside` in memory.ts. */
  giveCounts(asides: readonly number[]): void {
    const { memory, lives, count } = this.#setting;
    const size = lives.length * 512;
    const rooms = asides.map((aside) => memory.words(aside + memory.value('COUNTS'), size));
    for (let i = 0; i < size; i++) {
      const times = rooms.reduce((sum, counts) => sum + (counts[i] as number), 0);
      if (times === 0) continue;
      const initiatorBasis = this.#findings.basis((i >> 5) & 15);
      const life = lives[i >> 9];
      if (initiatorBasis === undefined || life === undefined)
        throw new Error('The kernel has counted what cannot be.');
      const { state, verdict } = life;
      const protocol = state === null ? 'udp' : 'tcp';
      count({ ...marksOf(i & 31), protocol, state, verdict, initiatorBasis }, times);
    }
  }
}

/** Writes everything. A piece is the caller's until the next but one is asked for. */
export function* writeLines(setting: LineSetting): Generator<Uint8Array> {
  const writer = new LineWriter(setting);
  yield* writer.write(0, setting.store.keyCount);
  writer.giveCounts([0]);
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
