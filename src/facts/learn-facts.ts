/** Learns from logs what facts tell: of each record by itself, and of whole keys. Nothing is judged. */
import { Filing } from '../engine/filing.ts';
import { type EngineKernel, shippedKernel } from '../engine/kernel/engine-kernel.ts';
import {
  type InputSource,
  notingHandlers,
  type ReadingOptions,
  readInput,
} from '../engine/reading/read-input.ts';
import { InputNotes, type InputReport, reportInput } from '../engine/report-run.ts';
import { Pauses } from '../model/pauses.ts';
import { AddressBook } from '../record/address-book.ts';
import { parseDeclared } from '../record/columns.ts';
import { Interner } from '../record/interner.ts';
import { recordLessons, runFacts } from './collect.ts';
import type { FactsSettings, KeyLesson } from './facts.ts';
import type { FactsWriter } from './facts-writer.ts';
import { KeptRejections } from './kept-rejections.ts';
import { LearnedEnds } from './learned-ends.ts';

export interface LearnOptions extends ReadingOptions {
  /** Field order of lines without a header, in any of AWS's spellings. */
  readonly fields?: string;
  /** What the runs that will judge with these facts are set to. */
  readonly settings: FactsSettings;
  /** Bytes of memory for records and keys: more of them wait in temporary files. */
  readonly memoryBytes: number;
}

const keyLessonsOf = ({ bothWays, toldTwice }: Filing): Map<number, KeyLesson> => {
  const lessons = new Map<number, KeyLesson>();
  const nothing = { bothWays: 0, halves: 0, toldTwice: { sums: 0, contradictions: 0, nests: 0 } };
  for (const [vantage, both, halves] of bothWays.each())
    lessons.set(vantage, { ...nothing, bothWays: both, halves });
  for (const [vantage, seen] of toldTwice.each())
    lessons.set(vantage, { ...(lessons.get(vantage) ?? nothing), toldTwice: seen });
  return lessons;
};

/** Learns; then everything is there to be written. */
export class Learning {
  readonly #options: LearnOptions;
  readonly #dictionaries = { strings: new Interner(), addresses: new AddressBook() };
  readonly #filing: Filing;
  readonly #notes = new InputNotes();
  readonly #rejections = new KeptRejections();
  #ends: LearnedEnds | undefined;

  constructor(options: LearnOptions, kernel: EngineKernel = shippedKernel()) {
    this.#options = options;
    const { memoryBytes } = options;
    this.#filing = new Filing(kernel, this.#dictionaries, { memoryBytes, keepsOwnSets: true });
  }

  /**
   * Reads an input to its end, and learns from it.
   * @throws InputError, FormatError, and OutputError where a temporary file cannot be written
   */
  async read(source: InputSource): Promise<InputReport> {
    const { fields } = this.#options;
    const declared = fields === undefined ? undefined : parseDeclared(fields);
    const filing = this.#filing;
    const handlers = notingHandlers(this.#notes, this.#options, {
      onBatch: (batch) => filing.add(batch),
      onRejection: (rejection) => this.#rejections.add(rejection),
    });
    const request = { dictionaries: this.#dictionaries, declared };
    await readInput(source, this.#options, request, handlers, this.#notes);
    const ends = new LearnedEnds(filing.kernel, this.#dictionaries.addresses);
    this.#ends = ends;
    await new Pauses(this.#options.signal).through(filing.learning(() => ends.take()));
    return reportInput(filing.tally, this.#notes);
  }

  /** Writes what was learned. */
  async write(writer: FactsWriter): Promise<void> {
    const { settings, signal } = this.#options;
    const { coverage, observers, dictionaries, ownSets, tally } = this.#filing;
    const pauses = new Pauses(signal);
    const header = { from: 'learn', settings, recordsFrom: 'learn', ends: 'complete' } as const;
    await writer.head(header, runFacts(tally, this.#notes, this.#filing), { flows: tally.flows });
    for (const [bytes, lines] of this.#rejections.inOrder()) await writer.lines(bytes, lines);
    const byKeys = keyLessonsOf(this.#filing);
    for (const [name, lesson, vantage] of recordLessons(
      coverage,
      observers,
      dictionaries.addresses,
      ownSets,
    )) {
      await writer.byRecords(name, lesson);
      const keys = byKeys.get(vantage);
      if (keys !== undefined) await writer.byKeys(name, keys);
      if (pauses.due) await pauses.take();
    }
    for (const end of this.#ends?.inOrder() ?? []) {
      const wait = writer.end(end);
      if (wait === undefined) continue;
      await wait;
      if (pauses.due) await pauses.take();
    }
    await writer.finish();
  }

  /** Gives temporary files back. */
  close(): void {
    this.#filing.close();
    this.#rejections.close();
    this.#ends?.close();
  }
}
