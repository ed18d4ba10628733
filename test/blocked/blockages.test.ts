/** What was stopped, put together: by the interface, the way, the service and the kind, with what to change. */
import { describe, expect, it } from 'vitest';
import { adviseOn, describeBlockage } from '../../src/blocked/advice.ts';
import { type Blockage, Blockages, type BlockedResult, isBehind } from '../../src/blocked/blockages.ts';
import { CommonNetwork } from '../../src/blocked/common-network.ts';
import type { Connection, Vantage } from '../../src/model/connection.ts';
import { connection, vantage } from '../export/connection.ts';

const ENI = 'eni-0a1b';

const at = (given: Partial<Vantage> = {}): Vantage =>
  vantage({ interfaceId: ENI, instanceId: 'i-1', subnetId: 'subnet-1', role: 'responder', ...given });

/** 10.1.0.n asked 10.2.3.4:5432, and was stopped at the server's interface. */
const stopped = (client: number, given: Parameters<typeof connection>[0] = {}): Connection =>
  connection({
    ...{
      uid: `C${client}`,
      verdict: 'rejected',
      state: 'blocked',
      rejectedAt: ENI,
      rejectedSide: 'initiator',
    },
    ...{ firstSeen: 1000 + client, lastSeen: 2000 + client, rejectedFrom: 1000 + client, vantages: [at()] },
    ...given,
    initiator: { address: `10.1.0.${client}`, port: 40_000, ...given.initiator },
    responder: { address: '10.2.3.4', port: 5432, ...given.responder },
  });

const resultOf = (connections: readonly Connection[]): BlockedResult => {
  const blockages = new Blockages();
  for (const each of connections) blockages.add(each);
  return blockages.result();
};

const adviceFor = (connections: readonly Connection[]): string => {
  const [blockage] = resultOf(connections).blockages;
  if (blockage === undefined) throw new Error('Nothing was found.');
  return `${describeBlockage(blockage)} ${adviseOn(blockage)}`;
};

describe('what was stopped', () => {
  it('stands together by interface, way, service and kind, most first', () => {
    const { blockages } = resultOf([
      stopped(1, { responder: { port: 22 } }),
      stopped(1),
      stopped(2),
      stopped(2, { uid: 'again' }),
      stopped(3, { verdict: 'reply-rejected', rejectedSide: 'responder' }),
    ]);
    expect(
      blockages.map(({ number, kind, port, connections, clients }) => [
        number,
        kind,
        port,
        connections,
        clients,
      ]),
    ).toEqual([
      [1, 'rejected', 5432, 3, 2],
      [2, 'rejected', 22, 1, 1],
      [3, 'reply-rejected', 5432, 1, 1],
    ]);
    // From the first client's first second to the second one's last.
    expect(blockages[0]).toMatchObject({ firstSeen: 1001, lastSeen: 2002, rejectedFrom: 1001, way: 'in' });
    expect(blockages[0]?.uids).toEqual(['C1', 'C2', 'again']);
  });

  it('counts late packets once, and what nobody can tell', () => {
    const late = stopped(1, { verdict: 'late', state: 'closed' });
    const unclear = stopped(1, { verdict: 'mixed', state: 'established' });
    const result = resultOf([late, late, unclear, connection()]);
    expect(result).toEqual({ connections: 4, blockages: [], late: 2, unclear: 1 });
  });

  it('tells the kinds that are asked for, and counts noise all the same', () => {
    const blockages = new Blockages(['reply-rejected']);
    const reply = stopped(3, { verdict: 'reply-rejected', rejectedSide: 'responder' });
    for (const each of [stopped(1), reply, stopped(2, { verdict: 'late' })]) blockages.add(each);
    const result = blockages.result();
    expect(result.blockages.map(({ number, kind }) => [number, kind])).toEqual([[1, 'reply-rejected']]);
    expect([result.connections, result.late, result.unclear]).toEqual([3, 1, 0]);
  });

  it('keeps the same ten uids in whatever order the connections come', () => {
    const connections = Array.from({ length: 12 }, (_, i) =>
      stopped(i + 1, { uid: `C${String(i).padStart(2, '0')}` }),
    );
    for (const given of [connections, connections.toReversed()])
      expect(resultOf(given).blockages[0]?.uids).toEqual(connections.slice(0, 10).map(({ uid }) => uid));
  });

  it('holds together where nothing tells whose packets were stopped', () => {
    const connections = [stopped(1, { rejectedSide: null }), stopped(2, { rejectedSide: 'both' })];
    const { blockages } = resultOf(connections);
    expect(blockages.map(({ stopped: whose, connections: count }) => [whose, count])).toEqual([['both', 2]]);
    expect(connections.every((each) => isBehind(each, blockages[0] as Blockage))).toBe(true);
  });

  it('finds the connections behind a finding again, and no others', () => {
    const connections = [stopped(1), stopped(2), stopped(1, { responder: { port: 22 } }), connection()];
    const { blockages } = resultOf(connections);
    const behind = blockages.map((blockage) => connections.filter((each) => isBehind(each, blockage)).length);
    expect(behind).toEqual([2, 1]);
  });
});

