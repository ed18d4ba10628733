/** What a stream learns of interfaces and ends, record by record, as it lies in a snapshot. */
import { describe, expect, it } from 'vitest';
import { BothWays } from '../../src/engine/observers/both-ways.ts';
import { NO_LESSON, type VantageLesson } from '../../src/engine/observers/lessons.ts';
import { ToldTwice } from '../../src/engine/observers/told-twice.ts';
import type { FlowRecord } from '../../src/model/flow-record.ts';
import { ConnectionTracker } from '../../src/stream/connection-tracker.ts';
import { Learned, type RowSeen } from '../../src/stream/learned.ts';
import type { SnapshotJson } from '../../src/stream/tracker-state.ts';

const FROM = '10.0.0.9 40000 6';
const TO = '10.0.0.5 443 6';
const FLOW = 0;
const NODATA = 2;
const SKIPDATA = 3;

/** No record has shown addresses. */
const NOT_YET = { v4: [[]], v6: [[]] };

const row = (given: Partial<RowSeen> = {}): RowSeen => ({
  ...{ kind: FLOW, start: 100, end: 160, from: FROM, to: TO, answers: false, talks: true },
  ...{ vantage: 'eni-1', vpcId: 'vpc-1', own: null, rewrites: false },
  ...given,
});

const NOTHING_TOLD = NO_LESSON.toldTwice;

const learn = (...rows: readonly RowSeen[]): Learned =>
  rows.reduce((learned, each) => learned.learn(each, false), new Learned());
const ofEni1 = (...rows: readonly RowSeen[]): VantageLesson | undefined =>
  learn(...rows).vantages.get('eni-1');

/** What a release has taught of eni-1: talks both ways, halves, and sums of several records. */
const teach = (learned: Learned, both: number, halves: number, sums = 0): Learned => {
  const known = { bothWays: new BothWays(), toldTwice: new ToldTwice() };
  known.bothWays.add(1, both, halves);
  if (sums > 0) known.toldTwice.add(1, { sums, contradictions: 0, nests: 0 });
  return learned.learnVantages(known, (vantage) => `eni-${vantage}`);
};

describe('what is learned of vantages', () => {
  const told = teach(learn(row({ vantage: 'eni-2' })), 3, 1);

  it('are the talks and the halves of each interface, in the place of those before', () => {
    expect(told.vantages.get('eni-1')).toMatchObject({ bothWays: 3, halves: 1, isSettled: false });
    expect(teach(told, 5, 1).vantages.get('eni-1')).toMatchObject({ bothWays: 5 });
  });

  it('are the records of a second flow log, with longer intervals', () => {
    expect(teach(told, 3, 1, 2).vantages.get('eni-1')).toMatchObject({
      ...{ bothWays: 3, toldTwice: { sums: 2, contradictions: 0, nests: 0 } },
    });
    // Nothing of both ways, and a sum.
    expect(teach(new Learned(), 0, 0, 1).settled().vantages.get('eni-1')?.isSettled).toBe(true);
  });

  it('stays for another stream to begin with, where anything is known', () => {
    const settled = told.settled().vantages;
    expect([settled.get('eni-1')?.isSettled, settled.get('eni-2')?.isSettled]).toEqual([true, false]);
  });
});

