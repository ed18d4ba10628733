/** The texts of a line that are the same for many, put together once: the kernel copies them. */
import type { Verdict } from '../../model/connection.ts';
import { labelOf } from '../../path/vantages.ts';
import { MARK } from '../outlines/outline-rows.ts';
import { teachFindings } from './finding-texts.ts';
import type { KernelMemory } from './kernel-memory.ts';
import type { LineSpeller } from './line-speller.ts';
import { LIVES, VERDICTS } from './meaning-tables.ts';

/** In the order that the kernel numbers them: roles, and what an interface of that role saw, where that is part of its label. */
const ROLES = [
  ['initiator', 'both'],
  ['responder', 'both'],
  ['unknown', 'both'],
  ['gateway', 'both'],
  ['gateway', 'initiator'],
  ['gateway', 'responder'],
] as const;

/** What stands between the values of a line, in the order that the kernel knows. */
const fixedTexts = (speller: LineSpeller): string[] => {
  const [open, close] = speller.quotes;
  const labels = ROLES.map(([role, sees]) => labelOf('', role, sees));
  const cell = (name: string, value: string | null): string => speller.before(name) + speller.value(value);
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
    ...VERDICTS.map((verdict) => close + afterVerdict(verdict)),
    ...VERDICTS.map((verdict) => cell('history', null) + afterVerdict(verdict)),
    speller.before('interface_id') + open,
    close,
    cell('interface_id', null),
    // What an interface is called on a path stands before its role.
    ...labels,
    speller.value(null),
    speller.empty,
    ...labels.map((label) => (speller.name(label).asksQuotes ? 'quotes' : '')),
  ];
};

/** The marks of a row; where nothing tells of the beginning, or of the end, there is none. */
const markText = (speller: LineSpeller, bits: number): string => {
  const has = (mark: number): boolean => (bits & mark) !== 0;
  const cell = (name: string, value: boolean | null): string => speller.before(name) + speller.value(value);
  return (
    cell('starts_midstream', has(MARK.NO_BEGINNING) ? null : has(MARK.MIDSTREAM)) +
    cell('ends_open', has(MARK.NO_ENDING) ? null : has(MARK.ENDS_OPEN)) +
    cell('one_sided', has(MARK.ONE_SIDED)) +
    cell('has_gap', has(MARK.HAS_GAP)) +
    cell('may_hide_reuse', has(MARK.HIDES_REUSE)) +
    cell('contradicted', has(MARK.CONTRADICTED))
  );
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
  for (let bits = 0; bits < 256; bits++)
    memory.putText(memory.value('MARK_TEXTS'), bits, markText(speller, bits));
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
