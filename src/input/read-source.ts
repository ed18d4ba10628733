/**
 * The decompressed bytes of one source, in pieces. It looks at content, not at names: gzip and zstd are unpacked wherever
 * they are met, a file of Parquet is handed on as a whole, other archives are refused by name. A damaged source ends in a
 * sentence, never in silence: bytes behind the last gzip member or zstd frame and a missing end are both damage.
 */
import { open } from 'node:fs/promises';
import { InputError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import { utf16Of } from './containers/utf-16.ts';
import { isGzip } from './gunzip.ts';
import { isFacts } from './is-facts.ts';
import { OpenFile } from './open-file.ts';
import { isParquet, type Whole } from './parquet/whole.ts';
import { linesIn, PIECE, type ReadOptions } from './read-part.ts';
import { readWhole, SMALL, unpackWhole } from './read-small.ts';
import { reasonOf, type Source, unreadable } from './source.ts';
import { type Unpacking, unpackingOf } from './unpacking-of.ts';

/** How much of a file must be text before it is believed to be one. */
const LOOK = 4096;

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, i) => bytes[i] === byte);

const begins =
  (...magic: readonly number[]) =>
  (head: Uint8Array): boolean =>
    startsWith(head, magic);

const FOREIGN: readonly {
  readonly isIn: (head: Uint8Array) => boolean;
  readonly is: string;
  readonly advice: string;
}[] = [
  { isIn: begins(0x50, 0x4b, 0x03, 0x04), is: 'a zip archive', advice: 'unpack it first' },
  { isIn: begins(0x42, 0x5a, 0x68), is: 'bzip2 data', advice: 'unpack it first (bunzip2)' },
  { isIn: begins(0xfd, 0x37, 0x7a, 0x58, 0x5a), is: 'xz data', advice: 'unpack it first (xz -d)' },
  { isIn: isFacts, is: 'a file of facts', advice: 'give it with --facts' },
];

/** Refuses what is no flow log, by its first bytes; what is to be a file of facts may be that. */
const refuseForeign = (source: Source, head: Uint8Array, { takesFacts }: ReadOptions): void => {
  if (isParquet(head) || (takesFacts === true && isFacts(head))) return;
  const container = FOREIGN.find(({ isIn }) => isIn(head));
  if (container !== undefined) {
    throw new InputError(
      'input-unsupported',
      `${escapeControls(source.name)} is ${container.is}, which is not read: ${container.advice}.`,
    );
  }
  if (utf16Of(head) === undefined && head.subarray(0, LOOK).includes(0)) {
    throw new InputError(
      'input-unsupported',
      `${escapeControls(source.name)} holds binary data, not flow log text (or gzip or zstd of it).`,
    );
  }
};

/** Whether bytes at the beginning of a file are of plain text, which can be read from anywhere. */
export const looksLikeText = (head: Uint8Array): boolean =>
  unpackingOf(head) === undefined &&
  !isParquet(head) &&
  !FOREIGN.some(({ isIn }) => isIn(head)) &&
  utf16Of(head) === undefined &&
  !head.subarray(0, LOOK).includes(0);

/** What is no file of a known length, to its end: pipes and devices, and files that the system makes up. */
async function* readToEnd(
  path: string,
  options: ReadOptions,
  buffers: { reuse: boolean },
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  // zlib holds on to pieces, so only plain text can reuse them.
  const spare: Buffer[] = [];
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const buffer = (buffers.reuse ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(PIECE);
      const { bytesRead } = await file.read(buffer, 0, PIECE, null).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (bytesRead === 0) return;
      options.onBytes?.(bytesRead);
      yield buffer.subarray(0, bytesRead);
      if (buffers.reuse) spare.push(buffer);
    }
  } finally {
    await file.close();
  }
}

