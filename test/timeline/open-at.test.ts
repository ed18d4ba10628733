/** Why a connection is said to have been open at a moment, in which order they are told, and which are not even asked for. */
import { describe, expect, it } from 'vitest';
import type { VantageCoverage } from '../../src/model/report.ts';
import { connectionsAt, MomentSweep } from '../../src/timeline/at.ts';
import { countOpen } from '../../src/timeline/count-open.ts';
import { type Given, talk } from './talk.ts';

const OPEN = { state: 'established', closedAfter: null, closedAt: null, endsOpen: true } as const;
const UNOPENED = { state: 'midstream', openedAt: null, openedBy: null } as const;

const COVERED: VantageCoverage = {
  ...{ vantage: null, vpcId: null, records: 9, nodata: 0, skipped: [], first: null, last: null },
  ...{ longestInterval: 60, toldTwice: false, rewrites: false },
};

const becauseAt = async (time: number, given: Given = {}): Promise<string | undefined> =>
  (await connectionsAt([talk(given)], time)).connections[0]?.because;

describe('why it is said to have been open', () => {
  it('is proved between its bounds, recorded at their edges', async () => {
    const told = await Promise.all(
      [939, 940, 1059, 1060, 1380, 1381, 1500, 1501].map((time) => becauseAt(time)),
    );
    expect(told).toEqual([
      ...[undefined, 'recorded', 'recorded', 'proved', 'proved', 'recorded', 'recorded', undefined],
    ]);
  });

  it('is the silence behind the last record, where no close was seen', async () => {
    const told = await Promise.all([1440, 1500, 1501, 9300, 9301].map((time) => becauseAt(time, OPEN)));
    expect(told).toEqual(['proved', 'recorded', 'silent', 'silent', undefined]);
    // A close behind the last record is no silence.
    expect(await becauseAt(1550, { closedAt: 1600, closedAfter: 1590, openedBy: 1580 })).toBe('recorded');
  });

  it('is that its opening was not seen, before its first record and its slack', async () => {
    const told = await Promise.all([939, 940, 1000].map((time) => becauseAt(time, UNOPENED)));
    expect(told).toEqual(['unseen', 'recorded', 'recorded']);
  });
});

