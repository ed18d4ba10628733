/** What each vantage covers, from lines of the log; times are seconds from T0 unless a test says otherwise. */
import { describe, expect, it } from 'vitest';
import { Coverage, ownOf } from '../../src/lifecycle/coverage.ts';
import { record, silence, T0 } from '../build.ts';
import { type Filed, fileLines } from '../build-records.ts';

const ENI = 'eni-server';
/** 10.0.0.9 and 10.0.0.5, as numbers. */
const CLIENT = 0x0a000009;
const SERVER = 0x0a000005;

const reportOf = ({ coverage, observers, strings }: Filed) => coverage.report(observers, strings);

describe('what a vantage covers', () => {
  it('is from its first start to its last end, with its longest interval, whatever the order of lines', () => {
    const lines = [
      record({ start: 60, end: 119 }),
      silence('NODATA', { start: 120, end: 179 }),
      record({ start: 0, end: 600 }),
      record({ start: 200, end: 230 }),
    ];
    for (const order of [lines, [...lines].reverse()])
      expect(reportOf(fileLines(order))).toEqual([
        {
          vantage: ENI,
          vpcId: 'vpc-1',
          records: 3,
          nodata: 1,
          skipped: [],
          first: T0,
          last: T0 + 600,
          longestInterval: 600,
          rewrites: false,
        },
      ]);
  });

  it('is not known by times that are missing', () => {
    const header = 'interface-id srcaddr dstaddr srcport dstport protocol start end';
    const ends = `${ENI} 10.0.0.9 10.0.0.5 40000 443 6`;
    const covered = (...times: string[]) =>
      reportOf(
        fileLines(
          times.map((time) => `${ends} ${time}`),
          header,
        ),
      ).map(({ first, last, longestInterval }) => [first, last, longestInterval]);
    expect(covered('- -')).toEqual([[null, null, null]]);
    expect(covered('100 -')).toEqual([[100, null, null]]);
    expect(covered('- 100')).toEqual([[null, 100, null]]);
    // Of one second at the beginning of time: zero is a time, and an interval.
    expect(covered('0 0')).toEqual([[0, 0, 0]]);
    expect(covered('100 130', '- 500', '90 -')).toEqual([[90, 500, 30]]);
    expect(fileLines([`${ends} - -`], header).coverage.coveredFrom(1)).toBeNull();
  });

  it('begins with its first start, for those that ask', () => {
    const { coverage, vantage } = fileLines([record({ start: 60 }), record({ start: 30, eni: 'eni-other' })]);
    expect(coverage.coveredFrom(vantage(ENI))).toBe(T0 + 60);
    expect(coverage.coveredFrom(vantage('eni-other'))).toBe(T0 + 30);
    expect(coverage.coveredFrom(99)).toBeNull();
  });

  it('is told of each vantage, by name, one without a name first', () => {
    const named = ['Gate-2', 'Gate-1', 'eni-9', 'eni-10'].map((eni) => record({ eni }));
    for (const order of [named, [...named].reverse()]) {
      const names = reportOf(fileLines([...order, record({ eni: '-' })])).map(({ vantage }) => vantage);
      // As text: upper case before lower, 1 before 9.
      expect(names).toEqual([null, 'Gate-1', 'Gate-2', 'eni-10', 'eni-9']);
    }
  });

  it('is in one VPC: the first by name where a log says two, and none where it says none', () => {
    const lines = [record({ vpc: 'vpc-2' }), record({ vpc: 'vpc-1' }), record({ vpc: '-' })];
    for (const order of [lines, [...lines].reverse()])
      expect(reportOf(fileLines([...order, record({ eni: 'eni-x', vpc: '-' })]))).toMatchObject([
        { vantage: ENI, vpcId: 'vpc-1' },
        { vantage: 'eni-x', vpcId: null },
      ]);
  });
});

