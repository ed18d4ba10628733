/**
 * One line a connection, in columns: who opened to which service, when, how much, and its traits. No connection
 * is kept, only about 90 bytes of each (its uid among them) and 200 of each pair of an initiator and a service.
 */
import type { Connection } from '../model/connection.ts';
import { bytesOf } from './distributions.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { markScanning, type Spanned, settle, TRAIT, type Whole } from './traits.ts';

/** An initiator and the service that it opened connections to. */
export interface Pair {
  readonly initiator: string;
  readonly responder: string;
  /** Null where the records have none. */
  readonly port: number | null;
  /** Equal for equal initiators. */
  readonly initiatorId: number;
  /** Equal for equal responders and ports. */
  readonly serviceId: number;
  /** The lines of its connections, in the order in which they came. */
  readonly lines: Int32Array;
  /** The traits that any of them has. */
  readonly anyTraits: number;
}

type PairName = Omit<Pair, 'lines' | 'anyTraits'>;

/** Gives equal numbers ids without gaps, so that two of them go into one number again. */
class Ids<T> {
  readonly #ids = new Map<T, number>();

  of(name: T): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(name, id);
    return id;
  }
}

/** More ids than memory has room for; two of them fit the 53 bits of a whole number. */
const MOST_IDS = 2 ** 26;
/** Ports, and one number more for none. */
const PORTS = 65_537;

/** A line's number among all. */
export type Line = number;

const fromNumber = (value: number): number | null => (Number.isNaN(value) ? null : value);

export class Ledger {
  readonly #addresses = new Ids<string>();
  readonly #services = new Ids<number>();
  readonly #pairIds = new Ids<number>();
  readonly #names: PairName[] = [];
  readonly #pairs = new GrowingNumbers();
  readonly #traits = new GrowingNumbers();
  readonly #opened = new GrowingNumbers();
  readonly #ended = new GrowingNumbers();
  readonly #bytes = new GrowingNumbers();
  readonly #uids: string[] = [];
  /** Of what was cut off, which is rare: for the longest silence, once the interval is known. */
  readonly #spans = new Map<Line, Spanned>();

  add(connection: Connection, traits: number): void {
    const { firstSeen, lastSeen, openedAt, windows } = connection;
    const line = this.#uids.length;
    this.#pairs.push(this.#pairOf(connection));
    this.#traits.push(traits);
    this.#opened.push(openedAt ?? firstSeen ?? Number.NaN);
    this.#ended.push(lastSeen ?? Number.NaN);
    this.#bytes.push(bytesOf(connection) ?? Number.NaN);
    this.#uids.push(connection.uid);
    if ((traits & TRAIT.cutOff) !== 0) this.#spans.set(line, { firstSeen, lastSeen, windows });
  }

  #pairOf({ initiator, responder }: Connection): number {
    const initiatorId = this.#addresses.of(initiator.address);
    const responderId = this.#addresses.of(responder.address);
    const serviceId = this.#services.of(responderId * PORTS + (responder.port ?? PORTS - 1));
    const id = this.#pairIds.of(initiatorId * MOST_IDS + serviceId);
    if (id === this.#names.length) {
      this.#names.push({
        initiator: initiator.address,
        responder: responder.address,
        port: responder.port,
        initiatorId,
        serviceId,
      });
    }
    return id;
  }

  get size(): number {
    return this.#uids.length;
  }

  traits(line: Line): number {
    return this.#traits.at(line);
  }

  /** Unix seconds of the opening, or of the first record where that is not in the log. */
  opened(line: Line): number | null {
    return fromNumber(this.#opened.at(line));
  }

  ended(line: Line): number | null {
    return fromNumber(this.#ended.at(line));
  }

  bytes(line: Line): number | null {
    return fromNumber(this.#bytes.at(line));
  }

  uid(line: Line): string {
    return this.#uids[line] as string;
  }

  /** Of what was cut off. */
  span(line: Line): Spanned | null {
    return this.#spans.get(line) ?? null;
  }

  /** Lays on what only the whole input tells. */
  settle(whole: Whole): void {
    for (let line = 0; line < this.size; line++) {
      const traits = this.traits(line);
      this.#traits.set(line, settle(traits, (traits & TRAIT.cutOff) === 0 ? null : this.span(line), whole));
    }
  }

  /** Marks the attempts in vain of scanners. */
  markScanning(pairs: readonly Pair[], scanners: ReadonlySet<string>): void {
    if (scanners.size === 0) return;
    for (const { initiator, lines } of pairs) {
      if (!scanners.has(initiator)) continue;
      for (const line of lines) this.#traits.set(line, markScanning(this.traits(line)));
    }
  }

  /** All pairs with their lines, once the lines are settled. */
  pairs(): Pair[] {
    const ends = new Int32Array(this.#names.length + 1);
    for (let line = 0; line < this.size; line++) (ends[this.#pairs.at(line) + 1] as number)++;
    for (let i = 1; i < ends.length; i++) ends[i] = (ends[i] as number) + (ends[i - 1] as number);
    const places = ends.slice();
    const lines = new Int32Array(this.size);
    for (let line = 0; line < this.size; line++) {
      const pair = this.#pairs.at(line);
      lines[(places[pair] as number)++] = line;
    }
    return this.#names.map((name, i) => {
      const own = lines.subarray(ends[i], ends[i + 1]);
      return { ...name, lines: own, anyTraits: own.reduce((any, line) => any | this.traits(line), 0) };
    });
  }
}
