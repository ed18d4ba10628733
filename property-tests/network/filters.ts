/**
 * Security groups and network ACLs: whether one interface lets one packet pass. Groups are stateful (what belongs to a
 * tracked connection passes whatever the rules say now), ACLs are stateless and bite at once. The default rules are
 * the usual ones: everything may leave, nothing may enter but what the server serves.
 */
import { FIN, hasPlainSyn, hasRst } from '../../src/model/tcp-flags.ts';
import type { Hop } from './places.ts';
import type { Filter, Party } from './story.ts';

/** Seconds a datagram is remembered, and a stream of them once both sides spoke (EC2 User Guide, connection tracking). */
const DATAGRAM_SECONDS = { oneWay: 30, stream: 180 } as const;
/** After both FINs the last ACK still belongs to the connection; what comes later is rejected like any stranger. */
const CLOSE_LINGER_SECONDS = 5;

/** What a security group remembers of one talk at one interface. */
export interface Tracking {
  readonly lastSeen: number;
  readonly spoke: readonly Party[];
  readonly finished: readonly Party[];
  /** When the entry is dropped, or null while the connection is open. */
  readonly overAt: number | null;
}

export interface Judgement {
  readonly action: 'ACCEPT' | 'REJECT';
  readonly tracking: Tracking | null;
}

/** A packet as a filter sees it. `time` counts from the first dial, as the filters do. */
export interface FilteredPacket {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** How long an idle TCP connection is remembered, seconds. */
  readonly trackedSeconds: number;
  readonly by: Party;
  readonly flags: number;
  readonly time: number;
}

const applies = (filter: Filter, hop: Hop, time: number): boolean =>
  filter.at === hop.guards &&
  filter.flow === hop.flow &&
  time >= filter.from &&
  (filter.until === null || time < filter.until);

const rememberedSeconds = (tracking: Tracking, packet: FilteredPacket): number => {
  if (packet.protocol === 'tcp') return packet.trackedSeconds;
  return tracking.spoke.length === 2 ? DATAGRAM_SECONDS.stream : DATAGRAM_SECONDS.oneWay;
};

const isTracked = (tracking: Tracking | null, packet: FilteredPacket): tracking is Tracking =>
  tracking !== null &&
  packet.time - tracking.lastSeen <= rememberedSeconds(tracking, packet) &&
  (tracking.overAt === null || packet.time <= tracking.overAt);

const track = (tracking: Tracking | null, packet: FilteredPacket): Tracking => {
  const fresh = tracking === null || (hasPlainSyn(packet.flags) && tracking.overAt !== null);
  const before: Pick<Tracking, 'spoke' | 'finished' | 'overAt'> = fresh
    ? { spoke: [], finished: [], overAt: null }
    : tracking;
  const spoke = before.spoke.includes(packet.by) ? before.spoke : [...before.spoke, packet.by];
  const finished =
    (packet.flags & FIN) !== 0 && !before.finished.includes(packet.by)
      ? [...before.finished, packet.by]
      : before.finished;
  const over = hasRst(packet.flags)
    ? packet.time
    : finished.length === 2
      ? packet.time + CLOSE_LINGER_SECONDS
      : null;
  return { lastSeen: packet.time, spoke, finished, overAt: before.overAt ?? over };
};

/** Judges a packet at a hop. Hops without a guard (gateways) let everything pass. */
export const judge = (
  filters: readonly Filter[],
  hop: Hop,
  packet: FilteredPacket,
  tracking: Tracking | null,
): Judgement => {
  if (hop.guards === null) return { action: 'ACCEPT', tracking };
  const denied = filters.filter((filter) => applies(filter, hop, packet.time));
  if (denied.some((filter) => filter.kind === 'network-acl')) return { action: 'REJECT', tracking };
  const live = isTracked(tracking, packet);
  const serves = hop.flow === 'egress' || hop.guards === 'server';
  const allowed = live || (serves && !denied.some((filter) => filter.kind === 'security-group'));
  if (!allowed) return { action: 'REJECT', tracking };
  return { action: 'ACCEPT', tracking: track(live ? tracking : null, packet) };
};
