/**
 * Keys in order, ready to be judged: all at once where they fit into memory, else a portion at a time, in the order of their
 * seconds. What is said of a key does not depend on which others are there.
 */

import type { IdleOption } from '../model/idle-limits.ts';
import type { Steps } from '../model/in-steps.ts';
import type { Filing } from './filing.ts';
import { endsOfFiles, endsOfInput, endsOfLessons } from './kernel/known-ends.ts';
import type { LineSetting } from './kernel/line-setting.ts';
import { type CountRows, formOf, type LineSpeller } from './kernel/line-speller.ts';
import { ObserverTexts } from './kernel/observer-texts.ts';
import { reservePieces } from './kernel/write-lines.ts';
import { applyLessons, withLessons } from './observers/apply-lessons.ts';
import type { KnownOfVantages } from './observers/known-of-vantages.ts';
import type { Lessons } from './observers/lessons.ts';
import { ObserverTables } from './observers/observer-tables.ts';
import { type Scope, VpcOfVantage } from './observers/scope.ts';
import type { RowReading } from './outlines/whole-rows.ts';
import type { Spill } from './spill/spill.ts';
import { tooLittleMemory } from './too-little-memory.ts';
import type { Writers } from './writing/write-together.ts';

export interface JudgingOptions extends IdleOption {
  readonly scope: Scope;
  readonly observedOnly: boolean;
  /** What is known from before, in the place of what the records teach; the records' own teachings when left out. */
  readonly lessons?: Lessons;
}

export class Portions {
  readonly #filing: Filing;
  readonly #options: JudgingOptions;
  readonly #speller: LineSpeller;
  readonly #count: CountRows;
  #tables: ObserverTables | undefined;
  #texts: ObserverTexts | undefined;
  /** What is known of vantages: from the records, and from before. */
  known: KnownOfVantages;

  /** @param filing whose last batch has been taken */
  constructor(filing: Filing, options: JudgingOptions, speller: LineSpeller, count: CountRows) {
    this.#filing = filing;
    this.#options = options;
    this.#speller = speller;
    this.#count = count;
    this.known = filing;
  }

  /** What reading rows of a portion takes, once the first is there. */
  get reading(): RowReading {
    if (this.#tables === undefined) throw new Error('Nothing is ready to be judged yet.');
    const { kernel, observers, dictionaries, annotations } = this.#filing;
    const { memory } = kernel;
    return { memory, observers, ranks: this.#tables.ranks, addresses: dictionaries.addresses, annotations };
  }

  /**
   * All keys at once; with places to rest.
   * @param writers that will judge them, for whom room is made
   * @returns null where they are in files already, or there is too little memory for it
   */
  *whole(writers: Writers | null): Steps<LineSetting | null> {
    if (this.#filing.spill !== null) return null;
    if (!this.#filing.learn(this.#options.lessons !== undefined)) return null;
    return yield* this.#arrange(null, writers);
  }

  /**
   * Each time other keys, in the same memory; undefined where it may rest.
   * @param writers that will judge those of portions, where there is room for them
   * @throws InputError (input-too-large) where there is too little memory even for a portion
   */
  *each(writers: Writers | null = null): Generator<LineSetting | undefined> {
    const whole = yield* this.whole(null);
    if (whole !== null) {
      yield whole;
      return;
    }
    // Where there is room for records but none to put them in order, they wait in files too.
    const spill = this.#filing.spill ?? this.#filing.spillAll();
    try {
      yield* this.#filing.sorting(spill);
      for (const _ of spill.portions()) {
        const setting = yield* this.#arrange(spill, writers);
        if (setting === null) throw tooLittleMemory();
        yield setting;
      }
    } finally {
      spill.close();
    }
  }

  /** Makes the kernel ready to judge what it has filed; null when it has no memory for that. */
  *#arrange(spill: Spill | null, writers: Writers | null): Steps<LineSetting | null> {
    const { kernel, dictionaries, tally } = this.#filing;
    const { memory } = kernel;
    const { observedOnly, lessons } = this.#options;
    const { bothWays, toldTwice } = this.#filing;
    const learned = { bothWays, toldTwice };
    this.known = lessons === undefined ? learned : withLessons(learned, lessons, dictionaries.strings);
    kernel.endFiling();
    const pieces = reservePieces(memory);
    // From its own keys it learns all there is to know of ends only where they are all the keys of the input.
    const learnsNow = !observedOnly && spill === null && lessons === undefined;
    const isReady =
      pieces !== 0 &&
      kernel.orderKeys(dictionaries.addresses) &&
      (yield* this.#observerTexts().place(memory, this.known)) &&
      (!learnsNow || memory.exports.learnServices() !== 0) &&
      (writers === null || writers.reserve() || spill !== null) &&
      // A portion is as small as can be.
      (spill !== null || memory.exports.hasRoomToJudge() !== 0);
    if (!isReady) return null;
    memory.setWord('ROW_FORM', memory.value(formOf(this.#speller)));
    kernel.teach(this.#speller, this.#options);
    const ends =
      lessons !== undefined
        ? endsOfLessons(lessons, dictionaries.addresses)
        : spill === null
          ? endsOfInput(memory)
          : endsOfFiles(spill);
    return { memory, pieces, ends, count: this.#count, tally };
  }

  /** Observers are the same for every portion. */
  #observerTexts(): ObserverTexts {
    if (this.#texts !== undefined) return this.#texts;
    const { observers, coverage, dictionaries } = this.#filing;
    const { lessons, scope } = this.#options;
    const vpcs = new VpcOfVantage(observers, applyLessons(lessons, dictionaries, coverage));
    this.#tables = new ObserverTables(observers, scope, vpcs);
    this.#texts = new ObserverTexts(this.#speller, this.#tables, coverage);
    return this.#texts;
  }
}
