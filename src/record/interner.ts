/**
 * Bytes to small integers, each distinct string once. Identifiers repeat in every line; the engine compares
 * and stores integers and turns them back into text only when a row is written. Id 0 means "none".
 */
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const FNV_PRIME = 16777619;
/** FNV-1a's start value, in 32 bits. */
export const HASH_START = 0x811c9dc5 | 0;

export class Interner {
  #arena = new Uint8Array(1 << 16);
  #used = 0;
  #offsets = new Float64Array(1 << 10);
  #hashes = new Int32Array(1 << 10);
  #count = 1;
  #slots = new Uint32Array(1 << 11);
  readonly #texts: (string | undefined)[] = [''];

  /** How many ids have been given out, 0 included. */
  get size(): number {
    return this.#count;
  }

  /** The id of bytes[from, to). */
  intern(bytes: Uint8Array, from: number, to: number): number {
    let hash = HASH_START;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
    return this.internHashed(bytes, from, to, hash);
  }

  /** The same for a caller that has hashed the bytes while looking for their end (FNV-1a, 32 bits). */
  internHashed(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const id = this.#slots[slot] as number;
      if (id === 0) return this.#add(bytes, from, to, hash, slot);
      if (this.#hashes[id] === hash && this.#equals(id, bytes, from, to)) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** The id of a text. */
  internText(text: string): number {
    const bytes = new TextEncoder().encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  /** The text of an id; '' for 0. Bytes that are not UTF-8 show as replacement characters. */
  text(id: number): string {
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const text = decoder.decode(this.bytes(id));
    this.#texts[id] = text;
    return text;
  }

  /** The bytes of an id; they are not the caller's to change. */
  bytes(id: number): Uint8Array {
    return this.#arena.subarray(this.#offsets[id - 1] as number, this.#offsets[id] as number);
  }

  #equals(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#offsets[id - 1] as number;
    if ((this.#offsets[id] as number) - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) if (bytes[i] !== arena[j]) return false;
    return true;
  }

  #add(bytes: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const length = to - from;
    while (this.#used + length > this.#arena.length) {
      const larger = new Uint8Array(this.#arena.length * 2);
      larger.set(this.#arena);
      this.#arena = larger;
    }
    if (this.#count === this.#offsets.length) this.#growIds();
    const id = this.#count++;
    this.#arena.set(bytes.subarray(from, to), this.#used);
    this.#used += length;
    this.#offsets[id] = this.#used;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (this.#count * 2 > this.#slots.length) this.#growSlots();
    return id;
  }

  #growIds(): void {
    const offsets = new Float64Array(this.#offsets.length * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#count; id++) {
      const hash = this.#hashes[id] as number;
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
