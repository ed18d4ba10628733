/** Rows of all keys in order, as the rules write them, in pieces of one size. */
import { type Lent, lend, REST } from '../../model/lent.ts';
import { PROTOCOL_NAMES } from '../../model/protocols.ts';
import { upshotBy } from '../../model/upshots.ts';
import { BASES } from '../outlines/outline-rows.ts';
import { tooLittleMemory } from '../too-little-memory.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSetting } from './line-setting.ts';
import { COUNTED_AS, VERDICTS } from './meaning-tables.ts';

/** Bytes of a piece: worth a write call, small enough for the caches. */
export const PIECE_SIZE = 1 << 19;

/** Room for two pieces: one is on its way while the other is filled. 0 when there is none. */
export const reservePieces = (memory: KernelMemory): number =>
  memory.allocate(2 * (PIECE_SIZE + memory.value('OVERSHOOT')));

/** Bytes of the kernel's memory. */
interface Region {
  readonly at: number;
  readonly size: number;
}

/** Writes rows of keys. */
export class LineWriter {
  #setting: LineSetting;
  readonly #stops: { readonly [stop in 'FULL' | 'WIDER' | 'RESTING' | 'GOES_ON' | 'ASKS_ENDS']: number };
  /** A region for rows that no piece has room for, once there was one. */
  #wide: Region = { at: 0, size: 0 };

  constructor(setting: LineSetting) {
    this.#setting = setting;
    const value = (name: string): number => setting.memory.value(name);
    this.#stops = {
      FULL: value('FULL'),
      WIDER: value('WIDER'),
      RESTING: value('RESTING'),
      GOES_ON: value('GOES_ON'),
      ASKS_ENDS: value('ASKS_ENDS'),
    };
  }

  /** Goes on with other keys in the same memory. */
  goOn(setting: LineSetting): void {
    this.#setting = setting;
    this.#wide = { at: 0, size: 0 };
  }

  /**
   * Writes the keys at places up to `to`.
   * @throws InputError (input-too-large) where judging a key takes more of it than there is
   * @param room gives where the next piece goes: it holds until that place is given again. Two places in turns when left out
   */
  *write(from: number, to: number, room = this.#twoRooms()): Generator<Lent> {
    const { memory, ends } = this.#setting;
    const { exports } = memory;
    let begin = room();
    let at = begin;
    const take = (): Lent => lend(memory.bytes(begin, at - begin));
    const turn = (): void => {
      begin = room();
      at = begin;
    };
    const stops = this.#stops;
    for (let place = from; place < to; ) {
      const answer = exports.judgeKeys(place, to, at, begin + PIECE_SIZE);
      place = memory.unsigned('stoppedAt');
      at = exports.written() >>> 0;
      if (answer === stops.GOES_ON) break;
      if (answer === stops.RESTING) {
        yield REST;
        continue;
      }
      if (answer === stops.FULL || (answer === stops.WIDER && at > begin)) {
        yield take();
        turn();
        continue;
      }
      if (answer === stops.WIDER) {
        yield yield* this.#writeWide(place);
        place = memory.unsigned('stoppedAt');
      } else if (answer === stops.ASKS_ENDS) ends.tell(place, memory);
      else throw tooLittleMemory();
    }
    if (at > begin) yield take();
  }

  /** Writes rows of a key, of which one has room in no piece: a copy of them. */
  *#writeWide(place: number): Generator<Lent, Lent> {
    const { memory } = this.#setting;
    const { exports } = memory;
    const size = memory.unsigned('asked');
    if (size > this.#wide.size) {
      const at = memory.allocate(size + memory.value('OVERSHOOT'));
      if (at === 0) throw tooLittleMemory();
      this.#wide = { at, size };
    }
    const { at } = this.#wide;
    const until = at + this.#wide.size;
    let end = at;
    for (;;) {
      const answer = exports.judgeKeys(place, place + 1, end, until);
      end = exports.written() >>> 0;
      if (answer !== this.#stops.RESTING) return lend(memory.bytes(at, end - at).slice());
      yield REST;
    }
  }

  #twoRooms(): () => number {
    const { memory, pieces } = this.#setting;
    const other = pieces + PIECE_SIZE + memory.value('OVERSHOOT');
    let next = other;
    return () => {
      next = next === pieces ? other : pieces;
      return next;
    };
  }

  /** Tells what kernels have counted, each in its room: see `aside` in memory.ts. */
  giveCounts(asides: readonly number[]): void {
    const { memory, count, tally } = this.#setting;
    for (const aside of asides) {
      const [copies = 0, ofExchanges = 0] = memory.words(aside + memory.value('COPIES'), 2);
      tally.duplicates += copies;
      tally.duplicateExchanges += ofExchanges;
    }
    const rooms = asides.map((aside) =>
      memory.words(aside + memory.value('COUNTS'), COUNTED_AS.length << 12),
    );
    const protocols = exchangesBy(
      asides.map((aside) => memory.words(aside + memory.value('PROTOCOL_COUNTS'), 256)),
    );
    const [late, either] = [memory.value('LATE_ALONE'), memory.value('EITHER_REJECTED')];
    for (let i = 0; i < COUNTED_AS.length << 12; i++) {
      const times = sumAt(rooms, i);
      if (times === 0) continue;
      const state = COUNTED_AS[i >> 12];
      const told = (i >> 8) & 15;
      const beside = told === late ? 'late' : told === either ? 'either-rejected' : null;
      const verdict = beside === 'late' ? 'late' : beside === null ? VERDICTS[told] : 'unknown';
      const initiatorBasis = BASES[(i >> 4) & 15];
      if (initiatorBasis === undefined || verdict === undefined || state === undefined)
        throw new Error('The kernel has counted what cannot be.');
      const row = {
        state,
        verdict,
        upshot: upshotBy({ state, verdict }, beside),
        initiatorBasis,
        oneSided: (i & 1) !== 0,
        mayHideReuse: (i & 2) !== 0,
        contradicted: (i & 4) !== 0,
        hasGap: (i & 8) !== 0,
      };
      if (state !== null) count({ ...row, protocol: 'tcp' }, times);
      else for (const [protocol, share] of protocols(times)) count({ ...row, protocol }, share);
    }
  }
}

const sumAt = (rooms: readonly Uint32Array[], i: number): number => {
  let sum = 0;
  for (const counts of rooms) sum += counts[i] as number;
  return sum;
};

/** Takes so many exchanges, whichever: what else is counted of them is counted without their protocols. */
const exchangesBy = (rooms: readonly Uint32Array[]) => {
  const left = Uint32Array.from({ length: 256 }, (_, protocol) => sumAt(rooms, protocol));
  return function* (times: number): Generator<[protocol: string, share: number]> {
    for (let protocol = 0, rest = times; rest > 0; protocol++) {
      const share = Math.min(rest, left[protocol] as number);
      if (share === 0) continue;
      left[protocol] = (left[protocol] as number) - share;
      rest -= share;
      yield [PROTOCOL_NAMES[protocol] as string, share];
    }
  };
};
