/** What a tracker holds, written down: every part of it by its name, in an order that does not depend on how it came about. */
import { Map as ImmutableMap, Set as ImmutableSet, List } from 'immutable';
import { describe, expect, it } from 'vitest';
import { NO_LESSON } from '../../src/engine/observers/lessons.ts';
import { Learned } from '../../src/stream/learned.ts';
import { stateFromJson } from '../../src/stream/read-snapshot.ts';
import { stateToJson, TrackerState } from '../../src/stream/tracker-state.ts';

const FIELDS = 'version interface-id srcaddr dstaddr srcport dstport protocol start end';
/** A minute of a client and port 443 of 10.0.0.5, to it or from it. */
const lineOf = (client: string, { start = 0, isReply = false } = {}): string => {
  const ends = isReply ? `10.0.0.5 ${client} 443 40000` : `${client} 10.0.0.5 40000 443`;
  return `${FIELDS}\n3 eni-1 ${ends} 6 ${start} ${start + 59}`;
};

// Both keys begin with the server, whose name is the lower one: it spoke with bit 1, a client with bit 2.
const KEYS = ['10.0.0.5 443 6 10.0.0.8 40000 6', '10.0.0.5 443 6 10.0.0.9 40000 6'] as const;
const ENDS = [
  ['10.0.0.5 443 6', '10.0.0.8 40000 6'],
  ['10.0.0.5 443 6', '10.0.0.9 40000 6'],
] as const;
const LINES = [
  [lineOf('10.0.0.8')],
  [lineOf('10.0.0.9'), lineOf('10.0.0.9', { start: 60, isReply: true })],
] as const;
// Both lie more than 900 s beyond the newest time, the earlier first.
const CLAIMS = [lineOf('10.0.0.7', { start: 5000 }), lineOf('10.0.0.7', { start: 7000 })] as const;

const STATE = TrackerState({
  ...{ newest: 119, records: 7, late: 2, ahead: 4, rejected: 1, connections: 3 },
  claims: [
    { time: 5059, line: CLAIMS[0] },
    { time: 7059, line: CLAIMS[1] },
  ],
  held: ImmutableMap([
    [KEYS[1], { lines: List(LINES[1]), last: 119, ways: 3, talks: false, ends: ENDS[1] }],
    [KEYS[0], { lines: List(LINES[0]), last: 59, ways: 2, talks: false, ends: ENDS[0] }],
  ]),
  learned: new Learned(
    ImmutableMap([
      ['eni-2', NO_LESSON],
      [
        'eni-1',
        {
          ...NO_LESSON,
          records: 5,
          own: { v4: [['10.0.0.6'], ['10.0.0.8', '10.0.0.7'], ['10.0.0.5']], v6: [[]] },
        },
      ],
    ]),
    ImmutableMap([
      ['10.0.0.4 4 6', { answers: false, peers: ImmutableSet(['z', 'y']) }],
      ['10.0.0.3 3 6', { answers: true, peers: ImmutableSet<string>() }],
    ]),
  ),
});

describe("a tracker's state as JSON", () => {
  it('has all it holds under names, in the order of their names', () => {
    expect(stateToJson(STATE)).toEqual({
      ...{ conntrail: 'tracker', version: 4 },
      ...{ newest: 119, records: 7, late: 2, ahead: 4, rejected: 1, connections: 3 },
      claims: CLAIMS,
      held: [
        [KEYS[0], { lines: LINES[0], last: 59, ways: 2, talks: false, ends: ENDS[0] }],
        [KEYS[1], { lines: LINES[1], last: 119, ways: 3, talks: false, ends: ENDS[1] }],
      ],
      vantages: [
        [
          'eni-1',
          {
            ...NO_LESSON,
            records: 5,
            own: { v4: [['10.0.0.5'], ['10.0.0.6'], ['10.0.0.7', '10.0.0.8']], v6: [[]] },
          },
        ],
        ['eni-2', NO_LESSON],
      ],
      ends: [
        ['10.0.0.3 3 6', { answers: true, peers: [] }],
        ['10.0.0.4 4 6', { answers: false, peers: ['y', 'z'] }],
      ],
    });
  });

  it('is read back as the same state', () => {
    const read = stateFromJson(JSON.parse(JSON.stringify(stateToJson(STATE))));
    expect(stateToJson(read)).toEqual(stateToJson(STATE));
    expect(read.claims).toEqual(STATE.claims);
    expect(read.held.get(KEYS[1])?.lines).toEqual(List(LINES[1]));
    expect(read.learned.lessons().end('10.0.0.4', 4, 6)).toEqual({ answers: false, peers: 2 });
  });

  it('has what is not believed in the order of its times, however it was written down', () => {
    const json = { ...stateToJson(STATE), claims: CLAIMS.toReversed() };
    expect(stateFromJson(json).claims).toEqual(STATE.claims);
  });

  it('is empty at first', () => {
    expect(stateToJson(TrackerState())).toEqual({
      ...{ conntrail: 'tracker', version: 4, newest: null, claims: [], held: [], vantages: [], ends: [] },
      ...{ records: 0, late: 0, ahead: 0, rejected: 0, connections: 0 },
    });
  });
});
