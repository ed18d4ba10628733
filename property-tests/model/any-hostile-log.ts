/**
 * Logs that no network need have written: few ends, few interfaces, few seconds, several formats one after the other,
 * so that everything collides with everything. Duplicates with fewer fields, flags that cannot be, reused ports, times
 * and counts that are missing, gateways, VPCs with equal addresses, lost intervals, lines that are no records.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { FieldName } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { FORMATS, printHeader, printRecord } from '../network/print-records.ts';

/** Lines under one header. */
export interface Section {
  readonly fields: readonly FieldName[];
  readonly lines: readonly string[];
}

const GATEWAY_FIELDS: readonly FieldName[] = [
  ...(['version', 'account-id', 'tgw-attachment-id', 'srcaddr', 'dstaddr', 'srcport', 'dstport'] as const),
  ...(['protocol', 'packets', 'bytes', 'start', 'end', 'log-status', 'tcp-flags', 'flow-direction'] as const),
  ...(['packets-lost-no-route', 'packets-lost-blackhole', 'packets-lost-mtu-exceeded'] as const),
];

const FIELD_ORDERS: readonly (readonly FieldName[])[] = [
  ...Object.values(FORMATS),
  // Of a transit gateway's attachments, and with an interface beside, which AWS never writes.
  [...FORMATS.bare, 'tgw-attachment-id', 'packets', 'bytes', 'flow-direction', 'log-status'],
  [...FORMATS['no-flags'], 'tgw-attachment-id'],
  [...FORMATS['aws-21'], 'flow-direction', 'resource-id'],
  // Without log-status nothing but dashes tells NODATA and SKIPDATA.
  FORMATS['aws-21'].filter((name) => name !== 'log-status'),
  FORMATS['aws-21'].filter((name) => name !== 'packets' && name !== 'bytes'),
  FORMATS['aws-21'].filter((name) => name !== 'end'),
  FORMATS['aws-21'].filter((name) => name !== 'srcaddr' && name !== 'dstaddr'),
  // A transit gateway's, and a table that holds its records beside those of interfaces.
  GATEWAY_FIELDS,
  [...FORMATS['aws-21'], 'flow-direction', 'tgw-attachment-id', 'packets-lost-blackhole'],
];

/** One value mostly, another one time in so many. */
const mostly = <T>(usual: Arbitrary<T>, unusual: Arbitrary<T>, oneIn = 10): Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: oneIn - 1 }, { arbitrary: unusual, weight: 1 });

const T0 = 1_760_000_000;
const V4 = ['10.0.0.5', '10.0.0.9', '203.0.113.7'] as const;
const V6 = ['2001:db8::5', '2001:db8::9', 'fd00::1'] as const;
const OWN = { v4: ['10.0.0.1', '10.0.0.5'], v6: ['fd00::99', '2001:db8::5'] } as const;

type Observer = Pick<FlowRecord, 'vpcId' | 'subnetId' | 'instanceId' | 'interfaceId' | 'accountId'> & {
  readonly resourceId?: string | null;
  readonly tgwAttachmentId?: string;
};

const OBSERVERS: readonly Observer[] = [
  { vpcId: 'vpc-1', subnetId: 'subnet-1', instanceId: 'i-1', interfaceId: 'eni-1', accountId: '1' },
  { vpcId: 'vpc-1', subnetId: 'subnet-1', instanceId: null, interfaceId: 'eni-2', accountId: '1' },
  { vpcId: 'vpc-2', subnetId: 'subnet-2', instanceId: null, interfaceId: 'eni-3', accountId: '1' },
  { vpcId: 'vpc-2', subnetId: 'subnet-2', instanceId: 'i-4', interfaceId: 'eni-4', accountId: '2' },
  { vpcId: null, subnetId: null, instanceId: null, interfaceId: 'eni-5', accountId: '2' },
  { vpcId: null, subnetId: null, instanceId: 'i-1', interfaceId: 'eni-1', accountId: '1' },
  {
    vpcId: 'vpc-1',
    subnetId: null,
    instanceId: null,
    interfaceId: null,
    accountId: '1',
    resourceId: 'nat-1',
  },
  { vpcId: null, subnetId: null, instanceId: null, interfaceId: null, accountId: null },
  ...(['tgw-attach-1', 'tgw-attach-2'] as const).map((tgwAttachmentId) => ({
    ...{ vpcId: null, subnetId: null, instanceId: null, interfaceId: null, accountId: '1', tgwAttachmentId },
  })),
];

const anyFlags: Arbitrary<number | null> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 18, 19, 22, 23) },
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 18) },
  { weight: 1, arbitrary: fc.constantFrom(null, 16, 17, 20, 24, 26, 27, 30, 31, 255) },
);

type Pair = readonly [number, number];
const ODD_PORTS: readonly Pair[] = [
  [40_001, 443],
  [40_000, 40_000],
  [40_000, 40_001],
  [20, 40_000],
  [8080, 443],
  [2000, 40_000],
];

