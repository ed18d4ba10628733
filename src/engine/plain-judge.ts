/**
 * The plain path, which every key may take: its records in order, duplicates taken out, parted by scope,
 * divided into connections, each judged. The kernel has it as its specification.
 */
import { dividing } from '../correlate/divide.ts';
import { type Key, KeyRecords, partBySilence } from '../correlate/key-records.ts';
import { KEY, KEY_V6, type RecordStore } from '../correlate/record-store.ts';
import { partByScope, type Scope, type VpcOfVantage } from '../correlate/scope.ts';
import type { EndKnowledge, Lessons } from '../lifecycle/lessons.ts';
import type { Services } from '../lifecycle/services.ts';
import { writeIPv4 } from '../record/address.ts';
import { PROTOCOL } from '../record/scan-lines.ts';
import { type Judge, type JudgeContext, openingOf } from './judge.ts';

/** Tells connections of one key apart that have the same scope and opening. */
class Ordinals {
  /** The first connection: most keys have no other, and only a second one makes the table. */
  #first: { readonly name: string; readonly opening: number | null } | undefined;
  /** By scope, then by opening: a scope's name may be long. */
  #earlier: Map<string, Map<number | null, number>> | undefined;

  next(name: string, opening: number | null): number {
    if (this.#first === undefined) {
      this.#first = { name, opening };
      return 0;
    }
    this.#earlier ??= new Map([[this.#first.name, new Map([[this.#first.opening, 0]])]]);
    let ofScope = this.#earlier.get(name);
    if (ofScope === undefined) {
      ofScope = new Map();
      this.#earlier.set(name, ofScope);
    }
    const ordinal = (ofScope.get(opening) ?? -1) + 1;
    ofScope.set(opening, ordinal);
    return ordinal;
  }
}

/** What is counted beside the connections. */
export interface Duplicates {
  duplicates: number;
  duplicateExchanges: number;
}

export class PlainJudge {
  readonly #judge: Judge;
  readonly #context: JudgeContext;
  readonly #store: RecordStore;
  readonly #scope: Scope;
  readonly #openSeconds: number;
  readonly #vpcs: VpcOfVantage;
  readonly #tally: Duplicates;
  readonly #records: KeyRecords;
  readonly #lessons: Lessons | null;
  readonly #services: () => Services;

  /**
   * @param tally is told of what each key holds twice
   * @param lessons what is known from before, in the place of what the records teach
   * @param services asked only when it is needed: learning takes time
   */
  constructor(
    judge: Judge,
    context: JudgeContext,
    store: RecordStore,
    vpcs: VpcOfVantage,
    tally: Duplicates,
    options: { readonly scope: Scope; readonly openSeconds: number },
    lessons: Lessons | null,
    services: () => Services,
  ) {
    this.#lessons = lessons;
    this.#services = services;
    this.#judge = judge;
    this.#context = context;
    this.#store = store;
    this.#vpcs = vpcs;
    this.#tally = tally;
    this.#scope = options.scope;
    this.#openSeconds = options.openSeconds;
    this.#records = new KeyRecords(store, context.observers, context.addresses);
  }

  /**
   * Judges each connection of a key into the judge's row, which is the same object every time. Now and then it gives
   * undefined: a place to rest, as in model/in-steps.ts.
   */
  *judged(index: number, key: Key, flipped: boolean): Generator<Judge | undefined> {
    const keyRecords = this.#records;
    yield* keyRecords.loading(index, flipped);
    this.#tally.duplicates += keyRecords.duplicates;
    const isTcp = key.protocol === PROTOCOL.tcp;
    if (!isTcp) this.#tally.duplicateExchanges += keyRecords.duplicates;
    const ends = () => this.ends(index, flipped);
    const { observers } = this.#context;
    const ordinals = new Ordinals();
    const options = { isTcp, isV6: key.isV6, openSeconds: this.#openSeconds };
    const areUnique = this.#areUnique(key);
    for (const part of partBySilence(keyRecords.records, this.#openSeconds)) {
      for (const { name, records } of partByScope(part, this.#scope, observers, this.#vpcs, areUnique)) {
        for (const draft of yield* dividing(records, options)) {
          const ordinal = ordinals.next(name, openingOf(draft));
          this.#judge.judge({ key, scopeName: name, draft, ends, ordinal });
          yield this.#judge;
        }
      }
    }
  }

  /** What the input taught about the low and the high end of a key. */
  ends(index: number, flipped: boolean): readonly [EndKnowledge, EndKnowledge] {
    return [this.#knowledge(index, flipped), this.#knowledge(index, !flipped)];
  }

  #knowledge(index: number, isHigh: boolean): EndKnowledge {
    if (this.#lessons !== null) {
      const kind = this.#store.key(index, KEY.kind);
      const ports = this.#store.key(index, KEY.ports);
      const address = this.#store.key(index, isHigh ? KEY.high : KEY.low);
      const text = (kind & KEY_V6) !== 0 ? this.#context.addresses.text(address) : writeIPv4(address);
      return this.#lessons.end(text, isHigh ? ports & 0xffff : ports >>> 16, kind & 0xff);
    }
    return this.#services().of(this.#store, index, isHigh);
  }

  /** IPv6 global unicast, 2000::/3 (RFC 4291 §2.4): no two networks use the same. Unique local ones are like 10/8. */
  #areUnique(key: Key): boolean {
    const isGlobal = (address: number): boolean =>
      ((this.#context.addresses.bytes(address)[0] as number) & 0xe0) === 0x20;
    return key.isV6 && isGlobal(key.addresses[0]) && isGlobal(key.addresses[1]);
  }
}
