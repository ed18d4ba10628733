/**
 * Who wrote a record. An observer is everything the record says of its writer; a vantage is the interface, or the
 * resource that stands in its place (a regional NAT gateway, a transit gateway attachment). Records of a format
 * that names neither all come from one vantage without a name.
 */
import { Record, type RecordOf } from 'immutable';
import { FIELDS } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';

interface ObserverFacts {
  readonly interfaceId: string | null;
  readonly resourceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly accountId: string | null;
}
export type Observer = RecordOf<ObserverFacts>;
export const Observer: Record.Factory<ObserverFacts> = Record<ObserverFacts>({
  interfaceId: null,
  resourceId: null,
  vpcId: null,
  subnetId: null,
  instanceId: null,
  accountId: null,
});

export const observerOf = (record: FlowRecord): Observer =>
  Observer({
    interfaceId: record.interfaceId ?? null,
    resourceId: record.resourceId ?? record.tgwAttachmentId ?? null,
    vpcId: record.vpcId ?? null,
    subnetId: record.subnetId ?? null,
    instanceId: record.instanceId ?? null,
    accountId: record.accountId ?? null,
  });

/** Fields of version 6 belong to transit gateways, which are no interfaces: they write at their attachments. */
export const isGateways = (record: FlowRecord): boolean =>
  (record.interfaceId ?? null) === null &&
  FIELDS.some(({ version, property }) => version === 6 && property in record);

/** The name of the vantage; empty when the format has none. */
export const vantageOf = (observer: Observer): string => observer.interfaceId ?? observer.resourceId ?? '';

export const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** By interface, resource, VPC, subnet, instance and account; what is missing comes first. */
export const compareObservers = (a: Observer, b: Observer): number =>
  compareText(a.interfaceId ?? '', b.interfaceId ?? '') ||
  compareText(a.resourceId ?? '', b.resourceId ?? '') ||
  compareText(a.vpcId ?? '', b.vpcId ?? '') ||
  compareText(a.subnetId ?? '', b.subnetId ?? '') ||
  compareText(a.instanceId ?? '', b.instanceId ?? '') ||
  compareText(a.accountId ?? '', b.accountId ?? '');
