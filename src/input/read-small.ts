/**
 * Small files, at once and in this thread: with many of them, waiting for another thread takes longer than reading. What
 * is out of the ordinary about one (it has grown, its gzip is damaged or padded) is left to whoever reads by pieces.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Gunzip, gunzipSync } from 'node:zlib';
import { changed, checkStamp, stampOf } from './file-stamp.ts';
import { type Source, unreadable } from './source.ts';

/** Bytes of a small file. */
export const SMALL: number = 64 * 1024;
/** Bytes that a small file may hold when it is unpacked. */
const MOST_UNPACKED = 4 * 1024 * 1024;
/** Text of flow logs becomes about so many times as long when it is unpacked. */
const GROWTH = 16;

const tryTo = <T>(path: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw unreadable(path, error);
  }
};

/**
 * All of a file that was found with a size; null when it has grown since.
 * @throws InputError input-unreadable or input-changed
 */
export const readWhole = ({
  path,
  size,
  stamp,
}: Source & { readonly path: string; readonly size: number }): Buffer | null => {
  const bytes = Buffer.allocUnsafe(size);
  const file = tryTo(path, () => openSync(path, 'r'));
  try {
    let length = 0;
    while (length < size) {
      const read = tryTo(path, () => readSync(file, bytes, length, size - length, length));
      if (read === 0) break;
      length += read;
    }
    const now = stampOf(tryTo(path, () => fstatSync(file)));
    if (stamp !== undefined) checkStamp(path, stamp, now);
    if (length < size) throw changed(path, `ended at ${length} of its ${size} bytes`);
    return now.size === size ? bytes : null;
  } finally {
    closeSync(file);
  }
};

/** What gzip holds that is in order, has no padding and holds not too much; null for all other. */
export const unpackWhole = (bytes: Uint8Array): Uint8Array | null => {
  try {
    // With `info` it gives the unpacker beside the bytes, which its types do not say.
    const { buffer, engine } = gunzipSync(bytes, {
      info: true,
      maxOutputLength: MOST_UNPACKED,
      chunkSize: Math.max(1024, bytes.length * GROWTH),
    }) as unknown as { readonly buffer: Buffer; readonly engine: Gunzip };
    return engine.bytesWritten === bytes.length ? buffer : null;
  } catch {
    return null; // read by pieces, which gives what comes before the damage and says what it is
  }
};
