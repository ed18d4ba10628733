/**
 * One end of one connection, following RFC 9293 §3.10: a state and what to send when a segment arrives, the
 * application acts or time runs out. Every step is pure and returns its effects. It keeps out of windows, congestion,
 * urgent data and option negotiation: flow logs cannot see them.
 */
import { lengthOf, type Segment } from './segment.ts';

export type TcpState =
  | 'CLOSED'
  | 'SYN-SENT'
  | 'SYN-RECEIVED'
  | 'ESTABLISHED'
  | 'FIN-WAIT-1'
  | 'FIN-WAIT-2'
  | 'CLOSE-WAIT'
  | 'CLOSING'
  | 'LAST-ACK'
  | 'TIME-WAIT';

/** How a host behaves where the RFC leaves it a choice, or where it does not care about the RFC. */
export interface Manner {
  /** Accepts SYNs in CLOSED (which is then LISTEN). */
  readonly listens: boolean;
  /** Drops what reaches a closed port instead of answering RST. */
  readonly silent: boolean;
  /** Answers SYN-ACK with RST (SYN scan). */
  readonly scans: boolean;
  /** Never answers SYN-ACK (half-open scan). */
  readonly mute: boolean;
  readonly synRetries: number;
}

export interface Host {
  readonly manner: Manner;
  readonly state: TcpState;
  /** First sequence number of this connection, the oldest unacknowledged, the next to send, the next expected. */
  readonly iss: number;
  readonly sndUna: number;
  readonly sndNxt: number;
  readonly rcvNxt: number;
  readonly unacked: readonly Segment[];
  /** Retransmissions of the oldest unacknowledged segment. */
  readonly tries: number;
  /** Data segments received and not yet acknowledged. */
  readonly owed: number;
  /** Changes whenever the timer is started anew or stopped: a stale alarm is one of another number. */
  readonly timer: number;
  /** Without power. */
  readonly gone: boolean;
}

export interface Step {
  readonly host: Host;
  readonly sends: readonly Segment[];
}

/** RFC 5961 §10 and Linux (`tcp_synack_retries`, and few data retries to keep stories short). */
const SYN_ACK_RETRIES = 5;
const DATA_RETRIES = 7;
/** Linux's TIME-WAIT, in seconds; RFC 9293 would have two to four minutes. */
const TIME_WAIT_SECONDS = 60;

export const newHost = (manner: Manner): Host => ({
  manner,
  state: 'CLOSED',
  iss: 0,
  sndUna: 0,
  sndNxt: 0,
  rcvNxt: 0,
  unacked: [],
  tries: 0,
  owed: 0,
  timer: 0,
  gone: false,
});

const NOTHING: Omit<Segment, 'seq' | 'ackNo'> = {
  syn: false,
  ack: true,
  fin: false,
  rst: false,
  push: false,
  payload: 0,
};

const stay = (host: Host): Step => ({ host, sends: [] });
const ackOf = (host: Host): Segment => ({ ...NOTHING, seq: host.sndNxt, ackNo: host.rcvNxt });
const acknowledge = (host: Host): Step => ({ host: { ...host, owed: 0 }, sends: [ackOf(host)] });

const restartTimer = (host: Host): Host => ({ ...host, timer: host.timer + 1 });

const forgetAll = (host: Host): Host => ({ ...newHost(host.manner), timer: host.timer + 1, gone: host.gone });

/** Puts a segment in line for retransmission and sends it. */
const sendKept = (host: Host, segment: Segment): Step => {
  const next = {
    ...host,
    sndNxt: host.sndNxt + lengthOf(segment),
    unacked: [...host.unacked, segment],
    owed: 0,
  };
  return { host: host.unacked.length === 0 ? restartTimer({ ...next, tries: 0 }) : next, sends: [segment] };
};

/** Seconds until the alarm, or null when none is set. SYNs go out 1, 3, 7, 15, 31 s after the first. */
export const timerSeconds = (host: Host): number | null => {
  if (host.gone) return null;
  if (host.state === 'TIME-WAIT') return TIME_WAIT_SECONDS;
  return host.unacked.length > 0 ? 2 ** host.tries : null;
};

/** Retransmits all that is not acknowledged (go back N), or gives up, or leaves TIME-WAIT. */
export const timeOut = (host: Host): Step => {
  const oldest = host.unacked[0];
  if (host.state === 'TIME-WAIT' || oldest === undefined) return stay(forgetAll(host));
  const most = oldest.syn ? (oldest.ack ? SYN_ACK_RETRIES : host.manner.synRetries) : DATA_RETRIES;
  if (host.tries >= most) return stay(forgetAll(host));
  const again = host.unacked.map((segment) => (segment.ack ? { ...segment, ackNo: host.rcvNxt } : segment));
  return { host: restartTimer({ ...host, tries: host.tries + 1 }), sends: again };
};

