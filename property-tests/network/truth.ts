/**
 * What really happened: one entry a packet-level connection, counted from the packets themselves at every interface
 * that logs. It knows what no record can tell (which dial a packet belongs to) and leaves aside what records lost.
 */
import type { ConnectionState, Side } from '../../src/model/connection.ts';
import { FIN, hasPlainSyn, hasRst, hasSynAck, RST, SYN } from '../../src/model/tcp-flags.ts';
import type { EndPoint } from './places.ts';
import { readStates, type SideFacts } from './read-states.ts';
import { connectionIdOf, type Sighting } from './sighting.ts';

export interface TruthVantage {
  readonly interfaceId: string;
  /** Whose interface it is; null where it stands between them. */
  readonly stands: Side | null;
  readonly initiatorPackets: number;
  readonly initiatorBytes: number;
  readonly responderPackets: number;
  readonly responderBytes: number;
  readonly initiatorFlags: number;
  readonly responderFlags: number;
  /** Packets that a filter stopped here. */
  readonly rejectedPackets: number;
}

export interface TruthConnection {
  /** `talk.dial`, and a word for the leg behind a NAT gateway. */
  readonly id: string;
  readonly talk: number;
  readonly dial: number;
  readonly leg: number;
  readonly protocol: number;
  /** Who dialled. In a simultaneous open both did and `initiator` is merely the talk's client. */
  readonly initiator: EndPoint;
  readonly responder: EndPoint;
  readonly bothDialled: boolean;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /**
   * The first SYN or SYN-ACK at any logging interface, and the first FIN of the second side or the first RST, whichever was
   * earlier; Unix seconds with fraction.
   */
  readonly openedAt: number | null;
  readonly closedAt: number | null;
  readonly firstFin: Side | null;
  readonly firstRst: Side | null;
  /** What the packets amount to, null for other protocols and where no single reading can be demanded. */
  readonly states: readonly ConnectionState[] | null;
  readonly vantages: readonly TruthVantage[];
}

export const sideOf = (sighting: Sighting): Side => (sighting.by === 'client' ? 'initiator' : 'responder');

const TCP = 6;
/** IP and TCP headers with options: what is larger carries payload. */
const largestHeader = (sighting: Sighting): number => (sighting.family === 4 ? 60 : 80);

const factsOf = (sightings: readonly Sighting[], side: Side): SideFacts => {
  const own = sightings.filter((sighting) => sideOf(sighting) === side);
  const rejectedAt = new Set(
    own.filter((sighting) => sighting.action === 'REJECT').map((sighting) => sighting.hop.interface.id),
  );
  const accepted = own.filter((sighting) => sighting.action === 'ACCEPT');
  return {
    seen: own.length > 0,
    plainSyn: own.some((sighting) => hasPlainSyn(sighting.flags)),
    synAck: own.some((sighting) => hasSynAck(sighting.flags)),
    synAckPassed: accepted.some((sighting) => hasSynAck(sighting.flags)),
    fin: own.some((sighting) => (sighting.flags & FIN) !== 0),
    rst: own.some((sighting) => hasRst(sighting.flags)),
    payload: own.some((sighting) => sighting.bytes > largestHeader(sighting)),
    rejected: rejectedAt.size > 0,
    accepted: accepted.length > 0,
    changed: accepted.some((sighting) => rejectedAt.has(sighting.hop.interface.id)),
  };
};

const countVantage = (interfaceId: string, sightings: readonly Sighting[]): TruthVantage => {
  const of = (side: Side): readonly Sighting[] => sightings.filter((sighting) => sideOf(sighting) === side);
  const bytes = (list: readonly Sighting[]): number =>
    list.reduce((total, sighting) => total + sighting.bytes, 0);
  const flags = (list: readonly Sighting[]): number =>
    list.reduce((total, sighting) => total | sighting.flags, 0);
  const initiator = of('initiator');
  const responder = of('responder');
  const guards = sightings[0]?.hop.guards ?? null;
  return {
    interfaceId,
    stands: guards === null ? null : guards === 'client' ? 'initiator' : 'responder',
    initiatorPackets: initiator.length,
    initiatorBytes: bytes(initiator),
    responderPackets: responder.length,
    responderBytes: bytes(responder),
    initiatorFlags: flags(initiator),
    responderFlags: flags(responder),
    rejectedPackets: sightings.filter((sighting) => sighting.action === 'REJECT').length,
  };
};

const endsOf = (first: Sighting): { readonly initiator: EndPoint; readonly responder: EndPoint } => {
  const source = { address: first.sourceAddress, port: first.sourcePort };
  const target = { address: first.targetAddress, port: first.targetPort };
  return first.by === 'client'
    ? { initiator: source, responder: target }
    : { initiator: target, responder: source };
};

const groupBy = <T>(items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
};

/** The first FIN of the second side at any interface, or the first RST after an opening, whichever was earlier. */
const closeOf = (sightings: readonly Sighting[]): number | null => {
  const firstFin = (side: Side): number | undefined =>
    sightings.find((sighting) => sideOf(sighting) === side && (sighting.flags & FIN) !== 0)?.time;
  const fins = [firstFin('initiator'), firstFin('responder')].filter((time) => time !== undefined);
  const opened = sightings.find((sighting) => (sighting.flags & SYN) !== 0)?.time ?? 0;
  const reset = sightings.find((sighting) => (sighting.flags & RST) !== 0 && sighting.time >= opened)?.time;
  const ends = [...(fins.length === 2 ? [Math.max(...fins)] : []), ...(reset === undefined ? [] : [reset])];
  return ends.length === 0 ? null : Math.min(...ends);
};

const connectionOf = (id: string, unordered: readonly Sighting[]): TruthConnection => {
  const sightings = [...unordered].sort((a, b) => a.time - b.time);
  const first = sightings[0];
  if (first === undefined) throw new Error('a connection needs a packet');
  const carries = (bits: number) => (sighting: Sighting) => (sighting.flags & bits) !== 0;
  const firstWith = (bits: number): Sighting | undefined => sightings.find(carries(bits));
  const sideWith = (bits: number): Side | null => {
    const found = firstWith(bits);
    return found ? sideOf(found) : null;
  };
  const initiator = factsOf(sightings, 'initiator');
  const responder = factsOf(sightings, 'responder');
  const vantages = groupBy(sightings, (sighting) => sighting.hop.interface.id);
  return {
    id,
    talk: first.talk,
    dial: first.dial,
    leg: first.hop.leg,
    protocol: first.protocol,
    ...endsOf(first),
    bothDialled: responder.plainSyn,
    firstSeen: first.time,
    lastSeen: sightings.at(-1)?.time ?? first.time,
    openedAt: firstWith(SYN)?.time ?? null,
    closedAt: closeOf(sightings),
    firstFin: sideWith(FIN),
    firstRst: sideWith(RST),
    states: first.protocol === TCP ? readStates(initiator, responder, true) : null,
    vantages: [...vantages].map(([interfaceId, list]) => countVantage(interfaceId, list)),
  };
};

/** The connections behind the packets, in the order in which they were first seen. */
export const tellTruth = (sightings: readonly Sighting[]): readonly TruthConnection[] =>
  [...groupBy(sightings, connectionIdOf)]
    .map(([id, list]) => connectionOf(id, list))
    .sort((a, b) => a.firstSeen - b.firstSeen || (a.id < b.id ? -1 : 1));
