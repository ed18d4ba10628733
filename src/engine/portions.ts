/**
 * Keys in order, ready to be judged: all at once where they fit into memory, else a portion at a time, in the order of their
 * seconds. What is said of a key does not depend on which others are there.
 */

import type { IdleOption } from '../model/idle-limits.ts';
import type { Steps } from '../model/in-steps.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { Filing } from './filing.ts';
import {
  endsOfElsewhere,
  endsOfFiles,
  endsOfInput,
  endsOfLessons,
  type KnownEnds,
} from './kernel/known-ends.ts';
import type { LineSetting } from './kernel/line-setting.ts';
import { type CountRows, formOf, type LineSpeller } from './kernel/line-speller.ts';
import { ObserverTexts } from './kernel/observer-texts.ts';
import { reservePieces } from './kernel/write-lines.ts';
import { applyLessons, byVantage, type TaughtVantages, withLessons } from './observers/apply-lessons.ts';
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
  /** What was learned elsewhere of all that the records are a part of: it is not added to. */
  readonly elsewhere?: Elsewhere;
}

export class Portions {
  readonly #filing: Filing;
  readonly #options: JudgingOptions;
  readonly #speller: LineSpeller;
  readonly #count: CountRows;
  #tables: ObserverTables | undefined;
  #texts: ObserverTexts | undefined;
  #lessons: TaughtVantages | undefined;
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
    if (this.#filing.isTaught) this.#filing.endTaking();
    else if (!this.#filing.learn(this.#options.lessons !== undefined)) return null;
    const whole = yield* this.#arrange(null, writers);
    if (whole !== null) this.#options.elsewhere?.ends.close();
    return whole;
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
      this.#options.elsewhere?.ends.close();
    }
  }

  /** Makes the kernel ready to judge what it has filed; null when it has no memory for that. */
  *#arrange(spill: Spill | null, writers: Writers | null): Steps<LineSetting | null> {
    const { kernel, dictionaries, tally } = this.#filing;
    const { memory } = kernel;
    const { observedOnly, lessons, elsewhere } = this.#options;
    const { bothWays, toldTwice } = this.#filing;
    const learned = { bothWays, toldTwice };
    const taught = this.#taught();
    this.known = taught === null ? learned : withLessons(learned, taught);
    kernel.endFiling();
    const pieces = reservePieces(memory);
    // From its own keys it learns all there is to know of ends only where they are all the keys of the input.
    const learnsNow = !observedOnly && spill === null && lessons === undefined && elsewhere === undefined;
    const isReady =
      pieces !== 0 &&
      kernel.orderKeys(dictionaries.addresses) &&
      (yield* this.#observerTexts().place(memory, this.known)) &&
      (!learnsNow || memory.exports.learnServices() !== 0) &&
      (elsewhere === undefined ||
        kernel.tellEnds(elsewhere.knowsOnlyThese, elsewhere.ends.read(0, undefined, kernel.endsBytes))) &&
      (writers === null || writers.reserve() || spill !== null) &&
      // A portion is as small as can be.
      (spill !== null || memory.exports.hasRoomToJudge() !== 0);
    if (!isReady) return null;
    memory.setWord('ROW_FORM', memory.value(formOf(this.#speller)));
    kernel.teach(this.#speller, this.#options);
    return { memory, pieces, ends: this.#ends(spill), count: this.#count, tally };
  }

  #ends(spill: Spill | null): KnownEnds {
    const { kernel, dictionaries } = this.#filing;
    const { lessons, elsewhere } = this.#options;
    if (elsewhere !== undefined) return endsOfElsewhere(elsewhere, dictionaries.addresses);
    if (lessons !== undefined) return endsOfLessons(lessons, dictionaries.addresses);
    return spill === null ? endsOfInput(kernel.memory) : endsOfFiles(spill);
  }

  /** What is known of vantages from before or from elsewhere, by their interned ids; null where the records alone teach. */
  #taught(): TaughtVantages | null {
    const { lessons, elsewhere } = this.#options;
    if (elsewhere !== undefined) return elsewhere.vantages;
    if (lessons === undefined) return null;
    this.#lessons ??= byVantage(lessons, this.#filing.dictionaries.strings);
    return this.#lessons;
  }

  /** Observers are the same for every portion. */
  #observerTexts(): ObserverTexts {
    if (this.#texts !== undefined) return this.#texts;
    const { observers, coverage, dictionaries } = this.#filing;
    const { scope } = this.#options;
    const vpcs = new VpcOfVantage(observers, applyLessons(this.#taught() ?? [], dictionaries, coverage));
    this.#tables = new ObserverTables(observers, scope, vpcs);
    this.#texts = new ObserverTexts(this.#speller, this.#tables, coverage);
    return this.#texts;
  }
}
