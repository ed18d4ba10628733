/**
 * Where one connection ends and the next begins, by records of one key: each test says which records are one. Records
 * are `[end, flags, start, end]`; a minute of slack and limits of 3 min, 1 h and 2 min are the specification's.
 */
import { describe, expect, it } from 'vitest';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { connectionsOfRows, type Row, rowsOfConnections } from '../log-of.ts';

type Seen = readonly [
  by: 'low' | 'high',
  flags: number | null,
  start: number | null,
  end: number | null,
  parts?: Row,
];

const rowOf = ([by, flags, start, end, more]: Seen): Row => ({ by, flags, start, end, ...more });

/** The places of the records that make each connection, by the first of them. */
const parts = async (...all: readonly Seen[]): Promise<number[][]> =>
  (await rowsOfConnections(all.map(rowOf))).sort(([a = 0], [b = 0]) => a - b);

const ELSEWHERE: Row = { eni: 'eni-2' };
const REJECTED: Row = { action: 'REJECT' };

/** A whole connection in one window; it is over at 59. */
const OVER: readonly Seen[] = [
  ['low', SYN | FIN, 0, 59],
  ['high', SYN_ACK | FIN, 0, 59],
];

describe('records without times', () => {
  it('belong to whatever comes first', async () => {
    expect(await parts(['low', SYN, null, null], ['low', SYN, 1000, 1010])).toEqual([[0, 1]]);
    expect(await parts(['low', 0, null, null], ['low', 0, 5000, 5010])).toEqual([[0, 1]]);
  });
});

describe('silence', () => {
  it('is counted from the last end of all before, not of the one before', async () => {
    const long = (start: number): Promise<number[][]> =>
      parts(['low', 0, 0, 1000], ['low', 0, 10, 20], ['high', 0, start, start + 10]);
    expect(await long(1000 + 432_000)).toEqual([[0, 1, 2]]);
    expect(await long(1000 + 432_001)).toEqual([[0, 1], [2]]);
  });

  it('divides as often as it comes', async () => {
    const seconds = [0, 500_000, 1_000_000];
    expect(await parts(...seconds.map((at): Seen => ['low', 0, at, at]))).toEqual([[0], [1], [2]]);
  });
});

describe('the second half of a handshake, stamped after the close of its side', () => {
  it('belongs to the first half when it comes within the slack', async () => {
    const half = (start: number): Promise<number[][]> =>
      parts(['low', SYN, 100, 110], ['high', FIN, 120, 130], ['high', SYN_ACK, start, start + 5]);
    expect(await half(160)).toEqual([[0, 1, 2]]);
    expect(await half(161)).toEqual([[0, 1], [2]]);
  });

  it('begins a connection where there is no first half, or the side had opened before', async () => {
    expect(await parts(['high', FIN, 0, 10], ['high', SYN_ACK, 20, 30])).toEqual([[0], [1]]);
    expect(
      await parts(['low', SYN, 0, 10], ['high', SYN_ACK | FIN, 0, 10], ['high', SYN_ACK, 20, 30]),
    ).toEqual([[0, 1], [2]]);
  });
});

describe('a SYN that comes again', () => {
  it('begins a connection when its interface has seen the other side close', async () => {
    expect(await parts(['low', SYN, 0, 59], ['high', FIN, 0, 59], ['low', SYN, 61, 70])).toEqual([
      [0, 1],
      [2],
    ]);
    // The other side's close was seen elsewhere: the clocks of two interfaces are not compared.
    expect(await parts(['low', SYN, 0, 59], ['high', FIN, 0, 59, ELSEWHERE], ['low', SYN, 61, 70])).toEqual([
      [0, 1, 2],
    ]);
  });

  it('is the same attempt for three minutes', async () => {
    expect(await parts(['low', SYN, 0, 59], ['low', SYN, 239, 240])).toEqual([[0, 1]]);
    expect(await parts(['low', SYN, 0, 59], ['low', SYN, 240, 241])).toEqual([[0], [1]]);
  });
});

describe('an attempt', () => {
  /** Whether a bare record, 200 s after what was seen until 59, is still of the same connection. */
  const lasts = async (...all: readonly Seen[]): Promise<boolean> =>
    (await parts(...all, ['low', 0, 259, 260])).length === 1;

  it('is unanswered, and over after three minutes, while one side dialled and the other has shown nothing', async () => {
    expect(await lasts(['low', SYN, 0, 59])).toBe(false);
    expect(await lasts(['high', SYN, 0, 59])).toBe(false);
    expect(await lasts(['low', SYN, 0, 59], ['high', 0, 0, 59])).toBe(true);
    expect(await lasts(['high', SYN, 0, 59], ['low', 0, 0, 59])).toBe(true);
    expect(await lasts(['low', 0, 0, 59])).toBe(true);
    expect(await lasts(['low', SYN_ACK, 0, 59])).toBe(true);
  });
});

