import { describe, expect, it } from 'vitest';
import { readPackets } from './packet.ts';
import { ETHERNET, pcapHeader, pcapPacket, RAW_IP, readPcap } from './pcap.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** A SYN of 60 bytes from 10.0.0.1:35190 to 10.0.0.2:8080, as a Linux host sent it; cut behind the TCP header. */
const SYN = hex(
  '4500 003c 1ae3 4000 4006 0bd7 0a00 0001 0a00 0002 8976 1f90 a060 515c 0000 0000 a002 faf0 0000 0000',
);
/** The same with the ACK bit: bits 12 hexadecimal, and the ends changed over. */
const SYN_ACK = hex(
  '4500 003c 0000 4000 4006 26ba 0a00 0002 0a00 0001 1f90 8976 847a f5f6 a060 515d a012 fe88 0000 0000',
);
/** FIN, PSH and ACK (19 hexadecimal) with 100 bytes of payload over IPv6: payload length 32 + 100 = 84 hexadecimal. */
const FIN6 = hex(
  '6000 0000 0084 0640 20010db8000000000000000000000001 20010db8000100000000000000000010 01bb c350 00000001 00000001 8019 0040 0000 0000',
);

const asRaw = (...packets: readonly Buffer[]): Buffer =>
  Buffer.concat([
    pcapHeader(RAW_IP, 65_535),
    ...packets.map((bytes, i) => pcapPacket({ time: 1_760_000_000.25 + i, bytes }, 60)),
  ]);

describe('a pcap file', () => {
  it('comes back with its times and its bytes', () => {
    const { linkType, packets } = readPcap(asRaw(SYN, SYN_ACK));
    expect(linkType).toBe(RAW_IP);
    expect(packets).toEqual([
      { time: 1_760_000_000.25, bytes: SYN },
      { time: 1_760_000_001.25, bytes: SYN_ACK },
    ]);
  });

  it('is read in either order of bytes and with nanoseconds', () => {
    const file = Buffer.alloc(24 + 16 + SYN.length);
    file.writeUInt32BE(0xa1b23c4d, 0);
    file.writeUInt32BE(RAW_IP, 20);
    file.writeUInt32BE(1_760_000_000, 24);
    file.writeUInt32BE(500_000_000, 28);
    file.writeUInt32BE(SYN.length, 32);
    SYN.copy(file, 40);
    expect(readPcap(file)).toEqual({ linkType: RAW_IP, packets: [{ time: 1_760_000_000.5, bytes: SYN }] });
  });

  it('that ends within a packet lacks that one only', () => {
    expect(readPcap(asRaw(SYN, SYN_ACK).subarray(0, -1)).packets).toHaveLength(1);
  });

  it('begins with a magic number', () => {
    expect(() => readPcap(Buffer.alloc(24))).toThrow('neither magic number');
    expect(() => readPcap(Buffer.alloc(3))).toThrow('shorter than its header');
  });
});

describe('a captured packet', () => {
  it('has the ends, the size and the flags that AWS would note', () => {
    expect(readPackets(readPcap(asRaw(SYN, SYN_ACK, FIN6)))).toEqual([
      {
        time: 1_760_000_000.25,
        family: 4,
        source: '10.0.0.1',
        target: '10.0.0.2',
        sourcePort: 35_190,
        targetPort: 8080,
        flags: 2,
        bytes: 60,
      },
      {
        time: 1_760_000_001.25,
        family: 4,
        source: '10.0.0.2',
        target: '10.0.0.1',
        sourcePort: 8080,
        targetPort: 35_190,
        flags: 18,
        bytes: 60,
      },
      {
        time: 1_760_000_002.25,
        family: 6,
        source: '2001:db8::1',
        target: '2001:db8:1::10',
        sourcePort: 443,
        targetPort: 50_000,
        flags: 1,
        bytes: 172,
      },
    ]);
  });

  it('is found behind an Ethernet header, with a VLAN tag or without', () => {
    const addresses = Buffer.alloc(12);
    const plain = Buffer.concat([addresses, hex('0800'), SYN]);
    const tagged = Buffer.concat([addresses, hex('8100 0007 0800'), SYN]);
    const arp = Buffer.concat([addresses, hex('0806'), Buffer.alloc(28)]);
    const packets = [plain, tagged, arp].map((bytes) => ({ time: 0, bytes }));
    expect(readPackets({ linkType: ETHERNET, packets }).map(({ source }) => source)).toEqual([
      '10.0.0.1',
      '10.0.0.1',
    ]);
  });

  it('is passed over when it is not TCP, a later fragment, or cut before its flags', () => {
    const udp = Buffer.from(SYN);
    udp[9] = 17;
    const fragment = Buffer.from(SYN);
    fragment[7] = 1;
    const those = [udp, fragment, SYN.subarray(0, 33), Buffer.alloc(0)];
    expect(readPackets({ linkType: RAW_IP, packets: those.map((bytes) => ({ time: 0, bytes })) })).toEqual(
      [],
    );
  });

  it('of another link type is refused', () => {
    expect(() => readPackets({ linkType: 105, packets: [{ time: 0, bytes: SYN }] })).toThrow('link type 105');
  });
});
