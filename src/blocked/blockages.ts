/**
 * What was stopped, and where: connections that a security group or a network ACL rejected, by the interface, the way past it,
 * the service and the kind of stop. It takes connections one by one, keeps a line of each service at each interface, and decides
 * nothing about a connection.
 */
import { type Connection, INITIATOR_BASES, type Side, type Vantage } from '../model/connection.ts';
import { type LossReason, readReasons } from '../model/losses.ts';
import { type ConnectionOutline, laterOf, type Outline } from '../model/outline.ts';
import { CommonNetwork } from './common-network.ts';

/** What is told one by one; what came late is counted once, as noise. */
export const BLOCKAGE_KINDS = {
  rejected: 'the request was stopped, from its first packet on',
  'reply-rejected': 'the reply was stopped',
  'cut-off': 'it was stopped while it was open',
  lost: 'a transit gateway dropped packets: routing, not filtering',
} as const;
export type BlockageKind = keyof typeof BLOCKAGE_KINDS;

/** As seen from the interface: packets that came in, or went out. */
export type Way = 'in' | 'out';

/** Where something was stopped. */
export type BlockedAt = Pick<Vantage, 'vpcId' | 'subnetId' | 'instanceId' | 'accountId'> & {
  /** The interface, or the resource in its place; null where the format names none. */
  readonly name: string | null;
};

/** The connections to one service that were stopped at one interface in one way. */
export interface Blockage {
  /** From 1 on, the most frequent first. */
  readonly number: number;
  readonly kind: BlockageKind;
  readonly at: BlockedAt;
  /** Null where the interface's side is not known: then it may be either. */
  readonly way: Way | null;
  /** Whose packets were stopped. */
  readonly stopped: Side | 'both';
  readonly protocol: string;
  readonly responder: string;
  /** Null where the protocol has none. */
  readonly port: number | null;
  readonly connections: number;
  /** Of them, those whose initiator is inferred. */
  readonly inferred: number;
  /** Of them, those of which the log shows no packet of the initiator. */
  readonly unasked: number;
  /** Distinct initiators. */
  readonly clients: number;
  /** The address of the one, or the smallest network that holds all of them, in CIDR notation. */
  readonly from: string;
  /** Unix seconds: the first and the last record; null where none carries times. */
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Since when it was stopped there. */
  readonly rejectedFrom: number | null;
  /** Packets that the transit gateway lost there, and why; null and none for the other kinds. */
  readonly packetsLost: number | null;
  readonly lostBecause: readonly LossReason[];
  /** Ten of them at most, the first by the alphabet. */
  readonly uids: readonly string[];
}

export interface BlockedResult {
  readonly connections: number;
  readonly blockages: readonly Blockage[];
  /** Connections of which nothing but late packets was rejected: noise. */
  readonly late: number;
  /** Of which nobody can tell whether the request or the reply was rejected. */
  readonly unclear: number;
}

/** Uids that are kept of each. */
const MOST_UIDS = 10;

interface Growing {
  readonly protocol: string;
  readonly responder: string;
  readonly port: number | null;
  readonly kind: BlockageKind;
  readonly at: BlockedAt;
  readonly way: Way | null;
  readonly stopped: Side | 'both';
  readonly clients: Set<string>;
  readonly network: CommonNetwork;
  connections: number;
  inferred: number;
  unasked: number;
  firstSeen: number | null;
  lastSeen: number | null;
  rejectedFrom: number | null;
  packetsLost: number | null;
  readonly lostBecause: readonly LossReason[];
  readonly uids: string[];
}

const ALL_KINDS = Object.keys(BLOCKAGE_KINDS) as BlockageKind[];

/** Where nobody knows who opened, it is not known what was stopped; that a gateway lost packets is. */
const isTold = ({ verdict, initiatorBasis }: Outline): boolean =>
  verdict === 'lost' || initiatorBasis !== 'none';

const isKind = (verdict: string): verdict is BlockageKind => verdict in BLOCKAGE_KINDS;

const least = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);
const most = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);

/** The vantage that the verdict is about. */
const vantageOf = ({ vantages }: Connection, name: string | null): Vantage | undefined =>
  vantages.find(({ interfaceId, resourceId }) => (interfaceId ?? resourceId) === name);

/** Where it was stopped. */
const stoppedAt = ({ rejectedAt, lostAt }: Outline, kind: BlockageKind): string | null =>
  kind === 'lost' ? lostAt : rejectedAt;

/** Whose packets: of those that a gateway lost, whose it saw. */
const stoppedOf = (
  { rejectedSide }: Outline,
  kind: BlockageKind,
  vantage: Vantage | undefined,
): Side | 'both' => (kind === 'lost' ? (vantage?.sees ?? 'both') : (rejectedSide ?? 'both'));

