/**
 * Connections as columns and back: what a report's page carries. A connection comes out as it went in, its
 * vantages included; nothing is computed or rounded here.
 */
import type {
  Connection,
  ConnectionState,
  InitiatorBasis,
  Side,
  Vantage,
  VantageRole,
  Verdict,
} from '../model/connection.ts';
import { runThrough, type Steps } from '../model/in-steps.ts';
import {
  type PackedNumber,
  type PackedNumbers,
  type PackedTexts,
  packNumbers,
  packTexts,
  unpackNumbers,
  unpackTexts,
} from './pack-columns.ts';

type Texts<T> = Readonly<Record<string, (row: T) => string | null>>;
type Numbers<T> = Readonly<Record<string, (row: T) => PackedNumber>>;

const bit = (value: boolean | null): PackedNumber => (value === null ? null : value ? 1 : 0);

const TEXTS = {
  uid: (c) => c.uid,
  communityId: (c) => c.communityId,
  protocol: (c) => c.protocol,
  initiator: (c) => c.initiator.address,
  responder: (c) => c.responder.address,
  basis: (c) => c.initiatorBasis,
  state: (c) => c.state,
  closedBy: (c) => c.closedBy,
  connState: (c) => c.connState,
  history: (c) => c.history,
  verdict: (c) => c.verdict,
  path: (c) => c.path,
} as const satisfies Texts<Connection>;

const NUMBERS = {
  initiatorPort: (c) => c.initiator.port,
  initiatorPackets: (c) => c.initiator.packets,
  initiatorBytes: (c) => c.initiator.bytes,
  initiatorFlags: (c) => c.initiator.flags,
  responderPort: (c) => c.responder.port,
  responderPackets: (c) => c.responder.packets,
  responderBytes: (c) => c.responder.bytes,
  responderFlags: (c) => c.responder.flags,
  confidence: (c) => c.initiatorConfidence,
  firstSeen: (c) => c.firstSeen,
  lastSeen: (c) => c.lastSeen,
  openedAt: (c) => c.openedAt,
  openedBy: (c) => c.openedBy,
  closedAfter: (c) => c.closedAfter,
  closedAt: (c) => c.closedAt,
  durationMin: (c) => c.durationMin,
  durationMax: (c) => c.durationMax,
  windows: (c) => c.windows,
  records: (c) => c.records,
  startsMidstream: (c) => bit(c.startsMidstream),
  endsOpen: (c) => bit(c.endsOpen),
  oneSided: (c) => bit(c.oneSided),
  hasGap: (c) => bit(c.hasGap),
  mayHideReuse: (c) => bit(c.mayHideReuse),
  contradicted: (c) => bit(c.contradicted),
  vantages: (c) => c.vantages.length,
} as const satisfies Numbers<Connection>;

const VANTAGE_TEXTS = {
  interfaceId: (v) => v.interfaceId,
  resourceId: (v) => v.resourceId,
  vpcId: (v) => v.vpcId,
  subnetId: (v) => v.subnetId,
  instanceId: (v) => v.instanceId,
  accountId: (v) => v.accountId,
  role: (v) => v.role,
  rewrites: (v) => v.rewrites,
  sees: (v) => v.sees,
} as const satisfies Texts<Vantage>;

const VANTAGE_NUMBERS = {
  records: (v) => v.records,
  windows: (v) => v.windows,
  firstSeen: (v) => v.firstSeen,
  lastSeen: (v) => v.lastSeen,
  initiatorPackets: (v) => v.initiatorPackets,
  initiatorBytes: (v) => v.initiatorBytes,
  responderPackets: (v) => v.responderPackets,
  responderBytes: (v) => v.responderBytes,
} as const satisfies Numbers<Vantage>;

type PackedTable<T, N> = {
  readonly rows: number;
  readonly texts: Readonly<Record<keyof T & string, PackedTexts>>;
  readonly numbers: Readonly<Record<keyof N & string, PackedNumbers>>;
};

export interface PackedConnections {
  readonly connections: PackedTable<typeof TEXTS, typeof NUMBERS>;
  readonly vantages: PackedTable<typeof VANTAGE_TEXTS, typeof VANTAGE_NUMBERS>;
}

const mapValues = <K extends string, A, B>(from: Readonly<Record<K, A>>, to: (value: A) => B): Record<K, B> =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [key, to(value as A)])) as Record<K, B>;

/** A column after the other: each is some milliseconds for as many connections as a page usually holds. */
function* mapInSteps<K extends string, A, B>(
  from: Readonly<Record<K, A>>,
  to: (value: A) => B,
): Steps<Record<K, B>> {
  const mapped: [string, B][] = [];
  for (const [key, value] of Object.entries(from)) {
    mapped.push([key, to(value as A)]);
    yield;
  }
  return Object.fromEntries(mapped) as Record<K, B>;
}

