/**
 * Flags of transit gateway logs: they note the ACK of any packet (16) and PSH (8), so SYN and ACK together are a SYN-ACK, or the
 * SYN of a side that went on. Lines have the gateway's own fields; the client is 10.30.2.9, the server 10.20.1.15:443.
 */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { rebuildText } from '../build.ts';

const T0 = 1_760_000_000;
const GATEWAY =
  'version tgw-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status tcp-flags';
const VPC =
  'version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags';

interface Seen {
  readonly flags: number | '-';
  readonly start?: number;
  readonly size?: number;
}

const ends = (by: 'client' | 'server', ports: readonly [number, number]): string =>
  by === 'client'
    ? `10.30.2.9 10.20.1.15 ${ports[0]} ${ports[1]}`
    : `10.20.1.15 10.30.2.9 ${ports[1]} ${ports[0]}`;

const PORTS = [50_122, 443] as const;
const ofGateway = (
  by: 'client' | 'server',
  { flags, start = 0, size = 40 }: Seen,
  ports: readonly [number, number] = PORTS,
): string => `6 tgw-attach-1 ${ends(by, ports)} 6 9 ${9 * size} ${T0 + start} ${T0 + start + 56} OK ${flags}`;
const ofInterface = (by: 'client' | 'server', { flags, start = 0, size = 40 }: Seen): string =>
  `3 eni-1 ${ends(by, PORTS)} 6 9 ${9 * size} ${T0 + start} ${T0 + start + 56} ACCEPT OK ${flags}`;

const rebuilt = async (...lines: readonly string[]): Promise<readonly Connection[]> => {
  const { connections } = await rebuildText(`${lines.join('\n')}\n`);
  return connections;
};
const one = async (...lines: readonly string[]): Promise<Connection> => {
  const connections = await rebuilt(...lines);
  expect(connections).toHaveLength(1);
  return connections[0] as Connection;
};

const CLIENT = { address: '10.30.2.9', port: 50_122 };
const inferred = { initiator: CLIENT, initiatorBasis: 'port' };

describe('SYN and ACK in the records of a transit gateway', () => {
  it.each([18, 26, 30, 58])(
    'from both sides (%i) are a handshake, and only the roles are inferred',
    async (flags) => {
      // RST (4) in 30 comes from both sides: the initiator is named for it.
      const state = flags === 30 ? 'reset' : 'established';
      const found = await one(GATEWAY, ofGateway('client', { flags }), ofGateway('server', { flags }));
      expect(found).toMatchObject({ ...inferred, state, openedAt: T0, openedBy: T0 + 56 });
      expect(found.startsMidstream).toBe(false);
      expect(found.history).toBe(flags === 30 ? 'ShRr' : 'Sh');
    },
  );

  it.each([19, 27])(
    'with FIN from both sides (%i) are a connection from its handshake to its close',
    async (flags) => {
      // It lasted from 0 to 56 at most, and the first packet may be logged 60 s late: 116.
      const found = await one(GATEWAY, ofGateway('client', { flags }), ofGateway('server', { flags }));
      expect(found).toMatchObject({ ...inferred, state: 'closed', connState: 'SF', history: 'ShFf' });
      expect(found).toMatchObject({ closedBy: null, closedAt: T0 + 56, durationMin: 0, durationMax: 116 });
    },
  );

  it('from the client alone show that it was answered: nobody acknowledges what did not come', async () => {
    const found = await one(GATEWAY, ofGateway('client', { flags: 26, size: 184 }));
    expect(found).toMatchObject({ ...inferred, state: 'established', history: 'SD', oneSided: true });
    const refused = await one(
      GATEWAY,
      ofGateway('client', { flags: 18 }),
      ofGateway('server', { flags: 20, start: 60 }),
    );
    expect(refused).toMatchObject({ state: 'reset', closedBy: 'responder', history: 'Sr' });
  });

  it('from the server alone are its SYN-ACK', async () => {
    const found = await one(GATEWAY, ofGateway('server', { flags: 26 }));
    expect(found).toMatchObject({ ...inferred, state: 'answered', connState: 'OTH', history: 'h' });
  });

  it('name nobody between ports of one kind, and are a handshake all the same', async () => {
    const ports = [50_122, 50_123] as const;
    const found = await one(
      GATEWAY,
      ofGateway('client', { flags: 26 }, ports),
      ofGateway('server', { flags: 26 }, ports),
    );
    expect(found).toMatchObject({ initiatorBasis: 'none', state: 'established', history: 'Sh' });
  });

  it('make no service of an end: the client of one connection is not known by the SYN of another', async () => {
    // Were 26 taken for a SYN-ACK, 10.30.2.9:50122 would answer handshakes and be the server of the second.
    const found = await rebuilt(
      GATEWAY,
      ofGateway('client', { flags: 26 }, [50_122, 50_200]),
      ofGateway('client', { flags: 24 }, [50_122, 50_300]),
      ofGateway('server', { flags: 24 }, [50_122, 50_300]),
    );
    expect(found.map(({ initiatorBasis }) => initiatorBasis)).toEqual(['none', 'none']);
  });

  it('divide connections on a reused port as a SYN does', async () => {
    const both = (flags: number, start: number): string[] => [
      ofGateway('client', { flags, start }),
      ofGateway('server', { flags, start }),
    ];
    const found = await rebuilt(GATEWAY, ...both(27, 0), ...both(27, 120));
    expect(found.map(({ openedAt, state }) => [openedAt, state])).toEqual([
      [T0, 'closed'],
      [T0 + 120, 'closed'],
    ]);
  });
});

