/** What an audit counts and how it tells time, apart from its rules. */
import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../src/audit/audit.ts';
import {
  attempt,
  blocked,
  conversation,
  flagless,
  lateAlone,
  many,
  NOON,
  probe,
  refusal,
  replyRejected,
} from './build.ts';

describe('lifetimes', () => {
  const lifetimeOf = async (...[given, options]: Parameters<typeof auditShortLived>) => {
    const { lifetimes } = await auditShortLived(given, options);
    return Object.entries(lifetimes).flatMap(([name, count]) => (count === 1 ? name : []));
  };

  it.each([
    ['short', conversation({}, 60)], // at most 60 + 60 s
    ['undecided', conversation({}, 61)], // from 0 to 121 s
    ['undecided', conversation({}, 300)], // from 120 to 360 s
    ['long', conversation({}, 301)], // from 121 s
    ['short', refusal()],
    ['unanswered', attempt()],
    ['open', conversation({}, 60, { state: 'established', durationMax: null, endsOpen: true })],
    ['long', conversation({}, 900, { state: 'established', durationMax: null, endsOpen: true })],
    ['midstream', conversation({}, 60, { state: 'midstream', durationMax: null, startsMidstream: true })],
    // Its records lie in one interval, or within 60 s, whatever the interval is.
    ['oneInterval', flagless({}, 59)],
    ['oneInterval', flagless({}, 60, { windows: 2 })],
    ['oneInterval', flagless({}, 590, { windows: 1, durationMin: 0 })],
    ['flagless', flagless({}, 61)], // two intervals
    ['flagless', flagless({}, 590, { windows: 1, durationMin: 1 })], // something proves that it went on
    ['flagless', flagless({}, 5, { hasGap: true })],
    ['flagless', flagless({}, 5, { firstSeen: null, lastSeen: null, durationMin: null })],
    ['flagless', flagless({}, 300)], // from 120 s
    ['long', flagless({}, 301)], // from 121 s
    ['unanswered', flagless({}, 5, { verdict: 'unanswered', oneSided: true })],
    ['untold', conversation({}, 60, { durationMax: null, hasGap: true })],
    ['late', lateAlone()],
    ['unanswered', replyRejected()],
  ])('are %s as far as the bounds prove', async (expected, connection) => {
    expect(await lifetimeOf([connection])).toEqual([expected]);
  });

  it('of what was seen in one interval only tell how long that can have been: its records and the slack', async () => {
    // From 60 s before its first record to the end of its last: 59 + 60.
    const { longestInOneInterval } = await auditShortLived([
      flagless({}, 59),
      flagless({}, 7),
      conversation(),
    ]);
    expect(longestInOneInterval).toBe(119);
    expect((await auditShortLived([conversation()])).longestInOneInterval).toBeNull();
  });

  it('without flags are named in the note that asks for flags', async () => {
    const { notes } = await auditShortLived([flagless({}, 5), flagless({}, 100), conversation()]);
    expect(notes).toEqual([expect.stringMatching(/^2 connections without tcp-flags:/)]);
  });

  it('follow --short', async () => {
    expect(await lifetimeOf([conversation({}, 500)], { shortSeconds: 560 })).toEqual(['short']);
  });

  it('leave other protocols apart', async () => {
    const ping = conversation({}, 5, { protocol: 'icmp', state: null });
    const { connections, exchanges } = await auditShortLived([ping, conversation()]);
    expect([connections, exchanges]).toEqual([1, 1]);
  });
});

describe('what connections came to', () => {
  it('adds up to all of them', async () => {
    const { upshots, connections } = await auditShortLived([
      ...[conversation(), attempt(), attempt(), refusal(), blocked(), replyRejected(), lateAlone()],
    ]);
    // No answer of the rejected reply got through: it was blocked.
    expect(upshots).toEqual({
      ...{ opened: 1, unanswered: 2, refused: 1, blocked: 2, late: 1 },
      ...{ 'reply-rejected': 0, 'either-rejected': 0, 'one-way': 0 },
    });
    expect(connections).toBe(7);
  });
});

