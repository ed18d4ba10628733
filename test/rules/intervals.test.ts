/** Windows by hand: which records are one interval's, in seconds. */
import { describe, expect, it } from 'vitest';
import type { WindowSide } from '../../src/model/connection.ts';
import { FIN } from '../../src/model/tcp-flags.ts';
import { connectionOfRows, type Row } from '../log-of.ts';

const seen = (by: 'low' | 'high', start: number | null, end: number | null): Row => ({ by, start, end });

/** Packets that each window of the one interface counts: a power of two for each record, by its place. */
const windows = async (...rows: readonly Row[]): Promise<number[]> => {
  const counted = rows.map((row, place) => ({ ...row, packets: 2 ** place, bytes: 0 }));
  const { windows: count, windowDetails = [] } = await connectionOfRows(counted, { windows: true });
  expect(count).toBe(windowDetails.length);
  const packets = (side: WindowSide | null): number => side?.packets ?? 0;
  return windowDetails.map(({ initiator, responder }) => packets(initiator) + packets(responder));
};

describe('a window', () => {
  it('holds what overlaps, and ends where the next begins as it ends', async () => {
    expect(await windows(seen('low', 0, 60), seen('high', 59, 120))).toEqual([1 + 2]);
    expect(await windows(seen('low', 0, 60), seen('high', 60, 120))).toEqual([1, 2]);
    expect(await windows(seen('low', 0, 60), seen('high', 61, 120))).toEqual([1, 2]);
    // Both directions of one second.
    expect(await windows(seen('low', 60, 60), seen('high', 60, 60))).toEqual([1 + 2]);
  });

  it('ends where an interface comes again in the same direction with another interval', async () => {
    expect(await windows(seen('low', 0, 59), seen('low', 30, 59))).toEqual([1, 2]);
    expect(await windows(seen('low', 0, 59), seen('low', 0, 70))).toEqual([1, 2]);
    expect(await windows(seen('low', 0, 59), seen('high', 30, 59))).toEqual([1 + 2]);
    // Accepted and rejected packets of one interval are two records.
    expect(await windows(seen('low', 0, 59), { ...seen('low', 0, 59), action: 'REJECT' })).toEqual([1 + 2]);
  });

  it('leaves both directions of the next interval together, whichever stands first', async () => {
    const [one, other] = [seen('high', 50, 90), seen('low', 50, 90)];
    expect(await windows(seen('low', 0, 100), one, other)).toEqual([1, 2 + 4]);
    expect(await windows(seen('low', 0, 100), other, one)).toEqual([1, 2 + 4]);
    // Only what has the same start and end goes with it.
    expect(await windows(seen('low', 0, 90), seen('high', 20, 90), seen('low', 50, 90))).toEqual([1 + 2, 4]);
    expect(await windows(seen('low', 0, 90), seen('high', 50, 80), seen('low', 50, 90))).toEqual([1 + 2, 4]);
  });

  it('is one of as many as follow each other', async () => {
    const both = [0, 60, 120].flatMap((start) => [
      seen('low', start, start + 59),
      seen('high', start, start + 59),
    ]);
    expect(await windows(...both)).toEqual([1 + 2, 4 + 8, 16 + 32]);
  });

  it('is one where nothing has times', async () => {
    expect(await windows(seen('low', null, null), seen('high', null, null))).toEqual([1 + 2]);
  });
});

describe('a window of several interfaces', () => {
  /**
   * The history where the client's first record closes and its last one, another interface's, carries data. Within a window
   * data stand before closes, as the log has no order there: DF where both are of one window, FD where they are not.
   */
  const historyOf = async (first: Row, between: readonly Row[], last: Row): Promise<string | null> => {
    const ends = { ports: [50_000, 443] } as const;
    const rows: Row[] = [
      { ...first, flags: FIN },
      ...between.map((row) => ({ ...row, flags: 0 })),
      { ...last, flags: 0, packets: 2, bytes: 3000, eni: 'eni-2' },
    ];
    return (await connectionOfRows(rows.map((row) => ({ ...row, ...ends })))).history;
  };

  it('is as long as the longest of its records', async () => {
    const first = seen('low', 0, 60);
    expect(await historyOf(first, [seen('high', 50, 120)], seen('low', 100, 150))).toBe('DF');
    expect(await historyOf(first, [seen('high', 50, 90)], seen('low', 100, 150))).toBe('FD');
    // One that has no end is over as it begins.
    expect(await historyOf(first, [seen('high', 50, null)], seen('low', 59, 150))).toBe('DF');
    expect(await historyOf(first, [seen('high', 50, null)], seen('low', 60, 150))).toBe('FD');
  });

  it('holds one direction once for each interface, with whatever interval', async () => {
    expect(await historyOf(seen('low', 0, 59), [], seen('low', 30, 59))).toBe('DF');
    expect(await historyOf(seen('low', 0, 59), [seen('low', 0, 70)], seen('low', 30, 59))).toBe('FD');
  });
});
