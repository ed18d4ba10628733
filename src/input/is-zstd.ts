/** How zstd is known. */

export const startsFrame = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd;

/** A frame with something else in it, which unpackers pass over (RFC 8878 §3.1.2). */
export const startsSkippable = (bytes: Uint8Array): boolean =>
  ((bytes[0] ?? 0) & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18;

/** Whether bytes begin as a zstd frame does (RFC 8878 §3.1.1). */
export const isZstd = (bytes: Uint8Array): boolean => startsFrame(bytes) || startsSkippable(bytes);
