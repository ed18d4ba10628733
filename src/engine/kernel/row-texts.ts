/** The texts of a line that are the same for many, put together once: the kernel copies them. */

import { labelOf } from '../../meaning/labels.ts';
import type { Verdict } from '../../model/connection.ts';
import { MARK } from '../outlines/outline-rows.ts';
import { numberOfColumn, textsOfColumn } from './chosen-texts.ts';
import { teachFindings } from './finding-texts.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { cellOf, type LineSpeller, type OwnTexts } from './line-speller.ts';
import { LIVES, type Life, LOST_BECAUSE, REJECTED_SIDES, VERDICTS } from './meaning-tables.ts';

/** In the order that the kernel numbers them: roles, and what an interface of that role saw, where that is part of its label. */
const ROLES = [
  ['initiator', 'both'],
  ['responder', 'both'],
  ['unknown', 'both'],
  ['gateway', 'both'],
  ['gateway', 'initiator'],
  ['gateway', 'responder'],
] as const;

/** Verdicts by the numbers that rows have for them, and places for more. */
const VERDICT_PLACES: readonly (Verdict | null)[] = Array.from({ length: 10 }, (_, i) => VERDICTS[i] ?? null);

/**
 * The texts of every line of columns, in the order that the kernel knows.
 * @param end what stands behind the path, its last column or one among others
 */
const commonTexts = (speller: LineSpeller, end: string): string[] => {
  const [open, close] = speller.quotes;
  const labels = ROLES.map(([role, sees]) => labelOf('', role, sees));
  const isPathLeftOut = speller.columns?.includes('path') === false;
  return [
    speller.value(null),
    speller.empty,
    close,
    isPathLeftOut ? '' : speller.before('path') + open,
    ' > ',
    close + end,
    cellOf(speller, 'path', null) + end,
    // What an interface is called on a path stands before its role.
    ...labels,
    ...labels.map((label) => (speller.name(label).asksQuotes ? 'quotes' : '')),
  ];
};

/** What stands between the values of a line of all columns, behind those texts, in the order that the kernel knows. */
const ownTexts = (speller: LineSpeller): string[] => {
  const [open, close] = speller.quotes;
  const cell = (name: string, value: string | null): string => cellOf(speller, name, value);
  const nothing = (...names: string[]): string => names.map((name) => cell(name, null)).join('');
  const afterVerdict = (verdict: Verdict): string => cell('verdict', verdict) + speller.before('first_seen');
  return [
    speller.before('uid') + open,
    close + speller.before('community_id') + open,
    close + cell('protocol', 'tcp') + speller.before('initiator_address') + open,
    close + speller.before('protocol') + open,
    close + cell('community_id', null) + speller.before('protocol') + open,
    close + speller.before('initiator_address') + open,
    close + speller.before('initiator_port'),
    speller.before('responder_address') + open,
    close + speller.before('responder_port'),
    speller.before('history') + open,
    speller.before('last_seen'),
    speller.before('opened_at'),
    speller.before('opened_by'),
    speller.before('closed_after'),
    speller.before('closed_at'),
    speller.before('duration_min'),
    speller.before('duration_max'),
    speller.before('initiator_packets'),
    speller.before('initiator_bytes'),
    speller.before('responder_packets'),
    speller.before('responder_bytes'),
    speller.before('initiator_flags'),
    speller.before('responder_flags'),
    speller.before('windows'),
    speller.before('records'),
    speller.before('vantages'),
    speller.before('interface_id') + open,
    cell('interface_id', null),
    speller.before('rejected_at') + open,
    cell('rejected_at', null),
    speller.before('rejected_from'),
    ...VERDICT_PLACES.map((verdict) => (verdict === null ? '' : close + afterVerdict(verdict))),
    ...VERDICT_PLACES.map((verdict) =>
      verdict === null ? '' : cell('history', null) + afterVerdict(verdict),
    ),
    ...REJECTED_SIDES.map((side) => cell('rejected_side', side)),
    nothing('rejected_at', 'rejected_from', 'rejected_side'),
    nothing('rejected_at', 'rejected_from', 'rejected_side', 'lost_at', 'packets_lost', 'lost_because'),
    nothing('lost_at', 'packets_lost', 'lost_because'),
    speller.before('lost_at') + open,
    cell('lost_at', null),
    speller.before('packets_lost'),
    ...LOST_BECAUSE.map((reasons) => cell('lost_because', reasons)),
  ];
};

