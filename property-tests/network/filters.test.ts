import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { type Act, type Filter, PLAIN_LOGGING, PLAIN_TALK, type Talk } from './story.ts';

const play = (talk: Partial<Talk>) =>
  simulate(
    {
      began: 1_760_000_000,
      talks: [{ ...PLAIN_TALK, ...talk }],
      logging: { ...PLAIN_LOGGING, interval: 600 },
    },
    1,
  );

const atServer: Partial<Talk> = { place: { where: 'server', vpc: 0 } };
const deny = (about: Partial<Filter>): Filter => ({
  at: 'server',
  kind: 'network-acl',
  flow: 'ingress',
  from: 0,
  until: null,
  ...about,
});
const talkFor = (seconds: number): Act[] => [
  { do: 'send', by: 'client', after: 1, packets: seconds, payload: 100, every: 1 },
];
const actions = (talk: Partial<Talk>) =>
  play(talk)
    .records.map(({ dstPort, action }) => `${dstPort === 443 ? 'request' : 'reply'} ${action}`)
    .sort();

describe('a network ACL', () => {
  it('that rejects replies gives ACCEPT one way and REJECT the other', () => {
    const talk = { ...atServer, filters: [deny({ flow: 'egress' })] };
    expect(actions(talk)).toEqual(['reply REJECT', 'request ACCEPT']);
    expect(play(talk).observed[0]?.verdicts).toEqual(['reply-rejected']);
  });

  it('that rejects the request keeps it from the host: one REJECT and no reply', () => {
    const talk = { ...atServer, filters: [deny({})] };
    expect(actions(talk)).toEqual(['request REJECT']);
    expect(play(talk).truth[0]?.states).toEqual(['blocked']);
  });

  it('bites at once: the verdict of a running connection changes within one interval', () => {
    const talk = { ...atServer, acts: talkFor(20), filters: [deny({ from: 10 })] };
    expect(actions(talk)).toEqual(['reply ACCEPT', 'request ACCEPT', 'request REJECT']);
  });

  it('at the receiver leaves the ACCEPT of the sender standing', () => {
    expect(
      play({ filters: [deny({})] })
        .records.map(({ action }) => action)
        .sort(),
    ).toEqual(['ACCEPT', 'REJECT']);
  });
});

describe('a security group', () => {
  it('rejects a request it does not allow', () => {
    expect(actions({ ...atServer, filters: [deny({ kind: 'security-group' })] })).toEqual(['request REJECT']);
  });

  it('lets replies pass whatever its rules for them', () => {
    const talk = { ...atServer, filters: [deny({ kind: 'security-group', flow: 'egress' })] };
    expect(actions(talk)).toEqual(['reply ACCEPT', 'request ACCEPT']);
  });

  it('does not cut a tracked connection when its rules change', () => {
    const talk = { ...atServer, acts: talkFor(20), filters: [deny({ kind: 'security-group', from: 10 })] };
    expect(actions(talk)).toEqual(['reply ACCEPT', 'request ACCEPT']);
  });

  it('rejects what still arrives after a reset', () => {
    // The server's train is on its way when the client aborts.
    const acts: Act[] = [
      { do: 'send', by: 'server', after: 1, packets: 20, payload: 1000, every: 0.002 },
      { do: 'abort', by: 'client', after: 0.03 },
    ];
    const talk: Partial<Talk> = { place: { where: 'client', vpc: 0 }, latency: 0.05, acts };
    expect(actions(talk)).toEqual(['reply ACCEPT', 'reply REJECT', 'request ACCEPT']);
  });
});

describe('the memory of a security group', () => {
  const answerAfter = (silence: number, trackedSeconds: number): readonly string[] =>
    actions({
      place: { where: 'client', vpc: 0 },
      trackedSeconds,
      acts: [
        { do: 'send', by: 'client', after: 1, packets: 1, payload: 100, every: 1 },
        { do: 'send', by: 'server', after: silence, packets: 1, payload: 100, every: 1 },
      ],
    });

  it('lets an answer in after hours by default', () => {
    expect(answerAfter(2 * 3600, 432_000)).not.toContain('reply REJECT');
  });

  it('ends with the idle limit that is set: the answer is a stranger then', () => {
    expect(answerAfter(300, 350)).not.toContain('reply REJECT');
    expect(answerAfter(400, 350)).toContain('reply REJECT');
  });

  it('holds a datagram for 30 s', () => {
    const askAt = (latency: number): readonly string[] =>
      actions({
        protocol: 'udp',
        place: { where: 'client', vpc: 0 },
        latency,
        acts: [{ do: 'send', by: 'client', after: 0, packets: 1, payload: 50, every: 1 }],
      });
    // The way from the client's interface to the server and back is 1.8 times the latency.
    expect(askAt(10)).toEqual(['reply ACCEPT', 'request ACCEPT']);
    expect(askAt(20)).toEqual(['reply REJECT', 'request ACCEPT']);
  });
});
