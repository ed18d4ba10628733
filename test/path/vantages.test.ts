/** Many views of one connection: counts are never added up, one view speaks for it, the path is told. */
import { describe, expect, it } from 'vitest';
import { connectionOf, record, window } from '../build.ts';

describe('vantages', () => {
  const both = [
    ...window('SYN', 'SYN-ACK', { eni: 'eni-server', packets: 9 }),
    ...window('SYN', 'SYN-ACK', { eni: 'eni-client', packets: 10 }),
  ];

  it('keep their own counts; the headline is that of the one with most packets, never the sum', async () => {
    const connection = await connectionOf(both);
    expect(connection.initiator.packets).toBe(10);
    expect(
      connection.vantages.map(({ interfaceId, initiatorPackets }) => [interfaceId, initiatorPackets]),
    ).toEqual([
      ['eni-client', 10],
      ['eni-server', 9],
    ]);
  });

  it('that saw both directions speak before those that saw one', async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK', { packets: 2 }),
      record({ eni: 'eni-mirror', flags: 'SYN', packets: 500 }),
    ];
    const connection = await connectionOf(lines);
    expect(connection.vantages[0]?.interfaceId).toBe('eni-server');
    expect(connection.initiator.packets).toBe(2);
  });

  it('lend the direction that the primary never saw', async () => {
    const lines = [
      record({ eni: 'eni-a', flags: 'SYN', packets: 50 }),
      record({ eni: 'eni-b', by: 'server', flags: 'SYN-ACK', packets: 7 }),
    ];
    expect(await connectionOf(lines)).toMatchObject({
      initiator: { packets: 50 },
      responder: { packets: 7 },
    });
  });

  it('stand at the end whose address is in all their records', async () => {
    const lines = [...both, record({ eni: 'eni-server', client: '10.0.0.77', flags: 'SYN' })];
    const connections = await import('../build.ts').then(({ connectionsOf }) => connectionsOf(lines));
    const seen = connections.find(({ initiator }) => initiator.address === '10.0.0.9');
    expect(seen?.vantages.find(({ interfaceId }) => interfaceId === 'eni-server')?.role).toBe('responder');
    expect(seen?.path).toContain('eni-server (responder)');
  });

  it('stand at the private end where the other is public', async () => {
    const connection = await connectionOf(window('SYN', 'SYN-ACK', { client: '203.0.113.9' }));
    expect(connection.vantages[0]?.role).toBe('responder');
  });

  it("are gateways where they show another address than the packet's and belong to no instance", async () => {
    const lines = [
      ...window('SYN', 'SYN-ACK'),
      record({ eni: 'eni-gate', instance: '-', flags: 'SYN', dstaddr: '10.0.0.1', packets: 3 }),
    ];
    const connection = await connectionOf(lines);
    expect(connection.vantages.find(({ interfaceId }) => interfaceId === 'eni-gate')).toMatchObject({
      role: 'gateway',
      rewrites: '10.0.0.1',
    });
    expect(connection.path).toContain('eni-gate (gateway, request)');
  });

  it('are no gateways where an instance shows another address: pods and secondary addresses', async () => {
    const lines = [record({ flags: 'SYN', dstaddr: '10.0.0.1' })];
    expect((await connectionOf(lines)).vantages[0]?.role).not.toBe('gateway');
  });
});