describe('a close that one interface saw', () => {
  const syn = (start: number | null, more: Row = {}): Seen => ['low', SYN, start, start, more];
  const fin = (end: number | null, more: Row = {}): Seen => ['high', FIN, end === null ? null : 0, end, more];
  const OPEN: Seen = ['low', SYN, 0, 50];

  it('is before an opening that starts later, of the other side', async () => {
    expect(await parts(OPEN, fin(100), syn(101))).toEqual([[0, 1], [2]]);
    expect(await parts(OPEN, fin(100), syn(100))).toEqual([[0, 1, 2]]);
    expect(await parts(OPEN, fin(100), syn(101, ELSEWHERE))).toEqual([[0, 1, 2]]);
    expect(await parts(OPEN, ['high', 0, 0, 100], syn(101))).toEqual([[0, 1, 2]]);
    // A side's own close is not its peer's: a SYN-ACK that is stamped later answers the same SYN.
    expect(await parts(OPEN, fin(50), ['high', SYN_ACK, 51, 55])).toEqual([[0, 1, 2]]);
  });

  it('is before one that starts as it ends, where the intervals of windows touch', async () => {
    // Its own side was last seen until 100: the bounds are those of windows, not of packets.
    expect(await parts(['low', SYN, 0, 100], fin(100), syn(100))).toEqual([[0, 1], [2]]);
    expect(await parts(['low', SYN, 0, 100], fin(100), ['low', 0, 20, 90], syn(100))).toEqual([
      [0, 1, 2],
      [3],
    ]);
    expect(await parts(['low', SYN, 0, 90], fin(100), ['low', 0, 90, 100], syn(100))).toEqual([
      [0, 1, 2],
      [3],
    ]);
  });

  it('is the first of several, and none without times', async () => {
    for (const [one, other] of [
      [100, 200],
      [200, 100],
    ] as const)
      expect(await parts(OPEN, fin(one), fin(other), syn(101))).toEqual([[0, 1, 2], [3]]);
    expect(await parts(OPEN, fin(null), syn(51))).toEqual([[0, 1, 2]]);
    expect(await parts(OPEN, fin(100), fin(null), syn(51))).toEqual([[0, 1, 2, 3]]);
  });
});

describe("somebody else's view of a connection that is over", () => {
  it('touches its life, the slack included', async () => {
    expect(await parts(...OVER, ['low', SYN, 119, 130, ELSEWHERE])).toEqual([[0, 1, 2]]);
    expect(await parts(...OVER, ['low', SYN, 120, 130, ELSEWHERE])).toEqual([[0, 1], [2]]);
  });

  it('is by its own clock where the same interface opened with the other action', async () => {
    const rejected = (start: number, more: Row = {}): Seen => [
      'low',
      SYN,
      start,
      start + 5,
      { ...REJECTED, ...more },
    ];
    expect(await parts(...OVER, rejected(59))).toEqual([[0, 1, 2]]);
    expect(await parts(...OVER, rejected(60))).toEqual([[0, 1], [2]]);
    // It opened with whatever action, and there may be other records before.
    expect(await parts(['low', 0, 0, 9], ...OVER, rejected(60))).toEqual([[0, 1, 2], [3]]);
    // One that has not opened is another's clock as good as any, and so is one that opened the other way.
    expect(await parts(...OVER, rejected(60, ELSEWHERE))).toEqual([[0, 1, 2]]);
    const stranger: Seen = ['high', SYN, 119, 125, { ...REJECTED, eni: 'eni-3' }];
    expect(await parts(...OVER, stranger)).toEqual([[0, 1, 2]]);
  });

  it('may be that of an interface that saw the opening and no close', async () => {
    const over: readonly Seen[] = [['low', SYN, 0, 59, ELSEWHERE], ...OVER];
    expect(await parts(...over, ['low', SYN, 119, 130, ELSEWHERE])).toEqual([[0, 1, 2, 3]]);
    expect(await parts(...over, ['low', SYN, 120, 130, ELSEWHERE])).toEqual([[0, 1, 2], [3]]);
  });
});

describe('a handshake behind what was taken for mid-stream', () => {
  it('belongs to it when it is logged within the slack of its first record', async () => {
    expect(await parts(['low', 0, 0, 59], ['low', SYN, 60, 70])).toEqual([[0, 1]]);
    expect(await parts(['low', 0, 0, 59], ['low', SYN, 61, 70])).toEqual([[0], [1]]);
  });

  it('may stand anywhere in the interval of rejected records, which say nothing of a life before', async () => {
    const behind = (start: number, more: Row): Promise<number[][]> =>
      parts(['high', FIN, 0, 600, { ...REJECTED, ...more }], ['low', SYN, start, start + 5, ELSEWHERE]);
    expect(await behind(600, {})).toEqual([[0, 1]]);
    expect(await behind(601, {})).toEqual([[0], [1]]);
    expect(await behind(600, { action: 'ACCEPT' })).toEqual([[0], [1]]);
    // A short one has the slack all the same.
    expect(await parts(['high', 0, 0, 9, REJECTED], ['low', SYN, 60, 65])).toEqual([[0, 1]]);
  });

  it('may not where any of the records was let through', async () => {
    const records: readonly Seen[] = [
      ['high', FIN, 0, 600, REJECTED],
      ['high', 0, 0, 601],
    ];
    expect(await parts(...records, ['low', SYN, 500, 505, ELSEWHERE])).toEqual([[0, 1], [2]]);
    expect(await parts(...records.slice(0, 1), ['low', SYN, 500, 505, ELSEWHERE])).toEqual([[0, 1]]);
  });
});

