/**
 * Who wrote a record. An observer is one combination of interface, resource, VPC, subnet, instance and
 * account as the records name them; a vantage is an interface, or the resource that stands in its place.
 * One vantage may appear as several observers (formats with fewer fields, an instance that was replaced).
 */
import type { RecordBatch } from '../../model/record-batch.ts';
import { released } from '../../record/grown.ts';
import type { Interner } from '../../record/interner.ts';
import { Words } from '../../record/words.ts';
import { Tuples } from './tuples.ts';

const IDS = 6;

export interface Observer {
  readonly interfaceId: string | null;
  readonly resourceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly accountId: string | null;
}

/** Observers that are kept as objects, a power of two: see Interner. */
const KEPT = 4096;

/** The hash of six identifiers. */
const hashOf = (a: number, b: number, c: number, d: number, e: number, f: number): number => {
  let hash = Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 37), 0x85ebca6b);
  hash = Math.imul(hash ^ Math.imul(e, 0xc2b2ae35) ^ f, 0x27d4eb2f);
  return hash ^ (hash >>> 15);
};

export class Observers {
  readonly #strings: Interner;
  // What observers name, as interned: interface and resource, and the number of what comes behind, the same for many.
  readonly #interfaces = new Words();
  readonly #resources = new Words();
  readonly #rests = new Words();
  /** VPC, subnet, instance and account. */
  readonly #restTuples = new Tuples(IDS - 2);
  #count = 0;
  #places = new Uint32Array(0);
  #slots = new Uint32Array(0);
  #last = -1;
  readonly #read = new Array<Observer | undefined>(KEPT).fill(undefined);
  readonly #readIds = new Int32Array(KEPT).fill(-1);

  constructor(strings: Interner) {
    this.#strings = strings;
  }

  get size(): number {
    return this.#count;
  }

  /** The vantage of an observer: an interned id, 0 when the format names none. */
  vantageOf(id: number): number {
    return this.#idAt(0, id) || this.#idAt(1, id);
  }

  /** Whether it names an interface. */
  hasInterface(id: number): boolean {
    return this.#idAt(0, id) !== 0;
  }

  // What an observer names, as interned; 0 for none.
  resourceOf(id: number): number {
    return this.#idAt(1, id);
  }
  vpcOf(id: number): number {
    return this.#idAt(2, id);
  }
  subnetOf(id: number): number {
    return this.#idAt(3, id);
  }
  instanceOf(id: number): number {
    return this.#idAt(4, id);
  }
  accountOf(id: number): number {
    return this.#idAt(5, id);
  }

  /** The number of what an observer names besides interface and resource: counted from 0, in the order of observers. */
  restOf(id: number): number {
    return this.#rests.at(id);
  }

  /** Where what is interned becomes text. */
  get strings(): Interner {
    return this.#strings;
  }

