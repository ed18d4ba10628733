/**
 * Law 6: a stream gives what the batch gives, and one that is resumed from a snapshot gives what one gives that never
 * stopped. A stream knows only what it has learned so far; what it knows is made the same here by letting it begin with
 * what another stream has learned from all of it.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import { OptionError } from '../../src/model/errors.ts';
import type { Columns } from '../../src/model/fields.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { isRejection, parseLine, printLine } from '../../src/record/parse-line.ts';
import {
  ConnectionTracker,
  type TrackerOptions,
  type TrackerSnapshot,
} from '../../src/stream/connection-tracker.ts';
import { anyScenario } from '../arbitraries/any-scenario.ts';
import { simulate } from '../network/simulate.ts';
import { rebuildText } from './rebuild-text.ts';
import { runs } from './runs.ts';

interface Log {
  readonly columns: Columns;
  readonly text: string;
  /** As they would come: by their ends. */
  readonly records: readonly FlowRecord[];
}

/** A second flow log in more of them than a network has elsewhere. */
const anyLog: Arbitrary<Log> = fc
  .tuple(fc.oneof(anyScenario(), anyScenario({ logging: { second: true, interval: 60 } })), fc.nat(0xffff))
  .map(([scenario, seed]) => simulate(scenario, seed))
  .map(({ lines, fields }) => {
    const header = fields.join(' ');
    const columns = parseColumns(header);
    const records = lines
      .filter((line) => line !== header)
      .map((line, i) => parseLine(line, columns, { source: 'log', lineNumber: i + 1 }))
      .filter((read): read is FlowRecord => !isRejection(read));
    return {
      columns,
      text: `${header}\n${lines.filter((line) => line !== header).join('\n')}\n`,
      records: records.toSorted((a, b) => (a.end ?? 0) - (b.end ?? 0)),
    };
  });

/** Sizes of what is pushed between two looks at what is finished, and whether the tracker stops there. */
const anyPace = fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), stops: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});
type Pace = typeof anyPace extends Arbitrary<infer Value> ? Value : never;

const asLines = (connections: readonly Connection[]): string[] =>
  connections.map((connection) => JSON.stringify(connection)).toSorted();

/** All that a tracker holds. */
const asJson = (tracker: ConnectionTracker): unknown => JSON.parse(JSON.stringify(tracker.snapshot()));

interface Streamed {
  readonly connections: readonly Connection[];
  readonly early: number;
  readonly tracker: ConnectionTracker;
}

/** All records at a pace that repeats. @param resumes stop and go on from the snapshot's JSON where the pace says so */
const stream = ({ records }: Log, pace: Pace, options: TrackerOptions, resumes: boolean): Streamed => {
  let tracker = new ConnectionTracker(options);
  const connections: Connection[] = [];
  for (let at = 0, step = 0; at < records.length; step++) {
    const { size, stops } = pace[step % pace.length] as Pace[number];
    tracker.push(records.slice(at, at + size));
    at += size;
    connections.push(...tracker.drain());
    if (stops && resumes)
      tracker = ConnectionTracker.resume(JSON.parse(JSON.stringify(tracker.snapshot())), options);
  }
  const early = connections.length;
  connections.push(...tracker.finish());
  return { connections, early, tracker };
};

/** What all of the log teaches: of both ways, when its connections are done. */
const learnFrom = ({ records }: Log): TrackerSnapshot => {
  const tracker = new ConnectionTracker();
  tracker.push(records);
  tracker.finish();
  return tracker.snapshot();
};

const anyOptions = fc.record({
  idleSeconds: fc.constantFrom(180, 600, 3600, 432_000),
  observedOnly: fc.boolean(),
  scope: fc.constantFrom('auto', 'vpc', 'account', 'interface', 'all'),
});

