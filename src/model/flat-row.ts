/**
 * One connection in bulk form: everything that the flat row holds, as numbers and words, with no text made
 * yet. The engine fills one such row again and again; whoever wants to keep it makes a Connection of it.
 */
import type { ConnectionState, InitiatorBasis, Side, Verdict } from './connection.ts';

/** The identifiers of one vantage, as the records name them. */
export interface Place {
  readonly interfaceId: string | null;
  readonly vpcId: string | null;
  readonly subnetId: string | null;
  readonly instanceId: string | null;
  readonly accountId: string | null;
}

/** Fields mean what they mean in Connection; addresses are numbers (IPv4) or ids of an address book (IPv6). */
export interface FlatRow {
  /** ASCII. */
  readonly uid: Uint8Array;
  /** ASCII; without meaning unless `hasCommunityId`. */
  readonly communityId: Uint8Array;
  hasCommunityId: boolean;
  protocol: string;
  isV6: boolean;
  initiatorAddress: number;
  initiatorPort: number | null;
  responderAddress: number;
  responderPort: number | null;
  initiatorBasis: InitiatorBasis;
  initiatorConfidence: number;
  state: ConnectionState | null;
  closedBy: Side | null;
  connState: string | null;
  history: string | null;
  verdict: Verdict;
  firstSeen: number | null;
  lastSeen: number | null;
  openedAt: number | null;
  openedBy: number | null;
  closedAfter: number | null;
  closedAt: number | null;
  durationMin: number | null;
  durationMax: number | null;
  initiatorPackets: number | null;
  initiatorBytes: number | null;
  responderPackets: number | null;
  responderBytes: number | null;
  initiatorFlags: number | null;
  responderFlags: number | null;
  windows: number;
  records: number;
  vantages: number;
  place: Place;
  startsMidstream: boolean | null;
  endsOpen: boolean | null;
  oneSided: boolean;
  hasGap: boolean;
  mayHideReuse: boolean;
  contradicted: boolean;
  path: string | null;
}