const anyEnds = fc
  .record({
    family: fc.constantFrom('v4' as const, 'v6' as const),
    pair: mostly<Pair>(fc.constant([0, 1]), fc.constantFrom<Pair[]>([0, 2], [1, 2], [0, 0])),
    ports: mostly<Pair>(fc.constant([40_000, 443]), fc.constantFrom(...ODD_PORTS), 5),
    forward: fc.boolean(),
  })
  .map(({ family, pair, ports, forward }) => {
    const names = family === 'v4' ? V4 : V6;
    const ends = pair.map((n, i) => ({ address: names[n] ?? '', port: ports[i] ?? 0 }));
    return { family, ends: forward ? ends : ends.toReversed() };
  });

const anyStart = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 6 }).map((n) => n * 60) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9000 }) },
);

const anyPackets = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 7 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 9_000_000 }) },
);

const anyLosses: Arbitrary<FlowRecord> = fc.record({
  packetsLostNoRoute: fc.constantFrom(0, 1, null),
  packetsLostBlackhole: fc.constantFrom(0, 1, 3),
  packetsLostMtuExceeded: fc.constantFrom(0, 2, 2 ** 32, Number.MAX_SAFE_INTEGER),
});

const anyTraffic: Arbitrary<FlowRecord> = fc
  .record({
    where: anyEnds,
    observer: mostly(fc.constantFrom(...OBSERVERS.slice(0, 1)), fc.constantFrom(...OBSERVERS), 3),
    gateway: mostly(fc.constant('none'), fc.constantFrom('source', 'destination', 'both'), 6),
    own: fc.nat(1),
    protocol: mostly(fc.constant(6), fc.constantFrom(17, 1, 58, 47, 132, null), 8),
    packets: mostly<number | null>(anyPackets, fc.constant(null), 20),
    size: fc.constantFrom(40, 52, 80, 81, 100, 101, 1500),
    start: mostly<number | null>(anyStart, fc.constant(null), 30),
    length: fc.constantFrom(0, 1, 30, 59, 60, 600),
    endless: mostly(fc.constant(false), fc.constant(true), 30),
    action: mostly<FlowRecord['action']>(fc.constant('ACCEPT'), fc.constantFrom('REJECT', null), 5),
    flags: anyFlags,
    lost: mostly(fc.constant({}), anyLosses, 4),
    flow: mostly<FlowRecord['flowDirection']>(fc.constant(null), fc.constantFrom('ingress', 'egress'), 6),
  })
  .map(({ where: { family, ends }, gateway, own, packets, size, start, length, endless, ...rest }) => {
    const [from, to] = ends;
    const shown = OWN[family][own] ?? '';
    return {
      ...rest.observer,
      ...rest.lost,
      pktSrcAddr: from?.address ?? '',
      pktDstAddr: to?.address ?? '',
      srcAddr: gateway === 'source' || gateway === 'both' ? shown : (from?.address ?? ''),
      dstAddr: gateway === 'destination' || gateway === 'both' ? shown : (to?.address ?? ''),
      srcPort: from?.port ?? 0,
      dstPort: to?.port ?? 0,
      protocol: rest.protocol,
      packets,
      bytes: packets === null ? null : packets * size,
      start: start === null ? null : T0 + start,
      end: endless ? null : T0 + (start ?? 0) + length,
      action: rest.action ?? null,
      tcpFlags: rest.flags,
      logStatus: 'OK',
      flowDirection: rest.flow ?? null,
    };
  });

const anySilence: Arbitrary<FlowRecord> = fc
  .record({
    observer: fc.constantFrom(...OBSERVERS),
    start: mostly<number | null>(anyStart, fc.constant(null)),
    length: fc.constantFrom(0, 59, 600),
    logStatus: fc.constantFrom('NODATA' as const, 'SKIPDATA' as const),
  })
  .map(({ observer, start, length, logStatus }) => ({
    ...observer,
    start: start === null ? null : T0 + start,
    end: start === null ? null : T0 + start + length,
    logStatus,
  }));

const anyRecord = mostly(anyTraffic, anySilence, 15);

/** What is no record in any format. */
const anyNoise = fc.constantFrom(
  '1 2 3',
  '2 1 eni-1 10.0.0.5 10.0.0.9 443',
  '% % %',
  '3 vpc-1 "" ? 10.0.0.256',
);

/** One format, its records, and now and then the same line again. */
const anySection = (maxLength: number): Arbitrary<Section> =>
  fc
    .record({
      fields: mostly(
        fc.constantFrom(
          ...FIELD_ORDERS.slice(1, 4),
          ...FIELD_ORDERS.slice(-7, -6),
          ...FIELD_ORDERS.slice(-2),
        ),
        fc.constantFrom(...FIELD_ORDERS),
        2,
      ),
      records: fc.array(fc.tuple(anyRecord, mostly(fc.constant(1), fc.constant(2), 12)), {
        minLength: 1,
        maxLength,
      }),
      noise: mostly<string[]>(fc.constant([]), fc.array(anyNoise, { maxLength: 2 }), 12),
    })
    .map(({ fields, records, noise }) => ({
      fields,
      lines: [
        ...records.flatMap(([record, times]) =>
          Array.from({ length: times }, () => printRecord(record, fields)),
        ),
        ...noise,
      ],
    }));

