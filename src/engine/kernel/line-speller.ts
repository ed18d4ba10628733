/** How lines are spelt, handed down by who knows the form: the engine judges rows, it does not know JSON. */
import type { FlatRow } from '../../model/flat-row.ts';
import type { Judge } from '../judge.ts';
import type { KernelMemory } from './kernel-memory.ts';

/** A line, its outline (outlines/outline-rows.ts), the whole of it (outlines/whole-rows.ts), or that with its windows or its trace. */
export type RowForm = 'LINES' | 'OUTLINES' | 'WHOLE_ROWS' | 'WITH_WINDOWS' | 'TRACES';

export interface LineSpeller {
  /** What stands before the value of a column. */
  before(column: string): string;
  /** A value; a text has one byte before and one behind it, and printed ASCII but quotes and backslashes as it is. */
  value(value: string | number | boolean | null): string;
  /** What stands behind the last value. */
  readonly end: string;
  /**
   * The line of a row; the caller's until the next call.
   * @param place of its key in the order
   * @param number how many connections of that key come before it
   */
  line(row: FlatRow, place: number, number: number): Uint8Array;
  /**
   * The same as {@link line} of a connection that TypeScript has judged, where its flat row does not say enough.
   * @param memory of the rules whose rows it stands among
   */
  judged?(judge: Judge, memory: KernelMemory): Uint8Array;
  /** What the kernel writes of each connection; lines when left out. */
  readonly form?: RowForm;
}

/** What is counted of a row. */
export type CountedRow = Pick<
  FlatRow,
  | 'state'
  | 'protocol'
  | 'verdict'
  | 'initiatorBasis'
  | 'oneSided'
  | 'hasGap'
  | 'mayHideReuse'
  | 'contradicted'
>;

/** Is told of rows that are alike in what is counted, and of how many. */
export type CountRows = (row: CountedRow, times: number) => void;
