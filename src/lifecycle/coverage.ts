/**
 * What each vantage covers: from when to when it wrote, where it said that nothing happened (NODATA) and
 * where AWS lost records (SKIPDATA). Times before its first and after its last record are unknown, not silent.
 */
import type { Observers } from '../correlate/observers.ts';
import { HAS, KIND, type RecordBatch } from '../model/record-batch.ts';
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

const NONE = 0xffffffff;

export class Coverage {
  /** By vantage: their ids are few and small. */
  readonly #byVantage: (Seen | undefined)[] = [];
  /** Whether AWS lost records anywhere (SKIPDATA). */
  hasGaps = false;
  #lastVantage = -1;
  #lastSeen: Seen | undefined;

  /** Notes row `row`, written at `vantage`. */
  add(batch: RecordBatch, row: number, vantage: number): void {
    const seen =
      vantage === this.#lastVantage && this.#lastSeen !== undefined ? this.#lastSeen : this.#of(vantage);
    this.#lastVantage = vantage;
    this.#lastSeen = seen;
    const present = batch.present[row] as number;
    const start = batch.start[row] as number;
    const end = batch.end[row] as number;
    const kind = batch.kind[row] as number;
    if (kind === KIND.nodata) seen.nodata++;
    else if (kind === KIND.skipdata) {
      this.hasGaps = true;
      seen.skipped.push([(present & HAS.start) !== 0 ? start : null, (present & HAS.end) !== 0 ? end : null]);
    } else {
      seen.records++;
      this.#noteOwn(seen, batch, row, present);
    }
    if ((present & HAS.start) !== 0 && start < seen.first) seen.first = start;
    if ((present & HAS.end) !== 0) {
      if (end > seen.last) seen.last = end;
      if ((present & HAS.start) !== 0 && end - start > seen.longest) seen.longest = end - start;
    }
  }

  /** The address that all records of a vantage share, its own; null when two are left or none. */
  ownAddress(vantage: number): number | null {
    const seen = this.#byVantage[vantage];
    if (seen === undefined || !seen.anyOwn) return null;
    const [a, b] = seen.own;
    if (a === NONE) return b === NONE ? null : b;
    return b === NONE ? a : null;
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
    const skipped = this.#byVantage[vantage]?.skipped;
    if (skipped === undefined || skipped.length === 0) return false;
    return skipped.some(
      ([start, end]) =>
        (start === null || to === null || start <= to) && (end === null || from === null || from <= end),
    );
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
    const src = batch.srcAddr[row] as number;
    const dst = batch.dstAddr[row] as number;
    if (src !== batch.fromAddr[row] || dst !== batch.toAddr[row]) seen.rewrites = true;
    if (!seen.anyOwn) {
      seen.anyOwn = true;
      seen.own[0] = src;
      seen.own[1] = dst;
      return;
    }
    if (seen.own[0] !== src && seen.own[0] !== dst) seen.own[0] = NONE;
    if (seen.own[1] !== src && seen.own[1] !== dst) seen.own[1] = NONE;
  }
}
