/** The outcome beside the ladder of by-example.test.ts; all 196 pairs are held to rules in test/tcp/outcomes.test.ts. */
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/meaning/outcomes.ts';

describe('a SYN-ACK whose SYN is not in the log', () => {
  it("has the answerer's words alone only while the opener has shown nothing at all", () => {
    expect(outcomeOf('NS', 'SR')).toEqual({ opening: 'noSyn', state: 'answered', connState: 'OTH' });
    // The opener's RST is in the log: Zeek's RSTO, established and aborted by the originator.
    expect(outcomeOf('NX', 'SR')).toEqual({ opening: 'noSyn', state: 'answered', connState: 'RSTO' });
  });
});
