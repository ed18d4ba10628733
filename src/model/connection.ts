/**
 * What comes out: one rebuilt connection (TCP) or exchange (any other protocol). The vocabulary is fixed
 * here and nowhere else; every word of it has its meaning beside it. Times are Unix seconds, sizes are
 * bytes as AWS counts them (headers included); `null` means "the records do not say", never zero.
 */

import type { EcsTask, TrafficPaths } from './annotations.ts';
import type { Losses } from './losses.ts';

/** Who opened it, by the strongest evidence. Observed evidence always beats inferred evidence. */
export const INITIATOR_BASES = {
  handshake: { kind: 'observed', says: 'SYN and SYN-ACK' },
  syn: { kind: 'observed', says: 'SYN' },
  'syn-ack': { kind: 'observed', says: 'SYN-ACK from the other side' },
  simultaneous: { kind: 'observed', says: 'SYN from both sides' },
  rejected: { kind: 'inferred', says: 'only rejected traffic, one way' },
  service: { kind: 'inferred', says: 'the other side is a service' },
  order: { kind: 'inferred', says: 'this side spoke first' },
  'one-way': { kind: 'inferred', says: 'no answer came' },
  port: { kind: 'inferred', says: 'port numbers' },
  none: { kind: 'unknown', says: 'nothing tells' },
} as const;
export type InitiatorBasis = keyof typeof INITIATOR_BASES;
export type EvidenceKind = (typeof INITIATOR_BASES)[InitiatorBasis]['kind'];

/** How a TCP connection went and ended, as far as the records show. */
export const CONNECTION_STATES = {
  attempted: 'SYN, no answer',
  blocked: 'a security group or network ACL rejected the attempt',
  refused: 'SYN answered by RST',
  abandoned: 'SYN, then RST or FIN by the initiator, no SYN-ACK',
  established: 'answered, no close seen',
  'half-closed': 'answered, one FIN',
  closed: 'answered, FIN from both sides',
  reset: 'answered, then RST',
  answered: 'SYN-ACK but no SYN in the log, and what followed',
  midstream: 'no handshake in the log',
  flagless: 'the format carries no tcp-flags',
} as const;
export type ConnectionState = keyof typeof CONNECTION_STATES;

/** What security groups and network ACLs did, and what else became of it on its way. */
export const VERDICTS = {
  accepted: 'every record was accepted',
  rejected: 'the request was rejected, from its first packet on, by a security group or a network ACL',
  'reply-rejected':
    'the reply was rejected: security groups let replies through, so only a network ACL does this, or the answer was not asked for',
  'cut-off':
    'it was open, and from some moment on one direction or both were rejected: a rule was changed, or tracking had ended',
  lost: 'a transit gateway dropped packets: routing, not filtering',
  unanswered: 'tried, no answer: nothing was rejected, and the log shows answers to others',
  late: 'only late packets were rejected: after the close, or of a conversation that the log does not show; harmless',
  mixed: 'some records were accepted and some rejected',
  unknown: 'the format carries no action, or nothing tells whether the request or the reply was rejected',
} as const;
export type Verdict = keyof typeof VERDICTS;

export type Side = 'initiator' | 'responder';

/** One end of a connection and what it sent, counted at the primary vantage. */
export interface Party {
  readonly address: string;
  /** Null where the protocol has no ports. */
  readonly port: number | null;
  readonly packets: number | null;
  readonly bytes: number | null;
  /** OR of all `tcp-flags` this side showed at any vantage; null without flags. */
  readonly flags: number | null;
  /** The AWS service whose ranges hold the address; there only where the run was asked for it (`annotations: true`) and records say so. */
  readonly awsService?: string;
}

/** Where on the way an interface stood. */
export type VantageRole = 'initiator' | 'responder' | 'gateway' | 'unknown';

