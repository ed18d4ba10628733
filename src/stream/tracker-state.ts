/** All that a tracker holds, as one Immutable value, and its form in JSON. */
import { Map as ImmutableMap, Record, type RecordOf } from 'immutable';
import type { VantageLesson } from '../engine/observers/lessons.ts';
import type { OwnSets } from '../engine/observers/own-addresses.ts';
import type { Held } from './held.ts';
import { Learned } from './learned.ts';
import type { Clock } from './watermark.ts';

interface State extends Clock {
  readonly held: ImmutableMap<string, Held>;
  readonly learned: Learned;
  readonly records: number;
  readonly late: number;
  readonly ahead: number;
  readonly rejected: number;
  readonly connections: number;
}
export type TrackerState = RecordOf<State>;
export const TrackerState: Record.Factory<State> = Record<State>({
  held: ImmutableMap(),
  learned: new Learned(),
  newest: null,
  claims: [],
  records: 0,
  late: 0,
  ahead: 0,
  rejected: 0,
  connections: 0,
});

/** A snapshot in JSON: lists of pairs, since names in logs may be anything. */
export interface SnapshotJson {
  readonly conntrail: 'tracker';
  readonly version: 4;
  readonly newest: number | null;
  /** The lines of records with times that are not believed yet. */
  readonly claims: readonly string[];
  readonly records: number;
  readonly late: number;
  readonly ahead: number;
  readonly rejected: number;
  readonly connections: number;
  readonly held: readonly (readonly [string, { lines: readonly string[] } & Omit<Held, 'lines'>])[];
  readonly vantages: readonly (readonly [string, VantageLesson])[];
  readonly ends: readonly (readonly [string, { answers: boolean; peers: readonly string[] }])[];
}

/** By name: equal states have equal texts, however they came about. */
const inOrder = <T>(map: ImmutableMap<string, T>): [string, T][] =>
  [...map].sort(([a], [b]) => (a < b ? -1 : 1));

const setsInOrder = (sets: OwnSets): OwnSets =>
  sets.map((set) => [...set].sort()).sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1));

export const stateToJson = (state: TrackerState): SnapshotJson => {
  const { newest, claims, records, late, ahead, rejected, connections, held, learned } = state;
  return {
    conntrail: 'tracker',
    version: 4,
    newest,
    claims: claims.map(({ line }) => line),
    records,
    late,
    ahead,
    rejected,
    connections,
    held: inOrder(held).map(([key, { lines, ...rest }]) => [key, { ...rest, lines: lines.toArray() }]),
    vantages: inOrder(learned.vantages).map(([name, lesson]) => {
      const { v4, v6 } = lesson.own;
      return [name, { ...lesson, own: { v4: setsInOrder(v4), v6: setsInOrder(v6) } }];
    }),
    ends: inOrder(learned.ends).map(([name, { answers, peers }]) => [
      name,
      { answers, peers: peers.toArray().sort() },
    ]),
  };
};
