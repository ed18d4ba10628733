/** Each yes-or-no answer that the audit keeps of a connection, at the edges of its question. */
import { describe, expect, it } from 'vitest';
import { DistributionTally } from '../../src/audit/distributions.ts';
import { type Asked, KIND_TRAITS, selects, type TraitSelection } from '../../src/audit/finding.ts';
import { completeThresholds } from '../../src/audit/thresholds.ts';
import { markScanning, settle, staysAsItIs, TRAIT, traitsOf } from '../../src/audit/traits.ts';
import type { Connection } from '../../src/model/connection.ts';
import { connection } from '../export/connection.ts';
import { blocked, flagless, NOON, probe } from './build.ts';

type Given = NonNullable<Parameters<typeof connection>[0]>;
const THRESHOLDS = completeThresholds({ confidence: 0.8, shortSeconds: 60, silenceSeconds: 350 });

/** The names of what it has. */
const namesOf = (traits: number): string[] =>
  Object.entries(TRAIT)
    .filter(([, bit]) => (traits & bit) !== 0)
    .map(([name]) => name);
const has = (given: Given, name: keyof typeof TRAIT): boolean =>
  (traitsOf(connection(given), THRESHOLDS) & TRAIT[name]) !== 0;

describe('a trait of a connection', () => {
  it('is one of these of a conversation that both sides ended', () => {
    expect(namesOf(traitsOf(connection(), THRESHOLDS))).toEqual([
      'counts',
      'answered',
      'closedByInitiator',
      'dated',
    ]);
    const bare = { closedBy: null, openedAt: null, durationMax: null } as const;
    expect(namesOf(traitsOf(connection(bare), THRESHOLDS))).toEqual(['counts', 'answered']);
    expect(has({ closedBy: 'responder' }, 'closedByInitiator')).toBe(false);
  });

  it.each([
    ['attempted', ['unanswered', 'tried']],
    ['blocked', ['unanswered', 'blocked', 'tried']],
    ['refused', ['unanswered', 'refused', 'tried']],
    ['abandoned', ['unanswered', 'tried']],
    ['established', ['answered']],
    ['half-closed', ['answered']],
    ['closed', ['answered']],
    ['reset', ['answered', 'cutOff']],
    ['answered', ['answered']],
    ['midstream', ['answered']],
    ['flagless', ['answered']],
    [null, []],
  ] as const)('of state %s are %j', (state, names) => {
    const bare = { closedBy: null, openedAt: null, durationMax: null, hasGap: true } as const;
    expect(namesOf(traitsOf(connection({ ...bare, state }), THRESHOLDS))).toEqual(names);
  });

  it('is no blocked request where the reply was rejected, and neither an attempt in vain nor an answer', () => {
    const bare = { closedBy: null, openedAt: null, durationMax: null } as const;
    const stopped = connection({ ...bare, state: 'blocked', verdict: 'reply-rejected' });
    expect(namesOf(traitsOf(stopped, THRESHOLDS))).toEqual(['counts']);
  });

  it('speaks against nobody where nothing but late packets is there', () => {
    const late = { verdict: 'late', openedAt: null, closedBy: null, durationMax: null } as const;
    for (const state of ['midstream', 'flagless'] as const)
      expect(namesOf(traitsOf(connection({ ...late, state }), THRESHOLDS))).toEqual([]);
    // Its first records were accepted.
    const closed = connection({ ...late, state: 'midstream', rejectedFrom: 1566848999 });
    expect(namesOf(traitsOf(closed, THRESHOLDS))).toEqual(['counts', 'answered']);
  });

  it('is an answer only where both sides were seen, of what has no handshake in the log', () => {
    for (const state of ['midstream', 'flagless'] as const)
      expect(has({ state, oneSided: true }, 'answered')).toBe(false);
    expect(has({ state: 'established', oneSided: true }, 'answered')).toBe(true);
  });

  it.each([
    // Basis, confidence, port of the initiator, and whether it counts; a guess must be as sure as the threshold.
    ['handshake', 1, 40_000, true],
    ['syn', 0.1, 22, true],
    ['syn-ack', 1, 40_000, true],
    ['simultaneous', 1, 40_000, false],
    ['service', 0.8, 40_000, true],
    ['service', 0.79, 40_000, false],
    ['port', 0.9, 1024, true],
    ['port', 0.9, 1023, false],
    ['order', 0.9, null, true],
    ['rejected', 0.9, 40_000, true],
    ['none', 1, 40_000, false],
  ] as const)('counts against whom %s shows, %d sure, from port %s: %s', (initiatorBasis, sure, port, is) => {
    const given = { initiatorBasis, initiatorConfidence: sure, initiator: { port } };
    expect(has(given, 'counts')).toBe(is);
    expect(has({ ...given, hasGap: true }, 'counts')).toBe(false);
  });

  it.each([
    // What the initiator sent, its flags (SYN 2, RST 4, FIN 1), the responder's, and whether that is half-open.
    ['established', 1, 2, 18, true],
    ['reset', 1, 2, 18, true],
    ['established', 0, 2, 18, true],
    ['established', 2, 2, 18, false],
    ['reset', 2, 6, 18, true],
    ['reset', 1, 6, 18, true],
    ['reset', 3, 6, 18, false],
    ['reset', 2, 7, 18, false],
    ['reset', 2, 4, 18, false],
    ['established', 1, 3, 18, false],
    ['established', null, 2, 18, false],
    ['established', 1, null, 18, false],
    ['established', 1, 2, 0, false],
    ['established', 1, 2, null, false],
    ['closed', 1, 2, 18, false],
  ] as const)(
    '%s, %s packets with flags %s, answered with %s: half-open is %s',
    (state, packets, mine, theirs, is) => {
      const given = { state, initiator: { packets, flags: mine }, responder: { flags: theirs } };
      expect(has(given, 'halfOpen')).toBe(is);
      // What is half-open is neither an early reset nor cut off besides.
      if (state !== 'reset') return;
      expect(has({ ...given, durationMax: 10 }, 'earlyReset')).toBe(!is);
      expect(has(given, 'cutOff')).toBe(!is);
    },
  );

  it('is short where the most that it can have lasted is, and an early reset where it was reset then', () => {
    expect([59, 60, 61, null].map((durationMax) => has({ durationMax }, 'short'))).toEqual([
      ...[true, true, false, false],
    ]);
    expect([60, 61].map((durationMax) => has({ durationMax, state: 'reset' }, 'earlyReset'))).toEqual([
      ...[true, false],
    ]);
    expect(has({ durationMax: 10 }, 'earlyReset')).toBe(false);
  });

  it.each([
    ['established', 'mixed', true],
    ['half-closed', 'mixed', true],
    ['midstream', 'mixed', true],
    ['closed', 'mixed', false],
    ['established', 'accepted', false],
    ['reset', 'accepted', true],
  ] as const)('%s and %s: cut off is %s', (state, verdict, is) => {
    expect(has({ state, verdict }, 'cutOff')).toBe(is);
  });
});