/** Sends a SYN from a fresh sequence number; whatever the host was in before is over. */
export const dial = (host: Host, iss: number): Step => {
  const fresh = { ...forgetAll(host), gone: false, iss, sndUna: iss, sndNxt: iss };
  const step = sendKept(
    { ...fresh, state: 'SYN-SENT' },
    { ...NOTHING, ack: false, syn: true, seq: iss, ackNo: 0 },
  );
  return host.manner.mute ? { host: { ...step.host, gone: true }, sends: step.sends } : step;
};

const canSend = (host: Host): boolean =>
  !host.gone && (host.state === 'ESTABLISHED' || host.state === 'CLOSE-WAIT');

export const write = (host: Host, payload: number, push: boolean): Step =>
  canSend(host)
    ? sendKept(host, { ...NOTHING, push, payload, seq: host.sndNxt, ackNo: host.rcvNxt })
    : stay(host);

/** A keepalive probe repeats the last sequence number, which makes the peer acknowledge (RFC 9293 §3.8.4). */
export const probe = (host: Host): Step =>
  canSend(host) ? { host, sends: [{ ...ackOf(host), seq: host.sndNxt - 1 }] } : stay(host);

export const close = (host: Host): Step => {
  if (!canSend(host)) return stay(host);
  const state = host.state === 'ESTABLISHED' ? 'FIN-WAIT-1' : 'LAST-ACK';
  return sendKept({ ...host, state }, { ...NOTHING, fin: true, seq: host.sndNxt, ackNo: host.rcvNxt });
};

/** RST from any state but CLOSED. The RFC sends none from SYN-SENT; raw senders and middleboxes do. */
export const abort = (host: Host): Step => {
  if (host.gone || host.state === 'CLOSED') return stay(host);
  const rst: Segment = {
    ...NOTHING,
    ack: host.state !== 'SYN-SENT',
    rst: true,
    seq: host.sndNxt,
    ackNo: host.rcvNxt,
  };
  return { host: forgetAll(host), sends: [rst] };
};

export const vanish = (host: Host): Step => stay({ ...restartTimer(host), gone: true });

export const forget = (host: Host): Step => stay({ ...forgetAll(host), gone: false });

/** RFC 9293 §3.10.7.1: a segment for which there is no connection. */
const resetStranger = (segment: Segment): Segment =>
  segment.ack
    ? { ...NOTHING, ack: false, rst: true, seq: segment.ackNo, ackNo: 0 }
    : { ...NOTHING, rst: true, seq: 0, ackNo: segment.seq + lengthOf(segment) };

const accept = (host: Host, segment: Segment, iss: number): Step => {
  const fresh = { ...forgetAll(host), iss, sndUna: iss, sndNxt: iss, rcvNxt: segment.seq + 1 };
  return sendKept(
    { ...fresh, state: 'SYN-RECEIVED' },
    { ...NOTHING, syn: true, seq: iss, ackNo: fresh.rcvNxt },
  );
};

const receiveClosed = (host: Host, segment: Segment, iss: number): Step => {
  if (segment.rst) return stay(host);
  if (host.manner.listens && segment.syn && !segment.ack) return accept(host, segment, iss);
  return host.manner.silent ? stay(host) : { host, sends: [resetStranger(segment)] };
};

/** RFC 9293 §3.10.7.3. */
const receiveSynSent = (host: Host, segment: Segment): Step => {
  const answersUs = segment.ack && segment.ackNo > host.iss && segment.ackNo <= host.sndNxt;
  if (segment.ack && !answersUs) return segment.rst ? stay(host) : { host, sends: [resetStranger(segment)] };
  if (segment.rst) return stay(answersUs ? forgetAll(host) : host);
  if (!segment.syn) return stay(host);
  if (!answersUs) {
    // Simultaneous open: our SYN stays, now with an acknowledgement.
    const opened = { ...host, rcvNxt: segment.seq + 1, state: 'SYN-RECEIVED' as const };
    const synAck: Segment = { ...NOTHING, syn: true, seq: host.iss, ackNo: opened.rcvNxt };
    return { host: restartTimer({ ...opened, unacked: [synAck], tries: 0 }), sends: [synAck] };
  }
  if (host.manner.scans) return { host: forgetAll(host), sends: [resetStranger(segment)] };
  const open = {
    ...host,
    state: 'ESTABLISHED' as const,
    sndUna: segment.ackNo,
    rcvNxt: segment.seq + 1,
    unacked: [],
    tries: 0,
  };
  return acknowledge(restartTimer(open));
};

