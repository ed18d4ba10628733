import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { attempt, blocked, conversation, many, refusal } from '../build.ts';

const scansOf = async (connections: Parameters<typeof auditShortLived>[0], options = {}) =>
  (await auditShortLived(connections, options)).findings.filter(({ kind }) => kind === 'scan');

describe('a scan', () => {
  it('is one initiator that tried many ports in vain', async () => {
    const [scan, ...others] = await scansOf(
      many(20, (i) => refusal({ from: '198.51.100.7', port: 1000 + i, at: i })),
    );
    expect(others).toEqual([]);
    expect(scan).toMatchObject({ initiator: '198.51.100.7', responder: null, port: null, count: 20 });
    expect(scan?.evidence).toBe(
      '20 targets tried in vain (1 address, 20 ports) in 20 attempts: 20 refused; 0 other targets answered.',
    );
  });

  it('is one initiator that tried many hosts in vain, refused, blocked or unanswered', async () => {
    const [scan] = await scansOf([
      conversation(), // the log has both directions: silence is evidence
      ...many(8, (i) => refusal({ from: '198.51.100.7', to: `10.0.1.${i}` })),
      ...many(7, (i) => blocked({ from: '198.51.100.7', to: `10.0.2.${i}` })),
      ...many(5, (i) => attempt({ from: '198.51.100.7', to: `10.0.3.${i}` })),
    ]);
    expect(scan?.count).toBe(20);
    expect(scan?.evidence).toContain('(20 addresses, 1 port)');
    expect(scan?.evidence).toContain('8 refused, 7 blocked, 5 unanswered');
  });

  it('is none below the threshold, which is an option', async () => {
    const connections = many(19, (i) => refusal({ port: 1000 + i }));
    expect(await scansOf(connections)).toEqual([]);
    expect(await scansOf(connections, { scanTargets: 19 })).toHaveLength(1);
  });

  it('counts targets, not records or attempts', async () => {
    const connections = many(100, (i) => refusal({ port: 1000 + (i % 4) }));
    expect(await scansOf(connections)).toEqual([]);
  });

  it('is no client that is mostly answered', async () => {
    const connections = [
      ...many(30, (i) => refusal({ to: `10.0.1.${i}` })),
      ...many(31, (i) => conversation({ to: `10.0.2.${i}` })),
    ];
    expect(await scansOf(connections)).toEqual([]);
    expect(await scansOf(connections.slice(0, 60))).toHaveLength(1);
  });

  it('is no server whose answers to many clients are rejected or missing', async () => {
    const answers = many(60, (i) =>
      blocked(
        { from: '10.0.0.2', to: `203.0.113.${i}`, port: 50_000 + i },
        { initiatorBasis: 'rejected', initiatorConfidence: 0.98 },
      ),
    ).map((each) => ({ ...each, initiator: { ...each.initiator, port: 443 } }));
    expect(await scansOf([conversation(), ...answers])).toEqual([]);
  });

  it('accuses nobody on a guess, on a gap, or where nothing tells', async () => {
    const guess = { initiatorBasis: 'port', initiatorConfidence: 0.8 } as const;
    const nothing = { initiatorBasis: 'none', initiatorConfidence: 0.5 } as const;
    for (const doubt of [guess, nothing, { hasGap: true }])
      expect(await scansOf([conversation(), ...many(50, (i) => attempt({ port: i + 1 }, doubt))])).toEqual(
        [],
      );
    const sure = { initiatorBasis: 'rejected', initiatorConfidence: 0.98 } as const;
    expect(await scansOf(many(50, (i) => blocked({ port: i + 1 }, sure)))).toHaveLength(1);
  });

  it('is not seen in half of a log, where answers are missing for everybody', async () => {
    const result = await auditShortLived(many(50, (i) => attempt({ port: i + 1 })));
    expect(result.findings).toEqual([]);
    expect(result.notes[0]).toContain('one half of a log');
  });
});
