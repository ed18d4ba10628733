import { describe, expect, it } from 'vitest';
import { lengthOf, type Segment } from './segment.ts';
import {
  abort,
  close,
  dial,
  forget,
  type Host,
  newHost,
  probe,
  receive,
  type Step,
  timeOut,
  timerSeconds,
  write,
} from './tcp-host.ts';

const MANNER = { listens: false, silent: false, scans: false, mute: false, synRetries: 5 };
const CLIENT = newHost(MANNER);
const SERVER = newHost({ ...MANNER, listens: true });
const CLIENT_ISS = 1000;
const SERVER_ISS = 9000;

const only = (step: Step): Segment => {
  const [segment, ...more] = step.sends;
  expect(more).toEqual([]);
  if (segment === undefined) throw new Error('nothing was sent');
  return segment;
};

interface Pair {
  readonly client: Host;
  readonly server: Host;
}

/** Lets both ends answer each other until nobody has anything left to say. */
const settle = (pair: Pair, from: 'client' | 'server', sends: readonly Segment[]): Pair => {
  let hosts = pair;
  let queue = sends.map((segment) => ({
    segment,
    to: from === 'client' ? ('server' as const) : ('client' as const),
  }));
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { segment, to } = next;
    const step = receive(hosts[to], segment, to === 'client' ? CLIENT_ISS : SERVER_ISS);
    hosts = { ...hosts, [to]: step.host };
    const other = to === 'client' ? ('server' as const) : ('client' as const);
    queue = [...queue, ...step.sends.map((answer) => ({ segment: answer, to: other }))];
  }
  return hosts;
};

// The ladder of states, each made from the one before.
const dialled = dial(CLIENT, CLIENT_ISS);
const established = settle({ client: dialled.host, server: SERVER }, 'client', dialled.sends);
const closing = close(established.client);
const halfClosed = settle({ ...established, client: closing.host }, 'client', closing.sends);
const answering = close(halfClosed.server);
const closed = settle({ ...halfClosed, server: answering.host }, 'server', answering.sends);