describe('a plain SYN in the records of a transit gateway', () => {
  it('proves who opened; the ACK of the other side adds no proof', async () => {
    const found = await one(GATEWAY, ofGateway('client', { flags: 2 }), ofGateway('server', { flags: 18 }));
    expect(found).toMatchObject({
      initiator: CLIENT,
      initiatorBasis: 'syn',
      state: 'established',
      history: 'Sh',
    });
  });

  it('alone is an attempt', async () => {
    const found = await one(GATEWAY, ofGateway('client', { flags: 2 }));
    expect(found).toMatchObject({ initiatorBasis: 'syn', state: 'attempted' });
  });
});

describe('interfaces and a transit gateway that saw one connection', () => {
  it.each([
    ['interface first', 0, 1],
    ['gateway first', 1, 0],
  ])('leave observed what the interface shows (%s)', async (_, byInterface, byGateway) => {
    const found = await one(
      VPC,
      ofInterface('client', { flags: 2, start: byInterface }),
      ofInterface('server', { flags: 18, start: byInterface }),
      GATEWAY,
      ofGateway('client', { flags: 26, start: byGateway }),
      ofGateway('server', { flags: 26, start: byGateway }),
    );
    expect(found).toMatchObject({ initiator: CLIENT, initiatorBasis: 'handshake', initiatorConfidence: 1 });
    expect(found).toMatchObject({ state: 'established', history: 'Sh', contradicted: false });
    expect(found.vantages).toHaveLength(2);
  });

  it('are told apart record by record in a table of both', async () => {
    const BOTH = `${VPC} tgw-attachment-id`;
    const table = (line: string, attachment: string): string => `${line} ${attachment}`;
    const server = table(ofInterface('server', { flags: 18 }), '-');
    const client = table(ofInterface('client', { flags: 26 }).replace('eni-1', '-'), 'tgw-attach-1');
    expect(await one(BOTH, server)).toMatchObject({ initiatorBasis: 'syn-ack' });
    expect(await one(BOTH, client)).toMatchObject({ initiatorBasis: 'port' });
    expect(await one(BOTH, server, client)).toMatchObject({ initiator: CLIENT, initiatorBasis: 'syn-ack' });
  });

  it('leave unsaid that flags are odd: PSH and ACK are what a gateway writes', async () => {
    const { report } = await rebuildText(`${GATEWAY}\n${ofGateway('client', { flags: 26 })}\n`);
    expect(report.limits.join(' ')).not.toContain('never write');
    const odd = await rebuildText(`${VPC}\n${ofInterface('client', { flags: 26 })}\n`);
    expect(odd.report.limits.join(' ')).toContain('never write');
  });
});
