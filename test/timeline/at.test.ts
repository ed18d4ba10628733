/** Who was connected then: bounds by hand, any network against a plain filter, and the truth of the simulator. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, anySeed, FAITHFUL } from '../../property-tests/arbitraries/any-scenario.ts';
import { rebuildText } from '../../property-tests/laws/rebuild-text.ts';
import { runs } from '../../property-tests/laws/runs.ts';
import { simulate } from '../../property-tests/network/simulate.ts';
import type { Connection } from '../../src/model/connection.ts';
import { OptionError } from '../../src/model/errors.ts';
import { vantageOf } from '../../src/model/outline.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { connectionsAt, MomentSweep, type OpenAt } from '../../src/timeline/at.ts';
import { countOpen } from '../../src/timeline/count-open.ts';
import { lifeOf, opennessAt } from '../../src/timeline/life.ts';
import { progressAt } from '../../src/timeline/progress.ts';
import { connection, withEveryTime } from '../export/connection.ts';

const T = 1_700_000_000;

/** Opened in T+100 … T+160, closed in T+1000 … T+1060: surely open from 160 to 940, possibly from 40 to 1060. */
const whole = connection({
  firstSeen: T + 100,
  lastSeen: T + 1060,
  openedAt: T + 100,
  openedBy: T + 160,
  closedAfter: T + 1000,
  closedAt: T + 1060,
});
/** The same without a close: its last record ends at T+1060. */
const open = connection({
  ...whole,
  state: 'established',
  closedAfter: null,
  closedAt: null,
  endsOpen: true,
});
const exchange = connection({
  ...open,
  state: null,
  protocol: 'udp',
  openedAt: null,
  openedBy: null,
  endsOpen: null,
  initiator: { flags: null },
  responder: { flags: null },
});
const midstream = connection({ ...whole, state: 'midstream', openedAt: null, openedBy: null });

const at = (given: Connection, seconds: number) => connectionsAt([given], T + seconds);
const brief = ({ surely, possibly, attempts, timeless, connections }: OpenAt) => ({
  surely,
  possibly,
  attempts,
  timeless,
  because: connections.map(({ because }) => because),
});
const nothing = { surely: 0, possibly: 0, attempts: 0, timeless: 0, because: [] };
const surely = { ...nothing, surely: 1, because: ['proved'] };
const possibly = (because: string) => ({ ...nothing, possibly: 1, because: [because] });

