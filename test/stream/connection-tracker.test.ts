/** The engine for streams, by example; that it agrees with the batch is law 6 (property-tests/laws/streaming.test.ts). */
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../src/model/errors.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import {
  ConnectionTracker,
  type TrackerNotice,
  TrackerSnapshot,
} from '../../src/stream/connection-tracker.ts';

const T0 = 1_760_000_000;

interface Parts {
  readonly at?: number;
  readonly reply?: boolean;
  readonly flags?: number | null;
  readonly port?: number;
  readonly client?: string;
  readonly packets?: number;
  readonly bytes?: number;
  readonly protocol?: number;
}

/** A minute of one direction between a client and a server's port 8443, at a second after the beginning. */
const record = ({
  at = 0,
  reply = false,
  flags = 3,
  port = 40_000,
  client = '10.0.0.9',
  packets = 5,
  bytes = 400,
  protocol = 6,
}: Parts = {}): FlowRecord => {
  const [srcAddr, dstAddr] = reply ? ['10.0.0.5', client] : [client, '10.0.0.5'];
  const [srcPort, dstPort] = reply ? [8443, port] : [port, 8443];
  const times = { start: T0 + at, end: T0 + at + 59 };
  const counts = { packets, bytes, protocol, action: 'ACCEPT', tcpFlags: flags } as const;
  return { version: 3, interfaceId: 'eni-1', srcAddr, dstAddr, srcPort, dstPort, ...counts, ...times };
};

const talk = (parts: Parts = {}): FlowRecord[] => [
  record(parts),
  record({ ...parts, reply: true, flags: parts.flags === undefined ? 19 : parts.flags }),
];

/** A record of another client that moves the clock on. */
const clock = (at: number): FlowRecord => record({ at, client: '10.0.0.200', flags: 2 });
/** The same further than one record moves it, the newest last: three in a row are believed (docs/stream.md). */
const farClock = (at: number): FlowRecord[] => [clock(at - 2), clock(at - 1), clock(at)];

describe('what a tracker knows of answers', () => {
  /** Five bare packets of SYNs. */
  const attempt = record({ flags: 2, client: '10.0.0.77' });
  const verdictsOf = (tracker: ConnectionTracker): Record<string, string> =>
    Object.fromEntries(tracker.finish().map(({ initiator, verdict }) => [initiator.address, verdict]));

  it('is what finished connections have shown, those that finish together among them', () => {
    const tracker = new ConnectionTracker();
    tracker.push(attempt);
    expect(verdictsOf(tracker)).toEqual({ '10.0.0.77': 'accepted' });
    tracker.push([...talk(), attempt]);
    expect(verdictsOf(tracker)).toEqual({ '10.0.0.9': 'accepted', '10.0.0.77': 'unanswered' });
    tracker.push(attempt);
    expect(verdictsOf(tracker)).toEqual({ '10.0.0.77': 'unanswered' });
    const resumed = ConnectionTracker.resume(JSON.parse(JSON.stringify(tracker.snapshot())));
    resumed.push(attempt);
    expect(verdictsOf(resumed)).toEqual({ '10.0.0.77': 'unanswered' });
  });

  it('is unlearned where halves come to be seen, but not what another stream has taught', () => {
    const teacher = new ConnectionTracker();
    teacher.push(talk());
    teacher.finish();
    // 5 packets of 400 bytes are bare; 9 are more than an attempt.
    const half: FlowRecord = { ...record({ client: '10.0.0.78', flags: 0 }), packets: 9, bytes: 720 };
    const taught = new ConnectionTracker({ learnedFrom: teacher.snapshot() });
    for (const [tracker, verdict] of [
      [teacher, 'accepted'],
      [taught, 'unanswered'],
    ] as const) {
      tracker.push([half, attempt]);
      expect(verdictsOf(tracker)).toMatchObject({ '10.0.0.77': verdict });
    }
  });
});

