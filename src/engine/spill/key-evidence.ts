/** Every key once, with what its records show of its ends, in a temporary file: what is learned from when keys do not fit into memory. */
import type { EngineKernel } from '../kernel/engine-kernel.ts';
import { TemporaryFile } from './temporary-file.ts';

export class KeyEvidence {
  readonly #kernel: EngineKernel;
  readonly #file: TemporaryFile;
  /** As many rows as there may be at once. */
  readonly #piece: Uint8Array;

  constructor(kernel: EngineKernel, folder?: string) {
    this.#kernel = kernel;
    this.#file = new TemporaryFile(folder);
    this.#piece = new Uint8Array(kernel.evidenceBytes);
  }

  /** Adds all keys that are filed. */
  add(): void {
    for (const rows of this.#kernel.evidence()) this.#file.append(rows);
  }

  /** Has the kernel learn from it: see there. */
  teach(place: number | null): boolean {
    return this.#kernel.learnFrom(place, this.#read());
  }

  close(): void {
    this.#file.close();
  }

  *#read(): Generator<Uint8Array> {
    for (let at = 0; at < this.#file.length; ) {
      const piece = this.#piece.subarray(0, Math.min(this.#piece.length, this.#file.length - at));
      this.#file.read(at, piece);
      at += piece.length;
      yield piece;
    }
  }
}