describe('a trait of a connection without flags', () => {
  const of = (given: Connection): string[] => namesOf(traitsOf(given, THRESHOLDS));
  const unanswered = { verdict: 'unanswered', oneSided: true } as const;
  const vague = ['dated', 'oneInterval', 'vague', 'ranked'];

  it('is that one interval alone dates it, and that its initiator is ranked', () => {
    expect(of(flagless())).toEqual(['counts', 'answered', ...vague]);
    expect(of(flagless({}, 61))).toEqual(['counts', 'answered']);
    const nobody = { initiatorBasis: 'none', initiatorConfidence: 0.5 } as const;
    expect(of(flagless({}, 5, nobody))).toEqual(['answered', 'dated', 'oneInterval', 'vague']);
  });

  it('is dated so too where no answer came, or it was blocked', () => {
    expect(of(flagless({}, 5, unanswered))).toEqual(['counts', 'unanswered', 'dated', 'tried', 'vague']);
    const stopped = blocked({}, { openedAt: null });
    const bare = { ...stopped, initiator: { ...stopped.initiator, flags: null } };
    const silent = { ...bare, responder: { ...stopped.responder, flags: null } };
    expect(of(silent)).toEqual(['counts', 'unanswered', 'blocked', 'dated', 'tried', 'vague']);
    // Flags would have dated it.
    expect(of(bare)).toEqual(['counts', 'unanswered', 'blocked', 'tried']);
  });

  it('is a probe where neither end sent more than an attempt: no success, and none excluded', () => {
    expect(of(probe())).toEqual([...['counts', 'dated', 'oneInterval', 'probe', 'tried', 'vague', 'ranked']]);
  });

  it.each([
    // Packets and bytes of both ends. An attempt has seven packets of up to 60 bytes, 80 over IPv6.
    [7, 420, 7, 420, false, true],
    [8, 420, 7, 420, false, false],
    [7, 420, 8, 420, false, false],
    [7, 421, 7, 420, false, false],
    [7, 420, 7, 421, false, false],
    [7, 560, 7, 560, true, true],
    [7, 561, 7, 560, true, false],
    [1, 60, null, 40, false, false],
    [1, null, 1, 40, false, false],
  ] as const)('of %s packets, %s bytes, and %s, %s: a probe is %5$s over IPv6 %4$s', (...given) => {
    const [packets, bytes, theirPackets, theirBytes, isV6, is] = given;
    const made = probe(isV6 ? { from: '2001:db8::1', to: '2001:db8::2' } : {});
    const sized = {
      ...made,
      initiator: { ...made.initiator, packets, bytes },
      responder: { ...made.responder, packets: theirPackets, bytes: theirBytes },
    };
    expect(of(sized).includes('probe')).toBe(is);
  });

  it('is no probe where it goes on, was stopped, or its responder alone was seen', () => {
    const isProbe = (over: Parameters<typeof probe>[1]): boolean => of(probe({}, over)).includes('probe');
    expect([{}, { verdict: 'unknown' as const }].map(isProbe)).toEqual([true, true]);
    expect(isProbe({ windows: 2, lastSeen: NOON + 61 })).toBe(false);
    for (const verdict of ['mixed', 'cut-off', 'late'] as const) expect(isProbe({ verdict })).toBe(false);
    expect(isProbe({ verdict: 'unknown', rejectedSide: 'initiator' })).toBe(false);
    const half = probe({}, { oneSided: true });
    expect(of(half)).toContain('probe');
    const nothing = { packets: 0, bytes: 0 };
    expect(of({ ...half, initiator: { ...half.initiator, ...nothing } })).not.toContain('probe');
  });
});

