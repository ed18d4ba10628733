/**
 * What each vantage covers: from when to when it wrote, where it said that nothing happened (NODATA) and
 * where AWS lost records (SKIPDATA). Times before its first and after its last record are unknown, not silent.
 */
import { bisectRight } from 'd3-array';
import type { Observers } from '../correlate/observers.ts';
import { HAS, IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import type { VantageCoverage } from '../model/report.ts';
import type { Interner } from '../record/interner.ts';

interface Seen {
  readonly vantage: number;
  records: number;
  nodata: number;
  skipped: [number | null, number | null][];
  first: number;
  last: number;
  longest: number;
  rewrites: boolean;
  /** Addresses that may be the interface's own: those in every one of its records so far. */
  own: [number, number];
  anyOwn: boolean;
}

/** An interface's own address: a number (IPv4) or an id (IPv6). */
export interface OwnAddress {
  readonly address: number;
  readonly isV6: boolean;
}

/** Intervals without records, in the order of their starts. */
interface Gaps {
  readonly count: number;
  readonly starts: readonly number[];
  /** The latest end of this interval and all before it. */
  readonly latestEnd: readonly number[];
}

const NONE = 0xffffffff;

/** An address as one number: numbers of IPv4 addresses and ids of IPv6 ones must not be taken for each other. */
export const ownOf = (address: number, isV6: boolean): number =>
  address === NONE ? NONE : address + (isV6 ? FIRST_V6 : 0);
const FIRST_V6 = 2 ** 32;

/** What was seen of one vantage elsewhere; its silences are noted here. */
export type SeenElsewhere = Pick<
  Seen,
  'records' | 'first' | 'last' | 'longest' | 'rewrites' | 'own' | 'anyOwn'
>;

export class Coverage {
  /** By vantage: their ids are few and small. */
  readonly #byVantage: (Seen | undefined)[] = [];
  readonly #gaps = new Map<number, Gaps>();
  /** Whether AWS lost records anywhere (SKIPDATA). */
  hasGaps = false;

  /** Notes row `row`, written at `vantage`. */
  add(batch: RecordBatch, row: number, vantage: number): void {
    const seen = this.#of(vantage);
    const present = batch.present[row] as number;
    const start = batch.start[row] as number;
    const end = batch.end[row] as number;
    const kind = batch.kind[row] as number;
    if (kind === KIND.nodata || kind === KIND.skipdata) this.noteSilence(batch, row, vantage);
    else {
      seen.records++;
      this.#noteOwn(seen, batch, row, present);
    }
    if ((present & HAS.start) !== 0) seen.first = Math.min(seen.first, start);
    if ((present & HAS.end) !== 0) {
      seen.last = Math.max(seen.last, end);
      if ((present & HAS.start) !== 0) seen.longest = Math.max(seen.longest, end - start);
    }
  }

  /** Notes a row without records, NODATA or SKIPDATA, but not its times. */
  noteSilence(batch: RecordBatch, row: number, vantage: number): void {
    const seen = this.#of(vantage);
    if (batch.kind[row] === KIND.nodata) {
      seen.nodata++;
      return;
    }
    const present = batch.present[row] as number;
    this.hasGaps = true;
    seen.skipped.push([
      (present & HAS.start) !== 0 ? (batch.start[row] as number) : null,
      (present & HAS.end) !== 0 ? (batch.end[row] as number) : null,
    ]);
  }

  /** Takes over what was seen of a vantage elsewhere, before anything but silences was noted here. */
  adopt(vantage: number, seen: SeenElsewhere): void {
    Object.assign(this.#of(vantage), seen);
  }

  /** Takes over the intervals in which AWS lost records of a vantage. */
  adoptSkipped(vantage: number, skipped: readonly (readonly [number | null, number | null])[]): void {
    this.#gaps.delete(vantage);
    this.#of(vantage).skipped = skipped.map(([from, to]) => [from, to]);
    this.hasGaps ||= skipped.length > 0;
  }

  /** The address that all records of a vantage share, its own; null when two are left or none. */
  ownAddress(vantage: number): OwnAddress | null {
    const seen = this.#byVantage[vantage];
    if (seen === undefined) return null;
    const [a, b] = seen.own;
    if ((a === NONE) === (b === NONE)) return null;
    const own = a === NONE ? b : a;
    return own < FIRST_V6 ? { address: own, isV6: false } : { address: own - FIRST_V6, isV6: true };
  }

  /** The first second covered at a vantage, or null. */
  coveredFrom(vantage: number): number | null {
    const first = this.#byVantage[vantage]?.first ?? NONE;
    return first === NONE ? null : first;
  }

  /** Whether AWS lost records of this vantage at any time. */
  hasSkipped(vantage: number): boolean {
    return this.hasGaps && (this.#byVantage[vantage]?.skipped.length ?? 0) > 0;
  }

  /** Whether AWS lost records of this vantage between two times; null times touch everything. */
  hasGap(vantage: number, from: number | null, to: number | null): boolean {
    const seen = this.#byVantage[vantage];
    if (seen === undefined || seen.skipped.length === 0) return false;
    const gaps = this.#gapsOf(seen);
    const begun = to === null ? gaps.starts.length : bisectRight(gaps.starts, to);
    return begun > 0 && (from === null || from <= (gaps.latestEnd[begun - 1] as number));
  }

  /** The intervals in which records of a vantage were lost, to be looked through by halves. */
  #gapsOf(seen: Seen): Gaps {
    const known = this.#gaps.get(seen.vantage);
    if (known?.count === seen.skipped.length) return known;
    const sorted = seen.skipped
      .map(([start, end]) => [start ?? Number.NEGATIVE_INFINITY, end ?? Number.POSITIVE_INFINITY] as const)
      .sort(([a], [b]) => (a === b ? 0 : a - b));
    let latest = Number.NEGATIVE_INFINITY;
    const latestEnd = sorted.map(([, end]) => {
      latest = Math.max(latest, end);
      return latest;
    });
    const gaps = { count: sorted.length, starts: sorted.map(([start]) => start), latestEnd };
    this.#gaps.set(seen.vantage, gaps);
    return gaps;
  }

  /** One row a vantage, in the order of their names. */
  report(observers: Observers, strings: Interner): VantageCoverage[] {
    const vpcs = new Map<number, string>();
    for (let id = 0; id < observers.size; id++) {
      const { vpcId } = observers.read(id);
      const vantage = observers.vantages[id] as number;
      const known = vpcs.get(vantage);
      if (vpcId !== null && (known === undefined || vpcId < known)) vpcs.set(vantage, vpcId);
    }
    return this.#byVantage
      .filter((seen) => seen !== undefined)
      .map((seen) => ({
        vantage: seen.vantage === 0 ? null : strings.text(seen.vantage),
        vpcId: vpcs.get(seen.vantage) ?? null,
        records: seen.records,
        nodata: seen.nodata,
        skipped: [...seen.skipped].sort((a, b) => (a[0] ?? -1) - (b[0] ?? -1) || (a[1] ?? -1) - (b[1] ?? -1)),
        first: seen.first === NONE ? null : seen.first,
        last: seen.last < 0 ? null : seen.last,
        longestInterval: seen.longest < 0 ? null : seen.longest,
        rewrites: seen.rewrites,
      }))
      .sort((a, b) => ((a.vantage ?? '') < (b.vantage ?? '') ? -1 : 1));
  }

  #of(vantage: number): Seen {
    let seen = this.#byVantage[vantage];
    if (seen === undefined) {
      seen = {
        vantage,
        records: 0,
        nodata: 0,
        skipped: [],
        first: NONE,
        last: -1,
        longest: -1,
        rewrites: false,
        own: [NONE, NONE],
        anyOwn: false,
      };
      this.#byVantage[vantage] = seen;
    }
    return seen;
  }

  #noteOwn(seen: Seen, batch: RecordBatch, row: number, present: number): void {
    const both = HAS.srcAddr | HAS.dstAddr;
    if ((present & both) !== both) return;
    const families = batch.families[row] as number;
    const src = ownOf(batch.srcAddr[row] as number, (families & IS_V6.src) !== 0);
    const dst = ownOf(batch.dstAddr[row] as number, (families & IS_V6.dst) !== 0);
    const isV6 = (families & IS_V6.from) !== 0;
    if (
      src !== ownOf(batch.fromAddr[row] as number, isV6) ||
      dst !== ownOf(batch.toAddr[row] as number, isV6)
    )
      seen.rewrites = true;
    if (!seen.anyOwn) {
      seen.anyOwn = true;
      seen.own[0] = src;
      seen.own[1] = src === dst ? NONE : dst;
      return;
    }
    if (seen.own[0] !== src && seen.own[0] !== dst) seen.own[0] = NONE;
    if (seen.own[1] !== src && seen.own[1] !== dst) seen.own[1] = NONE;
  }
}
