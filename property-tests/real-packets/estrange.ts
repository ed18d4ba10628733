/**
 * A log in which nothing is learned: every connection gets addresses and interfaces of its own, so that no end answers elsewhere and
 * no port is shared. What is left is what the records of a connection tell by themselves, as in a log cut down to one address.
 */
import type { FlowRecord } from '../../src/model/flow-record.ts';

interface Estranged {
  readonly records: readonly FlowRecord[];
  /** The address that an estranged one stands for. */
  readonly realAddresses: ReadonlyMap<string, string>;
}

/** The same records among strangers. Ends are numbered by the text of their addresses, which tells nothing of who opened. */
export const estrange = (records: readonly FlowRecord[]): Estranged => {
  const numbers = new Map<string, number>();
  const realAddresses = new Map<string, string>();
  const estranged = records.map((record): FlowRecord => {
    const source = record.pktSrcAddr ?? '';
    const target = record.pktDstAddr ?? '';
    const name = [`${source} ${record.srcPort}`, `${target} ${record.dstPort}`].sort().join(' | ');
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    const rename = (address: string): string => {
      const host = address === [source, target].sort()[0] ? 1 : 2;
      const stranger = address.includes(':')
        ? `2001:db8:${number.toString(16)}::${host}`
        : `10.${number >> 8}.${number & 0xff}.${host}`;
      realAddresses.set(stranger, address);
      return stranger;
    };
    return {
      ...record,
      interfaceId: `eni-${number.toString(16).padStart(5, '0')}${record.interfaceId?.slice(-12) ?? ''}`,
      srcAddr: rename(source),
      dstAddr: rename(target),
      pktSrcAddr: rename(source),
      pktDstAddr: rename(target),
    };
  });
  return { records: estranged, realAddresses };
};
