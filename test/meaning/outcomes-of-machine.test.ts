/**
 * What a pair of sides means, for all 196 pairs, against connection-model.md section 4 and against Zeek's own function
 * (conn_state in scripts/base/protocols/conn/main.zeek), both written out here as rules.
 */
import { describe, expect, it } from 'vitest';
import { type Outcome, outcomeOf } from '../../src/meaning/outcomes.ts';
import { SIDE_STATES, type SideState, STATES } from '../../src/meaning/transitions.ts';

const PAIRS = SIDE_STATES.flatMap((opener) => SIDE_STATES.map((answerer) => [opener, answerer] as const));

const began = (state: SideState): string => STATES[state].began;
const hasFin = (state: SideState): boolean => /fin/.test(STATES[state].ended);
const hasRst = (state: SideState): boolean => /rst/i.test(STATES[state].ended);
const isOpen = (state: SideState): boolean => STATES[state].ended === 'open';

/** A whole handshake, or a SYN that the other side went on to talk about; a SYN-ACK alone leaves the SYN missing. */
const expectedOpening = (opener: SideState, answerer: SideState): Outcome['opening'] => {
  const both = [began(opener), began(answerer)];
  const handshakes = both.filter((word) => word === 'syn' || word === 'synAck').length;
  if (handshakes === 2) return 'answered';
  if (both.includes('synAck')) return 'noSyn';
  if (!both.includes('syn')) return 'midstream';
  return both.includes('silent') ? 'attempt' : 'answered';
};

/** Zeek's word for pairs that Zeek can have: the opener sent a SYN, the answerer answered it or not. */
const zeekWord = (opener: SideState, answerer: SideState): string => {
  const silent = began(answerer) === 'silent';
  if (hasRst(answerer)) return silent ? 'REJ' : 'RSTR';
  if (hasRst(opener)) return silent ? 'RSTOS0' : 'RSTO';
  if (hasFin(opener) && hasFin(answerer)) return 'SF';
  if (hasFin(opener)) return silent ? 'SH' : 'S2';
  if (hasFin(answerer)) return 'S3';
  return silent ? 'S0' : 'S1';
};

describe('outcomeOf', () => {
  it('reads the way it was opened off how both sides began, for all 196 pairs', () => {
    expect(PAIRS).toHaveLength(196);
    for (const [opener, answerer] of PAIRS)
      expect([opener, answerer, outcomeOf(opener, answerer).opening]).toEqual([
        opener,
        answerer,
        expectedOpening(opener, answerer),
      ]);
  });

  it("says of a SYN what Zeek says, as long as one side's close is not behind the other's", () => {
    const oneClose = PAIRS.filter(
      ([opener, answerer]) =>
        began(opener) === 'syn' &&
        // Which of two resets, or of FIN and RST, came first is not in the log; Zeek sees their order.
        [hasFin(opener), hasRst(opener), hasFin(answerer), hasRst(answerer)].filter(Boolean).length <= 1,
    );
    for (const [opener, answerer] of oneClose)
      expect([opener, answerer, outcomeOf(opener, answerer).connState]).toEqual([
        opener,
        answerer,
        zeekWord(opener, answerer),
      ]);
    const closed = outcomeOf('SF', 'RF');
    expect([closed.state, closed.connState]).toEqual(['closed', 'SF']);
  });

  it('has for every state of ours the words of Zeek that stand beside it in the model, and no other', () => {
    const words: Record<string, Set<string>> = {};
    for (const [opener, answerer] of PAIRS) {
      const { state, connState } = outcomeOf(opener, answerer);
      words[state] ??= new Set();
      words[state].add(connState);
    }
    expect(words).toEqual({
      attempted: new Set(['S0']),
      refused: new Set(['REJ']),
      abandoned: new Set(['RSTOS0', 'SH']),
      established: new Set(['S1']),
      'half-closed': new Set(['S2', 'S3']),
      closed: new Set(['SF']),
      reset: new Set(['RSTO', 'RSTR']),
      answered: new Set(['OTH', 'SHR', 'RSTRH', 'S1', 'S2', 'S3', 'SF', 'RSTO', 'RSTR']),
      midstream: new Set(['OTH']),
    });
  });

  it('follows the model: what was seen of both sides gives the state', () => {
    for (const [opener, answerer] of PAIRS) {
      const { opening, state } = outcomeOf(opener, answerer);
      const where = `${opener} ${answerer}: ${state}`;
      if (opening === 'midstream') expect(state, where).toBe('midstream');
      if (opening === 'noSyn') expect(state, where).toBe('answered');
      if (opening !== 'answered') continue;
      // Answered, then: no close, one FIN, FIN from both, RST.
      if (isOpen(opener) && isOpen(answerer)) expect(state, where).toBe('established');
      else if (!hasRst(opener) && !hasRst(answerer))
        expect(state, where).toBe(hasFin(opener) && hasFin(answerer) ? 'closed' : 'half-closed');
      else if (hasFin(opener) && hasFin(answerer)) expect(state, where).toMatch(/^(closed|reset)$/);
      else expect(state, where).toBe('reset');
    }
  });

  it('names the side that ended it: O and S2 are the opener, R and S3 the answerer', () => {
    for (const [opener, answerer] of PAIRS) {
      const { connState } = outcomeOf(opener, answerer);
      if (/^(RSTO|RSTOS0|S2|SH)$/.test(connState)) expect(isOpen(opener)).toBe(false);
      if (/^(RSTR|RSTRH|REJ|S3|SHR)$/.test(connState)) expect(isOpen(answerer)).toBe(false);
    }
  });

  it('calls the end of a handshake the same, whichever side is taken for the opener', () => {
    const mirrored: Record<string, string> = { S2: 'S3', S3: 'S2', RSTO: 'RSTR', RSTR: 'RSTO' };
    for (const [opener, answerer] of PAIRS) {
      const there = outcomeOf(opener, answerer);
      const back = outcomeOf(answerer, opener);
      if (there.opening !== 'answered') continue;
      expect(back.opening).toBe('answered');
      expect([opener, answerer, back.state]).toEqual([opener, answerer, there.state]);
      // Two resets: which came first is not known, the opener's is named.
      if (hasRst(opener) && hasRst(answerer)) continue;
      expect(back.connState).toBe(mirrored[there.connState] ?? there.connState);
    }
  });
});
