/**
 * A file that is open, from anywhere in it, and is held to what it was when the run found it: at the beginning, wherever it
 * ends too early, and at the end.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { changed, checkStamp, type FileStamp, stampOf } from './file-stamp.ts';
import { type Source, unreadable } from './source.ts';

export class OpenFile {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #stamp: FileStamp;

  private constructor(path: string, file: FileHandle, stamp: FileStamp) {
    this.#path = path;
    this.#file = file;
    this.#stamp = stamp;
  }

  /** @throws InputError input-unreadable, or input-changed when it is not the file that was found */
  static async open({ path, stamp }: Source & { readonly path: string }): Promise<OpenFile> {
    const file = await open(path, 'r').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    try {
      const now = stampOf(await file.stat());
      if (stamp !== undefined) checkStamp(path, stamp, now);
      return new OpenFile(path, file, stamp ?? now);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Fills a buffer from a place in the file on; gives what there was, nothing only behind the end. */
  async readAt(buffer: Buffer, at: number): Promise<Buffer> {
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at).catch((error: unknown) => {
      throw unreadable(this.#path, error);
    });
    if (bytesRead === 0 && at < this.#stamp.size) {
      await this.check();
      throw changed(this.#path, `ended at ${at} of its ${this.#stamp.size} bytes`);
    }
    return buffer.subarray(0, bytesRead);
  }

  /** @throws InputError input-changed when it is no longer what it was */
  async check(): Promise<void> {
    checkStamp(this.#path, this.#stamp, stampOf(await this.#file.stat()));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
