/**
 * Law 2: every line has exactly one place. NODATA and SKIPDATA say so themselves; in a format without log-status
 * a record of dashes is one of the two, and SKIPDATA is assumed because it keeps the possible gap in view. What
 * names two ends and a protocol is a flow; what names less is kept as a pair of addresses.
 */
import type { FlowRecord, Rejection } from '../../src/model/flow-record.ts';
import { isRejection } from '../../src/record/parse-line.ts';
import { hasPorts, isTcp } from './ends.ts';

/** Where a line ends; whether a flow is a duplicate is decided later, among its neighbours. */
export type Place = 'connection' | 'exchange' | 'addressOnly' | 'nodata' | 'skipdata' | 'rejected';

const isKnown = (value: unknown): boolean => value !== null && value !== undefined;

/** The packet-level ends: pkt-srcaddr and pkt-dstaddr when they hold something, else srcaddr and dstaddr. */
export const sourceOf = (record: FlowRecord): string | null => record.pktSrcAddr ?? record.srcAddr ?? null;
export const destinationOf = (record: FlowRecord): string | null =>
  record.pktDstAddr ?? record.dstAddr ?? null;

const namesNobody = (record: FlowRecord): Place =>
  !('logStatus' in record) && ('srcAddr' in record || 'pktSrcAddr' in record) ? 'skipdata' : 'addressOnly';

export const placeOf = (read: FlowRecord | Rejection): Place => {
  if (isRejection(read)) return 'rejected';
  if (read.logStatus === 'NODATA') return 'nodata';
  if (read.logStatus === 'SKIPDATA') return 'skipdata';
  if (sourceOf(read) === null || destinationOf(read) === null) return namesNobody(read);
  const { protocol } = read;
  if (protocol === null || protocol === undefined) return 'addressOnly';
  if (hasPorts(protocol) && !(isKnown(read.srcPort) && isKnown(read.dstPort))) return 'addressOnly';
  return isTcp(protocol) ? 'connection' : 'exchange';
};
