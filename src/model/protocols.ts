/** Protocols by their IANA numbers. */

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** Whose packets have ports: without them such a record is no 5-tuple (IANA: DCCP, SCTP, UDP-Lite). */
const PORTED: ReadonlySet<number> = new Set([PROTOCOL.tcp, PROTOCOL.udp, 33, 132, 136]);
export const hasPorts = (protocol: number): boolean => PORTED.has(protocol);

/** Whether a protocol has a Community ID: those of ICMP need what flow logs do not have, its types. */
export const hasCommunityId = (protocol: number): boolean =>
  protocol !== PROTOCOL.icmp && protocol !== PROTOCOL.icmpv6;

/** By number: the names of those that have one here, the numbers of the others. */
export const PROTOCOL_NAMES: readonly string[] = Array.from({ length: 256 }, (_, number) => {
  const known = Object.entries(PROTOCOL).find(([, value]) => value === number);
  return known === undefined ? String(number) : known[0];
});

const NUMBERS: ReadonlyMap<string, number> = new Map(PROTOCOL_NAMES.map((name, number) => [name, number]));

/** The IANA number of a protocol by the name that {@link PROTOCOL_NAMES} has for it; null for what is no such name. */
export const protocolNumber = (name: string): number | null => NUMBERS.get(name) ?? null;