describe('what to change', () => {
  it('is the inbound rules where the server stands', () => {
    const many = Array.from({ length: 47 }, (_, i) => stopped(i + 1));
    expect(adviceFor(many)).toBe(
      '47 clients in 10.1.0.0/26 cannot reach 10.2.3.4:5432: stopped on the way in at eni-0a1b (i-1, subnet-1). ' +
        'Check the inbound rules of its security groups for tcp/5432, then the inbound rules of the network ACL of subnet-1.',
    );
  });

  it('is the outbound rules where the client stands', () => {
    expect(adviceFor([stopped(1, { vantages: [at({ role: 'initiator' })] })])).toBe(
      '10.1.0.1 cannot reach 10.2.3.4:5432: stopped on the way out at eni-0a1b (i-1, subnet-1). ' +
        'Check the outbound rules of its security groups for tcp/5432 to 10.2.3.4, then the outbound rules of the network ACL of subnet-1.',
    );
  });

  it('is both where nobody knows at which end it is, of a subnet without a name', () => {
    const unknown = at({ role: 'unknown', subnetId: null, instanceId: null });
    expect(adviceFor([stopped(1, { vantages: [unknown] })])).toBe(
      '10.1.0.1 cannot reach 10.2.3.4:5432: stopped at eni-0a1b. The log does not tell at which end this interface stands: ' +
        "check the inbound and the outbound rules of its security groups for tcp/5432, then both of the network ACL of that interface's subnet.",
    );
  });

  it('is the network ACL alone where replies are stopped', () => {
    const reply = stopped(1, {
      verdict: 'reply-rejected',
      rejectedSide: 'responder',
      initiator: { packets: 3 },
    });
    expect(adviceFor([reply])).toBe(
      'Replies of 10.2.3.4:5432 to ports 1024-65535 are stopped on the way out at eni-0a1b (i-1, subnet-1): a network ACL, since security groups let replies through. ' +
        'Allow outbound tcp 1024-65535 in the network ACL of subnet-1.',
    );
  });

  it('may be nothing where the log shows none of the requests', () => {
    const answer = stopped(1, {
      verdict: 'reply-rejected',
      rejectedSide: 'responder',
      initiator: { packets: 0 },
    });
    expect(adviceFor([answer])).toContain(
      'where nobody asked (backscatter), or where these are late packets, nothing is to be changed',
    );
  });

  it('is whoever changed a rule, where open connections were cut off', () => {
    const cut = stopped(1, { verdict: 'cut-off', state: 'established', rejectedFrom: 1_760_000_065 });
    expect(adviceFor([cut])).toBe(
      'Open connections of 10.1.0.1 to 10.2.3.4:5432 were cut off from 2025-10-09 08:54:25 UTC on: packets of the clients are stopped on the way in at eni-0a1b (i-1, subnet-1), while those of the other side still pass. ' +
        "A rule was changed, or tracking had ended: look at who changed the inbound rules for tcp/5432 of the network ACL of subnet-1 and of the interface's security groups at that time.",
    );
  });

  it('shows no name of a log as it is', () => {
    const name = 'eni-\u001b[31m';
    const hostile = at({ interfaceId: name, subnetId: 'subnet-\u202e', instanceId: '\u0007' });
    const said = adviceFor([stopped(1, { rejectedAt: name, vantages: [hostile] })]);
    expect(said).toMatch(/^[\x20-\x7e]+$/);
    expect(said).toContain('eni-\\x1b[31m');
  });
});

