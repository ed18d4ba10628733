/**
 * Which connections a report's page holds when there are more than fit: in turn the longest, the largest, and
 * those that failed or are in doubt, until all places are taken; each of the three gets two fifths of them at most,
 * so that no more is kept meanwhile than a little more than what is asked for. Equal ones are settled by uid, so that the
 * order of the input does not matter.
 */
import { UidColumn } from '../audit/uid-column.ts';
import type { Connection } from '../model/connection.ts';
import { runThrough, type Steps, sortInSteps } from '../model/in-steps.ts';
import { type ConnectionOutline, type Outline, wholeOf } from '../model/outline.ts';
import { hasFailed } from './tally-connections.ts';

/** The strongest few of many: a heap of places with the weakest on top. Scores and uids of all lie in columns by place. */
class Strongest {
  readonly #most: number;
  readonly #heap: number[] = [];
  readonly #scores: Float64Array;
  readonly #uids = new UidColumn();
  readonly #connections: Connection[] = [];
  /** The place that none of them has: whoever is offered stands there to be compared. */
  #free = 0;

  constructor(most: number) {
    this.#most = most;
    this.#scores = new Float64Array(most + 1);
  }

  offer(score: number, connection: Connection | ConnectionOutline): void {
    const heap = this.#heap;
    const isFull = heap.length === this.#most;
    const weakest = heap[0] as number;
    if (isFull && score < (this.#scores[weakest] as number)) return;
    const place = this.#free;
    this.#scores[place] = score;
    this.#uids.set(place, connection);
    if (isFull && !this.#isWeaker(weakest, place)) return;
    this.#connections[place] = wholeOf(connection);
    if (isFull) {
      this.#free = weakest;
      this.#sink(place);
    } else {
      this.#free = heap.length + 1;
      this.#rise(place);
    }
  }

  /** Strongest first. */
  *sorted(): Steps<Connection[]> {
    yield* sortInSteps(this.#heap, (a, b) => (this.#isWeaker(a, b) ? 1 : -1));
    return this.#heap.map((place) => this.#connections[place] as Connection);
  }

  /** Whether the one at `a` goes before the one at `b` leaves: the lower score, then the later uid. */
  #isWeaker(a: number, b: number): boolean {
    const [of, other] = [this.#scores[a] as number, this.#scores[b] as number];
    return of < other || (of === other && this.#uids.compare(a, b) > 0);
  }

  /** Takes a place in, from below. */
  #rise(place: number): void {
    const heap = this.#heap;
    let i = heap.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as number;
      if (!this.#isWeaker(place, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = place;
  }

  /** Takes a place in, from the top, instead of the one that is there. */
  #sink(place: number): void {
    const heap = this.#heap;
    let i = 0;
    for (let child = 1; child < heap.length; child = 2 * i + 1) {
      const other = child + 1;
      if (other < heap.length && this.#isWeaker(heap[other] as number, heap[child] as number)) child = other;
      const below = heap[child] as number;
      if (!this.#isWeaker(below, place)) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = place;
  }
}

/** How the rule reads on the page. */
export const KEEPING_RULE =
  'in turn the longest, the largest, and those that failed or are in doubt, each two fifths of the places at most';

/** Three lists of which two would nearly fill all places: what is on two of them is kept once. */
const SHARE = 0.4;

const lengthOf = ({ durationMin, durationMax }: Outline): number =>
  Math.max(durationMin ?? 0, durationMax ?? 0);

const sizeOf = ({ initiator, responder }: Outline): number => (initiator.bytes ?? 0) + (responder.bytes ?? 0);

/** How much there is to ask about a connection; 0 for an ordinary one. */
const troubleOf = (c: Outline): number =>
  (c.contradicted ? 4 : 0) +
  (c.verdict === 'mixed' || c.verdict === 'reply-rejected' ? 4 : 0) +
  (c.mayHideReuse ? 2 : 0) +
  (c.hasGap ? 1 : 0) +
  (c.state === 'reset' ? 2 : 0) +
  (hasFailed(c) ? 1 : 0);

const openingOf = ({ openedAt, firstSeen }: Connection): number =>
  openedAt ?? firstSeen ?? Number.POSITIVE_INFINITY;

const byOpening = (a: Connection, b: Connection): number => {
  const [x, y] = [openingOf(a), openingOf(b)];
  return x < y ? -1 : x > y ? 1 : a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0;
};

/** Connections that a page holds, and how many it does not. */
export interface Kept {
  readonly connections: readonly Connection[];
  readonly leftOut: number;
}

/** Takes connections one by one and keeps as many as asked for. */
export class TellingConnections {
  readonly #most: number;
  #seen = 0;
  #all: Connection[] | null = [];
  readonly #longest: Strongest;
  readonly #largest: Strongest;
  readonly #troubled: Strongest;

  constructor(most: number) {
    this.#most = most;
    const each = Math.ceil(most * SHARE);
    this.#longest = new Strongest(each);
    this.#largest = new Strongest(each);
    this.#troubled = new Strongest(each);
  }

  /** Takes a connection, or the outline of one, which is made whole when it is kept. */
  add(connection: Connection | ConnectionOutline): void {
    this.#seen++;
    if (this.#all !== null) {
      this.#all.push(wholeOf(connection));
      if (this.#all.length <= this.#most) return;
      const all = this.#all;
      this.#all = null;
      for (const each of all) this.#rank(each);
    } else this.#rank(connection);
  }

  #rank(connection: Connection | ConnectionOutline): void {
    this.#longest.offer(lengthOf(connection), connection);
    this.#largest.offer(sizeOf(connection), connection);
    const trouble = troubleOf(connection);
    if (trouble > 0) this.#troubled.offer(trouble, connection);
  }

  /** What is kept, in order of opening, and how many are not. */
  kept(): Kept {
    return runThrough(this.keptInSteps());
  }

  *keptInSteps(): Steps<Kept> {
    const connections = [...(this.#all ?? (yield* this.#inTurn()))];
    yield* sortInSteps(connections, byOpening);
    return { connections, leftOut: this.#seen - connections.length };
  }

  *#inTurn(): Steps<Set<Connection>> {
    const lists: Connection[][] = [];
    for (const list of [this.#longest, this.#largest, this.#troubled]) lists.push(yield* list.sorted());
    const kept = new Set<Connection>();
    for (let turn = 0; turn < this.#most && kept.size < this.#most; turn++) {
      for (const list of lists) {
        const connection = list[turn];
        if (connection !== undefined && kept.size < this.#most) kept.add(connection);
      }
    }
    return kept;
  }
}
