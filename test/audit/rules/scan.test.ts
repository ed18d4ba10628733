import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../../src/audit/audit.ts';
import { attempt, blocked, conversation, flagless, many, probe, refusal } from '../build.ts';

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
      'A port scan: 20 ports of 1 address. 20 targets tried in vain in 20 attempts: 20 refused; 0 other targets answered.',
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
    expect(scan?.evidence).toMatch(/^A sweep: port 443 of 20 addresses\. 20 targets tried in vain/);
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

describe('the wording of a scan', () => {
  const shapeOf = async (hosts: number, ports: number): Promise<string | undefined> => {
    const targets = many(hosts * ports, (i) =>
      refusal({ to: `10.0.1.${i % hosts}`, port: 1000 + Math.floor(i / hosts) }),
    );
    return (await scansOf(targets))[0]?.evidence.split('. ')[0];
  };

  it('tells many ports of few hosts from few ports of many hosts, and both from many of both', async () => {
    expect(await shapeOf(20, 1)).toBe('A sweep: port 1000 of 20 addresses');
    expect(await shapeOf(10, 3)).toBe('A sweep: 3 ports of 10 addresses');
    expect(await shapeOf(1, 20)).toBe('A port scan: 20 ports of 1 address');
    expect(await shapeOf(3, 10)).toBe('A port scan: 10 ports of 3 addresses');
    expect(await shapeOf(5, 4)).toBe('A scan and sweep: 4 ports of 5 addresses');
  });

  it('of one port that the records do not have is that of one port', async () => {
    const portless = many(20, (i) => refusal({ to: `10.0.1.${i}` })).map((each) => ({
      ...each,
      responder: { ...each.responder, port: null },
    }));
    expect((await scansOf(portless))[0]?.evidence).toMatch(/^A sweep: 1 port of 20 addresses\./);
  });
});

describe('a scan without flags', () => {
  const others = conversation({ from: '10.0.0.250' }); // the log has both directions

  it('is made of targets that were seen in one interval only, with no more than an attempt', async () => {
    const [scan, ...more] = await scansOf([
      others,
      ...many(20, (i) => probe({ to: `10.0.1.${i}`, port: 22 })),
    ]);
    expect(more).toEqual([]);
    expect(scan).toMatchObject({ initiator: '10.0.0.1', count: 20, inferred: 20, confidence: 0.98 });
    expect(scan?.evidence).toBe(
      'A sweep: port 22 of 20 addresses. 20 targets, each seen in one interval only, at most 7 packets a side and no payload; ' +
        '0 other targets answered with more. Who opened is inferred, claimed at 0.98 on average.',
    );
  });

  it('tells what is proven in vain beside what may be', async () => {
    const [scan] = await scansOf([
      ...many(12, (i) => probe({ to: '10.0.1.1', port: 20 + i })),
      ...many(6, (i) =>
        flagless({ to: '10.0.1.1', port: 40 + i }, 1, { verdict: 'unanswered', oneSided: true }),
      ),
      ...many(3, (i) => blocked({ to: '10.0.1.1', port: 60 + i })),
      ...many(2, (i) => flagless({ to: '10.0.1.1', port: 80 + i })),
    ]);
    expect(scan?.count).toBe(21);
    expect(scan?.evidence).toContain(
      '9 targets tried in vain in 9 attempts: 3 blocked, 6 unanswered; 12 targets, each seen',
    );
    expect(scan?.evidence).toContain(
      '; 2 other targets answered with more. Who opened is inferred of 18 of them, claimed',
    );
  });

  it('counts no target that is come back to: monitoring does so', async () => {
    // Two probes 121 s apart are in two intervals for certain; 60 s and the slack are what one record may span.
    const twice = (apart: number) =>
      many(40, (i) => probe({ to: `10.0.1.${i % 20}`, at: i < 20 ? 0 : apart }));
    expect(await scansOf([others, ...twice(121)])).toEqual([]);
    expect(await scansOf([others, ...twice(120)])).toHaveLength(1);
    const [scan] = await scansOf([...twice(121), ...many(20, (i) => probe({ to: `10.0.2.${i}` }))]);
    expect(scan?.evidence).toContain(
      '; 0 other targets answered with more; 20 targets left out, come back to or',
    );
  });

  it('is none of a client that carries more to most of its targets', async () => {
    const talks = (count: number) => many(count, (i) => flagless({ to: `10.0.2.${i}` }));
    const probes = many(30, (i) => probe({ to: `10.0.1.${i}` }));
    expect(await scansOf([...probes, ...talks(31)])).toEqual([]);
    expect(await scansOf([...probes, ...talks(30)])).toHaveLength(1);
  });

  it('accuses nobody on less than the confidence that is asked for, nor in half of a log', async () => {
    const guess = { initiatorConfidence: 0.89 } as const;
    expect(await scansOf([others, ...many(40, (i) => probe({ port: i + 1 }, guess))])).toEqual([]);
    const half = many(40, (i) => probe({ port: i + 1 }, { oneSided: true }));
    expect(await scansOf(half)).toEqual([]);
    expect(await scansOf([others, ...half])).toHaveLength(1);
  });

  it('is no service whose clients were taken for its targets, at whatever confidence', async () => {
    const from = (port: number, connections: readonly ReturnType<typeof probe>[]) => [
      others,
      ...connections.map((each) => ({ ...each, initiator: { ...each.initiator, port } })),
    ];
    // Reserved ports of NFS clients, and ephemeral ones: each goes to a port of its own.
    const clients = (ports: number) =>
      many(60, (i) => probe({ from: '10.0.0.9', to: `10.0.1.${i % 30}`, port: ports + i }));
    for (const ports of [665, 40_000]) expect(await scansOf(from(8123, clients(ports)))).toEqual([]);
    // Many clients share the few reserved ports there are: two in three of 90 ports by chance, of 300 hosts.
    const crowd = many(300, (i) => probe({ to: `10.0.${i >> 7}.${i & 127}`, port: 700 + ((i * 7) % 90) }));
    expect(await scansOf(from(8123, crowd))).toEqual([]);
    // A scanner with one source port asks many hosts for the same ports, or one host for ports that no client binds.
    const sweep = many(60, (i) => probe({ to: `10.0.1.${i % 20}`, port: 8000 + Math.floor(i / 20) }));
    expect(await scansOf(from(40_000, sweep))).toHaveLength(1);
    expect(
      await scansOf(
        from(
          40_000,
          many(60, (i) => probe({ port: 1 + i * 30 })),
        ),
      ),
    ).toHaveLength(1);
    // With source ports of their own, attempts are no answers of one service.
    expect(await scansOf([others, ...clients(8000)])).toHaveLength(1);
  });
});
