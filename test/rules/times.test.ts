/** Bounds of times by hand: a packet stamped t was on the wire in t-60 … t. */
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { connectionOfRows, type Row } from '../log-of.ts';

const seen = (start: number | null, end: number | null, flags = 0): Row => ({ start, end, flags });

const timesOf = async (
  rows: readonly Row[],
): Promise<
  Pick<
    Connection,
    | 'firstSeen'
    | 'lastSeen'
    | 'openedAt'
    | 'openedBy'
    | 'closedAfter'
    | 'closedAt'
    | 'durationMin'
    | 'durationMax'
  >
> => {
  const { firstSeen, lastSeen, openedAt, openedBy, closedAfter, closedAt, durationMin, durationMax } =
    await connectionOfRows(rows);
  return { firstSeen, lastSeen, openedAt, openedBy, closedAfter, closedAt, durationMin, durationMax };
};

const UNKNOWN = { openedAt: null, openedBy: null, closedAfter: null, closedAt: null, durationMax: null };

describe('times', () => {
  it('are those of the records that have them, in whatever order they come', async () => {
    const rows = [
      seen(100, 150, SYN),
      seen(null, null),
      seen(400, 460, FIN),
      seen(null, null, SYN),
      { ...seen(130, 210, SYN), eni: 'eni-2' },
      { ...seen(200, 260, FIN), eni: 'eni-2' },
      // The answerer closes too: only what both have closed is bounded.
      { ...seen(100, 150, SYN_ACK), by: 'high' as const },
      { ...seen(400, 450, FIN), by: 'high' as const },
    ];
    for (const order of [rows, [...rows].reverse()])
      expect(await timesOf(order)).toEqual({
        firstSeen: 100,
        lastSeen: 460,
        openedAt: 100,
        openedBy: 150,
        // Its first FIN lies in 200 to 260, as eni-2 saw it; the answerer's, which is the second side's, in 400 to 450.
        closedAfter: 400,
        closedAt: 450,
        durationMin: 400 - 60 - 150,
        durationMax: 450 - 100 + 60,
      });
  });

  it('of other protocols open and close nothing, whatever their flags column holds', async () => {
    const rows = [seen(100, 150, SYN), seen(300, 360, FIN)].map((row) => ({ ...row, protocol: 17 }));
    // The first record had ended by 150 and the last began at 300 - 60 at the earliest.
    expect(await timesOf(rows)).toEqual({
      ...UNKNOWN,
      firstSeen: 100,
      lastSeen: 360,
      durationMin: 300 - 60 - 150,
    });
  });

  it('are unknown where no record has any', async () => {
    expect(await timesOf([seen(null, null, SYN)])).toEqual({
      ...UNKNOWN,
      firstSeen: null,
      lastSeen: null,
      durationMin: null,
    });
  });

  it('of openings are those of all that open, in whatever order they come', async () => {
    const rows: Row[] = [
      seen(10, 90),
      seen(40, 50, SYN),
      { ...seen(30, 70, SYN_ACK), by: 'high' },
      seen(35, 60, SYN),
      seen(80, 85, FIN),
    ];
    for (const order of [rows, [...rows].reverse(), [...rows.slice(2), ...rows.slice(0, 2)]])
      expect(await timesOf(order)).toMatchObject({ firstSeen: 10, lastSeen: 90, openedAt: 30, openedBy: 50 });
  });
});

describe('the shortest duration', () => {
  it('is zero where the bounds overlap', async () => {
    expect((await timesOf([seen(100, 150)])).durationMin).toBe(0);
    // The second begins at 211 - 60, when the first had ended; a second earlier nothing is proved.
    expect((await timesOf([seen(100, 150), seen(211, 220)])).durationMin).toBe(1);
    expect((await timesOf([seen(100, 150), seen(210, 220)])).durationMin).toBe(0);
  });

  it('is that of one second where a record has one time alone', async () => {
    for (const row of [seen(100, null), seen(null, 100)])
      expect(await timesOf([row])).toMatchObject({ firstSeen: 100, lastSeen: 100, durationMin: 0 });
  });
});

describe('the longest duration', () => {
  const opened = seen(100, 150, SYN);
  const answered: Row = { ...seen(100, 150, SYN_ACK), by: 'high' };
  const closing = [seen(160, 200, FIN), { ...seen(160, 200, FIN), by: 'high' as const }];

  it('is from the opening to the close, and a minute', async () => {
    expect((await timesOf([opened, answered, ...closing])).durationMax).toBe(200 - 100 + 60);
  });

  it('is unknown without an opening, without a close and where one side has not closed', async () => {
    expect((await timesOf([opened, answered, seen(160, 200)])).durationMax).toBeNull();
    expect((await timesOf([seen(100, 150), ...closing])).durationMax).toBeNull();
    expect((await timesOf([opened, answered, ...closing.slice(0, 1)])).durationMax).toBeNull();
  });

  it('is zero where the close was logged a minute before the opening: the minute of slack explains it', async () => {
    // What is logged earlier still is another connection.
    const longest = async (closed: number): Promise<number | null> => {
      const close: Row = { ...seen(closed, closed, FIN), eni: 'eni-2' };
      const rows = [close, { ...close, by: 'high' as const }];
      const handshake = [seen(200, 250, SYN), { ...seen(200, 250, SYN_ACK), by: 'high' as const }];
      return (await timesOf([...rows, ...handshake])).durationMax;
    };
    expect(await longest(141)).toBe(1);
    expect(await longest(140)).toBe(0);
  });

  it('of the close are moved by nothing that comes later: a RST, a repeated FIN, what is rejected', async () => {
    const closed = [seen(0, 50, SYN | FIN), { ...seen(0, 50, SYN_ACK | FIN), by: 'high' as const }];
    // From the earliest opening, 0 - 60, to 50.
    const bounds = { closedAfter: 0, closedAt: 50, durationMin: 0, durationMax: 110 };
    const strays = [
      { ...seen(60, 110, FIN), by: 'high' as const },
      seen(60, 110, RST),
      { ...seen(60, 110, 0), by: 'high' as const, action: 'REJECT' as const },
      { ...seen(120, 165, RST), by: 'high' as const, action: 'REJECT' as const },
    ];
    expect(await timesOf(closed)).toMatchObject(bounds);
    for (const stray of strays) expect(await timesOf([...closed, stray])).toMatchObject(bounds);
    expect(await timesOf([...closed, ...strays])).toMatchObject(bounds);
  });

  it('of a close are those of the RST where it comes before the second FIN, and none with one FIN alone', async () => {
    const open = [seen(0, 50, SYN), { ...seen(0, 50, SYN_ACK), by: 'high' as const }];
    const fin = seen(60, 110, FIN);
    expect(await timesOf([...open, fin])).toMatchObject({
      closedAfter: null,
      closedAt: null,
      durationMax: null,
    });
    const reset = { ...seen(120, 170, RST), by: 'high' as const };
    expect(await timesOf([...open, fin, reset])).toMatchObject({ closedAfter: 120, closedAt: 170 });
  });
});
