/**
 * The decompressed bytes of one source, in pieces. It looks at content, not at names: gzip is unpacked
 * wherever it is met, other containers are refused by name. A damaged source ends in a sentence, never in
 * silence: bytes behind the last gzip member and a missing end are both damage.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { TransformOptions } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { reasonOf, type Source } from './find-sources.ts';

export interface ReadOptions {
  /** Told the size of each piece as it comes from the disk or pipe, before unpacking. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the process's standard input, for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
}

const PIECE = 1024 * 1024;
/** What zlib may unpack ahead of whoever reads: some pieces, each handed over by itself. */
const UNPACKING: ZlibOptions & TransformOptions = {
  chunkSize: PIECE,
  readableObjectMode: true,
  readableHighWaterMark: 4,
};
/** How much of a file must be text before it is believed to be one. */
const LOOK = 4096;

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);

const GZIP = [0x1f, 0x8b];
const CONTAINERS: readonly { magic: readonly number[]; is: string; advice: string }[] = [
  {
    magic: [0x50, 0x41, 0x52, 0x31],
    is: 'a Parquet file',
    advice:
      "convert it to text first, for example with DuckDB: COPY (FROM file) TO file.log (HEADER, DELIMITER ' ')",
  },
  { magic: [0x50, 0x4b, 0x03, 0x04], is: 'a zip archive', advice: 'unpack it first' },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], is: 'zstd data', advice: 'unpack it first (zstd -d)' },
  { magic: [0x42, 0x5a, 0x68], is: 'bzip2 data', advice: 'unpack it first (bunzip2)' },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], is: 'xz data', advice: 'unpack it first (xz -d)' },
  { magic: [0xff, 0xfe], is: 'UTF-16 text', advice: 'convert it first (iconv -f UTF-16 -t UTF-8)' },
  { magic: [0xfe, 0xff], is: 'UTF-16 text', advice: 'convert it first (iconv -f UTF-16 -t UTF-8)' },
];

const corrupt = (source: Source, what: string, cause?: unknown): InputError =>
  new InputError(
    'input-corrupt',
    `${escapeControls(source.name)} ${what}. Fetch it again, or go on without it with --keep-going.`,
    { cause },
  );

/** Refuses what is no flow log text, by its first bytes. */
const refuseForeign = (source: Source, head: Uint8Array): void => {
  const container = CONTAINERS.find(({ magic }) => startsWith(head, magic));
  if (container !== undefined) {
    throw new InputError(
      'input-unsupported',
      `${escapeControls(source.name)} is ${container.is}, which is not read: ${container.advice}.`,
    );
  }
  if (head.subarray(0, LOOK).includes(0)) {
    throw new InputError(
      'input-unsupported',
      `${escapeControls(source.name)} holds binary data, not flow log text (or gzip of it).`,
    );
  }
};

/** Whether bytes at the beginning of a file are of plain text, which can be read from anywhere. */
export const looksLikeText = (head: Uint8Array): boolean =>
  !startsWith(head, GZIP) &&
  !CONTAINERS.some(({ magic }) => startsWith(head, magic)) &&
  !head.subarray(0, LOOK).includes(0);

/** What is said when the system does not hand a file over. */
export const unreadable = (path: string, error: unknown): InputError =>
  new InputError('input-unreadable', `Cannot read ${escapeControls(path)}: ${reasonOf(error)}.`, {
    cause: error,
  });

async function* readFile(
  path: string,
  options: ReadOptions,
  buffers: { reuse: boolean; readonly isRegular: boolean },
): AsyncGenerator<Uint8Array> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw unreadable(path, error);
  }
  // While one piece is worked on, the next is read; zlib holds on to pieces, so only plain text can reuse them.
  const spare: Buffer[] = [];
  const readNext = async (): Promise<Buffer> => {
    const piece = (buffers.reuse ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(PIECE);
    try {
      return piece.subarray(0, (await file.read(piece, 0, PIECE, null)).bytesRead);
    } catch (error) {
      throw unreadable(path, error);
    }
  };
  let ahead: Promise<Buffer> | undefined;
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const piece = await (ahead ?? readNext());
      if (piece.length === 0) return;
      // A pipe may never have more: nobody must wait for that when the work has ended.
      if (buffers.isRegular) {
        ahead = readNext();
        ahead.catch(() => {}); // said when it is waited for
      }
      options.onBytes?.(piece.length);
      yield piece;
      if (buffers.reuse) spare.push(Buffer.from(piece.buffer, 0, PIECE));
    }
  } finally {
    await ahead?.catch(() => {});
    await file.close();
  }
}

