/** Timelines: the trace against its format, sums on any network, hostile text, memory's limit, and small drawings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { group } from 'd3-array';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyScenario, anySeed } from '../../property-tests/arbitraries/any-scenario.ts';
import { UNSEEN_IN_LINES } from '../../property-tests/fuzz/visible-text.ts';
import { rebuildText } from '../../property-tests/laws/rebuild-text.ts';
import { runs } from '../../property-tests/laws/runs.ts';
import { simulate } from '../../property-tests/network/simulate.ts';
import { plain } from '../../src/cli/colours.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import { timelineLines } from '../../src/cli/timeline-text.ts';
import { toWindowCsv, WINDOW_COLUMNS } from '../../src/export/window-rows.ts';
import type { Connection } from '../../src/model/connection.ts';
import { OptionError } from '../../src/model/errors.ts';
import { reconstruct } from '../../src/reconstruct.ts';
import { drawLanes, renderTimelineSvg } from '../../src/timeline/draw-svg.ts';
import { LaneKeeper, lanesOf } from '../../src/timeline/lanes.ts';
import { pageOfLanes, renderTimelinePage } from '../../src/timeline/render-page.ts';
import { type TraceEvent, toTraceEvents } from '../../src/timeline/trace-events.ts';
import { connection, vantage, withEveryTime } from '../export/connection.ts';

const SAMPLE = 'samples/tcp-flag-sequence.log';
const sample = () => reconstruct(SAMPLE, { windows: true });
const GOLDEN = join(import.meta.dirname, 'golden');
const golden = (name: string): string => readFileSync(join(GOLDEN, name), 'utf8');

const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

interface TraceFile {
  readonly traceEvents: readonly TraceEvent[];
  readonly otherData: Readonly<Record<string, string>>;
}

const traceOf = async (...given: Parameters<typeof toTraceEvents>): Promise<TraceFile> =>
  JSON.parse(await textOf(toTraceEvents(...given))) as TraceFile;

const rebuild = async (scenario: Parameters<typeof simulate>[0], seed: number) => {
  const { lines, fields } = simulate(scenario, seed);
  return (await rebuildText([`${lines.join('\n')}\n`], { fields: fields.join(' '), windows: true }))
    .connections;
};

/** What the Trace Event Format asks of each phase that is used; a sentence for what it does not allow. */
const faultOf = (event: Record<string, unknown>): string | null => {
  const { ph, name, pid, tid, ts, dur, s, args } = event;
  const isWhole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof name !== 'string' || name === '') return 'an event has a name';
  if (!isWhole(pid) || !isWhole(tid)) return 'pid and tid are whole numbers';
  if (typeof args !== 'object' || args === null) return 'args is an object';
  if (ph === 'M')
    return typeof (args as { name?: unknown }).name === 'string' ? null : 'a name has args.name';
  // Microseconds of this century, before 2106: nobody took seconds or milliseconds for them.
  if (!isWhole(ts) || (ts as number) < 1e15 || (ts as number) > 4.3e15)
    return `ts ${ts} is not in microseconds`;
  if (ph === 'X') return isWhole(dur) ? null : 'a complete event has a duration';
  if (ph === 'i') return ['t', 'p', 'g'].includes(s as string) ? null : 'an instant has a scope';
  if (ph === 'C')
    return Object.values(args).every((value) => Number.isFinite(value)) ? null : 'a counter counts';
  return `phase ${ph} is not used here`;
};

