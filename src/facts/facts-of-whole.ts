/**
 * The facts of a whole input for whoever judges a part of it: its head at once, so that what does not fit is refused before
 * anything is read; the rest when the records of the part are known, and of that what concerns them.
 */
import type { Elsewhere, ReadsElsewhere } from '../engine/elsewhere.ts';
import { END_WORDS, type EndRows } from '../engine/kernel/end-rows.ts';
import { NO_LESSON, type VantageLesson } from '../engine/observers/lessons.ts';
import type { Observers } from '../engine/observers/observers.ts';
import { KeptBytes } from '../engine/spill/kept-bytes.ts';
import { escapeControls } from '../model/escape.ts';
import { Pauses } from '../model/pauses.ts';
import type { AddressBook } from '../record/address-book.ts';
import type { Dictionaries } from '../record/scan-lines.ts';
import { checkSettings, checkWhole, incomplete } from './check-head.ts';
import { EndLine } from './end-line.ts';
import type { FactsSettings } from './facts.ts';
import type { FactsLines } from './facts-lines.ts';
import { openFacts } from './open-facts.ts';
import { type FactsHead, readHead, readVantage } from './read-head.ts';
import { readRejections } from './read-rejections.ts';
import { nameOfVantage } from './vantage-names.ts';

/** Rows that are kept at once. */
const ROWS_AT_ONCE = 4096;

export class FactsOfWhole implements ReadsElsewhere {
  readonly #lines: FactsLines;
  readonly #head: FactsHead;
  readonly #signal: AbortSignal | undefined;

  private constructor(lines: FactsLines, head: FactsHead, signal: AbortSignal | undefined) {
    this.#lines = lines;
    this.#head = head;
    this.#signal = signal;
  }

  /**
   * Opens a file and looks at its head.
   * @throws InputError, or OptionError where it was learned for a run that is set to something else
   */
  static async open(path: string, settings: FactsSettings, signal?: AbortSignal): Promise<FactsOfWhole> {
    const lines = await openFacts(path, signal);
    try {
      const head = await readHead(lines);
      checkSettings(head, lines.name, settings);
      checkWhole(head, lines.name);
      return new FactsOfWhole(lines, head, signal);
    } catch (error) {
      await lines.close();
      throw error;
    }
  }

  async read(
    observers: Observers,
    { addresses }: Pick<Dictionaries, 'addresses'>,
    rows: EndRows,
  ): Promise<Elsewhere> {
    const lines = this.#lines;
    const pauses = new Pauses(this.#signal);
    const ends = new KeptBytes();
    try {
      await readRejections(lines, this.#head.run, pauses);
      const vantages = await this.#readVantages(observers, pauses);
      await this.#readEnds(ends, addresses, rows, pauses);
      if (lines.kind !== 'over') throw lines.damage('it is not where it belongs');
      return {
        vantages,
        ends,
        knowsOnlyThese: this.#head.header.ends === 'complete',
        missing: (end) =>
          incomplete(
            `The facts in ${escapeControls(lines.name)} do not know the end ${end}, which a connection asks for: they were learned from other records.`,
          ),
      };
    } catch (error) {
      ends.close();
      throw error;
    } finally {
      await lines.close();
    }
  }

  /** Gives the file back. */
  close(): Promise<void> {
    return this.#lines.close();
  }

  async #readVantages(observers: Observers, pauses: Pauses): Promise<Map<number, VantageLesson>> {
    const lines = this.#lines;
    const asked = new Map<string, number>();
    for (let observer = 0; observer < observers.size; observer++) {
      const vantage = observers.vantageOf(observer);
      asked.set(nameOfVantage(vantage, observers.strings), vantage);
    }
    const lessons = new Map<number, VantageLesson>();
    const known = new Set<number>();
    while (lines.kind === 'vantage') {
      const line = readVantage(lines, (name) => asked.has(name));
      const vantage = line === undefined ? undefined : asked.get(line.vantage);
      if (line !== undefined && vantage !== undefined) {
        lessons.set(vantage, {
          ...(lessons.get(vantage) ?? NO_LESSON),
          ...line.lesson,
          isSettled: true,
        });
        if (line.by === 'records') known.add(vantage);
      }
      const wait = lines.next();
      if (wait !== undefined) await wait;
      if (pauses.due) await pauses.take();
    }
    for (const [name, vantage] of asked)
      if (!known.has(vantage))
        throw incomplete(
          `The facts in ${escapeControls(lines.name)} do not know ${name === '' ? 'records that name no interface' : `the interface ${escapeControls(name)}`}: they were learned from other records.`,
        );
    return lessons;
  }

  async #readEnds(kept: KeptBytes, addresses: AddressBook, rows: EndRows, pauses: Pauses): Promise<void> {
    const lines = this.#lines;
    const words = new Uint32Array(ROWS_AT_ONCE * END_WORDS);
    const end = new EndLine(lines);
    let at = 0;
    while (lines.kind === 'end') {
      end.read();
      // Of an address that no record here has nothing is asked.
      const address = end.isV6 ? addresses.find(end.sixteen) : (end.address[0] as number);
      if (!end.isV6 || address !== 0) {
        rows.put(words, at, end, address);
        at += END_WORDS;
      }
      const wait = lines.next();
      if (wait !== undefined) {
        await wait;
        if (pauses.due) await pauses.take();
      }
      if (at < words.length) continue;
      kept.append(new Uint8Array(words.buffer));
      at = 0;
    }
    kept.append(new Uint8Array(words.buffer, 0, at * 4));
  }
}
