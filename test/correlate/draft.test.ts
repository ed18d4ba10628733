/** A connection in the making, record by record. The vantage is 1 and the action ACCEPT unless a test says otherwise. */
import { describe, expect, it } from 'vitest';
import { carriesPayload, Draft, isClosing, isOpening } from '../../src/correlate/draft.ts';
import type { KeyRecord } from '../../src/correlate/key-records.ts';
import { FIN, RST, SYN, SYN_ACK } from '../../src/model/tcp-flags.ts';
import { keyRecord } from '../build-records.ts';

const draftOf = (records: readonly KeyRecord[], isTcp = true): Draft => {
  const draft = new Draft(isTcp, false);
  for (const record of records) draft.add(record);
  return draft;
};
const seen = (direction: 0 | 1, flags: number | null, start: number | null, end: number | null, parts = {}) =>
  keyRecord({ direction, flags, start, end, ...parts });

describe('what a record shows', () => {
  it('is an opening, a close, both or neither, and nothing without flags', () => {
    const shows = (flags: number | null) => [
      isOpening(keyRecord({ flags })),
      isClosing(keyRecord({ flags })),
    ];
    expect([SYN, SYN_ACK, FIN, RST, SYN | RST, 0, null].map(shows)).toEqual([
      [true, false],
      [true, false],
      [false, true],
      [false, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
  });

  it('is payload where the bytes are more than headers can be, as far as both counts are known', () => {
    // Twenty bytes of IP header and sixty of TCP's, at most.
    const carries = (packets: number | null, bytes: number | null) =>
      carriesPayload(keyRecord({ packets, bytes }), false);
    expect(carries(2, 160)).toBe(false);
    expect(carries(2, 161)).toBe(true);
    expect(carries(null, 161)).toBe(false);
    expect(carries(2, null)).toBe(false);
    expect(carries(null, null)).toBe(false);
  });
});

describe('a draft', () => {
  it('begins with nothing', () => {
    const draft = draftOf([]);
    expect([draft.spoke(0), draft.spoke(1), draft.flags(0), draft.side(0), draft.first, draft.last]).toEqual([
      false,
      false,
      null,
      'NS',
      null,
      null,
    ]);
    expect([draft.isOver, draft.isUnanswered, draft.mayHideReuse, draft.hasFlags]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('spans its records, and its openings those that open, in whatever order they come', () => {
    const records = [
      seen(0, 0, 10, 90),
      seen(0, SYN, 40, 50),
      seen(1, SYN_ACK, 30, 70),
      seen(0, SYN, 35, 60),
      seen(0, FIN, 80, 85),
    ];
    for (const order of [records, [...records].reverse(), [...records.slice(2), ...records.slice(0, 2)]]) {
      const { first, last, openingFrom, openingTo } = draftOf(order);
      expect([first, last, openingFrom, openingTo]).toEqual([10, 90, 30, 70]);
    }
  });

  it('has no times but those of whole intervals', () => {
    const { first, last, openingFrom } = draftOf([seen(0, SYN, null, 9), seen(0, SYN, 9, null)]);
    expect([first, last, openingFrom]).toEqual([null, null, null]);
  });

  it('is unanswered while one side dialled and the other has shown nothing', () => {
    expect(draftOf([seen(0, SYN, 0, 9)]).isUnanswered).toBe(true);
    expect(draftOf([seen(1, SYN, 0, 9)]).isUnanswered).toBe(true);
    expect(draftOf([seen(0, SYN, 0, 9), seen(1, 0, 0, 9)]).isUnanswered).toBe(false);
    expect(draftOf([seen(1, SYN, 0, 9), seen(0, 0, 0, 9)]).isUnanswered).toBe(false);
    expect(draftOf([seen(0, 0, 0, 9)]).isUnanswered).toBe(false);
    expect(draftOf([seen(0, SYN_ACK, 0, 9)]).isUnanswered).toBe(false);
  });

  it('is all rejected while nothing was let through', () => {
    const rejected = keyRecord({ reject: true });
    expect(draftOf([rejected, rejected]).isAllRejected).toBe(true);
    expect(draftOf([rejected, keyRecord()]).isAllRejected).toBe(false);
    expect(draftOf([keyRecord()]).isAllRejected).toBe(false);
  });

  it('of another protocol has no states and no flags', () => {
    const draft = draftOf([seen(0, null, 0, 9), seen(1, null, 0, 9)], false);
    expect([draft.side(0), draft.side(1), draft.hasFlags, draft.spoke(0), draft.spoke(1)]).toEqual([
      'NS',
      'NS',
      false,
      true,
      true,
    ]);
    expect(draftOf([seen(0, null, 0, 9)]).side(0)).toBe('TK');
  });
});

describe('a close that one vantage saw', () => {
  const fin = (end: number | null, parts = {}) => seen(1, FIN, end === null ? null : 0, end, parts);
  const next = (start: number | null, parts = {}) => seen(0, SYN, start, start, parts);

  it('is before a record that starts later, in the other direction', () => {
    const draft = draftOf([seen(0, SYN, 0, 50), fin(100)]);
    expect(draft.sawPeerClose(next(101))).toBe(true);
    expect(draft.sawPeerClose(next(100))).toBe(false);
    expect(draft.sawPeerClose(next(null))).toBe(false);
    expect(draft.sawPeerClose(next(101, { vantage: 2 }))).toBe(false);
    expect(draft.sawPeerClose({ ...next(101), direction: 1 })).toBe(false);
    expect(draftOf([seen(0, SYN, 0, 50), seen(1, 0, 0, 100)]).sawPeerClose(next(101))).toBe(false);
  });

  it('is before one that starts as it ends, where the intervals of windows touch', () => {
    // The record's own side was last seen until 100: the bounds are those of windows, not of packets.
    expect(draftOf([seen(0, SYN, 0, 100), fin(100)]).sawPeerClose(next(100))).toBe(true);
    expect(draftOf([seen(0, SYN, 0, 100), seen(0, 0, 20, 90), fin(100)]).sawPeerClose(next(100))).toBe(true);
    expect(draftOf([seen(0, SYN, 0, 90), seen(0, 0, 90, 100), fin(100)]).sawPeerClose(next(100))).toBe(true);
    expect(draftOf([fin(100)]).sawPeerClose(next(100))).toBe(false);
  });

  it('is the first of several, and none without times', () => {
    for (const ends of [
      [100, 200],
      [200, 100],
    ])
      expect(draftOf(ends.map((end) => fin(end))).sawPeerClose(next(101))).toBe(true);
    expect(draftOf([fin(null)]).sawPeerClose(next(50))).toBe(false);
    expect(draftOf([fin(100), fin(null)]).sawPeerClose(next(50))).toBe(false);
  });
});

describe('an opening that one vantage saw', () => {
  const asks = (records: readonly KeyRecord[]) =>
    draftOf(records).hasOpened(seen(0, SYN, 60, 60, { reject: true }));

  it('is one of the same vantage and direction, with whatever action', () => {
    expect(asks([seen(0, SYN, 0, 9)])).toBe(true);
    expect(asks([seen(0, SYN, 0, 9, { reject: true })])).toBe(true);
    expect(asks([seen(0, 0, 0, 9), seen(0, SYN, 0, 9, { reject: true })])).toBe(true);
    expect(asks([seen(0, 0, 0, 9)])).toBe(false);
    expect(asks([seen(1, SYN_ACK, 0, 9)])).toBe(false);
    expect(asks([seen(0, SYN, 0, 9, { vantage: 2 })])).toBe(false);
    expect(asks([])).toBe(false);
  });
});
