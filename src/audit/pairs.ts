/**
 * Pairs of an initiator and a service, and the lines of each, in columns: there may be half as many pairs as
 * connections, and most rules turn most of them away. A pair is a number from 0.
 */
import type { AddressIds } from './address-ids.ts';
import type { PairIds } from './pair-ids.ts';

export type PairNumber = number;

/** A line's number among all. */
export type Line = number;

/** In the place of a port, where the records have none. */
export const NO_PORT = -1;

/** Numbers of pairs, one group behind the other, that share an initiator, or a service. */
export class PairGroups implements Iterable<Int32Array> {
  readonly #pairs: Int32Array;
  readonly #ends: Int32Array;

  /** @param idOf what the pairs of a group share: a number below `ids` */
  constructor(pairs: number, ids: number, idOf: (pair: PairNumber) => number) {
    const ends = new Int32Array(ids + 1);
    for (let pair = 0; pair < pairs; pair++) (ends[idOf(pair) + 1] as number)++;
    for (let id = 0; id < ids; id++) (ends[id + 1] as number) += ends[id] as number;
    const places = ends.slice();
    this.#pairs = new Int32Array(pairs);
    for (let pair = 0; pair < pairs; pair++) this.#pairs[(places[idOf(pair)] as number)++] = pair;
    this.#ends = ends;
  }

  /** Groups of one or more pairs. */
  *[Symbol.iterator](): Generator<Int32Array> {
    for (let id = 0; id + 1 < this.#ends.length; id++) {
      const [from, to] = [this.#ends[id] as number, this.#ends[id + 1] as number];
      if (from < to) yield this.#pairs.subarray(from, to);
    }
  }
}

/** Where the names of pairs are, and which pair each line belongs to. */
export interface PairSource {
  readonly addresses: AddressIds;
  /** Of responders and ports. */
  readonly services: PairIds;
  /** Of initiators and services. */
  readonly pairs: PairIds;
  /** By line. */
  readonly pairOf: Int32Array;
  readonly traits: Uint16Array;
}

export class Pairs {
  readonly byInitiator: PairGroups;
  readonly byService: PairGroups;
  readonly #source: PairSource;
  /** The lines of all pairs, and where those of each begin. */
  readonly #lines: Int32Array;
  readonly #begins: Int32Array;
  readonly #anyTraits: Int32Array;

  constructor(source: PairSource) {
    const { pairs, services, addresses } = source;
    const begins = new Int32Array(pairs.size + 1);
    for (const pair of source.pairOf) (begins[pair + 1] as number)++;
    for (let pair = 0; pair < pairs.size; pair++) (begins[pair + 1] as number) += begins[pair] as number;
    const places = begins.slice();
    const lines = new Int32Array(source.pairOf.length);
    const anyTraits = new Int32Array(pairs.size);
    for (let line = 0; line < lines.length; line++) {
      const pair = source.pairOf[line] as number;
      lines[(places[pair] as number)++] = line;
      (anyTraits[pair] as number) |= source.traits[line] as number;
    }
    this.#source = source;
    this.#lines = lines;
    this.#begins = begins;
    this.#anyTraits = anyTraits;
    this.byInitiator = new PairGroups(pairs.size, addresses.size, (pair) => pairs.first(pair));
    this.byService = new PairGroups(pairs.size, services.size, (pair) => pairs.second(pair));
  }

  get size(): number {
    return this.#anyTraits.length;
  }

  /** Pairs that have at least so many connections, and perhaps one with these traits. */
  *withAtLeast(least: number, traits: number): Generator<PairNumber> {
    for (let pair = 0; pair < this.size; pair++)
      if (this.count(pair) >= least && this.mayHold(pair, traits)) yield pair;
  }

  initiator(pair: PairNumber): string {
    const { addresses, pairs } = this.#source;
    return addresses.address(pairs.first(pair));
  }

  responder(pair: PairNumber): string {
    return this.#source.addresses.address(this.responderId(pair));
  }

  /** Equal for equal responders. */
  responderId(pair: PairNumber): number {
    const { services, pairs } = this.#source;
    return services.first(pairs.second(pair));
  }

  /** Null where the records have none. */
  port(pair: PairNumber): number | null {
    const { services, pairs } = this.#source;
    const port = services.second(pairs.second(pair));
    return port === NO_PORT ? null : port;
  }

  /** How many connections it has. */
  count(pair: PairNumber): number {
    return (this.#begins[pair + 1] as number) - (this.#begins[pair] as number);
  }

  /** The lines of its connections, in the order in which they came. */
  lines(pair: PairNumber): Int32Array {
    return this.#lines.subarray(this.#begins[pair], this.#begins[pair + 1]);
  }

  /** Whether some of its connections have these traits: false is certain, and quick. */
  mayHold(pair: PairNumber, traits: number): boolean {
    return ((this.#anyTraits[pair] as number) & traits) === traits;
  }

  /** Whether one of its connections has all these traits. */
  holds(pair: PairNumber, traits: number): boolean {
    return this.countOf(pair, traits) > 0;
  }

  /** Adds the lines of its connections that have all the needed traits and none of the excluded ones. */
  collect(pair: PairNumber, needed: number, excluded: number, into: Line[]): void {
    if (!this.mayHold(pair, needed)) return;
    const { traits } = this.#source;
    const to = this.#begins[pair + 1] as number;
    for (let i = this.#begins[pair] as number; i < to; i++) {
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
    const [from, to] = [this.#begins[pair] as number, this.#begins[pair + 1] as number];
    let count = 0;
    for (let i = from; i < to; i++)
      if (((all[this.#lines[i] as number] as number) & traits) === traits) count++;
    return count;
  }
}
