/**
 * A folder of files that appears only when it is whole: it is written beside its final name and renamed. Files are opened when something
 * is written to them, so their number is not bounded by how many may be open.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { chmod, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OutputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { cannotWrite } from './output.ts';

const refuse = (path: string, why: string): OutputError =>
  new OutputError('output-failed', `Cannot write ${escapeControls(path)}: ${why}.`);

/** The permissions of a folder that is there and takes a result; null where there is none. */
const modeOf = async (path: string): Promise<number | null> => {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (there === null) return null;
  if (!there.isDirectory()) throw refuse(path, 'it is no folder; name a new or an empty one');
  if ((await readdir(path)).length > 0)
    throw refuse(path, 'the folder is not empty; name a new or an empty one');
  if (there.dev !== (await stat(dirname(path))).dev)
    throw refuse(path, 'it is a mount point; name a folder in it');
  return there.mode & 0o7777;
};

export class PartsFolder {
  readonly #name: string;
  readonly #final: string;
  readonly #partial: string;
  /** Of files that have been begun. */
  readonly #begun = new Set<string>();
  readonly #onExit = (): void => rmSync(this.#partial, { recursive: true, force: true });

  private constructor(name: string, final: string) {
    this.#name = name;
    this.#final = final;
    this.#partial = join(dirname(final), `${basename(final)}.${randomBytes(6).toString('hex')}.partial`);
  }

  /**
   * Begins to write.
   * @throws OutputError where it is a file or a folder that holds something, or cannot be made
   */
  static async begin(name: string): Promise<PartsFolder> {
    try {
      // Through a link: the folder behind it is replaced, the link stays.
      const final = await realpath(name).catch(() => resolve(name));
      const mode = await modeOf(final);
      const folder = new PartsFolder(name, final);
      await mkdir(folder.#partial);
      if (mode !== null) await chmod(folder.#partial, mode);
      // Whatever ends the process, the partial folder goes with it.
      process.once('exit', folder.#onExit);
      return folder;
    } catch (error) {
      throw error instanceof OutputError ? error : cannotWrite(name, error);
    }
  }

  /**
   * Writes bytes behind those that a file has.
   * @throws OutputError
   */
  append(file: string, bytes: Uint8Array): void {
    this.#begun.add(file);
    try {
      const descriptor = openSync(join(this.#partial, file), 'a');
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw cannotWrite(join(this.#name, file), error);
    }
  }

  /** Whether something was written to a file. */
  has(file: string): boolean {
    return this.#begun.has(file);
  }

  /**
   * The folder is whole: it gets its name.
   * @throws OutputError
   */
  async finish(): Promise<void> {
    try {
      await rename(this.#partial, this.#final);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === 'ENOTEMPTY' || code === 'EEXIST'
        ? refuse(this.#name, 'somebody has written into the folder meanwhile; name a new or an empty one')
        : cannotWrite(this.#name, error);
    }
    process.off('exit', this.#onExit);
  }

  /** Nothing of it stays. Never throws. */
  async discard(): Promise<void> {
    await rm(this.#partial, { recursive: true, force: true }).catch(() => {});
    process.off('exit', this.#onExit);
  }
}
