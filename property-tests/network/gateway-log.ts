/**
 * The log that a transit gateway would have written of the same packets: one attachment in the place of each interface, no
 * action, and flags as it notes them, the ACK of any packet (16) and the PSH of one with payload (8) included. Which packets
 * have an ACK is told by TCP: all but a plain SYN, and a RST that nothing is known of.
 */
import type { FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { ACK, hasPlainSyn, hasRst } from '../../src/model/tcp-flags.ts';
import type { LoggedRecord } from './aggregate.ts';
import type { Sighting } from './sighting.ts';

const PSH = 8;
const TCP = 6;

export const GATEWAY_FIELDS: readonly FieldName[] = [
  ...(['version', 'account-id', 'tgw-attachment-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport'] as const),
  ...(['protocol', 'packets', 'bytes', 'start', 'end', 'log-status', 'tcp-flags'] as const),
];

/** All attachments name the account that owns the gateway, whoever owns the VPC. */
const OWNER = '012345678910';

/** No SYN and no FIN weighs more than its headers alone. */
const largestBare = ({ family }: Sighting): number => (family === 4 ? 52 : 72);

const flagsOf = (packet: Sighting): number => {
  if (hasPlainSyn(packet.flags)) return packet.flags;
  const push = packet.flags === 0 && packet.bytes > largestBare(packet) ? PSH : 0;
  return packet.flags | push | (hasRst(packet.flags) ? 0 : ACK);
};

/** What an attachment noted in the place of an interface; null of what has no packets (NODATA, SKIPDATA) or is not TCP. */
export const notedByGateway = (logged: LoggedRecord): LoggedRecord | null => {
  const { record, sightings } = logged;
  const { interfaceId, pktSrcAddr, pktDstAddr, action: _, ...rest } = record;
  if (sightings.length === 0 || record.protocol !== TCP) return null;
  const noted: FlowRecord = {
    ...rest,
    interfaceId: null,
    accountId: OWNER,
    tgwAttachmentId: interfaceId?.replace('eni-', 'tgw-attach-') ?? null,
    srcAddr: pktSrcAddr ?? null,
    dstAddr: pktDstAddr ?? null,
    tcpFlags: sightings.reduce((flags, packet) => flags | flagsOf(packet), 0),
  };
  return { ...logged, record: noted };
};

/** The records of attachments where interfaces wrote some. */
export const gatewayRecords = (logged: readonly LoggedRecord[]): FlowRecord[] =>
  logged.flatMap((one) => notedByGateway(one)?.record ?? []);