describe('connectionsAt', () => {
  it.each([
    [39, nothing],
    [40, possibly('recorded')],
    [159, possibly('recorded')],
    [160, surely],
    [940, surely],
    [941, possibly('recorded')],
    [1060, possibly('recorded')],
    [1061, nothing],
  ])('bounds an opened and closed connection: %i s', async (seconds, expected) => {
    expect(brief(await at(whole, seconds))).toEqual(expected);
  });

  it.each([
    // No FIN or RST up to 1060, stamped up to 60 s late: none before 1000.
    [1000, surely],
    [1001, possibly('recorded')],
    [1061, possibly('silent')],
    // 2 h 10 min of silence, the default.
    [8860, possibly('silent')],
    [8861, nothing],
  ])('lets one without a close be open as long as silence ends nothing: %i s', async (seconds, expected) => {
    expect(brief(await at(open, seconds))).toEqual(expected);
  });

  it.each([
    // Three minutes of silence on both sides; before it, 60 s of slack.
    [-141, nothing],
    [-140, possibly('unseen')],
    [39, possibly('unseen')],
    [40, possibly('recorded')],
    [1240, possibly('silent')],
    [1241, nothing],
  ])('gives an exchange three minutes of silence on both sides: %i s', async (seconds, expected) => {
    expect(brief(await at(exchange, seconds))).toEqual(expected);
  });

  it.each([
    // A late record before the SYN begins at 50; the straggler behind the FIN of 1060 ends at 1500 and holds nothing open.
    [-11, nothing],
    [-10, possibly('recorded')],
    [160, surely],
    [940, surely],
    [1060, possibly('recorded')],
    [1061, nothing],
  ])('is bounded by the close, not by a straggler behind it: %i s', async (seconds, expected) => {
    const straggling = connection({ ...whole, firstSeen: T + 50, lastSeen: T + 1500 });
    expect(brief(await at(straggling, seconds))).toEqual(expected);
  });

  it.each([
    // One side's FIN at 560 closes nothing: the records go on to 1060, and no close would have been stamped after 1000.
    [700, surely],
    [1030, possibly('recorded')],
    [1061, possibly('silent')],
  ])('lets a half-closed one be open after its first close: %i s', async (seconds, expected) => {
    const half = connection({ ...open, state: 'half-closed', closedAfter: T + 500, closedAt: T + 560 });
    expect(brief(await at(half, seconds))).toEqual(expected);
  });

  it('names the oldest first by their openings, not by records before them', async () => {
    const older = connection({ ...whole, uid: 'Colder', firstSeen: T + 110, openedAt: T + 120 });
    const younger = connection({ ...whole, uid: 'Cnewer', firstSeen: T + 100, openedAt: T + 150 });
    const { connections } = await connectionsAt([younger, older], T + 500);
    expect(connections.map(({ connection: { uid } }) => uid)).toEqual(['Colder', 'Cnewer']);
  });

  it('tells the age by the opening, or by the first record where it was not seen', () => {
    // Surely opened by 1020, and at 1010 - 60 at the earliest.
    expect(progressAt(withEveryTime(), 1200).age).toEqual({ least: 180, most: 250 });
    const unseen = withEveryTime({ openedAt: null, openedBy: null });
    expect(progressAt(unseen, 1400).age).toEqual({ least: 10, most: null });
  });

  it('takes the idle limit that the run was given', async () => {
    const [then] = await connectionsAt([open], [T + 1361], { idleSeconds: 300 });
    expect(then?.possibly).toBe(0);
  });

  it('cannot be sure by silence about a close where flags, a side or records are missing', async () => {
    const records = [
      { start: T + 100, end: T + 160 },
      { start: T + 1000, end: T + 1060 },
    ].map((times) => ({
      ...times,
      initiator: null,
      responder: null,
    }));
    for (const doubt of [{ oneSided: true }, { hasGap: true }, { initiator: { flags: null } }]) {
      // The last record begins at 1000: something was sent at 940 or later.
      const doubtful = connection({ ...open, windowDetails: records, ...doubt });
      expect(brief(await at(doubtful, 940))).toEqual(surely);
      expect(brief(await at(doubtful, 941))).toEqual(possibly('recorded'));
    }
  });

  it('knows of a connection without an opening that it was there after its first interval', async () => {
    // durationMin = 780 = (T+1000 - 60) - (T+160), the end of its first record.
    const known = connection({ ...midstream, durationMin: 780 });
    expect(brief(await at(known, 160))).toEqual(surely);
    expect(brief(await at(known, 159))).toEqual(possibly('recorded'));
    expect(brief(await at(known, 39))).toEqual(possibly('unseen'));
  });

  it('counts attempts apart: they were under way, never open', async () => {
    for (const about of [{ state: 'attempted' }, { state: 'flagless', verdict: 'rejected' }] as const) {
      const attempt = connection({ ...whole, ...about });
      expect(brief(await at(attempt, 500))).toEqual({ ...nothing, attempts: 1 });
      expect(brief(await at(attempt, 1061))).toEqual(nothing);
    }
  });

  it('tells attempts apart by what they came to', async () => {
    const late = { state: 'midstream', verdict: 'late', openedAt: null, openedBy: null } as const;
    const abouts = [{ state: 'attempted' }, { state: 'abandoned' }, { state: 'refused' }, late] as const;
    const sweep = new MomentSweep([T + 500, T + 2000]);
    for (const about of abouts) sweep.add(connection({ ...whole, ...about }));
    const [then, after] = sweep.snapshots();
    expect(then?.attemptsBy).toMatchObject({ unanswered: 2, refused: 1, blocked: 0, late: 1 });
    expect([then?.attempts, after?.attempts]).toEqual([4, 0]);
  });

  it('counts connections without times apart', async () => {
    const timeless = connection({ firstSeen: null, lastSeen: null });
    expect(brief(await at(timeless, 0))).toEqual({ ...nothing, timeless: 1 });
    let all = 0;
    for await (const _ of reconstruct('samples/transit-gateway.log')) all++;
    const then = await connectionsAt(reconstruct('samples/transit-gateway.log'), 1566848900);
    expect(brief(then)).toEqual({ ...nothing, timeless: all });
  });

  it('tells state, age and bytes by then, as bounds', async () => {
    // Two seconds after the first interval of AWS's example (…875 to …933), 60 s of slack: the second has begun.
    const then = await connectionsAt(
      reconstruct('samples/tcp-flag-sequence.log', { windows: true }),
      1566848935,
    );
    const told = then.connections.find(({ connection: { initiator } }) => initiator.port === 43418);
    expect(told).toMatchObject({
      stateThen: 'established',
      age: { least: 2, most: 120 },
      initiatorBytes: { least: 100701, most: 100701 + 23294588 },
      responderBytes: { least: 632, most: 632 + 63388 },
    });
  });

  it('gives each moment once, in the order of time, and shares what did not change', async () => {
    const moments = await connectionsAt([whole, open], [T + 500, T + 200, T + 500]);
    expect(moments.map(({ time }) => time)).toEqual([T + 200, T + 500]);
    expect(moments.map((moment) => moment.surely)).toEqual([2, 2]);
  });

  it('refuses what is no time', () => {
    expect(() => new MomentSweep([Number.NaN])).toThrow(OptionError);
  });
});

const any = fc.tuple(
  anyScenario(),
  anySeed(),
  fc.array(fc.integer({ min: -4000, max: 9000 }), { maxLength: 20 }),
);

/** The 5-tuple, whoever opened, and the interface. */
const keyOf = (connection: Connection): string => {
  const { protocol, initiator, responder } = connection;
  const ends = [initiator, responder].map(({ address, port }) => `${address} ${port}`).sort();
  return [protocol, ...ends, vantageOf(connection)].join(' ');
};

