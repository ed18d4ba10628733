/**
 * The lanes of a timeline: one a connection, in the order of opening. When there are more connections than lanes the
 * longest stay; what was left out is counted and said, never silent.
 */
import { ascending } from 'd3-array';
import { checkTop, type TopLimit } from '../model/check-top.ts';
import type { Connection } from '../model/connection.ts';
import type { Outline } from '../model/outline.ts';
import { type Family, familyOf } from './families.ts';
import { lifeOf } from './life.ts';

/** How the rule reads wherever lanes are left out. */
export const LANES_RULE = 'the longest are shown';

/** Each lane holds its connection with all windows: a quarter of a million take a gigabyte, which any Node.js has. */
export const LANES_LIMIT: TopLimit = {
  most: 250_000,
  advice:
    'that many connections and their windows take a gigabyte of memory; leave some out with filters such as --since and --port, or take CSV, which holds none and leaves none out',
};

/** A connection with its place in time; seconds. */
export interface Lane {
  readonly connection: Connection;
  readonly family: Family;
  /** Opening or first record, and close or last record: what is drawn lies between them. */
  readonly from: number;
  readonly to: number;
  /** Where it surely was open; null where no moment is sure. */
  readonly surely: { readonly from: number; readonly to: number } | null;
}

export interface Lanes {
  /** In the order of opening. */
  readonly lanes: readonly Lane[];
  /** Connections that found no lane. */
  readonly leftOut: number;
  /** Connections whose records carry no times: they have no place on a timeline. */
  readonly timeless: number;
  /** The span of all connections, those left out too; null without any. */
  readonly span: { readonly from: number; readonly to: number } | null;
}

/** Places beyond the lanes, so that few lanes are not sorted for every connection. */
const LEAST_SPARE = 64;

/** What is drawn lies within these seconds; null without times. */
type Span = Pick<Lane, 'from' | 'to'>;

const spanOf = ({ firstSeen, lastSeen, openedAt, closedAt }: Outline): Span | null => {
  if (firstSeen === null || lastSeen === null) return null;
  const from = Math.min(firstSeen, openedAt ?? firstSeen);
  // A damaged record may end before it begins.
  return { from, to: Math.max(from, lastSeen, closedAt ?? lastSeen) };
};

/** The place of a connection in time; null when its records carry none. */
export const laneOf = (connection: Connection): Lane | null => {
  const life = lifeOf(connection);
  const span = spanOf(connection);
  if (life === null || span === null) return null;
  const { from, to } = span;
  const sureFrom = Math.max(from, life.surelyFrom);
  const sureTo = Math.min(to, life.surelyTo);
  return {
    connection,
    family: familyOf(connection),
    from,
    to,
    surely: sureFrom < sureTo ? { from: sureFrom, to: sureTo } : null,
  };
};

const byLength = (a: Lane, b: Lane): number => compareLengths(a, a.connection, b);

/** Below 0 where a connection of this span comes before a lane. */
const compareLengths = ({ from, to }: Span, { uid }: Pick<Outline, 'uid'>, lane: Lane): number =>
  lane.to - lane.from - (to - from) || ascending(uid, lane.connection.uid);

const byOpening = (a: Lane, b: Lane): number =>
  a.from - b.from || ascending(a.connection.uid, b.connection.uid);

/** Takes connections one at a time and keeps at most a quarter more than there are lanes. */
export class LaneKeeper {
  readonly #most: number;
  #lanes: Lane[] = [];
  #placed = 0;
  #timeless = 0;
  /** The last that found a place when room was last made: whoever comes after it finds none. */
  #shortest: Lane | undefined;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /** @throws OptionError (option-invalid) when `most` is no whole number of 1 or more, or more than the limit */
  constructor(most: number, limit = LANES_LIMIT) {
    this.#most = checkTop(most, limit);
  }

  add(connection: Connection): void {
    this.consider(connection, () => connection);
  }

  /** Takes the whole connection only where it may find a lane. */
  consider(outline: Outline, whole: () => Connection): void {
    const span = spanOf(outline);
    if (span === null) {
      this.#timeless++;
      return;
    }
    this.#placed++;
    this.#from = Math.min(this.#from, span.from);
    this.#to = Math.max(this.#to, span.to);
    if (this.#shortest !== undefined && compareLengths(span, outline, this.#shortest) > 0) return;
    this.#lanes.push(laneOf(whole()) as Lane);
    // Each cut sorts all and takes away a fifth: some tens of comparisons a connection that found a place.
    if (this.#lanes.length >= this.#most + Math.max(LEAST_SPARE, this.#most / 4)) this.#cut();
  }

  #cut(): void {
    if (this.#lanes.length <= this.#most) return;
    this.#lanes.sort(byLength);
    this.#lanes.length = this.#most;
    this.#shortest = this.#lanes[this.#most - 1];
  }

  lanes(): Lanes {
    this.#cut();
    return {
      lanes: this.#lanes.sort(byOpening),
      leftOut: this.#placed - this.#lanes.length,
      timeless: this.#timeless,
      span: this.#placed === 0 ? null : { from: this.#from, to: this.#to },
    };
  }
}

/** The lanes of all connections. @param most how many there are room for */
export const lanesOf = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
  most: number,
  limit = LANES_LIMIT,
): Promise<Lanes> => {
  const keeper = new LaneKeeper(most, limit);
  for await (const connection of connections) keeper.add(connection);
  return keeper.lanes();
};

/** What a picture does not show, in sentences; none when it shows all. */
export const describeLeftOut = ({ lanes, leftOut, timeless }: Lanes): string[] => {
  const sentences: string[] = [];
  if (leftOut > 0)
    sentences.push(
      `${lanes.length} of ${lanes.length + leftOut} connections: ${LANES_RULE}, ${leftOut} ${leftOut === 1 ? 'is' : 'are'} left out.`,
    );
  if (timeless > 0)
    sentences.push(
      `${timeless} ${timeless === 1 ? 'connection carries' : 'connections carry'} no times and cannot be placed.`,
    );
  return sentences;
};
