/** The engine for streams, by example; that it agrees with the batch is law 6 (property-tests/laws/streaming.test.ts). */
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../src/model/errors.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { ConnectionTracker, type TrackerSnapshot } from '../../src/stream/connection-tracker.ts';

const T0 = 1_760_000_000;

interface Parts {
  readonly at?: number;
  readonly reply?: boolean;
  readonly flags?: number | null;
  readonly port?: number;
  readonly client?: string;
}

/** A minute of one direction between a client and a server's port 8443, at a second after the beginning. */
const record = ({
  at = 0,
  reply = false,
  flags = 3,
  port = 40_000,
  client = '10.0.0.9',
}: Parts = {}): FlowRecord => {
  const [srcAddr, dstAddr] = reply ? ['10.0.0.5', client] : [client, '10.0.0.5'];
  const [srcPort, dstPort] = reply ? [8443, port] : [port, 8443];
  const times = { start: T0 + at, end: T0 + at + 59 };
  const counts = { packets: 5, bytes: 400, protocol: 6, action: 'ACCEPT', tcpFlags: flags } as const;
  return { version: 3, interfaceId: 'eni-1', srcAddr, dstAddr, srcPort, dstPort, ...counts, ...times };
};

const talk = (parts: Parts = {}): FlowRecord[] => [
  record(parts),
  record({ ...parts, reply: true, flags: parts.flags === undefined ? 19 : parts.flags }),
];

/** A record of another client that moves the clock on. */
const clock = (at: number): FlowRecord => record({ at, client: '10.0.0.200', flags: 2 });

describe('a tracker', () => {
  it('hands a connection out when it has been silent for the idle limit before the watermark', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 600, latenessSeconds: 300 });
    tracker.push(talk());
    // Its last end is second 59; 59 + 600 < newest - 300 needs a newest time above 959: an end of 960, a start of 901.
    tracker.push(clock(900));
    expect(tracker.drain()).toEqual([]);
    tracker.push(clock(901));
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
    tracker.push(clock(1000));
    tracker.push(record({ reply: true, flags: 19 }));
    expect(tracker.report).toMatchObject({ records: 3, late: 1, watermark: T0 + 1059 - 300 });
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
    tracker.push(clock(100_000));
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
    const reasons: string[] = [];
    const tracker = new ConnectionTracker({ onRejection: ({ reason }) => reasons.push(reason) });
    tracker.push([{ ...record(), srcAddr: 'nowhere' }, record()]);
    expect(reasons).toEqual(['bad-address']);
    expect(tracker.report).toMatchObject({ records: 1, rejected: 1, held: 1 });
  });

  it('forgets the ports of clients with their connections, and keeps what serves', () => {
    const tracker = new ConnectionTracker({ idleSeconds: 180, latenessSeconds: 0 });
    for (let i = 0; i < 500; i++) {
      tracker.push(talk({ at: i * 60, port: 20_000 + i, client: `10.1.${i >> 8}.${i & 255}` }));
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
    const other = { conntrail: 'tracker', version: 2 } as unknown as ReturnType<TrackerSnapshot['toJSON']>;
    expect(() => ConnectionTracker.resume(other)).toThrow(
      'This is no snapshot of a tracker, or one of another version.',
    );
  });
});

describe('what a tracker waits for', () => {
  it('is moved by starts too, and counts as late what begins before the watermark', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 100 });
    expect(tracker.report.watermark).toBeNull();
    const { end: _end, ...endless } = record({ at: 1000 });
    tracker.push(endless);
    expect(tracker.report.watermark).toBe(T0 + 900);
    // Second 900 is the watermark itself; 899 is before it.
    tracker.push(record({ at: 900, client: '10.0.0.10' }));
    expect(tracker.report.late).toBe(0);
    tracker.push(record({ at: 899, client: '10.0.0.11' }));
    expect(tracker.report).toMatchObject({ late: 1, records: 3, watermark: T0 + 900 });
  });

  it('does not move back when an older record comes', () => {
    const tracker = new ConnectionTracker({ latenessSeconds: 0 });
    tracker.push(record({ at: 1000 }));
    tracker.push(record({ at: 0 }));
    expect(tracker.report.watermark).toBe(T0 + 1059);
  });

  it('is no time at all where records have none', () => {
    const tracker = new ConnectionTracker();
    const { start: _start, end: _end, ...timeless } = record();
    tracker.push(timeless);
    expect(tracker.report).toMatchObject({ watermark: null, late: 0, held: 1 });
    expect(tracker.drain()).toEqual([]);
  });

  it('is a quarter of an hour of lateness and an hour of silence where nobody says otherwise', () => {
    const tracker = new ConnectionTracker();
    tracker.push(talk());
    // 59 + 3600 < newest - 900 needs more than 4559: a start of 4500 ends at 4559, one of 4501 at 4560.
    tracker.push(clock(4500));
    expect(tracker.report.watermark).toBe(T0 + 3659);
    expect(tracker.drain()).toEqual([]);
    tracker.push(clock(4501));
    expect(tracker.drain()).toHaveLength(1);
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
      tracker.push(clock(100_000));
      expect(tracker.drain()).toEqual([]);
      expect(tracker.report.held).toBe(records.length + 1);
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

  it('is nothing of intervals without traffic, which teach all the same', () => {
    const tracker = new ConnectionTracker();
    const silent = {
      version: 3,
      interfaceId: 'eni-9',
      start: T0,
      end: T0 + 59,
      logStatus: 'NODATA',
    } as const;
    tracker.push(silent);
    expect(tracker.report).toMatchObject({ records: 1, held: 0, rejected: 0, watermark: T0 + 59 - 900 });
    expect(tracker.finish()).toEqual([]);
    expect(tracker.snapshot().toJSON().vantages).toMatchObject([['eni-9', { nodata: 1, records: 0 }]]);
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