describe('the network of several addresses', () => {
  const networkOf = (...addresses: readonly string[]): string => {
    const network = new CommonNetwork();
    for (const address of addresses) network.add(address);
    return network.text;
  };

  it.each([
    [['10.0.0.7'], '10.0.0.7'],
    [['10.0.0.7', '10.0.0.7'], '10.0.0.7'],
    // 0000 0100 and 0000 0111 have all but the last two bits in common.
    [['10.0.0.4', '10.0.0.7'], '10.0.0.4/30'],
    [['10.1.0.1', '10.1.255.1'], '10.1.0.0/16'],
    [['10.0.0.1', '192.168.0.1'], 'everywhere'],
    [['2001:db8::1', '2001:db8:0:1::1'], '2001:db8::/63'],
    [['10.0.0.1', '2001:db8::1'], 'everywhere'],
  ])('of %j is %s', (addresses, expected) => {
    expect(networkOf(...addresses)).toBe(expected);
    expect(networkOf(...addresses.toReversed())).toBe(expected);
  });
});

/** 10.1.0.n asked 10.2.3.4:5432, and the transit gateway dropped three packets of it. */
const lost = (client: number, given: Parameters<typeof connection>[0] = {}): Connection =>
  stopped(client, {
    ...{ verdict: 'lost', state: 'attempted', rejectedAt: null, rejectedSide: null, rejectedFrom: null },
    ...{ lostAt: 'tgw-attach-a', packetsLost: 3, lostBecause: 'blackhole' },
    vantages: [at({ interfaceId: null, resourceId: 'tgw-attach-a', sees: 'initiator' })],
    ...given,
  });

describe('what a transit gateway lost', () => {
  it('is a finding of its own: routing, by attachment, service and reason', () => {
    const { blockages } = resultOf([
      lost(1),
      lost(2),
      lost(3, { lostBecause: 'ttl-expired' }),
      lost(4, { initiatorBasis: 'none' }),
    ]);
    expect(
      blockages.map(({ kind, at: { name }, packetsLost, lostBecause, connections }) => [
        ...[kind, name, packetsLost, lostBecause.join(), connections],
      ]),
    ).toEqual([
      ['lost', 'tgw-attach-a', 9, 'blackhole', 3],
      ['lost', 'tgw-attach-a', 3, 'ttl-expired', 1],
    ]);
  });

  it('is told with where and why, and what to look at in the console', () => {
    expect(adviceFor([lost(1), lost(2)])).toBe(
      'A transit gateway dropped 6 packets between 2 clients in 10.1.0.0/30 and 10.2.3.4:5432 at tgw-attach-a (blackhole route): routing, not filtering. ' +
        'Check the transit gateway route table that this attachment is associated with: its route to the destination is a blackhole. It was created as one, or the attachment that it pointed to is gone.',
    );
    expect(adviceFor([lost(1, { lostBecause: 'no-route mtu-exceeded' })])).toContain('8500 bytes');
  });

  it('escapes the name of an attachment, which the log gives', () => {
    expect(adviceFor([lost(1, { lostAt: 'tgw\u001b[31m' })])).not.toContain('\u001b');
  });

  it('is behind its finding, and nothing else is', () => {
    const [blockage] = resultOf([lost(1)]).blockages;
    if (blockage === undefined) throw new Error('Nothing was found.');
    expect(isBehind(lost(2), blockage)).toBe(true);
    for (const other of [lost(2, { lostBecause: 'no-route' }), lost(2, { lostAt: 'b' }), stopped(2)])
      expect(isBehind(other, blockage)).toBe(false);
  });
});
