/**
 * What a pair of sides means, for all 196 pairs, against connection-model.md section 4, written out here as rules, and against what
 * Zeek's own code makes of such packets (zeek-endpoints.ts).
 */
import { describe, expect, it } from 'vitest';
import { connStateOfBlocked, type Outcome, outcomeOf, zeekNoteOf } from '../../src/meaning/outcomes.ts';
import { SIDE_STATES, type SideState, STATES } from '../../src/meaning/transitions.ts';
import { type Packet, zeekWordOf } from './zeek-endpoints.ts';

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

/** Of the handshake that the log shows, who opened it is known: then the side with the SYN is the initiator, that with the SYN-ACK alone is not. */
const canBe = (opener: SideState, answerer: SideState): boolean => {
  if (began(answerer) === 'syn') return began(opener) === 'syn';
  return began(opener) !== 'synAck' || answerer === 'NS' || began(answerer) === 'synAck';
};

/**
 * What both sides sent, in the order that a connection has: openings, data, FINs, RSTs, the initiator first. Where the log lost the
 * SYN-ACK of an answer, or the SYN of a side that also sent a SYN-ACK, Zeek has it. What reset after an answer has sent payload: that
 * it had none is what no flow log proves.
 */
const packetsOf = (opener: SideState, answerer: SideState): Packet[] => {
  const { opening } = outcomeOf(opener, answerer);
  const isAnswered = opening === 'answered';
  const sent = (by: Packet['by'], sends: Packet['sends'], did: boolean): Packet[] =>
    did ? [{ by, sends }] : [];
  const dialled = began(opener) === 'syn' || (isAnswered && began(opener) === 'synAck');
  const answered = began(answerer) === 'synAck' || (isAnswered && began(answerer) === 'talking');
  const talks = (state: SideState): boolean =>
    isAnswered || began(state) === 'talking' || (opening !== 'attempt' && hasRst(state));
  return [
    ...sent('orig', 's', dialled),
    ...sent('resp', 's', began(answerer) === 'syn'),
    ...sent('orig', 'h', began(opener) === 'synAck' && !dialled),
    ...sent('resp', 'h', answered),
    ...sent('orig', 'd', talks(opener)),
    ...sent('resp', 'd', talks(answerer)),
    ...sent('orig', 'f', hasFin(opener)),
    ...sent('resp', 'f', hasFin(answerer)),
    ...sent('orig', 'r', hasRst(opener)),
    ...sent('resp', 'r', hasRst(answerer)),
  ];
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

  it("says of every pair that can be what Zeek's own code says of such packets", () => {
    const pairs = PAIRS.filter(([opener, answerer]) => canBe(opener, answerer));
    expect(pairs.map((pair) => [...pair, outcomeOf(...pair).connState])).toEqual(
      pairs.map((pair) => [...pair, zeekWordOf(packetsOf(...pair))]),
    );
  });

  it('says of what a filter stopped what Zeek says of such packets, and of a lone SYN-ACK that it answers', () => {
    for (const pair of PAIRS.filter(([opener, answerer]) => canBe(opener, answerer))) {
      const isLoneAnswer = pair[0] === 'NS' && pair[1] === 'SR';
      expect([...pair, connStateOfBlocked(...pair)]).toEqual([
        ...pair,
        isLoneAnswer ? 'S1' : outcomeOf(...pair).connState,
      ]);
    }
  });

  it.each<[opener: SideState, answerer: SideState, connState: string, why: string]>([
    // zeek/zeek: main.zeek's conn_state; each worked out by hand from the two endpoints' states.
    ['TK', 'TK', 'OTH', 'partial, partial'],
    ['TF', 'TK', 'SH', 'closed, partial'],
    ['TK', 'TF', 'SHR', 'partial, closed'],
    ['TF', 'TF', 'SF', 'closed, closed'],
    ['TK', 'TX', 'RSTRH', 'partial, reset'],
    ['NS', 'NX', 'RSTRH', 'inactive, reset'],
    ['TF', 'TX', 'RSTR', 'closed, reset'],
    ['TX', 'TK', 'OTH', 'reset, partial, and no SYN in the history'],
    ['TX', 'TF', 'RSTO', 'reset, closed'],
    ['TX', 'TX', 'RSTR', 'reset, reset, with payload'],
    ['TZ', 'TF', 'SF', 'closed, closed: after both FINs a RST moves nothing'],
    ['SX', 'NS', 'RSTOS0', 'reset, inactive, history SR'],
    ['SZ', 'NS', 'OTH', 'reset, inactive, history SFR'],
    ['SF', 'NX', 'RSTR', 'closed, reset'],
    ['SX', 'RX', 'RSTR', 'reset, reset, with payload'],
  ])('%s and %s: %s', (opener, answerer, connState) => {
    expect(outcomeOf(opener, answerer).connState).toBe(connState);
  });

  it('gives a reason for every word of a connection without a handshake, and none for the plain ones', () => {
    for (const pair of PAIRS)
      if (outcomeOf(...pair).opening === 'midstream')
        expect([...pair, zeekNoteOf(...pair)]).not.toContain(null);
    expect(zeekNoteOf('SF', 'RF')).toBe(null);
    expect(zeekNoteOf('TK', 'TF')).toBe(
      'the responder closed, and of the initiator Zeek has seen no opening and no close',
    );
    expect(zeekNoteOf('NS', 'RX')).toBe('Zeek has seen nothing but the responder, which sent the SYN-ACK');
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
      // With a FIN of the initiator beside the RST, as Zeek's own code has it.
      refused: new Set(['REJ', 'RSTR']),
      abandoned: new Set(['RSTOS0', 'SH', 'OTH']),
      established: new Set(['S1']),
      'half-closed': new Set(['S2', 'S3']),
      closed: new Set(['SF']),
      reset: new Set(['RSTO', 'RSTR']),
      answered: new Set(['OTH', 'SH', 'SHR', 'RSTRH', 'S1', 'S2', 'S3', 'SF', 'RSTO', 'RSTR']),
      midstream: new Set(['OTH', 'SH', 'SHR', 'SF', 'RSTO', 'RSTR', 'RSTRH']),
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
