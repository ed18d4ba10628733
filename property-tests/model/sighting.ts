/**
 * A sighting is what one flow record says: one direction of one key, seen by one observer in one interval with one
 * action. What the record does not say is null, never zero. Two sightings that say the same are equal values.
 */
import { List, Record, type RecordOf } from 'immutable';
import type { Action, FlowDirection } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { hasFin, hasPlainSyn, hasRst, hasSynAck } from '../../src/model/tcp-flags.ts';
import { compareEndpoints, type End, Endpoint, isTcp, isV6, Key, otherEnd } from './ends.ts';
import { isGateways, Observer, observerOf, vantageOf } from './observer.ts';
import { destinationOf, sourceOf } from './place-line.ts';

interface SightingFacts {
  readonly key: Key;
  /** Which end sent the packets. */
  readonly sender: End;
  readonly observer: Observer;
  /** tcp-flags of TCP, null for a dash and for formats without the field. */
  readonly flags: number | null;
  /** TCP in a format with tcp-flags, whatever this record holds. */
  readonly carriesFlags: boolean;
  /** Written by a transit gateway: it notes the ACK bit of any packet. */
  readonly byGateway: boolean;
  /** Packets that the gateway lost, by reason in the order of LOST_FIELDS; null where it lost none. */
  readonly lost: List<number> | null;
  readonly action: Action | null;
  /** Unix seconds; a record with only one of the two times is a moment. */
  readonly start: number | null;
  readonly end: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
  readonly flowDirection: FlowDirection | null;
  /** The interface's view of the two ends (srcaddr and dstaddr), which need not be the packet's. */
  readonly shownSource: string | null;
  readonly shownDestination: string | null;
}
export type Sighting = RecordOf<SightingFacts>;
const Sighting: Record.Factory<SightingFacts> = Record<SightingFacts>({
  key: Key(),
  sender: 'low',
  observer: Observer(),
  flags: null,
  carriesFlags: false,
  byGateway: false,
  lost: null,
  action: null,
  start: null,
  end: null,
  packets: null,
  bytes: null,
  flowDirection: null,
  shownSource: null,
  shownDestination: null,
});

const LOST_FIELDS = [
  'packetsLostNoRoute',
  'packetsLostBlackhole',
  'packetsLostMtuExceeded',
  'packetsLostTtlExpired',
] as const;

/** Counts of 32 bits. */
const lostOf = (record: FlowRecord): List<number> | null => {
  const lost = List(LOST_FIELDS.map((name) => Math.min(record[name] ?? 0, 2 ** 32 - 1)));
  return lost.some((packets) => packets > 0) ? lost : null;
};

/** It shows an address in the place of a packet's, as interfaces do. */
const standsIn = (record: FlowRecord): boolean =>
  (!isMissing(record.srcAddr) && record.srcAddr !== sourceOf(record)) ||
  (!isMissing(record.dstAddr) && record.dstAddr !== destinationOf(record));

const isMissing = (value: unknown): boolean => value === null || value === undefined;

/** The sighting of a record that `placeOf` calls a connection or an exchange. */
export const sightingOf = (record: FlowRecord): Sighting => {
  const source = sourceOf(record);
  const destination = destinationOf(record);
  const { protocol } = record;
  if (source === null || destination === null || protocol === null || protocol === undefined)
    throw new Error('A record that names no two ends is no sighting.');
  const from = Endpoint({ address: source, port: record.srcPort ?? 0 });
  const to = Endpoint({ address: destination, port: record.dstPort ?? 0 });
  const fromHigh = compareEndpoints(from, to) > 0;
  const start = record.start ?? null;
  const end = record.end ?? null;
  return Sighting({
    key: fromHigh ? Key({ protocol, low: to, high: from }) : Key({ protocol, low: from, high: to }),
    sender: fromHigh ? 'high' : 'low',
    observer: observerOf(record),
    flags: isTcp(protocol) ? (record.tcpFlags ?? null) : null,
    carriesFlags: isTcp(protocol) && 'tcpFlags' in record,
    byGateway: isGateways(record),
    lost: isGateways(record) && !standsIn(record) ? lostOf(record) : null,
    action: record.action ?? null,
    start: start ?? end,
    end: end ?? start,
    packets: record.packets ?? null,
    bytes: record.bytes ?? null,
    flowDirection: record.flowDirection ?? null,
    shownSource: record.srcAddr ?? null,
    shownDestination: record.dstAddr ?? null,
  });
};

export const vantage = ({ observer }: Sighting): string => vantageOf(observer);
export const isAccepted = ({ action }: Sighting): boolean => action === 'ACCEPT';
export const isRejected = ({ action }: Sighting): boolean => action === 'REJECT';

/** It holds a SYN that is no SYN-ACK, whatever else it holds. */
export const dials = ({ flags }: Sighting): boolean => flags !== null && hasPlainSyn(flags);
/** It holds SYN and ACK, and nothing tells whether of one packet: they are a SYN-ACK, or a SYN and what came after it. */
export const isEither = ({ flags, byGateway }: Sighting): boolean =>
  byGateway && flags !== null && hasSynAck(flags);
/** It holds a SYN-ACK for sure. */
export const answers = (sighting: Sighting): boolean =>
  sighting.flags !== null && hasSynAck(sighting.flags) && !isEither(sighting);
/** It holds a SYN or a SYN-ACK. */
export const opens = (sighting: Sighting): boolean =>
  dials(sighting) || answers(sighting) || isEither(sighting);
/** It holds a FIN or a RST. */
export const closes = ({ flags }: Sighting): boolean => flags !== null && (hasFin(flags) || hasRst(flags));

/** The largest packet without payload: an IP header and 60 bytes of TCP header with all options (RFC 9293 §3.1). */
const LARGEST_BARE_PACKET = { v4: 20 + 60, v6: 40 + 60 };

/** Its bytes are more than headers can be. */
export const provesPayload = ({ key, packets, bytes }: Sighting): boolean => {
  const largest = isV6(key.low.address) ? LARGEST_BARE_PACKET.v6 : LARGEST_BARE_PACKET.v4;
  return packets !== null && bytes !== null && bytes > packets * largest;
};

/** The interface's view of the source where it is another address than the packet's. */
export const ownSource = ({ key, sender, shownSource }: Sighting): string | null =>
  shownSource === key[sender].address ? null : shownSource;
export const ownDestination = ({ key, sender, shownDestination }: Sighting): string | null =>
  shownDestination === key[otherEnd(sender)].address ? null : shownDestination;

/** The address that stands in for the packet's at an end; null when that shows itself. */
export const standsFor = (sighting: Sighting, end: End): string | null =>
  sighting.sender === end ? ownSource(sighting) : ownDestination(sighting);

/** The interface's own address, where it shows one in place of the packet's; of two, the destination's. */
export const ownAddress = (sighting: Sighting): string | null =>
  ownDestination(sighting) ?? ownSource(sighting);
