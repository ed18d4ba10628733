/** How lines are spelt, handed down by who knows the form: the engine judges rows, it does not know JSON. */
import type { FlatRow } from '../../model/flat-row.ts';
import { plainName, type SpeltName } from '../../model/spelt-name.ts';
import type { Judge } from '../judge.ts';
import type { KernelMemory } from './kernel-memory.ts';

/** A line, its outline (outlines/outline-rows.ts), the whole of it (outlines/whole-rows.ts), that with its windows or its trace, or a line of Zeek's. */
export type RowForm = 'LINES' | 'OUTLINES' | 'WHOLE_ROWS' | 'WITH_WINDOWS' | 'TRACES' | 'ZEEK_LINES';

/** What lines that are not rows of columns take, by the numbers that the rules have for them. */
export interface OwnTexts {
  readonly fixed: readonly string[];
  /** What is told of a life, with all around it. */
  life(connState: string | null): string;
}

export interface LineSpeller {
  /** What stands before the value of a column. */
  before(column: string): string;
  /** A value; a text has one byte before and one behind it, and printed ASCII but quotes and backslashes as it is. */
  value(value: string | number | boolean | null): string;
  /** What stands before and behind every text. */
  readonly quotes: readonly [open: string, close: string];
  /** A text of no letters, between those. */
  readonly empty: string;
  /** A name, or what stands behind one, as a part of a text. */
  name(text: string): SpeltName;
  /** What stands behind the last value. */
  readonly end: string;
  /**
   * The line of a row; the caller's until the next call.
   * @param place of its key in the order
   * @param number how many connections of that key come before it
   */
  line(row: FlatRow, place: number, number: number): Uint8Array;
  /** Of lines that are not rows of columns: then nothing else is asked of the speller. */
  readonly own?: OwnTexts;
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

/** A speller of rows that have no texts of their own. */
export abstract class TextlessSpeller implements LineSpeller {
  abstract readonly form: RowForm;
  readonly end = '';
  readonly quotes = ['', ''] as const;
  readonly empty = '';

  before(): string {
    return '';
  }

  value(): string {
    return '';
  }

  name(): SpeltName {
    return plainName('');
  }

  abstract line(row: FlatRow, place: number, number: number): Uint8Array;
}