describe('an opening that two connections may have sent', () => {
  it('belongs to the one that opened nearer to it', async () => {
    // The second began at 110; another interface's SYN of 112 is within the slack of the first as well.
    expect(await parts(...OVER, ['low', SYN, 110, 120], ['low', SYN, 112, 121, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs to the first of two that opened in the same second', async () => {
    const two: readonly Seen[] = [
      ['high', 0, 0, 9],
      ['low', SYN | FIN, 20, 25],
      ['high', SYN_ACK | FIN, 20, 25],
      ['low', SYN, 20, 29],
    ];
    expect(await parts(...two, ['low', SYN, 20, 40, ELSEWHERE])).toEqual([[0, 1, 2, 4], [3]]);
  });
});

describe('a record that opens nothing', () => {
  it('belongs to the last connection that had begun by then, in the same second too', async () => {
    expect(await parts(...OVER, ['low', SYN, 200, 259], ['high', 0, 200, 259])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await parts(...OVER, ['low', SYN, 200, 259], ['high', 0, 210, 259, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('trails a close for two minutes, and begins a connection afterwards', async () => {
    expect(await parts(...OVER, ['high', 0, 179, 180])).toEqual([[0, 1, 2]]);
    expect(await parts(...OVER, ['high', 0, 180, 181])).toEqual([[0, 1], [2]]);
  });
});

describe('a close after the port was used again', () => {
  /** The second side of the first connection has not closed when the second connection begins at 60. */
  const open: readonly Seen[] = [
    ['low', SYN | FIN, 0, 59],
    ['high', SYN_ACK, 0, 59],
    ['low', SYN, 60, 119],
  ];

  it('belongs to the connection before, which lacks it, within the slack', async () => {
    expect(await parts(...open, ['high', FIN, 60, 70])).toEqual([[0, 1, 3], [2]]);
    expect(await parts(...open, ['high', FIN, 119, 125])).toEqual([[0, 1, 3], [2]]);
    expect(await parts(...open, ['high', FIN, 120, 125])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs there by every view that has not gone on', async () => {
    expect(await parts(...open, ['high', FIN, 60, 70, ELSEWHERE])).toEqual([[0, 1, 3], [2]]);
    // A view whose first record is this, with more life behind the first connection than the slack: it is too late.
    expect(await parts(...open, ['high', FIN, 121, 125, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs to the new one where the one before lacks none, or its side has gone on', async () => {
    expect(await parts(...OVER, ['low', SYN, 60, 119], ['high', FIN, 70, 80])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    // Its SYN-ACK of 60 is nearer to the SYN of 60 than to that of 0.
    expect(await parts(...open, ['high', SYN_ACK, 60, 119], ['high', FIN, 100, 110])).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(await parts(...open, ['high', 0, 60, 119], ['high', FIN, 100, 110])).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('is no close when it is data', async () => {
    expect(await parts(...open, ['high', FIN, 60, 125])).toEqual([[0, 1, 3], [2]]);
    expect(await parts(...open, ['high', 0, 60, 125])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('is judged for each view and direction on its own', async () => {
    // View 1 has gone on to the second connection by its high end; view 3 has not been seen by its low end.
    const other: readonly Seen[] = [
      ['low', SYN, 0, 59],
      ['high', SYN_ACK | FIN, 0, 59],
      ['high', SYN_ACK, 60, 119],
    ];
    expect(await parts(...other, ['low', FIN, 60, 65, { eni: 'eni-3' }])).toEqual([[0, 1, 3], [2]]);
  });
});

describe('what a record shows', () => {
  it('is an opening, a close, both or neither, and nothing without flags', async () => {
    const shows = async (flags: number | null): Promise<[opens: boolean, closes: boolean]> => {
      // The other side has closed: a FIN alone is half of a close.
      const [only] = await connectionsOfRows([{ flags }, { by: 'high', flags: FIN }]);
      return [only?.openedAt === 0, only?.closedAt === 59];
    };
    for (const [flags, opens, closes] of [
      [SYN, true, false],
      [SYN_ACK, true, false],
      [FIN, false, true],
      [RST, false, true],
      [SYN | RST, true, true],
      [0, false, false],
      [null, false, false],
    ] as const)
      expect([flags, await shows(flags)]).toEqual([flags, [opens, closes]]);
  });

  it('is nothing in other protocols, whatever their flags column holds', async () => {
    expect(await connectionsOfRows([{ protocol: 17, flags: SYN | FIN }])).toMatchObject([
      { openedAt: null, closedAt: null, initiator: { flags: null }, responder: { flags: null } },
    ]);
  });
});
