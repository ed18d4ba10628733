/** The uids of very many connections: 18 bytes each where an outline gives bytes, else the text that there is. */
import type { Outline } from '../model/outline.ts';

/** Bytes of a uid. */
const UID = 18;
const FIRST = 1024;

export class UidColumn {
  #bytes = Buffer.alloc(FIRST * UID);
  readonly #texts = new Map<number, string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(connection: Outline): void {
    const at = this.#count * UID;
    if (at === this.#bytes.length) {
      const wider = Buffer.alloc(at * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    if (connection.copyUid === undefined) this.#texts.set(this.#count, connection.uid);
    else connection.copyUid(this.#bytes, at);
    this.#count++;
  }

  /** Below 0 where the first comes before the second, as texts do. */
  compare(a: number, b: number): number {
    if (this.#texts.size > 0) return this.at(a) < this.at(b) ? -1 : 1;
    const bytes = this.#bytes;
    for (let i = 0; i < UID; i++) {
      const difference = (bytes[a * UID + i] as number) - (bytes[b * UID + i] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  at(i: number): string {
    return this.#texts.get(i) ?? this.#bytes.toString('latin1', i * UID, (i + 1) * UID);
  }
}