describe('what is learned of an interface', () => {
  it('are its VPC, its records, the time it covers and its longest interval', () => {
    expect(ofEni1(row())).toEqual({
      ...{ vpcId: 'vpc-1', records: 1, nodata: 0, first: 100, last: 160, longest: 60 },
      ...{
        rewrites: false,
        own: NOT_YET,
        skipped: [],
        bothWays: 0,
        halves: 0,
        toldTwice: NOTHING_TOLD,
        isSettled: false,
      },
    });
    // 90 to 120 begins earlier, 150 to 250 ends later and is longer, 110 to 130 is none of these.
    const rows = [row({ start: 90, end: 120 }), row({ start: 150, end: 250 }), row({ start: 110, end: 130 })];
    expect(ofEni1(row(), ...rows)).toMatchObject({ records: 4, first: 90, last: 250, longest: 100 });
  });

  it('stays what it was where a record has no times, and begins with the first that has', () => {
    expect(ofEni1(row(), row({ start: null, end: null }))).toMatchObject({
      ...{ records: 2, first: 100, last: 160, longest: 60 },
    });
    expect(ofEni1(row({ start: null, end: null }))).toMatchObject({
      ...{ records: 1, first: null, last: null, longest: null },
    });
    expect(ofEni1(row({ start: null, end: 70 }))).toMatchObject({ first: null, last: 70, longest: null });
    expect(ofEni1(row({ start: 70, end: null }))).toMatchObject({ first: 70, last: null, longest: null });
    expect(ofEni1(row({ start: null, end: null }), row())).toMatchObject({ first: 100, last: 160 });
  });

  it('has the VPC that comes first by its name, whichever record comes first', () => {
    const [a, b, none] = [row({ vpcId: 'vpc-a' }), row({ vpcId: 'vpc-b' }), row({ vpcId: null })];
    for (const rows of [
      [a, b],
      [b, a],
      [none, a],
      [a, none],
    ])
      expect(ofEni1(...rows)?.vpcId).toBe('vpc-a');
    expect(ofEni1(none)?.vpcId).toBeNull();
  });

  it('counts intervals without traffic apart from records, and keeps those that AWS lost', () => {
    const seen = ofEni1(
      row({ kind: NODATA, start: 10, end: 20 }),
      row({ kind: SKIPDATA, start: 30, end: 400 }),
      row({ kind: SKIPDATA, start: null, end: 50 }),
    );
    expect(seen).toEqual({
      ...{ vpcId: 'vpc-1', records: 0, nodata: 1, first: 10, last: 400, longest: 370 },
      ...{ rewrites: false, own: NOT_YET, bothWays: 0, halves: 0, toldTwice: NOTHING_TOLD, isSettled: false },
      skipped: [
        [30, 400],
        [null, 50],
      ],
    });
  });

  it('are the smallest sets of addresses of which every record shows one, each family for itself', () => {
    const own = (...shown: string[][]): unknown => ofEni1(...shown.map((own) => row({ own })))?.own;
    const v4 = (...sets: string[][]): unknown => ({ v4: sets, v6: [[]] });
    expect(own(['a', 'b'])).toEqual(v4(['a'], ['b']));
    expect(own(['a', 'a'])).toEqual(v4(['a']));
    expect(own(['a'])).toEqual(v4(['a']));
    expect(own(['a', 'b'], ['b', 'c'])).toEqual(v4(['b'], ['a', 'c']));
    expect(own(['a', 'b'], ['b'])).toEqual(v4(['b']));
    expect(own(['a', 'b'], ['::1', '::2'])).toEqual({ v4: [['a'], ['b']], v6: [['::1'], ['::2']] });
    expect(ofEni1(row({ own: ['a', 'b'] }), row({ own: null }))?.own).toEqual(v4(['a'], ['b']));
  });

  it('rewrites addresses once a record has shown it', () => {
    const [yes, no] = [row({ rewrites: true }), row({ rewrites: false })];
    expect([ofEni1(no), ofEni1(no, yes), ofEni1(yes, no)].map((seen) => seen?.rewrites)).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('is apart for each', () => {
    const { vantages } = learn(row(), row({ vantage: 'eni-2' }), row({ vantage: 'eni-2' }));
    expect([...vantages].map(([name, { records }]) => [name, records])).toEqual([
      ['eni-1', 1],
      ['eni-2', 2],
    ]);
  });
});

describe('what is learned of an end', () => {
  const endOf = (learned: Learned, port = 443) => learned.lessons().end('10.0.0.5', port, 6);

  it('is nothing while it did nothing', () => {
    expect(endOf(learn(row()))).toEqual({ answers: false, peers: 0 });
    expect(learn(row()).ends.size).toBe(0);
  });

  it('is that it answered a handshake, which a record of silence cannot tell', () => {
    const answer = { from: TO, to: FROM, answers: true };
    const learned = learn(row(answer), row({ from: TO, to: FROM }));
    expect(endOf(learned)).toEqual({ answers: true, peers: 0 });
    expect(endOf(learned, 444)).toEqual({ answers: false, peers: 0 });
    expect(endOf(learn(row({ ...answer, kind: NODATA })))).toEqual({ answers: false, peers: 0 });
  });

  it('are the others that it talked with both ways, each once, and the same of those', () => {
    const other = '10.0.0.8 40000 6';
    const learned = new Learned()
      .learn(row(), true)
      .learn(row(), true)
      .learn(row({ from: other }), true)
      .learn(row({ from: '10.0.0.7 40000 6' }), false);
    expect(endOf(learned)).toEqual({ answers: false, peers: 2 });
    expect(learned.lessons().end('10.0.0.9', 40000, 6)).toEqual({ answers: false, peers: 1 });
    expect(learned.lessons().end('10.0.0.7', 40000, 6)).toEqual({ answers: false, peers: 0 });
    expect(learned.learn(row({ kind: NODATA }), true).ends.equals(learned.ends)).toBe(true);
  });

  it('keeps that it answered beside whom it met', () => {
    const learned = new Learned()
      .learn(row({ from: TO, to: FROM, answers: true }), true)
      .learn(row({ from: TO, to: FROM, answers: true }), false);
    expect(endOf(learned)).toEqual({ answers: true, peers: 1 });
  });

  it('counts others to a thousand', () => {
    let learned = new Learned();
    for (let i = 0; i < 1003; i++) learned = learned.learn(row({ from: `10.0.0.9 ${i} 6` }), true);
    expect(endOf(learned).peers).toBe(1000);
    // Whom it does not count may count it.
    expect(learned.lessons().end('10.0.0.9', 1002, 6).peers).toBe(1);
  });

  it('is forgotten of ends that answered nobody and met one other at most', () => {
    const [answered, lonely, popular, unnamed] = ['a 1 6', 'b 2 6', 'c 3 6', 'd 4 6'] as const;
    const learned = new Learned()
      .learn(row({ from: answered, to: 'x 9 6', answers: true }), false)
      .learn(row({ from: lonely, to: 'x 9 6' }), true)
      .learn(row({ from: unnamed, to: 'x 9 6' }), true)
      .learn(row({ from: popular, to: 'y 9 6' }), true)
      .learn(row({ from: popular, to: 'z 9 6' }), true);
    const kept = learned.forget([answered, lonely, popular, 'never seen 1 6']);
    expect([...kept.ends.keys()].sort()).toEqual([answered, popular, unnamed, 'x 9 6', 'y 9 6', 'z 9 6']);
    expect(kept.vantages).toBe(learned.vantages);
  });
});

describe('what a tracker reads of a record', () => {
  const tracker = (...records: FlowRecord[]): SnapshotJson => {
    const reading = new ConnectionTracker();
    reading.push(records);
    return reading.snapshot().toJSON();
  };
  const base: FlowRecord = {
    ...{ version: 3, interfaceId: 'eni-1', srcAddr: '10.0.0.9', dstAddr: '10.0.0.5', srcPort: 40_000 },
    ...{ dstPort: 443, protocol: 6, packets: 5, bytes: 400, start: 1_760_000_000, end: 1_760_000_059 },
    ...{ action: 'ACCEPT', tcpFlags: 2 },
  };
  const lessonOf = (record: FlowRecord): VantageLesson | undefined => tracker(record).vantages[0]?.[1];

  it('are both ends by address, port and protocol, of either family', () => {
    expect(tracker(base).held.map(([key]) => key)).toEqual(['10.0.0.5 443 6 10.0.0.9 40000 6']);
    const v6 = { ...base, srcAddr: '2001:db8::9', dstAddr: '2001:db8::5' };
    expect(tracker(v6).held.map(([, { ends }]) => ends)).toEqual([
      ['2001:db8::5 443 6', '2001:db8::9 40000 6'],
    ]);
  });

  it('is the interface, or the resource where there is none, or nothing', () => {
    const { interfaceId: _, ...nameless } = base;
    const names = [base, { ...nameless, resourceId: 'nat-1' }, nameless, { ...base, resourceId: 'nat-1' }];
    expect(names.map((each) => tracker(each).vantages[0]?.[0])).toEqual(['eni-1', 'nat-1', '', 'eni-1']);
  });

  it('is its VPC where it names one', () => {
    expect([lessonOf(base)?.vpcId, lessonOf({ ...base, vpcId: 'vpc-1' })?.vpcId]).toEqual([null, 'vpc-1']);
  });

  it("are the interface's own addresses, which may be others than the packet's", () => {
    const both = { v4: [['10.0.0.5'], ['10.0.0.9']], v6: [[]] };
    expect(lessonOf(base)).toMatchObject({ own: both, rewrites: false });
    const through = { ...base, pktSrcAddr: '10.0.0.77', pktDstAddr: '10.0.0.5' };
    expect(lessonOf(through)).toMatchObject({ own: both, rewrites: true });
    expect(tracker(through).held[0]?.[0]).toBe('10.0.0.5 443 6 10.0.0.77 40000 6');
    const back = { ...base, pktSrcAddr: '10.0.0.9', pktDstAddr: '10.0.0.77' };
    expect(lessonOf(back)).toMatchObject({ rewrites: true });
    const { srcAddr: _s, dstAddr: _d, ...packetsOnly } = through;
    const lesson = lessonOf(packetsOnly);
    expect([lesson?.own, lesson?.rewrites]).toEqual([NOT_YET, false]);
    // One of the two tells nothing: the packet's own stands for the other.
    for (const half of [
      { ...packetsOnly, srcAddr: '10.0.0.9' },
      { ...packetsOnly, dstAddr: '10.0.0.5' },
    ]) {
      const { own, rewrites } = lessonOf(half) as VantageLesson;
      expect([own, rewrites]).toEqual([NOT_YET, false]);
    }
  });

  it('is who answered: flags with SYN and ACK, 18', () => {
    expect(tracker({ ...base, tcpFlags: 18 }).ends).toEqual([
      ['10.0.0.9 40000 6', { answers: true, peers: [] }],
    ]);
    expect(tracker({ ...base, tcpFlags: 16 }).ends).toEqual([]);
    expect(tracker({ ...base, tcpFlags: null }).ends).toEqual([]);
  });

  it('are its times, each where it is there', () => {
    expect(lessonOf(base)).toMatchObject({ first: 1_760_000_000, last: 1_760_000_059, longest: 59 });
    expect(lessonOf({ ...base, start: null })).toMatchObject({ first: null, last: 1_760_000_059 });
    expect(lessonOf({ ...base, end: null })).toMatchObject({ first: 1_760_000_000, last: null });
  });
});
