/** Rows of late packets alone are told from connections that have late packets. */
import { describe, expect, it } from 'vitest';
import { lookOf } from '../../src/cli/connection-cells.ts';
import { isNothingButLate } from '../../src/model/late-packets.ts';
import { lifeOf } from '../../src/timeline/life.ts';
import { connection } from '../export/connection.ts';

/** Rejected from its first record on, without an opening. */
const late = connection({
  ...{ state: 'midstream', verdict: 'late', openedAt: null, openedBy: null, startsMidstream: true },
  ...{ firstSeen: 1000, lastSeen: 1060, rejectedFrom: 1000, closedAfter: null, closedAt: null },
});

describe('nothing but late packets', () => {
  it('is what was rejected from its first record on', () => {
    expect(isNothingButLate(late)).toBe(true);
    // Accepted records came before, or the log shows how it was opened.
    expect(isNothingButLate({ ...late, rejectedFrom: 1060 })).toBe(false);
    expect(isNothingButLate({ ...late, openedAt: 1000 })).toBe(false);
    expect(isNothingButLate({ ...late, verdict: 'rejected' })).toBe(false);
    // Of a format without times nobody knows more.
    expect(isNothingButLate({ ...late, firstSeen: null, rejectedFrom: null })).toBe(true);
  });

  it('was never open, and has a sign of its own', () => {
    expect(lifeOf(late)).toMatchObject({ opened: false });
    expect(lookOf(late).state).toBe('midstream •');
    const closed = { ...late, rejectedFrom: 1060 };
    expect(lifeOf(closed)).toMatchObject({ opened: true });
    expect(lookOf(closed).state).toBe('midstream');
  });
});