describe('what the whole input tells', () => {
  const whole = { thresholds: THRESHOLDS, intervalSeconds: 60, answersAreLogged: true };
  const silent = { firstSeen: 0, lastSeen: 1000, windows: 2 };

  it('takes back what an unlogged answer might have changed, and leaves what is proven', () => {
    const half = { ...whole, answersAreLogged: false };
    const { unanswered, refused, blocked: blockedBit, counts } = TRAIT;
    expect(settle(unanswered | counts, null, half)).toBe(counts);
    expect(settle(unanswered | refused, null, half)).toBe(unanswered | refused);
    expect(settle(unanswered | blockedBit, null, half)).toBe(unanswered | blockedBit);
    expect(settle(unanswered, null, whole)).toBe(unanswered);
    // Neither did a probe.
    const { probe: little, tried, oneInterval } = TRAIT;
    expect(settle(little | tried | oneInterval, null, half)).toBe(oneInterval);
    expect(settle(unanswered | tried | blockedBit, null, half)).toBe(unanswered | tried | blockedBit);
  });

  it('proves a silence of what was cut off: two intervals of 60 s in 1,000 s leave more than 350', () => {
    const { cutOff, silent: proven, answered } = TRAIT;
    expect(settle(cutOff, silent, whole)).toBe(cutOff | proven);
    expect(settle(cutOff, null, whole)).toBe(cutOff);
    expect(settle(answered, silent, whole)).toBe(answered);
    expect(settle(cutOff, { ...silent, lastSeen: 100 }, whole)).toBe(cutOff);
  });

  it('changes nothing of what was not cut off, where answers are logged', () => {
    expect(staysAsItIs(TRAIT.answered, whole)).toBe(true);
    expect(staysAsItIs(TRAIT.cutOff | TRAIT.answered, whole)).toBe(false);
    expect(staysAsItIs(TRAIT.answered, { ...whole, answersAreLogged: false })).toBe(false);
  });

  it("gives a scanner's attempts in vain to the scan, and no others", () => {
    for (const how of [TRAIT.unanswered, TRAIT.probe])
      expect(markScanning(how | TRAIT.tried)).toBe(how | TRAIT.tried | TRAIT.scanning);
    expect(markScanning(TRAIT.answered)).toBe(TRAIT.answered);
  });
});

