/**
 * The file format of tcpdump (draft-ietf-opsawg-pcap), read and written: packets with their time, nothing of what is in them.
 * No pcapng, and only the link types whose packets `packet.ts` can open.
 */

/** One packet as it was captured. */
export interface Captured {
  /** Unix seconds with fraction. */
  readonly time: number;
  /** The first bytes of the packet, from its link layer on. */
  readonly bytes: Buffer;
}

export interface Capture {
  /** The number of LINKTYPE_… that says what the bytes of a packet begin with. */
  readonly linkType: number;
  readonly packets: readonly Captured[];
}

/** Bytes begin with an Ethernet header; bytes begin with the IP header. */
export const ETHERNET = 1;
export const RAW_IP = 101;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER = 24;
const PACKET_HEADER = 16;

/** Fractions of a second that the file counts, and in which order it writes the bytes of a number. */
const readMagic = (file: Buffer): { readonly parts: number; readonly readUint: (at: number) => number } => {
  for (const readUint of [(at: number) => file.readUInt32LE(at), (at: number) => file.readUInt32BE(at)]) {
    const magic = readUint(0);
    if (magic === MICROSECONDS) return { parts: 1e6, readUint };
    if (magic === NANOSECONDS) return { parts: 1e9, readUint };
  }
  throw new Error('not a pcap file: it begins with neither magic number');
};

/** All packets of a pcap file. A packet that the end of the file cuts off is left out. Throws when it is no pcap file. */
export const readPcap = (file: Buffer): Capture => {
  if (file.length < FILE_HEADER) throw new Error('not a pcap file: shorter than its header');
  const { parts, readUint } = readMagic(file);
  const packets: Captured[] = [];
  let at = FILE_HEADER;
  while (at + PACKET_HEADER <= file.length) {
    const begins = at + PACKET_HEADER;
    const ends = begins + readUint(at + 8);
    if (ends > file.length) break;
    packets.push({ time: readUint(at) + readUint(at + 4) / parts, bytes: file.subarray(begins, ends) });
    at = ends;
  }
  // The upper bits are about the checksum at the end of a frame.
  return { linkType: readUint(20) & 0xffff, packets };
};

/** The header of a file of packets that are cut to `most` bytes, times in microseconds. */
export const pcapHeader = (linkType: number, most: number): Buffer => {
  const header = Buffer.alloc(FILE_HEADER);
  header.writeUInt32LE(MICROSECONDS, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(most, 16);
  header.writeUInt32LE(linkType, 20);
  return header;
};

/** One packet of such a file, cut to `most` bytes. */
export const pcapPacket = ({ time, bytes }: Captured, most: number): Buffer => {
  const kept = bytes.subarray(0, most);
  const header = Buffer.alloc(PACKET_HEADER);
  const seconds = Math.floor(time);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(Math.min(999_999, Math.round((time - seconds) * 1e6)), 4);
  header.writeUInt32LE(kept.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, kept]);
};
