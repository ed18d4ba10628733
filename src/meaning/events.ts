/**
 * From flags to events, and the only place that guesses: one record carries the flags of many packets OR-ed
 * over its interval, so their order inside the interval is not in the log. The order stated here is the one
 * a connection has: it opens, it talks, it closes. Whether an opening belongs to a new connection is not
 * decided here (rules/divide.ts).
 */
import { hasFin, hasPlainSyn, hasRst, hasSynAck, hidesWhoOpened } from '../model/tcp-flags.ts';

/** What one side was seen to send. `data` is everything without a supported flag: payload, bare ACKs, keepalives. */
export const TCP_EVENTS = ['syn', 'synAck', 'data', 'fin', 'rst'] as const;
export type TcpEvent = (typeof TCP_EVENTS)[number];

/**
 * The events of one record, in order.
 * @param flags the value of `tcp-flags`, or null for `-`
 * @param provesPayload the record's bytes are more than headers can be (see {@link provesPayload})
 * @param byGateway a transit gateway wrote it: SYN and ACK may be those of either side, and are no event until it is known
 * who opened
 */
export const eventsOf = (
  flags: number | null,
  provesPayload: boolean,
  byGateway = false,
): readonly TcpEvent[] => {
  if (flags === null) return ['data'];
  const events: TcpEvent[] = [];
  if (hasSynAck(flags)) {
    if (!hidesWhoOpened(flags, byGateway)) events.push('synAck');
  } else if (hasPlainSyn(flags)) events.push('syn');
  // A record of only RST says refusal, or the end of a talk: payload before it tells the two apart.
  if (provesPayload || (events.length === 0 && !hasFin(flags) && !hasRst(flags))) events.push('data');
  if (hasFin(flags)) events.push('fin');
  if (hasRst(flags)) events.push('rst');
  return events;
};

/**
 * The most a packet without payload can weigh: IP header plus 60 bytes of TCP header with all its options
 * (RFC 9293 §3.1). IPv4 options and IPv6 extension headers are left out: networks drop them (RFC 7126, RFC 7872).
 */
const LARGEST_BARE_PACKET = { v4: 20 + 60, v6: 40 + 60 } as const;

/** Whether so many bytes in so many packets cannot be headers alone. */
export const provesPayload = (packets: number, bytes: number, isV6: boolean): boolean =>
  bytes > packets * (isV6 ? LARGEST_BARE_PACKET.v6 : LARGEST_BARE_PACKET.v4);
