/** What clues come to; the odds are those of ODDS. Which clues records hold is the rules' (test/rules/clues.test.ts). */
import { describe, expect, it } from 'vitest';
import {
  type Clue,
  cluesOf,
  MOST_CONFIDENCE,
  NOBODY,
  ODDS,
  type Shown,
  weigh,
} from '../../src/meaning/initiator.ts';

describe('weighing clues', () => {
  it('adds up their log odds and names the strongest basis that speaks for the one named', () => {
    // e^(4 - 1) is 20 to 1: 0.953, of which 0.95 is claimed.
    const against: Clue = ['rejected', 1, 1, 'stopped'];
    const clue: Clue = ['port', 0, 4, 'ports'];
    expect(weigh([against, clue])).toEqual({ direction: 0, basis: 'port', confidence: 0.95 });
    expect(weigh([clue, ['order', 0, 1, 'spokeFirst']])).toMatchObject({ basis: 'order' });
    expect(weigh([['port', 1, 4, 'ports']])).toMatchObject({ direction: 1, confidence: 0.98 });
  });

  it('names nobody below 0.6, where clues cancel out, and where there is none', () => {
    expect(weigh([])).toBe(NOBODY);
    expect(
      weigh([
        ['service', 0, 4, 'answers'],
        ['port', 1, 4, 'ports'],
      ]),
    ).toBe(NOBODY);
    // 0.6 is 3 to 2; the least clue there is stands just above it.
    expect(weigh([['order', 0, 0.4, 'spokeFirst']])).toBe(NOBODY);
    expect(weigh([['order', 0, ODDS.spokeFirst, 'spokeFirst']])).toMatchObject({ confidence: 0.6 });
    // The logarithm of 1.5, less what rounding adds: a probability of 0.6 to the last bit.
    expect(weigh([['order', 0, 0.4054651081081643, 'spokeFirst']])).toMatchObject({ confidence: 0.6 });
  });

  it('claims the highest step that the probability reaches', () => {
    // 0.9 is 9 to 1, 0.99 is 99 to 1.
    expect(weigh([['port', 0, Math.log(9) - 0.01, 'ports']])).toMatchObject({ confidence: 0.85 });
    expect(weigh([['port', 0, Math.log(9) + 0.01, 'ports']])).toMatchObject({ confidence: 0.9 });
    expect(weigh([['port', 0, Math.log(99) - 0.01, 'ports']])).toMatchObject({ confidence: 0.98 });
  });

  it('is never sure', () => {
    expect(weigh([['port', 0, 8, 'ports']])).toEqual({
      direction: 0,
      basis: 'port',
      confidence: MOST_CONFIDENCE,
    });
  });
});

describe('inferring from what speaks for either end, and ports', () => {
  it('goes by who spoke first, the ends and the ports alone', () => {
    const ports = [50_000, 50_001] as const;
    const order = { basis: 'order', confidence: 0.6 };
    const nothing: Shown = {
      stopped: false,
      replyRejected: false,
      spokeFirst: false,
      oneWay: false,
      ftpData: false,
      ftpAlone: false,
      peerAnswers: false,
      peerIsShared: false,
    };
    const first: Shown = { ...nothing, spokeFirst: true };
    const infer = (...clues: Parameters<typeof cluesOf>) => weigh(cluesOf(...clues));
    expect(infer([nothing, nothing], ports)).toBe(NOBODY);
    expect(infer([first, nothing], ports)).toEqual({ direction: 0, ...order });
    expect(infer([nothing, first], ports)).toEqual({ direction: 1, ...order });
    expect(infer([{ ...nothing, peerAnswers: true }, nothing], ports)).toMatchObject({
      direction: 0,
      basis: 'service',
    });
    expect(infer([nothing, nothing], [443, 50_000])).toMatchObject({ direction: 1, basis: 'port' });
    expect(infer([nothing, nothing], null)).toBe(NOBODY);
  });
});
