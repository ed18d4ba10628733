/** What was open at a moment as text: its sentence, and a table on one line a connection or on two. */
import { describe, expect, it } from 'vitest';
import {
  type Covered,
  countLines,
  describeMoment,
  describeTimeless,
  momentLines,
} from '../../src/cli/at-text.ts';
import { plain } from '../../src/cli/colours.ts';
import type { Connection } from '../../src/model/connection.ts';
import { noUpshots } from '../../src/model/upshots.ts';
import type { OpenAt, OpenConnection } from '../../src/timeline/at.ts';
import { connection } from '../export/connection.ts';

const TIME = 1566849000; // 2019-08-26 19:50:00 UTC
const NOWHERE: Covered = { first: null, last: null };
const UNBOUNDED = { least: null, most: null };

const moment = (given: Partial<OpenAt>): OpenAt =>
  ({
    ...{
      time: TIME,
      surely: 0,
      possibly: 0,
      attempts: 0,
      attemptsBy: noUpshots(),
      timeless: 0,
      connections: [],
    },
    ...given,
  }) as OpenAt;

const ends = (port: number): Partial<Connection> => ({
  initiator: { address: '10.0.0.1', port, packets: 1, bytes: 1, flags: null },
  responder: { address: '10.0.0.2', port: 22, packets: 1, bytes: 1, flags: null },
});

const row = (about: Partial<Connection>, given: Partial<OpenConnection>): OpenConnection => ({
  connection: { ...connection(), ...about },
  open: 'possibly',
  because: 'recorded',
  age: UNBOUNDED,
  initiatorBytes: UNBOUNDED,
  responderBytes: UNBOUNDED,
  stateThen: null,
  ...given,
});

const proved = row(ends(1001), {
  open: 'surely',
  because: 'proved',
  age: { least: 60, most: 60 },
  initiatorBytes: { least: 0, most: 376 },
  stateThen: 'established',
});
const silent = row(
  { ...ends(1002), firstSeen: TIME - 100, lastSeen: TIME - 67 },
  {
    because: 'silent',
    age: { least: 0, most: null },
    initiatorBytes: { least: 1000, most: null },
    // Two numbers that read the same.
    responderBytes: { least: 23395289, most: 23395290 },
  },
);
const recorded = row(ends(1003), {
  age: { least: 5, most: null },
  initiatorBytes: { least: 0, most: 0 },
  responderBytes: { least: 1, most: 1 },
  stateThen: 'closed',
});
const unseen = row(
  {
    state: null,
    protocol: 'icmp',
    firstSeen: TIME + 30,
    lastSeen: TIME + 90,
    initiator: { address: '10.0.0.1', port: null, packets: 1, bytes: 1, flags: null },
    responder: { address: '10.0.0.2', port: null, packets: 1, bytes: 1, flags: null },
  },
  {
    because: 'unseen',
    age: { least: 37, most: 155 },
    initiatorBytes: { least: 101_000, most: 23395289 },
    responderBytes: { least: 632, most: 632 },
  },
);

/** The lines below the sentence and the empty line. */
const table = (width: number, ...connections: OpenConnection[]): string[] =>
  [...momentLines(moment({ connections }), NOWHERE, { width, paint: plain })]
    .join('\n')
    .split('\n\n')[1]
    ?.split('\n') ?? [];

describe('the sentence of a moment', () => {
  const of = (given: Partial<OpenAt>, covered: Covered = NOWHERE): string =>
    describeMoment(moment(given), covered);

  it('counts what was open, and attempts where there were any', () => {
    expect(of({ surely: 1234, possibly: 2 })).toBe('2019-08-26 19:50:00 UTC: 1,234 surely open, 2 possibly.');
    expect(of({ possibly: 1000, attemptsBy: { ...noUpshots(), unanswered: 1 } })).toBe(
      '2019-08-26 19:50:00 UTC: 0 surely open, 1,000 possibly; 1 tried, no answer.',
    );
    expect(of({ attemptsBy: { ...noUpshots(), unanswered: 2, blocked: 1, late: 3 } })).toContain(
      ' possibly; 2 tried, no answer; 1 was blocked; 3 are known by late packets alone.',
    );
  });

  it('says where the records lie when the moment is not among them, its ends included', () => {
    const nothing = '2019-08-26 19:50:00 UTC: 0 surely open, 0 possibly.';
    const later = ' The records begin later, at 2019-08-26 19:50:01 UTC.';
    const before = ' The records end before, at 2019-08-26 19:49:59 UTC.';
    expect(of({}, { first: TIME, last: TIME })).toBe(nothing);
    expect(of({}, { first: TIME + 1, last: TIME + 2 })).toBe(nothing + later);
    expect(of({}, { first: TIME - 2, last: TIME - 1 })).toBe(nothing + before);
    expect(of({}, { first: null, last: TIME - 1 })).toBe(nothing);
    expect(of({}, { first: TIME + 1, last: null })).toBe(nothing);
  });

  it('is bold, and wrapped in no less than 40 columns', () => {
    const paint = (text: string, style: string | undefined): string => `<${style}>${text}`;
    const lines = (width: number): string[] => [
      ...momentLines(moment({ surely: 1, possibly: 3 }), NOWHERE, { width, paint }),
    ];
    const whole = '<bold>2019-08-26 19:50:00 UTC: 1 surely open, 3 possibly.';
    expect(lines(51)).toEqual([whole]);
    expect(lines(50)).toEqual(['<bold>2019-08-26 19:50:00 UTC: 1 surely open, 3', '<bold>possibly.']);
    expect(lines(10)).toEqual(['<bold>2019-08-26 19:50:00 UTC: 1 surely open,', '<bold>3 possibly.']);
  });
});

