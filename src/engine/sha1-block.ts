/**
 * SHA-1 (FIPS 180-4) of one short message, for Community IDs: a call into the platform's hash costs more than
 * hashing sixteen bytes, and there is one for every connection. Its plain twin is node:crypto; a property
 * holds the two together. Not for anything that must be secure.
 */

/** A message and its padding fit one block of 64 bytes. */
export const LONGEST_MESSAGE = 55;

const schedule = new Int32Array(80);

/** The digest's five words of message[0, length), into `digest`. */
export const sha1Block = (message: Uint8Array, length: number, digest: Int32Array): void => {
  const w = schedule;
  w.fill(0, 0, 16);
  for (let i = 0; i < length; i++) {
    w[i >> 2] = (w[i >> 2] as number) | ((message[i] as number) << (24 - (i & 3) * 8));
  }
  w[length >> 2] = (w[length >> 2] as number) | (0x80 << (24 - (length & 3) * 8));
  w[15] = length * 8;
  for (let t = 16; t < 80; t++) {
    const x = (w[t - 3] as number) ^ (w[t - 8] as number) ^ (w[t - 14] as number) ^ (w[t - 16] as number);
    w[t] = (x << 1) | (x >>> 31);
  }
  let a = 0x67452301;
  let b = 0xefcdab89 | 0;
  let c = 0x98badcfe | 0;
  let d = 0x10325476;
  let e = 0xc3d2e1f0 | 0;
  for (let t = 0; t < 20; t++) {
    const next = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + 0x5a827999 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 20; t < 40; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0x6ed9eba1 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 40; t < 60; t++) {
    const mixed = (b & c) | (d & (b | c));
    const next = (((a << 5) | (a >>> 27)) + mixed + e + 0x8f1bbcdc + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (let t = 60; t < 80; t++) {
    const next = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + 0xca62c1d6 + (w[t] as number)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  digest[0] = 0x67452301 + a;
  digest[1] = 0xefcdab89 + b;
  digest[2] = 0x98badcfe + c;
  digest[3] = 0x10325476 + d;
  digest[4] = 0xc3d2e1f0 + e;
};
