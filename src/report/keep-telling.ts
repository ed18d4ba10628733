/**
 * Which connections a report's page holds when there are more than fit: in turn the longest, the largest, and
 * those that failed or are in doubt, until all places are taken; each of the three gets two fifths of them at most,
 * so that no more is kept meanwhile than a little more than what is asked for. Equal ones are settled by uid, so that the
 * order of the input does not matter.
 */
import { GrowingNumbers } from '../audit/growing-numbers.ts';
import { UidColumn } from '../audit/uid-column.ts';
import type { Connection } from '../model/connection.ts';
import { type Steps, sortInSteps } from '../model/in-steps.ts';
import { type ConnectionOutline, type LaterConnection, laterOf, type Outline } from '../model/outline.ts';
import { hasFailed } from './tally-connections.ts';

/** How the rule reads on the page. */
export const KEEPING_RULE =
  'in turn the longest, the largest, and those that failed or are in doubt, each two fifths of the places at most';

/** Three lists of which two would nearly fill all places: what is on two of them is kept once. */
const SHARE = 0.4;

const lengthOf = ({ durationMin, durationMax }: Outline): number =>
  Math.max(durationMin ?? 0, durationMax ?? 0);

const sizeOf = ({ initiator, responder }: Outline): number => (initiator.bytes ?? 0) + (responder.bytes ?? 0);

const TROUBLE_VERDICTS: ReadonlySet<string> = new Set(['mixed', 'reply-rejected', 'cut-off', 'lost']);

/** How much there is to ask about a connection; 0 for an ordinary one. */
const troubleOf = (c: Outline): number =>
  (c.contradicted ? 4 : 0) +
  (TROUBLE_VERDICTS.has(c.verdict) ? 4 : 0) +
  (c.mayHideReuse ? 2 : 0) +
  (c.hasGap ? 1 : 0) +
  (c.state === 'reset' ? 2 : 0) +
  (hasFailed(c) ? 1 : 0);

/** One of the three lists: how strongly a connection belongs on it, and from what on it may be there at all. */
interface Score {
  readonly of: (connection: Outline) => number;
  readonly least: number;
}

const SCORES: readonly Score[] = [
  { of: lengthOf, least: 0 },
  { of: sizeOf, least: 0 },
  { of: troubleOf, least: 1 },
];

const openingOf = ({ openedAt, firstSeen }: Outline): number =>
  openedAt ?? firstSeen ?? Number.POSITIVE_INFINITY;

/** Connections that are made between two places where work may rest: some milliseconds. */
const MADE_AT_ONCE = 512;

/** Connections that may come to be kept, each in a slot of its own: what orders them lies in columns, and none is made whole. */
class Candidates {
  readonly uids = new UidColumn();
  /** A column for each of the lists. */
  readonly scores: readonly GrowingNumbers<Float64Array>[] = SCORES.map(
    () => new GrowingNumbers(Float64Array),
  );
  readonly #openings = new GrowingNumbers(Float64Array);
  /** How many came before. */
  readonly #turns = new GrowingNumbers(Float64Array);
  readonly #connections: LaterConnection[] = [];
  /** Lists that a candidate is on. */
  readonly #holders = new GrowingNumbers(Int32Array);
  readonly #free: number[] = [];

  take(connection: Connection | ConnectionOutline, scores: Float64Array, turn: number): number {
    const slot = this.#free.pop() ?? this.#connections.length;
    this.uids.set(slot, connection);
    for (let i = 0; i < scores.length; i++)
      (this.scores[i] as GrowingNumbers<Float64Array>).put(slot, scores[i] as number);
    this.#openings.put(slot, openingOf(connection));
    this.#turns.put(slot, turn);
    this.#connections[slot] = laterOf(connection);
    this.#holders.put(slot, 0);
    return slot;
  }

  hold(slot: number): void {
    this.#holders.put(slot, this.#holders.at(slot) + 1);
  }

