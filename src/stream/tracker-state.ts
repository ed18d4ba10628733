/** All that a tracker holds, as one Immutable value, and its form in JSON. */
import { Map as ImmutableMap, Set as ImmutableSet, List, Record, type RecordOf } from 'immutable';
import type { VantageLesson } from '../lifecycle/lessons.ts';
import { OptionError } from '../model/errors.ts';
import { type EndSeen, Learned } from './learned.ts';

/** The records of one key that no connection was made of yet. */
export interface Held {
  /** Each with the names of its fields in front, and a line feed between. */
  readonly lines: List<string>;
  /** The last end in Unix seconds; null when a record has no times: then only the end of the stream ends it. */
  readonly last: number | null;
  /** Bits: the end with the lower name spoke 1, the other 2. */
  readonly ways: number;
  /** The names of both ends. */
  readonly ends: readonly [string, string];
}

interface State {
  readonly held: ImmutableMap<string, Held>;
  readonly learned: Learned;
  /** The newest time seen, in Unix seconds; null before the first. */
  readonly newest: number | null;
  readonly records: number;
  readonly late: number;
  readonly rejected: number;
  readonly connections: number;
}
export type TrackerState = RecordOf<State>;
export const TrackerState: Record.Factory<State> = Record<State>({
  held: ImmutableMap(),
  learned: new Learned(),
  newest: null,
  records: 0,
  late: 0,
  rejected: 0,
  connections: 0,
});

/** A snapshot in JSON: lists of pairs, since names in logs may be anything. */
export interface SnapshotJson {
  readonly conntrail: 'tracker';
  readonly version: 1;
  readonly newest: number | null;
  readonly records: number;
  readonly late: number;
  readonly rejected: number;
  readonly connections: number;
  readonly held: readonly (readonly [string, { lines: readonly string[] } & Omit<Held, 'lines'>])[];
  readonly vantages: readonly (readonly [string, VantageLesson])[];
  readonly ends: readonly (readonly [string, { answers: boolean; peers: readonly string[] }])[];
}

/** By name: equal states have equal texts, however they came about. */
const inOrder = <T>(map: ImmutableMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

export const stateToJson = (state: TrackerState): SnapshotJson => {
  const { newest, records, late, rejected, connections, held, learned } = state;
  return {
    conntrail: 'tracker',
    version: 1,
    newest,
    records,
    late,
    rejected,
    connections,
    held: inOrder(held).map(([key, { lines, ...rest }]) => [key, { ...rest, lines: lines.toArray() }]),
    vantages: inOrder(learned.vantages),
    ends: inOrder(learned.ends).map(([name, { answers, peers }]) => [
      name,
      { answers, peers: peers.toArray().sort() },
    ]),
  };
};

/**
 * The state that a snapshot in JSON tells.
 * @throws OptionError (option-invalid) when it is none, or one of another version
 */
export const stateFromJson = (json: SnapshotJson): TrackerState => {
  if (json?.conntrail !== 'tracker' || json.version !== 1)
    throw new OptionError('option-invalid', 'This is no snapshot of a tracker, or one of another version.');
  const { newest, records, late, rejected, connections } = json;
  const held = ImmutableMap<string, Held>(
    json.held.map(([key, each]) => [key, { ...each, lines: List(each.lines) }]),
  );
  const ends = ImmutableMap<string, EndSeen>(
    json.ends.map(([name, { answers, peers }]) => [name, { answers, peers: ImmutableSet(peers) }]),
  );
  const learned = new Learned(ImmutableMap(json.vantages), ends);
  return TrackerState({ newest, records, late, rejected, connections, held, learned });
};
