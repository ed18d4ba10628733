/** The uids of very many connections: 18 bytes each, or the text where it is no uid of ours. */
import type { Outline } from '../model/outline.ts';

/** Bytes of a uid. */
const UID = 18;
const FIRST = 1024;

/** Whether the bytes of a text tell it: 18 letters of ASCII. */
const isUid = (text: string): boolean => {
  if (text.length !== UID) return false;
  for (let i = 0; i < UID; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class UidColumn {
  #bytes = Buffer.alloc(FIRST * UID);
  readonly #texts = new Map<number, string>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(connection: Outline): void {
    this.set(this.#count, connection);
  }

  /** Puts a uid in the place of another, or behind the last. */
  set(i: number, connection: Outline): void {
    const at = i * UID;
    if (at === this.#bytes.length) {
      const wider = Buffer.alloc(at * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    if (this.#texts.size > 0) this.#texts.delete(i);
    if (connection.copyUid !== undefined) connection.copyUid(this.#bytes, at);
    else if (isUid(connection.uid)) this.#bytes.write(connection.uid, at, 'latin1');
    else this.#texts.set(i, connection.uid);
    if (i === this.#count) this.#count++;
  }

  /** Below 0 where the first comes before the second, as texts do. */
  compare(a: number, b: number): number {
    if (this.#texts.size > 0) return compareTexts(this.at(a), this.at(b));
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
