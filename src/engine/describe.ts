/** From the judged row to the connection that people and programs are handed: every text is made here. */
import type { Connection } from '../model/connection.ts';
import { describeWindows } from '../path/describe-windows.ts';
import { describeVantages, type View } from '../path/vantages.ts';
import type { Judge } from './judge.ts';

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** The connection judged last. */
export const describeConnection = ({ row, survey, vantages }: Judge): Connection => ({
  uid: ascii(row.uid),
  communityId: row.hasCommunityId ? ascii(row.communityId) : null,
  protocol: row.protocol,
  initiator: {
    address: vantages.addressText(row.initiatorAddress, row.isV6),
    port: row.initiatorPort,
    packets: row.initiatorPackets,
    bytes: row.initiatorBytes,
    flags: row.initiatorFlags,
  },
  responder: {
    address: vantages.addressText(row.responderAddress, row.isV6),
    port: row.responderPort,
    packets: row.responderPackets,
    bytes: row.responderBytes,
    flags: row.responderFlags,
  },
  initiatorBasis: row.initiatorBasis,
  initiatorConfidence: row.initiatorConfidence,
  state: row.state,
  closedBy: row.closedBy,
  connState: row.connState,
  history: row.history,
  verdict: row.verdict,
  firstSeen: row.firstSeen,
  lastSeen: row.lastSeen,
  openedAt: row.openedAt,
  openedBy: row.openedBy,
  closedAfter: row.closedAfter,
  closedAt: row.closedAt,
  durationMin: row.durationMin,
  durationMax: row.durationMax,
  windows: row.windows,
  records: row.records,
  vantages: describeVantages(survey, vantages),
  startsMidstream: row.startsMidstream,
  endsOpen: row.endsOpen,
  oneSided: row.oneSided,
  hasGap: row.hasGap,
  mayHideReuse: row.mayHideReuse,
  contradicted: row.contradicted,
  path: row.path,
});

/** The same with its windows one by one. */
export const describeWithWindows = (judge: Judge): Connection => ({
  ...describeConnection(judge),
  windowDetails: describeWindows(judge.survey.ranked[0] as View, judge.survey.initiator),
});
