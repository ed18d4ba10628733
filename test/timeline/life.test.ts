/** The bounds of a life and how far it had come, by hand: AWS may stamp a packet 60 s later than it was on the wire. */
import { describe, expect, it } from 'vitest';
import type { ConnectionWindow, WindowSide } from '../../src/model/connection.ts';
import { lifeOf, opennessAt } from '../../src/timeline/life.ts';
import { progressAt } from '../../src/timeline/progress.ts';
import { connection } from '../export/connection.ts';

type Given = Parameters<typeof connection>[0];

/** Records from second 1000 to 1500; opened in [1000, 1060], closed in [1440, 1500]. */
const talk = (given: Given = {}) =>
  connection({
    ...{ firstSeen: 1000, lastSeen: 1500, openedAt: 1000, openedBy: 1060, closedAfter: 1440, closedAt: 1500 },
    durationMin: null,
    ...given,
  });
const UNCLOSED = { state: 'established', closedAfter: null, closedAt: null, endsOpen: true } as const;
const UNOPENED = { state: 'midstream', openedAt: null, openedBy: null } as const;

const sent = (flags: number | null, bytes: number | null = 100): WindowSide => ({
  ...{ packets: 1, bytes, flags, action: 'accept' },
});
const window = (
  start: number | null,
  end: number | null,
  initiator: WindowSide | null = sent(0),
  responder: WindowSide | null = sent(0),
): ConnectionWindow => ({ start, end, initiator, responder });

