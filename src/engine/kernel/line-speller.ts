/** How lines are spelt, handed down by who knows the form: the engine judges rows, it does not know JSON. */
import type { Connection } from '../../model/connection.ts';
import { plainName, type SpeltName } from '../../model/spelt-name.ts';
import type { Upshot } from '../../model/upshots.ts';

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
  /** Of lines that are not rows of columns: then nothing else is asked of the speller. */
  readonly own?: OwnTexts;
  /** What the kernel writes of each connection; lines when left out. */
  readonly form?: RowForm;
  /** Of lines that have not all columns, or not in the order of the row: those that they have, in their order. */
  readonly columns?: readonly string[];
}

/** What the kernel writes for a speller. */
export const formOf = ({ form, columns }: LineSpeller): RowForm | 'CHOSEN_LINES' =>
  columns === undefined ? (form ?? 'LINES') : 'CHOSEN_LINES';

/** A cell and what stands before it; nothing of a column that lines do not have. */
export const cellOf = (
  { before, value, columns }: LineSpeller,
  column: string,
  cell: string | number | boolean | null,
): string => (columns?.includes(column) === false ? '' : before(column) + value(cell));

/** What is counted of a row. */
export interface CountedRow
  extends Pick<
    Connection,
    | 'state'
    | 'protocol'
    | 'verdict'
    | 'initiatorBasis'
    | 'oneSided'
    | 'hasGap'
    | 'mayHideReuse'
    | 'contradicted'
  > {
  readonly upshot: Upshot;
}

/** Is told of rows that are alike in what is counted, and of how many. */
export type CountRows = (row: CountedRow, times: number) => void;

/** Asks for rows that have no texts of their own. */
export const textless = (form: RowForm, own?: OwnTexts): LineSpeller => ({
  form,
  before: () => '',
  value: () => '',
  quotes: ['', ''],
  empty: '',
  name: () => plainName(''),
  end: '',
  ...(own === undefined ? {} : { own }),
});