describe('a selection', () => {
  const all = (kind: TraitSelection['kind']): TraitSelection => ({
    ...{ kind, initiator: null, responder: null, port: null, openAt: null },
  });
  const asked = (given: Partial<Asked> = {}): Asked => ({
    ...{ initiator: 'a', responder: 'b', port: 443, traits: KIND_TRAITS.refused, opened: 100, ended: 200 },
    ...given,
  });

  it('takes what has all traits of its kind', () => {
    expect(selects(all('refused'), asked())).toBe(true);
    expect(selects(all('refused'), asked({ traits: KIND_TRAITS.refused | TRAIT.short }))).toBe(true);
    expect(selects(all('refused'), asked({ traits: TRAIT.refused }))).toBe(false);
    expect(selects(all('refused'), asked({ traits: TRAIT.counts }))).toBe(false);
  });

  it("leaves a scanner's attempts to the scan", () => {
    const scanned = asked({ traits: KIND_TRAITS.refused | TRAIT.unanswered | TRAIT.tried | TRAIT.scanning });
    expect([selects(all('refused'), scanned), selects(all('scan'), scanned)]).toEqual([false, true]);
  });

  it('asks for the ends that it names', () => {
    const one = { ...all('refused'), initiator: 'a', responder: 'b', port: 443 };
    expect(selects(one, asked())).toBe(true);
    for (const other of [{ initiator: 'x' }, { responder: 'x' }, { port: 80 }, { port: null }])
      expect(selects(one, asked(other))).toBe(false);
    expect(selects({ ...all('refused'), initiator: 'a' }, asked({ responder: 'x', port: 1 }))).toBe(true);
    expect(selects({ ...all('refused'), responder: 'b', port: 443 }, asked({ initiator: 'x' }))).toBe(true);
  });

  it('asks for what was open at its moment, both ends included', () => {
    const at = (openAt: number) => ({ ...all('refused'), openAt });
    expect([99, 100, 150, 200, 201].map((openAt) => selects(at(openAt), asked()))).toEqual([
      ...[false, true, true, true, false],
    ]);
    expect(selects(at(150), asked({ opened: null }))).toBe(false);
    expect(selects(at(150), asked({ ended: null }))).toBe(false);
  });
});

describe('distributions', () => {
  const tallyOf = (...given: (Given & { readonly isShort?: boolean })[]): DistributionTally => {
    const tally = new DistributionTally();
    for (const { isShort = false, ...each } of given) tally.add(connection(each) as Connection, isShort);
    return tally;
  };
  const lasted = (durationMin: number | null, durationMax: number | null, windows = 2): Given => ({
    ...{ durationMin, durationMax, windows },
  });

  it('of nothing are empty', () => {
    const tally = tallyOf();
    expect(tally.durations()).toMatchObject({ count: 0, quantiles: [] });
    expect(tally.sizes()).toMatchObject({ count: 0, short: 0, quantiles: [] });
    expect(tally.sizes().bars.every(({ count, short }) => count === 0 && short === 0)).toBe(true);
  });

  it('of durations are those that are bounded, quantiles without a value between two', () => {
    const { count, quantiles, bars } = tallyOf(
      ...[
        lasted(0, 60, 1),
        lasted(0, 90, 1),
        lasted(100, 120),
        lasted(101, 121),
        lasted(null, 10),
        lasted(1, null),
      ],
      lasted(90_000, 90_060),
    ).durations();
    expect(count).toBe(5);
    // Of five: the second (0.25 × 5 = 1.25), the third (2.5), the fourth (3.75), the fifth (4.75) and the fifth.
    expect(quantiles).toEqual([
      { share: 0.25, atLeast: 0, atMost: 90 },
      { share: 0.5, atLeast: 100, atMost: 120 },
      { share: 0.75, atLeast: 101, atMost: 121 },
      { share: 0.95, atLeast: 90_000, atMost: 90_060 },
      { share: 1, atLeast: 90_000, atMost: 90_060 },
    ]);
    expect(bars.map(({ withinOneWindow, upTo, count: held }) => [withinOneWindow, upTo, held])).toEqual([
      ...[[true, 90, 2] as const, [false, 120, 1] as const, [false, 300, 1] as const],
      ...([600, 1800, 3600, 14_400, 86_400] as const).map((upTo) => [false, upTo, 0]),
      [false, null, 1],
    ]);
  });

  it('of sizes are bytes both ways, of one side where the other is not counted', () => {
    const sized = (mine: number | null, theirs: number | null): Given => ({
      ...{ initiator: { bytes: mine }, responder: { bytes: theirs } },
    });
    const sizes = tallyOf(
      ...[
        { ...sized(500, 499), isShort: true },
        sized(500, 500),
        sized(null, 7),
        sized(7, null),
        sized(null, null),
      ],
      sized(2e9, 0),
    ).sizes();
    expect([sizes.count, sizes.short]).toEqual([5, 1]);
    expect(sizes.quantiles.map(({ bytes, short }) => [bytes, short])).toEqual([
      ...[
        [7, 999],
        [999, 999],
        [1000, 999],
        [2e9, 999],
        [2e9, 999],
      ],
    ]);
    expect(sizes.bars.map(({ below, count, short }) => [below, count, short])).toEqual([
      ...[
        [1e3, 3, 1],
        [1e4, 1, 0],
        [1e5, 0, 0],
        [1e6, 0, 0],
        [1e7, 0, 0],
        [1e8, 0, 0],
        [1e9, 0, 0],
        [null, 1, 0],
      ],
    ]);
    expect(tallyOf(sized(1, 1)).sizes().quantiles[0]).toMatchObject({ bytes: 2, short: null });
  });
});