describe('the life of a connection', () => {
  it('lies between its opening and its close, each with the slack of the log', () => {
    expect(lifeOf(talk())).toEqual({
      ...{ opened: true, possiblyFrom: 940, surelyFrom: 1060, surelyTo: 1380, possiblyTo: 1500 },
    });
  });

  it('never began where no answer came, whatever the format carries', () => {
    const probe = {
      ...UNOPENED,
      state: 'flagless',
      verdict: 'unanswered',
      closedAfter: null,
      closedAt: null,
    } as const;
    expect(lifeOf(talk(probe))).toMatchObject({ opened: false });
  });

  it('goes on for the idle limit where no close was seen, an exchange for three minutes', () => {
    // Flags of both sides were logged and nothing was lost: a close would have shown.
    expect(lifeOf(talk(UNCLOSED))).toMatchObject({ surelyTo: 1440, possiblyTo: 1500 + 7800 });
    expect(lifeOf(talk(UNCLOSED), { horizonSeconds: 600 })).toMatchObject({ possiblyTo: 2100 });
    const exchange = { state: null, openedAt: null, openedBy: null, closedAfter: null, closedAt: null };
    // 1000 - 60 - 180 to 1500 + 180; when it began and ended, nobody saw.
    expect(lifeOf(talk({ ...exchange, endsOpen: null }), { horizonSeconds: 600 })).toEqual({
      ...{ opened: true, possiblyFrom: 760, surelyFrom: 1500, surelyTo: 940, possiblyTo: 1680 },
    });
  });

  it.each([
    ['a side without flags', { initiator: { flags: null } }],
    ['the other side without flags', { responder: { flags: null } }],
    ['one side alone', { oneSided: true }],
    ['a gap', { hasGap: true }],
  ] satisfies [string, Given][])('cannot be sure of an end that would not have shown: %s', (_, given) => {
    // What is sure then is the first packet, stamped up to a minute late.
    expect(lifeOf(talk({ ...UNCLOSED, ...given }))).toMatchObject({ surelyTo: 940 });
    // A proved duration of 200 s counts from the opening.
    expect(lifeOf(talk({ ...UNCLOSED, ...given, durationMin: 200 }))).toMatchObject({ surelyTo: 1260 });
    expect(lifeOf(talk({ ...UNCLOSED, ...given, durationMin: 0 }))).toMatchObject({ surelyTo: 940 });
    expect(lifeOf(talk({ ...UNCLOSED, ...given, durationMin: 200, openedBy: null }))).toMatchObject({
      surelyTo: 940,
    });
    // The last window began at 1400.
    const windowDetails = [window(1000, 1060), window(1400, 1500), window(null, 1500), window(1300, 1350)];
    expect(lifeOf(talk({ ...UNCLOSED, ...given, windowDetails }))).toMatchObject({ surelyTo: 1340 });
  });

  it('began by the end of the first interval where its opening was not seen, and perhaps long before', () => {
    expect(lifeOf(talk(UNOPENED))).toMatchObject({ possiblyFrom: 940 - 7800, surelyFrom: 1500 });
    // A proved duration of 200 s ends 60 s before the close is seen: 1440 - 60 - 200.
    expect(lifeOf(talk({ ...UNOPENED, durationMin: 200 }))).toMatchObject({ surelyFrom: 1180 });
    expect(lifeOf(talk({ ...UNOPENED, durationMin: 0 }))).toMatchObject({ surelyFrom: 1500 });
    expect(lifeOf(talk({ ...UNOPENED, durationMin: 200, closedAfter: null }))).toMatchObject({
      surelyFrom: 1500,
    });
    const windowDetails = [window(1000, 1100), window(1000, null), window(1200, 1300)];
    expect(lifeOf(talk({ ...UNOPENED, windowDetails }))).toMatchObject({ surelyFrom: 1100 });
  });

  it('is an attempt where it led to nothing, or was rejected', () => {
    for (const given of [
      ...(['attempted', 'blocked', 'refused', 'abandoned'] as const).map((state) => ({ state })),
      { verdict: 'rejected' } as const,
    ]) {
      const life = lifeOf(talk(given));
      expect(life).toMatchObject({ opened: false, possiblyFrom: 940, possiblyTo: 1500 });
      expect(life === null ? null : opennessAt(life, 1200)).toBeNull();
    }
    expect(lifeOf(talk({ state: 'reset', verdict: 'mixed' }))?.opened).toBe(true);
  });

  it('is none without times; an opening before the first record counts, and a missing close is the last record', () => {
    expect(lifeOf(talk({ firstSeen: null }))).toBeNull();
    expect(lifeOf(talk({ lastSeen: null }))).toBeNull();
    expect(lifeOf(talk({ openedAt: 900 }))).toMatchObject({ possiblyFrom: 840 });
    expect(lifeOf(talk({ openedAt: 1100 }))).toMatchObject({ possiblyFrom: 940 });
    expect(lifeOf(talk({ closedAt: null, closedAfter: null, endsOpen: false }))).toMatchObject({
      ...{ surelyTo: 940, possiblyTo: 1500 },
    });
  });

  it('holds its bounds themselves', () => {
    const life = lifeOf(talk());
    if (life === null) throw new Error('It has times.');
    const told = [939, 940, 1059, 1060, 1380, 1381, 1500, 1501].map((time) => opennessAt(life, time));
    expect(told).toEqual([null, 'possibly', 'possibly', 'surely', 'surely', 'possibly', 'possibly', null]);
  });
});