  letGo(slot: number): void {
    const holders = this.#holders.at(slot) - 1;
    this.#holders.put(slot, holders);
    if (holders > 0) return;
    (this.#connections[slot] as LaterConnection).forget();
    this.#free.push(slot);
  }

  /**
   * Makes the connections of these slots, in the order of their coming, in which it takes the least.
   * @param take is handed each of them
   * @returns their numbers among those that were handed over, in order of opening
   */
  *handOver(slots: number[], take: (connection: Connection) => void): Steps<Uint32Array> {
    yield* sortInSteps(slots, (a, b) => this.#turns.at(a) - this.#turns.at(b));
    const numbers = new Map<number, number>();
    for (const slot of slots) {
      take((this.#connections[slot] as LaterConnection).whole());
      numbers.set(slot, numbers.size);
      if (numbers.size % MADE_AT_ONCE === 0) yield;
    }
    yield* sortInSteps(slots, (a, b) => this.#compareOpenings(a, b));
    return Uint32Array.from(slots, (slot) => numbers.get(slot) as number);
  }

  #compareOpenings(a: number, b: number): number {
    const [x, y] = [this.#openings.at(a), this.#openings.at(b)];
    return x < y ? -1 : x > y ? 1 : this.uids.compare(a, b);
  }
}

/** The strongest few of many: a heap of slots with the weakest on top. */
class Strongest {
  readonly #most: number;
  readonly #heap: number[] = [];
  readonly #scores: GrowingNumbers<Float64Array>;
  readonly #uids: UidColumn;

  /** @param scores of candidates, by their slots */
  constructor(most: number, scores: GrowingNumbers<Float64Array>, uids: UidColumn) {
    this.#most = most;
    this.#scores = scores;
    this.#uids = uids;
  }

  /** False where a candidate of this score is certain to be too weak. */
  mayTake(score: number): boolean {
    const heap = this.#heap;
    return heap.length < this.#most || score >= this.#scores.at(heap[0] as number);
  }

  /** Takes a candidate in, or not; gives the one that has to leave for it, itself perhaps. */
  offer(slot: number): number | undefined {
    const weakest = this.#heap[0] as number;
    if (this.#heap.length < this.#most) {
      this.#rise(slot);
      return undefined;
    }
    if (!this.#isWeaker(weakest, slot)) return slot;
    this.#sink(slot);
    return weakest;
  }

  /** Strongest first. */
  *sorted(): Steps<readonly number[]> {
    yield* sortInSteps(this.#heap, (a, b) => (this.#isWeaker(a, b) ? 1 : -1));
    return this.#heap;
  }

  /** Whether one leaves before the other: the lower score, then the later uid. */
  #isWeaker(a: number, b: number): boolean {
    const [of, other] = [this.#scores.at(a), this.#scores.at(b)];
    return of < other || (of === other && this.#uids.compare(a, b) > 0);
  }

  /** Takes a slot in, from below. */
  #rise(slot: number): void {
    const heap = this.#heap;
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as number;
      if (!this.#isWeaker(slot, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = slot;
  }

  /** Takes a slot in, from the top, instead of the one that is there. */
  #sink(slot: number): void {
    const heap = this.#heap;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const other = child + 1;
      if (other < heap.length && this.#isWeaker(heap[other] as number, heap[child] as number)) child = other;
      const below = heap[child] as number;
      if (!this.#isWeaker(below, slot)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = slot;
  }
}

/** Connections that a page holds, and how many it does not. */
export interface Kept {
  /** By their numbers among those that were handed over, in order of opening. */
  readonly byOpening: Uint32Array;
  readonly leftOut: number;
}

/** Takes connections one by one and keeps as many as asked for. */
export class TellingConnections {
  readonly #most: number;
  readonly #candidates = new Candidates();
  readonly #lists: readonly Strongest[];
  /** Of the connection at hand. */
  readonly #scores = new Float64Array(SCORES.length);
  #seen = 0;
  /** As long as all of them fit. */
  #all: number[] | null = [];

  constructor(most: number) {
    const { scores, uids } = this.#candidates;
    this.#most = most;
    this.#lists = scores.map((column) => new Strongest(Math.ceil(most * SHARE), column, uids));
  }

  /** Takes a connection, or the outline of one, which is made whole in the end where it is kept. */
  add(connection: Connection | ConnectionOutline): void {
    const scores = this.#scores;
    for (let i = 0; i < scores.length; i++) scores[i] = (SCORES[i] as Score).of(connection);
    const turn = this.#seen++;
    if (this.#all === null) {
      if (this.#isWanted()) this.#rank(this.#candidates.take(connection, scores, turn));
      return;
    }
    this.#all.push(this.#candidates.take(connection, scores, turn));
    if (this.#all.length <= this.#most) return;
    const all = this.#all;
    this.#all = null;
    for (const slot of all) this.#rank(slot);
  }

  /** Whether a list may take the connection at hand. */
  #isWanted(): boolean {
    for (let i = 0; i < this.#scores.length; i++)
      if (this.#mayTake(i, this.#scores[i] as number)) return true;
    return false;
  }

  #mayTake(list: number, score: number): boolean {
    return score >= (SCORES[list] as Score).least && (this.#lists[list] as Strongest).mayTake(score);
  }

  #rank(slot: number): void {
    const candidates = this.#candidates;
    // Until all lists have been asked.
    candidates.hold(slot);
    for (const [i, list] of this.#lists.entries()) {
      if (!this.#mayTake(i, (candidates.scores[i] as GrowingNumbers<Float64Array>).at(slot))) continue;
      const weakest = list.offer(slot);
      if (weakest === slot) continue;
      candidates.hold(slot);
      if (weakest !== undefined) candidates.letGo(weakest);
    }
    candidates.letGo(slot);
  }

  /** Hands over what is kept, and says how many are not. */
  *handOver(take: (connection: Connection) => void): Steps<Kept> {
    const slots = [...(this.#all ?? (yield* this.#inTurn()))];
    const byOpening = yield* this.#candidates.handOver(slots, take);
    return { byOpening, leftOut: this.#seen - slots.length };
  }

  *#inTurn(): Steps<Set<number>> {
    const lists: (readonly number[])[] = [];
    for (const list of this.#lists) lists.push(yield* list.sorted());
    const kept = new Set<number>();
    for (let turn = 0; turn < this.#most && kept.size < this.#most; turn++) {
      for (const list of lists) {
        const slot = list[turn];
        if (slot !== undefined && kept.size < this.#most) kept.add(slot);
      }
    }
    return kept;
  }
}
