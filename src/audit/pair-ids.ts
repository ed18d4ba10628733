/** Numbers for pairs of numbers, without gaps and in the order of their coming: a hash table in an array of words. */

const FIRST_SLOTS = 1024;
/** Words of a slot: id and one (0 is free), the pair, and one to fill up. Together, so that they are fetched together. */
const SLOT = 4;

/** Growing is finding every pair a place again: seldom, then. */
const GROWTH = 4;

const wider = (values: Int32Array): Int32Array => {
  const larger = new Int32Array(values.length * GROWTH);
  larger.set(values);
  return larger;
};

export class PairIds {
  /** By hash; at most half of them are taken. */
  #slots: Int32Array = new Int32Array(FIRST_SLOTS * SLOT);
  #mask = FIRST_SLOTS - 1;
  /** By id. */
  #firsts: Int32Array = new Int32Array(FIRST_SLOTS / 2);
  #seconds: Int32Array = new Int32Array(FIRST_SLOTS / 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param first and @param second whole numbers of 32 bits */
  of(first: number, second: number): number {
    const at = this.#slotOf(first, second);
    const known = this.#slots[at] as number;
    if (known > 0) return known - 1;
    const id = this.#size++;
    this.#fill(at, id, first, second);
    this.#firsts[id] = first;
    this.#seconds[id] = second;
    if (this.#size === this.#firsts.length) this.#grow();
    return id;
  }

  first(id: number): number {
    return this.#firsts[id] as number;
  }

  second(id: number): number {
    return this.#seconds[id] as number;
  }

  #fill(at: number, id: number, first: number, second: number): void {
    this.#slots[at] = id + 1;
    this.#slots[at + 1] = first;
    this.#slots[at + 2] = second;
  }

  /** Where a pair is, or belongs. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    // Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4), twice.
    const mixed = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const at = slot * SLOT;
      if (slots[at] === 0 || (slots[at + 1] === first && slots[at + 2] === second)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * GROWTH);
    this.#mask = this.#slots.length / SLOT - 1;
    this.#firsts = wider(this.#firsts);
    this.#seconds = wider(this.#seconds);
    for (let id = 0; id < this.#size; id++) {
      const [first, second] = [this.first(id), this.second(id)];
      this.#fill(this.#slotOf(first, second), id, first, second);
    }
  }
}
