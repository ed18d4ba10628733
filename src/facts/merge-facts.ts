/**
 * Several files of facts as one: the same bytes in whatever order and in however many steps they are merged. All are read
 * side by side, and what they tell is in order, so that memory does not grow with them.
 */
import { OptionError } from '../model/errors.ts';
import { escapeControls } from '../model/escape.ts';
import type { Rejection } from '../model/flow-record.ts';
import { Pauses } from '../model/pauses.ts';
import { EndKey, EndLine } from './end-line.ts';
import type { EndList, FactsHeader, FactsSettings, KeyLesson, RecordLesson } from './facts.ts';
import type { FactsLines, LineKind } from './facts-lines.ts';
import type { FactsWriter } from './facts-writer.ts';
import { Heap } from './heap.ts';
import { mergeKeyLessons, mergeRecordLessons } from './merge-lessons.ts';
import { mergeRuns } from './merge-runs.ts';
import { type FactsHead, readHead, readRejection, readVantage, type VantageLine } from './read-head.ts';

export interface MergeOptions {
  /** Keeps ends that teach nothing as long as no other file knows more of them: to merge the result with others. */
  readonly allEnds: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Opened extends FactsHead {
  readonly lines: FactsLines;
}

const spellIdle = ({ idleSeconds }: FactsSettings): string =>
  idleSeconds === null ? 'the usual idle limits' : `an idle limit of ${idleSeconds} seconds`;

/** How facts were learned, in words. */
export const spellSettings = (settings: FactsSettings): string =>
  `scope ${settings.scope} and ${spellIdle(settings)}`;

export const sameSettings = (one: FactsSettings, other: FactsSettings): boolean =>
  one.scope === other.scope && one.idleSeconds === other.idleSeconds;

const agreedSettings = (files: readonly Opened[]): FactsSettings | null => {
  let agreed: { readonly settings: FactsSettings; readonly name: string } | undefined;
  for (const { header, lines } of files) {
    const { settings } = header;
    if (settings === null) continue;
    if (agreed !== undefined && !sameSettings(agreed.settings, settings))
      throw new OptionError(
        'option-invalid',
        `The facts do not belong together: ${escapeControls(agreed.name)} was learned with ${spellSettings(agreed.settings)}, ${escapeControls(lines.name)} with ${spellSettings(settings)}. Learn all of them with the same --scope and --idle.`,
      );
    agreed ??= { settings, name: lines.name };
  }
  return agreed?.settings ?? null;
};

/** What has left ends out cannot be added to: an end with one peer here and one there has two. */
const agreedEnds = (files: readonly Opened[], allEnds: boolean): EndList => {
  const withEnds = files.filter(({ header }) => header.ends !== 'none');
  const trimmed = withEnds.find(({ header }) => header.ends === 'teaching');
  if (trimmed !== undefined && withEnds.length > 1)
    throw new OptionError(
      'option-invalid',
      `${escapeControls(trimmed.lines.name)} leaves out ends that teach nothing by themselves, and cannot be merged with more of them: write it with --all-ends.`,
    );
  if (withEnds.length === 0) return 'none';
  return allEnds && trimmed === undefined ? 'complete' : 'teaching';
};

/** A line at hand, read. */
interface Cursor<T> {
  readonly lines: FactsLines;
  value: T;
}

/**
 * The lines of one kind of several files, in order.
 * @param read the line at hand
 * @param isBehind whether a line may stand behind another of its file
 */
async function* inOrder<T>(
  files: readonly FactsLines[],
  kind: LineKind,
  read: (lines: FactsLines) => T,
  compare: (a: T, b: T) => number,
  isBehind: (line: T, before: T) => boolean,
): AsyncGenerator<T> {
  const heap = new Heap<Cursor<T>>((a, b) => compare(a.value, b.value));
  for (const lines of files) if (lines.kind === kind) heap.add({ lines, value: read(lines) });
  for (let cursor = heap.first; cursor !== undefined; cursor = heap.first) {
    const { lines, value } = cursor;
    yield value;
    await lines.next();
    if (lines.kind !== kind) heap.removeFirst();
    else {
      cursor.value = read(lines);
      if (!isBehind(cursor.value, value)) throw lines.damage('it does not come behind the one before it');
      heap.settleFirst();
    }
  }
}

/** Passes what a file tells of one kind. */
const pass = async (lines: FactsLines, isPassed: () => boolean): Promise<void> => {
  while (isPassed()) await lines.next();
};

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compareRejections = (a: Rejection, b: Rejection): number =>
  byText(a.source, b.source) || a.lineNumber - b.lineNumber || byText(JSON.stringify(a), JSON.stringify(b));
const isRejectionBehind = (a: Rejection, b: Rejection): boolean => a.source >= b.source;

const compareVantages = (a: VantageLine, b: VantageLine): number =>
  byText(a.vantage, b.vantage) || byText(b.by, a.by);
const isVantageBehind = (a: VantageLine, b: VantageLine): boolean => compareVantages(a, b) > 0;

class Merge {
  readonly #files: readonly Opened[];
  readonly #recordsFrom: FactsHeader['recordsFrom'];
  readonly #writer: FactsWriter;
  readonly #pauses: Pauses;