  /** Makes the writer of a row of a batch the next observer: whoever says so knows that it is none of those before. */
  append(batch: RecordBatch, row: number): number {
    const { interfaceId, resourceId, vpcId, subnetId, instanceId, accountId } = batch;
    // What finding observers takes is made when one is looked for.
    this.rest();
    return this.#put(
      interfaceId[row] as number,
      resourceId[row] as number,
      vpcId[row] as number,
      subnetId[row] as number,
      instanceId[row] as number,
      accountId[row] as number,
    );
  }

  /** The observer that wrote a row of a batch. */
  of(batch: RecordBatch, row: number): number {
    const a = batch.interfaceId[row] as number;
    const b = batch.resourceId[row] as number;
    const c = batch.vpcId[row] as number;
    const d = batch.subnetId[row] as number;
    const e = batch.instanceId[row] as number;
    const f = batch.accountId[row] as number;
    if (this.#last >= 0 && this.#is(this.#last, a, b, c, d, e, f)) return this.#last;
    if (this.#slots.length === 0) this.#placeAll(2 ** Math.ceil(Math.log2(this.#count * 2 + 256)));
    const mask = this.#slots.length - 1;
    let slot = hashOf(a, b, c, d, e, f) & mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === 0) break;
      if (this.#is(at - 1, a, b, c, d, e, f)) {
        this.#last = at - 1;
        return at - 1;
      }
      slot = (slot + 1) & mask;
    }
    const id = this.#put(a, b, c, d, e, f);
    this.#slots[slot] = id + 1;
    if (this.#count * 2 > this.#slots.length) this.#placeAll(this.#slots.length * 2);
    this.#last = id;
    return id;
  }

  #put(a: number, b: number, c: number, d: number, e: number, f: number): number {
    const id = this.#count++;
    if (a !== 0) this.#interfaces.put(id, a);
    if (b !== 0) this.#resources.put(id, b);
    this.#rests.put(id, this.#restNumber(id, c, d, e, f));
    return id;
  }

  /** Mostly that of the observer before. */
  #restNumber(id: number, c: number, d: number, e: number, f: number): number {
    if (id > 0) {
      const tuples = this.#restTuples;
      const before = this.#rests.at(id - 1);
      const isSame =
        tuples.at(before, 0) === c &&
        tuples.at(before, 1) === d &&
        tuples.at(before, 2) === e &&
        tuples.at(before, 3) === f;
      if (isSame) return before;
    }
    return this.#restTuples.of(c, d, e, f);
  }

  /** The identifiers of an observer as text. */
  read(id: number): Observer {
    const slot = id & (KEPT - 1);
    if (this.#readIds[slot] === id) return this.#read[slot] as Observer;
    const text = (column: number): string | null => {
      const value = this.#idAt(column, id);
      return value === 0 ? null : this.#strings.text(value);
    };
    const observer = {
      interfaceId: text(0),
      resourceId: text(1),
      vpcId: text(2),
      subnetId: text(3),
      instanceId: text(4),
      accountId: text(5),
    };
    this.#read[slot] = observer;
    this.#readIds[slot] = id;
    return observer;
  }

  /** Order of two observers by their text, so that no result depends on the order of arrival. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    for (let column = 0; column < IDS; column++) {
      const left = this.#idAt(column, a);
      const right = this.#idAt(column, b);
      if (left === right) continue;
      const [l, r] = [this.#strings.text(left), this.#strings.text(right)];
      if (l !== r) return l < r ? -1 : 1;
    }
    return 0;
  }

  /** The place of every observer in the order of {@link compare}. Not the caller's to change, and of the observers that there are now. */
  places(): Uint32Array {
    const count = this.#count;
    if (this.#places.length === count) return this.#places;
    const ranks = this.#strings.ranks();
    const rankOf = (column: number, id: number): number => ranks[this.#idAt(column, id)] as number;
    const compareRest = (a: number, b: number): number => {
      for (let column = 1; column < IDS; column++) {
        const by = rankOf(column, a) - rankOf(column, b);
        if (by !== 0) return by;
      }
      return 0;
    };
    // By the rank of the first identifier: the last of its observers, and by each the one before; 1 is added, 0 is none.
    const last = new Uint32Array(this.#strings.size);
    let before = new Uint32Array(0);
    for (let id = 0; id < count; id++) {
      const rank = rankOf(0, id);
      const known = last[rank] as number;
      last[rank] = id + 1;
      if (known === 0) continue;
      if (before.length === 0) before = new Uint32Array(count);
      before[id] = known;
    }
    const places = new Uint32Array(count);
    let place = 0;
    for (let rank = 0; rank < last.length; rank++) {
      const number = last[rank] as number;
      if (number === 0) continue;
      if ((before[number - 1] ?? 0) === 0) {
        places[number - 1] = place++;
        continue;
      }
      const alike: number[] = [];
      for (let other = number; other !== 0; other = before[other - 1] as number) alike.push(other - 1);
      for (const id of alike.sort(compareRest)) places[id] = place++;
    }
    released(last);
    released(before);
    this.#places = places;
    return places;
  }

  #idAt(column: number, id: number): number {
    if (column === 0) return this.#interfaces.at(id);
    if (column === 1) return this.#resources.at(id);
    return this.#restTuples.at(this.#rests.at(id), column - 2);
  }

  #is(id: number, a: number, b: number, c: number, d: number, e: number, f: number): boolean {
    return (
      this.#idAt(0, id) === a &&
      this.#idAt(1, id) === b &&
      this.#idAt(2, id) === c &&
      this.#idAt(3, id) === d &&
      this.#idAt(4, id) === e &&
      this.#idAt(5, id) === f
    );
  }

  /** Gives back what only finding an observer needs, for when no more are expected: the next row makes it anew. */
  rest(): void {
    if (this.#slots.length > 0) this.#slots = released(this.#slots);
  }

  /** Puts every observer into its slot, among so many. */
  #placeAll(many: number): void {
    const slots = new Uint32Array(many);
    const mask = slots.length - 1;
    const at = (column: number, id: number): number => this.#idAt(column, id);
    for (let id = 0; id < this.#count; id++) {
      let slot = hashOf(at(0, id), at(1, id), at(2, id), at(3, id), at(4, id), at(5, id)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    released(this.#slots);
    this.#slots = slots;
  }
}
