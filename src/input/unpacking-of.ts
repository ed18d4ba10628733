/** How a source is compressed: known by its first bytes, never by its name. */
import { gunzip, isGzip } from './gunzip.ts';
import { isZstd } from './is-zstd.ts';

/**
 * What packed pieces hold, in pieces.
 * @param size packed bytes in all; null when not known
 * @throws InputError input-corrupt or input-unsupported; whatever the pieces throw
 */
export type Unpacking = (
  name: string,
  pieces: AsyncIterable<Uint8Array>,
  size: number | null,
) => AsyncGenerator<Uint8Array>;

/** Loaded for the first source that is packed so: most are not. */
const unzstd: Unpacking = async function* (...source) {
  const { unzstd: unpack } = await import('./unzstd.ts');
  yield* unpack(...source);
};

/** What unpacks a source with this beginning; undefined where it is not compressed. */
export const unpackingOf = (head: Uint8Array): Unpacking | undefined => {
  if (isGzip(head)) return gunzip;
  return isZstd(head) ? unzstd : undefined;
};