describe('what was lost', () => {
  const lost = (start: string, end: string) =>
    silence('SKIPDATA').replace(`${T0} ${T0 + 59}`, `${start} ${end}`);

  it('is nothing until AWS says so', () => {
    const { coverage, vantage } = fileLines([record(), silence('NODATA')]);
    expect(coverage.hasGaps).toBe(false);
    expect(coverage.hasSkipped(vantage(ENI))).toBe(false);
    expect(coverage.hasGap(vantage(ENI), null, null)).toBe(false);
    expect(new Coverage().hasGaps).toBe(false);
  });

  it('is lost at one vantage', () => {
    const { coverage, vantage } = fileLines([silence('SKIPDATA'), record({ eni: 'eni-other' })]);
    expect(coverage.hasGaps).toBe(true);
    expect([ENI, 'eni-other'].map((name) => coverage.hasSkipped(vantage(name)))).toEqual([true, false]);
    expect(coverage.hasSkipped(99)).toBe(false);
    expect(coverage.hasGap(vantage('eni-other'), null, null)).toBe(false);
    expect(coverage.hasGap(99, null, null)).toBe(false);
  });

  it('touches what lies in its interval, the seconds at both ends included', () => {
    const { coverage, vantage } = fileLines([lost('100', '200'), lost('400', '500')]);
    const touches = (from: number | null, to: number | null) => coverage.hasGap(vantage(ENI), from, to);
    expect(touches(0, 99)).toBe(false);
    expect(touches(0, 100)).toBe(true);
    expect(touches(200, 300)).toBe(true);
    expect(touches(201, 399)).toBe(false);
    expect(touches(450, 460)).toBe(true);
    expect(touches(501, 600)).toBe(false);
    // Times that nobody knows may touch anything on their side.
    expect(touches(null, 99)).toBe(false);
    expect(touches(null, 100)).toBe(true);
    expect(touches(501, null)).toBe(false);
    expect(touches(500, null)).toBe(true);
    expect(touches(null, null)).toBe(true);
  });

  it('touches whichever of many intervals it lies in, one within another too', () => {
    const lines = [lost('300', '310'), lost('100', '500'), lost('200', '210'), lost('700', '710')];
    for (const order of [lines, [...lines].reverse()]) {
      const { coverage, vantage } = fileLines(order);
      const touches = (from: number, to: number) => coverage.hasGap(vantage(ENI), from, to);
      // Behind the ends of the two that begin later, before the end of the first.
      expect(touches(400, 410)).toBe(true);
      expect(touches(501, 699)).toBe(false);
      expect(touches(501, 700)).toBe(true);
      expect(touches(0, 99)).toBe(false);
    }
  });

  it('touches all before or after where the log does not say when it began or ended', () => {
    const gap = (start: string, end: string, from: number, to: number) => {
      const { coverage, vantage } = fileLines([lost(start, end)]);
      return coverage.hasGap(vantage(ENI), from, to);
    };
    expect(gap('-', '200', 0, 10)).toBe(true);
    expect(gap('-', '200', 201, 210)).toBe(false);
    expect(gap('100', '-', 300, 310)).toBe(true);
    expect(gap('100', '-', 0, 99)).toBe(false);
    expect(gap('-', '-', 0, 10)).toBe(true);
  });

  it('is told in time order, unknown times first', () => {
    const lines = [
      lost('400', '500'),
      lost('0', '9'),
      lost('100', '-'),
      lost('-', '0'),
      lost('-', '7'),
      lost('-', '-'),
      lost('100', '150'),
    ];
    const inOrder = [
      [null, null],
      [null, 0],
      [null, 7],
      [0, 9],
      [100, null],
      [100, 150],
      [400, 500],
    ];
    for (const order of [lines, [...lines].reverse(), [...lines.slice(3), ...lines.slice(0, 3)]])
      expect(reportOf(fileLines(order))).toMatchObject([{ records: 0, skipped: inOrder }]);
  });
});