describe('a trace file', () => {
  it('keeps to the Trace Event Format on any network, and no slices of one thread overlap in part', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), anySeed(), async (scenario, seed) => {
        const { traceEvents } = await traceOf(await rebuild(scenario, seed));
        expect(traceEvents.map((event) => faultOf(event as never)).filter((fault) => fault !== null)).toEqual(
          [],
        );
        const byThread = group(
          traceEvents.filter((event) => event.ph === 'X'),
          ({ pid, tid }) => `${pid} ${tid}`,
        );
        for (const slices of byThread.values()) {
          for (const [i, a] of slices.entries()) {
            for (const b of slices.slice(i + 1)) {
              const [first, second] = a.ts <= b.ts ? [a, b] : [b, a];
              const isApart = second.ts >= first.ts + first.dur;
              const isInside = second.ts + second.dur <= first.ts + first.dur;
              expect(isApart || isInside || first.ts === second.ts).toBe(true);
            }
          }
        }
      }),
      runs(30),
    );
  }, 60_000);

  it("tells AWS's example: two slices, their windows, handshakes, one close, bytes per second", async () => {
    const { traceEvents } = await traceOf(sample());
    const seen = (ph: string) => traceEvents.filter((event) => event.ph === ph).map(({ name }) => name);
    expect(seen('M')).toHaveLength(3);
    expect(seen('X').filter((name) => name.includes('10.0.0.62:5001'))).toHaveLength(2);
    expect(seen('i')).toEqual(['handshake', 'handshake', 'FIN']);
    // Both first windows last 58 s: (568 + 100701) / 58 = 1746.0…, (376 + 632) / 58 = 17.4; the third
    // 180 s: 23294588 / 180 = 129414.4, 63388 / 180 = 352.2; then nothing.
    expect(traceEvents.filter(({ ph }) => ph === 'C').map(({ args }) => args)).toEqual([
      { initiators: 1746, responders: 17 },
      { initiators: 129414, responders: 352 },
      { initiators: 0, responders: 0 },
    ]);
  });

  it('says what it left out', async () => {
    const { otherData } = await traceOf(sample(), { top: 1 });
    expect(otherData['left_out']).toBe('1 of 2 connections: the longest are shown, 1 is left out.');
  });
});

describe('rows of windows', () => {
  it("add up to their connection's bytes and packets on any network", async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario(), anySeed(), async (scenario, seed) => {
        const connections = await rebuild(scenario, seed);
        const [header, ...rows] = (await textOf(toWindowCsv(connections))).trimEnd().split('\r\n');
        const names = (header as string).split(',');
        const cell = (row: string, name: string): string => row.split(',')[names.indexOf(name)] as string;
        const byUid = group(rows, (row) => cell(row, 'uid'));
        expect(byUid.size).toBe(connections.length);
        for (const { uid, windows, vantages } of connections) {
          const own = byUid.get(uid) ?? [];
          expect(own).toHaveLength(windows);
          const sum = (name: string): number =>
            own.reduce((total, row) => total + Number(cell(row, name)), 0);
          // Formats without counts have empty cells, and null here.
          expect(sum('initiator_bytes')).toBe(vantages[0]?.initiatorBytes ?? 0);
          expect(sum('initiator_packets')).toBe(vantages[0]?.initiatorPackets ?? 0);
          expect(sum('responder_bytes')).toBe(vantages[0]?.responderBytes ?? 0);
          expect(sum('responder_packets')).toBe(vantages[0]?.responderPackets ?? 0);
        }
      }),
      runs(40),
    );
  }, 60_000);

  it('are one a connection where it was rebuilt without windows', async () => {
    const text = await textOf(toWindowCsv([connection()]));
    expect(text.trimEnd().split('\r\n')).toHaveLength(2);
    expect(text.split('\r\n')[1]?.split(',')).toHaveLength(WINDOW_COLUMNS.length);
  });

  it('name the opening and the close, not the first record and the last', async () => {
    const [header, row] = (await textOf(toWindowCsv([withEveryTime()])))
      .split('\r\n')
      .map((line) => line.split(','));
    const cell = (name: string): string | undefined => row?.[header?.indexOf(name) ?? -1];
    expect([cell('opened_at'), cell('closed_at')]).toEqual(['1010', '1350']);
  });
});

