/** What sharing a run out learns: the input as a whole, each line that was not understood, and each interface, record by record. */
import type { Filing } from '../engine/filing.ts';
import type { InputNotes } from '../engine/report-run.ts';
import { recordLessons, runFacts } from '../facts/collect.ts';
import type { FactsHeader } from '../facts/facts.ts';
import { FactsWriter } from '../facts/facts-writer.ts';
import type { KeptRejections } from '../facts/kept-rejections.ts';
import { Pauses } from '../model/pauses.ts';

/** What the run will be set to is settled by those who judge. */
const HEADER: FactsHeader = { from: 'split', settings: null, recordsFrom: 'split', ends: 'none' };
/** No key was looked at. */
const NO_KEYS = { flows: 0 };

export interface Learned {
  /** All is taken. */
  readonly filing: Filing;
  readonly notes: InputNotes;
  readonly rejections: KeptRejections;
}

/**
 * Writes them as a file of facts.
 * @param write takes pieces; one is waited for before the next is made, and is not to be kept
 */
export const writeSplitFacts = async (
  { filing, notes, rejections }: Learned,
  write: (piece: Uint8Array) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> => {
  const pauses = new Pauses(signal);
  const { coverage, observers, ownSets, dictionaries } = filing;
  const writer = new FactsWriter(write);
  await writer.head(HEADER, runFacts(filing.tally, notes, filing), NO_KEYS);
  for (const [bytes, lines] of rejections.inOrder()) {
    await writer.lines(bytes, lines);
    if (pauses.due) await pauses.take();
  }
  for (const [name, lesson] of recordLessons(coverage, observers, dictionaries.addresses, ownSets)) {
    const full = writer.byRecords(name, lesson);
    if (full !== undefined) await full;
    if (pauses.due) await pauses.take();
  }
  await writer.finish();
};