it('counts connections that no moment can be asked of', () => {
  expect([0, 1, 2].map(describeTimeless)).toEqual([
    '',
    '1 connection carries no times: nothing tells when it was open.',
    '2 connections carry no times: nothing tells when they were open.',
  ]);
});

describe('the table of a moment', () => {
  it('has a connection on one line where that is no wider than the terminal', () => {
    const lines = [
      'open              age  initiator      responder    state by then             sent →   ← sent  possibly because',
      'surely           60 s  10.0.0.1:1001  10.0.0.2:22  established              ≤ 376 B        –',
      'possibly            –  10.0.0.1:1002  10.0.0.2:22  –                      ≥ 1.00 kB  23.4 MB  no record for 67 s',
      'possibly        ≥ 5 s  10.0.0.1:1003  10.0.0.2:22  closed                       0 B      1 B  near its opening or end',
      'possibly  37 to 155 s  10.0.0.1       10.0.0.2     icmp exchange  101 kB to 23.4 MB    632 B  first seen 30 s later',
    ];
    // The third line of connections is the longest.
    expect(lines[3]).toHaveLength(117);
    expect(table(117, proved, silent, recorded, unseen)).toEqual(lines);
  });

  it('has it on two where it is, each column as wide as what stands above and below', () => {
    expect(table(116, proved, silent, recorded, unseen)).toEqual([
      'open          initiator      state by then                       sent →',
      'age         → responder      possibly because                    ← sent',
      'surely        10.0.0.1:1001  established                        ≤ 376 B',
      '60 s        → 10.0.0.2:22                                             –',
      'possibly      10.0.0.1:1002  –                                ≥ 1.00 kB',
      '–           → 10.0.0.2:22    no record for 67 s                 23.4 MB',
      'possibly      10.0.0.1:1003  closed                                 0 B',
      '≥ 5 s       → 10.0.0.2:22    near its opening or end                1 B',
      'possibly      10.0.0.1       icmp exchange            101 kB to 23.4 MB',
      '37 to 155 s → 10.0.0.2       first seen 30 s later                632 B',
    ]);
  });

  it('has no column for what is possible where all of it is sure', () => {
    // 6 + 4 + 13 + 11 + 13 + 7 + 6 columns, and six gaps of 2.
    expect(table(72, proved)).toEqual([
      'open     age  initiator      responder    state by then   sent →  ← sent',
      'surely  60 s  10.0.0.1:1001  10.0.0.2:22  established    ≤ 376 B       –',
    ]);
    expect(table(71, proved)).toEqual([
      'open     initiator      state by then      sent →',
      'age    → responder      possibly because   ← sent',
      'surely   10.0.0.1:1001  established       ≤ 376 B',
      '60 s   → 10.0.0.2:22                            –',
    ]);
  });

  it('has bold titles, what is sure bold, states in their colours and reasons dim', () => {
    const paint = (text: string, style: string | undefined): string =>
      style === undefined ? text : `<${style}>${text}</>`;
    const painted = (width: number, ...connections: OpenConnection[]): string[] =>
      [...momentLines(moment({ connections }), NOWHERE, { width, paint })].slice(2);
    const [titles, sure, possible] = painted(Number.POSITIVE_INFINITY, proved, recorded);
    expect(titles).toMatch(/^(<bold>[^<>]+<\/>( {2}|$)){8}$/);
    expect(sure).toBe(
      '<bold>surely  </>   60 s  10.0.0.1:1001  10.0.0.2:22  <cyan>established  </>  ≤ 376 B       –  ' +
        `<dim>${' '.repeat(23)}</>`,
    );
    expect(possible).toBe(
      'possibly  ≥ 5 s  10.0.0.1:1003  10.0.0.2:22  closed             0 B     1 B  <dim>near its opening or end</>',
    );
    const [above, below, , age] = painted(60, proved);
    expect(above).toMatch(/^(<bold>[^<>]+<\/>( {2}|$)){4}$/);
    expect(below).toMatch(/^<bold>age {4}<\/>→ (<bold>[^<>]+<\/>( {2}|$)){3}$/);
    expect(age).toBe(`60 s   → 10.0.0.2:22    <dim>${' '.repeat(16)}</>        –`);
  });

  it('lets nothing of a hostile log reach the terminal', () => {
    const lines = table(200, row({ ...ends(1), state: null, protocol: 'p\u0007' }, {}));
    expect(lines[1]).toContain('p\\x07 exchange');
  });
});

describe('counts over time', () => {
  const count = (time: number, surely: number, possibly = 0) => ({ time, surely, possibly, attempts: 0 });
  const lines = (...counts: ReturnType<typeof count>[]): string[] => [
    ...countLines(counts, { width: 58, paint: plain }),
  ];

  it('have no bar where nothing was open', () => {
    expect(lines(count(TIME, 0))[2]).toBe('19:50:00       0         0         0');
  });

  it('have columns as wide as their largest number', () => {
    // 8 + 10 + 8 + 8 columns and four gaps of 2 leave 16 for bars.
    expect(lines(count(TIME, 12_345_678), count(TIME + 60, 1)).slice(0, 4)).toEqual([
      'time          surely  possibly  attempts',
      '2019-08-26 UTC',
      '19:50:00  12,345,678         0         0  ████████████████',
      '19:51:00           1         0         0',
    ]);
  });

  it('have no line of a day before the first of the calendar, and one where it begins', () => {
    expect(lines(count(-1, 1), count(0, 1)).slice(1, 4)).toEqual([
      '-1 s           1         0         0  ████████████████████',
      '1970-01-01 UTC',
      '00:00:00       1         0         0  ████████████████████',
    ]);
  });
});