/** By the marks of a row, their texts; where nothing tells of the beginning, or of the end, there is no mark of it either. */
const markTexts = (speller: LineSpeller): Map<number, string> => {
  const cell = (name: string, value: boolean | null): string => speller.before(name) + speller.value(value);
  const either = (name: string, mark: number): [bits: number, text: string][] => [
    [0, cell(name, false)],
    [mark, cell(name, true)],
  ];
  const columns = [
    [
      ...either('starts_midstream', MARK.MIDSTREAM),
      [MARK.NO_BEGINNING, cell('starts_midstream', null)] as const,
    ],
    [...either('ends_open', MARK.ENDS_OPEN), [MARK.NO_ENDING, cell('ends_open', null)] as const],
    either('one_sided', MARK.ONE_SIDED),
    either('has_gap', MARK.HAS_GAP),
    either('may_hide_reuse', MARK.HIDES_REUSE),
    either('contradicted', MARK.CONTRADICTED),
  ];
  let texts = new Map([[0, '']]);
  for (const cells of columns) {
    const longer = new Map<number, string>();
    for (const [before, text] of texts)
      for (const [bits, value] of cells) longer.set(before | bits, text + value);
    texts = longer;
  }
  return texts;
};

const teachFixed = (memory: KernelMemory, texts: readonly string[]): void => {
  if (texts.length > memory.value('MOST_FIXED')) throw new Error('The kernel has no room for so many texts.');
  for (const [i, text] of texts.entries()) memory.putText(memory.value('FIXED'), i, text);
};

const teachLives = (memory: KernelMemory, textOf: (life: Life) => string): void => {
  for (const [i, life] of LIVES.entries()) memory.putText(memory.value('LIFE_TEXTS'), i, textOf(life));
};

/** Texts of lines that are no rows of columns. */
const teachOwn = (memory: KernelMemory, own: OwnTexts): void => {
  teachFixed(memory, own.fixed);
  teachLives(memory, ({ connState }) => own.life(connState));
};

/** Texts of lines of all columns, several to a text wherever they stand side by side. */
const teachAll = (memory: KernelMemory, speller: LineSpeller): void => {
  teachFixed(memory, [...commonTexts(speller, speller.end), ...ownTexts(speller)]);
  for (const [bits, text] of markTexts(speller)) memory.putText(memory.value('MARK_TEXTS'), bits, text);
  const cell = cellOf.bind(null, speller);
  teachFindings(
    memory,
    ({ basis, confidence }) => cell('initiator_basis', basis) + cell('initiator_confidence', confidence),
  );
  teachLives(
    memory,
    ({ state, closedBy, connState }) =>
      cell('state', state) + cell('closed_by', closedBy) + cell('conn_state', connState),
  );
};

/** Texts of lines of chosen columns, and which these are. */
const teachChosen = (memory: KernelMemory, speller: LineSpeller, columns: readonly string[]): void => {
  const texts = [...commonTexts(speller, ''), speller.end];
  const program = [columns.length];
  for (const column of columns) {
    program.push(numberOfColumn(column), texts.length);
    texts.push(...textsOfColumn(speller, column));
  }
  teachFixed(memory, texts);
  memory.words(memory.value('CHOSEN_COLUMNS'), program.length).set(program);
  teachFindings(memory, ({ confidence }) => cellOf(speller, 'initiator_confidence', confidence));
  teachLives(memory, ({ connState }) => cellOf(speller, 'conn_state', connState));
};

/** Puts the texts into the kernel's memory. */
export const teachTexts = (memory: KernelMemory, speller: LineSpeller): void => {
  const { own, columns, form = 'LINES' } = speller;
  if (columns !== undefined) teachChosen(memory, speller, columns);
  else if (form === 'LINES') teachAll(memory, speller);
  else {
    // Who opened is known by findings in every form.
    teachFindings(memory, () => '');
    if (own !== undefined) teachOwn(memory, own);
  }
};
