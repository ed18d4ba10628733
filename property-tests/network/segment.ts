/**
 * A TCP segment as far as flow logs and the state machine care: flags, sequence numbers that count from a known
 * start, and sizes. No windows, no options beyond their size, no wrap-around.
 */
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';

export interface Segment {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** Asks to be acknowledged at once. */
  readonly push: boolean;
  readonly seq: number;
  readonly ackNo: number;
  readonly payload: number;
}

/** Sequence numbers the segment takes: one a byte, one for SYN and one for FIN (RFC 9293 §3.4). */
export const lengthOf = (segment: Segment): number =>
  segment.payload + (segment.syn ? 1 : 0) + (segment.fin ? 1 : 0);

/** What AWS reports for one packet: ACK only as part of SYN-ACK, PSH never. */
export const flagsOf = (segment: Pick<Segment, 'syn' | 'ack' | 'fin' | 'rst'>): number => {
  const syn = segment.syn ? (segment.ack ? SYN_ACK : SYN) : 0;
  return syn | (segment.fin ? FIN : 0) | (segment.rst ? RST : 0);
};

const ipHeader = (family: 4 | 6): number => (family === 4 ? 20 : 40);

/**
 * Bytes on the wire from the IP header on. A SYN carries 20 bytes of options (60 over IPv4, as Linux sends it), a
 * RST none (40), every other segment a timestamp (52 and its payload).
 */
export const bytesOf = (segment: Segment, family: 4 | 6): number =>
  ipHeader(family) + (segment.syn ? 40 : segment.rst ? 20 : 32) + segment.payload;

/** UDP and ICMP headers both have eight bytes. */
export const datagramBytes = (payload: number, family: 4 | 6): number => ipHeader(family) + 8 + payload;
