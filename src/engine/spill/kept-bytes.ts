/** Bytes that are wanted once more: a few in memory, and where there are more of them all in a temporary file. */
import { TemporaryFile } from './temporary-file.ts';

/** Bytes that stay in memory, and that are read at once. */
const FEW = 1 << 20;

export class KeptBytes {
  readonly #folder: string | undefined;
  #few = Buffer.alloc(0);
  #used = 0;
  #file: TemporaryFile | undefined;

  constructor(folder?: string) {
    this.#folder = folder;
  }

  get length(): number {
    return (this.#file?.length ?? 0) + this.#used;
  }

  /**
   * Adds bytes; gives where they begin.
   * @throws OutputError (spill-failed) where no temporary file can be written
   */
  append(bytes: Uint8Array): number {
    const at = this.length;
    if (this.#used + bytes.length > FEW) this.#flush();
    if (bytes.length > FEW) this.#fileOf().append(bytes);
    else {
      if (this.#used + bytes.length > this.#few.length) {
        const larger = Buffer.allocUnsafe(Math.min(FEW, 2 * (this.#used + bytes.length)));
        this.#few.copy(larger, 0, 0, this.#used);
        this.#few = larger;
      }
      this.#few.set(bytes, this.#used);
      this.#used += bytes.length;
    }
    return at;
  }

  /** Reads bytes [from, to): pieces of up to so many, each the caller's until the next is asked for. */
  *read(from = 0, to = this.length, most = FEW): Generator<Uint8Array> {
    if (this.#file === undefined) {
      for (let at = from; at < to; at += most) yield this.#few.subarray(at, Math.min(to, at + most));
      return;
    }
    this.#flush();
    const piece = Buffer.allocUnsafe(Math.min(most, to - from));
    for (let at = from; at < to; at += most) {
      const some = piece.subarray(0, Math.min(most, to - at));
      this.#file.read(at, some);
      yield some;
    }
  }

  /** Gives the file back. */
  close(): void {
    this.#file?.close();
    this.#few = Buffer.alloc(0);
    this.#used = 0;
  }

  #fileOf(): TemporaryFile {
    this.#file ??= new TemporaryFile(this.#folder);
    return this.#file;
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#fileOf().append(this.#few.subarray(0, this.#used));
    this.#used = 0;
  }
}