/** What one interface (or gateway resource) saw of the connection. Never summed across vantages. */
export interface Vantage {
  readonly interfaceId: string | null;
  readonly resourceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly accountId: string | null;
  readonly role: VantageRole;
  /** The interface's own address where a record shows that it stands in for another. */
  readonly rewrites: string | null;
  readonly records: number;
  readonly windows: number;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  readonly initiatorPackets: number | null;
  readonly initiatorBytes: number | null;
  readonly responderPackets: number | null;
  readonly responderBytes: number | null;
  /** Which directions it saw. */
  readonly sees: 'both' | 'initiator' | 'responder';
  /** Packets that were lost here, by reason; null where none was. */
  readonly lost: Losses | null;
  /** What was stopped here, as far as this vantage alone tells. */
  readonly verdict: Verdict;
  /** The ECS task behind it; there only where the run was asked for it (`annotations: true`) and records say so. */
  readonly ecs?: EcsTask;
  /** By which way packets left it; the same. */
  readonly trafficPaths?: TrafficPaths;
}

/** What one side sent in one window, at the primary vantage. */
export interface WindowSide {
  readonly packets: number | null;
  readonly bytes: number | null;
  /** OR of the window's `tcp-flags`; null without flags. */
  readonly flags: number | null;
  /** Null where the format carries no action; `mixed` where an interval has records of both. */
  readonly action: 'accept' | 'reject' | 'mixed' | null;
}

/** What both sides did during one interval at the primary vantage; a side is null when it was not seen. */
export interface ConnectionWindow {
  readonly start: number | null;
  readonly end: number | null;
  readonly initiator: WindowSide | null;
  readonly responder: WindowSide | null;
}

export interface Connection {
  /** Stable hash of key, scope and opening: the same in every run, order and thread count. */
  readonly uid: string;
  /** Community ID v1, or null where the protocol has none. */
  readonly communityId: string | null;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, or the IANA number. */
  readonly protocol: string;
  readonly initiator: Party;
  readonly responder: Party;
  readonly initiatorBasis: InitiatorBasis;
  /** 0.5 (a coin) to 1. */
  readonly initiatorConfidence: number;
  /** Null for exchanges (other protocols than TCP), like the three that follow. */
  readonly state: ConnectionState | null;
  readonly closedBy: Side | null;
  /** Zeek's `conn_state`. */
  readonly connState: string | null;
  /** Zeek's `history` letters, as far as flow logs carry them. */
  readonly history: string | null;
  readonly verdict: Verdict;
  /** The interface, or the resource in its place, whose rejections the verdict is about; null where nothing was rejected, or it has no name. */
  readonly rejectedAt: string | null;
  /** Start of the first record that was rejected there: the cut lies at most 60 s before it. */
  readonly rejectedFrom: number | null;
  /** Whose records were rejected there, of those that the verdict is about; null where nothing was rejected. */
  readonly rejectedSide: Side | 'both' | null;
  /** The attachment of a transit gateway that lost packets, the most of several; null where none did, or it has no name. */
  readonly lostAt: string | null;
  /** Packets that were lost there; null where none was. */
  readonly packetsLost: number | null;
  /** Why, words of LOSS_REASONS with a blank between them; null where none was. */
  readonly lostBecause: string | null;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Start of the first interval with a SYN or SYN-ACK; the packet itself lies in openedAt-60 … openedBy. */
  readonly openedAt: number | null;
  readonly openedBy: number | null;
  /** The close lies in closedAfter-60 … closedAt: the second side's first FIN or the first RST, whichever came first. */
  readonly closedAfter: number | null;
  readonly closedAt: number | null;
  /** What the records prove, AWS's 60 s of slack included. */
  readonly durationMin: number | null;
  readonly durationMax: number | null;
  /** Intervals at the primary vantage. */
  readonly windows: number;
  /** Those intervals one by one, in their order; there only where the run was asked for them (`windows: true`). */
  readonly windowDetails?: readonly ConnectionWindow[];
  /** Records at all vantages. */
  readonly records: number;
  /** The primary vantage first, then along the path. */
  readonly vantages: readonly Vantage[];
  readonly startsMidstream: boolean | null;
  readonly endsOpen: boolean | null;
  readonly oneSided: boolean;
  /** A SKIPDATA interval touches it: records may be missing. */
  readonly hasGap: boolean;
  /** One interval holds an opening and a close and enough packets for more than one connection. */
  readonly mayHideReuse: boolean;
  /** A record contradicted what was seen before (a SYN inside an open connection). */
  readonly contradicted: boolean;
  /** Interfaces from initiator to responder and back, as text. */
  readonly path: string | null;
}