describe('the marks of a picture', () => {
  it('stand at the opening and the close, not at the first record and the last', async () => {
    const ends = withEveryTime({ uid: 'Cends', openedAt: 1000, closedAt: 1390 });
    const svg = await renderTimelineSvg([ends, withEveryTime()]);
    const lanes = svg
      .split('<g class="lane')
      .slice(1)
      .map((lane) => lane.slice(0, lane.indexOf('</g>')));
    const marks = lanes.map((lane) =>
      [...lane.matchAll(/class="mark" d="M([\d.]+) /g)].map(([, x]) => Number(x)),
    );
    const [[from = 0, to = 0] = [], [opened, closed] = []] = marks.toSorted(
      (a, b) => (a[0] ?? 0) - (b[0] ?? 0),
    );
    // One lane shows where 1000 and 1390 lie; 1010 and 1350 are 10 and 350 of these 390 seconds.
    expect(opened).toBeCloseTo(from + ((to - from) * 10) / 390, 0);
    expect(closed).toBeCloseTo(from + ((to - from) * 350) / 390, 0);
    expect(to - from).toBeGreaterThan(100);
  });
});

describe('the instants of a trace', () => {
  it('are those of the opening and the close with their bounds, whatever was recorded around them', async () => {
    const { traceEvents } = await traceOf([withEveryTime()]);
    const timesOf = (wanted: string) =>
      traceEvents.flatMap((event) => {
        const { cat, ts, dur, args } = event as { cat?: string; ts?: number; dur?: number; args: object };
        return cat?.split(',')[0] === wanted ? [{ ts, dur, args }] : [];
      });
    // Microseconds; a packet was on the wire up to 60 s before its stamp: 1010 - 60, 1300 - 60.
    expect(timesOf('opening')).toEqual([
      { ts: 1_010_000_000, dur: undefined, args: { earliest: 950, latest: 1020 } },
    ]);
    expect(timesOf('close')).toEqual([
      { ts: 1_350_000_000, dur: undefined, args: { earliest: 1240, latest: 1350 } },
    ]);
    // The slice holds all records: 1000 to 1390.
    expect(timesOf('connection')).toMatchObject([{ ts: 1_000_000_000, dur: 390_000_000 }]);
  });
});

describe('lanes', () => {
  const lasting = (uid: string, seconds: number): Connection =>
    connection({ uid, firstSeen: 1000, lastSeen: 1000 + seconds, openedAt: null, closedAt: null });

  it('are those of the longest, in whatever order they come, and count the others', () => {
    const all = Array.from({ length: 500 }, (_, i) => lasting(`C${i}`, (i * 37) % 500));
    for (const order of [all, [...all].reverse()]) {
      const keeper = new LaneKeeper(3);
      for (const each of order) keeper.add(each);
      const { lanes, leftOut } = keeper.lanes();
      // (i × 37) mod 500 is 497, 498 and 499 once each.
      expect(lanes.map(({ from, to }) => to - from).sort()).toEqual([497, 498, 499]);
      expect(leftOut).toBe(497);
    }
  });

  it('have no place for connections without times, and say so', async () => {
    const lanes = await lanesOf(reconstruct('samples/transit-gateway.log'), 9);
    expect([lanes.lanes.length, lanes.span]).toEqual([0, null]);
    expect(lanes.timeless).toBeGreaterThan(0);
    expect([...timelineLines(lanes, { width: 80, paint: plain })].join(' ')).toContain('no times');
  });

  it('refuse a limit that is none', () => {
    expect(() => new LaneKeeper(0)).toThrow(OptionError);
  });

  it('refuse more than there is room for, before a connection is taken', async () => {
    const never = (): Iterable<Connection> => ({
      [Symbol.iterator]: () => expect.unreachable('a connection was taken'),
    });
    await expect(textOf(toTraceEvents(never(), { top: 250_001 }))).rejects.toThrow(
      /top is 250001; expected at most 250000: .* take CSV/,
    );
    for (const draw of [renderTimelineSvg, renderTimelinePage])
      await expect(draw(never(), { top: 100_001 })).rejects.toThrow(
        /top is 100001; expected at most 100000: .*two million pixels tall.*trace/,
      );
  });

  it('are drawn piece by piece: no piece grows with their number', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => lasting(`C${i}`, i));
    const lanes = await lanesOf(many, 2000);
    for (const pieces of [[...drawLanes(lanes, {}, false)], [...pageOfLanes(lanes, {})]]) {
      expect(pieces.length).toBeGreaterThan(2000);
      for (const piece of pieces) expect(piece.length).toBeLessThan(8000);
    }
    expect([...drawLanes(lanes, {}, false)].join('')).toBe(await renderTimelineSvg(many, { top: 2000 }));
  });

  it('have a row for each window, in pieces, however many windows one connection has', async () => {
    const windowDetails = Array.from({ length: 5000 }, (_, i) => ({
      start: 1000 + 60 * i,
      end: 1059 + 60 * i,
      initiator: { packets: 1, bytes: 40, flags: 16, action: 'accept' as const },
      responder: null,
    }));
    const pieces: string[] = [];
    for await (const piece of toWindowCsv([connection({ windowDetails })])) pieces.push(piece);
    expect(pieces.join('').trimEnd().split('\r\n')).toHaveLength(5001);
    for (const piece of pieces) expect(piece.length).toBeLessThan(66_000);
  });

  it('are ordered and told apart even when a damaged record ends before it begins', async () => {
    const broken = connection({ firstSeen: 2000, lastSeen: 1000, openedAt: null, closedAt: null });
    const { lanes } = await lanesOf([broken], 9);
    expect(lanes[0]).toMatchObject({ from: 2000, to: 2000 });
    expect(await renderTimelineSvg([broken])).not.toMatch(/NaN|Infinity/);
  });
});

