/**
 * Who opens the most connections that are short-lived, or were seen in one interval only: by initiator and the service it opens
 * them to.
 */
import { bisector, median } from 'd3-array';
import { type Claims, claimsOf } from './claims.ts';
import type { Ledger } from './ledger.ts';
import type { PairNumber, Pairs } from './pairs.ts';
import { TRAIT } from './traits.ts';

/** Such connections of one initiator to one service. */
export interface Opener extends Claims {
  readonly initiator: string;
  readonly responder: string;
  readonly port: number | null;
  /** Short-lived ones. */
  readonly count: number;
  /** Those seen in one interval only, without flags. */
  readonly oneInterval: number;
  /** Both, of all such connections with an initiator. */
  readonly share: number;
  /** Both ways; null where the format does not count them. */
  readonly medianBytes: number | null;
  /** The first and the last opening, Unix seconds. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Openings a minute between the first and the last; null for fewer than two, or at the same second. */
  readonly perMinute: number | null;
}

/** Openers that a result lists. */
export const MOST_OPENERS = 1000;

interface Counted {
  readonly pair: PairNumber;
  readonly count: number;
}

const hasTrait = (ledger: Ledger, line: number, trait: number): boolean =>
  (ledger.traits(line) & trait) !== 0;

const describe = (ledger: Ledger, pairs: Pairs, { pair, count }: Counted, all: number): Opener => {
  const lines = pairs.lines(pair).filter((line) => hasTrait(ledger, line, TRAIT.ranked));
  const short = lines.filter((line) => hasTrait(ledger, line, TRAIT.short)).length;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const opened = ledger.opened(line);
    if (opened === null) continue;
    first = Math.min(first, opened);
    last = Math.max(last, opened);
  }
  return {
    initiator: pairs.initiator(pair),
    responder: pairs.responder(pair),
    port: pairs.port(pair),
    count: short,
    oneInterval: count - short,
    share: count / all,
    ...claimsOf(ledger, lines),
    medianBytes: median(lines, (line) => ledger.bytes(line)) ?? null,
    firstSeen: first <= last ? first : null,
    lastSeen: first <= last ? last : null,
    // Distances, not openings: two a minute apart are one a minute.
    perMinute: count < 2 || !(first < last) ? null : ((count - 1) * 60) / (last - first),
  };
};

const compareTexts = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

const byCount =
  (pairs: Pairs) =>
  (a: Counted, b: Counted): number =>
    b.count - a.count ||
    compareTexts(pairs.initiator(a.pair), pairs.initiator(b.pair)) ||
    compareTexts(pairs.responder(a.pair), pairs.responder(b.pair)) ||
    (pairs.port(a.pair) ?? -1) - (pairs.port(b.pair) ?? -1);

/** The first few in order, of many: kept sorted, so that most are turned away by one comparison. */
class Ranking {
  readonly #first: Counted[] = [];
  readonly #compare: (a: Counted, b: Counted) => number;
  readonly #places: ReturnType<typeof bisector<Counted, Counted>>;

  constructor(pairs: Pairs) {
    this.#compare = byCount(pairs);
    this.#places = bisector<Counted, Counted>(this.#compare);
  }

  add(counted: Counted): void {
    const last = this.#first[MOST_OPENERS - 1];
    if (last !== undefined && this.#compare(counted, last) > 0) return;
    this.#first.splice(this.#places.right(this.#first, counted), 0, counted);
    if (this.#first.length > MOST_OPENERS) this.#first.pop();
  }

  /** What has fewer is turned away. */
  get least(): number {
    return this.#first[MOST_OPENERS - 1]?.count ?? 0;
  }

  get first(): readonly Counted[] {
    return this.#first;
  }
}

/** How many pairs opened such connections, and the first of them, most first. */
export const rankOpeners = (
  ledger: Ledger,
  pairs: Pairs,
): { readonly openers: Opener[]; readonly count: number } => {
  const ranking = new Ranking(pairs);
  let all = 0;
  let openers = 0;
  for (const pair of pairs.withAtLeast(1, TRAIT.ranked)) {
    const count = pairs.countOf(pair, TRAIT.ranked);
    if (count === 0) continue;
    all += count;
    openers++;
    if (count >= ranking.least) ranking.add({ pair, count });
  }
  return { openers: ranking.first.map((each) => describe(ledger, pairs, each, all)), count: openers };
};