describe('law 6', () => {
  it('a stream that knows what the batch learns gives what the batch gives', async () => {
    let early = 0;
    await fc.assert(
      fc.asyncProperty(anyLog, anyPace, anyOptions, async (log, pace, options) => {
        const batch = await rebuildText([log.text], options);
        const streamed = stream(log, pace, { ...options, learnedFrom: learnFrom(log) }, true);
        expect(asLines(streamed.connections)).toEqual(asLines(batch.connections));
        expect(streamed.tracker.report).toMatchObject({ held: 0, late: 0 });
        early += streamed.early;
      }),
      runs(150),
    );
    // Not everything waited for the end.
    expect(early).toBeGreaterThan(0);
  });

  const WEEK = 604_800;

  it('both count the peers of an end that answers on the key itself, to a thousand', async () => {
    // 50000 and 50001 have answered each other; a week later nothing tells who opened but whom either talks to.
    const talk = (week: number, ports: string, flags: number, back: number): string[] => {
      const times = `${1_760_000_000 + week * WEEK} ${1_760_000_059 + week * WEEK}`;
      const turned = ports.split(' ').reverse().join(' ');
      return [
        `eni-1 10.0.0.9 10.0.0.5 ${ports} 6 5 4000 ${times} ACCEPT ${flags}`,
        `eni-1 10.0.0.5 10.0.0.9 ${turned} 6 5 4000 ${times} ACCEPT ${back}`,
      ];
    };
    const ten = [
      ...talk(0, '50001 50000', 2, 18),
      ...talk(1, '50001 50000', 18, 2),
      ...talk(2, '50001 50000', 0, 0),
      ...talk(2, '50002 50000', 0, 0),
      ...talk(2, '50003 50000', 0, 0),
    ];
    const many = (count: number, ports: (port: number) => string): string[] =>
      Array.from({ length: count }, (_, i) => talk(2, ports(10_000 + i), 0, 0)).flat();
    const crowd = [...ten, ...many(1500, (port) => `${port} 50000`)];
    const names =
      'interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action tcp-flags';
    const columns = parseColumns(names);
    for (const [lines, initiatorBasis, initiatorConfidence] of [
      [ten, 'service', 0.98],
      [crowd, 'service', 0.98],
      // Of two that meet several others either may have dialled.
      [[...crowd, ...many(1, (port) => `50001 ${port}`)], 'none', 0.5],
    ] as const) {
      const records = lines
        .map((line, i) => parseLine(line, columns, { source: 'log', lineNumber: i + 1 }))
        .filter((read): read is FlowRecord => !isRejection(read));
      const log = { columns, text: `${names}\n${lines.join('\n')}\n`, records };
      const { connections } = await rebuildText([log.text]);
      const asked = connections.filter(
        ({ firstSeen, initiator, responder }) =>
          firstSeen === 1_760_000_000 + 2 * WEEK &&
          `${[initiator.port, responder.port].sort()}` === '50000,50001',
      );
      expect(asked).toMatchObject([{ initiatorBasis, initiatorConfidence }]);
      const streamed = stream(log, [{ size: 7, stops: true }], { learnedFrom: learnFrom(log) }, false);
      expect(asLines(streamed.connections)).toEqual(asLines(connections));
    }
  });

  it('a stream that is resumed gives what one gives that never stopped', () => {
    fc.assert(
      fc.property(anyLog, anyPace, anyOptions, (log, pace, options) => {
        const straight = stream(log, pace, options, false);
        const resumed = stream(log, pace, options, true);
        expect(asLines(resumed.connections)).toEqual(asLines(straight.connections));
        expect(resumed.tracker.report).toEqual(straight.tracker.report);
        expect(asJson(resumed.tracker)).toEqual(asJson(straight.tracker));
      }),
      runs(150),
    );
  });

  it('a record of any time that its log cannot have makes no other late and ends nothing early, wherever it comes', async () => {
    let judged = 0;
    const anyPlace = fc.record({
      at: fc.nat(),
      of: fc.nat(),
      far: fc.nat({ max: 2 ** 32 - 1 }),
      before: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(anyLog, anyPace, anyOptions, anyPlace, async (log, pace, options, place) => {
        const times = log.records
          .flatMap(({ start, end }) => [start ?? null, end ?? null])
          .filter((time) => time !== null);
        const likes = log.records.filter(({ srcPort, dstPort }) => srcPort != null && dstPort != null);
        const like = likes[place.of % likes.length];
        if (like === undefined || times.length < 4) return;
        // Further ahead than the watermark may be moved by one record, or so far back that the beginning is not moved by it.
        const [first, last] = [Math.min(...times), Math.max(...times)];
        const ahead = last + 901 + (place.far % (2 ** 32 - last - 901));
        const time = place.before ? place.far % (first - 100_000) : ahead;
        // Ports that nobody has: a key of its own.
        const stray = { ...like, srcPort: 1, dstPort: 2, start: time, end: time };
        const at = place.at % (log.records.length + 1);
        const records = log.records.toSpliced(at, 0, stray);
        const lines = [log.columns.names.join(' '), ...records.map((each) => printLine(each, log.columns))];
        const hurt = { ...log, records, text: `${lines.join('\n')}\n` };
        const batch = await rebuildText([hurt.text], options);
        const streamed = stream(hurt, pace, { ...options, learnedFrom: learnFrom(hurt) }, true);
        expect(asLines(streamed.connections)).toEqual(asLines(batch.connections));
        // Of two records that begin a stream nobody knows which is wrong.
        expect(streamed.tracker.report.late).toBeLessThanOrEqual(place.before ? 1 : 0);
        if (!place.before && records.length > at + 1) {
          judged++;
          expect(streamed.tracker.report.watermark).toBeLessThanOrEqual(last);
        }
      }),
      runs(100),
    );
    expect(judged).toBeGreaterThan(runs(100).numRuns / 10);
  });
});

describe('a snapshot that is damaged', () => {
  type Path = readonly (string | number)[];
  type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

  const pathsIn = (json: Json, path: Path = []): Path[] => {
    const below = json === null || typeof json !== 'object' ? [] : Object.entries(json);
    return [
      path,
      ...below.flatMap(([name, value]) =>
        pathsIn(value, [...path, Array.isArray(json) ? Number(name) : name]),
      ),
    ];
  };

  /** With something else in a place, or nothing. */
  const damage = (json: Json, [head, ...rest]: Path, by: Json | undefined): Json | undefined => {
    if (head === undefined) return by;
    const inner = damage((json as Record<string, Json>)[head] as Json, rest, by);
    if (Array.isArray(json))
      return json.toSpliced(head as number, 1, ...(inner === undefined ? [] : [inner]));
    const { [head]: _, ...others } = json as Record<string, Json>;
    return inner === undefined ? others : { ...others, [head]: inner };
  };

  const anyValue = fc.oneof(
    fc.constant(undefined),
    fc.constantFrom<Json[]>(
      null,
      -1,
      0,
      1.5,
      2 ** 53,
      '',
      'x',
      '-',
      true,
      [],
      {},
      [[]],
      [null, null],
      'version\n2',
      'a\nb\nc',
    ),
    fc.jsonValue() as Arbitrary<Json>,
  );

  it('is refused by the name of what is damaged, or is that of a tracker that works', () => {
    const seen = { refused: 0, taken: 0 };
    fc.assert(
      fc.property(anyLog, fc.nat(), fc.nat(), anyValue, ({ records }, pushed, place, by) => {
        const tracker = new ConnectionTracker();
        tracker.push(records.slice(0, pushed % 12));
        const whole = JSON.parse(JSON.stringify(tracker.snapshot())) as Json;
        const paths = pathsIn(whole);
        const path = paths[place % paths.length] as Path;
        const damaged = damage(whole, path, by);
        let resumed: ConnectionTracker;
        try {
          resumed = ConnectionTracker.resume(damaged as never);
        } catch (error) {
          seen.refused++;
          expect(error).toBeInstanceOf(OptionError);
          const { code, message } = error as OptionError;
          expect(code).toBe('option-invalid');
          // What another part contradicts may be named by that part, in the same branch.
          if (path.length > 0 && path[0] !== 'conntrail' && path[0] !== 'version')
            expect(message).toContain(`damaged: ${path[0]}`);
          else expect(message).toMatch(/^This is no snapshot of a tracker|^The snapshot is damaged: /);
          return;
        }
        seen.taken++;
        resumed.push(records);
        resumed.drain();
        expect(JSON.parse(JSON.stringify(ConnectionTracker.resume(resumed.snapshot()).snapshot()))).toEqual(
          asJson(resumed),
        );
        resumed.finish();
        expect(resumed.report.held).toBe(0);
      }),
      runs(400),
    );
    expect(Math.min(seen.refused, seen.taken)).toBeGreaterThan(runs(400).numRuns / 40);
  });
});