describe('a TCP end', () => {
  it('opens by three segments', () => {
    expect([established.client.state, established.server.state]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    expect(established.client.rcvNxt).toBe(established.server.sndNxt);
    expect(established.server.rcvNxt).toBe(established.client.sndNxt);
  });

  it('waits in FIN-WAIT-2 and CLOSE-WAIT while half closed, and the open half still talks', () => {
    expect([halfClosed.client.state, halfClosed.server.state]).toEqual(['FIN-WAIT-2', 'CLOSE-WAIT']);
    const late = write(halfClosed.server, 10, true);
    expect(settle({ ...halfClosed, server: late.host }, 'server', late.sends).server.unacked).toEqual([]);
    expect(write(halfClosed.client, 10, true).sends).toEqual([]);
  });

  it('keeps TIME-WAIT where the first FIN came from', () => {
    expect([closed.client.state, closed.server.state]).toEqual(['TIME-WAIT', 'CLOSED']);
    expect(timerSeconds(closed.client)).toBe(60);
    expect(timeOut(closed.client).host.state).toBe('CLOSED');
  });

  it('repeats an unanswered SYN 1, 3, 7, 15 and 31 seconds after the first and then gives up', () => {
    const times: number[] = [];
    let host = dialled.host;
    for (let now = 0; host.state === 'SYN-SENT'; ) {
      now += timerSeconds(host) ?? 0;
      const step = timeOut(host);
      if (step.sends.length > 0) times.push(now);
      host = step.host;
    }
    expect(times).toEqual([1, 3, 7, 15, 31]);
    expect(host.state).toBe('CLOSED');
  });

  it('answers a SYN to a closed port with RST, which ends the attempt', () => {
    const rst = receive(newHost(MANNER), only(dialled), SERVER_ISS);
    expect(only(rst)).toMatchObject({ rst: true, ackNo: CLIENT_ISS + 1 });
    expect(receive(dialled.host, only(rst), CLIENT_ISS).host.state).toBe('CLOSED');
  });

  it('says nothing from a closed port that is silent', () => {
    expect(receive(newHost({ ...MANNER, silent: true }), only(dialled), 0).sends).toEqual([]);
  });

  it('opens from both sides at once (RFC 9293, figure 7)', () => {
    const back = dial(newHost(MANNER), SERVER_ISS);
    const client = receive(dialled.host, only(back), CLIENT_ISS);
    const server = receive(back.host, only(dialled), SERVER_ISS);
    expect([client.host.state, server.host.state]).toEqual(['SYN-RECEIVED', 'SYN-RECEIVED']);
    expect(only(client)).toMatchObject({ syn: true, ack: true });
    expect(only(server)).toMatchObject({ syn: true, ack: true });
    expect(receive(client.host, only(server), CLIENT_ISS).host.state).toBe('ESTABLISHED');
    expect(receive(server.host, only(client), SERVER_ISS).host.state).toBe('ESTABLISHED');
  });

  it('closes from both sides at once by way of CLOSING (RFC 9293, figure 13)', () => {
    const theirs = close(established.server);
    const client = receive(closing.host, only(theirs), CLIENT_ISS);
    const server = receive(theirs.host, only(closing), SERVER_ISS);
    expect([client.host.state, server.host.state]).toEqual(['CLOSING', 'CLOSING']);
    expect(receive(client.host, only(server), CLIENT_ISS).host.state).toBe('TIME-WAIT');
    expect(receive(server.host, only(client), SERVER_ISS).host.state).toBe('TIME-WAIT');
  });

  it('is closed at once by a RST in sequence', () => {
    const gone = abort(established.client);
    expect(gone.host.state).toBe('CLOSED');
    expect(receive(established.server, only(gone), SERVER_ISS).host.state).toBe('CLOSED');
  });

  it('challenges a RST out of sequence and believes the answer (RFC 5961 §3)', () => {
    const lost = write(established.client, 100, true);
    const gone = abort(lost.host);
    const challenge = receive(established.server, only(gone), SERVER_ISS);
    expect(challenge.host.state).toBe('ESTABLISHED');
    const answer = receive(gone.host, only(challenge), CLIENT_ISS);
    expect(only(answer).rst).toBe(true);
    expect(receive(challenge.host, only(answer), SERVER_ISS).host.state).toBe('CLOSED');
  });

  it('answers a keepalive probe although it carries nothing', () => {
    const asked = probe(established.client);
    expect(lengthOf(only(asked))).toBe(0);
    expect(only(receive(established.server, only(asked), SERVER_ISS))).toMatchObject({
      ack: true,
      payload: 0,
    });
  });

  it('acknowledges every second segment, and a pushed one at once', () => {
    const first = write(established.client, 10, false);
    const second = write(first.host, 10, false);
    const one = receive(established.server, only(first), SERVER_ISS);
    expect(one.sends).toEqual([]);
    expect(only(receive(one.host, only(second), SERVER_ISS)).ackNo).toBe(second.host.sndNxt);
    expect(
      receive(established.server, only(write(established.client, 10, true)), SERVER_ISS).sends,
    ).toHaveLength(1);
  });

  it('finds out about a restarted peer by its RST', () => {
    const restarted = forget(established.server).host;
    const data = write(established.client, 10, true);
    const after = settle({ client: data.host, server: restarted }, 'client', data.sends);
    expect(after.client.state).toBe('CLOSED');
  });

  it('gives TIME-WAIT up for a new SYN with a higher number', () => {
    const first = close(established.server);
    const half = settle({ ...established, server: first.host }, 'server', first.sends);
    const second = close(half.client);
    const over = settle({ ...half, client: second.host }, 'client', second.sends);
    expect(over.server.state).toBe('TIME-WAIT');
    const again = dial(over.client, CLIENT_ISS + 100_000);
    expect(receive(over.server, only(again), SERVER_ISS + 100_000).host.state).toBe('SYN-RECEIVED');
  });

  it('clears a forgotten connection before it opens anew (RFC 9293, figure 9)', () => {
    const again = dial(forget(established.client).host, CLIENT_ISS + 100_000);
    const challenged = settle({ ...established, client: again.host }, 'client', again.sends);
    expect([challenged.client.state, challenged.server.state]).toEqual(['SYN-SENT', 'CLOSED']);
    const retried = timeOut(challenged.client);
    const open = settle({ ...challenged, client: retried.host }, 'client', retried.sends);
    expect([open.client.state, open.server.state]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
  });

  it('resets what it scanned, or leaves it half open', () => {
    const synAck = only(receive(SERVER, only(dialled), SERVER_ISS));
    const scanner = dial(newHost({ ...MANNER, scans: true }), CLIENT_ISS);
    expect(only(receive(scanner.host, synAck, CLIENT_ISS)).rst).toBe(true);
    const mute = dial(newHost({ ...MANNER, mute: true }), CLIENT_ISS);
    expect(receive(mute.host, synAck, CLIENT_ISS).sends).toEqual([]);
  });
});
