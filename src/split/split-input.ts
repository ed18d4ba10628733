/**
 * Shares the records of an input out to parts, each key in one of them, so that parts can be judged one by one. What records
 * teach of interfaces is learned in the same pass; nothing is filed, so memory does not grow with them.
 */
import { Filing } from '../engine/filing.ts';
import { type EngineKernel, shippedKernel } from '../engine/kernel/engine-kernel.ts';
import {
  type InputSource,
  notingHandlers,
  type ReadingOptions,
  readInput,
} from '../engine/reading/read-input.ts';
import { InputNotes, type InputReport, reportInput } from '../engine/report-run.ts';
import { KeptRejections } from '../facts/kept-rejections.ts';
import { OptionError } from '../model/errors.ts';
import type { OtherWork } from '../model/pauses.ts';
import { AddressBook } from '../record/address-book.ts';
import { parseDeclared } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { PartLines, type TakeLines } from './part-lines.ts';
import { writeSplitFacts } from './split-facts.ts';

/** Of more parts each would be too small to be worth a process, and its lines would be handed on a few at a time. */
export const MOST_PARTS = 4096;

/** How an input is shared out. */
export interface SharingOptions extends ReadingOptions {
  /** How many parts: 1 to {@link MOST_PARTS}. */
  readonly parts: number;
  /** Field order of lines without a header, in any of AWS's spellings. */
  readonly fields?: string;
}

/** Who takes the lines of parts. */
export interface LinesTaker {
  readonly take: TakeLines;
  /** What is done with them: more is read when it has caught up. */
  readonly work?: OtherWork;
  /** All lines that are handed over together have a header in front. */
  readonly isHeaded: boolean;
}

/** What came of it. */
export interface Shared {
  readonly report: InputReport;
  /** How many records each part has. */
  readonly records: readonly number[];
  /**
   * Writes what was learned as a file of facts, the same each time.
   * @param write takes pieces; one is waited for before the next is made, and is not to be kept
   */
  writeFacts(write: (piece: Uint8Array) => Promise<void>): Promise<void>;
  /** Gives back what facts are written of. */
  close(): void;
}

/** @throws OptionError for a number of parts that cannot be */
export const checkParts = (parts: number): void => {
  if (Number.isInteger(parts) && parts >= 1 && parts <= MOST_PARTS) return;
  throw new OptionError(
    'option-invalid',
    `The number of parts is ${parts}; expected a whole number from 1 to ${MOST_PARTS}.`,
  );
};

/**
 * Shares an input out.
 * @param kernel tells rows their parts
 * @throws OptionError, InputError, FormatError, and whatever the taker throws
 */
export const splitInput = async (
  source: InputSource,
  options: SharingOptions,
  { take, work, isHeaded }: LinesTaker,
  kernel: EngineKernel = shippedKernel(),
): Promise<Shared> => {
  checkParts(options.parts);
  const { parts, fields, signal } = options;
  const declared = fields === undefined ? undefined : parseDeclared(fields);
  const dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  const lines = new PartLines(kernel.memory, parts, isHeaded, take);
  const filing = new Filing(kernel, dictionaries, { keepsOwnSets: true });
  const notes = new InputNotes();
  const rejections = new KeptRejections();
  const handlers = notingHandlers(notes, options, {
    onBatch(batch) {
      lines.learn(dictionaries.addresses);
      filing.add(batch);
      lines.add(batch);
    },
    onRejection: (rejection) => rejections.add(rejection),
  });
  try {
    const request = { dictionaries, declared, hasText: true };
    await readInput(source, options, request, { ...handlers, work }, notes);
    lines.end();
    await filing.finish(signal);
    signal?.throwIfAborted();
  } catch (error) {
    rejections.close();
    throw error;
  }
  filing.endTaking();
  return {
    report: reportInput(filing.tally, notes),
    records: lines.records,
    writeFacts: (write) => writeSplitFacts({ filing, notes, rejections }, write, signal),
    close: () => rejections.close(),
  };
};
