import { describe, expect, it } from 'vitest';
import { auditShortLived, connectionsBehind } from '../../../src/audit/audit.ts';
import { conversation, many, NOON } from '../build.ts';

const exhaustedOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'port-exhaustion');

describe('port exhaustion', () => {
  // Opened a second apart, 5 s long, both ends included: six are open at once.
  const overlapping = many(30, (i) => conversation({ at: i }));

  it('is nine tenths of the limit at once, from one address to one destination', async () => {
    const [found] = await exhaustedOf(overlapping, { portLimit: 6 });
    expect(found).toMatchObject({ initiator: '10.0.0.1', responder: '10.0.0.2', port: 443, count: 6 });
    expect(found?.evidence).toContain('6 connections open at once');
    expect(found?.evidence).toContain('NAT gateway basics');
    expect(await exhaustedOf(overlapping, { portLimit: 7 })).toEqual([]);
    expect(await exhaustedOf(overlapping, { portLimit: 7, portShare: 0.8 })).toHaveLength(1);
  });

  it('has those behind it that were open then', async () => {
    const result = await auditShortLived(overlapping, { portLimit: 6 });
    const [found] = result.findings.filter(({ kind }) => kind === 'port-exhaustion');
    const behind = overlapping.filter(connectionsBehind(result, found as NonNullable<typeof found>));
    expect(behind.map(({ uid }) => uid)).toEqual(found?.uids);
  });

  it('counts a connection from its opening to its last record', async () => {
    // A record 20 s before each opening, and a straggler 3 s behind each close: as above, six are open at once.
    const straggling = many(30, (i) =>
      conversation({ at: i }, 5, { firstSeen: NOON + i - 20, closedAt: NOON + i + 2 }),
    );
    const result = await auditShortLived(straggling, { portLimit: 6 });
    const [found] = result.findings.filter(({ kind }) => kind === 'port-exhaustion');
    expect(found?.count).toBe(6);
    const behind = straggling.filter(connectionsBehind(result, found as NonNullable<typeof found>));
    expect(behind.map(({ uid }) => uid)).toEqual(found?.uids);
  });

  it("is AWS's 55,000 unless told otherwise", async () => {
    const together = many(49_500, () => conversation());
    expect(await exhaustedOf(together)).toHaveLength(1);
    expect(await exhaustedOf(together.slice(1))).toEqual([]);
  });

  it('adds no destinations, and no addresses, together', async () => {
    const ports = many(30, (i) => conversation({ port: 1 + (i % 10) }));
    const hosts = many(30, (i) => conversation({ from: `10.0.1.${i % 10}` }));
    expect(await exhaustedOf([...ports, ...hosts], { portLimit: 6 })).toEqual([]);
  });
});