  constructor(files: readonly Opened[], writer: FactsWriter, signal: AbortSignal | undefined) {
    this.#files = files;
    this.#writer = writer;
    this.#recordsFrom = files.some(({ header }) => header.recordsFrom === 'split') ? 'split' : 'learn';
    this.#pauses = new Pauses(signal);
  }

  /** Those that tell what is learned record by record: what split has read the others read again. */
  get #tellers(): readonly Opened[] {
    return this.#files.filter(({ header }) => header.recordsFrom === this.#recordsFrom);
  }

  async write(allEnds: boolean): Promise<void> {
    const files = this.#files;
    const ends = agreedEnds(files, allEnds);
    const header: FactsHeader = {
      from: 'merge',
      settings: agreedSettings(files),
      recordsFrom: this.#recordsFrom,
      ends,
    };
    const keys = { flows: files.reduce((sum, file) => sum + file.keys.flows, 0) };
    await this.#writer.head(header, mergeRuns(this.#tellers.map(({ run }) => run)), keys);
    await this.#writeRejections();
    await this.#writeVantages();
    await this.#writeEnds(ends);
    for (const { lines } of files)
      if (lines.kind !== 'over') throw lines.damage(`a line of kind ${lines.kind} is not where it belongs`);
    await this.#writer.finish();
  }

  async #rest(): Promise<void> {
    if (this.#pauses.due) await this.#pauses.take();
  }

  async #writeRejections(): Promise<void> {
    const tellers = this.#tellers.map(({ lines }) => lines);
    const all = inOrder(tellers, 'rejection', readRejection, compareRejections, isRejectionBehind);
    for await (const rejection of all) {
      await this.#writer.rejection(rejection);
      await this.#rest();
    }
    for (const { lines } of this.#files) await pass(lines, () => lines.kind === 'rejection');
  }

  async #writeVantages(): Promise<void> {
    const tellers = new Set(this.#tellers.map(({ lines }) => lines));
    const all = this.#files.map(({ lines }) => lines);
    const read = (lines: FactsLines): VantageLine & { readonly isTold: boolean } => {
      const line = readVantage(lines);
      return { ...line, isTold: line.by === 'keys' || tellers.has(lines) };
    };
    let name: string | undefined;
    let records: RecordLesson | undefined;
    let keys: KeyLesson | undefined;
    const flush = async (): Promise<void> => {
      if (name === undefined) return;
      if (records !== undefined) await this.#writer.byRecords(name, records);
      if (keys !== undefined) await this.#writer.byKeys(name, keys);
      records = undefined;
      keys = undefined;
      await this.#rest();
    };
    for await (const line of inOrder(all, 'vantage', read, compareVantages, isVantageBehind)) {
      if (line.vantage !== name) await flush();
      name = line.vantage;
      if (!line.isTold) continue;
      if (line.by === 'keys') keys = keys === undefined ? line.lesson : mergeKeyLessons(keys, line.lesson);
      else records = records === undefined ? line.lesson : mergeRecordLessons(records, line.lesson);
    }
    await flush();
  }

  /** As many as there are ends: a turn is taken only where bytes are read or written. */
  async #writeEnds(ends: EndList): Promise<void> {
    const heap = new Heap<{ readonly lines: FactsLines; readonly end: EndLine }>((a, b) =>
      a.end.compare(b.end),
    );
    for (const { lines, header } of this.#files) {
      if (lines.kind !== 'end') continue;
      if (header.ends === 'none') throw lines.damage('there is an end where the first line tells of none');
      const end = new EndLine(lines);
      end.read();
      heap.add({ lines, end });
    }
    const isTrimmed = ends === 'teaching';
    const key = new EndKey();
    for (let first = heap.first; first !== undefined; first = heap.first) {
      const { bytes, from, to } = first.end;
      key.set(first.end);
      let [answers, peers, asked] = [false, 0, false];
      for (let same = heap.first; same?.end.compare(key) === 0; same = heap.first) {
        const { lines, end } = same;
        answers ||= end.answers;
        peers += end.peers;
        asked ||= end.asked;
        const wait = lines.next();
        if (wait !== undefined) {
          await wait;
          await this.#rest();
        }
        if (lines.kind !== 'end') heap.removeFirst();
        else {
          end.read();
          heap.settleFirst();
        }
      }
      if (isTrimmed && !answers && peers <= 1) continue;
      const wait = this.#writer.endLike(bytes, from, to, answers, peers, asked);
      if (wait !== undefined) await wait;
    }
  }
}

/**
 * Merges files of facts.
 * @param files one at least, from their beginnings
 * @throws OptionError where they do not belong together, InputError where one is damaged, or no facts
 */
export const mergeFacts = async (
  files: readonly FactsLines[],
  writer: FactsWriter,
  { allEnds, signal }: MergeOptions,
): Promise<void> => {
  try {
    const opened: Opened[] = [];
    for (const lines of files) opened.push({ lines, ...(await readHead(lines)) });
    await new Merge(opened, writer, signal).write(allEnds);
  } finally {
    for (const lines of files) await lines.close();
  }
};