describe('a tracker', () => {
  it('hands a closed connection out when it has been silent for two minutes before the watermark', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 300 });
    tracker.push(talk());
    // Its last end is second 59; 59 + 120 < newest - 300 needs a newest time above 479: an end of 480, a start of 421.
    tracker.push(clock(420));
    expect(tracker.drain()).toEqual([]);
    tracker.push(clock(421));
    expect(tracker.drain()).toMatchObject([
      { state: 'closed', initiator: { address: '10.0.0.9' }, records: 2 },
    ]);
    expect(tracker.drain()).toEqual([]);
    expect(tracker.finish()).toHaveLength(1);
    expect(tracker.report).toMatchObject({ records: 4, connections: 2, held: 0, late: 0 });
  });

  it('takes a record that comes late, counts it, and joins it to what it still holds', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 300 });
    tracker.push(record());
    tracker.push(clock(900));
    tracker.push(record({ reply: true, flags: 19 }));
    expect(tracker.report).toMatchObject({ records: 3, late: 1, ahead: 0, watermark: T0 + 959 - 300 });
    expect(tracker.finish().find(({ records }) => records === 2)).toMatchObject({
      initiatorBasis: 'handshake',
    });
  });

  it('infers openers with what it has learned so far, and a second one begins with that', () => {
    const bare = { flags: 0, client: '10.0.0.77', port: 8444 };
    const ignorant = new ConnectionTracker();
    ignorant.push(talk(bare));
    const [before] = ignorant.finish();
    const tracker = new ConnectionTracker();
    tracker.push(talk());
    const taught = new ConnectionTracker({ learnedFrom: tracker.snapshot() });
    taught.push(talk(bare));
    const [after] = taught.finish();
    // The server answered a handshake; ports alone, 8444 against 8443, tell nothing.
    expect(before?.initiatorBasis).not.toBe('service');
    expect(after).toMatchObject({ initiatorBasis: 'service', initiator: { address: '10.0.0.77' } });
  });

  it('goes on from a snapshot, which what comes later does not change', () => {
    const tracker = new ConnectionTracker();
    tracker.push(record());
    const snapshot = tracker.snapshot();
    const text = JSON.stringify(snapshot);
    tracker.push(record({ reply: true, flags: 19 }));
    expect(JSON.stringify(snapshot)).toBe(text);
    for (const from of [snapshot, JSON.parse(text) as ReturnType<TrackerSnapshot['toJSON']>]) {
      const resumed = ConnectionTracker.resume(from);
      resumed.push(record({ reply: true, flags: 19 }));
      expect(resumed.finish()).toEqual(ConnectionTracker.resume(tracker.snapshot()).finish());
    }
  });

  it('keeps records without times until the end', () => {
    const tracker = new ConnectionTracker();
    const { start: _start, end: _end, ...timeless } = record();
    tracker.push(timeless);
    tracker.push(farClock(100_000));
    expect(tracker.report.watermark).toBe(T0 + 100_059 - 900);
    expect(tracker.drain()).toEqual([]);
    expect(tracker.finish()).toHaveLength(2);
  });

  it('names interfaces whatever they are called', () => {
    const tracker = new ConnectionTracker();
    tracker.push({ ...record(), interfaceId: '__proto__' });
    const resumed = ConnectionTracker.resume(JSON.parse(JSON.stringify(tracker.snapshot())));
    expect(resumed.finish()).toMatchObject([{ vantages: [{ interfaceId: '__proto__' }] }]);
  });

  it('tells of records that it does not understand and goes on', () => {
    const refused: unknown[] = [];
    const tracker = new ConnectionTracker({
      onRejection: ({ source, field, reason, lineNumber }) =>
        refused.push([source, lineNumber, field, reason]),
    });
    const twice = { ...record(), interfaceId: 'eni-1\n2 eni-2' };
    tracker.push([{ ...record(), srcAddr: 'nowhere' }, record()]);
    tracker.push(twice);
    expect(refused).toEqual([
      ['stream', 1, 'srcaddr', 'bad-address'],
      ['stream', 3, 'interface-id', 'bad-text'],
    ]);
    expect(tracker.report).toMatchObject({ records: 1, rejected: 2, held: 1 });
  });

  it.each([[null], ['text'], [7], [[null]]])('says what is no record: %j', (stray) => {
    const tracker = new ConnectionTracker();
    expect(() => tracker.push(stray as unknown as FlowRecord)).toThrow(OptionError);
  });

  it('carries fields that nobody knows, however many', () => {
    const tracker = new ConnectionTracker();
    const extra = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`field-${i}`, 'x']));
    tracker.push({ ...record(), extra });
    expect(tracker.finish()).toHaveLength(1);
    expect(tracker.report).toMatchObject({ records: 1, rejected: 0 });
  });

  it('forgets the ports of clients with their connections, and keeps what serves', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 180, latenessSeconds: 0 });
    for (let i = 0; i < 500; i++) {
      const client = `10.1.${i >> 8}.${i & 255}`;
      tracker.push(talk({ at: i * 60, port: 20_000 + i, client, bytes: 4000 }));
      tracker.drain();
    }
    const { held, ends } = tracker.snapshot().toJSON();
    // A connection stays for 180 s after its end: those of the last four minutes or so.
    expect(held.length).toBeLessThanOrEqual(5);
    expect(ends.length).toBeLessThanOrEqual(held.length + 1);
    expect(ends.find(([name]) => name === '10.0.0.5 8443 6')?.[1].peers).toHaveLength(500);
  });

  it('says what is wrong with its options, and with what is no snapshot', () => {
    expect(() => new ConnectionTracker({ latenessSeconds: -1 })).toThrow(OptionError);
    expect(() => new ConnectionTracker({ latenessSeconds: -1 })).toThrow(
      'The lateness is -1; expected 0 seconds or more.',
    );
    expect(() => new ConnectionTracker({ idleSeconds: 5 })).toThrow(/The idle limit is 5/);
    const other = { conntrail: 'tracker', version: 5 } as unknown as ReturnType<TrackerSnapshot['toJSON']>;
    expect(() => ConnectionTracker.resume(other)).toThrow(
      'This is no snapshot of a tracker, or one of another version.',
    );
  });
});

