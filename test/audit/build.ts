/** Connections as the audit's rules look for them, each as little as makes it one. Times are seconds after NOON. */
import type { Connection, Vantage, Verdict } from '../../src/model/connection.ts';
import { connection, vantage } from '../export/connection.ts';

/** 2025-01-01 12:00:00 UTC. */
export const NOON = 1_735_732_800;

export interface Ends {
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
  /** Seconds after NOON. */
  readonly at?: number;
}

let made = 0;

const base = ({ from = '10.0.0.1', to = '10.0.0.2', port = 443, at = 0 }: Ends, seconds: number) => {
  made++;
  return {
    uid: `C${String(made).padStart(6, '0')}`,
    initiator: { address: from, port: 40_000 + (made % 20_000), packets: 1, bytes: 60, flags: 2 },
    responder: { address: to, port, packets: 0, bytes: 0, flags: 0 },
    firstSeen: NOON + at,
    lastSeen: NOON + at + seconds,
    openedAt: NOON + at,
    openedBy: NOON + at + Math.min(seconds, 60),
    closedAfter: NOON + at + Math.max(0, seconds - 60),
    closedAt: NOON + at + seconds,
    windows: Math.floor(seconds / 60) + 1,
    durationMin: Math.max(0, seconds - 180),
    durationMax: seconds + 60,
  };
};

type Over = Partial<Omit<Connection, 'initiator' | 'responder'>>;

/** SYN, SYN-ACK, data, FIN from both, within `seconds`. */
export const conversation = (ends: Ends = {}, seconds = 5, over: Over = {}): Connection => {
  const { initiator, responder, ...rest } = base(ends, seconds);
  return connection({
    ...rest,
    initiator: { ...initiator, packets: 6, bytes: 600, flags: 3 },
    responder: { ...responder, packets: 5, bytes: 900, flags: 19 },
    ...over,
  });
};

/** The same in a format without flags: who opened it is inferred. */
export const flagless = (ends: Ends = {}, seconds = 5, over: Over = {}): Connection => {
  const { initiator, responder, ...rest } = conversation(ends, seconds);
  return {
    ...rest,
    ...{ state: 'flagless', initiatorBasis: 'port', initiatorConfidence: 0.98 },
    ...{ closedBy: null, connState: 'OTH', history: '', startsMidstream: null, endsOpen: null },
    ...{ openedAt: null, openedBy: null, closedAfter: null, closedAt: null, durationMax: null },
    initiator: { ...initiator, flags: null },
    responder: { ...responder, flags: null },
    ...over,
  };
};

/** SYN and RST, or SYN and SYN-ACK, in such a format: a packet of 60 bytes, and one of 40. */
export const probe = (ends: Ends = {}, over: Over = {}): Connection => {
  const { initiator, responder, ...rest } = flagless(ends, 0, over);
  return {
    ...rest,
    initiator: { ...initiator, packets: 1, bytes: 60 },
    responder: { ...responder, packets: 1, bytes: 40 },
  };
};

/** SYN, and nothing. */
export const attempt = (ends: Ends = {}, over: Over = {}): Connection =>
  connection({
    ...base(ends, 0),
    initiatorBasis: 'syn',
    state: 'attempted',
    closedBy: null,
    connState: 'S0',
    closedAfter: null,
    closedAt: null,
    durationMin: 0,
    durationMax: null,
    oneSided: true,
    ...over,
  });

/** A SYN that a security group rejected. */
export const blocked = (ends: Ends = {}, over: Over = {}): Connection =>
  attempt(ends, { state: 'blocked', verdict: 'rejected', ...over });

/** Where something was stopped: the interface beside an end. */
const stoppedAt = (role: Vantage['role'], verdict: Verdict) => ({
  ...{ verdict, rejectedAt: 'eni-0a1b' },
  vantages: [vantage({ interfaceId: 'eni-0a1b', subnetId: 'subnet-1', instanceId: 'i-1', role, verdict })],
});

/** SYN; and the SYN-ACK was rejected on its way out of the server's subnet. */
export const replyRejected = (ends: Ends = {}, over: Over = {}): Connection => {
  const { responder, ...rest } = base(ends, 0);
  return connection({
    ...rest,
    ...stoppedAt('responder', 'reply-rejected'),
    ...{ state: 'blocked', initiatorBasis: 'handshake', rejectedSide: 'responder', oneSided: false },
    ...{ closedAfter: null, closedAt: null, durationMin: 0, durationMax: null },
    rejectedFrom: rest.firstSeen,
    responder: { ...responder, packets: 1, bytes: 60, flags: 18 },
    ...over,
  });
};

/** A conversation whose client was not let in any more, 60 s after it had begun. */
export const cutOff = (ends: Ends = {}): Connection => {
  const open = conversation(ends, 120);
  return {
    ...open,
    ...stoppedAt('responder', 'cut-off'),
    ...{ state: 'established', rejectedSide: 'initiator', endsOpen: true },
    ...{ closedBy: null, closedAfter: null, closedAt: null, durationMax: null },
    rejectedFrom: (open.firstSeen as number) + 60,
  };
};

/** A FIN of a conversation that the log does not show, rejected. */
export const lateAlone = (ends: Ends = {}, over: Over = {}): Connection => {
  const { responder, ...rest } = base(ends, 0);
  return connection({
    ...rest,
    ...stoppedAt('initiator', 'late'),
    ...{ state: 'midstream', initiatorBasis: 'port', initiatorConfidence: 0.99, rejectedSide: 'responder' },
    ...{ oneSided: true, startsMidstream: true, closedBy: null },
    ...{ openedAt: null, openedBy: null, closedAfter: null, closedAt: null, durationMax: null },
    rejectedFrom: rest.firstSeen,
    responder: { ...responder, packets: 1, bytes: 40, flags: 17 },
    ...over,
  });
};

/** SYN, RST. */
export const refusal = (ends: Ends = {}): Connection => {
  const { responder, ...rest } = base(ends, 0);
  return connection({
    ...rest,
    responder: { ...responder, packets: 1, bytes: 40, flags: 4 },
    initiatorBasis: 'syn',
    state: 'refused',
    closedBy: 'responder',
    connState: 'REJ',
  });
};

/** SYN, SYN-ACK, and then nothing, or with 6 the RST of a system that knows of no attempt. */
export const halfOpen = (ends: Ends = {}, flags: 2 | 6 = 2): Connection => {
  const { initiator, responder, ...rest } = base(ends, 0);
  return connection({
    ...rest,
    initiator: { ...initiator, packets: flags === 6 ? 2 : 1, flags },
    responder: { ...responder, packets: 1, bytes: 60, flags: 18 },
    state: flags === 6 ? 'reset' : 'established',
    closedBy: flags === 6 ? 'initiator' : null,
    ...(flags === 6 ? {} : { closedAfter: null, closedAt: null, durationMax: null, endsOpen: true }),
  });
};

/** A conversation that one side reset. */
export const reset = (
  ends: Ends = {},
  seconds = 5,
  by: 'initiator' | 'responder' = 'responder',
  over: Over = {},
): Connection => conversation(ends, seconds, { state: 'reset', closedBy: by, connState: 'RSTR', ...over });

/** So many, made by their number. */
export const many = (count: number, make: (i: number) => Connection): Connection[] =>
  Array.from({ length: count }, (_, i) => make(i));
