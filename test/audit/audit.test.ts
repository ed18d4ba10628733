/** What an audit counts and how it tells time, apart from its rules. */
import { describe, expect, it } from 'vitest';
import { auditShortLived } from '../../src/audit/audit.ts';
import { attempt, blocked, conversation, lateAlone, many, NOON, refusal, replyRejected } from './build.ts';

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
    ['flagless', conversation({}, 60, { state: 'flagless', durationMax: null })],
    ['untold', conversation({}, 60, { durationMax: null, hasGap: true })],
    ['late', lateAlone()],
    ['unanswered', replyRejected()],
  ])('are %s as far as the bounds prove', async (expected, connection) => {
    expect(await lifetimeOf([connection])).toEqual([expected]);
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
      share: 0.8,
      medianBytes: 1500,
      firstSeen: NOON,
      lastSeen: NOON + 60,
      perMinute: 3,
    });
    expect(openers[1]).toMatchObject({ initiator: '10.0.0.7', perMinute: null });
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
