/**
 * What a stream has learned before the records at hand, in plain values: what an input that is read as a whole teaches
 * while it is read (coverage.ts, rules/services.ts, rules/both-ways.ts, rules/told-twice.ts), a stream has to bring along.
 */
import type { EndKnowledge } from '../../meaning/initiator.ts';
import { NO_RECORD_YET, type OwnSets } from './own-addresses.ts';
import type { ToldTwiceSums } from './told-twice.ts';

/** Of one interface, or the resource that stands in its place. */
export interface VantageLesson {
  readonly vpcId: string | null;
  readonly records: number;
  readonly nodata: number;
  /** Unix seconds of the first start and the last end. */
  readonly first: number | null;
  readonly last: number | null;
  /** Seconds of its longest interval. */
  readonly longest: number | null;
  /** It stood in for another address at least once. */
  readonly rewrites: boolean;
  /** Which addresses may be its own. */
  readonly own: { readonly v4: OwnSets; readonly v6: OwnSets };
  /** Intervals in which AWS lost records; null for times that are not known. */
  readonly skipped: readonly (readonly [number | null, number | null])[];
  /** Talks that it showed in both directions, and connections of which it showed one half only. */
  readonly bothWays: number;
  readonly halves: number;
  /** Records that hold others of it, as a second flow log with longer intervals writes them. */
  readonly toldTwice: ToldTwiceSums;
  /** Whether these came from another stream: then they stay. */
  readonly isSettled: boolean;
}

export interface Lessons {
  /** By interface, or resource; '' where the format names none. */
  readonly vantages: Iterable<readonly [name: string, lesson: VantageLesson]>;
  /** What is known of an end of a key. */
  end(address: string, port: number, protocol: number): EndKnowledge;
}

/** Which file of the rules, or of this room, teaches each lesson: all that is learned from the whole input, in one list (docs/rules.md). */
export const TAUGHT_BY: Readonly<
  Record<Exclude<keyof VantageLesson, 'isSettled'> | keyof EndKnowledge, string>
> = {
  answers: 'rules/services',
  peers: 'rules/services',
  bothWays: 'rules/both-ways',
  halves: 'rules/both-ways',
  toldTwice: 'rules/told-twice',
  own: 'rules/own-addresses',
  rewrites: 'rules/observers',
  records: 'rules/observers',
  first: 'rules/observers',
  last: 'rules/observers',
  longest: 'rules/observers',
  nodata: 'engine/observers/coverage',
  skipped: 'engine/observers/coverage',
  vpcId: 'engine/observers/coverage',
};

export const NO_LESSON: VantageLesson = {
  vpcId: null,
  records: 0,
  nodata: 0,
  first: null,
  last: null,
  longest: null,
  rewrites: false,
  own: { v4: NO_RECORD_YET, v6: NO_RECORD_YET },
  skipped: [],
  bothWays: 0,
  halves: 0,
  toldTwice: { sums: 0, contradictions: 0, nests: 0 },
  isSettled: false,
};