const hostile = '<script>alert(1)</script>"\'&\u001b[31m\u202e\u3164\u{e0041}=cmd\uffff';

const attack = (): Connection =>
  connection({
    uid: '=1+1',
    protocol: hostile,
    state: null,
    path: hostile,
    initiator: { address: hostile },
    responder: { address: `=HYPERLINK("${hostile}")` },
    vantages: [vantage({ interfaceId: hostile })],
    windowDetails: [
      {
        start: 1566848875,
        end: 1566848933,
        initiator: { packets: 1, bytes: 40, flags: 2, action: 'accept' },
        responder: null,
      },
    ],
  });

describe('hostile text', () => {
  it('stays text in a picture and in a page', async () => {
    for (const drawn of [
      await renderTimelineSvg([attack()], { title: hostile }),
      await renderTimelinePage([attack()], { title: hostile }),
    ]) {
      expect(drawn).not.toMatch(/<script/);
      expect(drawn).not.toMatch(UNSEEN_IN_LINES);
      expect(drawn).toContain('\\u{ffff}');
      expect(drawn).toContain('&lt;script&gt;');
    }
  });

  it('is no formula in rows of windows', async () => {
    const row = (await textOf(toWindowCsv([attack()]))).split('\r\n')[1] as string;
    expect(row.startsWith("'=1+1,")).toBe(true);
    expect(row).toContain('"\'=HYPERLINK(');
  });

  it('has its controls spelt out in a terminal and in a trace', async () => {
    const lines = [...timelineLines(await lanesOf([attack()], 9), { width: 80, paint: plain })].join('\n');
    for (const text of [lines, await textOf(toTraceEvents([attack()]))]) {
      expect(text).not.toMatch(/\\u001b|\\u202e/);
      expect(text).not.toMatch(UNSEEN_IN_LINES);
      expect(text).toContain('x1b');
    }
  });
});

describe('drawings', () => {
  /** Colours and fonts are another test's; what is drawn where is this one's. */
  const normalised = (svg: string): string =>
    svg
      .replace(/<style>[\s\S]*?<\/style>/, '<style/>')
      .replaceAll(/ (?:x|y|width|height|d|transform)="[^"]*"/g, (attribute) =>
        attribute.replaceAll(/(\d+)\.\d/g, '$1'),
      );

  it("are AWS's example as a picture: two lanes, ticks every 30 s, marks at the handshakes and the close", async () => {
    expect(normalised(await renderTimelineSvg(sample()))).toBe(golden('tcp-flag-sequence.svg'));
  });

  it.each([80, 140])("are AWS's example in a terminal of %i columns", async (width) => {
    const lines = [...timelineLines(await lanesOf(sample(), 9), { width, paint: plain })];
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
    expect(`${lines.join('\n')}\n`).toBe(golden(`tcp-flag-sequence-${width}.txt`));
  });

  it('do not grow with intervals too narrow to be told apart', async () => {
    // A day of 60 s intervals takes 1440 windows; five years of them would take 2.6 million.
    const windowDetails = Array.from({ length: 100_000 }, (_, i) => ({
      start: 1_600_000_000 + i * 60,
      end: 1_600_000_060 + i * 60,
      initiator: { packets: 1, bytes: 40, flags: 0, action: 'accept' as const },
      responder: null,
    }));
    const long = connection({
      firstSeen: 1_600_000_000,
      lastSeen: 1_606_000_000,
      openedAt: null,
      windowDetails,
    });
    const svg = await renderTimelineSvg([long]);
    expect(svg.length).toBeLessThan(300_000);
    expect(svg).toContain('too narrow to be told apart');
  });

  it('hold no script, no event, no address to ask and no style in an attribute', async () => {
    const page = await renderTimelinePage(sample());
    expect(page).not.toMatch(/<script|\son\w+=|\sstyle=|href=|url\(/i);
    expect(page).toContain("default-src 'none'; style-src 'sha256-");
  });
});
