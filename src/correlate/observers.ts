/**
 * Who wrote a record. An observer is one combination of interface, resource, VPC, subnet, instance and
 * account as the records name them; a vantage is an interface, or the resource that stands in its place.
 * One vantage may appear as several observers (formats with fewer fields, an instance that was replaced).
 */
import type { RecordBatch } from '../model/record-batch.ts';
import type { Interner } from '../record/interner.ts';

const IDS = 6;

export interface Observer {
  readonly interfaceId: string | null;
  readonly resourceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly accountId: string | null;
}

export class Observers {
  readonly #strings: Interner;
  #ids = new Uint32Array(IDS * 64);
  #count = 0;
  #slots = new Uint32Array(256);
  #last = -1;
  /** The vantage of each observer: an interned id, 0 when the format names none. */
  readonly vantages: number[] = [];
  readonly #read: (Observer | undefined)[] = [];
  /** The texts of each, '' for none: what {@link compare} compares. */
  readonly #texts: (readonly string[] | undefined)[] = [];

  constructor(strings: Interner) {
    this.#strings = strings;
  }

  get size(): number {
    return this.#count;
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
    let hash = Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 37), 0x85ebca6b);
    hash = Math.imul(hash ^ Math.imul(e, 0xc2b2ae35) ^ f, 0x27d4eb2f);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const at = this.#slots[slot] as number;
      if (at === 0) break;
      if (this.#is(at - 1, a, b, c, d, e, f)) {
        this.#last = at - 1;
        return at - 1;
      }
      slot = (slot + 1) & mask;
    }
    const id = this.#count++;
    if (this.#count * IDS > this.#ids.length) {
      const larger = new Uint32Array(this.#ids.length * 2);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids.set([a, b, c, d, e, f], id * IDS);
    this.vantages.push(a !== 0 ? a : b);
    this.#slots[slot] = id + 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
    this.#last = id;
    return id;
  }

  /** The identifiers of an observer as text. */
  read(id: number): Observer {
    const known = this.#read[id];
    if (known !== undefined) return known;
    const text = (n: number): string | null => {
      const value = this.#ids[id * IDS + n] as number;
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
    this.#read[id] = observer;
    return observer;
  }

  /** Order of two observers by their text, so that no result depends on the order of arrival. */
  compare(a: number, b: number): number {
    if (a === b) return 0;
    const left = this.#textsOf(a);
    const right = this.#textsOf(b);
    for (let i = 0; i < IDS; i++) {
      const l = left[i] as string;
      const r = right[i] as string;
      if (l !== r) return l < r ? -1 : 1;
    }
    return 0;
  }

  #textsOf(id: number): readonly string[] {
    let texts = this.#texts[id];
    if (texts === undefined) {
      texts = (Object.values(this.read(id)) as (string | null)[]).map((text) => text ?? '');
      this.#texts[id] = texts;
    }
    return texts;
  }

  #is(id: number, a: number, b: number, c: number, d: number, e: number, f: number): boolean {
    const at = id * IDS;
    const ids = this.#ids;
    return (
      ids[at] === a &&
      ids[at + 1] === b &&
      ids[at + 2] === c &&
      ids[at + 3] === d &&
      ids[at + 4] === e &&
      ids[at + 5] === f
    );
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.#count; id++) {
      const at = id * IDS;
      const [a, b, c, d, e, f] = this.#ids.subarray(at, at + IDS) as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      let hash = Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 37), 0x85ebca6b);
      hash = Math.imul(hash ^ Math.imul(e, 0xc2b2ae35) ^ f, 0x27d4eb2f);
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }
}