/** 4,294,967,295 s after 1970, in the year 2106: the last second that a flow log can name. */
const LAST_SECOND = 2 ** 32 - 1;

describe('the watermark of a tracker', () => {
  /** A record of a client of its own whose times are damaged. */
  const damaged = (time: number): FlowRecord => ({
    ...record({ client: '10.0.0.66', flags: 2 }),
    start: time,
    end: time,
  });
  const minutes = (from: number, count: number): FlowRecord[] =>
    Array.from({ length: count }, (_, i) => clock((from + i) * 60));

  it.each([
    ['first', 0],
    ['second', 1],
    ['later', 5],
  ])('is not moved by one record of the year 2106 that comes %s', (_, at) => {
    const notices: TrackerNotice[] = [];
    const tracker = new ConnectionTracker({ onNotice: (notice) => notices.push(notice) });
    const records = minutes(0, 10);
    tracker.push([...records.slice(0, at), damaged(LAST_SECOND)]);
    expect(tracker.drain()).toEqual([]);
    tracker.push(records.slice(at));
    // The last minute ends with second 599.
    expect(tracker.report).toMatchObject({ late: 0, ahead: 1, watermark: T0 + 599 - 900 });
    expect(notices).toMatchObject([{ kind: 'ahead', time: LAST_SECOND }]);
    expect(notices[0]?.text).toMatch(/^3 eni-1 10\.0\.0\.66 /);
    expect(tracker.drain()).toEqual([]);
    expect(tracker.finish()).toHaveLength(2);
  });

  it('is not kept back by a first record of the year 1970', () => {
    const tracker = new ConnectionTracker();
    tracker.push(damaged(0));
    tracker.push(minutes(0, 3));
    // Three in a row: ends of 59, 119 and 179.
    expect(tracker.report).toMatchObject({ watermark: T0 + 179 - 900 });
    expect(tracker.drain()).toMatchObject([{ firstSeen: 0, initiator: { address: '10.0.0.66' } }]);
  });

  it('follows a hole in the log with the third record behind it, and tells of two', () => {
    const tracker = new ConnectionTracker();
    tracker.push(minutes(0, 3));
    const day = 1440;
    tracker.push(minutes(day, 2));
    expect(tracker.report).toMatchObject({ ahead: 2, watermark: T0 + 179 - 900 });
    expect(tracker.drain()).toEqual([]);
    tracker.push(minutes(day + 2, 1));
    // A day and three minutes, less a second.
    expect(tracker.report).toMatchObject({ ahead: 2, late: 0, watermark: T0 + 86_579 - 900 });
  });

  it('believes no record that is delivered again and again', () => {
    const tracker = new ConnectionTracker();
    tracker.push(minutes(0, 3));
    for (let i = 0; i < 5; i++) tracker.push(damaged(LAST_SECOND));
    expect(tracker.report).toMatchObject({ ahead: 5, watermark: T0 + 179 - 900 });
  });

  it('believes none of many that are damaged, as long as others come between', () => {
    const tracker = new ConnectionTracker({ onNotice() {} });
    for (let i = 0; i < 50; i++)
      tracker.push([...minutes(i, 1), damaged(LAST_SECOND - i), damaged(T0 + 5_000_000 + i)]);
    expect(tracker.report).toMatchObject({ late: 0, ahead: 100, watermark: T0 + 50 * 60 - 1 - 900 });
  });

  it('is moved at once as far as the lateness, and 900 s where less is allowed', () => {
    for (const [latenessSeconds, step] of [
      [0, 900],
      [900, 900],
      [7200, 7200],
    ] as const) {
      const tracker = new ConnectionTracker({ latenessSeconds });
      tracker.push([clock(0), clock(0), damaged(T0 + 59 + step)]);
      expect(tracker.report).toMatchObject({ ahead: 0, watermark: T0 + 59 + step - latenessSeconds });
      tracker.push(damaged(T0 + 59 + 2 * step + 1));
      expect(tracker.report).toMatchObject({ ahead: 1, watermark: T0 + 59 + step - latenessSeconds });
    }
  });

  it('goes on from a snapshot with what was not believed', () => {
    const records = [damaged(LAST_SECOND), ...minutes(0, 3), ...minutes(1440, 3), damaged(5)];
    const straight = new ConnectionTracker();
    straight.push(records);
    let resumed = new ConnectionTracker();
    for (const each of records) {
      resumed.push(each);
      resumed = ConnectionTracker.resume(JSON.parse(JSON.stringify(resumed.snapshot())));
    }
    expect(resumed.report).toEqual(straight.report);
    expect(resumed.report).toMatchObject({ records: 8, ahead: 3, late: 1 });
    expect(JSON.stringify(resumed.snapshot())).toBe(JSON.stringify(straight.snapshot()));
  });

  it('tells of a record that is late: its time, the watermark of then, and its line', () => {
    const notices: TrackerNotice[] = [];
    const tracker = new ConnectionTracker({
      latenessSeconds: 0,
      onNotice: (notice) => notices.push(notice),
    });
    tracker.push(minutes(0, 10));
    expect(notices).toEqual([]);
    // The last minute ends with second 599: 598 is before it, 599 is not.
    tracker.push([record({ at: 599, client: '10.0.0.10' }), record({ at: 598, client: '10.0.0.11' })]);
    // The first of the two ends with second 658, so that it moves the watermark for the second.
    expect(notices).toMatchObject([{ kind: 'late', time: T0 + 598, watermark: T0 + 658 }]);
    expect(notices[0]?.text).toMatch(/^3 eni-1 10\.0\.0\.11 10\.0\.0\.5 /);
    expect(tracker.report).toMatchObject({ late: 1, ahead: 0 });
  });

  it('quotes no more than 200 characters of a record', () => {
    const notices: TrackerNotice[] = [];
    const tracker = new ConnectionTracker({ onNotice: (notice) => notices.push(notice) });
    tracker.push([...minutes(0, 2), { ...damaged(LAST_SECOND), extra: { tag: 'x'.repeat(300) } }]);
    expect(notices.map(({ text }) => text.length)).toEqual([200]);
    expect(notices[0]?.text).toMatch(/^3 eni-1 .*x$/);
  });

  it('loses no record when whoever is told throws, and takes none twice', () => {
    const tracker = new ConnectionTracker({
      onNotice() {
        throw new Error('told');
      },
    });
    tracker.push(minutes(0, 2));
    expect(() => tracker.push(damaged(LAST_SECOND))).toThrow('told');
    tracker.push(minutes(2, 1));
    expect(tracker.report).toMatchObject({ records: 4, ahead: 1, held: 4 });
  });
});

