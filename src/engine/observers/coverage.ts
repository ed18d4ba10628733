/**
 * What each vantage covers: from when to when it wrote, where it said that nothing happened (NODATA) and
 * where AWS lost records (SKIPDATA). Times before its first and after its last record are unknown, not silent.
 */
import { HAS, KIND, type RecordBatch } from '../../model/record-batch.ts';
import type { VantageCoverage } from '../../model/report.ts';
import { grown } from '../../record/grown.ts';
import type { Interner } from '../../record/interner.ts';
import { Words } from '../../record/words.ts';
import type { Observers } from './observers.ts';
import { VpcOfVantage } from './scope.ts';
import type { ToldTwice } from './told-twice.ts';

/** An interface's own addresses: numbers (IPv4) and ids (IPv6). */
export interface OwnAddresses {
  readonly v4: readonly number[];
  readonly v6: readonly number[];
}
const NO_ADDRESSES: readonly number[] = [];

/** Intervals without records, in the order of their starts. */
interface Gaps {
  readonly count: number;
  readonly starts: readonly number[];
  /** The latest end of this interval and all before it. */
  readonly latestEnd: readonly number[];
}

export const NONE = 0xffffffff;

/** What was seen of one vantage elsewhere; its silences are noted here. -1 for no last second and no interval. */
export interface SeenElsewhere {
  readonly records: number;
  readonly first: number;
  readonly last: number;
  readonly longest: number;
  readonly rewrites: boolean;
  /** The interface's own addresses; they are not kept as they are given. */
  readonly own: OwnAddresses;
}

type Interval = readonly [from: number | null, to: number | null];

/** What was seen of one vantage, by its interned id; null for what is not known. */
export interface SeenOfVantage {
  readonly vantage: number;
  readonly vpcId: string | null;
  readonly records: number;
  readonly nodata: number;
  /** In time order. */
  readonly skipped: readonly Interval[];
  readonly first: number | null;
  readonly last: number | null;
  readonly longest: number | null;
  readonly rewrites: boolean;
}

// What is known of a vantage.
const IS_SEEN = 1;
const HAS_LAST = 2;
const HAS_LONGEST = 4;
const REWRITES = 8;
/** It has one address of its own of IPv4, and of IPv6. */
const ONE_V4 = 16;
const ONE_V6 = 32;
/** It has several of a family. */
const SEVERAL = 64;

/** Columns by vantage, whose ids are interned: there may be a million of them. */
class Columns {
  marks = new Uint8Array(64);
  readonly records = new Words();
  readonly nodata = new Words();
  readonly first = new Words();
  readonly last = new Words();
  readonly longest = new Words();
  /** An own address, where there is one of the family. */
  readonly v4 = new Words();
  readonly v6 = new Words();
  /** The own addresses of those that have several of a family: few have. */
  readonly several = new Map<number, OwnAddresses>();
  /** One behind the last vantage. */
  end = 0;

  /** Makes room for a vantage of which nothing was seen, if it is new. */
  see(vantage: number): void {
    if (vantage >= this.marks.length) this.marks = grown(this.marks, 2 ** Math.ceil(Math.log2(vantage + 1)));
    if (((this.marks[vantage] as number) & IS_SEEN) !== 0) return;
    this.marks[vantage] = IS_SEEN;
    this.first.put(vantage, NONE);
    this.end = Math.max(this.end, vantage + 1);
  }

  has(vantage: number, mark: number): boolean {
    return ((this.marks[vantage] ?? 0) & mark) !== 0;
  }

  mark(vantage: number, mark: number): void {
    this.marks[vantage] = (this.marks[vantage] as number) | mark;
  }

  ownOf(vantage: number): OwnAddresses {
    if (this.has(vantage, SEVERAL)) return this.several.get(vantage) as OwnAddresses;
    return {
      v4: this.has(vantage, ONE_V4) ? [this.v4.at(vantage)] : NO_ADDRESSES,
      v6: this.has(vantage, ONE_V6) ? [this.v6.at(vantage)] : NO_ADDRESSES,
    };
  }

  /** Puts the own addresses of a vantage, once. */
  putOwn(vantage: number, { v4, v6 }: OwnAddresses): void {
    if (v4.length > 1 || v6.length > 1) {
      this.several.set(vantage, { v4: [...v4], v6: [...v6] });
      this.mark(vantage, SEVERAL);
      return;
    }
    if (v4.length > 0) {
      this.v4.put(vantage, v4[0] as number);
      this.mark(vantage, ONE_V4);
    }
    if (v6.length > 0) {
      this.v6.put(vantage, v6[0] as number);
      this.mark(vantage, ONE_V6);
    }
  }
}

/** The VPC of records that name no interface: the first by name. */
const vpcOfNobody = (observers: Observers): string | null => {
  let first: string | null = null;
  for (let id = 0; id < observers.size; id++) {
    const vpc = observers.vpcOf(id);
    if (vpc === 0 || observers.vantageOf(id) !== 0) continue;
    const name = observers.strings.text(vpc);
    if (first === null || name < first) first = name;
  }
  return first;
};

export class Coverage {
  readonly #columns = new Columns();
  /** Intervals in which AWS lost records: seldom any. */
  readonly #skipped = new Map<number, Interval[]>();
  readonly #gaps = new Map<number, Gaps>();
  /** Whether AWS lost records anywhere (SKIPDATA). */
  hasGaps = false;

