/**
 * What flow logs note of a TCP packet, read from its headers (RFC 791, RFC 8200, RFC 9293). Whatever is no TCP over IP, or was
 * cut before its flags, is passed over; so are fragments but the first, and IPv6 with extension headers.
 */
import ipaddr from 'ipaddr.js';
import { flagsOf } from '../network/segment.ts';
import { type Capture, ETHERNET, RAW_IP } from './pcap.ts';

export interface Packet {
  /** Unix seconds with fraction. */
  readonly time: number;
  readonly family: 4 | 6;
  readonly source: string;
  readonly target: string;
  readonly sourcePort: number;
  readonly targetPort: number;
  /** As AWS reports the flags of one packet. */
  readonly flags: number;
  /** From the IP header on. */
  readonly bytes: number;
}

const TCP = 6;
const ETHERTYPES: ReadonlyMap<number, 4 | 6> = new Map([
  [0x0800, 4],
  [0x86dd, 6],
]);
/** A VLAN tag stands between the addresses and the type. */
const VLAN = 0x8100;

const addressOf = (bytes: Buffer): string => ipaddr.fromByteArray([...bytes]).toString();

/** Where TCP begins in an IP packet and how long the packet is, or null where it is no TCP that can be read. */
const openIp = (
  ip: Buffer,
): {
  readonly family: 4 | 6;
  readonly source: string;
  readonly target: string;
  readonly bytes: number;
  readonly tcpAt: number;
} | null => {
  const version = (ip[0] ?? 0) >> 4;
  if (version === 4 && ip.length >= 20) {
    const isLaterFragment = (ip.readUInt16BE(6) & 0x1fff) !== 0;
    if (ip[9] !== TCP || isLaterFragment) return null;
    const tcpAt = ((ip[0] ?? 0) & 0xf) * 4;
    return {
      family: 4,
      source: addressOf(ip.subarray(12, 16)),
      target: addressOf(ip.subarray(16, 20)),
      bytes: ip.readUInt16BE(2),
      tcpAt,
    };
  }
  if (version === 6 && ip.length >= 40 && ip[6] === TCP)
    return {
      family: 6,
      source: addressOf(ip.subarray(8, 24)),
      target: addressOf(ip.subarray(24, 40)),
      bytes: 40 + ip.readUInt16BE(4),
      tcpAt: 40,
    };
  return null;
};

/** Where the IP header begins, or null where there is none. */
const ipAt = (linkType: number, bytes: Buffer): number | null => {
  if (linkType === RAW_IP) return 0;
  if (linkType !== ETHERNET) throw new Error(`packets of link type ${linkType} cannot be read`);
  if (bytes.length < 18) return null;
  const isTagged = bytes.readUInt16BE(12) === VLAN;
  const typeAt = isTagged ? 16 : 12;
  return ETHERTYPES.has(bytes.readUInt16BE(typeAt)) ? typeAt + 2 : null;
};

/** A TCP packet, or null. `bytes` begin with the IP header. */
export const readPacket = (time: number, bytes: Buffer): Packet | null => {
  const ip = openIp(bytes);
  if (ip === null || bytes.length < ip.tcpAt + 14) return null;
  const { family, source, target, tcpAt } = ip;
  const bits = bytes[tcpAt + 13] ?? 0;
  return {
    time,
    family,
    source,
    target,
    sourcePort: bytes.readUInt16BE(tcpAt),
    targetPort: bytes.readUInt16BE(tcpAt + 2),
    flags: flagsOf({
      fin: (bits & 1) !== 0,
      syn: (bits & 2) !== 0,
      rst: (bits & 4) !== 0,
      ack: (bits & 16) !== 0,
    }),
    bytes: ip.bytes,
  };
};

/** All TCP packets of a capture, in its order. Throws for a link type that cannot be read. */
export const readPackets = ({ linkType, packets }: Capture): readonly Packet[] =>
  packets.flatMap(({ time, bytes }) => {
    const at = ipAt(linkType, bytes);
    const packet = at === null ? null : readPacket(time, bytes.subarray(at));
    return packet === null ? [] : [packet];
  });
