/** Small inputs in the shape of what people have reported, each with the answer that is right (test/cases). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeVerdict } from '../src/meaning/verdict-words.ts';
import type { Connection } from '../src/model/connection.ts';
import { describeLacking } from '../src/model/report.ts';
import { rebuildText } from './build.ts';

const connectionsOf = async (name: string): Promise<readonly Connection[]> =>
  (await rebuildText(readFileSync(join(import.meta.dirname, 'cases', name), 'utf8'))).connections;

const spell = ({ initiator, responder }: Connection): string =>
  `${initiator.address}:${initiator.port} → ${responder.address}:${responder.port}`;

const ENI = 'eni-0aa0aa0aa0aa0aa01';

describe('rejected replies', () => {
  it('of a log without flags turn nobody round and call no request rejected', async () => {
    const told = (await connectionsOf('rejected-replies/v2.log')).map(
      (c) => `${spell(c)} ${c.verdict} ${c.state}`,
    );
    expect(told.sort()).toEqual(
      [
        // One lone packet from a service's port to an ephemeral one, over TCP and UDP; and three of them.
        '10.20.1.15:50122 → 203.0.113.50:443 late flagless',
        '10.20.1.15:33000 → 203.0.113.54:53 late null',
        '10.20.1.15:41022 → 203.0.113.51:443 reply-rejected flagless',
        '203.0.113.52:51000 → 10.20.1.15:22 rejected blocked',
        // Two equal ports: nobody can tell, and the lower endpoint stands first.
        '10.20.1.15:80 → 203.0.113.53:80 unknown flagless',
        // Two ephemeral ports in a log of REJECT records: the request of the one, or the reply of the other.
        '10.20.1.15:33890 → 203.0.113.55:55123 unknown flagless',
      ].sort(),
    );
  });

  it('name nobody between two ephemeral ports', async () => {
    const found = (await connectionsOf('rejected-replies/v2.log')).find(
      ({ initiator }) => initiator.port === 33_890,
    );
    expect(found?.initiatorBasis).toBe('none');
  });

  it('of a log with flags are late packets, but for SYN-ACK; a SYN is a request', async () => {
    const told = (await connectionsOf('rejected-replies/v3.log')).map((c) => [
      spell(c),
      c.verdict,
      c.endsOpen,
    ]);
    expect(told.sort()).toEqual([
      ['10.20.1.15:41022 → 203.0.113.51:443', 'late', false],
      ['10.20.1.15:41023 → 203.0.113.52:443', 'late', false],
      ['10.20.1.15:41024 → 203.0.113.53:443', 'reply-rejected', false],
      ['10.20.1.15:50122 → 203.0.113.50:443', 'late', false],
      ['203.0.113.54:51000 → 10.20.1.15:22', 'rejected', false],
    ]);
  });

  it.each([
    ['full.log', '10.20.1.15:41024 → 203.0.113.53:443', 'handshake'],
    ['server.log', '203.0.113.9:41024 → 10.20.1.15:443', 'handshake'],
    // Backscatter is not excluded: inferred, not observed.
    ['reject-only.log', '10.20.1.15:41024 → 203.0.113.53:443', 'rejected'],
  ])('that are SYN-ACKs are those of a blocked attempt: %s', async (name, ends, basis) => {
    const [found, ...others] = await connectionsOf(`rejected-replies/${name}`);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ verdict: 'reply-rejected', state: 'blocked', initiatorBasis: basis });
    expect(found).toMatchObject({ endsOpen: false, rejectedAt: ENI, rejectedFrom: 1_760_000_305 });
    expect(spell(found as Connection)).toBe(ends);
  });
});

describe('two flow logs of one interface, one of 60 s and one of 600 s', () => {
  const textOf = (name: string): string =>
    readFileSync(join(import.meta.dirname, 'cases/two-intervals-one-interface', name), 'utf8');

  it.each([
    ['the shorter first', ['a.log', 'b.log']],
    ['the longer first', ['b.log', 'a.log']],
  ])('tell of one connection, whose packets count once: %s', async (_, names) => {
    const { connections, report } = await rebuildText(names.map(textOf).join(''));
    // 12 + 12 and 10 + 10 packets; the two records of 600 s say the same again.
    expect(connections).toMatchObject([
      { records: 4, initiator: { packets: 24 }, responder: { packets: 20 }, state: 'closed' },
    ]);
    expect(report.placement).toMatchObject({ records: 6, connections: 4, duplicates: 2 });
    expect(report.vantages).toMatchObject([{ vantage: ENI, toldTwice: true }]);
  });
});

describe('lines that are damaged', () => {
  it('are told by what each of them lacks', async () => {
    const text = readFileSync(join(import.meta.dirname, 'cases/short-and-long-lines/flow.log'), 'utf8');
    const { report } = await rebuildText(text);
    expect(
      report.firstRejections.map(({ lineNumber, field, reason }) => [lineNumber, field, reason]),
    ).toEqual([
      [4, 'start', 'too-few-fields'],
      [5, null, 'too-many-fields'],
      [6, 'end', 'ends-before-start'],
      [7, 'dstport', 'bad-number'],
      [10, 'start', 'bad-number'],
      [11, 'action', 'bad-value'],
      [12, 'protocol', 'bad-number'],
    ]);
    // Line 8 has no source address, line 9 no ports: neither lacks tcp-flags more than the others do.
    expect(describeLacking(report)).toEqual([
      [1, 'without a source or destination address'],
      [1, 'without ports or protocol'],
    ]);
    expect(report.addressPaths.map(({ missingFields }) => missingFields)).toEqual([['srcport', 'dstport']]);
  });
});

describe('a connection that is silent for two hours between keepalives', () => {
  it('is one, opened by its handshake and closed in the end', async () => {
    const found = await connectionsOf('keepalive-every-two-hours/flow.log');
    expect(found).toMatchObject([
      {
        ...{ records: 8, state: 'closed', initiatorBasis: 'handshake', endsOpen: false, mayHideReuse: false },
        ...{ openedAt: 1_760_000_000, closedAt: 1_760_021_650 },
      },
    ]);
    expect(found.map(spell)).toEqual(['10.0.0.5:40000 → 10.0.1.9:5432']);
  });
});

describe('fifty short connections, each on a port of its own', () => {
  it('bear no sign of a port that was used again', async () => {
    const found = await connectionsOf('reuse-sign/fifty.log');
    expect(found).toHaveLength(50);
    expect(found.filter(({ mayHideReuse }) => mayHideReuse)).toEqual([]);
  });
});

describe('a network ACL that was edited while a connection was open', () => {
  it('cut it off: since when, whose packets, and it stays open', async () => {
    const [found] = await connectionsOf('acl-edited-mid-connection/flow.log');
    expect(found).toMatchObject({ verdict: 'cut-off', state: 'established', endsOpen: true });
    // The interval in which the first of the client's packets were rejected begins at 1760000065.
    expect(found).toMatchObject({ rejectedAt: ENI, rejectedFrom: 1_760_000_065, rejectedSide: 'initiator' });
  });
});

describe('stray packets after the close', () => {
  it.each(['reject-data.log', 'reject-rst-60s.log', 'reject-rst-120s.log'])(
    'that were rejected are late, and the connection stays closed: %s',
    async (name) => {
      const [found, ...others] = await connectionsOf(`stray-packets-after-close/${name}`);
      expect(others).toEqual([]);
      expect(found).toMatchObject({ verdict: 'late', state: 'closed', endsOpen: false, rejectedAt: ENI });
      // From 1760000005 - 60 to 1760000061: the bounds of none.log.
      expect(found).toMatchObject({ closedAt: 1_760_000_061, durationMin: 0, durationMax: 116 });
    },
  );

  it('leave the verdict accepted where there are none', async () => {
    const [found] = await connectionsOf('stray-packets-after-close/none.log');
    expect(found).toMatchObject({
      verdict: 'accepted',
      rejectedAt: null,
      rejectedFrom: null,
      rejectedSide: null,
    });
  });
});

describe('transit gateway logs', () => {
  const pathsOf = async (name: string): Promise<unknown[]> =>
    (await connectionsOf(`transit-gateway-path/${name}`)).map((c) => [spell(c), c.path]);

  it("show the packet's way: it enters the gateway at its sender's attachment and leaves it at its receiver's", async () => {
    expect(await pathsOf('four.log')).toEqual([
      ['10.20.1.15:50122 → 10.30.2.9:443', 'tgw-attach-0c (initiator) > tgw-attach-0e (responder)'],
    ]);
  });

  it('show it where one attachment saw the packets alone', async () => {
    expect(await pathsOf('blackhole.log')).toEqual([
      ['10.20.1.15:50333 → 10.40.2.9:443', 'tgw-attach-0c (initiator)'],
    ]);
  });
});

describe('an interface of both families', () => {
  const HEADER =
    'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  const line = (ends: string): string =>
    `2 111122223333 ${ENI} ${ends} 6 9 900 1760000005 1760000061 ACCEPT OK`;
  const talk = (port: number, to: string): string[] => [
    line(`10.20.1.15 ${to} ${port} 443`),
    line(`${to} 10.20.1.15 443 ${port}`),
  ];
  const v4 = [...talk(50_122, '10.30.2.9'), ...talk(50_123, '10.30.2.10')];
  const v6 = line('2001:db8::15 2001:db8:1::9 50124 443');

  it('stands where it stood without its one record of IPv6, whichever comes first', async () => {
    for (const lines of [v4, [...v4, v6], [v6, ...v4]]) {
      const { connections } = await rebuildText(`${[HEADER, ...lines].join('\n')}\n`);
      const ofV4 = connections.filter(({ initiator }) => initiator.address === '10.20.1.15');
      expect(ofV4.map(({ path }) => path)).toEqual([`${ENI} (initiator)`, `${ENI} (initiator)`]);
    }
  });
});

describe('flags of a transit gateway, which notes the ACK of any packet', () => {
  it.each([
    ['open.log', 'established', 'ShDd', 1_760_000_005],
    ['short.log', 'closed', 'ShDdFf', 1_760_000_005],
    ['healthcheck.log', 'closed', 'ShDdFf', 1_760_000_005],
    // The client alone: its ACK answers what the log does not show.
    ['clientonly.log', 'established', 'SD', 1_760_000_005],
    ['mid.log', 'midstream', 'Dd', null],
  ])('never name anybody for sure, nor turn anybody round: %s', async (name, state, history, openedAt) => {
    const [found, ...others] = await connectionsOf(`transit-gateway-flags/${name}`);
    expect(others).toEqual([]);
    expect(found === undefined ? '' : spell(found)).toBe('10.30.2.9:50122 → 10.20.1.15:443');
    expect(found).toMatchObject({ initiatorBasis: 'port', state, history, openedAt, verdict: 'unknown' });
  });
});

describe('packets that a transit gateway dropped', () => {
  it('are told as lost: how many, at which attachment, and why', async () => {
    const [found] = await connectionsOf('transit-gateway-path/blackhole.log');
    // Three packets of the SYN, packets-lost-blackhole is 3.
    expect(found).toMatchObject({ verdict: 'lost', state: 'attempted', initiatorBasis: 'syn' });
    expect(found).toMatchObject({ lostAt: 'tgw-attach-0c', packetsLost: 3, lostBecause: 'blackhole' });
    expect(found?.vantages.map(({ lost, verdict }) => [lost, verdict])).toEqual([
      [{ 'no-route': 0, blackhole: 3, 'mtu-exceeded': 0, 'ttl-expired': 0 }, 'lost'],
    ]);
    expect(found === undefined ? '' : describeVerdict(found)).toBe(
      'a transit gateway dropped 3 packets (blackhole route): routing, not filtering',
    );
  });
});

describe('probes from the internet at a NAT gateway', () => {
  it.each([
    ['flags.log', 'attempted'],
    // Without flags, at an interface that shows the answers to others.
    ['mixed.log', 'flagless'],
  ])('that were accepted and never answered are attempts: %s', async (name, state) => {
    const found = (await connectionsOf(`nat-gateway-inbound/${name}`)).filter(
      ({ initiator }) => initiator.address === '203.0.113.100' || initiator.address === '203.0.113.101',
    );
    expect(found).toHaveLength(2);
    for (const each of found) expect(each).toMatchObject({ verdict: 'unanswered', state, endsOpen: false });
  });

  it('say nothing of answers where the log shows none to anybody', async () => {
    const found = await connectionsOf('nat-gateway-inbound/only.log');
    expect(found).toMatchObject([{ verdict: 'accepted', oneSided: true }]);
  });
});

describe('NFS clients, which bind reserved ports of their own', () => {
  it.each([
    ['one-client.log', ['10.0.1.10:903 → 10.0.2.20:2049 port']],
    ['two-clients.log', ['10.0.1.10:903 → 10.0.2.20:2049 port', '10.0.1.11:776 → 10.0.2.20:2049 port']],
    ['nfs-mid.log', ['10.0.1.10:903 → 10.0.2.20:2049 port']],
  ])('open to port 2049 in %s: a number below 1024 alone makes no server', async (name, right) => {
    const told = await connectionsOf(`nfs-reserved-port/${name}`);
    expect(told.map((c) => `${spell(c)} ${c.initiatorBasis}`).sort()).toEqual(right);
  });

  it('may have bound the number of a service: then nobody is named, never the server', async () => {
    const [found] = (
      await rebuildText(
        readFileSync(
          join(import.meta.dirname, 'cases', 'nfs-reserved-port/one-client.log'),
          'utf8',
        ).replaceAll(' 903', ' 993'),
      )
    ).connections;
    expect(found?.initiatorBasis).toBe('none');
  });
});

describe('thirty ports of one host that are probed and rejected, without flags', () => {
  it('were all tried by the same end, that of FTP data among them', async () => {
    const told = await connectionsOf('scan-default-format/rejects.log');
    expect(told).toHaveLength(30);
    expect(told.map(({ responder }) => responder.port)).toContain(20);
    expect(new Set(told.map(({ initiator, verdict }) => `${initiator.address} ${verdict}`))).toEqual(
      new Set(['203.0.113.77 rejected']),
    );
  });
});

describe('a scanner with one source port, without flags and answers, where the log shows both ways of others', () => {
  it('opened all it tried, whatever the ports', async () => {
    const told = await connectionsOf('scan-from-one-port/flow.log');
    const scanned = told.filter((c) => [c.initiator, c.responder].some(({ port }) => port === 41_050));
    expect(scanned).toHaveLength(40);
    expect(new Set(scanned.map(({ initiator, verdict }) => `${initiator.address} ${verdict}`))).toEqual(
      new Set(['203.0.113.77 unanswered']),
    );
    // What many others talk to is a service beside.
    const others = scanned.filter(({ responder }) => responder.port !== 443);
    expect(new Set(others.map(({ initiatorBasis }) => initiatorBasis))).toEqual(new Set(['one-way']));
  });
});

describe('ECS fields behind the default ones, without a header', () => {
  it('are read, and their order is known by the ARNs', async () => {
    const text = readFileSync(join(import.meta.dirname, 'cases/ecs-fields-without-header/flow.log'), 'utf8');
    const { connections, report } = await rebuildText(text);
    // Two ephemeral ports: who opened it is not what this is about.
    expect(connections.map(({ initiator, responder }) => new Set([initiator.port, responder.port]))).toEqual([
      new Set([29_353, 34_686]),
    ]);
    expect(report.formats[0]?.fields.slice(14)).toEqual([
      'ecs-cluster-name',
      'ecs-cluster-arn',
      'ecs-container-instance-id',
      'ecs-container-instance-arn',
      'ecs-service-name',
      'ecs-task-definition-arn',
      'ecs-container-id',
      'ecs-second-container-id',
      'ecs-task-arn',
      'ecs-task-id',
    ]);
  });
});