async function* readStdin(source: Source, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const input: AsyncIterable<Uint8Array> = options.stdin ?? process.stdin;
  try {
    for await (const piece of input) {
      options.signal?.throwIfAborted();
      options.onBytes?.(piece.length);
      yield piece;
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new InputError(
      'input-unreadable',
      `Cannot read standard input (${source.name}): ${reasonOf(error)}.`,
      { cause: error },
    );
  }
}

/** The first pieces joined until there is enough to look at, then the rest as it comes. */
async function* withHead(pieces: AsyncGenerator<Uint8Array>, least: number): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
    } else {
      head = head.length === 0 ? piece : Buffer.concat([head, piece]);
      if (head.length >= least) {
        yield head;
        head = undefined;
      }
    }
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** What a gzip stream needs behind it: nothing, or the zero bytes that tapes and block devices add. */
const onlyPadding = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

async function* gunzip(source: Source, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip(UNPACKING);
  let fed = 0;
  let last: Uint8Array = new Uint8Array(0);
  /** Whether the pieces behind the one in which zlib stopped are only padding. */
  let padded = true;
  // Feeding runs beside reading; its failure reaches the reader through the stream.
  const feeding = (async () => {
    for await (const piece of pieces) {
      if (unpacker.destroyed || !padded) break;
      // What zlib has left lies behind the last member, and so does all that follows.
      if (unpacker.bytesWritten < fed) {
        padded = onlyPadding(piece);
        continue;
      }
      fed += piece.length;
      last = piece;
      // One at a time, so that it is known which piece zlib has stopped in.
      await new Promise<void>((resolve) => {
        const go = () => {
          unpacker.off('close', go).off('end', go);
          resolve();
        };
        unpacker.on('close', go).on('end', go);
        unpacker.write(piece, go);
      });
    }
    unpacker.end();
  })();
  const failed = feeding.catch((error: unknown) => {
    unpacker.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const piece of unpacker) {
      yield piece as Uint8Array;
      // Pieces that are there already come without a turn of the event loop, and only in one is zlib told to go on.
      await nextTurn();
    }
    await failed;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'Z_BUF_ERROR') throw corrupt(source, 'ends in the middle of its compressed data', error);
    if (code.startsWith('Z_'))
      throw corrupt(source, 'is damaged: its compressed data does not unpack', error);
    throw error;
  } finally {
    unpacker.destroy();
  }
  // Node stops without a word at bytes that begin no member; they would be lost silently.
  const unread = fed - unpacker.bytesWritten;
  if (!padded || !onlyPadding(last.subarray(last.length - unread)))
    throw corrupt(source, 'holds bytes behind its compressed data that are not gzip');
}

/**
 * Reads a source to its end. Each piece is the consumer's until it asks for the next.
 * @throws InputError input-unreadable, input-corrupt (gzip) or input-unsupported (another container, binary data).
 */
export async function* readSource(source: Source, options: ReadOptions = {}): AsyncGenerator<Uint8Array> {
  const buffers = { reuse: false, isRegular: source.size !== null };
  const raw = source.path === null ? readStdin(source, options) : readFile(source.path, options, buffers);
  const pieces = withHead(raw, LOOK);
  const first = await pieces.next();
  if (first.done === true) return;
  try {
    if (startsWith(first.value, GZIP)) {
      const unpacked = withHead(gunzip(source, prepend(first.value, pieces)), LOOK);
      let isFirst = true;
      for await (const piece of unpacked) {
        if (isFirst) refuseForeign(source, piece);
        isFirst = false;
        yield piece;
      }
    } else {
      refuseForeign(source, first.value);
      yield first.value;
      buffers.reuse = true;
      yield* pieces;
    }
  } finally {
    await pieces.return(undefined);
  }
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
