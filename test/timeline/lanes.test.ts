/** Which connections find a lane, where on it they lie, and how many were open from moment to moment. */
import { describe, expect, it } from 'vitest';
import { type CountOptions, countOpen, OpenCounter } from '../../src/timeline/count-open.ts';
import { FAMILIES, FAMILY_COLOURS } from '../../src/timeline/families.ts';
import { describeLeftOut, LaneKeeper, laneOf, lanesOf } from '../../src/timeline/lanes.ts';
import { talk } from './talk.ts';

/** Seen for so many seconds from a second on, and nothing more known. */
const seen = (uid: string, from: number, seconds: number) =>
  talk({
    ...{ uid, firstSeen: from, lastSeen: from + seconds },
    ...{ openedAt: null, openedBy: null, closedAfter: null, closedAt: null },
  });

describe('the lane of a connection', () => {
  it('reaches from its opening or first record to its close or last record', () => {
    expect(laneOf(talk())).toMatchObject({ from: 1000, to: 1500, surely: { from: 1060, to: 1380 } });
    expect(laneOf(talk({ openedAt: 900, closedAt: 1600 }))).toMatchObject({ from: 900, to: 1600 });
    expect(laneOf(talk({ openedAt: 1100, closedAt: 1400 }))).toMatchObject({ from: 1000, to: 1500 });
    expect(laneOf(talk({ openedAt: null, closedAt: null }))).toMatchObject({ from: 1000, to: 1500 });
    expect(laneOf(talk({ lastSeen: 900, closedAt: null }))).toMatchObject({ from: 1000, to: 1000 });
  });

  it('is sure nowhere else than within itself, and nowhere where the bounds meet', () => {
    expect(laneOf(talk({ openedBy: 990 }))?.surely).toEqual({ from: 1000, to: 1380 });
    expect(laneOf(talk({ closedAfter: 1700 }))?.surely).toEqual({ from: 1060, to: 1500 });
    expect(laneOf(talk({ openedBy: 1380 }))?.surely).toBeNull();
    expect(laneOf(talk({ openedBy: 1379 }))?.surely).toEqual({ from: 1379, to: 1380 });
  });

  it('is none without times', () => {
    expect(laneOf(talk({ firstSeen: null }))).toBeNull();
    expect(laneOf(talk({ lastSeen: null }))).toBeNull();
  });
});

