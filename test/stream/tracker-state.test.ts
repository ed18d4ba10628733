/** What a tracker holds, written down: every part of it by its name, in an order that does not depend on how it came about. */
import { Map as ImmutableMap, Set as ImmutableSet, List } from 'immutable';
import { describe, expect, it } from 'vitest';
import { NO_LESSON } from '../../src/lifecycle/lessons.ts';
import { Learned } from '../../src/stream/learned.ts';
import { stateFromJson, stateToJson, TrackerState } from '../../src/stream/tracker-state.ts';

const held = (line: string) => ({
  ...{ lines: List([line]), last: 59, ways: 1 },
  ends: ['a 1 6', 'b 2 6'] as const,
});

const STATE = TrackerState({
  ...{ newest: 100, records: 7, late: 2, rejected: 1, connections: 3 },
  held: ImmutableMap([
    ['b', held('two')],
    ['a', held('one')],
  ]),
  learned: new Learned(
    ImmutableMap([
      ['eni-2', NO_LESSON],
      ['eni-1', { ...NO_LESSON, records: 5 }],
    ]),
    ImmutableMap([
      ['d 4 6', { answers: false, peers: ImmutableSet(['z', 'y']) }],
      ['c 3 6', { answers: true, peers: ImmutableSet<string>() }],
    ]),
  ),
});

describe("a tracker's state as JSON", () => {
  it('has all it holds under names, in the order of their names', () => {
    const ends = ['a 1 6', 'b 2 6'];
    expect(stateToJson(STATE)).toEqual({
      ...{ conntrail: 'tracker', version: 1 },
      ...{ newest: 100, records: 7, late: 2, rejected: 1, connections: 3 },
      held: [
        ['a', { lines: ['one'], last: 59, ways: 1, ends }],
        ['b', { lines: ['two'], last: 59, ways: 1, ends }],
      ],
      vantages: [
        ['eni-1', { ...NO_LESSON, records: 5 }],
        ['eni-2', NO_LESSON],
      ],
      ends: [
        ['c 3 6', { answers: true, peers: [] }],
        ['d 4 6', { answers: false, peers: ['y', 'z'] }],
      ],
    });
  });

  it('is read back as the same state', () => {
    const read = stateFromJson(JSON.parse(JSON.stringify(stateToJson(STATE))));
    expect(stateToJson(read)).toEqual(stateToJson(STATE));
    expect(read.held.get('a')?.lines).toEqual(List(['one']));
    expect(read.learned.lessons().end('d', 4, 6)).toEqual({ answers: false, peers: 2 });
  });

  it('is empty at first', () => {
    expect(stateToJson(TrackerState())).toEqual({
      ...{ conntrail: 'tracker', version: 1, newest: null, records: 0, late: 0, rejected: 0, connections: 0 },
      ...{ held: [], vantages: [], ends: [] },
    });
  });
});
