/**
 * One line a connection, in columns: who opened to which service, when, how much, and its traits. No connection
 * is kept, only about 54 bytes of each (its uid among them) and as many of each pair of an initiator and a service.
 */
import { INITIATOR_BASES } from '../model/connection.ts';
import type { Outline } from '../model/outline.ts';
import { bytesOf } from './distributions.ts';
import { GrowingNumbers } from './growing-numbers.ts';
import { OpenerIds } from './opener-ids.ts';
import { type Line, type PairNumber, Pairs } from './pairs.ts';
import { markScanning, type Spanned, settle, staysAsItIs, TRAIT, type Whole } from './traits.ts';
import { UidColumn } from './uid-column.ts';

/** What is claimed of an initiator that was inferred is kept in these parts of one. */
const PARTS = 1000;

const fromNumber = (value: number): number | null => (Number.isNaN(value) ? null : value);

export class Ledger {
  readonly #ids: OpenerIds;
  readonly #pairs = new GrowingNumbers(Int32Array);
  readonly #traits = new GrowingNumbers(Int32Array);
  /** Of an inferred initiator; 0 for others. */
  readonly #claims = new GrowingNumbers(Uint16Array);
  /** Of initiators; 0 where there are none. */
  readonly #ports = new GrowingNumbers(Uint16Array);
  readonly #opened = new GrowingNumbers(Float64Array);
  readonly #ended = new GrowingNumbers(Float64Array);
  readonly #bytes = new GrowingNumbers(Float64Array);
  readonly #uids = new UidColumn();
  /** Of what was cut off, which is rare: for the longest silence, once the interval is known. */
  readonly #spans = new Map<Line, Spanned>();

  /** @param ids may be shared with other counts */
  constructor(ids: OpenerIds = new OpenerIds()) {
    this.#ids = ids;
  }

  add(connection: Outline, traits: number, pair = this.#ids.of(connection)): void {
    const { firstSeen, lastSeen, openedAt, windows, initiator, initiatorBasis, initiatorConfidence } =
      connection;
    const isInferred = INITIATOR_BASES[initiatorBasis].kind === 'inferred';
    const line = this.#uids.count;
    this.#pairs.push(pair);
    this.#traits.push(traits);
    this.#claims.push(isInferred ? Math.round(initiatorConfidence * PARTS) : 0);
    this.#ports.push(initiator.port ?? 0);
    this.#opened.push(openedAt ?? firstSeen ?? Number.NaN);
    this.#ended.push(lastSeen ?? Number.NaN);
    this.#bytes.push(bytesOf(connection) ?? Number.NaN);
    this.#uids.push(connection);
    if ((traits & TRAIT.cutOff) !== 0) this.#spans.set(line, { firstSeen, lastSeen, windows });
  }

  get size(): number {
    return this.#uids.count;
  }

  traits(line: Line): number {
    return this.#traits.at(line);
  }

  /** How sure it is who opened it, where that is inferred; null where it is observed, or unknown. */
  claimed(line: Line): number | null {
    const claim = this.#claims.at(line);
    return claim === 0 ? null : claim / PARTS;
  }

  /** The initiator's; 0 where it has none. */
  initiatorPort(line: Line): number {
    return this.#ports.at(line);
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
    return this.#uids.at(line);
  }

  /** Below 0 where the first comes before the second. */
  compareUids(a: Line, b: Line): number {
    return this.#uids.compare(a, b);
  }

  /** Of what was cut off. */
  span(line: Line): Spanned | null {
    return this.#spans.get(line) ?? null;
  }

  /** Lays on what only the whole input tells. */
  settle(whole: Whole): void {
    const all = this.#traits.values;
    for (let line = 0; line < all.length; line++) {
      const traits = all[line] as number;
      if (!staysAsItIs(traits, whole)) all[line] = settle(traits, this.span(line), whole);
    }
  }

  /** Marks the attempts in vain of scanners. */
  markScanning(pairs: Pairs, scanners: ReadonlySet<string>): void {
    if (scanners.size === 0) return;
    for (const group of pairs.byInitiator) {
      if (!scanners.has(pairs.initiator(group[0] as PairNumber))) continue;
      for (const pair of group)
        for (const line of pairs.lines(pair)) this.#traits.put(line, markScanning(this.traits(line)));
    }
  }

  /** All pairs with their lines, once the lines are settled. */
  pairs(): Pairs {
    return new Pairs({ ids: this.#ids, pairOf: this.#pairs.values, traits: this.#traits.values });
  }
}
