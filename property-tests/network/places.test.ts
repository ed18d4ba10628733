import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { PLAIN_LOGGING, PLAIN_TALK, type Place, type Talk } from './story.ts';

const play = (...talks: Partial<Talk>[]) =>
  simulate(
    {
      began: 1_760_000_000,
      talks: talks.map((talk) => ({
        ...PLAIN_TALK,
        acts: [
          { do: 'close', by: 'client', after: 0.1 },
          { do: 'close', by: 'server', after: 0.1 },
        ],
        ...talk,
      })),
      logging: { ...PLAIN_LOGGING, interval: 600 },
    },
    1,
  );

const addresses = (simulation: ReturnType<typeof play>) =>
  simulation.records
    .map(({ srcAddr, dstAddr, pktSrcAddr, pktDstAddr }) =>
      [srcAddr, dstAddr, pktSrcAddr, pktDstAddr].join(' '),
    )
    .sort();

describe('two interfaces in one VPC', () => {
  it('write both directions each, with equal counts', () => {
    const simulation = play({});
    expect(simulation.records).toHaveLength(4);
    const [first, second] = simulation.truth[0]?.vantages ?? [];
    const where = { interfaceId: '', stands: null };
    expect({ ...first, ...where }).toEqual({ ...second, ...where });
  });
});

describe('a NAT gateway', () => {
  const simulation = play({ place: { where: 'nat', vpc: 0, logs: 'all' } });
  const [client, nat, host] = ['10.0.1.5', '10.0.0.220', '198.51.100.10'];

  it('writes the four records of the example of AWS, and the client its two', () => {
    expect(addresses(simulation)).toEqual(
      [
        [client, nat, client, host],
        [nat, host, nat, host],
        [host, nat, host, nat],
        [nat, client, host, client],
        [client, host, client, host],
        [host, client, host, client],
      ]
        .map((row) => row.join(' '))
        .sort(),
    );
  });

  it('makes two connections of one, with another port on the public leg', () => {
    expect(simulation.truth.map(({ leg }) => leg)).toEqual([0, 1]);
    const [inner, outer] = simulation.truth;
    expect(inner?.initiator).toEqual({ address: client, port: 40_000 });
    expect(outer?.initiator.address).toBe(nat);
    expect(outer?.initiator.port).not.toBe(40_000);
    expect(inner?.vantages).toHaveLength(2);
    expect(outer?.vantages).toHaveLength(1);
  });
});

describe('a transit gateway', () => {
  const simulation = play({ place: { where: 'transit', logs: 'server-side' } });

  it('shows request and reply on different interfaces, as in the example of AWS', () => {
    const [client, server] = ['10.20.1.5', '10.40.2.5'];
    expect(addresses(simulation)).toEqual(
      [
        [client, server, client, server],
        [server, client, server, client],
        ['10.40.1.175', server, client, server],
        [server, '10.40.2.175', server, client],
      ]
        .map((row) => row.join(' '))
        .sort(),
    );
    const gateways = simulation.records.filter(({ instanceId }) => instanceId === null);
    expect(new Set(gateways.map(({ interfaceId }) => interfaceId)).size).toBe(2);
  });

  it('is still one connection', () => {
    expect(simulation.truth).toHaveLength(1);
    expect(simulation.observed[0]).toMatchObject({ bases: ['handshake'], states: ['closed'], entangled: [] });
  });
});

describe("a transit gateway's own log", () => {
  it('has one attachment a VPC, which shows request and reply', () => {
    const simulation = play({ place: { where: 'transit', logs: 'attachments' } });
    const byInterface = new Map<unknown, unknown[]>();
    for (const { interfaceId, flowDirection } of simulation.logged.map(({ record }) => record))
      byInterface.set(interfaceId, [...(byInterface.get(interfaceId) ?? []), flowDirection]);
    expect([...byInterface.values()].map((flows) => flows.sort())).toEqual([
      ['egress', 'ingress'],
      ['egress', 'ingress'],
    ]);
  });
});

describe('hosts that dial and are dialled', () => {
  const endsOf = (inside: 'client' | 'server' | 'both', family: 4 | 6 = 4) => {
    const place: Place = { where: 'hosts', vpc: 0, inside };
    const there = play({ place, family, clientHost: 3, serverHost: 7 }).truth[0];
    const back = play({ place, family, clientHost: 7, serverHost: 3 }).truth[0];
    return {
      there: [there?.initiator.address, there?.responder.address],
      back: [back?.initiator.address, back?.responder.address],
      vantages: there?.vantages.map(({ stands }) => stands),
    };
  };

  it('have the same address in either role', () => {
    for (const family of [4, 6] as const) {
      const { there, back } = endsOf('both', family);
      expect(back).toEqual([...there].reverse());
      // The one inside keeps its address when it is dialled by the one that it dialled.
      expect(endsOf('server', family).back).toEqual([...endsOf('client', family).there].reverse());
    }
  });

  it('are seen by the interfaces of those that are inside', () => {
    expect(endsOf('both').vantages).toEqual(['initiator', 'responder']);
    expect(endsOf('client').vantages).toEqual(['initiator']);
    expect(endsOf('server').vantages).toEqual(['responder']);
  });
});

