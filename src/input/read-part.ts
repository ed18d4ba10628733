/** The lines of a file of plain text that begin in a part of it: parts side by side have every line once. */
import { OpenFile } from './open-file.ts';
import type { Source } from './source.ts';

/** Bytes [from, to) of a file. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface ReadOptions {
  /** Told the size of each piece as it comes from the disk or pipe, before unpacking. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the process's standard input, for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** What is read is to be a file of facts, not a log. */
  readonly takesFacts?: boolean;
}

/** Bytes that are read at once. */
export const PIECE: number = 1024 * 1024;
/** Less is not read at once, so that a line far longer than a part does not come in crumbs. */
const LEAST_PIECE = 64 * 1024;
const LINE_FEED = 10;

/**
 * The lines that begin in a part of an open file, each to its end: also the last one of a log that somebody is writing,
 * as far as it is there. Each piece is the consumer's until it asks for the next.
 * @param options where onBytes is told of the bytes in the part alone
 * @throws InputError input-unreadable or input-changed
 */
export async function* linesIn(
  file: OpenFile,
  { from, to }: Part,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  // While one piece is worked on, the next is read.
  const size = Math.min(PIECE, Math.max(LEAST_PIECE, to - from + 1));
  let [buffer, other] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)];
  // The line that holds the byte before is another part's, unless it ends there.
  let at = Math.max(0, from - 1);
  let ahead = file.readAt(buffer, at);
  try {
    let hasBegun = from === 0;
    let isInLastLine = false;
    for (;;) {
      options.signal?.throwIfAborted();
      const piece = await ahead;
      if (piece.length === 0) return;
      const next = at + piece.length;
      if (next < to) {
        [buffer, other] = [other, buffer];
        ahead = file.readAt(buffer, next);
        ahead.catch(() => {}); // said when it is waited for
      }
      options.onBytes?.(Math.max(0, Math.min(next, to) - Math.max(at, from)));
      const begin = hasBegun ? 0 : piece.indexOf(LINE_FEED) + 1;
      hasBegun ||= begin > 0;
      if (!isInLastLine && (hasBegun ? at + begin : next) >= to) return;
      if (hasBegun) {
        // The last line that begins here ends at the first line feed from the part's last byte on.
        isInLastLine ||= next >= to;
        const end = isInLastLine ? piece.indexOf(LINE_FEED, Math.max(begin, to - 1 - at)) : -1;
        yield piece.subarray(begin, end < 0 ? piece.length : end + 1);
        if (end >= 0) return;
      }
      if (next >= to) ahead = file.readAt(buffer, next);
      at = next;
    }
  } finally {
    await ahead.catch(() => {});
  }
}

/**
 * Opens a file for one part of it: the same file as at the beginning, before and after.
 * @throws InputError input-unreadable or input-changed
 */
export async function* readPart(
  source: Source & { readonly path: string },
  part: Part,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const file = await OpenFile.open(source);
  try {
    yield* linesIn(file, part, options);
    await file.check();
  } finally {
    await file.close();
  }
}
