/**
 * Which connections a report's page holds when there are more than fit: in turn the longest, the largest, and
 * those that failed or are in doubt, until all places are taken; each of the three gets two fifths of them at most,
 * so that no more is kept meanwhile than a little more than what is asked for. Equal ones are settled by uid, so that the
 * order of the input does not matter.
 */
import type { Connection } from '../model/connection.ts';
import { runThrough, type Steps, sortInSteps } from '../model/in-steps.ts';
import { hasFailed } from './tally-connections.ts';

interface Ranked {
  readonly score: number;
  readonly connection: Connection;
}

/** Whether `a` goes before `b` leaves: the lower score, then the later uid. */
const isWeaker = (a: Ranked, b: Ranked): boolean =>
  a.score < b.score || (a.score === b.score && a.connection.uid > b.connection.uid);

/** The strongest few of many: a heap with the weakest on top. */
class Strongest {
  readonly #most: number;
  readonly #heap: Ranked[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  offer(score: number, connection: Connection): void {
    const heap = this.#heap;
    const weakest = heap[0];
    const entry = { score, connection };
    if (heap.length < this.#most) {
      heap.push(entry);
      this.#rise(heap.length - 1);
    } else if (weakest !== undefined && isWeaker(weakest, entry)) {
      heap[0] = entry;
      this.#sink();
    }
  }

  /** Strongest first. */
  *sorted(): Steps<Connection[]> {
    yield* sortInSteps(this.#heap, (a, b) => (isWeaker(a, b) ? 1 : -1));
    return this.#heap.map(({ connection }) => connection);
  }

  #weaker(i: number, j: number): boolean {
    const [a, b] = [this.#heap[i], this.#heap[j]];
    return a !== undefined && b !== undefined && isWeaker(a, b);
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap;
    [heap[i], heap[j]] = [heap[j] as Ranked, heap[i] as Ranked];
  }

  #rise(from: number): void {
    for (let i = from; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#weaker(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(): void {
    for (let i = 0; ; ) {
      let least = i;
      if (this.#weaker(2 * i + 1, least)) least = 2 * i + 1;
      if (this.#weaker(2 * i + 2, least)) least = 2 * i + 2;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}

/** How the rule reads on the page. */
export const KEEPING_RULE =
  'in turn the longest, the largest, and those that failed or are in doubt, each two fifths of the places at most';

/** Three lists of which two would nearly fill all places: what is on two of them is kept once. */
const SHARE = 0.4;

const lengthOf = ({ durationMin, durationMax }: Connection): number =>
  Math.max(durationMin ?? 0, durationMax ?? 0);

const sizeOf = ({ initiator, responder }: Connection): number =>
  (initiator.bytes ?? 0) + (responder.bytes ?? 0);

/** How much there is to ask about a connection; 0 for an ordinary one. */
const troubleOf = (c: Connection): number =>
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

  add(connection: Connection): void {
    this.#seen++;
    if (this.#all !== null) {
      this.#all.push(connection);
      if (this.#all.length <= this.#most) return;
      const all = this.#all;
      this.#all = null;
      for (const each of all) this.#rank(each);
    } else this.#rank(connection);
  }

  #rank(connection: Connection): void {
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