/** The same records written by two flow logs, the second of which carries other fields. */
const twice = (maxLength: number): Arbitrary<Section[]> =>
  fc
    .record({
      one: fc.constantFrom(...FIELD_ORDERS),
      other: fc.constantFrom(...FIELD_ORDERS),
      records: fc.array(anyRecord, { minLength: 1, maxLength }),
    })
    .map(({ one, other, records }) =>
      [one, other].map((fields) => ({
        fields,
        lines: records.map((record) => printRecord(record, fields)),
      })),
    );

/** What one record may say instead, one field at a time. */
const anyChange: Arbitrary<FlowRecord> = fc.oneof(
  fc.record({ tcpFlags: anyFlags }),
  fc.record({ action: fc.constantFrom('ACCEPT', 'REJECT', null) }),
  fc.record({ flowDirection: fc.constantFrom('ingress', 'egress', null) }),
  fc.record({ packets: fc.constantFrom(1, 2, null) }),
  fc.record({ bytes: fc.constantFrom(40, 4000, null) }),
  fc.record({ srcAddr: fc.constantFrom(...OWN.v4, ...OWN.v6) }),
  fc.record({ dstAddr: fc.constantFrom(...OWN.v4, ...OWN.v6) }),
  fc.record({ end: fc.constantFrom(T0 + 60, T0 + 90, T0 + 600) }),
  fc.constantFrom(...OBSERVERS),
  anyLosses,
);

/** Records that differ from one another in a field or two only. */
const anyLookalikes = (maxLength: number): Arbitrary<Section> =>
  fc
    .record({
      fields: fc.constantFrom(...FIELD_ORDERS),
      record: anyTraffic,
      changes: fc.array(fc.tuple(fc.array(anyChange, { maxLength: 2 }), fc.boolean()), { maxLength }),
    })
    .map(({ fields, record, changes }) => ({
      fields,
      lines: [
        record,
        ...changes.map(([change, back]) => change.reduce(changed, back ? reply(record) : record)),
      ].map((each) => printRecord(each, fields)),
    }));

const changed = (record: FlowRecord, change: FlowRecord): FlowRecord => ({ ...record, ...change });

const reply = (record: FlowRecord): FlowRecord => ({
  ...record,
  srcAddr: record.dstAddr ?? null,
  dstAddr: record.srcAddr ?? null,
  srcPort: record.dstPort ?? null,
  dstPort: record.srcPort ?? null,
  pktSrcAddr: record.pktDstAddr ?? null,
  pktDstAddr: record.pktSrcAddr ?? null,
});

/** One interface, or an attachment in its place, that shows many addresses of both families. */
const anyCrowd = (maxLength: number): Arbitrary<Section> =>
  fc
    .record({
      fields: fc.constantFrom(...FIELD_ORDERS),
      observer: fc.constantFrom(...OBSERVERS),
      talks: fc.array(
        fc.record({
          family: mostly(fc.constant('10.0.1.'), fc.constant('2001:db8::'), 4),
          pair: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 2 }),
          flow: mostly<FlowRecord['flowDirection']>(
            fc.constant(null),
            fc.constantFrom('ingress', 'egress'),
            8,
          ),
        }),
        { minLength: 1, maxLength },
      ),
    })
    .map(({ fields, observer, talks }) => ({
      fields,
      lines: talks.map(({ family, pair, flow }, i) => {
        const [source, destination] = pair.map((n) => `${family}${n}`) as [string, string];
        const record = {
          ...{ srcAddr: source, dstAddr: destination, pktSrcAddr: source, pktDstAddr: destination },
          ...{ srcPort: 40_000 + i, dstPort: 443, protocol: 6, packets: 3, bytes: 180 },
          ...{ start: T0, end: T0 + 59, action: 'ACCEPT' as const, logStatus: 'OK' as const },
          flowDirection: flow ?? null,
        };
        return printRecord({ ...observer, ...record }, fields);
      }),
    }));

/** @param maxLength most records of a section */
export const anyHostileLog = (maxLength = 12): Arbitrary<readonly Section[]> =>
  fc.oneof(
    { weight: 6, arbitrary: anySection(maxLength).map((section) => [section]) },
    { weight: 2, arbitrary: fc.array(anySection(maxLength), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: twice(maxLength) },
    { weight: 2, arbitrary: anyLookalikes(maxLength * 2).map((section) => [section]) },
    { weight: 2, arbitrary: anyCrowd(maxLength).map((section) => [section]) },
  );

/** The file: each section under its header. */
export const printSections = (sections: readonly Section[]): string =>
  sections
    .flatMap(({ fields, lines }) => [printHeader(fields), ...lines])
    .map((line) => `${line}\n`)
    .join('');
