/**
 * Gzip, member by member, to the last byte. Node unpacks members that follow each other; where it stops, at zero bytes,
 * is looked at here, because Node drops what lies behind without a word, and how much of it depends on its version.
 */
import type { TransformOptions } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** Bytes that are unpacked at once, at most. */
const PIECE = 1024 * 1024;
const LEAST_PIECE = 64 * 1024;
/** Text of flow logs becomes about so many times as long when it is unpacked. */
const GROWTH = 16;

/**
 * What zlib may unpack ahead of whoever reads: one piece. A stream that fails drops what waits in it, so nothing more may
 * wait when the damage is met, or what came before it would be lost.
 */
const unpackingOf = (size: number | null): ZlibOptions & TransformOptions => ({
  chunkSize: size === null ? PIECE : Math.min(PIECE, Math.max(LEAST_PIECE, size * GROWTH)),
  readableObjectMode: true,
  readableHighWaterMark: 1,
});

/** Whether bytes begin as a gzip member does (RFC 1952 §2.3.1). */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const corrupt = (name: string, what: string, cause?: unknown): InputError =>
  new InputError(
    'input-corrupt',
    `${escapeControls(name)} ${what}. Fetch it again, or go on without it with --keep-going.`,
    { cause },
  );

const damage = (name: string, error: unknown): unknown => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') return corrupt(name, 'ends in the middle of its compressed data', error);
  if (code.startsWith('Z_')) return corrupt(name, 'is damaged: its compressed data does not unpack', error);
  return error;
};

/** Packed bytes as they come; what zlib has left over is put back. */
class Packed {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #back: Uint8Array | undefined;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next bytes; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    const back = this.#back;
    this.#back = undefined;
    if (back !== undefined) return back;
    const { done, value } = await this.#pieces.next();
    return done === true ? undefined : value;
  }

  putBack(bytes: Uint8Array): void {
    this.#back = bytes;
  }

  /** Passes zero bytes, which tapes and block devices add to the end. False when nothing else is left. */
  async skipPadding(): Promise<boolean> {
    for (let piece = await this.next(); piece !== undefined; piece = await this.next()) {
      const at = piece.findIndex((byte) => byte !== 0);
      if (at < 0) continue;
      this.putBack(piece.subarray(at));
      return true;
    }
    return false;
  }

  /** Whether a member begins here. */
  async isAtMember(): Promise<boolean> {
    let head = (await this.next()) ?? new Uint8Array(0);
    while (head.length < 2) {
      const more = await this.next();
      if (more === undefined) break;
      head = Buffer.concat([head, more]);
    }
    this.putBack(head);
    return isGzip(head);
  }
}

/** Unpacks members up to zero bytes between them, or to the end. */
async function* unpackMembers(name: string, packed: Packed, size: number | null): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip(unpackingOf(size));
  const feed = async (): Promise<void> => {
    let fed = 0;
    for (let piece = await packed.next(); piece !== undefined; piece = await packed.next()) {
      if (unpacker.destroyed) return;
      const bytes = piece;
      fed += bytes.length;
      // One piece at a time, so that it is known which one zlib has stopped in.
      await new Promise<void>((resolve) => {
        const go = () => {
          unpacker.off('close', go).off('end', go);
          resolve();
        };
        unpacker.on('close', go).on('end', go);
        unpacker.write(bytes, go);
      });
      const left = fed - unpacker.bytesWritten;
      if (left > 0) {
        packed.putBack(bytes.subarray(bytes.length - left));
        return;
      }
    }
    unpacker.end();
  };
  // Feeding runs beside reading. When it fails, what has been fed comes first.
  const failures: unknown[] = [];
  const feeding = feed().catch((error: unknown) => {
    failures.push(error);
    unpacker.end();
  });
  try {
    for await (const piece of unpacker) {
      yield piece as Uint8Array;
      // Pieces that are there already come without a turn of the event loop, and only in one is zlib told to go on.
      await nextTurn();
    }
    await feeding;
  } catch (error) {
    throw failures.length === 0 ? damage(name, error) : failures[0];
  } finally {
    unpacker.destroy();
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * Unpacks gzip: every member, whatever padding lies between them and behind the last.
 * @param size packed bytes in all; null when not known
 * @throws InputError input-corrupt; whatever the pieces throw
 */
export async function* gunzip(
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  size: number | null,
): AsyncGenerator<Uint8Array> {
  const packed = new Packed(pieces);
  do {
    if (!(await packed.isAtMember()))
      throw corrupt(name, 'holds bytes behind its compressed data that are not gzip');
    yield* unpackMembers(name, packed, size);
  } while (await packed.skipPadding());
}
