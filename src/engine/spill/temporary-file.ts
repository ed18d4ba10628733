/**
 * A file that nobody else sees: its name is taken away as soon as it is open, so that it is gone with this process
 * whatever ends it. Where a name cannot be taken away from an open file, it is when the file is closed.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputError } from '../../model/errors.ts';
import { escapeControls } from '../../model/escape.ts';

const remove = (path: string): boolean => {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
};

export class TemporaryFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: number;
  readonly #isNameless: boolean;
  #length = 0;
  #isOpen = true;

  /**
   * @param folder where; the system's folder for temporary files when left out
   * @throws OutputError (spill-failed) when none can be made there
   */
  constructor(folder = tmpdir()) {
    this.#folder = folder;
    this.#path = join(folder, `conntrail-${randomBytes(8).toString('hex')}.spill`);
    try {
      this.#file = openSync(this.#path, 'wx+', 0o600);
    } catch (error) {
      throw this.#failure(error);
    }
    this.#isNameless = remove(this.#path);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Writes bytes behind the last ones; gives where they begin. */
  append(bytes: Uint8Array): number {
    const at = this.#length;
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#file, bytes, done, bytes.length - done, at + done);
    } catch (error) {
      throw this.#failure(error);
    }
    this.#length += bytes.length;
    return at;
  }

  /** Reads bytes from a place until `into` is full. */
  read(at: number, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const got = readSync(this.#file, into, done, into.length - done, at + done);
      if (got === 0) throw new Error('A temporary file has become shorter.');
      done += got;
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
    if (!this.#isNameless) remove(this.#path);
  }

  #failure(error: unknown): OutputError {
    const why = error instanceof Error ? error.message : String(error);
    return new OutputError(
      'spill-failed',
      `Cannot write a temporary file in ${escapeControls(this.#folder)}: ${escapeControls(why)}. ` +
        'It holds what is more than --memory allows: make room there, name another folder in TMPDIR, or allow more memory.',
      { cause: error },
    );
  }
}