function* packTable<R, T extends Texts<R>, N extends Numbers<R>>(
  rows: readonly R[],
  texts: T,
  numbers: N,
): Steps<PackedTable<T, N>> {
  return {
    rows: rows.length,
    texts: yield* mapInSteps<keyof T & string, (row: R) => string | null, PackedTexts>(texts, (read) =>
      packTexts(rows.map(read)),
    ),
    numbers: yield* mapInSteps<keyof N & string, (row: R) => PackedNumber, PackedNumbers>(numbers, (read) =>
      packNumbers(rows.map(read)),
    ),
  };
}

/** Packs connections in the order they have. */
export const packConnections = (connections: readonly Connection[]): PackedConnections =>
  runThrough(packInSteps(connections));

export function* packInSteps(connections: readonly Connection[]): Steps<PackedConnections> {
  return {
    connections: yield* packTable(connections, TEXTS, NUMBERS),
    vantages: yield* packTable(
      connections.flatMap(({ vantages }) => vantages),
      VANTAGE_TEXTS,
      VANTAGE_NUMBERS,
    ),
  };
}

const flag = (value: PackedNumber): boolean | null => (value === null ? null : value === 1);

const unpackVantages = ({ vantages }: PackedConnections): Vantage[] => {
  const text = mapValues(vantages.texts, unpackTexts);
  const number = mapValues(vantages.numbers, unpackNumbers);
  return Array.from({ length: vantages.rows }, (_, i) => ({
    interfaceId: text.interfaceId(i),
    resourceId: text.resourceId(i),
    vpcId: text.vpcId(i),
    subnetId: text.subnetId(i),
    instanceId: text.instanceId(i),
    accountId: text.accountId(i),
    role: text.role(i) as VantageRole,
    rewrites: text.rewrites(i),
    records: number.records(i) ?? 0,
    windows: number.windows(i) ?? 0,
    firstSeen: number.firstSeen(i),
    lastSeen: number.lastSeen(i),
    initiatorPackets: number.initiatorPackets(i),
    initiatorBytes: number.initiatorBytes(i),
    responderPackets: number.responderPackets(i),
    responderBytes: number.responderBytes(i),
    sees: text.sees(i) as Vantage['sees'],
  }));
};

/** The connections again, in their order. */
export const unpackConnections = (packed: PackedConnections): Connection[] => {
  const text = mapValues(packed.connections.texts, unpackTexts);
  const number = mapValues(packed.connections.numbers, unpackNumbers);
  const vantages = unpackVantages(packed);
  let from = 0;
  return Array.from({ length: packed.connections.rows }, (_, i) => {
    const to = from + (number.vantages(i) ?? 0);
    const own = vantages.slice(from, to);
    from = to;
    return {
      uid: text.uid(i) ?? '',
      communityId: text.communityId(i),
      protocol: text.protocol(i) ?? '',
      initiator: {
        address: text.initiator(i) ?? '',
        port: number.initiatorPort(i),
        packets: number.initiatorPackets(i),
        bytes: number.initiatorBytes(i),
        flags: number.initiatorFlags(i),
      },
      responder: {
        address: text.responder(i) ?? '',
        port: number.responderPort(i),
        packets: number.responderPackets(i),
        bytes: number.responderBytes(i),
        flags: number.responderFlags(i),
      },
      initiatorBasis: text.basis(i) as InitiatorBasis,
      initiatorConfidence: number.confidence(i) ?? Number.NaN,
      state: text.state(i) as ConnectionState | null,
      closedBy: text.closedBy(i) as Side | null,
      connState: text.connState(i),
      history: text.history(i),
      verdict: text.verdict(i) as Verdict,
      firstSeen: number.firstSeen(i),
      lastSeen: number.lastSeen(i),
      openedAt: number.openedAt(i),
      openedBy: number.openedBy(i),
      closedAfter: number.closedAfter(i),
      closedAt: number.closedAt(i),
      durationMin: number.durationMin(i),
      durationMax: number.durationMax(i),
      windows: number.windows(i) ?? 0,
      records: number.records(i) ?? 0,
      vantages: own,
      startsMidstream: flag(number.startsMidstream(i)),
      endsOpen: flag(number.endsOpen(i)),
      oneSided: number.oneSided(i) === 1,
      hasGap: number.hasGap(i) === 1,
      mayHideReuse: number.mayHideReuse(i) === 1,
      contradicted: number.contradicted(i) === 1,
      path: text.path(i),
    };
  });
};
