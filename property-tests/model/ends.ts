/**
 * The two ends of a talk. A key is the protocol and the unordered pair of packet-level ends, so it is the same from
 * both sides and from every interface; which of the two is called low is settled by the addresses alone.
 */
import { Record, type RecordOf } from 'immutable';
import ipaddr from 'ipaddr.js';

interface EndpointFacts {
  readonly address: string;
  /** 0 where a record carries none. */
  readonly port: number;
}
export type Endpoint = RecordOf<EndpointFacts>;
export const Endpoint: Record.Factory<EndpointFacts> = Record<EndpointFacts>({ address: '', port: 0 });

interface KeyFacts {
  readonly protocol: number;
  readonly low: Endpoint;
  readonly high: Endpoint;
}
export type Key = RecordOf<KeyFacts>;
export const Key: Record.Factory<KeyFacts> = Record<KeyFacts>({
  protocol: 0,
  low: Endpoint(),
  high: Endpoint(),
});

export type End = 'low' | 'high';
export const otherEnd = (end: End): End => (end === 'low' ? 'high' : 'low');

const TCP = 6;
/** TCP, UDP, DCCP, SCTP and UDP-Lite have ports (IANA). */
const WITH_PORTS: ReadonlySet<number> = new Set([TCP, 17, 33, 132, 136]);

export const isTcp = (protocol: number): boolean => protocol === TCP;
export const hasPorts = (protocol: number): boolean => WITH_PORTS.has(protocol);
export const isV6 = (address: string): boolean => address.includes(':');
export const isKeyV6 = (key: Key): boolean => isV6(key.low.address);

const octetsOf = (address: string): readonly number[] => ipaddr.parse(address).toByteArray();

/** In network byte order, IPv4 before IPv6. */
export const compareAddresses = (a: string, b: string): number => {
  const left = octetsOf(a);
  const right = octetsOf(b);
  const at = left.findIndex((octet, i) => octet !== right[i]);
  if (left.length !== right.length || at < 0) return left.length - right.length;
  return (left[at] ?? 0) - (right[at] ?? 0);
};

export const compareEndpoints = (a: Endpoint, b: Endpoint): number =>
  compareAddresses(a.address, b.address) || a.port - b.port;

/** RFC 1918 and the shared space of RFC 6598: networks that are not unique in the world, nor routed in it. */
export const isPrivateIPv4 = (address: string): boolean =>
  !isV6(address) && ['private', 'carrierGradeNat'].includes(ipaddr.parse(address).range());

/** IPv6 global unicast, 2000::/3 (RFC 4291 §2.4): no two networks use the same. */
export const isUniqueInTheWorld = (address: string): boolean =>
  isV6(address) && ((octetsOf(address)[0] ?? 0) & 0xe0) === 0x20;