/** A SYN where none is expected: repeated, or a new dial on ports that this end still holds. */
const receiveSynAgain = (host: Host, segment: Segment, iss: number): Step => {
  const repeated = segment.seq === host.rcvNxt - 1;
  if (host.state === 'SYN-RECEIVED' && repeated) {
    if (segment.ack && segment.ackNo === host.sndNxt)
      return acknowledge(takeAck({ ...host, state: 'ESTABLISHED' }, segment.ackNo));
    const oldest = host.unacked[0];
    return oldest ? { host, sends: [oldest] } : stay(host);
  }
  // RFC 9293 §3.6.1 and RFC 6191: TIME-WAIT gives way to a SYN with a higher sequence number.
  if (host.state === 'TIME-WAIT' && host.manner.listens && !segment.ack && segment.seq > host.rcvNxt)
    return accept(host, segment, iss);
  return acknowledge(host); // challenge ACK, RFC 5961 §4
};

const takeAck = (host: Host, ackNo: number): Host => {
  if (ackNo <= host.sndUna || ackNo > host.sndNxt) return host;
  const unacked = host.unacked.filter((segment) => segment.seq + lengthOf(segment) > ackNo);
  return restartTimer({ ...host, sndUna: ackNo, unacked, tries: 0 });
};

const AFTER_FIN_ACKED: Partial<Record<TcpState, TcpState>> = {
  'FIN-WAIT-1': 'FIN-WAIT-2',
  CLOSING: 'TIME-WAIT',
  'LAST-ACK': 'CLOSED',
};

const AFTER_FIN_RECEIVED: Partial<Record<TcpState, TcpState>> = {
  ESTABLISHED: 'CLOSE-WAIT',
  'FIN-WAIT-1': 'CLOSING',
  'FIN-WAIT-2': 'TIME-WAIT',
};

/** Moves on when everything this end sent, its FIN last, has been acknowledged. */
const noteAcked = (before: Host, ackNo: number): Host => {
  const host = takeAck(before, ackNo);
  if (host.state === 'SYN-RECEIVED' && host.sndUna > host.iss) return { ...host, state: 'ESTABLISHED' };
  if (host.unacked.length > 0 || host.sndUna !== host.sndNxt) return host;
  const state = AFTER_FIN_ACKED[host.state];
  if (state === undefined) return host;
  return state === 'CLOSED' ? forgetAll(host) : restartTimer({ ...host, state });
};

const takeText = (host: Host, segment: Segment): Step => {
  const owed = host.owed + (segment.payload > 0 ? 1 : 0);
  const taken = { ...host, rcvNxt: host.rcvNxt + lengthOf(segment), owed };
  if (segment.fin) {
    const state = AFTER_FIN_RECEIVED[host.state] ?? host.state;
    return acknowledge(restartTimer({ ...taken, state }));
  }
  // Every second segment is acknowledged, and the last of a train (RFC 9293 §3.8.6.3, without its timer).
  return owed >= 2 || segment.push ? acknowledge(taken) : stay(taken);
};

/** RFC 9293 §3.10.7.4: reset, SYN, acknowledgement, text and FIN, in this order. */
const receiveSynchronized = (host: Host, segment: Segment, iss: number): Step => {
  if (segment.rst) {
    if (segment.seq === host.rcvNxt) return stay(forgetAll(host));
    return segment.seq > host.rcvNxt ? acknowledge(host) : stay(host);
  }
  if (segment.syn) return receiveSynAgain(host, segment, iss);
  const next = segment.ack ? noteAcked(host, segment.ackNo) : host;
  if (next.state === 'CLOSED') return stay(next);
  if (lengthOf(segment) === 0) return segment.seq === host.rcvNxt - 1 ? acknowledge(next) : stay(next);
  return segment.seq === next.rcvNxt ? takeText(next, segment) : acknowledge(next);
};

/** What arriving does to a host. `iss` is where its numbers start should it accept a connection. */
export const receive = (host: Host, segment: Segment, iss: number): Step => {
  if (host.gone) return stay(host);
  if (host.state === 'CLOSED') return receiveClosed(host, segment, iss);
  if (host.state === 'SYN-SENT') return receiveSynSent(host, segment);
  return receiveSynchronized(host, segment, iss);
};