describe('a snapshot in JSON', () => {
  const whole = (): Record<string, unknown> => {
    const tracker = new ConnectionTracker();
    tracker.push(talk());
    tracker.push(clock(100_000));
    return JSON.parse(JSON.stringify(tracker.snapshot()));
  };
  /** Deeper than recursion goes. */
  const deep = (): unknown => JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  const resume = (json: unknown) => ConnectionTracker.resume(json as ReturnType<TrackerSnapshot['toJSON']>);

  it('of which nothing is left but its name says what is missing', () => {
    const bare = { conntrail: 'tracker', version: 1 };
    expect(() => resume(bare)).toThrow(OptionError);
    expect(() => resume(bare)).toThrow(
      'The snapshot is damaged: newest is missing; expected Unix seconds up to 4294967295.',
    );
  });

  it.each<[path: string, damage: (json: Record<string, unknown>) => unknown]>([
    ['records is -1', (json) => ({ ...json, records: -1 })],
    ['late is "7"', (json) => ({ ...json, late: '7' })],
    ['newest is 4294967296', (json) => ({ ...json, newest: 2 ** 32 })],
    ['held is missing', ({ held: _, ...rest }) => rest],
    ['held is an object', (json) => ({ ...json, held: { length: 1 } })],
    ['held[0] is null', (json) => ({ ...json, held: [null] })],
    ['claims[0] is "version\\nx"', (json) => ({ ...json, claims: ['version\nx'] })],
    ['ends[0][1].peers is missing', (json) => ({ ...json, ends: [['a', { answers: true }]] })],
    [
      'vantages[0][1].own.v4[0][0] is "nowhere"',
      (json) => {
        const [[name, lesson]] = json['vantages'] as [[string, object]];
        return { ...json, vantages: [[name, { ...lesson, own: { v4: [['nowhere']], v6: [] } }]] };
      },
    ],
    ['records is a list', (json) => ({ ...json, records: deep() })],
    // By name 10.0.0.200 comes before the others: the clock's record of second 100,000, which lasts 59 s.
    [
      'held[0][1].last is 5; expected 1760100059, as its records have it',
      (json) => {
        const [[key, held]] = json['held'] as [[string, object]];
        return { ...json, held: [[key, { ...held, last: 5 }]] };
      },
    ],
    // The second of two equal names would hide the records of the first.
    [
      'held[1][0] is "10.0.0.',
      (json) => {
        const [first] = json['held'] as unknown[];
        return { ...json, held: [first, first] };
      },
    ],
  ])('that is damaged says where: %s', (path, damage) => {
    const json = damage(whole());
    expect(() => resume(json)).toThrow(OptionError);
    expect(() => resume(json)).toThrow(`The snapshot is damaged: ${path}`);
  });

  it.each([[null], [[]], [5], ['tracker'], [{}], [{ conntrail: 'tracker' }]])('is none: %j', (json) => {
    expect(() => resume(json)).toThrow('This is no snapshot of a tracker, or one of another version.');
  });

  it('of version 1 is taken, which had no times that were not believed', () => {
    const { ahead: _, claims: __, ...rest } = whole();
    const vantages = (rest['vantages'] as [string, object][]).map(([name, lesson]) => [
      name,
      { ...lesson, own: ['10.0.0.5', null] },
    ]);
    const { held, watermark } = resume({ ...rest, vantages, version: 1 }).report;
    expect({ held, watermark }).toEqual({ held: 3, watermark: T0 + 59 - 900 });
  });

  it('may be what another tracker learns from', () => {
    const learnedFrom = whole() as unknown as ReturnType<TrackerSnapshot['toJSON']>;
    const taught = new ConnectionTracker({ learnedFrom });
    expect(taught.report).toMatchObject({ records: 0, held: 0 });
    expect(taught.snapshot().toJSON().vantages).toEqual(learnedFrom.vantages);
    expect(() => new ConnectionTracker({ learnedFrom: {} as typeof learnedFrom })).toThrow(OptionError);
  });

  it('comes from a tracker, and nothing else', () => {
    const make = () => new TrackerSnapshot({} as TrackerSnapshot['state']);
    expect(make).toThrow(OptionError);
    expect(make).toThrow(expect.objectContaining({ code: 'option-invalid' }));
    expect(make).toThrow('This is no state of a tracker; take a snapshot of one.');
  });
});

