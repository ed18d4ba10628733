/**
 * What a row of a batch must hold for a record, and what it holds, both in words: ids as their texts, addresses as they
 * are written, bits by name. The expectation is made from the record alone and asks nothing of scanners.
 */
import type { Columns } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { ACTION, DIRECTION, HAS, IS_V6, KIND, type RecordBatch } from '../../src/model/record-batch.ts';
import type { Dictionaries } from '../../src/record/scan-lines.ts';

/** Fields whose text the batch keeps, and where. */
const INTERNED = ['interfaceId', 'vpcId', 'subnetId', 'instanceId', 'accountId'] as const;
const NUMBERS = ['srcPort', 'dstPort', 'protocol', 'tcpFlags', 'packets', 'bytes', 'start', 'end'] as const;
const ADDRESSES = ['srcAddr', 'dstAddr', 'pktSrcAddr', 'pktDstAddr'] as const;

/** IANA: TCP, UDP, DCCP, SCTP and UDP-Lite have ports. */
const PORTED = [6, 17, 33, 132, 136];

const kindOf = (record: FlowRecord, from: string | null, to: string | null): number => {
  if (record.logStatus === 'NODATA') return KIND.nodata;
  if (record.logStatus === 'SKIPDATA') return KIND.skipdata;
  const { protocol, srcPort, dstPort } = record;
  const carriesAddresses = record.srcAddr !== undefined || record.pktSrcAddr !== undefined;
  if (from === null || to === null)
    return record.logStatus === undefined && carriesAddresses ? KIND.skipdata : KIND.addressOnly;
  if (typeof protocol !== 'number') return KIND.addressOnly;
  if (!PORTED.includes(protocol)) return KIND.flow;
  return typeof srcPort === 'number' && typeof dstPort === 'number' ? KIND.flow : KIND.addressOnly;
};

/** Only transit gateways write fields of version 6, and they are no interfaces. */
const isGateways = (record: FlowRecord, { names }: Columns): boolean =>
  names.some((name) => /^(tgw-|resource-type$|packets-lost-)/.test(name)) &&
  typeof record.interfaceId !== 'string';

/** What a row must hold for a record, in words: ids as their texts, addresses as they are written. */
export const rowExpected = (record: FlowRecord, columns: Columns): Record<string, unknown> => {
  const from = record.pktSrcAddr ?? record.srcAddr ?? null;
  const to = record.pktDstAddr ?? record.dstAddr ?? null;
  const present = [...NUMBERS, ...ADDRESSES].filter(
    (name) => typeof record[name] !== 'undefined' && record[name] !== null,
  );
  // A transit gateway's attachment is its recorder; the later of two columns with a value stands.
  const recorders = columns.fields.flatMap((field) => {
    const property = field?.property;
    const value = property === 'resourceId' || property === 'tgwAttachmentId' ? record[property] : null;
    return typeof value === 'string' ? [value] : [];
  });
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, record[name] ?? 0])),
    ...Object.fromEntries(INTERNED.map((name) => [name, record[name] ?? ''])),
    resourceId: recorders.at(-1) ?? '',
    srcAddr: record.srcAddr ?? null,
    dstAddr: record.dstAddr ?? null,
    from,
    to,
    action:
      record.action === 'ACCEPT' ? ACTION.accept : record.action === 'REJECT' ? ACTION.reject : ACTION.none,
    direction:
      record.flowDirection === 'ingress'
        ? DIRECTION.ingress
        : record.flowDirection === 'egress'
          ? DIRECTION.egress
          : DIRECTION.none,
    present: new Set([
      ...present,
      ...(record.tcpFlags === undefined ? [] : ['flagsColumn']),
      ...(isGateways(record, columns) ? ['gateway'] : []),
    ]),
    kind: kindOf(record, from, to),
  };
};

const writeIPv4 = (value: number): string =>
  [2 ** 24, 2 ** 16, 2 ** 8, 1].map((unit) => Math.floor(value / unit) % 256).join('.');

/** The same read out of a row. */
export const rowFound = (
  batch: RecordBatch,
  row: number,
  { strings, addresses }: Dictionaries,
): Record<string, unknown> => {
  const present = batch.present[row] as number;
  const families = batch.families[row] as number;
  const address = (column: Uint32Array, bit: number, has: number): string | null => {
    if ((present & has) === 0) return null;
    const value = column[row] as number;
    return (families & bit) === 0 ? writeIPv4(value) : addresses.text(value);
  };
  return {
    ...Object.fromEntries(NUMBERS.map((name) => [name, batch[name][row]])),
    ...Object.fromEntries(INTERNED.map((name) => [name, strings.text(batch[name][row] as number)])),
    resourceId: strings.text(batch.resourceId[row] as number),
    srcAddr: address(batch.srcAddr, IS_V6.src, HAS.srcAddr),
    dstAddr: address(batch.dstAddr, IS_V6.dst, HAS.dstAddr),
    from: address(batch.fromAddr, IS_V6.from, HAS.srcAddr | HAS.pktSrcAddr),
    to: address(batch.toAddr, IS_V6.to, HAS.dstAddr | HAS.pktDstAddr),
    action: batch.action[row],
    direction: batch.direction[row],
    present: new Set(Object.entries(HAS).flatMap(([name, bit]) => ((present & bit) === 0 ? [] : [name]))),
    kind: batch.kind[row],
  };
};
