/** Community ID v1 (Corelight, community-id-spec), seed 0: the flow hash that Zeek, Suricata and others write. */
import { hash } from 'node:crypto';
import { hasPorts } from '../record/scan-lines.ts';

const scratch = Buffer.alloc(2 + 16 + 16 + 2 + 4);

/**
 * @param low and @param high the ends in network byte order, lower first (address, then port)
 * @returns null for protocols whose id needs what flow logs do not have (the types of ICMP)
 */
export const communityId = (
  protocol: number,
  low: Uint8Array,
  lowPort: number,
  high: Uint8Array,
  highPort: number,
): string | null => {
  if (protocol === 1 || protocol === 58) return null;
  const size = low.length;
  scratch.writeUInt16BE(0, 0);
  scratch.set(low, 2);
  scratch.set(high, 2 + size);
  let at = 2 + size * 2;
  scratch[at++] = protocol;
  scratch[at++] = 0;
  if (hasPorts(protocol)) {
    scratch.writeUInt16BE(lowPort, at);
    scratch.writeUInt16BE(highPort, at + 2);
    at += 4;
  }
  return `1:${hash('sha1', scratch.subarray(0, at), 'base64')}`;
};
