/** Every key once, with what its records show, in a temporary file: what services are learned from when keys do not fit into memory. */
import { KEY, type RecordStore } from '../../correlate/record-store.ts';
import type { EvidenceOfKeys, VisitKey } from '../../lifecycle/services.ts';
import { TemporaryFile } from './temporary-file.ts';

const WORDS = 5;
const CHUNK_KEYS = 4096;

export class KeyEvidence implements EvidenceOfKeys {
  readonly #file: TemporaryFile;
  readonly #words = new Uint32Array(WORDS * CHUNK_KEYS);
  readonly #bytes = new Uint8Array(this.#words.buffer);

  constructor(folder?: string) {
    this.#file = new TemporaryFile(folder);
  }

  /** Adds all keys of a store. */
  add(store: RecordStore): void {
    let used = 0;
    for (let key = 0; key < store.keyCount; key++) {
      for (const word of [KEY.low, KEY.high, KEY.ports, KEY.kind, KEY.evidence])
        this.#words[used++] = store.key(key, word);
      if (used < this.#words.length) continue;
      this.#file.append(this.#bytes);
      used = 0;
    }
    if (used > 0) this.#file.append(this.#bytes.subarray(0, used * 4));
  }

  eachKey(visit: VisitKey): void {
    const words = this.#words;
    for (let at = 0; at < this.#file.length; at += this.#bytes.length) {
      const length = Math.min(this.#bytes.length, this.#file.length - at);
      this.#file.read(at, this.#bytes.subarray(0, length));
      for (let i = 0; i < length / 4; i += WORDS)
        visit(
          words[i] as number,
          words[i + 1] as number,
          words[i + 2] as number,
          words[i + 3] as number,
          words[i + 4] as number,
        );
    }
  }

  close(): void {
    this.#file.close();
  }
}
