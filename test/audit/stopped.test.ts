/** What was stopped at an interface as findings of the audit: rejected replies and what was cut off, never late packets. */
import { describe, expect, it } from 'vitest';
import { auditShortLived, connectionsBehind } from '../../src/audit/audit.ts';
import type { Connection } from '../../src/model/connection.ts';
import { attempt, blocked, conversation, cutOff, lateAlone, many, NOON, replyRejected } from './build.ts';

const kindsOf = async (...[given, options]: Parameters<typeof auditShortLived>) =>
  (await auditShortLived(given, options)).findings.map(({ kind, count }) => [kind, count]);

describe('rejected replies', () => {
  it('are one finding a service and interface, with what to change', async () => {
    const { findings, findingCounts } = await auditShortLived([
      ...many(3, (i) => replyRejected({ from: `10.1.0.${i}`, at: i })),
      replyRejected({ from: '10.1.0.0', at: 7 }),
      conversation(),
    ]);
    expect(findings).toHaveLength(1);
    expect(findingCounts).toMatchObject({ 'reply-rejected': 1, 'cut-off': 0, scan: 0 });
    expect(findings[0]).toMatchObject({
      ...{ number: 1, kind: 'reply-rejected', initiator: null, responder: '10.0.0.2', port: 443, count: 4 },
      ...{ firstSeen: NOON, lastSeen: NOON + 7, says: 'the reply was stopped' },
      // Three clients, 10.1.0.0 to 10.1.0.2: the last two bits of their addresses differ.
      blockage: { number: 1, way: 'out', clients: 3, from: '10.1.0.0/30', stopped: 'responder' },
    });
    expect(findings[0]?.evidence).toBe(
      'Replies of 10.0.0.2:443 to ports 1024-65535 are stopped on the way out at eni-0a1b (i-1, subnet-1): ' +
        'a network ACL, since security groups let replies through. 4 connections of 3 clients.',
    );
    expect(findings[0]?.advice).toBe('Allow outbound tcp 1024-65535 in the network ACL of subnet-1.');
  });

  it('accuse no client: who is answered in vain neither scans nor storms', async () => {
    // Twenty services, and one of them asked for ten times within ten minutes.
    const scanned = many(20, (i) => replyRejected({ port: 1000 + i, at: i }));
    const asked = many(10, (i) => replyRejected({ port: 2000, at: 30 * i }));
    expect(new Set((await kindsOf([...scanned, ...asked])).map(([kind]) => kind))).toEqual(
      new Set(['reply-rejected']),
    );
    const requests = many(20, (i) => blocked({ port: 1000 + i, at: i }));
    expect(await kindsOf(requests)).toEqual([['scan', 20]]);
  });

  it('are no answers that got through', async () => {
    const [scan] = (
      await auditShortLived([
        ...many(20, (i) => blocked({ port: 1000 + i, at: i })),
        replyRejected({ port: 9 }),
      ])
    ).findings.filter(({ kind }) => kind === 'scan');
    expect(scan?.evidence).toBe(
      'A port scan: 20 ports of 1 address. 20 targets tried in vain in 20 attempts: 20 blocked; 0 other targets answered.',
    );
  });

  it('of other protocols are told too', async () => {
    const dns = replyRejected({ port: 53 }, { protocol: 'udp', state: null });
    const { findings, connections, exchanges } = await auditShortLived([dns]);
    expect([connections, exchanges]).toEqual([0, 1]);
    expect(findings).toMatchObject([{ kind: 'reply-rejected', port: 53, initiator: '10.0.0.1' }]);
  });

  it('show that the log holds what was rejected, so that a missing answer proves something', async () => {
    const { answersAreLogged, notes } = await auditShortLived([
      attempt(),
      replyRejected({}, { oneSided: true }),
    ]);
    expect([answersAreLogged, notes]).toEqual([true, []]);
  });
});

describe('connections that were cut off', () => {
  it('are a finding: since when, whose packets, and who changed a rule', async () => {
    const { findings } = await auditShortLived([cutOff({ at: 5 })]);
    expect(findings).toMatchObject([
      { kind: 'cut-off', count: 1, initiator: '10.0.0.1', responder: '10.0.0.2' },
    ]);
    // Cut 60 s after 12:00:05.
    expect(findings[0]?.evidence).toBe(
      'Open connections of 10.0.0.1 to 10.0.0.2:443 were cut off from 2025-01-01 12:01:05 UTC on: ' +
        'packets of the clients are stopped on the way in at eni-0a1b (i-1, subnet-1), while those of the other side still pass.',
    );
    expect(findings[0]?.advice).toMatch(/^A rule was changed, or tracking had ended: /);
  });
});

describe('late packets', () => {
  it('are noise, told once, and no part of any finding', async () => {
    const late = many(30, (i) => lateAlone({ port: 1000 + i, at: i }));
    const {
      findings,
      late: count,
      notes,
      lifetimes,
    } = await auditShortLived(late, {
      ...{ scanTargets: 1, stormAttempts: 1, refusals: 1, halfOpens: 1, beaconOpenings: 1, portLimit: 1 },
    });
    expect([findings, count, lifetimes.late]).toEqual([[], 30, 30]);
    expect(notes).toEqual([
      '30 connections had nothing but late packets rejected, after the close or of conversations that the log does not show: noise, nothing to change.',
    ]);
  });

  it('behind a close leave the connection what it is', async () => {
    const closed = many(12, (i) =>
      conversation({ at: i * 300 }, 5, { verdict: 'late', rejectedSide: 'responder' }),
    );
    expect(await kindsOf(closed)).toEqual([['beacon', 12]]);
  });

  it('are no answer of a target that was tried in vain', async () => {
    const scan = many(20, (i) => blocked({ port: 1000 + i, at: i }));
    const both = lateAlone({ port: 9 }, { oneSided: false });
    const { findings } = await auditShortLived([...scan, both]);
    expect(findings[0]?.evidence).toContain('0 other targets answered');
  });
});

describe('the findings of what was stopped', () => {
  const given = (): Connection[] => [
    ...many(12, (i) => replyRejected({ from: `10.1.0.${i}`, at: i })),
    ...many(2, (i) => cutOff({ port: 22, at: i })),
    replyRejected({ port: 80 }),
    conversation({ port: 80 }),
    lateAlone({ port: 443 }),
  ];

  it('stand before the others, most first, however the connections come', async () => {
    const connections = given();
    const expected = (await auditShortLived(connections)).findings;
    expect(expected.map(({ number, kind, port, count }) => [number, kind, port, count])).toEqual([
      [1, 'reply-rejected', 443, 12],
      [2, 'reply-rejected', 80, 1],
      [3, 'cut-off', 22, 2],
    ]);
    expect(expected[0]?.uids).toEqual(connections.slice(0, 10).map(({ uid }) => uid));
    expect((await auditShortLived(connections.toReversed())).findings).toEqual(expected);
  });

  it('have the connections behind them, and no others', async () => {
    const connections = given();
    const result = await auditShortLived(connections);
    const behind = result.findings.map(
      (finding) => connections.filter(connectionsBehind(result, finding)).length,
    );
    expect(behind).toEqual([12, 1, 2]);
  });
});
