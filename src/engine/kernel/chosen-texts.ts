/** The columns of lines whose columns are chosen, by the numbers that the kernel has for them, and what texts each of them takes. */
import { BASES } from '../outlines/outline-rows.ts';
import { cellOf, type LineSpeller } from './line-speller.ts';
import { CLOSERS, COUNTED_AS, LOST_BECAUSE, REJECTED_SIDES, VERDICTS } from './meaning-tables.ts';

/** The texts of a column. */
type TextsOf = (speller: LineSpeller, column: string) => readonly string[];

/** What stands before a number. */
const number: TextsOf = (speller, column) => [speller.before(column)];

/** What stands before a text that the kernel spells, and the cell where there is none. */
const text: TextsOf = (speller, column) => [
  speller.before(column) + speller.quotes[0],
  cellOf(speller, column, null),
];

/** Cells by the numbers that rows have for what they tell. */
const cells =
  (values: readonly (string | boolean | null)[]): TextsOf =>
  (speller, column) =>
    values.map((value) => cellOf(speller, column, value));

const mark = cells([false, true, null]);

/** It has texts by finding, by life or by observer instead. */
const elsewhere: TextsOf = () => [];

/** In the order of their numbers, which is that of the row. */
const CHOSEN: Readonly<Record<string, TextsOf>> = {
  uid: text,
  community_id: text,
  protocol: text,
  initiator_address: text,
  initiator_port: number,
  responder_address: text,
  responder_port: number,
  initiator_basis: cells(BASES),
  initiator_confidence: elsewhere,
  state: cells(COUNTED_AS),
  closed_by: cells(CLOSERS),
  conn_state: elsewhere,
  history: text,
  verdict: cells(VERDICTS),
  first_seen: number,
  last_seen: number,
  opened_at: number,
  opened_by: number,
  closed_after: number,
  closed_at: number,
  duration_min: number,
  duration_max: number,
  rejected_at: text,
  rejected_from: number,
  rejected_side: cells(REJECTED_SIDES),
  lost_at: text,
  packets_lost: number,
  lost_because: cells(LOST_BECAUSE),
  initiator_packets: number,
  initiator_bytes: number,
  responder_packets: number,
  responder_bytes: number,
  initiator_flags: number,
  responder_flags: number,
  windows: number,
  records: number,
  vantages: number,
  interface_id: text,
  vpc_id: elsewhere,
  subnet_id: elsewhere,
  instance_id: elsewhere,
  account_id: elsewhere,
  starts_midstream: mark,
  ends_open: mark,
  one_sided: mark,
  has_gap: mark,
  may_hide_reuse: mark,
  contradicted: mark,
  path: elsewhere,
};

const NUMBERS = new Map(Object.keys(CHOSEN).map((column, number) => [column, number]));

/** @throws Error where the kernel does not know the column */
export const numberOfColumn = (column: string): number => {
  const number = NUMBERS.get(column);
  if (number === undefined) throw new Error(`The kernel does not know the column ${column}.`);
  return number;
};

/** The texts of a column, one behind the other; those of the path are common to all lines of columns. */
export const textsOfColumn = (speller: LineSpeller, column: string): readonly string[] =>
  CHOSEN[column]?.(speller, column) ?? [];
