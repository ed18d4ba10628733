/**
 * The engine: takes batches, keeps what they hold under their keys, and when the input has ended gives every
 * connection once, in an order that depends on the records alone. What the input teaches (services, VPCs of
 * interfaces, coverage) is complete before the first connection is judged (law 1).
 */
import { divide } from '../correlate/divide.ts';
import { type Key, KeyRecords, readKey } from '../correlate/key-records.ts';
import { Observers } from '../correlate/observers.ts';
import { KEY, NO_TIME, RecordStore } from '../correlate/record-store.ts';
import { partByScope, type Scope, VpcOfVantage } from '../correlate/scope.ts';
import { Coverage } from '../lifecycle/coverage.ts';
import { Services } from '../lifecycle/services.ts';
import type { Connection } from '../model/connection.ts';
import type { FlatRow } from '../model/flat-row.ts';
import { ACTION, HAS, IS_V6, KIND, type RecordBatch } from '../model/record-batch.ts';
import { VPC_FLAG_VALUES } from '../model/tcp-flags.ts';
import { AddressLegs } from '../path/gateways.ts';
import { writeIPv4 } from '../record/address.ts';
import { type Dictionaries, PROTOCOL } from '../record/scan-lines.ts';
import { describeConnection } from './describe.ts';
import { Judge, openingOf } from './judge.ts';
import { QuickJudge } from './quick-judge.ts';

export interface RebuildOptions {
  readonly scope: Scope;
  readonly observedOnly: boolean;
  readonly openSeconds: number;
}

/** What the engine counts while it takes records. */
export interface Tally {
  flows: number;
  exchanges: number;
  addressOnly: number;
  nodata: number;
  skipdata: number;
  duplicates: number;
  duplicateExchanges: number;
  accepted: number;
  rejected: number;
  oddFlags: number;
  tcpWithFlags: number;
  tcpWithoutFlags: number;
  first: number | null;
  last: number | null;
}

/** More distinct legs than people can read; beyond it legs are counted, not kept. */
const MOST_LEGS = 4096;

/** Tells connections of one key apart that have the same scope and opening. */
class Ordinals {
  #lastName = '';
  #lastOpening: number | null | undefined;
  #lastOrdinal = 0;
  #earlier: Map<string, number> | undefined;

  next(name: string, opening: number | null): number {
    if (this.#lastOpening === undefined) {
      this.#lastName = name;
      this.#lastOpening = opening;
      return 0;
    }
    // Most keys have one connection: only a second one makes the table.
    this.#earlier ??= new Map([[`${this.#lastName} ${this.#lastOpening}`, this.#lastOrdinal]]);
    const key = `${name} ${opening}`;
    const ordinal = (this.#earlier.get(key) ?? -1) + 1;
    this.#earlier.set(key, ordinal);
    return ordinal;
  }
}

export class Rebuild {
  readonly tally: Tally = {
    flows: 0,
    exchanges: 0,
    addressOnly: 0,
    nodata: 0,
    skipdata: 0,
    duplicates: 0,
    duplicateExchanges: 0,
    accepted: 0,
    rejected: 0,
    oddFlags: 0,
    tcpWithFlags: 0,
    tcpWithoutFlags: 0,
    first: null,
    last: null,
  };
  readonly legs = new AddressLegs(MOST_LEGS);
  readonly legFields = new Set<string>();
  readonly observers: Observers;
  readonly coverage = new Coverage();
  readonly #dictionaries: Dictionaries;
  readonly #options: RebuildOptions;
  readonly #store = new RecordStore();

  constructor(dictionaries: Dictionaries, options: RebuildOptions) {
    this.#dictionaries = dictionaries;
    this.#options = options;
    this.observers = new Observers(dictionaries.strings);
  }

  /** Takes every record of a batch. */
  add(batch: RecordBatch): void {
    const tally = this.tally;
    for (let row = 0; row < batch.count; row++) {
      const observer = this.observers.of(batch, row);
      this.coverage.add(batch, row, this.observers.vantages[observer] as number);
      switch (batch.kind[row]) {
        case KIND.nodata:
          tally.nodata++;
          break;
        case KIND.skipdata:
          tally.skipdata++;
          break;
        case KIND.addressOnly:
          tally.addressOnly++;
          this.#addLeg(batch, row, observer);
          break;
        default:
          this.#addFlow(batch, row, observer);
      }
    }
  }

  #addFlow(batch: RecordBatch, row: number, observer: number): void {
    const tally = this.tally;
    const present = batch.present[row] as number;
    tally.flows++;
    if (batch.protocol[row] === PROTOCOL.tcp) {
      if ((present & HAS.tcpFlags) === 0) tally.tcpWithoutFlags++;
      else {
        tally.tcpWithFlags++;
        if (!VPC_FLAG_VALUES.has(batch.tcpFlags[row] as number)) tally.oddFlags++;
      }
    } else tally.exchanges++;
    if (batch.action[row] === ACTION.accept) tally.accepted++;
    else if (batch.action[row] === ACTION.reject) tally.rejected++;
    const start = batch.start[row] as number;
    const end = batch.end[row] as number;
    if ((present & HAS.start) !== 0 && (tally.first === null || start < tally.first)) tally.first = start;
    if ((present & HAS.end) !== 0 && (tally.last === null || end > tally.last)) tally.last = end;
    this.#store.add(batch, row, observer);
  }