describe('how far it had come', () => {
  const ageAt = (time: number, given: Given = {}) => progressAt(talk(given), time).age;

  it('is its age since the opening, which lies within a window and the slack', () => {
    expect(ageAt(1200)).toEqual({ least: 140, most: 260 });
    expect(ageAt(1000)).toEqual({ least: 0, most: 60 });
    expect(ageAt(900)).toEqual({ least: 0, most: 0 });
  });

  it('has no upper bound where the opening was not seen', () => {
    const windowDetails = [window(1000, 1100), window(1200, 1300)];
    expect(ageAt(1250, { ...UNOPENED, windowDetails })).toEqual({ least: 150, most: null });
    expect(ageAt(1600, UNOPENED)).toEqual({ least: 100, most: null });
    expect(ageAt(1400, UNOPENED)).toEqual({ least: 0, most: null });
    expect(ageAt(1600, { openedBy: null })).toEqual({ least: 100, most: null });
    expect(ageAt(1600, { ...UNOPENED, lastSeen: null })).toEqual({ least: null, most: null });
  });

  it('are bytes of intervals that had ended, and of those that had begun', () => {
    const windowDetails = [
      window(1000, 1060, sent(2, 10), sent(18, 1)),
      window(1060, 1120, sent(0, 20), null),
      window(1200, 1260, sent(1, 40), sent(1, 4)),
    ];
    const at = (time: number) => {
      const { initiatorBytes: mine, responderBytes: theirs } = progressAt(talk({ windowDetails }), time);
      return [mine.least, mine.most, theirs.least, theirs.most];
    };
    // An interval may have begun 60 s before its stamp.
    expect([939, 940, 1000, 1059, 1060, 1120, 1139, 1140, 1260].map(at)).toEqual([
      [0, 0, 0, 0],
      [0, 10, 0, 1],
      [0, 30, 0, 1],
      [0, 30, 0, 1],
      [10, 30, 1, 1],
      [30, 30, 1, 1],
      [30, 30, 1, 1],
      [30, 70, 1, 5],
      [70, 70, 5, 5],
    ]);
  });

  it.each([
    ['bytes', window(1000, 1060, sent(2, null))],
    ['a start', window(null, 1060)],
    ['an end', window(1000, null)],
  ])('is not known of a side that has a window without %s', (_, odd) => {
    const { initiatorBytes } = progressAt(talk({ windowDetails: [window(1000, 1060), odd] }), 1200);
    expect(initiatorBytes).toEqual({ least: null, most: null });
    // The side that was not seen in it is known.
    const unseen = { ...odd, responder: null };
    const { responderBytes } = progressAt(talk({ windowDetails: [window(1000, 1060), unseen] }), 1200);
    expect(responderBytes).toEqual({ least: 100, most: 100 });
  });

  it('is nothing but an age without windows', () => {
    const unknown = { least: null, most: null };
    expect(progressAt(talk(), 1200)).toEqual({
      ...{
        age: { least: 140, most: 260 },
        initiatorBytes: unknown,
        responderBytes: unknown,
        stateThen: null,
      },
    });
  });

  it.each([
    // Flags are sums: FIN 1, SYN 2, RST 4, SYN-ACK 18.
    [2, 0, 'attempted'],
    [2, null, 'attempted'],
    [0, 0, 'midstream'],
    [1, 4, 'midstream'],
    [0, 18, 'answered'],
    [1, 18, 'answered'],
    // A transit gateway notes the ACK of any packet: the SYN of whoever opened, and an answer to it.
    [26, 1, 'half-closed'],
    [26, 26, 'established'],
    [27, 27, 'closed'],
    [2, 18, 'established'],
    [18, 2, 'established'],
    [3, 18, 'half-closed'],
    [2, 19, 'half-closed'],
    [3, 19, 'closed'],
    [6, 18, 'reset'],
    [3, 23, 'reset'],
    [null, null, 'flagless'],
  ] as const)('flags %s and %s, with more to come, are %s', (mine, theirs, state) => {
    const windowDetails = [window(1000, 1060, sent(mine), sent(theirs)), window(1400, 1500)];
    const stateThen = (time: number) => progressAt(talk({ state: 'closed', windowDetails }), time).stateThen;
    expect([1059, 1060, 1499, 1500].map(stateThen)).toEqual([null, state, state, 'closed']);
  });

  it('is the state that several windows amount to, each side apart', () => {
    const windowDetails = [
      window(1000, 1060, sent(2), null),
      window(1060, 1120, null, sent(18)),
      window(1120, 1180, sent(1), sent(null)),
      window(null, null),
    ];
    const stateThen = (time: number) => progressAt(talk({ windowDetails }), time).stateThen;
    expect([1060, 1120, 1180].map(stateThen)).toEqual(['attempted', 'established', 'half-closed']);
    expect(progressAt(talk({ state: null, windowDetails }), 1120).stateThen).toBeNull();
  });
});
