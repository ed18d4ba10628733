/**
 * Law 6: a stream gives what the batch gives, and one that is resumed from a snapshot gives what one gives that never
 * stopped. A stream knows only what it has learned so far; what it knows is made the same here by letting it begin with
 * what another stream has learned from all of it.
 */
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/model/connection.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { parseColumns } from '../../src/record/columns.ts';
import { isRejection, parseLine } from '../../src/record/parse-line.ts';
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
  readonly text: string;
  /** As they would come: by their ends. */
  readonly records: readonly FlowRecord[];
}

const anyLog: Arbitrary<Log> = fc
  .tuple(anyScenario(), fc.nat(0xffff))
  .map(([scenario, seed]) => simulate(scenario, seed))
  .map(({ lines, fields }) => {
    const header = fields.join(' ');
    const columns = parseColumns(header);
    const records = lines
      .filter((line) => line !== header)
      .map((line, i) => parseLine(line, columns, { source: 'log', lineNumber: i + 1 }))
      .filter((read): read is FlowRecord => !isRejection(read));
    return {
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

/** What all of the log teaches. */
const learnFrom = ({ records }: Log): TrackerSnapshot => {
  const tracker = new ConnectionTracker();
  tracker.push(records);
  return tracker.snapshot();
};

const anyOptions = fc.record({
  idleSeconds: fc.constantFrom(180, 600, 3600),
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
});
