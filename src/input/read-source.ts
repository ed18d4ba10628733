/**
 * The decompressed bytes of one source, in pieces. It looks at content, not at names: gzip is unpacked
 * wherever it is met, other containers are refused by name. A damaged source ends in a sentence, never in
 * silence: bytes behind the last gzip member and a missing end are both damage.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { reasonOf, type Source } from './find-sources.ts';
import { gunzip, isGzip } from './gunzip.ts';

export interface ReadOptions {
  /** Told the size of each piece as it comes from the disk or pipe, before unpacking. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the process's standard input, for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
}

const PIECE = 1024 * 1024;
/** How much of a file must be text before it is believed to be one. */
const LOOK = 4096;

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  bytes.length >= magic.length && magic.every((byte, i) => bytes[i] === byte);

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
  !isGzip(head) &&
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
    if (isGzip(first.value)) {
      const unpacked = withHead(gunzip(source.name, prepend(first.value, pieces)), LOOK);
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
