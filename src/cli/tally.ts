/**
 * What a run's connections amount to: counts by state, protocol, evidence, upshot and verdict, taken one by one as
 * they pass. It keeps no connection.
 */
import type { CountedRow } from '../engine/kernel/line-speller.ts';
import {
  CONNECTION_STATES,
  type Connection,
  type ConnectionState,
  type EvidenceKind,
  INITIATOR_BASES,
  type Verdict,
} from '../model/connection.ts';
import type { Outline } from '../model/outline.ts';
import { noUpshots, type Upshot, upshotOf } from '../model/upshots.ts';

export class Tally {
  readonly states = new Map<ConnectionState, number>();
  /** Other protocols than TCP, by name. */
  readonly exchanges = new Map<string, number>();
  readonly evidence: Record<EvidenceKind, number> = { observed: 0, inferred: 0, unknown: 0 };
  readonly upshots = noUpshots();
  readonly verdicts = new Map<Verdict, number>();
  readonly marks = { hasGap: 0, mayHideReuse: 0, contradicted: 0 };
  /** Connections that the filters left out, and those of them left out for having no times. */
  hidden = 0;
  hiddenWithoutTimes = 0;
  shown = 0;

  add(connection: Outline): void {
    this.#count(connection, upshotOf(connection), 1);
  }

  /** Takes connections that are alike in what is counted. */
  addAlike(row: CountedRow, times: number): void {
    this.#count(row, row.upshot, times);
  }

  #count(connection: Omit<CountedRow, 'upshot'>, upshot: Upshot, times: number): void {
    const { state, protocol, verdict, initiatorBasis } = connection;
    this.shown += times;
    if (state === null) this.exchanges.set(protocol, (this.exchanges.get(protocol) ?? 0) + times);
    else this.states.set(state, (this.states.get(state) ?? 0) + times);
    this.evidence[INITIATOR_BASES[initiatorBasis].kind] += times;
    this.upshots[upshot] += times;
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + times);
    if (connection.hasGap) this.marks.hasGap += times;
    if (connection.mayHideReuse) this.marks.mayHideReuse += times;
    if (connection.contradicted) this.marks.contradicted += times;
  }

  /** A connection that the filters left out. */
  hide(connection: Pick<Connection, 'firstSeen'>, byTime: boolean): void {
    this.hidden++;
    if (byTime && connection.firstSeen === null) this.hiddenWithoutTimes++;
  }

  /** TCP connections shown. */
  get connections(): number {
    return this.shown - this.otherProtocols;
  }

  /** Exchanges shown. */
  get otherProtocols(): number {
    let sum = 0;
    for (const count of this.exchanges.values()) sum += count;
    return sum;
  }

  /** States that occur, in the order of the model. */
  stateCounts(): readonly (readonly [ConnectionState, number])[] {
    return (Object.keys(CONNECTION_STATES) as ConnectionState[])
      .map((state) => [state, this.states.get(state) ?? 0] as const)
      .filter(([, count]) => count > 0);
  }

  /** Protocols of exchanges that occur, the most frequent first. */
  exchangeCounts(): readonly (readonly [string, number])[] {
    return [...this.exchanges].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  }
}