describe('lanes', () => {
  const namesOf = async (most: number, ...connections: ReturnType<typeof talk>[]) =>
    (await lanesOf(connections, most)).lanes.map((lane) => lane.connection.uid);

  it('stand in the order of opening, then of their uids', async () => {
    const given = [seen('Cb', 50, 10), seen('Cc', 0, 10), seen('Ca', 50, 30)];
    expect(await namesOf(3, ...given)).toEqual(['Cc', 'Ca', 'Cb']);
    expect(await namesOf(3, ...given.toReversed())).toEqual(['Cc', 'Ca', 'Cb']);
  });

  it('are the longest, of equally long ones the first by uid, in whatever order they come', async () => {
    const given = [5, 3, 9, 1, 7, 3, 8, 2].map((seconds, i) => seen(`C${i}`, i, seconds));
    // 9, 8 and 7 seconds: numbers 2, 6 and 4; a fourth is 5, number 0; then of two with 3 the first.
    for (const order of [
      given,
      given.toReversed(),
      given.toSorted((a, b) => (a.lastSeen ?? 0) - (b.lastSeen ?? 0)),
    ]) {
      expect(await namesOf(3, ...order)).toEqual(['C2', 'C4', 'C6']);
      expect(await namesOf(4, ...order)).toEqual(['C0', 'C2', 'C4', 'C6']);
      expect(await namesOf(5, ...order)).toEqual(['C0', 'C1', 'C2', 'C4', 'C6']);
      expect(await namesOf(1, ...order)).toEqual(['C2']);
    }
  });

  it('tell of the others: how many, the span of all, and those without times', async () => {
    const given = [seen('C1', 100, 10), seen('C2', 50, 20), seen('C3', 300, 5), talk({ firstSeen: null })];
    expect(await lanesOf(given, 1)).toMatchObject({ leftOut: 2, timeless: 1, span: { from: 50, to: 305 } });
    expect(await lanesOf(given, 3)).toMatchObject({ leftOut: 0, timeless: 1 });
    expect(await lanesOf([talk({ firstSeen: null })], 3)).toEqual({
      ...{ lanes: [], leftOut: 0, timeless: 1, span: null },
    });
  });

  // There is room for 64 more than there are lanes, and for a quarter more where that is more.
  it.each([
    [1, 65],
    [256, 320],
    [257, 322], // 257 and 64.25
    [400, 500],
  ])('ask for the whole of a connection only where it may find one of %d, once %d came', (most, full) => {
    const keeper = new LaneKeeper(most);
    const asked: string[] = [];
    const consider = (uid: string, seconds: number): void =>
      keeper.consider(seen(uid, 0, seconds), () => {
        asked.push(uid);
        return seen(uid, 0, seconds);
      });
    // As many as stay have 9 seconds; the others have 5 before there are too many.
    for (let i = 0; i < most; i++) consider(`C${i}`, 9);
    for (let i = most; i < full; i++) consider(`C${i}`, 5);
    expect(asked).toHaveLength(full);
    // Now 9 is the shortest that stays: 4, 8 and another 9, of a later uid, come after it.
    for (const [i, seconds] of [4, 9, 8, 10].entries()) consider(`D${i}`, seconds);
    expect(asked.slice(full)).toEqual(['D3']);
    const { lanes, leftOut } = keeper.lanes();
    expect(lanes).toHaveLength(most);
    expect(lanes.at(-1)).toMatchObject({ connection: { uid: 'D3' } });
    expect(leftOut).toBe(full + 4 - most);
  });

  it('say what they leave out, in sentences that count right', () => {
    const lanes = laneOf(talk()) === null ? [] : [laneOf(talk()) as NonNullable<ReturnType<typeof laneOf>>];
    const told = (leftOut: number, timeless: number) =>
      describeLeftOut({ lanes, leftOut, timeless, span: null });
    expect(told(0, 0)).toEqual([]);
    expect(told(1, 1)).toEqual([
      '1 of 2 connections: the longest are shown, 1 is left out.',
      '1 connection carries no times and cannot be placed.',
    ]);
    expect(told(2, 2)).toEqual([
      '1 of 3 connections: the longest are shown, 2 are left out.',
      '2 connections carry no times and cannot be placed.',
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])('cannot be %d', (most) => {
    expect(() => new LaneKeeper(most)).toThrow(`top is ${most}; expected a whole number of 1 or more.`);
  });
});

describe('counts over time', () => {
  const rows = async (options: CountOptions, ...given: ReturnType<typeof talk>[]) =>
    (await countOpen(given, options)).map(({ time, surely, possibly, attempts }) => [
      ...[time, surely, possibly, attempts],
    ]);

  it('are of what was surely and possibly open, with both bounds', async () => {
    // Possibly from 940 to 1500, surely from 1060 to 1380.
    const at = async (from: number, to: number) => rows({ everySeconds: 1, from, to }, talk());
    expect(await at(939, 940)).toEqual([
      [939, 0, 0, 0],
      [940, 0, 1, 0],
    ]);
    expect(await at(1059, 1060)).toEqual([
      [1059, 0, 1, 0],
      [1060, 1, 0, 0],
    ]);
    expect(await at(1380, 1381)).toEqual([
      [1380, 1, 0, 0],
      [1381, 0, 1, 0],
    ]);
    expect(await at(1500, 1501)).toEqual([
      [1500, 0, 1, 0],
      [1501, 0, 0, 0],
    ]);
  });

  it('begin with the first step that is not before the records, and end with the last', async () => {
    expect(await rows({ everySeconds: 250 }, talk())).toEqual([
      ...[
        [1000, 0, 1, 0],
        [1250, 1, 0, 0],
        [1500, 0, 1, 0],
      ],
    ]);
    expect(await rows({ everySeconds: 300 }, talk())).toEqual([
      [1200, 1, 0, 0],
      [1500, 0, 1, 0],
    ]);
    expect(await rows({ everySeconds: 300, from: 1010 }, talk())).toEqual([
      [1010, 0, 1, 0],
      [1310, 1, 0, 0],
    ]);
    expect(await rows({ everySeconds: 700 }, talk({ firstSeen: 1401, lastSeen: 1410 }))).toEqual([]);
  });

  it('count attempts apart, and leave out what has no times', async () => {
    const attempt = talk({ uid: 'C2', state: 'attempted' });
    expect(await rows({ everySeconds: 1000, from: 1000, to: 1000 }, talk(), attempt)).toEqual([
      [1000, 0, 1, 1],
    ]);
    expect(await rows({ everySeconds: 60 }, talk({ firstSeen: null }))).toEqual([]);
    expect(await rows({ everySeconds: 60 })).toEqual([]);
  });

  it('tell how many had no times, of whichever end', () => {
    const counter = new OpenCounter({ everySeconds: 60 });
    for (const given of [{ firstSeen: null }, { lastSeen: null }, {}]) counter.add(talk(given));
    expect(counter.timeless).toBe(2);
  });

  it('are bounded by one end alone, or none', async () => {
    const last = async (options: Partial<CountOptions>) =>
      (await rows({ everySeconds: 250, ...options }, talk())).at(-1);
    expect(await last({ from: 1250 })).toEqual([1500, 0, 1, 0]);
    expect(await last({ to: 1250 })).toEqual([1250, 1, 0, 0]);
    expect(await rows({ everySeconds: 250, to: 900 }, talk())).toEqual([]);
  });

  it('are refused as a wrong option', async () => {
    for (const options of [
      { everySeconds: 0 },
      { everySeconds: 1, from: 2, to: 1 },
      { everySeconds: 1, from: 0, to: 1e6 },
    ])
      await expect(rows(options, talk())).rejects.toMatchObject({ code: 'option-invalid' });
    expect(() => new LaneKeeper(0)).toThrow(expect.objectContaining({ code: 'option-invalid' }));
  });

  it('know of nothing between two moments', async () => {
    // Open from 940 to 1040, on no multiple of 1100.
    const short = talk({ lastSeen: 1040, closedAt: 1040, openedBy: 1010, closedAfter: 1030 });
    expect(await rows({ everySeconds: 1100, from: 0, to: 2200 }, short)).toEqual([
      ...[
        [0, 0, 0, 0],
        [1100, 0, 0, 0],
        [2200, 0, 0, 0],
      ],
    ]);
  });

  it('go by the horizon and the idle limit that they are told', async () => {
    const open = talk({ state: 'established', closedAfter: null, closedAt: null, endsOpen: true });
    const at = { everySeconds: 1, from: 1601, to: 1601 };
    expect(await rows({ ...at, idleSeconds: 100 }, open)).toEqual([[1601, 0, 0, 0]]);
    expect(await rows({ ...at, idleSeconds: 101 }, open)).toEqual([[1601, 0, 1, 0]]);
    expect(await rows({ ...at, from: 9300, to: 9300 }, open)).toEqual([[9300, 0, 1, 0]]);
    expect(await rows({ ...at, horizonSeconds: 100 }, open)).toEqual([[1601, 0, 0, 0]]);
    // Without flags silence divides after an hour.
    const flagless = { ...open, state: 'flagless', endsOpen: null } as const;
    expect(await rows({ ...at, from: 5101, to: 5101 }, flagless)).toEqual([[5101, 0, 0, 0]]);
    expect(await rows({ ...at, from: 9301, to: 9301 }, open)).toEqual([[9301, 0, 0, 0]]);
  });

  it('are a hundred thousand at most', async () => {
    const long = { everySeconds: 1, from: 0 };
    expect(await rows({ ...long, to: 99_999 }, talk())).toHaveLength(100_000);
    await expect(rows({ ...long, to: 100_000 }, talk())).rejects.toThrow(
      'Every 1 s would be 100001 moments; at most 100000 are counted: take a longer step or a shorter time.',
    );
  });

  it('refuse a step that is no time and an end before the beginning', async () => {
    for (const everySeconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      await expect(rows({ everySeconds })).rejects.toThrow(
        `The step is ${everySeconds}; expected more than 0 seconds.`,
      );
    await expect(rows({ everySeconds: 1, from: 2, to: 1 })).rejects.toThrow(
      'The end lies before the beginning; no moment lies between them.',
    );
    expect(await rows({ everySeconds: 1, from: 2, to: 2 }, talk())).toEqual([[2, 0, 0, 0]]);
  });
});

it('has a colour of its own for each family, on light and on dark', () => {
  for (const look of ['light', 'dark'] as const) {
    const colours = Object.keys(FAMILIES).map(
      (family) => FAMILY_COLOURS[look][family as keyof typeof FAMILIES],
    );
    for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    expect(new Set(colours).size).toBe(5);
  }
});
