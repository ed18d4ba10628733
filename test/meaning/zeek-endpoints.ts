/**
 * Zeek's reading of a connection, packet by packet, in our own words: what its TCP analyzer keeps of an end (INACTIVE, PARTIAL,
 * SYN_SENT, SYN_ACK_SENT, ESTABLISHED, CLOSED, RESET) and what its script makes of two of them (zeek/zeek,
 * src/packet_analysis/protocol/tcp/TCPSessionAdapter.cc and conn_state in scripts/base/protocols/conn/main.zeek, version 8).
 */

/** An end, and what it sent: a letter of Zeek's history, or `a` for an ACK without payload. */
export interface Packet {
  readonly by: 'orig' | 'resp';
  readonly sends: 's' | 'h' | 'a' | 'd' | 'f' | 'r';
}

type State = 'inactive' | 'partial' | 'syn sent' | 'syn-ack sent' | 'established' | 'closed' | 'reset';

interface Endpoint {
  readonly state: State;
  /** The state before. */
  readonly was: State;
}

interface Talk {
  readonly orig: Endpoint;
  readonly resp: Endpoint;
  readonly history: string;
  readonly sentPayload: boolean;
}

const moved = (endpoint: Endpoint, state: State): Endpoint =>
  state === endpoint.state ? endpoint : { state, was: endpoint.state };

/** The first packet of an end. */
const begin = (talk: Talk, { by, sends }: Packet): Pick<Talk, 'orig' | 'resp'> => {
  const peer = by === 'orig' ? talk.resp : talk.orig;
  const both = (own: State, other: Endpoint = peer): Pick<Talk, 'orig' | 'resp'> => {
    const mine = moved(talk[by], own);
    return by === 'orig' ? { orig: mine, resp: other } : { orig: other, resp: mine };
  };
  if (sends === 'f') return both('closed');
  if (sends === 'r') return both('reset');
  if (sends === 's' || sends === 'h') {
    if (by === 'orig') return both(sends === 's' ? 'syn sent' : 'syn-ack sent');
    return both('established', peer.state === 'syn sent' ? moved(peer, 'established') : peer);
  }
  // Some hosts acknowledge a SYN before they answer it.
  if (by === 'resp' && sends === 'a' && peer.state === 'syn sent') return both('inactive');
  return both(peer.state === 'established' ? 'established' : 'partial');
};

const goOn = (talk: Talk, { by, sends }: Packet): Pick<Talk, 'orig' | 'resp'> => {
  const own = talk[by];
  const peer = by === 'orig' ? talk.resp : talk.orig;
  const both = (mine: Endpoint, other: Endpoint = peer): Pick<Talk, 'orig' | 'resp'> =>
    by === 'orig' ? { orig: mine, resp: other } : { orig: other, resp: mine };
  if (own.state === 'reset') return both(own);
  if (own.state === 'closed')
    return both(sends === 'r' && peer.state !== 'closed' ? moved(own, 'reset') : own);
  if (sends === 'r') return both(moved(own, 'reset'));
  if (sends === 's' && own.state === 'partial' && peer.state === 'inactive')
    return both(moved(own, 'syn sent'));
  if (sends !== 'f') return both(own);
  // A FIN that answers a FIN and a RST makes that end closed again: it was a normal end.
  const isNormal = own.state === 'established' || own.state === 'partial';
  const cameBack = isNormal && peer.state === 'reset' && peer.was === 'closed';
  return both(moved(own, 'closed'), cameBack ? moved(peer, 'closed') : peer);
};

const take = (talk: Talk, packet: Packet): Talk => {
  const isFirst = talk[packet.by].state === 'inactive';
  return {
    ...(isFirst ? begin(talk, packet) : goOn(talk, packet)),
    history: talk.history + (packet.by === 'orig' ? packet.sends.toUpperCase() : packet.sends),
    sentPayload: talk.sentPayload || packet.sends === 'd',
  };
};

const INACTIVE: Endpoint = { state: 'inactive', was: 'inactive' };

/** Zeek's conn_state after these packets, the originator being who we say. */
export const zeekWordOf = (packets: readonly Packet[]): string => {
  const start: Talk = { orig: INACTIVE, resp: INACTIVE, history: '', sentPayload: false };
  const { orig, resp, history, sentPayload } = packets.reduce(take, start);
  const isIdle = ({ state }: Endpoint): boolean => state === 'inactive' || state === 'partial';
  if (resp.state === 'reset') {
    if (orig.state === 'syn sent' || orig.state === 'syn-ack sent') return 'REJ';
    if (orig.state === 'reset' && !sentPayload) return 'REJ';
    return isIdle(orig) ? 'RSTRH' : 'RSTR';
  }
  if (orig.state === 'reset') {
    if (!isIdle(resp)) return 'RSTO';
    return /^S[^HAFGIQ]*R/.test(history) ? 'RSTOS0' : 'OTH';
  }
  if (orig.state === 'closed') return resp.state === 'closed' ? 'SF' : isIdle(resp) ? 'SH' : 'S2';
  if (resp.state === 'closed') return isIdle(orig) ? 'SHR' : 'S3';
  if (orig.state === 'syn sent' && resp.state === 'inactive') return 'S0';
  return orig.state === 'established' && resp.state === 'established' ? 'S1' : 'OTH';
};
