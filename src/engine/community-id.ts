/** Community ID v1 (Corelight, community-id-spec), seed 0: the flow hash that Zeek, Suricata and others write. */
import { hasPorts } from '../record/scan-lines.ts';
import { sha1Block } from './sha1-block.ts';

/** `1:` and twenty bytes in base64. */
export const COMMUNITY_ID_LENGTH = 2 + 28;

/** The letters of base64 (RFC 4648 §4). */
export const BASE64 = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
);
const message = new Uint8Array(2 + 16 + 16 + 2 + 4);
const digest = new Int32Array(5);

const byteOfDigest = (i: number): number => ((digest[i >> 2] as number) >>> (24 - (i & 3) * 8)) & 255;

/** The digest in base64 (RFC 4648 §4), behind the version. */
const writeDigest = (out: Uint8Array): void => {
  out[0] = 49; // 1
  out[1] = 58; // :
  let at = 2;
  for (let i = 0; i < 18; i += 3) {
    const three = (byteOfDigest(i) << 16) | (byteOfDigest(i + 1) << 8) | byteOfDigest(i + 2);
    out[at++] = BASE64[three >> 18] as number;
    out[at++] = BASE64[(three >> 12) & 63] as number;
    out[at++] = BASE64[(three >> 6) & 63] as number;
    out[at++] = BASE64[three & 63] as number;
  }
  const two = (byteOfDigest(18) << 8) | byteOfDigest(19);
  out[at++] = BASE64[two >> 10] as number;
  out[at++] = BASE64[(two >> 4) & 63] as number;
  out[at++] = BASE64[(two << 2) & 63] as number;
  out[at] = 61; // =
};

/** Whether a protocol has one: those of ICMP need what flow logs do not have, its types. */
export const hasCommunityId = (protocol: number): boolean => protocol !== 1 && protocol !== 58;

/**
 * Writes the Community ID as ASCII into `out`.
 * @param low and @param high the ends in network byte order, lower first (address, then port)
 * @returns false for protocols that have none
 */
export const writeCommunityId = (
  protocol: number,
  low: Uint8Array,
  lowPort: number,
  high: Uint8Array,
  highPort: number,
  out: Uint8Array,
): boolean => {
  if (!hasCommunityId(protocol)) return false;
  const size = low.length;
  let at = 2; // the seed, 0
  for (let i = 0; i < size; i++) message[at++] = low[i] as number;
  for (let i = 0; i < size; i++) message[at++] = high[i] as number;
  message[at++] = protocol;
  message[at++] = 0;
  if (hasPorts(protocol)) {
    message[at++] = lowPort >>> 8;
    message[at++] = lowPort;
    message[at++] = highPort >>> 8;
    message[at++] = highPort;
  }
  sha1Block(message, at, digest);
  writeDigest(out);
  return true;
};