/** A file as far as it went when it was found. */
async function* piecesOf(file: OpenFile, size: number, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const readNext = (at: number): Promise<Buffer> =>
    file.readAt(Buffer.allocUnsafeSlow(Math.min(PIECE, size - at)), at);
  let ahead = readNext(0);
  try {
    for (let at = 0; at < size; ) {
      options.signal?.throwIfAborted();
      const piece = await ahead;
      at += piece.length;
      // While one piece is worked on, the next is read.
      if (at < size) {
        ahead = readNext(at);
        ahead.catch(() => {}); // said when it is waited for
      }
      options.onBytes?.(piece.length);
      yield piece;
    }
  } finally {
    await ahead.catch(() => {});
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

/** What a compressed source holds, when that is text. */
async function* unpack(
  source: Source,
  unpacking: Unpacking,
  pieces: AsyncIterable<Uint8Array>,
  options: ReadOptions,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of withHead(unpacking(source.name, pieces, source.size), LOOK)) {
    if (isFirst) refuseForeign(source, piece, options);
    isFirst = false;
    yield piece;
  }
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* readStream(source: Source, options: ReadOptions): AsyncGenerator<Uint8Array> {
  const buffers = { reuse: false };
  const raw = source.path === null ? readStdin(source, options) : readToEnd(source.path, options, buffers);
  const pieces = withHead(raw, LOOK);
  const first = await pieces.next();
  if (first.done === true) return;
  try {
    const unpacking = unpackingOf(first.value);
    if (unpacking !== undefined) yield* unpack(source, unpacking, prepend(first.value, pieces), options);
    else {
      refuseForeign(source, first.value, options);
      yield first.value;
      buffers.reuse = true;
      yield* pieces;
    }
  } finally {
    await pieces.return(undefined);
  }
}

type FileSource = Source & { readonly path: string; readonly size: number };

/** A file that is read from anywhere, as far as it went when it was found. */
const wholeFile = (file: OpenFile, size: number, { onBytes, signal }: ReadOptions): Whole => ({
  size,
  read: async (from, to) => {
    const bytes = Buffer.allocUnsafeSlow(Math.min(to, size) - from);
    for (let length = 0; length < bytes.length; ) {
      signal?.throwIfAborted();
      const piece = await file.readAt(bytes.subarray(length), from + length);
      length += piece.length;
      onBytes?.(piece.length);
    }
    return bytes;
  },
});

async function* readFile(source: FileSource, options: ReadOptions): AsyncGenerator<Uint8Array | Whole> {
  const { size } = source;
  const file = await OpenFile.open(source);
  try {
    const head = await file.readAt(Buffer.allocUnsafe(Math.min(LOOK, size)), 0);
    const unpacking = unpackingOf(head);
    if (unpacking !== undefined) yield* unpack(source, unpacking, piecesOf(file, size, options), options);
    else if (isParquet(head)) yield wholeFile(file, size, options);
    else {
      refuseForeign(source, head, options);
      yield* linesIn(file, { from: 0, to: size }, options);
    }
    await file.check();
  } finally {
    await file.close();
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* readSmall(source: FileSource, options: ReadOptions): AsyncGenerator<Uint8Array | Whole> {
  options.signal?.throwIfAborted();
  const bytes = readWhole(source);
  if (bytes === null) {
    yield* readFile(source, options);
    return;
  }
  options.onBytes?.(bytes.length);
  const unpacking = unpackingOf(bytes);
  if (unpacking === undefined) {
    refuseForeign(source, bytes, options);
    yield bytes;
    return;
  }
  const text = isGzip(bytes) ? unpackWhole(bytes) : null;
  if (text === null) yield* unpack(source, unpacking, once(bytes), options);
  else if (text.length > 0) {
    refuseForeign(source, text, options);
    yield text;
  }
}

/**
 * Reads a source to its end; a file that grows meanwhile as far as it went when it was found, its last line to the end.
 * Each piece is the consumer's until it asks for the next; a Parquet file is open until then.
 * @throws InputError input-unreadable, input-changed, input-corrupt (gzip, zstd) or input-unsupported (another container, binary data).
 */
export const readSource = (source: Source, options: ReadOptions = {}): AsyncGenerator<Uint8Array | Whole> => {
  const { path, size } = source;
  // Without a length it may be a file that the system makes up as it is read.
  if (path === null || size === null || size === 0) return readStream(source, options);
  const file = { ...source, path, size };
  return size <= SMALL ? readSmall(file, options) : readFile(file, options);
};