describe('a server with two interfaces', () => {
  const by = (logs: 'all' | 'in' | 'out') => play({ place: { where: 'two-interfaces', vpc: 0, logs } });

  it('takes requests by one and replies by the other, which puts its own address before the reply', () => {
    const [client, first, second] = ['203.0.113.10', '10.0.2.5', '10.0.6.5'];
    expect(addresses(by('all'))).toEqual(
      [
        [client, first, client, first],
        [second, client, first, client],
      ]
        .map((row) => row.join(' '))
        .sort(),
    );
    const { records } = by('all');
    expect(new Set(records.map(({ instanceId }) => instanceId)).size).toBe(1);
    expect(new Set(records.map(({ interfaceId }) => interfaceId)).size).toBe(2);
  });

  it('shows one direction where one interface is logged', () => {
    expect(by('in').logged.map(({ record }) => record.flowDirection)).toEqual(['ingress']);
    expect(by('out').logged.map(({ record }) => record.flowDirection)).toEqual(['egress']);
  });
});

describe('the interface of a NAT gateway', () => {
  it('takes what the internet sends to it, and stands for nobody else', () => {
    const simulation = play({ place: { where: 'gateway', vpc: 0 }, answerer: 'silent', retries: 1 });
    expect(simulation.records).toMatchObject([
      { action: 'ACCEPT', dstAddr: '10.0.0.220', pktDstAddr: '10.0.0.220', instanceId: null, packets: 2 },
    ]);
    expect(simulation.truth[0]?.vantages).toMatchObject([{ stands: 'responder', responderPackets: 0 }]);
  });

  it('speaks IPv4 alone', () => {
    expect(play({ place: { where: 'gateway', vpc: 0 }, family: 6 }).records[0]?.type).toBe('IPv4');
  });
});

describe('several VPCs', () => {
  it('may use the same addresses and ports without sharing a connection, a VPC or an account', () => {
    const simulation = play({ place: { where: 'both', vpc: 0 } }, { place: { where: 'both', vpc: 1 } });
    expect(simulation.truth).toHaveLength(2);
    expect(simulation.truth[0]?.initiator).toEqual(simulation.truth[1]?.initiator);
    expect(new Set(simulation.records.map(({ vpcId }) => vpcId)).size).toBe(2);
    expect(new Set(simulation.records.map(({ accountId }) => accountId)).size).toBe(2);
  });
});

describe('a secondary address', () => {
  it('is replaced by the primary one outside pkt-*', () => {
    const simulation = play({ secondary: true, place: { where: 'server', vpc: 0 } });
    expect(addresses(simulation)).toEqual([
      '10.0.2.5 203.0.113.10 10.0.2.105 203.0.113.10',
      '203.0.113.10 10.0.2.5 203.0.113.10 10.0.2.105',
    ]);
  });
});

describe('where interfaces stand', () => {
  const standsIn = (place: Place, family: 4 | 6 = 4): unknown[] =>
    play({ place, family }).truth.map(({ vantages }) => vantages.map(({ stands }) => stands));

  it('is at the side of their host, whatever the family', () => {
    for (const family of [4, 6] as const)
      expect(standsIn({ where: 'both', vpc: 0 }, family)).toEqual([['initiator', 'responder']]);
    expect(standsIn({ where: 'server', vpc: 0 })).toEqual([['responder']]);
  });

  it('is between for gateways', () => {
    // The client and the gateway see its inner connection, the gateway alone the outer one.
    expect(standsIn({ where: 'nat', vpc: 0, logs: 'all' })).toEqual([['initiator', null], [null]]);
  });
});

describe('a load balancer', () => {
  const [client, node, target] = ['203.0.113.10', '10.0.4.5', '10.0.3.5'];
  const endsOf = (keepsClient: boolean) =>
    play({ place: { where: 'balancer', vpc: 0, keepsClient, logs: 'all' } }).truth.map(
      ({ initiator, responder }) => [initiator, responder].map(({ address }) => address).join(' '),
    );

  it('makes two connections of one: client to balancer, balancer to target', () => {
    expect(endsOf(false)).toEqual([`${client} ${node}`, `${node} ${target}`]);
  });

  it("shows the target the client's own address when it keeps it", () => {
    expect(endsOf(true)).toEqual([`${client} ${node}`, `${client} ${target}`]);
  });

  it('is seen at its own interface on both sides, and at the target', () => {
    const simulation = play({ place: { where: 'balancer', vpc: 0, keepsClient: false, logs: 'all' } });
    expect(simulation.truth.map(({ vantages }) => vantages.length)).toEqual([1, 2]);
    expect(simulation.records).toHaveLength(6);
  });
});

describe('a gateway that forgets after 350 s', () => {
  const idleFor = (seconds: number, where: 'nat' | 'balancer' | 'both', by: 'client' | 'server' = 'client') =>
    play({
      place:
        where === 'nat'
          ? { where, vpc: 0, logs: 'all' }
          : where === 'balancer'
            ? { where, vpc: 0, keepsClient: true, logs: 'all' }
            : { where, vpc: 0 },
      acts: [
        { do: 'send', by: 'client', after: 1, packets: 1, payload: 100, every: 1 },
        { do: 'send', by, after: seconds, packets: 1, payload: 100, every: 1 },
      ],
    });

  it.each(['nat', 'balancer'] as const)('resets whoever speaks after that: %s', (where) => {
    const [first] = idleFor(400, where).truth;
    // The RST comes in the name of the other end and ends the dialling side's half.
    expect(first).toMatchObject({ firstRst: 'responder', states: ['reset'] });
  });

  it('never tells the other leg, which stays open', () => {
    expect(idleFor(400, 'nat').truth[1]).toMatchObject({ firstRst: null, states: ['established'] });
  });

  it('resets the answering side too when that one speaks first', () => {
    expect(idleFor(400, 'nat', 'server').truth[1]).toMatchObject({ firstRst: 'initiator' });
  });

  it('holds a connection that is silent for less, and is not there between two interfaces of a VPC', () => {
    expect(idleFor(300, 'nat').truth[0]?.firstRst).toBeNull();
    expect(idleFor(400, 'both').truth[0]?.firstRst).toBeNull();
  });
});
