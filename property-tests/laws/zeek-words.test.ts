/**
 * Zeek's `conn_state` never contradicts Zeek's `history`. Both stand in one row, and Zeek's documentation says of each state what was
 * seen of it (zeek/zeek, scripts/base/protocols/conn/main.zeek, the record Info): each definition is a law about letters here.
 * Upper case is the originator: S a SYN, H a SYN-ACK, F a FIN, R a RST.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { anyLogOptions, LOG_KINDS, LOGS } from '../arbitraries/any-log.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

interface Definition {
  /** What Zeek's documentation says of it, in other words. */
  readonly says: string;
  readonly has?: string;
  readonly hasNot?: string;
  readonly reads?: RegExp;
}

const DEFINITIONS: Readonly<Record<string, Definition>> = {
  S0: { says: 'an attempt that nobody answered', has: 'S', reads: /^[A-Z]*$/, hasNot: 'FR' },
  S1: { says: 'established and not over', hasNot: 'FfRr' },
  SF: { says: 'an end as it should be, from both sides', has: 'Ff' },
  REJ: { says: 'an attempt that was refused', has: 'Sr', hasNot: 'Hhf' },
  S2: {
    says: 'the originator closed, the responder did not',
    has: 'F',
    hasNot: 'fRr',
  },
  S3: {
    says: 'the responder closed, the originator did not',
    has: 'f',
    hasNot: 'FRr',
  },
  RSTO: { says: 'the originator reset what was established', has: 'R', hasNot: 'r' },
  RSTR: { says: 'the responder reset', has: 'r' },
  RSTOS0: {
    says: 'the originator sent a SYN and then a RST, and no SYN-ACK came',
    has: 'SR',
    hasNot: 'HhFfr',
  },
  RSTRH: {
    says: 'the responder reset, and no SYN was seen of the other side',
    has: 'r',
    hasNot: 'SHFR',
  },
  SH: {
    says: 'the originator closed, and no SYN-ACK was seen of the other side',
    has: 'F',
    hasNot: 'hfRr',
  },
  SHR: {
    says: 'the responder closed, and no SYN was seen of the other side',
    has: 'f',
    hasNot: 'SHFRr',
  },
  // RSTOS0 asks the history for a SYN, then a RST, and no FIN between them; for what has one, or no SYN, Zeek has no other word.
  OTH: {
    says: 'no opening was seen, and no close that tells more',
    reads: /^[^SF]*$|^(?=.*F)(?=.*R)[^h]*$/,
    hasNot: 'fr',
  },
};

/** What of a definition does not hold, as text; empty where all does. */
const complaint = ({ connState, history, state, verdict }: Connection): string => {
  const definition = DEFINITIONS[connState ?? ''];
  if (definition === undefined) return `${connState} is no state of Zeek's`;
  const letters = history ?? '';
  const missing = [...(definition.has ?? '')].filter((letter) => !letters.includes(letter));
  const extra = [...(definition.hasNot ?? '')].filter((letter) => letters.includes(letter));
  const reads = definition.reads?.test(letters) ?? true;
  if (missing.length + extra.length === 0 && reads) return '';
  return `${state}, ${verdict}: ${connState} (${definition.says}), but the history is ${letters}`;
};

/**
 * Where records contradict each other the history has every letter and the state only those that could be; and without flags
 * the history has none of these letters.
 */
const isPlain = ({ contradicted, initiator, responder }: Connection): boolean =>
  !contradicted && (initiator.flags !== null || responder.flags !== null);

describe("Zeek's conn_state", () => {
  it.each(LOG_KINDS)('never contradicts the history: %s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(LOGS[kind], anyLogOptions, async ({ pieces, ...rest }, options) => {
        const { connections } = await rebuildText(pieces, { ...rest, ...options });
        const rows = connections.filter((each) => each.connState !== null && isPlain(each));
        expect(rows.map(complaint).filter((text) => text !== '')).toEqual([]);
      }),
      runs(200),
    );
  });
});