describe('connections at a moment', () => {
  it('stand by the strength of what is known, then by age, then by uid', async () => {
    const given = [
      talk({ uid: 'C1', ...UNOPENED, firstSeen: 1300, closedAfter: 1330, lastSeen: 1360, closedAt: 1360 }),
      talk({ uid: 'C2', ...OPEN, lastSeen: 1100 }),
      talk({ uid: 'C3', openedBy: 1250 }),
      talk({ uid: 'C5' }),
      talk({ uid: 'C4' }),
      talk({ uid: 'C6', firstSeen: 990, openedAt: 990 }),
      talk({ uid: 'C7', openedAt: null, firstSeen: 985 }),
    ];
    // C1's first record lies 100 s behind second 1200, C2's last 100 s before it, and C3's opening may be yet to come.
    const order = ['C7', 'C6', 'C4', 'C5', 'C3', 'C2', 'C1'];
    for (const all of [given, given.toReversed()]) {
      const { connections } = await connectionsAt(all, 1200);
      expect(connections.map((each) => each.connection.uid)).toEqual(order);
      expect(connections.map(({ because }) => because)).toEqual([
        ...['proved', 'proved', 'proved', 'proved', 'recorded', 'silent', 'unseen'],
      ]);
    }
  });

  it('are counted by what is sure, and attempts and what has no times apart', async () => {
    const all = [
      talk(),
      talk({ uid: 'C2', openedBy: 1250, initiator: { port: 43419 } }),
      talk({ state: 'blocked' }),
      talk({ firstSeen: null }),
    ];
    expect(await connectionsAt(all, 1200)).toMatchObject({
      ...{ time: 1200, surely: 1, possibly: 1, attempts: 1, timeless: 1 },
    });
    expect(await connectionsAt(all, 1501)).toMatchObject({
      ...{ surely: 0, possibly: 0, attempts: 0, timeless: 1 },
    });
  });

  it('come and go from moment to moment', async () => {
    const later = talk({
      uid: 'C2',
      initiator: { port: 43419 },
      ...{
        firstSeen: 1400,
        lastSeen: 1900,
        openedAt: 1400,
        openedBy: 1460,
        closedAfter: 1840,
        closedAt: 1900,
      },
    });
    const moments = await connectionsAt([talk(), later], [1900, 1500, 1500, 1000, 2000]);
    expect(moments.map(({ time, surely, possibly }) => [time, surely, possibly])).toEqual([
      ...[
        [1000, 0, 1],
        [1500, 1, 1],
        [1900, 0, 1],
        [2000, 0, 0],
      ],
    ]);
    expect(moments.map(({ connections }) => connections.map((each) => each.connection.uid))).toEqual([
      ...[['Cp1'], ['C2', 'Cp1'], ['C2'], []],
    ]);
  });

  it('count once where the same ports were dialled again: no two of a 5-tuple are open at once', async () => {
    // The first is over by the opening of the second, in [1440, 1500]: between 1380 and 1500 either may have been open.
    const first = talk({
      closedAt: null,
      closedAfter: null,
      endsOpen: false,
      durationMax: 560,
      lastSeen: 1350,
    });
    const second = talk({
      uid: 'C2',
      firstSeen: 1440,
      openedAt: 1440,
      openedBy: 1500,
      lastSeen: 1900,
      ...OPEN,
    });
    const swapped = talk({
      ...second,
      initiator: second.responder,
      responder: second.initiator,
    });
    const times = [1379, 1380, 1500, 1501];
    for (const all of [
      [first, second],
      [first, swapped],
    ]) {
      const moments = await connectionsAt(all, times);
      expect(moments.map((moment) => moment.surely + moment.possibly)).toEqual([1, 1, 1, 1]);
      expect(moments.map(({ connections }) => connections.length)).toEqual([1, 2, 2, 1]);
      expect(moments.map(({ alternatives }) => alternatives)).toEqual([0, 1, 1, 0]);
    }
    for (const other of [
      { initiator: { port: 2 } },
      { responder: { address: '10.0.0.9' } },
      { protocol: 'udp' },
    ]) {
      const [, moment] = await connectionsAt([first, talk({ ...second, ...other })], times);
      expect(moment?.alternatives).toBe(0);
    }
  });

  it('are not told of beyond what the records of their interface cover', async () => {
    const given = { initiator: { port: 43419 } };
    const all = [talk(OPEN), talk({ ...UNOPENED, ...given, uid: 'C2' })];
    const name = all[0]?.vantages[0]?.interfaceId as string;
    const cover = (vantage: string, first: number, last: number) =>
      Object.assign([...all], { coverage: [{ ...COVERED, vantage, first, last }] });
    // Their records begin at 1000 and end at 1500; the interface has others from 700 to 2000.
    const times = [639, 640, 2000, 2001];
    const counted = async (...given: Parameters<typeof cover>) =>
      (await connectionsAt(cover(...given), times)).map(({ possibly }) => possibly);
    expect(await counted(name, 700, 2000)).toEqual([0, 1, 1, 0]);
    expect(await counted('eni-of-another', 700, 2000)).toEqual([1, 1, 1, 1]);
    const counts = await countOpen(cover(name, 700, 2000), { everySeconds: 100, from: 600, to: 2100 });
    expect(counts.map((count) => count.surely + count.possibly)).toEqual([
      // 600, then the second from 640 (700 less the slack), both from 940 on; the second closes at 1500, the first may be open until 2000.
      ...[0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0],
    ]);
  });

  it('are asked for as a whole only where their life touches a moment and they were open', () => {
    const sweep = new MomentSweep([1200]);
    let asked = 0;
    for (const each of [talk(), talk({ lastSeen: 1100, closedAt: 1100 }), talk({ state: 'refused' })])
      sweep.consider(each, () => {
        asked++;
        return each;
      });
    expect(asked).toBe(1);
  });

  it('may have been silent for as long as the run was told', async () => {
    expect((await connectionsAt([talk(OPEN)], 1700, { idleSeconds: 200 })).possibly).toBe(1);
    expect((await connectionsAt([talk(OPEN)], 1701, { idleSeconds: 200 })).possibly).toBe(0);
  });

  it('are none at what is no time', () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new MomentSweep([1200, time])).toThrow(
        expect.objectContaining({
          code: 'option-invalid',
          message: `The moment ${time} is no time; expected Unix seconds.`,
        }),
      );
  });
});