/** Which way packets of a side pass an interface: those of its own end go out. */
const wayOf = (role: Vantage['role'] | undefined, stopped: Side | 'both'): Way | null => {
  if (stopped === 'both' || (role !== 'initiator' && role !== 'responder')) return null;
  return role === stopped ? 'out' : 'in';
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Keeps the first few, whatever the order in which they come. */
const keepFirst = (uids: string[], uid: string): void => {
  const last = uids[MOST_UIDS - 1];
  if (last !== undefined && uid >= last) return;
  uids.push(uid);
  uids.sort(compareTexts);
  if (uids.length > MOST_UIDS) uids.pop();
};

export class Blockages {
  readonly #kinds: ReadonlySet<BlockageKind>;
  readonly #groups = new Map<string, Growing>();
  #connections = 0;
  #late = 0;
  #unclear = 0;

  /** @param kinds what is told one by one; nothing is kept of the others */
  constructor(kinds: readonly BlockageKind[] = ALL_KINDS) {
    this.#kinds = new Set(kinds);
  }

  /** Takes a connection, or the outline of one: of each finding the first is asked for as a whole. */
  add(connection: Connection | ConnectionOutline): void {
    this.#connections++;
    const { verdict } = connection;
    if (verdict === 'accepted') return;
    if (verdict === 'late') this.#late++;
    else if (isKind(verdict) && isTold(connection)) {
      if (this.#kinds.has(verdict)) this.#addTo(connection, verdict);
    } else if (connection.rejectedAt !== null || connection.rejectedFrom !== null) this.#unclear++;
  }

  #addTo(connection: Connection | ConnectionOutline, kind: BlockageKind): void {
    const group = this.#groupOf(connection, kind);
    const { initiator, initiatorBasis, firstSeen, lastSeen, rejectedFrom, uid } = connection;
    group.connections++;
    if (INITIATOR_BASES[initiatorBasis].kind !== 'observed') group.inferred++;
    if (initiator.packets === 0) group.unasked++;
    if (!group.clients.has(initiator.address)) {
      group.clients.add(initiator.address);
      group.network.add(initiator.address);
    }
    group.firstSeen = least(group.firstSeen, firstSeen);
    group.lastSeen = most(group.lastSeen, lastSeen);
    group.rejectedFrom = least(group.rejectedFrom, rejectedFrom);
    if (kind === 'lost') group.packetsLost = (group.packetsLost ?? 0) + (connection.packetsLost ?? 0);
    keepFirst(group.uids, uid);
  }

  #groupOf(connection: Connection | ConnectionOutline, kind: BlockageKind): Growing {
    const key = blockageKey(connection, kind);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    // What is told of an interface and of its side is the same of all that have it in common with their service.
    const name = stoppedAt(connection, kind);
    const vantage = vantageOf(laterOf(connection).whole(), name);
    const stopped = stoppedOf(connection, kind, vantage);
    const { protocol, responder } = connection;
    const group: Growing = {
      protocol,
      responder: responder.address,
      port: responder.port,
      kind,
      at: {
        name,
        vpcId: vantage?.vpcId ?? null,
        subnetId: vantage?.subnetId ?? null,
        instanceId: vantage?.instanceId ?? null,
        accountId: vantage?.accountId ?? null,
      },
      way: kind === 'lost' ? null : wayOf(vantage?.role, stopped),
      stopped,
      clients: new Set(),
      network: new CommonNetwork(),
      connections: 0,
      inferred: 0,
      unasked: 0,
      firstSeen: null,
      lastSeen: null,
      rejectedFrom: null,
      packetsLost: null,
      lostBecause: kind === 'lost' ? readReasons(connection.lostBecause) : [],
      uids: [],
    };
    this.#groups.set(key, group);
    return group;
  }

  /** What was found, the most frequent first. */
  result(): BlockedResult {
    const ranked = [...this.#groups].sort(
      ([keyA, a], [keyB, b]) => b.connections - a.connections || compareTexts(keyA, keyB),
    );
    return {
      connections: this.#connections,
      blockages: ranked.map(([, group], i) => ({
        number: i + 1,
        kind: group.kind,
        at: group.at,
        way: group.way,
        stopped: group.stopped,
        protocol: group.protocol,
        responder: group.responder,
        port: group.port,
        connections: group.connections,
        inferred: group.inferred,
        unasked: group.unasked,
        clients: group.clients.size,
        from: group.network.text,
        firstSeen: group.firstSeen,
        lastSeen: group.lastSeen,
        rejectedFrom: group.rejectedFrom,
        packetsLost: group.packetsLost,
        lostBecause: group.lostBecause,
        uids: group.uids,
      })),
      late: this.#late,
      unclear: this.#unclear,
    };
  }
}

/** Whose packets were stopped; where nothing tells, both sides' may have been. */
const stoppedSide = ({ rejectedSide }: Outline): Side | 'both' => rejectedSide ?? 'both';

/** What the connections of a blockage have in common. */
interface Common extends Pick<Blockage, 'kind' | 'protocol' | 'responder' | 'port'> {
  readonly name: string | null;
  /** Whose packets were stopped, or why a gateway lost them. */
  readonly how: string | null;
}

const keyOf = ({ kind, name, how, protocol, responder, port }: Common): string =>
  JSON.stringify([kind, name, how, protocol, responder, port]);

/** By what connections are put together. */
const blockageKey = (connection: Outline, kind: BlockageKind): string =>
  keyOf({
    kind,
    name: stoppedAt(connection, kind),
    how: kind === 'lost' ? connection.lostBecause : stoppedSide(connection),
    protocol: connection.protocol,
    responder: connection.responder.address,
    port: connection.responder.port,
  });

/** Whether a connection is behind a blockage, to be asked while going through the same connections again. */
export const isBehind = (connection: Outline, blockage: Blockage): boolean => {
  const { kind, at, stopped, lostBecause } = blockage;
  const how = kind === 'lost' ? lostBecause.join(' ') : stopped;
  return (
    connection.verdict === kind &&
    isTold(connection) &&
    blockageKey(connection, kind) === keyOf({ ...blockage, name: at.name, how })
  );
};

/**
 * What security groups and network ACLs stopped, of some connections.
 * @example const { blockages } = await findBlocked(reconstruct('logs/'))
 */
export const findBlocked = async (
  connections: AsyncIterable<Connection> | Iterable<Connection>,
): Promise<BlockedResult> => {
  const blockages = new Blockages();
  for await (const connection of connections) blockages.add(connection);
  return blockages.result();
};