describe('what a tracker waits for', () => {
  it('is moved by starts too, and counts as late what begins before the watermark', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 100 });
    expect(tracker.report.watermark).toBeNull();
    const { end: _end, ...endless } = record({ at: 1000 });
    tracker.push(endless);
    // One record alone settles nothing; the second ends at 859, and 1000 follows it within the step of 900.
    expect(tracker.report.watermark).toBeNull();
    tracker.push(clock(800));
    expect(tracker.report.watermark).toBe(T0 + 900);
    // Second 900 is the watermark itself; 899 is before it.
    tracker.push(record({ at: 900, client: '10.0.0.10' }));
    expect(tracker.report.late).toBe(0);
    tracker.push(record({ at: 899, client: '10.0.0.11' }));
    expect(tracker.report).toMatchObject({ late: 1, ahead: 0, records: 4, watermark: T0 + 900 });
  });

  it('does not move back when an older record comes', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 0 });
    tracker.push([record({ at: 100 }), record({ at: 800 })]);
    expect(tracker.report.watermark).toBe(T0 + 859);
    tracker.push(record({ at: 0 }));
    expect(tracker.report.watermark).toBe(T0 + 859);
  });

  it('is no time at all where records have none', () => {
    const tracker = new ConnectionTracker();
    const { start: _start, end: _end, ...timeless } = record();
    tracker.push(timeless);
    expect(tracker.report).toMatchObject({ watermark: null, late: 0, held: 1 });
    expect(tracker.drain()).toEqual([]);
  });

  it('is a quarter of an hour of lateness, and silence, where nobody says otherwise', () => {
    const tracker = new ConnectionTracker();
    tracker.push(talk());
    // 59 + 120 < newest - 900 needs more than 1079: a start of 1020 ends at 1079, one of 1021 at 1080.
    const [first, second, third] = farClock(1020) as [FlowRecord, FlowRecord, FlowRecord];
    tracker.push([first, second]);
    expect(tracker.report.watermark).toBe(T0 + 59 - 900);
    tracker.push(third);
    expect(tracker.report.watermark).toBe(T0 + 179);
    expect(tracker.drain()).toEqual([]);
    tracker.push(clock(1021));
    expect(tracker.drain()).toHaveLength(1);
  });

  // Each is silent since second 59, and finished when the watermark has passed that and its limit.
  it.each([
    ['an attempt without an answer', { flags: 2 }, undefined, 180],
    ['what opened and closed within one interval', { flags: 3, packets: 5 }, { flags: 19, packets: 3 }, 120],
    ['the same with room for a second connection', { flags: 3, packets: 6 }, { flags: 19, packets: 4 }, 1200],
    ['an open connection', { flags: 2 }, { flags: 18 }, 432_000],
    ['one without flags', { flags: null }, { flags: null }, 3600],
    ['an exchange', { flags: null, protocol: 17 }, { flags: null, protocol: 17 }, 180],
  ])('is for %s as long as it may go on', (_, mine, theirs, limit) => {
    const tracker = new ConnectionTracker({ latenessSeconds: 0 });
    tracker.push(record(mine));
    if (theirs !== undefined) tracker.push(record({ ...theirs, reply: true }));
    tracker.push(farClock(limit));
    // Looked at before, and silent still.
    expect(tracker.drain().filter(({ initiator }) => initiator.address !== '10.0.0.200')).toEqual([]);
    tracker.push(clock(limit + 1));
    expect(tracker.drain().map(({ initiator }) => initiator.address)).toContain('10.0.0.9');
  });

  it('looks again when what was held longer ends, and for keys that came since', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 180, latenessSeconds: 0 });
    tracker.push(record({ client: '10.0.0.1' }));
    tracker.push(record({ at: 100, client: '10.0.0.2' }));
    // First ends at 59, second at 159: 239 and 339 are their limits.
    tracker.push(clock(200));
    expect(tracker.drain().map(({ initiator }) => initiator.address)).toEqual(['10.0.0.1']);
    tracker.push(clock(281));
    expect(tracker.drain().map(({ initiator }) => initiator.address)).toEqual(['10.0.0.2']);
    tracker.push(record({ at: 290, client: '10.0.0.3' }));
    tracker.push(record({ at: 900, client: '10.0.0.4' }));
    // 10.0.0.3 and the clock's own records are silent since 349 and 340.
    expect(tracker.drain().map(({ initiator }) => initiator.address)).toEqual(['10.0.0.200', '10.0.0.3']);
  });

  it('goes on when all that it held was handed out, and silence alone moves the clock', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 180, latenessSeconds: 0 });
    const silence = (at: number): FlowRecord => ({
      ...{ version: 3, interfaceId: 'eni-9', start: T0 + at, end: T0 + at + 59, logStatus: 'NODATA' },
    });
    // Silent since second 59, and again since 459.
    tracker.push([record(), silence(0), silence(300)]);
    expect(tracker.drain()).toHaveLength(1);
    expect(tracker.report.held).toBe(0);
    tracker.push([record({ at: 400 }), silence(581)]);
    expect(tracker.drain()).toHaveLength(1);
  });

  it('is not waited for by a record without a start: it is never late', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 0 });
    tracker.push([clock(799), clock(800), { ...record(), start: null }]);
    expect(tracker.report).toMatchObject({ late: 0, records: 3, watermark: T0 + 859 });
  });

  it('goes on from a snapshot with whoever it was told to refuse guesses for', () => {
    const tracker = ConnectionTracker.resume(new ConnectionTracker().snapshot(), { observedOnly: true });
    tracker.push(talk({ flags: 0 }));
    expect(tracker.finish()).toMatchObject([{ initiatorBasis: 'none' }]);
    const guessing = new ConnectionTracker();
    guessing.push(talk({ flags: 0 }));
    expect(guessing.finish()[0]?.initiatorBasis).not.toBe('none');
  });

  it('keeps keys apart by the scope that it was told', () => {
    const both = [record(), { ...record({ reply: true, flags: 18 }), interfaceId: 'eni-2' }];
    const counts = (['interface', 'all'] as const).map((scope) => {
      const tracker = new ConnectionTracker({ scope });
      tracker.push(both);
      return tracker.finish().length;
    });
    expect(counts).toEqual([2, 1]);
  });

  it('gives all there is in the end, once, and counts it', () => {
    const tracker = new ConnectionTracker();
    expect(tracker.finish()).toEqual([]);
    tracker.push([...talk(), ...talk({ client: '10.0.0.10' })]);
    expect(tracker.report).toMatchObject({ held: 4, connections: 0 });
    expect(tracker.finish()).toHaveLength(2);
    expect(tracker.finish()).toEqual([]);
    expect(tracker.report).toMatchObject({ held: 0, connections: 2, records: 4 });
  });

  it('tells records apart by fields that only some of them have', () => {
    const tracker = new ConnectionTracker();
    const tagged = { ...record({ client: '10.0.0.1' }), vpcId: 'vpc-9' };
    tracker.push([record(), tagged, record({ client: '10.0.0.2' })]);
    expect(
      tracker.finish().map(({ initiator, vantages }) => [initiator.address, vantages[0]?.vpcId]),
    ).toEqual([
      ['10.0.0.1', 'vpc-9'],
      ['10.0.0.2', null],
      ['10.0.0.9', null],
    ]);
  });

  it('refuses a lateness that is no number of seconds, and a snapshot that is none', () => {
    for (const latenessSeconds of [Number.NaN, Number.POSITIVE_INFINITY, -0.5])
      expect(() => new ConnectionTracker({ latenessSeconds })).toThrow(OptionError);
    expect(() => new ConnectionTracker({ latenessSeconds: -1 })).toThrow(
      expect.objectContaining({ code: 'option-invalid' }),
    );
    expect(new ConnectionTracker({ latenessSeconds: 0 }).report.held).toBe(0);
    for (const none of [undefined, null, {}, { conntrail: 'tracker' }, { conntrail: 'other', version: 1 }])
      expect(() => ConnectionTracker.resume(none as never)).toThrow(
        expect.objectContaining({ code: 'option-invalid' }),
      );
  });
});

