/** Packed bytes and what unpacks them: what came before a damage is handed over, and damage ends in a sentence. */
import type { Transform } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';

/** Bytes that are unpacked at once, at most. */
const PIECE = 1024 * 1024;
const LEAST_PIECE = 64 * 1024;
/** Text of flow logs becomes about so many times as long when it is unpacked. */
const GROWTH = 16;

/** Options of an unpacker of node:zlib. */
export interface PieceOptions {
  readonly chunkSize: number;
  readonly readableObjectMode: true;
  readonly readableHighWaterMark: 1;
}

/**
 * What node:zlib may unpack ahead of whoever reads: one piece. A stream that fails drops what waits in it, so nothing more may
 * wait when the damage is met, or what came before it would be lost.
 */
export const pieceOptions = (size: number | null): PieceOptions => ({
  chunkSize: size === null ? PIECE : Math.min(PIECE, Math.max(LEAST_PIECE, size * GROWTH)),
  readableObjectMode: true,
  readableHighWaterMark: 1,
});

export const corrupt = (name: string, what: string, cause?: unknown): InputError =>
  new InputError(
    'input-corrupt',
    `${escapeControls(name)} ${what}. Fetch it again, or go on without it with --keep-going.`,
    { cause },
  );

const damage = (name: string, error: unknown): unknown => {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR') return corrupt(name, 'ends in the middle of its compressed data', error);
  if (/^(Z_|ZSTD_)/.test(code))
    return corrupt(name, 'is damaged: its compressed data does not unpack', error);
  return error;
};

/** Where an unpacker gets its bytes from; what it has left over is put back. */
export interface PackedPieces {
  /** The next bytes; undefined at the end. */
  next(): Promise<Uint8Array | undefined>;
  putBack(bytes: Uint8Array): void;
}

/** Packed bytes as they come. */
export class Packed implements PackedPieces {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #back: Uint8Array | undefined;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

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

  /** The next bytes, at least so many where there are: they stay the next. */
  async peek(least: number): Promise<Uint8Array> {
    let head = (await this.next()) ?? new Uint8Array(0);
    while (head.length < least) {
      const more = await this.next();
      if (more === undefined) break;
      head = Buffer.concat([head, more]);
    }
    this.putBack(head);
    return head;
  }
}

/** What node:zlib makes of bytes up to where it stops, or to their end. */
export type Unpacker = Transform & { readonly bytesWritten: number };

/**
 * Unpacks up to where the unpacker stops, or to the end.
 * @param name the source's, shown in errors
 * @throws InputError input-corrupt; whatever the pieces throw
 */
export async function* unpackThrough(
  name: string,
  unpacker: Unpacker,
  packed: PackedPieces,
): AsyncGenerator<Uint8Array> {
  const feed = async (): Promise<void> => {
    let fed = 0;
    for (;;) {
      // What it has met in the last piece is told before what the next one lacks.
      if (unpacker.destroyed) return;
      const bytes = await packed.next();
      if (bytes === undefined) break;
      if (unpacker.destroyed) return;
      fed += bytes.length;
      // One piece at a time, so that it is known which one it has stopped in.
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