const rebuild = async (scenario: Parameters<typeof simulate>[0], seed: number) => {
  const simulation = simulate(scenario, seed);
  const text = [`${simulation.lines.join('\n')}\n`];
  const options = { fields: simulation.fields.join(' '), windows: true };
  return { simulation, connections: (await rebuildText(text, options)).connections };
};

describe('on any network', () => {
  it('what is open at a moment is what a plain filter of the bounds keeps', async () => {
    await fc.assert(
      fc.asyncProperty(any, async ([scenario, seed, offsets]) => {
        const { connections } = await rebuild(scenario, seed);
        const times = offsets.map((offset) => scenario.began + offset);
        for (const moment of await connectionsAt(connections, times)) {
          const open = (how: string) =>
            connections.filter((each) => {
              const life = lifeOf(each);
              return life !== null && opennessAt(life, moment.time) === how;
            });
          expect(moment.surely).toBe(open('surely').length);
          // Those of one 5-tuple at one interface count once.
          const keys = new Set([...open('surely'), ...open('possibly')].map(keyOf));
          expect(moment.surely + moment.possibly).toBe(keys.size);
          expect(new Set(moment.connections.map((row) => row.connection))).toEqual(
            new Set([...open('surely'), ...open('possibly')]),
          );
          for (const { age, initiatorBytes, responderBytes, connection: held } of moment.connections) {
            for (const { least, most } of [age, initiatorBytes, responderBytes])
              if (least !== null && most !== null) expect(least).toBeLessThanOrEqual(most);
            expect(initiatorBytes.most ?? 0).toBeLessThanOrEqual(held.vantages[0]?.initiatorBytes ?? 0);
          }
        }
      }),
      runs(40),
    );
  }, 60_000);

  it('counting over time counts what each moment alone has open', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario(),
        anySeed(),
        fc.integer({ min: 30, max: 900 }),
        async (scenario, seed, step) => {
          const { connections } = await rebuild(scenario, seed);
          const counts = await countOpen(connections, { everySeconds: step });
          const moments = await connectionsAt(
            connections,
            counts.map(({ time }) => time),
          );
          expect(counts).toEqual(
            moments.map(({ time, surely: sure, possibly: perhaps, attempts }) => ({
              time,
              surely: sure,
              possibly: perhaps,
              attempts,
            })),
          );
        },
      ),
      runs(40),
    );
  }, 60_000);

  it('what was surely open was open: the truth lies around every sure moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyScenario({ mostTalks: 1, logging: FAITHFUL }),
        anySeed(),
        async (scenario, seed) => {
          const { simulation, connections } = await rebuild(scenario, seed);
          fc.pre(simulation.truth.length === 1 && connections.length === 1);
          const [truth] = simulation.truth;
          const life = lifeOf(connections[0] as Connection);
          fc.pre(
            truth !== undefined &&
              truth.openedAt !== null &&
              life !== null &&
              life.surelyFrom <= life.surelyTo,
          );
          expect(truth?.openedAt).toBeLessThanOrEqual(life?.surelyFrom as number);
          expect(truth?.closedAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(
            life?.surelyTo as number,
          );
        },
      ),
      runs(60),
    );
  }, 60_000);
});

describe('countOpen', () => {
  it('begins at the first full step within the records and ends with the last', async () => {
    const counts = await countOpen([whole], { everySeconds: 600 });
    // T is 1_700_000_000 = 600 × 2833333 + 200: full steps lie 400 and 1000 s later.
    expect(counts).toEqual([
      { time: T + 400, surely: 1, possibly: 0, attempts: 0 },
      { time: T + 1000, surely: 0, possibly: 1, attempts: 0 },
    ]);
  });

  it('ends with the last record, behind the close too', async () => {
    const straggling = connection({ ...whole, lastSeen: T + 1600 });
    const counts = await countOpen([straggling], { everySeconds: 600 });
    expect(counts.map(({ time, surely, possibly }) => [time - T, surely, possibly])).toEqual([
      [400, 1, 0],
      [1000, 0, 1],
      [1600, 0, 0],
    ]);
  });

  it('begins where it is told', async () => {
    const counts = await countOpen([whole], { everySeconds: 600, from: T - 100, to: T + 1200 });
    expect(counts.map(({ time }) => time - T)).toEqual([-100, 500, 1100]);
    expect(counts.map((count) => count.surely)).toEqual([0, 1, 0]);
  });

  it('refuses to count a damaged span second by second', async () => {
    const broken = connection({ ...whole, firstSeen: 0 });
    await expect(countOpen([broken], { everySeconds: 1 })).rejects.toThrow(/at most 100000/);
  });

  it('refuses a step that is no time, and an end before the beginning', async () => {
    await expect(countOpen([], { everySeconds: 0 })).rejects.toThrow(OptionError);
    await expect(countOpen([], { everySeconds: 1, from: 2, to: 1 })).rejects.toThrow(OptionError);
  });
});