  /** Notes a row without records, NODATA or SKIPDATA, but not its times. */
  noteSilence(batch: RecordBatch, row: number, vantage: number): void {
    this.#columns.see(vantage);
    if (batch.kind[row] === KIND.nodata) {
      const { nodata } = this.#columns;
      nodata.put(vantage, nodata.at(vantage) + 1);
      return;
    }
    const present = batch.present[row] as number;
    this.hasGaps = true;
    const interval: Interval = [
      (present & HAS.start) !== 0 ? (batch.start[row] as number) : null,
      (present & HAS.end) !== 0 ? (batch.end[row] as number) : null,
    ];
    const known = this.#skipped.get(vantage);
    if (known === undefined) this.#skipped.set(vantage, [interval]);
    else known.push(interval);
  }

  /** Takes over what was seen of a vantage elsewhere, before anything but silences was noted here. */
  adopt(vantage: number, seen: SeenElsewhere): void {
    const columns = this.#columns;
    columns.see(vantage);
    columns.records.put(vantage, seen.records);
    columns.first.put(vantage, seen.first);
    columns.last.put(vantage, Math.max(0, seen.last));
    columns.longest.put(vantage, Math.max(0, seen.longest));
    columns.marks[vantage] =
      IS_SEEN |
      (seen.last < 0 ? 0 : HAS_LAST) |
      (seen.longest < 0 ? 0 : HAS_LONGEST) |
      (seen.rewrites ? REWRITES : 0);
    columns.putOwn(vantage, seen.own);
  }

  /** Takes over the intervals in which AWS lost records of a vantage. */
  adoptSkipped(vantage: number, skipped: readonly Interval[]): void {
    this.#gaps.delete(vantage);
    this.#columns.see(vantage);
    if (skipped.length > 0) this.#skipped.set(vantage, [...skipped]);
    else this.#skipped.delete(vantage);
    this.hasGaps ||= skipped.length > 0;
  }

  /** A vantage's own addresses, as far as they are known. */
  ownAddresses(vantage: number): OwnAddresses {
    return this.#columns.ownOf(vantage);
  }

  /** Seconds of the longest interval of a vantage, or null. */
  longestOf(vantage: number): number | null {
    return this.#columns.has(vantage, HAS_LONGEST) ? this.#columns.longest.at(vantage) : null;
  }

  /** The first second covered at a vantage, or null. */
  coveredFrom(vantage: number): number | null {
    const first = this.#columns.has(vantage, IS_SEEN) ? this.#columns.first.at(vantage) : NONE;
    return first === NONE ? null : first;
  }

  /** The vantages of which AWS lost records at any time, by number. */
  skippedVantages(): number[] {
    return [...this.#skipped.keys()].sort((a, b) => a - b);
  }

  /** Whether AWS lost records of this vantage at any time. */
  hasSkipped(vantage: number): boolean {
    return this.hasGaps && this.#skipped.has(vantage);
  }

  /** The intervals in which AWS lost records of a vantage, to be looked through by halves; null for none. */
  gaps(vantage: number): Gaps | null {
    const skipped = this.#skipped.get(vantage);
    if (skipped === undefined) return null;
    const known = this.#gaps.get(vantage);
    if (known?.count === skipped.length) return known;
    const sorted = skipped
      .map(([start, end]) => [start ?? Number.NEGATIVE_INFINITY, end ?? Number.POSITIVE_INFINITY] as const)
      .sort(([a], [b]) => (a === b ? 0 : a - b));
    let latest = Number.NEGATIVE_INFINITY;
    const latestEnd = sorted.map(([, end]) => {
      latest = Math.max(latest, end);
      return latest;
    });
    const gaps = { count: sorted.length, starts: sorted.map(([start]) => start), latestEnd };
    this.#gaps.set(vantage, gaps);
    return gaps;
  }

  /** What was seen of each vantage, in the order of their names. */
  *seen(observers: Observers): Generator<SeenOfVantage> {
    const columns = this.#columns;
    const { strings } = observers;
    const vpcs = new VpcOfVantage(observers);
    const ranks = strings.ranks();
    const all = new Uint32Array(columns.end).map((_, vantage) => vantage);
    const inOrder = all
      .filter((vantage) => columns.has(vantage, IS_SEEN))
      .sort((a, b) => (ranks[a] as number) - (ranks[b] as number));
    for (const vantage of inOrder)
      yield {
        vantage,
        vpcId: vantage === 0 ? vpcOfNobody(observers) : vpcs.at(vantage),
        records: columns.records.at(vantage),
        nodata: columns.nodata.at(vantage),
        skipped: [...(this.#skipped.get(vantage) ?? [])].sort(
          (a, b) => (a[0] ?? -1) - (b[0] ?? -1) || (a[1] ?? -1) - (b[1] ?? -1),
        ),
        first: this.coveredFrom(vantage),
        last: columns.has(vantage, HAS_LAST) ? columns.last.at(vantage) : null,
        longest: this.longestOf(vantage),
        rewrites: columns.has(vantage, REWRITES),
      };
  }

  /** One row a vantage, in the order of their names. */
  report(observers: Observers, strings: Interner, toldTwice: ToldTwice): VantageCoverage[] {
    return Array.from(this.seen(observers), ({ vantage, vpcId, longest, ...seen }) => ({
      vantage: vantage === 0 ? null : strings.text(vantage),
      vpcId,
      records: seen.records,
      nodata: seen.nodata,
      skipped: seen.skipped,
      first: seen.first,
      last: seen.last,
      longestInterval: longest,
      toldTwice: toldTwice.at(vantage, longest),
      rewrites: seen.rewrites,
    }));
  }
}
