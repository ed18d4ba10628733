/**
 * Bytes as a file that may be gzip or zstd: they end in bytes or in an InputError, from a file as from standard input however
 * the pieces come, and what is unpacked is what node:zlib unpacks. How many bytes come out before damage in the middle is
 * zlib's affair and depends on the pieces.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gunzip, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { readSource } from '../../src/input/read-source.ts';
import type { Source } from '../../src/input/source.ts';
import { checkError } from './expected-error.ts';

const CODES = ['input-corrupt', 'input-unsupported'] as const;
/** More is not compared with zlib. */
const MOST_UNPACKED = 1 << 24;

interface Ending {
  /** What came until the end or the damage. */
  readonly bytes: Buffer;
  readonly code: string | null;
}

const readAll = async (source: Source, pieces?: readonly Uint8Array[]): Promise<Ending> => {
  const read: Buffer[] = [];
  const stdin = (async function* () {
    yield* pieces ?? [];
  })();
  try {
    for await (const piece of readSource(source, { stdin }))
      read.push(Buffer.from(piece instanceof Uint8Array ? piece : await piece.read(0, piece.size)));
    return { bytes: Buffer.concat(read), code: null };
  } catch (error) {
    checkError(error, CODES);
    return { bytes: Buffer.concat(read), code: (error as { code: string }).code };
  }
};

/** One run of members or one frame, and how many bytes it takes. */
const unpackOnce = (bytes: Uint8Array): { readonly buffer: Buffer; readonly taken: number } => {
  const unpack = startsZstd(bytes) ? zstdDecompressSync : gunzipSync;
  // With `info` it gives the stream beside the bytes, which its types do not say.
  const { buffer, engine } = unpack(bytes, { info: true, maxOutputLength: MOST_UNPACKED }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: Gunzip;
  };
  return { buffer, taken: engine.bytesWritten };
};

/** Of frames also those that are passed over. */
const startsZstd = (bytes: Uint8Array): boolean =>
  /^(28b52ffd|5[0-9a-f]2a4d18)/.test(Buffer.from(bytes.subarray(0, 4)).toString('hex'));

const startsGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** All members or frames, whatever padding lies between them; null when that is not all there is. */
const unpacked = (bytes: Uint8Array): Buffer | null => {
  const buffers: Buffer[] = [];
  const isSame = startsZstd(bytes) ? startsZstd : startsGzip;
  try {
    for (let at = 0; at < bytes.length; ) {
      if (!isSame(bytes.subarray(at))) return null;
      const { buffer, taken } = unpackOnce(bytes.subarray(at));
      buffers.push(buffer);
      at += taken;
      while (bytes[at] === 0) at++;
    }
    return Buffer.concat(buffers);
  } catch {
    return null;
  }
};

const checkContent = (bytes: Uint8Array, { bytes: read, code }: Ending): void => {
  const isPacked = startsGzip(bytes) || startsZstd(bytes);
  if (code === null && !isPacked) assert.ok(read.equals(bytes), 'plain bytes come back as they are');
  if (code !== null || !isPacked || read.length > MOST_UNPACKED) return;
  const expected = unpacked(bytes);
  assert.ok(expected !== null, 'what zlib does not unpack is read to its end without a word');
  assert.ok(read.equals(expected), 'other bytes than zlib unpacks');
};

const STDIN: Source = { name: '-', path: null, size: null };
const PIECE = 997;

/** The bytes read from a file, which is gone afterwards. */
const readAsFile = async (bytes: Uint8Array): Promise<Ending> => {
  const folder = mkdtempSync(join(tmpdir(), 'conntrail-fuzz-'));
  try {
    const path = join(folder, 'any.log.gz');
    writeFileSync(path, bytes);
    return await readAll({ name: 'any.log.gz', path, size: bytes.length });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const checkGzip = async (bytes: Uint8Array): Promise<void> => {
  const fromFile = await readAsFile(bytes);
  checkContent(bytes, fromFile);
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, i) =>
    bytes.slice(i * PIECE, (i + 1) * PIECE),
  );
  const fromPipe = await readAll(STDIN, pieces);
  assert.equal(fromPipe.code === null, fromFile.code === null, `${fromPipe.code} and ${fromFile.code}`);
  const [shorter, longer] = [fromPipe.bytes, fromFile.bytes].sort((a, b) => a.length - b.length);
  assert.ok(longer?.subarray(0, shorter?.length).equals(shorter ?? longer), 'other bytes before the damage');
  if (fromFile.code === null) assert.equal(fromPipe.bytes.length, fromFile.bytes.length);
};
