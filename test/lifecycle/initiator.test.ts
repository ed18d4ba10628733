/** Clues one by one, and what they come to; the odds are those of ODDS, the bounds those of the doc comments. */
import { describe, expect, it } from 'vitest';
import {
  type Clue,
  cluesOf,
  findInitiator,
  gatherClues,
  type InitiatorEvidence,
  MOST_CONFIDENCE,
  NOBODY,
  ODDS,
  type Shown,
  weigh,
} from '../../src/lifecycle/initiator.ts';
import type { EndKnowledge } from '../../src/lifecycle/services.ts';
import { SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { keyRecord } from '../build-records.ts';

const NOTHING: EndKnowledge = { answers: false, peers: 0 };

/** Two ephemeral ports, nothing learned, no coverage: no clue unless a test brings one. */
const evidence = (parts: Partial<InitiatorEvidence>): InitiatorEvidence => ({
  records: [],
  isTcp: true,
  ports: [50_000, 50_001],
  ends: () => [NOTHING, NOTHING],
  coveredFrom: () => null,
  observedOnly: false,
  ...parts,
});
const clues = (parts: Partial<InitiatorEvidence>): readonly Clue[] => gatherClues(evidence(parts));

describe('no clue', () => {
  it('is in two records of two ephemeral ports', () => {
    expect(clues({ records: [keyRecord(), keyRecord({ direction: 1 })] })).toEqual([]);
    expect(findInitiator(evidence({ records: [keyRecord()] }))).toBe(NOBODY);
  });
});

describe('a stopped attempt', () => {
  const rejected = { reject: true } as const;

  it('was rejected, one way, in records without flags', () => {
    expect(clues({ records: [keyRecord(rejected)] })).toEqual([['rejected', 0, ODDS.rejected, 'stopped']]);
    expect(clues({ records: [keyRecord({ ...rejected, direction: 1 })] })).toEqual([
      ['rejected', 1, ODDS.rejected, 'stopped'],
    ]);
  });

  it.each([
    ['that went through in part', [keyRecord(rejected), keyRecord()]],
    ['whose answer was rejected too', [keyRecord(rejected), keyRecord({ ...rejected, direction: 1 })]],
    ['of which one record has flags', [keyRecord(rejected), keyRecord({ ...rejected, flags: 0 })]],
  ])('is none %s', (_, records) => {
    expect(clues({ records })).toEqual([]);
  });

  it('is none in other protocols', () => {
    expect(clues({ records: [keyRecord(rejected)], isTcp: false })).toEqual([]);
  });
});

describe('a rejected reply', () => {
  it('is rejected where the request was accepted, at one vantage', () => {
    const records = [keyRecord({ direction: 1 }), keyRecord({ reject: true })];
    expect(clues({ records })).toEqual([['order', 1, ODDS.replyRejected, 'replyRejected']]);
    expect(
      clues({ records: [keyRecord({ direction: 1 }), keyRecord({ reject: true, vantage: 2 })] }),
    ).toEqual([
      // Two vantages: one saw an attempt stopped, the other one way let through.
      ['rejected', 0, ODDS.rejected, 'stopped'],
    ]);
  });
});

describe('who spoke first', () => {
  const asked = { coveredFrom: () => 0 };
  const early = keyRecord({ start: 100, end: 120 });
  const late = keyRecord({ direction: 1, start: 200, end: 220 });
  const first: Clue = ['order', 0, ODDS.spokeFirst, 'spokeFirst'];

  it('had spoken more than a minute before the other began, and the log had begun more than a minute before', () => {
    const clueOf = (start: number, end: number, answer: number, coveredFrom: number | null) =>
      clues({
        records: [keyRecord({ start, end }), keyRecord({ direction: 1, start: answer, end: answer + 20 })],
        coveredFrom: () => coveredFrom,
      });
    expect(clueOf(100, 120, 181, 39)).toEqual([first]);
    expect(clueOf(100, 120, 180, 39)).toEqual([]);
    expect(clueOf(100, 120, 181, 40)).toEqual([]);
    expect(clueOf(100, 120, 181, null)).toEqual([]);
  });

  it('is told by the earliest record of each direction, in whatever order they stand', () => {
    const records = [
      early,
      late,
      keyRecord({ start: 90, end: 190 }),
      keyRecord({ start: 150, end: 110 }),
      keyRecord({ direction: 1, start: 300, end: 320 }),
    ];
    // Spoken by 110, first at 90; the other began at 200.
    for (const order of [records, [...records].reverse()]) {
      expect(clues({ records: order, coveredFrom: () => 29 })).toEqual([first]);
      expect(clues({ records: order, coveredFrom: () => 30 })).toEqual([]);
      expect(clues({ records: [...order, { ...late, start: 171 }], ...asked })).toEqual([first]);
      expect(clues({ records: [...order, { ...late, start: 170 }], ...asked })).toEqual([]);
    }
  });

  it('is not told by records without times, which change nothing beside others', () => {
    const timeless = keyRecord({ start: null, end: null });
    expect(clues({ records: [early, timeless, late, { ...timeless, direction: 1 }], ...asked })).toEqual([
      first,
    ]);
    expect(clues({ records: [timeless, late], ...asked })).toEqual([]);
    expect(clues({ records: [early, { ...timeless, direction: 1 }], ...asked })).toEqual([]);
    expect(clues({ records: [{ ...early, end: null }, late], ...asked })).toEqual([]);
  });

  it('is not told by two vantages, whose clocks are not compared', () => {
    expect(clues({ records: [early, { ...late, vantage: 2 }], ...asked })).toEqual([]);
  });
});

describe('what the ends are known for', () => {
  const known = (low: Partial<EndKnowledge>, high: Partial<EndKnowledge>) =>
    clues({
      ends: () => [
        { ...NOTHING, ...low },
        { ...NOTHING, ...high },
      ],
    });
  const service = (opener: 0 | 1): Clue => ['service', opener, ODDS.answersHandshakes, 'answers'];
  const shared = (opener: 0 | 1): Clue => ['service', opener, ODDS.manyPeers, 'manyPeers'];

  it('is that one of them answers handshakes', () => {
    expect(known({}, { answers: true })).toEqual([service(0)]);
    expect(known({ answers: true }, {})).toEqual([service(1)]);
    expect(known({ answers: true }, { answers: true })).toEqual([]);
  });

  it('is that one of them has three peers, and three times those of the other', () => {
    expect(known({}, { peers: 3 })).toEqual([shared(0)]);
    expect(known({}, { peers: 2 })).toEqual([]);
    expect(known({ peers: 6 }, { peers: 2 })).toEqual([shared(1)]);
    expect(known({ peers: 5 }, { peers: 2 })).toEqual([]);
    expect(known({ peers: 4 }, { peers: 4 })).toEqual([]);
  });
});

describe('ports', () => {
  it('are a clue for the end of the higher rank, by the odds of their table', () => {
    expect(clues({ ports: [443, 50_000] })).toEqual([['port', 1, 8, 'ports']]);
    expect(clues({ ports: [50_000, 443] })).toEqual([['port', 0, 8, 'ports']]);
    expect(clues({ ports: [80, 443] })).toEqual([]);
    expect(clues({ ports: null })).toEqual([]);
  });
});

describe('weighing clues', () => {
  it('adds up their log odds and names the strongest basis that speaks for the one named', () => {
    // e^(4 - 1) is 20 to 1: 0.953.
    const against: Clue = ['rejected', 1, 1, 'stopped'];
    const clue: Clue = ['port', 0, 4, 'ports'];
    expect(weigh([against, clue])).toEqual({ direction: 0, basis: 'port', confidence: 0.953 });
    expect(weigh([clue, ['order', 0, 1, 'spokeFirst']])).toMatchObject({ basis: 'order' });
    expect(weigh([['port', 1, 4, 'ports']])).toMatchObject({ direction: 1, confidence: 0.982 });
  });

  it('names nobody below 0.6, where clues cancel out, and where there is none', () => {
    expect(weigh([])).toBe(NOBODY);
    expect(
      weigh([
        ['service', 0, 4, 'answers'],
        ['port', 1, 4, 'ports'],
      ]),
    ).toBe(NOBODY);
    // 0.6 is 3 to 2; the least clue there is stands just above.
    expect(weigh([['order', 0, 0.4, 'spokeFirst']])).toBe(NOBODY);
    expect(weigh([['order', 0, ODDS.spokeFirst, 'spokeFirst']])).toMatchObject({ confidence: 0.601 });
    // The logarithm of 1.5, less what rounding adds: a probability of 0.6 to the last bit.
    expect(weigh([['order', 0, 0.4054651081081643, 'spokeFirst']])).toMatchObject({ confidence: 0.6 });
  });

  it('is never sure', () => {
    expect(weigh([['port', 0, 8, 'ports']])).toEqual({
      direction: 0,
      basis: 'port',
      confidence: MOST_CONFIDENCE,
    });
  });
});

describe('inferring from clues that somebody else has found', () => {
  it('goes by who spoke first, the ends and the ports alone', () => {
    const ends = [NOTHING, NOTHING] as const;
    const ports = [50_000, 50_001] as const;
    const order = { basis: 'order', confidence: 0.601 };
    const nothing: Shown = { stopped: false, replyRejected: false, spokeFirst: false };
    const first: Shown = { ...nothing, spokeFirst: true };
    const infer = (...clues: Parameters<typeof cluesOf>) => weigh(cluesOf(...clues));
    expect(infer([nothing, nothing], ends, ports)).toBe(NOBODY);
    expect(infer([first, nothing], ends, ports)).toEqual({ direction: 0, ...order });
    expect(infer([nothing, first], ends, ports)).toEqual({ direction: 1, ...order });
    expect(infer([nothing, nothing], [NOTHING, { answers: true, peers: 0 }], ports)).toMatchObject({
      direction: 0,
      basis: 'service',
    });
    expect(infer([nothing, nothing], ends, [443, 50_000])).toMatchObject({ direction: 1, basis: 'port' });
    expect(infer([nothing, nothing], ends, null)).toBe(NOBODY);
  });
});

describe('what was observed', () => {
  it('decides alone, also where inference is not wanted', () => {
    const records = [
      keyRecord({ flags: SYN_ACK }),
      keyRecord({ flags: null }),
      keyRecord({ direction: 1, flags: SYN }),
    ];
    for (const observedOnly of [true, false])
      expect(findInitiator(evidence({ records, observedOnly, ports: [50_000, 443] }))).toEqual({
        direction: 1,
        basis: 'handshake',
        confidence: 1,
      });
    expect(findInitiator(evidence({ ports: [443, 50_000], observedOnly: true }))).toBe(NOBODY);
  });
});
