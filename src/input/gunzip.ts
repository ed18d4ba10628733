/**
 * Gzip, member by member, to the last byte. Node unpacks members that follow each other; where it stops, at zero bytes,
 * is looked at here, because Node drops what lies behind without a word, and how much of it depends on its version.
 */
import { createGunzip } from 'node:zlib';
import { corrupt, Packed, pieceOptions, unpackThrough } from './packed.ts';

/** Whether bytes begin as a gzip member does (RFC 1952 §2.3.1). */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

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
    if (!isGzip(await packed.peek(2)))
      throw corrupt(name, 'holds bytes behind its compressed data that are not gzip');
    yield* unpackThrough(name, createGunzip(pieceOptions(size)), packed);
  } while (await packed.skipPadding());
}