describe('what a tracker holds', () => {
  it.each(['start', 'end'] as const)('is kept until the end once a record came without its %s', (which) => {
    const half = { ...record({ reply: true, flags: 18 }), [which]: null };
    for (const records of [
      [half, record()],
      [record(), half],
      [half, record(), record({ at: 60 })],
    ]) {
      const tracker = new ConnectionTracker();
      tracker.push(records);
      tracker.push(farClock(100_000));
      expect(tracker.drain()).toEqual([]);
      expect(tracker.report).toMatchObject({
        ...{ held: records.length + 3, watermark: T0 + 100_059 - 900 },
      });
    }
  });

  it('waits for the silence behind its last record, whichever came last', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 180, latenessSeconds: 0 });
    tracker.push([record({ at: 200 }), record({ at: 0, reply: true, flags: 18 })]);
    // Silent since 259: until 439.
    tracker.push(clock(380));
    expect(tracker.drain()).toEqual([]);
    tracker.push(clock(381));
    expect(tracker.drain()).toMatchObject([{ records: 2 }]);
  });

  it('is nothing of intervals without traffic, which teach and move the clock all the same', () => {
    const tracker = new ConnectionTracker();
    const silentAt = (at: number): FlowRecord => ({
      ...{ version: 3, interfaceId: 'eni-9', start: T0 + at, end: T0 + at + 59, logStatus: 'NODATA' },
    });
    tracker.push([silentAt(0), silentAt(60)]);
    expect(tracker.report).toMatchObject({ records: 2, held: 0, rejected: 0, watermark: T0 + 119 - 900 });
    expect(tracker.finish()).toEqual([]);
    expect(tracker.snapshot().toJSON().vantages).toMatchObject([['eni-9', { nodata: 2, records: 0 }]]);
  });

  it('is read again as it was: nothing of it is rejected in the end', () => {
    const tracker = new ConnectionTracker();
    tracker.push([...talk(), { ...record({ client: '10.0.0.1' }), vpcId: 'vpc-9' }, ...talk({ at: 60 })]);
    expect(tracker.finish().reduce((sum, { records }) => sum + records, 0)).toBe(5);
    expect(tracker.report).toMatchObject({ rejected: 0, records: 5 });
  });

  it('counts what it does not understand where nobody asked to be told', () => {
    const tracker = new ConnectionTracker();
    tracker.push({ ...record(), srcAddr: 'nowhere' });
    expect(tracker.report).toMatchObject({ rejected: 1, records: 0, held: 0 });
  });
});
