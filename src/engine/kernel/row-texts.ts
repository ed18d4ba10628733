/** The texts of a line that are the same for many, put together once: the kernel copies them. */

import { labelOf } from '../../meaning/labels.ts';
import type { Verdict } from '../../model/connection.ts';
import { MARK } from '../outlines/outline-rows.ts';
import { teachFindings } from './finding-texts.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';
import { LIVES, LOST_BECAUSE, REJECTED_SIDES, VERDICTS } from './meaning-tables.ts';

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

/** What stands between the values of a line, in the order that the kernel knows. */
const fixedTexts = (speller: LineSpeller): string[] => {
  const [open, close] = speller.quotes;
  const labels = ROLES.map(([role, sees]) => labelOf('', role, sees));
  const cell = (name: string, value: string | null): string => speller.before(name) + speller.value(value);
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
    speller.before('path') + open,
    ' > ',
    close + speller.end,
    cell('path', null) + speller.end,
    speller.before('interface_id') + open,
    close,
    cell('interface_id', null),
    speller.before('rejected_at') + open,
    cell('rejected_at', null),
    speller.before('rejected_from'),
    // What an interface is called on a path stands before its role.
    ...labels,
    speller.value(null),
    speller.empty,
    ...labels.map((label) => (speller.name(label).asksQuotes ? 'quotes' : '')),
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

/** Puts the texts into the kernel's memory. */
export const teachTexts = (memory: KernelMemory, speller: LineSpeller): void => {
  teachFindings(memory, speller);
  const { own } = speller;
  if (own !== undefined) {
    for (const [i, text] of own.fixed.entries()) memory.putText(memory.value('FIXED'), i, text);
    for (const [i, { connState }] of LIVES.entries())
      memory.putText(memory.value('LIFE_TEXTS'), i, own.life(connState));
    return;
  }
  for (const [i, text] of fixedTexts(speller).entries()) memory.putText(memory.value('FIXED'), i, text);
  for (const [bits, text] of markTexts(speller)) memory.putText(memory.value('MARK_TEXTS'), bits, text);
  for (const [i, life] of LIVES.entries()) {
    const text =
      speller.before('state') +
      speller.value(life.state) +
      speller.before('closed_by') +
      speller.value(life.closedBy) +
      speller.before('conn_state') +
      speller.value(life.connState);
    memory.putText(memory.value('LIFE_TEXTS'), i, text);
  }
};
