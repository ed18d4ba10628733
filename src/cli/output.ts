/**
 * Where results go: standard output, or a file that appears only when it is whole. Writing waits for the
 * reader (back-pressure), and failures come back as errors, never as half a file under the final name.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { OutputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

export interface Output {
  /** Resolves when more may be written, and bytes may be used for something else. */
  write(piece: string | Uint8Array): Promise<void>;
  /** The result is whole. */
  finish(): Promise<void>;
  /** The result is not to be: nothing of it stays. Never throws. */
  discard(): Promise<void>;
}

/** Whoever read our output has gone (`| head`): no error, only the end of the work. */
export class ReaderLeft extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large for its file system',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENXIO: 'nothing takes bytes there',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ETXTBSY: 'it is a program that runs',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EIO: 'the device reports an error',
  ENAMETOOLONG: 'its name is too long',
  EXDEV: 'it is a mount point; name a folder in it',
  EBUSY: 'it is a mount point; name a folder in it',
};

/** What is said when the system does not take a result. */
export const cannotWrite = (name: string, error: unknown): OutputError => {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''] ?? escapeControls(message);
  return new OutputError('output-failed', `Cannot write ${escapeControls(name)}: ${reason}.`, {
    cause: error,
  });
};

/** Standard output. */
export const openStandardOutput = (stream: NodeJS.WritableStream): Output => {
  let failure: Error | undefined;
  const onError = (error: NodeJS.ErrnoException): void => {
    failure ??= error.code === 'EPIPE' ? new ReaderLeft() : cannotWrite('to standard output', error);
  };
  // Without a listener a closed pipe would end the process with a stack trace.
  stream.on('error', onError);
  return {
    write: (piece) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        stream.write(piece, (error) => {
          if (error) onError(error);
          if (failure === undefined) resolve();
          else reject(failure);
        });
      }),
    finish: async () => {
      if (failure !== undefined) throw failure;
    },
    discard: async () => {},
  };
};

/** Of a file that cannot be made: where its folder is there, it is the folder that takes none, as those of /proc. */
const cannotMake = async (path: string, error: unknown): Promise<OutputError> => {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const folder = isMissing ? await stat(dirname(path)).catch(() => undefined) : undefined;
  if (folder?.isDirectory() !== true) return cannotWrite(path, error);
  return new OutputError(
    'output-failed',
    `Cannot write ${escapeControls(path)}: its folder takes no new files.`,
    {
      cause: error,
    },
  );
};

/** Devices and pipes are written to directly: there is nothing to rename onto them. */
const isSpecial = async (path: string): Promise<boolean> => {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory() === true) {
    throw new OutputError(
      'output-failed',
      `Cannot write ${escapeControls(path)}: it is a folder; name a file in it.`,
    );
  }
  return status !== undefined && !status.isFile();
};

class FileOutput implements Output {
  readonly #name: string;
  readonly #file: FileHandle;
  /** Null when the file is written in place. */
  readonly #partial: string | null;
  readonly #final: string;
  readonly #onExit = (): void => this.#remove();

  constructor(name: string, file: FileHandle, partial: string | null, final: string) {
    this.#name = name;
    this.#file = file;
    this.#partial = partial;
    this.#final = final;
    // Whatever ends the process, the partial file goes with it.
    process.once('exit', this.#onExit);
  }

  async write(piece: string | Uint8Array): Promise<void> {
    try {
      await this.#file.appendFile(piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new ReaderLeft();
      throw cannotWrite(this.#name, error);
    }
  }

  async finish(): Promise<void> {
    try {
      // A full disk shows when it is written to, at the latest here. It is not waited for that the bytes are on the
      // platter: a run that is killed leaves no half of a file, a machine that loses its power may.
      await this.#file.close();
      if (this.#partial !== null) await rename(this.#partial, this.#final);
    } catch (error) {
      throw cannotWrite(this.#name, error);
    }
    process.off('exit', this.#onExit);
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    this.#remove();
    process.off('exit', this.#onExit);
  }

  #remove(): void {
    if (this.#partial !== null) rmSync(this.#partial, { force: true });
  }
}

/**
 * A file that is written beside its final name and renamed when it is whole.
 * @throws OutputError when it is a folder or cannot be made.
 */
export const openFileOutput = async (path: string): Promise<Output> => {
  try {
    if (await isSpecial(path)) return new FileOutput(path, await open(path, 'w'), null, path);
    // Through a link: the file behind it is replaced, the link stays.
    const final = await realpath(path).catch(() => path);
    const partial = join(dirname(final), `${basename(final)}.${randomBytes(6).toString('hex')}.partial`);
    return new FileOutput(path, await open(partial, 'wx'), partial, final);
  } catch (error) {
    throw error instanceof OutputError ? error : await cannotMake(path, error);
  }
};
