/** What was learned elsewhere of a whole input of which the records at hand are a part: it stands in the place of what they teach. */
import type { Dictionaries } from '../record/scan-lines.ts';
import type { EndRows } from './kernel/end-rows.ts';
import type { VantageLesson } from './observers/lessons.ts';
import type { Observers } from './observers/observers.ts';
import type { KeptBytes } from './spill/kept-bytes.ts';

export interface Elsewhere {
  /** Of vantages of the records at hand, by their interned ids. */
  readonly vantages: ReadonlyMap<number, VantageLesson>;
  /** Of ends, as rows. */
  readonly ends: KeptBytes;
  /** Nothing is known of an end that is not among them; else it is known to answer nobody and to talk with one other at most. */
  readonly knowsOnlyThese: boolean;
  /** What is said where one is asked for that is not among them, and is not to be missing. */
  missing(end: string): Error;
}

/** Who hands it over. */
export interface ReadsElsewhere {
  /**
   * Called once, when the records at hand have been read.
   * @throws InputError where what is learned is damaged, or lacks a vantage of theirs
   */
  read(observers: Observers, dictionaries: Dictionaries, rows: EndRows): Promise<Elsewhere>;
}
