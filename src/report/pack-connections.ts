/**
 * Connections as columns and back: what a report's page carries. A connection comes out as it went in, its
 * vantages included; nothing is computed or rounded here.
 */
import type { EcsTask, TrafficPaths } from '../model/annotations.ts';
import type {
  Connection,
  ConnectionState,
  InitiatorBasis,
  Side,
  Vantage,
  VantageRole,
  Verdict,
} from '../model/connection.ts';
import type { Steps } from '../model/in-steps.ts';
import { readLosses, spellLosses } from '../model/losses.ts';
import {
  NumberColumn,
  type PackedNumber,
  type PackedNumbers,
  type PackedTexts,
  TextColumn,
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
  rejectedAt: (c) => c.rejectedAt,
  rejectedSide: (c) => c.rejectedSide,
  lostAt: (c) => c.lostAt,
  lostBecause: (c) => c.lostBecause,
  path: (c) => c.path,
  initiatorService: (c) => c.initiator.awsService ?? null,
  responderService: (c) => c.responder.awsService ?? null,
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
  rejectedFrom: (c) => c.rejectedFrom,
  packetsLost: (c) => c.packetsLost,
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
  lost: (v) => spellLosses(v.lost),
  verdict: (v) => v.verdict,
  ecsCluster: (v) => v.ecs?.cluster ?? null,
  ecsService: (v) => v.ecs?.service ?? null,
  ecsTask: (v) => v.ecs?.task ?? null,
  ecsContainer: (v) => v.ecs?.container ?? null,
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
  initiatorPath: (v) => v.trafficPaths?.initiator ?? null,
  responderPath: (v) => v.trafficPaths?.responder ?? null,
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

/** A table whose rows come one by one and are packed in another order. */
class TableColumns<R, T extends Texts<R>, N extends Numbers<R>> {
  readonly #texts: readonly (readonly [string, (row: R) => string | null, TextColumn])[];
  readonly #numbers: readonly (readonly [string, (row: R) => PackedNumber, NumberColumn])[];

  constructor(texts: T, numbers: N) {
    this.#texts = Object.entries(texts).map(([name, read]) => [name, read, new TextColumn()]);
    this.#numbers = Object.entries(numbers).map(([name, read]) => [name, read, new NumberColumn()]);
  }

  push(row: R): void {
    for (const [, read, column] of this.#texts) column.push(read(row));
    for (const [, read, column] of this.#numbers) column.push(read(row));
  }

  /** A column after the other: each is some milliseconds for as many rows as a page usually holds. */
  *pack(rows: Uint32Array): Steps<PackedTable<T, N>> {
    const texts: [string, PackedTexts][] = [];
    for (const [name, , column] of this.#texts) {
      texts.push([name, column.pack(rows)]);
      yield;
    }
    const numbers: [string, PackedNumbers][] = [];
    for (const [name, , column] of this.#numbers) {
      numbers.push([name, column.pack(rows)]);
      yield;
    }
    return {
      rows: rows.length,
      texts: Object.fromEntries(texts) as PackedTable<T, N>['texts'],
      numbers: Object.fromEntries(numbers) as PackedTable<T, N>['numbers'],
    };
  }
}

/** Takes connections one by one, none of which is kept, and packs them in the order that is asked for. */
export class ConnectionColumns {
  readonly #connections = new TableColumns<Connection, typeof TEXTS, typeof NUMBERS>(TEXTS, NUMBERS);
  readonly #vantages = new TableColumns<Vantage, typeof VANTAGE_TEXTS, typeof VANTAGE_NUMBERS>(
    VANTAGE_TEXTS,
    VANTAGE_NUMBERS,
  );
  /** Where the vantages of each connection begin, and behind the last where they end. */
  readonly #starts = [0];

  push(connection: Connection): void {
    this.#connections.push(connection);
    for (const vantage of connection.vantages) this.#vantages.push(vantage);
    this.#starts.push((this.#starts.at(-1) as number) + connection.vantages.length);
  }

  /** @param rows the connections by the numbers of their coming, each once, in the order that is wanted */
  *pack(rows: Uint32Array): Steps<PackedConnections> {
    const vantages = new Uint32Array(this.#starts.at(-1) as number);
    let count = 0;
    for (const row of rows)
      for (let vantage = this.#starts[row] as number; vantage < (this.#starts[row + 1] as number); vantage++)
        vantages[count++] = vantage;
    return {
      connections: yield* this.#connections.pack(rows),
      vantages: yield* this.#vantages.pack(vantages),
    };
  }
}

const flag = (value: PackedNumber): boolean | null => (value === null ? null : value === 1);

/** What AWS tells of a vantage beside packets, where it tells anything. */
const addedTo = (
  ecs: EcsTask,
  trafficPaths: TrafficPaths,
): { readonly ecs?: EcsTask; readonly trafficPaths?: TrafficPaths } => ({
  ...((ecs.cluster ?? ecs.service ?? ecs.task ?? ecs.container) === null ? {} : { ecs }),
  ...((trafficPaths.initiator ?? trafficPaths.responder) === null ? {} : { trafficPaths }),
});

const serviceOf = (awsService: string | null): { readonly awsService?: string } =>
  awsService === null ? {} : { awsService };

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
    lost: readLosses(text.lost(i)),
    verdict: text.verdict(i) as Verdict,
    ...addedTo(
      {
        cluster: text.ecsCluster(i),
        service: text.ecsService(i),
        task: text.ecsTask(i),
        container: text.ecsContainer(i),
      },
      { initiator: number.initiatorPath(i), responder: number.responderPath(i) },
    ),
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
        ...serviceOf(text.initiatorService(i)),
      },
      responder: {
        address: text.responder(i) ?? '',
        port: number.responderPort(i),
        packets: number.responderPackets(i),
        bytes: number.responderBytes(i),
        flags: number.responderFlags(i),
        ...serviceOf(text.responderService(i)),
      },
      initiatorBasis: text.basis(i) as InitiatorBasis,
      initiatorConfidence: number.confidence(i) ?? Number.NaN,
      state: text.state(i) as ConnectionState | null,
      closedBy: text.closedBy(i) as Side | null,
      connState: text.connState(i),
      history: text.history(i),
      verdict: text.verdict(i) as Verdict,
      rejectedAt: text.rejectedAt(i),
      rejectedFrom: number.rejectedFrom(i),
      rejectedSide: text.rejectedSide(i) as Side | 'both' | null,
      lostAt: text.lostAt(i),
      packetsLost: number.packetsLost(i),
      lostBecause: text.lostBecause(i),
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