describe('distributions', () => {
  it('call what opened and ended in one interval just that, never 0 s', async () => {
    const { durations } = await auditShortLived([
      conversation({}, 5),
      conversation({}, 59),
      conversation({}, 61),
    ]);
    // At most 65 s and 119 s within one interval; the third lies in two, at most 121 s.
    expect(durations.bars.filter(({ count }) => count > 0)).toEqual([
      { withinOneWindow: true, upTo: 119, count: 2 },
      { withinOneWindow: false, upTo: 300, count: 1 },
    ]);
  });

  it('bound quantiles by both ends of what is known', async () => {
    // 5, 15 … 395 s: at most 65, 75 … 455; at least 0 until 180 s, then 5, 15 …
    const { durations } = await auditShortLived(many(40, (i) => conversation({}, 5 + i * 10)));
    expect(durations.count).toBe(40);
    // The twentieth lasted 195 s by its stamps: 15 to 255 s.
    expect(durations.quantiles[1]).toEqual({ share: 0.5, atLeast: 15, atMost: 255 });
    expect(durations.quantiles.at(-1)).toEqual({ share: 1, atLeast: 215, atMost: 455 });
  });

  it('count bytes both ways, and the short ones among them', async () => {
    const { sizes } = await auditShortLived([conversation(), refusal(), conversation({}, 900)]);
    // A conversation carries 600 + 900 bytes, a refusal 60 + 40.
    expect(sizes.bars.slice(0, 2)).toEqual([
      { below: 1000, count: 1, short: 1 },
      { below: 10_000, count: 2, short: 1 },
    ]);
    expect(sizes.quantiles[1]).toEqual({ share: 0.5, bytes: 1500, short: 100 });
  });
});

describe('openers', () => {
  it('are told by pair, most first, with rate, size and times', async () => {
    const { openers, openerCount } = await auditShortLived([
      ...many(4, (i) => conversation({ at: i * 20 })),
      ...many(1, () => conversation({ from: '10.0.0.7' })),
      conversation({ from: '10.0.0.8' }, 900), // long
    ]);
    expect(openerCount).toBe(2);
    // Three distances of 20 s: three a minute.
    expect(openers[0]).toEqual({
      initiator: '10.0.0.1',
      responder: '10.0.0.2',
      port: 443,
      count: 4,
      oneInterval: 0,
      share: 0.8,
      inferred: 0,
      confidence: null,
      medianBytes: 1500,
      firstSeen: NOON,
      lastSeen: NOON + 60,
      perMinute: 3,
    });
    expect(openers[1]).toMatchObject({ initiator: '10.0.0.7', perMinute: null });
  });
});

describe('openers without flags', () => {
  it('are ranked by inference, beside the short-lived ones, with what is claimed of it', async () => {
    const nothing = { initiatorBasis: 'none', initiatorConfidence: 0.5 } as const;
    const { openers, openerCount } = await auditShortLived([
      ...many(3, (i) => flagless({ at: i * 60 })),
      flagless({ at: 180 }, 5, { initiatorBasis: 'service', initiatorConfidence: 0.7 }),
      conversation({ at: 240 }),
      flagless({}, 900), // long
      conversation({ from: '10.0.0.7' }),
      // Nobody knows whose these are.
      ...many(9, () => flagless({ from: '10.0.0.8' }, 5, nothing)),
    ]);
    expect(openerCount).toBe(2);
    // Four of five inferred: three claimed at 0.98, one at 0.7. Of six ranked connections five are its own.
    expect(openers[0]).toMatchObject({
      ...{ initiator: '10.0.0.1', count: 1, oneInterval: 4, share: 5 / 6, inferred: 4, confidence: 0.91 },
      ...{ firstSeen: NOON, lastSeen: NOON + 240, perMinute: 1 },
    });
    expect(openers[1]).toMatchObject({ initiator: '10.0.0.7', count: 1, oneInterval: 0, inferred: 0 });
  });

  it('are no openers where nothing came of it', async () => {
    const unanswered = { verdict: 'unanswered', oneSided: true } as const;
    expect((await auditShortLived([flagless({}, 5, unanswered)])).openers).toEqual([]);
  });
});

describe('initiators', () => {
  it('are counted by what they are known by', async () => {
    const nothing = { initiatorBasis: 'none', initiatorConfidence: 0.5 } as const;
    const { initiators } = await auditShortLived([
      ...[conversation(), conversation({}, 5, { initiatorBasis: 'simultaneous' })],
      ...[probe(), flagless(), flagless({}, 900), flagless({}, 5, nothing)],
    ]);
    expect(initiators).toEqual({ observed: 2, inferred: 3, unknown: 1 });
  });
});

describe('thresholds', () => {
  it.each([
    [{ shortSeconds: 0 }, 'The threshold shortSeconds is 0; expected seconds, more than 0.'],
    [{ scanTargets: 1.5 }, 'The threshold scanTargets is 1.5; expected a whole number of 1 or more.'],
    [{ scanShare: 2 }, 'The threshold scanShare is 2; expected more than 0 and at most 1.'],
    [{ silenceSeconds: Number.NaN }, 'The threshold silenceSeconds is NaN; expected seconds, more than 0.'],
  ])('refuse %j', async (options, says) => {
    await expect(auditShortLived([], options)).rejects.toThrow(says);
  });
});
