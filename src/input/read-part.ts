/** The lines of a file of plain text that begin in a part of it: parts side by side have every line once. */
import { type FileHandle, open } from 'node:fs/promises';
import { type ReadOptions, unreadable } from './read-source.ts';

/** Bytes [from, to) of a file. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

const PIECE = 1024 * 1024;
const LINE_FEED = 10;

/** Fills a buffer from a place in a file on; gives what there was. */
const readAt = async (path: string, file: FileHandle, buffer: Buffer, at: number): Promise<Buffer> => {
  try {
    return buffer.subarray(0, (await file.read(buffer, 0, buffer.length, at)).bytesRead);
  } catch (error) {
    throw unreadable(path, error);
  }
};

/**
 * Reads the lines that begin in a part, each to its end. Each piece is the consumer's until it asks for the next.
 * @param options where onBytes is told of the bytes in the part alone
 * @throws InputError input-unreadable
 */
export async function* readPart(
  path: string,
  { from, to }: Part,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  // While one piece is worked on, the next is read.
  let [buffer, other] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
  // The line that holds the byte before is another part's, unless it ends there.
  let at = Math.max(0, from - 1);
  let ahead = readAt(path, file, buffer, at);
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
        ahead = readAt(path, file, buffer, next);
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
      if (next >= to) ahead = readAt(path, file, buffer, next);
      at = next;
    }
  } finally {
    await ahead.catch(() => {});
    await file.close();
  }
}