  #addLeg(batch: RecordBatch, row: number, observer: number): void {
    for (const name of batch.columns.names) this.legFields.add(name);
    const present = batch.present[row] as number;
    if ((present & HAS.srcAddr) === 0 || (present & HAS.dstAddr) === 0) return;
    const families = batch.families[row] as number;
    const text = (value: number | undefined, v6: number): string =>
      (families & v6) !== 0 ? this.#dictionaries.addresses.text(value as number) : writeIPv4(value as number);
    const { interfaceId, resourceId, instanceId } = this.observers.read(observer);
    this.legs.add({
      vantage: interfaceId ?? resourceId,
      instanceId,
      srcAddr: text(batch.srcAddr[row], IS_V6.src),
      dstAddr: text(batch.dstAddr[row], IS_V6.dst),
      pktSrcAddr: (present & HAS.pktSrcAddr) === 0 ? null : text(batch.fromAddr[row], IS_V6.from),
      pktDstAddr: (present & HAS.pktDstAddr) === 0 ? null : text(batch.toAddr[row], IS_V6.to),
      records: 1,
    });
  }

  /** Every connection and exchange, by the first second of its key. Call once, after the last batch. */
  *connections(): Generator<Connection> {
    for (const judge of this.judged(false)) yield describeConnection(judge);
  }

  /** The same in bulk form: one row, filled again for each. */
  *flatRows(): Generator<FlatRow> {
    for (const judge of this.judged(true)) yield judge.row;
  }

  /**
   * The same without texts: each is in the judge's row until the next is asked for.
   * @param mayBeQuick plain keys may be judged in one pass; the judge has no survey of their vantages then
   */
  *judged(mayBeQuick: boolean): Generator<Judge> {
    const store = this.#store;
    const services = new Services(store);
    const vpcs = new VpcOfVantage(this.observers);
    const keyRecords = new KeyRecords(store, this.observers);
    const { scope, openSeconds, observedOnly } = this.#options;
    const { observers, coverage } = this;
    const context = { observers, coverage, addresses: this.#dictionaries.addresses, observedOnly };
    const judge = new Judge(context);
    const quick = new QuickJudge(judge, context, store, scope, vpcs);
    for (const index of this.#keysInOrder()) {
      const { key, flipped } = readKey(store, index, this.#dictionaries.addresses);
      if (mayBeQuick && quick.judge(index, key, flipped)) {
        yield judge;
        continue;
      }
      keyRecords.load(index, flipped);
      this.tally.duplicates += keyRecords.duplicates;
      const isTcp = key.protocol === PROTOCOL.tcp;
      if (!isTcp) this.tally.duplicateExchanges += keyRecords.duplicates;
      const ends = () => [services.of(store, index, flipped), services.of(store, index, !flipped)] as const;
      const groups = partByScope(keyRecords.records, scope, this.observers, vpcs, this.#areUnique(key));
      const ordinals = new Ordinals();
      for (const { name, records } of groups) {
        for (const draft of divide(records, { isTcp, isV6: key.isV6, openSeconds })) {
          const ordinal = ordinals.next(name, openingOf(draft));
          judge.judge({ key, scopeName: name, draft, ends, ordinal });
          yield judge;
        }
      }
    }
  }

  /** IPv6 global unicast, 2000::/3 (RFC 4291 §2.4): no two networks use the same. Unique local ones are like 10/8. */
  #areUnique(key: Key): boolean {
    const isGlobal = (address: number): boolean =>
      ((this.#dictionaries.addresses.bytes(address)[0] as number) & 0xe0) === 0x20;
    return key.isV6 && isGlobal(key.addresses[0]) && isGlobal(key.addresses[1]);
  }

  /** Keys by their first second, equal ones by their ends: never by the order of arrival. */
  #keysInOrder(): Uint32Array {
    const store = this.#store;
    const count = store.keyCount;
    const order = this.#keysBySecond(count);
    let from = 0;
    while (from < count) {
      let to = from + 1;
      const first = store.key(order[from] as number, KEY.first);
      while (to < count && store.key(order[to] as number, KEY.first) === first) to++;
      if (to - from > 1) order.subarray(from, to).sort((a, b) => this.#compareKeys(a, b));
      from = to;
    }
    return order;
  }

  #keysBySecond(count: number): Uint32Array {
    const store = this.#store;
    const base = this.tally.first ?? 0;
    /** Seconds since the first record, from 1; keys without times come first. */
    const second = (key: number): number => {
      const first = store.key(key, KEY.first);
      return first === NO_TIME ? 0 : first - base + 1;
    };
    if ((this.tally.last ?? base) - base >= 2 ** 21) {
      return Uint32Array.from({ length: count }, (_, key) => key).sort((a, b) => second(a) - second(b));
    }
    // Second and index in one double of 52 bits: the numeric sort of typed arrays needs no comparator.
    const packed = new Float64Array(count);
    for (let key = 0; key < count; key++) packed[key] = second(key) * 2 ** 31 + key;
    return Uint32Array.from(packed.sort(), (value) => value % 2 ** 31);
  }

  #compareKeys(a: number, b: number): number {
    const book = this.#dictionaries.addresses;
    const left: Key = readKey(this.#store, a, book).key;
    const right: Key = readKey(this.#store, b, book).key;
    const address = (end: 0 | 1): number =>
      left.isV6
        ? book.compare(left.addresses[end], right.addresses[end])
        : left.addresses[end] - right.addresses[end];
    return (
      left.protocol - right.protocol ||
      Number(left.isV6) - Number(right.isV6) ||
      address(0) ||
      address(1) ||
      left.ports[0] - right.ports[0] ||
      left.ports[1] - right.ports[1]
    );
  }
}
