/**
 * Pairs of an initiator and a service, and the lines of each, in columns: there may be half as many pairs as
 * connections, and most rules turn most of them away. A pair is a number from 0.
 */
import type { OpenerIds } from './opener-ids.ts';

export type PairNumber = number;

/** A line's number among all. */
export type Line = number;

/** What there is in each group or pair, by its number: how many connections, and the traits that any of them has. */
interface Amounts {
  readonly counts: Int32Array;
  readonly anyTraits: Int32Array;
}

/** Numbers of pairs, one group behind the other, that share an initiator, or a service. */
export class PairGroups implements Iterable<Int32Array> {
  readonly #pairs: Int32Array;
  readonly #ends: Int32Array;
  readonly #amounts: Amounts;

  /**
   * @param of what there is in each pair
   * @param idOf what the pairs of a group share: a number below `ids`
   */
  constructor(of: Amounts, ids: number, idOf: (pair: PairNumber) => number) {
    const pairs = of.counts.length;
    const ends = new Int32Array(ids + 1);
    const [counts, anyTraits] = [new Int32Array(ids), new Int32Array(ids)];
    for (let pair = 0; pair < pairs; pair++) {
      const id = idOf(pair);
      (ends[id + 1] as number)++;
      (counts[id] as number) += of.counts[pair] as number;
      (anyTraits[id] as number) |= of.anyTraits[pair] as number;
    }
    for (let id = 0; id < ids; id++) (ends[id + 1] as number) += ends[id] as number;
    const places = ends.slice();
    this.#pairs = new Int32Array(pairs);
    for (let pair = 0; pair < pairs; pair++) this.#pairs[(places[idOf(pair)] as number)++] = pair;
    this.#ends = ends;
    this.#amounts = { counts, anyTraits };
  }

  /** Groups of one or more pairs. */
  [Symbol.iterator](): Generator<Int32Array> {
    return this.withAtLeast(1, 0);
  }

  /** Groups that have at least so many connections, and perhaps one with these traits. */
  *withAtLeast(least: number, traits: number): Generator<Int32Array> {
    const { counts, anyTraits } = this.#amounts;
    for (let id = 0; id < counts.length; id++)
      if ((counts[id] as number) >= least && ((anyTraits[id] as number) & traits) === traits)
        yield this.#pairs.subarray(this.#ends[id], this.#ends[id + 1]);
  }
}

/** Where the names of pairs are, and which pair each line belongs to. */
export interface PairSource {
  readonly ids: OpenerIds;
  /** By line. */
  readonly pairOf: Int32Array;
  readonly traits: Int32Array;
}

/** Words of a row. */
const ROW = 2;

export class Pairs {
  readonly byInitiator: PairGroups;
  readonly byService: PairGroups;
  readonly #source: PairSource;
  /** The lines of all pairs. */
  readonly #lines: Int32Array;
  /** By pair: where its lines begin, and the traits that any of them has. Together, so that they are fetched together. */
  readonly #rows: Int32Array;

  constructor(source: PairSource) {
    const { pairs, services, addresses } = source.ids;
    const counts = new Int32Array(pairs.size);
    const anyTraits = new Int32Array(pairs.size);
    for (let line = 0; line < source.pairOf.length; line++) {
      const pair = source.pairOf[line] as number;
      (counts[pair] as number)++;
      (anyTraits[pair] as number) |= source.traits[line] as number;
    }
    const rows = new Int32Array(ROW * (pairs.size + 1));
    const places = new Int32Array(pairs.size);
    let begin = 0;
    for (let pair = 0; pair < pairs.size; pair++) {
      rows[ROW * pair] = begin;
      rows[ROW * pair + 1] = anyTraits[pair] as number;
      places[pair] = begin;
      begin += counts[pair] as number;
    }
    rows[ROW * pairs.size] = begin;
    const lines = new Int32Array(begin);
    for (let line = 0; line < begin; line++)
      lines[(places[source.pairOf[line] as number] as number)++] = line;
    this.#source = source;
    this.#lines = lines;
    this.#rows = rows;
    const amounts = { counts, anyTraits };
    this.byInitiator = new PairGroups(amounts, addresses.size, (pair) => pairs.first(pair));
    this.byService = new PairGroups(amounts, services.size, (pair) => pairs.second(pair));
  }

  get size(): number {
    return this.#source.ids.pairs.size;
  }

  /** Pairs that have at least so many connections, and perhaps one with these traits. */
  *withAtLeast(least: number, traits: number): Generator<PairNumber> {
    for (let pair = 0; pair < this.size; pair++)
      if (this.count(pair) >= least && this.mayHold(pair, traits)) yield pair;
  }

  initiator(pair: PairNumber): string {
    return this.#source.ids.initiator(pair);
  }

  responder(pair: PairNumber): string {
    return this.#source.ids.responder(pair);
  }

  /** Equal for equal responders. */
  responderId(pair: PairNumber): number {
    return this.#source.ids.responderId(pair);
  }

  /** Null where the records have none. */
  port(pair: PairNumber): number | null {
    return this.#source.ids.port(pair);
  }

  #begin(pair: PairNumber): number {
    return this.#rows[ROW * pair] as number;
  }

  /** How many connections it has. */
  count(pair: PairNumber): number {
    return this.#begin(pair + 1) - this.#begin(pair);
  }

  /** The lines of its connections, in the order in which they came. */
  lines(pair: PairNumber): Int32Array {
    return this.#lines.subarray(this.#begin(pair), this.#begin(pair + 1));
  }

  /** Whether some of its connections have these traits: false is certain, and quick. */
  mayHold(pair: PairNumber, traits: number): boolean {
    return ((this.#rows[ROW * pair + 1] as number) & traits) === traits;
  }

  /** Whether one of its connections has all these traits. */
  holds(pair: PairNumber, traits: number): boolean {
    if (!this.mayHold(pair, traits)) return false;
    const all = this.#source.traits;
    const to = this.#begin(pair + 1);
    // What any of them has, the only one has.
    let i = this.#begin(pair);
    if (i + 1 === to) return true;
    while (i < to && ((all[this.#lines[i] as number] as number) & traits) !== traits) i++;
    return i < to;
  }

  /** Adds the lines of its connections that have all the needed traits and none of the excluded ones. */
  collect(pair: PairNumber, needed: number, excluded: number, into: Line[]): void {
    if (!this.mayHold(pair, needed)) return;
    const { traits } = this.#source;
    const to = this.#begin(pair + 1);
    for (let i = this.#begin(pair); i < to; i++) {
      const line = this.#lines[i] as number;
      if (((traits[line] as number) & (needed | excluded)) === needed) into.push(line);
    }
  }

  /** How many of its connections have all these traits. */
  countOf(pair: PairNumber, traits: number): number {
    if (!this.mayHold(pair, traits)) return 0;
    // What any of them has, the only one has.
    if (this.count(pair) === 1) return 1;
    const all = this.#source.traits;
    const [from, to] = [this.#begin(pair), this.#begin(pair + 1)];
    let count = 0;
    for (let i = from; i < to; i++)
      if (((all[this.#lines[i] as number] as number) & traits) === traits) count++;
    return count;
  }
}
