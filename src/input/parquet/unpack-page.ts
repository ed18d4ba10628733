/** What a page holds, unpacked to exactly as many bytes as its header says. */
import * as zlib from 'node:zlib';
import type { CompressionCodec } from 'hyparquet';
import { ParquetFault } from './fault.ts';
import { unsnappy } from './snappy.ts';

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Uint8Array;

/** In Node.js from 22.15 on. */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: Unpack };

const inZlib = (unpack: Unpack, packed: Uint8Array, length: number): Uint8Array => {
  // Room for all of it at once, and for one byte that is too many.
  const options = { maxOutputLength: length + 1, chunkSize: Math.max(64, length + 1) };
  try {
    return unpack(packed, options);
  } catch {
    throw new ParquetFault('is damaged: its compressed data do not unpack');
  }
};

const unpackAs = (codec: CompressionCodec, packed: Uint8Array, length: number): Uint8Array => {
  switch (codec) {
    case 'UNCOMPRESSED':
      return packed;
    case 'SNAPPY':
      return unsnappy(packed, length);
    case 'GZIP':
      return inZlib(zlib.gunzipSync, packed, length);
    case 'BROTLI':
      return inZlib(zlib.brotliDecompressSync, packed, length);
    case 'ZSTD':
      if (zstdDecompressSync === undefined)
        throw new ParquetFault(
          'is packed with zstd, which Node.js unpacks from 22.15 on',
          'input-unsupported',
        );
      return inZlib(zstdDecompressSync, packed, length);
    default:
      throw new ParquetFault(
        `is packed as ${codec}, which is not read; write it with gzip, snappy or zstd`,
        'input-unsupported',
      );
  }
};

/** @throws ParquetFault for what does not unpack, or not to that many bytes */
export const unpackPage = (codec: CompressionCodec, packed: Uint8Array, length: number): Uint8Array => {
  // Nothing may be packed as nothing.
  if (length === 0 && packed.length === 0) return packed;
  const bytes = unpackAs(codec, packed, length);
  if (bytes.length !== length)
    throw new ParquetFault(`is damaged: it holds ${bytes.length} bytes instead of ${length}`);
  return bytes;
};
