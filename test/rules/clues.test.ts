/** Clues one by one, as traces tell them; the bounds are those of docs/lifecycle.md, a minute of slack among them. */
import { describe, expect, it } from 'vitest';
import { CONFIDENCE_STEPS } from '../../src/meaning/initiator.ts';
import { PORT_ODDS } from '../../src/meaning/ports.ts';
import { SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { connectionOfRows, connectionsOfRows, logOf, type Row } from '../log-of.ts';
import { tracesOf } from '../traces-of.ts';

type Shows = 'stopped' | 'replyRejected' | 'spokeFirst';

/** What the records of the key of the first row show of either end, each as its name and the end that opened by it. */
const shownBy = (rows: readonly Row[], others: readonly Row[] = []): [Shows, 'low' | 'high'][] => {
  const traces = tracesOf(logOf([...rows, ...others]));
  const [ports] = [rows[0]?.ports ?? [50_000, 50_001]];
  const found = traces.filter(({ storedPorts }) => `${storedPorts}` === `${ports}`);
  expect(found).toHaveLength(1);
  return (['low', 'high'] as const).flatMap((end, at) =>
    Object.entries(found[0]?.shown[at as 0 | 1] ?? {}).flatMap(([name, shows]) =>
      shows ? [[name as Shows, end] as [Shows, 'low' | 'high']] : [],
    ),
  );
};

const REJECTED: Row = { action: 'REJECT' };

describe('no clue', () => {
  it('is in two records of two ephemeral ports', async () => {
    const rows: Row[] = [{}, { by: 'high' }];
    expect(shownBy(rows)).toEqual([]);
    const { initiatorBasis, initiatorConfidence } = await connectionOfRows(rows);
    expect([initiatorBasis, initiatorConfidence]).toEqual(['none', 0.5]);
  });
});

describe('a stopped attempt', () => {
  it('was rejected, one way, in records without flags', () => {
    expect(shownBy([REJECTED])).toEqual([['stopped', 'low']]);
    expect(shownBy([{ ...REJECTED, by: 'high' }])).toEqual([['stopped', 'high']]);
  });

  it.each<readonly [string, readonly Row[]]>([
    ['that went through in part', [REJECTED, {}]],
    ['whose answer was rejected too', [REJECTED, { ...REJECTED, by: 'high' }]],
    ['of which one record has flags', [REJECTED, { ...REJECTED, flags: 0, packets: 6 }]],
    ['of other protocols', [{ ...REJECTED, protocol: 17 }]],
  ])('is none %s', (_, rows) => {
    expect(shownBy(rows)).toEqual([]);
  });
});

describe('a rejected reply', () => {
  it('is rejected where the request was accepted, by one interface', () => {
    expect(shownBy([{ by: 'high' }, REJECTED])).toEqual([['replyRejected', 'high']]);
    expect(shownBy([{}, { ...REJECTED, by: 'high' }])).toEqual([['replyRejected', 'low']]);
    // Two interfaces: one saw an attempt stopped, the other one way let through.
    expect(shownBy([{ by: 'high' }, { ...REJECTED, eni: 'eni-2' }])).toEqual([['stopped', 'low']]);
  });

  it('is none where the request was rejected in part as well, or the reply accepted in part', () => {
    const request: Row = { by: 'high' };
    expect(shownBy([request, { ...request, ...REJECTED }, REJECTED])).toEqual([]);
    expect(shownBy([request, REJECTED, {}])).toEqual([]);
  });
});

describe('who spoke first', () => {
  /** That the interface was there before: a record of another key. */
  const covered = (from: number): Row[] => [{ ports: [1, 2], start: from, end: from }];
  const early: Row = { start: 1100, end: 1120 };
  const late: Row = { by: 'high', start: 1200, end: 1220 };
  const first = [['spokeFirst', 'low']];

  it('had spoken more than a minute before the other began, and the log had begun more than a minute before', () => {
    const clueOf = (start: number, end: number, answer: number, from: number) =>
      shownBy(
        [
          { start, end },
          { by: 'high', start: answer, end: answer + 20 },
        ],
        covered(from),
      );
    expect(clueOf(1100, 1120, 1181, 1039)).toEqual(first);
    expect(clueOf(1100, 1120, 1180, 1039)).toEqual([]);
    expect(clueOf(1100, 1120, 1181, 1040)).toEqual([]);
    // Nothing is known of the time before where its own records are the first.
    expect(shownBy([early, late])).toEqual([]);
    expect(
      shownBy(
        [
          { ...early, by: 'high' },
          { ...late, by: 'low' },
        ],
        covered(0),
      ),
    ).toEqual([['spokeFirst', 'high']]);
  });

  it('is told by the earliest record of each direction, in whatever order they come', () => {
    const rows: Row[] = [
      early,
      late,
      { start: 1090, end: 1190 },
      { start: 1105, end: 1110 },
      { by: 'high', start: 1300, end: 1320 },
    ];
    // Spoken by 1110, first at 1090; the other began at 1200.
    for (const order of [rows, [...rows].reverse()]) {
      expect(shownBy(order, covered(1029))).toEqual(first);
      expect(shownBy(order, covered(1030))).toEqual([]);
      expect(shownBy([...order, { ...late, start: 1171 }], covered(0))).toEqual(first);
      expect(shownBy([...order, { ...late, start: 1170 }], covered(0))).toEqual([]);
    }
  });

  it('is not told by records without times, which change nothing beside others', () => {
    const timeless: Row = { start: null, end: null };
    expect(shownBy([early, timeless, late, { ...timeless, by: 'high' }], covered(0))).toEqual(first);
    expect(shownBy([timeless, late], covered(0))).toEqual([]);
    expect(shownBy([early, { ...timeless, by: 'high' }], covered(0))).toEqual([]);
  });

  it('is not told by two interfaces, whose clocks are not compared', () => {
    expect(shownBy([early, { ...late, eni: 'eni-2' }], covered(0))).toEqual([]);
    // Nor by what the log covers of another.
    expect(shownBy([early, late], [{ ports: [1, 2], start: 0, end: 0, eni: 'eni-2' }])).toEqual([]);
  });

  it('says no more where a reply was rejected', async () => {
    const rows = [early, { ...late, ...REJECTED }];
    const { initiatorBasis, initiatorConfidence } = await connectionsOfRows([...rows, ...covered(0)]).then(
      (all) => all.find(({ records }) => records === 2) ?? expect.fail(),
    );
    // Log odds of 1 alone: 0.731, of which 0.7 is claimed.
    expect([initiatorBasis, initiatorConfidence]).toEqual(['order', 0.7]);
  });
});

describe('what the ends are known for', () => {
  /** Basis, confidence and who opened, where the low end and the high end have so many peers beside each other. */
  const between = async (ofLow: number, ofHigh: number): Promise<unknown> => {
    const both = (row: Row): Row[] =>
      [row, { ...row, by: row.by === 'high' ? 'low' : 'high' } as const].map((each) => ({
        ...each,
        bytes: 2000,
      }));
    const rows = [
      ...both({}),
      ...Array.from({ length: ofLow - 1 }, (_, n) => both({ high: `10.0.1.${n}`, ports: [50_000, 60_000] })),
      ...Array.from({ length: ofHigh - 1 }, (_, n) => both({ high: '10.0.0.9', low: `10.0.0.1${n}` })).map(
        (pair) =>
          pair.map(
            (row): Row => ({ ...row, low: '10.0.0.9', high: row.low as string, ports: [50_001, 60_000] }),
          ),
      ),
    ].flat();
    const found = (await connectionsOfRows(rows)).find(
      ({ initiator, responder }) =>
        `${[initiator.address, responder.address].sort()}` === '10.0.0.5,10.0.0.9' &&
        initiator.port !== 60_000,
    );
    return [found?.initiatorBasis, found?.initiatorConfidence, found?.initiator.address];
  };

  it('is that one of them has three peers, and the other only this one: of two that meet several either may dial', async () => {
    // Log odds of 4: 0.982, of which 0.98 is claimed.
    expect(await between(1, 3)).toEqual(['service', 0.98, '10.0.0.5']);
    expect(await between(1, 2)).toEqual(['none', 0.5, '10.0.0.5']);
    expect(await between(6, 1)).toEqual(['service', 0.98, '10.0.0.9']);
    expect(await between(6, 2)).toEqual(['none', 0.5, '10.0.0.5']);
    expect(await between(4, 4)).toEqual(['none', 0.5, '10.0.0.5']);
  });

  it('is that one of them answers handshakes, and says nothing where both do', async () => {
    const answer = (by: 'low' | 'high', other: string): Row =>
      by === 'low'
        ? { high: other, ports: [50_000, 60_000], flags: SYN_ACK }
        : { low: '10.0.0.9', high: other, ports: [50_001, 60_000], flags: SYN_ACK };
    const basisOf = async (...others: readonly Row[]): Promise<unknown> => {
      const all = await connectionsOfRows([{}, { by: 'high' }, ...others]);
      const found = all.find(({ records }) => records === 2);
      return [found?.initiatorBasis, found?.initiatorConfidence, found?.initiator.address];
    };
    expect(await basisOf(answer('high', '10.0.1.1'))).toEqual(['service', 0.98, '10.0.0.5']);
    expect(await basisOf(answer('low', '10.0.1.1'))).toEqual(['service', 0.98, '10.0.0.9']);
    expect(await basisOf(answer('low', '10.0.1.1'), answer('high', '10.0.1.1'))).toEqual([
      'none',
      0.5,
      '10.0.0.5',
    ]);
  });
});

describe('ports', () => {
  const basisOf = async (low: number, high: number, protocol = 6, more: Row = {}): Promise<unknown> => {
    const { initiatorBasis, initiatorConfidence, initiator, responder } = await connectionOfRows([
      { ports: [low, high], protocol, ...more },
    ]);
    return [initiatorBasis, initiatorConfidence, initiator.address < responder.address ? 'low' : 'high'];
  };

  it('are a clue for the end of the less known one, by the odds of their ranks', async () => {
    const claimed = (odds: number): number =>
      CONFIDENCE_STEPS.findLast((step) => step <= 1 / (1 + Math.exp(-odds))) ?? 0.5;
    // One port a rank: well-known, a service among reserved ports, a known one, registered, unassigned, above those of Linux's
    // clients, reserved, ephemeral.
    const ports = [443, 993, 5432, 1352, 20_500, 62_000, 903, 50_000] as const;
    for (const [rank, known] of ports.entries())
      for (const [otherRank, other] of [...ports.entries()].slice(rank + 1)) {
        const odds = PORT_ODDS[rank]?.[otherRank] as number;
        const names = odds < 0.41 ? ['none', 0.5] : ['port', claimed(odds)];
        expect(await basisOf(known, other)).toEqual([...names, odds < 0.41 ? 'low' : 'high']);
        expect(await basisOf(other, known)).toEqual([...names, 'low']);
      }
    expect(await basisOf(80, 443)).toEqual(['none', 0.5, 'low']);
  });

  it('are turned round for the data connections that an FTP server opens from port 20 (RFC 959 §3.2)', async () => {
    const data = { bytes: 2000 } as const;
    expect(await basisOf(20, 50_000, 6, data)).toEqual(['port', 0.99, 'low']);
    expect(await basisOf(50_000, 20, 6, data)).toEqual(['port', 0.99, 'high']);
    expect(await basisOf(21, 50_000, 6, data)).toEqual(['port', 0.99, 'high']);
    expect(await basisOf(20, 80, 6, data)).toEqual(['none', 0.5, 'low']);
    expect(await basisOf(20, 20, 6, data)).toEqual(['none', 0.5, 'low']);
  });

  it('are those of a probe at port 20 where no payload was seen', async () => {
    expect(await basisOf(20, 50_000, 6, { by: 'high' })).toEqual(['port', 0.99, 'high']);
    expect(await basisOf(50_000, 20)).toEqual(['port', 0.99, 'low']);
    // From port 20 alone: the server's dial, or an answer to a probe.
    expect(await basisOf(20, 50_000)).toEqual(['none', 0.5, 'low']);
    expect(await basisOf(50_000, 20, 6, { by: 'high' })).toEqual(['none', 0.5, 'low']);
  });

  it('are none of protocols that have no ports', async () => {
    expect(await basisOf(443, 50_000, 47)).toEqual(['none', 0.5, 'low']);
  });
});

describe('what was observed', () => {
  it('decides alone, also where inference is not wanted', async () => {
    // The ports would say that the low end opened.
    const ports = [50_000, 443] as const;
    const rows: Row[] = [
      { flags: SYN_ACK, ports },
      { flags: null, ports },
      { by: 'high', flags: SYN, ports },
    ];
    for (const observedOnly of [true, false])
      expect(await connectionOfRows(rows, { observedOnly })).toMatchObject({
        initiatorBasis: 'handshake',
        initiatorConfidence: 1,
        initiator: { port: 443 },
      });
    expect(await connectionOfRows([{ ports: [443, 50_000] }], { observedOnly: true })).toMatchObject({
      initiatorBasis: 'none',
      initiator: { port: 443 },
    });
  });

  it('is nothing in other protocols, whatever their flags column holds', async () => {
    expect(await connectionOfRows([{ flags: SYN, protocol: 17 }])).toMatchObject({ initiatorBasis: 'none' });
  });
});