describe("an interface's own address", () => {
  const ownIn = (lines: readonly string[], header?: string) => {
    const { coverage, vantage } = fileLines(lines, header);
    return coverage.ownAddress(vantage(ENI));
  };
  const other = record({ client: '10.0.0.77' });
  const elsewhere = record({ client: '10.0.0.78', server: '10.0.0.79' });

  it('is the one in all its records, in either direction; two may be, and none', () => {
    const own = { address: SERVER, isV6: false };
    expect(ownIn([record()])).toBeNull();
    expect(ownIn([record(), other])).toEqual(own);
    expect(ownIn([record({ by: 'server' }), other])).toEqual(own);
    expect(ownIn([record(), record({ by: 'server', client: '10.0.0.77' })])).toEqual(own);
    expect(ownIn([record(), record({ server: '10.0.0.6' })])).toEqual({ address: CLIENT, isV6: false });
    expect(ownIn([record(), other, elsewhere])).toBeNull();
    expect(ownIn([silence('NODATA')])).toBeNull();
    expect(fileLines([]).coverage.ownAddress(99)).toBeNull();
  });

  it('is that of an interface that talks to itself', () => {
    expect(ownIn([record({ client: '10.0.0.5' })])).toEqual({ address: SERVER, isV6: false });
  });

  it('may be of IPv6, and is not taken for an IPv4 address of the same number', () => {
    const { coverage, addresses, vantage } = fileLines([
      record({ client: '2001:db8::9', server: '2001:db8::5' }),
      record({ client: '2001:db8::8', server: '2001:db8::5' }),
    ]);
    const own = coverage.ownAddress(vantage(ENI));
    expect([own?.isV6, addresses.text(own?.address as number)]).toEqual([true, '2001:db8::5']);
    expect(ownOf(7, true)).not.toBe(ownOf(7, false));
    // No address is none in either family.
    expect(ownOf(0xffffffff, true)).toBe(0xffffffff);
  });

  it('is not known where the format has only addresses of packets', () => {
    const header = 'interface-id pkt-srcaddr pkt-dstaddr srcport dstport protocol';
    const line = (client: string) => `${ENI} ${client} 10.0.0.5 40000 443 6`;
    const lines = [line('10.0.0.9'), line('10.0.0.77')];
    expect(ownIn(lines, header)).toBeNull();
    expect(reportOf(fileLines(lines, header))).toMatchObject([{ rewrites: false }]);
  });
});

describe('a vantage that stands in for other addresses', () => {
  it.each([
    ['neither', {}, false],
    ['the source', { srcaddr: '10.0.0.1' }, true],
    ['the destination', { dstaddr: '10.0.0.1' }, true],
  ] as const)('is one where it shows %s', (_, parts, rewrites) => {
    const v6 = Object.fromEntries(Object.keys(parts).map((name) => [name, '2001:db8::1']));
    for (const line of [record(parts), record({ client: '2001:db8::9', server: '2001:db8::5', ...v6 })])
      expect(reportOf(fileLines([line]))).toMatchObject([{ rewrites }]);
  });
});

describe('what was seen elsewhere', () => {
  it('is taken over as it is', () => {
    const filed = fileLines([record({ start: 60 })]);
    const vantage = filed.vantage(ENI);
    filed.coverage.adopt(vantage, {
      records: 7,
      first: 10,
      last: 20,
      longest: 5,
      rewrites: true,
      own: [SERVER, 0xffffffff],
      anyOwn: true,
    });
    expect(reportOf(filed)).toMatchObject([
      { records: 7, first: 10, last: 20, longestInterval: 5, rewrites: true },
    ]);
    expect(filed.coverage.ownAddress(vantage)).toEqual({ address: SERVER, isV6: false });
  });

  it('may have gaps, or none', () => {
    const filed = fileLines([record()]);
    const vantage = filed.vantage(ENI);
    filed.coverage.adoptSkipped(vantage, []);
    expect(filed.coverage.hasGaps).toBe(false);
    filed.coverage.adoptSkipped(vantage, [[100, 200]]);
    filed.coverage.adoptSkipped(filed.vantage('eni-other'), []);
    expect(filed.coverage.hasGaps).toBe(true);
    expect(filed.coverage.hasGap(vantage, 150, 160)).toBe(true);
    expect(filed.coverage.hasGap(vantage, 250, 260)).toBe(false);
    expect(reportOf(filed)).toMatchObject([
      { vantage: 'eni-other', skipped: [] },
      { vantage: ENI, skipped: [[100, 200]] },
    ]);
  });
});
