/**
 * Where one connection ends and the next begins, by records of one key: each test says which records are one. Records
 * are `[direction, flags, start, end]`; a minute of slack and limits of 3 min, 1 h and 2 min are the specification's.
 */
import { describe, expect, it } from 'vitest';
import { divide } from '../../src/correlate/divide.ts';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { FIN, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { keyRecord } from '../build-records.ts';

type Seen = readonly [
  direction: 0 | 1,
  flags: number | null,
  start: number | null,
  end: number | null,
  parts?: Partial<KeyRecord>,
];

/** The places of the records that make each connection. */
const parts = (...all: readonly Seen[]): number[][] => {
  const records = all.map(([direction, flags, start, end, more]) =>
    keyRecord({ direction, flags, start, end, ...more }),
  );
  return divide(records, { isTcp: true, isV6: false, openSeconds: 3600 }).map((draft) =>
    draft.records.map((record) => records.indexOf(record)),
  );
};

const ELSEWHERE = { vantage: 2 } as const;

/** A whole connection in one window; it is over at 59. */
const OVER: readonly Seen[] = [
  [0, SYN | FIN, 0, 59],
  [1, SYN_ACK | FIN, 0, 59],
];

describe('records without times', () => {
  it('belong to whatever comes first', () => {
    expect(parts([0, SYN, null, null], [0, SYN, 1000, 1010])).toEqual([[0, 1]]);
    expect(parts([0, 0, null, null], [0, 0, 5000, 5010])).toEqual([[0, 1]]);
  });
});

describe('the second half of a handshake, stamped after the close of its side', () => {
  it('belongs to the first half when it comes within the slack', () => {
    const half = (start: number) =>
      parts([0, SYN, 100, 110], [1, FIN, 120, 130], [1, SYN_ACK, start, start + 5]);
    expect(half(160)).toEqual([[0, 1, 2]]);
    expect(half(161)).toEqual([[0, 1], [2]]);
  });

  it('begins a connection where there is no first half, or the side had opened before', () => {
    expect(parts([1, FIN, 0, 10], [1, SYN_ACK, 20, 30])).toEqual([[0], [1]]);
    expect(parts([0, SYN, 0, 10], [1, SYN_ACK | FIN, 0, 10], [1, SYN_ACK, 20, 30])).toEqual([[0, 1], [2]]);
  });
});

describe('a SYN that comes again', () => {
  it('begins a connection when its interface has seen the other side close', () => {
    expect(parts([0, SYN, 0, 59], [1, FIN, 0, 59], [0, SYN, 61, 70])).toEqual([[0, 1], [2]]);
    // The other side's close was seen elsewhere: the clocks of two interfaces are not compared.
    expect(parts([0, SYN, 0, 59], [1, FIN, 0, 59, ELSEWHERE], [0, SYN, 61, 70])).toEqual([[0, 1, 2]]);
  });

  it('is the same attempt for three minutes', () => {
    expect(parts([0, SYN, 0, 59], [0, SYN, 239, 240])).toEqual([[0, 1]]);
    expect(parts([0, SYN, 0, 59], [0, SYN, 240, 241])).toEqual([[0], [1]]);
  });
});

describe("somebody else's view of a connection that is over", () => {
  it('touches its life, the slack included', () => {
    expect(parts(...OVER, [0, SYN, 119, 130, ELSEWHERE])).toEqual([[0, 1, 2]]);
    expect(parts(...OVER, [0, SYN, 120, 130, ELSEWHERE])).toEqual([[0, 1], [2]]);
  });

  it('is by its own clock where the same interface opened with the other action', () => {
    const rejected = (start: number): Seen => [0, SYN, start, start + 5, { accept: false, reject: true }];
    expect(parts(...OVER, rejected(59))).toEqual([[0, 1, 2]]);
    expect(parts(...OVER, rejected(60))).toEqual([[0, 1], [2]]);
    // The other direction had opened with no action at all: that is another interface's clock as good as any.
    const stranger: Seen = [1, SYN, 119, 125, { accept: false, reject: true, vantage: 3 }];
    expect(parts(...OVER, stranger)).toEqual([[0, 1, 2]]);
  });

  it('may be that of an interface that saw the opening and no close', () => {
    const over: readonly Seen[] = [[0, SYN, 0, 59, ELSEWHERE], ...OVER];
    expect(parts(...over, [0, SYN, 119, 130, ELSEWHERE])).toEqual([[0, 1, 2, 3]]);
    expect(parts(...over, [0, SYN, 120, 130, ELSEWHERE])).toEqual([[0, 1, 2], [3]]);
  });
});

describe('a handshake behind what was taken for mid-stream', () => {
  it('belongs to it when it is logged within the slack of its first record', () => {
    expect(parts([0, 0, 0, 59], [0, SYN, 60, 70])).toEqual([[0, 1]]);
    expect(parts([0, 0, 0, 59], [0, SYN, 61, 70])).toEqual([[0], [1]]);
  });

  it('may stand anywhere in the interval of rejected records, which say nothing of a life before', () => {
    const behind = (start: number, parts_: Partial<KeyRecord>) =>
      parts(
        [1, FIN, 0, 600, { accept: false, reject: true, ...parts_ }],
        [0, SYN, start, start + 5, ELSEWHERE],
      );
    expect(behind(600, {})).toEqual([[0, 1]]);
    expect(behind(601, {})).toEqual([[0], [1]]);
    expect(behind(600, { accept: true, reject: false })).toEqual([[0], [1]]);
    // A short one has the slack all the same.
    expect(parts([1, 0, 0, 9, { accept: false, reject: true }], [0, SYN, 60, 65])).toEqual([[0, 1]]);
  });
});

describe('an opening that two connections may have sent', () => {
  it('belongs to the one that opened nearer to it', () => {
    // The second began at 110; another interface's SYN of 112 is within the slack of the first as well.
    expect(parts(...OVER, [0, SYN, 110, 120], [0, SYN, 112, 121, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs to the first of two that opened in the same second', () => {
    const two: readonly Seen[] = [
      [1, 0, 0, 9],
      [0, SYN | FIN, 20, 25],
      [1, SYN_ACK | FIN, 20, 25],
      [0, SYN, 20, 29],
    ];
    expect(parts(...two, [0, SYN, 20, 40, ELSEWHERE])).toEqual([[0, 1, 2, 4], [3]]);
  });
});

describe('a record that opens nothing', () => {
  it('belongs to the last connection that had begun by then, in the same second too', () => {
    expect(parts(...OVER, [0, SYN, 200, 259], [1, 0, 200, 259])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(parts(...OVER, [0, SYN, 200, 259], [1, 0, 210, 259, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('trails a close for two minutes, and begins a connection afterwards', () => {
    expect(parts(...OVER, [1, 0, 179, 180])).toEqual([[0, 1, 2]]);
    expect(parts(...OVER, [1, 0, 180, 181])).toEqual([[0, 1], [2]]);
  });
});

describe('a close after the port was used again', () => {
  /** The second side of the first connection has not closed when the second connection begins at 60. */
  const open: readonly Seen[] = [
    [0, SYN | FIN, 0, 59],
    [1, SYN_ACK, 0, 59],
    [0, SYN, 60, 119],
  ];

  it('belongs to the connection before, which lacks it, within the slack', () => {
    expect(parts(...open, [1, FIN, 60, 70])).toEqual([[0, 1, 3], [2]]);
    expect(parts(...open, [1, FIN, 119, 125])).toEqual([[0, 1, 3], [2]]);
    expect(parts(...open, [1, FIN, 120, 125])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs there by every view that has not gone on', () => {
    expect(parts(...open, [1, FIN, 60, 70, ELSEWHERE])).toEqual([[0, 1, 3], [2]]);
    // A view whose first record is this, with more life behind the first connection than the slack: it is too late.
    expect(parts(...open, [1, FIN, 121, 125, ELSEWHERE])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('belongs to the new one where the one before lacks none, or its side has gone on', () => {
    expect(parts(...OVER, [0, SYN, 60, 119], [1, FIN, 70, 80])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    // Its SYN-ACK of 60 is nearer to the SYN of 60 than to that of 0.
    expect(parts(...open, [1, SYN_ACK, 60, 119], [1, FIN, 100, 110])).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
    expect(parts(...open, [1, 0, 60, 119], [1, FIN, 100, 110])).toEqual([
      [0, 1],
      [2, 3, 4],
    ]);
  });

  it('is no close when it is data', () => {
    expect(parts(...open, [1, 0, 60, 70])).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('is judged for each view and direction on its own', () => {
    // View 1 has gone on to the second connection in direction 1; view 3 has not been seen in direction 0.
    const other: readonly Seen[] = [
      [0, SYN, 0, 59],
      [1, SYN_ACK | FIN, 0, 59],
      [1, SYN_ACK, 60, 119],
    ];
    expect(parts(...other, [0, FIN, 60, 65, { vantage: 3 }])).toEqual([[0, 1, 3], [2]]);
  });
});
