/** Builds connections that take only what a test cares about; the rest is AWS's documented sample connection. */
import type { Connection, Party, Vantage } from '../../src/model/connection.ts';

type Given = Partial<Omit<Connection, 'initiator' | 'responder'>> & {
  readonly initiator?: Partial<Party>;
  readonly responder?: Partial<Party>;
};

/** One vantage: the interface of AWS's TCP flag sequence example. */
export const vantage = (given: Partial<Vantage> = {}): Vantage => ({
  interfaceId: 'eni-1235b8ca123456789',
  resourceId: null,
  vpcId: 'vpc-abcdefab012345678',
  subnetId: 'subnet-aaaaaaaa012345678',
  instanceId: 'i-01234567890123456',
  accountId: '123456789010',
  role: 'responder',
  rewrites: null,
  records: 4,
  windows: 2,
  firstSeen: 1566848875,
  lastSeen: 1566849113,
  initiatorPackets: 15844,
  initiatorBytes: 23395289,
  responderPackets: 1231,
  responderBytes: 64020,
  sees: 'both',
  lost: null,
  verdict: 'accepted',
  ...given,
});

/** A connection: 52.213.180.42:43418 → 10.0.0.62:5001 of AWS's example, 238 s, closed by both sides. */
export const connection = (given: Given = {}): Connection => ({
  uid: 'Cp1',
  communityId: '1:abc=',
  protocol: 'tcp',
  initiatorBasis: 'handshake',
  initiatorConfidence: 1,
  state: 'closed',
  closedBy: 'initiator',
  connState: 'SF',
  history: 'ShDdFf',
  verdict: 'accepted',
  rejectedAt: null,
  rejectedFrom: null,
  rejectedSide: null,
  lostAt: null,
  packetsLost: null,
  lostBecause: null,
  firstSeen: 1566848875,
  lastSeen: 1566849113,
  openedAt: 1566848875,
  openedBy: 1566848933,
  closedAfter: 1566848933,
  closedAt: 1566849113,
  durationMin: 0,
  durationMax: 298,
  windows: 2,
  records: 4,
  vantages: [vantage()],
  startsMidstream: false,
  endsOpen: false,
  oneSided: false,
  hasGap: false,
  mayHideReuse: false,
  contradicted: false,
  path: null,
  ...given,
  initiator: {
    address: '52.213.180.42',
    port: 43418,
    packets: 15844,
    bytes: 23395289,
    flags: 3,
    ...given.initiator,
  },
  responder: { address: '10.0.0.62', port: 5001, packets: 1231, bytes: 64020, flags: 19, ...given.responder },
});

/**
 * One whose times all differ: a late record in front of the SYN, a straggler behind the FIN. A column that reads another
 * time than its own shows it here.
 */
export const withEveryTime = (given: Given = {}): Connection =>
  connection({
    firstSeen: 1000,
    openedAt: 1010,
    openedBy: 1020,
    closedAfter: 1300,
    closedAt: 1350,
    lastSeen: 1390,
    durationMin: 220,
    durationMax: 400,
    ...given,
  });
